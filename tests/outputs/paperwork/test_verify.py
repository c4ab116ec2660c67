"""A pack beside its manifest: whole, or what is missing, changed and extra."""

import json
import os

import pytest

from ptreach.errors import InputError
from ptreach.outputs.paperwork.manifest import NAME, write_manifest
from ptreach.outputs.paperwork.verify import Verification, verify_pack


@pytest.fixture
def folder(tmp_path, town, zones, isochrones, facts):
    target = tmp_path / "ryde"
    (target / "tables").mkdir(parents=True)
    (target / "tables" / "a.csv").write_bytes(b"id\n1\n")
    (target / "README.txt").write_bytes(b"hello\n")
    write_manifest(target, town=town, zones=zones, isochrones=isochrones, facts=facts)
    return target


def test_a_pack_as_it_was_written_is_whole(folder):
    found = verify_pack(folder)
    assert found == Verification(2, (), (), ())
    assert found.is_whole


def test_what_is_missing_changed_and_extra_is_named(folder):
    (folder / "README.txt").unlink()
    (folder / "tables" / "a.csv").write_bytes(b"id\n2\n")  # as long as before
    (folder / "tables" / "b.csv").write_bytes(b"")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "file").write_bytes(b"x")
    found = verify_pack(folder)
    assert found == Verification(2, ("README.txt",), ("tables/a.csv",), (".hidden/file", "tables/b.csv"))
    assert not found.is_whole


def test_a_folder_in_place_of_a_file_is_a_missing_file(folder):
    (folder / "README.txt").unlink()
    (folder / "README.txt").mkdir()
    assert verify_pack(folder).missing == ("README.txt",)


@pytest.mark.parametrize("what", ["empty", "file", "nothing"])
def test_what_is_no_pack_is_refused(tmp_path, what):
    target = tmp_path / "x"
    if what == "empty":
        target.mkdir()
    if what == "file":
        target.write_bytes(b"")
    with pytest.raises(InputError, match="is no pack" if what == "empty" else "is no folder") as caught:
        verify_pack(target)
    assert caught.value.where == str(target)
    assert "packs/ryde" in caught.value.remedy


def test_a_link_out_of_the_pack_has_changed_and_is_not_followed(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "README.txt").write_bytes((folder / "README.txt").read_bytes())
    (outside / "more.csv").write_bytes(b"x")
    (folder / "README.txt").unlink()
    (folder / "README.txt").symlink_to(outside / "README.txt")  # of the same bytes
    (folder / "links").symlink_to(outside)
    assert verify_pack(folder) == Verification(2, (), ("README.txt",), ())
    (tmp_path / "short").symlink_to(folder)  # of the whole pack: that is the user's own
    (folder / "README.txt").unlink()
    (folder / "README.txt").write_bytes((outside / "README.txt").read_bytes())
    assert verify_pack(tmp_path / "short").is_whole


GOOD = {"sha256": "ab" * 32}


@pytest.mark.parametrize(
    "files",
    [
        [],
        {"../ryde.toml": GOOD},
        {"/etc/hostname": GOOD},
        {"a/../../b": GOOD},
        {"..\\b": GOOD},
        {"C:/b": GOOD},
        {"C:b": GOOD},
        {"": GOOD},
        {"a": "ab" * 32},
        {"a": {}},
        {"a": {"sha256": "xy" * 32}},
        {"a": {"sha256": None}},
    ],
)
def test_a_manifest_that_we_did_not_write_is_refused(folder, files):
    (folder / NAME).write_text(json.dumps({"ptreach": {}, "files": files}), encoding="utf-8")
    with pytest.raises(InputError, match="not as ptreach writes it") as caught:
        verify_pack(folder)
    assert caught.value.where == str(folder / NAME)


@pytest.mark.skipif(
    os.name == "nt" or os.getuid() == 0, reason="permissions do not bind root, nor Windows so"
)
def test_a_file_that_cannot_be_read_is_named(folder):
    (folder / "README.txt").chmod(0)
    with pytest.raises(InputError, match="not readable") as caught:
        verify_pack(folder)
    assert "README.txt" in caught.value.where


def test_a_manifest_of_brackets_without_end_is_no_manifest(tmp_path):
    (tmp_path / NAME).write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(InputError, match="is no pack"):
        verify_pack(tmp_path)
