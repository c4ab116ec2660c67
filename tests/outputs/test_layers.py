import sqlite3
import time
from contextlib import closing

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import MultiPolygon

from ptreach.outputs.layers import (
    isochrone_layer,
    origin_layer,
    write_geopackage,
    zone_layer,
    zone_layer_name,
)
from ptreach.outputs.qgis import isochrone_style, origin_style, zone_style

CUTOFFS = (15, 30)
ORIGIN = (459_154.0, 92_600.0)


@pytest.fixture
def layers(town, zones, isochrones, areas):
    return {
        zone_layer_name(areas): zone_layer(zones, CUTOFFS, areas, made_up=False),
        "isochrones": isochrone_layer(isochrones, town, made_up=False),
        "origin": origin_layer(town, ORIGIN, made_up=False),
    }


@pytest.fixture
def styles(areas):
    return {
        zone_layer_name(areas): zone_style(CUTOFFS),
        "isochrones": isochrone_style(CUTOFFS),
        "origin": origin_style(),
    }


def test_isochrones_are_one_row_a_cutoff_largest_first_and_nested(town, isochrones):
    layer = isochrone_layer(isochrones, town, made_up=False)
    assert list(layer.columns) == ["town", "cutoff_min", "label", "area_km2", "geometry"]
    assert layer["cutoff_min"].tolist() == [30, 15]
    assert layer["label"].tolist() == ["under 30 min", "under 15 min"]
    # a circle of 2 km and a square of 500 m; a circle of 700 m
    assert layer["area_km2"].tolist() == pytest.approx([np.pi * 4 + 0.25, np.pi * 0.49], rel=0.01)
    assert layer.geometry[0].covers(layer.geometry[1])


def test_zones_have_every_column_of_the_table_and_one_type_of_geometry(zones, areas):
    mixed = zones.copy()
    mixed.loc[0, "geometry"] = MultiPolygon([mixed.geometry[0]])
    layer = zone_layer(mixed, CUTOFFS, areas, made_up=False)
    assert set(layer.geom_type) == {"MultiPolygon"}
    assert layer["band"][0] == "under 15 min"
    assert "lsoa11cd" in layer


@pytest.mark.parametrize("made_up", [True, False])
def test_made_up_layers_say_so(town, zones, isochrones, areas, made_up):
    for layer in (
        isochrone_layer(isochrones, town, made_up=made_up),
        zone_layer(zones, CUTOFFS, areas, made_up=made_up),
        origin_layer(town, ORIGIN, made_up=made_up),
    ):
        assert ("made_up" in layer) == made_up
        if made_up:
            assert set(layer["made_up"]) == {"made-up"}


def test_layer_of_zones_is_named_after_the_edition(areas):
    assert zone_layer_name(areas) == "lsoa_2011"


def test_file_is_a_geopackage_with_the_layers_in_national_grid(tmp_path, layers, styles):
    path = tmp_path / "ryde.gpkg"
    write_geopackage(path, layers, styles)
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["lsoa_2011", "isochrones", "origin", "layer_styles"]
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA application_id").fetchone()[0] == int.from_bytes(b"GPKG")
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        contents = file.execute(
            "SELECT table_name, data_type, srs_id FROM gpkg_contents ORDER BY 1"
        ).fetchall()
    assert contents == [
        ("isochrones", "features", 27700),
        ("layer_styles", "attributes", 0),
        ("lsoa_2011", "features", 27700),
        ("origin", "features", 27700),
    ]


def test_layers_read_back_as_they_were_written(tmp_path, layers):
    path = tmp_path / "ryde.gpkg"
    write_geopackage(path, layers)
    for name, layer in layers.items():
        back = pyogrio.read_dataframe(path, layer=name)
        assert back.crs.to_epsg() == 27700
        assert list(back.columns) == list(layer.columns)
        assert shapely.equals_exact(
            back.geometry.to_numpy(), layer.geometry.to_numpy(), tolerance=1e-6, normalize=True
        ).all()
    zones = pyogrio.read_dataframe(path, layer="lsoa_2011")
    assert zones["minutes_p50"].tolist()[:4] == [14.9833, 15.0, 29.9833, 33.3333]
    assert zones["minutes_p50"].isna().tolist() == [False, False, False, False, True]
    assert zones["zone_name"][2] == "Llŷn 3"


def test_same_layers_give_the_same_bytes_at_another_time(tmp_path, layers, styles):
    write_geopackage(tmp_path / "one.gpkg", layers, styles)
    time.sleep(1.1)  # dates in the file have seconds
    write_geopackage(tmp_path / "two.gpkg", layers, styles)
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "two.gpkg").read_bytes()


def test_writing_replaces_a_file_and_leaves_gdal_as_it_was(tmp_path, layers):
    path = tmp_path / "ryde.gpkg"
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "1999-12-31T00:00:00.000Z"})
    try:
        write_geopackage(path, layers)
        write_geopackage(path, {"origin": layers["origin"]})
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == "1999-12-31T00:00:00.000Z"
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["origin"]


def test_each_layer_has_a_default_style_of_its_own(tmp_path, layers, styles):
    path = tmp_path / "ryde.gpkg"
    write_geopackage(path, layers, styles)
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
        geometry = dict(file.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall())
    assert {name: qml for name, _, _, qml in rows} == styles
    assert all(default == 1 and column == geometry[name] for name, column, default, _ in rows)


def test_empty_isochrones_can_be_written(tmp_path, town):
    path = tmp_path / "ryde.gpkg"
    write_geopackage(
        path, {"isochrones": isochrone_layer({15: MultiPolygon(), 30: MultiPolygon()}, town, made_up=False)}
    )
    back = pyogrio.read_dataframe(path, layer="isochrones")
    assert back["area_km2"].tolist() == [0, 0]


def test_layers_in_degrees_and_styles_of_no_layer_are_refused(tmp_path, layers):
    with pytest.raises(ValueError, match="27700"):
        write_geopackage(tmp_path / "a.gpkg", {"origin": layers["origin"].to_crs(4326)})
    with pytest.raises(ValueError, match="style of no layer"):
        write_geopackage(tmp_path / "b.gpkg", {"origin": layers["origin"]}, {"stops": origin_style()})
