"""Feeds read in part: of an area, of some days. What is left rides as it did in the whole."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import town
from ptreach.errors import InputError
from ptreach.sources.cover import Cover
from ptreach.sources.gtfs import Scope, read_timetables

# stops a kilometre apart on a line eastward; the area holds B to D
PLACES = {name: (1_000.0 * at, 0.0) for at, name in enumerate("ABCDE")}
AREA = Cover.of_box(town.lonlat(900, 0)[0], 50.99, town.lonlat(3_100, 0)[0], 51.01)
CALENDARS = {"weekdays": "1,1,1,1,1,0,0", "sundays": "0,0,0,0,0,0,1"}
CALENDAR = town.CALENDAR.splitlines()[0] + "".join(
    f"\n{name},{flags},20261001,20261031" for name, flags in CALENDARS.items()
)
TUESDAY = (town.TUESDAY, town.TUESDAY)


def feed(folder, trips, name="bus.zip", **texts):
    tables = {"stops": town.stops_text(**PLACES), "calendar": CALENDAR, **town.trips_texts(trips), **texts}
    return town.write_feed(folder / name, **tables)


def rides(timetables, day=town.TUESDAY):
    """Rides between any two calls of trips that run on a day: trip, stops, times."""
    found = set()
    runs = timetables.service_days[:, day.toordinal() - timetables.first_day]
    for trip, (start, end) in enumerate(zip(timetables.trip_start, timetables.trip_start[1:], strict=False)):
        if not runs[timetables.trip_service[trip]]:
            continue
        for one in range(start, end):
            for other in range(one + 1, end):
                found.add(
                    (
                        timetables.trip_ids[trip],
                        timetables.stop_ids[timetables.call_stop[one]],
                        timetables.stop_ids[timetables.call_stop[other]],
                        int(timetables.call_departure_s[one]),
                        int(timetables.call_arrival_s[other]),
                        timetables.route_names[timetables.trip_route[trip]],
                    )
                )
    return found


def test_an_area_keeps_trips_that_call_twice_within_it(tmp_path):
    path = feed(
        tmp_path,
        [
            ("in", "weekdays", [("B", "8:00:00"), ("C", "8:05:00")]),
            ("out", "weekdays", [("A", "8:00:00"), ("E", "8:30:00")]),
            ("once", "weekdays", [("A", "8:00:00"), ("B", "8:30:00")]),
            ("through", "weekdays", [("A", "9:00:00"), ("B", ""), ("D", ""), ("E", "9:40:00")]),
        ],
        transfers="from_stop_id,to_stop_id,transfer_type,min_transfer_time\nA,B,2,60\nB,C,2,60\nD,D,3,\n",
    )
    t = read_timetables([path], Scope(AREA))
    assert t.stop_ids == ("bus:B", "bus:C", "bus:D")
    assert t.trip_ids == ("bus:in", "bus:through")
    # a quarter and three quarters of 40 minutes, cut
    assert t.call_arrival_s.tolist() == pytest.approx([28_800, 29_100, 33_000, 34_200], abs=1)
    assert rides(t) <= rides(read_timetables([path]))
    assert [tuple(rule) for rule in zip(*t.transfer_rules, strict=True)] == [(0, 1, 60), (2, 2, -1)]
    rows = {row.table: (row.read, row.outside, row.kept) for row in t.rows}
    assert rows["stop_times.txt"] == (10, 6, 4)
    assert rows["trips.txt"] == (4, 2, 2)
    assert rows["stops.txt"] == (5, 2, 3)


def test_days_keep_what_runs_on_them(tmp_path):
    calls = [("A", "8:00:00"), ("E", "8:30:00")]
    path = feed(tmp_path, [("t", "weekdays", calls), ("u", "sundays", calls)])
    t = read_timetables([path], Scope(days=TUESDAY))
    assert t.trip_ids == ("bus:t",)
    assert t.first_day == town.TUESDAY.toordinal()
    assert t.service_days.shape[1] == 1
    week = read_timetables([path], Scope(days=(town.TUESDAY, town.TUESDAY + dt.timedelta(6))))
    assert week.trip_ids == ("bus:t", "bus:u")
    with pytest.raises(
        InputError, match=r"nothing runs from 2027-01-01 to 2027-01-02; the timetable is of 2026"
    ):
        read_timetables([path], Scope(days=(dt.date(2027, 1, 1), dt.date(2027, 1, 2))))
    saturday = dt.date(2026, 10, 17)
    with pytest.raises(InputError, match=r"nothing runs from 2026-10-17 to 2026-10-17\. Take other days"):
        read_timetables([path], Scope(days=(saturday, saturday)))


def test_a_feed_with_nothing_in_the_area_may_stand_beside_others(tmp_path):
    inside = feed(tmp_path, [("t", "weekdays", [("B", "8:00:00"), ("C", "8:05:00")])])
    outside = feed(tmp_path, [("t", "weekdays", [("A", "8:00:00"), ("E", "8:05:00")])], "rail.zip")
    for paths in ([inside, outside], [outside, inside]):
        t = read_timetables(paths, Scope(AREA))
        assert t.trip_ids == ("bus:t",)
        assert rides(t) == {("bus:t", "bus:B", "bus:C", 28_800, 29_100, "1")}
    with pytest.raises(
        InputError, match=r"rail\.zip: no trip calls at two stops within the area\. Take a feed"
    ):
        read_timetables([outside], Scope(AREA))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_rides_within_the_scope_are_those_of_the_whole(tmp_path_factory, data):
    trips = []
    for at in range(data.draw(st.integers(1, 6))):
        stops = data.draw(st.lists(st.sampled_from("ABCDE"), min_size=2, max_size=6))
        clock, calls = 8 * 3600 + 600 * at, []
        for stop in stops:
            clock += data.draw(st.integers(0, 900))
            calls.append((stop, data.draw(st.sampled_from([town.clock(clock), ""]))))
        calls[0] = (stops[0], town.clock(8 * 3600))
        calls[-1] = (stops[-1], town.clock(clock))
        trips.append((f"t{at}", data.draw(st.sampled_from(sorted(CALENDARS))), calls))
    trips.append(("sure", "weekdays", [("B", "8:00:00"), ("C", "8:05:00")]))
    path = feed(tmp_path_factory.mktemp("feed"), trips)
    whole, part = read_timetables([path]), read_timetables([path], Scope(AREA, TUESDAY))
    inside = {"bus:B", "bus:C", "bus:D"}
    assert rides(part) == {ride for ride in rides(whole) if {ride[1], ride[2]} <= inside}
    assert np.diff(part.trip_start).min() >= 2
    for row in part.rows:
        if row.table != "calendar.txt":
            assert row.read == row.outside + row.kept
