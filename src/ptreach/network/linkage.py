"""Links of points to streets: the nearest point of an edge, found in a grid of street segments.

Each edge is a chain of segments. A stop cuts the edge it hangs on: the segment under it becomes two, the rest
of the chain becomes a new edge. Cut-off pieces hang on their first segment as siblings, so the grid, which
knows first segments only, stays right. Points such as origins and zones are linked after all stops and cut
nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numba import njit

from ptreach.network.streets import DEGREE_E7, metres_per_degree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray
    from ptreach.network.rules import Rules
    from ptreach.network.streets import Streets

CELL_LAT_E7: Final = 18_000
CELL_LON_E7: Final = 26_000
"""Cells of about 200 by 180 m in Britain: a search within 300 m sees some 20 of them."""
NONE: Final = -1


class Segments(NamedTuple):
    """Street segments, in degrees times 1e7, chained into edges; one row a segment.

    ``next_segment`` is the next of the same edge, ``sibling`` the piece that a stop cut off; both -1 at the
    end. ``edge_first`` is the first segment of each edge. Arrays have room for the pieces that stops cut off.
    """

    lon0: NDArray[np.int32]
    lat0: NDArray[np.int32]
    lon1: NDArray[np.int32]
    lat1: NDArray[np.int32]
    edge: NDArray[np.int32]
    next_segment: NDArray[np.int32]
    sibling: NDArray[np.int32]
    edge_first: NDArray[np.int32]

    def first(self, segments_n: int, edges_n: int) -> Segments:
        """Return the first `segments_n` segments, which belong to the first `edges_n` edges."""
        return self._replace(
            **{
                name: column[: edges_n if name == "edge_first" else segments_n]
                for name, column in self._asdict().items()
            }
        )


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


class Edges(NamedTuple):
    """Ends and lengths of edges; with room for the pieces that stops cut off."""

    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    mm: NDArray[np.int32]
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]
    linkable: NDArray[np.bool_]

    def first(self, edges_n: int) -> Edges:
        """Return the first `edges_n` edges."""
        columns: list[Any] = [column[:edges_n] for column in self]
        return Edges(*columns)


class Links(NamedTuple):
    """Where points hang: edge (-1 if nowhere), millimetres along it from either end, and off the street.

    ``lon_e7, lat_e7`` is the point of the street, in degrees times 1e7.
    """

    edge: NDArray[np.int32]
    from_mm: NDArray[np.int32]
    to_mm: NDArray[np.int32]
    off_mm: NDArray[np.int32]
    lon_e7: NDArray[np.int32]
    lat_e7: NDArray[np.int32]


def segments_of(streets: Streets, spare: int) -> tuple[Segments, Edges]:
    """Return the segments and edges of streets, with room for `spare` more of each."""
    counts = np.diff(streets.point_start) - 1
    last = np.zeros(streets.point_lon_e7.size, dtype=np.bool_)
    last[streets.point_start[1:] - 1] = True
    start = np.flatnonzero(~last)
    n, edges_n = start.size, counts.size
    first = np.r_[0, np.cumsum(counts)]
    following = np.arange(1, n + 1, dtype=np.int32)
    following[first[1:] - 1] = NONE

    def room(values: NDArray[np.generic], fill: int = NONE) -> NDArray[np.int32]:
        return np.concatenate([values.astype(np.int32), np.full(spare, fill, dtype=np.int32)])

    segments = Segments(
        lon0=room(streets.point_lon_e7[start]),
        lat0=room(streets.point_lat_e7[start]),
        lon1=room(streets.point_lon_e7[start + 1]),
        lat1=room(streets.point_lat_e7[start + 1]),
        edge=room(np.repeat(np.arange(edges_n), counts)),
        next_segment=room(following),
        sibling=np.full(n + spare, NONE, dtype=np.int32),
        edge_first=room(first[:-1]),
    )
    edges = Edges(
        edge_from=room(streets.edge_from),
        edge_to=room(streets.edge_to),
        mm=room(streets.edge_mm, 0),
        forward=room(streets.edge_forward, 0).astype(np.bool_),
        backward=room(streets.edge_backward, 0).astype(np.bool_),
        linkable=room(streets.edge_linkable, 0).astype(np.bool_),
    )
    return segments, edges


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
def _nearest(
    segments: Segments, cells: Cells, lon: float, lat: float, within_m: float, degree_m: float
) -> tuple[int, float, float]:
    """Return segment (-1 if none), fraction along it and distance in metres of the street nearest to a point.

    On a plane scaled at the point's latitude, which is exact to a millimetre within a mile. Of equally near
    ones the lower edge wins, then the earlier segment.
    """
    cos_lat = math.cos(lat * 1e-7 * math.pi / 180)
    reach = within_m / degree_m * 1e7
    first_row = max(0, int((lat - reach - cells.lat0) // CELL_LAT_E7))
    last_row = min(cells.rows - 1, int((lat + reach - cells.lat0) // CELL_LAT_E7))
    first_column = max(0, int((lon - reach / cos_lat - cells.lon0) // CELL_LON_E7))
    last_column = min(cells.columns - 1, int((lon + reach / cos_lat - cells.lon0) // CELL_LON_E7))
    best, best_fraction, least = NONE, 0.0, reach * reach
    for row in range(first_row, last_row + 1):
        for cell in range(row * cells.columns + first_column, row * cells.columns + last_column + 1):
            for at in range(cells.start[cell], cells.start[cell + 1]):
                segment = cells.items[at]
                while segment != NONE:
                    x0 = (segments.lon0[segment] - lon) * cos_lat
                    y0 = segments.lat0[segment] - lat
                    dx = (segments.lon1[segment] - segments.lon0[segment]) * cos_lat
                    dy = float(segments.lat1[segment] - segments.lat0[segment])
                    length = dx * dx + dy * dy
                    fraction = 0.0
                    if length > 0:
                        fraction = min(1.0, max(0.0, -(x0 * dx + y0 * dy) / length))
                    x, y = x0 + fraction * dx, y0 + fraction * dy
                    apart = x * x + y * y
                    if apart < least or (
                        apart == least
                        and best != NONE
                        and (segments.edge[segment], segment) < (segments.edge[best], best)
                    ):
                        best, best_fraction, least = segment, fraction, apart
                    segment = segments.sibling[segment]
    return best, best_fraction, math.sqrt(least) * 1e-7 * degree_m


@njit(cache=True, nogil=True)
def _length_mm(lon0: float, lat0: float, lon1: float, lat1: float, degree_m: float) -> float:
    """Return the length in millimetres of a street segment given in degrees times 1e7.

    The plane scaled at the middle latitude agrees with the sphere to a millimetre for a kilometre.
    """
    cos_lat = math.cos((lat0 + lat1) / 2 * 1e-7 * math.pi / 180)
    dx, dy = (lon1 - lon0) * cos_lat, lat1 - lat0
    return math.sqrt(dx * dx + dy * dy) * 1e-7 * degree_m * 1000


@njit(cache=True, nogil=True)
def _along_mm(segments: Segments, edges: Edges, segment: int, lon: float, lat: float, degree_m: float) -> int:
    """Return millimetres along its edge to the point (lon, lat) of a segment, at most the edge's length."""
    edge = segments.edge[segment]
    so_far = 0.0
    at = segments.edge_first[edge]
    while at != segment:
        so_far += _length_mm(
            segments.lon0[at], segments.lat0[at], segments.lon1[at], segments.lat1[at], degree_m
        )
        at = segments.next_segment[at]
    so_far += _length_mm(segments.lon0[segment], segments.lat0[segment], lon, lat, degree_m)
    return min(int(round(so_far)), int(edges.mm[edge]))  # noqa: RUF046  numba's round gives a float


@njit(cache=True, nogil=True)
def _spot(
    segments: Segments,
    edges: Edges,
    cells: Cells,
    lon_e7: int,
    lat_e7: int,
    near_m: float,
    far_m: float,
    degree_m: float,
) -> tuple[int, int, int, int, int]:
    """Return where a point hangs: segment (-1 if nowhere), point of it, mm along the edge, mm off it."""
    segment, fraction, off_m = _nearest(segments, cells, lon_e7, lat_e7, near_m, degree_m)
    if segment == NONE:
        segment, fraction, off_m = _nearest(segments, cells, lon_e7, lat_e7, far_m, degree_m)
    if segment == NONE:
        return NONE, 0, 0, 0, 0
    lon = segments.lon0[segment] + fraction * (segments.lon1[segment] - segments.lon0[segment])
    lat = segments.lat0[segment] + fraction * (segments.lat1[segment] - segments.lat0[segment])
    along_mm = _along_mm(segments, edges, segment, lon, lat, degree_m)
    return segment, round(lon), round(lat), along_mm, round(off_m * 1000)


@njit(cache=True, nogil=True)
def _link_points(
    segments: Segments,
    edges: Edges,
    cells: Cells,
    lon_e7: NDArray[np.int64],
    lat_e7: NDArray[np.int64],
    near_m: float,
    far_m: float,
    degree_m: float,
    links: Links,
) -> None:
    """Fill in the links of points; nothing is cut."""
    for point in range(lon_e7.size):
        segment, lon, lat, along_mm, off_mm = _spot(
            segments, edges, cells, lon_e7[point], lat_e7[point], near_m, far_m, degree_m
        )
        if segment == NONE:
            continue
        edge = segments.edge[segment]
        links.edge[point], links.off_mm[point] = edge, off_mm
        links.from_mm[point], links.to_mm[point] = along_mm, edges.mm[edge] - along_mm
        links.lon_e7[point], links.lat_e7[point] = lon, lat


@njit(cache=True, nogil=True)
def _hang_stops(
    segments: Segments,
    edges: Edges,
    cells: Cells,
    lon_e7: NDArray[np.int64],
    lat_e7: NDArray[np.int64],
    near_m: float,
    far_m: float,
    degree_m: float,
    links: Links,
    counts: NDArray[np.int64],
) -> None:
    """Fill in the links of stops, in their order, each cutting its edge; `counts` as for `_cut`."""
    for stop in range(lon_e7.size):
        segment, lon, lat, along_mm, off_mm = _spot(
            segments, edges, cells, lon_e7[stop], lat_e7[stop], near_m, far_m, degree_m
        )
        if segment == NONE:
            continue
        edge = _cut(segments, edges, segment, lon, lat, along_mm, counts)
        links.edge[stop], links.off_mm[stop] = edge, off_mm
        links.from_mm[stop], links.to_mm[stop] = 0, edges.mm[edge]
        links.lon_e7[stop], links.lat_e7[stop] = lon, lat


@njit(cache=True, nogil=True)
def _cut(
    segments: Segments,
    edges: Edges,
    segment: int,
    lon: int,
    lat: int,
    along_mm: int,
    counts: NDArray[np.int64],
) -> int:
    """Cut an edge in two at a point of one of its segments; return the edge that begins there.

    `counts` holds the numbers of segments, edges and vertices in use; each grows by one.
    """
    old = segments.edge[segment]
    piece, new, vertex = counts[0], counts[1], counts[2]
    counts += 1
    segments.lon0[piece], segments.lat0[piece] = lon, lat
    segments.lon1[piece], segments.lat1[piece] = segments.lon1[segment], segments.lat1[segment]
    segments.lon1[segment], segments.lat1[segment] = lon, lat
    segments.sibling[piece] = segments.sibling[segment]
    segments.sibling[segment] = piece
    segments.next_segment[piece] = segments.next_segment[segment]
    segments.next_segment[segment] = NONE
    segments.edge_first[new] = piece
    at = piece
    while at != NONE:
        segments.edge[at] = new
        at = segments.next_segment[at]
    edges.edge_from[new], edges.edge_to[new] = vertex, edges.edge_to[old]
    edges.edge_to[old] = vertex
    edges.mm[new] = edges.mm[old] - along_mm
    edges.mm[old] = along_mm
    edges.forward[new], edges.backward[new] = edges.forward[old], edges.backward[old]
    edges.linkable[new] = edges.linkable[old]
    return int(new)


class Linkage(NamedTuple):
    """All that is needed to link points: segments, the edges they chain into, and the grid over them."""

    segments: Segments
    edges: Edges
    cells: Cells

    def link(self, lon: FloatArray, lat: FloatArray, rules: Rules) -> Links:
        """Return where points (degrees) hang on the streets: within 300 m, failing that within 1,600 m."""
        links = _no_links(lon.size)
        _link_points(*self, *_fixed(lon, lat), *_reach(rules), links)
        return links


def hang_stops(
    streets: Streets, lon: FloatArray, lat: FloatArray, rules: Rules
) -> tuple[Linkage, Links, int]:
    """Link stops (degrees) in their order, each cutting the edge it hangs on.

    Returns
    -------
    The linkage for points that come later, the links of the stops (each at the start of its edge), and the
    number of street vertices now.
    """
    segments, edges = segments_of(streets, lon.size)
    segments_n = int(streets.point_lon_e7.size - streets.edge_mm.size)
    cells = cells_of(segments, edges, segments_n)
    counts = np.array([segments_n, streets.edge_mm.size, streets.vertices_n], dtype=np.int64)
    links = _no_links(lon.size)
    _hang_stops(segments, edges, cells, *_fixed(lon, lat), *_reach(rules), links, counts)
    segments_n, edges_n, vertices_n = counts.tolist()
    return Linkage(segments.first(segments_n, edges_n), edges.first(edges_n), cells), links, vertices_n


def _no_links(points_n: int) -> Links:
    """Return links to nowhere, to be filled in."""
    return Links(
        np.full(points_n, NONE, dtype=np.int32), *(np.zeros(points_n, dtype=np.int32) for _ in range(5))
    )


def _fixed(lon: FloatArray, lat: FloatArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return degrees as degrees times 1e7."""
    return np.rint(lon / DEGREE_E7).astype(np.int64), np.rint(lat / DEGREE_E7).astype(np.int64)


def _reach(rules: Rules) -> tuple[float, float, float]:
    """Return the two radii of a search, and the length of a degree, in metres."""
    return rules.link_near_m, rules.link_far_m, metres_per_degree(rules)
