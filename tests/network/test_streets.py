"""Ways become a graph: where they are cut, how long they are, what is left out."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pyproj
import pytest

import town
from ptreach.errors import InputError
from ptreach.network.rules import OURS
from ptreach.network.streets import build_streets, haversine_m, require_region
from ptreach.sources.cover import Cover
from ptreach.sources.osm import read_streets

ROAD = {"highway": "residential"}
SPHERE = pyproj.Geod(a=OURS.earth_radius_m, b=OURS.earth_radius_m)


def build(folder, nodes, ways, gates=None, rules=OURS):
    """Streets of nodes in metres and ways, and the number of edges on islands."""
    ways = [(refs, tags[0] if tags else ROAD) for refs, *tags in ways]
    path = town.write_osm(folder / "streets.osm", nodes, ways, gates)
    return build_streets(read_streets([path]), rules)


def chains(streets):
    """Each edge as the places it runs through, rounded to degrees times 1e7, least end first."""
    ends = itertools.pairwise(streets.point_start.tolist())
    lon, lat = streets.point_lon_e7.tolist(), streets.point_lat_e7.tolist()
    lines = [list(zip(lon[a:b], lat[a:b], strict=True)) for a, b in ends]
    return sorted(min(line, line[::-1]) for line in lines)


def as_chains(nodes, *refs):
    """The same of lists of nodes."""

    def fixed(node):
        lon, lat = town.lonlat(*nodes[node])
        return round(float(f"{lon:.7f}") * 1e7), round(float(f"{lat:.7f}") * 1e7)

    lines = [[fixed(ref) for ref in line] for line in refs]
    return sorted(min(line, line[::-1]) for line in lines)


def joined(streets):
    """Pairs of edges that share a vertex."""
    ends = [set(pair) for pair in zip(streets.edge_from.tolist(), streets.edge_to.tolist(), strict=True)]
    return sum(bool(a & b) for a, b in itertools.combinations(ends, 2))


CROSS = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, 100), 5: (100, -100)}


def test_ways_are_cut_where_they_share_a_node(tmp_path):
    streets, islands = build(tmp_path, CROSS, [([1, 2, 3],), ([4, 2, 5],)])
    assert chains(streets) == as_chains(CROSS, [1, 2], [2, 3], [4, 2], [2, 5])
    assert streets.vertices_n == 5
    assert joined(streets) == 6  # all four meet
    assert islands == 0


def test_a_bridge_does_not_meet_the_road_below(tmp_path):
    nodes = {1: (0, 0), 3: (200, 0), 4: (100, 100), 5: (100, -100)}
    streets, _ = build(tmp_path, nodes, [([1, 3],), ([4, 5],)])
    assert chains(streets) == as_chains(nodes, [1, 3], [4, 5])
    assert joined(streets) == 0


def test_a_shared_node_between_its_ends_is_no_vertex_of_one_way(tmp_path):
    streets, _ = build(tmp_path, CROSS, [([1, 2, 3],)])
    assert chains(streets) == as_chains(CROSS, [1, 2, 3])
    assert streets.vertices_n == 2


def test_a_way_that_crosses_itself_is_cut_there(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (150, 80), 5: (100, -100)}
    streets, _ = build(tmp_path, nodes, [([1, 2, 3, 4, 2, 5],)])
    assert chains(streets) == as_chains(nodes, [1, 2], [2, 3, 4, 2], [2, 5])
    assert streets.vertices_n == 3
    loops = streets.edge_from == streets.edge_to
    assert loops.sum() == 1


def test_a_closed_way_is_a_loop_at_its_first_node(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (50, 80), 4: (-100, 0)}
    streets, _ = build(tmp_path, nodes, [([1, 2, 3, 1],)])
    assert chains(streets) == as_chains(nodes, [1, 2, 3, 1])
    assert streets.edge_from.tolist() == streets.edge_to.tolist() == [0]
    streets, _ = build(tmp_path, nodes, [([1, 2, 3, 1],), ([4, 1],), ([2, 3],)])
    assert chains(streets) == as_chains(nodes, [1, 2], [2, 3], [3, 1], [4, 1], [2, 3])


@pytest.mark.parametrize(
    ("tags", "closed"),
    [
        ({"barrier": "gate", "access": "no"}, True),
        ({"entrance": "emergency"}, True),
        ({"access": "no", "foot": "no"}, True),
        ({"access": "no", "foot": "yes"}, False),
        ({"access": "no", "bicycle": "yes"}, False),
        ({"barrier": "gate", "access": "private"}, False),
        ({"barrier": "bollard"}, False),
    ],
)
def test_nobody_passes_a_closed_node(tmp_path, tags, closed):
    streets, _ = build(tmp_path, CROSS, [([1, 2, 3],), ([4, 2, 5],)], {2: tags})
    assert chains(streets) == as_chains(CROSS, [1, 2], [2, 3], [4, 2], [2, 5])
    assert joined(streets) == (0 if closed else 6)
    assert streets.vertices_n == (8 if closed else 5)


def test_a_closed_node_within_a_way_cuts_it(tmp_path):
    streets, _ = build(tmp_path, CROSS, [([1, 2, 3],)], {2: {"access": "no"}})
    assert chains(streets) == as_chains(CROSS, [1, 2], [2, 3])
    assert joined(streets) == 0


def test_one_way_on_foot_is_walked_one_way_and_not_linked_to(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (50, 80)}
    steps = {"highway": "footway", "oneway:foot": "yes"}
    streets, _ = build(tmp_path, nodes, [([1, 2],), ([2, 3],), ([3, 1], steps)])
    way = int(np.flatnonzero(~streets.edge_backward)[0])
    assert streets.edge_forward.all()
    assert streets.edge_backward.sum() == 2
    assert not streets.edge_linkable[way]
    assert streets.edge_linkable.sum() == 2
    # it runs from node 3 to node 1
    assert {int(streets.edge_from[way]), int(streets.edge_to[way])} == {2, 0}
    assert streets.edge_from[way] == 2


def test_ordinary_oneway_streets_are_walked_both_ways(tmp_path):
    streets, _ = build(tmp_path, CROSS, [([1, 2, 3], {**ROAD, "oneway": "yes"})])
    assert streets.edge_forward.all()
    assert streets.edge_backward.all()


def test_a_street_that_one_can_only_leave_is_an_island(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 0)}
    out = {"highway": "footway", "oneway:foot": "yes"}
    streets, islands = build(tmp_path, nodes, [([1, 2],), ([2, 3], out)])
    assert chains(streets) == as_chains(nodes, [1, 2])
    assert streets.vertices_n == 2
    assert islands == 1


def row_of_ways(first, vertices_n, y_m):
    """A street of so many vertices: each piece a way of its own."""
    nodes = {first + k: (50.0 * k, y_m) for k in range(vertices_n)}
    return nodes, [([first + k, first + k + 1],) for k in range(vertices_n - 1)]


def test_parts_of_fewer_vertices_than_the_rules_say_are_islands(tmp_path):
    main, kept, dropped = row_of_ways(1, 60, 0), row_of_ways(100, 40, 500), row_of_ways(200, 39, 1_000)
    nodes = {**main[0], **kept[0], **dropped[0]}
    streets, islands = build(tmp_path, nodes, main[1] + kept[1] + dropped[1])
    assert islands == 38
    assert streets.edge_mm.size == 59 + 39
    assert streets.vertices_n == 100
    assert set(streets.edge_from.tolist()) | set(streets.edge_to.tolist()) == set(range(100))
    assert chains(streets) == as_chains(nodes, *(refs for (refs,) in main[1] + kept[1]))


def test_the_largest_part_is_never_an_island(tmp_path):
    nodes = {**CROSS, 6: (500, 0), 7: (600, 0)}
    streets, islands = build(tmp_path, nodes, [([1, 2, 3],), ([4, 2, 5],), ([6, 7],)])
    assert islands == 1
    assert chains(streets) == as_chains(CROSS, [1, 2], [2, 3], [4, 2], [2, 5])


def test_lengths_are_great_circles_in_whole_millimetres(tmp_path):
    nodes = {1: (0, 0), 2: (123, 45), 3: (90, 400), 4: (-800, 390), 5: (-800, -2_000)}
    streets, _ = build(tmp_path, nodes, [([1, 2, 3, 4],), ([4, 5],)])
    lon, lat = streets.point_lon_e7 / 1e7, streets.point_lat_e7 / 1e7
    for edge, (a, b) in enumerate(itertools.pairwise(streets.point_start.tolist())):
        metres = sum(SPHERE.inv(lon[a : b - 1], lat[a : b - 1], lon[a + 1 : b], lat[a + 1 : b])[2])
        assert streets.edge_mm[edge] == round(metres * 1000)
    by_hand = math.hypot(123, 45) + math.hypot(33, 355) + math.hypot(890, 10)
    # places are whole 1e-7 degrees, a centimetre; the plane of the town is 51 degrees at its south
    assert streets.edge_mm[0] / 1000 == pytest.approx(by_hand, abs=0.15)
    assert streets.edge_mm[1] / 1000 == pytest.approx(2_390, abs=0.02)


def test_haversine_at_known_places():
    quarter = haversine_m(np.array([0.0]), np.array([0.0]), np.array([0.0]), np.array([90.0]), 6_371_008.8)
    assert quarter[0] == pytest.approx(math.pi / 2 * 6_371_008.8)
    same = haversine_m(np.array([-1.2]), np.array([50.7]), np.array([-1.2]), np.array([50.7]), 1.0)
    assert same[0] == 0


def test_nodes_that_are_drawn_twice_in_a_row_and_repeated_places_add_nothing(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (100, 0), 4: (200, 0)}
    streets, _ = build(tmp_path, nodes, [([1, 2, 2, 3, 4],)])
    assert streets.edge_mm.tolist() == pytest.approx([200_000], abs=20)
    assert streets.point_start.tolist() == [0, 4]


def test_order_of_the_file_does_not_matter(tmp_path):
    ways = [([1, 2, 3], ROAD), ([4, 2, 5], ROAD)]
    path = town.write_osm(tmp_path / "a.osm", CROSS, ways)
    text = path.read_text(encoding="utf-8").splitlines()
    other = tmp_path / "b.osm"
    at = next(k for k, line in enumerate(text) if line.startswith("<way"))
    other.write_text("\n".join([*text[:at], *text[at:-1][::-1], text[-1]]), encoding="utf-8")
    one, two = (build_streets(read_streets([file]), OURS)[0] for file in (path, other))
    for a, b in zip(one, two, strict=True):
        assert np.array_equal(a, b)


def test_a_street_that_leads_out_of_the_cover_is_no_island(tmp_path):
    # A crossing of 5 vertices, and two lanes of 2 far from it; the cover ends half way along one of them.
    nodes = {**CROSS, 6: (3_000, 0), 7: (3_050, 0), 8: (3_000, 900), 9: (5_000, 900)}
    ways = [([1, 2, 3],), ([4, 2, 5],), ([6, 7],), ([8, 9],)]
    west, south = town.lonlat(-500, -500)
    east, north = town.lonlat(3_500, 1_500)
    path = town.write_osm(tmp_path / "streets.osm", nodes, [(refs, ROAD) for (refs,) in ways])
    whole, islands = build_streets(read_streets([path]), OURS._replace(island_vertices=4))
    assert islands == 2
    assert whole.edge_mm.size == 4
    cover = Cover.of_box(west, south, east, north)
    part, islands = build_streets(read_streets([path], cover=cover), OURS._replace(island_vertices=4), cover)
    assert islands == 1
    assert chains(part) == as_chains(nodes, [1, 2], [2, 3], [4, 2], [2, 5], [8, 9])


def test_streets_of_half_the_world_are_no_network(tmp_path):
    near, far = row_of_ways(1, 60, 0), row_of_ways(100, 60, 0)
    there = {number: (x_m, y_m - 3_000_000) for number, (x_m, y_m) in far[0].items()}
    wide = {number: (x_m + 2_000_000, y_m) for number, (x_m, y_m) in there.items()}
    streets, _ = build(tmp_path, near[0], near[1])
    require_region(streets, "a.osm")
    streets, _ = build(tmp_path, {**near[0], **wide}, near[1] + far[1])
    with pytest.raises(
        InputError, match=r"a\.osm: .*from -2\.0 to 2\d\.\d degrees east and from 2\d\.\d to 51"
    ):
        require_region(streets, "a.osm")
    # a street far away that is an island is no matter
    few = {number: place for number, place in wide.items() if number < 110}
    streets, islands = build(tmp_path, {**near[0], **few}, near[1] + far[1][:9])
    assert islands == 9
    require_region(streets, "a.osm")


def test_an_edge_is_no_longer_than_numbers_hold(tmp_path):
    # 3,000 km to and fro
    nodes = {number: (30_000.0 * (number % 2), number * 0.1) for number in range(1, 102)}
    nodes |= {number: (0.0, number * 1.0) for number in (200, 201)}
    streets, _ = build(tmp_path, nodes, [(list(range(1, 102)),), ([1, 200],), ([101, 201],)])
    assert streets.edge_mm.max() == np.iinfo(np.int32).max
    assert (streets.edge_mm >= 0).all()
