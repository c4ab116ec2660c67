"""Who draws the pictures of a pack: a process beside this one, meanwhile, or this one at last."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Self

from ptreach.aside import aside_of, clear_dead
from ptreach.processes import Beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ptreach.model import Progress


class Painter:
    """Draws pictures as soon as what they show is known, and hands them over when they are asked for.

    As a context it starts the process `beside` this one, where there is to be one, and in the end stops it
    and removes what nobody asked for. The same pictures come of it either way.
    """

    def __init__(self, target: Path, *, beside: bool) -> None:
        self._folder = aside_of(target.with_name(f"{target.name}-pictures"))
        self._beside = Beside() if beside else None
        self._waiting: list[Callable[[Path], None]] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start the process, which begins by importing what it will need."""
        clear_dead(self._folder.parent)
        self._stack.callback(shutil.rmtree, self._folder, ignore_errors=True)
        if self._beside is not None:
            self._stack.enter_context(self._beside)
            self._beside.do(_ready)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the process, then remove what it has drawn and nobody has."""
        self._stack.close()

    def draw(self, draw: Callable[[Path], None]) -> None:
        """Have pictures drawn into the folder that `draw` is called with; it is pickled."""
        if self._beside is None:
            self._waiting.append(draw)
        else:
            self._beside.do(partial(_drawn, self._folder, draw))

    def hand_over(self, folder: Path) -> None:
        """Put all pictures into a folder of the same disk that is there; wait for those that are missing.

        Raises
        ------
        OSError
            Where they can't be written.
        InputError
            When the process was ended from outside, or had too little memory.
        """
        if self._beside is None:
            for draw in self._waiting:
                draw(folder)
            return
        for outcome in self._beside.outcomes():
            if outcome.error is not None:
                raise outcome.error
            if outcome.trace:
                raise RuntimeError(f"in the process that draws:\n{outcome.trace}")
            if outcome.result is not None:
                raise outcome.result
        for path in sorted(self._folder.iterdir()):
            path.replace(folder / path.name)


def _ready(progress: Progress) -> None:  # noqa: ARG001
    """Import what draws."""
    import ptreach.outputs.pictures  # noqa: F401


def _drawn(folder: Path, draw: Callable[[Path], None], progress: Progress) -> OSError | None:  # noqa: ARG001
    """Draw, and return why the system refused to have it written, if it did."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draw(folder)
    except OSError as error:
        return error
    return None
