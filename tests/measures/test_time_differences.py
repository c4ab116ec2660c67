"""Differences of two columns of times, worked out by hand, and turned round."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.measures.time_differences import classes_n, difference_class, summarise_differences

NAN = np.nan
CUTOFFS = (15, 30)
TIMES = st.lists(st.tuples(*[st.one_of(st.none(), st.integers(0, 7200))] * 2), max_size=40)


def test_a_column_by_hand():
    first = np.array([600, 600, 600, 600, 600, NAN, 900, NAN], dtype=np.float32)
    second = np.array([600, 660, 691, 540, 901, 900, NAN, NAN], dtype=np.float32)
    row = summarise_differences(50, first, second, CUTOFFS)
    assert (row.both, row.only_first, row.only_second, row.neither) == (5, 1, 1, 1)
    assert row.reached_alike == pytest.approx(5 / 7)
    assert row.equal == pytest.approx(1 / 5)
    assert row.within == pytest.approx((3 / 5, 3 / 5, 4 / 5, 4 / 5))  # 60, 90, 120, 300 s
    # ordered: -60, 0, 60, 91, 301; ranks ceil(p * 5 / 100): 1, 2, 3, 4, 5
    assert row.quantiles_s == (-60, -60, 0, 60, 91, 301, 301)
    assert (row.median_s, row.largest_s) == (60, 301)
    # band by band: four pairs stay under 15 minutes, one passes it, one is lost, one gained
    assert row.bands.tolist() == [[4, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0], [0, 1, 0, 0]]
    assert row.classes == (0, 0, 0, 1, 1, 1, 1, 1, 0)


def test_classes_hold_their_outer_bound_and_mirror():
    edges = [-601, -600, -301, -300, -61, -60, -1, 0, 1, 60, 61, 300, 301, 600, 601]
    assert difference_class(edges).tolist() == [0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7, 8]
    assert classes_n() == 9


def test_nothing_in_common_is_no_error():
    row = summarise_differences(50, [60.0, NAN], [NAN, 60.0], CUTOFFS)
    assert (row.both, row.reached_alike, row.equal) == (0, 0.0, 1.0)
    assert row.quantiles_s is row.median_s is row.largest_s is None
    empty = summarise_differences(50, [], [], CUTOFFS)
    assert empty.reached_alike == 1.0
    assert math.isnan(empty.kappa_linear)


@given(TIMES)
def test_the_other_way_round_signs_change_and_shares_do_not(times):
    first, second = (np.array([NAN if pair[at] is None else pair[at] for pair in times]) for at in (0, 1))
    there, back = (summarise_differences(50, *sides, CUTOFFS) for sides in ((first, second), (second, first)))
    assert (there.both, there.only_first, there.neither) == (back.both, back.only_second, back.neither)
    assert (there.equal, there.within, there.reached_alike) == (back.equal, back.within, back.reached_alike)
    assert there.bands.tolist() == back.bands.T.tolist()
    assert there.classes == back.classes[::-1]
    assert there.kappa_linear == pytest.approx(back.kappa_linear, nan_ok=True)
    if there.quantiles_s:
        assert there.quantiles_s[0] == -back.quantiles_s[-1]
        assert list(there.quantiles_s) == sorted(there.quantiles_s)
        apart = sorted(b - a for a, b in times if a is not None and b is not None)
        ranks = [0, *(math.ceil(p / 100 * len(apart)) - 1 for p in (5, 25, 50, 75, 95)), -1]
        assert there.quantiles_s == tuple(apart[rank] for rank in ranks)
