"""What is written aside: whole or not at all, several at once, and nothing of the dead stays."""

import os
import subprocess
import sys

import pytest

from ptreach.aside import aside_of, clear_dead, keep, written_aside

KILLED = """
import os, signal, sys
from pathlib import Path
from ptreach.aside import aside_of, written_aside
path = Path(sys.argv[1])
aside_of(path.with_name("network")).mkdir()
with written_aside(path) as part:
    part.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path):
    path = tmp_path / "kept.bin"
    for _ in range(2):  # nor does it grow
        subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
        assert [name.endswith(".part") for name in names(tmp_path)] == [True, True]
    with written_aside(path) as part:
        part.write_text("whole")
        assert len(names(tmp_path)) == 1
    assert (names(tmp_path), path.read_text()) == (["kept.bin"], "whole")


def test_what_a_living_process_writes_stays_whatever_the_clock_says(tmp_path):
    mine = aside_of(tmp_path / "a")
    mine.write_text("x")
    os.utime(mine, (0, 0))  # the clock has been set since
    clear_dead(tmp_path)
    assert names(tmp_path) == [mine.name]


def test_what_others_are_writing_or_own_stays(tmp_path):
    mine = aside_of(tmp_path / "a")
    elsewhere = tmp_path / ".a.0badcafe-1-1.part"
    alien = [tmp_path / name for name in (".a.part", "a.00000000-1-1.part", ".a.x-1-1.part")]
    for path in (mine, elsewhere, *alien):
        path.write_text("x")
    for path in alien:
        os.utime(path, (0, 0))
    clear_dead(tmp_path)
    assert names(tmp_path) == sorted(path.name for path in (mine, elsewhere, *alien))
    os.utime(elsewhere, (0, 0))  # another machine's, of 1970
    clear_dead(tmp_path)
    assert names(tmp_path) == sorted(path.name for path in (mine, *alien))


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "kept.bin"
    path.write_text("old")
    with pytest.raises(OSError, match="full"), written_aside(path) as part:  # noqa: PT012
        part.write_text("ne")
        raise OSError("full")
    assert (names(tmp_path), path.read_text()) == (["kept.bin"], "old")


def test_what_only_saves_time_may_fail_to_be_kept(tmp_path, caplog):
    caplog.set_level("INFO", "ptreach")
    keep(tmp_path / "deep" / "kept.bin", lambda path: path.write_text("x"))
    assert (tmp_path / "deep" / "kept.bin").read_text() == "x"
    (tmp_path / "file").write_text("in the way")
    keep(tmp_path / "file" / "kept.bin", lambda path: path.write_text("x"))
    assert "not kept" in caplog.text
