"""Stops and routes about a town: what leaves in the window follows by hand."""

import numpy as np
import pytest
from shapely.geometry import LineString, Point

import town as made
from ptreach.config import load_town
from ptreach.matrix.zones import to_grid
from ptreach.network.build import open_network
from ptreach.services import calls_in_window, routes_about, stops_about, with_courses
from ptreach.sources.repairs import Ledger

TOWN = """
name = "Somewhere"
network = "some"
areas = "zones"
date = {date}
window = "{window}"
percentiles = [5, 50]
cutoffs_min = [15, 30]
[origin]
lon = -2.0
lat = 51.0
"""
ROUTES = """route_id,route_short_name,route_type,agency_id
r2,2,3,a
r10,10,3,a
tram,T,0,b
far,F,3,a
"""
AGENCY = """agency_id,agency_name,agency_url,agency_timezone
a,Buses,http://example.org,Europe/London
b,Trams,http://example.org,Europe/London
"""
TRIPS = """trip_id,route_id,service_id,shape_id
one,r2,weekdays,
two,r2,weekdays,bend
late,r2,weekdays,
ten,r10,weekdays,far-off
tram,tram,weekdays,gone
night,r10,weekdays,
far,far,weekdays,
"""
TIMES = """trip_id,stop_id,stop_sequence,arrival_time,departure_time
one,A,1,8:00:00,8:00:00
one,B,2,8:05:00,8:05:00
one,C,3,8:09:00,8:09:00
two,A,1,8:29:59,8:29:59
two,B,2,8:35:00,8:35:00
two,C,3,8:39:00,8:39:00
late,A,1,8:30:00,8:30:00
late,B,2,8:35:00,8:35:00
late,C,3,8:39:00,8:39:00
ten,C,1,7:50:00,7:50:00
ten,B,2,8:10:00,8:10:00
ten,A,3,8:20:00,8:20:00
tram,B,1,8:00:00,8:00:00
tram,C,2,8:01:00,8:01:00
night,A,1,24:10:00,24:10:00
night,C,2,24:20:00,24:20:00
far,D,1,8:10:00,8:10:00
far,E,2,8:20:00,8:20:00
"""
SHAPES = """shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence
{bend}
{off}
"""
PLACES = {"A": (0, 0), "B": (1_000, 0), "C": (2_000, 0), "D": (2_500, 0), "E": (2_600, 0)}


def points_of(shape, *places):
    rows = []
    for number, place in enumerate(places):
        lon, lat = made.lonlat(*place)
        rows.append(f"{shape},{lat:.7f},{lon:.7f},{number * 10}")
    return "\n".join(rows[::-1])  # the order of the file is no order


@pytest.fixture
def feed(tmp_path):
    shapes = SHAPES.format(
        bend=points_of("bend", (0, 0), (500, 200), (1_000, 0), (2_000, 0)),
        off=points_of("far-off", (2_000, 0), (1_000, 900), (0, 0)),
    )
    return made.write_feed(
        tmp_path / "bus.zip", agency=AGENCY, routes=ROUTES, stops=made.stops_text(**PLACES), trips=TRIPS,
        stop_times=TIMES, shapes=shapes,
    )  # fmt: skip


@pytest.fixture
def network(tmp_path, feed):
    return open_network(made.build(tmp_path, made.straight_street(tmp_path / "street.osm", 2_700), feed))


@pytest.fixture
def town(tmp_path):
    def load(window="08:00-08:30", date="2026-10-13"):
        path = tmp_path / "somewhere.toml"
        path.write_text(TOWN.format(window=window, date=date), encoding="utf-8")
        return load_town(path)

    return load


MINUTES = np.array([[0.0, 1.0], [9.0, 15.0], [20.0, 29.99], [25.0, 30.0], [np.nan, np.nan]])


@pytest.fixture
def about(network, town):
    def run(window="08:00-08:30", date="2026-10-13"):
        asked = town(window, date)
        names, calls = network.names(), calls_in_window(network, asked)
        stops = stops_about(network, names, asked, calls, MINUTES)
        return stops, routes_about(network, names, calls, stops["stop"].to_numpy())

    return run


def metres(*places):
    lon, lat = zip(*(made.lonlat(*place) for place in places), strict=True)
    return to_grid(np.array(lon), np.array(lat))


def test_stops_within_the_last_cutoff_have_the_departures_of_the_window(about):
    stops, _ = about()
    assert stops["stop_id"].tolist() == ["bus:A", "bus:B", "bus:C"]  # D is at the cutoff
    # A: 8:00:00 and 8:29:59, not 8:30; route 10 ends there. B: 8:05, ten at 8:10, the tram. C: all end there,
    # ten left before the window.
    assert stops["departures"].tolist() == [2, 3, 0]
    assert stops["routes"].tolist() == ["2", "2; 10; T", ""]
    assert stops["modes"].tolist() == ["bus", "bus; tram", ""]
    assert stops["minutes_p5"].tolist() == [0, 9, 20]
    assert stops["minutes_p50"].tolist() == [1, 15, 29.99]
    assert stops.geometry[1].distance(Point(*metres((1_000, 0))[0])) < 0.05


def test_routes_that_leave_in_the_window_and_call_at_such_a_stop(about):
    _, routes = about()
    assert routes[["route", "mode", "agency", "trips", "stop_ids"]].to_numpy().tolist() == [
        ["10", "bus", "Buses", 1, "bus:C; bus:B; bus:A"],
        ["2", "bus", "Buses", 2, "bus:A; bus:B; bus:C"],
        ["T", "tram", "Trams", 1, "bus:B; bus:C"],
    ]
    assert routes[["first_stop", "last_stop", "stops_n", "line"]].iloc[1].tolist() == [
        "A",
        "C",
        3,
        "stop to stop",
    ]
    assert np.array(routes.geometry[2].coords) == pytest.approx(metres((1_000, 0), (2_000, 0)), abs=0.05)


def test_trips_of_the_evening_before_count_past_midnight(about):
    stops, routes = about("00:00-00:30")
    assert stops["departures"].tolist() == [1, 0, 0]
    assert routes["stop_ids"].tolist() == ["bus:A; bus:C"]
    assert about("24:00-24:30")[0]["departures"].tolist() == [1, 0, 0]


def test_where_nothing_leaves_there_are_stops_and_no_routes(about):
    stops, routes = about("03:00-03:30")
    assert stops["departures"].tolist() == [0, 0, 0]
    assert len(routes) == 0
    assert routes.crs.to_epsg() == 27700


def test_courses_of_the_feed_are_followed_where_they_pass_the_stops(network, about, feed):
    _, routes = about()
    ledger = Ledger()
    drawn = with_courses(routes, network.names(), [ledger.of("bus", feed)])
    assert drawn["line"].tolist() == ["stop to stop", "shapes.txt", "stop to stop"]
    bend = LineString(metres((0, 0), (500, 200), (1_000, 0), (2_000, 0)))
    assert drawn.geometry[1].hausdorff_distance(bend) < 0.05
    assert drawn.geometry[0].equals(routes.geometry[0])
    assert [(one.rule, one.count, one.example) for one in ledger.repairs] == [
        ("trips-of-unknown-shapes", 1, "bus.zip, trips.txt: trip_id tram, shape_id gone"),
        ("shapes-off-their-stops", 1, "bus.zip, trips.txt: trip_id ten"),
    ]


def test_a_course_that_leaves_stops_aside_is_taken_where_the_rule_is_off(network, about, feed):
    _, routes = about()
    drawn = with_courses(routes, network.names(), [Ledger(["shapes-off-their-stops"]).of("bus", feed)])
    assert drawn["line"].tolist() == ["shapes.txt", "shapes.txt", "stop to stop"]


def test_without_routes_there_is_nothing_to_follow(network, about, feed):
    _, routes = about("03:00-03:30")
    assert len(with_courses(routes, network.names(), [Ledger().of("bus", feed)])) == 0
