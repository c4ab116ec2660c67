"""Cutting a map to a cover: what is read of the cut map is what the whole one gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import osmium
import pytest

from ptreach.sources import osm_cut
from ptreach.sources.cover import Cover
from ptreach.sources.demo import write_demo
from ptreach.sources.ground import read_ground
from ptreach.sources.osm import read_streets
from ptreach.sources.osm_cut import cut_maps
from ptreach.sources.stations import count_stations
from r5_answers import PLACES, REFERENCE

if TYPE_CHECKING:
    from pathlib import Path

HERE = Cover.of_box(-2.0, 52.0, -1.9, 52.1)


@pytest.fixture(autouse=True)
def any_size(monkeypatch):
    """Cut files of any size."""
    monkeypatch.setattr(osm_cut, "_WORTH_BYTES", 1)


def written(path: Path, nodes, ways, relations=()) -> Path:
    """A map of nodes {id: (lon, lat[, tags])}, ways {id: (refs, tags)}, relations (id, member ways)."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, (lon, lat, *tags) in nodes.items():
            place = {"id": number, "location": (lon, lat), "tags": dict(*tags), "version": 1}
            writer.add_node(osmium.osm.mutable.Node(**place))
        for number, (refs, tags) in ways.items():
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags, version=1))
        for number, members in relations:
            writer.add_relation(
                osmium.osm.mutable.Relation(
                    id=number,
                    version=1,
                    members=[("w", way, role) for way, role in members],
                    tags={"type": "multipolygon", "natural": "water"},
                )
            )
    return path


def held(path: Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"n": [], "w": [], "r": []}
    for thing in osmium.FileProcessor(str(path)):
        found[thing.type_str()].append(thing.id)
    return found


STREET = {"highway": "residential"}
NODES = {
    1: (-1.95, 52.05),  # in the cover
    2: (-1.95, 52.06, {"access": "private"}),
    3: (-2.2, 52.05),  # to its west and to its east, half a degree from each other, less a little
    4: (-1.75, 52.05),
    5: (-2.3, 52.3),  # near, but beside it
    6: (-2.3, 52.31),
    7: (1.0, 51.0),  # far away
    8: (1.0, 51.01),
    9: (1.01, 51.01),
    10: (-1.96, 52.02, {"railway": "station"}),
    11: (1.0, 51.02, {"railway": "station"}),
    12: (-1.92, 52.03, {"natural": "tree"}),
    13: (-1.93, 52.03),
    14: (-1.93, 52.04),
}
WAYS = {
    1: ([1, 2], STREET),
    2: ([3, 4], STREET),  # through the cover, without a node in it
    3: ([5, 6], STREET),
    4: ([7, 8], STREET),
    5: ([1, 2, 12, 1], {"building": "yes"}),
    6: ([12, 13, 14], {}),  # half of a lake's shore; the other half runs far away
    7: ([14, 8, 12], {}),
    8: ([7, 8, 9, 7], {"natural": "water"}),
    9: ([1, 12, 13], {"natural": "scrub"}),
    10: ([1, 13], {"waterway": "river"}),
    11: ([1, 13, 99], STREET),  # 99 is missing
}


def test_what_may_touch_the_cover_is_kept_with_its_nodes_and_nothing_else(tmp_path):
    lakes = [(1, [(6, "outer"), (7, "outer")]), (2, [(8, "outer")])]
    whole = written(tmp_path / "whole.osm.pbf", NODES, WAYS, lakes)
    (cut,), (rows,) = cut_maps([whole], HERE, tmp_path)
    assert held(cut) == {"n": [1, 2, 3, 4, 8, 10, 12, 13, 14], "w": [1, 2, 6, 7, 10, 11], "r": [1]}
    assert (rows.feed, rows.table) == ("whole.osm.pbf", "nodes")
    assert (rows.read, rows.outside, rows.kept) == (len(NODES), len(NODES) - 9, 9)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map0.osm.pbf", "whole.osm.pbf"]


def test_who_waits_is_told_of_each_look_through_a_file(tmp_path):
    told = []
    maps = [written(tmp_path / name, NODES, WAYS) for name in ("one.osm.pbf", "two.osm.pbf")]
    cut_maps(maps, HERE, tmp_path, lambda _, done, total: told.append((done, total)))
    assert told == [(looks, 6) for looks in range(7)]


def streets_of(paths, cover):
    """All that is told of streets; of nodes that are closed only those of streets matter."""
    streets = read_streets(paths, cover=cover)
    kept = np.isin(streets.impassable_node_id, streets.ref_node_id)
    streets = streets._replace(impassable_node_id=streets.impassable_node_id[kept])
    return {
        name: np.asarray(column).tolist() for name, column in streets._asdict().items() if name != "counts"
    }


def ground_of(paths, cover):
    ground = read_ground(paths, cover=cover)
    return {kind: part.geometry.to_wkb().tolist() for kind, part in ground.groupby("kind")}


def assert_same(paths, cut, cover):
    assert streets_of(paths, cover) == streets_of(cut, cover)
    assert ground_of(paths, cover) == ground_of(cut, cover)
    assert count_stations(paths, cover) == count_stations(cut, cover)


def test_what_is_read_of_it_is_what_the_whole_file_gives(tmp_path):
    lakes = [(1, [(6, "outer"), (7, "outer")]), (2, [(8, "outer")])]
    whole = written(tmp_path / "whole.osm.pbf", NODES, WAYS, lakes)
    cut = cut_maps([whole], HERE, tmp_path).paths
    assert_same([whole], cut, HERE)
    assert streets_of(cut, HERE)["missing_nodes"] == 1
    assert count_stations([whole]) == {"rail": 2}
    assert count_stations([whole], HERE) == {"rail": 1}


@pytest.mark.parametrize("box", [(0.2, 0.3, 0.6, 0.7), (0, 0, 0.1, 1), (0.45, 0.45, 0.5, 0.5)])
def test_a_town_cut_anywhere_reads_as_the_whole_does(box, tmp_path):
    write_demo(tmp_path)
    (whole,) = tmp_path.rglob("demo-town.osm.pbf")
    streets = read_streets([whole])
    sides = [column.min() + np.array(box[at::2]) * np.ptp(column) for at, column in (
        (0, streets.ref_lon_e7), (1, streets.ref_lat_e7))]  # fmt: skip
    (west, east), (south, north) = (side * 1e-7 for side in sides)
    cover = Cover.of_box(west, south, east, north)
    cut = cut_maps([whole], cover, tmp_path).paths
    assert_same([whole], cut, cover)
    assert cut[0].stat().st_size < whole.stat().st_size


@pytest.mark.real
@pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"real data absent: {REFERENCE}")
@pytest.mark.parametrize(("name", "here"), [("iow", (-1.163224, 50.730015)), ("rnv", (8.4694, 49.4863))])
def test_real_maps_cut_read_as_the_whole_does(name, here, tmp_path):
    whole = PLACES[name].osm
    cover = Cover.around(*(np.array([degrees]) for degrees in here), 3_000)
    (cut,), (rows,) = cut_maps([whole], cover, tmp_path)
    assert_same([whole], [cut], cover)
    assert rows.read == len(held(whole)["n"])
    assert rows.kept == len(held(cut)["n"]) < rows.read / 2


def test_a_small_map_stays_what_it_is_and_the_nodes_it_names_are_kept_in_the_other(tmp_path, monkeypatch):
    plan = written(tmp_path / "plan.osm.pbf", {-1: (-1.94, 52.04)}, {-1: ([1, -1, 12], STREET)})
    whole = written(tmp_path / "whole.osm.pbf", NODES, {1: WAYS[1]})
    monkeypatch.setattr(osm_cut, "_WORTH_BYTES", plan.stat().st_size + 1)
    (cut, same), rows = cut_maps([whole, plan], HERE, tmp_path)
    assert same == plan
    assert [row.feed for row in rows] == ["whole.osm.pbf"]
    assert held(cut)["n"] == [1, 2, 10, 12]
    assert_same([whole, plan], [cut, plan], HERE)
    monkeypatch.setattr(osm_cut, "_WORTH_BYTES", 1 << 30)
    assert cut_maps([whole, plan], HERE, tmp_path) == ((whole, plan), ())


def test_a_map_with_negative_ids_is_not_cut(tmp_path):
    whole = written(
        tmp_path / "whole.osm.pbf", {-1: (-1.94, 52.04), **NODES}, {-1: ([1, -1], STREET), **WAYS}
    )
    assert cut_maps([whole], HERE, tmp_path) == ((whole,), ())


def test_a_way_in_two_maps_keeps_the_nodes_of_both(tmp_path):
    west = written(tmp_path / "west.osm.pbf", {1: NODES[1], 3: NODES[3]}, {1: ([3, 1, 2], STREET)})
    east = written(tmp_path / "east.osm.pbf", {2: NODES[2], 4: NODES[4]}, {1: ([3, 1, 2], STREET)})
    cut = cut_maps([west, east], HERE, tmp_path).paths
    assert [held(path)["n"] for path in cut] == [[1, 3], [2]]
    assert_same([west, east], cut, HERE)
