"""Tables of a GTFS zip as text: each cell as it stands, without outer blanks; nothing is taken for a number.

So stops called ``NA``, ``null`` or ``007`` stay what they are; only an empty cell is missing. gtfs-kit reads
the same, which a test holds cell by cell, but takes such ids for missing without a word, and can't open a
feed with one odd cell in a column that nobody asks for, a row too long or a table in Windows-1252.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ptreach.errors import InputError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.model import FloatArray

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# For each table the columns that it must have, and those that are read where there are any.
_COLUMNS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "agency": ((), ("agency_id", "agency_name", "agency_timezone")),
    "stops": (("stop_id", "stop_lat", "stop_lon"), ("stop_name", "parent_station")),
    "routes": (("route_id",), ("agency_id", "route_short_name", "route_long_name", "route_type")),
    "trips": (("trip_id", "route_id", "service_id"), ("block_id",)),
    "stop_times": (
        ("trip_id", "stop_id", "stop_sequence"),
        ("arrival_time", "departure_time", "pickup_type", "drop_off_type"),
    ),
    "calendar": (("service_id", *_WEEKDAYS, "start_date", "end_date"), ()),
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
_NEEDED: Final = ("stops", "routes", "trips", "stop_times")
# A zip of timetables shrinks ten- to thirtyfold; one that unpacks to more than this is a trap or a mistake.
_MAX_UNPACKED_BYTES: Final = 8_000_000_000
_ENCODINGS: Final = ("utf-8", "cp1252")
_FAULTS: Final = (
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    pa.ArrowException,
)


def read_tables(path: Path, repairs: Counter[str]) -> dict[str, pd.DataFrame]:
    """Return the tables of a feed by name, as categorical columns of text; tables without rows are left out.

    Rows shorter than their header are filled up with blanks, surplus blanks at a row's end are cut; rows with
    more in them are left out. Both are counted, as are tables that are not UTF-8, read as Windows-1252.

    Raises
    ------
    InputError
        Names the feed and the table that is missing, twice in the zip or unreadable, or the missing column.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path), remedy="check the path, or run ptreach fetch")
    try:
        with zipfile.ZipFile(path) as archive:
            tables = {
                name: _read_table(archive, item, name, f"{path}, {item.filename}", repairs)
                for name, item in _items(archive, path).items()
            }
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(
            f"not readable as a zip: {error}", where=str(path), remedy="fetch the file again"
        ) from error
    for name in _NEEDED:
        if name not in tables or tables[name].empty:
            raise InputError(
                f"{name}.txt is missing or empty", where=str(path), remedy="take a whole GTFS feed"
            )
    return {name: table for name, table in tables.items() if not table.empty}


def _items(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the entries of the tables: those beside stops.txt, which may lie in a folder of the zip."""
    entries = [item for item in archive.infolist() if not item.is_dir()]
    homes = [item.filename[:-9] for item in entries if f"/{item.filename}".endswith("/stops.txt")]
    if not homes:
        inner = next((item.filename for item in entries if item.filename.lower().endswith(".zip")), "")
        raise InputError(
            "stops.txt is missing",
            where=str(path),
            remedy=f"unpack it and take the feeds in it, such as {inner}"
            if inner
            else "take a whole GTFS feed",
        )
    if len(homes) > 1:
        raise InputError(
            f"stops.txt is in it {len(homes)} times", where=str(path), remedy="make a zip of each feed"
        )
    named = [(item.filename.removeprefix(homes[0]).removesuffix(".txt"), item) for item in entries]
    items = {name: item for name, item in named if name in _COLUMNS and item.filename.endswith(".txt")}
    unpacked = sum(item.file_size for item in items.values())
    if unpacked > _MAX_UNPACKED_BYTES:
        raise InputError(
            f"unpacks to {unpacked / 1e9:.0f} GB", where=str(path), remedy="take a feed of the region only"
        )
    return items


def _read_table(
    archive: zipfile.ZipFile, item: zipfile.ZipInfo, name: str, where: str, repairs: Counter[str]
) -> pd.DataFrame:
    """Return a table; raise InputError where it is unreadable, or lacks a column or has it twice."""
    try:
        headers, has_rows = _headers(archive, item)
        if not headers:
            return pd.DataFrame()
        used = _used_columns(headers, name, where)
        if not has_rows:
            return pd.DataFrame(columns=used)
        try:
            table = _read_rows(archive, item, headers, used, _ENCODINGS[0], where, repairs)
        except pa.ArrowInvalid as error:
            if "UTF8" not in str(error):
                raise
            table = _read_rows(archive, item, headers, used, _ENCODINGS[1], where, repairs)
            repairs["tables that are not UTF-8, read as Windows-1252"] += 1
    except _FAULTS as error:
        raise InputError(
            f"not readable: {' '.join(str(error).split()).rstrip('.')}",
            where=where,
            remedy="mend or replace the feed",
        ) from error
    frame = table.to_pandas()
    for column in used:
        _refuse_line_breaks(frame[column].cat.categories, where)
    return pd.DataFrame({column: _stripped(frame[column]) for column in used})


def _headers(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> tuple[list[str], bool]:
    """Return the column names of a table, in lower case, and whether anything follows them."""
    with archive.open(item) as stream, io.TextIOWrapper(stream, "utf-8-sig", errors="replace") as text:
        first = next(csv.reader([text.readline()]), [])
        return [header.strip().lower() for header in first], bool(text.read(1))


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


def _read_rows(
    archive: zipfile.ZipFile,
    item: zipfile.ZipInfo,
    headers: list[str],
    used: list[str],
    encoding: str,
    where: str,
    repairs: Counter[str],
) -> pa.Table:
    """Return the rows of a table, mended where they are shorter or longer than the header."""
    names = [header if header in used else f"{at} unused" for at, header in enumerate(headers)]
    uneven: list[str] = []

    def set_aside(row: arrow_csv.InvalidRow) -> str:
        uneven.append(row.text)
        return "skip"

    kind = pa.dictionary(pa.int32(), pa.string())
    with archive.open(item) as stream:
        table = arrow_csv.read_csv(
            stream,
            # one thread: rows keep their order
            arrow_csv.ReadOptions(use_threads=False, skip_rows=1, column_names=names, encoding=encoding),
            arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=set_aside),
            arrow_csv.ConvertOptions(
                include_columns=used,
                column_types=dict.fromkeys(used, kind),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    if not uneven:
        return table
    mended = _mended(uneven, len(headers), where)
    repairs["rows shorter or longer than their header, mended"] += len(mended)
    repairs["rows longer than their header, left out"] += len(uneven) - len(mended)
    at = [headers.index(column) for column in used]
    columns = [pa.array([row[k] or None for row in mended], pa.string()).cast(kind) for k in at]
    return pa.concat_tables([table, pa.table(columns, names=used)])


def _mended(uneven: list[str], cells_n: int, where: str) -> list[list[str]]:
    """Return rows filled up with blanks or cut by blanks to so many cells, without those that say more."""
    mended = []
    for text in uneven:
        _refuse_line_breaks([text.rstrip("\r\n")], where)
        cells = next(csv.reader([text]), [])
        if not any(cell.strip() for cell in cells[cells_n:]):
            mended.append([*cells, *[""] * cells_n][:cells_n])
    return mended


def _refuse_line_breaks(texts: Iterable[str], where: str) -> None:
    """Raise InputError where a cell holds a line break, which GTFS forbids: a quote swallowed rows."""
    for text in texts:
        if "\n" in text or "\r" in text:
            raise InputError(
                f"a quote is opened and not closed in the same row, at {' '.join(text[:60].split())}",
                where=where,
                remedy="close the quote, or take the line break out",
            )


def _stripped(column: pd.Series[Any]) -> pd.Categorical[Any]:
    """Return a categorical column without outer blanks, missing where nothing is left."""
    codes = column.cat.codes.to_numpy()
    cells = np.array([str(text).strip() for text in column.cat.categories], dtype=object)
    number, texts = pd.factorize(cells)
    number[cells == ""] = -1
    return pd.Categorical.from_codes(np.append(number, -1)[codes].astype(np.int64), pd.Index(texts))


def numbers_of(column: pd.Series[Any]) -> FloatArray:
    """Return a column of text as numbers, NaN where blank or no number."""
    codes, texts = pd.factorize(column)
    values = pd.to_numeric(pd.Series(np.asarray(texts, dtype=object)), errors="coerce").to_numpy(np.float64)
    return np.append(np.where(np.isfinite(values), values, np.nan), np.nan)[codes]


def positions_of(column: pd.Series[Any], ids: pd.Index[Any]) -> NDArray[np.int64]:
    """Return where in `ids` each cell of a column stands, -1 where it is missing or not among them."""
    codes, texts = pd.factorize(column)
    places = ids.get_indexer(pd.Index(np.asarray(texts, dtype=object)))
    return np.append(places, -1)[codes].astype(np.int64)
