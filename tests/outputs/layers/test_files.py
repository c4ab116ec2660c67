"""The files of a pack's layers: which there are, and that each layer has its style and plain names."""

import dataclasses
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing

import pyogrio
import pytest
from shapely.geometry import MultiPolygon

from ptreach.outputs.layers.files import write_layers

NAMES = [
    "lsoa_2011",
    "isochrones",
    "isochrones_p5_best",
    "isochrones_p95_always",
    "streets",
    "routes",
    "stops",
    "origin",
]


@pytest.fixture
def write(tmp_path, town, zones, isochrones, facts, surroundings):
    def run(**changes):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        arguments = {
            "town": town,
            "zones": zones,
            "isochrones": isochrones,
            "origin_xy_m": (459_154.0, 92_600.0),
            "facts": facts,
            "surroundings": surroundings,
        }
        write_layers(folder, **(arguments | changes))
        return folder

    return run


def test_layers_stand_in_the_order_they_are_drawn_in(write):
    path = write() / "ryde.gpkg"
    assert pyogrio.list_layers(path)[:-1, 0].tolist() == NAMES
    for name in NAMES:
        layer = pyogrio.read_dataframe(path, layer=name)
        assert len(layer)
        assert layer.crs.to_epsg() == 27700
    best, always = (pyogrio.read_dataframe(path, layer=name) for name in NAMES[2:4])
    assert set(best["percentile"]) == {5}
    assert set(always["percentile"]) == {95}


def test_every_layer_has_a_style_and_every_column_a_plain_name(write):
    path = write() / "ryde.gpkg"
    with closing(sqlite3.connect(path)) as file:
        styles = dict(file.execute("SELECT f_table_name, styleQML FROM layer_styles").fetchall())
        titles = {}
        for layer, column, title in file.execute(
            "SELECT table_name, column_name, title FROM gpkg_data_columns"
        ):
            titles.setdefault(layer, {})[column] = title
        about = dict(file.execute("SELECT table_name, description FROM gpkg_contents").fetchall())
    assert set(styles) == set(titles) == set(NAMES)
    for name in NAMES:
        columns = pyogrio.read_info(path, layer=name)["fields"].tolist()
        root = ET.fromstring(styles[name])
        aliases = {one.get("field"): one.get("name") for one in root.iter("alias")}
        assert aliases == titles[name]
        assert list(aliases) == columns
        assert len(set(aliases.values())) == len(columns)
        assert about[name].endswith(".")


def test_each_value_of_a_layer_has_a_symbol(write):
    path = write() / "ryde.gpkg"
    with closing(sqlite3.connect(path)) as file:
        styles = dict(file.execute("SELECT f_table_name, styleQML FROM layer_styles").fetchall())
    for name in set(NAMES) - {"origin"}:
        renderer = ET.fromstring(styles[name]).find("renderer-v2")
        known = {one.get("value") for one in renderer.iter("category")}
        values = pyogrio.read_dataframe(path, layer=name)[renderer.get("attr")]
        assert {str(value) for value in values} <= known


def test_isochrones_and_zones_lie_beside_it_and_tiles_where_asked_for(write):
    forms = {"geojson", "parquet"}
    beside = {f"ryde-{what}.{form}" for what in ("isochrones", "zones") for form in forms}
    assert {path.name for path in write().iterdir()} == {"ryde.gpkg"} | beside
    tiles = {"ryde-isochrones.pmtiles", "ryde-zones.pmtiles"}
    assert {path.name for path in write(tiles=True).iterdir()} == {"ryde.gpkg"} | beside | tiles


def test_without_surroundings_or_rows_a_layer_is_left_out(write, surroundings):
    bare = write(surroundings=None)
    assert pyogrio.list_layers(bare / "ryde.gpkg")[:-1, 0].tolist() == ["lsoa_2011", "isochrones", "origin"]
    nothing = dataclasses.replace(
        surroundings,
        stops=surroundings.stops[:0],
        routes=surroundings.routes[:0],
        streets=surroundings.streets[:0],
        always={15: MultiPolygon(), 30: MultiPolygon()},
    )
    left = pyogrio.list_layers(write(surroundings=nothing) / "ryde.gpkg")[:-1, 0].tolist()
    assert left == ["lsoa_2011", "isochrones", "isochrones_p5_best", "isochrones_p95_always", "origin"]


def test_layers_repeat_byte_for_byte(write):
    one, two = ({path.name: path.read_bytes() for path in write(tiles=True).iterdir()} for _ in range(2))
    assert one == two
