import itertools

import numpy as np
import pandas as pd
import pytest

from ptreach.measures.indicator_order import order_indicators
from ptreach.model import Indicator, Indicators


def indicators_of(themes):
    """Indicators a, b, c … of these themes; order_indicators does not look at their figures."""
    names = "abcdefghij"[: len(themes)]
    described = tuple(
        Indicator(name, name, theme, "%", "2021") for name, theme in zip(names, themes, strict=True)
    )
    return Indicators(described, pd.DataFrame(), ())


def correlations_of(square):
    names = "abcdefghij"[: len(square)]
    rows = [(names[i], names[j], square[i][j]) for i, j in itertools.combinations(range(len(square)), 2)]
    return pd.DataFrame(rows, columns=["first", "second", "spearman"])


def test_themes_stand_together_in_the_order_they_come():
    indicators = indicators_of(["work", "health", "work", "education", "health"])
    assert order_indicators(indicators, correlations_of(np.eye(5))) == ("a", "c", "b", "e", "d")


def test_clusters_put_the_alike_side_by_side_whatever_the_sign():
    # a, d and b, c, e are two groups; e goes against b but strongly, and c lies between them
    square = np.full((5, 5), 0.1)
    for i, j, rho in ((0, 3, 0.9), (1, 2, 0.8), (2, 4, -0.8), (1, 4, -0.5)):
        square[i, j] = square[j, i] = rho
    found = order_indicators(indicators_of(["theme"] * 5), correlations_of(square), by="cluster")
    assert set(found[:2]) == {"a", "d"}
    assert found[3] == "c"


def test_the_order_of_a_chain_is_the_chain():
    place = [0, 3, 1, 4, 2]  # a c e b d along a line
    square = [[1 - 0.2 * abs(p - q) for q in place] for p in place]
    found = order_indicators(indicators_of(["theme"] * 5), correlations_of(square), by="cluster")
    assert found == ("a", "c", "e", "b", "d")


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_indicators_stay_as_they_are(count):
    indicators = indicators_of(["theme"] * count)
    assert order_indicators(indicators, correlations_of(np.eye(count)), by="cluster") == tuple("ab"[:count])


def test_a_pair_without_a_correlation_counts_as_unrelated():
    square = np.array([[1, np.nan, 0.9, 0.1], [np.nan] * 4, [0.9, np.nan, 1, 0.2], [0.1, np.nan, 0.2, 1]])
    found = order_indicators(indicators_of(["theme"] * 4), correlations_of(square), by="cluster")
    assert sorted(found) == ["a", "b", "c", "d"]
    assert abs(found.index("a") - found.index("c")) == 1
