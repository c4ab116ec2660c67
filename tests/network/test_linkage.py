"""Links of points to streets, against the nearest point found by trying every segment."""

from __future__ import annotations

import heapq
import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ptreach.network.linkage import hang_stops
from ptreach.network.rules import OURS, R5
from ptreach.network.streets import build_streets
from ptreach.network.transfers import find_transfers
from ptreach.network.walks import anchor_points, build_graph, walk_table
from ptreach.sources.osm import OsmStreets, StreetCounts

WHOLE = OURS._replace(island_vertices=1)
LAT = 51.0
E7_M = math.pi / 180 * OURS.earth_radius_m * 1e-7
FAR_MM = 10_000_000


def e7(place):
    """A place in metres as longitude and latitude times 1e7, about 51 degrees north."""
    x, y = place
    return round(x / E7_M / math.cos(math.radians(LAT))), round(LAT * 1e7 + y / E7_M)


def degrees(places):
    fixed = np.array([e7(place) for place in places]).reshape(-1, 2)
    return fixed[:, 0] / 1e7, fixed[:, 1] / 1e7


def streets_of(nodes, ways, tunnels=(), fixed_of=e7, rules=WHOLE):
    """The street graph of ways of nodes in metres, or in whatever `fixed_of` makes fixed numbers of."""
    fixed = [fixed_of(nodes[ref]) for way in ways for ref in way]
    osm = OsmStreets(
        way_id=np.arange(len(ways), dtype=np.int64),
        ref_start=np.cumsum([0, *map(len, ways)], dtype=np.int64),
        ref_node_id=np.array([ref for way in ways for ref in way], dtype=np.int64),
        ref_lon_e7=np.array([lon for lon, _ in fixed], dtype=np.int32),
        ref_lat_e7=np.array([lat for _, lat in fixed], dtype=np.int32),
        way_forward=np.ones(len(ways), dtype=np.bool_),
        way_backward=np.ones(len(ways), dtype=np.bool_),
        way_linkable=np.array([at not in tunnels for at in range(len(ways))]),
        impassable_node_id=np.empty(0, dtype=np.int64),
        shared_node_id=np.empty(0, dtype=np.int64),
        missing_nodes=0,
        leaps=0,
        counts=StreetCounts(read=len(ways), walkable=len(ways), kept=len(ways), nodes=len(nodes)),
    )
    return build_streets(osm, rules)[0]


class Plain:
    """Streets in metres: every segment is tried, walks are found with a heap of floats.

    A metre east is measured at the latitude of whoever looks, for a street halfway along it: over a town the
    meridians draw together by centimetres.
    """

    def __init__(self, nodes, ways):
        # the places that whole 1e-7 degrees give
        self.nodes = {ref: e7(nodes[ref]) for way in ways for ref in way}
        self.segments = [pair for way in ways for pair in itertools.pairwise(way)]

    @staticmethod
    def metres(fixed, seen_from_e7):
        lon, lat = fixed
        return lon * E7_M * math.cos(seen_from_e7 * 1e-7 * math.pi / 180), (lat - LAT * 1e7) * E7_M

    def feet(self, place):
        """Distance, segment and fraction along it of the nearest point of each segment, nearest first."""
        own_lat = e7(place)[1]
        px, py = self.metres(e7(place), own_lat)
        found = []
        for at, (a, b) in enumerate(self.segments):
            (ax, ay), (bx, by) = (self.metres(self.nodes[ref], own_lat) for ref in (a, b))
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            part = min(1, max(0, ((px - ax) * dx + (py - ay) * dy) / length)) if length else 0
            found.append((math.hypot(px - ax - part * dx, py - ay - part * dy), at, part))
        return sorted(found)

    def length(self, segment):
        a, b = (self.nodes[ref] for ref in self.segments[segment])
        (ax, ay), (bx, by) = (self.metres(end, (a[1] + b[1]) / 2) for end in (a, b))
        return math.hypot(bx - ax, by - ay)

    def walks(self, start, ends):
        """Metres from one place to others; each hangs on its nearest segment."""
        off, segment, part = self.feet(start)[0]
        best = {}
        heap = [
            (off + part * self.length(segment), self.segments[segment][0]),
            (off + (1 - part) * self.length(segment), self.segments[segment][1]),
        ]
        while heap:
            metres, node = heapq.heappop(heap)
            if node in best:
                continue
            best[node] = metres
            for at, (a, b) in enumerate(self.segments):
                if node in (a, b):
                    heapq.heappush(heap, (metres + self.length(at), b if node == a else a))
        found = []
        for end in ends:
            end_off, at, end_part = self.feet(end)[0]
            a, b = self.segments[at]
            ways = [
                best.get(a, math.inf) + end_part * self.length(at),
                best.get(b, math.inf) + (1 - end_part) * self.length(at),
            ]
            if at == segment:
                ways.append(off + abs(part - end_part) * self.length(at))
            found.append(min(ways) + end_off)
        return found


@st.composite
def towns(draw):
    """Nodes in metres, ways through them, stops and points; no place has two different nearest feet."""
    metres = st.tuples(st.integers(-700, 700), st.integers(-700, 700))
    nodes = dict(enumerate(draw(st.lists(metres, min_size=3, max_size=8, unique=True))))
    refs = st.lists(st.sampled_from(sorted(nodes)), min_size=2, max_size=5)
    ways = draw(st.lists(refs, min_size=1, max_size=5))
    ways = [[ref for ref, _ in itertools.groupby(way)] for way in ways]
    ways = [way for way in ways if len(way) > 1]
    assume(ways)
    places = draw(st.lists(metres, min_size=2, max_size=8))
    plain = Plain(nodes, ways)
    for place in places:
        feet = plain.feet(place)
        near = [(at, part) for off, at, part in feet if off < feet[0][0] + 0.2]
        ends = {plain.segments[at][round(part)] if part in {0, 1} else at + 0.5 for at, part in near}
        assume(len(ends) == 1)
    cut = draw(st.integers(1, len(places) - 1))
    return nodes, ways, places[:cut], places[cut:]


def tables(streets, stops, points):
    """Metres from each stop to all stops and points, infinite where there is no way."""
    linkage, links, vertices_n = hang_stops(streets, *degrees(stops), WHOLE)
    forward, _ = build_graph(linkage.edges, links, vertices_n)
    point_links = linkage.link(*degrees(points), WHOLE)
    anchors = anchor_points(point_links, linkage.edges, vertices_n + len(stops))
    to_points = walk_table(forward, vertices_n, len(stops), anchors, len(points), FAR_MM, FAR_MM)
    to_stops = find_transfers(forward, vertices_n, len(stops), FAR_MM)
    metres = []
    for table, columns_n in ((to_stops, len(stops)), (to_points, len(points))):
        full = np.full((len(stops), columns_n), np.inf)
        for row in range(len(stops)):
            at = slice(table.start[row], table.start[row + 1])
            full[row, table.to[at]] = table.mm[at] / 1000
        metres.append(full)
    return linkage, links, point_links, *metres


def turned_m(plain, places):
    """How far each place's foot may move: the centimetre of a cut turns the piece that ends there.

    A piece p long, turned by two ends of a centimetre, moves the foot of what lies off it by off · 0.02 / p,
    and by no more than the piece.
    """
    feet = [plain.feet(place)[0] for place in places]
    moved = []
    for off, at, _ in feet:
        parts = sorted({0.0, 1.0, *(part for _, other, part in feet if other == at)})
        pieces = [(b - a) * plain.length(at) for a, b in itertools.pairwise(parts) if b > a]
        moved.append(max(min(piece, off * 0.02 / piece) for piece in pieces))
    return np.array(moved)


@settings(max_examples=150)
@given(towns())
def test_places_hang_on_the_nearest_point_of_any_street(case):
    nodes, ways, stops, points = case
    plain = Plain(nodes, ways)
    _, links, point_links, to_stops, to_points = tables(streets_of(nodes, ways), stops, points)
    off_m = [plain.feet(place)[0][0] for place in (*stops, *points)]
    assert (links.vertex >= 0).tolist() == [off < 1_600 for off in off_m[: len(stops)]]
    assert (point_links.edge >= 0).all()
    # a degree's metres change a little with the latitude
    assert links.mm / 1000 == pytest.approx(off_m[: len(stops)], abs=0.05, rel=1e-4)
    assert point_links.off_mm / 1000 == pytest.approx(off_m[len(stops) :], abs=0.05, rel=1e-4)
    moved = turned_m(plain, (*stops, *points))
    for row, stop in enumerate(stops):
        walks = np.array(plain.walks(stop, (*stops, *points)))
        with np.errstate(invalid="ignore"):  # no way is infinite in both
            wrong = np.abs(np.concatenate([to_stops[row], to_points[row]]) - walks)
        wrong[np.isinf(walks) & np.isinf(np.concatenate([to_stops[row], to_points[row]]))] = 0
        # a place is known to a centimetre; a sharp corner may double that in a foot
        assert (np.delete(wrong - moved - moved[row], row) < 0.3).all()


@settings(max_examples=60)
@given(towns(), st.randoms(use_true_random=False))
def test_the_order_of_stops_does_not_matter(case, random):
    nodes, ways, stops, points = case
    streets = streets_of(nodes, ways)
    order = random.sample(range(len(stops)), len(stops))
    *_, to_stops, to_points = tables(streets, stops, points)
    *_, other_stops, other_points = tables(streets, [stops[k] for k in order], points)
    # each cut rounds a place and a length
    assert other_stops == pytest.approx(to_stops[np.ix_(order, order)], abs=0.1)
    # … which turns a short piece, on which what lies far off it finds its foot so much farther along
    places = [*stops, *nodes.values()]
    shortest_m = min(math.dist(*pair) for pair in itertools.combinations(places, 2) if pair[0] != pair[1])
    assert other_points == pytest.approx(to_points[order], abs=0.1 + 20 / shortest_m)


@settings(max_examples=60)
@given(towns())
def test_cutting_keeps_length_and_shape(case):
    nodes, ways, stops, _ = case
    streets = streets_of(nodes, ways)
    linkage, links, vertices_n = hang_stops(streets, *degrees(stops), WHOLE)
    edges, segments = linkage.edges, linkage.segments
    cuts = int((links.vertex >= 0).sum())
    assert edges.mm.size == streets.edge_mm.size + cuts
    assert vertices_n == streets.vertices_n + cuts
    assert int(edges.mm.sum()) == int(streets.edge_mm.sum())
    assert (edges.mm >= 0).all()
    assert len(set(links.vertex[links.vertex >= 0].tolist())) == cuts
    # each edge is a chain without gaps, all segments are in one
    seen = 0
    for edge in range(edges.mm.size):
        at = segments.edge_first[edge]
        while at >= 0:
            seen += 1
            assert segments.edge[at] == edge
            onward = segments.next_segment[at]
            if onward >= 0:
                assert (segments.lon1[at], segments.lat1[at]) == (
                    segments.lon0[onward],
                    segments.lat0[onward],
                )
            at = onward
    assert seen == segments.lon0.size


STREET = {0: (0.0, 0.0), 1: (2_000.0, 0.0)}


def link(points, nodes=STREET, ways=((0, 1),), tunnels=(), stops=()):
    linkage, stop_links, _ = hang_stops(streets_of(nodes, ways, tunnels), *degrees(stops), WHOLE)
    return linkage.link(*degrees(points), WHOLE), stop_links


def test_a_link_by_hand():
    links, _ = link([(500.0, 80.0), (-30.0, 40.0), (2_000.0, 0.0)])
    assert links.edge.tolist() == [0, 0, 0]
    assert links.off_mm == pytest.approx([80_000, 50_000, 0], abs=20)
    assert links.from_mm == pytest.approx([500_000, 0, 2_000_000], abs=20)
    assert links.to_mm == pytest.approx([1_500_000, 2_000_000, 0], abs=20)
    assert (links.from_mm + links.to_mm == links.from_mm[2]).all()


def test_links_reach_a_mile_and_no_further():
    links, stops = link([(500, 1_599.9), (500, 1_600.1), (500, 299.9), (500, 300.1), (-1_600.1, 0)])
    assert (links.edge >= 0).tolist() == [True, False, True, True, False]
    assert links.off_mm[:1] == pytest.approx([1_599_900], abs=20)
    _, stops = link([], stops=[(500, 1_599.9), (500, 1_600.1), (-90_000, 0)])
    assert (stops.vertex >= 0).tolist() == [True, False, False]
    assert stops.mm[:1] == pytest.approx([1_599_900], abs=20)


def test_a_street_just_beyond_300_m_is_taken_before_one_at_a_mile():
    nodes = {**STREET, 2: (0.0, 700.0), 3: (2_000.0, 700.0)}
    links, _ = link([(500, 310), (500, 390)], nodes, [(2, 3), (0, 1)])
    assert links.edge.tolist() == [1, 0]
    assert links.off_mm == pytest.approx([310_000, 310_000], abs=20)


def test_a_limit_leaves_out_what_is_farther_and_threads_change_nothing():
    places = [(10.0 * k, 40.0 * k + 1) for k in range(60)]
    linkage, *_ = hang_stops(streets_of(STREET, [(0, 1)]), *degrees([]), WHOLE)
    free = linkage.link(*degrees(places), WHOLE)
    assert (free.edge >= 0).tolist() == [40 * k + 1 < 1_600 for k in range(60)]
    near = linkage.link(*degrees(places), WHOLE, within_m=300, workers=3)
    assert (near.edge >= 0).tolist() == [40 * k + 1 < 300 for k in range(60)]
    assert near.off_mm[:7].tolist() == free.off_mm[:7].tolist()


@settings(max_examples=60)
@given(towns(), st.sampled_from([5.0, 40.0, 500.0, 5_000.0]))
def test_links_do_not_depend_on_the_box_that_is_looked_into_first(case, first_m):
    nodes, ways, stops, points = case
    streets = streets_of(nodes, ways)
    with pytest.MonkeyPatch.context() as patch:
        found = []
        for metres in (first_m, 75.0):
            patch.setattr("ptreach.network.segments._FIRST_M", metres)
            linkage, links, _ = hang_stops(streets, *degrees(stops), WHOLE)
            found.append((*links, *linkage.link(*degrees(points), WHOLE)))
    for one, other in zip(*found, strict=True):
        assert one.tolist() == other.tolist()


def test_of_equally_near_streets_the_first_is_taken():
    nodes = {**STREET, 2: (0.0, 90.0), 3: (2_000.0, 90.0)}
    middle = [(500.0, 45.0)]
    south, north = (e7(nodes[ref])[1] for ref in (0, 2))
    assert 2 * e7(middle[0])[1] == south + north
    for ways in ([(0, 1), (2, 3)], [(2, 3), (0, 1)]):
        links, _ = link(middle, nodes, ways)
        assert links.edge.tolist() == [0]
    # the piece that a stop has cut off is a later edge
    links, stops = link(middle, nodes, [(0, 1), (2, 3)], stops=[(300.0, 0.0)])
    assert stops.vertex.tolist() == [4]
    assert links.edge.tolist() == [1]
    assert links.from_mm == pytest.approx([500_000], abs=30)


def test_tunnels_are_walked_through_but_not_linked_to():
    nodes = {**STREET, 2: (0.0, 90.0), 3: (2_000.0, 90.0)}
    links, stops = link([(500, 80)], nodes, [(0, 1), (2, 3)], tunnels={1}, stops=[(500, 85)])
    assert links.off_mm == pytest.approx([80_000], abs=20)
    assert stops.mm == pytest.approx([85_000], abs=20)


def test_stops_on_one_spot_and_on_corners_are_apart_by_their_links():
    stops = [(500, 0), (500, 0), (500, 10), (0, 0), (0, -5)]
    *_, to_stops, _ = tables(streets_of(STREET, [(0, 1)]), stops, [(0, 0)])
    expected = [
        [np.inf, 0, 10, 500, 505],
        [0, np.inf, 10, 500, 505],
        [10, 10, np.inf, 510, 515],
        [500, 500, 510, np.inf, 5],
        [505, 505, 515, 5, np.inf],
    ]
    assert to_stops == pytest.approx(np.array(expected), abs=0.05)


def r5_spot(lon, lat, street, cos_lat):
    """Where a point in degrees hangs on a segment by R5's whole numbers (r5-model, L1)."""
    (lon0, lat0), (lon1, lat1) = street
    x, x0, x1 = (int(int(value) / cos_lat) for value in (lon * 1e7, lon0, lon1))
    dx, dy = x1 - x0, lat1 - lat0
    fraction = ((x - x0) * dx + (int(lat * 1e7) - lat0) * dy) / (dx * dx + dy * dy)
    assert 0 < fraction < 1
    return int(lon0 + fraction * (lon1 - lon0)), int(lat0 + fraction * (lat1 - lat0))


def r5_mm(lon, lat, spot):
    """Millimetres from a point in degrees to a vertex by R5 (L6, S8)."""
    at_lon, at_lat = (math.radians(value / 1e7) for value in spot)
    lon, lat = math.radians(lon), math.radians(lat)
    half = math.sin((at_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(at_lat) * math.sin((at_lon - lon) / 2) ** 2
    return int(1000 * 2 * 6_367_450 * math.asin(math.sqrt(half)))


def test_by_r5s_rules_coordinates_are_cut_but_the_cosine_is_that_of_the_latitude_given():
    rules = R5._replace(island_vertices=1)
    street = ((84_750_000, 494_900_000), (84_790_000, 494_930_000))
    places = [(8.475503, 49.491353), (8.475505, 49.491505), (8.475508, 49.491308), (8.4755, 49.49155)]
    for lon, lat in places:
        fixed = int(lat * 1e7)
        assert fixed == round(lat * 1e7) - 1  # times 1e7 it is ...9.99999994
        mm, mm_if_cut = (
            r5_mm(lon, lat, r5_spot(lon, lat, street, math.cos(math.radians(scaled_at))))
            for scaled_at in (lat, fixed / 1e7)
        )
        assert mm != mm_if_cut
        streets = streets_of(dict(enumerate(street)), [(0, 1)], fixed_of=tuple, rules=rules)
        _, stops, _ = hang_stops(streets, np.array([lon]), np.array([lat]), rules)
        assert stops.mm.tolist() == [mm]


def test_no_stops_and_no_points():
    links, stops = link([])
    assert links.edge.size == stops.vertex.size == 0
