from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from books import write_book
from ptreach.errors import InputError
from ptreach.sources.deprivation import read_deprivation
from ptreach.sources.tables import Layout

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
    "Older population": "380",
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
    assert row["idaci_rank":"older_iod"].tolist() == [29957, 10, 0.035, 1318, 213, 380]
    assert row.isna()["adults_iod"] == (header is HEADER_2025)  # which File 7 of 2025 has not
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
        (f"{IDACI} Score", "O.2", "'O.2' is no number"),
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


def sheet_of(path: Path, header: list[str], *rows: list[object], name="IMD2019") -> Path:
    """A workbook as the publisher ships it: an empty sheet of notes, then the data under row 1."""
    return write_book(path, {"Notes": [], name: [header, *rows]})


WHERE = ["E01012446", "Warrington 025A", "E06000007", "Warrington"]


def test_file_7_as_a_workbook(tmp_path):
    csv_file = file_7(tmp_path / "File_7.csv", HEADER_2025, WARRINGTON, OTHER)
    with csv_file.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    numbers = [row[:4] + [float(cell.replace(",", "")) if cell else None for cell in row[4:]] for row in rows]
    book = sheet_of(tmp_path / "any name.xlsx", header, *numbers)
    pd.testing.assert_frame_equal(read_deprivation(book, "lsoa21cd"), read_deprivation(csv_file, "lsoa21cd"))


def test_files_1_3_and_5_have_ranks_or_scores_alone(tmp_path):
    ranks = [f"{IMD} Rank", f"{IMD} Decile"]
    one = read_deprivation(
        sheet_of(tmp_path / "File_1.xlsx", HEADER_2019[:4] + ranks, [*WHERE, 30091, 10]), "lsoa11cd"
    ).iloc[0]
    assert (one["zone_name"], one["imd_rank"], one["imd_decile"]) == ("Warrington 025A", 30091, 10)
    assert one[["imd_score", "idaci_rank", "population_iod"]].isna().all()
    columns = [f"{index} {what}" for index in (IMD, IDACI) for what in (RANK, DECILE)]
    three = sheet_of(
        tmp_path / "File_3.xlsx",
        HEADER_2019[:4] + columns,
        [*WHERE, 30091, 10, 29957, 9],
        name="IoD2019 IDACI & IDAOPI",
    )
    row = read_deprivation(three).iloc[0]
    assert row[["imd_rank", "imd_decile", "idaci_rank", "idaci_decile"]].tolist() == [30091, 10, 29957, 9]
    scores = [f"{IMD} Score", f"{IDACI} Score (rate)"]
    five = read_deprivation(
        sheet_of(tmp_path / "File_5.xlsx", HEADER_2019[:4] + scores, [*WHERE, 5.427, 0.035])
    )
    assert five.iloc[0][["imd_score", "idaci_score"]].tolist() == [5.427, 0.035]


def test_a_file_without_any_index_is_refused(tmp_path):
    path = sheet_of(tmp_path / "File_6.xlsx", [*HEADER_2019[:4], "Area"], [*WHERE, 1])
    with pytest.raises(
        InputError, match=r"no column 'Index of Multiple Deprivation \(IMD\) Score', Rank or D"
    ):
        read_deprivation(path)


def own(path: Path, **columns: object) -> Path:
    """A table of 40 zones of somebody's own, in the order of need unless told otherwise."""
    usual = {"Ort": [f"{i:05d}" for i in range(1, 41)]}
    pd.DataFrame(usual | columns).to_csv(path, index=False, sep=";", encoding="cp1252")
    return path


RANKS = list(range(1, 41))
OWN = Layout({"zone_id": "Ort", "imd_rank": "Rang", "imd_score": "Wert"})


def test_a_table_of_ones_own_by_the_headers_of_its_recipe(tmp_path, caplog):
    caplog.set_level("INFO", "ptreach")
    worth = [f"{(45 - rank) / 8:.3f}".replace(".", ",") for rank in RANKS]
    table = read_deprivation(own(tmp_path / "d.csv", Rang=RANKS, Wert=worth), "ags", OWN)
    assert table["zone_id"].tolist() == [f"{i:05d}" for i in RANKS]
    # Decimal commas: 5,500 by itself might be thousands, 0,625 may not.
    assert table["imd_score"].tolist()[:2] == [5.5, 5.375]
    # Forty ranks make four a decile.
    assert table["imd_decile"].tolist() == [decile for decile in range(1, 11) for _ in range(4)]
    assert "the deciles of IMD are worked out from ranks 1 to 40" in caplog.text
    assert table[["zone_name", "district_code", "idaci_rank"]].isna().all(axis=None)


def test_commas_that_may_be_either_are_refused_where_semicolons_part_cells(tmp_path):
    worth = [f"{100 - rank},500" for rank in RANKS]
    with pytest.raises(InputError, match=r"row 2, imd_score: '99,500' may be thousands or have decimals"):
        read_deprivation(own(tmp_path / "d.csv", Rang=RANKS, Wert=worth), "ags", OWN)


def test_a_header_of_the_recipe_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        InputError, match=r"no column 'Wert', which the recipe takes as imd_score; found: ort, r"
    ):
        read_deprivation(own(tmp_path / "d.csv", Rang=RANKS), "ags", OWN)


def test_deciles_are_not_made_of_ranks_of_a_part(tmp_path):
    path = own(tmp_path / "d.csv", Rang=[rank + 100 for rank in RANKS], Wert=RANKS[::-1])
    assert read_deprivation(path, "ags", OWN)["imd_decile"].isna().all()


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"imd_rank": RANKS, "imd_decile": [10 - (r - 1) // 4 for r in RANKS]}, "imd_rank and imd_decile"),
        ({"imd_rank": RANKS, "imd_score": RANKS}, "imd_rank and imd_score"),
        ({"imd_decile": [1 + (r - 1) // 4 for r in RANKS], "imd_score": RANKS}, "imd_decile and imd_score"),
        (
            {"imd_rank": RANKS, "idaci_rank": RANKS, "idaci_decile": [10 - (r - 1) // 4 for r in RANKS]},
            "idaci_rank and idaci_decile",
        ),
    ],
)
def test_what_runs_the_wrong_way_is_found(tmp_path, columns, what):
    with pytest.raises(InputError, match=f"{what} run against each other: 00001 has 1 and") as caught:
        read_deprivation(own(tmp_path / "d.csv", **columns), "ags", Layout({"zone_id": "Ort"}))
    assert "rank 1, decile 1 and the highest score are the most deprived" in caught.value.remedy


def test_rates_in_per_cent_are_brought_down_and_counted(tmp_path, caplog):
    rates = {"imd_rank": RANKS, "idaci_score": [60 - rank for rank in RANKS]}
    layout = Layout({"zone_id": "Ort"})
    table = read_deprivation(own(tmp_path / "d.csv", **rates), "ags", layout)
    assert table["idaci_score"].tolist()[:2] == [0.59, 0.58]
    assert "idaci_score: per cent, divided by 100" in caplog.text
    one = rates | {"idaci_score": [0.5] * 39 + [32]}
    with pytest.raises(InputError, match=r"row 41, idaci_score: 32 is out of range\. This score is a rate"):
        read_deprivation(own(tmp_path / "d.csv", **one), "ags", layout)


def test_scores_of_domains_are_read_with_the_index(tmp_path):
    cells = {"Income Score (rate)": "0.25", "Crime Score": "-1.5", "Living Environment Score": "30"}
    row = read_deprivation(file_7(tmp_path / "File_7.csv", HEADER_2019, WARRINGTON | cells, OTHER)).iloc[1]
    scores = ["income_score", "employment_score", "health_score", "crime_score", "environment_score"]
    assert row[scores].tolist() == [0.25, 1, -0.5, -1.5, 30]
    wrong = file_7(tmp_path / "File_7.csv", HEADER_2019, WARRINGTON | {"Income Score (rate)": "-0.2"}, OTHER)
    with pytest.raises(InputError, match=r"income score \(rate\): -0\.2 is out of range"):
        read_deprivation(wrong)


@pytest.mark.parametrize("mark", ["-", "c", "[x]", ":", "..", "*"])
def test_withheld_figures_are_not_known_and_counted(tmp_path, caplog, mark):
    path = file_7(tmp_path / "File_7.csv", HEADER_2019, WARRINGTON | {f"{IDACI} Score": mark}, OTHER)
    assert read_deprivation(path)["idaci_score"].isna().tolist() == [False, True]
    assert "1 figures are withheld by their publisher" in caplog.text


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("E0101244", "'E0101244' is no code such as E01000001"),
        ("1.01E+08", "'1.01E+08' is a code that a spreadsheet turned into a number"),
    ],
)
def test_codes_that_a_spreadsheet_mangled_are_named(tmp_path, code, what):
    path = file_7(tmp_path / "File_7.csv", HEADER_2019, WARRINGTON | {"LSOA code": code}, OTHER)
    with pytest.raises(InputError) as caught:
        read_deprivation(path)
    assert caught.value.what.startswith(what)
    assert caught.value.where == f"{path}, row 2, lsoa code (2011)"


def test_codes_in_small_letters_and_with_blanks_are_put_right(tmp_path, caplog):
    path = file_7(tmp_path / "File_7.csv", HEADER_2019, WARRINGTON | {"LSOA code": "e01012446  "}, OTHER)
    assert read_deprivation(path)["zone_id"].tolist() == ["E01000001", "E01012446"]
    assert "1 codes in small letters are put right" in caplog.text


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
    columns = ["imd_rank", "imd_decile", "idaci_rank", "idaci_decile"]
    ours = table.set_index("zone_id")[columns]
    assert ours.loc[list(want)].to_numpy().tolist() == list(want.values())
    # And the loader reads the publisher's own workbook.
    read = read_deprivation(official, "lsoa11cd").set_index("zone_id")
    pd.testing.assert_frame_equal(read[columns], ours)
    assert (read["district_name"] == table.set_index("zone_id")["district_name"]).all()


@pytest.mark.real
@needs_shared
def test_the_compact_table_of_2025():
    table = read_deprivation(SHARED / "england/iod2025_lsoa21_england_compact.parquet", "lsoa21cd")
    assert len(table) == 33_755
    worst = table.set_index("zone_id").loc["E01021988"]
    assert (worst["imd_score"], worst["imd_rank"], worst["imd_decile"]) == (94.223, 1, 1)
    assert (table["district_name"] == "Sandwell").sum() == 190
    assert table["idaci_score"].isna().all()


@pytest.mark.real
@needs_shared
@pytest.mark.parametrize(
    "file", ["iod2019_lsoa11_england_compact.parquet", "iod2025_lsoa21_england_compact.parquet"]
)
def test_deciles_worked_out_are_those_of_the_publisher(tmp_path, file):
    table = pd.read_parquet(SHARED / "england" / file)
    table.drop(columns="imd_decile").to_parquet(tmp_path / file)
    out = read_deprivation(tmp_path / file)
    whole = read_deprivation(SHARED / "england" / file)
    assert out["imd_decile"].tolist() == whole["imd_decile"].tolist()
