"""Travel-time matrices on disk: one long table, written block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from ptreach.errors import InputError
from ptreach.model import UNREACHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from types import TracebackType

    from ptreach.model import Direction, TravelTimeMatrix

SUFFIXES: Final = (".parquet", ".csv")
_TO_BE_QUOTED: Final = frozenset('",\r\n')


def matrix_suffix(path: Path) -> str:
    """Return the lower-case suffix of a matrix file; raise InputError for others than .parquet and .csv."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            f"'{path.suffix}' is no kind of matrix file",
            where=str(path),
            remedy="end the name in .parquet or .csv",
        )
    return suffix


def long_table(block: TravelTimeMatrix, direction: Direction = "from") -> pa.Table:
    """Return a block as a long table, minutes as float64.

    Columns are ``from_id, to_id`` (string) and ``travel_time_pN`` for each percentile N (minutes = seconds
    / 60, missing where that percentile is not reached). A pair that no percentile reaches has no row. Rows
    come origin by origin, destinations in the block's order. ``from_id`` is always where the journey starts:
    for direction ``to`` that is the block's destination, and ``to_id`` its origin.
    """
    kept = np.nonzero((block.seconds != UNREACHED).any(axis=2))
    origin_id, destination_id = (
        pa.array(ids, type=pa.string()).take(pa.array(idx))
        for ids, idx in zip((block.origin_ids, block.destination_ids), kept, strict=True)
    )
    ends = (origin_id, destination_id) if direction == "from" else (destination_id, origin_id)
    seconds = block.seconds[kept]
    minutes = [pa.array(column / 60.0, mask=column == UNREACHED, type=pa.float64()) for column in seconds.T]
    return pa.Table.from_arrays([*ends, *minutes], schema=_schema(block.percentiles))


def parquet_bytes(block: TravelTimeMatrix, direction: Direction = "from") -> tuple[bytes, int]:
    """Return a block's long table as the bytes of a Parquet file, and its number of rows.

    Compressed with zstd. Minutes stay float64: they take few values, so that the file holds numbers into a
    list of these, and whole seconds would spare two bytes of a hundred.
    """
    table = long_table(block, direction)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes(), int(table.num_rows)


def _schema(percentiles: Sequence[int]) -> pa.Schema:
    """Return the columns of the long table."""
    ends = [pa.field("from_id", pa.string(), nullable=False), pa.field("to_id", pa.string(), nullable=False)]
    return pa.schema([*ends, *(pa.field(f"travel_time_p{p}", pa.float64()) for p in percentiles)])


class MatrixWriter:
    """Write blocks of a travel-time matrix to one long table, in the order they come.

    The columns are those of `long_table`. A ``.parquet`` file has one row group a block (a block without a
    row has none), compressed with zstd; a ``.csv`` file is UTF-8 with plain newlines and empty cells for
    missing minutes. The same blocks give the same bytes. The table grows in ``NAME.part`` beside `path`,
    takes its name when the ``with`` block ends, and is removed if that ends in an error. ``rows`` is the
    number of rows written so far.

    Parameters
    ----------
    path
        File to write; one that is there is replaced.
    percentiles
        Percentiles that every block has, in that order.
    direction
        Direction of the query: it decides which end of a pair is ``from_id``.

    Raises
    ------
    InputError
        Where the suffix is neither .parquet nor .csv, or the file can't be written.
    """

    def __init__(self, path: Path, percentiles: Sequence[int], direction: Direction = "from") -> None:
        self.path = path
        self.percentiles = tuple(percentiles)
        self.direction: Direction = direction
        self.rows = 0
        self._suffix = matrix_suffix(path)
        self._part = path.with_name(f"{path.name}.part")
        self._sink: Any = None
        self._parquet: Any = None

    def __enter__(self) -> Self:
        """Open the file beside `path`."""
        schema = _schema(self.percentiles)
        try:
            self._sink = self._part.open("wb")
        except OSError as error:
            raise _not_writable(self.path, error) from error
        if self._suffix == ".parquet":
            self._parquet = pq.ParquetWriter(self._sink, schema, compression="zstd")
        else:
            self._sink.write(f"{','.join(schema.names)}\n".encode())
        return self

    def write(self, block: TravelTimeMatrix) -> int:
        """Append a block; return the number of rows it has.

        Raises
        ------
        ValueError
            Where the block has other percentiles than the file.
        InputError
            Where the file can't be filled: a full disk.
        """
        if block.percentiles != self.percentiles:
            raise ValueError(f"block of percentiles {block.percentiles} for a file of {self.percentiles}")
        table = long_table(block, self.direction)
        if table.num_rows:
            try:
                self._append(table, (*block.origin_ids, *block.destination_ids))
            except OSError as error:
                raise _not_writable(self.path, error) from error
        self.rows += table.num_rows
        return int(table.num_rows)

    def _append(self, table: pa.Table, ids: Iterable[str]) -> None:
        """Add rows to the open file; CSV cells are quoted only where an id asks for it."""
        if self._parquet is not None:
            self._parquet.write_table(table, row_group_size=table.num_rows)
            return
        quoted = any(not _TO_BE_QUOTED.isdisjoint(name) for name in ids)
        options = pa_csv.WriteOptions(include_header=False, quoting_style="needed" if quoted else "none")
        pa_csv.write_csv(table, self._sink, options)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file; give it its name, or remove it where an error is under way."""
        try:
            if self._parquet is not None:
                self._parquet.close()
            self._sink.close()
            if kind is None:
                self._part.replace(self.path)
        except OSError as fault:
            if kind is None:
                raise _not_writable(self.path, fault) from fault
            raise
        finally:
            self._sink.close()
            self._part.unlink(missing_ok=True)


def _not_writable(path: Path, error: OSError) -> InputError:
    """Return the error for a file that can't be opened, filled or replaced."""
    return InputError(
        f"can't be written: {error.strerror or error}",
        where=str(path),
        remedy="make room, close the program that has it open, or write to another folder",
    )
