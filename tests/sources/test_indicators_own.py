"""A user's own tables, with and without words in the recipe."""

from __future__ import annotations

import logging

import pandas as pd
import pytest

from ptreach.errors import InputError
from zone_tables import ZONES, column, csv, load, nomis, squares, zipped


def table(header, *columns):
    return csv(["LSOA21CD", *header], *zip(ZONES, *columns, strict=True))


VALUES = [1, 2, 3, 4, 5, 6]


def test_all_columns_of_numbers_are_taken_and_no_others(tmp_path):
    text = table(
        ["LSOA21NM", "FID", "Easting", "Broadband speed (Mbit/s)", "Gigabit %", "Trips", "Comment"],
        [f"Place {i}" for i in range(6)],
        range(6),
        [400_000] * 6,
        [30.5, 60, "n/a", 1000, "1,000", ""],
        ["45%", "12.5%", "..", "100%", "0%", "50%"],
        VALUES,
        ["fine", "5", "fine", "fine", "", ""],
    )
    found = load(tmp_path, ("speeds.csv", text))
    own = [one for one in found.indicators if one.theme == "other"]
    assert [(one.name, one.title, one.unit, one.note) for one in own] == [
        ("broadband_speed_mbit_s", "Broadband speed (mbit/s)", "value", "T."),
        ("gigabit", "Gigabit %", "%", "T."),
        ("trips", "Trips", "value", "T."),
    ]
    assert column(found, "broadband_speed_mbit_s")[0][3:5] == [1000, 1000]
    assert found.frame["broadband_speed_mbit_s"].isna().tolist() == [False, False, True, False, False, True]
    assert column(found, "gigabit")[0][:2] == [45, 12.5]
    # What the catalogue knows comes first, a user's own in the order of the file.
    assert found.frame.columns.tolist()[-3:] == ["broadband_speed_mbit_s", "gigabit", "trips"]


def test_the_recipe_names_columns(tmp_path):
    said = {
        "columns": [
            {
                "column": "Share",
                "name": "gigabit",
                "title": "Homes with gigabit",
                "theme": "homes",
                "unit": "%",
            },
            {"column": "speed", "unit": "Mbit/s", "factor": 0.001, "note": "Ofcom 2025.", "part_of": "x"},
        ]
    }
    text = table(["Share", "SPEED", "Left"], [10, 20, 30, 40, 50, 60], [1000] * 6, VALUES)
    found = load(tmp_path, ("b.csv", text, said))
    values, gigabit = column(found, "gigabit")
    assert values == [10, 20, 30, 40, 50, 60]
    assert (gigabit.title, gigabit.theme, gigabit.unit, gigabit.note) == (
        "Homes with gigabit",
        "homes",
        "%",
        "T.",
    )
    values, speed = column(found, "speed")
    assert values == [1.0] * 6
    assert (speed.title, speed.unit, speed.note, speed.part_of) == ("speed", "Mbit/s", "Ofcom 2025.", "x")
    assert "left" not in found.frame


def test_a_column_may_be_a_share_of_another(tmp_path):
    said = {"columns": [{"column": "Owned", "share_of": "Total: All households", "name": "owned"}]}
    tenure = nomis(
        "Tenure of household", ["Total: All households", "Owned"], [(code, 50, 20) for code in ZONES]
    )
    topic = {
        "columns": [
            {
                "column": "Tenure of household:Owned",
                "share_of": "Tenure of household: Total: All households",
                "name": "owned",
            }
        ]
    }
    found = load(tmp_path, ("t.csv", tenure, topic))
    values, owned = column(found, "owned")
    assert values == [40.0] * 6
    assert owned.unit == "%"
    # Of the publisher's zip, too.
    again = load(
        tmp_path, ("t.zip", zipped(t_lsoa__csv=tenure, t_msoa__csv=tenure.replace("E01", "E02")), topic)
    )
    assert column(again, "owned")[0] == values
    with pytest.raises(InputError, match="no column 'Owned'; found: date, geography"):
        load(tmp_path, ("t.csv", tenure, said))


@pytest.mark.parametrize(
    ("header", "unit"), [("No car %", ""), ("no car", "%"), ("Per cent without car", "")]
)
def test_shares_that_may_be_of_1_or_of_100_are_asked_about(tmp_path, header, unit):
    shares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.9]
    said = {"columns": [{"column": header, "unit": unit}]}
    with pytest.raises(InputError) as caught:
        load(tmp_path, ("s.csv", table([header], shares), said))
    assert caught.value.what == "no value is over 1 (0.9 is the highest): shares of 1, or under 1 %?"
    assert "100 for shares of 1, 1 for percentages" in caught.value.remedy
    for factor, first in ((100, 10.0), (1, 0.1)):
        said["columns"][0] |= {"factor": factor, "name": "no_car_share"}
        found = load(tmp_path, ("s.csv", table([header], shares), said))
        assert column(found, "no_car_share")[0][0] == first


def test_shares_of_1_that_say_so_become_percentages(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    said = {"columns": [{"column": "Proportion without car", "unit": "%"}]}
    found = load(tmp_path, ("s.csv", table(["Proportion without car"], [0, 0, 0, 0, 0.25, 1]), said))
    assert column(found, "proportion_without_car")[0] == [0, 0, 0, 0, 25, 100]
    assert "shares of 1 are taken as shares of 100 %" in caplog.text


def test_small_percentages_with_a_sign_stay_what_they_are(tmp_path):
    found = load(tmp_path, ("s.csv", table(["Jewish"], ["0.1%"] * 6)))
    assert column(found, "jewish")[0] == [0.1] * 6


@pytest.mark.parametrize("cell", ["100.2%", "-1%"])
def test_percentages_that_are_no_shares_are_named(tmp_path, cell):
    with pytest.raises(InputError) as caught:
        load(tmp_path, ("s.csv", table(["Share"], [*["50%"] * 5, cell])))
    assert f"{cell[:-1]} % in {ZONES[5]} is no share (1 such zones)" == caught.value.what
    assert caught.value.where.endswith("s.csv, row 7, share")


def test_growth_in_percent_may_have_another_unit(tmp_path):
    said = {"columns": [{"column": "Growth", "unit": "per cent change"}]}
    found = load(tmp_path, ("s.csv", table(["Growth"], [-5, 120, 0, 0, 0, 0]), said))
    assert column(found, "growth")[0][:2] == [-5, 120]


@pytest.mark.parametrize(
    ("header", "cells", "what"),
    [
        ("Trips", [1, 2, 3, 4, 5, "about 6"], "'about 6' is no number"),
        ("Trips", ["a"] * 6, "no column of numbers; found: lsoa21cd, trips"),
    ],
)
def test_faults_of_a_table_are_named(tmp_path, header, cells, what):
    with pytest.raises(InputError) as caught:
        load(tmp_path, ("t.csv", table([header], cells)))
    assert caught.value.what == what


def test_long_and_odd_headers_have_a_name_and_a_short_title(tmp_path):
    text = table(["2019 share of all households that have no garden at all", "Value"], VALUES, VALUES)
    found = load(tmp_path, ("gardens-2019.csv", text))
    own = [one for one in found.indicators if one.theme == "other"]
    assert [one.name for one in own] == [
        "value_2019_share_of_all_households_that_have_no_garden_at_al",
        "gardens_2019",
    ]
    assert own[0].title == "2019 share of all households that have…"


def test_a_geo_file_and_a_parquet_file_are_tables_too(tmp_path):
    squares().assign(Shops=VALUES, open=True).to_file(tmp_path / "s.gpkg", driver="GPKG")
    pd.DataFrame({"lsoa21_code": ZONES, "Parks": VALUES}).to_parquet(tmp_path / "p.parquet")
    files = [(name, (tmp_path / name).read_bytes()) for name in ("s.gpkg", "p.parquet")]
    found = load(tmp_path, *files)
    assert column(found, "shops")[0] == VALUES
    assert column(found, "parks")[0] == VALUES
    assert "open" not in found.frame


def test_deprivation_comes_from_the_recipe(tmp_path):
    found = load(tmp_path)
    values, said = column(found, "imd_score")
    assert dict(zip(found.frame.index, values, strict=True)) == dict(zip(ZONES, range(10, 16), strict=True))
    assert (said.unit, said.note) == ("score", "IoD 2025.")
    values, said = column(found, "income_deprived")
    assert values[:2] == [10.0, 11.0]
    assert said.unit == "%"
    assert [record.path.name for record in found.sources] == ["iod.parquet"]


def test_a_recipe_may_do_without_a_table(tmp_path, caplog):
    found = load(tmp_path, ("later.csv", None, {"optional": True}), ("b.csv", table(["Parks"], VALUES)))
    assert column(found, "parks")[0] == VALUES
    assert "zones is used without 1 optional file: later.csv" in caplog.text
    with pytest.raises(InputError, match=r"the indicators file 'later\.csv' is missing"):
        load(tmp_path, ("later.csv", None))
