from __future__ import annotations

import pytest

from ptreach.errors import InputError
from ptreach.sources.population import read_population

AGES = [*map(str, range(90)), "90+"]


def write(path, header, *rows, encoding="utf-8-sig"):
    lines = [",".join(header), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\r\n".join(lines) + "\r\n", encoding=encoding)
    return path


def read(path):
    return read_population(path, "lsoa11cd").loc["E01"].tolist()


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
    assert table.loc["E01"].isna().tolist() == [False, True]
    assert table.loc["E02"].isna().tolist() == [True, False]


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
    "row",
    [["E02", 200, -1, *[2] * 90], ["E02", 31, *[2] * 91], ["E02", -5, *[0] * 91], ["E02", -5, "", *[0] * 90]],
)
def test_numbers_that_can_not_be_are_named(tmp_path, row):
    path = write(tmp_path / "p.csv", ["LSOA11CD", "total", *AGES], ["E01", 200, *[2] * 91], row)
    with pytest.raises(
        InputError, match=r"p\.csv, row 3: E02 has a negative number, or more children than people"
    ):
        read(path)


def test_the_edition_is_held_to(tmp_path):
    with pytest.raises(InputError, match="holds zones of LSOA 2021"):
        read(write(tmp_path / "p.csv", ["LSOA21CD", *AGES], ["E01", *[2] * 91]))
