from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from ptreach.errors import InputError
from ptreach.sources.deprivation import read_deprivation

SHARED = Path(__file__).parents[2] / "../shared/data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")

RANK, DECILE = "Rank (where 1 is most deprived)", "Decile (where 1 is most deprived 10% of LSOAs)"
STEMS = {
    "Index of Multiple Deprivation (IMD)": "Score",
    "Income": "Score (rate)",
    "Employment": "Score (rate)",
    "Education, Skills and Training": "Score",
    "Health Deprivation and Disability": "Score",
    "Crime": "Score",
    "Barriers to Housing and Services": "Score",
    "Living Environment": "Score",
    "Income Deprivation Affecting Children Index (IDACI)": "Score (rate)",
    "Income Deprivation Affecting Older People (IDAOPI)": "Score (rate)",
    "Children and Young People Sub-domain": "Score",
    "Adult Skills Sub-domain": "Score",
    "Geographical Barriers Sub-domain": "Score",
    "Wider Barriers Sub-domain": "Score",
    "Indoors Sub-domain": "Score",
    "Outdoors Sub-domain": "Score",
}
PRISONERS = "(excluding prisoners)"
HEADER_2019 = [
    "LSOA code (2011)",
    "LSOA name (2011)",
    "Local Authority District code (2019)",
    "Local Authority District name (2019)",
    *(f"{stem} {word}" for stem, score in STEMS.items() for word in (score, RANK, DECILE)),
    f"Total population: mid 2015 {PRISONERS}",
    f"Dependent Children aged 0-15: mid 2015 {PRISONERS}",
    f"Population aged 16-59: mid 2015 {PRISONERS}",
    f"Older population aged 60 and over: mid 2015 {PRISONERS}",
    f"Working age population 18-59/64: for use with Employment Deprivation Domain {PRISONERS} ",
]
# The 2025 edition lacks one count and cuts one header at 80 characters.
CUT = "Children and Young People Sub-domain Decile (where 1 is most deprived 10% of LSO"
HEADER_2025 = [
    "LSOA code (2021)",
    "LSOA name (2021)",
    "Local Authority District code (2024)",
    "Local Authority District name (2024)",
    *(CUT if header.startswith(CUT) else header for header in HEADER_2019[4:52]),
    "Total population: mid 2022",
    "Dependent Children aged 0-15: mid 2022",
    "Older population aged 60 and over: mid 2022",
    "Working age population 18-66 (for use with Employment Deprivation Domain): mid 2022",
]
IMD, IDACI = "Index of Multiple Deprivation (IMD)", "Income Deprivation Affecting Children Index (IDACI)"


def file_7(path: Path, header: list[str], *zones: dict[str, str], encoding="utf-8", order=1) -> Path:
    """Write File 7: cells by the start of their header, health scores -0.5, everything else 1."""
    usual = {"LSOA name": "Somewhere 001A", "Local Authority District code": "E06000007"}
    usual |= {
        "Local Authority District name": "Warrington",
        "Health Deprivation and Disability Score": "-0.5",
    }

    def cell(zone, name):
        return next((value for start, value in (usual | zone).items() if name.startswith(start)), "1")

    with path.open("w", encoding=encoding, newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(header[::order])
        rows.writerows([cell(zone, name) for name in header[::order]] for zone in zones)
    return path


# A true row of the publisher's file.
WARRINGTON = {
    "LSOA code": "E01012446",
    "LSOA name": "Warrington 025A",
    f"{IMD} Score": "5.427",
    f"{IMD} Rank": "30091",
    f"{IMD} Decile": "10",
    f"{IDACI} Score": "0.035",
    f"{IDACI} Rank": "29957",
    f"{IDACI} Decile": "10",
    "Total population": "1318",
    "Dependent Children": "213",
}
OTHER = {"LSOA code": "E01000001", f"{IMD} Rank": "32,844", "Total population": ""}


def test_file_7_has_57_columns_in_2019_and_56_in_2025():
    assert (len(HEADER_2019), len(HEADER_2025)) == (57, 56)
    assert CUT in HEADER_2025
    assert len(CUT) == 80


@pytest.mark.parametrize(("header", "id_column"), [(HEADER_2019, "lsoa11cd"), (HEADER_2025, "lsoa21cd")])
@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_file_7_of_both_editions_is_read_by_header(tmp_path, header, id_column, order, encoding):
    path = file_7(tmp_path / "File_7.csv", header, WARRINGTON, OTHER, encoding=encoding, order=order)
    table = read_deprivation(path, id_column)
    assert table["zone_id"].tolist() == ["E01000001", "E01012446"]
    row = table.iloc[1]
    assert (row["zone_name"], row["district_code"], row["district_name"]) == (
        "Warrington 025A",
        "E06000007",
        "Warrington",
    )
    assert row["imd_score":"imd_decile"].tolist() == [5.427, 30091, 10]
    assert row["idaci_rank":"children_iod"].tolist() == [29957, 10, 0.035, 1318, 213]
    assert table.loc[0, "imd_rank"] == 32_844
    assert np.isnan(table.loc[0, "population_iod"])


def test_the_edition_is_held_to(tmp_path):
    path = file_7(tmp_path / "File_7.csv", HEADER_2025, WARRINGTON)
    with pytest.raises(InputError, match="holds zones of LSOA 2021"):
        read_deprivation(path, "lsoa11cd")
    assert len(read_deprivation(path)) == 1


def test_names_in_windows_letters(tmp_path, caplog):
    zone = WARRINGTON | {"LSOA name": "Caf\u00e9 001A"}
    path = file_7(tmp_path / "File_7.csv", HEADER_2019, zone, encoding="cp1252")
    assert read_deprivation(path)["zone_name"].tolist() == ["Caf\u00e9 001A"]
    assert "read as Windows-1252" in caplog.text


@pytest.mark.parametrize(
    "gone",
    [
        f"{IDACI} Rank",
        f"{IMD} Score",
        "Total population",
        "Local Authority District name",
        "Dependent Children",
    ],
)
def test_file_7_without_one_of_its_columns_names_it(tmp_path, gone):
    header = [name for name in HEADER_2019 if not name.startswith(gone)]
    with pytest.raises(InputError) as caught:
        read_deprivation(file_7(tmp_path / "File_7.csv", header, WARRINGTON))
    assert f"no column '{gone}" in caught.value.what
    assert "found: lsoa code (2011), " in caught.value.what


@pytest.mark.parametrize(
    ("wrong", "value", "what"),
    [
        (f"{IMD} Decile", "11", "11 is out of range"),
        (f"{IMD} Decile", "2.5", "2.5 is out of range"),
        (f"{IMD} Rank", "0", "0 is out of range"),
        (f"{IDACI} Rank", "1.5", "1.5 is out of range"),
        (f"{IMD} Score", "-1", "-1 is out of range"),
        ("Total population", "-3", "-3 is out of range"),
        (f"{IDACI} Score", "n/a", "'n/a' is no number"),
    ],
)
def test_numbers_that_can_not_be_are_named_with_row_and_column(tmp_path, wrong, value, what):
    path = file_7(tmp_path / "File_7.csv", HEADER_2019, OTHER, WARRINGTON | {wrong: value})
    with pytest.raises(InputError) as caught:
        read_deprivation(path)
    assert caught.value.what == what
    assert caught.value.where.startswith(f"{path}, row 3, {wrong.lower()}")


def test_a_zone_given_twice_is_named(tmp_path):
    path = file_7(tmp_path / "File_7.csv", HEADER_2019, WARRINGTON, OTHER, WARRINGTON)
    with pytest.raises(InputError, match=r"row 4, lsoa code \(2011\): 'E01012446' occurs more than once"):
        read_deprivation(path)


def test_a_file_cut_within_its_last_row_is_refused(tmp_path):
    path = file_7(tmp_path / "File_7.csv", HEADER_2019, WARRINGTON, OTHER)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match="cells of 57: the file is cut"):
        read_deprivation(path)


def test_compact_tables_may_lack_idaci_and_denominators(tmp_path):
    compact = pd.DataFrame(
        {
            "lsoa21_code": ["E01000002"],
            "lsoa21_name": ["City of London 001B"],
            "ltla24_code": ["E09000001"],
            "ltla24_name": ["City of London"],
            "imd_score": [10.5],
            "imd_rank": [20_000],
            "imd_decile": [6],
        }
    )
    compact.to_parquet(tmp_path / "compact.parquet")
    row = read_deprivation(tmp_path / "compact.parquet", "lsoa21cd").iloc[0]
    assert row["district_name"] == "City of London"
    assert row["imd_score":"imd_decile"].tolist() == [10.5, 20_000, 6]
    assert row["idaci_rank":"children_iod"].isna().all()


def cells_of_sheet(path: Path, number: int) -> list[list[str]]:
    """Return the rows of a workbook's sheet as text, read from its XML without any library for workbooks."""
    ns = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(path) as book:
        texts = [
            "".join(part.text or "" for part in item.iterfind(".//m:t", ns))
            for item in ET.fromstring(book.read("xl/sharedStrings.xml")).iterfind("m:si", ns)
        ]
        sheet = ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    return [
        [
            texts[int(cell.findtext("m:v", "0", ns))]
            if cell.get("t") == "s"
            else cell.findtext("m:v", "", ns)
            for cell in row.iterfind("m:c", ns)
        ]
        for row in sheet.iterfind(".//m:row", ns)
    ]


@pytest.mark.real
@needs_shared
def test_the_compact_table_of_2019_says_what_the_publishers_file_3_says():
    table = read_deprivation(SHARED / "england/iod2019_lsoa11_england_compact.parquet", "lsoa11cd")
    assert len(table) == 32_844
    # The most deprived of all: Tendring 018A.
    worst = table.set_index("zone_id").loc["E01021988"]
    assert (worst["zone_name"], worst["imd_score"], worst["imd_rank"]) == ("Tendring 018A", 92.735, 1)
    sandwell = table[table["district_name"] == "Sandwell"]
    assert len(sandwell) == 186
    assert np.average(sandwell["imd_score"], weights=sandwell["population_iod"]) == pytest.approx(
        34.884, abs=5e-4
    )
    official = SHARED / "official/File_3_-_IoD2019_Supplementary_Indices_-_IDACI_and_IDAOPI.xlsx"
    header, *rows = cells_of_sheet(official, 2)
    assert header[6].startswith("Income Deprivation Affecting Children Index (IDACI) Rank")
    want = {row[0]: [float(cell) for cell in row[4:8]] for row in rows}
    ours = table.set_index("zone_id")[["imd_rank", "imd_decile", "idaci_rank", "idaci_decile"]]
    assert ours.loc[list(want)].to_numpy().tolist() == list(want.values())


@pytest.mark.real
@needs_shared
def test_the_compact_table_of_2025():
    table = read_deprivation(SHARED / "england/iod2025_lsoa21_england_compact.parquet", "lsoa21cd")
    assert len(table) == 33_755
    worst = table.set_index("zone_id").loc["E01021988"]
    assert (worst["imd_score"], worst["imd_rank"], worst["imd_decile"]) == (94.223, 1, 1)
