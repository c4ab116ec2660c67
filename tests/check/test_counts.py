"""Counts by day against plain loops, on arrays that hypothesis makes and on real feeds read by hand."""

import csv
import datetime as dt
import io
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ptreach.check.counts import (
    count_days,
    services_a_day,
    stops_a_day,
    trips_a_day,
    unique_rows,
)
from ptreach.check.feeds import feeds_of_timetables
from ptreach.check.usual import series_of
from ptreach.sources.gtfs import read_timetables
from ptreach.sources.modes import MODES
from weeks import MONDAY, every_minutes

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"


@st.composite
def timetables(draw):
    """Groups, services and patterns of trips; days of services; stops of patterns."""
    services_n, groups_n = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    runs = draw(hnp.arrays(np.bool_, (services_n, draw(st.integers(1, 140)))))
    patterns = draw(st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=5), min_size=1, max_size=4))
    trips = draw(
        st.lists(
            st.tuples(
                st.integers(0, groups_n - 1),
                st.integers(0, services_n - 1),
                st.integers(0, len(patterns) - 1),
            ),
            min_size=1,
            max_size=12,
        )
    )
    return runs, patterns, trips, groups_n


@given(timetables())
def test_counts_are_those_of_plain_loops(made):
    runs, patterns, trips, groups_n = made
    group, service, pattern = (np.array(column, dtype=np.int64) for column in zip(*trips, strict=True))
    starts = np.r_[0, np.cumsum([len(stops) for stops in patterns])]
    stop = np.array([stop for stops in patterns for stop in stops], dtype=np.int32)
    service = service.astype(np.int32)
    counted = (
        trips_a_day(group, service, runs, groups_n),
        services_a_day(group, service, runs, groups_n),
        stops_a_day(group, service, pattern, starts, stop, runs, groups_n),
    )
    for number in range(groups_n):
        for day in range(runs.shape[1]):
            there = [trip for trip in trips if trip[0] == number and runs[trip[1], day]]
            expected = (
                len(there),
                len({trip[1] for trip in there}),
                len({stop for trip in there for stop in patterns[trip[2]]}),
            )
            assert tuple(int(table[number, day]) for table in counted) == expected


def test_rows_are_numbered_in_ascending_order():
    rows, number = unique_rows(np.array([[1, 0], [0, 5], [1, 0], [0, 2]]))
    assert rows.tolist() == [[0, 2], [0, 5], [1, 0]]
    assert number.tolist() == [2, 1, 2, 0]


def test_operators_of_one_name_are_one_and_each_feed_and_mode_counts_by_itself(survey, write):
    agency = "agency_id,agency_name,agency_url,agency_timezone\nx,Buses,http://e.org,Europe/London\n"
    routes = "route_id,route_short_name,route_type,agency_id\nr,1,0,x\n"
    found = survey(
        write(every_minutes(3)),
        write(every_minutes(2, stops=("B", "A")), name="tram", agency=agency, routes=routes),
    )
    monday = found.day_of(MONDAY)
    assert {(one.kind, one.name): int(one.trips[monday]) for one in found.series} == {
        ("all", "all services"): 5,
        ("mode", "bus"): 3,
        ("mode", "tram"): 2,
        ("feed", "bus"): 3,
        ("feed", "tram"): 2,
        ("operator", "Buses"): 5,
    }
    assert [int(one.stops[monday]) for one in found.series] == [4, 2, 2, 2, 2, 4]
    assert [int(one.services[monday]) for one in found.series] == [2, 1, 1, 1, 1, 2]


def table(path, name):
    """Rows of a table of a feed, as the file has them."""
    with zipfile.ZipFile(path) as archive:
        if f"{name}.txt" not in archive.namelist():
            return []
        text = archive.read(f"{name}.txt").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def days_of_services(path):
    """The dates of each service, from its weeks and exceptions."""
    days = defaultdict(set)
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    for row in table(path, "calendar"):
        first, last = (dt.date.fromisoformat(row[key]) for key in ("start_date", "end_date"))
        for number in range((last - first).days + 1):
            date = first + dt.timedelta(days=number)
            if row[names[date.weekday()]] == "1":
                days[row["service_id"]].add(date)
    for row in table(path, "calendar_dates"):
        date = dt.date.fromisoformat(row["date"])
        (days[row["service_id"]].add if row["exception_type"] == "1" else days[row["service_id"]].discard)(
            date
        )
    return days


def counted_by_hand(paths):
    """Trips, services and stops of each (feed, operator, route type, date)."""
    trips, services, stops = defaultdict(int), defaultdict(set), defaultdict(set)
    for path in paths:
        agencies = {row["agency_id"]: row["agency_name"] for row in table(path, "agency")}
        routes = {row["route_id"]: row for row in table(path, "routes")}
        calls = defaultdict(set)
        for row in table(path, "stop_times"):
            calls[row["trip_id"]].add(row["stop_id"])
        days = days_of_services(path)
        for trip in table(path, "trips"):
            route = routes[trip["route_id"]]
            for date in days[trip["service_id"]]:
                key = path.name.split(".")[0], agencies[route["agency_id"]], route["route_type"], date
                trips[key] += 1
                services[key].add(trip["service_id"])
                stops[key] |= calls[trip["trip_id"]]
    return trips, services, stops


REAL = {
    "isle-of-wight": (["iow-bus-gtfs.zip", "iow-rail-gtfs.zip"], {"3": "bus", "2": "rail"}),
    "rhein-neckar": (["rnv_gtfs.zip"], {"704": "bus", "900": "tram", "3": "bus", "0": "tram"}),
}


@pytest.mark.real
@pytest.mark.parametrize("place", REAL)
def test_real_feeds_are_counted_as_by_hand(place):
    files, modes = REAL[place]
    paths = [DATA / place / name for name in files]
    if not all(path.is_file() for path in paths):
        pytest.skip(f"no {DATA / place}")
    counts = count_days(feeds_of_timetables(read_timetables(paths)), MODES)
    trips, services, stops = counted_by_hand(paths)
    found = {}
    for group in range(counts.group_mode.size):
        name = (
            counts.feeds[counts.group_feed[group]],
            counts.operators[counts.group_operator[group]],
            counts.modes[counts.group_mode[group]],
        )
        for day in np.flatnonzero(counts.trips[group]).tolist():
            found[*name, dt.date.fromordinal(counts.first_day + day)] = tuple(
                int(table[group, day]) for table in (counts.trips, counts.services, counts.stops)
            )
    expected = {
        (feed, operator, modes[kind], date): (
            number,
            len(services[feed, operator, kind, date]),
            len(stops[feed, operator, kind, date]),
        )
        for (feed, operator, kind, date), number in trips.items()
    }
    assert found == expected


@pytest.mark.real
def test_the_known_days_have_their_known_trips():
    """As the notes beside the data say."""
    for place, date, known in (
        ("isle-of-wight", dt.date(2020, 6, 16), {"all services": 483, "bus": 416, "rail": 67}),
        ("rhein-neckar", dt.date(2016, 11, 3), {"all services": 7_484}),
    ):
        paths = [DATA / place / name for name in REAL[place][0]]
        if not all(path.is_file() for path in paths):
            pytest.skip(f"no {DATA / place}")
        counts = count_days(feeds_of_timetables(read_timetables(paths)), MODES)
        series = {one.name: one.trips for one in series_of(counts)}
        day = date.toordinal() - counts.first_day
        assert {name: int(series[name][day]) for name in known} == known
