"""How far two travel times of the same pairs or places are apart, at one percentile of the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.measures.band_changes import cross_bands
from ptreach.measures.kappa import LINEAR, QUADRATIC, weighted_kappa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from ptreach.model import FloatArray

QUANTILES: Final = (5, 25, 50, 75, 95)
WITHIN_S: Final = (60, 90, 120, 300)
CLASS_EDGES_S: Final = (60, 300, 600)
"""A difference of up to the first of them is small; then come two classes, and all above the last."""


@dataclass(frozen=True, slots=True)
class TimeDifferences:
    """How the travel times of two sides agree at one percentile; differences are the second less the first.

    ``both, only_first, only_second, neither`` count pairs by who reaches them. ``reached_alike`` is the share
    of those reached by either that both reach; ``equal`` and ``within`` (by `WITHIN_S`, up to and with so
    many seconds) are shares of those that both reach; 1 of nothing. ``quantiles_s`` are the smallest
    difference, those at `QUANTILES` by nearest rank, and the largest, in seconds, None of nothing.
    ``bands`` counts pairs that either reaches by band, shape (k, k): see `cross_bands`; ``kappa_linear`` and
    ``kappa_quadratic`` are of that table, NaN where all lie in one band. ``classes`` counts pairs that both
    reach by class of difference, from much sooner by the second to much later: see `difference_class`.
    """

    percentile: int
    both: int
    only_first: int
    only_second: int
    neither: int
    reached_alike: float
    equal: float
    within: tuple[float, ...]
    quantiles_s: tuple[int, ...] | None
    bands: FloatArray
    kappa_linear: float
    kappa_quadratic: float
    classes: tuple[int, ...]

    @property
    def largest_s(self) -> int | None:
        """Difference that is furthest from none, in seconds; None where no pair is reached by both."""
        return None if self.quantiles_s is None else max(self.quantiles_s[0], self.quantiles_s[-1], key=abs)

    @property
    def median_s(self) -> int | None:
        """Median difference in seconds, None where no pair is reached by both."""
        return None if self.quantiles_s is None else self.quantiles_s[1 + QUANTILES.index(50)]


def summarise_differences(
    percentile: int, first_s: ArrayLike, second_s: ArrayLike, cutoffs_min: Sequence[int]
) -> TimeDifferences:
    """Return how two columns of travel times, whole seconds, shape (n,), NaN where not reached, agree."""
    first, second = np.asarray(first_s), np.asarray(second_s)
    in_first, in_second = ~np.isnan(first), ~np.isnan(second)
    both, either = in_first & in_second, in_first | in_second
    apart = second[both] - first[both]
    size = np.abs(apart)
    both_n, either_n = int(both.sum()), int(either.sum())
    bands = cross_bands(first[either], second[either], cutoffs_min)
    counts = np.bincount(difference_class(apart), minlength=classes_n())
    return TimeDifferences(
        percentile=percentile,
        both=both_n,
        only_first=int(in_first.sum()) - both_n,
        only_second=int(in_second.sum()) - both_n,
        neither=first.size - either_n,
        reached_alike=both_n / either_n if either_n else 1.0,
        equal=_share(size == 0),
        within=tuple(_share(size <= limit) for limit in WITHIN_S),
        quantiles_s=_quantiles(apart),
        bands=bands,
        kappa_linear=weighted_kappa(bands, LINEAR),
        kappa_quadratic=weighted_kappa(bands, QUADRATIC),
        classes=tuple(counts.tolist()),
    )


def _share(holds: NDArray[np.bool_]) -> float:
    """Return the share that holds, 1 of nothing."""
    return float(holds.mean()) if holds.size else 1.0


def _quantiles(apart: NDArray[np.floating]) -> tuple[int, ...] | None:
    """Return the smallest, those at `QUANTILES` by nearest rank, and the largest, as whole seconds."""
    if not apart.size:
        return None
    ranks = [0, *(nearest_rank(percentile, apart.size) for percentile in QUANTILES), apart.size - 1]
    ordered = np.partition(apart, sorted(set(ranks)))
    return tuple(round(float(ordered[rank])) for rank in ranks)


def nearest_rank(percentile: int, count: int) -> int:
    """Return the index of a percentile among `count` ordered values: ceil(p / 100 x n) - 1."""
    return max(0, -(-percentile * count // 100) - 1)


def classes_n() -> int:
    """Return the number of classes of `difference_class`."""
    return 2 * len(CLASS_EDGES_S) + 3


def difference_class(apart_s: ArrayLike) -> NDArray[np.int64]:
    """Return the class of differences in seconds, shape (n,), none of them NaN.

    0 is over 10 minutes sooner by the second, then 5 to 10, 1 to 5, up to a minute, 4 the same, and so on to
    8, over 10 minutes later. A class holds its bound that is further from none: a minute is *up to a minute*.
    """
    apart = np.asarray(apart_s, dtype=np.float64)
    size = np.searchsorted([0.0, *CLASS_EDGES_S], np.abs(apart), side="left")
    middle = classes_n() // 2
    return (middle + np.sign(apart) * size).astype(np.int64)
