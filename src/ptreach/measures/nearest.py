"""Travel time to the nearest opportunity, to the k-th nearest, and to as many as are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ptreach.measures.inputs import as_minutes, as_weights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ptreach.model import FloatArray


def minutes_to_nearest(minutes: ArrayLike, kth: int = 1) -> FloatArray:
    """Return the travel time in minutes to the `kth` nearest opportunity (1: the nearest).

    Opportunities equally far count one by one: of 5, 5 and 9 minutes the second nearest is at 5.

    Parameters
    ----------
    minutes
        Travel times, shape (origins, opportunities), or (opportunities,) for one origin; NaN: not reached.
    kth
        1 or more.

    Returns
    -------
    FloatArray
        Shape (origins,), or () for one origin; NaN where fewer than `kth` are reached.

    Raises
    ------
    ValueError
        For negative minutes, or `kth` below 1.
    """
    times = _kth_checked(minutes, kth)
    if kth > times.shape[-1]:
        return np.full(times.shape[:-1], np.nan)
    return np.asarray(np.sort(times, axis=-1)[..., kth - 1])  # NaN sorts last


def nearest_opportunity(minutes: ArrayLike, kth: int = 1) -> NDArray[np.int64]:
    """Return the position of the `kth` nearest opportunity, the first of equals; -1 where there is none.

    Parameters, shape and errors as for `minutes_to_nearest`.
    """
    times = _kth_checked(minutes, kth)
    if kth > times.shape[-1]:
        return np.full(times.shape[:-1], -1, dtype=np.int64)
    position = np.argsort(times, axis=-1, kind="stable")[..., kth - 1]
    reached = np.isfinite(times).sum(axis=-1) >= kth
    return np.where(reached, position, -1).astype(np.int64)


def minutes_to_count(minutes: ArrayLike, opportunities: ArrayLike, wanted: float) -> FloatArray:
    """Return the least travel time in minutes at which `wanted` opportunities are reached.

    Source: accessibility for R (Pereira & Herszenhut), where it is the cost to the closest n.

    Parameters
    ----------
    minutes
        Travel times, shape (origins, opportunities), or (opportunities,) for one origin; NaN: not reached.
    opportunities
        Size of each (places in a school), shape (opportunities,); NaN (unknown) counts as none.
    wanted
        How many, in the unit of `opportunities`, above 0.

    Returns
    -------
    FloatArray
        Shape (origins,), or () for one origin; NaN where fewer are reached in any time.

    Raises
    ------
    ValueError
        For negative minutes or opportunities, shapes that do not belong together, or nothing wanted.
    """
    times = _kth_checked(minutes, 1)
    if not wanted > 0:
        raise ValueError(f"{wanted} opportunities are wanted, expected more than 0")
    sizes = as_weights(opportunities, times.shape[-1])
    if not sizes.size:
        return np.full(times.shape[:-1], np.nan)
    order = np.argsort(times, axis=-1, kind="stable")
    times = np.take_along_axis(times, order, axis=-1)
    running = np.cumsum(np.where(np.isnan(times), 0.0, sizes[order]), axis=-1)
    enough = running >= wanted
    first = np.take_along_axis(times, enough.argmax(axis=-1)[..., np.newaxis], axis=-1)[..., 0]
    return np.where(enough.any(axis=-1), first, np.nan)


def _kth_checked(minutes: ArrayLike, kth: int) -> FloatArray:
    """Return checked minutes of one or two dimensions; refuse a `kth` below 1."""
    times = as_minutes(minutes)
    if times.ndim not in {1, 2}:
        raise ValueError(
            f"minutes has shape {times.shape}, expected (origins, opportunities) or (opportunities,)"
        )
    if kth < 1:
        raise ValueError(f"the {kth}th nearest is asked for, expected 1 or more")
    return times
