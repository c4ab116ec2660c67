"""Tables as publishers write them: read by header, whatever the order, the case, a BOM or the encoding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from ptreach.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.model import FloatArray

_GEO_SUFFIXES: Final = {".gpkg", ".geojson", ".json", ".shp", ".fgb"}
_LSOA_CODE: Final = re.compile(r"(?:f_)?lsoa(\d\d)_?(?:cd|code)|lsoa code \(20(\d\d)\)")


def plain_header(header: object) -> str:
    """Return a header without BOM and outer blanks, white space collapsed, case folded."""
    return " ".join(str(header).replace("\ufeff", " ").split()).casefold()


def read_table(path: Path) -> pd.DataFrame:
    """Return the rows of a CSV (every cell text), Parquet or geo file (a GeoDataFrame where it has geometry).

    Headers are `plain_header` of those in the file; ``geometry`` is the active geometry.

    Raises
    ------
    InputError
        Where the file is missing, empty, of an unknown kind, not readable, or has a header twice.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path), remedy="check the path")
    suffix = path.suffix.lower()
    if suffix in {".csv", ".txt"}:
        frame = _read_csv(path)
    elif suffix in {".parquet", ".geoparquet"}:
        frame = _read_parquet(path)
    elif suffix in _GEO_SUFFIXES:
        frame = _read_geo(path)
    else:
        raise InputError(
            f"tables of kind '{suffix}' are not read",
            where=str(path),
            remedy="save it as CSV UTF-8, Parquet, GeoPackage, GeoJSON or shapefile",
        )
    if frame.empty:
        raise InputError("the table has no rows", where=str(path), remedy="fetch the file again")
    active = getattr(frame, "_geometry_column_name", None)
    names = ["geometry" if name == active else plain_header(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"the header '{twice[0]}' occurs twice", where=str(path), remedy="rename or drop one"
        )
    frame = frame.rename(columns=dict(zip(frame.columns, names, strict=True)))
    return frame if active is None else frame.set_geometry("geometry")  # type: ignore[operator]


def _read_csv(path: Path) -> pd.DataFrame:
    """Return a CSV with every cell as text; UTF-8 with or without BOM, else Windows' western encoding."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return pd.read_csv(
                path,
                dtype=str,
                keep_default_na=False,
                encoding=encoding,
                skipinitialspace=True,
                index_col=False,
            )
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError, pd.errors.ParserWarning) as error:
            raise InputError(
                f"not readable as CSV: {error}", where=str(path), remedy="fetch the file again"
            ) from error
    raise InputError(
        "the text is neither UTF-8 nor Windows-1252", where=str(path), remedy="save it as CSV UTF-8"
    )


def _read_parquet(path: Path) -> pd.DataFrame:
    """Return a Parquet file, as a GeoDataFrame where its metadata name geometry."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if b"geo" in (pq.read_schema(path).metadata or {}):
            import geopandas as gpd

            frame: pd.DataFrame = gpd.read_parquet(path)
            return frame
        return pd.read_parquet(path)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise InputError(
            f"not readable as Parquet: {error}", where=str(path), remedy="fetch the file again"
        ) from error


def _read_geo(path: Path) -> pd.DataFrame:
    """Return the one layer of a geo file."""
    import pyogrio

    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        if len(layers) != 1:
            raise InputError(
                f"{len(layers)} layers: {', '.join(layers)}",
                where=str(path),
                remedy="keep the one layer that is meant",
            )
        frame: pd.DataFrame = pyogrio.read_dataframe(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise InputError(f"not readable: {error}", where=str(path), remedy="fetch the file again") from error
    return frame


def find_column(frame: pd.DataFrame, pattern: str) -> str | None:
    """Return the first header that `pattern`, a regular expression of plain headers, matches whole.

    None where none does.
    """
    return next((str(name) for name in frame.columns if re.fullmatch(pattern, str(name))), None)


def need_column(frame: pd.DataFrame, pattern: str, header: str, path: Path) -> str:
    """Return as `find_column`; raise InputError that names `header` and the headers found."""
    found = find_column(frame, pattern)
    if found is None:
        raise InputError(
            f"no column '{header}'; found: {_listed(frame)}",
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
            where=f"{path}, row {empty[0] + 1}, {column}",
            remedy="fill in or drop them",
        )
    twice = codes[codes.duplicated()]
    if len(twice):
        raise InputError(
            f"'{twice.iloc[0]}' occurs more than once ({twice.nunique()} such codes)",
            where=f"{path}, {column}",
            remedy="keep one row for each zone",
        )
    return pd.Index(codes.to_list(), name="zone_id")


def _code_column(frame: pd.DataFrame, id_column: str | None, path: Path) -> str:
    """Return the header of the zone codes; raises as `zone_codes` says."""
    if id_column and plain_header(id_column) in frame.columns:
        return plain_header(id_column)
    matches = [(str(name), match) for name in frame.columns if (match := _LSOA_CODE.fullmatch(str(name)))]
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
        f"no column '{wanted}'; found: {_listed(frame)}",
        where=str(path),
        remedy=f"name the column of codes {wanted}",
    )


def texts(cells: pd.Series[Any]) -> pd.Series[str]:
    """Return cells as text, blanks at the ends stripped, NaN where blank."""
    stripped = cells.astype("string").str.strip()
    return pd.Series(stripped.mask(stripped == "").to_numpy(dtype=object, na_value=np.nan), index=cells.index)


def numbers(frame: pd.DataFrame, column: str, path: Path) -> FloatArray:
    """Return a column as float64, shape (rows,); blank is NaN, commas between thousands are read over.

    Raises
    ------
    InputError
        Where a cell is no number, naming file, row and header.
    """
    cells = frame[column]
    if not pd.api.types.is_numeric_dtype(cells):
        cells = texts(cells).str.replace(r"(?<=\d),(?=\d{3}\b)", "", regex=True)
    values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~np.isfinite(values) & cells.notna().to_numpy())
    if wrong.size:
        raise InputError(
            f"'{frame[column].iloc[wrong[0]]}' is no number",
            where=f"{path}, row {wrong[0] + 1}, {column}",
            remedy="correct the cell or leave it blank",
        )
    return np.ascontiguousarray(values)


def _listed(frame: pd.DataFrame) -> str:
    """Return the headers of a table for a message, the first dozen at most."""
    names = [str(name) for name in frame.columns]
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
