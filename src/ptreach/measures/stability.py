"""Stability: zones whose band of travel time hangs on the minute at which one leaves.

A map shows each zone in the band of its median. Where buses are rare, the median may lie in a band that only
some minutes of the window are in: leave at another one, and the zone is more often nearer or farther than
shown. Such a zone is called *unstable*. The nearest and the farthest band are never so: at least half of the
window's minutes are within the first cutoff there, or beyond the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.measures.bands import band_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from ptreach.model import FloatArray

STABLE_FROM: Final = 0.5
"""Least share of the window's minutes that lie in the band shown, for the zone to be stable."""
_ROUNDING: Final = 1e-9
"""Shares are fractions of the window's minutes, a few hundred: they are equal or much further apart."""


def share_in_band(zones: pd.DataFrame, cutoffs_min: Sequence[int]) -> FloatArray:
    """Return the share (0 to 1) of the window's minutes that lie in the band of each zone's median.

    The shape is (n,). Minutes without a journey lie beyond the last cutoff, as a median that is not reached
    does.

    Parameters
    ----------
    zones
        ``minutes_p50`` (minutes, NaN where not reached) and ``departures_within_15`` …, one a cutoff (share
        of the window's minutes, 0 to 1, whose journey takes less; NaN where there are no departures).
    cutoffs_min
        Cutoffs in minutes, ascending.
    """
    within = [zones[f"departures_within_{cutoff}"].to_numpy(dtype=np.float64) for cutoff in cutoffs_min]
    up_to = np.column_stack([np.zeros(len(zones)), *within, np.ones(len(zones))])
    band = band_index(zones["minutes_p50"].to_numpy(dtype=np.float64), cutoffs_min)
    band = np.where(band < 0, len(cutoffs_min), band)
    rows = np.arange(len(zones))
    return np.asarray(up_to[rows, band + 1] - up_to[rows, band], dtype=np.float64)


def unstable_zones(zones: pd.DataFrame, cutoffs_min: Sequence[int]) -> NDArray[np.bool_]:
    """Return which zones lie in the band of their median in fewer than half of the window's minutes.

    Shape (n,); exactly half is stable. Parameters as for `share_in_band`.
    """
    return share_in_band(zones, cutoffs_min) < STABLE_FROM - _ROUNDING
