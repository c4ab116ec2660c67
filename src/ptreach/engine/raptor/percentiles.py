"""Percentiles of many lists at once, by a sorting network.

The same comparisons sort any list of a length, so they sort many lists side by side, one in each lane of SIMD
registers, without a branch. Comparisons that no percentile asked for depends on are left out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.network.compiled import njit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LISTS: Final = 64
"""Lists sorted side by side."""


class Ranking(NamedTuple):
    """How to find the values of some ranks.

    Exchange rows ``low[i]`` and ``high[i]`` where they are out of order, in turn; ``rank`` holds the rows at
    which the percentiles are then found.
    """

    low: NDArray[np.int32]
    high: NDArray[np.int32]
    rank: NDArray[np.int64]


def nearest_ranks(percentiles: Sequence[int], values_n: int) -> NDArray[np.int64]:
    """Return the index of each percentile in a sorted list of `values_n`: the nearest rank."""
    return np.array([-(-p * values_n // 100) - 1 for p in percentiles], dtype=np.int64)


@lru_cache(maxsize=8)
def ranking(percentiles: tuple[int, ...], values_n: int, *, thinned: bool = True) -> Ranking:
    """Return the comparisons that rank lists of `values_n`: Batcher's merge exchange, thinned or whole."""
    rank = nearest_ranks(percentiles, values_n)
    steps = _merge_exchange(values_n)
    needed = np.full(values_n, not thinned, dtype=np.bool_)
    needed[rank] = True
    kept = []
    for low, high in reversed(steps):
        used = needed[low] | needed[high]  # no row occurs twice in a step
        needed[low[used]] = needed[high[used]] = True
        kept.append((low[used], high[used]))
    none = np.empty(0, dtype=np.int32)
    low, high = (np.concatenate([none, *column[::-1]]) for column in zip((none, none), *kept, strict=True))
    return Ranking(low.astype(np.int32), high.astype(np.int32), rank)


def _merge_exchange(values_n: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the rows to compare, step by step (Knuth, volume 3, algorithm 5.2.2M)."""
    steps = []
    top = 1 << max(0, (values_n - 1).bit_length() - 1)
    p = top
    while p > 0:
        q, r, d = top, 0, p
        while True:
            at = np.arange(max(0, values_n - d))
            low = at[at & p == r]
            steps.append((low, low + d))
            if q == p:
                break
            q, r, d = q // 2, p, q - p
        p //= 2
    return steps


@njit(cache=True, nogil=True)
def rank_lists(low: NDArray[np.int32], high: NDArray[np.int32], values: NDArray[np.uint16]) -> None:
    """Bring the ranks asked for into their rows; `values`, uint16 (values, LISTS), has one list a column."""
    for at in range(low.size):
        lower, upper = np.uint32(low[at]), np.uint32(high[at])  # unsigned: no test for rows from the end
        for lane in range(LISTS):
            one, other = values[lower, lane], values[upper, lane]
            values[lower, lane] = min(one, other)
            values[upper, lane] = max(one, other)
