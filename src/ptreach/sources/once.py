"""Reading a file once in a run, though several stages and towns need it: tables of a country are large."""

from __future__ import annotations

import time
from collections import OrderedDict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, ParamSpec, TypeVar

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

_MOST_KEPT: Final = 2
"""Of each reader: towns of a run may take zones of either edition in turn."""
_SETTLED_NS: Final = 2_000_000_000
"""A file that was written so lately might be written again without its time telling."""

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")
_Kept = TypeVar("_Kept")
FileStates = tuple[tuple[int, int], ...]


class Kept(Generic[_Kept]):
    """The last few things that were found, each by what was asked and the state of the files it came from."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, _Kept] = OrderedDict()

    def find(self, asked: Hashable, states: FileStates) -> _Kept | None:
        """Return what was found when the same was asked of the same files, None where nothing was."""
        key = (asked, states)
        if key not in self._found:
            return None
        self._found.move_to_end(key)
        return self._found[key]

    def keep(self, asked: Hashable, states: FileStates, found: _Kept) -> None:
        """Keep what was found, unless a file was written so lately that it may change unseen."""
        if all(time.time_ns() - changed_ns > _SETTLED_NS for _, changed_ns in states):
            self._found[asked, states] = found
            if len(self._found) > _MOST_KEPT:
                self._found.popitem(last=False)


def read_once(read: Callable[_Given, _Found]) -> Callable[_Given, _Found]:
    """Return `read`, which gives what it gave before while its arguments and their files are the same.

    Files are told by path, size and time. Frames are given as copies of their own; callers leave what else
    they get as it is. What is logged while reading is logged the first time.
    """
    kept: Kept[tuple[_Found]] = Kept()

    @wraps(read)
    def reading(*args: _Given.args, **kwargs: _Given.kwargs) -> _Found:
        asked, states = (repr(args), repr(kwargs)), file_states([*args, *kwargs.values()])
        before = kept.find(asked, states)
        found = before[0] if before else read(*args, **kwargs)
        if not before:
            kept.keep(asked, states, (found,))
        return found.copy(deep=False) if isinstance(found, pd.DataFrame) else found

    return reading


def file_states(given: Iterable[object]) -> FileStates:
    """Return size and time of change, in nanoseconds, of the files among arguments."""
    found = [path.stat() for path in given if isinstance(path, Path) and path.is_file()]
    return tuple((state.st_size, state.st_mtime_ns) for state in found)
