"""fetch and build: what they hand on and what they print."""

from pathlib import Path

import pytest

from ptreach.model import SourceRecord
from ptreach.sources.client import USUAL_PATIENCE

USUAL = {"refresh": False, "alternatives": (), "timeout_s": USUAL_PATIENCE.silence_s}


def record(path):
    return SourceRecord(
        kind="gtfs",
        path=Path(path),
        sha256="0" * 64,
        size_bytes=1,
        title="bus",
        publisher="p",
        licence="l",
        attribution="a",
        date="2020",
    )


def test_fetch_prints_the_files_one_a_line(ptreach, stage, home):
    called = stage("fetch", (record("a.zip"), record("b.pbf")))
    assert ptreach("fetch", "isle") == (0, "a.zip\nb.pbf\n", "")
    assert called == [(("isle",), {"home": home, "mirror": None, **USUAL})]


def test_fetch_hands_on_the_mirror(ptreach, stage, home):
    called = stage("fetch", ())
    (home / "disk").mkdir()
    assert ptreach("fetch", "isle", "--mirror", home / "disk").code == 0
    assert called == [(("isle",), {"home": home, "mirror": home / "disk", **USUAL})]


def test_fetch_hands_on_how_files_are_to_be_brought(ptreach, stage, home):
    called = stage("fetch", ())
    given = ("--refresh", "--alternative", "a.zip", "--alternative", "b.zip", "--timeout-s", "300")
    assert ptreach("fetch", "isle", *given).code == 0
    asked = {"refresh": True, "alternatives": ("a.zip", "b.zip"), "timeout_s": 300}
    assert called == [(("isle",), {"home": home, "mirror": None, **asked})]


def test_fetch_refuses_a_mirror_that_is_not_there(ptreach, home):
    line = ptreach("fetch", "isle", "--mirror", "nosuch").line
    assert "'--mirror'" in line
    assert "'nosuch' does not exist" in line


def test_fetch_refuses_a_mirror_that_is_a_file(ptreach, home):
    (home / "disk").write_text("", encoding="utf-8")
    assert "'--mirror'" in ptreach("fetch", "isle", "--mirror", home / "disk").line


def test_build_prints_the_built_folder(ptreach, stage, home):
    called = stage("build", home / "networks" / "isle" / "built" / "0f")
    assert ptreach("build", "isle") == (0, f"{home / 'networks' / 'isle' / 'built' / '0f'}\n", "")
    assert called == [(("isle",), {"home": home})]


def test_build_writes_cleaned_feeds_where_it_is_told(ptreach, stage, home):
    stage("build", home / "built")
    called = stage("clean_feeds", (home / "out" / "bus.zip",))
    assert ptreach("build", "isle", "--gtfs-out", home / "out").out.splitlines() == [
        str(home / "built"),
        str(home / "out" / "bus.zip"),
    ]
    assert called == [(("isle",), {"home": home, "out": home / "out"})]
    (home / "disk").write_text("", encoding="utf-8")
    assert "'--gtfs-out'" in ptreach("build", "isle", "--gtfs-out", home / "disk").line


def test_build_has_the_second_reader_read_the_feeds_and_says_what_came_of_it(ptreach, stage, home):
    stage("build", home / "built")
    called = stage("read_again", 48)
    assert ptreach("build", "isle").err == ""
    assert called == []
    done = ptreach("build", "isle", "--second-reader")
    assert done.out.splitlines() == [str(home / "built")]
    assert done.err.endswith("a network of what it reads is the same in all 48 files\n")
    assert called == [(("isle",), {"home": home})]


def test_the_home_folder_can_be_named(ptreach, stage, home, monkeypatch, tmp_path_factory):
    called = stage("build", home)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert ptreach("--home", home, "build", "isle").code == 0
    assert called == [(("isle",), {"home": home})]


def test_a_home_folder_without_networks_is_refused(ptreach, home, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert ptreach("--home", elsewhere, "build", "isle").line.startswith(
        f"--home: '{elsewhere}' holds no folder"
    )


@pytest.mark.parametrize("command", [("fetch",), ("build",)])
def test_an_unknown_name_says_where_it_was_looked_for(ptreach, home, command):
    line = ptreach(*command, "nosuch").line
    assert "nosuch" in line
    assert "networks" in line


@pytest.mark.parametrize("command", [("fetch",), ("build",)])
def test_a_name_that_leaves_the_home_folder_is_refused(ptreach, home, command):
    assert "../elsewhere" in ptreach(*command, "../elsewhere").line


def test_progress_is_not_shown_when_piped(ptreach, stage, home):
    stage("build", home)
    assert ptreach("build", "isle").err == ""
    assert ptreach("-v", "build", "isle").err == "ptreach: info: stage: done (1)\n"
