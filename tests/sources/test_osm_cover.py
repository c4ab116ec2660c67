"""Streets of several files, and of a cover: nothing is lost, nothing is there twice."""

from __future__ import annotations

import itertools
import logging
from pathlib import Path

import numpy as np
import osmium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osmium.osm import mutable

from ptreach.errors import InputError
from ptreach.sources.cover import CELL_DEG, Cover
from ptreach.sources.ground import read_ground
from ptreach.sources.osm import read_streets

IOW = Path(__file__).parents[2] / "../shared/data/isle-of-wight/iow-filtered.osm.pbf"
ROAD = {"highway": "residential"}


def write(path: Path, nodes: dict[int, tuple[float, float]], ways: dict[int, list[int]], tags=ROAD) -> Path:
    """Write nodes in degrees and ways."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, place in nodes.items():
            writer.add_node(mutable.Node(id=number, version=1, location=place))
        for number, refs in ways.items():
            writer.add_way(mutable.Way(id=number, version=1, nodes=refs, tags=tags))
    return path


def pieces(streets) -> list[tuple[int, list[int]]]:
    """Way id and nodes of each piece."""
    runs = itertools.pairwise(streets.ref_start.tolist())
    refs = streets.ref_node_id.tolist()
    return [(way, refs[a:b]) for way, (a, b) in zip(streets.way_id.tolist(), runs, strict=True)]


LINE = {i: (-2 + i / 100, 52.0) for i in range(1, 10)}


def some(*numbers: int) -> dict[int, tuple[float, float]]:
    return {number: LINE[number] for number in numbers}


@pytest.mark.parametrize("turned", [False, True])
def test_a_way_cut_in_one_file_and_whole_in_another_is_there_once_and_whole(tmp_path, turned):
    cut = write(tmp_path / "a.osm.pbf", some(1, 2), {7: [1, 2, 3, 4], 8: [1, 2]})
    whole = write(tmp_path / "b.osm", some(1, 2, 3, 4, 5), {7: [1, 2, 3, 4], 9: [4, 5]})
    paths = [whole, cut] if turned else [cut, whole]
    streets = read_streets(paths)
    assert pieces(streets) == [(7, [1, 2, 3, 4]), (8, [1, 2]), (9, [4, 5])]
    assert streets.missing_nodes == 0
    assert streets.ref_lon_e7.tolist() == [round(LINE[i][0] * 1e7) for i in (1, 2, 3, 4, 1, 2, 4, 5)]


def test_a_way_cut_in_both_files_is_whole_if_they_have_its_nodes_between_them(tmp_path):
    west = write(tmp_path / "a.osm.pbf", some(1, 2), {7: [1, 2, 3, 4]})
    east = write(tmp_path / "b.osm.pbf", some(3, 4), {7: [1, 2, 3, 4]})
    assert pieces(read_streets([west, east])) == [(7, [1, 2, 3, 4])]


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_versions_the_one_with_more_nodes_in_place_is_taken(tmp_path, turned):
    old = write(tmp_path / "a.osm.pbf", some(1, 2, 3), {7: [1, 2, 3]})
    new = write(tmp_path / "b.osm.pbf", some(4, 5, 6, 9), {7: [4, 5, 6, 9]})
    paths = [new, old] if turned else [old, new]
    assert pieces(read_streets(paths)) == [(7, [4, 5, 6, 9])]
    # as many: the first file's
    same = write(tmp_path / "c.osm.pbf", some(4, 5, 6), {7: [6, 5, 4]})
    assert pieces(read_streets([old, same])) == [(7, [1, 2, 3])]
    assert pieces(read_streets([same, old])) == [(7, [6, 5, 4])]


def test_a_way_given_twice_in_one_file_is_there_once(tmp_path):
    path = tmp_path / "twice.osm"
    write(path, LINE, {7: [1, 2, 3], 9: [3, 4]})
    text = path.read_text(encoding="utf-8")
    way = text[text.index("<way") : text.index("</way>") + 6]
    path.write_text(text.replace("</osm>", f"{way}</osm>"), encoding="utf-8")
    assert pieces(read_streets([path])) == [(7, [1, 2, 3]), (9, [3, 4])]


def test_nodes_of_a_way_in_two_files_are_not_shared_by_that(tmp_path):
    fence = {1: [3, 9]}
    one = write(tmp_path / "a.osm.pbf", LINE, {7: [1, 2, 3, 4]})
    two = write(tmp_path / "b.osm.pbf", LINE, {7: [1, 2, 3, 4], 8: [4, 5]})
    other = write(tmp_path / "c.osm.pbf", LINE, fence, {"barrier": "fence"})
    streets = read_streets([one, two, other], cut_at_any_way=True)
    assert streets.shared_node_id.tolist() == [3, 4]


def test_what_two_files_have_is_drawn_once(tmp_path):
    one = write(tmp_path / "a.osm.pbf", some(1, 2), {7: [1, 2], 8: [2, 3]})
    two = write(tmp_path / "b.osm.pbf", some(1, 2, 3), {7: [1, 2], 8: [2, 3]})
    assert len(read_ground([one])) == 1  # way 8 is cut there
    assert len(read_ground([one, two])) == 2
    assert len(read_ground([two, one])) == 2
    assert len(read_ground([two, one], cover=Cover.of_box(-1.9949, 51.999, -1.985, 52.001))) == 1


# Around a cover of one cell, from -2 to -1.995 and from 52 to 52.005.
CELL = Cover(round(52 / CELL_DEG), round(-2 / CELL_DEG), np.ones((1, 1), dtype=np.bool_))
INSIDE, EAST, FAR, WEST = (-1.998, 52.002), (-1.99, 52.002), (-1.97, 52.002), (-2.02, 52.003)


def test_ways_keep_what_is_in_the_cover_and_one_node_beyond(tmp_path):
    assert CELL.holds(np.array([INSIDE[0], EAST[0]]), np.array([INSIDE[1], EAST[1]])).tolist() == [
        True,
        False,
    ]
    nodes = {1: INSIDE, 2: EAST, 3: FAR, 4: (-1.9981, 52.0021), 5: WEST, 6: (-2.03, 52.0)}
    streets = read_streets(
        [
            write(
                tmp_path / "a.osm.pbf", nodes, {1: [6, 5, 1, 2, 3], 2: [1, 2, 3, 2, 4], 3: [2, 3], 4: [1, 4]}
            )
        ],
        cover=CELL,
    )
    assert pieces(streets) == [(1, [5, 1, 2]), (2, [1, 2]), (2, [2, 4]), (4, [1, 4])]
    assert streets.counts._asdict() == {"read": 4, "walkable": 4, "kept": 3, "nodes": 4}


def test_a_long_straight_through_the_cover_is_kept_though_it_has_no_node_in_it(tmp_path):
    nodes = {1: WEST, 2: EAST, 3: FAR, 4: (-2.02, 52.03), 5: (-1.99, 52.03)}
    streets = read_streets(
        [write(tmp_path / "a.osm.pbf", nodes, {1: [1, 2, 3], 2: [4, 5]})],
        cover=CELL,
    )
    assert pieces(streets) == [(1, [1, 2])]


def test_nodes_missing_far_from_the_cover_are_nobodys_business(tmp_path):
    nodes = {1: INSIDE, 2: EAST, 3: FAR}
    path = write(tmp_path / "a.osm.pbf", nodes, {1: [77, 1, 2], 2: [3, 88], 3: [99, 98]})
    assert read_streets([path]).missing_nodes == 4
    assert read_streets([path], cover=CELL).missing_nodes == 1


def test_a_cover_without_streets_is_told(tmp_path):
    path = write(tmp_path / "a.osm.pbf", {1: EAST, 2: FAR}, {1: [1, 2]})
    with pytest.raises(InputError, match=r"a\.osm\.pbf: no walkable street of it in reach"):
        read_streets([path], cover=CELL)


def test_what_was_read_and_kept_is_logged(tmp_path, caplog):
    path = write(tmp_path / "a.osm.pbf", {1: INSIDE, 2: EAST, 3: FAR}, {1: [1, 2, 3, 9], 2: [2, 3]})
    with caplog.at_level(logging.INFO, logger="ptreach.sources.osm"):
        read_streets([path], cover=CELL)
    (line,) = caplog.messages
    assert line.endswith("2 ways read, 2 can be walked, 1 kept, with 2 nodes; 1 nodes missing")


spots = st.tuples(st.integers(0, 60), st.integers(0, 60))  # a twelfth of a cell is one unit


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(spots, min_size=4, max_size=12),
    st.lists(st.lists(st.integers(1, 12), min_size=2, max_size=8), min_size=1, max_size=4),
    st.lists(st.booleans(), min_size=16, max_size=16),
)
def test_nothing_in_the_cover_is_lost_and_nothing_else_is_kept(tmp_path, places, ways, cells):
    nodes = {
        number: (-2 + (x + 0.5) * CELL_DEG / 12, 52 + (y + 0.5) * CELL_DEG / 12)
        for number, (x, y) in enumerate(places, 1)
    }
    lines = {number: [min(ref, len(nodes)) for ref in refs] for number, refs in enumerate(ways, 1)}
    cover = CELL._replace(kept=np.array(cells).reshape(4, 4))
    path = write(tmp_path / "some.osm.pbf", nodes, lines)

    def steps(runs):
        return [(way, pair) for way, refs in runs for pair in itertools.pairwise(refs) if pair[0] != pair[1]]

    everything = steps((way, refs) for way, refs in lines.items())
    try:
        kept = steps(pieces(read_streets([path], cover=cover)))
    except InputError:
        kept = []
    along = np.linspace(0, 1, 200)
    wanted, allowed = [], []
    for step in everything:
        (x0, y0), (x1, y1) = (nodes[ref] for ref in step[1])
        x, y = x0 + along * (x1 - x0), y0 + along * (y1 - y0)
        if cover.holds(x, y).any():
            wanted.append(step)
        box = (a.ravel() for a in np.meshgrid(x, y))
        if cover.holds(*box).any():
            allowed.append(step)
    assert [step for step in everything if step in kept] == kept  # in order, none twice
    assert set(wanted) <= set(kept) <= set(allowed)


@given(st.lists(st.booleans(), min_size=12, max_size=12), *[st.integers(-30, 60)] * 4)
def test_boxes_touch_a_cover_where_one_of_their_cells_is_kept(cells, x0, y0, x1, y1):
    cover = CELL._replace(kept=np.array(cells).reshape(3, 4))
    west, east = (-2 + (x + 0.5) * CELL_DEG / 10 for x in sorted((x0, x1)))
    south, north = (52 + (y + 0.5) * CELL_DEG / 10 for y in sorted((y0, y1)))
    x, y = (a.ravel() for a in np.meshgrid(np.linspace(west, east, 100), np.linspace(south, north, 100)))
    box = [np.array([side]) for side in (west, south, east, north)]
    assert cover.touches(*box)[0] == cover.holds(x, y).any()
    assert not cover.touches(*box[:3], np.array([np.nan]))[0]


def test_a_node_in_a_wrong_place_cuts_its_ways_and_is_counted(tmp_path):
    nodes = {**LINE, 20: (0.0, 0.0), 21: (-1.9, 52.51)}
    path = write(tmp_path / "a.osm.pbf", nodes, {1: [1, 2, 20, 3, 4], 2: [5, 21, 6, 7], 3: [20, 1]})
    streets = read_streets([path])
    assert pieces(streets) == [(1, [1, 2]), (1, [3, 4]), (2, [6, 7])]
    assert streets.leaps == 5
    assert streets.missing_nodes == 0


@pytest.mark.real
@pytest.mark.skipif(not IOW.is_file(), reason=f"real data absent: {IOW}")
def test_an_island_in_two_extracts_that_overlap_is_the_island(tmp_path):
    middle = -1.3
    sides = [tmp_path / "west.osm.pbf", tmp_path / "east.osm.pbf"]
    within = [set(), set()]
    for node in osmium.FileProcessor(str(IOW), osmium.osm.NODE):
        for side, sign in enumerate((-1, 1)):
            if sign * (node.location.lon - middle) > -0.01:
                within[side].add(node.id)
    for path, nodes in zip(sides, within, strict=True):
        with osmium.SimpleWriter(str(path)) as writer:
            for thing in osmium.FileProcessor(str(IOW)):
                if thing.is_way():
                    is_here = any(node.ref in nodes for node in thing.nodes)
                else:
                    is_here = thing.id in nodes
                if is_here:
                    writer.add(thing)
    whole = read_streets([IOW])
    parts = [read_streets([path]) for path in sides]
    assert all(0 < part.counts.kept < whole.counts.kept for part in parts)
    assert all(part.missing_nodes > 0 for part in parts)
    for paths in (sides, sides[::-1]):
        both = read_streets(paths)
        for name, column in whole._asdict().items():
            if name != "counts":
                assert np.array_equal(column, getattr(both, name)), name
        assert both.counts.read == sum(part.counts.read for part in parts)
        assert both.counts.kept == whole.counts.kept


@pytest.mark.real
@pytest.mark.skipif(not IOW.is_file(), reason=f"real data absent: {IOW}")
def test_a_town_cut_out_of_the_island_has_the_same_streets_there():
    here = np.array([-1.163]), np.array([50.73])
    whole, part = read_streets([IOW]), read_streets([IOW], cover=Cover.around(*here, 3_000.0))
    assert part.counts.nodes < whole.counts.nodes / 3

    def steps(streets):
        ends = np.zeros(streets.ref_node_id.size, dtype=np.bool_)
        ends[streets.ref_start[1:] - 1] = True
        at = np.flatnonzero(~ends)
        way = np.repeat(streets.way_id, np.diff(streets.ref_start))
        x, y = streets.ref_lon_e7 / 1e7 - here[0], streets.ref_lat_e7 / 1e7 - here[1]
        near = np.hypot(x * np.cos(np.radians(here[1])), y) * 111_000 < 2_900
        at = at[near[at] | near[at + 1]]
        return set(zip(way[at], streets.ref_node_id[at], streets.ref_node_id[at + 1], strict=True))

    assert steps(part) == steps(whole)
    assert len(steps(part)) > 1_000
