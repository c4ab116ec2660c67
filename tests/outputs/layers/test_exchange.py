"""GeoJSON, GeoParquet and map tiles, read back by other means than those they are written by."""

import itertools
import json
import struct
import time

import geopandas as gpd
import pyarrow.parquet as pq
import pyogrio
import pytest
from pyproj import Transformer
from shapely.geometry import shape

from ptreach.outputs.layers.exchange import TILE_ZOOMS, write_geojson, write_geoparquet, write_pmtiles
from ptreach.outputs.layers.frames import isochrone_layer, zone_layer

CUTOFFS = (15, 30)


@pytest.fixture
def layer(town, isochrones):
    return isochrone_layer(isochrones, town, made_up=False)


def numbers(text):
    """Every number of a JSON text, as written."""
    found = []
    json.loads(text, parse_float=found.append, parse_int=found.append)
    return found


def signed_area(ring):
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in itertools.pairwise(ring)) / 2


def test_geojson_is_that_of_the_rfc(tmp_path, layer):
    write_geojson(tmp_path / "a.geojson", layer)
    text = (tmp_path / "a.geojson").read_text(encoding="utf-8")
    content = json.loads(text)
    assert content["type"] == "FeatureCollection"
    assert "crs" not in content
    assert [one["properties"]["cutoff_min"] for one in content["features"]] == [30, 15]
    assert max(len(number.partition(".")[2]) for number in numbers(text)) == 7
    for feature in content["features"]:
        geometry = feature["geometry"]
        assert geometry["type"] == "MultiPolygon"
        assert shape(geometry).is_valid
        for outer, *holes in geometry["coordinates"]:
            assert outer[0] == outer[-1]
            assert signed_area(outer) > 0
            assert all(signed_area(hole) < 0 for hole in holes)


def test_geojson_is_in_longitude_and_latitude_of_the_same_place(tmp_path, layer):
    write_geojson(tmp_path / "a.geojson", layer)
    content = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    lon, lat = content["features"][1]["geometry"]["coordinates"][0][0][0]
    x, y = Transformer.from_crs(4326, 27700, always_xy=True).transform(lon, lat)
    ring = layer.geometry[1].geoms[0].exterior
    assert -2 < lon < 0
    assert 50 < lat < 51
    assert ring.distance(gpd.points_from_xy([x], [y])[0]) < 0.05  # metres


def test_what_is_not_known_is_null(tmp_path, zones, areas):
    write_geojson(tmp_path / "z.geojson", zone_layer(zones, CUTOFFS, areas, made_up=False))
    rows = json.loads((tmp_path / "z.geojson").read_text(encoding="utf-8"))["features"]
    assert [row["properties"]["minutes_p50"] for row in rows] == [14.9833, 15.0, 29.9833, 33.3333, None]
    assert rows[2]["properties"]["zone_name"] == "Llŷn 3"


def test_geoparquet_says_its_version_its_grid_and_its_boxes(tmp_path, zones, areas):
    layer = zone_layer(zones, CUTOFFS, areas, made_up=False)
    write_geoparquet(tmp_path / "z.parquet", layer)
    geo = json.loads(pq.read_schema(tmp_path / "z.parquet").metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"][geo["primary_column"]]
    assert column["encoding"] == "WKB"
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 27700}
    assert "bbox" in column["covering"]
    back = gpd.read_parquet(tmp_path / "z.parquet")
    assert back.geometry.geom_equals(layer.geometry).all()
    assert back["lsoa11cd"].tolist() == layer["lsoa11cd"].tolist()


def test_tiles_have_the_header_of_their_kind_and_the_features(tmp_path, layer):
    path = tmp_path / "a.pmtiles"
    write_pmtiles(path, layer, "isochrones")
    head = path.read_bytes()[:127]
    assert head[:8] == b"PMTiles\x03"
    assert (head[99], head[100], head[101]) == (1, *TILE_ZOOMS)  # vector tiles
    west, south, east, north = (value / 1e7 for value in struct.unpack("<iiii", head[102:118]))
    bounds = layer.to_crs(4326).total_bounds
    assert (west, south, east, north) == pytest.approx(tuple(bounds), abs=0.01)
    tiles = pyogrio.read_dataframe(path, layer="isochrones")
    assert set(tiles["cutoff_min"]) == {15, 30}


@pytest.mark.parametrize("form", ["geojson", "parquet", "pmtiles"])
def test_the_same_layer_gives_the_same_bytes_at_another_time(tmp_path, layer, form):
    files = [tmp_path / "one" / f"a.{form}", tmp_path / "two" / f"a.{form}"]
    for path in files:
        path.parent.mkdir()
        if form == "pmtiles":
            write_pmtiles(path, layer, "isochrones")
        else:
            {"geojson": write_geojson, "parquet": write_geoparquet}[form](path, layer)
        time.sleep(1.1)
    assert files[0].read_bytes() == files[1].read_bytes()
