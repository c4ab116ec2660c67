from __future__ import annotations

from pathlib import Path

import pytest

from ptreach.errors import InputError
from ptreach.sources.editions import read_editions

SHARED = Path(__file__).parents[2] / "../shared/data/england"
HEADER = "F_LSOA11CD,LSOA11NM,LSOA21CD,LSOA21NM,CHGIND,LAD22CD,LAD22NM,LAD22NMW,ObjectId"
# One unchanged, one split in two, two merged; and two that were cut across three.
PAIRS = [
    ("E01000001", "E01000001", "U"),
    ("E01000002", "E01033769", "S"),
    ("E01000002", "E01033770", "S"),
    ("E01000003", "E01033771", "M"),
    ("E01000004", "E01033771", "M"),
    ("E01000005", "E01033772", "X"),
    ("E01000005", "E01033773", "X"),
    ("E01000006", "E01033773", "X"),
]


def write(path, pairs, header=HEADER):
    rows = [f"{old},Old,{new},New,{change},E06000001,Hartlepool,,1" for old, new, change in pairs]
    path.write_text("\r\n".join([header, *rows]) + "\r\n", encoding="utf-8-sig")
    return path


@pytest.mark.parametrize("first", ["F_LSOA11CD", "LSOA11CD", "lsoa11cd", "\ufeffLSOA11CD"])
def test_the_exact_lookup_as_ons_ships_it(tmp_path, first):
    table = read_editions(write(tmp_path / "l.csv", PAIRS[::-1], HEADER.replace("F_LSOA11CD", first)))
    assert table.columns.tolist() == ["lsoa11cd", "lsoa21cd", "change"]
    assert list(table.itertuples(index=False, name=None)) == PAIRS


def test_the_best_fit_lookup_is_told_apart(tmp_path):
    text = "ObjectId,LSOA11CD,LSOA11NM,LSOA21CD,LSOA21NM,LAD22CD,LAD22NM\n1,E01000001,a,E01000001,a,E06,b\n"
    (tmp_path / "b.csv").write_text(text)
    with pytest.raises(InputError, match=r"has no column CHGIND: .* best-fit one, which leaves zones"):
        read_editions(tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("pairs", "what"),
    [
        ([*PAIRS, PAIRS[0]], "the pair E01000001, E01000001 is there twice"),
        ([*PAIRS, ("E01000009", "E01000009", "R")], "has a change that is none of U, S, M and X"),
        ([*PAIRS, ("E01000001", "E01033799", "U")], "is called unchanged, but has other partners too"),
        # The file was cut: the other half of the split is gone.
        (PAIRS[:2], "is called split, but is no part of one zone"),
        (PAIRS[:4], "is called merged, but is not made of several"),
        ([*PAIRS, ("E01000009", "", "U")], "1 rows without a code or change"),
        ([*PAIRS, ("E0100009", "E01000009", "U")], "'E0100009' is no code"),
    ],
)
def test_faults_of_a_lookup_are_named(tmp_path, pairs, what):
    with pytest.raises(InputError) as caught:
        read_editions(write(tmp_path / "l.csv", pairs))
    assert what in caught.value.what
    assert ", row " in caught.value.where


def test_a_column_that_is_missing_is_named(tmp_path):
    path = write(tmp_path / "l.csv", PAIRS, HEADER.replace("LSOA21CD", "LSOA31CD"))
    with pytest.raises(InputError, match="no column 'LSOA21CD'"):
        read_editions(path)


@pytest.mark.real
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")
def test_the_lookup_of_england():
    pairs = read_editions(SHARED / "lookup_lsoa11_lsoa21_ltla22_england.parquet")
    assert pairs["change"].value_counts().to_dict() == {"U": 31_810, "S": 1_842, "M": 194, "X": 9}
    assert (pairs["lsoa11cd"].nunique(), pairs["lsoa21cd"].nunique()) == (32_844, 33_755)
