from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from ptreach.errors import InputError
from ptreach.sources.centroids import read_centroids
from ptreach.sources.tables import Layout

# West Bromwich as Ordnance Survey gives it, in grid metres and in degrees.
EAST_M, NORTH_M = 400_310, 291_367
LON, LAT = -1.996861, 52.520183
METRE_DEG = 1.5e-5


def write(path, text):
    path.write_text(text, encoding="utf-8-sig")
    return path


def check(table, *, name=None, slack_m=5.0):
    row = table.loc["E01000001"]
    assert row["easting_m"] == pytest.approx(EAST_M, abs=slack_m)
    assert row["northing_m"] == pytest.approx(NORTH_M, abs=slack_m)
    assert row["lon"] == pytest.approx(LON, abs=slack_m * METRE_DEG)
    assert row["lat"] == pytest.approx(LAT, abs=slack_m * METRE_DEG)
    assert (row["zone_name"] == name) if name else row[["zone_name"]].isna().all()


def test_the_csv_of_2011_as_ons_ships_it(tmp_path):
    text = f"OBJECTID,LSOA11CD,LSOA11NM,GlobalID,x,y\n1,E01000001,Sandwell 030A,g,{EAST_M},{NORTH_M}\n"
    check(read_centroids(write(tmp_path / "c.csv", text), "lsoa11cd"), name="Sandwell 030A")


def test_the_csv_of_2021_as_ons_ships_it(tmp_path):
    text = f"FID,LSOA21CD,GlobalID,GlobalID_2,x,y\n1,E01000001,g,h,{EAST_M},{NORTH_M}\n"
    check(read_centroids(write(tmp_path / "c.csv", text), "lsoa21cd"))


def test_x_and_y_that_are_degrees(tmp_path):
    text = f"lsoa11cd,X,Y\nE01000001,{LON},{LAT}\n"
    check(read_centroids(write(tmp_path / "c.csv", text), "lsoa11cd"))


def test_degrees_alone(tmp_path):
    table = read_centroids(write(tmp_path / "c.csv", f"zone_id,lat,lon\nE01000001,{LAT},{LON}\n"), "zone_id")
    check(table)
    assert table.loc["E01000001", ["lon", "lat"]].tolist() == [LON, LAT]


def test_metres_in_columns_of_degrees_are_refused(tmp_path):
    text = f"lsoa11cd,lon,lat\nE01000001,{LON},{LAT}\nE01000002,{EAST_M},{NORTH_M}\n"
    with pytest.raises(
        InputError, match=r"row 3: lon 400310, lat 291367 are no degrees \(1 such rows\)\. Call m"
    ):
        read_centroids(write(tmp_path / "c.csv", text), "lsoa11cd")


def test_degrees_called_metres_in_a_geo_file_are_refused(tmp_path):
    frame = gpd.GeoDataFrame(
        {"lsoa11cd": ["E01000001"]}, geometry=[shapely.Point(LON, LAT)], crs="EPSG:27700"
    )
    frame.to_file(tmp_path / "c.gpkg")
    with pytest.raises(InputError, match="says that its coordinates are metres, but they are degrees"):
        read_centroids(tmp_path / "c.gpkg", "lsoa11cd")


def test_headers_of_ones_own(tmp_path):
    layout = Layout({"zone_id": "Bezirk", "lon": "Laenge", "lat": "Breite"})
    path = write(tmp_path / "c.csv", f"Bezirk;Laenge;Breite\nE01000001;{LON};{LAT}\n".replace(".", ","))
    check(read_centroids(path, "ags", layout))


def test_degrees_that_are_missing_beside_metres_are_worked_out(tmp_path):
    text = f"lsoa11cd,easting,northing,lon,lat\nE01000001,{EAST_M},{NORTH_M},,\n"
    check(read_centroids(write(tmp_path / "c.csv", text), "lsoa11cd"))


def test_degrees_beside_metres_are_kept_where_they_agree_and_counted_where_not(tmp_path, caplog):
    text = (
        "lsoa11cd,easting,northing,lon,lat\n"
        f"E01000001,{EAST_M},{NORTH_M},{LON},{LAT}\n"
        f"E01000002,{EAST_M},{NORTH_M},{LON},52.6\n"
    )
    table = read_centroids(write(tmp_path / "c.csv", text), "lsoa11cd")
    assert table["lon"].iloc[0] == LON
    assert table["lat"].iloc[1] == pytest.approx(LAT, abs=5 * METRE_DEG)
    assert "1 centroids whose degrees are not the place of their metres" in caplog.text


@pytest.mark.parametrize("name", ["c.gpkg", "c.geojson"])
def test_geo_files_in_metres_and_degrees(tmp_path, name):
    crs, place = ("EPSG:4326", (LON, LAT)) if name == "c.geojson" else ("EPSG:27700", (EAST_M, NORTH_M))
    frame = gpd.GeoDataFrame(
        {"lsoa11cd": ["E01000001"], "lsoa11nm": ["N"]}, geometry=[shapely.Point(place)], crs=crs
    )
    frame.to_file(tmp_path / name)
    check(read_centroids(tmp_path / name, "lsoa11cd"), name="N")


def test_shapes_that_are_no_points_are_refused(tmp_path):
    frame = gpd.GeoDataFrame(
        {"lsoa11cd": ["E01000001"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:27700"
    )
    frame.to_parquet(tmp_path / "c.parquet")
    with pytest.raises(InputError, match="holds shapes that are not points"):
        read_centroids(tmp_path / "c.parquet", "lsoa11cd")


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("lsoa11cd\nE01\n", "no column 'x'; found: lsoa11cd", ""),
        ("lsoa11cd,x\nE01,400000\n", "no column 'y'", ""),
        ("lsoa11cd,lon\nE01,-2\n", "no column 'x'", ""),
        ("lsoa11cd,x,y\nE01,4e5,3e5\nE02,4e5,\n", "1 zones without coordinates, such as E02", ", row 3"),
        ("lsoa11cd,x,y\nE01,4e5,north\n", "'north' is no number", ", row 2, y"),
        ("lsoa21cd,x,y\nE01,4e5,3e5\n", "holds zones of LSOA 2021 (column 'lsoa21cd'), not of LSOA 2011", ""),
        (
            "lsoa11cd,x,y\nE01,4e5,3e5\nE01,4e5,3e5\n",
            "'E01' occurs more than once (1 such codes)",
            ", row 3, lsoa11cd",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, what, where):
    path = write(tmp_path / "c.csv", text)
    with pytest.raises(InputError) as caught:
        read_centroids(path, "lsoa11cd")
    assert what in caught.value.what
    assert caught.value.where == f"{path}{where}"
