"""Geometry as text: paths of SVG in relative whole numbers, which browsers read as they are.

A street of a town takes some 20 letters so, a fifth of what degrees in GeoJSON take.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ptreach.model import FloatArray

TILE_M: Final = 2000.0
"""Width of a tile of lines in metres; what a view shows no part of is not drawn."""

_POWERS: Final = 10 ** np.arange(1, 19)

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


class Moves(NamedTuple):
    """Lines of several paths as moves: a row of ``steps`` a place, relative to where its path stood before.

    Line l has the rows from ``first[l]`` on, and is of the path ``path[l]``, which does not decrease.
    """

    steps: NDArray[np.int64]
    first: NDArray[np.int64]
    path: NDArray[np.int64]
    closed: bool

    def letters(self) -> int:
        """Return how many letters all paths take: signs part numbers where they can, spaces elsewhere."""
        digits = 1 + np.searchsorted(_POWERS, np.abs(self.steps), side="right")
        signs = np.count_nonzero(self.steps[self.first, 0] < 0)  # after the m of its line
        return int(digits.sum()) + self.steps.size + int(signs) + self.closed * self.first.size

    def texts(self, paths_n: int) -> list[str]:
        """Return the path of each, empty where it has no lines."""
        numbers = list(map(str, self.steps.ravel().tolist()))
        ends = [*(2 * self.first).tolist(), len(numbers)]
        end = "z" if self.closed else ""
        lines = [
            f"m{' '.join(numbers[start:stop]).replace(' -', '-')}{end}" for start, stop in pairwise(ends)
        ]
        starts = np.searchsorted(self.path, np.arange(paths_n + 1)).tolist()
        return ["".join(lines[start:stop]) for start, stop in pairwise(starts)]


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """Shapes in tiles from the north-west, before they are written."""

    boxes: list[list[int]]
    moves: Moves

    def written(self) -> list[Tile]:
        """Return the tiles that hold anything."""
        texts = self.moves.texts(len(self.boxes))
        return [[*box, text] for box, text in zip(self.boxes, texts, strict=True) if text]


def area_paths(areas: Sequence[BaseGeometry] | NDArray[np.object_], sheet: Sheet) -> list[str]:
    """Return the path of the rings of each polygon or multipolygon, to be filled by the even-odd rule.

    Rings of fewer than three places in whole units are left out; the path of an empty area is empty.
    """
    return _moves(*_rings(np.asarray(areas, dtype=object)), sheet, closed=True).texts(len(areas))


def line_path(lines: BaseGeometry, sheet: Sheet) -> str:
    """Return the path of a line or of several; those that are a point in whole units are left out."""
    parts = shapely.get_parts(lines)
    return _moves(parts, np.zeros(len(parts), dtype=np.int64), sheet, closed=False).texts(1)[0]


def line_tiles(lines: NDArray[np.object_], sheet: Sheet, tolerance_m: float) -> Tiles:
    """Return lines, simplified by `tolerance_m`, in tiles.

    A line lies in the tile of its middle, and all of it does.
    """
    # To keep a line from crossing itself takes ten times as long; only a ring would vanish without that.
    is_ring = shapely.is_closed(lines)
    simple = shapely.simplify(lines, tolerance_m, preserve_topology=False)
    simple[is_ring] = shapely.simplify(lines[is_ring], tolerance_m)
    return _tiles(simple, sheet, closed=False)


def area_tiles(areas: NDArray[np.object_], sheet: Sheet, tolerance_m: float) -> Tiles:
    """Return polygons, simplified by `tolerance_m`, in tiles as `line_tiles` does lines.

    Polygons smaller than a square of twice `tolerance_m` are left out.
    """
    parts = shapely.simplify(shapely.get_parts(areas), tolerance_m)
    return _tiles(parts[shapely.area(parts) > (2 * tolerance_m) ** 2], sheet, closed=True)


def _tiles(shapes: NDArray[np.object_], sheet: Sheet, *, closed: bool) -> Tiles:
    """Return the shapes by the tile of the middle of their bounds."""
    bounds_m = shapely.bounds(shapes)
    middle_m = (bounds_m[:, :2] + bounds_m[:, 2:]) / 2
    column = ((middle_m[:, 0] - sheet.west_m) // TILE_M).astype(np.int64)
    row = ((sheet.north_m - middle_m[:, 1]) // TILE_M).astype(np.int64)
    order = np.lexsort((column, row))
    is_first = np.r_[True, (np.diff(row[order]) != 0) | (np.diff(column[order]) != 0)][: order.size]
    tile, starts, bounds_m = np.cumsum(is_first) - 1, np.flatnonzero(is_first), bounds_m[order]
    if not starts.size:
        return Tiles([], _moves(shapes, tile, sheet, closed=closed))
    least, most = np.minimum.reduceat(bounds_m, starts), np.maximum.reduceat(bounds_m, starts)
    (left, bottom), (right, top) = sheet.places(least[:, :2]).T, sheet.places(most[:, 2:]).T
    boxes = np.column_stack([left, top, right, bottom]).tolist()
    lines, shape = _rings(shapes[order]) if closed else (shapes[order], np.arange(order.size))
    return Tiles(boxes, _moves(lines, tile[shape], sheet, closed=closed))


def _rings(areas: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the rings of polygons and multipolygons, and which of these each is of."""
    polygons, area = shapely.get_parts(areas, return_index=True)
    is_polygon = shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON
    rings, polygon = shapely.get_rings(polygons[is_polygon], return_index=True)
    return rings, area[is_polygon][polygon].astype(np.int64)


def _moves(lines: NDArray[np.object_], path: NDArray[np.int64], sheet: Sheet, *, closed: bool) -> Moves:
    """Return lines as moves in whole units, the path of each given; those with too few places are left out.

    Closing a ring goes back to its first place, which is not said again.
    """
    xy_m, line = shapely.get_coordinates(lines, return_index=True)
    xy = sheet.places(xy_m)
    is_new = np.r_[True, (np.diff(line) != 0) | (np.diff(xy, axis=0) != 0).any(axis=1)][: len(xy)]
    xy, line = xy[is_new], line[is_new]
    places_n = np.bincount(line, minlength=len(lines))
    is_kept = (places_n >= (4 if closed else 2))[line]
    if closed:
        is_kept &= np.r_[np.diff(line) == 0, False][: line.size]
    xy, line = xy[is_kept], line[is_kept]
    first = np.flatnonzero(np.r_[True, np.diff(line) != 0][: line.size])
    of_path = path[line[first]]
    steps = np.diff(xy, axis=0, prepend=[[0, 0]])
    stands = xy[first[:-1]] if closed else xy[first[1:] - 1]
    steps[first[1:]] = xy[first[1:]] - np.where((np.diff(of_path) == 0)[:, None], stands, 0)
    return Moves(steps, first, of_path, closed)
