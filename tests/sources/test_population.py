from __future__ import annotations

import pytest

from ptreach.errors import InputError
from ptreach.sources.population import is_of_ages, read_population

AGES = [*map(str, range(90)), "90+"]


def write(path, header, *rows, encoding="utf-8-sig"):
    lines = [",".join(header), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\r\n".join(lines) + "\r\n", encoding=encoding)
    return path


def read(path):
    return read_population(path, "lsoa11cd").loc["E01", ["population", "children"]].tolist()


def test_ages_are_added_up_where_there_is_no_total(tmp_path):
    path = write(tmp_path / "p.csv", ["LSOA11CD", *AGES], ["E01", *range(91)])
    # 0 + 1 + … + 90, and to 15.
    assert read(path) == [4095, 120]


@pytest.mark.parametrize("total", ["All Ages", "total_population", "Total"])
@pytest.mark.parametrize("before", ["", "Age ", "Aged ", "age_"])
def test_a_total_is_taken_where_there_is_one(tmp_path, total, before):
    header = ["LSOA11CD", "LSOA Name", total, *(f"{before}{age}" for age in AGES)]
    assert read(write(tmp_path / "p.csv", header, ["E01", "x", '"1,234"', *[2] * 91])) == [1234, 32]


def test_a_blank_cell_is_not_known(tmp_path):
    path = write(
        tmp_path / "p.csv", ["LSOA11CD", "total", *AGES], ["E01", 500, "", *[2] * 90], ["E02", "", *[2] * 91]
    )
    table = read_population(path, "lsoa11cd")
    assert table.loc["E01"].isna().tolist() == [False, True, False, False]
    assert table.loc["E02"].isna().tolist() == [True, False, False, False]


@pytest.mark.parametrize("gone", ["0", "15"])
def test_a_missing_age_of_children_is_named(tmp_path, gone):
    ages = [age for age in AGES if age != gone]
    with pytest.raises(InputError, match=rf"no column '{gone} \(single year of age\)'"):
        read(write(tmp_path / "p.csv", ["LSOA11CD", "total", *ages], ["E01", 200, *[2] * 90]))


@pytest.mark.parametrize(
    ("ages", "gone"), [(AGES[:16], 16), (AGES[:40] + AGES[41:], 40), ([], 0), (AGES[:85], 85)]
)
def test_without_a_total_every_age_is_needed(tmp_path, ages, gone):
    with pytest.raises(InputError, match=rf"no column '{gone} \(single year of age\)'"):
        read(write(tmp_path / "p.csv", ["LSOA11CD", *ages], ["E01", *[2] * len(ages)]))


@pytest.mark.parametrize(("ages", "what"), [([*AGES, "90"], "columns '90+' and '90' are of one age")])
def test_an_age_given_twice_would_be_counted_once(tmp_path, ages, what):
    with pytest.raises(InputError) as caught:
        read(write(tmp_path / "p.csv", ["LSOA11CD", *ages], ["E01", *[2] * len(ages)]))
    assert caught.value.what == what


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (["E02", 200, -1, *[2] * 90], "row 3, 0: -1 is negative"),
        (["E02", 31, *[2] * 91], "row 3: E02 has more children than people"),
        (["E02", -5, *[0] * 91], "row 3, total: -5 is negative"),
        (["E02", -5, "", *[0] * 90], "row 3, total: -5 is negative"),
    ],
)
def test_numbers_that_can_not_be_are_named(tmp_path, row, what):
    path = write(tmp_path / "p.csv", ["LSOA11CD", "total", *AGES], ["E01", 200, *[2] * 91], row)
    with pytest.raises(InputError, match=rf"p\.csv, {what}"):
        read(path)


def test_working_age_and_pensioners_of_single_years(tmp_path):
    path = write(tmp_path / "p.csv", ["LSOA11CD", *AGES], ["E01", *range(91)])
    row = read_population(path, "lsoa11cd").loc["E01"]
    # 16 + … + 64, and 65 + … + 90.
    assert row[["working_age", "pensioners"]].tolist() == [1960, 2015]
    assert row["children"] + row["working_age"] + row["pensioners"] == row["population"]


BANDS = {
    "Aged 15 years and under": 10,
    "Aged 16 to 24 years": 20,
    "Aged 25 to 64 years": 30,
    "Aged 65 years and over": 40,
}


def test_bands_of_the_census(tmp_path):
    path = write(tmp_path / "p.csv", ["lsoa11_code", *BANDS], ["E01", *BANDS.values()])
    row = read_population(path, "lsoa11cd").loc["E01"]
    assert row.to_dict() == {"population": 100, "children": 10, "working_age": 50, "pensioners": 40}


def test_bands_of_five_years_as_nomis_ships_them_have_no_children(tmp_path, caplog):
    bands = ["Age: Aged 4 years and under"]
    bands += [f"Age: Aged {low} to {low + 4} years" for low in range(5, 85, 5)]
    header = ["date", "geography", "geography code", "Age: Total", *bands, "Age: Aged 85 years and over"]
    path = write(tmp_path / "p.csv", header, [2021, "Somewhere", "E01", 1801, *[100] * 18])
    row = read_population(path, "lsoa11cd").loc["E01"]
    # 15 to 19 is one band; the total is the publisher's own, disturbed by one.
    assert row[["population", "pensioners"]].tolist() == [1801, 500]
    assert row[["children", "working_age"]].isna().all()
    assert "no children: no columns count ages 0 to 15" in caplog.text


@pytest.mark.parametrize(
    "bands", [["0-15", "16-64", "65+"], ["0 to 15", "16 to 64", "65 and over"], ["under 16", "16_64", "65+"]]
)
def test_bands_as_people_write_them(tmp_path, bands):
    path = write(tmp_path / "p.csv", ["lsoa11cd", *bands], ["E01", 1, 2, 4])
    assert read_population(path, "lsoa11cd").loc["E01"].tolist() == [7, 1, 2, 4]


def test_single_years_beside_bands_are_counted_once(tmp_path):
    header = ["lsoa11cd", *map(str, range(16)), "0-15", "16-64", "65+"]
    path = write(tmp_path / "p.csv", header, ["E01", *[1] * 16, 16, 50, 30])
    assert read_population(path, "lsoa11cd").loc["E01"].tolist() == [96, 16, 50, 30]


def test_single_years_of_both_sexes_are_added(tmp_path):
    ages = [*range(90), "90"]
    header = ["LSOA 2011 Code", "Total", *(f"{sex}{age}" for sex in "FM" for age in ages)]
    path = write(tmp_path / "p.csv", header, ["E01", 273, *[1] * 91, *[2] * 91])
    assert read_population(path, "lsoa11cd").loc["E01"].tolist() == [273, 48, 147, 78]
    path = write(tmp_path / "p.csv", header[:-1], ["E01", 271, *[1] * 91, *[2] * 90])
    with pytest.raises(InputError, match="no column 'm90' beside 'f90'"):
        read(path)


def test_withheld_figures_are_not_known_and_counted(tmp_path, caplog):
    path = write(tmp_path / "p.csv", ["lsoa11cd", *BANDS], ["E01", "c", 20, 30, 40], ["E02", 1, 2, 3, 4])
    table = read_population(path, "lsoa11cd")
    assert table.loc["E01"].isna().tolist() == [True, True, False, False]
    assert table.loc["E02"].tolist() == [10, 1, 5, 4]
    assert "aged 15 years and under: 1 figures are withheld by their publisher (c)" in caplog.text


def test_the_edition_is_held_to(tmp_path):
    with pytest.raises(InputError, match="holds zones of LSOA 2021"):
        read(write(tmp_path / "p.csv", ["LSOA21CD", *AGES], ["E01", *[2] * 91]))


NOMIS = ["Age: Aged 15 years and under", "Age: Aged 16 to 64 years", "Age: Aged 65 years and over"]


@pytest.mark.parametrize(
    "bands",
    [
        [f"{band}; measures: Value" for band in NOMIS],
        ["aged_0_to_15", "aged_16_to_64", "aged_65+"],
        ["0 - 15", "16 - 64", "65 or over"],
    ],
)
def test_bands_of_any_table_of_ages(tmp_path, bands):
    path = write(tmp_path / "p.csv", ["lsoa11cd", *bands], ["E01", 1, 2, 4])
    assert read_population(path, "lsoa11cd").loc["E01"].tolist() == [7, 1, 2, 4]
    assert is_of_ages([band.casefold() for band in bands])
    assert not is_of_ages([band.casefold() for band in bands[:2]])


def test_babies_beside_their_band_are_counted_once(tmp_path):
    header = ["lsoa11cd", "Aged under 1 year", "Aged 1 year", "Aged 2 to 15 years", "Aged 1 to 15 years"]
    path = write(tmp_path / "p.csv", [*header, "16+"], ["E01", 1, 2, 3, 5, 10])
    assert read_population(path, "lsoa11cd").loc["E01", ["population", "children"]].tolist() == [16, 6]
