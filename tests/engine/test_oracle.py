"""The engine against `oracle`, to the second, on small networks that hypothesis makes up.

The oracle shares no code with the package. It reads the feed's own text and walks along a straight street
whose metres are given; travel times and their percentiles follow by their definition in both directions.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import math
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, note, reject, settings
from hypothesis import strategies as st

import town
from oracle import SLACK_S, OnTheEdgeError, Oracle, changes, nearest_rank, runs
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.model import UNREACHED, Query, no_progress
from ptreach.network.build import Cleaning, build_network

DAY = 86_400
LENGTH_M = 18_000
PERCENTILES = (5, 25, 50, 75, 95)
CLOCKS_GO_BACK = dt.date(2026, 10, 25)
# Days on which each service is to run, counted from the date: by dates alone, by weeks, and by weeks but that
# the date itself is taken out, so that trips written for it must not be seen.
SERVICES = {"eve": (-1,), "day": (0,), "morrow": (1,), "daily": (-1, 0, 1), "around": (-1, 0, 1)}


# vehicles here go kilometres in no time, and are to be ridden
AS_THEY_ARE = Cleaning(off=frozenset({"stops-misplaced", "trips-teleporting"}))


class World(NamedTuple):
    """A street with stops and other places (metres along it, metres off it), a feed, what is asked."""

    stops: dict[str, tuple[float, float]]
    starts: dict[str, tuple[float, float]]
    ends: dict[str, tuple[float, float]]
    texts: dict[str, str]
    query: Query
    rides: list[int]

    def walk_s(self, one: str, other: str) -> int | None:
        """Seconds on foot at one metre a second, None beyond the limit."""
        places = {**self.stops, **self.starts, **self.ends}
        (x0, y0), (x1, y1) = places[one], places[other]
        seconds = math.ceil(abs(x0 - x1) + y0 + y1)
        return seconds if seconds < self.longest_s else None

    @property
    def longest_s(self) -> int:
        """What no walk may take."""
        return min(self.query.max_walk_s, self.query.max_time_s)


def calendars(date: dt.date) -> dict[str, str]:
    """Calendar.txt and calendar_dates.txt of `SERVICES`."""
    eve, day, morrow = (f"{date + dt.timedelta(days=n):%Y%m%d}" for n in (-1, 0, 1))
    week = ["service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"]
    week += [f"{service},1,1,1,1,1,1,1,{eve},{morrow}" for service in ("daily", "around")]
    dates = ["service_id,date,exception_type", f"around,{day},2"]
    dates += [f"eve,{eve},1", f"day,{day},1", f"morrow,{morrow},1"]
    return {"calendar": "\n".join([*week, ""]), "calendar_dates": "\n".join([*dates, ""])}


class Feed:
    """A feed in the making: trips whose calls are (stop, arrival, departure) on the clock of the date."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        # a trip at an hour no query asks about: the date must have some service
        self.trips = ["trip_id,route_id,service_id,block_id", "idle,r,day,"]
        self.calls = ["idle,s0,0,15:00:00,15:00:00,,", "idle,s1,1,15:01:00,15:01:00,,"]
        self.ways: list[tuple[str, str]] = []  # from where each line begins to where its vehicles end up
        self.frequencies = ["trip_id,start_time,end_time,headway_secs,exact_times"]

    def add(self, trip: str, service: str, block: str, calls: list, rules: list[str], shift_s: int) -> None:
        """Add a trip; `shift_s` is how much later the clock of its service day begins."""
        draw = self.draw
        self.trips.append(f"{trip},r,{service},{block}")
        times = [[arrives_s - shift_s, departs_s - shift_s] for _, arrives_s, departs_s in calls]
        cells = [list(map(town.clock, both)) for both in times]
        fault = draw(st.sampled_from([None] * 6 + ["gap", "gap", "gap", "half", "back"]))
        at = draw(st.integers(0, len(calls) - 1))
        if fault == "gap":  # times between the first and the last are left out, all or one
            some = range(1, len(calls) - 1) if draw(st.booleans()) else {at} - {0, len(calls) - 1}
            for gap in some:
                cells[gap] = ["", ""]
        elif fault == "half":
            cells[at][draw(st.integers(0, 1))] = ""
        elif fault == "back" and times[at][0] >= 1:  # a trip that nobody can take
            cells[at][1] = town.clock(times[at][0] - 1)
        number = draw(st.integers(0, 3))
        for (stop, _, _), both, kinds in zip(calls, cells, rules, strict=True):
            self.calls.append(f"{trip},{stop},{number},{','.join(both)},{kinds}")
            number += draw(st.sampled_from([1, 1, 10]))

    def repeat(self, trip: str, start_s: int) -> None:
        """Have frequencies.txt repeat a trip."""
        draw = self.draw
        for _ in range(draw(st.sampled_from([1, 1, 2]))):
            headway_s = draw(st.sampled_from([60, 200, 599, 900]))
            end_s = start_s + headway_s * draw(st.integers(1, 4)) + draw(st.integers(0, 1))
            exact = draw(st.sampled_from(["", "0", "1"]))
            self.frequencies.append(f"{trip},{town.clock(start_s)},{town.clock(end_s)},{headway_s},{exact}")
            start_s = end_s

    def texts(self) -> dict[str, str]:
        """Tables of the feed."""
        header = "trip_id,stop_id,stop_sequence,arrival_time,departure_time,pickup_type,drop_off_type"
        calls = self.calls[:: self.draw(st.sampled_from([1, -1]))]
        return {
            "trips": "\n".join([*self.trips, ""]),
            "stop_times": "\n".join([header, *calls, ""]),
            "frequencies": "\n".join([*self.frequencies, ""]),
        }


KINDS = st.sampled_from([*["", "0"] * 5, "1", "2", "3"])


def sequence_of(draw: st.DrawFn, ends: list[str], others: list[str]) -> tuple[list[str], list[str]]:
    """Stops from one end to the other, sometimes one twice, and the rules of pick-up and drop-off at each."""
    sequence = draw(st.permutations([stop for stop in others if stop not in ends]))
    sequence = [ends[0], *sequence[: draw(st.sampled_from([0, 0, 1, 3]))], ends[1]]
    if draw(st.sampled_from([False, False, True])):  # a loop
        sequence.insert(draw(st.integers(1, len(sequence))), draw(st.sampled_from(sequence)))
    return sequence, [f"{draw(KINDS)},{draw(KINDS)}" for _ in sequence]


def calls_from(draw: st.DrawFn, sequence: list[str], time_s: int) -> list[tuple[str, int, int]]:
    """Calls of a trip that begins at a time: ties, hops in no time; on one sequence trips may overtake."""
    calls = []
    for stop in sequence:
        arrives_s = time_s
        time_s += draw(st.sampled_from([0, 0, 0, 20, 61]))
        calls.append((stop, arrives_s, time_s))
        time_s += draw(st.sampled_from([0, 30, 60, 61, 120, 240, 600]))
    return calls


def shift_of(draw: st.DrawFn, first_s: int, clocks_s: int) -> tuple[str, int]:
    """A service, and how much later one of its days begins, not after `first_s`."""
    begins = {-1: clocks_s - DAY, 0: 0, 1: DAY}
    days = {day: begins_s for day, begins_s in begins.items() if begins_s <= first_s}
    service = draw(st.sampled_from([name for name in SERVICES if set(SERVICES[name]) & set(days)]))
    return service, days[draw(st.sampled_from([day for day in SERVICES[service] if day in days]))]


def add_line(
    draw: st.DrawFn,
    feed: Feed,
    line: int,
    stops: list[str],
    ends: list[str],
    begins: st.SearchStrategy[int],
    clocks_s: int,
) -> None:
    """Add trips from end to end, of vehicles that go on as trips elsewhere, or that are repeated."""
    in_blocks, repeated = draw(st.booleans()), draw(st.sampled_from([False, False, True]))
    legs = [sequence_of(draw, ends, stops)]
    for _ in range(draw(st.integers(1, 2)) if in_blocks else 0):
        # mostly from where the vehicle is; from another stop nobody can stay on board
        start = draw(st.sampled_from([legs[-1][0][-1]] * 9 + stops))
        legs.append(sequence_of(draw, [start, draw(st.sampled_from(stops))], stops[:2]))
    feed.ways.append((ends[0], legs[-1][0][-1]))
    if draw(st.booleans()):  # all at about one time: ties, and the later one is sooner further on
        begins = st.sampled_from([0, 0, 1, 30, 90]).map(draw(begins).__add__)
    for number in range(draw(st.integers(2, 6))):
        time_s = draw(begins)
        service, shift_s = shift_of(draw, time_s, clocks_s)
        legs_n = draw(st.integers(1, len(legs)))
        for leg, (sequence, rules) in enumerate(legs[:legs_n]):
            trip, block = f"t{line}{number}{leg}", f"b{line}{number}" if legs_n > 1 else ""
            calls = calls_from(draw, sequence, time_s)
            feed.add(trip, service, block, calls, rules, shift_s)
            if repeated and number == 0 and draw(st.booleans()):
                feed.repeat(trip, calls[0][2] - shift_s)
            _, arrives_s, _ = calls[-1]
            # later than the trip before it began: that is the order in a block
            time_s = max(arrives_s + draw(st.sampled_from([0, 0, 30, 60, 61])), calls[0][2] + 1)


def changes_of(draw: st.DrawFn, stops: list[str]) -> str:
    """Transfers.txt: least times and prohibitions from stop to stop, a stop itself among them."""
    lines = ["from_stop_id,to_stop_id,transfer_type,min_transfer_time"]
    for _ in range(draw(st.sampled_from([0, 0, 1, 3, 6]))):
        one = draw(st.sampled_from(stops))
        other = draw(st.sampled_from([one, *stops]))
        times = [f"2,{seconds}" for seconds in (61, 62, 179, 180, 400, 1199)]
        rule = draw(st.sampled_from(["0,", "1,", "3,", "2,", *times]))
        lines.append(f"{one},{other},{rule}")
    return "\n".join([*lines, ""])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Streets and timetables, service days on both sides, windows past midnight, nights the clocks change."""
    stops = [f"s{k}" for k in range(draw(st.integers(4, 7)))]
    # far apart, at uneven distances, so that few times filled in are whole seconds; or beside another
    along: list[float] = draw(st.permutations([2_500 * k + 170 * k * k % 600 for k in range(7)]))[
        : len(stops)
    ]
    for k in range(1, len(stops)):
        if draw(st.sampled_from([False, False, True])):
            along[k] = along[draw(st.integers(0, k - 1))] + draw(st.sampled_from([-130, 0, 70, 130]))
    off = st.sampled_from([0.0, 0.0, 25.0])
    # thirteenths of a metre: no walk is within centimetres of a whole number of seconds
    places = {stop: (max(0, along[k]) + k / 13, draw(off)) for k, stop in enumerate(stops)}

    def near(stop: str, k: int) -> tuple[float, float]:
        return max(0, int(places[stop][0]) + draw(st.integers(-80, 80))) + k / 13, draw(off)

    date = draw(st.sampled_from([town.TUESDAY, town.TUESDAY, CLOCKS_GO_BACK]))
    start_s = draw(st.sampled_from([300, 8 * 3600, DAY - 420, DAY + 1800]))
    query = Query(
        date,
        start_s,
        start_s + 60 * draw(st.integers(1, 12)),
        PERCENTILES,
        direction=draw(st.sampled_from(["from", "to"])),
        walk_speed_kph=3.6,
        max_walk_min=draw(st.sampled_from([3, 3, 6, 20])),
        max_time_min=draw(st.sampled_from([12, 40, 120, 120])),
    )
    earliest = draw(st.sampled_from([-50, -30])) if query.direction == "to" else 0
    feed, order = Feed(draw), draw(st.permutations(stops))
    lines_n = draw(st.integers(3, 6))
    for line in range(lines_n):
        # some lines go on where the one before it ends, a little later: ways of many rides
        ends = [order[line % len(order)], order[(line + 1) % len(order)]]
        if draw(st.sampled_from([False, False, False, True])):
            ends = draw(st.permutations(stops))[:2]
        soonest = earliest + 8 * line
        begins = st.builds(
            lambda minutes, seconds: start_s + 60 * minutes + seconds,
            st.integers(soonest, soonest + draw(st.sampled_from([8, 20]))),
            st.sampled_from([0, 1]),
        )
        # the evening before the clocks go back, noon less 12 h is an hour further off
        clocks_s = -3600 if date == CLOCKS_GO_BACK else 0
        add_line(draw, feed, line, stops, ends, begins, clocks_s)
    ridden = draw(st.sampled_from(feed.ways))
    starts = {"home": near(order[0], 8), "farm": near(ridden[0], 9)}
    last = order[min(lines_n, len(order) - 1)]
    ends = {"work": near(last, 10), "shop": near(ridden[1], 11)}
    return World(
        stops=places,
        starts=starts,
        ends=ends,
        texts={
            "agency": town.AGENCY,
            "stops": town.stops_text(**places),
            **feed.texts(),
            **calendars(date),
            "transfers": changes_of(draw, stops),
        },
        query=query,
        rides=sorted({8, draw(st.integers(1, 7))}),
    )


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    return town.straight_street(tmp_path_factory.mktemp("street") / "street.osm", LENGTH_M)


Answers = dict[tuple[str, str, int], list[int]]


def engine_answers(world: World, network: Path, few: int) -> Answers:
    """Percentiles by start, end and most rides."""
    engine = RaptorEngine(network, few=few)
    starts, ends = town.points(**world.starts), town.points(**world.ends)
    answers = {}
    for rides in world.rides:
        query = dataclasses.replace(world.query, max_rides=rides)
        if query.direction == "from":
            matrix = town.seconds(engine.travel_times(starts, ends, query))
        else:
            matrix = town.seconds(engine.travel_times(ends, starts, query)).swapaxes(0, 1)
        answers |= {
            (start, end, rides): matrix[row, column].tolist()
            for row, start in enumerate(starts.ids)
            for column, end in enumerate(ends.ids)
        }
    return answers


Times = dict[tuple[str, str], list[list[int]]]
"""Seconds by start and end, of each minute of the window by most rides."""


def oracle_times(world: World) -> Times:
    """What the oracle finds; times beyond the limit are there."""
    query, oracle = world.query, Oracle(world.texts, world.query.date, world.walk_s, world.longest_s)
    minutes = range(query.window_start_s, query.window_end_s, 60)
    by_pair = {}
    if query.direction == "from":
        for start in world.starts:
            found = [oracle.departing(start, list(world.ends), minute_s) for minute_s in minutes]
            by_pair |= {(start, end): [times[end] for times in found] for end in world.ends}
    else:
        for end in world.ends:
            found = [oracle.arriving(list(world.starts), end, minute_s) for minute_s in minutes]
            by_pair |= {(start, end): [times[start] for times in found] for start in world.starts}
    return by_pair


def oracle_answers(world: World) -> Answers:
    """Percentiles by start, end and most rides."""
    query, answers = world.query, {}
    for pair, times in oracle_times(world).items():
        for rides in world.rides:
            seconds = [
                by_rides[rides] if by_rides[rides] < query.max_time_s else UNREACHED for by_rides in times
            ]
            answers[*pair, rides] = [nearest_rank(seconds, p) for p in PERCENTILES]
    return answers


@settings(max_examples=150)
@given(world=worlds())
def test_every_percentile_is_that_of_the_oracle(world, street):
    note("\n".join(world.texts.values()))
    try:
        expected = oracle_answers(world)
    except OnTheEdgeError:
        reject()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        feed = town.write_feed(folder / "bus.zip", **world.texts)
        network = build_network([street], [feed], folder / "built", no_progress, cleaning=AS_THEY_ARE)
        # one origin after the other, then all of them in one sweep
        assert engine_answers(world, network, few=9) == expected
        assert engine_answers(world, network, few=0) == expected


def parts_of_runs(world: World) -> set[tuple[str, int, str, int, bool, bool]]:
    """Where and when one can be on board: stops and times, whether one must stay seated at either end."""
    found = set()
    for run in runs(world.texts, world.query.date):
        last = len(run.calls) - 1
        for (i, one), (j, other) in itertools.combinations(enumerate(run.calls), 2):
            for seated, stays in itertools.product([False, True], repeat=2):
                if (i == 0 if seated else one.board) and (j == last if stays else other.alight):
                    found.add((one.stop, one.departs_s, other.stop, other.arrives_s, seated, stays))
    return found


def check_legs(world: World, journey, start: str, end: str, stop_ids: list[str], parts: set) -> None:
    """Every leg is in the feed's own text, or a walk along the street, and starts where the last one ends."""
    rules = changes(world.texts)
    now_s, here, stands_s, rides_n = journey.starts_s, start, journey.starts_s, 0
    rides = [leg for leg in journey.legs if leg.kind == "ride"]
    for leg in journey.legs:
        ends = [stop_ids[at].rpartition(":")[2] if at >= 0 else None for at in (leg.from_stop, leg.to_stop)]
        from_stop, to_stop = (stop or place for stop, place in zip(ends, (start, end), strict=True))
        assert leg.starts_s == now_s
        assert leg.seconds >= 0
        now_s += leg.seconds
        if leg.kind == "wait":
            assert to_stop == (here if ends[1] else end)
            continue
        assert from_stop == here
        if leg.kind == "walk":
            walk_s, rule = world.walk_s(from_stop, to_stop), rules.get((from_stop, to_stop))
            if None in ends or rule is None:
                assert leg.seconds == walk_s
            else:  # a least time holds from arrival to departure
                assert leg.seconds == max(walk_s or 0, rule - SLACK_S - 1)
        else:
            rides_n += not leg.seated
            after = rides[rides.index(leg) + 1 :]
            stays = bool(after) and after[0].seated
            assert (from_stop, leg.starts_s, to_stop, now_s, leg.seated, stays) in parts
            assert leg.seated or leg.starts_s - stands_s > SLACK_S
        here, stands_s = to_stop, now_s
    assert here == end
    assert rides_n <= world.query.max_rides


@settings(max_examples=150)
@given(world=worlds())
def test_every_journey_takes_the_seconds_of_the_oracle_by_legs_of_the_feed(world, street):
    note("\n".join(world.texts.values()))
    world = world._replace(query=dataclasses.replace(world.query, max_rides=world.rides[0]))
    try:
        expected, parts = oracle_times(world), parts_of_runs(world)
    except OnTheEdgeError:
        reject()
    query = world.query
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        feed = town.write_feed(folder / "bus.zip", **world.texts)
        built = build_network([street], [feed], folder / "built", no_progress, cleaning=AS_THEY_ARE)
        engine = RaptorEngine(built)
        stop_ids = engine.network.names().stop_ids
        for (start, end), times in expected.items():
            places = (town.points(**{p: {**world.starts, **world.ends}[p]}) for p in (start, end))
            near, far = places if query.direction == "from" else reversed(list(places))
            for departure, by_rides in enumerate(times):
                (journey,) = engine.journeys(near, far, query, [(0, departure)])
                seconds = by_rides[query.max_rides]
                if seconds >= query.max_time_s:
                    assert journey is None
                    continue
                assert journey.seconds == seconds
                at_s = query.window_start_s + 60 * departure
                leaves = query.direction == "from"
                assert (journey.starts_s if leaves else journey.starts_s + journey.seconds) == at_s
                check_legs(world, journey, start, end, stop_ids, parts)
