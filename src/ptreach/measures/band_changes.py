"""Two travel times of each place or pair by bands: how many lie in which band by the one and the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ptreach.measures.bands import band_index, band_labels, beyond_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from ptreach.model import FloatArray

NOT_REACHED = "not reached"


def all_band_labels(cutoffs_min: Sequence[int]) -> tuple[str, ...]:
    """Return the names of all bands in their order: nearest first, then beyond the last, then not reached."""
    return (*band_labels(cutoffs_min), beyond_label(cutoffs_min), NOT_REACHED)


def cross_bands(
    first_s: ArrayLike, second_s: ArrayLike, cutoffs_min: Sequence[int], weights: ArrayLike | None = None
) -> FloatArray:
    """Return how many lie in each band by the first travel time (rows) and by the second (columns).

    Parameters
    ----------
    first_s, second_s
        Travel times in seconds, shape (n,), NaN where not reached.
    cutoffs_min
        Cutoffs in minutes, ascending; they are strict.
    weights
        What each counts for, such as its people, shape (n,); one each if None.

    Returns
    -------
    FloatArray
        Shape (k, k) in the order of `all_band_labels`.
    """
    classes = len(cutoffs_min) + 2
    row, column = (_classes(seconds, cutoffs_min) for seconds in (first_s, second_s))
    known = None if weights is None else np.asarray(weights, dtype=np.float64)
    counts = np.bincount(row * classes + column, weights=known, minlength=classes * classes)
    return counts.astype(np.float64).reshape(classes, classes)


def _classes(
    seconds: ArrayLike, cutoffs_min: Sequence[int]
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return the class of each travel time in the order of `all_band_labels`."""
    times = np.asarray(seconds)
    # band_index knows no unit: seconds beside cutoffs in seconds are exact
    index = band_index(times, [60 * cutoff for cutoff in cutoffs_min])
    beyond = np.where(np.isnan(times), len(cutoffs_min) + 1, len(cutoffs_min))
    return np.where(index < 0, beyond, index)
