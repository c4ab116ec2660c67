"""Disks that are full and folders that are closed: said in one line, and nothing is left behind."""

import contextlib
import json
import os
import subprocess
import sys

import pytest

from ptreach.errors import InputError
from ptreach.outputs.folder import replacing

IS_ROOT = sys.platform == "linux" and os.getuid() == 0


@contextlib.contextmanager
def mounted(folder, *options):
    """A file system of its own in a folder, taken away again."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        pytest.skip(f"no file system can be mounted here: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def failing(write, target):
    """Write a pack and return the fault that it ends in, if any."""
    try:
        write(target)
    except InputError as error:
        return error
    return None


@contextlib.contextmanager
def files_at_most(size_bytes):
    """Refuse to write more than so many bytes to any file."""
    resource = pytest.importorskip("resource")
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))


@pytest.mark.skipif(not IS_ROOT, reason="only root can make a small disk")
def test_a_disk_that_fills_up_at_any_moment_leaves_no_pack(tmp_path, write, drawn):
    """From no room at all to enough: each failure is one line, and what it wrote is gone."""
    fault, faults, size_kb = None, [], 16
    while fault or not faults:
        with mounted(tmp_path / f"{size_kb}", f"size={size_kb}k") as disk:
            fault = failing(write, disk / "ryde")
            assert [path.name for path in disk.iterdir()] == ([] if fault else ["ryde"])
        if fault:
            assert fault.what == "the pack can't be written: No space left on device"
            assert fault.where == str(disk)
            faults.append(type(fault.__cause__).__module__)
        size_kb += 64
    assert {"builtins", "pyogrio.errors"} <= set(faults)  # at Python's own files and at GDAL's


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit on Windows")
def test_a_library_that_cannot_write_does_not_make_it_our_fault(tmp_path, write, drawn):
    """GDAL's words say nothing of the reason; the old pack stays."""
    target = write(tmp_path / "ryde")
    before = (target / "manifest.json").read_bytes()
    with files_at_most(60_000), pytest.raises(InputError, match="can't be written: File too large") as caught:
        write(target)
    assert "pyogrio" in type(caught.value.__cause__).__module__
    assert (target / "manifest.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["ryde"]


def test_our_own_fault_stays_one_where_there_is_room(tmp_path):
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "ryde"):
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not IS_ROOT, reason="only root can make a disk read-only")
def test_a_disk_that_cannot_be_written_to_is_named(tmp_path, write, drawn):
    with mounted(tmp_path / "disk", "size=1m", "ro") as disk:
        with pytest.raises(InputError, match="can't be written: Read-only file system") as caught:
            write(disk / "ryde")
        assert caught.value.where == str(disk)


# Writes a pack again and again, of files that all say which time of which process it was.
WRITES = """
import json, os, sys
from pathlib import Path
from ptreach.outputs.folder import replacing
for time in range(int(sys.argv[2])):
    with replacing(Path(sys.argv[1])) as part:
        for name in ("a.txt", "b.txt", "manifest.json"):
            content = {"ptreach": {}, "files": {}, "by": [os.getpid(), time]}
            (part / name).write_text(json.dumps(content), encoding="utf-8")
"""


def test_several_that_write_one_pack_at_once_leave_one_whole(tmp_path):
    target = tmp_path / "ryde"
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", WRITES, str(target), "30"], stderr=subprocess.PIPE, encoding="utf-8"
        )
        for _ in range(3)
    ]
    said = [run.communicate(timeout=120)[1] for run in runs]
    assert said == [""] * 3
    assert [run.returncode for run in runs] == [0] * 3
    assert [path.name for path in tmp_path.iterdir()] == ["ryde"]
    contents = {path.read_text(encoding="utf-8") for path in target.iterdir()}
    assert len(contents) == 1
    assert json.loads(contents.pop())["by"] in [[run.pid, 29] for run in runs]
