"""A town on its network: minutes and reasons of its zones, and how they fare departure by departure."""

from __future__ import annotations

import hashlib
import logging
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import MultiPolygon, box

import town as made
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.matrix.zones import to_grid
from ptreach.model import Opportunities, Points, no_progress
from ptreach.sources.recipe import AreasRecipe, Source
from ptreach.towns import access_to, add_areas_within, add_times, opportunities_of, opportunity_records


@pytest.fixture
def town(tmp_path):
    return partial(made.town, tmp_path)


@pytest.fixture
def zones():
    """Three squares of a kilometre along the street, their middles 480.5 m, 1,480.5 m and 2,480.5 m away."""
    (x, y) = to_grid(np.array([made.LON]), np.array([made.LAT]))[0]
    centres = [made.lonlat(480.5 + 1000 * k, 0) for k in range(3)]
    corners = [x - 20 + 1000 * k for k in range(3)]
    return gpd.GeoDataFrame(
        {"zone_id": list("abc"), "lon": [lon for lon, _ in centres], "lat": [lat for _, lat in centres]},
        geometry=[box(west, y - 500, west + 1000, y + 500) for west in corners],
        crs=27700,
    )


@pytest.fixture
def router(tmp_path):
    """One bus at 9:20, ten minutes from A, 99.5 m from the town's point, to B at 2,000 m."""
    trips = [("t", "weekdays", [("A", "9:20:00"), ("B", "9:30:00")])]
    feed = made.write_feed(
        tmp_path / "bus.zip", stops=made.stops_text(A=(99.5, 0), B=(2_000, 0)), **made.trips_texts(trips)
    )
    return RaptorEngine(made.build(tmp_path, made.straight_street(tmp_path / "street.osm", 2_700), feed))


def test_minutes_and_reasons_follow_by_hand(town, zones, router, caplog):
    # The middle of b is too far to walk from the origin, but 519.5 m from B; that of c is 480.5 m from B.
    with caplog.at_level(logging.WARNING, logger="ptreach"):
        found = add_times(router, town('window = "09:15-09:16"'), zones, no_progress)
    assert not caplog.records
    assert found["minutes_p50"].tolist() == [481 / 60, (900 + 520) / 60, (900 + 481) / 60]
    assert found["reason"].tolist() == ["reached"] * 3
    assert (found["link_distance_m"] < 0.02).all()


def test_departures_follow_by_hand(town, zones, router):
    # At A after 100 s, there more than 60 s before the bus: those leaving by 9:17 catch it.
    found = add_times(router, town('window = "09:15-09:20"'), zones, no_progress)
    assert found["departures_reached"].tolist() == [1.0, 0.6, 0.6]
    assert found["departures_within_15"].tolist() == [1.0, 0.0, 0.0]
    assert found["departures_within_30"].tolist() == [1.0, 0.6, 0.6]
    assert found["best_departure_s"].tolist() == [33_300, 33_420, 33_420]
    assert found["best_min"].tolist() == [481 / 60, (780 + 520) / 60, (780 + 481) / 60]
    assert found["worst_departure_s"].tolist() == [33_300, 33_480, 33_480]
    assert found["worst_min"].tolist() == [
        481 / 60,
        pytest.approx(np.nan, nan_ok=True),
        pytest.approx(np.nan, nan_ok=True),
    ]
    assert found["longest_wait_min"].tolist() == [0.0, 2.0, 2.0]
    assert found["minutes_p50"].tolist() == [481 / 60, (900 + 520) / 60, (900 + 481) / 60]


def test_arrivals_take_the_place_of_departures_on_the_way_to_the_town(town, zones, router):
    found = add_times(router, town('window = "09:15-09:20"\ndirection = "to"'), zones, no_progress)
    assert {"best_arrival_s", "worst_arrival_s"} <= set(found)
    assert "best_departure_s" not in found


def test_a_window_in_which_nothing_runs_is_warned_of(town, zones, router, caplog):
    with caplog.at_level(logging.WARNING, logger="ptreach"):
        found = add_times(router, town('window = "03:00-03:10"'), zones, no_progress)
    assert "no vehicle that runs from 03:00 to 03:10 comes near any zone" in caplog.text
    assert str(Path("somewhere.toml")) in caplog.text
    assert found["reason"].tolist() == ["reached", "no service", "no service"]


def test_areas_within_isochrones_are_shares_of_the_zone(zones):
    west, south, _, _ = zones.total_bounds
    isochrones = {
        15: MultiPolygon([box(west, south, west + 250, south + 1000)]),
        30: MultiPolygon([box(west, south, west + 1500, south + 1000)]),
    }
    found = add_areas_within(zones, isochrones)
    assert found["area_within_15"].tolist() == pytest.approx([0.25, 0, 0])
    assert found["area_within_30"].tolist() == pytest.approx([1, 0.5, 0])


OWN = {"publisher": "us", "licence": "none", "attribution": "ours", "date": "2025-05"}
PLACES = "id,lon,lat,desks\nnear,{},{},40\nfar,{},{},10\noff,-3.0,52.0,5\n"


def test_files_of_opportunities_are_inputs_that_can_be_traced(town, tmp_path):
    (tmp_path / "desks.csv").write_text("id,lon,lat\n", encoding="utf-8")
    asked = town('[[opportunities]]\nname = "desks"\nfile = "desks.csv"\ntitle = "Desks"\n')
    none = AreasRecipe.model_construct(sources=())
    (record,) = opportunity_records(asked, none, tmp_path)
    assert (record.kind, record.path.name, record.title) == ("opportunities", "desks.csv", "Desks")
    assert record.sha256 == hashlib.sha256(b"id,lon,lat\n").hexdigest()
    assert record.size_bytes == 11
    assert opportunity_records(town(), none, tmp_path) == ()


def test_access_follows_by_hand(town, zones, router, tmp_path):
    (x0, y0), (x1, y1) = made.lonlat(80.5, 0), made.lonlat(2_480.5, 0)
    (tmp_path / "desks.csv").write_text(PLACES.format(x0, y0, x1, y1), encoding="utf-8")
    asked = town(
        'window = "09:15-09:16"\n[[opportunities]]\nname = "desks"\nfile = "desks.csv"\noffers = "desks"\n'
    )
    recipe = AreasRecipe.model_construct(sources=())
    (kind,) = opportunities_of(asked, recipe, tmp_path)
    assert (kind.name, kind.title, kind.demand) == ("desks", "desks", "population")
    assert kind.offers.tolist() == [40, 10, 5]
    people = zones.assign(population=[100.0, 0.0, 50.0])
    access = access_to(router, asked, people, [kind])["desks"]
    # Zone a walks 400 s to the near ones; by the time it is at A, the bus of 9:20 has left for the far ones.
    # c stands at the far ones. What lies off the network counts for nobody.
    assert access["within_15"].tolist() == [40, 0, 10]
    assert access["nearest_1_min"].tolist()[0] == 400 / 60
    assert access["nearest_1_min"].tolist()[2] == 0
    assert access["a_head"].tolist() == pytest.approx([40 / 100, 10 / 50, 10 / 50])


@pytest.mark.parametrize("direction", ["from", "to"])
def test_kinds_of_place_searched_for_together_fare_as_each_alone(town, zones, router, direction):
    (x0, y0), (x1, y1) = made.lonlat(80.5, 0), made.lonlat(2_480.5, 0)
    both = Points.of(["one", "two"], [x0, x1], [y0, y1])
    kinds = [
        Opportunities("desks", "Desks", both, np.array([40.0, 10.0]), "population"),
        Opportunities("off", "Off", Points.of(["one"], [-3.0], [52.0]), np.array([5.0]), "population"),
        Opportunities("beds", "Beds", both, np.array([0.0, 3.0]), "population"),
    ]
    asked = town(f'window = "09:15-09:20"\ndirection = "{direction}"')
    people = zones.assign(population=[100.0, 0.0, 50.0])
    together = access_to(router, asked, people, kinds)
    assert list(together) == ["desks", "off", "beds"]
    for kind in kinds:
        pd.testing.assert_frame_equal(
            together[kind.name], access_to(router, asked, people, [kind])[kind.name], check_exact=True
        )
    assert together["desks"]["within_60"].tolist() != together["beds"]["within_60"].tolist()
    assert access_to(router, asked, people, []) == {}


def test_schools_are_told_apart_by_phase(town, tmp_path):
    (tmp_path / "sources").mkdir()
    rows = [
        (
            "URN,EstablishmentName,EstablishmentStatus (name),PhaseOfEducation (name),SchoolCapacity,"
            "NumberOfPupils,Easting,Northing,LSOA (code)"
        ),
        "100001,First,Open,Primary,200,150,459000,92000,E01017282",
        "100002,Second,Open,Secondary,,900,459100,92000,E01017282",
        "100003,Both,Open,All-through,50,40,459200,92000,E01017282",
        "100004,Shut,Closed,Primary,300,300,459300,92000,E01017282",
        "100005,Nowhere,Open,Primary,300,300,,,E01017282",
    ]
    (tmp_path / "sources" / "schools.csv").write_text("\n".join(rows), encoding="utf-8")
    recipe = AreasRecipe.model_construct(
        name="areas",
        made_up=False,
        sources=(Source(kind="schools", file="schools.csv", title="Schools", **OWN),),
    )
    (record,) = opportunity_records(town(), recipe, tmp_path)
    assert (record.kind, record.path.name) == ("schools", "schools.csv")
    primary, secondary = opportunities_of(town(), recipe, tmp_path)
    assert (primary.name, primary.points.ids, primary.offers.tolist()) == (
        "primary-schools",
        ("100001", "100003"),
        [200, 50],
    )
    assert (secondary.points.ids, secondary.offers.tolist()) == (("100002", "100003"), [900, 50])
    assert primary.demand == secondary.demand == "children"
