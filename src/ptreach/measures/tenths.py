"""The most and the least deprived tenth compared: how soon they arrive, how many of them within a cutoff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ptreach.measures.deprivation import summarise_by_decile
from ptreach.measures.inputs import as_labels, as_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from ptreach.model import FloatArray


def local_tenths(rank: ArrayLike, people: ArrayLike) -> FloatArray:
    """Return the tenth of these zones' own people, by deprivation, that each zone belongs to: 1 to 10.

    National deciles may leave a town without a least deprived tenth; its own tenths never do, given ten zones
    of like size. A zone belongs where the middle one of its people stands; zones of one rank stand together,
    and so belong together.

    Parameters
    ----------
    rank
        Deprivation, shape (n,): the least is the most deprived; NaN where unknown.
    people
        People of each zone, shape (n,); NaN (unknown) counts as nobody.

    Returns
    -------
    FloatArray
        Shape (n,), whole numbers, 1 the most deprived tenth; NaN where the rank is unknown or nobody lives in
        any zone.

    Raises
    ------
    ValueError
        For people that are negative or infinite, and shapes that differ.
    """
    order = np.asarray(rank, dtype=np.float64)
    weights = as_weights(people, order.size)
    order = as_labels(order, order.size)
    known = ~np.isnan(order)
    place = np.unique(order[known], return_inverse=True)[1]
    together = np.bincount(place, weights=weights[known])
    running = np.cumsum(together)
    tenths = np.full(order.shape, np.nan)
    if running.size and running[-1] > 0:
        # twice the middle over twice the total: exact for whole numbers of people
        middle = np.ceil(10 * (2 * running - together) / (2 * running[-1]))
        tenths[known] = np.clip(middle, 1, 10)[place]
    return tenths


def compare_tenths(
    decile: ArrayLike, minutes: ArrayLike, population: ArrayLike, cutoffs_min: Sequence[int]
) -> pd.DataFrame:
    """Compare travel time in minutes of decile 1, the most deprived, with that of decile 10.

    Parameters
    ----------
    decile
        Decile of each zone, national or from `local_tenths`, shape (n,); NaN where unknown.
    minutes, population, cutoffs_min
        As for `summarise_by_decile`.

    Returns
    -------
    pd.DataFrame
        Rows ``population`` (people), ``median_min`` (population-weighted, people not reached counted last)
        and ``share_within_15`` … (0 to 1). Columns ``measure``, ``most_deprived``, ``least_deprived``,
        ``difference`` (most minus least deprived) and ``ratio`` (most over least deprived). NaN where a tenth
        has nobody or its middle person is not reached, and for a ratio to 0.

    Raises
    ------
    ValueError
        As `summarise_by_decile` does.
    """
    deciles = summarise_by_decile(decile, minutes, population, cutoffs_min).set_index("decile")
    names = ["population", "median_min", *(f"share_within_{cutoff}" for cutoff in cutoffs_min)]
    most, least = (deciles.loc[key, names].to_numpy(dtype=np.float64) for key in ("1", "10"))
    return pd.DataFrame(
        {
            "measure": names,
            "most_deprived": most,
            "least_deprived": least,
            "difference": most - least,
            "ratio": np.divide(most, least, out=np.full(most.shape, np.nan), where=least != 0),
        }
    )
