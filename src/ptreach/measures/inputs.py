"""What measures are given: minutes, and people or places as weights, checked before anything is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ptreach.model import FloatArray


def as_minutes(minutes: ArrayLike) -> FloatArray:
    """Return travel times in minutes as float64 of the same shape, NaN where not reached.

    Infinite times count as not reached.

    Raises
    ------
    ValueError
        Where a travel time is negative.
    """
    times = np.asarray(minutes, dtype=np.float64)
    if np.any(times < 0):
        raise ValueError(f"a travel time of {np.nanmin(times):g} minutes is negative")
    return np.where(np.isinf(times), np.nan, times)


def as_weights(weights: ArrayLike, size: int) -> FloatArray:
    """Return people of zones, or places of opportunities, as float64 of shape (size,).

    NaN (unknown) counts as none.

    Raises
    ------
    ValueError
        Where there are not `size` of them, or one is negative or infinite.
    """
    known = np.asarray(weights, dtype=np.float64)
    if known.shape != (size,):
        raise ValueError(f"weights have shape {known.shape}, expected {(size,)}")
    if np.any(known < 0) or np.any(np.isinf(known)):
        raise ValueError("a weight is negative or infinite")
    return np.where(np.isnan(known), 0.0, known)


def as_labels(labels: ArrayLike, size: int) -> FloatArray:
    """Return ranks or deciles as float64 of shape (size,), NaN where unknown; refuse another shape."""
    known = np.asarray(labels, dtype=np.float64)
    if known.shape != (size,):
        raise ValueError(f"ranks or deciles have shape {known.shape}, expected {(size,)}")
    return known
