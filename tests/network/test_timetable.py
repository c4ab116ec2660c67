"""The timetable of a query: lines without overtaking, hours, days around, the mirror."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptreach.errors import InputError
from ptreach.network.calendar import Calendar
from ptreach.network.patterns import build_patterns, trips_listed_twice
from ptreach.network.timetable import timetable_of_day
from ptreach.sources.gtfs import Timetables
from ptreach.sources.gtfs_join import FeedIds
from ptreach.sources.gtfs_transfers import NO_RULES

DATE = dt.date(2026, 10, 13)
STOPS_N = 5
SLACK_S = 60
H8 = 8 * 3600


class Trip(NamedTuple):
    """A trip: its service, and calls as (stop, arrival, departure, board, alight)."""

    service: int
    calls: list[tuple[int, int, int, bool, bool]]


def trip(*calls, service=1):
    """A trip of (stop, arrival[, departure]), open for all; service 1 runs on the date itself."""
    return Trip(service, [(stop, times[0], times[-1], True, True) for stop, *times in calls])


# service v runs on the day v - 1 after the date, service 3 on all three days
CALENDAR = Calendar(
    DATE.toordinal() - 1, np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], dtype=np.bool_)
)


def patterns_of(trips):
    calls = [call for trip in trips for call in trip.calls]
    stop, arrival, departure, board, alight = (np.array(column) for column in zip(*calls, strict=True))
    return build_patterns(
        Timetables(
            feed_ids=("bus",),
            timezone="UTC",
            stop_ids=tuple(f"bus:{k}" for k in range(STOPS_N)),
            stop_names=("",) * STOPS_N,
            stop_lon=np.zeros(STOPS_N),
            stop_lat=np.zeros(STOPS_N),
            agency_names=("Buses",),
            route_names=("1",),
            route_mode=np.zeros(1, dtype=np.int8),
            route_agency=np.zeros(1, dtype=np.int32),
            trip_ids=tuple(f"bus:{k}" for k in range(len(trips))),
            trip_route=np.zeros(len(trips), dtype=np.int32),
            trip_service=np.array([trip.service for trip in trips], dtype=np.int32),
            trip_block=np.full(len(trips), -1, dtype=np.int32),
            trip_start=np.cumsum([0, *(len(trip.calls) for trip in trips)], dtype=np.int64),
            call_stop=stop.astype(np.int32),
            call_arrival_s=arrival.astype(np.int32),
            call_departure_s=departure.astype(np.int32),
            call_board=board.astype(np.bool_),
            call_alight=alight.astype(np.bool_),
            transfer_rules=NO_RULES,
            first_day=CALENDAR.first_day,
            service_days=CALENDAR.runs,
            feeds=FeedIds(
                ("",) * STOPS_N, np.full(STOPS_N, -1), ("a",), ("",), ("r",), (), np.zeros((2, 5), int)
            ),
        )
    )


def day_of(
    trips,
    from_s=0,
    until_s=86_400,
    *,
    mirrored=False,
    date=DATE,
    timezone="UTC",
    days_around=True,
    listed_once=True,
    refuse_empty=False,
):
    return timetable_of_day(
        patterns_of(trips),
        CALENDAR,
        STOPS_N,
        date=date,
        timezone=timezone,
        from_s=from_s,
        until_s=until_s,
        slack_s=SLACK_S,
        mirrored=mirrored,
        days_around=days_around,
        listed_once=listed_once,
        refuse_empty=refuse_empty,
    )


def lines(timetable):
    """Each line: its stops and its trips as {trip row: [(ready, off) at each position]}."""
    found = []
    for n in range(timetable.trips_n.size):
        a, b = timetable.position_start[n : n + 2].tolist()
        count = int(timetable.trips_n[n])
        shape = (b - a, count)
        first = timetable.time_start[n]
        ready, off = (
            times[first : first + (b - a) * count].reshape(shape)
            for times in (timetable.ready_s, timetable.off_s)
        )
        rows = timetable.trip_row[timetable.trip_start[n] : timetable.trip_start[n + 1]].tolist()
        times = [list(zip(ready[:, k].tolist(), off[:, k].tolist(), strict=True)) for k in range(count)]
        found.append((timetable.stop[a:b].tolist(), list(zip(rows, times, strict=True))))
    return found


def test_a_vehicle_is_caught_a_second_more_than_the_slack_before_it_leaves():
    one = trip((0, H8, H8 + 30), (1, H8 + 300, H8 + 330))
    assert lines(day_of([one])) == [([0, 1], [(0, [(H8 + 30 - 61, H8), (H8 + 330 - 61, H8 + 300)])])]


def test_trips_at_the_same_times_are_counted_once():
    calls = (0, H8), (1, H8 + 300)
    later = trip((0, H8), (1, H8 + 301))
    patterns = patterns_of(
        [trip(*calls, service=0), trip(*calls), trip(*calls), later, trip(*calls, service=3)]
    )
    assert patterns.twin.tolist() == [0, 0, 0, 3, 0]
    # the one of the day before meets the one of all days there; the others meet on the date
    assert trips_listed_twice(patterns, CALENDAR.runs) == 2
    ((_, found),) = lines(day_of([trip(*calls), trip(*calls), later]))
    assert [row for row, _ in found] == [0, 2]
    for mirrored in (False, True):
        day = day_of([trip(*calls), trip(*calls), trip(*calls, service=3)], mirrored=mirrored)
        assert day.trip_row.tolist() == [0]


def test_trips_at_the_same_times_of_other_days_are_kept():
    # service 3 runs at 30:00 of the day before and at 6:00 of the date: not the same times
    late, early = trip((0, H8 + 86_400), (1, H8 + 86_700), service=3), trip((0, H8), (1, H8 + 300))
    assert sorted(day_of([late, early]).trip_row.tolist()) == [0, 1]


def test_trips_at_the_same_times_in_blocks_of_their_own_are_kept():
    trips = [trip((0, H8), (1, H8 + 300)) for _ in range(5)]
    block = np.array([-1, 4, 4, 7, -1], dtype=np.int32)
    day = timetable_of_day(
        patterns_of(trips), CALENDAR, STOPS_N, date=DATE, timezone="UTC", from_s=0, until_s=86_400,
        slack_s=SLACK_S, mirrored=False, block=block,
    )  # fmt: skip
    assert sorted(day.trip_row.tolist()) == [1, 3]


def test_a_mirrored_timetable_is_the_same_backward():
    early = trip((0, H8, H8 + 30), (1, H8 + 300, H8 + 330))
    late = trip((0, H8 + 600), (1, H8 + 900))
    expected = [
        # the later trip comes first; one gets off where one could board, 61 s before it left
        (1, [(-H8 - 900, -H8 - 900 + 61), (-H8 - 600, -H8 - 600 + 61)]),
        (0, [(-H8 - 300, -H8 - 330 + 61), (-H8, -H8 - 30 + 61)]),
    ]
    assert lines(day_of([early, late], mirrored=True)) == [([1, 0], expected)]


def test_nobody_boards_at_the_end_or_alights_at_the_start():
    shut = Trip(
        1,
        [
            (0, H8, H8, True, True),
            (1, H8, H8, False, True),
            (2, H8, H8, True, False),
            (0, H8, H8, True, True),
        ],
    )
    t = day_of([shut])
    assert t.board.tolist() == [True, False, True, False]
    assert t.alight.tolist() == [False, True, False, True]
    assert t.stop_start.tolist() == [0, 1, 1, 2, 2, 2]  # stops 0 and 2 can be boarded
    assert t.stop_position.tolist() == [0, 2]
    back = day_of([shut], mirrored=True)
    assert back.stop.tolist() == [0, 2, 1, 0]
    assert back.board.tolist() == [True, False, True, False]  # where one alights on the way out
    assert back.alight.tolist() == [False, True, False, True]


def test_trips_that_overtake_stand_on_lines_of_their_own():
    slow = trip((0, H8), (1, H8 + 2_400))
    fast = trip((0, H8 + 300), (1, H8 + 600))
    last = trip((0, H8 + 900), (1, H8 + 3_000))
    with_it = trip((0, H8 + 900), (1, H8 + 3_001))
    found = lines(day_of([slow, fast, last, with_it]))
    assert [[row for row, _ in trips] for _, trips in found] == [[0, 2, 3], [1]]
    assert [stops for stops, _ in found] == [[0, 1], [0, 1]]


def test_overtaking_by_the_departure_alone_counts():
    # `waits` arrives first and leaves last
    waits = trip((0, H8), (1, H8 + 100, H8 + 500), (2, H8 + 900))
    passes = trip((0, H8 + 10), (1, H8 + 200, H8 + 300), (2, H8 + 950))
    assert [len(trips) for _, trips in lines(day_of([waits, passes]))] == [1, 1]
    assert [len(trips) for _, trips in lines(day_of([waits, passes], mirrored=True))] == [1, 1]


@pytest.mark.parametrize(
    ("service", "clock_s", "seen_s"),
    [(0, 86_400 + 600, 600), (1, 600, 600), (2, 600, 86_400 + 600), (0, 600, None), (2, 86_400 + 600, None)],
)
def test_trips_of_the_days_around_run_on_the_clock_of_the_date(service, clock_s, seen_s):
    t = day_of([trip((0, clock_s), (1, clock_s + 60), service=service)], 0, 100_000)
    assert t.off_s.tolist() == ([] if seen_s is None else [seen_s, seen_s + 60])
    alone = day_of([trip((0, clock_s), (1, clock_s + 60), service=service)], 0, 100_000, days_around=False)
    assert alone.off_s.size == (2 if service == 1 else 0)


def test_a_trip_of_several_days_is_seen_each_day():
    nightly = trip((0, 80_000), (1, 90_000), service=3)
    t = day_of([nightly], 0, 86_400 + 86_400)
    # Monday's, Tuesday's, Wednesday's: arriving 3,600 s, 90,000 s, 176,400 s after Tuesday began
    assert sorted(t.off_s.tolist()) == [-6_400, 3_600, 80_000, 90_000, 166_400, 176_400]
    assert t.trip_row.tolist() == [0, 0, 0]


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_evening_before_counts_where_the_hours_begin_before_midnight(mirrored):
    evening = trip((0, 85_000), (1, 86_000), service=0)
    t = day_of([evening], -7_200, 600, mirrored=mirrored)
    assert sorted(np.abs(t.off_s).tolist()) == ([461, 1_461] if mirrored else [400, 1_400])
    assert day_of([evening], -400, 600, mirrored=mirrored).trip_row.tolist() == [0]
    assert day_of([evening], -399, 600, mirrored=mirrored).trip_row.tolist() == []


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_date_of_no_trips_but_the_evening_before_s_is_refused_unless_they_run(mirrored):
    evening = trip((0, 85_000), (1, 87_000), service=0)  # until 600 s past midnight
    night = day_of([evening], 0, 7_200, mirrored=mirrored, refuse_empty=True)
    assert night.trip_row.tolist() == [0]
    for hours, changes in (((601, 7_200), {}), ((0, 7_200), {"days_around": False})):
        with pytest.raises(InputError, match="nothing runs on Tuesday 2026-10-13") as caught:
            day_of([evening], *hours, mirrored=mirrored, refuse_empty=True, **changes)
        assert caught.value.remedy == "take a date such as Monday 2026-10-12"
    # a date with trips of its own is never refused: there may be hours in which nothing runs
    morning = trip((0, H8), (1, H8 + 60))
    assert day_of([morning], 0, 600, mirrored=mirrored, refuse_empty=True).trip_row.size == 0


def test_clocks_that_change_move_the_trips_of_the_day_before():
    # Sunday 25 October 2026 has 25 hours: Saturday's noon was 25 hours before Sunday's
    sunday = dt.date(2026, 10, 25)
    calendar = Calendar(sunday.toordinal() - 1, np.array([[1, 0]], dtype=np.bool_))
    patterns = patterns_of([trip((0, 86_400), (1, 93_600), service=0)])

    def off(timezone):
        return timetable_of_day(
            patterns,
            calendar,
            STOPS_N,
            date=sunday,
            timezone=timezone,
            from_s=-20_000,
            until_s=20_000,
            slack_s=SLACK_S,
            mirrored=False,
        ).off_s.tolist()

    assert off("UTC") == [0, 7_200]
    assert off("Europe/London") == [-3_600, 3_600]


def test_a_day_without_trips_is_an_empty_timetable():
    for mirrored in (False, True):
        t = day_of([trip((0, H8), (1, H8 + 60))], 0, H8 - 1, mirrored=mirrored)
        assert t.stop_start.tolist() == [0] * (STOPS_N + 1)
        assert t.trips_n.size == t.stop.size == t.ready_s.size == t.trip_row.size == 0


CALL = st.tuples(
    st.integers(0, STOPS_N - 1), st.sampled_from([0, 0, 30, 600]), st.sampled_from([0, 30, 600, 7_000]),
    st.booleans(), st.booleans(),
)  # fmt: skip


@st.composite
def trips_of(draw):
    shapes = draw(st.lists(st.lists(CALL, min_size=2, max_size=4), min_size=1, max_size=3))
    latest = draw(st.sampled_from([20, 27, 60]))
    trips = []
    for shape in shapes:
        for _ in range(draw(st.integers(1, 4))):
            time_s = draw(st.integers(0, latest)) * 3_000
            calls = []
            for stop, dwell_s, hop_s, board, alight in shape:
                hop = hop_s + draw(st.sampled_from([0, 0, 500]))
                calls.append((stop, time_s, time_s + dwell_s, board, alight))
                time_s += dwell_s + hop
            trips.append(Trip(draw(st.integers(0, 3)), calls))
    return trips


@settings(max_examples=200)
@given(trips_of(), st.integers(-26, 60), st.integers(0, 26), st.booleans())
def test_no_ride_within_the_hours_is_lost_and_none_is_made_up(trips, start, length, mirrored):
    from_s, until_s = start * 3_000, (start + length) * 3_000
    # each trip by itself, also of those that run at the same times
    t = day_of(trips, from_s, until_s, mirrored=mirrored, listed_once=False)
    rides = set()
    for n in range(t.trips_n.size):
        a, b = t.position_start[n : n + 2].tolist()
        count = int(t.trips_n[n])
        times = slice(t.time_start[n], t.time_start[n] + (b - a) * count)
        ready, off = (column[times].reshape(b - a, count) for column in (t.ready_s, t.off_s))
        # searched by bisection: neither may go back from trip to trip
        assert (np.diff(ready, axis=1) >= 0).all()
        assert (np.diff(off, axis=1) >= 0).all()
        for i, j in itertools.combinations(range(b - a), 2):
            if t.board[a + i] and t.alight[a + j]:
                for k in range(count):
                    ride = (int(t.stop[a + i]), int(ready[i, k]), int(t.stop[a + j]), int(off[j, k]))
                    rides.add((int(t.trip_row[t.trip_start[n] + k]), *ride))

    expected, tolerated = set(), set()
    for number, (service, calls) in enumerate(trips):
        for days in (-1, 0, 1):  # service outside these three days there is none
            if not CALENDAR.runs[service, days + 1]:
                continue
            shift = days * 86_400
            for one, other in itertools.combinations(calls, 2):
                if not (one[3] and other[4]):
                    continue
                leaves, arrives = one[2] + shift, other[1] + shift
                ride = (number, one[0], leaves - 61, other[0], arrives)
                if mirrored:
                    ride = (number, other[0], -arrives, one[0], 61 - leaves)
                tolerated.add(ride)
                if from_s <= leaves and arrives <= until_s:
                    expected.add(ride)
    assert expected <= rides <= tolerated

    boardable = {
        (int(stop), int(line), int(position))
        for stop in range(STOPS_N)
        for line, position in zip(
            t.stop_line[t.stop_start[stop] : t.stop_start[stop + 1]],
            t.stop_position[t.stop_start[stop] : t.stop_start[stop + 1]],
            strict=True,
        )
    }
    by_line = {
        (int(t.stop[a + i]), n, i)
        for n, (a, b) in enumerate(itertools.pairwise(t.position_start.tolist()))
        for i in range(b - a)
        if t.board[a + i]
    }
    assert boardable == by_line
