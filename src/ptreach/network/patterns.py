"""Patterns: the trips of all days by the sequence of stops they call at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.sources.gtfs import Timetables


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
    # Equal keys are equal sequences: stop, then whether one may board and alight there, call by call.
    calls = np.stack([timetables.call_stop, timetables.call_board * 2 + timetables.call_alight], axis=1)
    calls = np.ascontiguousarray(calls.astype(">i4"))  # big-endian bytes sort as numbers do
    keys = [calls[start[trip] : start[trip + 1]].tobytes() for trip in range(lengths.size)]
    number = {key: idx for idx, key in enumerate(sorted(set(keys)))}
    pattern = np.array([number[key] for key in keys], dtype=np.int64)
    order = np.lexsort((np.arange(lengths.size), timetables.call_departure_s[start[:-1]], pattern))
    trip_start = np.r_[0, np.cumsum(np.bincount(pattern))].astype(np.int64)
    first = order[trip_start[:-1]]
    positions = ranges(start[first], lengths[first])
    times = ranges(start[order], lengths[order])
    time_start = np.r_[0, np.cumsum(lengths[order])].astype(np.int64)[:-1]
    arrival_s, departure_s = timetables.call_arrival_s[times], timetables.call_departure_s[times]
    return Patterns(
        position_start=np.r_[0, np.cumsum(lengths[first])].astype(np.int64),
        stop=timetables.call_stop[positions],
        board=timetables.call_board[positions],
        alight=timetables.call_alight[positions],
        trip_start=trip_start,
        trip_row=order.astype(np.int32),
        trip_service=timetables.trip_service[order],
        time_start=time_start,
        arrival_s=arrival_s,
        departure_s=departure_s,
        twin=_twins(pattern[order], time_start, np.stack([arrival_s, departure_s], axis=1)),
    )


def trips_listed_twice(patterns: Patterns, runs: NDArray[np.bool_]) -> int:
    """Return the number of trips that run on some day together with an earlier twin.

    ``runs`` says which services run on which days, shape (services, days).
    """
    order = np.argsort(patterns.twin, kind="stable")
    starts = np.flatnonzero(np.diff(patterns.twin[order], prepend=-1))
    packed = np.packbits(runs, axis=1)  # a timetable may have thousands of days
    twice = 0
    for group in np.split(order, starts[1:]):
        if group.size > 1:
            days = packed[patterns.trip_service[group]]
            twice += int((days[1:] & np.bitwise_or.accumulate(days, axis=0)[:-1]).any(axis=1).sum())
    return twice


def _twins(
    pattern: NDArray[np.int64], time_start: NDArray[np.int64], times_s: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return for each trip the first with the same pattern and times."""
    ends = np.r_[time_start[1:], len(times_s)].tolist()
    first: dict[tuple[int, bytes], int] = {}
    return np.array(
        [
            first.setdefault((number, times_s[start:end].tobytes()), trip)
            for trip, (number, start, end) in enumerate(
                zip(pattern.tolist(), time_start.tolist(), ends, strict=True)
            )
        ],
        dtype=np.int32,
    )


def ranges(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of all ranges ``start … start + length``, one after the other."""
    before = np.r_[0, np.cumsum(lengths)]
    ranges: NDArray[np.int64] = np.arange(before[-1]) + np.repeat(starts - before[:-1], lengths)
    return ranges
