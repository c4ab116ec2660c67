"""The program that damages files finds faults, says how to see them again, and finds none in a few cases."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fuzz import __main__ as program
from fuzz.case import Case
from fuzz.program import Limits, run_parser
from fuzz.stand_in import FAULTS, planted
from fuzz.worker import parser_of

CASES = {"gtfs": 150, "verdicts": 30, "osm": 75, "cif": 100, "areas": 12, "indicators": 20}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What comes of a reader with faults."""
    keep = tmp_path_factory.mktemp("kept")
    return run_parser("stand_in", 0, 260, seconds=600, keep=keep, limits=Limits(case_s=5, memory_mb=500))


def test_every_kind_of_fault_is_found_and_no_other(found):
    numbers = [Case.of(place.name).number for place in found.saved]
    assert [planted(number) for number in numbers] == list(FAULTS)
    assert found.cases == 260
    assert found.kinds["crash"] == len(FAULTS)
    assert sum(found.kinds.values()) == 260
    assert all(found.kinds.values())


def test_what_was_wrong_is_kept_beside_the_files(found):
    words = {
        planted(Case.of(place.name).number): place.with_name(f"{place.name}.txt").read_text()
        for place in found.saved
    }
    assert all((place / "number.txt").is_file() for place in found.saved)
    assert "KeyError" in words["error"]
    assert "UserWarning: odd" in words["warning"]
    assert "Timeout (0:00:05)!" in words["hang"]
    assert "read_case" in words["hang"]
    assert "MemoryError" in words["memory"]
    assert "the process ended with code 3" in words["end"]
    assert "nobody caught KeyError: 'lost'" in words["nobody"]


def test_a_case_is_read_again_by_its_name_or_its_folder(found, tmp_path):
    def ended(case):
        command = [sys.executable, "-m", "fuzz", "--case", str(case)]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())

    for case in (found.saved[0], found.saved[0].name):
        done = ended(case)
        assert done.returncode == 1
        assert done.stdout.startswith(f"{found.saved[0].name}: number.txt\ncrash\nTraceback")
    done = ended("stand_in-0-0")
    assert (done.returncode, done.stdout.split("\n")[1] in {"accepted", "repaired", "refused"}) == (0, True)


def _environment():
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def test_a_run_with_a_crash_ends_in_one_and_says_how_to_see_it_again(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(program, "SHARES", {"stand_in": 1})
    arguments = ["fuzz", "--cases", "12", "--keep", str(tmp_path / "kept")]
    monkeypatch.setattr(sys, "argv", arguments)
    assert program.main() == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "seed 0",
        "parser          cases  accepted  repaired  refused  crashes  slowest",
    ]
    assert lines[2].split()[:2] == ["stand_in", "12"]
    assert lines[-1].endswith(f"again with make fuzz CASE={tmp_path / 'kept' / 'stand_in-0-10'}")
    monkeypatch.setattr(sys, "argv", [*arguments[:2], "9", *arguments[3:]])
    assert program.main() == 0


@pytest.mark.parametrize("name", program.SHARES)
def test_a_case_is_the_same_each_time(tmp_path, name):
    contents = []
    for turn in range(2):
        for number in range(5):
            folder = tmp_path / f"{turn}-{number}"
            folder.mkdir()
            parser_of(name).write(Case(name, 3, number).dice(), folder)
        contents.append(
            {
                path.relative_to(tmp_path).as_posix()[2:]: path.read_bytes()
                for path in sorted(tmp_path.glob(f"{turn}-*/**/*"))
                if path.is_file()
            }
        )
    assert contents[0] == contents[1]
    assert contents[0]


@pytest.mark.parametrize("name", program.SHARES)
def test_damaged_files_are_read_or_refused(tmp_path, name):
    found = run_parser(name, 0, CASES.get(name, 60), seconds=600, keep=tmp_path / "kept")
    assert found.cases == CASES.get(name, 60)
    assert not found.kinds["crash"], [
        place.with_name(f"{place.name}.txt").read_text() for place in found.saved
    ]
    # neither all refused nor all read
    assert found.kinds["refused"]
    assert found.kinds["accepted"] + found.kinds["repaired"] > 0


def test_a_process_that_is_lost_between_cases_is_no_crash_of_one(tmp_path, monkeypatch, capsys):
    name = "PTREACH_FUZZ_LOST"
    monkeypatch.setenv(name, str(tmp_path / "lost"))
    found = run_parser("stand_in", 0, 9, seconds=600, keep=tmp_path / "kept")
    assert (tmp_path / "lost").is_file()
    assert (found.cases, found.kinds["crash"]) == (9, 0)
    assert "between cases, the process ended with code 4" in capsys.readouterr().err
    monkeypatch.setenv(name, str(tmp_path / "nowhere" / "lost"))  # each time
    with pytest.raises(RuntimeError, match="is lost before stand_in-0-5"):
        run_parser("stand_in", 0, 9, seconds=600, keep=tmp_path / "kept")


def test_a_process_that_does_not_end_is_a_crash_of_its_last_case(tmp_path, monkeypatch):
    monkeypatch.setenv("PTREACH_FUZZ_STAYS", "1")
    found = run_parser("stand_in", 0, 3, seconds=600, keep=tmp_path / "kept", limits=Limits(case_s=5))
    assert (found.cases, found.kinds["crash"]) == (3, 1)
    assert [place.name for place in found.saved] == ["stand_in-0-2"]
    assert (found.saved[0] / "number.txt").is_file()
