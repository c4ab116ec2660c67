"""From an origin on foot: to the stops around it, and all the way to destinations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ptreach.engine.raptor.kernel import NEVER
from ptreach.network.linkage import NONE
from ptreach.network.walks import FAR_MM, walk_from, walk_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.linkage import Edges, Links
    from ptreach.network.walks import Anchors, Graph


class StreetSearch(NamedTuple):
    """Streets to be walked; stop s is vertex ``street_vertices_n + s``."""

    graph: Graph
    street_vertices_n: int
    edges: Edges


@njit(cache=True, nogil=True)
def access_and_direct(
    streets: StreetSearch,
    origins: Links,
    origin: int,
    destinations: Links,
    anchors: Anchors,
    stops_n: int,
    limit_mm: int,
    speed_mm_h: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return the stops an origin reaches on foot, the walks there in seconds, and the walks to destinations.

    The last has the shape (destinations,), with ``NEVER`` where a destination is too far to walk to. Two
    points on one edge may walk along it without passing either of its ends.
    """
    direct_s = np.full(destinations.edge.size, NEVER, dtype=np.int32)
    edge = origins.edge[origin]
    if edge == NONE:
        return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32), direct_s
    off_mm = origins.off_mm[origin]
    seeds = np.array([streets.edges.edge_from[edge], streets.edges.edge_to[edge]], dtype=np.int32)
    seeds_mm = np.array([origins.from_mm[origin] + off_mm, origins.to_mm[origin] + off_mm], dtype=np.int32)
    distance_mm = np.full(streets.graph.start.size - 1, FAR_MM, dtype=np.int32)
    found = walk_from(streets.graph, seeds, seeds_mm, limit_mm, distance_mm)

    stops = np.empty(stops_n, dtype=np.int32)
    reached_n = 0
    for vertex in found:
        if vertex >= streets.street_vertices_n:
            stops[reached_n] = vertex - streets.street_vertices_n
            reached_n += 1
        for at in range(anchors.start[vertex], anchors.start[vertex + 1]):
            mm = np.int64(distance_mm[vertex]) + anchors.mm[at]
            if mm <= limit_mm:
                point = anchors.point[at]
                direct_s[point] = min(direct_s[point], walk_s(mm, speed_mm_h))
    for point in range(direct_s.size):
        if destinations.edge[point] == edge:
            along_mm = abs(np.int64(origins.from_mm[origin]) - destinations.from_mm[point])
            mm = along_mm + off_mm + destinations.off_mm[point]
            if mm <= limit_mm:
                direct_s[point] = min(direct_s[point], walk_s(mm, speed_mm_h))
    access_stop = np.sort(stops[:reached_n])
    access_s = np.empty(reached_n, dtype=np.int32)
    for at in range(reached_n):
        access_s[at] = walk_s(distance_mm[streets.street_vertices_n + access_stop[at]], speed_mm_h)
    return access_stop, access_s, direct_s
