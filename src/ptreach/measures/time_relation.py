"""Whether travel time goes with deprivation in one place: their correlation, and how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ptreach.measures.autocorrelation import morans_i
from ptreach.measures.bootstrap import bootstrap_interval, spatial_blocks
from ptreach.measures.correlation import FEWEST_ZONES, correlate_groups
from ptreach.measures.effective_zones import Known, class_bounds, p_of_correlation

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ptreach.measures.neighbours import Neighbours
    from ptreach.model import FloatArray


@dataclass(frozen=True, slots=True)
class TimeRelation:
    """How travel time and one figure of zones go together.

    ``rho`` is Spearman's, from ``rho_low`` to ``rho_high`` at ``level``, by a bootstrap of ``blocks``.
    ``zones`` have both a travel time and the figure; ``not_reached`` have no travel time, ``not_known`` one,
    but no figure. ``p_naive`` takes zones for independent; ``p_spatial`` rests on ``effective_zones``.
    ``minutes_moran_i`` and ``figure_moran_i`` say how alike neighbouring zones are in each, with their p.
    """

    zones: int
    not_reached: int
    not_known: int
    rho: float
    rho_low: float
    rho_high: float
    level: float
    blocks: int
    p_naive: float
    p_spatial: float
    effective_zones: float
    minutes_moran_i: float
    minutes_moran_p: float
    figure_moran_i: float
    figure_moran_p: float


def relate_to_travel_time(
    minutes: ArrayLike,
    figure: ArrayLike,
    xy_m: FloatArray,
    neighbours: Neighbours,
    *,
    blocks: ArrayLike | None = None,
    seed: int = 0,
    draws: int = 1999,
    level: float = 0.95,
) -> TimeRelation:
    """Relate travel times in minutes to a figure of zones such as the IMD or IDACI score.

    With scores (more is more deprived) a negative rho says that the more deprived live nearer; with ranks and
    deciles (1 is most deprived) it is the other way round. Zones that are not reached are left out and
    counted. Who would rather count them as farthest gives them a time beyond all others: ranks need no more.

    Parameters
    ----------
    minutes, figure
        Of each zone, shape (zones,); NaN where not reached or not known.
    xy_m
        Places of the zones in metres, shape (zones, 2).
    neighbours
        As `touching_zones` returns them, of the same zones.
    blocks
        Blocks of zones that the bootstrap draws whole, as for `bootstrap_interval`; by default
        `spatial_blocks` of the zones that have both.
    seed, draws, level
        Of the bootstrap; `seed` also of the permutations behind Moran's p.
    """
    times, figures = (np.asarray(values, dtype=np.float64) for values in (minutes, figure))
    both = np.isfinite(times) & np.isfinite(figures)
    zones_n = int(both.sum())
    rho = effective = low = high = np.nan
    blocks_n = 0
    if zones_n >= FEWEST_ZONES:
        pair = np.stack([times[both], figures[both]], axis=1)
        found = correlate_groups([Known(both, pair)], xy_m, class_bounds(xy_m))[0]
        rho, effective = float(found.spearman[0, 1]), float(found.effective_zones[0, 1])
    if np.isfinite(rho):
        drawn_whole = spatial_blocks(xy_m[both]) if blocks is None else np.asarray(blocks)[both]
        interval = bootstrap_interval(
            _spearman, *pair.T, blocks=drawn_whole, seed=seed, draws=draws, level=level
        )
        low, high, blocks_n = interval.low, interval.high, interval.blocks
    of_minutes, of_figure = (
        morans_i(np.where(both, values, np.nan), neighbours, seed=seed) for values in (times, figures)
    )
    return TimeRelation(
        zones=zones_n,
        not_reached=int((~np.isfinite(times)).sum()),
        not_known=int((np.isfinite(times) & ~np.isfinite(figures)).sum()),
        rho=rho,
        rho_low=low,
        rho_high=high,
        level=level,
        blocks=blocks_n,
        p_naive=float(p_of_correlation(rho, zones_n)),
        p_spatial=float(p_of_correlation(rho, effective)),
        effective_zones=effective,
        minutes_moran_i=of_minutes.value,
        minutes_moran_p=of_minutes.p,
        figure_moran_i=of_figure.value,
        figure_moran_p=of_figure.p,
    )


def _spearman(first: FloatArray, second: FloatArray, times: FloatArray) -> FloatArray:
    """Return Spearman's rho of each draw; NaN where one of the two is the same everywhere in it."""
    z, w = _ranks(first, times), _ranks(second, times)
    scale = np.sqrt((times * z * z).sum(axis=1) * (times * w * w).sum(axis=1))
    with np.errstate(invalid="ignore"):
        rho: FloatArray = (times * z * w).sum(axis=1) / scale
    return rho


def _ranks(values: FloatArray, times: FloatArray) -> FloatArray:
    """Return the ranks of zones, less their mean, in each draw: equal values share a rank."""
    different, kind = np.unique(values, return_inverse=True)
    order = np.argsort(kind, kind="stable")
    counts = np.add.reduceat(times[:, order], np.searchsorted(kind[order], np.arange(different.size)), axis=1)
    upto = np.cumsum(counts, axis=1)
    ranks: FloatArray = (upto - (counts + upto[:, -1:]) / 2)[:, kind]
    return ranks
