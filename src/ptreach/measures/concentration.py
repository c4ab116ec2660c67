"""Concentration of a value among people in the order of their deprivation: curve, index, corrected index.

People are ordered by a rank, the most deprived first. The curve tells what part of all of the value the most
deprived part of the people have; equal shares are the diagonal.

The sign of the index: **positive where the value is concentrated among the less deprived, negative where
among the more deprived, 0 where neither.** The value may be good (schools within reach, a share within a
cutoff) or a burden (minutes): of minutes, a negative index says that the more deprived travel longer.

People of one rank share alike: what their zones have is averaged over them, so that the order of tied zones
does not matter (Kakwani, Wagstaff & van Doorslaer 1997, "Socioeconomic inequalities in health: measurement,
computation, and statistical inference", Journal of Econometrics 77:87-103).

Who counts: a zone with people, a value and a rank. Where one of them is unknown (NaN: not reached, no
estimate), the zone is left out with its people, and never counted as 0; `share_counted` says how many stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from ptreach.measures.inputs import as_labels, as_weights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ptreach.model import FloatArray


class Distribution(NamedTuple):
    """A value over people, of the zones that count.

    ``counted`` bool (n,) marks them among all zones; ``people`` float64 (k,) are their shares of the people
    counted, all above 0; ``ratio`` float64 (k,) is value over mean, all 0 where the mean is.
    """

    counted: NDArray[np.bool_]
    people: FloatArray
    ratio: FloatArray
    mean: float


def distribute(values: ArrayLike, people: ArrayLike, rank: ArrayLike | None = None) -> Distribution:
    """Return how `values` are distributed over `people`, by the module's rule of who counts.

    Parameters
    ----------
    values
        Any quantity that is not negative, shape (n,), NaN where unknown or not reached.
    people
        People of each zone, shape (n,); NaN (unknown) counts as nobody.
    rank
        What people are ordered by, shape (n,); None leaves no zone out for its rank.

    Raises
    ------
    ValueError
        For values or people that are negative or infinite, and shapes that differ.
    """
    amounts = np.asarray(values, dtype=np.float64)
    if amounts.ndim != 1:
        raise ValueError(f"values have shape {amounts.shape}, expected (zones,)")
    if np.any(amounts < 0) or np.any(np.isinf(amounts)):
        raise ValueError("a value is negative or infinite; give NaN where a zone is not reached")
    weights = as_weights(people, amounts.size)
    counted = (weights > 0) & ~np.isnan(amounts)
    if rank is not None:
        counted &= ~np.isnan(as_labels(rank, amounts.size))
    amounts, weights = amounts[counted], weights[counted]
    if not amounts.size:
        return Distribution(counted, weights, amounts, float("nan"))
    shares = weights / weights.max()  # by the largest first, so that no sum overflows
    shares /= shares.sum()
    counted_people = shares > np.finfo(np.float64).eps  # less than that beside the others is nobody
    counted[counted] = counted_people
    amounts, shares = amounts[counted_people], shares[counted_people]
    largest = float(amounts.max())
    if largest == 0:
        return Distribution(counted, shares, amounts, 0.0)
    relative = amounts / largest
    mean = float((shares * relative).sum())
    return Distribution(counted, shares, relative / mean, mean * largest)


def share_counted(values: ArrayLike, people: ArrayLike, rank: ArrayLike | None = None) -> float:
    """Return the share (0 to 1) of all people that an index of `values` is about; NaN without people.

    The others live where the value or the rank is unknown. Parameters and errors as for `distribute`.
    """
    counted = distribute(values, people, rank).counted
    weights = as_weights(people, counted.size)
    total = float(weights.sum())
    return float(weights[counted].sum()) / total if total else float("nan")


def concentration_curve(values: ArrayLike, people: ArrayLike, rank: ArrayLike) -> pd.DataFrame:
    """Return the points of the concentration curve of `values` over `people`, the most deprived first.

    Parameters
    ----------
    values
        Any quantity that is not negative (minutes, opportunities, a share), shape (n,), NaN where unknown.
    people
        People of each zone, shape (n,).
    rank
        Deprivation, shape (n,): 1, or whatever is least, is the most deprived; NaN where unknown.

    Returns
    -------
    pd.DataFrame
        Columns ``share_people`` and ``share_value``, 0 to 1, from (0, 0) to (1, 1), one point for each rank
        that differs; straight between points. Empty where nobody counts; ``share_value`` is NaN past the
        first point where all values are 0.

    Raises
    ------
    ValueError
        For values or people that are negative or infinite, and shapes that differ.
    """
    spread = distribute(values, people, rank)
    if not spread.people.size:
        return pd.DataFrame({"share_people": [], "share_value": []}, dtype=np.float64)
    order = as_labels(rank, spread.counted.size)[spread.counted]
    place = np.unique(order, return_inverse=True)[1]
    running_people = np.cumsum(np.bincount(place, weights=spread.people))
    running_value = np.cumsum(np.bincount(place, weights=spread.people * spread.ratio))
    value = running_value / running_value[-1] if spread.mean else np.full(running_value.shape, np.nan)
    return pd.DataFrame(
        {
            "share_people": np.concatenate(([0.0], running_people / running_people[-1])),
            "share_value": np.concatenate(([0.0], value)),
        }
    )


def concentration_index(values: ArrayLike, people: ArrayLike, rank: ArrayLike) -> float:
    """Return the concentration index of `values` over `people`, above -1 and below 1, without a unit.

    ``C = 1 - sum over ranks of (p_i - p_(i-1)) (L_i + L_(i-1))``, with p and L the shares of people and value
    up to rank i: 1 minus twice the area under the curve, the same as ``2 / mean * cov(value, fractional
    rank)``. Positive: concentrated among the less deprived (see the module). NaN where nobody counts or all
    values are 0. Parameters and errors as for `concentration_curve`.

    Source: Wagstaff, Paci & van Doorslaer 1991, "On the measurement of inequalities in health", Social
    Science & Medicine 33:545-557.
    """
    curve = concentration_curve(values, people, rank)
    if curve.empty:
        return float("nan")
    shares, value = curve["share_people"].to_numpy(), curve["share_value"].to_numpy()
    return 1.0 - float((np.diff(shares) * (value[1:] + value[:-1])).sum())


def corrected_concentration_index(
    values: ArrayLike, people: ArrayLike, rank: ArrayLike, bounds: tuple[float, float] = (0.0, 1.0)
) -> float:
    """Return Erreygers' corrected index of a bounded value such as a share, -1 to 1, without a unit.

    ``E = 4 mean / (upper - lower) * C``. The plain index of the share within a cutoff is not minus that of
    the share beyond it; this one is, so that it does not matter which of the two is told. Sign as for
    `concentration_index`; 0 where all values are 0; NaN where nobody counts.

    Source: Erreygers 2009, "Correcting the concentration index", Journal of Health Economics 28:504-515.

    Parameters
    ----------
    values, people, rank
        As for `concentration_curve`.
    bounds
        Lower and upper bound that the value can take: what is possible, not what occurs.

    Raises
    ------
    ValueError
        For a value outside `bounds`, and as `concentration_curve` does.
    """
    lower, upper = bounds
    spread = distribute(values, people, rank)
    amounts = np.asarray(values, dtype=np.float64)[spread.counted]
    if not lower < upper or np.any(amounts < lower) or np.any(amounts > upper):
        raise ValueError(f"a value lies outside {lower:g} to {upper:g}")
    if spread.mean == 0:
        return 0.0
    return 4.0 * spread.mean / (upper - lower) * concentration_index(values, people, rank)
