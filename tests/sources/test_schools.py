"""The register of schools in the shape in which it is downloaded."""

from __future__ import annotations

import logging

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest

from ptreach.errors import InputError
from ptreach.sources.schools import read_register, read_schools, zones_of_schools
from zone_tables import GONE, NEW, OLD, ZONES, register, school, squares


def write(tmp_path, *rows, **how):
    path = tmp_path / "edubasealldata20251001.csv"
    path.write_bytes(register(*rows, **how))
    return path


def test_open_schools_are_points(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    rows = [
        school(100002, "St Mary’s", "Open, but proposed to close", "Secondary", 900, ""),
        school(100001, "École"),
        school(100003, status="Closed"),
        school(100004, status="Proposed to open"),
    ]
    frame = read_schools(write(tmp_path, *rows))
    assert frame.columns.tolist() == ["urn", "name", "phase", "places", "pupils", "lon", "lat", "lsoa_code"]
    assert frame["urn"].tolist() == ["100001", "100002"]
    assert frame["name"].tolist() == ["École", "St Mary’s"]
    assert frame["phase"].tolist() == ["Primary", "Secondary"]
    assert frame["places"].tolist() == [210, 900]
    assert frame["pupils"].fillna(-1).tolist() == [200, -1]
    lon, lat = pyproj.Transformer.from_crs(27700, 4326, always_xy=True).transform(400_500, 290_500)
    np.testing.assert_allclose(frame[["lon", "lat"]], [[lon, lat]] * 2)
    assert "edubasealldata20251001.csv: 2 schools that are not open are left out" in caplog.text


@pytest.mark.parametrize(("east", "north"), [("", ""), (0, 0), (4, -1), (800_000, 290_000)])
def test_a_school_without_a_place_has_none(tmp_path, east, north):
    frame = read_schools(write(tmp_path, school(100001, east=east, north=north)))
    assert frame[["lon", "lat"]].isna().all(axis=None)
    assert frame["lsoa_code"].tolist() == [OLD[0]]


@pytest.mark.parametrize("zone", ["999999999", "L99999999", "M99999999", ""])
def test_codes_that_stand_for_none_are_none(tmp_path, zone):
    assert read_schools(write(tmp_path, school(100001, zone=zone)))["lsoa_code"].isna().all()


def test_faults_of_a_register_are_named(tmp_path):
    with pytest.raises(InputError, match="row 3, urn: school 100001 occurs more than once"):
        read_schools(write(tmp_path, school(100001), school(100001)))
    with pytest.raises(InputError, match="no school in it is open"):
        read_schools(write(tmp_path, school(100001, status="Closed")))
    with pytest.raises(InputError, match="no row is a school"):
        read_schools(write(tmp_path, school("")))
    path = tmp_path / "r.csv"
    path.write_text("Code,Place\n100001,x\n")
    with pytest.raises(InputError, match=r"no column 'URN'; found: code, place"):
        read_schools(path)
    path.write_text("URN,Name\n100001,x\n")
    with pytest.raises(InputError, match="no column 'Easting'"):
        read_schools(path)


def test_a_compact_table_is_of_open_schools_and_has_no_places(tmp_path):
    table = pd.DataFrame(
        {
            "urn": [100001.0],
            "establishment_name": ["A"],
            "education_phase": ["Primary"],
            "number_of_pupils": [244.0],
            "easting": [400_500.0],
            "northing": [290_500.0],
            "lsoa_code": [NEW[0]],
        }
    )
    table.to_parquet(tmp_path / "s.parquet")
    frame = read_schools(tmp_path / "s.parquet")
    assert frame["urn"].tolist() == ["100001"]
    assert frame["places"].isna().all()
    assert frame["pupils"].tolist() == [244]


def boundaries(tmp_path, codes=ZONES, year=2021):
    path = tmp_path / "b.parquet"
    squares(codes, year).to_parquet(path)
    return path


def test_codes_of_the_edition_need_no_polygons(tmp_path):
    rows = [
        school(100001),
        school(100002, zone=NEW[1]),
        school(100003, zone="W01000003"),
        school(100004, zone=""),
    ]
    zones, by_place = zones_of_schools(
        read_register(write(tmp_path, *rows)), ZONES, tmp_path / "absent.gpkg", "lsoa21cd", "LSOA 2021"
    )
    assert zones.fillna("-").to_dict() == {"100001": OLD[0], "100002": NEW[1], "100003": "-", "100004": "-"}
    assert not by_place


def test_a_register_of_another_edition_goes_by_place_where_codes_differ(tmp_path, caplog):
    # The fifth square is the first new zone; its school still bears the code that was dropped.
    rows = [
        school(100001, east=400_500),
        school(100002, zone=GONE, east=404_500),
        school(100003, zone=GONE, east=499_000),
        school(100004, zone=GONE, east="", north=""),
        school(100005, zone="", east=401_500),
        # Known in both editions: the code, though the place be said wrongly.
        school(100006, zone=OLD[2], east=404_500),
    ]
    zones, by_place = zones_of_schools(
        read_register(write(tmp_path, *rows)), ZONES, boundaries(tmp_path), "lsoa21cd", "LSOA 2021"
    )
    assert by_place
    assert zones.fillna("-").tolist() == [OLD[0], NEW[0], "-", "-", OLD[1], OLD[2]]
    assert "2 schools are put into the zone that they stand in" in caplog.text


def test_squares_are_where_the_schools_are():
    """Of the test itself: the places above lie in the squares named."""
    shapes = squares().set_index("LSOA21CD")
    point = gpd.GeoSeries.from_xy([404_500], [290_500], crs=27700)[0]
    assert shapes.index[shapes.contains(point)].tolist() == [NEW[0]]
