"""Two travel-time matrices beside each other: on how many pairs they agree, and by how much they differ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from ptreach.errors import InputError
from ptreach.matrix.store import matrix_suffix

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.model import FloatArray

_COLUMN: Final = re.compile(r"travel_time(?:_p(\d{1,3}))?")
_HALF_SECOND_MIN: Final = 0.5 / 60


class Agreement(NamedTuple):
    """How two matrices agree at one percentile.

    ``reached_alike`` is the share of the pairs reached in either that are reached in both; the other shares
    are of the pairs that both reach. Differences are the second less the first, in seconds.
    """

    percentile: int
    pairs: int
    only_first: int
    only_second: int
    reached_alike: float
    equal: float
    within_60_s: float
    within_90_s: float
    median_difference_s: float
    largest_difference_s: float


class LongMatrix(NamedTuple):
    """A long table: where it is from, pairs of ids, minutes by percentile, NaN where not reached."""

    where: str
    from_id: NDArray[np.object_]
    to_id: NDArray[np.object_]
    minutes: dict[int, FloatArray]


def read_matrix(path: Path) -> LongMatrix:
    """Read a matrix that `MatrixWriter` wrote, or one of r5py's (``travel_time`` then counts as the median).

    Raises
    ------
    InputError
        Where the file is missing, unreadable or lacks columns.
    """
    suffix = matrix_suffix(path)
    if not path.is_file():
        raise InputError("no such file", where=str(path), remedy="check the path")
    ids = {"from_id": pa.string(), "to_id": pa.string()}
    try:
        if suffix == ".parquet":
            table = pq.read_table(path)
        else:
            table = pa_csv.read_csv(path, convert_options=pa_csv.ConvertOptions(column_types=ids))
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"not readable: {' '.join(str(error).split())}", where=str(path), remedy="write the matrix again"
        ) from error
    percentiles = {
        int(match[1] or 50): name for name in table.column_names if (match := _COLUMN.fullmatch(name))
    }
    if not percentiles or not set(ids) <= set(table.column_names):
        raise InputError(
            f"no matrix: its columns are {', '.join(table.column_names)}",
            where=str(path),
            remedy="give a table with from_id, to_id and travel_time_p50",
        )
    from_id, to_id = (table[name].cast(pa.string()).to_numpy(zero_copy_only=False) for name in ids)
    try:
        minutes = {
            percentile: table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
            for percentile, name in sorted(percentiles.items())
        }
    except pa.ArrowInvalid as error:
        raise InputError(
            f"a travel time is no number: {error}", where=str(path), remedy="write the matrix again"
        ) from error
    return LongMatrix(str(path), from_id, to_id, minutes)


def compare_matrices(first: LongMatrix, second: LongMatrix) -> list[Agreement]:
    """Return how two matrices agree, at each percentile that both have.

    A pair without a row is not reached.

    Raises
    ------
    InputError
        Where they have no percentile in common, or one has a pair twice.
    """
    percentiles = sorted(set(first.minutes) & set(second.minutes))
    if not percentiles:
        raise InputError(
            f"no percentile in common: {_listed(first)} and {_listed(second)}",
            where=f"{first.where}, {second.where}",
            remedy="compute both at the same percentiles",
        )
    pairs_n, rows = _joined(first, second)
    return [
        _agreement(percentile, *(_spread(matrix.minutes[percentile], row, pairs_n) for matrix, row in rows))
        for percentile in percentiles
    ]


def _listed(matrix: LongMatrix) -> str:
    """Return the percentiles of a matrix as text."""
    return ", ".join(f"p{percentile}" for percentile in matrix.minutes)


def _joined(first: LongMatrix, second: LongMatrix) -> tuple[int, list[tuple[LongMatrix, NDArray[np.int64]]]]:
    """Return the number of pairs that occur in either, and the number of the pair in each row of each."""
    names = np.concatenate([first.from_id, second.from_id, first.to_id, second.to_id]).astype(str)
    ids, number = np.unique(names, return_inverse=True)
    from_number, to_number = np.split(number.astype(np.int64), 2)
    pairs, pair = np.unique(from_number * ids.size + to_number, return_inverse=True)
    in_first, in_second = np.split(pair.astype(np.int64), [first.from_id.size])
    for matrix, rows in ((first, in_first), (second, in_second)):
        twice = np.flatnonzero(np.bincount(rows, minlength=1) > 1)
        if twice.size:
            row = int(np.flatnonzero(rows == twice[0])[1])
            raise InputError(
                f"'{matrix.from_id[row]}' to '{matrix.to_id[row]}' is there twice ({twice.size} such pairs)",
                where=f"{matrix.where}, row {row + 2}",
                remedy="give each pair one row",
            )
    return pairs.size, [(first, in_first), (second, in_second)]


def _spread(minutes: FloatArray, rows: NDArray[np.int64], pairs_n: int) -> FloatArray:
    """Return minutes by pair, NaN where the matrix has no row."""
    spread = np.full(pairs_n, np.nan)
    spread[rows] = minutes
    return spread


def _agreement(percentile: int, first: FloatArray, second: FloatArray) -> Agreement:
    """Return how two columns of minutes agree."""
    in_first, in_second = ~np.isnan(first), ~np.isnan(second)
    both = in_first & in_second
    apart = second[both] - first[both]
    size = np.abs(apart)
    either_n, both_n = int((in_first | in_second).sum()), int(both.sum())
    return Agreement(
        percentile=percentile,
        pairs=both_n,
        only_first=int((in_first & ~in_second).sum()),
        only_second=int((in_second & ~in_first).sum()),
        reached_alike=both_n / either_n if either_n else 1.0,
        equal=_share(size < _HALF_SECOND_MIN),
        within_60_s=_share(size < 1 + _HALF_SECOND_MIN),
        within_90_s=_share(size < 1.5 + _HALF_SECOND_MIN),
        median_difference_s=round(float(np.median(apart)) * 60, 1) if both_n else 0.0,
        largest_difference_s=round(float(apart[np.argmax(size)]) * 60, 1) if both_n else 0.0,
    )


def _share(holds: NDArray[np.bool_]) -> float:
    """Return the share that holds, 1 of nothing."""
    return float(holds.mean()) if holds.size else 1.0


def agreement_text(agreements: Sequence[Agreement]) -> str:
    """Return agreements as a table of plain text."""
    head = (
        "",
        "pairs",
        "only A",
        "only B",
        "reached alike",
        "equal",
        "<= 60 s",
        "<= 90 s",
        "median",
        "largest",
    )
    rows = [
        (
            f"p{a.percentile}",
            f"{a.pairs:,}",
            f"{a.only_first:,}",
            f"{a.only_second:,}",
            *(f"{share:.2%}" for share in (a.reached_alike, a.equal, a.within_60_s, a.within_90_s)),
            f"{a.median_difference_s:+.0f} s",
            f"{a.largest_difference_s:+.0f} s",
        )
        for a in agreements
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)
    )
