from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ptreach.measures.editions import How, carry

SHARED = Path(__file__).parents[2] / "../shared/data/england"

# u unchanged; s split into s1 and s2; m and n merged into mn; x and y cut across p, q and r.
PAIRS = pd.DataFrame(
    [
        *(("u", "u"), ("s", "s1"), ("s", "s2"), ("m", "mn"), ("n", "mn")),
        *(("x", "p"), ("x", "q"), ("y", "q"), ("y", "r")),
    ],
    columns=["from_id", "to_id"],
)
OLD = pd.DataFrame(
    {"people": [100, 900, 200, 600, 400, 500], "score": [1, 9, 20, 40, 10, 30], "rank": [6, 5, 3, 1, 4, 2]},
    index=list("usmnxy"),
    dtype=float,
)
THERE = pd.Series({"u": 110, "s1": 300, "s2": 600, "mn": 850, "p": 100, "q": 300, "r": 200}, dtype=float)


def carried(table=OLD, pairs=PAIRS, there=THERE, **more):
    weights = table["people"]
    return carry(
        table,
        pairs,
        counts=["people"],
        rates=["score"],
        ranks=["rank"],
        people=weights,
        people_there=there,
        **more,
    )


def test_counts_are_shared_and_rates_weighted_by_people():
    frame = carried().frame
    assert frame.index.tolist() == ["mn", "p", "q", "r", "s1", "s2", "u"]
    # 900 people as 300 to 600; 200 and 600 together; unchanged, whatever the people of today.
    assert frame["people"].loc[["s1", "s2", "mn", "u"]].tolist() == [300, 600, 800, 100]
    # (200 x 20 + 600 x 40) / 800.
    assert frame["score"].loc[["s1", "s2", "mn", "u"]].tolist() == [9, 9, 35, 1]
    # A mean of ranks is no rank.
    np.testing.assert_array_equal(frame["rank"].loc[["s1", "s2", "mn", "u"]], [5, 5, np.nan, 6])


def test_of_some_zones_the_shares_are_theirs():
    found = carried().among(["u", "s1", "mn", "elsewhere"], THERE)
    assert found.frame.index.tolist() == found.how.index.tolist() == ["mn", "s1", "u"]
    # As of all: s1 is a third of s though s2 is not asked for.
    assert found.frame["people"].tolist() == [800, 300, 100]
    assert found.zones_touched == pytest.approx(2 / 3)
    assert found.people_touched == pytest.approx((300 + 850) / (110 + 300 + 850))


def test_redrawn_zones_are_missing_unless_apportioned():
    assert carried().frame.loc[["p", "q", "r"]].isna().all(axis=None)
    frame = carried(apportion_irregular=True).frame
    # x: 400 as 100 to 300; y: 500 as 300 to 200.
    assert frame["people"].loc[["p", "q", "r"]].tolist() == [100, 600, 200]
    assert frame["score"].loc[["p", "q", "r"]].tolist() == [10, (300 * 10 + 300 * 30) / 600, 30]
    assert frame["people"].sum() == OLD["people"].sum()


def test_how_each_zone_came_about_and_how_many_were_touched():
    found = carried()
    assert found.how.to_dict() == {
        "u": How.SAME,
        "s1": How.PART,
        "s2": How.PART,
        "mn": How.WHOLE,
        "p": How.IRREGULAR,
        "q": How.IRREGULAR,
        "r": How.IRREGULAR,
    }
    assert found.zones_touched == pytest.approx(6 / 7)
    assert found.people_touched == pytest.approx((2460 - 110) / 2460)


def test_the_other_way_round_a_split_is_a_merger():
    back = PAIRS.rename(columns={"from_id": "to_id", "to_id": "from_id"})
    table = pd.DataFrame({"people": THERE, "score": [1, 6, 9, 7, 2, 3, 4], "rank": 1.0})
    found = carried(table, back, OLD["people"])
    assert found.how["s"] == How.WHOLE
    assert found.frame.loc["s", ["people", "score"]].tolist() == [900, (300 * 6 + 600 * 9) / 900]
    # 850 as 200 to 600.
    assert found.frame.loc[["m", "n"], "people"].tolist() == [212.5, 637.5]


@pytest.mark.parametrize("gone", [np.nan, None])
def test_what_is_not_known_stays_so(gone):
    table = OLD.copy()
    table.loc["n", "score"] = np.nan
    table.loc["s", "people"] = np.nan
    if gone is None:
        table = table.drop(index="u")
    found = carried(table).frame
    assert np.isnan(found.loc["mn", "score"])
    assert found.loc["mn", "people"] == 800
    assert found.loc[["s1", "s2"], "people"].isna().all()
    assert found.loc["s1", "score"] == 9  # a zone made of one needs no weights
    assert found.loc[["u"]].isna().all(axis=None) == (gone is None)


def test_without_people_there_counts_of_a_split_are_not_known():
    for there in (THERE.drop("s1"), THERE * 0):
        found = carried(there=there).frame
        assert found.loc["s2", ["people"]].isna().all()
        assert found.loc["mn", "people"] == 800


def test_merged_zones_without_people_have_no_rate():
    table = OLD.copy()
    table.loc[["m", "n"], "people"] = 0
    assert np.isnan(carried(table).frame.loc["mn", "score"])


def test_an_empty_lookup_carries_nothing():
    found = carried(pairs=PAIRS.iloc[:0])
    assert found.frame.empty
    assert np.isnan(found.zones_touched)


@pytest.mark.real
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")
def test_england_of_2011_carried_to_2021():
    lookup = pd.read_parquet(SHARED / "lookup_lsoa11_lsoa21_ltla22_england.parquet")
    pairs = lookup.rename(columns={"lsoa11_code": "from_id", "lsoa21_code": "to_id"})
    iod = pd.read_parquet(SHARED / "iod2019_lsoa11_england_compact.parquet").set_index("lsoa11cd")
    bands = pd.read_parquet(SHARED / "census2021_age_bands_lsoa21_england.parquet").set_index("lsoa21_code")
    people = iod["pop_total_population"]
    found = carry(
        iod,
        pairs,
        counts=["pop_total_population"],
        rates=["imd_score"],
        people=people,
        people_there=bands.sum(axis=1),
        apportion_irregular=True,
    )
    # The codes of change that the publisher gives say the same as how often a zone occurs.
    kinds = {"U": How.SAME, "S": How.PART, "M": How.WHOLE, "X": How.IRREGULAR}
    told = lookup.drop_duplicates("lsoa21_code").set_index("lsoa21_code")["change_code"].map(kinds)
    assert (found.how == told.sort_index()).all()
    assert found.how.value_counts().to_dict() == {
        How.SAME: 31_810,
        How.PART: 1_842,
        How.WHOLE: 97,
        How.IRREGULAR: 6,
    }
    assert found.frame["pop_total_population"].sum() == pytest.approx(people.sum())
    assert found.frame.notna().all(axis=None)
    # 82 pairs of the West Midlands county: 40 zones split in two, and two merged.
    county = [f"E080000{number}" for number in range(25, 32)]
    there = lookup[lookup["ltla22_code"].isin(county) & (lookup["change_code"] != "U")]
    assert len(there) == 82
    parts = found.frame.loc[there["lsoa21_code"][there["change_code"] == "S"]]
    parents = iod.loc[there["lsoa11_code"][there["change_code"] == "S"]]
    assert parts["imd_score"].tolist() == parents["imd_score"].tolist()
    assert parts["pop_total_population"].sum() == pytest.approx(parents["pop_total_population"].sum() / 2)
    (merged,) = set(there["lsoa21_code"][there["change_code"] == "M"])
    two = iod.loc[there["lsoa11_code"][there["change_code"] == "M"]]
    mean = np.average(two["imd_score"], weights=two["pop_total_population"])
    assert found.frame.loc[merged, "imd_score"] == pytest.approx(mean)
