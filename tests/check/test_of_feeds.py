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
    assert trip.what == (
        "2 trips go faster than their mode can: one covers 500.0 km from 'A' to 'C' in 300 s"
    )
    assert (trip.example.file, trip.example.id) == ("stop_times.txt", "far0")


def test_exchanged_degrees_are_named_with_their_remedy(verdict, tmp_path):
    lon, lat = lonlat(500, 0)
    rows = [(name, *reversed(lonlat(*place))) for name, place in LINE.items()] + [("C", lon, lat)]
    text = "".join(f"{','.join(map(str, row))}\n" for row in (("stop_id", "stop_lat", "stop_lon"), *rows))
    path = tmp_path / "bus.zip"
    tables = trips_texts(
        [*every_minutes(5, stops=tuple(LINE)), *every_minutes(1, name="c", stops=("A", "C"))]
    )
    write_feed(path, stops=text, calendar=USUAL, **tables)
    found = finding(verdict(TUESDAY, path), "stops-far")
    assert "1 would be near with stop_lat and stop_lon exchanged" in found.what
    assert found.remedy == "exchange stop_lat and stop_lon in stops.txt"


def test_what_the_reader_left_out_is_told(verdict, write):
    back = [("back", "weekdays", [("A", "8:10:00"), ("B", "8:00:00")])]
    stops = {"A": (0.0, 0.0), "B": (1000.0, 0.0)}
    found = verdict(TUESDAY, write([*every_minutes(99), *back], stops=stops))
    assert finding(found, "trips-back-in-time").severity is Severity.WARNING  # 1 of 99 is over 1 %
    assert [(one.table, one.read, one.left_out, one.kept) for one in found.cleaned] == [
        ("stops", 2, 0, 2),
        ("routes", 1, 0, 1),
        ("trips", 100, 1, 99),
    ]
    assert found.repairs == (("trips that go back in time", 1),)


def test_trips_of_frequencies_are_one_row_of_the_file(verdict, write):
    table = "trip_id,start_time,end_time,headway_secs\nt0,8:00:00,9:00:00,600\n"
    found = verdict(TUESDAY, write(every_minutes(1), frequencies=table))
    assert found.comparisons[0].trips == 6
    assert [one.kept for one in found.cleaned] == [2, 1, 1]


def test_doubles_across_feeds_are_a_warning_on_the_date_and_a_note_on_others(verdict, write):
    one = write(every_minutes(5), name="one")
    two = write(
        every_minutes(2, "fridays"), name="two", calendar=week_rows(("fridays", "0000100", MONDAY, LAST))
    )
    note = finding(verdict(TUESDAY, one, two), "doubles-across-feeds")
    assert (note.severity, note.count) == (Severity.NOTE, 2)
    warning = finding(verdict(day(4, 4), one, two), "doubles-across-feeds")
    assert (warning.severity, warning.count) == (Severity.WARNING, 2)
    assert (warning.example.feed, warning.example.id) == ("two", "t0")
    assert warning.what.endswith("2 of them on 2026-10-09; the first is one:t0")


def test_services_that_never_run(verdict, write):
    calendar = USUAL + week_rows(("never", "0000000", MONDAY, LAST)).split("\n", 1)[1]
    found = verdict(
        TUESDAY, write([*every_minutes(5), *every_minutes(3, "never", name="n")], calendar=calendar)
    )
    note = finding(found, "services-never-run")
    assert (note.severity, note.count) == (Severity.NOTE, 1)
    assert note.what == "1 service never runs, with 3 trips"


def test_a_service_for_each_trip_and_a_calendar_of_single_days(verdict, write):
    trips = [trip for number in range(100) for trip in every_minutes(1, f"s{number}", name=f"n{number}-")]
    dates = dates_text(*((f"s{number}", day(number % 13, 1), 1) for number in range(100)))
    found = verdict(TUESDAY, write(trips, calendar="", calendar_dates=dates))
    assert finding(found, "one-service-a-trip").count == 100
    assert finding(found, "one-day-services").what == (
        "100 of 100 services run on one day only: the calendar is a list of dates"
    )
