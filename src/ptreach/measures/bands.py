"""Bands of travel time: which of a list of cutoffs a place lies within, and what the band is called."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from ptreach.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray


def band_index(minutes: ArrayLike, cutoffs_min: Sequence[int]) -> NDArray[np.int64]:
    """Return the index of the first cutoff that each travel time in minutes is under.

    The cutoff is strict: 15.0 minutes is not within 15.

    Parameters
    ----------
    minutes
        Travel times in minutes, any shape, NaN where not reached.
    cutoffs_min
        Cutoffs in minutes, ascending.

    Returns
    -------
    NDArray[np.int64]
        As `minutes` in shape; 0 is the nearest band, -1 stands for beyond the last cutoff or not reached.
    """
    index = np.searchsorted(
        np.asarray(cutoffs_min, dtype=np.float64), np.asarray(minutes, dtype=np.float64), side="right"
    )
    # searchsorted puts NaN past the end, where the beyond lie too
    return np.where(index < len(cutoffs_min), index, -1).astype(np.int64)


def band_labels(cutoffs_min: Sequence[int]) -> tuple[str, ...]:
    """Return the name of each band, nearest first.

    ``under 15 min``, ``15 to 30 min`` and so on. A band holds its lower bound and not its upper one.
    """
    inner = [f"{low} to {high} min" for low, high in itertools.pairwise(cutoffs_min)]
    return (f"under {cutoffs_min[0]} min", *inner)


def beyond_label(cutoffs_min: Sequence[int]) -> str:
    """Return the name for places that are reached, but not within the last cutoff: ``60 min or more``."""
    return f"{cutoffs_min[-1]} min or more"


def name_bands(minutes: ArrayLike, reasons: Iterable[str], cutoffs_min: Sequence[int]) -> list[str]:
    """Return the name of each place's band; for a place that is not reached, the reason.

    Parameters
    ----------
    minutes
        Travel times in minutes, shape (n,), NaN where not reached.
    reasons
        A `Reason` value a place. A place whose median is not reached although some departures reach it may
        carry ``reached``: it is then named ``beyond the limit``.
    cutoffs_min
        Cutoffs in minutes, ascending.
    """
    values = np.asarray(minutes, dtype=np.float64)
    names = (*band_labels(cutoffs_min), beyond_label(cutoffs_min))
    bands = [names[index] for index in band_index(values, cutoffs_min)]
    why = [Reason.BEYOND_LIMIT.value if reason == Reason.REACHED else str(reason) for reason in reasons]
    return [
        reason if np.isnan(value) else band for value, band, reason in zip(values, bands, why, strict=True)
    ]
