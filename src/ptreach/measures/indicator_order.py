"""The order in which a correlation matrix shows its indicators: by theme, or the alike side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from ptreach.measures.correlation import square_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ptreach.model import FloatArray, Indicator, Indicators

Ordering = Literal["theme", "cluster"]


def order_indicators(
    indicators: Indicators, correlations: pd.DataFrame, by: Ordering = "theme"
) -> tuple[str, ...]:
    """Return the names of the indicators in an order for a correlation matrix.

    ``theme`` keeps themes together, in the order in which they first appear, and the indicators' own order
    within. ``cluster`` puts indicators side by side that correlate strongly, whichever way: average linkage
    on 1 - abs(rho), leaves in the order of the least sum of distances between neighbours (Bar-Joseph,
    Gifford and Jaakkola 2001), the end first that is nearer to the first indicator. A pair without a
    correlation counts as unrelated.

    Parameters
    ----------
    indicators, correlations
        As given to and returned by `correlate_indicators`.
    by
        Which order; clusters suit matrices that are looked at, themes those that are looked up.
    """
    names = [indicator.name for indicator in indicators.indicators]
    if by == "theme":
        themes = list(dict.fromkeys(indicator.theme for indicator in indicators.indicators))
        rank = [themes.index(indicator.theme) for indicator in indicators.indicators]
        return tuple(names[i] for i in np.argsort(rank, kind="stable"))
    if len(names) < 3:
        return tuple(names)
    rho = square_of(correlations, "spearman", names).to_numpy()
    leaves = _leaves(1 - np.abs(np.nan_to_num(rho)))
    if leaves.index(0) > (len(leaves) - 1) / 2:
        leaves.reverse()
    return tuple(names[i] for i in leaves)


def choose_indicators(indicators: Sequence[Indicator], most: int) -> tuple[Indicator, ...]:
    """Return at most so many of the indicators, in their order: of each theme the first ones.

    Themes take turns, each with its next indicator, until there is no room left.
    """
    turn: dict[str, int] = {}
    turns = []
    for place, indicator in enumerate(indicators):
        turn[indicator.theme] = turn.get(indicator.theme, -1) + 1
        turns.append((turn[indicator.theme], place))
    chosen = sorted(place for _, place in sorted(turns)[:most])
    return tuple(indicators[place] for place in chosen)


def _leaves(distance: FloatArray) -> list[int]:
    """Return the leaves of the tree of average linkage, in their optimal order."""
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import squareform

    condensed = squareform(np.where(np.eye(len(distance)) > 0, 0.0, distance), checks=False)
    tree = hierarchy.linkage(condensed, method="average", optimal_ordering=True)
    return [int(leaf) for leaf in hierarchy.leaves_list(tree)]
