import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.measures.deprivation import decile_members, summarise_by_decile, weighted_median

CUTOFFS = (15, 30)


@given(
    st.lists(
        st.tuples(st.one_of(st.just(math.nan), st.floats(0, 120)), st.integers(0, 9)), min_size=1, max_size=12
    ).filter(lambda zones: any(weight for _, weight in zones))
)
def test_weighted_median_is_the_nearest_rank_of_the_people_in_a_row(zones):
    people = sorted(
        math.inf if math.isnan(value) else value for value, weight in zones for _ in range(weight)
    )
    expected = people[math.ceil(len(people) / 2) - 1]
    values, weights = (np.array(column, dtype=float) for column in zip(*zones, strict=True))
    median = weighted_median(values, weights)
    assert (math.inf if math.isnan(median) else median) == expected


def test_weighted_median_of_nobody_is_unknown():
    assert math.isnan(weighted_median(np.array([]), np.array([])))
    assert math.isnan(weighted_median(np.array([3.0]), np.array([0.0])))


def test_summary_weights_zones_by_people_and_counts_unreached_last():
    table = summarise_by_decile(
        decile=[1, 1, 1, 2, 2, np.nan],
        minutes=[10.0, 15.0, np.nan, np.nan, 5.0, 29.99],
        population=[100, 200, 100, 300, 100, 200],
        cutoffs_min=CUTOFFS,
    ).set_index("decile")
    assert list(table.columns) == ["zones", "population", "median_min", "share_within_15", "share_within_30"]
    assert list(table.index) == [*map(str, range(1, 11)), "all"]
    # 1: 100 people at 10, 200 at 15, 100 never; person 200 of 400 needs 15 minutes, which is not within 15
    assert table.loc["1"].tolist() == [3, 400, 15.0, 0.25, 0.75]
    # 2: person 200 of 400 is one of the 300 never there
    assert table.loc["2", ["zones", "population", "share_within_15"]].tolist() == [2, 400, 0.25]
    assert math.isnan(table.loc["2", "median_min"])
    # all: 1,000 people: 100 at 5, 100 at 10, 200 at 15, 200 at 29.99, 400 never; person 500 needs 29.99
    assert table.loc["all"].tolist() == [6, 1000, 29.99, 0.2, 0.6]


def test_decile_without_zones_or_people_has_no_median_and_no_share():
    table = summarise_by_decile([3, 4], [10.0, 10.0], [math.nan, 50], CUTOFFS).set_index("decile")
    assert table.loc["3", ["zones", "population"]].tolist() == [1, 0]
    assert table.loc[["3", "7"], ["median_min", "share_within_15"]].isna().all(axis=None)
    assert table.loc["7", "zones"] == 0
    assert table.loc["all", "population"] == 50


@pytest.mark.parametrize("column", ["share_within_15", "share_within_30"])
def test_shares_of_deciles_average_to_the_share_of_all(column):
    rng = np.random.default_rng(7)
    table = summarise_by_decile(
        rng.integers(1, 11, 300), rng.uniform(0, 60, 300), rng.integers(1000, 3000, 300), CUTOFFS
    )
    parts, whole = table.iloc[:-1], table.iloc[-1]
    assert np.average(parts[column], weights=parts["population"]) == pytest.approx(whole[column])


def test_deciles_name_their_zones_and_all_holds_the_unknown():
    members = dict(decile_members([10, np.nan, 1, 1], 4))
    assert list(members) == [*map(str, range(1, 11)), "all"]
    assert members["1"].tolist() == [False, False, True, True]
    assert members["10"].tolist() == [True, False, False, False]
    assert not any(members[str(number)].any() for number in range(2, 10))
    assert members["all"].all()


@pytest.mark.parametrize("decile", [0, 11, 3.5, 32844, -1, math.inf])
def test_a_rank_or_score_given_for_a_decile_is_refused(decile):
    with pytest.raises(ValueError, match="is not a decile"):
        summarise_by_decile([1, decile], [5, 5], [1, 1], CUTOFFS)


@pytest.mark.parametrize(
    ("decile", "minutes", "population"), [([1], [5, 5], [1, 1]), ([1, 1], [5, 5], [1]), ([1, 1], [5], [1, 1])]
)
def test_one_figure_is_not_spread_over_many_zones(decile, minutes, population):
    with pytest.raises(ValueError, match="shape"):
        summarise_by_decile(decile, minutes, population, CUTOFFS)


def test_no_zones_and_none_reached():
    empty = summarise_by_decile([], [], [], CUTOFFS)
    assert empty["zones"].tolist() == [0] * 11
    assert empty[["median_min", "share_within_15", "share_within_30"]].isna().all(axis=None)
    lost = summarise_by_decile([1, 1], [math.nan, math.inf], [3, 4], CUTOFFS).set_index("decile").loc["1"]
    assert math.isnan(lost["median_min"])
    assert lost[["population", "share_within_15", "share_within_30"]].tolist() == [7, 0, 0]
