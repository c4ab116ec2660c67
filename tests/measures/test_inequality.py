import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inequality.gini import Gini
from inequality.theil import Theil, TheilD

from ptreach.measures.inequality import (
    gini,
    palma_ratio,
    summarise_inequality,
    theil_l,
    theil_t,
    theil_t_between,
)

INDICES = [gini, theil_t, theil_l, palma_ratio]
VALUES = st.integers(1, 120)
# value, people
ZONES = st.lists(st.tuples(VALUES, st.integers(0, 5)), min_size=1, max_size=9).filter(
    lambda zones: any(people for _, people in zones)
)
WITH_ZEROS = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 5)), min_size=1, max_size=9).filter(
    lambda zones: any(value and people for value, people in zones)
)


def columns(zones):
    return [np.array(column, dtype=float) for column in zip(*zones, strict=True)]


def repeated(zones):
    """One row a person."""
    return np.array([float(value) for value, people in zones for _ in range(people)])


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_with_equal_people_gini_and_theil_are_pysals(values):
    values = np.array(values, dtype=float)
    people = np.full(values.shape, 1713.0)
    assert gini(values, people) == pytest.approx(Gini(values).g, abs=1e-12)
    assert theil_t(values, people) == pytest.approx(float(Theil(values).T), abs=1e-12)


@given(WITH_ZEROS)
def test_weighted_by_people_gini_and_theil_are_pysals_of_a_row_a_person(zones):
    assert gini(*columns(zones)) == pytest.approx(Gini(repeated(zones)).g, abs=1e-12)
    assert theil_t(*columns(zones)) == pytest.approx(float(Theil(repeated(zones)).T), abs=1e-12)


@given(WITH_ZEROS)
def test_gini_is_the_mean_difference_of_all_pairs_of_people(zones):
    people = repeated(zones)
    pairs = np.abs(people[:, np.newaxis] - people).mean()
    assert gini(*columns(zones)) == pytest.approx(pairs / (2 * people.mean()), abs=1e-12)


@given(ZONES)
def test_theil_l_is_the_log_of_arithmetic_over_geometric_mean(zones):
    people = repeated(zones)
    expected = math.log(people.mean()) - np.log(people).mean()
    assert theil_l(*columns(zones)) == pytest.approx(expected, abs=1e-12)


@given(
    st.lists(st.tuples(st.integers(1, 120), st.integers(1, 4)), min_size=1, max_size=12), st.integers(1, 5)
)
def test_theil_between_groups_is_pysals(zones, people):
    values, groups = columns(zones)
    oracle = TheilD(values.reshape(-1, 1), groups)
    assert theil_t_between(values, np.full(values.shape, people), groups) == pytest.approx(
        float(oracle.bg[0]), abs=1e-12
    )
    # between and within make the whole
    total = theil_t(values, np.full(values.shape, people))
    assert total - theil_t_between(values, np.full(values.shape, people), groups) == pytest.approx(
        float(oracle.wg[0]), abs=1e-12
    )


def test_theil_between_groups_is_weighted_by_people():
    # means: 100 people of group 1 have 10 and 300 have 30: 25; group 2: 400 have 75; the mean of all is 50
    values, people, groups = [10, 30, 75, 8], [100, 300, 400, 50], [1, 1, 2, math.nan]
    expected = 0.5 * 0.5 * math.log(0.5) + 0.5 * 1.5 * math.log(1.5)
    assert theil_t_between(values, people, groups) == pytest.approx(expected)
    assert theil_t_between(values, people, [4, 4, 4, 4]) == pytest.approx(0)


@pytest.mark.parametrize("index", INDICES)
@given(zones=ZONES, factor=st.floats(1e-6, 1e6))
def test_an_index_heeds_neither_the_unit_nor_the_number_of_people(index, zones, factor):
    values, people = columns(zones)
    expected = pytest.approx(index(values, people), rel=1e-9, abs=1e-12)
    assert index(values * factor, people) == expected
    assert index(values, people * factor) == expected
    assert index(np.tile(values, 3), np.tile(people, 3)) == expected
    assert index(values[::-1], people[::-1]) == expected


@given(st.lists(VALUES, min_size=2, max_size=9), st.data())
def test_a_transfer_from_more_to_less_lowers_inequality(values, data):
    """Pigou and Dalton: as long as the two do not change places."""
    values = np.sort(np.array(values, dtype=float))
    low, high = sorted(
        data.draw(st.lists(st.integers(0, len(values) - 1), min_size=2, max_size=2, unique=True))
    )
    if values[high] - values[low] < 2:
        return
    amount = (values[high] - values[low]) / 4
    after = values.copy()
    after[low] += amount
    after[high] -= amount
    people = np.full(values.shape, 100.0)
    for index in (gini, theil_t, theil_l):
        assert index(after, people) < index(values, people)


def test_worked_by_hand():
    # three people with 0, 1 and 5: pairs differ by 1, 5, 4; 2*10/9 over twice the mean of 2
    assert gini([0, 1, 5], [1, 1, 1]) == pytest.approx(20 / 9 / 4)
    # over the mean: 0, a half, two and a half
    assert theil_t([0, 1, 5], [1, 1, 1]) == pytest.approx((0.5 * math.log(0.5) + 2.5 * math.log(2.5)) / 3)
    assert theil_l([0, 1, 5], [1, 1, 1]) == math.inf
    # one of n people has all: Gini 1 - 1/n, T ln n
    assert gini([0, 9], [99, 1]) == pytest.approx(0.99)
    assert theil_t([0, 9], [99, 1]) == pytest.approx(math.log(100))


def test_palma_ratio_by_hand():
    # ten people of one zone each: the last has 30, the first four 5 on average
    values = [2, 4, 6, 8, 10, 10, 10, 10, 10, 30]
    assert palma_ratio(values, [7] * 10) == pytest.approx(6)
    # by deprivation the other way about: the least deprived has 2, the four most deprived 10, 10, 10 and 30
    assert palma_ratio(values, [7] * 10, range(10, 0, -1)) == pytest.approx(2 / 15)
    # a zone astride a limit: 30 people have 10, 70 have 20. Bottom 40: (30*10 + 10*20) / 40; top 10: 20
    assert palma_ratio([10, 20], [30, 70]) == pytest.approx(20 / 12.5)
    # tied ranks are mixed: all have 17 on average
    assert palma_ratio([10, 20], [30, 70], [4, 4]) == pytest.approx(1)
    assert palma_ratio([6, 6, 6], [1, 2, 3]) == pytest.approx(1)
    # without schools for the bottom four tenths nothing can be divided
    assert math.isnan(palma_ratio([0, 5], [60, 40]))
    # people whose rank is unknown do not count
    assert palma_ratio([10, 20, 900], [30, 70, 50], [1, 2, math.nan]) == pytest.approx(1.6)


@pytest.mark.parametrize("index", [*INDICES, lambda v, p: theil_t_between(v, p, [1] * len(v))])
@pytest.mark.parametrize(
    ("values", "people"),
    [
        ([], []),
        ([math.nan], [5]),
        ([math.nan, math.nan], [3, 4]),
        ([1, 2], [0, 0]),
        ([1, 2], [math.nan, 0]),
        ([0, 0], [3, 4]),
    ],
)
def test_nobody_counted_or_nothing_had_has_no_index(index, values, people):
    assert math.isnan(index(values, people))


@pytest.mark.parametrize("index", INDICES)
def test_unreached_is_left_out_and_is_not_zero(index):
    expected = index([10, 20, 30], [1, 2, 3])
    assert index([10, math.nan, 20, 30, 99, 99], [1, 1000, 2, 3, 0, math.nan]) == pytest.approx(expected)
    assert index([0, 10, 20, 30], [5, 1, 2, 3]) != pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("index", "alike"), [(gini, 0), (theil_t, 0), (theil_l, 0), (palma_ratio, 1)])
def test_one_zone_is_alike(index, alike):
    assert index([12.5], [1800]) == pytest.approx(alike, abs=1e-15)


@pytest.mark.parametrize("index", INDICES)
@pytest.mark.parametrize("values", [[-1, 2], [math.inf, 2], [1, 2, 3]])
def test_what_has_no_index_is_refused(index, values):
    with pytest.raises(ValueError, match=r"negative|shape"):
        index(values, [1, 1])


def test_summary_tells_how_many_people_it_is_about():
    # 100 people are not reached and 50 have no rank: 400 of 550 count
    values = [10, 20, 50, math.nan, 7]
    people = [100, 200, 100, 100, 50]
    rank = [1, 2, 3, 4, math.nan]
    table = summarise_inequality(values, people, rank).set_index("measure")["value"]
    assert list(table.index) == [
        "people_counted",
        "share_counted",
        "mean",
        "gini",
        "theil_t",
        "theil_l",
        "palma_ratio",
        "concentration_index",
    ]
    assert table["people_counted"] == 400
    assert table["share_counted"] == pytest.approx(400 / 550)
    assert table["mean"] == pytest.approx(25)
    assert table["concentration_index"] == pytest.approx(0.3)  # worked in test_concentration
    assert table["gini"] == pytest.approx(0.3)  # the ranks are those of the values
    # top tenth 50; bottom four tenths: 100 at 10 and 60 at 20
    assert table["palma_ratio"] == pytest.approx(50 / ((100 * 10 + 60 * 20) / 160))
    assert table["theil_t"] == pytest.approx(float(Theil(np.array([10.0, 20.0, 20.0, 50.0])).T))
    assert table["theil_l"] == pytest.approx(math.log(25) - math.log(10 * 20 * 20 * 50) / 4)


def test_summary_of_nobody_is_unknown():
    table = summarise_inequality([math.nan], [5], [1]).set_index("measure")["value"]
    assert table["people_counted"] == 0
    assert table["share_counted"] == 0
    assert table.drop(["people_counted", "share_counted"]).isna().all()
    assert summarise_inequality([], [], [])["value"].iloc[1:].isna().all()
