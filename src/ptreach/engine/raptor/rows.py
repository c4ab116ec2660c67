"""Rows of the matrix: from each origin on foot, by vehicle, on foot again; many rows a call.

Few origins are searched one by one, many by sweeps. Both give the same rows.

What paid, in microseconds of one core for an origin with stops near it (436 of 903 points on the Isle of
Wight, 605 of 1,260 in Rhein-Neckar; all to all, 120 departures, 8 rides, AMD EPYC, other work beside it):

===============================================================  =====  =====
stage, and what was tried                                          IoW     RN
===============================================================  =====  =====
search: plain, round by round, lines of fresh stops                746  5,261
  one sweep for 8 origins and all departures, lane by lane          25    377
  a label as one value (`lanes`)                                    18    263
  moved up a ride and logged without loops                          12    160
  changes left to the trip ahead only: what was quicker is wrong    12    207
times at stops: written in the sweep                                22    176
  from the stops' logs, a slice for each run of departures          78    198
  from the logs, 32 departures at a write, without a branch         42    131
search and times with labels of 128 bytes, not 64                   -4    +39
last walks and percentiles: int32, a sort a destination          1,272  1,862
  uint16, stops skipped by their least time, sorting network       141    195
access and direct walks                                             28     24
===============================================================  =====  =====

In milliseconds for all origins of a query: changes worth making 6 and 90 (120 where a function took the whole
timetable, not its columns), last walks from stops 58 and 55, points linked 27 and 67, once for a square. Not
tried: bucket queues and contraction for the walks, stops sorted in space for the last walks.

The near bound is the cache. A sweep through Rhein-Neckar reads and writes some 40 MB of labels in 1.7 ms: 24
GB/s, where copying within the second-level cache moves 95 GB/s and beyond the third 34. A factor of four is
left, for changes reach labels here and there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.engine.raptor.kernel import NEVER, search
from ptreach.engine.raptor.lanes import LANES, TIMES
from ptreach.engine.raptor.propagate import NOT_RIDDEN, Egress, propagate
from ptreach.engine.raptor.streets import StreetSearch, access_and_direct
from ptreach.engine.raptor.sweep import MOST_DEPARTURES, Sweep, board, clear, fill, room_for, sweep
from ptreach.network.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.engine.raptor.changes import Calls
    from ptreach.engine.raptor.percentiles import Ranking
    from ptreach.engine.raptor.shortcuts import Shortcuts
    from ptreach.network.linkage import Links
    from ptreach.network.timetable import Timetable
    from ptreach.network.transfers import Transfers
    from ptreach.network.walks import Anchors

_TIMES_BYTES: Final = 64_000_000


class Question(NamedTuple):
    """What all rows share: streets, points, timetable, limits.

    `departures_s`: departures from the origins, latest first, one a minute. A journey takes less than
    `max_time_s` with at most `max_rides` vehicles.
    """

    streets: StreetSearch
    origins: Links
    destinations: Links
    anchors: Anchors
    timetable: Timetable
    transfers: Transfers
    egress: Egress
    departures_s: NDArray[np.int32]
    max_time_s: int
    max_rides: int
    ranks: Ranking
    shortcuts: Shortcuts


class Room(NamedTuple):
    """What a thread needs to sweep, used again from call to call.

    ``ride_s`` uint16 (origins or 1, stops, departures + TIMES), ``least_s`` uint16 (origins or 1, stops): see
    `fill`. ``access_stop``, ``access_s`` (origins, stops) and ``access_n`` (origins,): where the origins of a
    sweep begin; ``direct_s`` (origins, destinations): where they can walk to; ``row`` (origins,): their rows.
    ``wanted`` bool (stops,): whether any destination is near. ``pairs_n`` (1,): walks from stops looked at.
    """

    sweep: Sweep
    ride_s: NDArray[np.uint16]
    least_s: NDArray[np.uint16]
    access_stop: NDArray[np.int32]
    access_s: NDArray[np.int32]
    access_n: NDArray[np.int64]
    direct_s: NDArray[np.int32]
    row: NDArray[np.int64]
    wanted: NDArray[np.bool_]
    pairs_n: NDArray[np.int64]


def room_to_sweep(question: Question, calls: Calls) -> Room:
    """Return room for a thread."""
    stops_n, departures_n = question.transfers.start.size - 1, question.departures_s.size
    origins_n = LANES // question.max_rides
    one_bytes = 2 * stops_n * (departures_n + TIMES)
    times_n = 1
    if departures_n > MOST_DEPARTURES:  # the times of all origins of a sweep are kept from part to part
        times_n = origins_n = max(1, min(origins_n, _TIMES_BYTES // one_bytes))
    wanted = np.zeros(stops_n, dtype=np.bool_)
    wanted[question.egress.stop] = True
    return Room(
        sweep=room_for(calls, stops_n, question.max_rides),
        ride_s=np.empty((times_n, stops_n, departures_n + TIMES), dtype=np.uint16),
        least_s=np.empty((times_n, stops_n), dtype=np.uint16),
        access_stop=np.empty((origins_n, stops_n), dtype=np.int32),
        access_s=np.empty((origins_n, stops_n), dtype=np.int32),
        access_n=np.empty(origins_n, dtype=np.int64),
        direct_s=np.empty((origins_n, question.destinations.edge.size), dtype=np.int32),
        row=np.empty(origins_n, dtype=np.int64),
        wanted=wanted,
        pairs_n=np.zeros(1, dtype=np.int64),
    )


def work_of(room: Room) -> tuple[int, ...]:
    """Return sweeps, calls ridden to, calls that were new, changes, and walks from stops looked at."""
    return (*room.sweep.counts.tolist(), int(room.pairs_n[0]))


@njit(cache=True, nogil=True)
def plain_rows(question: Question, first_row: int, seconds: NDArray[np.uint16]) -> None:
    """Fill the rows of the origins from `first_row` on, one by one; `seconds` has the shape of their rows."""
    stops_n, departures_n = question.transfers.start.size - 1, question.departures_s.size
    times_s = np.empty((stops_n, departures_n), dtype=np.int32)
    ride_s = np.empty((stops_n, departures_n), dtype=np.uint16)
    least_s = np.empty(stops_n, dtype=np.uint16)
    for row in range(seconds.shape[0]):
        access_stop, access_s, direct_s = access_and_direct(
            question.streets,
            question.origins,
            first_row + row,
            question.destinations,
            question.anchors,
            stops_n,
        )
        times_s[:] = NEVER
        if access_stop.size:
            search(
                question.timetable,
                question.transfers,
                access_stop,
                access_s,
                question.departures_s,
                question.max_time_s,
                question.max_rides,
                times_s,
            )
        for stop in range(stops_n):
            least_s[stop] = NOT_RIDDEN
            for departure in range(departures_n):
                ride_s[stop, departure] = min(times_s[stop, departure], NOT_RIDDEN)
                least_s[stop] = min(least_s[stop], ride_s[stop, departure])
        propagate(
            ride_s,
            least_s,
            question.egress,
            direct_s,
            question.max_time_s,
            question.ranks,
            departures_n,
            question.shortcuts.stops_near_enough,
            seconds[row],
        )


@njit(cache=True, nogil=True)
def swept_rows(
    question: Question, calls: Calls, room: Room, first_row: int, seconds: NDArray[np.uint16]
) -> None:
    """Fill the rows of the origins from `first_row` on by sweeps; `seconds` has the shape of their rows."""
    stops_n = question.transfers.start.size - 1
    none = np.int64(0)  # a literal 0 would have what is called with it compiled twice
    waiting_n = none
    for row in range(seconds.shape[0]):
        access_stop, access_s, direct_s = access_and_direct(
            question.streets,
            question.origins,
            first_row + row,
            question.destinations,
            question.anchors,
            stops_n,
        )
        room.row[waiting_n] = row
        # one by one: an assignment of arrays takes seconds to compile, for what it would say of their shapes
        for destination in range(direct_s.size):
            room.direct_s[waiting_n, destination] = direct_s[destination]
        room.access_n[waiting_n] = access_stop.size
        if not access_stop.size:
            room.least_s[0] = NOT_RIDDEN
            _write_row(question, room, waiting_n, none, seconds)
            continue
        for at in range(access_stop.size):
            room.access_stop[waiting_n, at] = access_stop[at]
            room.access_s[waiting_n, at] = access_s[at]
        waiting_n += 1
        if waiting_n == room.row.size:
            _sweep_rows(question, calls, room, waiting_n, seconds)
            waiting_n = none
    if waiting_n:
        _sweep_rows(question, calls, room, waiting_n, seconds)


@njit(cache=True, nogil=True, no_cpython_wrapper=True)
def _sweep_rows(
    question: Question, calls: Calls, room: Room, origins_n: int, seconds: NDArray[np.uint16]
) -> None:
    """Fill the rows of the origins that wait in a room."""
    departures_n = question.departures_s.size
    at_once = departures_n <= MOST_DEPARTURES
    room.least_s[:] = NOT_RIDDEN
    for column in range(0, departures_n, MOST_DEPARTURES):
        part_n = min(departures_n - column, MOST_DEPARTURES)
        first_s = np.int64(question.departures_s[departures_n - 1 - column])
        clear(room.sweep)
        for origin in range(origins_n):
            begins_n = room.access_n[origin]
            board(
                question.timetable,
                calls,
                room.access_stop[origin, :begins_n],
                room.access_s[origin, :begins_n],
                first_s,
                part_n,
                question.max_rides,
                origin,
                room.sweep,
            )
        sweep(
            calls,
            room.wanted,
            first_s,
            part_n,
            question.max_time_s,
            question.max_rides,
            question.shortcuts,
            room.sweep,
        )
        for origin in range(origins_n):
            times = np.int64(0) if at_once else origin
            if at_once:
                room.least_s[0] = NOT_RIDDEN
            fill(
                calls,
                room.sweep,
                room.wanted,
                origin,
                first_s,
                part_n,
                question.max_time_s,
                column,
                room.ride_s[times],
                room.least_s[times],
            )
            if column + part_n == departures_n:
                _write_row(question, room, origin, times, seconds)


@njit(cache=True, nogil=True, no_cpython_wrapper=True)
def _write_row(question: Question, room: Room, origin: int, times: int, seconds: NDArray[np.uint16]) -> None:
    """Fill the row of an origin from its times at the stops."""
    room.pairs_n[0] += propagate(
        room.ride_s[times],
        room.least_s[times],
        question.egress,
        room.direct_s[origin],
        question.max_time_s,
        question.ranks,
        question.departures_s.size,
        question.shortcuts.stops_near_enough,
        seconds[room.row[origin]],
    )
