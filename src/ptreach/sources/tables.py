"""Tables as publishers and users write them: read by header, whatever order, case, separator or encoding."""

from __future__ import annotations

import codecs
import csv
import io
import logging
import re
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from shapely.errors import ShapelyError

from ptreach.errors import InputError

if TYPE_CHECKING:
    from ptreach.model import FloatArray

TEXT_SUFFIXES: Final = frozenset({".csv", ".tsv", ".txt"})
PARQUET_SUFFIXES: Final = frozenset({".parquet", ".geoparquet"})
GEO_SUFFIXES: Final = frozenset(
    {".gpkg", ".geojson", ".json", ".shp", ".fgb", ".gml", ".kml", ".gpx", ".tab", ".mif", ".zip"}
)
LSOA_CODE: Final = re.compile(r"(?:f_)?lsoa(\d\d)_?(?:cd|code)|lsoa code \(20(\d\d)\)")
"""Headers of LSOA codes; one of the two groups is the edition, ``11`` or ``21``."""

_log = logging.getLogger(__name__)


def plain_header(header: object) -> str:
    """Return a header without BOM and outer blanks, white space collapsed, case folded."""
    return " ".join(str(header).replace("\ufeff", " ").split()).casefold()


def read_table(path: Path) -> pd.DataFrame:
    """Return the rows of a CSV (every cell text), Parquet or geo file (a GeoDataFrame where it has geometry).

    Headers are `plain_header` of those in the file; ``geometry`` is the active geometry. The index says which
    row it is, for messages: of a CSV as a spreadsheet shows it, the header being row 1; of others from 1 on.
    Rows of a CSV without anything in them are left out.

    Raises
    ------
    InputError
        Where the file is missing, empty, of an unknown kind, not readable or cut, or has a header twice.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path), remedy="check the path")
    suffix = path.suffix.lower()
    if suffix in TEXT_SUFFIXES:
        return parse_csv(path.read_bytes(), path)
    if suffix in PARQUET_SUFFIXES:
        frame = _read_parquet(path)
    elif suffix in GEO_SUFFIXES:
        frame = _read_geo(path)
    else:
        raise InputError(
            f"tables of kind '{suffix}' are not read",
            where=str(path),
            remedy="save it as CSV UTF-8, Parquet, GeoPackage, GeoJSON or shapefile",
        )
    return _plain(frame, path)


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

    try:
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


def find_column(frame: pd.DataFrame, pattern: str) -> str | None:
    """Return the first header that `pattern`, a regular expression of plain headers, matches whole.

    None where none does.
    """
    return next((str(name) for name in frame.columns if re.fullmatch(pattern, str(name))), None)


def need_column(frame: pd.DataFrame, pattern: str, header: str, path: Path | str) -> str:
    """Return as `find_column`; raise InputError that names `header` and the headers found."""
    found = find_column(frame, pattern)
    if found is None:
        raise InputError(
            f"no column '{header}'; found: {listed(frame)}",
            where=str(path),
            remedy="take the publisher's file as it is",
        )
    return found


def zone_codes(frame: pd.DataFrame, id_column: str | None, path: Path) -> pd.Index[Any]:
    """Return the zone codes of a table as text, blanks stripped, named ``zone_id``.

    The column is `id_column`, or the one publishers use for the same edition (``LSOA11CD``, ``lsoa11_code``,
    ``LSOA code (2011)``). With `id_column` None any edition will do.

    Raises
    ------
    InputError
        Where there is no such column, or it is of another edition: many codes are the same in both editions
        while the zones are not, so a join would go wrong unseen. Empty and doubled codes too.
    """
    column = _code_column(frame, id_column, path)
    codes = texts(frame[column])
    empty = np.flatnonzero(codes.isna())
    if empty.size:
        raise InputError(
            f"{empty.size} rows without a code",
            where=f"{path}, row {frame.index[empty[0]]}, {column}",
            remedy="fill in or drop them",
        )
    twice = codes[codes.duplicated()]
    if len(twice):
        raise InputError(
            f"'{twice.iloc[0]}' occurs more than once ({twice.nunique()} such codes)",
            where=f"{path}, row {twice.index[0]}, {column}",
            remedy="keep one row for each zone",
        )
    return pd.Index(codes.to_list(), name="zone_id")


def _code_column(frame: pd.DataFrame, id_column: str | None, path: Path) -> str:
    """Return the header of the zone codes; raises as `zone_codes` says."""
    if id_column and plain_header(id_column) in frame.columns:
        return plain_header(id_column)
    matches = [(str(name), match) for name in frame.columns if (match := LSOA_CODE.fullmatch(str(name)))]
    editions = {name: match[1] or match[2] for name, match in matches}
    asked = re.search(r"\d\d", id_column or "")
    for name, year in editions.items():
        if id_column is None or (asked and asked[0] == year):
            return name
    wanted = id_column or "LSOA code"
    if editions:
        name, year = next(iter(editions.items()))
        raise InputError(
            f"holds zones of LSOA 20{year} (column '{name}'), not '{wanted}'",
            where=str(path),
            remedy="take all tables of one edition; editions share codes but not zones",
        )
    raise InputError(
        f"no column '{wanted}'; found: {listed(frame)}",
        where=str(path),
        remedy=f"name the column of codes {wanted}",
    )


def texts(cells: pd.Series[Any]) -> pd.Series[str]:
    """Return cells as text, blanks at the ends stripped, NaN where blank."""
    stripped = cells.astype("string").str.strip()
    return pd.Series(stripped.mask(stripped == "").to_numpy(dtype=object, na_value=np.nan), index=cells.index)


def numbers(
    frame: pd.DataFrame,
    column: str,
    path: Path | str,
    *,
    grouped: bool = True,
    remedy: str = "correct the cell or leave it blank",
) -> FloatArray:
    """Return a column as float64, shape (rows,); blank is NaN.

    Commas between thousands are read over unless `grouped` is false.

    Raises
    ------
    InputError
        Where a cell is no number, naming file, row and header.
    """
    cells = frame[column]
    if not pd.api.types.is_numeric_dtype(cells):
        cells = texts(cells)
        if grouped:
            cells = cells.str.replace(r"(?<=\d),(?=\d{3}\b)", "", regex=True)
    values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~np.isfinite(values) & cells.notna().to_numpy())
    if wrong.size:
        raise InputError(
            f"'{frame[column].iloc[wrong[0]]}' is no number",
            where=f"{path}, row {frame.index[wrong[0]]}, {column}",
            remedy=remedy,
        )
    return np.ascontiguousarray(values)


def listed(frame: pd.DataFrame) -> str:
    """Return the headers of a table for a message, the first dozen at most."""
    names = [str(name) for name in frame.columns]
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
