"""Access of zones to one kind of opportunity (schools, jobs): what a table says of each zone.

Put together from the measures of their own modules, with the parameters that the columns are named by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.measures.cumulative import opportunities_within
from ptreach.measures.decay import binary_decay, exponential_decay
from ptreach.measures.floating_catchment import two_step_access
from ptreach.measures.gravity import gravity_access
from ptreach.measures.nearest import minutes_to_nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

HALF_MIN: Final = 15.0
"""Travel time at which an opportunity counts half in the gravity measure."""
CATCHMENT_MIN: Final = 30.0
"""How far people go for their share of an opportunity in the two-step measure."""
NEAREST: Final = (1, 2, 3)
"""Nearest, second nearest, third nearest."""


def summarise_access(
    minutes: ArrayLike, opportunities: ArrayLike, demand: ArrayLike, cutoffs_min: Sequence[int]
) -> pd.DataFrame:
    """Return the access of each zone, one row a zone.

    Parameters
    ----------
    minutes
        Travel times, shape (zones, places); NaN where not reached.
    opportunities
        What each place offers (places of a school), shape (places,); NaN (unknown) counts as none.
    demand
        People of each zone who want it, shape (zones,); NaN (unknown) counts as nobody.
    cutoffs_min
        Cutoffs in minutes; strict.

    Returns
    -------
    pd.DataFrame
        Columns, all float: ``within_15`` … (opportunities within each cutoff), ``nearest_1_min,
        nearest_2_min, nearest_3_min`` (minutes to the first, second and third nearest place that offers any;
        NaN where fewer are reached), ``gravity`` (opportunities, each counted half at 15 minutes, a quarter
        at 30), ``a_head`` (opportunities for each person within 30 minutes, shared with all others who reach
        them: two-step floating catchment).

    Raises
    ------
    ValueError
        For negative minutes, opportunities or demand, and shapes that do not belong together.
    """
    times = np.asarray(minutes, dtype=np.float64)
    offers = np.asarray(opportunities, dtype=np.float64)
    within = opportunities_within(times, offers, cutoffs_min)
    columns = {f"within_{cutoff}": within[:, at] for at, cutoff in enumerate(cutoffs_min)}
    some = times[:, offers > 0]
    for kth in NEAREST:
        columns[f"nearest_{kth}_min"] = minutes_to_nearest(some, kth)
    columns["gravity"] = gravity_access(times, offers, exponential_decay(HALF_MIN))
    columns["a_head"] = two_step_access(times, offers, demand, binary_decay(CATCHMENT_MIN))
    return pd.DataFrame(columns)
