"""Weighted kappa: a table worked out by hand, and the definition over single items in plain Python."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.measures.kappa import LINEAR, QUADRATIC, weighted_kappa


def by_items(table, power):
    """1 less the mean disagreement of items over that of the first of any item with the second of any."""
    items = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    seen = Fraction(sum(abs(i - j) ** power for i, j in items), len(items))
    crossed = Fraction(sum(abs(i - j) ** power for i, _ in items for _, j in items), len(items) ** 2)
    return 1 - seen / crossed if crossed else None


def test_three_classes_by_hand():
    # margins 5, 3, 2 and 4, 4, 2 of 10; linear: seen (1 + 1 + 2) / 10, by chance
    # (5*4*1 + 5*2*2 + 3*4*1 + 3*2*1 + 2*4*2 + 2*4*1) / 100 = 82 / 100
    table = [[3, 1, 1], [1, 2, 0], [0, 1, 1]]
    assert weighted_kappa(table, LINEAR) == pytest.approx(1 - (1 + 2 + 1 + 1) / 10 / 0.82)
    # quadratic: seen (1 + 4 + 1 + 1) / 10, by chance (20 + 40 + 12 + 6 + 32 + 8) / 100
    assert weighted_kappa(table, QUADRATIC) == pytest.approx(1 - 0.7 / 1.18)


def test_two_classes_need_no_weights():
    # 35 of 50 agree, 25 by chance: the usual example of Cohen's kappa, (0.7 - 0.5) / (1 - 0.5)
    table = [[20, 5], [10, 15]]
    assert weighted_kappa(table, LINEAR) == pytest.approx(0.4)
    assert weighted_kappa(table, QUADRATIC) == pytest.approx(0.4)


@given(st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=4, max_size=4))
def test_it_is_the_definition_over_items(table):
    for power in (LINEAR, QUADRATIC):
        found = weighted_kappa(table, power)
        if not np.any(table):
            assert math.isnan(found)
            continue
        wanted = by_items(table, power)
        assert math.isnan(found) if wanted is None else found == pytest.approx(float(wanted), abs=1e-12)
        assert weighted_kappa(np.transpose(table), power) == pytest.approx(found, nan_ok=True)


def test_full_agreement_is_one_and_one_class_says_nothing():
    assert weighted_kappa(np.diag([4, 0, 7]), LINEAR) == 1
    assert math.isnan(weighted_kappa(np.diag([4, 0, 0]), LINEAR))
    assert weighted_kappa([[0, 5], [5, 0]], LINEAR) == -1


@pytest.mark.parametrize("table", [[1, 2], [[1, 2]], [[1, -1], [0, 1]], [[1, math.inf], [0, 1]]])
def test_what_is_no_table_of_counts_is_refused(table):
    with pytest.raises(ValueError, match=r"square|count"):
        weighted_kappa(table, LINEAR)
