"""What must hold on any network, tried on the made-up town: more to travel by is never slower."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.engine.raptor.shortcuts import ALL, Shortcuts
from ptreach.model import UNREACHED, Points, Query

DATE = dt.date(2026, 10, 13)
H7 = 7 * 3600


@pytest.fixture(scope="module")
def network(sources, tmp_path_factory):
    return town.build(tmp_path_factory.mktemp("plain"), sources / "demo-town.osm.pbf", *feeds(sources))


def feeds(sources):
    return sorted(sources.glob("*.zip"))


def square(network, zones, *, few=0, shortcuts=ALL, **changes):
    settings = {"percentiles": (5, 25, 50, 75, 95), **changes}
    query = Query(DATE, H7, H7 + 1800, **settings)
    blocks = RaptorEngine(network, workers=2, few=few, shortcuts=shortcuts).travel_times(zones, zones, query)
    return town.seconds(blocks).astype(np.int64)


@pytest.fixture(scope="module")
def usual(network, zones):
    result = square(network, zones)
    assert (result < UNREACHED).mean() > 0.5  # the town is one where one gets about
    return result


def test_one_more_trip_is_never_slower(sources, zones, usual, tmp_path):
    feed = sources / "demo-bus.zip"
    texts = town.read_feed(feed)
    calls, trips = town.rows(texts["stop_times"]), town.rows(texts["trips"])
    copied = next(
        row["trip_id"] for row in calls if row["stop_sequence"] in "01" and row["departure_time"] > "07:20"
    )
    for row in [row for row in calls if row["trip_id"] == copied]:
        earlier = {
            name: town.clock(town.seconds_of(row[name]) - 95) for name in ("arrival_time", "departure_time")
        }
        calls.append({**row, **earlier, "trip_id": "one-more"})
    trips.append({**next(row for row in trips if row["trip_id"] == copied), "trip_id": "one-more"})
    more_texts = {**texts, "stop_times": town.table(calls), "trips": town.table(trips)}
    town.write_feed(tmp_path / feed.name, **more_texts)
    others = [path for path in feeds(sources) if path != feed]
    network = town.build(tmp_path, sources / "demo-town.osm.pbf", tmp_path / feed.name, *others)
    more = square(network, zones)
    assert (more <= usual).all()
    assert (more < usual).any()


@pytest.mark.parametrize(
    ("less", "what"),
    [({"max_walk_min": 12}, "walking"), ({"max_rides": 1}, "rides"), ({"max_time_min": 40}, "time")],
)
def test_more_of_anything_allowed_is_never_slower(network, zones, usual, less, what):
    stricter = square(network, zones, **less)
    assert (usual <= stricter).all()
    assert (usual < stricter).any(), what
    if what == "time":
        # a limit of time only takes journeys away, it makes none slower
        reached = stricter < UNREACHED
        assert (usual[reached] == stricter[reached]).all()
        assert stricter[reached].max() < 40 * 60


def test_faster_walking_reaches_no_fewer_places_on_foot_alone(network, zones):
    def on_foot(kph):
        night = Query(DATE, 3 * 3600, 3 * 3600 + 60, (50,), walk_speed_kph=kph, max_walk_min=60)
        return town.seconds(RaptorEngine(network).travel_times(zones, zones, night)).astype(np.int64)

    slow, fast = on_foot(4.0), on_foot(4.8)
    assert (fast <= slow).all()
    assert (fast < slow).any()


def test_one_by_one_and_by_sweeps_is_the_same(network, zones, usual):
    assert (square(network, zones, few=10_000) == usual).all()


@pytest.mark.parametrize("left_out", Shortcuts._fields)
def test_without_a_shortcut_the_answer_is_the_same(network, zones, usual, left_out):
    assert (square(network, zones, shortcuts=ALL._replace(**{left_out: False})) == usual).all()


@pytest.mark.parametrize("direction", ["from", "to"])
@pytest.mark.parametrize("few", [0, 10_000])
def test_blocks_tasks_and_workers_change_nothing(network, zones, direction, few, monkeypatch):
    whole = square(network, zones, few=few, direction=direction)
    row_bytes = 2 * whole[0].size
    query = Query(DATE, H7, H7 + 1800, direction=direction)
    for workers, rows_n, task_n in ((1, 1, 1), (1, 7, 3), (3, 5, 2), (2, len(zones) - 1, 64), (5, 10_000, 1)):
        monkeypatch.setattr("ptreach.engine.raptor.engine._BLOCK_BYTES", rows_n * row_bytes)
        monkeypatch.setattr("ptreach.engine.raptor.engine._TASK_ROWS", task_n)
        engine = RaptorEngine(network, workers=workers, few=few)
        blocks = list(engine.travel_times(zones, zones, query))
        assert max(len(block.origin_ids) for block in blocks) == min(rows_n, len(zones))
        assert sum((block.origin_ids for block in blocks), ()) == zones.ids
        assert (town.seconds(blocks) == whole).all()


def test_trips_cut_in_two_that_one_vehicle_runs_on_end_are_as_one(sources, zones, network, usual, tmp_path):
    cut = [
        town.write_feed(tmp_path / path.name, **town.cut_in_two(town.read_feed(path)))
        for path in feeds(sources)
    ]
    in_two = town.build(tmp_path, sources / "demo-town.osm.pbf", *cut)
    assert (square(in_two, zones) == usual).all()
    one_ride = {"max_rides": 1, "direction": "to"}
    assert (square(in_two, zones, **one_ride) == square(network, zones, **one_ride)).all()


def test_later_percentiles_are_never_sooner(usual):
    assert (np.diff(usual, axis=2) >= 0).all()


def test_arriving_by_takes_as_long_as_the_latest_departure_that_gets_there(network, zones):
    """On the window of one minute: leaving when `to` says, `from` arrives by the deadline."""
    deadline_s = 9 * 3600
    to = Query(DATE, deadline_s, deadline_s + 60, (50,), direction="to")
    travel_s = town.seconds(RaptorEngine(network).travel_times(zones, zones, to))[:, :, 0].astype(np.int64)
    checked = 0
    for origin, destination in ((0, 7), (3, 20), (12, 31), (25, 5), (30, 2)):
        if travel_s[destination, origin] in (0, UNREACHED):
            continue
        leave_s = deadline_s - int(travel_s[destination, origin])
        pair = [
            Points.of([str(at)], zones.lon[at : at + 1], zones.lat[at : at + 1])
            for at in (origin, destination)
        ]
        for start_s, in_time in ((leave_s, True), (leave_s + 1, False)):
            query = Query(DATE, start_s, start_s + 60, (50,), max_time_min=180)
            seconds = town.seconds(RaptorEngine(network).travel_times(*pair, query))[0, 0, 0]
            assert bool(start_s + int(seconds) <= deadline_s) is in_time
        checked += 1
    assert checked >= 3
