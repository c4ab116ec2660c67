"""Links of points to streets: the nearest point of an edge.

Stops are linked first, each cutting the edge it hangs on; points such as origins and zones are linked after
all stops and cut nothing.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ptreach.network.cells import cells_of, nearest_segment
from ptreach.network.compiled import njit, readable
from ptreach.network.r5_cells import edge_cells_of, fill_box, nearest_of_edges
from ptreach.network.segments import (
    NONE,
    along_mm_of,
    cut_edge,
    foot,
    haversine_of,
    length_e7,
    point_of,
    reach_of,
    segments_of,
    whole,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray
    from ptreach.network.cells import Cells
    from ptreach.network.r5_cells import EdgeCells
    from ptreach.network.rules import Rules
    from ptreach.network.segments import Edges, Reach, Segments
    from ptreach.network.streets import Streets


class Links(NamedTuple):
    """Where points hang: edge (-1 if nowhere), millimetres along it from either end, and off the street."""

    edge: NDArray[np.int32]
    from_mm: NDArray[np.int32]
    to_mm: NDArray[np.int32]
    off_mm: NDArray[np.int32]


class StopLinks(NamedTuple):
    """Where stops hang: street vertex (-1 if nowhere), and how far off it in millimetres."""

    vertex: NDArray[np.int32]
    mm: NDArray[np.int32]


class Linkage(NamedTuple):
    """All that is needed to link points: segments, the edges they chain into, and grids over them.

    ``edge_cells`` is there under rules that enter streets mirrored.
    """

    segments: Segments
    edges: Edges
    cells: Cells
    edge_cells: EdgeCells | None

    def link(
        self, lon: FloatArray, lat: FloatArray, rules: Rules, *, within_m: float = math.inf, workers: int = 1
    ) -> Links:
        """Return where points (degrees) hang on the streets, found by some threads.

        That is within 300 m, failing that within 1,600 m, and only within `within_m`.
        """
        links = Links(np.full(lon.size, NONE, dtype=np.int32), *_zeros(lon.size, 3))
        reach = reach_of(rules)
        within_e7 = within_m / rules.degree_m * 1e7
        reach = reach._replace(near=min(reach.near, within_e7), far=min(reach.far, within_e7))

        def part(first: int, last: int) -> None:
            _link_points(
                *self,
                lon[first:last],
                lat[first:last],
                reach,
                Links(*(column[first:last] for column in links)),
            )

        ends = np.linspace(0, lon.size, workers + 1).astype(np.int64).tolist()
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(part, ends[:-1], ends[1:]))
        return links


def hang_stops(
    streets: Streets, lon: FloatArray, lat: FloatArray, rules: Rules
) -> tuple[Linkage, StopLinks, int]:
    """Link stops (degrees) in their order, each cutting the edge it hangs on.

    Returns
    -------
    The linkage for points that come later, the links of the stops, and the number of street vertices now.
    """
    segments, edges = segments_of(streets, lon.size)
    segments_n = int(streets.point_lon_e7.size - streets.edge_mm.size)
    cells = cells_of(segments, edges, segments_n)
    edge_cells = (
        edge_cells_of(segments, edges, segments_n, streets.edge_mm.size, lon.size) if rules.mirrored else None
    )
    counts = np.array([segments_n, streets.edge_mm.size, streets.vertices_n], dtype=np.int64)
    links = StopLinks(np.full(lon.size, NONE, dtype=np.int32), *_zeros(lon.size, 1))
    _hang_stops(
        segments,
        edges,
        readable(segments),
        readable(edges),
        readable(cells),
        edge_cells,
        lon,
        lat,
        reach_of(rules),
        links,
        counts,
    )
    segments_n, edges_n, vertices_n = counts.tolist()
    if edge_cells is not None:
        edge_cells = edge_cells._replace(piece_box=edge_cells.piece_box[: edges_n - edge_cells.first_piece])
    linkage = Linkage(
        readable(segments.first(segments_n, edges_n)),
        readable(edges.first(edges_n)),
        readable(cells),
        edge_cells if edge_cells is None else readable(edge_cells),
    )
    return linkage, links, vertices_n


# Where a table may be None, `is None` is known when a kernel is compiled: what stands behind it is left out.


@njit(cache=True, nogil=True)
def _spot(
    segments: Segments,
    edges: Edges,
    cells: Cells,
    edge_cells: EdgeCells | None,
    pieces_n: int,
    point_lon: float,
    point_lat: float,
    reach: Reach,
) -> tuple[int, int, int, int, int]:
    """Return where a point in degrees hangs: segment (-1 if nowhere), point of it, mm along the edge, mm off.

    `pieces_n` is the number of edges that stops have cut off so far.
    """
    lon, lat = whole(point_lon * 1e7, reach), whole(point_lat * 1e7, reach)
    # Of the latitude as given: that of one cut to 1e-7 degrees would move feet that are cut too.
    cos_lat = math.cos(point_lat * math.pi / 180)
    if edge_cells is None:
        segment = nearest_segment(segments, cells, lon, lat, cos_lat, reach.far, reach)
    else:  # one that is missed within the near limit may be found within the far one
        segment = nearest_of_edges(segments, edge_cells, pieces_n, lon, lat, cos_lat, reach.near, reach)
        if segment == NONE:
            segment = nearest_of_edges(segments, edge_cells, pieces_n, lon, lat, cos_lat, reach.far, reach)
    if segment == NONE:
        return NONE, 0, 0, 0, 0
    lon0, lat0 = segments.lon0[segment], segments.lat0[segment]
    lon1, lat1 = segments.lon1[segment], segments.lat1[segment]
    fraction = foot(lon0, lat0, lon1, lat1, lon, lat, cos_lat, reach)
    at_lon, at_lat = point_of(lon0, lat0, lon1, lat1, fraction, reach)
    along_mm = along_mm_of(segments, edges, segment, fraction, cos_lat, reach)
    if reach.truncates:
        x, y = float(int((at_lon - lon) * cos_lat)), float(at_lat - lat)
        off = math.sqrt(x * x + y * y)
    else:
        off = length_e7(lon, lat, at_lon, at_lat, cos_lat)
    return int(segment), at_lon, at_lat, along_mm, whole(off / 1e7 * reach.degree_m * 1000, reach)


@njit(cache=True, nogil=True)
def _link_points(
    segments: Segments,
    edges: Edges,
    cells: Cells,
    edge_cells: EdgeCells | None,
    point_lon: FloatArray,
    point_lat: FloatArray,
    reach: Reach,
    links: Links,
) -> None:
    """Fill in the links of points; nothing is cut."""
    pieces_n = 0
    if edge_cells is not None:
        pieces_n = edge_cells.piece_box.shape[0]
    for point in range(point_lon.size):
        segment, _, _, along_mm, off_mm = _spot(
            segments, edges, cells, edge_cells, pieces_n, point_lon[point], point_lat[point], reach
        )
        if segment == NONE:
            continue
        edge = segments.edge[segment]
        links.edge[point], links.off_mm[point] = edge, off_mm
        links.from_mm[point], links.to_mm[point] = along_mm, edges.mm[edge] - along_mm


@njit(cache=True, nogil=True)
def _hang_stops(
    segments: Segments,
    edges: Edges,
    seen_segments: Segments,
    seen_edges: Edges,
    cells: Cells,
    edge_cells: EdgeCells | None,
    stop_lon: FloatArray,
    stop_lat: FloatArray,
    reach: Reach,
    links: StopLinks,
    counts: NDArray[np.int64],
) -> None:
    """Fill in the links of stops, in their order, each cutting its edge; `counts` as for `cut_edge`.

    `seen_segments` and `seen_edges` are the same, to be read only.
    """
    pieces_n = 0
    for stop in range(stop_lon.size):
        if edge_cells is not None:
            pieces_n = counts[1] - edge_cells.first_piece
        segment, lon, lat, along_mm, _ = _spot(
            seen_segments, seen_edges, cells, edge_cells, pieces_n, stop_lon[stop], stop_lat[stop], reach
        )
        if segment == NONE:
            continue
        edge = segments.edge[segment]
        rest_mm = edges.mm[edge] - along_mm
        if along_mm >= reach.snap_mm and rest_mm >= reach.snap_mm:
            piece = cut_edge(segments, edges, segment, lon, lat, along_mm, counts)
            vertex = edges.edge_from[piece]
            if edge_cells is not None:
                fill_box(seen_segments, segments.edge_first[piece], edge_cells.piece_box[pieces_n])
        elif along_mm < rest_mm:
            vertex = edges.edge_from[edge]
            first = segments.edge_first[edge]
            lon, lat = segments.lon0[first], segments.lat0[first]
        else:
            vertex = edges.edge_to[edge]
            while segments.next_segment[segment] != NONE:
                segment = segments.next_segment[segment]
            lon, lat = segments.lon1[segment], segments.lat1[segment]
        metres = haversine_of(stop_lon[stop], stop_lat[stop], lon / 1e7, lat / 1e7, reach.radius_m)
        links.vertex[stop], links.mm[stop] = vertex, whole(metres * 1000, reach)


def _zeros(points_n: int, columns_n: int) -> list[NDArray[np.int32]]:
    """Return columns to be filled in."""
    return [np.zeros(points_n, dtype=np.int32) for _ in range(columns_n)]
