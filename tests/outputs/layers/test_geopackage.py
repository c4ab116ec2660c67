"""The GeoPackage: what the standard asks for, what QGIS looks for, the same bytes at any time."""

import sqlite3
import time
from contextlib import closing

import pyogrio
import pytest
import shapely
from shapely.geometry import MultiPolygon

from ptreach.outputs.layers.frames import isochrone_layer, origin_layer, zone_layer, zone_layer_name
from ptreach.outputs.layers.geopackage import write_geopackage
from ptreach.outputs.layers.qgis import isochrone_style, origin_style, zone_style
from ptreach.outputs.tables.columns import Column

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


def test_columns_have_plain_names_and_descriptions(tmp_path, layers):
    path = tmp_path / "ryde.gpkg"
    columns = {
        "origin": [Column("town", "Town", "Its name."), Column("lon", "Longitude", "East.", unit="degrees")]
    }
    write_geopackage(path, layers, columns=columns, about={"origin": "The point."})
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute(
            "SELECT table_name, column_name, title, description FROM gpkg_data_columns"
        ).fetchall()
        extensions = {
            name
            for (name,) in file.execute(
                "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'"
            )
        }
        about = dict(file.execute("SELECT table_name, description FROM gpkg_contents").fetchall())
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert rows == [
        ("origin", "town", "Town", "Its name."),
        ("origin", "lon", "Longitude (degrees)", "East."),
    ]
    assert extensions == {"gpkg_data_columns", "gpkg_data_column_constraints"}
    assert about["origin"] == "The point."
    assert pyogrio.read_dataframe(path, layer="origin")["town"].tolist() == ["Ryde high street"]
