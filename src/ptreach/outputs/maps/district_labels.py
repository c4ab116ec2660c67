"""Names of districts on a map: each in its own district, else where no other that is named is covered.

The map is cut into cells of a few pixels. For each label, every place of its box on them is weighed at once:
none may lie over another district that is named, over a label or the foot of a leader; of those left, the
best is near what it names, hides little of it, and lies on the sea rather than on land.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
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
    areas = [name.area for name in names]
    named = set(areas)
    others = [area for area in land if area not in named]
    ground = _ground(
        tuple(shapely.to_wkb(areas)), tuple(shapely.to_wkb(others)), view, (axes.bbox.width, axes.bbox.height)
    )
    cells = _Cells(ground.owner, ground.land, np.zeros(ground.land.shape, dtype=np.bool_))
    left_out = []
    for index, (name, foot_m) in enumerate(zip(names, ground.feet_m, strict=True)):
        if foot_m is None or not _write(axes, labels, cells, index, name, foot_m):
            left_out.append(name.forms[0][0])
    return left_out


class _Ground(NamedTuple):
    """The map in cells as `_Cells` has it, and where leaders to the names' areas begin, None out of view."""

    owner: NDArray[np.int64]
    land: NDArray[np.bool_]
    feet_m: list[tuple[float, float] | None]


@lru_cache(maxsize=16)
def _ground(
    named: tuple[bytes, ...], others: tuple[bytes, ...], view: Bounds, size_px: tuple[float, float]
) -> _Ground:
    """Return what lies in view, of areas as WKB: it is the same for each measure. It is left as it is."""
    columns, rows = (int(size / CELL_PX) for size in size_px)
    x_m = view[0] + (np.arange(columns) + 0.5) / columns * (view[2] - view[0])
    y_m = view[1] + (np.arange(rows) + 0.5) / rows * (view[3] - view[1])
    pixel_m = (view[2] - view[0]) / size_px[0]
    owner = np.full((rows, columns), -1, dtype=np.int64)
    areas = shapely.from_wkb(named)
    for index, area in enumerate(areas):
        part, inside = _within(area, x_m, y_m, pixel_m)
        owner[part][inside] = index
    on_land = owner >= 0
    for area in shapely.from_wkb(others):
        part, inside = _within(area, x_m, y_m, pixel_m)
        on_land[part] |= inside
    seen = [shapely.intersection(area, shapely.box(*view)) for area in areas]
    widest = [next(iter(widest_places(area, limit=1)), None) for area in seen]
    return _Ground(owner, on_land, [None if place is None else place[:2] for place in widest])


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
    weighed = _Weighed(cells, index, foot_px)
    place, half_px = None, (0.0, 0.0)
    clear_pt = CLEAR_PT + name.outline_pt / 2
    tries = [(None, clear_pt), (None, 0.0), (MOST_LEAD_PX, clear_pt), *([(np.inf, 0.0)] if name.must else [])]
    for (lead_px, room_pt), (words, size_pt) in itertools.product(tries, name.forms):
        label.set(text=words, fontsize=size_pt)
        extent = label.get_window_extent().padded(BOX_PAD_EM * size_pt * px_per_pt)
        half_px = (extent.width / 2, extent.height / 2)
        place = weighed.best(extent.padded(room_pt * px_per_pt), lead_px)
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


class _Ranked(NamedTuple):
    """Places of a box of one size, the best first: centres in pixels, and whether each is in the district."""

    centres_px: NDArray[np.float64]
    inside: NDArray[np.bool_]


class _Weighed:
    """The places of a label that names the district of a number, weighed once for each size of its box."""

    def __init__(self, cells: _Cells, index: int, foot_px: NDArray[np.float64]) -> None:
        mine = cells.owner == index
        self._mine_n = max(int(mine.sum()), 1)
        self._barred = ((cells.owner >= 0) & ~mine) | cells.taken
        self._foot_px = foot_px
        self._of_mine, self._of_unnamed, self._of_barred = (
            _summed(flags) for flags in (mine, cells.land & ~mine, self._barred)
        )
        self._ranked: dict[tuple[int, int, bool], _Ranked] = {}

    def best(self, box_px: Bbox, most_lead_px: float | None) -> _Place | None:
        """Return where a box of this size had best stand, None if nowhere.

        Its leader, at most so long, goes through no label and no other district that is named; None for a
        length asks for a place inside the district.
        """
        rows, columns = (int(np.ceil(size / CELL_PX)) for size in (box_px.height, box_px.width))
        if rows > self._barred.shape[0] or columns > self._barred.shape[1]:
            return None
        within = most_lead_px is None
        key = (rows, columns, within)
        if key not in self._ranked:
            self._ranked[key] = self._rank(rows, columns, within=within)
        half_px = np.array([columns, rows]) / 2 * CELL_PX
        for centre_px, inside in zip(*self._ranked[key], strict=True):
            end_px = np.clip(self._foot_px, centre_px - half_px, centre_px + half_px)
            lead_px = 0.0 if inside else float(np.hypot(*(end_px - self._foot_px)))
            if not lead_px or (
                lead_px <= (most_lead_px or 0) and not _crosses(self._barred, self._foot_px, end_px)
            ):
                return _Place(float(centre_px[0]), float(centre_px[1]), leads=lead_px > 0)
        return None

    def _rank(self, rows: int, columns: int, *, within: bool) -> _Ranked:
        """Weigh all places of a box, or those `within` the district alone."""
        own = _counts(self._of_mine, rows, columns)
        inside = own == rows * columns
        free = _counts(self._of_barred, rows, columns) == 0
        at = np.flatnonzero(free & inside if within else free)
        row, column = np.unravel_index(at, own.shape)
        centres_px = np.stack([column + columns / 2, row + rows / 2], axis=1) * CELL_PX
        cost = np.hypot(*(centres_px - self._foot_px).T)
        cost += HIDING_PX * own.ravel()[at] / self._mine_n
        unnamed = _counts(self._of_unnamed, rows, columns).ravel()[at] / (rows * columns)
        cost += np.where(inside.ravel()[at], 0.0, BESIDE_PX + ON_LAND_PX * unnamed)
        best = np.argsort(cost, kind="stable")[:TRIES]
        return _Ranked(centres_px[best], inside.ravel()[at][best])


def _summed(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many flags are below and to the left of each corner of a cell."""
    sums = np.zeros((flags.shape[0] + 1, flags.shape[1] + 1), dtype=np.int64)
    sums[1:, 1:] = flags.cumsum(axis=0, dtype=np.int64).cumsum(axis=1)
    return sums


def _counts(sums: NDArray[np.int64], rows: int, columns: int) -> NDArray[np.int64]:
    """Return how many flags each box of so many rows and columns holds, by its lower left cell."""
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
