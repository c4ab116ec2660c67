"""Street segments chained into edges, and their geometry: the foot of a point, lengths, cuts.

Each edge is a chain of segments. A stop cuts the edge it hangs on: the segment under it becomes two, the rest
of the chain becomes a new edge. Cut-off pieces hang on their first segment as siblings.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ptreach.network.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.rules import Rules
    from ptreach.network.streets import Streets

NONE: Final = -1
_FIRST_M: Final = 75.0


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


class Reach(NamedTuple):
    """How points are linked, in the kernels' plain numbers; fields as in `Rules`.

    ``near``, ``far`` and ``first`` are in degrees times 1e7. The nearest street is first looked for within
    ``first``, then in ever wider boxes; what is found does not depend on it.
    """

    near: float
    far: float
    first: float
    degree_m: float
    radius_m: float
    snap_mm: int
    stretched: bool
    truncates: bool


def reach_of(rules: Rules) -> Reach:
    """Return the rules of linking as the kernels take them."""
    near, far = (metres / rules.degree_m * 1e7 for metres in (rules.link_near_m, rules.link_far_m))
    if rules.truncates:
        near, far = float(int(near)), float(int(far))
    return Reach(
        near=near,
        far=far,
        first=_FIRST_M / rules.degree_m * 1e7,
        degree_m=rules.degree_m,
        radius_m=rules.earth_radius_m,
        snap_mm=rules.snap_mm,
        stretched=rules.stretched,
        truncates=rules.truncates,
    )


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


@njit(cache=True, nogil=True)
def whole(value: float, reach: Reach) -> int:
    """Return a whole number: cut or rounded, as the rules say."""
    return int(value) if reach.truncates else int(round(value))  # noqa: RUF046  numba's round gives a float


# What is asked of every segment in reach of a point takes its ends as numbers: with the arrays handed on from
# call to call, linking took six times as long.


@njit(cache=True, nogil=True)
def foot(
    lon0: int, lat0: int, lon1: int, lat1: int, lon: int, lat: int, cos_lat: float, reach: Reach
) -> float:
    """Return how far along a segment, from 0 to 1, its point nearest to (lon, lat) lies."""
    if reach.stretched:
        x, x0 = float(int(lon / cos_lat)), float(int(lon0 / cos_lat))
        dx = int(lon1 / cos_lat) - x0
    else:
        x, x0 = lon * cos_lat, lon0 * cos_lat
        dx = lon1 * cos_lat - x0
    dy = float(lat1 - lat0)
    length = dx * dx + dy * dy
    if length <= 0:
        return 1.0 if x != x0 or lat != lat0 else 0.0
    return float(min(1.0, max(0.0, ((x - x0) * dx + (lat - lat0) * dy) / length)))


@njit(cache=True, nogil=True)
def point_of(lon0: int, lat0: int, lon1: int, lat1: int, fraction: float, reach: Reach) -> tuple[int, int]:
    """Return the point of a segment at a fraction of its length, in degrees times 1e7."""
    return whole(lon0 + fraction * (lon1 - lon0), reach), whole(lat0 + fraction * (lat1 - lat0), reach)


@njit(cache=True, nogil=True)
def apart_squared(
    lon0: int, lat0: int, lon1: int, lat1: int, lon: int, lat: int, cos_lat: float, reach: Reach
) -> float:
    """Return the squared distance of a point from a segment, in degrees times 1e7."""
    fraction = foot(lon0, lat0, lon1, lat1, lon, lat, cos_lat, reach)
    if reach.truncates:
        at_lon, at_lat = point_of(lon0, lat0, lon1, lat1, fraction, reach)
        x, y = float(int((at_lon - lon) * cos_lat)), float(at_lat - lat)
    else:
        x = (lon0 + fraction * (lon1 - lon0) - lon) * cos_lat
        y = lat0 + fraction * (lat1 - lat0) - lat
    return float(x * x + y * y)


@njit(cache=True, nogil=True)
def comes_first(segments: Segments, segment: int, best: int) -> bool:
    """Say which of two equally near segments is taken: the one of the lower edge, then the earlier."""
    if best == NONE or segments.edge[segment] != segments.edge[best]:
        return bool(best != NONE and segments.edge[segment] < segments.edge[best])
    return bool(segment < best)


@njit(cache=True, nogil=True)
def length_e7(lon0: float, lat0: float, lon1: float, lat1: float, cos_lat: float) -> float:
    """Return the length of a line in degrees times 1e7, on a plane scaled by `cos_lat`."""
    dx, dy = (lon1 - lon0) * cos_lat, lat1 - lat0
    return math.sqrt(dx * dx + dy * dy)


@njit(cache=True, nogil=True)
def segment_e7(segments: Segments, segment: int, cos_lat: float, reach: Reach) -> float:
    """Return the length of a segment in degrees times 1e7, scaled at its own middle or at `cos_lat`.

    Either agrees with the sphere to a millimetre for a kilometre.
    """
    lon0, lat0, lon1, lat1 = (
        segments.lon0[segment],
        segments.lat0[segment],
        segments.lon1[segment],
        segments.lat1[segment],
    )
    if not reach.truncates:
        cos_lat = math.cos((lat0 + lat1) / 2 * 1e-7 * math.pi / 180)
    return float(length_e7(lon0, lat0, lon1, lat1, cos_lat))


@njit(cache=True, nogil=True)
def along_mm_of(
    segments: Segments, edges: Edges, segment: int, fraction: float, cos_lat: float, reach: Reach
) -> int:
    """Return millimetres along its edge to a fraction of a segment, at most the edge's length."""
    edge = segments.edge[segment]
    so_far = 0.0
    at = segments.edge_first[edge]
    while at != segment:
        so_far += segment_e7(segments, at, cos_lat, reach)
        at = segments.next_segment[at]
    so_far += fraction * segment_e7(segments, segment, cos_lat, reach)
    if reach.truncates:
        so_far = float(int(so_far))
    return int(min(whole(so_far / 1e7 * reach.degree_m * 1000, reach), edges.mm[edge]))


@njit(cache=True, nogil=True)
def haversine_of(lon0: float, lat0: float, lon1: float, lat1: float, radius_m: float) -> float:
    """Return the great-circle distance in metres between points in degrees."""
    scale = math.pi / 180
    rise, run = (lat1 - lat0) * scale, (lon1 - lon0) * scale
    half = math.sin(rise / 2) ** 2 + math.cos(lat0 * scale) * math.cos(lat1 * scale) * math.sin(run / 2) ** 2
    return 2 * radius_m * math.asin(math.sqrt(half))


@njit(cache=True, nogil=True)
def cut_edge(
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
