"""What is wrong with feeds, whatever the date."""

import pytest

from ptreach.model import Severity
from town import lonlat, trips_texts, write_feed
from weeks import LAST, MONDAY, USUAL, dates_text, day, every_minutes, finding, rules, week_rows

TUESDAY = day(4, 1)
BERLIN = "agency_id,agency_name,agency_url,agency_timezone\na,Buses,http://e.org,Europe/Berlin\n"
LINE = {name: (100.0 * number, 0.0) for number, name in enumerate("ABDEFGHI")}
"""Eight stops, so that one stray is no quarter of them."""
RAIL = "route_id,route_short_name,route_type,agency_id\nr,1,2,a\n"


def test_stations_without_trains_are_a_mode_missing(verdict, write):
    found = finding(verdict(TUESDAY, write(every_minutes(5)), stations={"rail": 3}), "mode-missing")
    assert found.what == "3 railway stations in the streets' file, no rail service in the feeds"
    assert "ptreach cif" in found.remedy
    assert (found.severity, found.count) == (Severity.WARNING, 3)


def test_a_british_bus_feed_alone_is_warned_of_rail_even_without_streets(verdict, write):
    bus = write(every_minutes(5))
    for stations in (None, {}):
        assert "British bus feeds" in finding(verdict(TUESDAY, bus, stations=stations), "mode-missing").what
    assert "mode-missing" not in rules(verdict(TUESDAY, write(every_minutes(5), agency=BERLIN)))
    assert "mode-missing" not in rules(verdict(TUESDAY, write(every_minutes(5), routes=RAIL)))


@pytest.mark.parametrize(
    ("kind", "stations", "missing"),
    [
        (1, {"tram": 4}, False),  # a light railway: tram to one, metro to another
        (0, {"metro": 1}, False),
        (2, {"tram": 1, "ferry": 1}, True),
        (3, {"ferry": 1}, True),
    ],
)
def test_a_mode_may_go_by_another_name(verdict, write, kind, stations, missing):
    routes = f"route_id,route_short_name,route_type,agency_id\nr,1,{kind},a\n"
    found = verdict(TUESDAY, write(every_minutes(5), routes=routes, agency=BERLIN), stations=stations)
    assert ("mode-missing" in rules(found)) is missing


def test_a_misplaced_stop_is_named_and_so_are_the_trips_that_fly_there(verdict, write):
    stops = {**LINE, "C": (0.0, 500_000.0)}
    trips = [*every_minutes(5, stops=tuple(LINE)), *every_minutes(2, name="far", stops=("A", "C"))]
    found = verdict(TUESDAY, write(trips, stops=stops))
    stop = finding(found, "stops-far")
    assert stop.what == "1 stop lies far from all others, 'C' 500 km from the middle of the feeds"
    assert (stop.example.feed, stop.example.file, stop.example.id) == ("bus", "stops.txt", "C")
    trip = finding(found, "trips-too-fast")
    assert trip.what == "trips faster from stop to stop than their vehicles can be: 2, kept as it is"
    assert trip.example.file == "stop_times.txt"
    assert trip.example.id.startswith("trip far0")


def test_exchanged_degrees_are_named_with_their_remedy(verdict, tmp_path):
    lon, lat = lonlat(500, 0)
    rows = [(name, *reversed(lonlat(*place))) for name, place in LINE.items()] + [("C", lon, lat)]
    text = "".join(f"{','.join(map(str, row))}\n" for row in (("stop_id", "stop_lat", "stop_lon"), *rows))
    path = tmp_path / "bus.zip"
    tables = trips_texts(
        [*every_minutes(5, stops=tuple(LINE)), *every_minutes(1, name="c", stops=("A", "C"))]
    )
    write_feed(path, stops=text, calendar=USUAL, **tables)
    found = finding(verdict(TUESDAY, path), "stops-swapped")
    assert (found.severity, found.count) == (Severity.WARNING, 1)
    assert found.what.startswith("stops whose longitude and latitude are swapped: 1, swapped back")
    assert (found.example.feed, found.example.file) == ("bus", "stops.txt")
    assert "C" in found.example.id


def test_what_the_reader_left_out_is_told(verdict, write):
    back = [("back", "weekdays", [("A", "8:10:00"), ("B", "8:00:00")])]
    stops = {"A": (0.0, 0.0), "B": (1000.0, 0.0)}
    found = verdict(TUESDAY, write([*every_minutes(99), *back], stops=stops))
    told = finding(found, "trips-back-in-time")
    assert told.severity is Severity.WARNING  # 1 of 99 is over 1 %
    assert told.example.file == "stop_times.txt"
    assert "trip back" in told.example.id
    rows = {one.table: (one.read, one.kept) for one in found.cleaned}
    assert rows["trips.txt"] == (100, 99)
    assert rows["stops.txt"] == (2, 2)
    assert [(one.rule, one.count) for one in found.repairs] == [("trips-back-in-time", 1)]
    few = verdict(TUESDAY, write([*every_minutes(100), *back], stops=stops))
    assert finding(few, "trips-back-in-time").severity is Severity.NOTE


def test_trips_of_frequencies_are_one_row_of_the_file(verdict, write):
    table = "trip_id,start_time,end_time,headway_secs\nt0,8:00:00,9:00:00,600\n"
    found = verdict(TUESDAY, write(every_minutes(1), frequencies=table))
    assert found.comparisons[0].trips == 6
    assert {one.table: one.kept for one in found.cleaned}["trips.txt"] == 1


def test_trips_that_two_feeds_have_are_a_warning(verdict, write):
    found = verdict(TUESDAY, write(every_minutes(5), name="one"), write(every_minutes(2), name="two"))
    warning = finding(found, "trips-in-two-feeds")
    assert (warning.severity, warning.count) == (Severity.WARNING, 2)
    assert (warning.example.feed, warning.remedy) == ("two", "take one feed of each service")
    assert found.comparisons[0].trips == 5  # they run once


def test_services_that_never_run(verdict, write):
    calendar = USUAL + week_rows(("never", "0000000", MONDAY, LAST)).split("\n", 1)[1]
    found = verdict(
        TUESDAY, write([*every_minutes(5), *every_minutes(3, "never", name="n")], calendar=calendar)
    )
    note = finding(found, "services-never-run")
    assert (note.severity, note.count) == (Severity.NOTE, 1)
    assert note.what == "1 service never runs, with 3 trips"


def test_a_service_for_each_trip_is_odd_and_no_more(verdict, write):
    trips = [trip for number in range(100) for trip in every_minutes(1, f"s{number}", name=f"n{number}-")]
    dates = dates_text(*((f"s{number}", day(number % 13, 1), 1) for number in range(100)))
    found = verdict(TUESDAY, write(trips, calendar="", calendar_dates=dates))
    for rule in ("services-of-one-trip", "calendars-of-dates-only"):
        note = finding(found, rule)
        assert (note.severity, note.count) == (Severity.NOTE, 100)
        assert "kept as it is" in note.what
