"""Two matrices of travel times as one list of pairs, in which a pair without a row is not reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ptreach.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ptreach.matrix.long_tables import LongMatrix

    _Side = tuple[LongMatrix, NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Travel times of two sides for the same pairs, at the percentiles that both have.

    ``first_s`` and ``second_s`` by percentile: whole seconds, float32 or float64 of shape (n,), NaN where not
    reached. Pair i is from ``ids[from_idx[i]]`` to ``ids[to_idx[i]]``; pairs stand in a fixed order.
    """

    ids: tuple[str, ...]
    from_idx: NDArray[np.integer]
    to_idx: NDArray[np.integer]
    first_s: Mapping[int, NDArray[np.floating]]
    second_s: Mapping[int, NDArray[np.floating]]

    @classmethod
    def of_one(
        cls,
        origin_id: str,
        ids: tuple[str, ...],
        first_s: Mapping[int, NDArray[np.floating]],
        second_s: Mapping[int, NDArray[np.floating]],
    ) -> Pairs:
        """Return the pairs of one place with each of `ids`: both sides' seconds, NaN where not reached."""
        from_idx = np.zeros(len(ids), dtype=np.int64)
        return cls((origin_id, *ids), from_idx, np.arange(1, len(ids) + 1), first_s, second_s)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What one matrix has and the other has no row of at all: ids, and the pairs that hang on them.

    ``pairs`` counts pairs with such an origin or destination. ``percentiles`` are those of one side alone.
    """

    origins: tuple[int, int]
    destinations: tuple[int, int]
    pairs: tuple[int, int]
    percentiles: tuple[tuple[int, ...], tuple[int, ...]]


def join_matrices(first: LongMatrix, second: LongMatrix, *, common: bool = False) -> tuple[Pairs, Overlap]:
    """Return the pairs of two matrices, sorted by the texts of their ids, and what one of them lacks.

    Parameters
    ----------
    first, second
        Matrices; each pair at most once in each.
    common
        Leave out pairs whose origin, or whose destination, one of them has no row of: it may not have been
        asked about.

    Raises
    ------
    InputError
        Where they have no percentile, no origin or no destination in common, or one has a pair twice.
    """
    percentiles = sorted(set(first.seconds) & set(second.seconds))
    if not percentiles:
        raise InputError(
            f"no percentile in common: {_listed(first)} and {_listed(second)}",
            where=f"{first.where}, {second.where}",
            remedy="compute both at the same percentiles",
        )
    ids = np.unique(np.array([*first.ids, *second.ids], dtype=object))
    sides = [(matrix, *_renumbered(matrix, ids)) for matrix in (first, second)]
    _require_common(sides, ids)
    overlap, kept = _overlap(sides, ids.size)
    keys = []
    for (matrix, from_idx, to_idx), known in zip(sides, kept, strict=True):
        key = from_idx * ids.size + to_idx
        _refuse_doubles(matrix, key, ids)
        keys.append(key[known] if common else key)
    pairs = _union(keys[0], keys[1])
    columns: list[dict[int, NDArray[np.floating]]] = []
    for matrix, key, known in zip((first, second), keys, kept, strict=True):
        at = np.searchsorted(pairs, key)
        of_side = {}
        for percentile in percentiles:
            spread = np.full(pairs.size, np.nan, dtype=np.float32)
            times = matrix.seconds[percentile]
            spread[at] = times[known] if common else times
            of_side[percentile] = spread
        columns.append(of_side)
    return Pairs(tuple(ids.tolist()), pairs // ids.size, pairs % ids.size, *columns), overlap


def _listed(matrix: LongMatrix) -> str:
    """Return the percentiles of a matrix as text."""
    return ", ".join(f"p{percentile}" for percentile in matrix.seconds)


def _renumbered(matrix: LongMatrix, ids: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a matrix's origins and destinations as numbers of `ids`, which are sorted."""
    place = np.searchsorted(ids, np.array(matrix.ids, dtype=object)).astype(np.int64)
    return place[matrix.from_idx], place[matrix.to_idx]


def _require_common(sides: list[_Side], ids: NDArray[np.object_]) -> None:
    """Raise InputError where the two sides share no origin or no destination, with what may have happened."""
    (first, *first_ends), (second, *second_ends) = sides
    for what, ours, theirs in zip(("origin", "destination"), first_ends, second_ends, strict=True):
        if np.isin(ours, theirs).any():
            continue
        if np.isin(first_ends[0], second_ends[1]).any() and np.isin(first_ends[1], second_ends[0]).any():
            remedy = "swap from and to in one of them: origins of one are destinations of the other"
        elif {str(name).lstrip("0") for name in ids[ours]} & {str(name).lstrip("0") for name in ids[theirs]}:
            remedy = "write ids as text in both: in one of them leading zeros are lost"
        else:
            remedy = "give both the same ids"
        raise InputError(
            f"no {what} in common: such as '{ids[ours[0]]}' and '{ids[theirs[0]]}'",
            where=f"{first.where}, {second.where}",
            remedy=remedy,
        )


def _overlap(sides: list[_Side], ids_n: int) -> tuple[Overlap, list[NDArray[np.bool_]]]:
    """Return what one side has no row of at all, and which rows of each hang on what both have."""
    has = [
        [np.bincount(end, minlength=ids_n) > 0 for end in (from_idx, to_idx)] for _, from_idx, to_idx in sides
    ]
    common = [has[0][end] & has[1][end] for end in (0, 1)]
    origins, destinations = (
        (int((has[0][end] & ~common[end]).sum()), int((has[1][end] & ~common[end]).sum())) for end in (0, 1)
    )
    kept = [common[0][from_idx] & common[1][to_idx] for _, from_idx, to_idx in sides]
    alone = (int((~kept[0]).sum()), int((~kept[1]).sum()))
    one, other = (set(matrix.seconds) for matrix, _, _ in sides)
    percentiles = (tuple(sorted(one - other)), tuple(sorted(other - one)))
    return Overlap(origins, destinations, alone, percentiles), kept


def _union(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers that are in either, sorted.

    Sorting what is mostly sorted takes a hundredth of what numpy's own union takes, which hashes.
    """
    either = np.concatenate([first, second])
    either.sort(kind="stable")
    new = np.ones(either.size, dtype=np.bool_)
    new[1:] = np.diff(either) > 0
    return either[new]


def _refuse_doubles(matrix: LongMatrix, key: NDArray[np.int64], ids: NDArray[np.object_]) -> None:
    """Raise InputError where a pair has two rows."""
    order = np.argsort(key, kind="stable")
    again = order[1:][np.diff(key[order]) == 0]
    if not again.size:
        return
    row = int(again.min())
    first_row = 1 if matrix.where.lower().endswith(".parquet") else 2
    several = f"; it has a row for each {matrix.several}" if matrix.several else ""
    raise InputError(
        f"'{ids[key[row] // ids.size]}' to '{ids[key[row] % ids.size]}' is there twice "
        f"({again.size:,} such rows){several}",
        where=f"{matrix.where}, row {row + first_row}",
        remedy="give each pair one row, such as the median over the departures",
    )
