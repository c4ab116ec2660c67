"""Range-RAPTOR: earliest arrivals at all stops for every departure of a window.

Round r finds what can be reached with r rides. Departures are taken latest first and labels are kept from one
to the next: leaving earlier is never worse, for one can always wait. Two labels a stop and round: the
earliest time at which one is ready to board the next vehicle, by any means, and the earliest arrival by
vehicle, from which one walks on, to another stop or to the journey's end. So no two walks follow each other.

All times are seconds on the clock of the timetable given; on a mirrored one they are negative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.network.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.timetable import Timetable
    from ptreach.network.transfers import Transfers

NEVER: Final = np.int32(2**30)
"""Stands for *not reached*: later than any clock."""


@njit(cache=True, nogil=True)
def search(
    timetable: Timetable,
    transfers: Transfers,
    access_stop: NDArray[np.int32],
    access_s: NDArray[np.int32],
    departures_s: NDArray[np.int32],
    max_time_s: int,
    max_rides: int,
    ride_s: NDArray[np.int32],
) -> None:
    """Find travel times by vehicle from one origin.

    Parameters
    ----------
    access_stop, access_s
        Stops within walking distance of the origin, and the walks there in seconds.
    departures_s
        Departures from the origin, latest first.
    max_time_s
        Journeys take less than this.
    max_rides
        Most vehicles boarded.
    ride_s
        Result, int32 of shape (stops, departures): seconds from departure to the alighting from the last
        vehicle at the stop, ``NEVER`` where there is no such journey.
    """
    stops_n, lines_n = ride_s.shape[0], timetable.trips_n.size
    any_s = np.full((max_rides + 1, stops_n), NEVER, dtype=np.int32)
    vehicle_s = np.full((max_rides + 1, stops_n), NEVER, dtype=np.int32)
    first_position = np.full(lines_n, -1, dtype=np.int32)
    line_queue = np.empty(lines_n, dtype=np.int32)
    fresh, fresh_next = np.zeros(stops_n, dtype=np.bool_), np.zeros(stops_n, dtype=np.bool_)
    queue, queue_next = np.empty(stops_n, dtype=np.int32), np.empty(stops_n, dtype=np.int32)
    rode, ridden = np.zeros(stops_n, dtype=np.bool_), np.empty(stops_n, dtype=np.int32)

    none = np.int64(0)  # a literal 0 would have what is called with it compiled twice
    for minute in range(departures_s.size):
        departure_s = np.int64(departures_s[minute])
        limit_s = departure_s + max_time_s
        queue_n = none
        for at in range(access_stop.size):
            stop, time_s = access_stop[at], departure_s + access_s[at]
            if time_s < limit_s and time_s < any_s[0, stop]:
                _improve(any_s, none, stop, time_s)
                fresh[stop] = True
                queue[queue_n] = stop
                queue_n += 1
        for rides in range(1, max_rides + 1):
            if queue_n == 0:
                break
            lines_queued = _queue_lines(timetable, queue[:queue_n], first_position, line_queue)
            ridden_n = queue_next_n = none
            for at in range(lines_queued):
                line = line_queue[at]
                ridden_n, queue_next_n = _ride(
                    timetable, line, first_position[line], rides, limit_s, transfers.stay_s, any_s, vehicle_s,
                    fresh, fresh_next, queue_next, queue_next_n, rode, ridden, ridden_n,
                )  # fmt: skip
                first_position[line] = -1
            for at in range(ridden_n):
                stop = ridden[at]
                rode[stop] = False
                if rides == max_rides:
                    continue
                for walk in range(transfers.start[stop], transfers.start[stop + 1]):
                    onward, time_s = transfers.to[walk], vehicle_s[rides, stop] + transfers.seconds[walk]
                    if time_s < limit_s and time_s < any_s[rides, onward]:
                        _improve(any_s, rides, onward, time_s)
                        if not fresh_next[onward]:
                            fresh_next[onward] = True
                            queue_next[queue_next_n] = onward
                            queue_next_n += 1
            fresh[queue[:queue_n]] = False
            queue, queue_next = queue_next, queue
            fresh, fresh_next = fresh_next, fresh
            queue_n = queue_next_n
        fresh[queue[:queue_n]] = False
        for stop in range(stops_n):
            time_s = vehicle_s[max_rides, stop]
            ride_s[stop, minute] = time_s - departure_s if time_s < limit_s else NEVER


@njit(cache=True, nogil=True)
def _improve(label_s: NDArray[np.int32], rides: int, stop: int, time_s: int) -> None:
    """Set a label of this many rides, and those of more rides that are worse."""
    for more in range(rides, label_s.shape[0]):
        label_s[more, stop] = min(label_s[more, stop], time_s)


@njit(cache=True, nogil=True)
def _queue_lines(
    timetable: Timetable,
    stops: NDArray[np.int32],
    first_position: NDArray[np.int32],
    line_queue: NDArray[np.int32],
) -> int:
    """Queue the lines that can be boarded at `stops`, each from its first such position; return how many."""
    queued = 0
    for stop in stops:
        for at in range(timetable.stop_start[stop], timetable.stop_start[stop + 1]):
            line, position = timetable.stop_line[at], timetable.stop_position[at]
            if first_position[line] < 0:
                line_queue[queued] = line
                queued += 1
                first_position[line] = position
            elif position < first_position[line]:
                first_position[line] = position
    return queued


@njit(cache=True, nogil=True)
def _ride(
    timetable: Timetable,
    line: int,
    first_position: int,
    rides: int,
    limit_s: int,
    stay_s: NDArray[np.int32],
    any_s: NDArray[np.int32],
    vehicle_s: NDArray[np.int32],
    fresh: NDArray[np.bool_],
    fresh_next: NDArray[np.bool_],
    queue_next: NDArray[np.int32],
    queue_next_n: int,
    rode: NDArray[np.bool_],
    ridden: NDArray[np.int32],
    ridden_n: int,
) -> tuple[int, int]:
    """Go along a line: alight where that is sooner, change to an earlier trip where one can be caught.

    Returns the numbers of stops in `ridden` (reached sooner by vehicle) and in `queue_next` (reached sooner).
    """
    trips_n = np.int64(timetable.trips_n[line])
    trip = trips_n  # on board of none
    start, end = timetable.position_start[line], timetable.position_start[line + 1]
    times = timetable.time_start[line] + first_position * trips_n
    for position in range(start + first_position, end):
        stop = timetable.stop[position]
        if trip < trips_n and timetable.alight[position]:
            off_s = np.int64(timetable.off_s[times + trip])
            if off_s < limit_s and off_s < vehicle_s[rides, stop]:
                _improve(vehicle_s, rides, stop, off_s)
                if not rode[stop]:
                    rode[stop] = True
                    ridden[ridden_n] = stop
                    ridden_n += 1
                again_s = off_s + stay_s[stop]
                if again_s < limit_s and again_s < any_s[rides, stop]:
                    _improve(any_s, rides, stop, again_s)
                    if not fresh_next[stop]:
                        fresh_next[stop] = True
                        queue_next[queue_next_n] = stop
                        queue_next_n += 1
        if fresh[stop] and timetable.board[position]:
            trip = _first_trip(timetable.ready_s, times, trip, any_s[rides - 1, stop])
        times += trips_n
    return ridden_n, queue_next_n


@njit(cache=True, nogil=True)
def _first_trip(ready_s: NDArray[np.int32], times: int, before: int, time_s: int) -> int:
    """Return the first trip under `before` that can be caught at a position at `time_s`, else `before`."""
    if before > 0 and ready_s[times + before - 1] < time_s:
        return before
    low, high = 0, before
    while low < high:
        middle = (low + high) >> 1
        if ready_s[times + middle] < time_s:
            low = middle + 1
        else:
            high = middle
    return low
