"""What the scripts of the page are given, against the zones of the small town."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from ptreach.outputs.web.data import page_data, percentile_name, whole_seconds
from ptreach.outputs.web.paths import Sheet
from svg_paths import lines_of

# The isochrone of 30 min, 2 km about 459,154 and 92,600, reaches west and north of the zones.
SHEET = Sheet(west_m=457_154, north_m=94_600, unit_m=2)


@pytest.fixture(scope="module")
def inputs(web_inputs):
    return {key: value for key, value in web_inputs.items() if key != "facts"} | {
        "by_the_sea": True,
        "stops": None,
    }


@pytest.fixture(scope="module")
def data(inputs):
    return page_data(**inputs)


def test_times_are_seconds_cut_so_that_no_zone_changes_its_band(data):
    assert data["zones"]["seconds"] == {
        "5": [779, 780, 1679, 1880, None],
        "50": [899, 900, 1799, 2000, None],
    }


@pytest.mark.parametrize(("minutes", "seconds"), [(899 / 60, 899), (14.9999, 899), (15.0, 900), (0.0, 0)])
def test_minutes_are_cut_to_seconds(minutes, seconds):
    assert whole_seconds([minutes, np.nan]) == [seconds, None]


def test_every_whole_second_stays_itself():
    seconds = np.arange(65_535)
    assert whole_seconds(seconds / 60) == seconds.tolist()


def test_columns_of_zones_are_those_of_the_pack(data):
    zones = data["zones"]
    assert zones["name"] == ["Ryde 1", "Ryde 2", "Llŷn 3", "Ryde 4", "Ryde 5"]
    assert zones["id"][4] == "E01000005"
    assert zones["districts"] == ["Wight"]
    assert zones["district"] == [0] * 5
    assert zones["reason"] == ["beyond the limit"] * 4 + ["off network"]
    assert zones["people"] == [100] * 5
    assert zones["imd"] == [1, 1, 5, 8, 10]
    assert zones["idaci"] == [1, 3, 5, 8, None]
    assert zones["reached"] == [1, 1, 1, 0.5, 0]
    assert zones["within"] == [[0.75, 0.25, 0, 0, 0], [1, 1, 0.6667, 0, 0]]
    assert zones["bestAt"] == ["07:15", "07:16", "07:17", "25:00", None]
    assert zones["best"] == [600, 660, 1530, 1860, None]
    assert zones["worstAt"] == ["09:14", "07:15", "07:15", "07:15", None]
    assert zones["worst"] == [1200, 1260, 3540, None, None]


def test_of_the_direction_to_the_minutes_are_those_of_arrivals(inputs, zones):
    arrivals = zones.rename(columns=lambda name: name.replace("departure_s", "arrival_s"))
    assert page_data(**{**inputs, "zones": arrivals})["zones"]["bestAt"][0] == "07:15"


def test_zones_of_no_known_district_have_none(inputs, zones):
    nowhere = zones.assign(district_name=[None, "Wight", "Wight", "Wight", "Wight"])
    assert page_data(**{**inputs, "zones": nowhere})["zones"]["district"] is None


def test_shapes_are_where_they_were(data, zones, isochrones, ground):
    assert data["frame"] == [0, 0, (463_000 - 457_154) / 2, (94_600 - 90_000) / 2]
    for path, box, spot, shape in zip(
        data["zones"]["path"], data["zones"]["box"], data["zones"]["spot"], zones.geometry, strict=True
    ):
        (ring,) = lines_of(path, SHEET)
        assert Polygon(ring).equals(shape)
        assert box == SHEET.box(shape.bounds)
        x_m, y_m = SHEET.west_m + 2 * spot[0], SHEET.north_m - 2 * spot[1]
        assert shape.contains(Point(x_m, y_m))
    assert [cutoff for cutoff, _ in data["isochrones"]] == [30, 15]  # the larger lies below
    for cutoff, path in data["isochrones"]:
        drawn = MultiPolygon([Polygon(ring) for ring in lines_of(path, SHEET)])
        assert drawn.area == pytest.approx(isochrones[cutoff].area, rel=0.01)
        assert shapely.hausdorff_distance(drawn, isochrones[cutoff]) < 4
    ((*_, major),) = data["ground"]["major"]
    (line,) = lines_of(major, SHEET)
    assert shapely.hausdorff_distance(LineString(line), ground.geometry.iloc[0]) <= 2
    assert data["origin"] == [1000, 1000]


def test_neighbours_are_the_zones_that_touch(data):
    assert data["zones"]["near"] == [[1], [0, 2], [1, 3], [2, 4], [3]]


def test_the_first_view_holds_the_isochrones_and_a_twentieth_more(data, isochrones):
    west, south, east, north = isochrones[30].bounds
    room = 0.05 * (east - west)
    assert data["view"] == SHEET.box([west - room, south - room, east + room, north + room])


def test_stops_have_a_place_and_a_name(inputs):
    stops = gpd.GeoDataFrame({"stop_name": ["Pier Head"]}, geometry=[Point(457_354, 94_500)], crs=27700)
    assert page_data(**inputs | {"stops": stops})["stops"] == [[100, 50, "Pier Head"]]


@pytest.mark.parametrize(
    ("percentile", "name"),
    [
        (1, "1st"),
        (2, "2nd"),
        (5, "5th"),
        (11, "11th"),
        (12, "12th"),
        (23, "23rd"),
        (50, "median"),
        (100, "100th"),
    ],
)
def test_percentiles_have_names(percentile, name):
    assert percentile_name(percentile) == name
