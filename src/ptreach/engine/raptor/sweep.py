"""The search for many origins: one sweep through the calls in order of time, all departures at once.

Instead of the earliest arrival of each departure, a label holds the latest departure for which one can be on
board of a trip after a call: a byte for each number of rides and each origin. Side by side these are a few
SIMD registers, so that one maximum carries all rides of several origins over a call, or over a change of
vehicle, where numbers of rides move up by one. Calls in order of arrival need no queue: whatever leads to one
comes before it. At each stop the latest departures that arrived so far tell whether a call brings anything
new; what is new is written to the stop's log, from which `fill` tells the times. Changes are not made where
the trip ahead on the line has as late departures on board. (To leave them out wherever a call brings its stop
nothing new would be wrong: two trips that meet at two stops, in either order, would each leave the change to
the other.) The answer is that of the plain search at every limit of rides.

Departures are numbered from 1, the earliest; 0 stands for none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.engine.raptor.lanes import LANES, TIMES, any_later, count_down, raise_to, shift_to
from ptreach.engine.raptor.propagate import NOT_RIDDEN
from ptreach.network.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.engine.raptor.changes import Calls
    from ptreach.engine.raptor.shortcuts import Shortcuts
    from ptreach.network.timetable import Timetable

MOST_DEPARTURES: Final = 255
"""Departures that a byte can number; longer windows are swept in parts."""


class Sweep(NamedTuple):
    """Room for one sweep, used again for the next.

    ``label`` uint8 (calls + 1, LANES): latest departures on board after each call; lanes of the most rides
    come first, those of one ride last. ``touched`` bool (calls,): whether there are any. ``arrived`` uint8
    (stops, LANES): those that stepped off at each stop so far. The log of stop s begins at ``log_start[s]``
    and has ``log_n[s]`` entries: ``log_call``, and ``log_latest`` uint8 (calls, origins or some more), the
    first lanes of the label. ``label_words`` and ``log_words`` are the same bytes, eight at a time.
    ``counts`` int64 (4,), summed over sweeps: these, calls ridden to, calls that were new, changes made.
    """

    label: NDArray[np.uint8]
    label_words: NDArray[np.uint64]
    touched: NDArray[np.bool_]
    arrived: NDArray[np.uint8]
    log_start: NDArray[np.int64]
    log_n: NDArray[np.int32]
    log_call: NDArray[np.int32]
    log_latest: NDArray[np.uint8]
    log_words: NDArray[np.uint64]
    counts: NDArray[np.int64]


def room_for(calls: Calls, stops_n: int, max_rides: int) -> Sweep:
    """Return room for sweeps through these calls."""
    calls_n, origins_n = calls.stop.size, LANES // max_rides
    label = np.zeros((calls_n + 1, LANES), dtype=np.uint8)
    log_words = np.empty((calls_n, -(-origins_n // 8)), dtype=np.uint64)
    return Sweep(
        label=label,
        label_words=label.view(np.uint64),
        touched=np.zeros(calls_n, dtype=np.bool_),
        arrived=np.zeros((stops_n, LANES), dtype=np.uint8),
        log_start=np.r_[0, np.cumsum(np.bincount(calls.stop, minlength=stops_n))].astype(np.int64),
        log_n=np.zeros(stops_n, dtype=np.int32),
        log_call=np.empty(calls_n, dtype=np.int32),
        log_latest=log_words.view(np.uint8),
        log_words=log_words,
        counts=np.zeros(4, dtype=np.int64),
    )


@njit(cache=True, nogil=True)
def clear(room: Sweep) -> None:
    """Forget the sweep before."""
    for call in range(room.touched.size):
        if room.touched[call]:
            room.touched[call] = False
            room.label[call] = 0
    room.arrived[:] = 0
    room.log_n[:] = 0


@njit(cache=True, nogil=True)
def board(
    timetable: Timetable,
    calls: Calls,
    access_stop: NDArray[np.int32],
    access_s: NDArray[np.int32],
    first_s: int,
    departures_n: int,
    max_rides: int,
    origin: int,
    room: Sweep,
) -> None:
    """Enter origin number `origin` of a sweep: for each trip it can catch, the latest departure to do so.

    `first_s` is the first departure of `departures_n`. Of two trips of a line that one catches with the same
    departure, the later is left alone.
    """
    origins_n = LANES // max_rides
    for at in range(access_stop.size):
        stop = access_stop[at]
        for boarding in range(timetable.stop_start[stop], timetable.stop_start[stop + 1]):
            line = timetable.stop_line[boarding]
            times = timetable.time_start[line] + timetable.stop_position[boarding] * timetable.trips_n[line]
            last = 0
            for time in range(times, times + timetable.trips_n[line]):
                departure = min((timetable.ready_s[time] - access_s[at] - first_s) // 60 + 1, departures_n)
                if departure > last:
                    last = departure
                    call = calls.number[time]
                    room.touched[call] = True
                    for lane in range(origin, max_rides * origins_n, origins_n):
                        room.label[call, lane] = max(room.label[call, lane], np.uint8(departure))
                if departure == departures_n:
                    break


@njit(cache=True, nogil=True)
def sweep(
    calls: Calls,
    wanted: NDArray[np.bool_],
    first_s: int,
    departures_n: int,
    max_time_s: int,
    max_rides: int,
    shortcuts: Shortcuts,
    room: Sweep,
) -> None:
    """Carry the origins entered through all calls; log arrivals at `wanted` stops (bool, shape (stops,))."""
    origins_n = LANES // max_rides
    label, arrived, touched = room.label, room.arrived, room.touched
    once_more = np.zeros((1, LANES), dtype=np.uint8)
    below_top = np.zeros((1, LANES), dtype=np.uint8)  # lanes that have one with a ride less
    below_top[0, : (max_rides - 1) * origins_n] = 255
    ridden_n = new_n = changes_n = 0
    for call in range(calls.stop.size):
        if calls.before[call] < 0:
            continue
        before = np.uint32(calls.before[call])  # unsigned: no test for rows from the end
        if not touched[before]:
            continue
        touched[call] = True
        raise_to(label, call, label, before)
        if calls.seat_to[call] >= 0:
            touched[calls.seat_to[call]] = True
            raise_to(label, np.uint32(calls.seat_to[call]), label, call)
        ridden_n += 1
        # Departures up to this one are too early to arrive here within the limit.
        too_early = max(0, (calls.off_s[call] - first_s - max_time_s) // 60 + 1)
        if not calls.alight[call] or too_early >= departures_n:
            continue
        stop = np.uint32(calls.stop[call])
        if not shortcuts.arrivals_that_are_new or any_later(label, before, arrived, stop, too_early):
            new_n += 1
            raise_to(arrived, stop, label, before)
            if wanted[stop]:
                entry = np.uint32(room.log_start[stop] + room.log_n[stop])
                room.log_n[stop] += 1
                room.log_call[entry] = call
                for word in range(room.log_words.shape[1]):
                    room.log_words[entry, word] = room.label_words[before, word]
        first, last = calls.change_start[call], calls.change_start[call + 1]
        ahead = calls.ahead[call]
        if first < last and (
            ahead < 0
            or not shortcuts.changes_ahead
            or any_later(label, before, label, calls.before[ahead], too_early)
        ):
            shift_to(once_more, label, before, origins_n, below_top)
            for at in range(first, last):
                caught = np.uint32(calls.change_to[at])
                touched[caught] = True
                raise_to(label, caught, once_more, 0)
            changes_n += last - first
    room.counts[0] += 1
    room.counts[1] += ridden_n
    room.counts[2] += new_n
    room.counts[3] += changes_n


@njit(cache=True, nogil=True)
def fill(
    calls: Calls,
    room: Sweep,
    wanted: NDArray[np.bool_],
    origin: int,
    first_s: int,
    departures_n: int,
    max_time_s: int,
    column: int,
    ride_s: NDArray[np.uint16],
    least_s: NDArray[np.uint16],
) -> None:
    """Write the times of one origin of a sweep to the `wanted` stops.

    Parameters
    ----------
    column
        Where the departures of the sweep begin in `ride_s`.
    ride_s
        Result, uint16 of shape (stops, departures + TIMES): seconds from departure to stepping off the last
        vehicle at the stop, ``NOT_RIDDEN`` where there is no such journey. Beyond the sweep's departures up
        to ``TIMES`` columns are overwritten. Stops that are not wanted are left as they are.
    least_s
        Lowered to the least of ``ride_s`` of each stop, uint16 of shape (stops,).
    """
    width = ride_s.shape[1]
    flat_s = ride_s.reshape(ride_s.size)
    for stop in range(room.log_n.size):
        if not wanted[stop]:
            continue
        row = stop * width + column
        done = np.int64(0)  # departures whose time is known
        least = np.int64(least_s[stop])
        for entry in range(room.log_start[stop], room.log_start[stop] + room.log_n[stop]):
            latest = np.int64(room.log_latest[entry, origin])
            since_s = calls.off_s[room.log_call[entry]] - first_s
            too_early = (since_s - max_time_s) // 60 + 1
            while done < too_early:
                count_down(flat_s, row + done, NOT_RIDDEN, 0)
                done = min(done + TIMES, too_early)
            if latest > done:
                least = min(least, since_s - 60 * (latest - 1))
            # Written at any rate, for what lies beyond `latest` is written again: a branch would cost more.
            count_down(flat_s, row + done, since_s - 60 * done, 60)
            while latest > done + TIMES:
                done += TIMES
                count_down(flat_s, row + done, since_s - 60 * done, 60)
            done = max(done, latest)
        while done < departures_n:
            count_down(flat_s, row + done, NOT_RIDDEN, 0)
            done += TIMES
        least_s[stop] = least
