"""Bars that show how far long work is: one a stage, on a terminal or in a notebook."""

from __future__ import annotations

import sys
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


def terminal_bars(*, transient: bool = False) -> RichProgress:
    """Return rich's progress display on the stream of errors; a transient one goes when it ends."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        redirect_stdout=False,  # a result belongs to stdout, never to the console of the bars
        transient=transient,
    )


class StageBars:
    """One bar a stage; a stage that has ended and comes again gets a new bar."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` units of `stage` are done."""
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)
        if done >= total:
            self._bars.stop_task(self._tasks.pop(stage))


class JobBars:
    """A bar for all jobs, and one for each that is under way, which names its stage and goes at its end."""

    def __init__(self, bars: RichProgress, names: Sequence[str]) -> None:
        self._bars = bars
        self._names = names
        self._tasks: dict[int, TaskID] = {}
        self._all = bars.add_task("towns and networks", total=len(names))

    def begun(self, number: int) -> None:
        """Begin a job's bar."""
        self._tasks[number] = self._bars.add_task(self._names[number], total=None)

    def stage(self, number: int, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` units of a job's stage are done."""
        description = f"{self._names[number]}: {stage}"
        self._bars.update(self._tasks[number], description=description, completed=done, total=total)

    def ended(self, number: int, outcome: object) -> None:  # noqa: ARG002  whatever it came to
        """Take a job's bar away; one that never began has none."""
        if (task := self._tasks.pop(number, None)) is not None:
            self._bars.remove_task(task)
        self._bars.advance(self._all)


def notebook() -> Any | None:  # noqa: ANN401  IPython has no part in what is installed with this package
    """Return IPython, as far as it is loaded, where this process is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return ipython if hasattr(shell, "kernel") else None


class NotebookBar:
    """One line below the cell that says which stage is at what per cent; it goes when the work ends.

    Plain HTML, so that any front end shows it and no widgets have to be installed; words where one shows no
    HTML. A stage of which nothing is done yet has a bar that moves: it may be long before its first per cent.
    """

    def __init__(self, ipython: Any) -> None:  # noqa: ANN401
        self._display = ipython.display
        self._shown: tuple[str, int] | None = None
        self._handle: Any = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` units of `stage` are done, where that is a per cent more."""
        now = (stage, 100 * done // max(total, 1))
        if now == self._shown:
            return
        self._shown = now
        name, words = escape(stage), f"{stage} {now[1]}%" if now[1] else stage
        value = f"value='{now[1]}' " if now[1] else ""
        bar = f"<progress max='100' {value}aria-label='{name}' style='vertical-align:middle'></progress>"
        self._put(f"{bar} {escape(words)}", words)

    def clear(self) -> None:
        """Take the line away."""
        if self._handle is not None:
            self._put("", "")

    def _put(self, html: str, words: str) -> None:
        """Show `html`, or `words` where that can't be shown, in place of what was shown."""
        shown = {"text/html": html, "text/plain": words}
        if self._handle is None:
            self._handle = self._display.display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)
