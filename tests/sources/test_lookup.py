from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ptreach.errors import InputError
from ptreach.sources.lookup import COLUMNS, read_lookup
from ptreach.sources.tables import Layout

SHARED = Path(__file__).parents[2] / "../shared/data/england"
ONS = (
    "LSOA21CD,LSOA21NM,LSOA21NMW,WD24CD,WD24NM,WD24NMW,LAD24CD,LAD24NM,LAD24NMW,ObjectId\r\n"
    "E01012049,Middlesbrough 014A,,E05009861,Ladgate,,E06000002,Middlesbrough,,1\r\n"
)


def write(path, text):
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_the_csv_of_ons(tmp_path):
    table = read_lookup(write(tmp_path / "l.csv", ONS), "lsoa21cd")
    assert tuple(table.columns) == COLUMNS
    row = table.loc["E01012049"]
    assert row["ward_code":"district_name"].tolist() == ["E05009861", "Ladgate", "E06000002", "Middlesbrough"]
    assert row[["region_code", "region_name"]].isna().all()


@pytest.mark.parametrize("header", ["RGN22", "region24_", "rgn24"])
def test_regions_under_the_headers_of_publishers(tmp_path, header):
    code, name = (f"{header}{end}" for end in (("code", "name") if header.endswith("_") else ("CD", "NM")))
    text = f"lsoa21_code,{code},{name}\nE01,E12000001,North East\n"
    row = read_lookup(write(tmp_path / "l.csv", text), "lsoa21cd").loc["E01"]
    assert row[["region_code", "region_name"]].tolist() == ["E12000001", "North East"]


def test_a_lookup_of_ones_own(tmp_path):
    layout = Layout({"zone_id": "Bezirk", "district_name": "Stadt"})
    path = write(tmp_path / "l.csv", "Bezirk,Stadt\n1,Mannheim\n")
    assert read_lookup(path, "ags", layout).loc["1", "district_name"] == "Mannheim"


def test_what_is_no_lookup_is_refused(tmp_path):
    with pytest.raises(InputError, match="no column of wards, districts or regions"):
        read_lookup(write(tmp_path / "l.csv", "LSOA21CD,people\nE01,1\n"), "lsoa21cd")
    with pytest.raises(InputError, match="holds zones of LSOA 2021"):
        read_lookup(write(tmp_path / "l.csv", ONS), "lsoa11cd")
    # A lookup of output areas has many rows a zone.
    text = "OA21CD,LSOA21CD,LAD22CD\nE00,E01,E06\nE02,E01,E06\n"
    with pytest.raises(InputError, match="'E01' occurs more than once"):
        read_lookup(write(tmp_path / "l.csv", text), "lsoa21cd")


@pytest.mark.real
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")
def test_the_lookups_of_both_editions_name_the_districts_of_their_deprivation():
    new = read_lookup(SHARED / "lookup_lsoa21_ward24_ltla24_region24_england.parquet", "lsoa21cd")
    assert len(new) == 33_755
    assert new.notna().all(axis=None)
    iod = pd.read_parquet(SHARED / "iod2025_lsoa21_england_compact.parquet").set_index("lsoa21_code")
    assert (new["district_code"].reindex(iod.index) == iod["ltla24_code"]).all()
    old = read_lookup(SHARED / "lookup_lsoa11_ltla21_region21_england.parquet", "lsoa11cd")
    assert len(old) == 32_844
    assert old["region_code"].nunique() == new["region_code"].nunique() == 9
