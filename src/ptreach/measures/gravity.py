"""Gravity: opportunities weighted by what they are worth at their travel time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ptreach.measures.decay import decay_weights
from ptreach.measures.inputs import as_minutes, as_weights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ptreach.measures.decay import Decay
    from ptreach.model import FloatArray


def gravity_access(minutes: ArrayLike, opportunities: ArrayLike, decay: Decay) -> FloatArray:
    """Return the opportunities within reach, each weighted by `decay`, in the unit of `opportunities`.

    ``A_i = sum over j of O_j f(t_ij)``. With `binary_decay` it is `opportunities_within`. Source: Hansen
    1959, "How accessibility shapes land use", Journal of the American Institute of Planners 25:73-76.

    Parameters
    ----------
    minutes
        Travel times, shape (origins, opportunities), or (opportunities,) for one origin; NaN: not reached,
        counts 0.
    opportunities
        Size of each (places in a school), shape (opportunities,); NaN (unknown) counts as none.
    decay
        One of `ptreach.measures.decay`, with its parameter: ``exponential_decay(half_min=20)``.

    Returns
    -------
    FloatArray
        Shape (origins,), or () for one origin.

    Raises
    ------
    ValueError
        For negative minutes or opportunities, shapes that do not belong together, or a decay that gives
        weights that are negative or not finite.
    """
    times = as_minutes(minutes)
    if times.ndim not in {1, 2}:
        raise ValueError(
            f"minutes has shape {times.shape}, expected (origins, opportunities) or (opportunities,)"
        )
    sizes = as_weights(opportunities, times.shape[-1])
    return np.asarray((decay_weights(times, decay) * sizes).sum(axis=-1))
