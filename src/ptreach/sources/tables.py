"""Tables as publishers and users write them: read by header, whatever order, case, separator or encoding."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import logging
import re
import warnings
import zlib
from collections import Counter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd
from shapely.errors import ShapelyError

from ptreach.errors import InputError
from ptreach.sources.columns import listed, plain_header
from ptreach.sources.geo_files import GEO_SUFFIXES, require_plain
from ptreach.sources.workbooks import SUFFIXES as BOOK_SUFFIXES
from ptreach.sources.workbooks import read_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping


TEXT_SUFFIXES: Final = frozenset({".csv", ".tsv", ".txt"})
PARQUET_SUFFIXES: Final = frozenset({".parquet", ".geoparquet"})
_ANY_HEADER: Final = r".*\b(code|cd|id|lsoa\d\dcd|lsoa\d\d_code|geography code)\b.*"
# Tables of England's districts unpack to less than 1 MB, of its small areas to 100 MB.
_MAX_UNPACKED_BYTES: Final = 1_000_000_000

_log = logging.getLogger(__name__)


class Layout(NamedTuple):
    """How a recipe says that a file is to be read.

    ``headers`` gives for columns of ours the header in the file, for files of no publisher that is known;
    ``sheet`` the one of a workbook that is meant, where several could be.
    """

    headers: Mapping[str, str] = MappingProxyType({})
    sheet: str = ""

    def id_column(self, usual: str | None) -> str | None:
        """Return the header of zone codes in a table read with this layout."""
        return "zone_id" if "zone_id" in self.headers else usual


PLAIN: Final = Layout()
"""A file is read by its own headers."""


def read_table(path: Path, layout: Layout = PLAIN, header: str = _ANY_HEADER) -> pd.DataFrame:
    """Return the rows of a CSV (every cell text), workbook, Parquet or geo file.

    A file with geometry gives a GeoDataFrame. Headers are `plain_header` of those in the file; ``geometry``
    is the active geometry. Columns that `layout` names come first, under our names. The index says which row
    it is, for messages: of a CSV or sheet as a spreadsheet shows it, of others from 1 on. Rows of a CSV or
    sheet without anything in them are left out. A CSV may be packed by gzip.

    Parameters
    ----------
    path, layout
        The file, and what its recipe says of it.
    header
        Of a workbook, the sheet is read in which a header matches this regular expression.

    Raises
    ------
    InputError
        Where the file is missing, empty, of an unknown kind, not readable or cut, or has a header twice.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path), remedy="check the path")
    suffix = path.suffix.lower()
    if suffix == ".gz" and path.with_suffix("").suffix.lower() in TEXT_SUFFIXES:
        return _mapped(parse_csv(_unpacked(path), path), layout, path)
    if suffix in TEXT_SUFFIXES:
        return _mapped(parse_csv(path.read_bytes(), path), layout, path)
    if suffix in BOOK_SUFFIXES:
        frame = read_sheet(path, "|".join([header, *map(_escaped, layout.headers.values())]), layout.sheet)
    elif suffix in PARQUET_SUFFIXES:
        frame = _read_parquet(path)
    elif suffix in GEO_SUFFIXES:
        frame = _read_geo(path)
    else:
        raise InputError(
            f"tables of kind '{suffix}' are not read",
            where=str(path),
            remedy="save it as CSV UTF-8, xlsx, Parquet, GeoPackage, GeoJSON or shapefile",
        )
    return _mapped(_plain(frame, path), layout, path)


def _escaped(header: str) -> str:
    """Return a header of a recipe as a pattern of plain headers."""
    return re.escape(plain_header(header))


def _mapped(frame: pd.DataFrame, layout: Layout, path: Path) -> pd.DataFrame:
    """Return a table with the columns that its layout names first, under our names."""
    if not layout.headers:
        return frame
    for ours, header in layout.headers.items():
        if plain_header(header) not in frame.columns:
            raise InputError(
                f"no column '{header}', which the recipe takes as {ours}; found: {listed(frame)}",
                where=str(path),
                remedy="correct headers in the recipe",
            )
    named = {name: frame[plain_header(header)] for name, header in layout.headers.items()}
    rest = frame[[name for name in frame.columns if name not in named]]
    for at, (name, cells) in enumerate(named.items()):
        rest.insert(at, name, cells)
    return rest


def _unpacked(path: Path) -> bytes:
    """Return what a gzip file holds; raise InputError where that is damaged, or more than any table."""
    try:
        with gzip.open(path) as stream:
            content = stream.read(_MAX_UNPACKED_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"not readable as gzip: {_first_line(error)}",
            where=str(path),
            remedy="take the whole file again",
        ) from error
    if len(content) > _MAX_UNPACKED_BYTES:
        raise InputError(
            "unpacks to more than 1 GB, far more than a table", where=str(path), remedy="take another file"
        )
    return content


def parse_csv(content: bytes, where: Path | str) -> pd.DataFrame:
    """Return the rows of a CSV's bytes as `read_table` does; `where` names it in messages."""
    return _plain(_read_csv(content, where), where)


def _plain(frame: pd.DataFrame, where: Path | str) -> pd.DataFrame:
    """Return a table under plain headers; raise InputError where it has no rows or a header twice."""
    if not len(frame):
        raise InputError("the table has no rows", where=str(where), remedy="take a file with rows")
    active = getattr(frame, "_geometry_column_name", None)
    names = ["geometry" if name == active else plain_header(name) for name in frame.columns]
    _refuse_doubles(names, where)
    frame = frame.rename(columns=dict(zip(frame.columns, names, strict=True)))
    return frame if active is None else frame.set_geometry("geometry")  # type: ignore[operator]


def _read_csv(content: bytes, where: Path | str) -> pd.DataFrame:
    """Return a CSV with every cell as text; index: the row as a spreadsheet shows it."""
    text = _decoded(content, where).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError("the file is empty", where=str(where), remedy="take a file with a header and rows")
    first = re.sub('"[^"]*"', "", text.split("\n", 1)[0])
    separator = max((",", ";", "\t"), key=first.count)
    try:
        headers = next(csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True))
        _refuse_cut(text, separator, len(headers), where)
    except csv.Error as error:  # such as a cell without end
        raise InputError(
            f"not readable as CSV: {error}", where=str(where), remedy="take the publisher's file as it is"
        ) from error
    named = [plain for header in headers if (plain := plain_header(header))]
    _refuse_doubles(named, where)  # pandas would rename them
    if not named:
        raise InputError(
            "the first row has no header", where=str(where), remedy="put a header on each column"
        )
    try:
        with warnings.catch_warnings():
            # Of rows longer than the header the rest would be dropped, with a warning only.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.StringIO(text),
                sep=separator,
                dtype=str,
                keep_default_na=False,
                skipinitialspace=True,
                skip_blank_lines=False,
                index_col=False,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise InputError(
            f"not readable as CSV: {' '.join(str(error).split()).rstrip('.')}",
            where=str(where),
            remedy="give every row as many cells as the header",
        ) from error
    frame.attrs["separator"] = separator
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    blank = frame.index[frame.iloc[:, 0].fillna("") == ""]
    return frame.drop(index=blank[(frame.loc[blank].fillna("") == "").all(axis=1)])


def _decoded(content: bytes, where: Path | str) -> str:
    """Return the text of a file: UTF-16 where it says so, UTF-8, else Windows' western encoding."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252":
            _log.warning("%s is not UTF-8; it is read as Windows-1252", Path(where).name)
        if "\0" in text:
            break
        return text
    raise InputError("no text, so no CSV", where=str(where), remedy="save it as CSV UTF-8")


def _refuse_cut(text: str, separator: str, width: int, where: Path | str) -> None:
    """Raise InputError where a text ends within a row: no line end, and cells missing."""
    last = text.rsplit("\n", 1)[-1]
    cells = next(csv.reader([last], delimiter=separator), [])
    if 0 < len(cells) < width and last.count('"') % 2 == 0:
        raise InputError(
            f"the last row has {len(cells)} cells of {width}: the file is cut",
            where=str(where),
            remedy="take the whole file",
        )


def _refuse_doubles(headers: list[str], where: Path | str) -> None:
    """Raise InputError where a header occurs twice."""
    twice = sorted(header for header, number in Counter(headers).items() if number > 1)
    if twice:
        raise InputError(
            f"the header '{twice[0]}' occurs twice", where=str(where), remedy="rename or drop one"
        )


def _read_parquet(path: Path) -> pd.DataFrame:
    """Return a Parquet file, as a GeoDataFrame where its metadata name geometry."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if b"geo" in (pq.read_schema(path).metadata or {}):
            import geopandas as gpd

            frame: pd.DataFrame = gpd.read_parquet(path)
        else:
            frame = pd.read_parquet(path)
    except (pa.ArrowException, ValueError, KeyError, OSError) as error:
        raise InputError(
            f"not readable as Parquet: {_first_line(error)}",
            where=str(path),
            remedy="take the whole file again",
        ) from error
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()  # a column that pandas had made the index
    return _numbered(frame)


def _read_geo(path: Path) -> pd.DataFrame:
    """Return the one layer with shapes of a geo file; tables of styles and the like are no layers."""
    import pyogrio

    pyogrio.set_gdal_config_options({"GML_DOWNLOAD_SCHEMA": False})  # nor does a map's file open the network
    try:
        require_plain(path)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
            if len(layers) != 1:
                raise InputError(
                    f"{len(layers)} layers with shapes{': ' if layers else ''}{', '.join(layers)}",
                    where=str(path),
                    remedy="keep the one layer that is meant",
                )
            frame: pd.DataFrame = pyogrio.read_dataframe(path, layer=layers[0])
    except (RuntimeError, ValueError, OSError, ShapelyError) as error:
        raise InputError(
            f"not readable: {_first_line(error)}", where=str(path), remedy="take the whole file again"
        ) from error
    for text in sorted({str(warning.message) for warning in said}):
        _log.warning("%s: %s", path.name, text)
    return _numbered(frame)


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with an index from 1 on."""
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame


def _first_line(error: Exception) -> str:
    """Return what an error of a library says, in one line."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
