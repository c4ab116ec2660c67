"""The changes of vehicle that are worth making, found once for all origins.

From a call of a trip (a vehicle at a stop) one can change, there or at the stops around, to some hundred
other trips; hardly ten of them bring one anywhere sooner than staying on board, changing further on, or
another of the changes made here. The rest are left out: whatever journey uses one of them, another with no
more rides alights no later at each stop that follows. So earliest arrivals stay the same, at every limit of
rides. (The idea is that of trip-based routing, S. Witt, 2015.)

For each trip, last call first, the stops' earliest arrivals with at most one change are kept, and for each
position of each line the earliest trip that was boarded there or before: only an earlier trip is ridden, and
only to where that one was caught. A change is kept if it brings one anywhere sooner.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ptreach.engine.raptor.kernel import NEVER
from ptreach.network.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.timetable import Timetable
    from ptreach.network.transfers import Transfers


class Calls(NamedTuple):
    """The calls of all trips, in the order of their arrivals.

    Call c arrives at ``stop[c]`` at ``off_s[c]``, where one may step off if ``alight[c]``. ``before[c]`` is
    the trip's call before it, -1 at its first; ``ahead[c]`` is the call, at the same position, of the line's
    trip before it, -1 if it is the first. From c the calls ``change_to[change_start[c]:change_start[c + 1]]``
    are worth being caught. ``number[i]`` is the call whose times are ``off_s[i]`` and ``ready_s[i]`` of the
    timetable. ``seat_to[c]`` is the first call of the trip for which one may stay on board at c, a trip's
    last call; -1 elsewhere.
    """

    stop: NDArray[np.int32]
    off_s: NDArray[np.int32]
    alight: NDArray[np.bool_]
    before: NDArray[np.int32]
    ahead: NDArray[np.int32]
    change_start: NDArray[np.int64]
    change_to: NDArray[np.int32]
    number: NDArray[np.int32]
    seat_to: NDArray[np.int32]


def calls_with_changes(
    timetable: Timetable, transfers: Transfers, *, workers: int, all_changes: bool = False
) -> Calls:
    """Return the calls of a timetable and the changes worth making, or all; `workers` threads find those."""
    trips_n = timetable.trips_n.astype(np.int64)
    calls_n = timetable.off_s.size
    # A vehicle arrives at a call after all changes to its trip's earlier calls: their sources arrived before
    # `ready`, which is before the trip's next arrival. Calls of one trip at one time keep their order, and
    # come after those of the trip for which one stayed on board.
    line = np.repeat(np.arange(trips_n.size), np.diff(timetable.time_start))
    trip = timetable.trip_start[line] + (np.arange(calls_n) - timetable.time_start[line]) % trips_n[line]
    order = np.lexsort((np.arange(calls_n), _places_in_chain(timetable.stays)[trip], timetable.off_s))
    number = np.empty(calls_n, dtype=np.int32)
    number[order] = np.arange(calls_n, dtype=np.int32)
    before = np.arange(calls_n) - trips_n[line]
    first = before < timetable.time_start[line]
    before = np.where(first, -1, number[np.where(first, 0, before)])
    position = np.repeat(
        np.arange(timetable.stop.size), np.repeat(trips_n, np.diff(timetable.position_start))
    )
    first_of_line = np.ones(calls_n, dtype=np.bool_)
    first_of_line[1:] = position[1:] != position[:-1]
    ahead = np.where(first_of_line, -1, np.roll(number, 1))
    change_start, change_to = _changes(timetable, transfers, number, workers, all_changes=all_changes)
    seat_to = np.full(calls_n, -1, dtype=np.int32)
    last_of_trip = np.arange(calls_n) + trips_n[line] >= timetable.time_start[line + 1]
    # the last for trips that go on no more
    first_call = np.full(timetable.trip_row.size + 1, -1, dtype=np.int32)
    first_call[trip[first]] = number[first]
    seat_to[number[last_of_trip]] = first_call[timetable.stays[trip[last_of_trip]]]
    return Calls(
        stop=timetable.stop[position][order],
        off_s=timetable.off_s[order],
        alight=timetable.alight[position][order],
        before=before[order].astype(np.int32),
        ahead=ahead[order].astype(np.int32),
        change_start=change_start,
        change_to=change_to,
        number=number,
        seat_to=seat_to,
    )


def _places_in_chain(stays: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return how many trips one may have stayed on board of before each trip."""
    place = np.zeros(stays.size, dtype=np.int64)
    fresh = np.flatnonzero(stays >= 0)
    while fresh.size:  # once for each trip of the longest chain
        onward = stays[fresh].astype(np.int64)
        place[onward] = np.maximum(place[onward], place[fresh] + 1)
        fresh = onward[stays[onward] >= 0]
    return place


def _changes(
    timetable: Timetable,
    transfers: Transfers,
    number: NDArray[np.int32],
    workers: int,
    *,
    all_changes: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the changes of all calls as compressed rows."""
    parts_n = 4 * workers
    ends = np.searchsorted(timetable.time_start, np.linspace(0, number.size, parts_n + 1).astype(np.int64))
    ends[-1] = timetable.trips_n.size

    def part(index: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        found: tuple[NDArray[np.int32], NDArray[np.int32]] = _changes_of_lines(
            timetable, transfers, ends[index], ends[index + 1], number, all_changes
        )
        return found

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(part, range(parts_n)))
    source, target = (np.concatenate(column) for column in zip(*parts, strict=True))
    rows: tuple[NDArray[np.int64], NDArray[np.int32]] = _rows(source, target, number.size)
    return rows


@njit(cache=True, nogil=True)
def _rows(
    source: NDArray[np.int32], target: NDArray[np.int32], rows_n: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return targets by their source, as compressed rows, else in the order given."""
    start = np.zeros(rows_n + 1, dtype=np.int64)
    for row in source:
        start[row + 1] += 1
    start = np.cumsum(start)
    place, to = start.copy(), np.empty_like(target)
    for at in range(source.size):
        to[place[source[at]]] = target[at]
        place[source[at]] += 1
    return start, to


@njit(cache=True, nogil=True)
def _changes_of_lines(
    timetable: Timetable,
    transfers: Transfers,
    first_line: int,
    last_line: int,
    number: NDArray[np.int32],
    all_changes: bool,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the changes worth making from the trips of some lines, or all: from call, to call."""
    lines_n = timetable.trips_n.size
    # caught[position]: this trip and all later ones need not be caught there, for they were, there or before
    caught = np.empty(timetable.stop.size, dtype=np.int32)
    for line in range(lines_n):
        caught[timetable.position_start[line] : timetable.position_start[line + 1]] = timetable.trips_n[line]
    soonest_s = np.full(transfers.start.size - 1, NEVER, dtype=np.int32)
    touched, touched_n = np.empty(lines_n, dtype=np.int32), 0
    is_touched = np.zeros(lines_n, dtype=np.bool_)
    source, target = np.empty(4096, dtype=np.int32), np.empty(4096, dtype=np.int32)
    found_n = 0
    for line in range(first_line, last_line):
        start, trips_n = timetable.position_start[line], timetable.trips_n[line]
        for trip in range(trips_n):
            touched[0], touched_n, is_touched[line] = line, 1, True
            for position in range(timetable.position_start[line + 1] - 1, start, -1):
                if not timetable.alight[position]:
                    continue
                call = timetable.time_start[line] + (position - start) * trips_n + trip
                stop, off_s = timetable.stop[position], timetable.off_s[call]
                soonest_s[stop] = min(soonest_s[stop], off_s)
                caught[position] = min(caught[position], trip)
                for walk in range(transfers.start[stop] - 1, transfers.start[stop + 1]):
                    there, there_s = stop, off_s + transfers.stay_s[stop]  # first of all, stay where one is
                    if walk >= transfers.start[stop]:
                        there, there_s = transfers.to[walk], off_s + transfers.seconds[walk]
                    for at in range(timetable.stop_start[there], timetable.stop_start[there + 1]):
                        other = timetable.stop_line[at]
                        boarding = timetable.position_start[other] + timetable.stop_position[at]
                        first = timetable.trips_n[other] if all_changes else caught[boarding]
                        times = (
                            timetable.time_start[other]
                            + timetable.stop_position[at] * timetable.trips_n[other]
                        )
                        if first == 0 or timetable.ready_s[times + first - 1] < there_s:
                            continue
                        first -= 1
                        while first > 0 and timetable.ready_s[times + first - 1] >= there_s:
                            first -= 1
                        if not is_touched[other]:
                            touched[touched_n], is_touched[other] = other, True
                            touched_n += 1
                        if (
                            all_changes
                            or _brings_sooner(
                                timetable.stop,
                                timetable.alight,
                                timetable.off_s,
                                boarding,
                                timetable.position_start[other + 1],
                                times + first,
                                timetable.trips_n[other],
                                first,
                                caught,
                                soonest_s,
                            )
                            or (timetable.stays[timetable.trip_start[other] + first] >= 0)
                        ):
                            if found_n == source.size:
                                source = np.concatenate((source, np.empty_like(source)))
                                target = np.concatenate((target, np.empty_like(target)))
                            source[found_n], target[found_n] = number[call], number[times + first]
                            found_n += 1
            for at in range(touched_n):
                other = touched[at]
                is_touched[other] = False
                for position in range(timetable.position_start[other], timetable.position_start[other + 1]):
                    caught[position] = timetable.trips_n[other]
                    soonest_s[timetable.stop[position]] = NEVER
    return source[:found_n].copy(), target[:found_n].copy()


@njit(cache=True, nogil=True)
def _brings_sooner(
    stop: NDArray[np.int32],
    alight: NDArray[np.bool_],
    off_s: NDArray[np.int32],
    boarding: int,
    end: int,
    time: int,
    trips_n: int,
    trip: int,
    caught: NDArray[np.int32],
    soonest_s: NDArray[np.int32],
) -> bool:
    """Ride a trip from a position, towards the line's end, until where it was caught; say whether it pays.

    `time` is where the trip's times at the boarding stand; at each further position, `trips_n` further on.
    """
    caught[boarding] = trip
    sooner = False
    for position in range(boarding + 1, end):
        time += trips_n
        if alight[position] and off_s[time] < soonest_s[stop[position]]:
            soonest_s[stop[position]] = off_s[time]
            sooner = True
        if caught[position] <= trip:  # this trip or one ahead was ridden from here on
            break
        caught[position] = trip
    return sooner
