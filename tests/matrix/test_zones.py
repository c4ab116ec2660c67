"""Zones of a run: those with a street in them, their minutes, their reasons."""

from __future__ import annotations

import dataclasses
from functools import partial

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

import town as made
from ptreach.errors import InputError
from ptreach.matrix.zones import to_grid, zones_of, zones_on_streets
from ptreach.model import Areas


@pytest.fixture
def town(tmp_path):
    return partial(made.town, tmp_path)


@pytest.fixture
def areas():
    """Four squares of a kilometre from the corner east; the street goes through the first three."""
    (x, y) = to_grid(np.array([made.LON]), np.array([made.LAT]))[0]
    corners = [(x - 20 + 1000 * k, y - 500) for k in range(4)]
    centres = [made.lonlat(480.5 + 1000 * k, 0) for k in range(4)]
    frame = gpd.GeoDataFrame(
        {
            "zone_id": list("abcd"),
            "district_code": ["E1", "E1", "E2", "E2"],
            "district_name": ["West", "West", "East", "East"],
            "lon": [lon for lon, _ in centres],
            "lat": [lat for _, lat in centres],
        },
        geometry=[box(x, y, x + 1000, y + 1000) for x, y in corners],
        crs=27700,
    )
    return Areas("zones", "Zones", "made", "zone", "", "", frame, (), made_up=True)


def streets_m(length_m=2_700):
    lon, lat = np.array([made.lonlat(x, 0) for x in range(0, length_m, 10)]).T
    return to_grid(lon, lat)


def test_the_grid_is_that_of_the_ordnance_survey():
    # Ryde in OS Open Names, to the metre, and in degrees
    easting, northing = to_grid(np.array([-1.163224]), np.array([50.730015]))[0]
    assert (easting, northing) == pytest.approx((459_154, 92_600), abs=1)


def test_zones_without_a_street_are_left_out(town, areas):
    assert zones_on_streets(areas, streets_m(), town())["zone_id"].tolist() == ["a", "b", "c"]


def test_districts_choose_by_name_or_code(town, areas):
    assert zones_on_streets(areas, streets_m(), town('districts = ["West"]'))["zone_id"].tolist() == [
        "a",
        "b",
    ]
    assert zones_on_streets(areas, streets_m(), town('districts = ["E2"]'))["zone_id"].tolist() == ["c"]
    with pytest.raises(
        InputError, match=r"districts: no zone .* in a district 'North'\. Take some of East, West"
    ):
        zones_on_streets(areas, streets_m(), town('districts = ["North"]'))


def test_areas_of_another_region_are_refused(town, areas):
    with pytest.raises(InputError, match=r"no zone of 'zones' has a street of network 'some'"):
        zones_on_streets(areas, streets_m() + 50_000, town())


def test_zones_are_found_by_district_or_region_and_a_slip_is_named(areas):
    frame = areas.frame.assign(region_name=["N", "N", "S", "S"], region_code=["E12"] * 4)
    whole = dataclasses.replace(areas, frame=frame)
    assert zones_of(whole, ["West"])["zone_id"].tolist() == ["a", "b"]
    assert zones_of(whole, ["E2", "N"])["zone_id"].tolist() == ["a", "b", "c", "d"]
    assert zones_of(whole, []) is frame
    with pytest.raises(InputError, match=r"no district or region of 'zones' is called 'Wesst'.*mean West"):
        zones_of(whole, ["Wesst"])
