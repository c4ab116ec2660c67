import numpy as np
import pytest

from ptreach.sources.demo.gtfs import clock
from ptreach.sources.demo.plan import make_plan
from ptreach.sources.demo.streets import make_streets
from ptreach.sources.demo.timetable import make_trips
from ptreach.sources.demo.transit import make_buses, make_rail, make_tram


@pytest.fixture(scope="module")
def streets():
    return make_streets(make_plan())


@pytest.fixture(scope="module")
def buses(streets):
    return make_buses(streets)


@pytest.fixture(scope="module")
def trips(buses):
    return make_trips(buses.patterns, "bus")


def leaving(transit, trips, number, service):
    chosen = [trip for trip in trips if transit.patterns[trip.pattern].line.number == number]
    return sorted(
        int(trip.call_s[0])
        for trip in chosen
        if trip.service == service and transit.patterns[trip.pattern].direction == 0
    )


def kph(pattern, trip):
    return (pattern.at_m[-1] - pattern.at_m[0]) / (trip.call_s[-1] - trip.call_s[0]) * 3.6


def test_stops_are_250_to_400_m_apart(buses):
    gaps = np.concatenate([np.diff(pattern.at_m) for pattern in buses.patterns])
    assert gaps.min() > 120
    assert gaps.max() < 500
    assert 250 < np.median(gaps) < 400
    assert np.mean((gaps >= 250) & (gaps <= 400)) > 0.9


def test_stops_of_the_two_directions_face_each_other_across_the_street(buses):
    by_id = {stop.stop_id: stop for stop in buses.stops}
    for stop_id, stop in by_id.items():
        other = by_id[stop_id[:-1] + ("b" if stop_id.endswith("a") else "a")]
        assert 8 < np.hypot(stop.x - other.x, stop.y - other.y) < 14
    for out, back in zip(buses.patterns[::2], buses.patterns[1::2], strict=True):
        assert [buses.stops[n].stop_id[:-1] for n in out.stops] == [
            buses.stops[n].stop_id[:-1] for n in reversed(back.stops)
        ]


def test_vehicles_keep_left(buses):
    for pattern in buses.patterns:
        along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(pattern.path, axis=0).T))]
        for number, s in zip(pattern.stops, pattern.at_m, strict=True):
            piece = int(np.clip(np.searchsorted(along, s, side="right") - 1, 0, len(along) - 2))
            ahead = pattern.path[piece + 1] - pattern.path[piece]
            stop = np.array([buses.stops[number].x, buses.stops[number].y]) - pattern.path[piece]
            assert ahead[0] * stop[1] - ahead[1] * stop[0] > 0


def test_routes_share_the_stops_of_the_high_street(buses):
    calls: dict[int, set[str]] = {}
    for pattern in buses.patterns:
        for stop in pattern.stops:
            calls.setdefault(stop, set()).add(pattern.line.number)
    busiest = max(calls, key=lambda stop: len(calls[stop]))
    assert buses.stops[busiest].name in {"High Street", "Bridge Street"}
    assert len(calls[busiest]) >= 8


def test_times_rise_and_buses_go_at_believable_speed(buses, trips):
    for trip in trips:
        assert (np.diff(trip.call_s) > 0).all()
    town = [trip for trip in trips if int(buses.patterns[trip.pattern].line.number) < 20]
    speeds = np.array([kph(buses.patterns[trip.pattern], trip) for trip in town])
    assert speeds.min() > 14
    assert speeds.max() < 23
    assert 14 < np.median(speeds) < 22


def test_no_bus_overtakes_another_of_its_pattern(buses, trips):
    for number in range(len(buses.patterns)):
        for service in ("weekday", "saturday", "sunday"):
            runs = [trip.call_s for trip in trips if trip.pattern == number and trip.service == service]
            if len(runs) > 1:
                assert (np.diff(np.array(runs), axis=0) > 0).all()


def test_frequent_routes_run_every_eight_minutes_at_peak_and_past_midnight(buses, trips):
    leaves = leaving(buses, trips, "1", "weekday")
    peak = [s for s in leaves if 7 * 3600 <= s < 9 * 3600]
    assert set(np.diff(peak)) == {480}
    assert max(int(trip.call_s[-1]) for trip in trips) > 24 * 3600


def test_estates_have_a_bus_every_half_hour_and_none_in_the_evening(buses, trips):
    for number in ("6", "7", "8", "10", "12"):
        leaves = leaving(buses, trips, number, "weekday")
        assert set(np.diff(leaves)) == {1800}
        assert leaves[-1] < 19.5 * 3600


def test_villages_have_no_sunday_bus(buses, trips):
    for number in ("20", "21", "22", "23", "24", "25"):
        assert leaving(buses, trips, number, "sunday") == []
        assert len(leaving(buses, trips, number, "weekday")) >= 7


def test_tram_is_faster_than_the_bus_and_trains_run_twice_an_hour(streets, buses, trips):
    tram = make_tram(streets)
    tram_kph = np.mean([kph(tram.patterns[trip.pattern], trip) for trip in make_trips(tram.patterns, "tram")])
    assert 18 < tram_kph < 28
    rail = make_rail(make_plan())
    runs = make_trips(rail.patterns, "rail")
    leaves = leaving(rail, runs, "R", "weekday")
    assert set(np.diff(leaves)) == {1800}
    assert all((np.diff(trip.call_s) > 0).all() for trip in runs)
    assert 40 < np.mean([kph(rail.patterns[trip.pattern], trip) for trip in runs]) < 80


def test_clock_passes_24_hours():
    assert clock(0) == "00:00:00"
    assert clock(86_400 + 3_725) == "25:02:05"
