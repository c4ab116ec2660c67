"""Correlation of every indicator with every other, over zones that resemble their neighbours.

Pearson's r and Spearman's rho stand beside each other; p is that of Spearman, since indicators of small areas
are skewed and some are ranks. `p_naive` takes zones for independent, as most programs do, and is far too
small. `p_spatial` is the modified t-test on the ranks (see `effective_zones`), `q_spatial` what is left of it
after Benjamini and Hochberg (1995) for looking at many pairs at once. Each zone counts once, whatever its
population: English LSOAs are made to be alike in size.

Shares of one whole (`part_of` of an indicator) push each other down: they add up to 100 %, and k parts
without any pattern correlate at about -1 / (k - 1), not 0. By default such pairs are computed as they are,
since readers look for these numbers, but flagged (`same_whole`) and left out of `q_spatial`: a test against 0
says nothing of them, and they must not lend the others significance. Between shares of *different* wholes, 0
does mean unrelated. Who wants parts of one whole less bound by the sum, transforms them first, by
`centred_log_ratio`.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from ptreach.measures.effective_zones import (
    CLASSES,
    Known,
    autocorrelations_by_distance,
    class_bounds,
    effective_zones,
    p_of_correlation,
    standardised,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from ptreach.model import FloatArray, Indicators

FEWEST_ZONES = 3
"""Pairs known of fewer zones have no correlation."""


class Correlations(NamedTuple):
    """Pearson's r, Spearman's rho and effective zones of the ranks, each of shape (variables, variables)."""

    pearson: FloatArray
    spearman: FloatArray
    effective_zones: FloatArray


def correlate_groups(groups: Sequence[Known], xy_m: FloatArray, bounds_m: FloatArray) -> list[Correlations]:
    """Correlate the variables of each group with one another.

    `xy_m` are places of all zones in metres, shape (zones, 2), `bounds_m` the distance classes as
    `class_bounds` returns them. A variable that is the same everywhere correlates with nothing: NaN.
    """
    ranked = [Known(group.known, pd.DataFrame(group.values).rank().to_numpy()) for group in groups]
    return [
        Correlations(_pearson(group.values), _pearson(ranks.values), effective_zones(autocorrelogram))
        for group, ranks, autocorrelogram in zip(
            groups, ranked, autocorrelations_by_distance(ranked, xy_m, bounds_m), strict=True
        )
    ]


def correlate_indicators(indicators: Indicators, xy_m: FloatArray, *, classes: int = CLASSES) -> pd.DataFrame:
    """Correlate every pair of indicators over the zones that both are known of.

    Parameters
    ----------
    indicators
        At least two; NaN in their frame where a figure is not known.
    xy_m
        Places of the zones in metres, such as population-weighted centroids (EPSG:27700): shape (zones, 2),
        row i of the zone in row i of the frame.
    classes
        Distance classes of the modified t-test.

    Returns
    -------
    pd.DataFrame
        A row an unordered pair, in the order of the indicators: first with second, first with third, …
        Columns: ``first, second`` (str, names), ``zones`` (int, known of both), ``pearson, spearman`` (-1 to
        1), ``p_naive`` and ``p_spatial`` (two-sided, of ``spearman``: by the plain and by the modified
        t-test), ``q_spatial`` (``p_spatial`` after Benjamini-Hochberg over all pairs that are not of one
        whole; NaN for those that are), ``effective_zones`` (float: independent zones that ``p_spatial`` rests
        on, at most ``zones``), ``same_whole`` (bool: both are parts of one whole, which forces their
        correlation down). NaN throughout where fewer than three zones are known of both, or one of them is
        the same in all.
    """
    names = [indicator.name for indicator in indicators.indicators]
    values = indicators.frame[names].to_numpy(dtype=np.float64)
    if xy_m.shape != (len(values), 2) or not np.isfinite(xy_m).all():
        raise ValueError(
            f"xy_m has shape {xy_m.shape}; {len(values)} zones need ({len(values)}, 2), all finite"
        )
    pairs = list(itertools.combinations(range(len(names)), 2))
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    wholes = np.array([indicator.part_of for indicator in indicators.indicators], dtype=object)
    zones, pearson, spearman, effective = _correlate_pairs(values, pairs, xy_m, class_bounds(xy_m, classes))
    same_whole = np.array([bool(wholes[i]) and wholes[i] == wholes[j] for i, j in pairs], dtype=np.bool_)
    p_spatial = p_of_correlation(spearman, effective)
    return pd.DataFrame(
        {
            "first": [names[i] for i in first],
            "second": [names[j] for j in second],
            "zones": zones,
            "pearson": pearson,
            "spearman": spearman,
            "p_naive": p_of_correlation(spearman, zones),
            "p_spatial": p_spatial,
            "q_spatial": false_discovery_q(np.where(same_whole, np.nan, p_spatial)),
            "effective_zones": effective,
            "same_whole": same_whole,
        }
    )


def false_discovery_q(p: ArrayLike) -> FloatArray:
    """Return q of p-values, shape (n,), by Benjamini and Hochberg (1995); NaN is left out and stays NaN.

    Among the findings with q of at most 5 %, about 5 % are expected to be false.
    """
    q = np.array(p, dtype=np.float64)
    order = np.argsort(q)[: np.count_nonzero(~np.isnan(q))]  # NaN sorts last
    raised = q[order] * order.size / np.arange(1, order.size + 1)
    q[order] = np.minimum.accumulate(raised[::-1])[::-1]
    return q


def square_of(correlations: pd.DataFrame, column: str, order: Sequence[str]) -> pd.DataFrame:
    """Return a column of `correlate_indicators` as a symmetric matrix, rows and columns in `order`.

    The diagonal is 1 for ``pearson`` and ``spearman``, else NaN. `order` may leave indicators out.
    """
    place = {name: position for position, name in enumerate(order)}
    square = np.full((len(order), len(order)), np.nan)
    if column in {"pearson", "spearman"}:
        np.fill_diagonal(square, 1.0)
    wanted = correlations[correlations["first"].isin(place) & correlations["second"].isin(place)]
    i, j = (wanted[side].map(place).to_numpy(dtype=np.int64) for side in ("first", "second"))
    square[i, j] = square[j, i] = wanted[column]
    return pd.DataFrame(square, index=list(order), columns=list(order))


def _correlate_pairs(
    values: FloatArray, pairs: list[tuple[int, int]], xy_m: FloatArray, bounds_m: FloatArray
) -> tuple[np.ndarray, FloatArray, FloatArray, FloatArray]:
    """Return zones, r, rho and effective zones of each pair; pairs known of the same zones go together."""
    known = np.isfinite(values)
    together: dict[bytes, list[int]] = defaultdict(list)
    for number, (i, j) in enumerate(pairs):
        together[(known[:, i] & known[:, j]).tobytes()].append(number)
    zones = np.zeros(len(pairs), dtype=np.int64)
    found = np.full((3, len(pairs)), np.nan)
    groups, places = [], []
    for mask, numbers in together.items():
        rows = np.frombuffer(mask, dtype=np.bool_)
        zones[numbers] = rows.sum()
        if rows.sum() >= FEWEST_ZONES:
            i, j = np.array([pairs[number] for number in numbers]).T
            columns = np.unique(np.concatenate([i, j]))
            groups.append(Known(rows, values[rows][:, columns]))
            places.append((numbers, np.searchsorted(columns, i), np.searchsorted(columns, j)))
    if groups:
        for squares, (numbers, i, j) in zip(correlate_groups(groups, xy_m, bounds_m), places, strict=True):
            found[:, numbers] = [square[i, j] for square in squares]
    return zones, found[0], found[1], found[2]


def _pearson(values: FloatArray) -> FloatArray:
    z = standardised(values)
    return np.clip(z.T @ z / len(z), -1.0, 1.0)
