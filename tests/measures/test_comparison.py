"""Two sides set beside each other: whole minutes like for like, the worst pairs, those of one side alone."""

import numpy as np
import pytest

from ptreach.matrix.pairs import Pairs
from ptreach.measures.comparison import WORST, compare_times
from ptreach.measures.whole_minutes import floor_to_minutes

NAN = np.nan


def pairs_of(first, second):
    """Pairs from o to as many places, at the median unless columns say otherwise."""
    first, second = (side if isinstance(side, dict) else {50: side} for side in (first, second))
    columns = [
        {percentile: np.array(times, dtype=np.float32) for percentile, times in side.items()}
        for side in (first, second)
    ]
    number = len(next(iter(columns[0].values())))
    return Pairs.of_one("o", tuple(f"d{n:03}" for n in range(number)), *columns)


@pytest.fixture
def seconds():
    rng = np.random.default_rng(7)
    times = {p: rng.integers(0, 7200, 500).astype(np.float32) + 60 * p for p in (25, 50)}
    times[50][::9] = NAN
    return times


@pytest.mark.parametrize("side", ["a", "b"])
def test_times_beside_themselves_cut_down_are_equal_all(seconds, side):
    cut = {percentile: floor_to_minutes(times) for percentile, times in seconds.items()}
    found = compare_times(pairs_of(*((cut, seconds) if side == "a" else (seconds, cut))))
    assert found.floored == side
    for row in found.at:
        assert (row.equal, row.reached_alike, row.kappa_linear) == (1, 1, 1)
    # taken as they are, hardly any is
    raw = compare_times(pairs_of(seconds, cut), floored="neither")
    assert raw.at[0].equal < 0.05
    assert raw.at[0].median_s < 0


def test_what_is_told_wins_over_what_is_seen():
    whole, other = [600, 1200], [659, 1259]
    assert compare_times(pairs_of(whole, other)).shown_at.equal == 1
    assert compare_times(pairs_of(whole, other), floored="neither").shown_at.equal == 0
    assert compare_times(pairs_of([601, 1201], other), floored="b").shown_at.equal == 1
    assert compare_times(pairs_of(whole, whole)).floored == "both"


def test_the_worst_come_first_and_equals_in_order():
    first = np.full(40, 1000.0)
    second = first + np.array([0, 5, -300, 300, *range(10, 46)])
    found = compare_times(pairs_of(first, second))
    assert len(found.worst) == WORST
    assert [(pair.to_id, pair.difference_s) for pair in found.worst[:3]] == [
        ("d002", -300),
        ("d003", 300),
        ("d039", 45),
    ]
    sizes = [abs(pair.difference_s) for pair in found.worst]
    assert sizes == sorted(sizes, reverse=True)
    assert all(pair.difference_s for pair in compare_times(pairs_of([60, 61], [60, 62])).worst)


def test_of_what_one_side_alone_reaches_the_soonest_are_shown():
    found = compare_times(pairs_of([900, 61, NAN, 300], [NAN, NAN, 77, 300]))
    assert [(pair.to_id, pair.first_s, pair.second_s) for pair in found.only_first] == [
        ("d001", 61, None),
        ("d000", 900, None),
    ]
    assert [(pair.to_id, pair.second_s, pair.difference_s) for pair in found.only_second] == [
        ("d002", 77, None)
    ]
    assert len(compare_times(pairs_of([61] * 9, [NAN] * 9), examples=3).only_first) == 3


def test_the_median_is_shown_and_where_there_is_none_the_middle():
    times = [61.0]
    assert (
        compare_times(pairs_of(dict.fromkeys((5, 50, 95), times), dict.fromkeys((5, 50, 95), times))).shown
        == 50
    )
    assert (
        compare_times(pairs_of(dict.fromkeys((5, 10, 95), times), dict.fromkeys((5, 10, 95), times))).shown
        == 10
    )
