"""Boundaries of zones, districts and regions: valid polygons by code, in EPSG:27700."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from ptreach.errors import InputError
from ptreach.sources.cells import texts
from ptreach.sources.codes import zone_codes
from ptreach.sources.columns import find_column, need_column
from ptreach.sources.once import read_once
from ptreach.sources.tables import PLAIN, read_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from ptreach.sources.tables import Layout

    Shapes = NDArray[np.object_]

CRS: Final = "EPSG:27700"
_DISTRICT: Final = {
    "district_code": r"district_code|(lad|ltla)\d\d_?(cd|code)",
    "district_name": r"district_name|(lad|ltla)\d\d_?(nm|name)",
}
_REGION: Final = {
    "region_code": r"region_code|(rgn|region)\d\d_?(cd|code)",
    "region_name": r"region_name|(rgn|region)\d\d_?(nm|name)",
}

_POLYGONS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)

_log = logging.getLogger(__name__)


def read_boundaries(
    path: Path,
    id_column: str,
    bounds_m: tuple[float, float, float, float] | None = None,
    layout: Layout = PLAIN,
) -> gpd.GeoDataFrame:
    """Return polygons by zone: index ``zone_id``, columns ``zone_name, inside, geometry`` (EPSG:27700).

    Parameters
    ----------
    path, id_column, layout
        The file, its column of codes, and what its recipe says of it. Names are NaN where it has none.
    bounds_m
        xmin, ymin, xmax, ymax in EPSG:27700: ``inside`` (bool) is whether the polygon meets this box; true
        for all if None. Polygons that are inside are made valid; the others are as they came.

    Raises
    ------
    InputError
        Where the file has no polygons, no coordinate system, no column of codes, or a polygon that is
        empty or, mended, has no area.
    """
    found = _read_zones(path, id_column, layout)
    codes, geometry = found.index, np.array(found.geometry, dtype=object)
    # Checking and mending are slow; of a whole country a town needs few.
    inside = np.ones(len(codes), dtype=np.bool_) if bounds_m is None else _overlaps(geometry, bounds_m)
    geometry[inside] = _mended(geometry[inside], path)
    _refuse_empty(geometry, codes, path)
    if bounds_m is not None:
        inside[inside] = meets_box(geometry[inside], bounds_m)
    columns = {"zone_name": found["zone_name"], "inside": inside}
    return gpd.GeoDataFrame(columns, geometry=geometry, index=codes, crs=CRS)


@read_once
def _read_zones(path: Path, id_column: str, layout: Layout) -> gpd.GeoDataFrame:
    """Return polygons in the grid as they came: index ``zone_id``, columns ``zone_name, geometry``."""
    table = _shapes(path, layout)
    codes = zone_codes(table, layout.id_column(id_column), path)
    _refuse_others(table, path)
    name = find_column(table, r"zone_name|lsoa\d\d_?(nm|name)")
    names = texts(table[name]).to_numpy() if name else np.full(len(table), np.nan, dtype=object)
    geometry = np.array(in_grid(table.geometry, path), dtype=object)
    return gpd.GeoDataFrame({"zone_name": names}, geometry=geometry, index=codes, crs=CRS)


def read_districts(path: Path, layout: Layout = PLAIN) -> gpd.GeoDataFrame:
    """Return valid polygons of districts in EPSG:27700, sorted by code.

    Columns ``district_code, district_name, region_code, region_name`` (text; NaN where the file has none) and
    ``geometry``. Raises InputError as `read_boundaries` does.
    """
    return _read_places(path, layout, _DISTRICT | _REGION, "LAD24CD")


def read_regions(path: Path, layout: Layout = PLAIN) -> gpd.GeoDataFrame:
    """Return valid polygons of regions as `read_districts` does: ``region_code, region_name, geometry``."""
    return _read_places(path, layout, _REGION, "RGN24CD")


def _read_places(path: Path, layout: Layout, patterns: dict[str, str], example: str) -> gpd.GeoDataFrame:
    """Return polygons with the columns of `patterns`, the first of which are the codes."""
    table = _shapes(path, layout)
    _refuse_others(table, path)
    first, *others = patterns
    codes = texts(table[need_column(table, patterns[first], example, path)])
    columns: dict[str, pd.Series[str] | NDArray[np.object_]] = {first: codes}
    for name in others:
        header = find_column(table, patterns[name])
        columns[name] = texts(table[header]) if header else np.full(len(table), np.nan, dtype=object)
    lacking = codes.isna() | codes.duplicated()
    if lacking.any():
        raise InputError(
            f"{lacking.sum()} polygons without a code of their own",
            where=f"{path}, row {table.index[lacking][0]}",
            remedy="keep one polygon for each code",
        )
    geometry = _mended(np.array(in_grid(table.geometry, path), dtype=object), path)
    _refuse_empty(geometry, codes.to_numpy(), path)
    frame = gpd.GeoDataFrame(columns, geometry=geometry, crs=CRS)
    return frame.sort_values(first, ignore_index=True)


def _shapes(path: Path, layout: Layout) -> gpd.GeoDataFrame:
    """Return a file that has geometry."""
    table = read_table(path, layout)
    if not isinstance(table, gpd.GeoDataFrame):
        raise InputError(
            "the table has no geometry",
            where=str(path),
            remedy="take boundaries as GeoPackage, GeoJSON or GeoParquet",
        )
    return table


def _refuse_others(table: gpd.GeoDataFrame, path: Path) -> None:
    """Raise InputError where a file has other shapes than polygons."""
    shapes = table.geometry.to_numpy()
    others = ~np.isin(shapely.get_type_id(shapes), _POLYGONS) & ~shapely.is_missing(shapes)
    if others.any():
        raise InputError(
            f"holds a {shapes[others][0].geom_type}, not only polygons",
            where=str(path),
            remedy="take boundaries, not points",
        )


def _mended(geometry: Shapes, path: Path) -> Shapes:
    """Return valid polygons; log how many were not."""
    valid, mended = mend_polygons(geometry)
    if mended:
        _log.info("%s: %d invalid polygons mended", path.name, mended)
    return valid


def _refuse_empty(geometry: Shapes, codes: pd.Index[str] | NDArray[np.object_], path: Path) -> None:
    """Raise InputError where a polygon is missing or has no area."""
    empty = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    if empty.any():
        raise InputError(
            f"the polygon of {codes[empty][0]} is empty", where=str(path), remedy="take another boundary file"
        )


def in_grid(geometry: gpd.GeoSeries, path: Path) -> gpd.GeoSeries:
    """Return geometry in EPSG:27700.

    Raises
    ------
    InputError
        Where the file names no coordinate system, or one in metres for degrees, or in degrees for metres.
    """
    if geometry.crs is None:
        raise InputError(
            "the file names no coordinate system",
            where=str(path),
            remedy="take a GeoPackage, or add the .prj file",
        )
    _check_units(geometry, path)
    if geometry.crs.equals(pyproj.CRS(CRS), ignore_axis_order=True):
        return geometry.set_crs(CRS, allow_override=True)
    return geometry.to_crs(CRS)


def _check_units(geometry: gpd.GeoSeries, path: Path) -> None:
    """Raise InputError where coordinates are not in the unit of their coordinate system."""
    west, south, east, north = geometry.total_bounds
    if np.isnan(west):
        return
    degrees = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    shown = f"from {west:g}, {south:g} to {east:g}, {north:g}"
    if geometry.crs.is_geographic and not degrees:
        raise InputError(
            f"says that its coordinates are degrees, but they are metres ({shown})",
            where=str(path),
            remedy=f"set its coordinate system, such as {CRS}, without converting the coordinates",
        )
    # Far from any town: a square of less than 400 m about the origin of the grid.
    if geometry.crs.is_projected and degrees:
        raise InputError(
            f"says that its coordinates are metres, but they are degrees ({shown})",
            where=str(path),
            remedy="set its coordinate system to EPSG:4326, without converting the coordinates",
        )


def mend_polygons(
    geometry: Shapes,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.object_]], int]:
    """Return valid polygons and how many were invalid; of a mended one only its polygonal parts are kept."""
    shapes = np.array(geometry, dtype=object)
    invalid = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    for i in np.flatnonzero(invalid):
        parts = shapely.get_parts(shapely.make_valid(shapes[i]))
        shapes[i] = shapely.union_all(
            [part for part in parts if part.geom_type in {"Polygon", "MultiPolygon"}]
        )
    return shapes, int(invalid.sum())


def _overlaps(geometry: Shapes, bounds_m: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Return bool, shape (n,): of which shapes the bounds meet the box, so that the shapes may."""
    xmin, ymin, xmax, ymax = shapely.bounds(geometry).T
    found: NDArray[np.bool_] = (
        (xmin <= bounds_m[2]) & (xmax >= bounds_m[0]) & (ymin <= bounds_m[3]) & (ymax >= bounds_m[1])
    )
    return found


def meets_box(geometry: Shapes, bounds_m: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Return bool, shape (n,): which shapes meet the box xmin, ymin, xmax, ymax."""
    window = shapely.box(*bounds_m)
    shapely.prepare(window)
    found: NDArray[np.bool_] = shapely.intersects(window, np.asarray(geometry, dtype=object))
    return found
