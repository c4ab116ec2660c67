"""Which edition a table is of, and which of its rows are zones."""

from __future__ import annotations

import logging

import pandas as pd
import pytest

from ptreach.errors import InputError
from ptreach.sources import codes as zone_codes
from ptreach.sources.codes import Edition
from ptreach.sources.indicators.rows import rows_of_zones
from zone_tables import GONE, NEW, OLD, ZONES, column, csv, load

IN_2021 = Edition("lsoa21cd", frozenset(ZONES), "LSOA 2021")
IN_2011 = Edition("lsoa11cd", frozenset({*OLD, GONE}), "LSOA 2011")


def rows(codes, edition=IN_2021, header="geography code"):
    frame = pd.DataFrame({"name": "x", header: list(codes)}, index=range(2, len(codes) + 2))
    return rows_of_zones(frame, edition, "t.csv")


@pytest.fixture
def whole_country(monkeypatch):
    """Take the few codes of an edition for all there are."""
    monkeypatch.setattr(zone_codes, "_WHOLE_COUNTRY", 4)


@pytest.mark.parametrize(
    "header", ["geography code", "GEOGRAPHY_CODE", "LSOA21CD", "lsoa code (2021)", "LSOA", "Area code"]
)
def test_codes_are_found_by_header(header):
    assert rows(ZONES, header=header.lower()).tolist() == list(ZONES)


def test_codes_are_found_by_what_they_are():
    assert rows(ZONES, header="where").tolist() == list(ZONES)
    with pytest.raises(InputError, match=r"t\.csv: no column of codes of LSOA 2021; found: name, where"):
        rows(["a", "b"], header="where")


@pytest.mark.parametrize(
    ("edition", "header", "other"),
    [(IN_2021, "lsoa11cd", "2011"), (IN_2011, "lsoa21_code", "2021"), (IN_2011, "lsoa code (2021)", "2021")],
)
def test_a_header_of_another_edition_names_both(edition, header, other):
    with pytest.raises(InputError) as caught:
        rows(OLD, edition, header)
    assert caught.value.what == f"holds zones of LSOA {other} (column '{header}'), not of {edition.name}"


def test_codes_that_2021_made_are_not_of_2011():
    with pytest.raises(InputError) as caught:
        rows([*OLD, *NEW], IN_2011)
    assert caught.value.what == f"holds zones of LSOA 2021 (2 codes such as {NEW[0]}), not of LSOA 2011"


def test_codes_that_2021_dropped_are_not_of_2021(whole_country):
    with pytest.raises(
        InputError, match=rf"holds zones of LSOA 2011 \(1 codes such as {GONE}\), not of LSOA 2021"
    ):
        rows([OLD[0], GONE])
    with pytest.raises(InputError, match=rf"of both LSOA 2011 and 2021 \(1 codes such as {GONE}\)"):
        rows([*ZONES, GONE])


@pytest.mark.parametrize("edition", [IN_2021, IN_2011])
def test_codes_of_no_edition_are_named(edition, whole_country):
    wrong = "E01099999" if edition is IN_2021 else "E01000009"
    with pytest.raises(
        InputError, match=rf"no edition that is known \(1 codes such as {wrong}\), not of LSOA"
    ):
        rows([*sorted(edition.codes), wrong], edition)


def test_a_table_of_the_county_with_none_of_the_new_zones_is_of_2011():
    """The edition's codes are those of a county, so a code outside them tells nothing."""
    with pytest.raises(InputError, match=rf"LSOA 2011 \(none such as {NEW[0]}\), not of LSOA 2021"):
        rows([*OLD, "E01000777"])
    # With one of them it is a table of 2021 that lacks a zone, and has one outside the county.
    assert rows([*OLD, NEW[0], "E01000777"]).tolist() == [*OLD, NEW[0]]
    # A few old zones are the same in both.
    assert rows(OLD[:2]).tolist() == list(OLD[:2])
    assert rows(OLD[:2], IN_2011).tolist() == list(OLD[:2])


def test_rows_of_other_places_are_left_out_and_counted(caplog):
    caplog.set_level(logging.INFO)
    codes = [*ZONES, "W01000003", "W01000004", "S01006506", "E92000001", None, "", "Source: ONS", "E02000001"]
    assert rows(codes).tolist() == list(ZONES)
    assert "t.csv: 2 Welsh areas are left out, such as W01000003" in caplog.text
    assert "t.csv: 1 Scottish areas are left out, such as S01006506" in caplog.text
    assert "t.csv: 2 larger or other areas are left out, such as E92000001" in caplog.text
    assert "t.csv: 2 rows without a code are left out" in caplog.text
    assert "t.csv: 1 rows whose code is none, such as 'SOURCE: ONS', are left out" in caplog.text


@pytest.mark.parametrize("codes", [["W01000003"], [None, None], ["x"], ["E02000001", "W01000001"]])
def test_a_table_of_no_zone_at_all_is_refused(codes):
    with pytest.raises(InputError, match=r"t\.csv, geography code: no row is a zone of LSOA 2021"):
        rows(codes)


def test_codes_are_tidied():
    codes = [f" {OLD[0]}\u00a0", OLD[1].lower(), f'="{OLD[2]}"', f"'{OLD[3]}", f'"{NEW[0]}"', NEW[1]]
    assert rows(codes).tolist() == list(ZONES)


@pytest.mark.parametrize("code", ["1.01E+06", "1000001", "1,000,001", 1000001.0])
def test_codes_that_a_spreadsheet_made_numbers_of_are_named(code):
    with pytest.raises(InputError) as caught:
        rows([OLD[0], code])
    assert f"'{code}' is a code that a spreadsheet turned into a number (1 such codes)" == caught.value.what
    assert caught.value.where == "t.csv, row 3, geography code"


def test_a_zone_twice_is_named():
    with pytest.raises(InputError, match=rf"row 4, geography code: '{OLD[0]}' occurs more than once"):
        rows([OLD[0], OLD[1], OLD[0]])


def test_zones_of_ones_own_are_taken_as_they_are():
    edition = Edition("hex_id", frozenset({"1", "2", "a3"}), "Hexagons")
    assert rows([1, 2, "a3"], edition, "hex_id").tolist() == ["1", "2", "a3"]
    assert rows([2, "z"], edition, "hex_id").tolist() == ["2"]


def test_a_recipe_of_2011_takes_a_table_of_2011(tmp_path):
    codes = (*OLD, GONE)
    table = csv(["LSOA11CD", "Homes"], *([code, i] for i, code in enumerate(codes)))
    found = load(tmp_path, ("h.csv", table), year=2011, codes=codes, zones=codes)
    values, said = column(found, "homes")
    assert dict(zip(found.frame.index, values, strict=True)) == dict(zip(codes, range(5), strict=True))
    assert said.edition == "LSOA 2011"
