"""Points files: CSV with id, lon and lat, or any geo file of points."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from ptreach.config import BRITAIN
from ptreach.errors import InputError
from ptreach.model import Points
from ptreach.sources.cells import numbers, refuse_negative, texts
from ptreach.sources.columns import find_column, listed, need_column
from ptreach.sources.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.model import FloatArray

_LON: Final = ("lon", "long|lng|longitude")
_LAT: Final = ("lat", "latitude")
_PROJECTED: Final = "eastings?|northings?|x|y|bng_[en]"
# Headers that name codes: lsoa11cd, lad24_code, lsoa code (2021), zone_id, stop_id.
_CODES: Final = r".*(\d\d_?(cd|code)|[_ ]code( \(20\d\d\))?|_id)"
_DEGREES: Final = "give degrees (EPSG:4326), or a geo file, which names its coordinate system"

# Metres of the British National Grid that hold Great Britain.
_GRID_M: Final = ((0.0, 700_000.0), (0.0, 1_300_000.0))

_log = logging.getLogger(__name__)


def read_points(path: Path) -> Points:
    """Return the points of a file, longitude and latitude in degrees.

    A CSV (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252) or a Parquet file without geometry has the
    columns ``id, lon, lat`` in any order and case. A geo file (GeoPackage, GeoJSON, shapefile, GeoParquet …)
    has points in any coordinate system. Where no column is called ``id``, the only one whose name is that of
    codes (``LSOA11CD``, ``zone_id``) is taken, or of several the only one in which no two rows are alike;
    that is logged. Ids are text as it stands, leading zeros included, without blanks at the ends.

    Raises
    ------
    InputError
        Names file, row and field: no column of ids, or several; ids that are blank or occur twice;
        coordinates that are missing, no numbers, swapped, or metres; shapes that are not points; a geo file
        without coordinate system; a file that is missing, empty or not readable. A row is that of a
        spreadsheet, whose header is row 1; in geo and Parquet files rows are counted from 1.
    """
    return points_of(read_table(path), path)


def points_of(table: pd.DataFrame, path: Path) -> Points:
    """Return the points of a table that `read_points` would take from a file.

    Errors name `path`, be it a file or not, and rows by their label in the index.
    """
    ids = _ids(table, path)
    if isinstance(table, gpd.GeoDataFrame):
        lon, lat = _of_shapes(table.geometry, path)
    else:
        lon, lat = _of_columns(table, path)
    _refuse_swapped(lon, lat, table.index, path)
    _refuse_projected(lon, lat, table.index, path)
    return Points.of(ids, lon, lat, where=str(path))


def read_opportunities(path: Path, offers: str) -> tuple[Points, FloatArray]:
    """Return the points of a file, as `read_points`, and the numbers in its column `offers`; ones if empty.

    Raises
    ------
    InputError
        As `read_points`, and where there is no such column, or a number in it is none or negative.
    """
    points = read_points(path)
    if not offers:
        return points, np.ones(len(points))
    table = read_table(path)
    remedy = "name the column of numbers in offers"
    column = need_column(table, re.escape(offers), offers, path, remedy)
    values = numbers(table, column, path)
    refuse_negative(values, table, column, path, "give what the place offers, 0 or more")
    return points, values


def _ids(table: pd.DataFrame, path: Path) -> list[str]:
    """Return the ids; raise InputError for blank and doubled ones."""
    column = _id_column(table, path)
    cells = table[column]
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")  # whole numbers that a blank among them has made decimal
    ids = texts(cells)
    blank = ids.index[ids.isna()]
    if len(blank):
        raise InputError(
            f"{len(blank)} rows have no id" if len(blank) > 1 else "the id is blank",
            where=f"{path}, row {blank[0]}, {column}",
            remedy="give every point an id of its own",
        )
    twice = ids[ids.duplicated()].unique()
    if len(twice):
        rows = [str(row) for row in ids.index[ids == twice[0]]]
        more = f" ({len(twice)} such ids)" if len(twice) > 1 else ""
        raise InputError(
            f"id '{twice[0]}' is in rows {', '.join(rows[:5])}{' …' if len(rows) > 5 else ''}{more}",
            where=f"{path}, {column}",
            remedy="give every point an id of its own",
        )
    return [str(name) for name in ids]


def _id_column(table: pd.DataFrame, path: Path) -> str:
    """Return the header of the ids: ``id``, else the only one of codes, or of these the one without twins."""
    if "id" in table.columns:
        return "id"
    named = [column for column in map(str, table.columns) if find_column(table[[column]], _CODES)]
    # A pack's table of zones has codes of districts too, which many rows share.
    apart = named if len(named) < 2 else [column for column in named if texts(table[column]).is_unique]
    if len(apart) == 1:
        _log.info("%s: no column 'id'; '%s' is taken", path.name, apart[0])
        return apart[0]
    raise InputError(
        f"no column 'id', and {len(named)} that may be meant: {', '.join(named)}"
        if named
        else f"no column 'id'; found: {listed(table)}",
        where=str(path),
        remedy="call the column of ids id",
    )


def _of_columns(table: pd.DataFrame, path: Path) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude of a plain table."""
    lon, lat = (_degrees(table, *names, path) for names in (_LON, _LAT))
    return lon, lat


def _degrees(table: pd.DataFrame, name: str, others: str, path: Path) -> FloatArray:
    """Return a column of degrees; raise InputError where it, or a number in it, is missing."""
    column = find_column(table, name) or find_column(table, others)
    if column is None:
        projected = find_column(table, _PROJECTED) is not None
        raise InputError(
            f"no column '{name}'; found: {listed(table)}",
            where=str(path),
            remedy=_DEGREES if projected else f"call the column {name}, in degrees (EPSG:4326)",
        )
    remedy = "write degrees with a decimal point, such as -1.99686"
    values = numbers(table, column, path, grouped=False, remedy=remedy)
    missing = table.index[np.isnan(values)]
    if len(missing):
        raise InputError(
            "no number" if len(missing) == 1 else f"no number here and in {len(missing) - 1} more rows",
            where=f"{path}, row {missing[0]}, {column}",
            remedy="fill it in, or drop the row",
        )
    return values


def _of_shapes(shapes: gpd.GeoSeries, path: Path) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude of a geo file's points."""
    if shapes.crs is None:
        raise InputError(
            "the file names no coordinate system",
            where=str(path),
            remedy="take a GeoPackage, or add the .prj file",
        )
    geometry = np.array(shapes, dtype=object)
    # Programs that know only layers of several points a row write single ones that way too.
    single = (shapely.get_type_id(geometry) == shapely.GeometryType.MULTIPOINT) & (
        shapely.get_num_geometries(geometry) == 1
    )
    geometry[single] = shapely.get_geometry(geometry[single], 0)
    is_point = (shapely.get_type_id(geometry) == shapely.GeometryType.POINT) & ~shapely.is_empty(geometry)
    wrong = np.flatnonzero(~is_point)
    if wrong.size:
        shape = geometry[wrong[0]]
        what = f"a {shape.geom_type}, no point" if shape is not None and not shape.is_empty else "no place"
        raise InputError(
            what if wrong.size == 1 else f"{what}; {wrong.size} such rows",
            where=f"{path}, row {shapes.index[wrong[0]]}, geometry",
            remedy="give one point a row, such as centroids",
        )
    try:
        degrees = gpd.GeoSeries(geometry, crs=shapes.crs).to_crs("EPSG:4326")
    except pyproj.exceptions.ProjError as error:
        raise InputError(
            f"its coordinate system can't be turned into degrees: {error}",
            where=str(path),
            remedy="save it in EPSG:4326",
        ) from error
    return degrees.x.to_numpy(dtype=np.float64), degrees.y.to_numpy(dtype=np.float64)


def _refuse_swapped(lon: FloatArray, lat: FloatArray, rows: pd.Index[Any], path: Path) -> None:
    """Raise InputError where most points would lie in Great Britain the other way round."""
    swapped = _within(lat, lon, BRITAIN)
    if 2 * swapped.sum() > len(rows):
        first = int(np.argmax(swapped))
        raise InputError(
            f"lon {lon[first]:g}, lat {lat[first]:g} look swapped: the other way round {swapped.sum()} of "
            f"{len(rows)} points lie in Great Britain",
            where=f"{path}, row {rows[first]}, lon and lat",
            remedy="swap the two",
        )


def _refuse_projected(lon: FloatArray, lat: FloatArray, rows: pd.Index[Any], path: Path) -> None:
    """Raise InputError for the first point that is not in degrees."""
    bad = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    if not bad.any():
        return
    first = int(np.argmax(bad))
    on_grid = 2 * (bad & _within(lon, lat, _GRID_M)).sum() > len(rows)
    raise InputError(
        f"lon {lon[first]:.10g}, lat {lat[first]:.10g} are no degrees"
        + ("; they look like British National Grid metres" if on_grid else "")
        + (f" ({bad.sum()} such points)" if bad.sum() > 1 else ""),
        where=f"{path}, row {rows[first]}, lon and lat",
        remedy=_DEGREES,
    )


def _within(
    x: FloatArray, y: FloatArray, box: tuple[tuple[float, float], tuple[float, float]]
) -> NDArray[np.bool_]:
    """Return bool, shape (n,): which points lie in a box of x and y from, to."""
    (x0, x1), (y0, y1) = box
    found: NDArray[np.bool_] = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
    return found
