import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.measures.tenths import compare_tenths, local_tenths

NAN = math.nan


def test_tenths_compared_by_hand():
    table = compare_tenths(
        decile=[1, 1, 10, 10, 5, NAN],
        minutes=[40.0, 10.0, 20.0, 29.0, 5.0, 5.0],
        population=[300, 100, 300, 100, 999, 999],
        cutoffs_min=(15, 30),
    )
    assert list(table.columns) == ["measure", "most_deprived", "least_deprived", "difference", "ratio"]
    assert table["measure"].tolist() == ["population", "median_min", "share_within_15", "share_within_30"]
    rows = table.set_index("measure")
    assert rows.loc["population"].tolist() == [400, 400, 0, 1]
    assert rows.loc["median_min"].tolist() == [40, 20, 20, 2]
    assert rows.loc["share_within_30"].tolist() == [0.25, 1, -0.75, 0.25]
    # nobody of the least deprived is within 15: a difference, no ratio
    assert rows.loc["share_within_15"].tolist()[:3] == [0.25, 0, 0.25]
    assert math.isnan(rows.loc["share_within_15", "ratio"])


@pytest.mark.parametrize(
    ("decile", "minutes", "population"),
    [([1, 1], [5.0, 5.0], [10, 20]), ([1, 10], [5.0, 5.0], [10, 0]), ([1, 10], [5.0, 5.0], [10, NAN])],
)
def test_a_tenth_without_people_compares_with_nothing(decile, minutes, population):
    rows = compare_tenths(decile, minutes, population, (15,)).set_index("measure")
    assert rows.loc["population", "least_deprived"] == 0
    assert rows.loc["share_within_15", "most_deprived"] == 1
    assert (
        rows.loc[["median_min", "share_within_15"], ["least_deprived", "difference", "ratio"]]
        .isna()
        .all(axis=None)
    )


def test_a_middle_that_is_not_reached_has_no_difference():
    rows = compare_tenths([1, 1, 10], [5.0, NAN, 20.0], [10, 20, 30], (15,)).set_index("measure")
    assert rows.loc["median_min", ["most_deprived", "difference", "ratio"]].isna().all()
    assert rows.loc["median_min", "least_deprived"] == 20
    assert rows.loc["share_within_15", "most_deprived"] == pytest.approx(1 / 3)


def test_no_zones_compare_with_nothing():
    rows = compare_tenths([], [], [], (15,)).set_index("measure")
    assert rows.loc["population"].tolist()[:3] == [0, 0, 0]
    assert rows.loc[["median_min", "share_within_15"]].isna().all(axis=None)


def test_ten_zones_alike_are_a_tenth_each_and_order_of_zones_is_kept():
    rank = np.array([500, 20, 30000, 4, 77, 9000, 8000, 1, 650, 12000])
    assert local_tenths(rank, [1500] * 10).tolist() == [5, 3, 10, 2, 4, 8, 7, 1, 6, 9]


def test_a_zone_belongs_where_the_middle_one_of_its_people_stands():
    # of 100 people: 1-5, 6-24 (middle 15), 25-34 (middle 29.5), 35-100 (middle 67)
    assert local_tenths([1, 2, 3, 4], [5, 19, 10, 66]).tolist() == [1, 2, 3, 7]
    # five zones of two tenths each: their middle is the limit, which ends the lower tenth
    assert local_tenths([1, 2, 3, 4, 5], [20] * 5).tolist() == [1, 3, 5, 7, 9]
    assert local_tenths([7], [20]).tolist() == [5]


def test_one_rank_is_one_tenth():
    assert local_tenths([2, 1, 2, 3], [10, 10, 70, 10]).tolist() == [5, 1, 5, 10]


def test_unknown_rank_has_no_tenth_and_takes_no_place():
    tenths = local_tenths([1, NAN, 2], [50, 1000, 50])
    assert np.array_equal(tenths, [3, NAN, 8], equal_nan=True)


def test_zones_without_people_stand_where_their_neighbours_do():
    assert local_tenths([1, 2, 3, 4], [0, 50, NAN, 50]).tolist() == [1, 3, 5, 8]


@pytest.mark.parametrize(("rank", "people"), [([], []), ([1, 2], [0, NAN]), ([NAN, NAN], [3, 4])])
def test_nobody_has_no_tenth(rank, people):
    tenths = local_tenths(rank, people)
    assert tenths.shape == (len(rank),)
    assert np.isnan(tenths).all()


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.data())
def test_a_tenth_has_a_tenth_of_the_people_but_for_one_zone(people, data):
    rank = data.draw(st.permutations(range(len(people))))
    people = np.array(people, dtype=float)
    tenths = local_tenths(rank, people)
    order = np.argsort(rank)
    assert np.all(np.diff(tenths[order]) >= 0)
    for limit in range(1, 10):
        up_to = people[tenths <= limit].sum()
        assert abs(up_to - limit / 10 * people.sum()) <= people.max() / 2 + 1e-9


@pytest.mark.parametrize(("rank", "people"), [([1, 2], [1]), ([[1, 2]], [1, 2]), (3, [1]), ([1, 2], [1, -2])])
def test_what_does_not_belong_together_is_refused(rank, people):
    with pytest.raises(ValueError, match=r"shape|negative"):
        local_tenths(rank, people)
