"""Rows of stop_times.txt as numbers: put together in the order of the file, then sorted by trip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ptreach.sources.runs import gathered

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROWS_A_RUN: Final = 4
_LEAST_PIECE: Final = 1 << 16
_LARGEST_PIECE: Final = 1 << 24


class Rows(NamedTuple):
    """Rows of stop_times.txt as numbers, in the order of the file."""

    trip: NDArray[np.int32]
    stop: NDArray[np.int32]
    sequence: NDArray[Any]
    arrival_s: NDArray[np.int32]
    departure_s: NDArray[np.int32]
    board: NDArray[np.bool_]
    alight: NDArray[np.bool_]

    def take(self, rows: Any) -> Rows:  # noqa: ANN401  mask, positions or slice
        """Return some of the rows: a mask, positions or a slice."""
        return Rows(*(column[rows] for column in self))


class Pile:
    """Rows put together in large pieces: small arrays by the thousand leave memory in splinters."""

    def __init__(self) -> None:
        self.size = 0
        self._pieces: list[Rows] = []
        self._used = 0  # of the last piece

    def add(self, rows: Rows) -> None:
        """Add rows at the end."""
        done = 0
        while done < rows.trip.size:
            if not self._pieces or self._is_full(rows):
                self._begin(rows)
            last = self._pieces[-1]
            some = slice(done, done + last.trip.size - self._used)
            n = rows.trip[some].size
            for column, values in zip(last, rows, strict=True):
                column[self._used : self._used + n] = values[some]
            done, self._used, self.size = done + n, self._used + n, self.size + n

    def _is_full(self, rows: Rows) -> bool:
        """Say whether the last piece has no room, or not for such rows."""
        last = self._pieces[-1]
        return self._used == last.trip.size or last.sequence.dtype != rows.sequence.dtype

    def _begin(self, rows: Rows) -> None:
        """Begin a piece, twice as large as the one before."""
        self._close()
        size = 2 * self._pieces[-1].trip.size if self._pieces else _LEAST_PIECE
        size = min(max(size, _LEAST_PIECE), _LARGEST_PIECE)
        self._pieces.append(Rows(*(np.empty(size, dtype=column.dtype) for column in rows)))
        self._used = 0

    def _close(self) -> None:
        """Cut the last piece to what is in it."""
        if self._pieces:
            self._pieces[-1] = self._pieces[-1].take(slice(self._used))

    def taken(self) -> Rows:
        """Return all rows, and let go of them."""
        self._close()
        kinds = (np.int32,) * 5 + (np.bool_,) * 2
        parts = [list(columns) for columns in zip(*self._pieces, strict=True)] or [[] for _ in kinds]
        self._pieces.clear()
        self._used = self.size = 0
        return Rows(*map(_joined, parts, kinds))


def _joined(parts: list[NDArray[Any]], kind: type) -> NDArray[Any]:
    """Return the parts as one; they are let go of."""
    whole = np.concatenate(parts) if parts else np.empty(0, dtype=kind)
    parts.clear()
    return whole


def in_order(rows: Rows) -> Rows:
    """Return rows sorted by trip, then by their place in it, then as they came; `rows` are used up."""
    trip, sequence = rows.trip, rows.sequence
    same = trip[1:] == trip[:-1]
    onward = same & (sequence[1:] >= sequence[:-1])
    if (onward | (trip[1:] > trip[:-1])).all():
        return rows
    if sequence.dtype != np.int32:
        return rows.take(np.lexsort((sequence, trip)))
    # one number to sort by: rows that come in runs are merged, not sorted anew
    starts = np.r_[0, np.flatnonzero(~onward) + 1]
    if starts.size < trip.size // _ROWS_A_RUN:
        ends = np.r_[starts[1:], trip.size] - 1
        order = np.argsort((trip[starts].astype(np.int64) << 32) + sequence[starts], kind="stable")
        before, after = ends[order[:-1]], starts[order[1:]]
        if ((trip[before] < trip[after]) | (sequence[before] < sequence[after])).all():
            for column in rows:
                column[:] = gathered(column, starts[order], (ends - starts + 1)[order])
            return rows
    return rows.take(np.argsort((trip.astype(np.int64) << 32) + sequence, kind="stable"))
