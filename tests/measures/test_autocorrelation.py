import itertools
import math

import numpy as np
import pandas as pd
import pytest
from esda.moran import Moran
from libpysal.graph import Graph

from ptreach.measures.autocorrelation import autocorrelation_of, morans_i
from ptreach.measures.neighbours import Neighbours
from ptreach.model import Indicator, Indicators

NOBODY = np.array([], dtype=np.int64)


def neighbours_of(zones_n, pairs):
    both = np.array(sorted({*pairs, *((j, i) for i, j in pairs)}), dtype=np.int64).reshape(-1, 2)
    return Neighbours(zones_n, both[:, 0], both[:, 1], NOBODY)


def row_of(zones_n):
    return neighbours_of(zones_n, list(itertools.pairwise(range(zones_n))))


def grid_of(side):
    numbers = np.arange(side * side).reshape(side, side)
    across = zip(numbers[:, :-1].ravel().tolist(), numbers[:, 1:].ravel().tolist(), strict=True)
    down = zip(numbers[:-1].ravel().tolist(), numbers[1:].ravel().tolist(), strict=True)
    return neighbours_of(side * side, [*across, *down])


def test_four_zones_in_a_row_by_hand():
    # deviations -1.5 -0.5 0.5 1.5; means of neighbours -0.5 -0.5 0.5 0.5; (0.75 + 0.25 + 0.25 + 0.75) / 5
    found = morans_i([1, 2, 3, 4], row_of(4))
    assert found.value == pytest.approx(0.4)
    assert found.expected == pytest.approx(-1 / 3)
    assert (found.zones, found.missing, found.isolated) == (4, 0, 0)


def test_p_is_the_share_of_orders_that_are_as_alike():
    def plain(values):
        z = np.array(values) - 3
        lag = [z[1], (z[0] + z[2]) / 2, (z[1] + z[3]) / 2, (z[2] + z[4]) / 2, z[3]]
        return (z @ lag) / (z @ z)

    values = (1, 2, 3, 5, 4)
    orders = [plain(order) for order in itertools.permutations(values)]
    share = np.mean(np.array(orders) > plain(values) - 1e-9)
    found = morans_i(values, row_of(5), permutations=9999)
    assert found.value == pytest.approx(plain(values))
    assert found.p == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / 9999))


def test_zones_that_all_differ_from_their_neighbours_have_minus_one():
    ring = neighbours_of(4, [(0, 1), (1, 2), (2, 3), (0, 3)])
    found = morans_i([1, 5, 1, 5], ring)
    assert found.value == pytest.approx(-1)
    assert found.p == 1


def test_moran_is_esdas_and_so_is_p():
    rng = np.random.default_rng(11)
    neighbours = grid_of(12)
    x, y = np.divmod(np.arange(144), 12)
    graph = Graph.from_arrays(
        neighbours.focal_idx, neighbours.neighbour_idx, np.ones(neighbours.focal_idx.size)
    )
    before = np.random.get_state()  # noqa: NPY002  # esda draws from it
    try:
        np.random.seed(1)  # noqa: NPY002
        for strength in (0.0, 0.02, 0.2):
            values = strength * (x + y) + rng.normal(size=144)
            theirs = Moran(values, graph, permutations=4999)
            ours = morans_i(values, neighbours, permutations=4999)
            assert ours.value == pytest.approx(theirs.I, abs=1e-12)
            assert ours.expected == pytest.approx(theirs.EI)
            above = (1 + (theirs.sim >= theirs.I).sum()) / 5000  # p_sim takes whichever side is nearer
            assert ours.p == pytest.approx(above, abs=0.03)
    finally:
        np.random.set_state(before)  # noqa: NPY002


def test_zones_without_a_figure_or_without_a_neighbour_that_has_one_are_left_out_and_counted():
    # a row of seven: the third is not known, nor the sixth, so that the seventh has nobody beside it
    figures = [1.0, 2.0, math.nan, 3.0, 4.0, math.nan, 9.0]
    found = morans_i(figures, row_of(7))
    assert (found.zones, found.missing, found.isolated) == (4, 2, 1)
    pairs = neighbours_of(4, [(0, 1), (2, 3)])
    assert found == type(found)(**{**fields(morans_i([1, 2, 3, 4], pairs)), "missing": 2, "isolated": 1})


def fields(found):
    return {name: getattr(found, name) for name in found.__slots__}


def test_the_seed_makes_p_and_nobody_elses_numbers_are_disturbed():
    values = np.random.default_rng(3).normal(size=49)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first = morans_i(values, grid_of(7), seed=5)
    assert first == morans_i(values, grid_of(7), seed=5)
    assert first.p != morans_i(values, grid_of(7), seed=6).p
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_permutations_may_be_any_number():
    values = np.arange(9.0)
    assert morans_i(values, grid_of(3), permutations=0).p == 1
    assert morans_i(values, grid_of(3), permutations=250).p >= 1 / 251


@pytest.mark.parametrize("figures", [[2.0, 2.0, 2.0, 2.0], [1.0, 2.0, math.nan, math.nan], [math.nan] * 4])
def test_zones_all_alike_or_too_few_have_no_moran(figures):
    found = morans_i(figures, row_of(4))
    assert all(map(math.isnan, (found.value, found.expected, found.p)))
    assert found.zones + found.missing + found.isolated == 4


def test_figures_are_of_as_many_zones_as_the_neighbours():
    with pytest.raises(ValueError, match="neighbours are of 4 zones"):
        morans_i([1.0, 2.0], row_of(4))


def test_a_table_has_a_row_an_indicator_as_if_it_were_alone():
    frame = pd.DataFrame(
        {"b": [1.0, 2.0, 3.0, 4.0], "a": [4.0, 1.0, math.nan, 2.0]}, index=["E1", "E2", "E3", "E4"]
    )
    described = tuple(Indicator(name, name, "theme", "score", "2021") for name in ("b", "a"))
    table = autocorrelation_of(Indicators(described, frame, ()), row_of(4), seed=9)
    assert list(table.columns) == [
        *["name", "moran_i", "expected_i", "p_moran", "zones", "missing", "isolated"]
    ]
    assert table["name"].tolist() == ["b", "a"]
    alone = morans_i(frame["b"], row_of(4), seed=9)
    assert table.iloc[0, 1:4].tolist() == [alone.value, alone.expected, alone.p]
    assert table.iloc[1, 4:].tolist() == [2, 1, 1]
