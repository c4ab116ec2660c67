"""From stops to destinations: the walk at the end, the walk all the way, percentiles over the window.

Times are uint16 seconds, so that a SIMD register holds many: the longest search of 10 hours and a walk of two
fit below ``NOT_RIDDEN`` and its sum with a walk fits below 65,536.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.engine.raptor.percentiles import LISTS, Ranking, rank_lists
from ptreach.model import UNREACHED
from ptreach.network.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOT_RIDDEN: Final = np.uint16(50_000)
"""Stands for *not reached by vehicle* in times from departure."""


class Egress(NamedTuple):
    """Walks to destination d: from the stops ``stop[start[d]:start[d + 1]]``, in ``seconds``."""

    start: NDArray[np.int64]
    stop: NDArray[np.int32]
    seconds: NDArray[np.int32]


@njit(cache=True, nogil=True)
def propagate(
    ride_s: NDArray[np.uint16],
    least_s: NDArray[np.uint16],
    egress: Egress,
    direct_s: NDArray[np.int32],
    max_time_s: int,
    ranks: Ranking,
    departures_n: int,
    stops_near_enough: bool,
    row: NDArray[np.uint16],
) -> int:
    """Fill a row of the matrix: seconds at each percentile, ``UNREACHED`` where not reached.

    Parameters
    ----------
    ride_s
        Seconds from departure to alighting, ``NOT_RIDDEN`` where there is no journey; shape (stops,
        departures or more).
    least_s
        The least of them for each stop, shape (stops,). Rows of stops without any journey are not read.
    stops_near_enough
        Whether to pass over stops from which nothing can be quicker than the limit or the walk.
    direct_s
        Walks from the origin to each destination in seconds, at least ``NOT_RIDDEN`` where too far.
    row
        Result, uint16 of shape (destinations, percentiles).

    Returns
    -------
    The number of walks from stops that were looked at minute by minute.
    """
    total_s = np.empty(departures_n, dtype=np.uint16)
    lists_s = np.empty((departures_n, LISTS), dtype=np.uint16)
    waiting = np.empty(LISTS, dtype=np.int64)
    waiting_n = looked_at = 0
    for destination in range(row.shape[0]):
        walk_s = np.int64(direct_s[destination])
        if walk_s >= max_time_s:
            walk_s = np.int64(UNREACHED)
        bound_s = min(walk_s, np.int64(max_time_s))
        ridden = False
        for at in range(egress.start[destination], egress.start[destination + 1]):
            stop, seconds = egress.stop[at], egress.seconds[at]
            if least_s[stop] == NOT_RIDDEN or (stops_near_enough and least_s[stop] + seconds >= bound_s):
                continue
            if not ridden:
                total_s[:] = walk_s
                ridden = True
            looked_at += 1
            _walk_on(ride_s[stop], np.uint16(seconds), total_s)
        if not ridden:
            row[destination] = walk_s
            continue
        for departure in range(departures_n):
            lists_s[departure, waiting_n] = total_s[departure]
        waiting[waiting_n] = destination
        waiting_n += 1
        if waiting_n == LISTS:
            _write(lists_s, waiting, ranks, max_time_s, row)
            waiting_n = 0
    _write(lists_s, waiting[:waiting_n], ranks, max_time_s, row)
    return looked_at


@njit(cache=True, nogil=True)
def _walk_on(ride_s: NDArray[np.uint16], walk_s: np.uint16, total_s: NDArray[np.uint16]) -> None:
    """Lower total times to those of riding to a stop and walking on."""
    for departure in range(total_s.size):
        time_s = np.uint16(ride_s[departure] + walk_s)
        total_s[departure] = min(total_s[departure], time_s)


@njit(cache=True, nogil=True)
def _write(
    lists_s: NDArray[np.uint16],
    destinations: NDArray[np.int64],
    ranks: Ranking,
    max_time_s: int,
    row: NDArray[np.uint16],
) -> None:
    """Write the percentiles of the destinations whose times stand in the columns of `lists_s`."""
    if not destinations.size:
        return
    rank_lists(ranks.low, ranks.high, lists_s)
    for percentile in range(ranks.rank.size):
        times_s = lists_s[ranks.rank[percentile]]
        for column in range(destinations.size):
            time_s = times_s[column]
            row[destinations[column], percentile] = time_s if time_s < max_time_s else UNREACHED
