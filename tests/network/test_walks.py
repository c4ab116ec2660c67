"""Bounded walks against SciPy's shortest paths; seconds against exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from ptreach.network.linkage import Links, StopLinks
from ptreach.network.rules import OURS
from ptreach.network.segments import Edges
from ptreach.network.transfers import find_transfers
from ptreach.network.walks import (
    FAR_MM,
    WalkTable,
    anchor_points,
    anchor_stops,
    build_graph,
    forget,
    pace_of,
    rows_of,
    transposed,
    walk_from,
    walk_s,
    walk_table,
    walks_back,
    walks_s,
)

VERTICES_N = 9


def edges_of(rows):
    """Edges of (from, to, mm, forward, backward)."""
    edge_from, edge_to, mm, forward, backward = (np.array(column) for column in zip(*rows, strict=True))
    return Edges(
        edge_from.astype(np.int32),
        edge_to.astype(np.int32),
        mm.astype(np.int32),
        forward.astype(np.bool_),
        backward.astype(np.bool_),
        np.ones(mm.size, dtype=np.bool_),
    )


def stops_of(rows):
    """Links of stops: (vertex or -1, mm)."""
    vertex, mm = zip(*rows, strict=True) if rows else ((), ())
    return StopLinks(np.array(vertex, dtype=np.int32), np.array(mm, dtype=np.int32))


def plain_distances(edges, stops):
    """Millimetres between all vertices, those of stops after those of streets, by SciPy.

    Lengths are moved up a little, for SciPy takes 0 for no edge; what that adds up to is cut off.
    """
    n = VERTICES_N + stops.vertex.size
    least = {}

    def arc(a, b, mm):
        least[a, b] = min(least.get((a, b), math.inf), mm + 1e-3)

    for a, b, mm, forward, backward, _ in zip(*edges, strict=True):
        if forward:
            arc(a, b, mm)
        if backward:
            arc(b, a, mm)
    for stop, (vertex, mm) in enumerate(zip(*stops, strict=True)):
        if vertex >= 0:
            arc(VERTICES_N + stop, vertex, mm)
            arc(vertex, VERTICES_N + stop, mm)
    pairs = np.array(list(least)).reshape(-1, 2)
    graph = csr_array((np.array(list(least.values())), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return np.where(np.isfinite(found := dijkstra(graph)), np.floor(found), np.inf)


LENGTHS = st.one_of(st.integers(0, 5), st.integers(0, 100_000))
EDGES = st.lists(
    st.tuples(
        st.integers(0, VERTICES_N - 1), st.integers(0, VERTICES_N - 1), LENGTHS, st.booleans(), st.booleans()
    ),
    min_size=1,
    max_size=25,
).map(edges_of)
STOPS = st.lists(st.tuples(st.integers(-1, VERTICES_N - 1), LENGTHS), max_size=5).map(stops_of)


@settings(max_examples=150)
@given(EDGES, STOPS, st.integers(0, 150_000), st.data())
def test_walks_are_shortest_paths_within_the_limit(edges, stops, limit_mm, data):
    forward, backward = build_graph(edges, stops, VERTICES_N)
    expected = plain_distances(edges, stops)
    n = expected.shape[0]
    seeds = data.draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, 60_000)), min_size=1, max_size=3)
    )
    vertex, mm = (np.array(column, dtype=np.int32) for column in zip(*seeds, strict=True))
    for graph, distances in ((forward, expected), (backward, expected.T)):
        least = np.min(distances[vertex] + mm[:, np.newaxis], axis=0)
        distance_mm = np.full(n, FAR_MM, dtype=np.int32)
        found = walk_from(graph, vertex, mm, limit_mm, distance_mm)
        assert distance_mm.tolist() == [d if d <= limit_mm else int(FAR_MM) for d in least]
        assert sorted(found.tolist()) == np.flatnonzero(least <= limit_mm).tolist()
        assert (np.diff(distance_mm[found]) >= 0).all()
        forget(distance_mm, found)
        assert (distance_mm == FAR_MM).all()


def test_the_limit_is_inclusive_to_the_millimetre():
    edges = edges_of([(0, 1, 70, True, True), (1, 2, 31, True, True), (0, 2, 102, True, True)])
    forward, _ = build_graph(edges, stops_of([]), VERTICES_N)
    for limit_mm, reached in ((101, [0, 1, 2]), (100, [0, 1]), (70, [0, 1]), (69, [0]), (0, [0]), (-1, [])):
        distance_mm = np.full(VERTICES_N, FAR_MM, dtype=np.int32)
        seed, none = np.zeros(1, np.int32), np.zeros(1, np.int32)
        assert walk_from(forward, seed, none, limit_mm, distance_mm).tolist() == reached


def test_many_vertices_make_room():
    rng = np.random.default_rng(3)
    # more than the 64 that room is made for at first, in a star and a chain
    n = 1_000
    chain = [(k, k + 1, 10, True, True) for k in range(n)]
    star = [(0, n + 1 + k, int(rng.integers(1, 5_000)), True, True) for k in range(n)]
    graph, _ = build_graph(edges_of(chain + star), stops_of([]), 2 * n + 1)
    distance_mm = np.full(2 * n + 1, FAR_MM, dtype=np.int32)
    found = walk_from(graph, np.zeros(1, np.int32), np.zeros(1, np.int32), 100_000, distance_mm)
    assert found.size == 2 * n + 1
    assert distance_mm[: n + 1].tolist() == [10 * k for k in range(n + 1)]
    assert distance_mm[n + 1 :].tolist() == [row[2] for row in star]


@settings(max_examples=100)
@given(EDGES, STOPS, st.integers(0, 200_000), st.integers(0, 200_000), st.data())
def test_walk_tables_hold_who_reaches_whom(edges, stops, limit_mm, vertex_limit_mm, data):
    forward, backward = build_graph(edges, stops, VERTICES_N)
    stops_n = stops.vertex.size
    links = data.draw(
        st.lists(st.tuples(st.integers(-1, edges.mm.size - 1), LENGTHS, st.integers(0, 100)), max_size=6)
    )
    edge = np.array([row[0] for row in links], dtype=np.int32)
    along = np.array([min(row[1], int(edges.mm[row[0]])) for row in links], dtype=np.int32)
    points = Links(
        edge, along, (edges.mm[edge] - along).astype(np.int32), np.array([row[2] for row in links], np.int32)
    )
    anchors = anchor_points(points, edges, VERTICES_N + stops_n)
    table = walk_table(forward, VERTICES_N, stops_n, anchors, len(links), vertex_limit_mm, limit_mm)
    distances = plain_distances(edges, stops)
    for stop in range(stops_n):
        expected = {}
        for point in range(len(links)):
            if edge[point] < 0:
                continue
            ends = ((edges.edge_from, points.from_mm), (edges.edge_to, points.to_mm))
            to_end = [(distances[VERTICES_N + stop, end[edge[point]]], mm[point]) for end, mm in ends]
            ways = [d + mm + points.off_mm[point] for d, mm in to_end if d <= vertex_limit_mm]
            if ways and min(ways) <= limit_mm:
                expected[point] = int(min(ways))
        row = slice(table.start[stop], table.start[stop + 1])
        assert sorted(table.to[row].tolist()) == sorted(expected)
        assert dict(zip(table.to[row].tolist(), table.mm[row].tolist(), strict=True)) == expected

    free = walk_table(forward, VERTICES_N, stops_n, anchors, len(links), int(FAR_MM) - 1, limit_mm)
    half = len(links) // 2
    for first, last in ((0, len(links)), (0, half), (half, len(links))):
        from_points = walks_back(backward, VERTICES_N, points, edges, first, last, limit_mm)
        of_stops = transposed(free, len(links))
        assert [list(entries(from_points, at)) for at in range(last - first)] == [
            list(entries(of_stops, point)) for point in range(first, last)
        ]

    back = transposed(table, len(links))
    rows = [(r, int(c), int(m)) for r in range(stops_n) for c, m in entries(table, r)]
    turned = [(int(r), c, int(m)) for c in range(len(links)) for r, m in entries(back, c)]
    assert sorted(turned) == sorted(rows)
    assert turned == sorted(turned, key=lambda entry: (entry[1], entry[0]))


def entries(table, row):
    at = slice(table.start[row], table.start[row + 1])
    return zip(table.to[at], table.mm[at], strict=True)


@settings(max_examples=60)
@given(EDGES, STOPS, st.integers(0, 200_000))
def test_transfers_leave_out_the_stop_itself(edges, stops, limit_mm):
    forward, _ = build_graph(edges, stops, VERTICES_N)
    stops_n = stops.vertex.size
    distances = plain_distances(edges, stops)[VERTICES_N:, VERTICES_N:]
    table = find_transfers(forward, VERTICES_N, stops_n, limit_mm)
    for stop in range(stops_n):
        expected = [
            (other, distances[stop, other])
            for other in range(stops_n)
            if other != stop and distances[stop, other] <= limit_mm
        ]
        assert list(entries(table, stop)) == expected


def test_a_table_of_nothing():
    empty = walk_table(
        build_graph(edges_of([(0, 1, 5, True, True)]), stops_of([]), 2)[0], 2, 0, anchor_stops(0, 2), 0, 9, 9
    )
    assert empty.start.tolist() == [0]
    assert transposed(empty, 3).start.tolist() == [0, 0, 0, 0]
    unlinked = find_transfers(
        build_graph(edges_of([(0, 1, 5, True, True)]), stops_of([(-1, 0), (-1, 0)]), 2)[0], 2, 2, 99
    )
    assert unlinked.start.tolist() == [0, 0, 0]


def test_rows_are_sorted_stably():
    start, order = rows_of(np.array([2, 0, 2, 0, 0], dtype=np.int32), 4)
    assert start.tolist() == [0, 3, 3, 5, 5]
    assert order.tolist() == [1, 3, 4, 0, 2]


def test_a_table_turned_twice_is_itself():
    table = WalkTable(np.array([0, 2, 2, 3]), np.array([0, 2, 1], np.int32), np.array([7, 8, 9], np.int32))
    for one, two in zip(transposed(transposed(table, 3), 3), table, strict=True):
        assert one.tolist() == two.tolist()


SPEEDS = st.integers(50, 1_500).map(lambda hundredths: hundredths / 100)


@given(st.integers(0, 2**31 - 2), SPEEDS)
def test_seconds_are_exact_and_rounded_up_once(mm, kph):
    pace = pace_of(kph, 1_200, 7_200, OURS)
    exact = Fraction(mm, 1_000_000) / Fraction(round(kph * 100), 100) * 3_600
    assert walk_s(mm, pace) == math.ceil(exact)
    assert walks_s(np.array([mm], dtype=np.int32), pace).tolist() == [math.ceil(exact)]


@given(st.integers(2, 7_200), st.integers(2, 36_000), SPEEDS)
def test_the_longest_walk_takes_less_than_the_limit_and_a_millimetre_more_does_not(walk, time, kph):
    pace = pace_of(kph, walk, time, OURS)
    limit_s = min(walk, time)
    assert walk_s(pace.walk_limit_mm, pace) < limit_s
    assert walk_s(pace.walk_limit_mm + 1, pace) >= limit_s
    limits = {pace.search_limit, pace.walk_limit_mm, pace.vertex_limit_mm, pace.transfer_limit_mm}
    assert len(limits) == 1  # one limit for every leg


@pytest.mark.parametrize(
    ("mm", "seconds"),
    [(0, 0), (1, 1), (1_333, 1), (1_334, 2), (4_000, 3), (4_001, 4), (1_598_666, 1_199), (1_598_667, 1_200)],
)
def test_seconds_at_the_usual_pace(mm, seconds):
    # 4.8 km/h is 4 m in 3 s
    assert walk_s(mm, pace_of(4.8, 1_200, 7_200, OURS)) == seconds
