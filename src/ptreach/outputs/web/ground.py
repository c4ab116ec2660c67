"""What lies under the map, in as much detail as a page has room for."""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.outputs.web.paths import Sheet, area_tiles, line_tiles

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry import Polygon

    from ptreach.outputs.web.paths import Tile, Tiles

KINDS: Final = ("water", "river", "path", "minor", "major", "rail", "coast")
"""Kinds of the ground in the order they are drawn."""


class Detail(NamedTuple):
    """How truly the ground is drawn, and how many letters it may take."""

    unit_m: float
    without: tuple[str, ...]
    most_letters: int


DETAILS: Final = (
    Detail(2, (), 750_000),
    Detail(4, (), 1_700_000),
    Detail(4, ("path",), 1_700_000),
    Detail(8, ("path",), 1_700_000),
    Detail(8, ("path", "minor"), 1_700_000),
)
"""From the truest; the first that has room is taken, else the last."""


class Ground(NamedTuple):
    """The ground in tiles by kind, the sheet they are drawn on, and the kinds there was no room for."""

    sheet: Sheet
    tiles: dict[str, list[Tile]]
    left_out: tuple[str, ...]


def fitted_ground(ground: gpd.GeoDataFrame, frame: Polygon) -> Ground:
    """Return what of `ground` (columns ``kind, geometry``) touches `frame`, as truly as there is room for.

    The corner of the sheet is the north-west one of `frame`, a rectangle in metres.
    """
    seen = ground.iloc[np.sort(ground.sindex.query(frame, predicate="intersects"))]
    shapes = {kind: seen.geometry[seen["kind"] == kind].to_numpy() for kind in KINDS}
    present = {kind: geometry for kind, geometry in shapes.items() if len(geometry)}
    west_m, _, _, north_m = frame.bounds

    @cache  # details that share a unit share what is drawn in it
    def tiles_of(kind: str, unit_m: float) -> tuple[Tiles, int]:
        tiles = _tiles_of(kind, present[kind], Sheet(west_m, north_m, unit_m))
        return tiles, tiles.moves.letters()

    for detail in DETAILS:
        kinds = [kind for kind in present if kind not in detail.without]
        letters = accumulate(tiles_of(kind, detail.unit_m)[1] for kind in kinds)
        if all(so_far <= detail.most_letters for so_far in letters):  # once over, no more kinds are drawn
            break
    return Ground(
        Sheet(west_m, north_m, detail.unit_m),
        {kind: tiles_of(kind, detail.unit_m)[0].written() for kind in kinds},
        tuple(kind for kind in detail.without if kind in present),
    )


def _tiles_of(kind: str, shapes: NDArray[np.object_], sheet: Sheet) -> Tiles:
    """Return the tiles of a kind; footpaths, which are drawn thin, need less truth than roads."""
    if kind == "water":
        return area_tiles(shapes, sheet, 3 * sheet.unit_m)
    return line_tiles(shapes, sheet, (2 if kind == "path" else 1) * sheet.unit_m)
