"""Files of statistics as they are downloaded: a table, or a zip of tables of which some are wanted."""

from __future__ import annotations

import csv
import io
import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.errors import InputError
from ptreach.sources.archive import READ_FAULTS, Bounded, TableFile, zip_files
from ptreach.sources.columns import plain_header
from ptreach.sources.contents import WEB_PAGE, fault_of
from ptreach.sources.tables import TEXT_SUFFIXES, parse_csv, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

# The largest tables of small areas are some 60 MB; a text of numbers shrinks five- to twentyfold.
_MAX_BYTES: Final = 500_000_000
_MAX_RATIO: Final = 200
_SMALL_BYTES: Final = 5_000_000
_HEAD_BYTES: Final = 1 << 16
_ZIP_HEAD: Final = b"PK\x03\x04"
_SHAPES: Final = (".shp", ".gpkg", ".geojson", ".json", ".fgb", ".gml", ".kml", ".tab", ".mif")

_log = logging.getLogger(__name__)


class Table(NamedTuple):
    """A table under plain headers, and what names it in messages: the file, with the file in its zip."""

    frame: pd.DataFrame
    where: Path | str


def read_tables(path: Path, wanted: Callable[[Sequence[str], Sequence[str]], bool]) -> list[Table]:
    """Return the tables of a file.

    Of a zip, those text tables are read of which `wanted` says so, given their plain headers and first row;
    the only one in a zip is read in any case.

    Raises
    ------
    InputError
        Where the file is missing, not readable, cut or empty, or none of a zip's tables is wanted.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path), remedy="check the path, or run ptreach fetch")
    if fault_of(path, path.suffix) == WEB_PAGE:
        raise InputError(WEB_PAGE, where=str(path), remedy="fetch the file again")
    with path.open("rb") as stream:
        zipped = stream.read(len(_ZIP_HEAD)) == _ZIP_HEAD
    suffix = path.suffix.lower()
    if suffix != ".zip" and not (zipped and suffix in TEXT_SUFFIXES):
        return [Table(read_table(path), path)]
    with ExitStack() as stack:
        files = zip_files(path, path, stack)
        if any(file.name.lower().endswith(_SHAPES) for file in files):
            return [Table(read_table(path), path)]
        return _tables_of_zip(files, path, wanted)


def _tables_of_zip(
    files: Sequence[TableFile], path: Path, wanted: Callable[[Sequence[str], Sequence[str]], bool]
) -> list[Table]:
    """Return the tables of a zip that are wanted; raises as `read_tables` does."""
    tables = [
        file
        for file in files
        if file.name.lower().endswith(tuple(TEXT_SUFFIXES)) and not _is_hidden(file.name)
    ]
    comma = [file for file in tables if not file.name.lower().endswith(".txt")] or tables
    chosen = [file for file in comma if wanted(*_first_rows(file, path))]
    if not chosen and len(comma) == 1:
        chosen = comma
    if not chosen:
        names = ", ".join(sorted(file.name for file in comma)[:8]) or "no table at all"
        raise InputError(
            f"no table of the zones asked for is in it; it holds {names}",
            where=str(path),
            remedy="take the publisher's zip with the file for LSOAs",
        )
    if len(chosen) < len(comma):
        _log.debug("%s: %s read, %d others not", path.name, chosen[0].name, len(comma) - len(chosen))
    return [
        Table(parse_csv(_content(file, path), f"{path}, {file.name}"), f"{path}, {file.name}")
        for file in sorted(chosen, key=lambda file: file.name)
    ]


def _is_hidden(name: str) -> bool:
    """Say whether a file in a zip is a system's own: ``__MACOSX/._a.csv``."""
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _content(file: TableFile, path: Path, most: int | None = None) -> bytes:
    """Return the bytes of a file in a zip, the first `most` of them if given."""
    where = f"{path}, {file.name}"
    bound = min(_MAX_BYTES, max(_SMALL_BYTES, _MAX_RATIO * file.packed_bytes))
    try:
        with Bounded(file, bound, "unpacks to far more than a table of small areas does", where) as stream:
            return io.BufferedReader(stream, 1 << 20).read(-1 if most is None else most)
    except READ_FAULTS as error:
        raise InputError(
            f"not readable: {' '.join(str(error).split()) or 'it ends too early'}",
            where=where,
            remedy="fetch the file again",
        ) from error


def _first_rows(file: TableFile, path: Path) -> tuple[list[str], list[str]]:
    """Return the plain headers and the first row of a text table in a zip."""
    text = _content(file, path, _HEAD_BYTES).decode("utf-8-sig", errors="replace")
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        headers, first = next(rows, []), next(rows, [])
    except csv.Error:
        return [], []
    return [plain_header(header) for header in headers], first
