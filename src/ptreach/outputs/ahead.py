"""Files of a pack written ahead, when what they say is known: by a process beside, or at last by this one."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Self

from ptreach.aside import aside_of, clear_dead
from ptreach.processes import Beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ptreach.model import Progress


class Ahead:
    """Has files written, and hands them over when they are asked for.

    As a context it starts the process `beside` this one, where there is to be one, and in the end stops it
    and removes what nobody asked for. The same files come of it either way.
    """

    def __init__(self, target: Path, *, beside: bool) -> None:
        self._folder = aside_of(target.with_name(f"{target.name}-ahead"))
        self._beside = Beside() if beside else None
        self._waiting: list[_Files] = []
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
        """Stop the process, then remove what it has written and nobody has."""
        self._stack.close()

    def write(self, room: str, write: Callable[[Path], None]) -> None:
        """Have files written that belong into a folder of the pack: `write` gets one, and is pickled."""
        files = _Files(room, write)
        if self._beside is None:
            self._waiting.append(files)
        else:
            self._beside.do(partial(_written, self._folder, files))

    def share(self, room: str, write: Callable[[Path], None]) -> None:
        """Have files written as by `write`, by the process beside if it is free, else by this one at last."""
        if self._beside is not None and self._beside.is_free():
            self.write(room, write)
        else:
            self._waiting.append(_Files(room, write))

    def hand_over(self, pack: Path) -> None:
        """Put all files into the folders of a pack on the same disk; wait for those that are missing.

        Raises
        ------
        OSError
            Where they can't be written.
        InputError
            When the process was ended from outside, or had too little memory.
        """
        waiting, self._waiting = self._waiting, []
        for files in waiting:
            files.write(pack / files.room)
        for outcome in self._beside.outcomes() if self._beside is not None else ():
            if outcome.error is not None:
                raise outcome.error
            if outcome.trace:
                raise RuntimeError(f"in the process beside:\n{outcome.trace}")
            if outcome.result is not None:
                raise outcome.result
        for path in sorted(self._folder.glob("*/*")):
            path.replace(pack / path.parent.name / path.name)


class _Files(NamedTuple):
    """Files of a folder of the pack, and what writes them."""

    room: str
    write: Callable[[Path], None]


def _ready(progress: Progress) -> None:  # noqa: ARG001
    """Import what draws, and what writes workbooks."""
    import ptreach.outputs.tables.books  # noqa: F401
    from ptreach.outputs.pictures import load

    load()


def _written(folder: Path, files: _Files, progress: Progress) -> OSError | None:  # noqa: ARG001
    """Write files, and return why the system refused to have them written, if it did."""
    try:
        (folder / files.room).mkdir(parents=True, exist_ok=True)
        files.write(folder / files.room)
    except OSError as error:
        return error
    return None
