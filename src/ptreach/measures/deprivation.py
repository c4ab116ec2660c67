"""Travel time by deprivation: how soon people of each decile arrive, and how many within a cutoff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.measures.cumulative import opportunities_within
from ptreach.measures.inputs import as_labels, as_minutes, as_weights

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from ptreach.model import FloatArray

DECILES: Final = tuple(range(1, 11))
"""Deciles of deprivation, 1 = most deprived tenth of England."""


def weighted_median(values: FloatArray, weights: FloatArray) -> float:
    """Return the smallest value that at least half of the weight lies at or under, in the unit of `values`.

    This is the nearest rank (never interpolated) of a list in which each value stands as often as its weight
    says. NaN counts as larger than any value: where it holds the middle, the median is NaN. So it is where
    there is no weight.

    Parameters
    ----------
    values, weights
        Float arrays of shape (n,); weights are finite and not negative.
    """
    order = np.argsort(values, kind="stable")  # NaN sorts last
    running = np.cumsum(weights[order])
    if not running.size or running[-1] <= 0:
        return float("nan")
    return float(values[order][np.searchsorted(running, running[-1] / 2, side="left")])


def decile_members(decile: ArrayLike, size: int) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield the name of each decile, ``1`` … ``10``, then ``all``, with a mask of its zones, shape (size,).

    Zones of unknown decile (NaN) belong to ``all`` only. Raises ValueError for another shape, and for a
    decile that is none: a rank or a score given in its place must not vanish.
    """
    deciles = as_labels(decile, size)
    odd = deciles[~np.isnan(deciles) & ~np.isin(deciles, DECILES)]
    if odd.size:
        raise ValueError(f"{odd[0]:g} is not a decile, expected whole numbers from 1 to 10")
    for number in DECILES:
        yield str(number), deciles == number
    yield "all", np.ones(size, dtype=np.bool_)


def summarise_by_decile(
    decile: ArrayLike, minutes: ArrayLike, population: ArrayLike, cutoffs_min: Sequence[int]
) -> pd.DataFrame:
    """Summarise travel time in minutes by decile of deprivation, weighting zones by their population.

    Parameters
    ----------
    decile
        Decile of each zone, 1 (most deprived) to 10, shape (n,); NaN where unknown: only in the row ``all``.
    minutes
        Travel time of each zone in minutes, NaN where not reached.
    population
        People of each zone (children, for deciles of IDACI); NaN (unknown) counts as nobody.
    cutoffs_min
        Cutoffs in minutes, ascending; strict.

    Returns
    -------
    pd.DataFrame
        Rows ``1`` … ``10`` and ``all``, in this order, all of them always there. Columns: ``decile`` (str),
        ``zones`` (int), ``population`` (float), ``median_min`` (population-weighted median, people not
        reached counted last, so NaN where they hold the middle), ``share_within_15`` … (0 to 1; NaN
        without people).

    Raises
    ------
    ValueError
        For a decile that is none, negative minutes or people, and shapes that differ.
    """
    times = as_minutes(minutes)
    people = as_weights(population, times.size)
    rows = []
    for name, member in decile_members(decile, times.size):
        total = float(people[member].sum())
        row: dict[str, object] = {
            "decile": name,
            "zones": int(member.sum()),
            "population": total,
            "median_min": weighted_median(times[member], people[member]),
        }
        counts = opportunities_within(times[member], people[member], cutoffs_min)
        for cutoff, within in zip(cutoffs_min, counts, strict=True):
            row[f"share_within_{cutoff}"] = float(within) / total if total else float("nan")
        rows.append(row)
    return pd.DataFrame(rows)
