"""Isochrones: contours of a travel-time surface on a metric grid, nested, with their holes.

A node of the grid lies inside the isochrone of a cutoff if, and only if, its travel time is under that
cutoff, so that map and table never disagree. Three things see to that:

- A node that is not reached gets a travel time a little past the last cutoff. The contours of all cutoffs
  then pass, in their order, between it and its reached neighbours, instead of stopping at a hole in the data.
- A node whose time equals a cutoff is moved a quarter of a second past it: it is not within the cutoff, and
  the contour must not touch it. The same margin keeps the contour off nodes a hair below. It is too small to
  change the order of times in whole seconds.
- The grid gets a rim of nodes that are not reached, so that every isochrone closes.

So it is with places whose times are known by themselves, such as zones: the node nearest to each is moved
there and takes its time (`Pins`), unless cells would fold or another place is nearer to the node.

Nesting follows, since all contours are cut from one surface.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from contourpy import FillType, contour_generator
from shapely.geometry import MultiPolygon, Polygon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ptreach.model import FloatArray

BEYOND_MIN: Final = 5.0
"""How far past the last cutoff, in minutes, a node lies that is not reached."""
MARGIN_MIN: Final = 0.25 / 60
"""The least difference in minutes between a node's time and a cutoff."""
_LEAST_TURN: Final = 0.02
"""Least cross product of two sides of a cell that follow each other, where the step is 1; 0: straight on."""


class SurfaceGrid(NamedTuple):
    """A square grid of nodes in metres.

    Node (r, c) lies at ``x0_m + c * step_m``, ``y0_m + r * step_m``; row 0 is the southernmost.
    """

    x0_m: float
    y0_m: float
    step_m: float
    rows: int
    columns: int


class Pins(NamedTuple):
    """Places that the surface must agree with: metres, shape (n,), and minutes, NaN where not reached."""

    x_m: FloatArray
    y_m: FloatArray
    minutes: FloatArray


def surface_grid(bounds_m: tuple[float, float, float, float], step_m: float = 100.0) -> SurfaceGrid:
    """Return the grid in metres that covers `bounds_m` and one node more on each side.

    Nodes lie at multiples of `step_m`, so that grids of neighbouring towns fall together.

    Parameters
    ----------
    bounds_m
        West, south, east, north.
    step_m
        Distance between neighbouring nodes.
    """
    west, south, east, north = bounds_m
    first_column, first_row = math.floor(west / step_m) - 1, math.floor(south / step_m) - 1
    last_column, last_row = math.ceil(east / step_m) + 1, math.ceil(north / step_m) + 1
    return SurfaceGrid(
        x0_m=first_column * step_m,
        y0_m=first_row * step_m,
        step_m=step_m,
        rows=last_row - first_row + 1,
        columns=last_column - first_column + 1,
    )


def grid_nodes_m(grid: SurfaceGrid) -> tuple[FloatArray, FloatArray]:
    """Return x and y in metres of all nodes, shape (rows * columns,), row by row from the south-west."""
    x = grid.x0_m + grid.step_m * np.arange(grid.columns)
    y = grid.y0_m + grid.step_m * np.arange(grid.rows)
    return np.tile(x, grid.rows), np.repeat(y, grid.columns)


def minutes_between(minutes: FloatArray, grid: SurfaceGrid, x_m: FloatArray, y_m: FloatArray) -> FloatArray:
    """Return minutes at places between nodes: the mean of the four around each, the nearer the heavier.

    Nodes that are not reached are left out of it; NaN where all four are, and outside the grid.
    """
    column, row = (x_m - grid.x0_m) / grid.step_m, (y_m - grid.y0_m) / grid.step_m
    west, south = np.floor(column).astype(np.int64), np.floor(row).astype(np.int64)
    total, weight = np.zeros(x_m.shape), np.zeros(x_m.shape)
    for up, right in itertools.product((0, 1), repeat=2):
        r, c = south + up, west + right
        inside = (r >= 0) & (r < grid.rows) & (c >= 0) & (c < grid.columns)
        value = np.where(
            inside, minutes[np.clip(r, 0, grid.rows - 1), np.clip(c, 0, grid.columns - 1)], np.nan
        )
        share = (1 - np.abs(column - c)) * (1 - np.abs(row - r)) * ~np.isnan(value)
        total += share * np.nan_to_num(value)
        weight += share
    mean: FloatArray = np.divide(total, weight, out=np.full(x_m.shape, np.nan), where=weight > 0)
    return mean


def contour_isochrones(
    minutes: FloatArray,
    grid: SurfaceGrid,
    cutoffs_min: Sequence[int],
    land: BaseGeometry | None,
    pins: Pins | None = None,
) -> dict[int, MultiPolygon]:
    """Return the area within each cutoff in minutes, by cutoff, ascending.

    Areas are cumulative and nested: that of 15 lies inside that of 30. Holes are kept. Before the cut to
    `land`, a node lies inside an area if and only if its time is under the cutoff.

    Parameters
    ----------
    minutes
        Travel times in minutes at the nodes, float64 of shape (rows, columns), NaN where not reached.
    grid
        The nodes.
    cutoffs_min
        Cutoffs in minutes, ascending whole numbers.
    land
        What the areas are cut to, in the grid's coordinate reference system; None leaves them whole.
    pins
        Places with times of their own, which take the place of the nodes nearest to them.

    Raises
    ------
    ValueError
        Where the shape of `minutes` is not that of the grid.
    """
    if minutes.shape != (grid.rows, grid.columns):
        raise ValueError(f"minutes has shape {minutes.shape}, the grid {(grid.rows, grid.columns)}")
    minutes, x_m, y_m = minutes.copy(), *_rimmed_nodes_m(grid)
    if pins is not None:
        _pin(minutes, x_m, y_m, grid, pins)
    surface = _continuous_surface(minutes, cutoffs_min)
    generator = contour_generator(x=x_m, y=y_m, z=surface, name="serial", fill_type=FillType.OuterOffset)
    areas = {cutoff: _polygons(*generator.filled(-math.inf, float(cutoff))) for cutoff in sorted(cutoffs_min)}
    return areas if land is None else cut_to_land(areas, land)


def cut_to_land(areas: Mapping[int, BaseGeometry], land: BaseGeometry) -> dict[int, MultiPolygon]:
    """Return what lies on land of each area, by its cutoff."""
    shapely.prepare(land)
    return {cutoff: only_polygons(shapely.intersection(area, land)) for cutoff, area in areas.items()}


def only_polygons(geometry: BaseGeometry) -> MultiPolygon:
    """Return the valid polygons of `geometry`; the points and lines in which polygons touch are left out."""
    valid = geometry if geometry.is_valid else shapely.make_valid(geometry)
    parts = shapely.get_parts(shapely.get_parts(valid))  # twice: a collection may hold multipolygons
    return MultiPolygon([part for part in parts if isinstance(part, Polygon) and part.area > 0])


def _rimmed_nodes_m(grid: SurfaceGrid) -> tuple[FloatArray, FloatArray]:
    """Return x and y in metres of the nodes and of a rim around them, shape (rows + 2, columns + 2)."""
    x = grid.x0_m + grid.step_m * np.arange(-1, grid.columns + 1)
    y = grid.y0_m + grid.step_m * np.arange(-1, grid.rows + 1)
    x_m, y_m = np.meshgrid(x, y)
    return x_m, y_m


def _pin(minutes: FloatArray, x_m: FloatArray, y_m: FloatArray, grid: SurfaceGrid, pins: Pins) -> None:
    """Move the nodes nearest to the pins there, and give them their times; `x_m` and `y_m` have a rim.

    Of several pins at one node the nearest is taken, the first of equals. A move by which a cell would no
    longer be convex is taken back, the longest first.
    """
    column = np.rint((pins.x_m - grid.x0_m) / grid.step_m).astype(np.int64)
    row = np.rint((pins.y_m - grid.y0_m) / grid.step_m).astype(np.int64)
    inside = (column >= 0) & (column < grid.columns) & (row >= 0) & (row < grid.rows)
    moved_m = np.hypot(
        pins.x_m - (grid.x0_m + grid.step_m * column), pins.y_m - (grid.y0_m + grid.step_m * row)
    )
    order = np.flatnonzero(inside)[np.argsort(moved_m[inside], kind="stable")]
    _, first = np.unique(row[order] * grid.columns + column[order], return_index=True)
    longest_first = order[np.sort(first)][::-1]
    home_x, home_y = x_m.copy(), y_m.copy()
    at = row + 1, column + 1
    x_m[at[0][longest_first], at[1][longest_first]] = pins.x_m[longest_first]
    y_m[at[0][longest_first], at[1][longest_first]] = pins.y_m[longest_first]
    kept = longest_first
    while (folds := ~_stay_convex(x_m, y_m, at[0][kept], at[1][kept], grid.step_m)).any():
        for pin in kept[folds]:
            node = at[0][pin : pin + 1], at[1][pin : pin + 1]
            if not _stay_convex(x_m, y_m, *node, grid.step_m)[0]:
                x_m[node], y_m[node] = home_x[node], home_y[node]
                kept = kept[kept != pin]  # others may fold now that it has gone back
    minutes[row[kept], column[kept]] = pins.minutes[kept]


def _stay_convex(
    x_m: FloatArray, y_m: FloatArray, row: NDArray[np.int64], column: NDArray[np.int64], step_m: float
) -> NDArray[np.bool_]:
    """Return of which nodes the four cells about each turn left at all their corners, shape (nodes,)."""
    convex = np.ones(row.size, dtype=np.bool_)
    for up, right in itertools.product((-1, 0), repeat=2):
        south, west = row + up, column + right
        corners = [(south, west), (south, west + 1), (south + 1, west + 1), (south + 1, west)]
        x, y = (np.stack([values[corner] for corner in corners]) / step_m for values in (x_m, y_m))
        ahead_x, ahead_y = np.roll(x, -1, axis=0) - x, np.roll(y, -1, axis=0) - y
        turns = ahead_x * np.roll(ahead_y, -1, axis=0) - ahead_y * np.roll(ahead_x, -1, axis=0)
        convex &= turns.min(axis=0) >= _LEAST_TURN
    return convex


def _continuous_surface(minutes: FloatArray, cutoffs_min: Sequence[int]) -> FloatArray:
    """Return minutes without NaN and off every cutoff, with a rim, shape (rows + 2, columns + 2)."""
    beyond = max(cutoffs_min) + BEYOND_MIN
    surface = np.pad(np.nan_to_num(minutes, nan=beyond, posinf=beyond), 1, constant_values=beyond)
    for cutoff in cutoffs_min:
        near = np.abs(surface - cutoff) < MARGIN_MIN
        surface[near] = np.where(surface[near] < cutoff, cutoff - MARGIN_MIN, cutoff + MARGIN_MIN)
    return surface


def _polygons(points: list[FloatArray], offsets: list[np.ndarray]) -> MultiPolygon:
    """Return contourpy's OuterOffset polygons: the first ring of each is its outline, others are holes."""
    return MultiPolygon(
        [
            (xy[ends[0] : ends[1]], [xy[start:end] for start, end in itertools.pairwise(ends[1:])])
            for xy, ends in zip(points, offsets, strict=True)
        ]
    )
