"""The national model is what it says, and a town's run on it takes what the town can reach."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import osmium
import pandas as pd
import pytest

from national_model.model import LABEL, OSM, write_model
from national_model.places import CENTROIDS, SOURCE, make_places
from national_model.timetable import BUS, COACH, DAYS, FIRST_DAY, Kind
from ptreach import pipeline
from ptreach.model import no_progress
from ptreach.network.build import open_network
from ptreach.sources import osm_cut
from scale_model.model import PLANE

SCALE = 0.005
ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CENTROIDS.is_file(), reason=f"real data absent: {CENTROIDS}"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("model"), scale=SCALE)


@pytest.fixture(scope="module")
def feed(model):
    """Tables of the buses' feed."""
    with zipfile.ZipFile(model.buses) as archive:
        return {
            name.removesuffix(".txt"): pd.read_csv(io.BytesIO(archive.read(name)), dtype=str, na_filter=False)
            for name in archive.namelist()
        }


def test_the_map_has_the_objects_of_a_country_in_order_and_whole(model):
    counts, last, places, outer = Counter(), (0, 0), {}, set()
    for thing in osmium.FileProcessor(str(model.osm)):
        kind = "nwr".index(thing.type_str())
        assert (kind, thing.id) > last
        last = kind, thing.id
        counts[kind] += 1
        if kind == 0:
            places[thing.id] = thing.location.lon, thing.location.lat
            counts["tagged"] += bool(thing.tags)
        elif kind == 1:
            refs = [node.ref for node in thing.nodes]
            assert len(refs) >= 2
            assert all(ref in places for ref in refs)
            for key in ("highway", "building", "natural", "waterway", "barrier"):
                counts[key] += key in thing.tags
            if not thing.tags:
                outer.add(thing.id)
                assert refs[0] == refs[-1]
        else:
            assert [(member.type, member.role) for member in thing.members] == [
                ("w", "outer"),
                ("w", "inner"),
            ]
            assert {member.ref for member in thing.members} <= outer
            assert dict(thing.tags) == {"type": "multipolygon", "natural": "water"}
    assert counts[0] == model.counts["nodes"] == pytest.approx(SCALE * 200e6, rel=0.1)
    assert counts[1] == model.counts["ways"] == pytest.approx(SCALE * 25e6, rel=0.2)
    assert counts["building"] == pytest.approx(SCALE * 15e6, rel=0.01)
    assert counts["tagged"] == pytest.approx(SCALE * 6e6, rel=0.01)
    assert counts["highway"] == model.counts["streets"]
    assert 0.08 < counts["highway"] / counts[1] < 0.3
    assert min(counts["natural"], counts["waterway"], counts["barrier"]) > 0
    assert counts[2] == model.counts["relations"] > 0
    assert "synthetic" in osmium.FileProcessor(str(model.osm)).header.get("generator")
    assert "neither OpenStreetMap" in (model.osm.parent / LABEL).read_text(encoding="utf-8")


def test_lakes_have_their_islands(model):
    water = osmium.filter.TagFilter(("natural", "water"))
    rings = [
        (
            sum(1 for _ in area.outer_rings()),
            sum(len(list(area.inner_rings(ring))) for ring in area.outer_rings()),
        )
        for area in osmium.FileProcessor(str(model.osm)).with_areas(water).with_filter(water)
        if area.is_area() and not area.from_way()
    ]
    assert rings == [(1, 1)] * model.counts["relations"]


def test_ids_reach_beyond_32_bits_as_those_of_the_real_map_do():
    from national_model.streets import GAP, RUNS

    mean = RUNS + (1 - RUNS) * GAP
    assert 5e9 < 200e6 * mean < 15e9


def test_the_tables_of_the_feed_fit_together(feed, model):
    calls, trips, stops = feed["stop_times"], feed["trips"], feed["stops"]
    assert trips["trip_id"].is_unique
    assert stops["stop_id"].is_unique
    assert set(calls["trip_id"]) == set(trips["trip_id"])
    assert set(calls["stop_id"]) <= set(stops["stop_id"])
    assert set(trips["route_id"]) <= set(feed["routes"]["route_id"])
    assert set(trips["service_id"]) <= set(feed["calendar"]["service_id"])
    assert len(calls) == model.counts["buses' calls"] == pytest.approx(SCALE * 80e6, rel=0.15)
    assert len(stops) == pytest.approx(SCALE * 300_000, rel=0.01)
    assert (calls.groupby("trip_id").size() >= 2).all()
    assert trips["trip_id"].str.len().eq(42).all()
    assert "synthetic" in feed["feed_info"].loc[0, "feed_publisher_name"]


def test_a_weekday_has_the_calls_of_one(feed):
    day = "20261013"
    calendar = feed["calendar"]
    runs = calendar[
        (calendar["start_date"] <= day) & (day <= calendar["end_date"]) & (calendar["tuesday"] == "1")
    ]
    running = feed["trips"].loc[feed["trips"]["service_id"].isin(runs["service_id"]), "trip_id"]
    calls = feed["stop_times"]["trip_id"].isin(running).sum()
    assert calls == pytest.approx(SCALE * (BUS.day_calls + COACH.day_calls), rel=0.1)
    assert FIRST_DAY.weekday() == 0
    assert len(DAYS) == 3


def test_trips_go_forward_at_the_speed_of_a_bus(feed):
    calls, stops = feed["stop_times"], feed["stops"].set_index("stop_id")
    clock = calls["departure_time"].str.split(":", expand=True).astype(int)
    at = clock[0] * 3600 + clock[1] * 60 + clock[2]
    same = calls["trip_id"].eq(calls["trip_id"].shift())
    assert (calls["stop_sequence"].astype(int).diff()[same] == 1).all()
    assert (at.diff()[same] >= 0).all()
    places = stops.loc[calls["stop_id"], ["stop_lon", "stop_lat"]].astype(float).to_numpy()
    metres = np.r_[0, np.hypot(*np.diff(PLANE.metres(*places.T), axis=0).T)]
    ends = at.groupby(calls["trip_id"]).agg(["first", "last"])
    far = pd.Series(np.where(same, metres, 0)).groupby(calls["trip_id"].to_numpy()).sum()
    kph = (far / (ends["last"] - ends["first"])).replace(np.inf, np.nan).dropna() * 3.6
    assert 8 < kph.median() < 25


def test_places_lie_where_people_live():
    places = make_places(1.0, np.random.default_rng(1))
    table = pd.read_parquet(CENTROIDS, columns=["lon", "lat"])
    homes = PLANE.metres(table["lon"].to_numpy(), table["lat"].to_numpy())
    boxes = [np.linspace(axis.min(), axis.max(), 12) for axis in homes.T]
    people, stops = (np.histogram2d(*xy.T, bins=boxes)[0].ravel() for xy in (homes, places.xy_m))
    assert np.corrcoef(people, stops)[0, 1] > 0.99
    assert len(places.xy_m) == pytest.approx(300_000, rel=0.01)
    assert len(set(places.tile.tolist())) == sum(1 for _ in places.tiles()) > 50


def test_a_kind_without_stops_enough_is_left_out():
    from national_model.timetable import make_feed

    dice = np.random.default_rng(1)
    stops_m = dice.uniform(0, 5_000, size=(200, 2))
    rare = Kind(1_000, 10_000_000, (5, 9), (6_000.0, 70_000.0), 60.0, 100, 3, 200)
    assert set(make_feed(stops_m, (BUS, rare), 0.001, dice).route_type.tolist()) == {BUS.route_type}


def test_the_same_seed_makes_the_same_bytes(model, tmp_path):
    again = write_model(tmp_path / "again", scale=SCALE)
    for one, two in zip(model[:3], again[:3], strict=True):
        assert one.read_bytes() == two.read_bytes()


@pytest.fixture(scope="module")
def pack(model, tmp_path_factory):
    """The pack of a town in a hurry, and the home it was made in; its map is cut, as a large one is."""
    home = tmp_path_factory.mktemp("home")
    for name in ("england", "england-lsoa-2021"):
        shutil.copytree(
            ROOT / "networks" / name, home / "networks" / name, ignore=lambda *_: {"sources", "built"}
        )
    pipeline.fetch("england", home=home, mirror=model.osm.parent, progress=no_progress)
    pipeline.fetch("england-lsoa-2021", home=home, mirror=SOURCE, progress=no_progress)
    text = (ROOT / "config" / "west-bromwich.toml").read_text(encoding="utf-8")
    text = text.replace('"west-midlands"', '"england"').replace(
        'districts = ["Sandwell"]', "max_time_min = 20"
    )
    config = home / "west-bromwich.toml"
    config.write_text(text.replace("max_time", "cutoffs_min = [10, 15]\nmax_time"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(osm_cut, "_WORTH_BYTES", 1)
        made = pipeline.run(
            config, home=home, out=home / "packs", engine="raptor", workers=1, progress=no_progress
        )
    return made, home


def test_a_towns_run_reaches_people_and_says_what_it_kept(pack, model):
    made, home = pack
    text = (made / "tables" / f"{made.name}-zones.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sum(bool(row["minutes_p50"]) for row in rows) > 5
    (built,) = (home / "networks" / "england" / "built").glob("*/meta.json")
    network = open_network(built.parent)
    calls = {rows.feed: rows for rows in network.rows if rows.table == "stop_times.txt"}
    read = {feed: rows.read for feed, rows in calls.items()}
    assert read == {
        "bods-england": model.counts["buses' calls"],
        "gb-rail-gtfs": model.counts["trains' calls"],
    }
    assert all(rows.read == rows.outside + rows.kept for rows in calls.values())
    assert 0 < calls["bods-england"].kept < calls["bods-england"].read
    (nodes,) = (rows for rows in network.rows if rows.table == "nodes")
    (cut,) = network.maps([home / "networks" / "england" / "sources" / OSM])
    kept_n = sum(1 for _ in osmium.FileProcessor(str(cut), osmium.osm.NODE))
    assert (nodes.feed, nodes.read, nodes.kept) == (OSM, model.counts["nodes"], kept_n)
    assert 0 < network.street_vertices_n < nodes.kept < nodes.read
    methods = (made / "methods.md").read_text(encoding="utf-8")
    assert f"| {OSM} | nodes | {nodes.read:,} | {nodes.outside:,} | {nodes.kept:,} |" in methods
    assert "nodes of maps cut" in methods
    assert "nodes of maps cut" in (made / "qa.html").read_text(encoding="utf-8")
