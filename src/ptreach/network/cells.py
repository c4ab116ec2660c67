"""A grid over street segments, in which the nearest is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.network.compiled import njit
from ptreach.network.segments import NONE, apart_squared, comes_first

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.segments import Edges, Reach, Segments

CELL_LAT_E7: Final = 18_000
CELL_LON_E7: Final = 26_000
"""Cells of about 200 by 180 m in Britain: a search within 300 m sees some 20 of them."""
_CUT_OFF_E7: Final = 2.0
"""Coordinates that lose their fractions may seem nearer by so much."""


class Cells(NamedTuple):
    """Which segments may lie in each cell of a grid: ``items[start[c]:start[c + 1]]``.

    Cell (row, column) has the number row * columns + column; row 0 begins at ``lat0``.
    """

    lon0: int
    lat0: int
    columns: int
    rows: int
    start: NDArray[np.int64]
    items: NDArray[np.int32]


def cells_of(segments: Segments, edges: Edges, segments_n: int) -> Cells:
    """Return the grid of the first `segments_n` segments, those of edges that points may link to."""
    used = np.flatnonzero(edges.linkable[segments.edge[:segments_n]]).astype(np.int32)
    lons = np.concatenate([segments.lon0[used], segments.lon1[used]])
    lats = np.concatenate([segments.lat0[used], segments.lat1[used]])
    lon0, lat0 = int(lons.min()), int(lats.min())
    columns = (int(lons.max()) - lon0) // CELL_LON_E7 + 1
    rows = (int(lats.max()) - lat0) // CELL_LAT_E7 + 1
    counts = np.zeros(rows * columns + 1, dtype=np.int64)
    _enter(segments, used, lon0, lat0, columns, counts, np.empty(0, dtype=np.int32))
    start = np.cumsum(counts)
    items = np.empty(int(start[-1]), dtype=np.int32)
    _enter(segments, used, lon0, lat0, columns, start.copy(), items)
    return Cells(lon0, lat0, columns, rows, start, items)


@njit(cache=True, nogil=True)
def _enter(
    segments: Segments,
    used: NDArray[np.int32],
    lon0: int,
    lat0: int,
    columns: int,
    place: NDArray[np.int64],
    items: NDArray[np.int32],
) -> None:
    """Count the segments of each cell (one further on), or, given `items`, put them in their places."""
    for segment in used:
        west, east = segments.lon0[segment], segments.lon1[segment]
        south, north = segments.lat0[segment], segments.lat1[segment]
        if west > east:
            west, east = east, west
        if south > north:
            south, north = north, south
        for row in range((south - lat0) // CELL_LAT_E7, (north - lat0) // CELL_LAT_E7 + 1):
            for column in range((west - lon0) // CELL_LON_E7, (east - lon0) // CELL_LON_E7 + 1):
                cell = row * columns + column
                if items.size:
                    items[place[cell]] = segment
                    place[cell] += 1
                else:
                    place[cell + 1] += 1


@njit(cache=True, nogil=True)
def nearest_segment(
    segments: Segments, cells: Cells, lon: int, lat: int, cos_lat: float, within: float, reach: Reach
) -> int:
    """Return the segment nearest to a point, -1 if none is under `within` (degrees times 1e7) from it.

    On a plane scaled at the point's latitude, which is exact to a millimetre within a mile. Of equally near
    ones the lower edge wins, then the earlier segment. Looked for in boxes that grow from that of `reach`.
    """
    # a literal -1 would have what is called with it compiled twice
    best, box = np.int64(NONE), min(reach.first, within)
    while True:
        least, half = box * box, box + _CUT_OFF_E7  # what is under `box` can't lie outside the box
        first_row = max(0, int((lat - half - cells.lat0) // CELL_LAT_E7))
        last_row = min(cells.rows - 1, int((lat + half - cells.lat0) // CELL_LAT_E7))
        first_column = max(0, int((lon - half / cos_lat - cells.lon0) // CELL_LON_E7))
        last_column = min(cells.columns - 1, int((lon + half / cos_lat - cells.lon0) // CELL_LON_E7))
        for row in range(first_row, last_row + 1):
            for cell in range(row * cells.columns + first_column, row * cells.columns + last_column + 1):
                for at in range(cells.start[cell], cells.start[cell + 1]):
                    segment = cells.items[at]  # written out: sharing R5's look at a chain halves the speed
                    while segment != NONE:
                        apart = apart_squared(
                            segments.lon0[segment],
                            segments.lat0[segment],
                            segments.lon1[segment],
                            segments.lat1[segment],
                            lon,
                            lat,
                            cos_lat,
                            reach,
                        )
                        if apart < least or (apart == least and comes_first(segments, segment, best)):
                            best, least = segment, apart
                        segment = segments.sibling[segment]
        if best != NONE or box >= within:
            return int(best)
        box = min(2 * box, within)
