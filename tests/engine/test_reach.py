"""What a run can reach at all: nothing that a journey uses is left out, and much else is."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

import town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.engine.raptor.reach import kept_reach, reach_of_town, stops_within_reach
from ptreach.model import UNREACHED, Points, Query, no_progress
from ptreach.network.build import Cleaning, build_network, open_network
from ptreach.network.rules import OURS
from ptreach.sources.gtfs import Scope, read_timetables
from r5_answers import PLACES, REFERENCE, read_points, window

HOME = town.lonlat(50, 0)


def within_reach(folder, *trips, blocks="", **query):
    """Names of the stops that are within reach of a home at 50 m, of stops A to E along 20 km."""
    stops = {"A": (100, 0), "B": (5_000, 0), "C": (6_150, 0), "D": (12_000, 0), "E": (20_000, 0)}
    texts = town.trips_texts(trips)
    if blocks:
        rows = texts["trips"].splitlines()
        texts["trips"] = "\n".join([f"{rows[0]},block_id", *(f"{row},{blocks}" for row in rows[1:])])
    feed = town.write_feed(folder / "bus.zip", stops=town.stops_text(**stops), **texts)
    timetables = read_timetables([feed])
    reached = stops_within_reach(timetables, *HOME, town.query("08:00-08:10", **query), OURS)
    return "".join(
        stop.removeprefix("bus:") for stop, yes in zip(timetables.stop_ids, reached, strict=True) if yes
    )


BUS = ("one", "weekdays", [("A", "8:12:00"), ("B", "8:20:00")])


def test_stops_are_reached_by_vehicle_and_those_near_them_are_not_unless_ridden_to(tmp_path):
    # C is 1,150 m from B, within the 20 min at a metre a second; a train goes on from there
    train = ("two", "weekdays", [("C", "8:45:00"), ("D", "8:55:00")])
    assert within_reach(tmp_path, BUS) == "AB"
    assert within_reach(tmp_path, BUS, train) == "ABD"
    assert within_reach(tmp_path, BUS, train, max_rides=1) == "AB"
    assert within_reach(tmp_path, BUS, train, max_walk_min=15) == "AB"
    assert within_reach(tmp_path, BUS, train, max_time_min=30) == "AB"


def test_a_train_that_no_walk_catches_is_out_of_reach(tmp_path):
    train = ("two", "weekdays", [("C", "8:36:00"), ("D", "8:55:00")])
    assert within_reach(tmp_path, BUS, train) == "AB"


def test_who_stays_seated_needs_no_slack_and_no_further_ride(tmp_path):
    onward = ("two", "weekdays", [("B", "8:20:00"), ("E", "8:50:00")])
    assert within_reach(tmp_path, BUS, onward) == "AB"
    assert within_reach(tmp_path, BUS, onward, blocks="bus", max_rides=1) == "ABE"


def test_arriving_by_is_the_other_way_round(tmp_path):
    home = ("one", "weekdays", [("B", "7:40:00"), ("A", "7:58:00")])
    before = ("two", "weekdays", [("D", "7:00:00"), ("B", "7:30:00")])
    assert within_reach(tmp_path, home, before, direction="to") == "ABD"
    assert within_reach(tmp_path, home, before, direction="to", max_time_min=60) == "AB"
    assert within_reach(tmp_path, home, before) == "A"


def same_answers(osm, feeds, here, places, query, folder):
    """Compare answers on all streets and on those within reach; return the shares of vertices and reached."""
    cover = reach_of_town(read_timetables(feeds), *here, query, OURS)
    point = Points.of(["here"], [here[0]], [here[1]])
    ends = (point, places) if query.direction == "from" else (places, point)
    seconds, vertices = [], []
    for kept in (None, cover):
        network = build_network(osm, feeds, folder, no_progress, cleaning=Cleaning(Scope(kept)))
        seconds.append(town.seconds(RaptorEngine(network).travel_times(*ends, query)))
        vertices.append(open_network(network).street_vertices_n)
    assert (seconds[0] == seconds[1]).all()
    return vertices[1] / vertices[0], (seconds[0] < UNREACHED).mean()


def test_a_reach_is_kept_until_anything_changes(sources, tmp_path, monkeypatch):
    feeds = sorted(sources.glob("*.zip"))
    query = Query(dt.date(2026, 10, 13), 7 * 3600, 7 * 3600 + 600, (50,), max_time_min=20)
    point = float(read_timetables(feeds).stop_lon[5]), float(read_timetables(feeds).stop_lat[5])
    first = kept_reach(feeds, *point, query, tmp_path)
    assert first.digest == reach_of_town(read_timetables(feeds), *point, query, OURS).digest
    monkeypatch.setattr("ptreach.engine.raptor.reach.reach_of_town", lambda *_: 1 / 0)
    assert kept_reach(feeds, *point, query, tmp_path).digest == first.digest
    others = [dataclasses.replace(query, max_time_min=21), dataclasses.replace(query, direction="to")]
    for other in others:
        with pytest.raises(ZeroDivisionError):
            kept_reach(feeds, *point, other, tmp_path)
    with pytest.raises(ZeroDivisionError):
        kept_reach(feeds[:1], *point, query, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_reach_that_is_damaged_is_found_again_and_said_so(sources, tmp_path, caplog):
    feeds = sorted(sources.glob("*.zip"))
    query = Query(dt.date(2026, 10, 13), 7 * 3600, 7 * 3600 + 60, (50,), max_time_min=5)
    point = float(read_timetables(feeds).stop_lon[5]), float(read_timetables(feeds).stop_lat[5])
    first = kept_reach(feeds, *point, query, tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    at = whole.rindex(b"PK\x01\x02")  # the entry of an array in the list at the end
    odd = bytearray(whole)
    odd[at + 10] = 99  # packed by a method that nobody has
    version = bytearray(whole)
    version[at + 6] = 240
    for content in (b"", b"garbage" * 9, whole[: len(whole) // 2], whole[:-1], bytes(odd), bytes(version)):
        path.write_bytes(content)
        caplog.clear()
        assert kept_reach(feeds, *point, query, tmp_path).digest == first.digest
        assert f"{path}: not readable (" in caplog.text
        assert "found again" in caplog.text
        assert path.read_bytes() == whole


@pytest.mark.parametrize("direction", ["from", "to"])
def test_on_the_made_up_town_nothing_is_lost(sources, zones, direction, tmp_path):
    query = Query(
        dt.date(2026, 10, 13), 7 * 3600, 8 * 3600, (5, 50, 95), direction=direction, max_time_min=15
    )
    here = float(zones.lon[7]), float(zones.lat[7])
    feeds = sorted(sources.glob("*.zip"))
    streets, reached = same_answers([sources / "demo-town.osm.pbf"], feeds, here, zones, query, tmp_path)
    assert streets < 1
    assert reached > 0.05


@pytest.mark.real
@pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"real data absent: {REFERENCE}")
@pytest.mark.parametrize("direction", ["from", "to"])
@pytest.mark.parametrize(("name", "here"), [("iow", (-1.163224, 50.730015)), ("rnv", (8.4694, 49.4863))])
def test_on_real_places_nothing_is_lost(name, here, direction, tmp_path):
    place = PLACES[name]
    query = window(place, max_time_min=30, direction=direction)
    points = read_points(name)
    streets, reached = same_answers([place.osm], place.feeds, here, points, query, tmp_path)
    assert streets < 0.7
    assert reached > 0.02
