"""From an origin on foot: to the stops around it, and all the way to destinations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ptreach.engine.raptor.kernel import NEVER
from ptreach.network.compiled import njit
from ptreach.network.segments import NONE
from ptreach.network.walks import FAR_MM, walk_from, walk_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.linkage import Links
    from ptreach.network.segments import Edges
    from ptreach.network.walks import Anchors, Graph, Pace


class StreetSearch(NamedTuple):
    """Streets to be walked, searched as the pace says; stop s is vertex ``street_vertices_n + s``."""

    graph: Graph
    street_vertices_n: int
    edges: Edges
    pace: Pace


@njit(cache=True, nogil=True)
def access_and_direct(
    streets: StreetSearch, origins: Links, origin: int, destinations: Links, anchors: Anchors, stops_n: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return the stops an origin reaches on foot, the walks there in seconds, and the walks to destinations.

    The last has the shape (destinations,), with ``NEVER`` where a destination is too far to walk to. Two
    points on one edge may walk along it without passing either of its ends.
    """
    pace = streets.pace
    direct_s = np.full(destinations.edge.size, NEVER, dtype=np.int32)
    edge = origins.edge[origin]
    if edge == NONE:
        return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32), direct_s
    off_mm = origins.off_mm[origin]
    seeds = np.array([streets.edges.edge_from[edge], streets.edges.edge_to[edge]], dtype=np.int32)
    seed_weights = np.array(
        [_seed(origins.from_mm[origin], off_mm, pace), _seed(origins.to_mm[origin], off_mm, pace)],
        dtype=np.int32,
    )
    weight = np.full(streets.graph.start.size - 1, FAR_MM, dtype=np.int32)
    found = walk_from(streets.graph, seeds, seed_weights, pace.search_limit, weight)

    stops = np.empty(stops_n, dtype=np.int32)
    reached_n = 0
    for vertex in found:
        if vertex >= streets.street_vertices_n:
            stops[reached_n] = vertex - streets.street_vertices_n
            reached_n += 1
        for at in range(anchors.start[vertex], anchors.start[vertex + 1]):
            point = anchors.point[at]
            seconds = _onward_s(weight[vertex], anchors.mm[at], destinations.off_mm[point], pace)
            direct_s[point] = min(direct_s[point], seconds)
    for point in range(direct_s.size):
        if destinations.edge[point] == edge:
            along_mm = abs(np.int64(origins.from_mm[origin]) - destinations.from_mm[point])
            seconds = _along_s(off_mm, along_mm, destinations.off_mm[point], pace)
            direct_s[point] = seconds if pace.direct_unlimited else min(direct_s[point], seconds)
    access_s = np.empty(reached_n, dtype=np.int32)
    for at in range(reached_n):
        there = np.int64(weight[streets.street_vertices_n + stops[at]])
        access_s[at] = there if pace.rounds_each else walk_s(there, pace)
    return stops[:reached_n], access_s, direct_s


@njit(cache=True, nogil=True)
def _seed(along_mm: int, off_mm: int, pace: Pace) -> int:
    """Return the weight of the way from a point to an end of its edge."""
    if pace.rounds_each:
        return int(int(np.float32(along_mm // 1000) / np.float32(pace.speed_m_s)) + walk_s(off_mm, pace))
    return along_mm + off_mm


@njit(cache=True, nogil=True)
def _onward_s(weight: int, anchor_mm: int, off_mm: int, pace: Pace) -> int:
    """Return the seconds to a point by a vertex of some weight; `anchor_mm` is the way on, `off_mm` in it."""
    if pace.rounds_each:
        return int(weight + walk_s(np.int64(anchor_mm) - off_mm, pace) + walk_s(off_mm, pace))
    return int(_limited_s(np.int64(weight) + anchor_mm, pace))


@njit(cache=True, nogil=True)
def _along_s(off_mm: int, along_mm: int, other_off_mm: int, pace: Pace) -> int:
    """Return the seconds between two points of one edge, along it."""
    if pace.rounds_each:
        return int(walk_s(off_mm, pace) + walk_s(along_mm, pace) + walk_s(other_off_mm, pace))
    return int(_limited_s(off_mm + along_mm + other_off_mm, pace))


@njit(cache=True, nogil=True)
def _limited_s(mm: int, pace: Pace) -> int:
    """Return the seconds of a walk, ``NEVER`` beyond the limit."""
    if mm > pace.walk_limit_mm and not pace.direct_unlimited:
        return int(NEVER)
    return int(walk_s(mm, pace))
