"""Inequality of a value between people: Gini, Theil T and L, Palma ratio, all weighted by people.

A zone's people count as so many people who each have the zone's value: what differs between people of one
zone is not seen, so that every index is a lower bound of the inequality between people.

Who counts: a zone with people and a value. A value of 0 counts (a zone that reaches no school has 0 schools);
a value that is NaN (minutes of a zone that is not reached) leaves the zone out with its people: it is no
travel time of 0. `summarise_inequality` tells beside the indices how many people are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ptreach.measures.concentration import (
    concentration_curve,
    concentration_index,
    distribute,
    share_counted,
)
from ptreach.measures.inputs import as_labels, as_weights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def gini(values: ArrayLike, people: ArrayLike) -> float:
    """Return the Gini index of `values` over `people`, 0 (all alike) to below 1, without a unit.

    ``G = sum over i, j of w_i w_j |x_i - x_j| / (2 W^2 mean)``: the concentration index of the value in the
    order of the value itself, and computed as that. The plain form, without the n / (n - 1) for small
    samples: replicating the population does not change it. NaN where nobody counts or all values are 0.

    Source: Lerman & Yitzhaki 1989, "Improving the accuracy of estimates of Gini coefficients", Journal of
    Econometrics 42:43-47.

    Parameters
    ----------
    values
        Any quantity that is not negative, shape (n,), NaN where unknown or not reached.
    people
        People of each zone, shape (n,); NaN (unknown) counts as nobody.

    Raises
    ------
    ValueError
        For values or people that are negative or infinite, and shapes that differ.
    """
    return concentration_index(values, people, values)


def theil_t(values: ArrayLike, people: ArrayLike) -> float:
    """Return Theil's T of `values` over `people`, 0 (all alike) to ln(people), in natural units.

    ``T = sum of f_i r_i ln(r_i)`` with f the shares of people and r the value over the mean; a value of 0
    adds 0, its limit. NaN where nobody counts or all values are 0. Parameters and errors as for `gini`.

    Source: Theil 1967, Economics and Information Theory; the same as T of accessibility for R (Pereira &
    Herszenhut).
    """
    spread = distribute(values, people)
    if not spread.mean > 0:
        return float("nan")
    some = spread.ratio > 0
    return float((spread.people[some] * spread.ratio[some] * np.log(spread.ratio[some])).sum())


def theil_l(values: ArrayLike, people: ArrayLike) -> float:
    """Return Theil's L, the mean logarithmic deviation, 0 (all alike) and up, in natural units.

    ``L = - sum of f_i ln(r_i)`` with f the shares of people and r the value over the mean. It heeds the worst
    off most: **infinite where anybody has 0**, as its limit is. NaN where nobody counts or all values are 0.
    Parameters, errors and source as for `theil_t`.
    """
    spread = distribute(values, people)
    if not spread.mean > 0:
        return float("nan")
    if np.any(spread.ratio == 0):
        return float("inf")
    return float(-(spread.people * np.log(spread.ratio)).sum())


def theil_t_between(values: ArrayLike, people: ArrayLike, groups: ArrayLike) -> float:
    """Return the part of Theil's T that lies between groups such as deciles; the rest lies within them.

    ``T_between = sum over groups of f_g r_g ln(r_g)``: T where everybody has the mean of their group. Over
    `theil_t` of the same zones it is the share of inequality that knowing the group explains.

    Source: Shorrocks 1980, "The class of additively decomposable inequality measures", Econometrica
    48:613-625.

    Parameters
    ----------
    values, people
        As for `gini`.
    groups
        Number of each zone's group, shape (n,), NaN where unknown: the zone is left out.

    Raises
    ------
    ValueError
        As `gini` does.
    """
    spread = distribute(values, people, groups)
    if not spread.mean > 0:
        return float("nan")
    place = np.unique(as_labels(groups, spread.counted.size)[spread.counted], return_inverse=True)[1]
    shares = np.bincount(place, weights=spread.people)
    return theil_t(np.bincount(place, weights=spread.people * spread.ratio) / shares, shares)


def palma_ratio(values: ArrayLike, people: ArrayLike, rank: ArrayLike | None = None) -> float:
    """Return the Palma ratio: mean of the top tenth of people over mean of the bottom four tenths.

    With a deprivation `rank`, the top tenth are the least deprived and the bottom the most deprived, as
    accessibility for R does by income: 1 where both have the same, above 1 where the least deprived have
    more (of minutes: travel longer). Without, the top tenth are those with most of the value itself.

    ``4 (1 - L(0.9)) / L(0.4)``, L the concentration curve, straight within a zone or a tie: a zone astride a
    limit counts on both sides, by its people. Means, not shares: the ratio of shares, Palma's own, is a
    quarter of it. NaN where nobody counts or the bottom four tenths have 0.

    Source: Palma 2011, "Homogeneous middles vs. heterogeneous tails", Development and Change 42:87-153; for
    access Herszenhut et al. 2022, "The impact of transit monetary costs on transport inequality", Journal of
    Transport Geography 99:103309.

    Parameters
    ----------
    values, people
        As for `gini`.
    rank
        Deprivation, shape (n,): the least is the most deprived; NaN where unknown: the zone is left out.

    Raises
    ------
    ValueError
        As `gini` does.
    """
    curve = concentration_curve(values, people, values if rank is None else rank)
    if curve.empty:
        return float("nan")
    shares, value = curve["share_people"].to_numpy(), curve["share_value"].to_numpy()
    bottom, below_top = np.interp((0.4, 0.9), shares, value)
    return float(4 * (1 - below_top) / bottom) if bottom > 0 else float("nan")


def summarise_inequality(values: ArrayLike, people: ArrayLike, rank: ArrayLike) -> pd.DataFrame:
    """Return the indices of `values` over `people`, with the number of people that they are about.

    Zones without a rank are left out of every index, so that all are about the same people.

    Parameters
    ----------
    values, people
        As for `gini`.
    rank
        Deprivation, shape (n,): the least is the most deprived; NaN where unknown.

    Returns
    -------
    pd.DataFrame
        Columns ``measure`` (str) and ``value`` (float), one row each: ``people_counted``, ``share_counted``
        (0 to 1, of all people), ``mean`` (unit of `values`), ``gini``, ``theil_t``, ``theil_l``,
        ``palma_ratio`` and ``concentration_index`` (both in the order of `rank`).

    Raises
    ------
    ValueError
        As `gini` does.
    """
    spread = distribute(values, people, rank)
    weights = as_weights(people, spread.counted.size)
    counted = np.where(spread.counted, weights, 0.0)
    rows = {
        "people_counted": float(counted.sum()),
        "share_counted": share_counted(values, people, rank),
        "mean": spread.mean,
        "gini": gini(values, counted),
        "theil_t": theil_t(values, counted),
        "theil_l": theil_l(values, counted),
        "palma_ratio": palma_ratio(values, people, rank),
        "concentration_index": concentration_index(values, people, rank),
    }
    return pd.DataFrame({"measure": list(rows), "value": list(rows.values())})
