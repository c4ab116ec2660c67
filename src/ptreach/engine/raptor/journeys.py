"""Journeys with their legs: how one gets from an origin to a destination in the time that the matrix has.

For one departure the rounds of the search are gone through again, and of each arrival is kept by which ride
it came, where that was boarded, and by which ride one came there. Tables, walks and rules are those that the
matrix is computed from, so a journey takes what the matrix says, to the second. Of several that are as quick
the one with the fewest rides is told, of these the one with the shortest last walk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from ptreach.engine.raptor.kernel import NEVER
from ptreach.engine.raptor.streets import access_and_direct
from ptreach.network.compiled import njit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ptreach.engine.raptor.rows import Question
    from ptreach.network.timetable import Timetable
    from ptreach.network.transfers import Transfers

Kind = Literal["walk", "wait", "ride"]
NOWHERE: Final = -1
"""Stands for no stop, trip or ride."""


class Leg(NamedTuple):
    """A part of a journey: on foot, at a stop, or on board.

    It starts at ``starts_s`` (seconds after noon minus 12 h) and takes ``seconds``. ``from_stop`` and
    ``to_stop`` are numbers of stops, ``NOWHERE`` for the ends of the journey; ``trip`` is the trip's number
    in the timetables. ``seated``: the vehicle goes on as this trip, and one stays on board.
    """

    kind: Kind
    starts_s: int
    seconds: int
    from_stop: int = NOWHERE
    to_stop: int = NOWHERE
    trip: int = NOWHERE
    seated: bool = False


class Journey(NamedTuple):
    """Legs in their order; each starts when the one before it ends, and they take ``seconds`` together."""

    legs: tuple[Leg, ...]

    @property
    def starts_s(self) -> int:
        """When one sets out, in seconds after noon minus 12 h."""
        return self.legs[0].starts_s

    @property
    def seconds(self) -> int:
        """How long it takes."""
        return sum(leg.seconds for leg in self.legs)


class Telling(NamedTuple):
    """How a timetable's times are those of the clock.

    One must stand at a stop more than ``slack_s`` before a departure. Where it is ``mirrored``, it is
    searched backward from an arrival.
    """

    slack_s: int
    mirrored: bool


class _Found(NamedTuple):
    """What `_trace` finds of one departure.

    ``vehicle_s``, ``by_ride`` and ``at_position``, int32 of shape (rides + 1, stops): the earliest arrival by
    vehicle with so many rides, the row of ``rides`` it is by, and the position at which one steps off.
    ``rides`` int32 (rides, 5): place of the trip in the timetable; position at which it is boarded; row of
    the ride before it and position at which that is left, ``NOWHERE`` where there is none; 1 where one stayed
    on board.
    """

    vehicle_s: NDArray[np.int32]
    by_ride: NDArray[np.int32]
    at_position: NDArray[np.int32]
    rides: NDArray[np.int32]


class _Ride(NamedTuple):
    """A ride on the clock of the search: place of its trip, where it is boarded and left."""

    place: int
    board: int
    alight: int
    seated: bool


def journeys_of(
    question: Question, window_start_s: int, asked: Sequence[tuple[int, int]], told: Telling
) -> list[Journey | None]:
    """Return quickest journeys from the question's first origin, None where there is none.

    Parameters
    ----------
    question
        As the engine asks it: its tables are turned round for journeys that arrive.
    window_start_s
        First departure, or arrival, of the window in seconds after noon minus 12 h.
    asked
        The numbers of a destination of the question and of a minute of the window, for each journey.
    told
        How times of the question's timetable are those of the clock.
    """
    stops_n = question.transfers.start.size - 1
    access_stop, access_s, direct_s = access_and_direct(
        question.streets, question.origins, 0, question.destinations, question.anchors, stops_n
    )
    access = dict(zip(access_stop.tolist(), access_s.tolist(), strict=True))
    journeys: dict[tuple[int, int], Journey | None] = {}
    for minute in sorted({minute for _, minute in asked}):
        at_s = window_start_s + 60 * minute
        departure_s = -at_s if told.mirrored else at_s
        limits = question.max_time_s, question.max_rides
        traced = _trace(question.timetable, question.transfers, access_stop, access_s, departure_s, *limits)
        found = _Found(*traced)
        for destination in sorted({destination for destination, own in asked if own == minute}):
            walk_s = int(direct_s[destination])
            journeys[destination, minute] = _journey(
                question, found, access, walk_s, destination, departure_s, told
            )
    return [journeys[pair] for pair in asked]


def _journey(
    question: Question,
    found: _Found,
    access: dict[int, int],
    direct_s: int,
    destination: int,
    departure_s: int,
    told: Telling,
) -> Journey | None:
    """Return the quickest journey to one destination: all the way on foot, or by the best last stop."""
    egress = question.egress
    near = slice(egress.start[destination], egress.start[destination + 1])
    stops, walks_s = egress.stop[near], egress.seconds[near].astype(np.int64)
    totals_s = found.vehicle_s[:, stops] + walks_s - departure_s
    ridden_s = int(totals_s.min(initial=int(NEVER)))
    total_s = min(direct_s, ridden_s)
    if total_s >= question.max_time_s:
        return None
    if direct_s <= ridden_s:
        walks = [(NOWHERE, NOWHERE, total_s)]
        return _told(question.timetable, [], walks, departure_s, total_s, told)
    rides_n = int(np.flatnonzero((totals_s == total_s).any(axis=1))[0])
    as_quick = np.flatnonzero(totals_s[rides_n] == total_s)
    last = int(as_quick[np.argmin(walks_s[as_quick])])
    rides = _rides_to(found, rides_n, int(stops[last]))
    walks = _walks(question, rides, access, int(walks_s[last]))
    return _told(question.timetable, rides, walks, departure_s, total_s, told)


def _rides_to(found: _Found, rides_n: int, stop: int) -> list[_Ride]:
    """Return the rides to a stop, in the order of the search."""
    ride, alight = int(found.by_ride[rides_n, stop]), int(found.at_position[rides_n, stop])
    rides = []
    while ride != NOWHERE:
        place, board, before, left_at, seated = found.rides[ride].tolist()
        rides.append(_Ride(place, board, alight, bool(seated)))
        ride, alight = before, left_at
    return rides[::-1]


def _walks(
    question: Question, rides: Sequence[_Ride], access: dict[int, int], last_s: int
) -> list[tuple[int, int, int]]:
    """Return the walks before each ride and after the last: from stop, to stop, seconds.

    Who stays on board, or changes where they stand, walks for no seconds.
    """
    stop_at, transfers = question.timetable.stop, question.transfers
    here, walks = NOWHERE, []
    for ride in rides:
        there = int(stop_at[ride.board])
        if here == NOWHERE:
            walks.append((here, there, access[there]))
        elif here == there:
            walks.append((here, there, 0))
        else:
            row = slice(transfers.start[here], transfers.start[here + 1])
            at = int(np.flatnonzero(transfers.to[row] == there)[0])
            walks.append((here, there, int(transfers.seconds[row][at])))
        here = int(stop_at[ride.alight])
    return [*walks, (here, NOWHERE, last_s)]


def _told(
    timetable: Timetable,
    rides: Sequence[_Ride],
    walks: Sequence[tuple[int, int, int]],
    departure_s: int,
    total_s: int,
    told: Telling,
) -> Journey:
    """Return rides and walks as a journey on the clock of the day, with the waits between them.

    A timetable that is turned round has times of less than none: its journeys are read backward, and end
    with what is left until the minute of arrival.
    """
    moves = [_clocked(timetable, ride, told) for ride in rides]
    if told.mirrored:
        # one stays seated on the trip that comes after, whichever way they were searched
        seated = [False, *(ride.seated for ride in rides[:0:-1])][: len(rides)]
        moves = [move._replace(seated=stays) for move, stays in zip(moves[::-1], seated, strict=True)]
        walks = [(there, here, seconds) for here, there, seconds in walks[::-1]]
    now_s = -departure_s - total_s if told.mirrored else departure_s
    end_s = now_s + total_s
    legs = []
    for move, (here, there, seconds) in zip([*moves, None], walks, strict=True):
        # a feed may give no more than the slack for a change to another stop: that is a walk all the same
        if seconds or (here != there and NOWHERE not in {here, there}):
            legs.append(Leg("walk", now_s, seconds, here, there))
            now_s += seconds
        until_s = end_s if move is None else move.starts_s
        if until_s > now_s:
            legs.append(Leg("wait", now_s, until_s - now_s, there, there))
        if move is not None:
            legs.append(move)
            now_s = move.starts_s + move.seconds
    return Journey(tuple(legs) or (Leg("walk", now_s, 0),))


def _clocked(timetable: Timetable, ride: _Ride, told: Telling) -> Leg:
    """Return a ride with the clock times of the day."""
    line = int(np.searchsorted(timetable.trip_start, ride.place, side="right")) - 1
    trip = ride.place - int(timetable.trip_start[line])

    def time_at(position: int) -> int:
        steps = position - int(timetable.position_start[line])
        return int(timetable.time_start[line]) + steps * int(timetable.trips_n[line]) + trip

    ready_s, off_s = int(timetable.ready_s[time_at(ride.board)]), int(timetable.off_s[time_at(ride.alight)])
    departs_s, arrives_s = (-off_s, -ready_s) if told.mirrored else (ready_s, off_s)
    departs_s += told.slack_s + 1
    stops = int(timetable.stop[ride.board]), int(timetable.stop[ride.alight])
    from_stop, to_stop = stops[::-1] if told.mirrored else stops
    row = int(timetable.trip_row[ride.place])
    return Leg("ride", departs_s, arrives_s - departs_s, from_stop, to_stop, row, ride.seated)


@njit(cache=True, nogil=True)
def _trace(
    timetable: Timetable,
    transfers: Transfers,
    access_stop: NDArray[np.int32],
    access_s: NDArray[np.int32],
    departure_s: int,
    max_time_s: int,
    max_rides: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return the arrays of `_Found` for one departure."""
    stops_n = transfers.start.size - 1
    vehicle_s = np.full((max_rides + 1, stops_n), NEVER, dtype=np.int32)
    by_ride = np.full((max_rides + 1, stops_n), -1, dtype=np.int32)
    at_position = np.full((max_rides + 1, stops_n), -1, dtype=np.int32)
    ready_s = np.full(stops_n, NEVER, dtype=np.int32)
    ready_by = np.full((stops_n, 2), -1, dtype=np.int32)
    limit_s = departure_s + max_time_s
    for at in range(access_stop.size):
        ready_s[access_stop[at]] = min(ready_s[access_stop[at]], departure_s + access_s[at])
    rides = np.empty((4096, 5), dtype=np.int32)
    # literal numbers would have what is called with them compiled twice
    none, nothing, stayed = np.int64(-1), np.int64(0), np.int64(1)
    rides_n = nothing
    for number in range(1, max_rides + 1):
        vehicle_s[number] = vehicle_s[number - 1]
        by_ride[number] = by_ride[number - 1]
        at_position[number] = at_position[number - 1]
        for first_line in range(timetable.trips_n.size):
            line, trip, ride = first_line, np.int64(timetable.trips_n[first_line]), none
            while True:
                trip, ride, rides, rides_n = _along(
                    timetable, line, trip, ride, ready_s, ready_by, limit_s, vehicle_s[number],
                    by_ride[number], at_position[number], rides, rides_n,
                )  # fmt: skip
                if trip == timetable.trips_n[line]:
                    break
                place = timetable.stays[timetable.trip_start[line] + trip]
                if place < 0:
                    break
                left_at = timetable.position_start[line + 1] - 1
                line = np.searchsorted(timetable.trip_start, place, side="right") - 1
                trip = np.int64(place - timetable.trip_start[line])
                board = timetable.position_start[line]
                rides, rides_n = _noted(rides, rides_n, np.int64(place), board, ride, left_at, stayed)
                ride = rides_n - 1
        sooner = False
        for stop in range(stops_n):
            arrives_s = vehicle_s[number, stop]
            if arrives_s >= vehicle_s[number - 1, stop]:
                continue
            sooner = True
            for walk in range(transfers.start[stop] - 1, transfers.start[stop + 1]):
                onward, time_s = stop, arrives_s + transfers.stay_s[stop]  # first of all, stay where one is
                if walk >= transfers.start[stop]:
                    onward, time_s = transfers.to[walk], arrives_s + transfers.seconds[walk]
                if time_s < ready_s[onward]:
                    ready_s[onward] = time_s
                    ready_by[onward, 0] = by_ride[number, stop]
                    ready_by[onward, 1] = at_position[number, stop]
        if not sooner:  # nor will a ride more be
            vehicle_s[number:] = vehicle_s[number]
            by_ride[number:] = by_ride[number]
            at_position[number:] = at_position[number]
            break
    return vehicle_s, by_ride, at_position, rides[:rides_n]


@njit(cache=True, nogil=True)
def _along(
    timetable: Timetable,
    line: int,
    trip: int,
    ride: int,
    ready_s: NDArray[np.int32],
    ready_by: NDArray[np.int32],
    limit_s: int,
    vehicle_s: NDArray[np.int32],
    by_ride: NDArray[np.int32],
    at_position: NDArray[np.int32],
    rides: NDArray[np.int32],
    rides_n: int,
) -> tuple[int, int, NDArray[np.int32], int]:
    """Go along a line on board of `trip`, or none: alight where that is sooner, board what is earlier.

    Returns the trip and ride on board at the line's end, and the rides noted so far with their number.
    """
    trips_n, times = timetable.trips_n[line], timetable.time_start[line]
    for position in range(timetable.position_start[line], timetable.position_start[line + 1]):
        stop = timetable.stop[position]
        if trip < trips_n and timetable.alight[position]:
            off_s = timetable.off_s[times + trip]
            if off_s < limit_s and off_s < vehicle_s[stop]:
                vehicle_s[stop] = off_s
                by_ride[stop] = ride
                at_position[stop] = position
        if timetable.board[position] and ready_s[stop] < NEVER:
            earliest = trip
            while earliest > 0 and timetable.ready_s[times + earliest - 1] >= ready_s[stop]:
                earliest -= 1
            if earliest < trip:
                trip = earliest
                place = timetable.trip_start[line] + trip
                before, left_at = np.int64(ready_by[stop, 0]), np.int64(ready_by[stop, 1])
                rides, rides_n = _noted(rides, rides_n, place, position, before, left_at, np.int64(0))
                ride = rides_n - 1
        times += trips_n
    return trip, ride, rides, rides_n


@njit(cache=True, nogil=True)
def _noted(
    rides: NDArray[np.int32], rides_n: int, place: int, board: int, before: int, left_at: int, seated: int
) -> tuple[NDArray[np.int32], int]:
    """Note a ride; return the rides, with more room where there was none, and their number."""
    if rides_n == rides.shape[0]:
        rides = np.concatenate((rides, np.empty_like(rides)))
    rides[rides_n, 0] = place
    rides[rides_n, 1] = board
    rides[rides_n, 2] = before
    rides[rides_n, 3] = left_at
    rides[rides_n, 4] = seated
    return rides, rides_n + 1
