"""What the command line prints: results on stdout; progress, logs and errors on stderr."""

from __future__ import annotations

import codecs
import io
import logging
import os
import signal
import sys
import threading
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ptreach.bars import JobBars, StageBars, terminal_bars
from ptreach.model import no_progress

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from types import FrameType

    from ptreach.model import Progress
    from ptreach.processes import Job, Outcome, Watch

DONE, OUR_FAULT, YOUR_INPUT, STOPPED = 0, 1, 2, 130
"""Exit codes."""
_LOG: Final = logging.getLogger("ptreach")
_PLAIN: Final = {
    "…": "...",
    "–": "-",
    "—": "-",
    "−": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "©": "(c)",
    "×": "x",
}
_ERRORS: Final = "ptreach-plain"


def plain(text: str) -> str:
    """Return `text` in ASCII: marks spelled out, accents dropped, anything else as its code point."""
    spelled = "".join(_PLAIN.get(mark, mark) for mark in text)
    letters = unicodedata.normalize("NFKD", spelled)
    bare = "".join(mark for mark in letters if not unicodedata.combining(mark))
    return bare.encode("ascii", "backslashreplace").decode("ascii")


def _spell_out(error: UnicodeError) -> tuple[str, int]:
    """Encode in plain letters what a stream has no code for."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


def prepare_streams() -> None:
    """Let stdout and stderr spell out what their encoding lacks, as that of old Windows consoles does."""
    codecs.register_error(_ERRORS, _spell_out)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)


def say(result: object) -> None:
    """Print a result, one line on stdout."""
    sys.stdout.write(f"{result}\n")
    sys.stdout.flush()


def say_table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int] = ()) -> None:
    """Print a table on stdout, as wide as the terminal; the columns `right` are aligned to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(header):
        table.add_column(Text(name), justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(file=sys.stdout).print(table)


def tell_fault(message: str) -> None:
    """Print a fault of the input on stderr, in one line."""
    tell(f"ptreach: error: {' '.join(message.split())}")


def tell_bug(trace: str) -> None:
    """Print the traceback of a fault of ours on stderr."""
    tell(trace.rstrip())
    tell("ptreach: bug: a fault of ptreach, not of your input; please report it with the lines above.")


def tell(message: str) -> None:
    """Print a message on stderr."""
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()


class _StderrHandler(logging.Handler):
    """Print records on stderr: whatever stderr is at that time, so that lines go above a progress bar."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        tell(f"ptreach: {record.levelname.lower()}: {self.format(record)}")


def set_up_logging(verbosity: int) -> None:
    """Log to stderr: errors (-1), warnings (0), stages and Python's own warnings (1) or everything (2)."""
    level = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}.get(verbosity, logging.DEBUG)
    for name, threshold in (("ptreach", level), ("py.warnings", level if verbosity > 0 else logging.ERROR)):
        log = logging.getLogger(name)
        log.handlers = [_StderrHandler()]
        log.setLevel(threshold)
        log.propagate = False
    logging.captureWarnings(capture=True)


@contextmanager
def stage_progress(*, quiet: bool) -> Iterator[Progress]:
    """Give what long work calls as it goes: bars where stderr is a terminal, else a log line a stage."""
    with _interrupts() as pressed:

        def unless_stopped(show: Progress) -> Progress:
            def told(stage: str, done: int, total: int) -> None:
                if pressed.is_set():
                    raise KeyboardInterrupt
                show(stage, done, total)

            return told

        if quiet:
            yield unless_stopped(no_progress)
        elif not _has_terminal():
            yield unless_stopped(_log_stage)
        else:
            with terminal_bars() as bars:
                yield unless_stopped(StageBars(bars))


@contextmanager
def job_watch(jobs: Sequence[Job], *, quiet: bool) -> Iterator[Watch]:
    """Give what is told of jobs side by side: a bar for each on a terminal, else log lines of each stage."""
    with _interrupts():
        if quiet or not _has_terminal():
            yield _LoggedJobs([job.name for job in jobs])
            return
        with terminal_bars() as bars:
            yield JobBars(bars, [job.name for job in jobs])


class _LoggedJobs:
    """Logs stages of jobs when they end."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def begun(self, number: int) -> None:
        """Log that a job begins."""
        _LOG.info("%s: begun", self._names[number])

    def stage(self, number: int, stage: str, done: int, total: int) -> None:
        """Log a stage when it ends."""
        _log_stage(f"{self._names[number]}: {stage}", done, total)

    def ended(self, number: int, outcome: Outcome) -> None:
        """Log what a job came to."""
        _LOG.info("%s: %s", self._names[number], "done" if outcome.is_done else "failed")


def _has_terminal() -> bool:
    """Say whether bars can be drawn."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Remember Ctrl-C: the exception that it raises is lost where a library calls Python and looks away."""
    pressed = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.default_int_handler(number, frame)

    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _log_stage(stage: str, done: int, total: int) -> None:
    """Log a stage when it ends."""
    if done >= total:
        _LOG.info("%s: done (%d)", stage, total)
