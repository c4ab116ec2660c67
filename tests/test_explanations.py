"""Why a zone takes as long as it does, on a street whose journeys are found by hand."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest

import town
from ptreach.config import Origin, Preset, Town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.explanations import explain_zone, journey_notes
from ptreach.outputs.explanation import explanation_json, explanation_text

STOPS = {"A": (300, 0), "B": (6000, 0)}
HOME = (100.5, 0)
ZONES = {
    "far": (6100.5, 0),
    "near": (160.5, 0),
    "between": (3000.5, 0),  # too far to walk to from any stop
    "nowhere": (100.5, 9000),
}
LIMITS = {"walk_speed_kph": 3.6, "max_walk_min": 20, "max_time_min": 60}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """Buses from A to B at 08:10 and at 08:40, on board for ten minutes; one back at 08:20, for fifteen."""
    folder = tmp_path_factory.mktemp("explained")
    street = town.straight_street(folder / "street.osm", 9_000)
    trips = [
        ("one", "weekdays", [("A", "8:10:00"), ("B", "8:20:00")]),
        ("two", "weekdays", [("A", "8:40:00"), ("B", "8:50:00")]),
        ("back", "weekdays", [("B", "8:20:00"), ("A", "8:35:00")]),
    ]
    texts = {"stops": town.stops_text(**STOPS), **town.trips_texts(trips)}
    texts["stops"] = texts["stops"].replace("A,A,", "A,Alpha \x1b[31m Road,")
    feed = town.write_feed(folder / "bus.zip", **texts)
    return RaptorEngine(town.build(folder, street, feed))


def made_town(tmp_path, window=(8 * 3600, 8 * 3600 + 1800), **changes):
    """A town whose point is home."""
    lon, lat = town.lonlat(*HOME)
    preset = Preset(title="made up", window=window, **{**LIMITS, **changes})
    return Town(
        slug="home",
        path=tmp_path / "home.toml",
        name="Home",
        network="street",
        areas="made-up",
        date=town.TUESDAY,
        origin=Origin(lon=lon, lat=lat),
        districts=(),
        preset_name="made-up",
        preset=preset,
    )


def zone(name):
    """A frame of one zone."""
    lon, lat = town.lonlat(*ZONES[name])
    columns = {"zone_id": [name], "zone_name": [f"Zone {name}"], "lon": [lon], "lat": [lat]}
    return gpd.GeoDataFrame(columns)


def test_what_binds_is_what_most_time_goes_to_and_its_parts_add_up(engine, tmp_path):
    told = explain_zone(engine, made_town(tmp_path), zone("far"))
    # leaving 08:00 to 08:05 the bus of 08:10 is caught (200 s of walk, more than 60 s to stand there), then
    # that of 08:40; the last walk is 101 s
    times_s = np.array(
        [(8 * 3600 + (600 if m <= 5 else 2400) + 600 + 101) - (8 * 3600 + 60 * m) for m in range(30)]
    )
    ordered = np.sort(times_s)
    assert told.seconds == {p: int(ordered[-(-p * 30 // 100) - 1]) for p in (5, 25, 50, 75, 95)}
    assert (told.reached_n, told.minutes_n) == (30, 30)
    assert told.binding == "frequency"
    wait_s = times_s - 200 - 600 - 101
    assert told.because.startswith("Over the window's 30 journeys, ")
    mean = round(wait_s.mean())
    assert f"waits take {mean // 60}:{mean % 60:02}, rides 10:00 and walks 5:01." in told.because
    assert [journey.percentile for journey in told.journeys] == [5, 50, 95]
    for journey in told.journeys:
        assert journey.seconds == told.seconds[journey.percentile] == sum(x.seconds for x in journey.legs)
        minute = (journey.minute_s - 8 * 3600) // 60
        assert times_s[minute] == journey.seconds
        assert (times_s[:minute] != journey.seconds).all()  # of equals the first
    assert [(way.words, way.minutes_n) for way in told.ways] == [("bus 1", 30)]
    assert (told.ways[0].quickest_s, told.ways[0].slowest_s) == (ordered[0], ordered[-1])


def test_its_text_has_every_leg_and_nothing_that_a_terminal_obeys(engine, tmp_path):
    text = explanation_text(explain_zone(engine, made_town(tmp_path), zone("far")))
    assert text.splitlines()[0] == "Zone far (far), from Home: 30 to 45 min"
    assert "6.0 km in a straight line" in text
    assert "  08:10:00    10:00  bus 1 (" in text
    assert "walk to the zone's point" in text
    assert "\x1b" not in text
    assert "Alpha [31m Road" in text


def test_its_json_is_the_same_in_seconds(engine, tmp_path):
    told = explain_zone(engine, made_town(tmp_path), zone("far"))
    read = json.loads(explanation_json(told))
    assert read["seconds"] == {f"p{p}": value for p, value in told.seconds.items()}
    for journey in read["journeys"]:
        assert journey["walk_s"] + journey["wait_s"] + journey["ride_s"] == journey["seconds"]
        assert sum(leg["seconds"] for leg in journey["legs"]) == journey["seconds"]
    (ride,) = (leg for leg in read["journeys"][0]["legs"] if leg["kind"] == "ride")
    assert (ride["mode"], ride["route"], ride["starts"]) == ("bus", "1", "08:10:00")
    assert ride["trip_id"].endswith(":one")
    assert ride["start"]["stop_id"].endswith(":A")


def test_an_arriving_town_is_told_the_way_people_go(engine, tmp_path):
    town_to = made_town(tmp_path, (8 * 3600 + 2400, 8 * 3600 + 2460), direction="to")
    told = explain_zone(engine, town_to, zone("far"))
    (journey,) = {one.legs: one for one in told.journeys}.values()
    kinds = [(leg.kind, leg.start.name, leg.end.name) for leg in journey.legs]
    assert kinds[0] == ("walk", "the zone's point", "B")
    assert kinds[2][:2] == ("ride", "B")
    assert kinds[-1] == ("wait", "the town's point", "the town's point")
    assert explanation_text(told).startswith("Zone far (far), to Home: ")
    assert "Arriving by 08:40" in explanation_text(told)


def test_who_sets_out_before_the_day_begins_is_told_so(engine, tmp_path):
    told = explain_zone(engine, made_town(tmp_path, (0, 60), direction="to"), zone("near"))
    assert "\n  23:59:00 the day before     1:00  walk to the town's point" in explanation_text(told)


@pytest.mark.parametrize(
    ("name", "binding", "because"),
    [
        ("nowhere", "off network", "No street of the network is near enough"),
        ("between", "too far to walk", "No stop lies within a walk of 20 minutes."),
    ],
)
def test_a_zone_that_is_not_reached_says_why(engine, tmp_path, name, binding, because):
    told = explain_zone(engine, made_town(tmp_path), zone(name))
    assert (told.binding, told.band, told.journeys, told.ways) == (binding, binding, (), ())
    assert told.because.startswith(because)
    assert set(told.seconds.values()) == {None}
    assert "0 of 30 departures have a journey." in explanation_text(told)
    assert (told.street_m is None) == (name == "nowhere")
    json.loads(explanation_json(told))


def test_a_zone_that_few_minutes_reach_has_a_journey_and_no_median(engine, tmp_path):
    told = explain_zone(engine, made_town(tmp_path, (8 * 3600 + 1800, 8 * 3600 + 5400)), zone("far"))
    assert told.seconds[5] is not None
    assert told.seconds[50] is None
    assert told.binding == "beyond the limit"
    # until 08:35 the bus of 08:40 is caught
    assert told.because.startswith("Only 6 of 60 minutes have a journey under 60 minutes")
    assert [journey.percentile for journey in told.journeys] == [5]


def test_who_walks_all_the_way_is_bound_by_walking(engine, tmp_path):
    told = explain_zone(engine, made_town(tmp_path), zone("near"))
    assert told.binding == "walking"
    assert [way.words for way in told.ways] == ["on foot"]


def test_notes_are_the_first_journeys_of_so_many_seconds(engine, tmp_path):
    frame = gpd.pd.concat([zone("far"), zone("near"), zone("nowhere")], ignore_index=True)
    notes = journey_notes(engine, made_town(tmp_path), frame, [10 * 60 + 200 + 101 + 100, 60, -1])
    assert notes[0] == ("leaving 08:05: walk 3:20, wait 1:40, bus 1 Alpha [31m Road to B 10:00, walk 1:41")
    assert notes[1] == "leaving 08:00: walk 1:00"
    assert notes[2] == ""
