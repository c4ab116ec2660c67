"""Runs: stretches of arrays, told by where each starts and how long it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RUNS_AT_ONCE: Final = 1 << 14


def ranges(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of all ranges ``start … start + length``, one after the other."""
    before = np.r_[0, np.cumsum(lengths)]
    ranges: NDArray[np.int64] = np.arange(before[-1]) + np.repeat(starts - before[:-1], lengths)
    return ranges


def gathered(values: NDArray[Any], starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[Any]:
    """Return the values of runs, one after the other: ``values[ranges(starts, lengths)]`` in less memory."""
    before = np.r_[0, np.cumsum(lengths)]
    found = np.empty((int(before[-1]), *values.shape[1:]), dtype=values.dtype)
    for first in range(0, starts.size, _RUNS_AT_ONCE):
        some = slice(first, first + _RUNS_AT_ONCE)
        rows = ranges(starts[some], lengths[some])
        found[before[first] : before[first] + rows.size] = values[rows]
    return found
