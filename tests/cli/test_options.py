"""Values of options: what is taken, and what a refusal says."""

import datetime as dt

import pytest

from ptreach.cli.options import (
    EngineName,
    RulesName,
    Settings,
    cores,
    home_folder,
    out_folder,
    out_matrix,
    percentile_list,
    service_date,
    window_s,
)
from ptreach.engine.registry import ENGINES
from ptreach.errors import InputError
from ptreach.network.rules import PRESETS


def test_values_in_their_own_words():
    assert window_s("07:15-09:15") == (26_100, 33_300)
    assert percentile_list("5, 25,50") == (5, 25, 50)
    assert service_date("2020-06-16") == dt.date(2020, 6, 16)


def test_whatever_there_is_can_be_asked_for():
    assert [*EngineName] == [*ENGINES]
    assert [*RulesName] == [*PRESETS]


def test_there_is_a_core_to_work_on():
    assert cores() >= 1


@pytest.mark.parametrize(
    ("read", "text", "line"),
    [
        (window_s, "7-9", "--window: '7-9' is no window; write HH:MM-HH:MM, such as 07:15-09:15."),
        (
            percentile_list,
            "5,x",
            "--percentiles: '5,x' is no list of whole numbers. Write them as 5,25,50,75,95.",
        ),
        (percentile_list, "", "--percentiles: '' is no list of whole numbers. Write them as 5,25,50,75,95."),
        (
            percentile_list,
            "2.5",
            "--percentiles: '2.5' is no list of whole numbers. Write them as 5,25,50,75,95.",
        ),
        (
            service_date,
            "16/06/2020",
            "--date: '16/06/2020' is no date. Write YYYY-MM-DD, such as 2020-06-16.",
        ),
        (
            service_date,
            "2020-02-30",
            "--date: '2020-02-30' is no date. Write YYYY-MM-DD, such as 2020-06-16.",
        ),
    ],
)
def test_other_words_are_refused_in_one_line(read, text, line):
    with pytest.raises(InputError) as caught:
        read(text)
    assert str(caught.value) == line


def test_home_is_the_option_then_the_variable_then_the_nearest_above(tmp_path, monkeypatch):
    given, of_variable, above = (tmp_path / name for name in ("given", "variable", "above"))
    for folder in (given, of_variable, above):
        (folder / "networks").mkdir(parents=True)
    deep = above / "config" / "north"
    deep.mkdir(parents=True)
    monkeypatch.delenv("PTREACH_HOME", raising=False)
    assert home_folder(Settings(), deep) == above
    monkeypatch.setenv("PTREACH_HOME", str(of_variable))
    assert home_folder(Settings(), deep) == of_variable
    assert home_folder(Settings(home=given), deep) == given


def test_a_home_without_networks_is_refused(tmp_path, monkeypatch):
    with pytest.raises(
        InputError, match=r"^--home: '.*' holds no folder networks/\. Name the folder that does\.$"
    ):
        home_folder(Settings(home=tmp_path), tmp_path)
    monkeypatch.setenv("PTREACH_HOME", str(tmp_path))
    with pytest.raises(InputError, match=r"PTREACH_HOME names a folder without networks/"):
        home_folder(Settings(), tmp_path)


def test_an_out_folder_is_made(tmp_path):
    assert out_folder(tmp_path / "a" / "b").is_dir()
    assert out_folder(tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("below", ["", "deeper"])
def test_an_out_folder_that_is_a_file_is_refused(tmp_path, below):
    file = tmp_path / "packs"
    file.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"^--out: '.*' is or lies in a file\. Name a folder\.$"):
        out_folder(file / below)


@pytest.mark.parametrize("what", ["pathlib.Path.mkdir", "tempfile.TemporaryFile"])
def test_an_out_folder_that_is_closed_to_us_is_refused(tmp_path, monkeypatch, what):
    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(what, refuse)
    with pytest.raises(
        InputError, match=r"^--out: '.*' can't be written to: Permission denied\. Name another folder\.$"
    ):
        out_folder(tmp_path / "packs")


def test_a_matrix_file_is_looked_at_before_the_work(tmp_path):
    assert out_matrix(tmp_path / "new" / "times.PARQUET").parent.is_dir()
    there = tmp_path / "times.csv"
    there.write_bytes(b"old")
    assert out_matrix(there).read_bytes() == b"old"


def test_a_matrix_file_of_another_kind_is_refused(tmp_path):
    with pytest.raises(
        InputError, match=r"^--out: '.*times\.xlsx' is no kind of matrix file\. End the name in"
    ):
        out_matrix(tmp_path / "times.xlsx")


def test_a_matrix_file_that_is_a_folder_is_refused(tmp_path):
    (tmp_path / "times.csv").mkdir()
    with pytest.raises(InputError, match=r"^--out: '.*times\.csv' is a folder\. Name a file\.$"):
        out_matrix(tmp_path / "times.csv")


def test_a_matrix_file_that_another_program_holds_is_refused(tmp_path, monkeypatch):
    there = tmp_path / "times.csv"
    there.write_bytes(b"old")

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(
        InputError, match=r"^--out: .* can't be written: Permission denied\. Close the program"
    ):
        out_matrix(there)
