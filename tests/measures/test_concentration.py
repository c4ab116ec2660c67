import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.measures.concentration import (
    concentration_curve,
    concentration_index,
    corrected_concentration_index,
    distribute,
    share_counted,
)

# value, people, rank
ZONES = st.lists(
    st.tuples(st.integers(0, 90), st.integers(0, 6), st.integers(1, 5)), min_size=1, max_size=9
).filter(lambda zones: any(value and people for value, people, _ in zones))


def columns(zones):
    return [np.array(column, dtype=float) for column in zip(*zones, strict=True)]


def one_by_one(zones):
    """Index by the covariance, person by person: each stands in the middle of their tie."""
    people = [(rank, value) for value, number, rank in zones for _ in range(number)]
    n, mean = len(people), sum(value for _, value in people) / len(people)
    total = 0.0
    for rank, value in people:
        below = sum(1 for other, _ in people if other < rank)
        same = sum(1 for other, _ in people if other == rank)
        total += value * (below + same / 2) / n
    return 2 / (n * mean) * total - 1


def test_curve_starts_with_the_most_deprived_and_joins_ties():
    # 100 people of rank 1 have 2 each, 300 of rank 7 (two zones) 1 and 3, 100 of rank 9 have 4
    curve = concentration_curve([4, 1, 3, 2], [100, 150, 150, 100], [9, 7, 7, 1])
    assert list(curve.columns) == ["share_people", "share_value"]
    # of 200 + 150 + 450 + 400 = 1,200
    assert curve["share_people"].tolist() == pytest.approx([0, 0.2, 0.8, 1])
    assert curve["share_value"].tolist() == pytest.approx([0, 200 / 1200, 800 / 1200, 1])
    assert curve.iloc[-1].tolist() == [1, 1]


def test_index_is_what_the_formula_of_accessibility_for_r_gives_by_hand():
    # f = 0.25, 0.5, 0.25; fractional ranks 0.125, 0.5, 0.875; mean 0.25*10 + 0.5*20 + 0.25*50 = 25
    # 2 * (0.25*(10-25)*(0.125-0.5) + 0 + 0.25*(50-25)*(0.875-0.5)) / 25 = 2 * (1.40625 + 2.34375) / 25
    assert concentration_index([10, 20, 50], [1, 2, 1], [1, 2, 3]) == pytest.approx(0.3)
    # corrected, of 0 to 100: 4 * 25 / 100 * 0.3
    assert corrected_concentration_index([10, 20, 50], [1, 2, 1], [1, 2, 3], (0, 100)) == pytest.approx(0.3)


def test_index_is_negative_where_the_more_deprived_travel_longer():
    assert concentration_index([60, 30], [1, 1], [1, 32844]) == pytest.approx(-1 / 6)
    assert concentration_index([30, 60], [1, 1], [1, 32844]) == pytest.approx(1 / 6)
    assert concentration_index([30, 30], [1, 5], [1, 2]) == pytest.approx(0)
    # all with the last of four: 1 - 1/4
    assert concentration_index([0, 0, 0, 8], [1, 1, 1, 1], [1, 2, 3, 4]) == pytest.approx(0.75)


@given(ZONES)
def test_index_is_the_covariance_with_the_rank_of_each_person(zones):
    assert concentration_index(*columns(zones)) == pytest.approx(one_by_one(zones), abs=1e-12)


@given(ZONES, st.randoms(use_true_random=False))
def test_index_heeds_neither_the_order_of_zones_nor_how_many_there_are(zones, random):
    shuffled = list(zones)
    random.shuffle(shuffled)
    split = [(value, people / 2, rank) for value, people, rank in shuffled] * 2
    assert concentration_index(*columns(split)) == pytest.approx(
        concentration_index(*columns(zones)), abs=1e-12
    )


@given(ZONES)
def test_reversing_the_rank_reverses_the_sign(zones):
    values, people, rank = columns(zones)
    assert concentration_index(values, people, -rank) == pytest.approx(
        -concentration_index(values, people, rank), abs=1e-12
    )


@given(ZONES)
def test_corrected_index_of_a_share_is_minus_that_of_the_rest(zones):
    values, people, rank = columns(zones)
    assert corrected_concentration_index(values / 90, people, rank) == pytest.approx(
        -corrected_concentration_index(1 - values / 90, people, rank), abs=1e-12
    )


def test_corrected_index_is_1_where_the_better_half_has_all():
    assert corrected_concentration_index([0, 1], [7, 7], [1, 2]) == pytest.approx(1)
    assert corrected_concentration_index([0, 0], [7, 7], [1, 2]) == 0
    assert math.isnan(corrected_concentration_index([0, 1], [0, math.nan], [1, 2]))
    with pytest.raises(ValueError, match="outside 0 to 1"):
        corrected_concentration_index([0, 1.5], [7, 7], [1, 2])
    with pytest.raises(ValueError, match="outside"):
        corrected_concentration_index([1, 1], [7, 7], [1, 2], (1, 1))


def test_zones_without_value_people_or_rank_are_left_out_and_told():
    nan = math.nan
    values, people, rank = [10, 20, 50, nan, 99, 99, 99], [1, 2, 1, 4, 0, nan, 2], [1, 2, 3, 1, 1, 1, nan]
    assert concentration_index(values, people, rank) == pytest.approx(0.3)
    assert share_counted(values, people, rank) == pytest.approx(0.4)  # 4 of 10 people
    assert share_counted(values, people) == pytest.approx(0.6)
    assert distribute(values, people, rank).counted.tolist() == [True] * 3 + [False] * 4


@pytest.mark.parametrize(
    ("values", "people"),
    [([], []), ([math.nan, math.nan], [3, 4]), ([1, 2], [0, 0]), ([1, 2], [math.nan, math.nan])],
)
def test_of_nobody_there_is_no_curve_and_no_index(values, people):
    rank = list(range(len(values)))
    curve = concentration_curve(values, people, rank)
    assert curve.empty
    assert list(curve.columns) == ["share_people", "share_value"]
    assert math.isnan(concentration_index(values, people, rank))


def test_where_all_have_nothing_there_are_no_shares_of_it():
    curve = concentration_curve([0, 0], [1, 3], [1, 2])
    assert curve["share_people"].tolist() == [0, 0.25, 1]
    assert curve["share_value"].isna().tolist() == [False, True, True]
    assert math.isnan(concentration_index([0, 0], [1, 3], [1, 2]))


def test_one_zone_is_the_diagonal():
    assert concentration_curve([5], [7], [3]).to_numpy().tolist() == [[0, 0], [1, 1]]
    assert concentration_index([5], [7], [3]) == 0
    assert math.isnan(share_counted([5], [0]))


def test_the_largest_and_smallest_numbers_do_no_harm():
    assert concentration_index([1e308, 1e308, 0], [1e308, 1e308, 1e308], [1, 2, 3]) == pytest.approx(-1 / 3)
    assert concentration_index([1e-300, 3e-300], [1e-300, 1e-300], [1, 2]) == pytest.approx(0.25)
    assert concentration_index([1, 5, 0], [5e-324, 1e300, 1e300], [1, 2, 3]) == pytest.approx(-0.5)


@pytest.mark.parametrize(
    ("values", "people", "rank", "words"),
    [
        ([-1, 2], [1, 1], [1, 2], "negative"),
        ([math.inf, 2], [1, 1], [1, 2], "NaN where"),
        ([1, 2], [1, -1], [1, 2], "negative"),
        ([1, 2], [1], [1, 2], "shape"),
        ([1, 2], [1, 1], [1], "shape"),
        ([[1, 2]], [1, 1], [1, 2], "shape"),
    ],
)
def test_what_has_no_index_is_refused(values, people, rank, words):
    with pytest.raises(ValueError, match=words):
        concentration_index(values, people, rank)
