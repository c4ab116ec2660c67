"""Two-step floating catchment: supply within reach, shared with all others who reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ptreach.measures.decay import decay_weights
from ptreach.measures.inputs import as_minutes, as_weights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ptreach.measures.decay import Decay
    from ptreach.model import FloatArray


def two_step_access(minutes: ArrayLike, supply: ArrayLike, demand: ArrayLike, decay: Decay) -> FloatArray:
    """Return the supply a head within reach of each zone (places a child, say).

    Step 1, what each place can give a head of all who reach it: ``R_j = S_j / sum over i of D_i f(t_ij)``.
    Step 2, the sum of it within reach of a zone: ``A_i = sum over j of R_j f(t_ij)``. Then ``sum of D_i A_i``
    is the supply of all places that somebody reaches: none is lost and none counted twice. A place that no
    demand reaches gives nothing, not even to zones without demand.

    ``binary_decay(30)`` gives the plain method (Luo & Wang 2003, "Measures of spatial accessibility to health
    care in a GIS environment", Environment and Planning B 30:865-884); any other decay the enhanced one (Luo
    & Qi 2009, "An enhanced two-step floating catchment area method", Health & Place 15:1100-1107).

    Parameters
    ----------
    minutes
        Travel times, shape (zones, places); NaN: not reached. All zones that compete for the places must be
        among them: zones left out make the others look better off. For one place, shape (zones, 1).
    supply
        Of each place, shape (places,); NaN (unknown) counts as none.
    demand
        People of each zone, shape (zones,); NaN (unknown) counts as nobody. A zone without people has access
        all the same.
    decay
        One of `ptreach.measures.decay`, with its parameter.

    Returns
    -------
    FloatArray
        Shape (zones,), supply over demand; 0 where nothing is reached.

    Raises
    ------
    ValueError
        For negative minutes, supply or demand, shapes that do not belong together, or a decay that gives
        weights that are negative or not finite.
    """
    times = as_minutes(minutes)
    if times.ndim != 2:
        raise ValueError(f"minutes has shape {times.shape}, expected (zones, places)")
    zones_n, places_n = times.shape
    given, wanted = as_weights(supply, places_n), as_weights(demand, zones_n)
    weights = decay_weights(times, decay)
    potential = (wanted[:, np.newaxis] * weights).sum(axis=0)
    a_head = np.divide(given, potential, out=np.zeros(places_n), where=potential > 0)
    return np.asarray((weights * a_head).sum(axis=1))
