"""Geometry as text: paths of SVG in relative whole numbers, which browsers read as they are.

A street of a town takes some 20 letters so, a fifth of what degrees in GeoJSON take.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ptreach.model import FloatArray

TILE_M: Final = 2000.0
"""Width of a tile of lines in metres; what a view shows no part of is not drawn."""

Tile = list[int | str]
"""West, north, east and south of what a tile holds in the sheet's units, and its path."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Whole-number coordinates of a page: units of `unit_m` metres to the right of and below its corner."""

    west_m: float
    north_m: float
    unit_m: float

    def places(self, xy_m: FloatArray) -> NDArray[np.int64]:
        """Return easting and northing in metres as whole units, x to the right and y down, shape (n, 2)."""
        corner_m = np.array([self.west_m, self.north_m])
        places: NDArray[np.int64] = np.rint((xy_m - corner_m) / self.unit_m * [1, -1]).astype(np.int64)
        return places

    def box(self, bounds_m: Sequence[float]) -> list[int]:
        """Return west, south, east and north in metres as left, top, right and bottom in units."""
        (left, bottom), (right, top) = self.places(np.asarray(bounds_m, dtype=np.float64).reshape(2, 2))
        return [int(left), int(top), int(right), int(bottom)]


def area_path(area: BaseGeometry, sheet: Sheet) -> str:
    """Return the path of a polygon's rings or a multipolygon's, to be filled by the even-odd rule.

    Rings of fewer than three places in whole units are left out; the path of an empty area is empty.
    """
    polygons = shapely.get_parts(area)
    rings = shapely.get_rings(polygons[shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON])
    return _text(_kept(rings, sheet, least=4), close=True)


def line_path(lines: BaseGeometry, sheet: Sheet) -> str:
    """Return the path of a line or of several; those that are a point in whole units are left out."""
    return _text(_kept(shapely.get_parts(lines), sheet, least=2), close=False)


def joined_lines(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the lines among the shapes, those of several lines too, joined where just two meet."""
    lines = shapely.get_parts(shapes[shapely.get_dimensions(shapes) == 1])
    joined: NDArray[np.object_] = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    return joined


def line_tiles(lines: NDArray[np.object_], sheet: Sheet, tolerance_m: float) -> list[Tile]:
    """Return lines, simplified by `tolerance_m`, in tiles from the north-west.

    A line lies in the tile of its middle, and all of it does.
    """
    return _tiles(shapely.simplify(lines, tolerance_m), sheet, closed=False)


def area_tiles(areas: NDArray[np.object_], sheet: Sheet, tolerance_m: float) -> list[Tile]:
    """Return polygons, simplified by `tolerance_m`, in tiles as `line_tiles` does lines.

    Polygons smaller than a square of twice `tolerance_m` are left out.
    """
    parts = shapely.simplify(shapely.get_parts(areas), tolerance_m)
    return _tiles(parts[shapely.area(parts) > (2 * tolerance_m) ** 2], sheet, closed=True)


def _tiles(shapes: NDArray[np.object_], sheet: Sheet, *, closed: bool) -> list[Tile]:
    """Return the shapes by the tile of the middle of their bounds."""
    if not len(shapes):
        return []
    bounds_m = shapely.bounds(shapes)
    middle_m = (bounds_m[:, :2] + bounds_m[:, 2:]) / 2
    column = ((middle_m[:, 0] - sheet.west_m) // TILE_M).astype(np.int64)
    row = ((sheet.north_m - middle_m[:, 1]) // TILE_M).astype(np.int64)
    order = np.lexsort((column, row))
    starts = np.flatnonzero(np.diff(row[order]) | np.diff(column[order])) + 1
    tiles: list[Tile] = []
    for members in np.split(order, starts):
        held = shapely.GeometryCollection(list(shapes[members]))
        path = area_path(held, sheet) if closed else line_path(held, sheet)
        if path:
            tiles.append([*sheet.box(held.bounds), path])
    return tiles


def _kept(lines: NDArray[np.object_], sheet: Sheet, *, least: int) -> list[NDArray[np.int64]]:
    """Return the coordinates of each line in whole units, those of `least` points and more."""
    xy_m, index = shapely.get_coordinates(lines, return_index=True)
    xy = sheet.places(xy_m)
    kept = np.ones(len(xy), dtype=np.bool_)
    kept[1:] = (np.diff(index) != 0) | (np.diff(xy, axis=0) != 0).any(axis=1)
    xy, index = xy[kept], index[kept]
    starts = np.flatnonzero(np.diff(index)) + 1
    return [line for line in np.split(xy, starts) if len(line) >= least]


def _text(lines: Sequence[NDArray[np.int64]], *, close: bool) -> str:
    """Return lines as relative moves, each from where the path stands after the one before."""
    x = y = 0
    parts = []
    for line in lines:
        points = line[:-1] if close else line
        steps = np.diff(points, axis=0, prepend=[[x, y]])
        parts.append("m" + " ".join(map(str, steps.ravel().tolist())).replace(" -", "-"))
        x, y = (points[0] if close else points[-1]).tolist()  # closing a ring goes back to its first point
    return "z".join([*parts, ""]) if close else "".join(parts)
