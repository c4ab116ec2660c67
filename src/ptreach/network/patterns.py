"""Patterns: the trips of all days by the sequence of stops they call at."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.sources.runs import gathered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.sources.gtfs import Timetables

_TRIPS_AT_ONCE: Final = 1 << 15


class Patterns(NamedTuple):
    """Trips with the same stops, in the same order, with the same places to board and to alight.

    Pattern p has the positions ``position_start[p]:position_start[p + 1]`` and the trips
    ``trip_start[p]:trip_start[p + 1]``, in the order of their first departure. Trip k's times at its
    positions are ``arrival_s[time_start[k]:]`` and ``departure_s[time_start[k]:]``, in seconds after noon
    minus 12 h.
    ``trip_row`` is the trip's number in the timetables; ``twin`` is the first trip, in the order of this
    table, with the same times at the same stops: itself, unless feeds or services list it several times.
    """

    position_start: NDArray[np.int64]
    stop: NDArray[np.int32]
    board: NDArray[np.bool_]
    alight: NDArray[np.bool_]
    trip_start: NDArray[np.int64]
    trip_row: NDArray[np.int32]
    trip_service: NDArray[np.int32]
    time_start: NDArray[np.int64]
    arrival_s: NDArray[np.int32]
    departure_s: NDArray[np.int32]
    twin: NDArray[np.int32]


def build_patterns(timetables: Timetables) -> Patterns:
    """Return the patterns of all trips, in the order of their stop sequences."""
    start = timetables.trip_start
    lengths = np.diff(start)
    pattern = _pattern_of_trips(timetables)
    order = np.lexsort((np.arange(lengths.size), timetables.call_departure_s[start[:-1]], pattern))
    trip_start = np.r_[0, np.cumsum(np.bincount(pattern))].astype(np.int64)
    first = order[trip_start[:-1]]
    stop, board, alight = (
        gathered(column, start[first], lengths[first])
        for column in (timetables.call_stop, timetables.call_board, timetables.call_alight)
    )
    arrival_s, departure_s = (
        gathered(column, start[order], lengths[order])
        for column in (timetables.call_arrival_s, timetables.call_departure_s)
    )
    time_start = np.r_[0, np.cumsum(lengths[order])].astype(np.int64)[:-1]
    return Patterns(
        position_start=np.r_[0, np.cumsum(lengths[first])].astype(np.int64),
        stop=stop,
        board=board,
        alight=alight,
        trip_start=trip_start,
        trip_row=order.astype(np.int32),
        trip_service=timetables.trip_service[order],
        time_start=time_start,
        arrival_s=arrival_s,
        departure_s=departure_s,
        twin=_twins(pattern[order], time_start, arrival_s, departure_s),
    )


def _pattern_of_trips(timetables: Timetables) -> NDArray[np.int64]:
    """Return the number of each trip's pattern; patterns are numbered in the order of their keys.

    Equal keys are equal sequences: stop, then whether one may board and alight there, call by call.
    """
    start = timetables.trip_start
    number: dict[bytes, int] = {}
    found = np.empty(start.size - 1, dtype=np.int64)
    # some trips at a time: a nation's calls as keys, all at once, are gigabytes
    for first in range(0, found.size, _TRIPS_AT_ONCE):
        ends = start[first : first + _TRIPS_AT_ONCE + 1]
        calls = slice(ends[0], ends[-1])
        kinds = timetables.call_board[calls] * 2 + timetables.call_alight[calls]
        rows = np.stack([timetables.call_stop[calls], kinds], axis=1)
        rows = np.ascontiguousarray(rows.astype(">i4"))  # big-endian bytes sort as numbers do
        bounds = (ends - ends[0]).tolist()
        keys = [rows[at:end].tobytes() for at, end in pairwise(bounds)]
        found[first : first + len(keys)] = [number.setdefault(key, len(number)) for key in keys]
    place = np.empty(len(number), dtype=np.int64)
    place[[number[key] for key in sorted(number)]] = np.arange(len(number))
    return place[found]


def trips_listed_twice(patterns: Patterns, runs: NDArray[np.bool_]) -> int:
    """Return the number of trips that run on some day together with an earlier twin.

    ``runs`` says which services run on which days, shape (services, days).
    """
    order = np.argsort(patterns.twin, kind="stable")
    starts = np.flatnonzero(np.diff(patterns.twin[order], prepend=-1))
    ends = np.r_[starts[1:], order.size][: starts.size]
    several = ends - starts > 1  # hardly any, of trips by the hundred thousand
    packed = np.packbits(runs, axis=1)  # a timetable may have thousands of days
    twice = 0
    for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        days = packed[patterns.trip_service[order[start:end]]]
        twice += int((days[1:] & np.bitwise_or.accumulate(days, axis=0)[:-1]).any(axis=1).sum())
    return twice


def _twins(
    pattern: NDArray[np.int64],
    time_start: NDArray[np.int64],
    arrival_s: NDArray[np.int32],
    departure_s: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Return for each trip the first with the same pattern and times.

    Trips come by pattern and first departure, so that twins stand side by side, with at most others of that
    minute between them.
    """
    twin = np.arange(pattern.size, dtype=np.int32)
    ends = np.r_[time_start[1:], arrival_s.size]
    leaves_s = departure_s[time_start]
    new = np.r_[True, (np.diff(pattern) != 0) | (np.diff(leaves_s) != 0)]
    starts = np.flatnonzero(new)
    several = np.flatnonzero(np.diff(np.r_[starts, pattern.size]) > 1)
    for at, end in zip(
        starts[several].tolist(), np.r_[starts, pattern.size][several + 1].tolist(), strict=True
    ):
        first: dict[bytes, int] = {}
        for trip in range(at, end):
            calls = slice(time_start[trip], ends[trip])
            twin[trip] = first.setdefault(arrival_s[calls].tobytes() + departure_s[calls].tobytes(), trip)
    return twin
