"""Walking: the street graph in compressed rows, bounded shortest paths, tables of who reaches whom on foot.

Lengths are whole millimetres; `Pace` says how they become seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ptreach.network.compiled import njit, readable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.linkage import Links, StopLinks
    from ptreach.network.rules import Rules
    from ptreach.network.segments import Edges

FAR_MM = np.int32(2**31 - 1)
"""Stands for *not reached on foot*."""


class Graph(NamedTuple):
    """Arcs of vertex v: ``to[start[v]:start[v + 1]]``, their lengths in ``mm``."""

    start: NDArray[np.int64]
    to: NDArray[np.int32]
    mm: NDArray[np.int32]


class Anchors(NamedTuple):
    """Points that hang on vertex v: ``point[start[v]:start[v + 1]]``, ``mm`` away from it.

    A point on an edge hangs on both of its ends; a stop hangs on its own vertex.
    """

    start: NDArray[np.int64]
    point: NDArray[np.int32]
    mm: NDArray[np.int32]


class WalkTable(NamedTuple):
    """What row r reaches on foot: ``to[start[r]:start[r + 1]]``, and how far in ``mm``."""

    start: NDArray[np.int64]
    to: NDArray[np.int32]
    mm: NDArray[np.int32]


def rows_of(keys: NDArray[np.int32], rows_n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each row starts, shape (rows_n + 1,), and the order that sorts entries by row, stably."""
    start = np.r_[0, np.cumsum(np.bincount(keys, minlength=rows_n))].astype(np.int64)
    return start, np.argsort(keys, kind="stable")


def build_graph(edges: Edges, stops: StopLinks, street_vertices_n: int) -> tuple[Graph, Graph]:
    """Return the graph for walking forward and the one for walking backward.

    Stop s has the vertex ``street_vertices_n + s`` and one edge to the street, where it is linked at all.
    """
    linked = np.flatnonzero(stops.vertex >= 0)
    street_vertex = stops.vertex[linked]
    stop_vertex = (street_vertices_n + linked).astype(np.int32)
    off_mm = stops.mm[linked]
    there = np.concatenate(
        [edges.edge_from[edges.forward], edges.edge_to[edges.backward], stop_vertex, street_vertex]
    )
    onward = np.concatenate(
        [edges.edge_to[edges.forward], edges.edge_from[edges.backward], street_vertex, stop_vertex]
    )
    mm = np.concatenate([edges.mm[edges.forward], edges.mm[edges.backward], off_mm, off_mm])
    vertices_n = street_vertices_n + stops.vertex.size
    return _compressed(there, onward, mm, vertices_n), _compressed(onward, there, mm, vertices_n)


def _compressed(
    there: NDArray[np.int32], onward: NDArray[np.int32], mm: NDArray[np.int32], vertices_n: int
) -> Graph:
    """Return arcs as compressed rows."""
    start, order = rows_of(there, vertices_n)
    return readable(Graph(start, onward[order], mm[order]))


def anchor_points(links: Links, edges: Edges, vertices_n: int) -> Anchors:
    """Return points by the vertices they hang on: both ends of their edge, which is walked both ways."""
    linked = np.flatnonzero(links.edge >= 0).astype(np.int32)
    edge = links.edge[linked]
    vertex = np.concatenate([edges.edge_from[edge], edges.edge_to[edge]])
    mm = np.concatenate([links.from_mm[linked], links.to_mm[linked]]) + np.tile(links.off_mm[linked], 2)
    start, order = rows_of(vertex, vertices_n)
    return Anchors(start, np.tile(linked, 2)[order], mm[order])


def anchor_stops(stops_n: int, street_vertices_n: int) -> Anchors:
    """Return stops by their own vertices."""
    start = np.clip(np.arange(street_vertices_n + stops_n + 1) - street_vertices_n, 0, None).astype(np.int64)
    return Anchors(start, np.arange(stops_n, dtype=np.int32), np.zeros(stops_n, dtype=np.int32))


class Pace(NamedTuple):
    """How walks are timed and limited, in the kernels' plain numbers.

    A walk of some millimetres takes ``(mm * per + up) // of`` seconds. With `rounds_each`, streets are
    searched by their own whole seconds (`street_weights`), and each part of a walk is timed by itself; else
    they are searched by millimetres.

    Parameters
    ----------
    search_limit
        Longest walk to a vertex, in seconds with `rounds_each`, else in millimetres.
    walk_limit_mm
        Longest walk from the last stop to a point.
    vertex_limit_mm
        Longest walk from the last stop to a vertex.
    transfer_limit_mm
        Longest walk from stop to stop.
    direct_unlimited
        The walk all the way is not held to the limit.
    """

    per: int
    of: int
    up: int
    speed_m_s: float
    rounds_each: bool
    search_limit: int
    walk_limit_mm: int
    vertex_limit_mm: int
    transfer_limit_mm: int
    direct_unlimited: bool


def pace_of(walk_speed_kph: float, max_walk_s: int, max_time_s: int, rules: Rules) -> Pace:
    """Return the pace of a query; no walk takes `max_walk_s` or `max_time_s`."""
    if rules.rounds_each:
        speed_m_s = float(np.float32(walk_speed_kph / 3.6))
        mm_s = int(np.float32(speed_m_s) * np.float32(1000))
        limit_mm = max_walk_s * mm_s - 1
        return Pace(
            per=1,
            of=mm_s,
            up=0,
            speed_m_s=speed_m_s,
            rounds_each=True,
            search_limit=min(max_walk_s, max_time_s) - 1,
            walk_limit_mm=limit_mm,
            vertex_limit_mm=rules.egress_limit_mm or limit_mm,
            transfer_limit_mm=min(limit_mm, rules.transfer_limit_mm or limit_mm),
            direct_unlimited=rules.direct_unlimited,
        )
    speed_mm_h = round(walk_speed_kph * 1e6)
    limit_mm = walk_limit_mm(min(max_walk_s, max_time_s), speed_mm_h)
    return Pace(
        per=3600,
        of=speed_mm_h,
        up=speed_mm_h - 1,
        speed_m_s=walk_speed_kph / 3.6,
        rounds_each=False,
        search_limit=limit_mm,
        walk_limit_mm=limit_mm,
        vertex_limit_mm=rules.egress_limit_mm or limit_mm,
        transfer_limit_mm=min(limit_mm, rules.transfer_limit_mm or limit_mm),
        direct_unlimited=rules.direct_unlimited,
    )


def walk_limit_mm(limit_s: int, speed_mm_h: int) -> int:
    """Return the longest walk in millimetres that, rounded up to seconds, takes less than `limit_s`."""
    return min((limit_s - 1) * speed_mm_h // 3600, int(FAR_MM) - 1)


@njit(cache=True, nogil=True)
def walk_s(mm: int, pace: Pace) -> int:
    """Return the seconds that a walk takes."""
    return (mm * pace.per + pace.up) // pace.of


def walks_s(mm: NDArray[np.int32], pace: Pace) -> NDArray[np.int32]:
    """Return the seconds that walks take."""
    return ((mm.astype(np.int64) * pace.per + pace.up) // pace.of).astype(np.int32)


def street_weights(graph: Graph, pace: Pace) -> Graph:
    """Return the graph as it is searched: with seconds for lengths where each street is rounded by itself."""
    if not pace.rounds_each:
        return graph
    seconds = np.ceil(np.maximum(graph.mm, 1) / 1000.0 / pace.speed_m_s)
    return readable(graph._replace(mm=np.maximum(seconds, 1).astype(np.int32)))


@njit(cache=True, nogil=True)
def _push(heap: NDArray[np.int64], size: int, key: int) -> int:
    """Add a key to a binary heap that has room; return its new size."""
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if heap[parent] <= key:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = key
    return size + 1


@njit(cache=True, nogil=True)
def _pop(heap: NDArray[np.int64], size: int) -> int:
    """Remove the least key, ``heap[0]``; return the new size."""
    size -= 1
    key = heap[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key
    return size


@njit(cache=True, nogil=True)
def walk_from(
    graph: Graph,
    seed_vertex: NDArray[np.int32],
    seed_mm: NDArray[np.int32],
    limit_mm: int,
    distance_mm: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Find all vertices within `limit_mm` of the seeds; return them, nearest first.

    `distance_mm` (int32, shape (vertices,)) must hold ``FAR_MM`` everywhere; afterwards it holds the
    distances of the vertices returned, which the caller puts back (`forget`), and ``FAR_MM`` elsewhere.
    """
    heap = np.empty(64, dtype=np.int64)
    found = np.empty(64, dtype=np.int32)
    size = found_n = np.int64(0)  # a literal 0 would have what is called with it compiled twice
    for seed in range(seed_vertex.size):
        vertex, mm = seed_vertex[seed], seed_mm[seed]
        if mm <= limit_mm and mm < distance_mm[vertex]:
            distance_mm[vertex] = mm
            if size == heap.size:
                heap = np.concatenate((heap, np.empty_like(heap)))
            size = _push(heap, size, (np.int64(mm) << 32) | vertex)
    while size:
        key = heap[0]
        size = _pop(heap, size)
        mm, vertex = key >> 32, key & 0xFFFFFFFF
        if mm > distance_mm[vertex]:
            continue  # a shorter way to it was found after it was entered
        if found_n == found.size:
            found = np.concatenate((found, np.empty_like(found)))
        found[found_n] = vertex
        found_n += 1
        for arc in range(graph.start[vertex], graph.start[vertex + 1]):
            onward, total = graph.to[arc], mm + graph.mm[arc]
            if total <= limit_mm and total < distance_mm[onward]:
                distance_mm[onward] = total
                if size == heap.size:
                    heap = np.concatenate((heap, np.empty_like(heap)))
                size = _push(heap, size, (total << 32) | onward)
    return found[:found_n]


@njit(cache=True, nogil=True)
def forget(distance_mm: NDArray[np.int32], found: NDArray[np.int32]) -> None:
    """Put ``FAR_MM`` back where a search left distances."""
    for vertex in found:
        distance_mm[vertex] = FAR_MM


@njit(cache=True, nogil=True)
def _walk_rows(
    graph: Graph,
    first_vertex: int,
    rows_from: int,
    rows_until: int,
    anchors: Anchors,
    points_n: int,
    vertex_limit_mm: int,
    limit_mm: int,
    worth: NDArray[np.bool_],
    start: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Fill rows of a walk table: what the vertices first_vertex + row reach; `start` gets the row lengths.

    Rows that are not `worth` it stay empty.
    """
    to, mm = np.empty(1024, dtype=np.int32), np.empty(1024, dtype=np.int32)
    used = 0
    distance_mm = np.full(graph.start.size - 1, FAR_MM, dtype=np.int32)
    point_mm = np.full(points_n, FAR_MM, dtype=np.int32)
    seed, none = np.empty(1, dtype=np.int32), np.zeros(1, dtype=np.int32)
    for row in range(rows_from, rows_until):
        if not worth[row]:
            continue
        seed[0] = first_vertex + row
        found = walk_from(graph, seed, none, vertex_limit_mm, distance_mm)
        row_start = used
        for vertex in found:
            for at in range(anchors.start[vertex], anchors.start[vertex + 1]):
                point, total = anchors.point[at], distance_mm[vertex] + np.int64(anchors.mm[at])
                if total > limit_mm or total >= point_mm[point]:
                    continue
                if point_mm[point] == FAR_MM:
                    if used == to.size:
                        to = np.concatenate((to, np.empty_like(to)))
                        mm = np.concatenate((mm, np.empty_like(mm)))
                    to[used] = point
                    used += 1
                point_mm[point] = total
        forget(distance_mm, found)
        for at in range(row_start, used):
            mm[at] = point_mm[to[at]]
            point_mm[to[at]] = FAR_MM
        start[row - rows_from + 1] = used - row_start
    return to[:used].copy(), mm[:used].copy()


def walk_table(
    graph: Graph,
    street_vertices_n: int,
    stops_n: int,
    anchors: Anchors,
    points_n: int,
    vertex_limit_mm: int,
    limit_mm: int,
    worth: NDArray[np.bool_] | None = None,
) -> WalkTable:
    """Return which points each stop reaches within `limit_mm`, by vertices within `vertex_limit_mm`.

    Stops that are not `worth` the search reach none; without it all are searched from.
    """
    start = np.zeros(stops_n + 1, dtype=np.int64)
    worth = np.ones(stops_n, dtype=np.bool_) if worth is None else worth
    to, mm = _walk_rows(
        graph, street_vertices_n, 0, stops_n, anchors, points_n, vertex_limit_mm, limit_mm, worth, start
    )
    return WalkTable(np.cumsum(start), to, mm)


@njit(cache=True, nogil=True)
def _walks_back(
    graph: Graph,
    street_vertices_n: int,
    links: Links,
    edges: Edges,
    first: int,
    last: int,
    limit_mm: int,
    counts: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the stops that reach some points, and how far each is, point after point; `counts` them."""
    to, mm = np.empty(1024, dtype=np.int32), np.empty(1024, dtype=np.int32)
    used = 0
    distance_mm = np.full(graph.start.size - 1, FAR_MM, dtype=np.int32)
    seeds, seed_mm = np.empty(2, dtype=np.int32), np.empty(2, dtype=np.int32)
    for point in range(first, last):
        edge = links.edge[point]
        if edge < 0:
            continue
        seeds[0], seeds[1] = edges.edge_from[edge], edges.edge_to[edge]
        seed_mm[0] = links.from_mm[point] + links.off_mm[point]
        seed_mm[1] = links.to_mm[point] + links.off_mm[point]
        found = walk_from(graph, seeds, seed_mm, limit_mm, distance_mm)
        row_start = used
        for vertex in found:
            if vertex < street_vertices_n:
                continue
            if used == to.size:
                to = np.concatenate((to, np.empty_like(to)))
                mm = np.concatenate((mm, np.empty_like(mm)))
            to[used], mm[used] = vertex - street_vertices_n, distance_mm[vertex]
            used += 1
        forget(distance_mm, found)
        counts[point - first] = used - row_start
    return to[:used].copy(), mm[:used].copy()


def walks_back(
    graph: Graph, street_vertices_n: int, links: Links, edges: Edges, first: int, last: int, limit_mm: int
) -> WalkTable:
    """Return which stops reach the points from `first` to `last` within `limit_mm`, a row a point.

    Searched from the points, with the `graph` of ways walked the other way round: the table that
    `walk_table` gives turned round, where no walk to a vertex is held to a limit of its own.
    """
    counts = np.zeros(last - first, dtype=np.int64)
    to, mm = _walks_back(graph, street_vertices_n, links, edges, first, last, limit_mm, counts)
    order = np.lexsort((to, np.repeat(np.arange(counts.size), counts)))
    return WalkTable(np.r_[0, np.cumsum(counts)], to[order], mm[order])


def transposed(table: WalkTable, columns_n: int) -> WalkTable:
    """Return the table by what is reached instead of by what it is reached from."""
    row = np.repeat(np.arange(table.start.size - 1, dtype=np.int32), np.diff(table.start))
    start, order = rows_of(table.to, columns_n)
    return WalkTable(start, row[order], table.mm[order])
