"""Reading a file once in a run, though several stages and towns need it: tables of a country are large."""

from __future__ import annotations

import time
from collections import OrderedDict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

_MOST_KEPT: Final = 2
"""Of each reader: towns of a run may take zones of either edition in turn."""
_SETTLED_NS: Final = 2_000_000_000
"""A file that was written so lately might be written again without its time telling."""

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


def read_once(read: Callable[_Given, _Found]) -> Callable[_Given, _Found]:
    """Return `read`, which gives what it gave before while its arguments and their files are the same.

    Files are told by path, size and time. Frames are given as copies of their own; callers leave what else
    they get as it is. What is logged while reading is logged the first time.
    """
    kept: OrderedDict[Hashable, _Found] = OrderedDict()

    @wraps(read)
    def reading(*args: _Given.args, **kwargs: _Given.kwargs) -> _Found:
        key = (repr(args), repr(kwargs), file_states([*args, *kwargs.values()]))
        found = kept[key] if key in kept else read(*args, **kwargs)
        if all(time.time_ns() - changed_ns > _SETTLED_NS for _, changed_ns in key[2]):
            kept[key] = found
            kept.move_to_end(key)
            if len(kept) > _MOST_KEPT:
                kept.popitem(last=False)
        return found.copy(deep=False) if isinstance(found, pd.DataFrame) else found

    return reading


def file_states(given: Iterable[object]) -> tuple[tuple[int, int], ...]:
    """Return size and time of change, in nanoseconds, of the files among arguments."""
    found = [path.stat() for path in given if isinstance(path, Path) and path.is_file()]
    return tuple((state.st_size, state.st_mtime_ns) for state in found)
