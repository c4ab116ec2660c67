"""Spatial autocorrelation: how alike neighbouring zones are, by Moran's I with a permutation test.

This is esda's Moran in a few lines, tested against it. esda itself would bring ten packages and 70 MB
(scikit-learn, joblib, Beautiful Soup and others) to every laptop, and draws its permutations from numpy's
global state. Here they come from a generator of their own: a seed gives the same p on every run, and nobody
else's random numbers are disturbed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from scipy import sparse

    from ptreach.measures.neighbours import Neighbours
    from ptreach.model import FloatArray, Indicators

AT_ONCE: Final = 100
"""Permutations held in memory together."""
ROUNDING: Final = 1e-12
"""Values of I that differ by less are the same one."""


@dataclass(frozen=True, slots=True)
class MoranI:
    """Moran's I of one variable.

    ``value`` is about 1 where neighbours are alike, ``expected`` (a little under 0) where figures lie at
    random, less where neighbours differ. ``p`` is one-sided: the share of permutations that are at least as
    alike. ``zones`` were counted; ``missing`` had no value, ``isolated`` had one, but no neighbour with one.
    """

    value: float
    expected: float
    p: float
    zones: int
    missing: int
    isolated: int


def morans_i(values: ArrayLike, neighbours: Neighbours, *, permutations: int = 999, seed: int = 0) -> MoranI:
    """Return Moran's I of `values` over neighbouring zones, with a permutation p.

    I is the slope of the mean of a zone's neighbours on the zone's own value: weights are row-standardised,
    so that zones count equally however many neighbours they have. Zones without a value, or without a
    neighbour that has one, are left out and counted. p is (1 + permutations with an I as large or larger) /
    (1 + permutations): its least value is 1 / (1 + permutations).

    Value, expectation and p are NaN for fewer than three zones, or zones all alike.

    Parameters
    ----------
    values
        A figure a zone, shape (zones,), NaN where not known.
    neighbours
        As `touching_zones` returns them, of the same zones.
    permutations
        How often the values are shuffled over the zones.
    seed
        Makes the shuffles, and so p, the same on every run.

    Notes
    -----
    Moran, P.A.P. (1950), Biometrika 37, 17-23; Cliff, A.D. and Ord, J.K. (1981), Spatial Processes.
    """
    from scipy import sparse

    figures = np.asarray(values, dtype=np.float64)
    if figures.shape != (neighbours.zones_n,):
        raise ValueError(
            f"values have shape {figures.shape}, the neighbours are of {neighbours.zones_n} zones"
        )
    known = np.isfinite(figures)
    ends = np.stack([neighbours.focal_idx, neighbours.neighbour_idx])
    ends = ends[:, known[ends].all(axis=0)]
    degree = np.bincount(ends[0], minlength=figures.size)
    kept = np.flatnonzero(degree)
    counts = (int(kept.size), int((~known).sum()), int(known.sum() - kept.size))
    if kept.size < 3 or np.ptp(figures[kept]) == 0:
        return MoranI(np.nan, np.nan, np.nan, *counts)
    place = np.cumsum(degree > 0) - 1
    mean_of_neighbours = sparse.csr_array(
        (1 / degree[ends[0]], (place[ends[0]], place[ends[1]])), shape=(kept.size, kept.size)
    )
    z = figures[kept] - figures[kept].mean()
    value = float(z @ (mean_of_neighbours @ z) / (z @ z))
    shuffled = _shuffled(z, mean_of_neighbours, permutations, seed)
    p = (1 + int((shuffled >= value - ROUNDING).sum())) / (1 + permutations)
    return MoranI(value, -1 / (kept.size - 1), p, *counts)


def autocorrelation_of(
    indicators: Indicators, neighbours: Neighbours, *, permutations: int = 999, seed: int = 0
) -> pd.DataFrame:
    """Return Moran's I of each indicator, in their order.

    Columns: ``name`` (str), ``moran_i, expected_i, p_moran`` (float, see `MoranI`), ``zones, missing,
    isolated`` (int). `neighbours` are of the zones of the frame of `indicators`, in its order.
    """
    rows = []
    for indicator in indicators.indicators:
        found = morans_i(
            indicators.frame[indicator.name].to_numpy(), neighbours, permutations=permutations, seed=seed
        )
        rows.append((indicator.name, found.value, found.expected, found.p, *_counts(found)))
    columns = ["name", "moran_i", "expected_i", "p_moran", "zones", "missing", "isolated"]
    return pd.DataFrame(rows, columns=columns)


def _counts(found: MoranI) -> tuple[int, int, int]:
    return found.zones, found.missing, found.isolated


def _shuffled(
    z: FloatArray, mean_of_neighbours: sparse.csr_array, permutations: int, seed: int
) -> FloatArray:
    """Return Moran's I of `permutations` shuffles of the deviations `z`."""
    rng = np.random.default_rng(seed)
    parts = [np.empty(0)]
    for first in range(0, permutations, AT_ONCE):
        rows = min(AT_ONCE, permutations - first)
        shuffles = rng.permuted(np.tile(z, (rows, 1)), axis=1)
        lagged = (mean_of_neighbours @ shuffles.T).T
        parts.append((shuffles * lagged).sum(axis=1) / (z @ z))
    return np.concatenate(parts)
