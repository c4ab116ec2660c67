"""The scale model is what it says: so many nodes and calls, trips that could be driven, stops at streets."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import zipfile
from collections import Counter

import numpy as np
import osmium
import pandas as pd
import pytest

from ptreach.model import no_progress
from ptreach.network.build import build_network, open_network
from scale_model.model import DAY_STOP_TIMES, PLANE, SOURCE, STOP_TIMES, STREET_NODES, write_model
from scale_model.timetable import WEEKDAY

SHARE = 0.02
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SOURCE.is_dir(), reason=f"real data absent: {SOURCE}"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("model"), share=SHARE)


@pytest.fixture(scope="module")
def feed(model):
    """Tables of the feed."""
    with zipfile.ZipFile(model.gtfs) as archive:
        return {
            name.removesuffix(".txt"): pd.read_csv(io.BytesIO(archive.read(name)), dtype=str, na_filter=False)
            for name in archive.namelist()
        }


def seconds(clock):
    parts = clock.str.split(":", expand=True).astype(int)
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


def test_the_streets_have_the_nodes_and_junctions_of_a_county(model):
    uses, street_nodes, kinds = Counter(), set(), Counter()
    for way in osmium.FileProcessor(str(model.osm), osmium.osm.WAY):
        kinds["building" if "building" in way.tags else "street"] += 1
        refs = [node.ref for node in way.nodes]
        assert len(refs) >= 2
        if "highway" in way.tags:
            street_nodes.update(refs)
            for a, b in itertools.pairwise(refs):
                uses[a] += 1
                uses[b] += 1
    assert len(street_nodes) == pytest.approx(SHARE * STREET_NODES, rel=0.03)
    junctions = sum(n > 2 for n in uses.values())
    assert 0.30 < junctions / len(street_nodes) < 0.40
    assert set(kinds) == {"building", "street"}
    assert "synthetic" in osmium.FileProcessor(str(model.osm)).header.get("generator")
    assert "synthetic" in model.osm.name


def test_the_feed_has_the_calls_of_a_county_and_of_its_weekday(model, feed):
    calls = feed["stop_times"].groupby("trip_id").size()
    assert calls.sum() == model.counts["calls"] == pytest.approx(SHARE * STOP_TIMES, rel=0.05)
    calendar = feed["calendar"].set_index("service_id")
    day = f"{WEEKDAY:%Y%m%d}"
    runs = (calendar["start_date"] <= day) & (calendar["end_date"] >= day) & (calendar["tuesday"] == "1")
    changes = feed["calendar_dates"][feed["calendar_dates"]["date"] == day].set_index("service_id")
    running = (set(runs[runs].index) | set(changes[changes["exception_type"] == "1"].index)) - set(
        changes[changes["exception_type"] == "2"].index
    )
    trips = feed["trips"].set_index("trip_id")["service_id"].isin(running)
    assert calls[trips[trips].index].sum() == pytest.approx(SHARE * DAY_STOP_TIMES, rel=0.1)
    assert WEEKDAY.weekday() == dt.date(2025, 12, 2).weekday() == 1
    assert "synthetic" in feed["feed_info"].loc[0, "feed_publisher_name"]
    assert "synthetic" in model.gtfs.name


def test_the_tables_of_the_feed_fit_together(feed):
    calls, trips, stops = feed["stop_times"], feed["trips"], feed["stops"]
    assert trips["trip_id"].is_unique
    assert stops["stop_id"].is_unique
    assert set(calls["trip_id"]) == set(trips["trip_id"])
    assert set(trips["route_id"]) <= set(feed["routes"]["route_id"])
    assert set(trips["service_id"]) <= set(feed["calendar"]["service_id"])
    served = stops.set_index("stop_id").loc[calls["stop_id"].unique(), "location_type"]
    assert not (served == "1").any()
    assert set(stops["parent_station"]) - {""} <= set(stops["stop_id"])


def test_trips_go_forward_in_time_at_the_speed_of_a_bus(feed):
    calls = feed["stop_times"]
    stops = feed["stops"].set_index("stop_id")
    at = seconds(calls["departure_time"])
    assert (calls["arrival_time"] == calls["departure_time"]).all()
    same = calls["trip_id"].eq(calls["trip_id"].shift())
    assert (calls["stop_sequence"].astype(int).diff()[same] == 1).all()
    assert (calls.loc[~same, "stop_sequence"] == "0").all()
    assert (at.diff()[same] >= 0).all()
    places = stops.loc[calls["stop_id"], ["stop_lon", "stop_lat"]].astype(float).to_numpy()
    metres = np.r_[0, np.hypot(*np.diff(PLANE.metres(*places.T), axis=0).T)]
    assert metres[same].max() < 1_100  # a neighbour, or the stop across the road from it
    ends = at.groupby(calls["trip_id"]).agg(["first", "last"])
    far = pd.Series(np.where(same, metres, 0)).groupby(calls["trip_id"].to_numpy()).sum()
    kph = (far / (ends["last"] - ends["first"])).replace(np.inf, np.nan).dropna() * 3.6
    assert 8 < kph.quantile(0.01) < kph.quantile(0.99) < 25
    assert ends["first"].min() >= 5 * 3600 - 60
    assert ends["last"].max() > 24 * 3600


def test_its_network_has_all_stops_at_the_kerb(model, tmp_path):
    network = open_network(build_network([model.osm], [model.gtfs], tmp_path / "built", no_progress))
    linked = np.asarray(network.stops.linked)
    assert linked.all()
    links = network.linkage.link(np.asarray(network.stops.lon), np.asarray(network.stops.lat), network.rules)
    assert np.quantile(links.off_mm, 0.95) <= 30_000
    assert network.street_vertices_n > 0.25 * SHARE * STREET_NODES


def test_the_same_seed_makes_the_same_bytes(model, tmp_path):
    again = write_model(tmp_path, share=SHARE)
    for one, two in ((model.osm, again.osm), (model.gtfs, again.gtfs)):
        assert one.read_bytes() == two.read_bytes()
    other = write_model(tmp_path, share=SHARE, seed=2)
    assert other.gtfs.read_bytes() != model.gtfs.read_bytes()
