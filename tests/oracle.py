"""Travel times from the text of a feed, by Dijkstra over its events: no module of the package is used.

Three kinds of events make a timetable: a vehicle arrives at a call, it departs from it, and, at a stop, the
last moment at which one may stand there to catch a departure. From moment to moment one waits; from a moment
one boards; on board one rides, and stays seated where the vehicle goes on as another trip; from an arrival
one steps off, walks to a stop, or to the end. As every event has its time, all that is left to find is with
how many vehicles it can be reached: shortest paths on which boarding costs one and all else nothing. They are
searched forward from a departure, and on the same edges turned round from an arrival.
"""

from __future__ import annotations

import csv
import datetime as dt
import heapq
import io
import itertools
import math
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import pyproj

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

SLACK_S = 60
DAYS_AROUND = 3
MOST_RIDES = 16
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EDGE = 1e-4  # what is filled in so near to a whole second may be cut to either

_GEOD = pyproj.Geod(ellps="WGS84")


class OnTheEdgeError(Exception):
    """A time that is filled in lies on a whole second, so that its last digit decides which one it is."""


class Call(NamedTuple):
    """A vehicle at a stop."""

    stop: str
    arrives_s: int
    departs_s: int
    board: bool
    alight: bool


class Run(NamedTuple):
    """A trip on a day, its calls on the clock of the date asked about; ``block`` "" if it is on its own."""

    day: int
    block: str
    calls: list[Call]


def rows(texts: Mapping[str, str], table: str) -> list[dict[str, str]]:
    """Rows of a table, none where there is no such table; cells without blanks around them."""
    found = csv.DictReader(io.StringIO(texts.get(table, "")))
    return [{name: (cell or "").strip() for name, cell in row.items()} for row in found]


def seconds_of(clock: str) -> int | None:
    """Seconds of ``H:MM:SS``, None where it is blank."""
    if not clock:
        return None
    hours, minutes, seconds = map(int, clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def services_on(texts: Mapping[str, str], date: dt.date) -> set[str]:
    """Services that run on a date: those of the week, less and more by exception."""
    text = f"{date:%Y%m%d}"
    running = {
        row["service_id"]
        for row in rows(texts, "calendar")
        if row["start_date"] <= text <= row["end_date"] and row[WEEKDAYS[date.weekday()]] == "1"
    }
    for row in rows(texts, "calendar_dates"):
        if row["date"] == text:
            (running.add if row["exception_type"] == "1" else running.discard)(row["service_id"])
    return running


def day_starts_s(texts: Mapping[str, str], date: dt.date, day: int) -> int:
    """Noon less 12 h of the date so many days on, in seconds after noon less 12 h of the date."""
    zone = ZoneInfo(rows(texts, "agency")[0]["agency_timezone"])
    noons = (dt.datetime.combine(date + dt.timedelta(days=n), dt.time(12), tzinfo=zone) for n in (0, day))
    one, other = (noon.timestamp() for noon in noons)
    return round(other - one)


def fill(
    times: list[tuple[int | None, int | None]], places: list[tuple[float, float]]
) -> list[tuple[int, int]]:
    """Fill in blank times in proportion to the way from stop to stop; the first and last are given."""
    filled = [(a if a is not None else b, b if b is not None else a) for a, b in times]
    timed = [at for at, (arrives_s, _) in enumerate(filled) if arrives_s is not None]
    for left, right in itertools.pairwise(timed):
        steps_m = [_GEOD.inv(*places[at], *places[at + 1])[2] for at in range(left, right)]
        start_s, end_s = filled[left][1], filled[right][0]
        for at in range(left + 1, right):
            share = sum(steps_m[: at - left]) / sum(steps_m) if sum(steps_m) else (at - left) / (right - left)
            passed_s = share * (end_s - start_s)
            if abs(passed_s - round(passed_s)) < EDGE and share not in (0, 1) and end_s != start_s:
                raise OnTheEdgeError
            filled[at] = (start_s + math.trunc(passed_s),) * 2
    return filled


def calls_of_trips(texts: Mapping[str, str]) -> dict[str, list[Call]]:
    """Calls of each trip that can be travelled, on the clock of its service day."""
    places = {
        row["stop_id"]: (float(row["stop_lon"]), float(row["stop_lat"])) for row in rows(texts, "stops")
    }
    by_trip = defaultdict(list)
    for row in rows(texts, "stop_times"):
        if row["stop_id"] in places:
            by_trip[row["trip_id"]].append(row)
    found = {}
    for trip, own in by_trip.items():
        own.sort(key=lambda row: int(row["stop_sequence"]))
        times = [(seconds_of(row["arrival_time"]), seconds_of(row["departure_time"])) for row in own]
        if len(own) < 2 or (None, None) in (times[0], times[-1]):
            continue
        times = fill(times, [places[row["stop_id"]] for row in own])
        clocks = [time_s for both in times for time_s in both]
        if clocks != sorted(clocks):
            continue
        found[trip] = [
            Call(row["stop_id"], *both, row.get("pickup_type") != "1", row.get("drop_off_type") != "1")
            for row, both in zip(own, times, strict=True)
        ]
    return found


def later(calls: list[Call], seconds: int) -> list[Call]:
    """Calls so many seconds later."""
    return [
        call._replace(arrives_s=call.arrives_s + seconds, departs_s=call.departs_s + seconds)
        for call in calls
    ]


def starts_of(row: Mapping[str, str]) -> tuple[int, int, int]:
    """First departure, end (not reached) and headway of a row of frequencies.txt."""
    return seconds_of(row["start_time"]), seconds_of(row["end_time"]), int(row["headway_secs"])


def runs(texts: Mapping[str, str], date: dt.date) -> list[Run]:
    """Every trip of the days around a date, those that frequencies.txt repeats written out."""
    calls = calls_of_trips(texts)
    repeats = defaultdict(list)
    for row in rows(texts, "frequencies"):
        repeats[row["trip_id"]].append(row)
    found = []
    for day in range(-DAYS_AROUND, DAYS_AROUND + 1):
        running = services_on(texts, date + dt.timedelta(days=day))
        shift_s = day_starts_s(texts, date, day)
        for trip in rows(texts, "trips"):
            if trip["service_id"] not in running or trip["trip_id"] not in calls:
                continue
            own, again = calls[trip["trip_id"]], repeats.get(trip["trip_id"])
            starts_s = [own[0].departs_s]
            if again:
                starts_s = [leaves_s for row in again for leaves_s in range(*starts_of(row))]
            # what is run more than once is not one vehicle's
            block = trip.get("block_id", "") if len(starts_s) == 1 else ""
            found += [
                Run(day, block, later(own, shift_s + leaves_s - own[0].departs_s)) for leaves_s in starts_s
            ]
    return found


def changes(texts: Mapping[str, str]) -> dict[tuple[str, str], int | None]:
    """Least seconds from arrival to departure, by stop and stop; None where nobody may change."""
    found: dict[tuple[str, str], int | None] = {}
    for row in rows(texts, "transfers"):
        pair, seconds = (row["from_stop_id"], row["to_stop_id"]), row["min_transfer_time"]
        if row["transfer_type"] == "3":
            found[pair] = None
        elif row["transfer_type"] == "2" and seconds and found.get(pair, 0) is not None:
            found[pair] = max(int(seconds), found.get(pair, 0))
    return found


def seats(vehicles: Sequence[Run]) -> Iterator[tuple[int, int]]:
    """Runs, by number, after which one may stay seated, and the runs that the vehicle goes on as."""
    blocks = defaultdict(list)
    for number, run in enumerate(vehicles):
        if run.block:
            blocks[run.day, run.block].append(number)
    for block in blocks.values():
        block.sort(key=lambda number: vehicles[number].calls[0].departs_s)
        for one, other in itertools.pairwise(block):
            end, start = vehicles[one].calls[-1], vehicles[other].calls[0]
            if end.stop == start.stop and end.arrives_s <= start.departs_s:
                yield one, other


class Oracle:
    """All that can be travelled around a date.

    ``walk_s(one, other)`` says how many seconds it is on foot from a place or stop to another, None where
    that is too far: `longest_s` or more. Times that are asked for stand in lists by the most rides, 0 to
    ``MOST_RIDES``: they are infinite where there is no journey.
    """

    def __init__(
        self,
        texts: Mapping[str, str],
        date: dt.date,
        walk_s: Callable[[str, str], int | None],
        longest_s: int,
    ) -> None:
        self.walk_s, self.longest_s = walk_s, longest_s
        self.least_s = changes(texts)
        self.stops = [row["stop_id"] for row in rows(texts, "stops")]
        self.time_s: list[int] = []
        self.onward: list[list[tuple[int, int]]] = []
        self.back: list[list[tuple[int, int]]] = []
        self.arrivals: dict[str, list[int]] = defaultdict(list)
        self.moments: dict[str, list[int]] = defaultdict(list)
        self._add(runs(texts, date))

    def change_s(self, one: str, other: str) -> int | None:
        """Seconds from stepping off at a stop to standing at one, the same perhaps, where one may change."""
        walk_s = 0 if one == other else self.walk_s(one, other)
        least_s = self.least_s.get((one, other), 0)
        if least_s is None:
            return None
        if walk_s is None:  # the feed's word for it, if it gives a time, is taken like a walk
            return max(0, least_s - SLACK_S - 1) if 0 < least_s < self.longest_s else None
        return max(walk_s, least_s - SLACK_S - 1)

    def _event(self, time_s: int) -> int:
        self.time_s.append(time_s)
        self.onward.append([])
        self.back.append([])
        return len(self.time_s) - 1

    def _lead(self, one: int, other: int, rides: int = 0) -> None:
        assert self.time_s[one] <= self.time_s[other]
        self.onward[one].append((other, rides))
        self.back[other].append((one, rides))

    def _add(self, vehicles: Sequence[Run]) -> None:
        """Make events of all vehicles, and what leads from one to the other."""
        boardings = defaultdict(list)
        ends = []
        for run in vehicles:
            arrive, depart = -1, -1
            for at, call in enumerate(run.calls):
                first, last = at == 0, at == len(run.calls) - 1
                if not first:
                    arrive = self._event(call.arrives_s)
                    self._lead(depart, arrive)
                    if call.alight:
                        self.arrivals[call.stop].append(arrive)
                if not last:
                    depart = self._event(call.departs_s)
                    if first:
                        start = depart
                    else:
                        self._lead(arrive, depart)
                    if call.board:
                        boardings[call.stop].append((call.departs_s - SLACK_S - 1, depart))
            ends.append((start, arrive))
        for one, other in seats(vehicles):
            self._lead(ends[one][1], ends[other][0])
        for stop, there in boardings.items():
            for moment_s, depart in sorted(there):
                moment = self._event(moment_s)
                if self.moments[stop]:
                    self._lead(self.moments[stop][-1], moment)
                self._lead(moment, depart, rides=1)
                self.moments[stop].append(moment)
        for stop, other in itertools.product(self.stops, repeat=2):
            change_s = self.change_s(stop, other)
            if change_s is not None:
                for arrive in self.arrivals[stop]:
                    for moment in self._first_moment(other, self.time_s[arrive] + change_s):
                        self._lead(arrive, moment)

    def _first_moment(self, stop: str, time_s: int) -> list[int]:
        """The first moment of a stop not before a time, if there is one."""
        there = self.moments[stop]
        return there[bisect_left(there, time_s, key=self.time_s.__getitem__) :][:1]

    @staticmethod
    def _fewest_rides(sources: Iterable[int], edges: list[list[tuple[int, int]]]) -> list[int]:
        """The fewest boardings on the way from any source to each event."""
        fewest = [MOST_RIDES + 1] * len(edges)
        heap = [(0, source) for source in set(sources)]
        for _, source in heap:
            fewest[source] = 0
        heapq.heapify(heap)
        while heap:
            rides, event = heapq.heappop(heap)
            if rides > fewest[event]:
                continue
            for other, more in edges[event]:
                if rides + more < fewest[other]:
                    fewest[other] = rides + more
                    heapq.heappush(heap, (rides + more, other))
        return fewest

    def departing(self, start: str, ends: Sequence[str], departs_s: int) -> dict[str, list[float]]:
        """Seconds to each end of who leaves the start at a time, by the most rides."""
        sources = []
        for stop in self.stops:
            access_s = self.walk_s(start, stop)
            if access_s is not None:
                sources += self._first_moment(stop, departs_s + access_s)
        rides = self._fewest_rides(sources, self.onward)
        best = {end: self._on_foot(start, end) for end in ends}
        for stop, there in self.arrivals.items():
            egress_s = {end: self.walk_s(stop, end) for end in ends}
            for arrive, end in itertools.product(there, ends):
                if rides[arrive] <= MOST_RIDES and egress_s[end] is not None:
                    seconds = self.time_s[arrive] + egress_s[end] - departs_s
                    best[end][rides[arrive]] = min(best[end][rides[arrive]], seconds)
        return {end: list(itertools.accumulate(seconds, min)) for end, seconds in best.items()}

    def arriving(self, starts: Sequence[str], end: str, arrives_s: int) -> dict[str, list[float]]:
        """Seconds from each start of who leaves as late as will do to be at the end at a time."""
        sources = []
        for stop, there in self.arrivals.items():
            egress_s = self.walk_s(stop, end)
            if egress_s is not None:
                sources += [arrive for arrive in there if self.time_s[arrive] + egress_s <= arrives_s]
        rides = self._fewest_rides(sources, self.back)
        best = {start: self._on_foot(start, end) for start in starts}
        for stop, there in self.moments.items():
            access_s = {start: self.walk_s(start, stop) for start in starts}
            for moment, start in itertools.product(there, starts):
                if rides[moment] <= MOST_RIDES and access_s[start] is not None:
                    seconds = arrives_s - (self.time_s[moment] - access_s[start])
                    best[start][rides[moment]] = min(best[start][rides[moment]], seconds)
        return {start: list(itertools.accumulate(seconds, min)) for start, seconds in best.items()}

    def _on_foot(self, start: str, end: str) -> list[float]:
        """Seconds all the way on foot, for no ride at all."""
        seconds = self.walk_s(start, end)
        return [math.inf if seconds is None else seconds, *([math.inf] * MOST_RIDES)]


def nearest_rank(values: Iterable[float], percentile: int) -> float:
    """The least value that at least so many percent of the values are not above."""
    ordered = sorted(values)
    return next(v for rank, v in enumerate(ordered, 1) if 100 * rank >= percentile * len(ordered))
