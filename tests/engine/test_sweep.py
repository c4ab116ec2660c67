"""The sweep against the plain search, cell by cell: on timetables that hypothesis makes up, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.timetables import Line, line, plain_times, timetable, transfers
from ptreach.engine.raptor.changes import calls_with_changes
from ptreach.engine.raptor.kernel import NEVER
from ptreach.engine.raptor.lanes import LANES, TIMES
from ptreach.engine.raptor.propagate import NOT_RIDDEN
from ptreach.engine.raptor.shortcuts import ALL
from ptreach.engine.raptor.sweep import board, clear, fill, room_for, sweep
from ptreach.network.transfers import NEVER_S

STOPS_N = 7


def swept_times(
    table,
    walks,
    accesses,
    first_s,
    departures_n,
    max_time_s,
    max_rides,
    *,
    calls=None,
    room=None,
    shortcuts=ALL,
):
    """Seconds by one sweep for each origin, shape (stops, departures)."""
    stops_n = walks.start.size - 1
    if calls is None:
        calls = calls_with_changes(table, walks, workers=2, all_changes=not shortcuts.changes_worth_making)
    room = room or room_for(calls, stops_n, max_rides)
    wanted = np.ones(stops_n, dtype=np.bool_)
    clear(room)
    for origin, access in enumerate(accesses):
        stop, seconds = (np.array(column, np.int32) for column in zip(*sorted(access.items()), strict=True))
        board(table, calls, stop, seconds, first_s, departures_n, max_rides, origin, room)
    sweep(calls, wanted, first_s, departures_n, max_time_s, max_rides, shortcuts, room)
    results = []
    for origin in range(len(accesses)):
        ride_s = np.zeros((stops_n, departures_n + TIMES), dtype=np.uint16)
        least_s = np.full(stops_n, NOT_RIDDEN, dtype=np.uint16)
        fill(calls, room, wanted, origin, first_s, departures_n, max_time_s, 0, ride_s, least_s)
        times_s = ride_s[:, :departures_n].astype(np.int32)
        assert (least_s == times_s.min(axis=1)).all()
        times_s[times_s == NOT_RIDDEN] = NEVER
        results.append(times_s)
    return results


@st.composite
def lines_of(draw):
    """A line of up to four trips over random stops (loops too), times often equal, none overtaking."""
    stops = draw(st.lists(st.integers(0, STOPS_N - 1), min_size=2, max_size=6))
    steps = st.sampled_from([0, 0, 30, 60, 61, 120, 400])
    trips, earlier = [], [(0, 0)] * len(stops)
    for _ in range(draw(st.integers(1, 4))):
        clock, calls = draw(st.integers(0, 60)) * 60, []
        for _ in stops:
            arrival = clock + draw(steps)
            clock = arrival + draw(steps)
            calls.append((arrival, clock))
        # A trip that would be ahead of the one before keeps behind it.
        earlier = [(max(a, b), max(c, d)) for (a, c), (b, d) in zip(calls, earlier, strict=True)]
        trips.append(earlier)
    flags = st.lists(st.booleans(), min_size=len(stops), max_size=len(stops))
    everywhere = st.just([True] * len(stops))
    return Line(stops, trips, draw(everywhere | flags), draw(everywhere | flags))


# from a stop to itself: what must pass before one boards there; at the most, nobody ever does
pairs = st.tuples(st.integers(0, STOPS_N - 1), st.integers(0, STOPS_N - 1))
footpaths = st.dictionaries(pairs, st.sampled_from([0, 30, 59, 60, 200, 600, NEVER_S]), max_size=12)
starts = st.dictionaries(st.integers(0, STOPS_N - 1), st.integers(0, 900), min_size=1, max_size=3)


@given(
    lines=st.lists(lines_of(), min_size=1, max_size=6),
    walks=footpaths,
    accesses=st.lists(starts, min_size=1, max_size=4),
    first_s=st.sampled_from([-1800, 0, 600]),
    departures_n=st.sampled_from([1, 7, 33, 80]),
    max_time_s=st.sampled_from([300, 1800, 7200]),
)
@settings(max_examples=300)
def test_times_are_those_of_the_plain_search(lines, walks, accesses, first_s, departures_n, max_time_s):
    table, walks = timetable(lines, STOPS_N), transfers(walks, STOPS_N)
    for max_rides in (1, 2, 3, 8):
        hours = first_s, departures_n, max_time_s, max_rides
        for access, times_s in zip(accesses, swept_times(table, walks, accesses, *hours), strict=True):
            assert (times_s == plain_times(table, walks, access, *hours)).all()


@given(
    lines=st.lists(lines_of(), min_size=1, max_size=6),
    walks=footpaths,
    access=starts,
    left_out=st.sampled_from(["changes_worth_making", "changes_ahead", "arrivals_that_are_new"]),
)
def test_times_are_the_same_without_a_shortcut(lines, walks, access, left_out):
    table, walks, hours = timetable(lines, STOPS_N), transfers(walks, STOPS_N), (0, 33, 7200, 3)
    without = swept_times(table, walks, [access], *hours, shortcuts=ALL._replace(**{left_out: False}))
    assert (without[0] == swept_times(table, walks, [access], *hours)[0]).all()


def test_a_room_remembers_nothing_of_the_sweep_before():
    table = timetable([line([0, 1], (600, 900), (1200, 1500)), line([1, 2], (1600, 2000))], 3)
    walks = transfers({}, 3)
    calls = calls_with_changes(table, walks, workers=1)
    room = room_for(calls, 3, 2)
    hours = 0, 30, 3600, 2
    first = swept_times(table, walks, [{0: 100}], *hours, calls=calls, room=room)
    swept_times(table, walks, [{0: 0, 1: 0}], *hours, calls=calls, room=room)
    again = swept_times(table, walks, [{0: 100}], *hours, calls=calls, room=room)
    assert (first[0] == again[0]).all()


def test_times_follow_by_hand():
    # Buses leave stop 0 at 600 and 1200 and take 300 s; 100 s on foot and a slack of 60 s before them. From
    # stop 1 a train leaves at 1600: the bus of 900 and that of 1500 both reach it. Departures at 0, 60, ...
    table = timetable([line([0, 1], (600, 900), (1200, 1500)), line([1, 2], (1600, 2000))], 3)
    (times_s,) = swept_times(table, transfers({}, 3), [{0: 100}], 0, 20, 3600, 8)
    bus = [
        900 - 60 * d if 60 * d + 160 < 600 else 1500 - 60 * d if 60 * d + 160 < 1200 else NEVER
        for d in range(20)
    ]
    train = [2000 - 60 * d if 60 * d + 160 < 1200 else NEVER for d in range(20)]
    assert times_s.tolist() == [[NEVER] * 20, bus, train]


@pytest.mark.parametrize("max_rides", [1, 3, 16])
def test_every_lane_is_an_origin_of_its_own(max_rides):
    stops = range(5)
    table = timetable([line(stops, [600 + 120 * s + t for s in stops]) for t in range(0, 6000, 500)], 5)
    walks = transfers({(1, 2): 90, (3, 1): 20}, 5)
    accesses = [{origin % 4: 7 * origin} for origin in range(LANES // max_rides)]
    hours = 0, 100, 7200, max_rides
    for access, times_s in zip(accesses, swept_times(table, walks, accesses, *hours), strict=True):
        assert (times_s == plain_times(table, walks, access, *hours)).all()


def test_two_trips_that_meet_twice_do_not_leave_the_change_to_each_other():
    # One goes by stops 1 and 2, the other by 2 and 1, both from stop 0; the last leaves stop 1 and stop 2.
    there, back = line([0, 1, 2], (600, 700, 800)), line([0, 2, 1], (600, 700, 800))
    onward = [line([1, 3], (900, 1000)), line([2, 3], (900, 1000)), line([2, 1, 4], (900, 900, 1000))]
    table, walks = timetable([there, back, *onward], 5), transfers({(1, 2): 0, (2, 1): 0}, 5)
    hours = 0, 5, 3600, 4
    (times_s,) = swept_times(table, walks, [{0: 0}], *hours)
    assert times_s[3].tolist() == times_s[4].tolist() == [1000, 940, 880, 820, 760]


def test_changes_are_left_out_where_staying_on_board_is_as_good():
    # Two buses follow each other along the same stops; a third crosses at stop 1.
    first, second = line([0, 1, 2, 3], (0, 100, 200, 300)), line([0, 1, 2, 3], (500, 600, 700, 800))
    across = line([1, 4], (400, 450))
    calls = calls_with_changes(timetable([first, second, across], 5), transfers({}, 5), workers=1)
    source = np.repeat(np.arange(calls.stop.size), np.diff(calls.change_start))
    changes = {
        (int(calls.stop[a]), int(calls.off_s[a]), int(calls.off_s[b]))
        for a, b in zip(source, calls.change_to, strict=True)
    }
    # At stop 1 at 100, only the bus across at 400 leads anywhere new; for the second bus it is gone.
    assert changes == {(1, 100, 400)}
