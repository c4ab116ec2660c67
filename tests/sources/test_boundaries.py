from __future__ import annotations

import logging
import zipfile

import geopandas as gpd
import pytest
import shapely

from ptreach.errors import InputError
from ptreach.sources.boundaries import read_boundaries, read_districts, read_regions
from ptreach.sources.tables import Layout

SQUARE = shapely.box(400_000, 290_000, 401_000, 291_000)
NEXT = shapely.box(401_000, 290_000, 402_000, 291_000)
# Crosses itself in the middle: two triangles of 250,000 square metres each.
BOW_TIE = shapely.Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])


def zones(*shapes, crs="EPSG:27700", **columns) -> gpd.GeoDataFrame:
    known = {"LSOA21CD": [f"E0100000{i}" for i in range(1, len(shapes) + 1)]}
    return gpd.GeoDataFrame(columns or known, geometry=list(shapes), crs=crs)


def ons(*shapes) -> gpd.GeoDataFrame:
    """Zones with the columns of ONS's own downloads."""
    known = zones(*shapes)
    known["LSOA21NM"] = "Somewhere"
    known["BNG_E"], known["BNG_N"], known["LAT"], known["LONG"] = 400_500, 290_500, 52.5, -2.0
    known["GlobalID"] = "{0}"
    return known


def test_a_geopackage_as_ons_ships_it(tmp_path):
    ons(shapely.MultiPolygon([SQUARE]), NEXT).to_file(tmp_path / "b.gpkg", layer="LSOA_2021_EW_BGC_V5")
    read = read_boundaries(tmp_path / "b.gpkg", "lsoa21cd")
    assert read.index.tolist() == ["E01000001", "E01000002"]
    assert read.index.name == "zone_id"
    assert read.crs.to_epsg() == 27700
    assert read.area.tolist() == [1e6, 1e6]
    assert read["inside"].all()


def test_a_zipped_shapefile_and_a_geojson_in_degrees(tmp_path):
    ons(SQUARE, NEXT).to_file(tmp_path / "b.shp")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for suffix in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"b.{suffix}", f"b.{suffix}")
    zones(SQUARE, NEXT).to_crs("EPSG:4326").to_file(tmp_path / "b.geojson")
    for name in ("b.shp", "b.zip", "b.geojson"):
        read = read_boundaries(tmp_path / name, "lsoa21cd")
        assert read.crs.to_epsg() == 27700
        assert read.area.tolist() == pytest.approx([1e6, 1e6], rel=1e-3)
        assert read.geometry.iloc[0].centroid.distance(shapely.Point(400_500, 290_500)) < 1


def test_names_come_with_the_codes(tmp_path):
    ons(SQUARE, NEXT).to_file(tmp_path / "b.gpkg")
    assert read_boundaries(tmp_path / "b.gpkg", "lsoa21cd")["zone_name"].tolist() == ["Somewhere"] * 2
    zones(SQUARE, NEXT).to_file(tmp_path / "c.gpkg")
    assert read_boundaries(tmp_path / "c.gpkg", "lsoa21cd")["zone_name"].isna().all()


def test_codes_and_names_under_headers_of_ones_own(tmp_path):
    zones(SQUARE, Kennung=["1"], Bezirk=["Mitte"]).to_parquet(tmp_path / "b.parquet")
    layout = Layout({"zone_id": "Kennung", "zone_name": "Bezirk"})
    read = read_boundaries(tmp_path / "b.parquet", "ags", layout=layout)
    assert read["zone_name"].to_dict() == {"1": "Mitte"}


def test_metres_that_are_called_degrees_are_refused(tmp_path):
    """As where a GeoJSON in metres does not say so: then it says degrees."""
    zones(SQUARE, crs=None).set_crs("EPSG:4326", allow_override=True).to_file(tmp_path / "b.geojson")
    with pytest.raises(
        InputError, match=r"says that its coordinates are degrees, but they are metres \(from 400"
    ):
        read_boundaries(tmp_path / "b.geojson", "lsoa21cd")


def test_degrees_that_are_called_metres_are_refused(tmp_path):
    zones(shapely.box(-2, 52.5, -1.9, 52.6)).to_file(tmp_path / "b.gpkg")
    with pytest.raises(
        InputError, match=r"says that its coordinates are metres, but they are degrees \(from -2"
    ):
        read_boundaries(tmp_path / "b.gpkg", "lsoa21cd")


def places(*codes, prefix="LAD24", crs="EPSG:27700") -> gpd.GeoDataFrame:
    names = {f"{prefix}CD": list(codes), f"{prefix}NM": [f"Place {code}" for code in codes], "BNG_E": 1}
    squares = [shapely.box(400_000 + i, 290_000, 401_000 + i, 291_000) for i in range(len(codes))]
    return gpd.GeoDataFrame(names, geometry=squares, crs=crs)


@pytest.mark.parametrize("name", ["d.gpkg", "d.geojson", "d.shp"])
@pytest.mark.parametrize("prefix", ["LAD24", "lad21"])
def test_districts_as_ons_ships_them(tmp_path, name, prefix):
    frame = places("E2", "E1", prefix=prefix)
    frame = frame.to_crs("EPSG:4326") if name == "d.geojson" else frame
    frame.to_file(tmp_path / name)
    read = read_districts(tmp_path / name)
    assert read.columns.tolist() == [
        "district_code",
        "district_name",
        "region_code",
        "region_name",
        "geometry",
    ]
    assert read["district_code"].tolist() == ["E1", "E2"]
    assert read["district_name"].tolist() == ["Place E1", "Place E2"]
    assert read[["region_code", "region_name"]].isna().all(axis=None)
    assert read.crs.to_epsg() == 27700
    assert read.area.tolist() == pytest.approx([1e6, 1e6], rel=0.01)


def test_regions_and_headers_of_ones_own(tmp_path):
    places("E12000002", "E12000001", prefix="RGN24").to_parquet(tmp_path / "r.parquet")
    read = read_regions(tmp_path / "r.parquet")
    assert read.columns.tolist() == ["region_code", "region_name", "geometry"]
    assert read["region_code"].tolist() == ["E12000001", "E12000002"]
    own = places("08", "07").rename(columns={"LAD24CD": "AGS", "LAD24NM": "GEN"})
    own.to_parquet(tmp_path / "k.parquet")
    layout = Layout({"district_code": "AGS", "district_name": "GEN"})
    assert read_districts(tmp_path / "k.parquet", layout)["district_name"].tolist() == [
        "Place 07",
        "Place 08",
    ]


def test_faults_of_districts_are_named(tmp_path):
    places("E1", "E1").to_parquet(tmp_path / "twice.parquet")
    with pytest.raises(InputError, match=r"row 2: 1 polygons without a code of their own"):
        read_districts(tmp_path / "twice.parquet")
    with pytest.raises(InputError, match="no column 'RGN24CD'"):
        read_regions(tmp_path / "twice.parquet")
    bad = places("E1", "E2").set_geometry([BOW_TIE, shapely.Polygon()], crs="EPSG:27700")
    bad.to_parquet(tmp_path / "empty.parquet")
    with pytest.raises(InputError, match="the polygon of E2 is empty"):
        read_districts(tmp_path / "empty.parquet")
    bad.iloc[:1].to_parquet(tmp_path / "bow.parquet")
    assert read_districts(tmp_path / "bow.parquet").area.tolist() == [500_000]


def test_polygons_of_the_box_are_mended_and_counted(tmp_path, caplog):
    caplog.set_level(logging.INFO, "ptreach")
    zones(BOW_TIE, SQUARE, NEXT).to_parquet(tmp_path / "b.parquet")
    read = read_boundaries(tmp_path / "b.parquet", "lsoa21cd")
    assert "b.parquet: 1 invalid polygons mended" in caplog.text
    assert read.is_valid.all()
    assert read.area.tolist() == [500_000, 1e6, 1e6]
    caplog.clear()
    far = read_boundaries(tmp_path / "b.parquet", "lsoa21cd", (400_100, 290_100, 400_200, 290_200))
    assert far["inside"].tolist() == [False, True, False]
    assert not caplog.text


def test_a_box_takes_what_it_meets_not_what_its_bounds_meet(tmp_path):
    corner = shapely.Polygon([(0, 0), (1000, 0), (0, 1000)])  # half of its bounds
    zones(corner, BOW_TIE).to_parquet(tmp_path / "b.parquet")
    inside = read_boundaries(tmp_path / "b.parquet", "lsoa21cd", (450, 900, 550, 950))["inside"]
    assert inside.tolist() == [False, False]
    touching = read_boundaries(tmp_path / "b.parquet", "lsoa21cd", (1000, 0, 2000, 10))["inside"]
    assert touching.tolist() == [True, True]


def test_of_a_mended_polygon_only_areas_are_kept(tmp_path):
    spike = shapely.Polygon([(0, 0), (1000, 0), (1000, 1000), (2000, 1000), (1000, 1000), (0, 1000)])
    zones(spike).to_parquet(tmp_path / "b.parquet")
    (shape,) = read_boundaries(tmp_path / "b.parquet", "lsoa21cd").geometry
    assert shape.equals(shapely.box(0, 0, 1000, 1000))


@pytest.mark.parametrize(
    "nothing", [None, shapely.Polygon(), shapely.Polygon([(0, 0), (1, 1), (2, 2), (0, 0)])]
)
def test_a_polygon_without_area_is_named(tmp_path, nothing):
    zones(SQUARE, nothing).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputError, match=r"b\.parquet: the polygon of E01000002 is empty"):
        read_boundaries(tmp_path / "b.parquet", "lsoa21cd")


def test_what_is_no_boundary_file_is_refused(tmp_path):
    zones(SQUARE, shapely.Point(0, 0)).to_parquet(tmp_path / "mixed.parquet")
    with pytest.raises(InputError, match="holds a Point, not only polygons"):
        read_boundaries(tmp_path / "mixed.parquet", "lsoa21cd")
    zones(SQUARE).drop(columns="geometry").to_parquet(tmp_path / "plain.parquet")
    with pytest.raises(InputError, match="the table has no geometry"):
        read_boundaries(tmp_path / "plain.parquet", "lsoa21cd")
    zones(SQUARE).to_file(tmp_path / "b.shp")
    (tmp_path / "b.prj").unlink()
    with pytest.raises(InputError, match="names no coordinate system"):
        read_boundaries(tmp_path / "b.shp", "lsoa21cd")
    with pytest.raises(InputError, match="holds zones of LSOA 2021"):
        read_boundaries(tmp_path / "mixed.parquet", "lsoa11cd")
    zones(SQUARE, NEXT, LSOA21CD=["E01", "E01"]).to_parquet(tmp_path / "twice.parquet")
    with pytest.raises(InputError, match="'E01' occurs more than once"):
        read_boundaries(tmp_path / "twice.parquet", "lsoa21cd")


def test_half_a_geopackage_is_an_error_of_input(tmp_path):
    ons(*(shapely.box(i, 0, i + 1, 1) for i in range(2000))).assign(
        LSOA21CD=[f"E{i:08d}" for i in range(2000)]
    ).to_file(tmp_path / "b.gpkg")
    content = (tmp_path / "b.gpkg").read_bytes()
    (tmp_path / "b.gpkg").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"b\.gpkg"):
        read_boundaries(tmp_path / "b.gpkg", "lsoa21cd")
