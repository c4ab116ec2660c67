"""The timetable of one query: the trips that run within its hours, ready to be searched.

Searches ask two things of a vehicle: by when one must stand at a stop to catch it (``ready``: a slack before
the departure), and when one steps off (``off``). With these two, a journey backward in time is the same
search on the mirrored timetable: times negated, stops in reverse, ready and off exchanged.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ptreach.network.calendar import day_start_s, no_service
from ptreach.network.seats import chain_keys, next_trips, turned
from ptreach.network.walks import rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.calendar import Calendar
    from ptreach.network.patterns import Patterns


class Timetable(NamedTuple):
    """Lines: trips of one pattern of which none overtakes another.

    Line n has the positions ``position_start[n]:position_start[n + 1]`` of ``stop``, ``board`` and
    ``alight``, and ``trips_n[n]`` trips. At its position j (from 0), trip k has its times at ``time_start[n]
    + j * trips_n[n] + k`` of ``ready_s`` and ``off_s``: they ascend with k. ``trip_row[trip_start[n] + k]``
    is the trip's number in the timetables; ``stays[trip_start[n] + k]`` is the place, in the same numbering,
    of the trip for which its riders may stay on board, -1 if there is none. Trips of a line go on alike, and
    none overtakes another on the way. Stop s can be boarded on the lines
    ``stop_line[stop_start[s]:stop_start[s + 1]]``, at the positions ``stop_position``.
    """

    position_start: NDArray[np.int64]
    stop: NDArray[np.int32]
    board: NDArray[np.bool_]
    alight: NDArray[np.bool_]
    trips_n: NDArray[np.int32]
    time_start: NDArray[np.int64]
    ready_s: NDArray[np.int32]
    off_s: NDArray[np.int32]
    trip_start: NDArray[np.int64]
    trip_row: NDArray[np.int32]
    stays: NDArray[np.int32]
    stop_start: NDArray[np.int64]
    stop_line: NDArray[np.int32]
    stop_position: NDArray[np.int32]


class _Line(NamedTuple):
    """One line before all are put together; times have the shape (positions, trips).

    ``members`` are positions among the trips that run.
    """

    pattern: int
    ready_s: NDArray[np.int32]
    off_s: NDArray[np.int32]
    members: NDArray[np.int64]


class _Trips(NamedTuple):
    """Trips that run, sorted by pattern, then departure: number among the patterns' trips, clock shift."""

    pattern: NDArray[np.int64]
    trip: NDArray[np.int64]
    shift_s: NDArray[np.int32]


def timetable_of_day(
    patterns: Patterns,
    calendar: Calendar,
    stops_n: int,
    *,
    date: dt.date,
    timezone: str,
    from_s: int,
    until_s: int,
    slack_s: int,
    mirrored: bool,
    days_around: bool = True,
    listed_once: bool = True,
    block: NDArray[np.int32] | None = None,
    refuse_empty: bool = True,
) -> Timetable:
    """Return what runs from `from_s` to `until_s` (seconds after noon minus 12 h of `date`).

    Parameters
    ----------
    slack_s
        A vehicle is caught if it departs more than this after one stands at the stop.
    mirrored
        Whether to give the timetable backward in time.
    days_around
        Whether trips of the service days before and after run too.
    listed_once
        Whether one is taken of trips at the same times at the same stops.
    block
        Block of each trip of the timetables, -1 if none; without it nobody stays seated from trip to trip.
    refuse_empty
        Whether to refuse a date without trips of its own, if none of the days around run in these hours.

    Raises
    ------
    InputError
        Where such a date is refused: names the days to take instead.
    """
    trips = _running(patterns, calendar, date, timezone, from_s, until_s, days_around=days_around)
    own = calendar.services_on(date)[patterns.trip_service]
    if refuse_empty and not trips.trip.size and not own.any():
        raise no_service(calendar, patterns.trip_service, date, "query, date")
    if listed_once:
        trips = _listed_once(trips, patterns.twin, None if block is None else block[patterns.trip_row])
    following = np.full(trips.trip.size, -1, dtype=np.int64)
    if block is not None:
        following = next_trips(patterns, trips.trip, trips.shift_s, block)
    if mirrored:
        following = turned(following)

    def times_of(members: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        pattern, trip, shift_s = trips.pattern[members[0]], trips.trip[members], trips.shift_s[members]
        positions_n = patterns.position_start[pattern + 1] - patterns.position_start[pattern]
        times = patterns.time_start[trip] + np.arange(positions_n)[:, np.newaxis]
        ready_s = patterns.departure_s[times] + shift_s - np.int32(slack_s + 1)
        off_s = patterns.arrival_s[times] + shift_s
        return (-off_s[::-1], -ready_s[::-1]) if mirrored else (ready_s, off_s)

    lines: list[_Line] = []
    keys = chain_keys(trips.pattern, following)
    order = np.argsort(keys, kind="stable")
    for _, first, last in _groups(keys[order]):
        members = order[first:last][:: -1 if mirrored else 1]
        ready_s, off_s = times_of(members)
        ahead = [ready_s, off_s]
        onward = following[members]
        while onward[0] >= 0:  # all trips of a group go on alike
            ahead += times_of(onward)
            onward = following[onward]
        lines += [
            _Line(int(trips.pattern[members[0]]), ready_s[:, k], off_s[:, k], members[k])
            for k in _without_overtaking(np.concatenate(ahead))
        ]
    row = patterns.trip_row[trips.trip]
    return _joined(patterns, lines, stops_n, row, following, mirrored=mirrored)


def trips_running(
    patterns: Patterns,
    calendar: Calendar,
    date: dt.date,
    timezone: str,
    from_s: int,
    until_s: int,
    *,
    days_around: bool,
) -> int:
    """Return how many trips are under way at some time of the hours, as `timetable_of_day` has them."""
    trips = _running(patterns, calendar, date, timezone, from_s, until_s, days_around=days_around)
    return int(trips.trip.size)


def _running(
    patterns: Patterns,
    calendar: Calendar,
    date: dt.date,
    timezone: str,
    from_s: int,
    until_s: int,
    *,
    days_around: bool,
) -> _Trips:
    """Return the trips that are under way at some time of the hours, of whatever service day."""
    pattern = np.repeat(np.arange(patterns.trip_start.size - 1), np.diff(patterns.trip_start))
    calls_n = np.diff(patterns.position_start)[pattern]
    first_s = patterns.departure_s[patterns.time_start]
    last_s = patterns.arrival_s[patterns.time_start + calls_n - 1]
    # an hour more, for the night in which the clocks change
    days_back = max(0, int(last_s.max(initial=0)) - from_s + 3_600) // 86_400
    days_on = max(0, until_s + 3_600) // 86_400
    found = []
    for days in range(-days_back, days_on + 1) if days_around else (0,):
        day = date + dt.timedelta(days=days)
        shift_s = day_start_s(date, day, timezone)
        runs = calendar.services_on(day)[patterns.trip_service]
        trip = np.flatnonzero(runs & (last_s + shift_s >= from_s) & (first_s + shift_s <= until_s))
        found.append((trip, np.full(trip.size, shift_s, dtype=np.int32)))
    trip, shift = (np.concatenate(columns) for columns in zip(*found, strict=True))
    order = np.lexsort((trip, first_s[trip] + shift, pattern[trip]))
    return _Trips(pattern[trip][order], trip[order], shift[order])


def _listed_once(trips: _Trips, twin: NDArray[np.int32], block: NDArray[np.int32] | None) -> _Trips:
    """Return the trips without those that run when another does, unless in a block of their own."""
    twins = twin[trips.trip]
    if np.unique(twins).size == twins.size:
        return trips
    blocks = np.full(twins.size, -1) if block is None else block[trips.trip]
    order = np.lexsort((np.arange(twins.size), -blocks, trips.shift_s, twins))
    same = np.r_[False, (np.diff(twins[order]) == 0) & (np.diff(trips.shift_s[order]) == 0)]
    own_block = np.r_[False, np.diff(blocks[order]) != 0] & (blocks[order] >= 0)
    kept = np.sort(order[~same | own_block])
    return _Trips(*(column[kept] for column in trips))


def _groups(keys: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Return key, start and end of each run of equal keys."""
    if not keys.size:
        return []
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    return list(zip(keys[starts].tolist(), starts.tolist(), [*starts[1:].tolist(), keys.size], strict=True))


def _without_overtaking(times: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    """Return the trips (columns) in groups in which no trip is ahead of an earlier one at any time (row)."""
    if (times[:, 1:] >= times[:, :-1]).all():
        return [np.arange(times.shape[1])]
    groups: list[list[int]] = []
    for trip in range(times.shape[1]):
        for group in groups:
            if (times[:, trip] >= times[:, group[-1]]).all():
                group.append(trip)
                break
        else:
            groups.append([trip])
    return [np.array(group) for group in groups]


def _joined(
    patterns: Patterns,
    lines: list[_Line],
    stops_n: int,
    row: NDArray[np.int32],
    following: NDArray[np.int64],
    *,
    mirrored: bool,
) -> Timetable:
    """Put lines together and list, for each stop, where it can be boarded."""
    spans = [slice(*patterns.position_start[line.pattern : line.pattern + 2].tolist()) for line in lines]
    turn = slice(None, None, -1 if mirrored else 1)
    board, alight = (patterns.alight, patterns.board) if mirrored else (patterns.board, patterns.alight)
    lengths = np.array([span.stop - span.start for span in spans], dtype=np.int64)
    trips_n = np.array([line.members.size for line in lines], dtype=np.int32)
    members = np.concatenate([np.empty(0, dtype=np.int64), *(line.members for line in lines)])
    number = np.full(row.size + 1, -1, dtype=np.int32)  # the last for those that go on as no trip
    number[members] = np.arange(members.size)

    def joined(parts: list[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
        return np.concatenate([np.empty(0, dtype), *parts]).astype(dtype)

    stop = joined([patterns.stop[span][turn] for span in spans], np.int32)
    can_board = joined([board[span][turn] for span in spans], np.bool_)
    can_alight = joined([alight[span][turn] for span in spans], np.bool_)
    line_of = np.repeat(np.arange(lengths.size, dtype=np.int32), lengths)
    position_start = np.r_[0, np.cumsum(lengths)].astype(np.int64)
    can_alight[position_start[:-1]] = False  # nobody is on board yet
    can_board[position_start[1:] - 1] = False  # it goes no further
    position = (np.arange(stop.size) - position_start[line_of]).astype(np.int32)
    at = np.flatnonzero(can_board)
    stop_start, order = rows_of(stop[at], stops_n)
    return Timetable(
        position_start=position_start,
        stop=stop,
        board=can_board,
        alight=can_alight,
        trips_n=trips_n,
        time_start=np.r_[0, np.cumsum(lengths * trips_n)].astype(np.int64),
        ready_s=joined([line.ready_s.ravel() for line in lines], np.int32),
        off_s=joined([line.off_s.ravel() for line in lines], np.int32),
        trip_start=np.r_[0, np.cumsum(trips_n)].astype(np.int64),
        trip_row=row[members],
        stays=number[following[members]],
        stop_start=stop_start,
        stop_line=line_of[at][order],
        stop_position=position[at][order],
    )
