"""The engine against a search that tries every journey, on small networks that hypothesis makes up.

The plain search shares no code with the package. It reads the feed's own text, walks along a straight street
whose metres are given, and follows every vehicle that can be caught from every vehicle that can be left. Each
journey's first boarding has an earliest arrival; travel times follow by their definition in both directions.
"""

from __future__ import annotations

import csv
import io
import math
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.model import UNREACHED, Query

DAY = 86_400
SLACK_S = 60
LENGTH_M = 3_000
PERCENTILES = (5, 25, 50, 75, 95)
SERVICES = {"mon": -1, "tue": 0, "wed": 1}
CALENDAR_DATES = "service_id,date,exception_type\nmon,20261012,1\ntue,20261013,1\nwed,20261014,1\n"


class Call(NamedTuple):
    """A vehicle at a stop, on the clock of the query's date."""

    stop: str
    arrives_s: int
    departs_s: int
    board: bool
    alight: bool


class World(NamedTuple):
    """A street with stops and other places (metres along it, metres off it), a feed, what is asked."""

    stops: dict[str, tuple[float, float]]
    starts: dict[str, tuple[float, float]]
    ends: dict[str, tuple[float, float]]
    texts: dict[str, str]
    query: Query


def seconds_of(clock: str) -> int:
    hours, minutes, seconds = map(int, clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def vehicles(texts: dict[str, str]) -> list[list[Call]]:
    """The calls of each vehicle, from the text of the feed: of a trip, or of several that it makes on end."""
    trips = {row["trip_id"]: row for row in csv.DictReader(io.StringIO(texts["trips"]))}
    shift_s = {trip: SERVICES[row["service_id"]] * DAY for trip, row in trips.items()}
    calls: dict[str, list[tuple[int, Call]]] = {trip: [] for trip in shift_s}
    for row in csv.DictReader(io.StringIO(texts["stop_times"])):
        trip = row["trip_id"]
        times = (seconds_of(row[key]) + shift_s[trip] for key in ("arrival_time", "departure_time"))
        call = Call(row["stop_id"], *times, row["pickup_type"] != "1", row["drop_off_type"] != "1")
        calls[trip].append((int(row["stop_sequence"]), call))
    chains: list[list[Call]] = []
    last_of_block: dict[tuple[str, str], list[Call]] = {}
    for trip in sorted(calls, key=lambda trip: min(calls[trip])[1].departs_s):
        own = [call for _, call in sorted(calls[trip])]
        block = trips[trip]["block_id"], trips[trip]["service_id"]
        chain = last_of_block.get(block, []) if block[0] else []
        if chain and chain[-1].stop == own[0].stop and chain[-1].arrives_s <= own[0].departs_s:
            # nobody boards the trip that ends here, nor steps off the one that begins
            chain[-1] = chain[-1]._replace(board=False)
            chain += [own[0]._replace(alight=False), *own[1:]]
        else:
            chain = own
            chains.append(chain)
        last_of_block[block] = chain
    return chains


class PlainSearch:
    """Every journey of a world: walks at one metre a second, vehicles, the slack, the limits."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.trips = vehicles(world.texts)
        self.places = {**world.stops, **world.starts, **world.ends}
        self.next_boardings: dict[tuple[str, int], set[tuple[int, int]]] = {}

    def walk_s(self, one: str, other: str) -> int | None:
        """Seconds on foot, None beyond the limit."""
        (x0, y0), (x1, y1) = self.places[one], self.places[other]
        seconds = math.ceil(abs(x0 - x1) + y0 + y1)
        query = self.world.query
        return seconds if seconds < min(query.max_walk_min, query.max_time_min) * 60 else None

    def boardings_after(self, stop: str, time_s: int) -> set[tuple[int, int]]:
        """Trips and their calls that can be caught by someone who leaves a vehicle at a stop."""
        key = stop, time_s
        if key not in self.next_boardings:
            there = {stop: time_s}
            for other in self.world.stops:
                walk_s = self.walk_s(stop, other)
                if other != stop and walk_s is not None:
                    there[other] = time_s + walk_s
            self.next_boardings[key] = {
                (trip, at)
                for trip, calls in enumerate(self.trips)
                for at, call in enumerate(calls)
                if call.board and call.stop in there and call.departs_s > there[call.stop] + SLACK_S
            }
        return self.next_boardings[key]

    def arrivals(self, boarding: tuple[int, int]) -> dict[str, int]:
        """Earliest arrivals by vehicle at stops, of all journeys that begin with a boarding."""
        best: dict[str, int] = {}
        seen = frontier = {boarding}
        for _ in range(self.world.query.max_rides):
            following: set[tuple[int, int]] = set()
            for trip, at in frontier:
                for call in self.trips[trip][at + 1 :]:
                    if call.alight:
                        best[call.stop] = min(best.get(call.stop, call.arrives_s), call.arrives_s)
                        following |= self.boardings_after(call.stop, call.arrives_s)
            frontier = following - seen
            seen = seen | frontier
        return best

    def journeys(self, start: str, end: str) -> list[tuple[int, int]]:
        """Latest time to leave `start` for each first boarding, and its earliest arrival at `end`."""
        found = []
        for trip, calls in enumerate(self.trips):
            for at, call in enumerate(calls):
                access_s = self.walk_s(start, call.stop)
                if access_s is None or not call.board:
                    continue
                for stop, time_s in self.arrivals((trip, at)).items():
                    egress_s = self.walk_s(stop, end)
                    if egress_s is not None:
                        found.append((call.departs_s - SLACK_S - 1 - access_s, time_s + egress_s))
        return found

    def travel_times(self, start: str, end: str) -> list[float]:
        """Travel time of each minute of the window, infinite where there is none."""
        query, journeys = self.world.query, self.journeys(start, end)
        walk_s = self.walk_s(start, end)
        times = []
        for minute_s in range(query.window_start_s, query.window_end_s, 60):
            if query.direction == "from":
                rides = [arrives_s - minute_s for leaves_s, arrives_s in journeys if leaves_s >= minute_s]
            else:
                rides = [minute_s - leaves_s for leaves_s, arrives_s in journeys if arrives_s <= minute_s]
            best = min([*rides, *([] if walk_s is None else [walk_s])], default=math.inf)
            times.append(best if best < query.max_time_s else math.inf)
        return times


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Streets and timetables: loops, overtaking, ties, hops in no time, service days on both sides."""
    stops_n = draw(st.integers(3, 8))
    stops = [f"s{k}" for k in range(stops_n)]
    along = draw(st.permutations(range(0, LENGTH_M, 300)))[:stops_n]
    along += [draw(st.sampled_from(along)) + draw(st.integers(-80, 80)) for _ in range(4)]
    off = st.sampled_from([0.0, 0.0, 25.0])
    # thirteenths of a metre: no walk is within centimetres of a whole number of seconds
    names = [*stops, "home", "farm", "work", "shop"]
    places = {name: (max(0, along[k]) + k / 13, draw(off)) for k, name in enumerate(names)}
    start_s = draw(st.sampled_from([300, 8 * 3600, DAY - 420]))
    departures_n = draw(st.integers(1, 12))
    query = town.query(
        direction=draw(st.sampled_from(["from", "to"])),
        max_walk_min=draw(st.sampled_from([3, 3, 6, 20])),
        max_time_min=draw(st.sampled_from([12, 40, 120, 120])),
        max_rides=draw(st.sampled_from([1, 2, 3, 8, 8])),
        window=f"{clock(start_s)}-{clock(start_s + 60 * departures_n)}",
    )
    # a trip at an hour no query asks about: the date must have some service
    trip_rows = ["trip_id,route_id,service_id,block_id", "idle,r,tue,"]
    call_rows = [
        "trip_id,stop_id,stop_sequence,arrival_time,departure_time,pickup_type,drop_off_type",
        "idle,s0,0,15:00:00,15:00:00,,",
        "idle,s1,1,15:01:00,15:01:00,,",
    ]
    kinds = st.sampled_from(["", "0", "0", "0", "0", "0", "1", "2"])
    in_blocks = draw(st.booleans())
    earliest = draw(st.sampled_from([-50, -30])) if query.direction == "to" else 0
    for line in range(draw(st.integers(2, 5))):
        sequence = draw(st.permutations(stops))[: draw(st.integers(2, 5))]
        if draw(st.booleans()):  # a loop
            sequence.insert(draw(st.integers(0, len(sequence))), draw(st.sampled_from(sequence)))
        rules = [f"{draw(kinds)},{draw(kinds)}" for _ in sequence]
        for number in range(draw(st.integers(1, 5))):
            time_s = start_s + draw(st.integers(earliest, earliest + 35)) * 60 + draw(st.sampled_from([0, 1]))
            calls = []
            for stop in sequence:
                arrives_s = time_s
                time_s += draw(st.sampled_from([0, 0, 0, 20, 61]))
                calls.append((stop, arrives_s, time_s))
                time_s += draw(st.sampled_from([0, 30, 60, 61, 120, 240]))
            days = [day for day in SERVICES if calls[0][1] - SERVICES[day] * DAY >= 0]
            service = draw(st.sampled_from(days))
            own_rules, onward_n = rules, draw(st.sampled_from([0, 0, 1, 1, 2])) if in_blocks else 0
            for leg in range(onward_n + 1):
                trip_rows.append(f"t{line}{number}{leg},r,{service},{f'b{line}{number}' if onward_n else ''}")
                for at, (stop, arrives_s, departs_s) in enumerate(calls):
                    clocks = (town.clock(s - SERVICES[service] * DAY) for s in (arrives_s, departs_s))
                    call_rows.append(f"t{line}{number}{leg},{stop},{at},{','.join(clocks)},{rules[at]}")
                # the vehicle's next trip; sometimes from another stop, for which nobody can stay on board
                stop, arrives_s, _ = calls[-1]
                start = draw(st.sampled_from([stop, stop, stop, *stops]))
                leaves_s = max(arrives_s + draw(st.sampled_from([0, 0, 30, 60, 61])), calls[0][2] + 1)
                onward = [start, *draw(st.permutations(stops))[: draw(st.integers(1, 3))]]
                calls = [(start, leaves_s, leaves_s)]
                for stop in onward[1:]:
                    leaves_s += draw(st.sampled_from([0, 30, 61, 240]))
                    calls.append((stop, leaves_s, leaves_s))
                rules = [f"{draw(kinds)},{draw(kinds)}" for _ in onward]
            rules = own_rules
    return World(
        stops={name: places[name] for name in stops},
        starts={name: places[name] for name in ("home", "farm")},
        ends={name: places[name] for name in ("work", "shop")},
        texts={
            "stops": town.stops_text(**{name: places[name] for name in stops}),
            "trips": "\n".join([*trip_rows, ""]),
            "stop_times": "\n".join([*call_rows, ""]),
            "calendar": "",
            "calendar_dates": CALENDAR_DATES,
        },
        query=query,
    )


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    return town.straight_street(tmp_path_factory.mktemp("street") / "street.osm", LENGTH_M)


def engine_answers(world: World, network: Path, few: int) -> dict[tuple[str, str], list[int]]:
    engine = RaptorEngine(network, few=few)
    starts, ends = town.points(**world.starts), town.points(**world.ends)
    if world.query.direction == "from":
        matrix = town.seconds(engine.travel_times(starts, ends, world.query))
    else:
        matrix = town.seconds(engine.travel_times(ends, starts, world.query)).swapaxes(0, 1)
    return {
        (start, end): matrix[row, column].tolist()
        for row, start in enumerate(starts.ids)
        for column, end in enumerate(ends.ids)
    }


def plain_answers(world: World) -> dict[tuple[str, str], list[int]]:
    search = PlainSearch(world)
    answers = {}
    for start in world.starts:
        for end in world.ends:
            times = search.travel_times(start, end)
            ranks = [town.nearest_rank(times, p) for p in PERCENTILES]
            answers[start, end] = [UNREACHED if rank == math.inf else int(rank) for rank in ranks]
    return answers


@settings(max_examples=150)
@given(world=worlds())
def test_every_percentile_is_that_of_all_journeys(world, street):
    note(world.texts["trips"] + world.texts["stop_times"])
    expected = plain_answers(world)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network = town.build(folder, street, town.write_feed(folder / "bus.zip", **world.texts))
        # one origin after the other, then all of them in one sweep
        assert engine_answers(world, network, few=9) == expected
        assert engine_answers(world, network, few=0) == expected
