"""Tables of a GTFS feed as text: each cell as it stands, without outer blanks; nothing is taken for a number.

So stops called ``NA``, ``null`` or ``007`` stay what they are; only an empty cell is missing. gtfs-kit reads
the same, which a test holds cell by cell, but takes such ids for missing without a word, and can't open a
feed with one odd cell in a column that nobody asks for, a row too long or a table in Windows-1252. It holds
a feed whole: 4.5 GB for 20 million rows of stop_times.txt, of which a nation's feed has some 80 million.
Here tables come in batches of rows, so that none has to fit in memory.
"""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ptreach.errors import InputError
from ptreach.sources.archive import READ_FAULTS
from ptreach.sources.read_ahead import ReadAhead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from ptreach.model import FloatArray
    from ptreach.sources.gtfs_files import FeedFiles
    from ptreach.sources.repairs import FeedLedger

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# For each table the columns that it must have, and those that are read where there are any.
_COLUMNS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "agency": ((), ("agency_id", "agency_name", "agency_url", "agency_timezone")),
    "stops": (("stop_id", "stop_lat", "stop_lon"), ("stop_code", "stop_name", "parent_station")),
    "routes": (
        ("route_id",),
        ("agency_id", "route_short_name", "route_long_name", "route_type", "ptreach_mode"),
    ),
    "trips": (("trip_id", "route_id", "service_id"), ("block_id", "shape_id")),
    "shapes": (("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"), ()),
    "stop_times": (
        ("trip_id", "stop_id", "stop_sequence"),
        ("arrival_time", "departure_time", "pickup_type", "drop_off_type"),
    ),
    "calendar": (("service_id", *WEEKDAYS, "start_date", "end_date"), ()),
    "calendar_dates": (("service_id", "date", "exception_type"), ()),
    "frequencies": (("trip_id", "start_time", "end_time", "headway_secs"), ()),
    "transfers": (
        (),
        (
            "from_stop_id",
            "to_stop_id",
            "transfer_type",
            "min_transfer_time",
            "from_route_id",
            "to_route_id",
            "from_trip_id",
            "to_trip_id",
        ),
    ),
}
# Rows are read by so many bytes at a time: larger batches take no less time, but much more memory.
_BATCH_BYTES: Final = 2 << 20
_MAX_HEADER: Final = 100_000
_DELIMITERS: Final = ",;\t|"
# Each byte a letter: arrow takes any bytes so, and each cell is decoded by itself.
_BYTES: Final = "latin-1"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_FAULTS: Final = (*READ_FAULTS, csv.Error, pa.ArrowException)


class Column(NamedTuple):
    """A column of text: row r says ``texts[codes[r]]``, nothing where the code is -1."""

    codes: NDArray[np.int32]
    texts: list[str]

    def cells(self) -> NDArray[np.object_]:
        """Return the text of each row, None where there is none."""
        texts = np.empty(len(self.texts) + 1, dtype=np.object_)
        texts[:-1] = self.texts
        return texts[self.codes]

    def take(self, values: Sequence[Any] | NDArray[Any], missing: float) -> NDArray[Any]:
        """Return of one value a text the value of each row, `missing` where there is no text."""
        return np.append(np.asarray(values), missing)[self.codes]


Batch = dict[str, Column]


class _Layout(NamedTuple):
    """How a table is written: header in lower case, delimiter, encoding, whether any row follows."""

    headers: list[str]
    delimiter: str
    encoding: str
    has_rows: bool


def read_table(files: FeedFiles, name: str, ledger: FeedLedger) -> pd.DataFrame:
    """Return a whole table, its cells as text or None; without columns where it is absent or empty.

    Raises InputError as `table_batches` does.
    """
    parts: dict[str, list[NDArray[np.object_]]] = {}
    for batch in table_batches(files, name, ledger):
        for column, values in batch.items():
            parts.setdefault(column, []).append(values.cells())
    return pd.DataFrame(
        {column: pd.Series(np.concatenate(cells), dtype=object) for column, cells in parts.items()}
    )


def table_batches(
    files: FeedFiles, name: str, ledger: FeedLedger, only: tuple[str, ...] = ()
) -> Iterator[Batch]:
    """Yield the rows of a table in batches, with the columns that are read, or `only` these.

    Rows shorter than their header are filled up with blanks, surplus blanks at a row's end are cut; rows with
    more in them are left out. Cells that are not UTF-8 are read as Windows-1252. All is noted.

    Raises
    ------
    InputError
        Names the feed and the table that is unreadable, or the missing column.
    """
    if name not in files.tables:
        return
    where = files.where(name)
    try:
        layout = _layout(files, name)
        if not layout.headers:
            return
        used = _used_columns(layout.headers, name, where)
        if not layout.has_rows:
            return
        if not used:  # arrow, asked for no column, would give all of them
            raise InputError(f"no column that {name}.txt has", where=where, remedy="take a whole GTFS feed")
        wanted = [column for column in used if column in (only or used)]
        yield from _batches(files, name, layout, wanted, ledger)
    except _FAULTS as error:
        what = " ".join(str(error).split()).rstrip(".")
        if "straddling" in what:  # arrow's word for a row that does not end within a batch
            what = f"a row is longer than {_BATCH_BYTES >> 20} MB, as where a quote is not closed"
        raise InputError(
            f"not readable: {what}",
            where=where,
            remedy="mend or replace the feed",
        ) from error


def _layout(files: FeedFiles, name: str) -> _Layout:
    """Return how a table is written."""
    with files.open(name) as stream:
        start = stream.peek(3)[:3]
        encoding = "utf-16" if start[:2] in _UTF_16 else "utf-8-sig"
        with io.TextIOWrapper(stream, encoding, errors="replace", newline="") as text:
            first = text.readline(_MAX_HEADER)
            if len(first) == _MAX_HEADER:
                raise InputError(
                    "its first row has no end", where=files.where(name), remedy="mend or replace the feed"
                )
            has_rows = bool(text.read(1))
    return _Layout(*_headers(first, name), encoding if encoding == "utf-16" else _BYTES, has_rows)


def _headers(first: str, name: str) -> tuple[list[str], str]:
    """Return the column names in a table's first row, and the delimiter that makes most sense of it."""
    needed, others = _COLUMNS[name]
    found = []
    for delimiter in _DELIMITERS:
        row = next(csv.reader([first], delimiter=delimiter), [])
        headers = [header.strip().lower() for header in row]
        found.append((len({*needed, *others} & set(headers)), headers, delimiter))
    known, headers, delimiter = max(found, key=lambda item: item[0])
    return (headers, delimiter) if known else (found[0][1], ",")


def _used_columns(headers: list[str], name: str, where: str) -> list[str]:
    """Return the columns of a table that are read."""
    needed, others = _COLUMNS[name]
    for column in needed:
        if column not in headers:
            raise InputError(f"no column {column}", where=where, remedy="take a whole GTFS feed")
    used = [column for column in (*needed, *others) if column in headers]
    for column in used:
        if headers.count(column) > 1:
            raise InputError(
                f"{headers.count(column)} columns {column}", where=where, remedy="take one of them out"
            )
    return used


def _batches(
    files: FeedFiles, name: str, layout: _Layout, used: list[str], ledger: FeedLedger
) -> Iterator[Batch]:
    """Yield the rows of a table that has some, mended where they are shorter or longer than the header."""
    table = files.tables[name].name
    if layout.encoding != _BYTES:
        ledger.note("tables-not-utf-8", 1, table, "is UTF-16", name)
    if layout.delimiter != ",":
        ledger.note("tables-not-in-commas", 1, table, f"cells end in {layout.delimiter!r}", name)
    uneven: list[str] = []

    def set_aside(row: arrow_csv.InvalidRow) -> str:
        uneven.append(row.text)
        return "skip"

    foreign: list[bool] = []

    def mended() -> Iterator[Batch]:
        words = [word.encode(_BYTES) for word in uneven] if layout.encoding == _BYTES else []
        foreign.append(not all(map(_is_utf_8, words)))
        texts = [_decoded(word) for word in words] or uneven
        rows = _mended(texts, layout, files.where(name), table, ledger)
        uneven.clear()
        if rows:
            at = {column: layout.headers.index(column) for column in used}
            yield {column: _from_cells([row[k].strip() for row in rows]) for column, k in at.items()}

    with files.open(name) as stream:
        for rows in _arrow_batches(stream, layout, used, set_aside):
            batch: Batch = {}
            for column, values in zip(used, rows.columns, strict=True):
                batch[column], is_foreign = _column(values, layout.encoding, files.where(name))
                foreign.append(is_foreign)
            if rows.num_rows:
                yield batch
            yield from mended()
        yield from mended()
    ledger.note("tables-not-utf-8", int(any(foreign)), table, "is not UTF-8", name)


def _arrow_batches(
    stream: io.BufferedReader,
    layout: _Layout,
    used: list[str],
    set_aside: Any,  # noqa: ANN401  what arrow calls
) -> Iterator[pa.RecordBatch]:
    """Yield the rows that have as many cells as the header; the others are given to `set_aside`."""
    names = [header if header in used else f"{at} unused" for at, header in enumerate(layout.headers)]
    source = ReadAhead(stream)
    reader = arrow_csv.open_csv(
        pa.PythonFile(source, mode="r"),
        # one thread: rows keep their order
        arrow_csv.ReadOptions(
            use_threads=False,
            block_size=_BATCH_BYTES,
            skip_rows=1,
            column_names=names,
            encoding=layout.encoding,
        ),
        arrow_csv.ParseOptions(
            delimiter=layout.delimiter, newlines_in_values=True, invalid_row_handler=set_aside
        ),
        arrow_csv.ConvertOptions(
            include_columns=used,
            column_types=dict.fromkeys(used, pa.dictionary(pa.int32(), pa.string())),
            null_values=[""],
            strings_can_be_null=True,
        ),
        # what it lets go of is the system's again
        memory_pool=pa.system_memory_pool(),
    )
    try:
        with reader:
            yield from reader
    except BaseException:
        source.stop()
        raise


def _column(values: pa.DictionaryArray, encoding: str, where: str) -> tuple[Column, bool]:
    """Return a column without outer blanks, and whether any of its cells is not UTF-8."""
    codes = values.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    texts: list[str] = values.dictionary.to_pylist()
    odd, beyond_ascii = _oddities(values.dictionary)
    foreign = False
    if beyond_ascii and encoding == _BYTES:
        raw = [text.encode(_BYTES) for text in texts]
        texts = [_decoded(word) for word in raw]
        foreign = any(not _is_utf_8(word) for word in raw)
    if not odd and not beyond_ascii:
        return Column(codes, texts), foreign
    _refuse_line_breaks(texts, where)
    texts = [text.strip() for text in texts]
    number = np.arange(len(texts) + 1, dtype=np.int32)
    number[-1] = -1
    number[[at for at, text in enumerate(texts) if not text]] = -1
    return Column(number[codes], texts), foreign


def _oddities(words: pa.StringArray) -> tuple[bool, bool]:
    """Return whether words may hold a line break or outer blanks, and whether any is beyond ASCII."""
    if not len(words):
        return False, False
    _, starts, data = words.buffers()
    if data is None:
        return True, False
    ends = np.frombuffer(starts, dtype=np.int32)[words.offset : words.offset + len(words) + 1]
    if (np.diff(ends) == 0).any():
        return True, True
    content = np.frombuffer(data, dtype=np.uint8)
    outer = np.concatenate([content[ends[:-1]], content[ends[1:] - 1]])
    inner = content[ends[0] : ends[-1]]
    return bool((outer <= 32).any() or (inner < 32).any()), bool((inner >= 127).any())


def _decoded(word: bytes) -> str:
    """Return a cell as text: UTF-8, else Windows-1252."""
    return word.decode("utf-8" if _is_utf_8(word) else "cp1252")


def _is_utf_8(word: bytes) -> bool:
    """Return whether bytes are UTF-8."""
    try:
        word.decode()
    except UnicodeDecodeError:
        return False
    return True


def _from_cells(cells: Sequence[str]) -> Column:
    """Return a column of cells."""
    number = {text: at for at, text in enumerate(dict.fromkeys(cells)) if text}
    texts = list(dict.fromkeys(cells))
    return Column(np.array([number.get(text, -1) for text in cells], dtype=np.int32), texts)


def _mended(
    uneven: list[str], layout: _Layout, where: str, table: str, ledger: FeedLedger
) -> list[list[str]]:
    """Return rows filled up with blanks or cut by blanks to the header, without those that say more."""
    mended, cells_n = [], len(layout.headers)
    for text in uneven:
        _refuse_line_breaks([text.rstrip("\r\n")], where)
        cells = next(csv.reader([text], delimiter=layout.delimiter), [])
        shown = _cut(text)
        if any(cell.strip() for cell in cells[cells_n:]):
            ledger.note("rows-too-long", 1, table, shown, shown)
        else:
            ledger.note("rows-of-uneven-length", 1, table, shown, shown)
            mended.append([*cells, *[""] * cells_n][:cells_n])
    return mended


def _cut(text: str) -> str:
    """Return the start of a row, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:57]}..."


def _refuse_line_breaks(texts: Iterable[str], where: str) -> None:
    """Raise InputError where a cell holds a line break, which GTFS forbids: a quote swallowed rows."""
    for text in texts:
        if "\n" in text or "\r" in text:
            raise InputError(
                f"a quote is opened and not closed in the same row, at {_cut(text)}",
                where=where,
                remedy="close the quote, or take the line break out",
            )


@lru_cache(maxsize=1 << 16)
def number(text: str | None) -> float:
    """Return a text as a number, NaN where it is none: digits, sign, point and exponent of ASCII only."""
    if text is None or not _NUMBER.fullmatch(text):
        return np.nan
    value = float(text)
    return value if np.isfinite(value) else np.nan


def numbers_of(column: Iterable[str | None]) -> FloatArray:
    """Return a column of text as numbers, NaN where blank or no number."""
    return np.array([number(text) for text in column], dtype=np.float64)


def positions_of(column: Iterable[str | None], ids: Iterable[str]) -> NDArray[np.int64]:
    """Return where in `ids` each cell of a column stands, -1 where it is missing or not among them."""
    places = {name: at for at, name in enumerate(ids)}
    return np.array([places.get(text, -1) for text in column], dtype=np.int64)  # type: ignore[arg-type]


def kept_rows(
    table: pd.DataFrame,
    good: pd.Series[bool] | NDArray[np.bool_],
    rule: str,
    file: str,
    columns: Sequence[str],
    ledger: FeedLedger,
) -> pd.DataFrame:
    """Return the rows that are good; note the others, with the first by the text of some columns."""
    keep = np.asarray(good, dtype=np.bool_)
    if keep.all():
        return table
    faulty = table.loc[~keep, [column for column in columns if column in table]]
    least = min(tuple(cell or "" for cell in row) for row in faulty.itertuples(index=False))
    shown = ", ".join(f"{column} {cell or '(none)'}" for column, cell in zip(faulty, least, strict=True))
    ledger.note(rule, len(faulty), file, shown, least)
    return table[keep]
