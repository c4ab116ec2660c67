"""Places as callers have them: whose ids, in which coordinates, and what is refused."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from ptreach.api.places import as_points
from ptreach.errors import InputError

TWO = [Point(-1.2, 50.7), Point(-1.3, 50.6)]


def frame(**columns):
    return gpd.GeoDataFrame(columns, geometry=TWO, crs=4326)


@pytest.mark.parametrize("crs", [4326, 27700, 3857, 32630])
def test_coordinates_of_any_system_are_the_same_places(crs):
    points = as_points(frame(id=["a", "b"]).to_crs(crs), "origins")
    assert points.ids == ("a", "b")
    np.testing.assert_allclose(points.lon, [-1.2, -1.3], atol=1e-7)
    np.testing.assert_allclose(points.lat, [50.7, 50.6], atol=1e-7)


def test_ids_are_a_column_else_the_index_else_codes():
    named = frame(id=["a", "b"]).set_index(pd.Index(["x", "y"]))
    assert as_points(named, "origins").ids == ("a", "b")
    assert as_points(frame().set_index(pd.Index(["x", "y"])), "origins").ids == ("x", "y")
    assert as_points(frame(zone_id=["E1", "E2"]), "origins").ids == ("E1", "E2")
    assert as_points(gpd.GeoSeries(TWO, index=["x", "y"], crs=4326), "origins").ids == ("x", "y")
    assert as_points(frame(id=[7, 8]), "origins").ids == ("7", "8")


def test_one_point_is_in_degrees():
    for place in ((-1.2, 50.7), [-1.2, 50.7], np.array([-1.2, 50.7]), TWO[0]):
        points = as_points(place, "origins")
        assert (points.ids, points.lon[0], points.lat[0]) == (("origin",), -1.2, 50.7)


@pytest.mark.parametrize(
    ("places", "says"),
    [
        (frame(), r"^destinations: no column 'id'"),
        (frame(id=["a", "a"]), r"^destinations, id: id 'a' is in rows 0, 1"),
        (frame(id=["a", None]), r"^destinations, row 1, id: the id is blank"),
        (gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=TWO), r"^destinations: no coordinate system. Set it"),
        (frame(id=["a", "b"]).iloc[:0], r"^destinations: no row"),
        (
            gpd.GeoDataFrame({"id": ["a"]}, geometry=[box(0, 50, 1, 51)], crs=4326),
            r"row 0, geometry: a Polygon",
        ),
        (pd.DataFrame({"id": ["a"], "lon": [0], "lat": [51]}), r"^destinations: a DataFrame is no place"),
        ("Ryde", r"^destinations: a str is no place"),
        ((459_000, 92_600), r"^destinations: lon 459000, lat 92600 of 'destination' is no place on earth"),
        ((1.0, 2.0, 3.0), r"^destinations: a tuple is no place"),
    ],
)
def test_what_is_no_place_is_refused_with_its_argument(places, says):
    with pytest.raises(InputError, match=says):
        as_points(places, "destinations")
