"""How far long work is, shown where somebody looks: below a notebook's cell, or on a terminal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ptreach.bars import NotebookBar, StageBars, notebook, terminal_bars
from ptreach.model import no_progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ptreach.model import Progress


@contextmanager
def told(progress: bool | Progress) -> Iterator[Progress]:
    """Give what long work calls as it goes: `progress` itself where it can be called, bars, or nothing."""
    if callable(progress):
        yield progress
        return
    if not progress:
        yield no_progress
        return
    ipython = notebook()
    if ipython is not None:
        bar = NotebookBar(ipython)
        try:
            yield bar
        finally:
            bar.clear()
        return
    bars = terminal_bars(transient=True)
    if not bars.console.is_terminal:
        yield no_progress
        return
    with bars:
        yield StageBars(bars)
