"""R5's grid over street edges, with its slip: segments are entered mirrored, so near edges may be missed.

Kept apart because nothing but the comparison with R5 wants it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.network.compiled import njit
from ptreach.network.segments import NONE, apart_squared, comes_first

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.segments import Edges, Reach, Segments

_R5_LAT_E7: Final = 18_000
_R5_LON_E7: Final = int(_R5_LAT_E7 / 0.7)  # cut, which moves the cells by metres


class EdgeCells(NamedTuple):
    """Which edges R5 finds in each cell of its grid.

    Cell (row, column), counted from the first of each, has ``items[start[c]:start[c + 1]]``, c = row *
    columns + column. The edges that stops cut off have the numbers from `first_piece` on; each lies in the
    cells of a box: ``piece_box`` has their first and last column and row, shape (pieces, 4).
    """

    first_column: int
    first_row: int
    columns: int
    rows: int
    start: NDArray[np.int64]
    items: NDArray[np.int32]
    first_piece: int
    piece_box: NDArray[np.int32]


def edge_cells_of(segments: Segments, edges: Edges, segments_n: int, edges_n: int, spare: int) -> EdgeCells:
    """Return R5's grid: cells of 0.0018 degrees (longitude: / 0.7), segment a-b entered as a to 2a - b."""
    rows = slice(0, segments_n)
    lon0, lat0, lon1, lat1 = (column[rows].astype(np.int64) for column in segments[:4])
    box = np.stack(
        [
            _r5_cell(np.minimum(lon0, 2 * lon0 - lon1), _R5_LON_E7),
            _r5_cell(np.maximum(lon0, 2 * lon0 - lon1), _R5_LON_E7),
            _r5_cell(np.minimum(lat0, 2 * lat0 - lat1), _R5_LAT_E7),
            _r5_cell(np.maximum(lat0, 2 * lat0 - lat1), _R5_LAT_E7),
        ],
        axis=1,
    )[edges.linkable[segments.edge[rows]]]
    edge = segments.edge[rows][edges.linkable[segments.edge[rows]]]
    first_column, first_row = int(box[:, 0].min()), int(box[:, 2].min())
    columns, rows_n = int(box[:, 1].max()) - first_column + 1, int(box[:, 3].max()) - first_row + 1
    wide, high = box[:, 1] - box[:, 0] + 1, box[:, 3] - box[:, 2] + 1
    entry = np.repeat(np.arange(edge.size), wide * high)
    within = np.arange(entry.size) - np.repeat(np.r_[0, np.cumsum(wide * high)][:-1], wide * high)
    row = box[entry, 2] - first_row + within // wide[entry]
    column = box[entry, 0] - first_column + within % wide[entry]
    keys = np.unique(np.stack([row * columns + column, edge[entry]], axis=1), axis=0)
    start = np.searchsorted(keys[:, 0], np.arange(rows_n * columns + 1)).astype(np.int64)
    piece_box = np.zeros((spare, 4), dtype=np.int32)
    return EdgeCells(
        first_column, first_row, columns, rows_n, start, keys[:, 1].astype(np.int32), edges_n, piece_box
    )


def _r5_cell(values: NDArray[np.int64], size_e7: float) -> NDArray[np.int64]:
    """Return the column or row of R5's grid that coordinates lie in."""
    return np.floor(values / size_e7 + 0.5).astype(np.int64)


@njit(cache=True, nogil=True)
def _r5_cell_of(value: float, size_e7: float) -> int:
    """Return the column or row of R5's grid that a coordinate lies in."""
    return math.floor(value / size_e7 + 0.5)


@njit(cache=True, nogil=True)
def nearest_of_edges(
    segments: Segments,
    cells: EdgeCells,
    pieces_n: int,
    lon: int,
    lat: int,
    cos_lat: float,
    within: float,
    reach: Reach,
) -> int:
    """Return the segment nearest to a point among the edges that R5's grid gives, -1 if there is none."""
    aside = int(within / cos_lat)
    west, east = _r5_cell_of(lon - aside, _R5_LON_E7), _r5_cell_of(lon + aside, _R5_LON_E7)
    south, north = _r5_cell_of(lat - within, _R5_LAT_E7), _r5_cell_of(lat + within, _R5_LAT_E7)
    best, least = np.int64(NONE), within * within
    for row in range(max(south - cells.first_row, 0), min(north - cells.first_row, cells.rows - 1) + 1):
        for column in range(
            max(west - cells.first_column, 0), min(east - cells.first_column, cells.columns - 1) + 1
        ):
            cell = row * cells.columns + column
            for at in range(cells.start[cell], cells.start[cell + 1]):
                best, least = _nearer(
                    segments, segments.edge_first[cells.items[at]], lon, lat, cos_lat, best, least, reach
                )
    for piece in range(pieces_n):
        box = cells.piece_box[piece]
        if box[0] <= east and box[1] >= west and box[2] <= north and box[3] >= south:
            first = segments.edge_first[cells.first_piece + piece]
            best, least = _nearer(segments, first, lon, lat, cos_lat, best, least, reach)
    return int(best)


@njit(cache=True, nogil=True)
def _nearer(
    segments: Segments,
    first: int,
    lon: int,
    lat: int,
    cos_lat: float,
    best: int,
    least: float,
    reach: Reach,
) -> tuple[int, float]:
    """Return the nearest segment so far and its distance squared, after a look at the chain from `first`."""
    segment = first
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
        segment = segments.next_segment[segment]
    return best, least


@njit(cache=True, nogil=True)
def fill_box(segments: Segments, first: int, box: NDArray[np.int32]) -> None:
    """Fill in the first and last column and row of R5's grid that a chain of segments lies in."""
    west = east = segments.lon0[first]
    south = north = segments.lat0[first]
    segment = first
    while segment != NONE:
        west, east = min(west, segments.lon1[segment]), max(east, segments.lon1[segment])
        south, north = min(south, segments.lat1[segment]), max(north, segments.lat1[segment])
        segment = segments.next_segment[segment]
    box[0], box[1] = _r5_cell_of(west, _R5_LON_E7), _r5_cell_of(east, _R5_LON_E7)
    box[2], box[3] = _r5_cell_of(south, _R5_LAT_E7), _r5_cell_of(north, _R5_LAT_E7)
