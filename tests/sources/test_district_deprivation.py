from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from books import write_book
from ptreach.errors import InputError
from ptreach.sources.district_deprivation import COLUMNS, read_district_deprivation

SHARED = Path(__file__).parents[2] / "../shared/data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")

SHEETS = ("IMD", "Income", "Education", "IDACI", "IDAOPI")
LABELS = {"Education": "Education, Skills and Training"}
FIGURES = (
    "Average rank ",
    "Rank of average rank ",
    "Average score ",
    "Rank of average score ",
    "Proportion of LSOAs in most deprived 10% nationally ",
    "Rank of proportion of LSOAs in most deprived 10% nationally ",
)
# Rows of the publisher's files; those of Income and Education are made up.
ROWS = {
    "IMD": [
        ["E08000028", "Sandwell", 25389.96, 5, 33.772, 19, 0.1632, 54],
        ["E06000001", "Hartlepool", 23075.98, 30, 37.58, 6, 0.4211, 3],
    ],
    "IDACI": [["E08000028", "Sandwell", 26490.43, 7, 0.544, 13, 0.1842, 43]],
    "IDAOPI": [["E08000028", "Sandwell", 23127.37, 18, 0.29, 24, 0.1316, 58]],
}
OTHER = [["E08000028", "Sandwell", 1, 2, 3, 4, 0.5, 6]]


def header(sheet, year=2024):
    codes = [f"Local Authority District code ({year})", f"Local Authority District name ({year})"]
    return codes + [f"{LABELS.get(sheet, sheet)} - {figure}" for figure in FIGURES]


def file_10(path, year=2024, rows=ROWS, empty=3):
    """The publisher's workbook, as version 2 of 2025 with three empty rows at the end."""
    sheets = {"Notes": []}
    for sheet in SHEETS:
        sheets[sheet] = [header(sheet, year), *rows.get(sheet, OTHER), *[["", " "]] * empty]
    return write_book(path, sheets)


@pytest.mark.parametrize("year", [2019, 2024])
def test_file_10_of_both_editions_by_its_headers(tmp_path, year):
    table = read_district_deprivation(file_10(tmp_path / "whatever.xlsx", year))
    assert tuple(table.columns) == COLUMNS
    assert table["district_code"].tolist() == ["E06000001", "E08000028"]
    sandwell = table.iloc[1]
    assert sandwell["district_name"] == "Sandwell"
    names = [
        f"{index}_{what}" for index in ("imd", "idaci") for what in ("average_score", "rank_of_average_score")
    ]
    assert sandwell[names].tolist() == [33.772, 19, 0.544, 13]
    assert sandwell["idaopi_average_rank":].tolist() == [23127.37, 18, 0.29, 24, 0.1316, 58]
    assert table.iloc[0]["idaci_average_score":].isna().all()


def test_labels_and_sheets_may_be_called_otherwise(tmp_path):
    label = "Income Deprivation Affecting Children Index (IDACI)"
    titles = [name.replace("IDACI", label) for name in header("IDACI")]
    path = write_book(tmp_path / "b.xlsx", {"Sheet1": [["Published in 2025"], [], titles, *ROWS["IDACI"]]})
    assert read_district_deprivation(path)["idaci_average_score"].tolist() == [0.544]


def test_one_sheet_saved_as_csv(tmp_path):
    path = tmp_path / "imd.csv"
    pd.DataFrame(ROWS["IMD"], columns=header("IMD")).to_csv(path, index=False, encoding="utf-8-sig")
    table = read_district_deprivation(path)
    assert table["imd_average_score"].tolist() == [37.58, 33.772]
    assert table["idaci_average_score"].isna().all()


LONG = (
    "lad19cd,lad19nm,index_domain,average_rank,rank_average_rank,average_score,rank_average_score,year\n"
    "E2,B,Index of Multiple Deprivation,7,2,20.5,2,2019\n"
    "E1,A,Index of Multiple Deprivation,9,1,30.5,1,2019\n"
    "E1,A,Income Deprivation Affecting Older People,8,1,0.3,1,2019\n"
    "E1,A,Income Deprivation Affecting Children,6,1,0.4,1,2019\n"
    "E1,A,Crime,6,1,-0.4,1,2019\n"
)


def test_a_long_table_packed_by_gzip(tmp_path):
    path = tmp_path / "long.csv.gz"
    path.write_bytes(gzip.compress(LONG.encode()))
    table = read_district_deprivation(path)
    assert table["district_name"].tolist() == ["A", "B"]
    assert table[["imd_average_score", "imd_average_rank"]].to_numpy().tolist() == [[30.5, 9], [20.5, 7]]
    np.testing.assert_array_equal(table["idaci_average_score"], [0.4, np.nan])
    np.testing.assert_array_equal(table["idaopi_average_score"], [0.3, np.nan])
    path.write_bytes(gzip.compress(LONG.encode())[:-30])
    with pytest.raises(InputError, match="not readable as gzip"):
        read_district_deprivation(path)


def test_a_table_with_our_own_columns_is_read_back(tmp_path):
    table = read_district_deprivation(file_10(tmp_path / "b.xlsx"))
    table.to_csv(tmp_path / "again.csv", index=False)
    pd.testing.assert_frame_equal(read_district_deprivation(tmp_path / "again.csv"), table)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (["E1", "A", 9, 1, 0.4, 1, 32.5, 1], "32.5 is out of range"),
        (["E1", "A", 9, 0, 0.4, 1, 0.5, 1], "0 is out of range"),
        (["E1", "A", 9, 1, 54.4, 1, 0.5, 1], "54.4 is out of range"),
        (["E1", "A", 9, 1, "much", 1, 0.5, 1], "'much' is no number"),
    ],
)
def test_figures_that_can_not_be_are_named(tmp_path, row, what):
    with pytest.raises(InputError) as caught:
        read_district_deprivation(file_10(tmp_path / "b.xlsx", rows=ROWS | {"IDACI": [row]}))
    assert caught.value.what == what
    assert ", row 2, " in caught.value.where


def test_what_is_no_file_10_is_refused(tmp_path):
    twice = ROWS | {"IMD": [ROWS["IMD"][0], ROWS["IMD"][0]]}
    with pytest.raises(InputError, match=r"row 3, .* \(IMD\): 'E08000028' occurs more than once"):
        read_district_deprivation(file_10(tmp_path / "b.xlsx", rows=twice))
    upper = [name.replace("Local", "Upper Tier Local") for name in header("IMD")]
    write_book(tmp_path / "File_11.xlsx", {"IMD": [upper, *ROWS["IMD"]]})
    with pytest.raises(InputError, match="no sheet has the header"):
        read_district_deprivation(tmp_path / "File_11.xlsx")
    (tmp_path / "x.csv").write_text("LAD24CD,LAD24NM,people\nE1,A,3\n")
    with pytest.raises(InputError, match="no average scores of IMD, IDACI or IDAOPI by district"):
        read_district_deprivation(tmp_path / "x.csv")
    (tmp_path / "y.csv").write_text("LAD24CD,IMD - Average rank\nE1,3\n")
    with pytest.raises(InputError, match="no column 'Average score'"):
        read_district_deprivation(tmp_path / "y.csv")


@pytest.mark.real
@needs_shared
def test_the_publishers_own_file_10_of_2019_is_the_long_table():
    name = "File_10_-_IoD2019_Local_Authority_District_Summaries__lower-tier__.xlsx"
    official = read_district_deprivation(SHARED / "official" / name)
    assert len(official) == 317
    assert official.notna().all(axis=None)
    pd.testing.assert_frame_equal(
        read_district_deprivation(SHARED / "england/iod2019_lad_summaries_long.csv.gz"), official
    )
    middlesbrough = official.set_index("district_name").loc["Middlesbrough"]
    assert middlesbrough["imd_average_rank":"imd_rank_of_proportion_in_decile_1"].tolist() == [
        *(23729.1, 16, 40.46, 5, 0.4884, 1)
    ]
    assert middlesbrough[["idaci_average_score", "idaci_rank_of_average_score"]].tolist() == [0.327, 1]


@pytest.mark.real
@needs_shared
def test_the_summaries_of_2025_are_of_the_districts_of_2024():
    table = read_district_deprivation(SHARED / "england/iod2025_lad_summaries_long.csv.gz")
    sandwell = table.set_index("district_name").loc["Sandwell"]
    assert sandwell[["imd_average_score", "idaci_average_score"]].tolist() == [33.772, 0.544]
    districts = pd.read_parquet(SHARED / "england/lad2024_england_27700.parquet", columns=["lad24cd"])
    assert table["district_code"].tolist() == sorted(districts["lad24cd"])


@pytest.mark.real
@needs_shared
def test_the_publishers_averages_of_imd_are_those_of_zones_weighted_by_its_own_denominators():
    zones = pd.read_parquet(SHARED / "england/iod2019_lsoa11_england_compact.parquet")
    people = zones["pop_total_population"]
    sums = (zones["imd_score"] * people).groupby(zones["lad19cd"]).sum()
    ours = sums / people.groupby(zones["lad19cd"]).sum()
    table = read_district_deprivation(SHARED / "england/iod2019_lad_summaries_long.csv.gz")
    theirs = table.set_index("district_code")["imd_average_score"]
    # Both are rounded to three decimals: the scores of zones before, the averages after.
    assert (ours - theirs).abs().max() < 0.001
    assert ours["E08000028"] == pytest.approx(34.884, abs=5e-4)


@pytest.mark.real
@needs_shared
def test_the_averages_of_2025_are_near_those_weighted_by_the_census_for_want_of_denominators():
    zones = pd.read_parquet(SHARED / "england/iod2025_lsoa21_england_compact.parquet").set_index(
        "lsoa21_code"
    )
    bands = pd.read_parquet(SHARED / "england/census2021_age_bands_lsoa21_england.parquet")
    people = bands.set_index("lsoa21_code").sum(axis=1).reindex(zones.index)
    sums = (zones["imd_score"] * people).groupby(zones["ltla24_code"]).sum()
    ours = sums / people.groupby(zones["ltla24_code"]).sum()
    table = read_district_deprivation(SHARED / "england/iod2025_lad_summaries_long.csv.gz")
    theirs = table.set_index("district_code")["imd_average_score"]
    # The people of March 2021, not those of mid-2022.
    assert (ours - theirs).abs().median() < 0.05
    assert (ours - theirs).abs().max() < 0.4


@pytest.mark.real
@needs_shared
def test_averages_of_idaci_weigh_children_and_are_those_of_the_publisher():
    """IDACI of zones is not to be had, but the children in poor families that it counts are.

    They are rounded to fives, and left out below eight or so: each district's average lies between what the
    least and the most such children would make it.
    """
    counts = pd.read_parquet(SHARED / "england/iod2019_indicators_lsoa11_england.parquet")
    poor = counts.set_index("lsoa11_code")["income_deprivation_affecting_children_index_idaci_numerator"]
    zones = pd.read_parquet(SHARED / "england/iod2019_lsoa11_england_compact.parquet").set_index("lsoa11cd")
    poor = poor.reindex(zones.index)
    district = zones["lad19cd"]
    table = read_district_deprivation(SHARED / "england/iod2019_lad_summaries_long.csv.gz")
    theirs = table.set_index("district_code")["idaci_average_score"]

    def average(least, weights):
        rates = least / zones["pop_dependent_children_aged_0-15"]
        return (rates * weights).groupby(district).sum() / weights.groupby(district).sum()

    children, people = zones["pop_dependent_children_aged_0-15"], zones["pop_total_population"]
    low = average((poor - 2.5).fillna(0), children)
    high = average((poor + 2.5).fillna(10), children)
    between = (low - 0.0005 <= theirs) & (theirs <= high + 0.0005)
    assert between.all(), theirs[~between]
    # Weighted by all people, many are not where they should be.
    middle_children, middle_people = (average(poor.fillna(5), weights) for weights in (children, people))
    assert (middle_people - theirs).abs().median() > 2 * (middle_children - theirs).abs().median()
