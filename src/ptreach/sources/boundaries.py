"""Boundaries of zones: valid polygons by code, in EPSG:27700."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from ptreach.errors import InputError
from ptreach.sources.tables import read_table, zone_codes

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

CRS: Final = "EPSG:27700"

_log = logging.getLogger(__name__)


def read_boundaries(
    path: Path, id_column: str, bounds_m: tuple[float, float, float, float] | None = None
) -> gpd.GeoDataFrame:
    """Return polygons by zone: index ``zone_id``, columns ``geometry`` (EPSG:27700) and ``inside``.

    Parameters
    ----------
    path, id_column
        The file and its column of codes.
    bounds_m
        xmin, ymin, xmax, ymax in EPSG:27700: ``inside`` (bool) is whether the polygon meets this box; true
        for all if None. Polygons that are inside are made valid; the others are as they came.

    Raises
    ------
    InputError
        Where the file has no polygons, no coordinate system, no column of codes, or a polygon that is
        empty or, mended, has no area.
    """
    table = read_table(path)
    if not isinstance(table, gpd.GeoDataFrame):
        raise InputError(
            "the table has no geometry",
            where=str(path),
            remedy="take boundaries as GeoPackage, GeoJSON or GeoParquet",
        )
    codes = zone_codes(table, id_column, path)
    shapes = in_grid(table.geometry, path)
    kinds = sorted(set(shapes.geom_type.dropna()) - {"Polygon", "MultiPolygon"})
    if kinds:
        raise InputError(
            f"holds a {kinds[0]}, not only polygons", where=str(path), remedy="take boundaries, not points"
        )
    geometry = np.array(shapes, dtype=object)
    # Checking and mending are slow; of a whole country a town needs few.
    inside = np.ones(len(codes), dtype=np.bool_) if bounds_m is None else _overlaps(geometry, bounds_m)
    geometry[inside], mended = mend_polygons(geometry[inside])
    if mended:
        _log.info("%s: %d invalid polygons mended", path.name, mended)
    empty = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    if empty.any():
        raise InputError(
            f"the polygon of {codes[empty][0]} is empty", where=str(path), remedy="take another boundary file"
        )
    if bounds_m is not None:
        inside[inside] = meets_box(geometry[inside], bounds_m)
    return gpd.GeoDataFrame({"inside": inside}, geometry=geometry, index=codes, crs=CRS)


def in_grid(geometry: gpd.GeoSeries, path: Path) -> gpd.GeoSeries:
    """Return geometry in EPSG:27700; raise InputError where the file names no coordinate system."""
    if geometry.crs is None:
        raise InputError(
            "the file names no coordinate system",
            where=str(path),
            remedy="take a GeoPackage, or add the .prj file",
        )
    if geometry.crs.equals(pyproj.CRS(CRS), ignore_axis_order=True):
        return geometry.set_crs(CRS, allow_override=True)
    return geometry.to_crs(CRS)


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
