"""Travel-time matrices of any engine read from disk: Parquet, whole or in parts, or CSV, a row a pair."""

from __future__ import annotations

import codecs
import csv
import logging
import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from ptreach.errors import InputError
from ptreach.matrix.parts import SUFFIX, in_parts, read_parts
from ptreach.matrix.shapes import ASKED, UNIT_WORDS, one_a_row, shape_of
from ptreach.matrix.store import matrix_suffix

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from ptreach.matrix.shapes import Shape, Unit

LONGEST_MIN: Final = 24 * 60
"""No travel time in minutes is longer: more are seconds."""
_CHUNK_BYTES: Final = 1 << 22
_log = logging.getLogger(__name__)


class LongMatrix(NamedTuple):
    """A long table of travel times, pairs in the order of its rows.

    ``ids`` are unique texts; row i is from ``ids[from_idx[i]]`` to ``ids[to_idx[i]]``. ``seconds`` by
    percentile: float32 of shape (rows,), whole seconds, NaN where not reached. ``told`` says what unit the
    file has and how that is known; ``several`` names a column that gives a pair several rows, where there
    is one.
    """

    where: str
    ids: tuple[str, ...]
    from_idx: NDArray[np.int32]
    to_idx: NDArray[np.int32]
    seconds: dict[int, NDArray[np.float32]]
    told: str = ""
    several: str = ""

    @classmethod
    def of(
        cls, where: str, from_id: Iterable[str], to_id: Iterable[str], seconds: Mapping[int, ArrayLike]
    ) -> LongMatrix:
        """Return the matrix of ids and seconds, NaN where not reached."""
        ends = [pa.chunked_array([list(names)], type=pa.string()) for names in (from_id, to_id)]
        columns = {
            p: np.rint(np.asarray(times, dtype=np.float64)).astype(np.float32) for p, times in seconds.items()
        }
        return cls(where, *_numbered(ends), columns)


def read_matrix(path: Path, unit: Unit | None = None) -> LongMatrix:
    """Read a matrix that ptreach, r5py, r5r or TravelTime wrote: see `ptreach.matrix.shapes`.

    Minutes become seconds, rounded to the whole one. ``travel_time`` without a percentile counts as the
    median. A CSV may be UTF-8, UTF-16 or Windows-1252, with commas, semicolons (then with decimal commas too)
    or tabs. Ids are text as it stands, leading zeros included, without blanks at the ends.

    Parameters
    ----------
    path
        A ``.parquet`` or ``.csv``, or a folder of parts, ``.parts``.
    unit
        Unit of its travel times; told by names if None.

    Raises
    ------
    InputError
        Names file, row and field: a file that is missing, unreadable or of another shape; ids that are blank;
        travel times that are no numbers, negative, infinite or can't be minutes.
    """
    parts = in_parts(path)
    suffix = SUFFIX if parts else matrix_suffix(path)
    if not parts and not path.is_file():
        raise InputError("no such file", where=str(path), remedy="check the path")
    try:
        return _read_matrix(path, suffix, unit)
    except (pa.ArrowException, OSError, UnicodeError, csv.Error) as error:
        raise InputError(
            f"not readable: {' '.join(str(error).split())}", where=str(path), remedy="write the matrix again"
        ) from error


def _read_matrix(path: Path, suffix: str, unit: Unit | None) -> LongMatrix:
    """Read a matrix; raises as `read_matrix` does, and what arrow and Python have for damaged files."""
    read = {SUFFIX: _from_parts, ".parquet": _from_parquet}.get(suffix, _from_csv)
    table, shape, headers = read(path, unit)
    if not table.num_rows:
        raise InputError("the table has no rows", where=str(path), remedy="take a matrix with rows")
    first_row = 2 if suffix == ".csv" else 1
    ends = [_ids(table[name], path, name, first_row) for name in (shape.from_id, shape.to_id)]
    hidden = _hidden(table[shape.reachable], path, shape.reachable) if shape.reachable else None
    seconds = {
        percentile: _seconds(table[name], shape, path, name, first_row)
        for percentile, name in shape.times.items()
    }
    if hidden is not None:
        for times in seconds.values():
            times[hidden] = np.nan
    told = f"{UNIT_WORDS[shape.unit]}, {shape.why}"
    return LongMatrix(str(path), *_numbered(ends), seconds, told, one_a_row(headers))


def _from_parts(path: Path, unit: Unit | None) -> tuple[pa.Table, Shape, list[str]]:
    """Return the columns of a folder of parts, its shape and all its headers."""
    table = read_parts(path)
    return table, shape_of(table.column_names, path, unit), table.column_names


def _from_parquet(path: Path, unit: Unit | None) -> tuple[pa.Table, Shape, list[str]]:
    """Return the columns of a Parquet file that matter, its shape and all its headers."""
    headers = [str(name) for name in pq.read_schema(path).names]
    shape = shape_of(headers, path, unit)
    return pq.read_table(path, columns=_wanted(shape)), shape, headers


def _wanted(shape: Shape) -> list[str]:
    """Return the columns to read."""
    return [
        shape.from_id,
        shape.to_id,
        *shape.times.values(),
        *([shape.reachable] if shape.reachable else []),
    ]


def _from_csv(path: Path, unit: Unit | None) -> tuple[pa.Table, Shape, list[str]]:
    """Return the columns of a CSV that matter, its shape and all its headers."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as stream:
        line = stream.readline()
    separator = max((",", ";", "\t"), key=re.sub('"[^"]*"', "", line).count)
    headers = next(csv.reader([line], delimiter=separator), [])
    shape = shape_of(headers, path, unit)
    texts = {name: pa.string() for name in _wanted(shape)}
    numbers = dict.fromkeys(shape.times.values(), pa.float64())
    read = pa_csv.ReadOptions(encoding="utf8" if encoding == "utf-8-sig" else encoding)
    parse = pa_csv.ParseOptions(delimiter=separator)
    wanted = {"include_columns": _wanted(shape), "strings_can_be_null": False}
    try:
        columns = pa_csv.ConvertOptions(column_types=texts | numbers, **wanted)
        return (
            pa_csv.read_csv(path, read_options=read, parse_options=parse, convert_options=columns),
            shape,
            headers,
        )
    except pa.ArrowInvalid:
        # Decimal commas, or a cell that is no number: read as text it can be named
        columns = pa_csv.ConvertOptions(column_types=texts, **wanted)
        table = pa_csv.read_csv(path, read_options=read, parse_options=parse, convert_options=columns)
        return table, shape, headers


def _encoding(path: Path) -> str:
    """Return the encoding of a CSV: UTF-16 where it says so, UTF-8, else Windows' western one."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        start = stream.read(2)
        if start in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        try:
            decoder.decode(start)
            while chunk := stream.read(_CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            _log.warning("%s is not UTF-8; it is read as Windows-1252", path.name)
            return "cp1252"
    return "utf-8-sig"


def _ids(cells: pa.ChunkedArray, path: Path, name: str, first_row: int) -> pa.ChunkedArray:
    """Return a column of ids as text without blanks at the ends; raise InputError for blank ones."""
    if pa.types.is_floating(cells.type):  # whole numbers that a gap among them has made decimal
        whole = pc.fill_null(pc.equal(pc.floor(cells), cells), fill_value=True)
        if not pc.all(whole).as_py():
            raise InputError("an id is a decimal number", where=f"{path}, {name}", remedy="write ids as text")
        cells = cells.cast(pa.int64())
    ids = pc.utf8_trim_whitespace(cells.cast(pa.string()))
    blank = pc.fill_null(pc.equal(ids, ""), fill_value=True)
    if pc.any(blank).as_py():
        row = pc.index(blank, value=True).as_py()
        raise InputError(
            "the id is blank", where=f"{path}, row {row + first_row}, {name}", remedy="fill it in"
        )
    return ids


def _numbered(
    ends: Sequence[pa.ChunkedArray],
) -> tuple[tuple[str, ...], NDArray[np.int32], NDArray[np.int32]]:
    """Return the unique ids of two columns, and the number of each row's in them."""
    coded = [column.combine_chunks().dictionary_encode() for column in ends]
    known = [column.dictionary.to_pylist() for column in coded]
    place = {name: number for number, name in enumerate(dict.fromkeys([*known[0], *known[1]]))}
    from_idx, to_idx = (
        np.array([place[name] for name in names], dtype=np.int32)[
            column.indices.to_numpy(zero_copy_only=False)
        ]
        for names, column in zip(known, coded, strict=True)
    )
    return tuple(place), from_idx, to_idx


def _seconds(
    cells: pa.ChunkedArray, shape: Shape, path: Path, name: str, first_row: int
) -> NDArray[np.float32]:
    """Return a column of travel times in whole seconds, NaN where not reached."""
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        cells = _parsed(cells, path, name, first_row)
    try:
        numbers = cells.cast(pa.float64()).to_numpy()
    except pa.ArrowException as error:
        raise InputError(
            f"travel times of kind {cells.type}", where=f"{path}, {name}", remedy="write them as numbers"
        ) from error
    most = LONGEST_MIN if shape.unit == "min" and shape.why != ASKED else np.inf
    faults = (
        (numbers < 0, "a travel time is negative", "leave the cell empty where a pair is not reached"),
        (np.isinf(numbers), "a travel time is infinite", "leave the cell empty where a pair is not reached"),
        (numbers > most, "minutes are more than a day: they look like seconds", "say --unit s (or a=s, b=s)"),
    )
    for wrong, what, remedy in faults:
        if wrong.any():
            row = int(np.argmax(wrong))
            raise InputError(
                f"{what}: {numbers[row]:g} ({int(wrong.sum()):,} such rows)",
                where=f"{path}, row {row + first_row}, {name}",
                remedy=remedy,
            )
    seconds: NDArray[np.float32] = np.rint(numbers * (60 if shape.unit == "min" else 1)).astype(np.float32)
    return seconds


def _parsed(cells: pa.ChunkedArray, path: Path, name: str, first_row: int) -> pa.ChunkedArray:
    """Return texts as numbers, decimal commas too; raise InputError for the first that is none."""
    texts = pc.replace_substring(pc.utf8_trim_whitespace(cells), ",", ".")
    none = pc.is_in(pc.utf8_lower(texts), pa.array(["", "na", "nan", "null", "none", "n/a", "#n/a"]))
    number = pc.match_substring_regex(texts, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?[iI]nf(inity)?$")
    fine = pc.or_(pc.fill_null(none, fill_value=True), pc.fill_null(number, fill_value=True))
    if not pc.all(fine).as_py():
        row = pc.index(fine, value=False).as_py()
        raise InputError(
            f"a travel time is no number: '{cells[row].as_py()}'",
            where=f"{path}, row {row + first_row}, {name}",
            remedy="write numbers, and leave the cell empty where a pair is not reached",
        )
    return pc.if_else(none, None, texts).cast(pa.float64())


def _hidden(cells: pa.ChunkedArray, path: Path, name: str) -> NDArray[np.bool_]:
    """Return which rows say that they are not reachable."""
    words = pc.utf8_lower(pc.utf8_trim_whitespace(cells.cast(pa.string())))
    known = {"true": False, "1": False, "yes": False, "false": True, "0": True, "no": True}
    odd = sorted(set(pc.unique(words).to_pylist()) - set(known), key=str)
    if odd:
        raise InputError(
            f"'{odd[0]}' is neither true nor false", where=f"{path}, {name}", remedy="write true or false"
        )
    hidden: NDArray[np.bool_] = pc.is_in(
        words, pa.array([word for word, no in known.items() if no])
    ).to_numpy()
    return hidden
