from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ptreach.errors import InputError
from ptreach.sources.codes import (
    Edition,
    OtherEditionError,
    check_edition,
    clean_codes,
    edition_year,
    zone_codes,
)
from ptreach.sources.tables import read_table

SHARED = Path(__file__).parents[2] / "../shared/data/england"
PATH = Path("t.csv")
# Unchanged in both editions; gone in that of 2021; new in it.
BOTH, OLD, NEW = "E01000001", "E01033767", "E01033769"


def cleaned(*codes):
    return clean_codes(pd.Series(codes, index=range(2, len(codes) + 2)), "t.csv", "code").tolist()


def test_small_letters_are_put_right_and_counted(caplog):
    assert cleaned("E01000001", "e01000002") == ["E01000001", "E01000002"]
    assert "t.csv, code: 1 codes in small letters are put right" in caplog.text


@pytest.mark.parametrize("wrong", ["E0100000", "E010000012", "E01 00001", "Total", "01000001", "E0100000l"])
def test_a_code_that_lost_or_gained_a_character_is_named_with_its_row(wrong):
    with pytest.raises(
        InputError, match=rf"t\.csv, row 3, code: '{wrong}' is no code such as E01000001 \(1 such rows\)"
    ):
        cleaned("E01000001", wrong, "S01006506", "W01000003")


@pytest.mark.parametrize("wrong", ["9.16E+11", "1E+09", "8,1e+07"])
def test_a_code_that_a_spreadsheet_made_a_number_of_is_named(wrong):
    with pytest.raises(
        InputError, match=r"row 3, code: '.*' is a code that a spreadsheet turned into a number"
    ):
        cleaned("091620000000", wrong)


def test_codes_of_ones_own_are_as_they_are():
    own = ["091620000000", "a1", "A1", "8b2a1072b59ffff", "1e5"]
    assert cleaned(*own) == own


@pytest.mark.parametrize(
    ("header", "year"),
    [
        ("lsoa11cd", "11"),
        ("LSOA21CD", "21"),
        ("lsoa21_code", "21"),
        ("zone_id", ""),
        ("plz2011", ""),
        (None, ""),
    ],
)
def test_the_edition_of_a_header(header, year):
    assert edition_year(header) == year


def check(table, zones, id_column):
    year = edition_year(id_column)
    check_edition(table, Edition(id_column, frozenset(zones), f"LSOA 20{year}" if year else "Zones"), PATH)


def test_codes_that_only_the_other_edition_has_are_found():
    with pytest.raises(
        OtherEditionError, match=rf"holds zones of LSOA 2021 \(1 codes such as {NEW}\), not of LSOA 2011"
    ) as new:
        check([BOTH, NEW], [BOTH, OLD], "lsoa11cd")
    assert new.value.id_column == "lsoa21cd"
    assert "kind editions" in new.value.remedy
    with pytest.raises(
        OtherEditionError, match=rf"holds zones of LSOA 2011 \(none such as {NEW}\), not of LSOA 2021"
    ) as old:
        check([BOTH, OLD], [BOTH, NEW], "lsoa21cd")
    assert old.value.id_column == "lsoa11cd"


@pytest.mark.parametrize(
    ("table", "zones"),
    [
        (["W01000003"], ["W01000003", "W01001958"]),
        (["W01000003"], [BOTH, "W01000003", "W01001958"]),
        ([BOTH, "W01000003"], [BOTH, "W01000003", "W01001958"]),
        # All zones that did not change but one in ten are in it, and none of the new.
        ([f"E0100000{i}" for i in range(9)], [*(f"E0100000{i}" for i in range(10)), NEW]),
    ],
)
def test_a_table_that_lacks_just_what_2021_made_is_of_2011(table, zones):
    with pytest.raises(OtherEditionError, match="holds zones of LSOA 2011"):
        check(table, zones, "lsoa21cd")


@pytest.mark.parametrize(("table", "zones"), [([BOTH, NEW], [BOTH, OLD]), ([BOTH, OLD], [BOTH, NEW])])
def test_they_are_found_under_a_header_that_names_no_edition(table, zones):
    with pytest.raises(OtherEditionError):
        check(table, zones, "zone")


@pytest.mark.parametrize(
    ("table", "zones", "id_column"),
    [
        ([BOTH, OLD], [BOTH, OLD], "lsoa11cd"),
        ([BOTH, NEW], [BOTH, NEW], "lsoa21cd"),
        # A table of all England beside zones of a part, or the other way round.
        ([BOTH, OLD, "E01000005"], [BOTH], "lsoa11cd"),
        ([BOTH], [BOTH, "E01000005", OLD], "lsoa11cd"),
        ([BOTH, NEW], [BOTH], "lsoa21cd"),
        # Zones of another district lack rows too: the table is of a part.
        ([BOTH], [BOTH, "E01000005", NEW], "lsoa21cd"),
        # English and Welsh zones beside a table of one of the two countries.
        (["W01000003", "W01001958"], [BOTH, NEW, "W01000003", "W01001958"], "lsoa21cd"),
        ([BOTH, NEW, "W01000003", "W01001958"], [BOTH, NEW], "lsoa21cd"),
        (["1", "2"], ["1", "3"], "zone"),
    ],
)
def test_one_edition_is_one_edition(table, zones, id_column):
    check(table, zones, id_column)


@pytest.mark.real
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")
def test_the_real_codes_of_both_editions_are_as_the_rule_says():
    pairs = pd.read_parquet(SHARED / "lookup_lsoa11_lsoa21_ltla22_england.parquet")
    old, new = set(pairs["lsoa11_code"]), set(pairs["lsoa21_code"])
    assert max(old) == "E01033768" < min(new - old)
    # The codes that both have are those of zones that did not change, and of no other.
    same = pairs[pairs["change_code"] == "U"]
    assert (same["lsoa11_code"] == same["lsoa21_code"]).all()
    assert old & new == set(same["lsoa11_code"])
    for table, zones, id_column in ((old, new, "lsoa21cd"), (new, old, "lsoa11cd")):
        with pytest.raises(OtherEditionError):
            check(sorted(table), sorted(zones), id_column)
    check(sorted(old), sorted(old), "lsoa11cd")
    check(sorted(new), sorted(new), "lsoa21cd")
    # So of each district by itself, where it has zones that changed.
    changed = pairs[pairs["change_code"] != "U"]
    sandwell = pairs[pairs["ltla22_name"] == "Sandwell"]
    assert len(changed[changed["ltla22_name"] == "Sandwell"]) > 0
    with pytest.raises(OtherEditionError):
        check(sorted(old), sorted(set(sandwell["lsoa21_code"])), "lsoa21cd")
    with pytest.raises(OtherEditionError):
        check(sorted(set(sandwell["lsoa21_code"])), sorted(old), "lsoa11cd")


@pytest.mark.parametrize(
    "header",
    [
        "lsoa11cd",
        "lsoa11_code",
        "lsoa11_cd",
        "f_lsoa11cd",
        "lsoa code (2011)",
        "lsoa 2011 code",
        "geography code",
    ],
)
def test_codes_are_found_under_publishers_headers(tmp_path, header):
    frame = pd.DataFrame({"name": ["x"], header: [" E01000001 "]})
    codes = zone_codes(frame, "lsoa11cd", tmp_path / "t.csv")
    assert codes.tolist() == ["E01000001"]
    assert codes.name == "zone_id"
    assert zone_codes(frame, None, tmp_path / "t.csv").tolist() == ["E01000001"]


def test_codes_of_another_edition_are_never_taken(tmp_path):
    frame = pd.DataFrame({"lsoa21cd": ["E01000001"]})
    with pytest.raises(InputError, match=r"holds zones of LSOA 2021 \(column 'lsoa21cd'\), not of LSOA 2011"):
        zone_codes(frame, "lsoa11cd", tmp_path / "t.csv")
    both = frame.assign(lsoa11cd=["E01000002"])
    assert zone_codes(both, "lsoa11cd", tmp_path / "t.csv").tolist() == ["E01000002"]


def test_codes_of_zones_of_ones_own(tmp_path):
    frame = pd.DataFrame({"zone_id": [1, 2]})
    assert zone_codes(frame, "zone_id", tmp_path / "t.csv").tolist() == ["1", "2"]
    with pytest.raises(
        InputError, match=r"no column 'hex_id'; found: zone_id\. Name the column of codes hex_id"
    ):
        zone_codes(frame, "hex_id", tmp_path / "t.csv")


def written(path, text):
    path.write_text(text)
    return path


def test_blank_and_doubled_codes_are_named_with_their_row(tmp_path):
    path = written(tmp_path / "t.csv", "lsoa11cd,v\nE01,1\n ,2\nE01,3\n")
    with pytest.raises(InputError, match=r"row 3, lsoa11cd: 1 rows without a code"):
        zone_codes(read_table(path), "lsoa11cd", path)
    path = written(tmp_path / "t.csv", "lsoa11cd,v\nE01,1\nE02,2\nE01,3\n")
    with pytest.raises(InputError, match=r"row 4, lsoa11cd: 'E01' occurs more than once \(1 such codes\)"):
        zone_codes(read_table(path), "lsoa11cd", path)
