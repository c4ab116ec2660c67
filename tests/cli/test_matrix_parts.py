"""A matrix in parts on a bad day, through the command line: processes killed and stopped, disks full, closed.

What happens, happens at a part, not at a time: the child does it to itself as it is about to write one.
"""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from disks import change_disk, small_disk
from ptreach.model import no_progress

SCRIPT = """
import os, signal, sys
from ptreach.cli.main import main
from ptreach.matrix import folders

at, number, true = sys.argv[1], int(sys.argv[2]), folders._write_through

def fateful(path, data):
    if at not in path.name:
        return true(path, data)
    path.write_bytes(data[: len(data) // 2])
    os.kill(os.getpid(), number)
    true(path, data)

folders._write_through = fateful
sys.exit(main(sys.argv[3:]))
"""


def run_until(name, number, *options):
    """Run the matrix in a process that gets a signal when half of a file is written."""
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, name, str(int(number)), "matrix", *options],
        capture_output=True,
        text=True,
        check=False,
    )


def bytes_in(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def asked(street, tmp_path_factory):
    """The question's options, its points in files, and the files of a run that nothing stopped."""
    from ptreach.cli.main import main

    folder = tmp_path_factory.mktemp("asked")
    options = street.options(folder)
    assert main(["-q", "matrix", *options, "--out", str(folder / "m.parts")]) == 0
    return options, bytes_in(folder / "m.parts")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["_matrix.json", "part-00000", "part-00001"])
def test_killed_it_goes_on_and_ends_with_the_same_bytes(asked, ptreach, tmp_path, name):
    (options, files), out = asked, tmp_path / "m.parts"
    killed = run_until(name, signal.SIGKILL, *options, "--out", str(out))
    assert killed.returncode == -signal.SIGKILL, killed
    there = bytes_in(out)
    assert [item for item in there if item.endswith(".aside")]
    assert {item: files[item] for item in there if not item.startswith(".")}.items() <= there.items()
    kept = sum(item.startswith("part-") for item in there)
    assert kept == (name == "part-00001")
    ended = ptreach("matrix", *options, "--out", out)
    assert (ended.code, ended.out) == (0, f"{out}\n")
    assert ("1 of 3 parts are there and are kept" in ended.err) == (kept == 1)
    assert bytes_in(out) == files


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_is_clean_and_resumable(asked, ptreach, tmp_path):
    (options, files), out = asked, tmp_path / "m.parts"
    stopped = run_until("part-00001", signal.SIGINT, *options, "--out", str(out))
    assert stopped.returncode == 130, stopped
    assert "stopped; finished parts are kept: give the same command to go on" in stopped.stderr
    assert stopped.stderr.endswith("ptreach: stopped.\n")
    assert "Traceback" not in stopped.stderr
    there = bytes_in(out)
    assert there.items() <= files.items()  # and nothing half-written
    assert "part-00000.parquet" in there
    assert ptreach("matrix", *options, "--out", out).code == 0
    assert bytes_in(out) == files


def test_on_a_full_disk_it_says_so_and_goes_on_when_there_is_room(asked, ptreach, tmp_path):
    options, files = asked
    # pages of 4 kB; one is short for the last part
    pages = sum(-(-len(data) // 4_096) for data in files.values()) - 1
    with small_disk(tmp_path / "disk", 4 * pages) as disk:
        out = disk / "m.parts"
        full = ptreach("matrix", *options, "--out", out)
        assert full.code == 2
        assert "No space left on device. Make room" in full.err
        there = bytes_in(out)
        assert there.items() <= files.items()
        assert any(name.startswith("part-") for name in there)
        change_disk(disk, "size=2m")
        assert ptreach("matrix", *options, "--out", out).code == 0
        assert bytes_in(out) == files


def test_a_folder_closed_to_writing_is_refused_before_any_work(asked, ptreach, tmp_path):
    options, _ = asked
    with small_disk(tmp_path / "disk", 64) as disk:
        (disk / "m.parts").mkdir()
        change_disk(disk, "ro")
        line = ptreach("matrix", *options, "--out", disk / "m.parts").line
        assert line.startswith(f"--out: '{disk / 'm.parts'}' can't be written to: Read-only file system.")


def test_it_works_below_a_long_path_with_spaces_and_accents(asked, ptreach, tmp_path):
    options, files = asked
    out = tmp_path / "Ŵyr & co" / ("long " * 40).strip() / "the matrix.parts"
    assert len(str(out)) > 260
    assert ptreach("matrix", *options, "--out", out).code == 0
    assert bytes_in(out) == files


def test_another_question_is_one_line(asked, ptreach, tmp_path):
    options, _ = asked
    out = tmp_path / "m.parts"
    assert ptreach("-q", "matrix", *options, "--out", out).code == 0
    line = ptreach("-q", "matrix", *options, "--out", out, "--max-rides", 2).line
    assert (
        line
        == f"{out}: holds another matrix: max_rides 8, not 2. Write to another folder, or remove this one."
    )


def test_a_local_cluster_writes_the_same_bytes(asked, ptreach, tmp_path):
    options, files = asked
    out = tmp_path / "m.parts"
    ended = ptreach("matrix", *options, "--out", out, "--cluster", "local")
    assert (ended.code, ended.out) == (0, f"{out}\n")
    assert bytes_in(out) == files


@pytest.mark.parametrize("runs", [25, pytest.param(500, marks=pytest.mark.soak)])
def test_matrix_after_matrix_holds_no_more_memory_or_files(street, tmp_path, runs):
    """One process, many matrices: what grows with each would end a server that never stops."""
    from ptreach import pipeline
    from ptreach.routers import NetworkFiles

    street.options(tmp_path)
    process, held = psutil.Process(), []
    inputs = NetworkFiles((street.osm,), (street.feed,))
    question = street.question()
    for number in range(runs):
        out = tmp_path / ("m.parts" if number % 2 else "m.parquet")
        pipeline.matrix(
            inputs,
            tmp_path / "origins.csv",
            tmp_path / "destinations.csv",
            question.query,
            out=out,
            engine="raptor",
            workers=2,
            progress=no_progress,
        )
        for path in out.iterdir() if out.is_dir() else [out]:
            path.unlink()
        held.append((process.memory_info().rss, process.num_fds() if os.name == "posix" else 0))
    settled, end = runs // 2, len(held) - 1
    files = [number for _, number in held[settled:]]
    assert max(files) == files[0]  # fewer, where what an earlier test held is freed meanwhile
    grown_mb = (held[end][0] - held[settled][0]) / 1e6
    assert grown_mb < 10, f"{grown_mb:.1f} MB in {end - settled} matrices"
