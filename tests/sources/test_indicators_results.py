"""School results in the shape of the Department for Education, by the zone the school stands in."""

from __future__ import annotations

import logging

import pytest

from ptreach.errors import InputError
from zone_tables import GONE, NEW, OLD, column, csv, load, register, school, zipped

SCHOOLS = register(
    school(100001, zone=OLD[0]),
    school(100002, zone=OLD[0], status="Closed"),
    school(100003, zone=NEW[0]),
    school(100004, zone="W01000003"),
    school(100005, zone=OLD[1]),
)
KS2 = ["RECTYPE", "LEA", "ESTAB", "URN", "SCHNAME", "PCODE", "TOTPUPS", "TELIG", "PTRWM_EXP", "READPROG"]


def ks2(*rows, header=KS2):
    """Rows of URN, all pupils, pupils of the key stage, share."""
    lines = (
        [1, 333, 2000, urn, "A", "B1 1AA", total, eligible, share, ""] for urn, total, eligible, share in rows
    )
    return csv(header, *lines, end="\r\n")


USUAL = [
    (100001, 400, 30, "50%"),
    (100002, 200, 10, "90%"),
    (100003, 100, 20, "SUPP"),
    (100005, 300, 40, "61%"),
    ("", 10_000, 5_000, "60%"),
    ("NAT", 10_000, 5_000, "60%"),
]


def test_a_zone_has_the_mean_of_its_schools_by_pupils_of_the_key_stage(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    found = load(tmp_path, ("england_ks2final.csv", ks2(*USUAL)), schools=SCHOOLS)
    values, said = column(found, "ks2_expected")
    # 30 x 50 % + 10 x 90 % of 40; a school that closed since counts where it stood.
    assert values[:2] == [60.0, 61.0]
    assert found.frame["ks2_expected"].isna().sum() == 4
    assert (said.unit, said.theme) == ("%", "schools")
    assert said.note.startswith("Of the schools that stand in the zone, not of the children who live there; ")
    assert "weighted by TELIG. 3 of 4 schools have a figure; the others: 1 SUPP." in said.note
    assert "england_ks2final.csv: 2 rows without a URN, totals of areas, are left out" in caplog.text
    assert {record.kind for record in found.sources} == {"deprivation", "indicators", "schools"}


def test_headers_may_be_small_and_shares_of_1(tmp_path):
    rows = [
        (urn, *rest, value)
        for (urn, *rest, _), value in zip(USUAL, ["0.5", "0.9", "NE", "0.61", "", ""], strict=True)
    ]
    found = load(tmp_path, ("k.csv", ks2(*rows, header=[name.lower() for name in KS2])), schools=SCHOOLS)
    assert column(found, "ks2_expected")[0][:2] == [60.0, 61.0]


def test_without_pupils_of_the_key_stage_all_pupils_weigh(tmp_path):
    header = [name if name != "TELIG" else "OTHER" for name in KS2]
    values, said = column(
        load(tmp_path, ("k.csv", ks2(*USUAL, header=header)), schools=SCHOOLS), "ks2_expected"
    )
    assert values[0] == pytest.approx((400 * 50 + 200 * 90) / 600, abs=1e-6)
    assert "TOTPUPS" in said.note


KS4 = ["URN", "SCHNAME", "TOTPUPS", "TPUP", "ATT8SCR", "P8MEA", "PTL2BASICS_95"]


def test_key_stage_4_has_three_figures_and_codes_are_counted_each(tmp_path):
    codes = ["NE", "LOWCOV", "NP", ".."]
    rows = [
        [100001, "A", "1,000", 100, 40.5, -0.5, "45%"],
        [100002, "B", 900, 300, 50.5, "LOWCOV", "NE"],
        [100003, "C", 900, "SUPP", 50, 0.1, "50%"],
        [100005, "D", 900, 150, *codes[1:]],
    ]
    found = load(tmp_path, ("k.csv", csv(KS4, *rows)), schools=SCHOOLS)
    assert column(found, "ks4_attainment_8")[0][0] == 48.0  # 100 x 40.5 + 300 x 50.5 of 400
    assert column(found, "ks4_progress_8")[0][0] == -0.5
    assert column(found, "ks4_grade_5")[0][0] == 45.0
    assert "1 .., 1 NE" in column(found, "ks4_grade_5")[1].note
    # Without pupils a school has no weight.
    assert found.frame["ks4_attainment_8"].notna().sum() == 1


def test_a_year_without_a_baseline_has_no_progress(tmp_path, caplog):
    rows = [[100001, "A", 10, 10, 40, "NA", "45%"], [100005, "A", 10, 10, 40, "NA", "45%"]]
    found = load(tmp_path, ("k.csv", csv(KS4, *rows)), schools=SCHOOLS)
    assert "ks4_progress_8" not in found.frame
    assert "p8mea: no school has a result, so there is no indicator" in caplog.text


def test_a_zip_of_both_key_stages_is_read_and_the_rest_of_it_is_not(tmp_path):
    rows = [[100001, "A", 10, 10, 40, 0, "45%"]]
    content = zipped(
        **{
            "2023-2024___england_ks2final__csv": ks2(*USUAL),
            "2023-2024___england_ks4final__csv": csv(KS4, *rows),
            "2023-2024___england_census__csv": "URN,NOR\n100001,400\n",
        }
    )
    found = load(tmp_path, ("performance.zip", content), schools=SCHOOLS)
    assert column(found, "ks2_expected")[0][0] == 60.0
    assert column(found, "ks4_attainment_8")[0][0] == 40.0
    assert "nor" not in found.frame


def test_without_a_register_it_says_what_to_add(tmp_path):
    with pytest.raises(InputError) as caught:
        load(tmp_path, ("k.csv", ks2(*USUAL)))
    assert caught.value.what == "results of schools say not where the schools are"
    assert "kind 'schools'" in caught.value.remedy


def test_a_register_of_another_edition_goes_by_polygons(tmp_path):
    schools = register(school(100001, zone=GONE, east=404_500))
    found = load(tmp_path, ("k.csv", ks2(USUAL[0])), schools=schools)
    assert found.frame["ks2_expected"].dropna().to_dict() == {NEW[0]: 50.0}
    assert "boundaries" in {record.kind for record in found.sources}


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([USUAL[0], USUAL[0]], "school 100001 occurs more than once"),
        ([USUAL[4]], "no row is a school"),
        ([(999999, 1, 1, "5%")], "none of 1 schools stands in a zone of LSOA 2021 by the register"),
        ([(100001, 1, 1, "250%")], "PTRWM_EXP goes to 250, from 250"),
    ],
)
def test_faults_of_results_are_named(tmp_path, rows, what):
    with pytest.raises(InputError) as caught:
        load(tmp_path, ("k.csv", ks2(*rows)), schools=SCHOOLS)
    assert caught.value.what == what
    assert "k.csv" in caught.value.where
