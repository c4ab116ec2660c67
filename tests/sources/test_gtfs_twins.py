"""Trips that two feeds list: left out of the later one where it adds nothing."""

from __future__ import annotations

import town
from ptreach.sources.gtfs import read_timetables

CALLS = [("A", "8:00:00"), ("B", "8:10:00")]
HEADER = town.CALENDAR.splitlines()[0]


def feed(folder, name, trips, stops=None, codes=None, **texts):
    places = stops or {"A": (0, 0), "B": (3_000, 0), "C": (6_000, 0)}
    text = town.stops_text(**places)
    if codes:
        header, *rows = text.splitlines()
        text = "\n".join([f"{header},stop_code", *(f"{row},{codes[row[0]]}" for row in rows), ""])
    return town.write_feed(folder / f"{name}.zip", stops=text, **{**town.trips_texts(trips), **texts})


def kept(paths, off=()):
    """Trips kept, and what was found in which feed, with an example."""
    t = read_timetables(paths, off=frozenset(off))
    return list(t.trip_ids), {
        (item.feed, item.rule): (item.count, item.example) for item in t.repairs + t.oddities
    }


def test_a_trip_of_two_feeds_is_left_out_of_the_later(tmp_path):
    region = feed(
        tmp_path,
        "region",
        [("t", "weekdays", CALLS), ("u", "weekdays", [("A", "9:00:00"), ("B", "9:10:00")])],
    )
    own = feed(
        tmp_path, "own", [("x", "weekdays", CALLS), ("y", "weekdays", [("A", "8:00:00"), ("C", "8:10:00")])]
    )
    assert kept([region, own]) == (
        ["region:t", "region:u", "own:y"],
        {("own", "trips-in-two-feeds"): (1, "own.zip, trips.txt: trip x is t of region.zip")},
    )
    assert kept([own, region])[0] == ["own:x", "own:y", "region:u"]
    assert kept([region, own], off={"trips-in-two-feeds"}) == (["region:t", "region:u", "own:x", "own:y"], {})


def test_stops_are_one_by_id_by_code_or_by_place(tmp_path):
    region = feed(tmp_path, "region", [("t", "weekdays", CALLS)], codes={"A": "a", "B": "b", "C": ""})
    moved = {"A": (500, 0), "B": (3_500, 0), "C": (9_000, 0)}
    trips = [("x", "weekdays", CALLS)]
    assert kept(
        [
            region,
            feed(tmp_path, "id", [*trips, ("y", "weekdays", [("A", "8:00:00"), ("C", "8:09:00")])], moved),
        ]
    )[0] == [
        "region:t",
        "id:y",
    ]
    letters = {"A": "P", "B": "Q"}
    other = [(name, days, [(letters[stop], time) for stop, time in calls]) for name, days, calls in trips]
    more = ("y", "weekdays", [("P", "7:00:00"), ("Q", "7:09:00")])

    def names(places, codes):
        return kept([region, feed(tmp_path, "other", [*other, more], places, codes)])[0]

    far = {"P": (500, 0), "Q": (3_500, 0)}
    assert names(far, {"P": "a", "Q": "b"}) == ["region:t", "other:y"]
    assert names(far, {"P": "a", "Q": "c"}) == ["region:t", "other:x", "other:y"]
    assert names(far, {"P": "", "Q": ""}) == ["region:t", "other:x", "other:y"]
    assert names({"P": (0, 29), "Q": (3_000, -29)}, None) == ["region:t", "other:y"]
    assert names({"P": (0, 29), "Q": (3_000, -32)}, None) == ["region:t", "other:x", "other:y"]


def test_a_trip_that_adds_days_is_kept_and_told(tmp_path):
    short = f"{HEADER}\nweekdays,1,1,1,1,1,0,0,20261005,20261009\n"
    long = f"{HEADER}\nweekdays,1,1,1,1,1,0,0,20261001,20261031\n"
    apart = f"{HEADER}\nweekdays,1,1,1,1,1,0,0,20261102,20261106\n"
    paths = {
        name: feed(
            tmp_path,
            name,
            [("t", "weekdays", CALLS), (name, "weekdays", [("A", "7:00:00"), ("B", f"7:{at}:00")])],
            calendar=days,
        )
        for name, days, at in (("short", short, 20), ("long", long, 21), ("apart", apart, 22))
    }
    trips, found = kept([paths["long"], paths["short"]])
    assert trips == ["long:long", "long:t", "short:short"]
    assert list(found) == [("short", "trips-in-two-feeds")]
    trips, found = kept([paths["short"], paths["long"]])
    assert trips == ["short:short", "short:t", "long:long", "long:t"]
    assert found == {
        ("long", "trips-in-two-feeds-partly"): (1, "long.zip, trips.txt: trip t is t of short.zip")
    }
    assert kept([paths["long"], paths["apart"]])[1] == {}


def test_odd_calendars_are_told(tmp_path):
    trips = [
        (f"t{k:02d}", f"s{k:02d}", [("A", town.clock(25_000 + 60 * k)), ("B", town.clock(26_000 + 60 * k))])
        for k in range(60)
    ]
    dates = "service_id,date,exception_type\n" + "".join(f"s{k:02d},20261013,1\n" for k in range(60))
    trips_found, found = kept([feed(tmp_path, "odd", trips, calendar="", calendar_dates=dates)])
    assert len(trips_found) == 60
    assert found == {
        ("odd", "services-of-one-trip"): (60, "odd.zip, trips.txt: service_id s00"),
        ("odd", "calendars-of-dates-only"): (60, "odd.zip, calendar_dates.txt: service_id s00"),
    }
