"""Cumulative opportunities: how many places, or people, lie within a travel time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ptreach.measures.inputs import as_minutes, as_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from ptreach.model import FloatArray


def opportunities_within(
    minutes: ArrayLike, opportunities: ArrayLike, cutoffs_min: Sequence[float]
) -> FloatArray:
    """Return the opportunities within each cutoff in minutes, in the unit of `opportunities`.

    ``A_i(c) = sum of O_j over j with t_ij < c``. The cutoff is strict: 15.0 minutes is not within 15. Source:
    Ingram 1971, "The concept of accessibility", Regional Studies 5:101-107.

    Parameters
    ----------
    minutes
        Travel times, shape (origins, opportunities), or (opportunities,) for one origin; NaN: not reached.
    opportunities
        Size of each (places in a school, people of a zone), shape (opportunities,); NaN (unknown) counts as
        none.
    cutoffs_min
        Cutoffs in minutes, in any order.

    Returns
    -------
    FloatArray
        Shape (origins, cutoffs), or (cutoffs,) for one origin; 0 where none is within.

    Raises
    ------
    ValueError
        For negative minutes or opportunities, and shapes that do not belong together.
    """
    times = as_minutes(minutes)
    if times.ndim not in {1, 2}:
        raise ValueError(
            f"minutes has shape {times.shape}, expected (origins, opportunities) or (opportunities,)"
        )
    sizes = as_weights(opportunities, times.shape[-1])
    counts = np.zeros((*times.shape[:-1], len(cutoffs_min)))
    for index, cutoff in enumerate(cutoffs_min):
        counts[..., index] = np.where(times < cutoff, sizes, 0.0).sum(axis=-1)
    return counts
