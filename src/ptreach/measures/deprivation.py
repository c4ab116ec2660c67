"""Travel time by deprivation: how soon people of each decile arrive, and how many within a cutoff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

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
        People of each zone; NaN (unknown) counts as nobody.
    cutoffs_min
        Cutoffs in minutes, ascending; strict.

    Returns
    -------
    pd.DataFrame
        Rows ``1`` … ``10`` and ``all``, in this order, all of them always there. Columns: ``decile`` (str),
        ``zones`` (int), ``population`` (float), ``median_min`` (population-weighted median, people not
        reached counted last, so NaN where they hold the middle), ``share_within_15`` … (0 to 1; NaN
        without people).
    """
    deciles = np.asarray(decile, dtype=np.float64)
    times = np.asarray(minutes, dtype=np.float64)
    known = np.asarray(population, dtype=np.float64)
    people = np.where(np.isnan(known), 0.0, known)
    groups = [(str(number), deciles == number) for number in DECILES]
    groups.append(("all", np.ones(times.shape, dtype=np.bool_)))
    rows = []
    for name, member in groups:
        total = float(people[member].sum())
        row: dict[str, object] = {
            "decile": name,
            "zones": int(member.sum()),
            "population": total,
            "median_min": weighted_median(times[member], people[member]),
        }
        for cutoff in cutoffs_min:
            within = float(people[member & (times < cutoff)].sum())
            row[f"share_within_{cutoff}"] = within / total if total else float("nan")
        rows.append(row)
    return pd.DataFrame(rows)
