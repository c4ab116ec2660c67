import math

import numpy as np
import pytest

from ptreach.measures.deprivation import summarise_by_decile
from ptreach.measures.reach import REACH_CUTOFFS_MIN, reach_by_decile, reach_by_deprivation

NAN = math.nan
DECILES = [*map(str, range(1, 11)), "all"]
MINUTES = [14.99, 15.0, 44.0, 89.9, NAN]
IMD = [1, 1, 2, 2, 1]
IDACI = [1, 2, 2, 1, 1]
PEOPLE = [1000, 2000, 1500, 1600, 400]
CHILDREN = [200, 500, 300, 400, 100]
PENSIONERS = [150, NAN, 250, 300, 50]


def cell(table, **where):
    chosen = table
    for name, value in where.items():
        chosen = chosen[chosen[name] == value]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_people_and_children_within_by_hand():
    table = reach_by_decile(IMD, MINUTES, {"people": PEOPLE, "children": CHILDREN})
    assert list(table.columns) == ["decile", "group", "cutoff_min", "people", "people_within", "share_within"]
    within = table[(table["decile"] == "1") & (table["group"] == "people")]
    # 400 of the 3,400 are never there
    assert within["cutoff_min"].tolist() == [15, 30, 45, 60, 90]
    assert within["people"].tolist() == [3400] * 5
    assert within["people_within"].tolist() == [1000, 3000, 3000, 3000, 3000]
    assert within["share_within"].tolist() == [1000 / 3400, *[3000 / 3400] * 4]
    within = table[(table["decile"] == "2") & (table["group"] == "children")]
    assert within["people_within"].tolist() == [0, 0, 300, 300, 700]
    assert cell(table, decile="all", group="people", cutoff_min=45)["people_within"] == 4500


def test_every_decile_group_and_cutoff_has_its_row_in_order():
    table = reach_by_decile(IMD, MINUTES, {"b": PEOPLE, "a": CHILDREN}, (60, 15))
    assert table[["decile", "group", "cutoff_min"]].to_numpy().tolist() == [
        [decile, group, cutoff] for decile in DECILES for group in ("b", "a") for cutoff in (60, 15)
    ]
    nobody = table[table["decile"] == "9"]
    assert nobody[["people", "people_within"]].to_numpy().tolist() == [[0, 0]] * 4
    assert nobody["share_within"].isna().all()


def test_children_alone_are_counted_by_idaci():
    table = reach_by_deprivation(
        MINUTES,
        imd_decile=IMD,
        idaci_decile=IDACI,
        people=PEOPLE,
        children=CHILDREN,
        pensioners=PENSIONERS,
    )
    assert list(table.columns)[:2] == ["deprivation", "decile"]
    assert table.index.tolist() == list(range(11 * 3 * 5 + 11 * 5))
    groups = table.groupby("deprivation", sort=False)["group"].unique()
    assert {name: list(found) for name, found in groups.items()} == {
        "imd": ["people", "children", "pensioners"],
        "idaci": ["children"],
    }
    # IDACI 1: zones 0, 3 and the one not reached: 200 + 400 + 100 children
    row = cell(table, deprivation="idaci", decile="1", cutoff_min=90)
    assert row[["people", "people_within"]].tolist() == [700, 600]
    assert row["share_within"] == 600 / 700
    # IMD 1: pensioners of zone 1 are not known
    row = cell(table, deprivation="imd", decile="1", group="pensioners", cutoff_min=30)
    assert row[["people", "people_within"]].tolist() == [200, 150]


def test_without_pensioners_there_are_no_rows_of_them():
    table = reach_by_deprivation(
        MINUTES, imd_decile=IMD, idaci_decile=IDACI, people=PEOPLE, children=CHILDREN, cutoffs_min=(30,)
    )
    assert len(table) == 11 * 2 + 11
    assert "pensioners" not in set(table["group"])


def test_reach_adds_up_and_agrees_with_the_summary():
    rng = np.random.default_rng(11)
    decile = rng.integers(1, 11, 400).astype(float)
    decile[::50] = NAN
    minutes = np.where(rng.random(400) < 0.2, NAN, rng.uniform(0, 120, 400))
    people = rng.integers(0, 3000, 400).astype(float)
    table = reach_by_decile(decile, minutes, {"people": people})
    wide = table.pivot_table(index="decile", columns="cutoff_min", values="people_within", sort=False)
    assert (wide.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    unknown = people[np.isnan(decile) & (minutes < 45)].sum()
    assert wide.loc[DECILES[:-1], 45].sum() + unknown == wide.loc["all", 45]
    summary = summarise_by_decile(decile, minutes, people, REACH_CUTOFFS_MIN).set_index("decile")
    for cutoff in REACH_CUTOFFS_MIN:
        shares = table[table["cutoff_min"] == cutoff].set_index("decile")["share_within"]
        assert shares.to_dict() == summary[f"share_within_{cutoff}"].to_dict()


def test_edges_have_rows_and_no_shares():
    empty = reach_by_decile([], [], {"people": []}, (15,))
    assert empty["people"].tolist() == [0] * 11
    assert empty["share_within"].isna().all()
    lost = reach_by_decile([4], [NAN], {"people": [9]}, (15,))
    assert cell(lost, decile="4").tolist()[3:] == [9, 0, 0]
    assert reach_by_decile([4], [5.0], {}, (15,)).empty
    nobody = reach_by_decile([4, 4], [5.0, 5.0], {"people": [0, NAN]}, (15,))
    assert nobody["share_within"].isna().all()


def test_groups_of_other_zones_are_refused():
    with pytest.raises(ValueError, match="shape"):
        reach_by_decile(IMD, MINUTES, {"people": PEOPLE, "children": CHILDREN[:-1]})
    with pytest.raises(ValueError, match="not a decile"):
        reach_by_decile([1, 1, 1, 1, 20_000], MINUTES, {"people": PEOPLE})
