"""Folders on disks and in stores, and how their faults are told."""

from __future__ import annotations

import sys

import pytest

from ptreach.errors import InputError
from ptreach.matrix import folders
from ptreach.matrix.folders import is_address, open_folder


def test_paths_and_addresses_are_told_apart():
    assert [is_address(out) for out in ("s3://b/m", "memory://m.parts", "m.parts", "C:/m", r"C:\m")] == [
        *(True, True, False, False, False)
    ]


@pytest.mark.parametrize("kind", ["disk", "file", "memory"])
def test_what_is_written_is_there_whole(tmp_path, kind):
    path = tmp_path / "a b" / "Ŵ"
    out = {"disk": path, "file": f"{folders._ON_DISK}{path}", "memory": f"memory://{tmp_path.name}/Ŵ"}[kind]
    folder = open_folder(out, make=True)
    assert folder.names() == set()
    assert not folder.has("x")
    folder.write("x", b"one")
    folder.write("x", b"other")
    again = open_folder(folder.address)
    assert again.names() == {"x"}
    assert again.has("x")
    with again.open("x") as stream:
        stream.seek(2)
        assert stream.read() == b"her"
    if kind != "memory":
        assert [item.name for item in path.iterdir()] == ["x"]


def test_left_overs_go_and_hidden_files_do_not_count(tmp_path):
    (tmp_path / ".part-00000.parquet.12-34.aside").touch()
    (tmp_path / ".DS_Store").touch()
    assert open_folder(tmp_path, make=True).names() == set()
    assert [item.name for item in tmp_path.iterdir()] == [".DS_Store"]


def test_a_folder_not_there_is_empty_and_not_made(tmp_path):
    assert open_folder(tmp_path / "none").names() == set()
    assert list(tmp_path.iterdir()) == []


def test_faults_of_a_disk_name_the_file(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"file: can't be read or written: File exists\. Make room"):
        open_folder(tmp_path / "file", make=True)
    folder = open_folder(tmp_path / "m", make=True)
    (tmp_path / "m" / "x").mkdir()
    with pytest.raises(InputError, match=r"x: can't be read or written: Is a directory"):
        folder.write("x", b"1")
    assert [item.name for item in (tmp_path / "m").iterdir()] == ["x"]
    with pytest.raises(InputError, match=r"y: can't be read or written: No such file or directory"):
        folder.open("y")


def test_faults_of_a_store_show_no_key(monkeypatch):
    import fsspec

    folder = open_folder("memory://user:s3cret-key@host/m")
    assert folder.where == "memory://host/m"

    def refuse(*_args, **_kwargs):
        raise RuntimeError("403 for user:s3cret-key\nat host")

    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "pipe_file", refuse)
    with pytest.raises(InputError) as caught:
        folder.write("x", b"1")
    assert str(caught.value).startswith(
        "memory://host/m/x: can't be read or written: 403 for ***:*** at host."
    )
    assert caught.value.__cause__ is None


def test_an_address_without_its_library_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(InputError, match=r"s3://b/m: addresses need a library") as caught:
        open_folder("s3://b/m")
    assert '".[cluster]"' in caught.value.remedy


@pytest.mark.parametrize("address", ["nosuch://b/m", "abfs://b/m"])
def test_an_address_nobody_knows_is_refused(address):
    with pytest.raises(InputError, match=r"can't be read or written"):
        open_folder(address)
