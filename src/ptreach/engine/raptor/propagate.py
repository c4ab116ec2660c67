"""From stops to destinations: the walk at the end, the walk all the way, percentiles over the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ptreach.engine.raptor.kernel import NEVER
from ptreach.model import UNREACHED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Egress(NamedTuple):
    """Walks to destination d: from the stops ``stop[start[d]:start[d + 1]]``, in ``seconds``."""

    start: NDArray[np.int64]
    stop: NDArray[np.int32]
    seconds: NDArray[np.int32]


def nearest_ranks(percentiles: Sequence[int], departures_n: int) -> NDArray[np.int64]:
    """Return the index of each percentile in a sorted list of `departures_n`: the nearest rank."""
    return np.array([-(-p * departures_n // 100) - 1 for p in percentiles], dtype=np.int64)


@njit(cache=True, nogil=True)
def propagate(
    ride_s: NDArray[np.int32],
    egress: Egress,
    direct_s: NDArray[np.int32],
    max_time_s: int,
    ranks: NDArray[np.int64],
    row: NDArray[np.uint16],
) -> None:
    """Fill a row of the matrix: seconds at each percentile, ``UNREACHED`` where not reached.

    Parameters
    ----------
    ride_s
        Seconds from departure to alighting, shape (stops, departures).
    direct_s
        Walks from the origin to each destination in seconds, ``NEVER`` where too far.
    ranks
        Indexes of the percentiles among the sorted times.
    row
        Result, uint16 of shape (destinations, percentiles).
    """
    departures_n = ride_s.shape[1]
    total_s = np.empty(departures_n, dtype=np.int32)
    for destination in range(row.shape[0]):
        walk_s = min(direct_s[destination], NEVER)
        total_s[:] = walk_s if walk_s < max_time_s else NEVER
        ridden = False
        for at in range(egress.start[destination], egress.start[destination + 1]):
            stop, seconds = egress.stop[at], egress.seconds[at]
            for minute in range(departures_n):
                time_s = ride_s[stop, minute] + seconds
                if time_s < total_s[minute] and time_s < max_time_s:
                    total_s[minute] = time_s
                    ridden = True
        if ridden:
            total_s.sort()
        for percentile in range(ranks.size):
            time_s = total_s[ranks[percentile]]
            row[destination, percentile] = time_s if time_s < NEVER else UNREACHED
