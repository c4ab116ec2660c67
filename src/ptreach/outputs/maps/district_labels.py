"""Names of districts on a map: each in its own district, else where no other that is named is covered.

The map is cut into cells of a few pixels. For each label, every place of its box on them is weighed at once:
none may lie over another district that is named, over a label or the foot of a leader; of those left, the
best is near what it names, hides little of it, and lies on the sea rather than on land.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

from ptreach.outputs.maps.labels import widest_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ptreach.outputs.maps.labels import Labels
    from ptreach.outputs.maps.view import Bounds

CELL_PX: Final = 4.0
BOX_PAD_EM: Final = 0.22
"""Room between letters and the edge of their white box, in heights of letters."""
CLEAR_PT: Final = 2.5
"""Room kept around a box beside what `DistrictName` asks for."""
FOOT_PT: Final = 5.0
"""Room kept around the foot of a leader."""
BOX: Final = {"boxstyle": f"round,pad={BOX_PAD_EM}", "facecolor": "white", "edgecolor": "none"}
BESIDE_PX: Final = 40.0
"""How much farther a label may be from what it names to lie inside it, and need no leader."""
ON_LAND_PX: Final = 60.0
HIDING_PX: Final = 400.0
"""How much farther it may be to lie on the sea and not on unnamed land, and to hide none of its own."""
TRIES: Final = 2_000
"""Places of a label that are looked at for what its leader crosses, the best first."""
MOST_LEAD_PX: Final = 130.0
"""Longest leader: a longer one is harder to follow than the name beside the bar is to find."""


class DistrictName(NamedTuple):
    """What is written of a district, and how: in the first form that fits in it, else beside it.

    A form is words, such as the same in more and shorter lines, and their size in points. `outline_pt` is the
    width of the outline that they keep off. A name that `must` be is written with a leader of any length, or
    where nothing else will do on what it names.
    """

    forms: Sequence[tuple[str, float]]
    area: BaseGeometry
    weight: str
    outline_pt: float
    must: bool


class _Cells(NamedTuple):
    """The map in cells, rows from the foot up: whose each is, whether land, whether a label has taken it."""

    owner: NDArray[np.int64]
    land: NDArray[np.bool_]
    taken: NDArray[np.bool_]


class _Place(NamedTuple):
    """Where a label may stand: its centre in pixels from the map's corner, and whether it needs a leader."""

    x_px: float
    y_px: float
    leads: bool


def name_districts(
    axes: Axes, labels: Labels, view: Bounds, names: Sequence[DistrictName], land: Sequence[BaseGeometry]
) -> list[str]:
    """Write the names on a map in metres that shows `view`; return the words there was no room for.

    `land` has what lies in view, the areas of the names among it.
    """
    cells = _cells(axes, view, names, land)
    left_out = []
    for index, name in enumerate(names):
        foot_m = next(iter(widest_places(shapely.intersection(name.area, shapely.box(*view)), limit=1)), None)
        if foot_m is None or not _write(axes, labels, cells, index, name, foot_m[:2]):
            left_out.append(name.forms[0][0])
    return left_out


def _cells(axes: Axes, view: Bounds, names: Sequence[DistrictName], land: Sequence[BaseGeometry]) -> _Cells:
    """Return the map in cells, none of them taken."""
    columns, rows = (int(size / CELL_PX) for size in (axes.bbox.width, axes.bbox.height))
    x_m = view[0] + (np.arange(columns) + 0.5) / columns * (view[2] - view[0])
    y_m = view[1] + (np.arange(rows) + 0.5) / rows * (view[3] - view[1])
    pixel_m = (view[2] - view[0]) / axes.bbox.width
    owner = np.full((rows, columns), -1, dtype=np.int64)
    for index, name in enumerate(names):
        part, inside = _within(name.area, x_m, y_m, pixel_m)
        owner[part][inside] = index
    on_land = owner >= 0
    named = {name.area for name in names}
    for area in land:
        if area not in named:
            part, inside = _within(area, x_m, y_m, pixel_m)
            on_land[part] |= inside
    return _Cells(owner, on_land, np.zeros((rows, columns), dtype=np.bool_))


def _within(
    area: BaseGeometry, x_m: NDArray[np.float64], y_m: NDArray[np.float64], pixel_m: float
) -> tuple[tuple[slice, slice], NDArray[np.bool_]]:
    """Return the rows and columns of the cells about an area, and which of them have their middle in it."""
    simple = shapely.simplify(area, pixel_m)
    shapely.prepare(simple)
    west, south, east, north = shapely.bounds(simple)
    part = (slice(*np.searchsorted(y_m, (south, north))), slice(*np.searchsorted(x_m, (west, east))))
    grid = np.meshgrid(x_m[part[1]], y_m[part[0]])
    return part, np.asarray(shapely.contains_xy(simple, *grid), dtype=np.bool_)


def _write(
    axes: Axes, labels: Labels, cells: _Cells, index: int, name: DistrictName, foot_m: tuple[float, float]
) -> bool:
    """Write a name at its best place, if there is one, and take up the room; return whether there was."""
    style: dict[str, Any] = {"fontweight": name.weight, "linespacing": 1.15, "bbox": BOX}
    label = labels.write(name.forms[0][0], *foot_m, size_pt=name.forms[0][1], **style)
    px_per_pt = axes.figure.dpi / 72
    foot_px = np.asarray(axes.transData.transform(foot_m)) - (axes.bbox.x0, axes.bbox.y0)
    place, half_px = None, (0.0, 0.0)
    clear_pt = CLEAR_PT + name.outline_pt / 2
    tries = [(None, clear_pt), (None, 0.0), (MOST_LEAD_PX, clear_pt), *([(np.inf, 0.0)] if name.must else [])]
    for (lead_px, room_pt), (words, size_pt) in itertools.product(tries, name.forms):
        label.set(text=words, fontsize=size_pt)
        extent = label.get_window_extent().padded(BOX_PAD_EM * size_pt * px_per_pt)
        half_px = (extent.width / 2, extent.height / 2)
        place = _best_place(cells, index, extent.padded(room_pt * px_per_pt), foot_px, lead_px)
        if place is not None:
            break
    if place is None and not name.must:
        label.remove()
        return False
    place = place or _Place(float(foot_px[0]), float(foot_px[1]), leads=False)
    label.set_position(((place.x_px - foot_px[0]) / px_per_pt, (place.y_px - foot_px[1]) / px_per_pt))
    _take(cells.taken, place, half_px)
    if place.leads:
        labels.lead(*foot_m, label)
        foot_half = FOOT_PT * px_per_pt
        _take(cells.taken, _Place(float(foot_px[0]), float(foot_px[1]), leads=False), (foot_half, foot_half))
    return True


def _take(taken: NDArray[np.bool_], place: _Place, half_px: tuple[float, float]) -> None:
    """Mark the cells of a box as taken."""
    low_x, high_x = ((place.x_px + side * half_px[0]) / CELL_PX for side in (-1, 1))
    low_y, high_y = ((place.y_px + side * half_px[1]) / CELL_PX for side in (-1, 1))
    rows, columns = taken.shape
    taken[
        max(0, int(low_y)) : min(rows, int(np.ceil(high_y))),
        max(0, int(low_x)) : min(columns, int(np.ceil(high_x))),
    ] = True


def _best_place(
    cells: _Cells, index: int, box_px: Bbox, foot_px: NDArray[np.float64], most_lead_px: float | None
) -> _Place | None:
    """Return where a box of this size had best stand to name the district of this number, None if nowhere.

    Its leader, at most so long, goes through no label and no other district that is named; None for a length
    asks for a place inside the district.
    """
    rows, columns = (int(np.ceil(size / CELL_PX)) for size in (box_px.height, box_px.width))
    if rows > cells.owner.shape[0] or columns > cells.owner.shape[1]:
        return None
    mine = cells.owner == index
    others = (cells.owner >= 0) & ~mine
    own = _sums(mine, rows, columns)
    y_px = (np.arange(own.shape[0]) + rows / 2)[:, None] * CELL_PX
    x_px = (np.arange(own.shape[1]) + columns / 2)[None, :] * CELL_PX
    away = np.hypot(x_px - foot_px[0], y_px - foot_px[1])
    unnamed = _sums(cells.land & ~mine, rows, columns) / (rows * columns)
    hidden = own / max(int(mine.sum()), 1)
    inside = own == rows * columns
    cost = away + HIDING_PX * hidden + np.where(inside, 0.0, BESIDE_PX + ON_LAND_PX * unnamed)
    barred = others | cells.taken
    cost[_sums(barred, rows, columns) > 0] = np.inf
    if most_lead_px is None:
        cost[~inside] = np.inf
    ranked = np.argsort(cost, axis=None, kind="stable")[:TRIES]
    ranked = ranked[np.isfinite(cost.ravel()[ranked])]
    half_px = np.array([columns, rows]) / 2 * CELL_PX
    for row, column in zip(*np.unravel_index(ranked, cost.shape), strict=True):
        centre_px = np.array([x_px[0, column], y_px[row, 0]])
        end_px = np.clip(foot_px, centre_px - half_px, centre_px + half_px)
        lead_px = 0.0 if inside[row, column] else float(np.hypot(*(end_px - foot_px)))
        if not lead_px or (lead_px <= (most_lead_px or 0) and not _crosses(barred, foot_px, end_px)):
            return _Place(float(centre_px[0]), float(centre_px[1]), leads=lead_px > 0)
    return None


def _sums(flags: NDArray[np.bool_], rows: int, columns: int) -> NDArray[np.int64]:
    """Return how many flags each box of so many rows and columns holds, by its lower left cell."""
    sums = np.zeros((flags.shape[0] + 1, flags.shape[1] + 1), dtype=np.int64)
    sums[1:, 1:] = flags.cumsum(axis=0, dtype=np.int64).cumsum(axis=1)
    upper, lower = sums[rows:], sums[:-rows]
    counts: NDArray[np.int64] = (
        upper[:, columns:] - upper[:, :-columns] - lower[:, columns:] + lower[:, :-columns]
    )
    return counts


def _crosses(barred: NDArray[np.bool_], start_px: NDArray[np.float64], end_px: NDArray[np.float64]) -> bool:
    """Return whether a line goes through a barred cell."""
    steps = max(int(np.hypot(*(end_px - start_px)) / CELL_PX * 2), 1)
    along = start_px + np.linspace(0, 1, steps + 1)[:, None] * (end_px - start_px)
    at = np.clip((along / CELL_PX).astype(int), 0, (barred.shape[1] - 1, barred.shape[0] - 1))
    return bool(barred[at[:, 1], at[:, 0]].any())
