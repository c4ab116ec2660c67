from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from ptreach.errors import InputError
from ptreach.matrix.points import read_opportunities, read_points
from ptreach.model import Points

REFERENCE = Path(__file__).parents[2] / "../shared/reference/r5"

# West Bromwich as Ordnance Survey gives it, in degrees and grid metres, and a place 1 km north of it: there a
# degree of latitude is 111.27 km, and grid north is true north to the thousandth of a degree.
IDS = ("01", "E01000002")
LON, LAT = (-1.996861, -1.996861), (52.520183, 52.529170)
EAST_M, NORTH_M = (400_310.0, 400_310.0), (291_367.0, 292_367.0)


def csv(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def shapes(crs: str | None = "EPSG:4326", x=LON, y=LAT, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns or {"id": list(IDS)}, geometry=list(shapely.points(x, y)), crs=crs)


ROWS = "01,-1.996861,52.520183\nE01000002,-1.996861,52.529170\n"


@pytest.mark.parametrize(
    "text",
    [
        f"id,lon,lat\n{ROWS}",
        f"\ufeffID,Lon,LAT\n{ROWS}",
        f"id,Longitude,latitude\r\n{ROWS}".replace("\n", "\r\n"),
        f"id;lon;lat\n{ROWS.replace(',', ';')}",
        f"id\tlon\tlat\n{ROWS}".replace(",", "\t"),
        f"id,lon,lat\n{ROWS}".rstrip("\n"),
        'name,lat,id,lon\n"W, ""B""",52.520183, 01 ,-1.996861\nN,52.529170,E01000002,-1.996861\n,,,\n\n',
        f"id,lon,lat\n{ROWS}".encode("utf-16"),
    ],
)
def test_a_csv_is_read_whatever_its_separator_order_and_encoding(tmp_path, text):
    points = read_points(csv(tmp_path / "p.csv", text))
    assert points.ids == IDS
    assert points.lon.tolist() == list(LON)
    assert points.lat.tolist() == list(LAT)


def test_windows_text_is_read_and_said(tmp_path, caplog):
    path = csv(tmp_path / "p.csv", "id,lon,lat\nCafé,-1.2,50.7\n".encode("cp1252"))
    assert read_points(path).ids == ("Café",)
    assert "p.csv is not UTF-8; it is read as Windows-1252" in caplog.text


def test_na_and_numbers_stay_ids(tmp_path):
    path = csv(tmp_path / "p.csv", "id,lon,lat\nNA,-1.2,50.7\n007,-1.2,50.7\n7,-1.2,50.7\n1e3,-1.2,50.7\n")
    assert read_points(path).ids == ("NA", "007", "7", "1e3")


@pytest.mark.parametrize("name", ["p.gpkg", "p.geojson", "p.shp", "p.fgb"])
def test_geo_files_in_metres_become_degrees(tmp_path, name):
    crs = "EPSG:4326" if name == "p.geojson" else "EPSG:27700"
    table = shapes("EPSG:27700", EAST_M, NORTH_M).to_crs(crs)
    table.to_file(tmp_path / name)
    points = read_points(tmp_path / name)
    if name == "p.fgb":  # sorts its points by place
        assert points.ids == IDS[::-1]
        points = Points.of(points.ids[::-1], points.lon[::-1], points.lat[::-1])
    assert points.ids == IDS
    # 5 m, which is what the change of datum may be off without Ordnance Survey's correction grid.
    assert points.lon == pytest.approx(LON, abs=7e-5)
    assert points.lat == pytest.approx(LAT, abs=4.5e-5)


def test_geoparquet_and_plain_parquet(tmp_path):
    shapes().to_parquet(tmp_path / "geo.parquet")
    table = pd.DataFrame({"id": IDS, "lon": LON, "lat": LAT})
    table.to_parquet(tmp_path / "plain.parquet")
    table.set_index("id").to_parquet(tmp_path / "indexed.parquet")
    for name in ("geo", "plain", "indexed"):
        points = read_points(tmp_path / f"{name}.parquet")
        assert points.ids == IDS
        assert points.lon == pytest.approx(LON, abs=1e-12)


def test_single_points_in_layers_of_several_points_a_row(tmp_path):
    table = shapes()
    table["geometry"] = [shapely.MultiPoint([point]) for point in table.geometry]
    table.to_file(tmp_path / "p.gpkg")
    assert read_points(tmp_path / "p.gpkg").lon == pytest.approx(LON)


def test_whole_numbers_are_ids_without_decimals(tmp_path):
    shapes(id=[7, 12]).to_file(tmp_path / "p.gpkg")
    assert read_points(tmp_path / "p.gpkg").ids == ("7", "12")
    pd.DataFrame({"id": [7.0, 12.0], "lon": LON, "lat": LAT}).to_parquet(tmp_path / "p.parquet")
    assert read_points(tmp_path / "p.parquet").ids == ("7", "12")


@pytest.mark.parametrize("header", ["LSOA11CD", "lsoa21cd", "zone_id", "LSOA code (2011)", "lad24_code"])
def test_the_only_column_of_codes_is_taken_and_said(tmp_path, caplog, header):
    caplog.set_level(logging.INFO, "ptreach")
    path = csv(tmp_path / "p.csv", f"name,postcode,{header},lon,lat\nRyde,PO33,01,-1.2,50.7\n")
    assert read_points(path).ids == ("01",)
    assert f"no column 'id'; '{header.lower()}' is taken" in caplog.text


def test_of_several_columns_of_codes_the_one_that_tells_rows_apart_is_taken(tmp_path, caplog):
    caplog.set_level(logging.INFO, "ptreach")
    text = "lsoa11cd,zone_name,district_code,lon,lat\nE1,a,E06,-1.2,50.7\nE2,b,E06,-1.1,50.7\n"
    assert read_points(csv(tmp_path / "ryde-zones.csv", text)).ids == ("E1", "E2")
    assert "no column 'id'; 'lsoa11cd' is taken" in caplog.text


CASES = {
    "no id": (
        "name,lon,lat\na,-1,50\n",
        "no column 'id'; found: name, lon, lat",
        "",
        "call the column of ids id",
    ),
    "two codes": (
        "zone_id,stop_id,lon,lat\na,b,-1,50\n",
        "2 that may be meant: zone_id, stop_id",
        "",
        "call the",
    ),
    "no lat": ("id,lon\na,-1\n", "no column 'lat'; found: id, lon", "", "call the column lat, in degrees"),
    "metres by name": ("id,x,y\na,4e5,3e5\n", "no column 'lon'", "", "or a geo file, which names its"),
    "blank id": ("id,lon,lat\na,-1,50\n ,-1,50\n", "the id is blank", ", row 3, id", "an id of its own"),
    "blank ids": ("id,lon,lat\n,-1,50\n,-1,50\n", "2 rows have no id", ", row 2, id", "an id of its own"),
    "double": (
        "id,lon,lat\na,-1,50\nb,-1,50\na,-1,50\n",
        "id 'a' is in rows 2, 4",
        ", id",
        "an id of its own",
    ),
    "doubles": (
        "id,lon,lat\n" + "a,-1,50\n" * 6 + "b,-1,50\n" * 2,
        "id 'a' is in rows 2, 3, 4, 5, 6 … (2 such ids)",
        ", id",
        "an id of its own",
    ),
    "no number": (
        "id,lon,lat\na,-1,50\nb,west,50\n",
        "'west' is no number",
        ", row 3, lon",
        "a decimal point",
    ),
    "comma": ('id;lon;lat\na;"-1,297";50,7\n', "'-1,297' is no number", ", row 2, lon", "a decimal point"),
    "infinite": ("id,lon,lat\na,-1,inf\n", "'inf' is no number", ", row 2, lat", "a decimal point"),
    "blank": ("id,lon,lat\na,-1,50\n\nb,-1,\n", "no number", ", row 4, lat", "or drop the row"),
    "blanks": (
        "id,lon,lat\na,,50\nb,,50\n",
        "no number here and in 1 more rows",
        ", row 2, lon",
        "drop the row",
    ),
    "swapped": (
        "id,lon,lat\na,50.7,-1.2\nb,52.5,-2\nc,-1,50\n",
        "lon 50.7, lat -1.2 look swapped: the other way round 2 of 3 points lie in Great Britain",
        ", row 2, lon and lat",
        "swap the two",
    ),
    "metres": (
        "id,lon,lat\na,459357,92592\nb,449926,89379\n",
        "lon 459357, lat 92592 are no degrees; they look like British National Grid metres (2 such points)",
        ", row 2, lon and lat",
        "a geo file, which names its coordinate system",
    ),
    "far": (
        "id,lon,lat\na,-1,50\nb,-1,95\n",
        "lon -1, lat 95 are no degrees",
        ", row 3, lon and lat",
        "EPSG:4326",
    ),
    "empty": ("", "the file is empty", "", "a header and rows"),
    "blank file": ("\n\n", "the file is empty", "", "a header and rows"),
    "header only": ("id,lon,lat\n", "the table has no rows", "", "a file with rows"),
    "cut": (
        "id,lon,lat\na,-1,50\nb,-1",
        "the last row has 2 cells of 3: the file is cut",
        "",
        "the whole file",
    ),
    "too long": ("id,lon,lat\na,-1,50\nb,-1,50,4\n", "line 3, saw 4", "", "as many cells as the header"),
    "twice a header": ("id,lon,lat,LON\na,-1,50,2\n", "the header 'lon' occurs twice", "", "drop one"),
    "no text": (b"\xd0\xcf\x11\xe0\x00\x00", "no text, so no CSV", "", "CSV UTF-8"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_with_a_csv_is_said_with_row_field_and_remedy(tmp_path, case):
    text, what, where, remedy = CASES[case]
    path = csv(tmp_path / "p.csv", text)
    with pytest.raises(InputError) as caught:
        read_points(path)
    assert what in caught.value.what
    assert caught.value.where == f"{path}{where}"
    assert remedy in caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_point_abroad_among_british_ones_is_not_called_swapped(tmp_path):
    path = csv(tmp_path / "p.csv", "id,lon,lat\nMahe,55.5,-4.6\nRyde,-1.16,50.73\nHull,-0.33,53.74\n")
    assert read_points(path).lon.tolist() == [55.5, -1.16, -0.33]


def test_a_missing_file_and_an_unknown_kind_are_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.csv: no such file"):
        read_points(tmp_path / "gone.csv")
    (tmp_path / "p.docx").write_bytes(b"PK")
    with pytest.raises(
        InputError, match=r"p\.docx: tables of kind '\.docx' are not read\. Save it as CSV UTF-8"
    ):
        read_points(tmp_path / "p.docx")


def test_shapes_that_are_not_points_are_named(tmp_path):
    table = shapes()
    table["geometry"] = [shapely.Point(0, 50), shapely.box(0, 50, 1, 51)]
    table.to_parquet(tmp_path / "p.parquet")
    with pytest.raises(
        InputError, match=r"p\.parquet, row 2, geometry: a Polygon, no point\. Give one point"
    ):
        read_points(tmp_path / "p.parquet")
    table["geometry"] = [shapely.MultiPoint([(0, 50), (1, 50)]), shapely.Point(0, 50)]
    table.to_parquet(tmp_path / "p.parquet")
    with pytest.raises(InputError, match=r"row 1, geometry: a MultiPoint, no point"):
        read_points(tmp_path / "p.parquet")


@pytest.mark.parametrize("nothing", [None, shapely.Point()])
def test_a_row_without_a_place_is_named(tmp_path, nothing):
    table = shapes()
    table["geometry"] = [table.geometry[0], nothing]
    table.to_parquet(tmp_path / "p.parquet")
    with pytest.raises(InputError, match=r"row 2, geometry: no place"):
        read_points(tmp_path / "p.parquet")


def test_a_geo_file_must_name_its_coordinate_system(tmp_path):
    shapes("EPSG:27700", EAST_M, NORTH_M).to_file(tmp_path / "p.shp")
    (tmp_path / "p.prj").unlink()
    with pytest.raises(InputError, match=r"p\.shp: the file names no coordinate system\. .*\.prj"):
        read_points(tmp_path / "p.shp")


def test_degrees_written_the_wrong_way_round_in_a_geo_file(tmp_path):
    shapes(x=LAT, y=LON).to_parquet(tmp_path / "p.parquet")
    with pytest.raises(InputError, match="look swapped"):
        read_points(tmp_path / "p.parquet")


def test_metres_in_a_geo_file_that_says_degrees(tmp_path):
    features = [
        {
            "type": "Feature",
            "properties": {"id": "a"},
            "geometry": {"type": "Point", "coordinates": [4e5, 3e5]},
        }
    ]
    path = csv(tmp_path / "p.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    with pytest.raises(InputError, match=r"row 1, lon and lat: lon 400000, lat 300000 .*National Grid"):
        read_points(path)


def test_styles_beside_the_layer_do_no_harm_but_two_layers_do(tmp_path):
    path = tmp_path / "p.gpkg"
    shapes().to_file(path, layer="points")
    pyogrio.write_dataframe(pd.DataFrame({"style": ["red"]}), path, layer="layer_styles", append=True)
    assert read_points(path).ids == IDS
    shapes().to_file(path, layer="more", mode="a")
    with pytest.raises(InputError, match=r"p\.gpkg: 2 layers with shapes: points, more"):
        read_points(path)


@pytest.mark.parametrize("name", ["p.gpkg", "p.geojson", "p.shp", "p.parquet", "p.fgb", "p.zip"])
@pytest.mark.parametrize("content", [b"", b"no geo file", b"PAR1"])
def test_a_file_that_is_not_what_its_name_says_is_named(tmp_path, name, content):
    path = csv(tmp_path / name, content)
    with pytest.raises(InputError, match="not readable") as caught:
        read_points(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("name", ["p.gpkg", "p.geojson", "p.parquet", "p.fgb"])
def test_half_a_file_is_an_error_of_input(tmp_path, name):
    path = tmp_path / name
    table = shapes(x=np.linspace(-2, 0, 5000), y=np.full(5000, 51.0), id=[f"p{i}" for i in range(5000)])
    table.to_parquet(path) if name == "p.parquet" else table.to_file(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError) as caught:
        read_points(path)
    assert str(path) in caught.value.where


@pytest.mark.real
@pytest.mark.skipif(not REFERENCE.is_dir(), reason="../shared is absent")
def test_the_reference_points_are_read_as_pandas_reads_them():
    points = read_points(REFERENCE / "iow_points.csv")
    table = pd.read_csv(REFERENCE / "iow_points.csv", dtype={"id": str})
    assert list(points.ids) == table["id"].tolist()
    assert len(points) == 903
    assert points.lon == pytest.approx(table["lon"].to_numpy(), abs=0)
    assert points.lat == pytest.approx(table["lat"].to_numpy(), abs=0)


def test_opportunities_have_numbers_or_count_one_each(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text("id,lon,lat,Jobs (n)\na,-1.0,51.0,20\nb,-1.1,51.0,\n", encoding="utf-8")
    points, offers = read_opportunities(path, "jobs (n)")
    assert points.ids == ("a", "b")
    assert offers.tolist() == pytest.approx([20, np.nan], nan_ok=True)
    assert read_opportunities(path, "")[1].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("column", "cell", "named"),
    [("none", "1", "no column 'none'"), ("jobs", "-3", "row 2, jobs"), ("jobs", "many", "row 2, jobs")],
)
def test_opportunities_that_are_no_numbers_are_named(tmp_path, column, cell, named):
    path = tmp_path / "jobs.csv"
    path.write_text(f"id,lon,lat,jobs\na,-1.0,51.0,{cell}\n", encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(named)):
        read_opportunities(path, column)
