"""Plain letters for old consoles, and progress only where someone looks."""

import contextlib
import io
import logging
import os
import signal
import subprocess
import sys

import pytest

from ptreach.bars import StageBars
from ptreach.cli.console import plain, prepare_streams, say, set_up_logging, stage_progress, tell


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("07:15–09:15 …", "07:15-09:15 ..."),
        ("‘a’ “b” — −1 × 2 ©", "'a' \"b\" - -1 x 2 (c)"),
        ("Llŷn, Rhône", "Llyn, Rhone"),
        ("東", "\\u6771"),
        ("plain", "plain"),
    ],
)
def test_plain_spells_out_what_ascii_lacks(text, letters):
    assert plain(text) == letters


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("ascii", b"Rhone ...\n"), ("cp1252", b"Rh\xf4ne \x85\n"), ("cp850", b"Rh\x93ne ...\n")],
)
def test_streams_spell_out_only_what_their_encoding_lacks(monkeypatch, encoding, shown):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    monkeypatch.setattr(sys, "stdout", stream)
    prepare_streams()
    say("Rhône …")
    assert stream.buffer.getvalue() == shown


def test_a_result_with_letters_that_the_console_lacks_does_not_fail():
    script = "from ptreach.cli.console import *; prepare_streams(); say('Rhône'); tell('東')"
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, env=env)
    assert done.stdout.splitlines() == [b"Rhone"]
    assert done.stderr.splitlines() == [b"\\u6771"]


def test_results_and_messages_keep_apart(capsys):
    say("a result")
    tell("a message")
    assert capsys.readouterr() == ("a result\n", "a message\n")


def test_quiet_shows_no_progress(capsys):
    with stage_progress(quiet=True) as progress:
        progress("network", 1, 1)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("verbosity", "shown"), [(0, ""), (1, "ptreach: info: matrix: done (7)\n")])
def test_piped_progress_is_at_most_a_line_a_stage(capsys, verbosity, shown):
    set_up_logging(verbosity)
    with stage_progress(quiet=False) as progress:
        for done in range(8):
            progress("matrix", done, 7)
    assert capsys.readouterr() == ("", shown)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("term", "bars"), [("xterm", True), ("dumb", False)])
def test_a_terminal_shows_bars_on_stderr(monkeypatch, capsys, term, bars):
    terminal = Terminal()
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys, "stderr", terminal)
    with stage_progress(quiet=False) as progress:
        progress("matrix", 3, 7)
        progress("matrix", 7, 7)
    assert ("matrix" in terminal.getvalue() and "7/7" in terminal.getvalue()) is bars
    assert capsys.readouterr().out == ""


def test_a_stage_that_comes_again_gets_a_bar_of_its_own():
    from rich.progress import Progress

    bars = Progress(disable=True)
    progress = StageBars(bars)
    for done in (0, 5):
        progress("zones", done, 5)
    progress("surface", 1, 9)
    progress("zones", 2, 4)
    shown = [(task.description, task.completed, task.total) for task in bars.tasks]
    assert shown == [("zones", 5, 5), ("surface", 1, 9), ("zones", 2, 4)]
    assert bars.tasks[0].stop_time is not None
    assert bars.tasks[1].stop_time is None


def test_setting_up_twice_does_not_print_twice(capsys):
    set_up_logging(0)
    set_up_logging(0)
    logging.getLogger("ptreach.sources").warning("once")
    assert capsys.readouterr().err == "ptreach: warning: once\n"


@pytest.mark.parametrize("quiet", [True, False])
def test_a_ctrl_c_that_a_library_swallows_ends_the_next_stage(quiet):
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), stage_progress(quiet=quiet) as progress:  # noqa: PT012
        progress("one", 0, 1)
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        progress("one", 1, 1)
    assert signal.getsignal(signal.SIGINT) is before
    with stage_progress(quiet=quiet) as progress:
        progress("one", 1, 1)
