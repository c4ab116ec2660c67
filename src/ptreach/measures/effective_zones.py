"""How many independent zones a correlation rests on: the modified t-test for autocorrelated zones.

Zones side by side resemble each other, so n of them tell less than n independent ones. Two unrelated
variables that each vary smoothly over the map correlate by chance far more often than the usual test allows.
Clifford, Richardson and Hémon (1989) answer with an effective number of zones M, smaller than n, and a t-test
with M - 2 degrees of freedom; Dutilleul (1993) gave M its exact form:

    M = 1 + 1 / v,    v = tr(B Rx B Ry) / (tr(B Rx) tr(B Ry)),    B = I - 11'/n

Rx and Ry hold each variable's correlation between any two zones. It is estimated as a step function of their
distance: rx(k) is the mean of z_i z_j over the pairs of zones in distance class k, over the variance of z.
A step function lets the traces fall apart into sums over classes:

    tr(Rx)    = n
    tr(Rx Ry) = sum_k N_k rx(k) ry(k)            N_k     ordered pairs of zones in class k
    1'Rx 1    = sum_k N_k rx(k)
    1'Rx Ry 1 = sum_kl rx(k) G_kl ry(l)          G_kl    sum over zones of c_ik c_il,
                                                 c_ik    zones in class k of zone i

N and G depend on places alone, rx on one variable alone. Distances are looked at once, in blocks of rows, and
each pair of variables then costs a few sums over classes.

The classes widen with distance (upper bounds at reach * (k/K)², K = 20), since correlation falls most steeply
near by. On unrelated Gaussian fields of exponential covariance whose correlation falls to 1/e over 5 % to
25 % of the width of a square (400 zones at random, 6,900 pairs of fields each) a test at 5 % rejected 4.6 %
to 5.4 % of them, ranks 4.7 % to 5.6 %; the plain t-test 21 % to 65 %; 13 classes of equal width, as R's
SpatialPack has them, 5.2 % to 7.8 %.

What it cannot do: it takes a variable for stationary. Where both follow one trend across the map (everything
falls away from the centre), the trend is part of the correlation, and no test of this kind takes it out.

References
----------
Clifford, P., Richardson, S. and Hémon, D. (1989), Biometrics 45, 123-134.
Dutilleul, P. (1993), Biometrics 49, 305-314.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from ptreach.model import FloatArray

CLASSES: Final = 20
"""Distance classes, unless told otherwise."""
PAIRS_AT_ONCE: Final = 1_000_000
"""Distances held in memory together."""
SUMS_AT_ONCE: Final = 8_000_000
"""Sums by zone, class and variable held in memory together."""


class Known(NamedTuple):
    """Variables that are known of the same zones.

    ``known`` bool (zones,); ``values`` float64 (zones known, variables), without NaN.
    """

    known: NDArray[np.bool_]
    values: FloatArray


@dataclass(frozen=True, slots=True)
class Autocorrelogram:
    """Correlation of variables with themselves by distance, and how many pairs of zones there are of each.

    ``correlation`` float64 (classes + 1, variables), NaN for a variable that is the same everywhere;
    ``pairs_n`` float64 (classes + 1,): ordered pairs of zones; ``products_n`` float64 (classes + 1,
    classes + 1): G of the module's formula. The last class is that of a zone with itself.
    """

    zones_n: int
    correlation: FloatArray
    pairs_n: FloatArray
    products_n: FloatArray


def class_bounds(xy_m: FloatArray, classes: int = CLASSES) -> FloatArray:
    """Return the upper bounds of distance classes in metres, shape (classes,), widening with distance.

    The last is the diagonal of the box around all places, which no distance exceeds.
    """
    reach_m = float(np.hypot(*np.ptp(xy_m, axis=0))) if len(xy_m) else 0.0
    return (reach_m or 1.0) * (np.arange(1, classes + 1) / classes) ** 2


def standardised(values: FloatArray) -> FloatArray:
    """Return columns with mean 0 and variance 1 (over n); NaN where a column is the same in all rows."""
    spread = np.where(np.ptp(values, axis=0) > 0, values.std(axis=0), np.nan)
    return np.asarray((values - values.mean(axis=0)) / spread)


def autocorrelations_by_distance(
    groups: Sequence[Known], xy_m: FloatArray, bounds_m: FloatArray
) -> list[Autocorrelogram]:
    """Return how the zones of each group correlate by the distance between them, in metres.

    Distances are looked at once for all groups, so that gaps that differ between variables cost little.

    Parameters
    ----------
    groups
        Variables, each group with the zones that it is known of. For Spearman's correlation: their ranks.
    xy_m
        Places of the zones in metres, shape (zones, 2).
    bounds_m
        Upper bounds of the distance classes in metres, ascending; a bound belongs to the class under it.
        Whatever lies beyond the last belongs to the last class. At most 254 of them.
    """
    if not 1 <= bounds_m.size <= 254:
        raise ValueError(f"{bounds_m.size} distance classes; 1 to 254 can be counted")
    classes_n = bounds_m.size + 1
    columns, ends = _side_by_side(groups)
    pairs_n = np.zeros((len(groups), classes_n))
    products_n = np.zeros((len(groups), classes_n, classes_n))
    sums = np.zeros((classes_n, columns.shape[1]))
    rows_n = max(1, min(PAIRS_AT_ONCE // max(len(xy_m), 1), SUMS_AT_ONCE // (classes_n * columns.shape[1])))
    for first, in_class in _classes_by_row(xy_m, bounds_m, rows_n):
        summed = _sums_by_class(columns, in_class, classes_n)
        own = columns[first : first + len(in_class)]
        sums += np.einsum("iv,ikv->kv", own, summed)
        for number, end in enumerate(ends):
            counts = own[:, end, None] * summed[:, :, end]
            pairs_n[number] += counts.sum(axis=0)
            products_n[number] += counts.T @ counts
    found = []
    for number, (group, end) in enumerate(zip(groups, ends, strict=True)):
        zones_n, variables_n = group.values.shape
        correlation = sums[:, end - variables_n : end] / np.maximum(pairs_n[number], 1)[:, None]
        found.append(Autocorrelogram(zones_n, correlation, pairs_n[number], products_n[number]))
    return found


def effective_zones(of: Autocorrelogram) -> FloatArray:
    """Return the effective number of zones of each pair of variables, shape (variables, variables).

    Never more than there are zones: where the estimate finds neighbours less alike than chance has them, or
    fails, the plain number stands. NaN where a variable is the same everywhere.
    """
    n = of.zones_n
    r = of.correlation
    totals = of.pairs_n @ r  # 1'R 1
    traces = n - totals / n  # tr(B R)
    product = (r.T * of.pairs_n) @ r
    product += -2 / n * (r.T @ of.products_n @ r) + np.outer(totals, totals) / n**2  # tr(B Rx B Ry)
    variance = product / np.outer(traces, traces)
    usable = variance > 1 / max(n - 1, 1)
    effective = 1 + 1 / np.where(usable, variance, 1)
    return np.where(np.isnan(variance), np.nan, np.where(usable, effective, float(n)))


def p_of_correlation(correlation: ArrayLike, zones: ArrayLike) -> FloatArray:
    """Return the two-sided p of correlations that rest on a number of (effective) zones, by the t-test.

    1 where the zones are two or fewer: then no correlation tells anything. NaN where one of the two is.
    """
    from scipy.special import stdtr

    r, size = np.broadcast_arrays(
        np.asarray(correlation, dtype=np.float64), np.asarray(zones, dtype=np.float64)
    )
    freedom = np.where(size > 2, size - 2, np.nan)
    with np.errstate(divide="ignore"):  # r = 1 and -1: t is infinite, p is 0
        t = np.abs(r) * np.sqrt(freedom / np.maximum(1 - r**2, 0))
    p = np.where(size > 2, 2 * stdtr(freedom, -t), 1.0)
    return np.where(np.isnan(r) | np.isnan(size), np.nan, p)


def _side_by_side(groups: Sequence[Known]) -> tuple[FloatArray, list[int]]:
    """Return the standardised variables of all groups, each followed by a column that is 1 where known.

    Shape (zones, variables and groups), 0 where not known; and the position of the column of each group.
    """
    parts, ends = [], []
    width = 0
    for group in groups:
        z = np.zeros((group.known.size, group.values.shape[1] + 1))
        z[group.known, :-1] = standardised(group.values)
        z[group.known, -1] = 1
        parts.append(z)
        width += z.shape[1]
        ends.append(width - 1)
    return np.hstack(parts), ends


def _classes_by_row(
    xy_m: FloatArray, bounds_m: FloatArray, rows_n: int
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield the first row and the distance classes of `rows_n` zones to all, shape (rows, zones)."""
    for first in range(0, len(xy_m), rows_n):
        rows = xy_m[first : first + rows_n]
        squared = (rows[:, :1] - xy_m[:, 0]) ** 2 + (rows[:, 1:] - xy_m[:, 1]) ** 2
        in_class = np.searchsorted(bounds_m**2, squared).clip(max=bounds_m.size - 1).astype(np.uint8)
        own = np.arange(len(rows))
        in_class[own, first + own] = bounds_m.size
        yield first, in_class


def _sums_by_class(columns: FloatArray, in_class: NDArray[np.uint8], classes_n: int) -> FloatArray:
    """Sum `columns` over the zones in each class of each row, shape (rows, classes, columns)."""
    from scipy import sparse

    rows_n, zones_n = in_class.shape
    shelf = in_class + classes_n * np.arange(rows_n)[:, None]
    counts = np.bincount(shelf.ravel(), minlength=rows_n * classes_n)
    order = np.argsort(in_class, axis=1, kind="stable").astype(np.int32)  # of uint8: a radix sort
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    members = sparse.csr_array((np.ones(order.size), order.ravel(), starts), shape=(counts.size, zones_n))
    return np.asarray(members @ columns).reshape(rows_n, classes_n, -1)
