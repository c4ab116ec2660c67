"""The claimant count as Nomis's API gives it."""

from __future__ import annotations

import pytest

from ptreach.errors import InputError
from zone_tables import NEW, OLD, ZONES, column, csv, load

HEADER = ["DATE", "DATE_NAME", "GEOGRAPHY_NAME", "GEOGRAPHY_CODE", "GENDER_NAME", "AGE_NAME", "MEASURE_NAME"]
HEADER += ["MEASURES_NAME", "OBS_VALUE", "OBS_STATUS_NAME"]
AGES_16_ON = ["Aged 16 to 24 years", "Aged 25 to 49 years", "Aged 50 to 64 years", "Aged 65 years and over"]


def answer(values, codes=ZONES, header=HEADER, **said):
    """An answer of the API: one row a zone."""
    usual = {
        "DATE": "2025-09",
        "DATE_NAME": "September 2025",
        "GEOGRAPHY_NAME": "Sandwell 001A",
        "GENDER_NAME": "Total",
        "AGE_NAME": "All categories: Age 16+",
        "MEASURE_NAME": "Claimant count",
        "MEASURES_NAME": "Value",
        "OBS_STATUS_NAME": "Normal Value",
    } | said
    rows = [
        [usual.get(name, code if name == "GEOGRAPHY_CODE" else value) for name in header]
        for code, value in zip(codes, values, strict=True)
    ]
    return csv(header, *rows)


def ages(header_first="lsoa21_code"):
    """200 people of 16 to 64 in each zone, and 100 others."""
    rows = ([code, 60, 50, 100, 50, 40] for code in ZONES)
    return csv([header_first, "Aged 15 years and under", *AGES_16_ON], *rows)


COUNTS = [5, 10, 0, "", 20, 40]


def test_claimants_are_counted_where_people_are_not_known(tmp_path):
    values, said = column(load(tmp_path, ("c.csv", answer(COUNTS))), "claimants")
    assert values[:3] == [5, 10, 0]
    assert values[4:] == [20, 40]
    assert values[3] != values[3]  # empty is not known, and not 0
    assert (said.unit, said.theme, said.title) == ("people", "work", "Claimants")
    assert "September 2025" in said.note


def test_claimants_are_a_share_of_people_of_working_age(tmp_path):
    found = load(tmp_path, ("c.csv", answer(COUNTS)), ("ages.csv", ages()))
    values, said = column(found, "claimant_rate")
    assert values[:3] == [2.5, 5.0, 0.0]
    assert found.frame["claimant_rate"].isna().sum() == 1
    assert (said.unit, said.title) == ("%", "Claimants, of people aged 16-64")
    assert "claimants" not in found.frame
    assert column(found, "children")[0] == [20.0] * 6
    assert column(found, "older_people")[0] == pytest.approx([100 * 40 / 300] * 6)


def test_single_years_of_the_recipes_population_will_do(tmp_path):
    header = ["LSOA21CD", *map(str, range(90)), "90+"]
    # One person of each age from 0 to 89, ten older: 16 children, 49 of working age, 25 + 10 older.
    people = csv(header, *([code, *[1] * 90, 10] for code in ZONES))
    found = load(tmp_path, ("c.csv", answer([49, 0, 0, 0, 0, 0])), population=people.encode())
    assert column(found, "claimant_rate")[0] == [100.0, 0, 0, 0, 0, 0]
    assert column(found, "children")[0] == [16.0] * 6
    values, said = column(found, "older_people")
    assert values == [35.0] * 6
    assert said.note == "mid-2020."
    assert "schools" not in {record.kind for record in found.sources}
    assert "population" in {record.kind for record in found.sources}


def test_five_year_bands_that_break_elsewhere_give_no_wrong_ages(tmp_path):
    bands = ["Aged 4 years and under", *[f"Aged {a} to {a + 4} years" for a in range(5, 85, 5)]]
    header = ["date", "geography", "geography code", *(f"Age: {band}; measures: Value" for band in bands)]
    header.append("Age: Aged 85 years and over; measures: Value")
    table = csv(header, *(["2021", "x", code, *[10] * 18] for code in ZONES))
    found = load(tmp_path, ("a.csv", table), ("c.csv", answer(COUNTS)))
    assert "children" not in found.frame  # 0 to 14 and 15 to 19 are known, 0 to 15 is not
    assert column(found, "older_people")[0] == pytest.approx([100 * 5 / 18] * 6)
    assert "claimants" in found.frame


def test_groups_of_ages_beside_single_years_are_not_counted_twice(tmp_path):
    singles = [f"Aged {age} years" for age in range(2, 16)]
    header = ["lsoa21cd", "Total", "Aged 4 years and under", "Aged under 1 year", "Aged 1 year", *singles]
    header += ["Aged 16 years and over"]
    rows = ([code, 100, 5, *[1] * 16, 84] for code in ZONES)
    found = load(tmp_path, ("a.csv", csv(header, *rows)))
    assert column(found, "children")[0] == [16.0] * 6


def test_a_measure_of_shares_is_taken_as_it_is(tmp_path):
    name = "Claimants as a proportion of residents aged 16-64"
    found = load(tmp_path, ("c.csv", answer([1.5, 2, 3, 4, 5, 6], MEASURE_NAME=name)), ("ages.csv", ages()))
    assert column(found, "claimant_rate")[0] == [1.5, 2, 3, 4, 5, 6]


def test_codes_and_values_alone_are_enough(tmp_path):
    found = load(tmp_path, ("c.csv", answer(COUNTS, header=["GEOGRAPHY_CODE", "OBS_VALUE"])))
    assert column(found, "claimants")[0][:2] == [5, 10]


@pytest.mark.parametrize(
    ("said", "what", "remedy"),
    [
        ({"GENDER_NAME": "Male"}, "the gender is Male", "gender=0"),
        ({"AGE_NAME": "Aged 16-24"}, "the age is Aged 16-24", "age=0"),
        ({"MEASURES_NAME": "Percent"}, "the kind of value is Percent", "measures=20100"),
        (
            {"MEASURE_NAME": "Jobs density"},
            "the measure is jobs density, not the claimant count",
            "measure=1",
        ),
    ],
)
def test_other_people_and_measures_are_refused(tmp_path, said, what, remedy):
    with pytest.raises(InputError) as caught:
        load(tmp_path, ("c.csv", answer(COUNTS, **said)))
    assert caught.value.what == what
    assert remedy in caught.value.remedy
    assert "c.csv" in caught.value.where


def test_several_dates_are_refused(tmp_path):
    rows = answer(COUNTS) + answer(COUNTS, DATE="2025-08", DATE_NAME="August 2025").split("\n", 1)[1]
    with pytest.raises(InputError) as caught:
        load(tmp_path, ("c.csv", rows))
    assert caught.value.what == "has 2 values of date, such as 2025-09 and 2025-08"
    assert caught.value.where.endswith("c.csv, date")


def test_an_answer_cut_at_25000_rows_is_refused(tmp_path):
    codes = [f"E01{number:06}" for number in range(1, 25_001)]
    with pytest.raises(InputError) as caught:
        load(tmp_path, ("c.csv", answer([5] * 25_000, codes=codes)))
    assert caught.value.what == "has 25,000 rows: Nomis gives 25,000 at a time and does not say so"
    assert "RecordOffset=25000" in caught.value.remedy


def test_the_count_of_rows_that_nomis_gives_is_held_to(tmp_path):
    header = [*HEADER, "RECORD_OFFSET", "RECORD_COUNT"]
    with pytest.raises(InputError, match="has 6 of 35,672 rows"):
        load(tmp_path, ("c.csv", answer(COUNTS, header=header, RECORD_OFFSET=0, RECORD_COUNT=35_672)))


def test_pages_one_after_the_other_are_one_table(tmp_path):
    both = answer(COUNTS[:3], OLD[:3]) + answer(COUNTS[3:], [OLD[3], *NEW])
    assert column(load(tmp_path, ("c.csv", both)), "claimants")[0][4:] == [20, 40]


def test_a_history_of_2011_is_not_of_2021(tmp_path):
    with pytest.raises(InputError, match=r"c\.csv: holds zones of LSOA 2011 .* not of LSOA 2021"):
        load(tmp_path, ("c.csv", answer(COUNTS[:4], OLD)))


def test_more_claimants_than_people_are_refused(tmp_path):
    counts = [5, 300, 0, 0, 0, 0]
    with pytest.raises(InputError, match=rf"row 3: .*: 300 of 200 in {OLD[1]} is over 100 %"):
        load(tmp_path, ("c.csv", answer(counts)), ("ages.csv", ages()))


def test_a_census_table_of_the_api_is_no_claimant_count(tmp_path):
    header = ["GEOGRAPHY_CODE", "C2021_IND_18_NAME", "OBS_VALUE"]
    table = csv(header, *([code, "C: Manufacturing", 5] for code in ZONES))
    with pytest.raises(
        InputError, match=r"is no claimant count: it has a column 'c2021_ind_18_name'\. Of the census"
    ):
        load(tmp_path, ("c.csv", table))
