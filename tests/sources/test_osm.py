from __future__ import annotations

from pathlib import Path

import osmium
import pytest

from ptreach.errors import InputError
from ptreach.sources.foot import WalkAccess
from ptreach.sources.osm import read_streets

IOW = Path(__file__).parents[2] / "../shared/data/isle-of-wight/iow-filtered.osm.pbf"
BOTH = WalkAccess(forward=True, backward=True, linkable=True)
NODES = {1: (-1.0, 50.0), 2: (-1.0, 50.1), 3: (-1.0, 50.2), 4: (-1.0, 50.3), 5: (-1.0000001, 50.0000002)}


def write(path: Path, *ways, node_tags=None, first=1) -> Path:
    """Write an OSM file of `NODES` and of ways, given as (nodes, tags)."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, place in NODES.items():
            tags = (node_tags or {}).get(number, {})
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place, tags=tags))
        for number, (refs, tags) in enumerate(ways, first):
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags))
    return path


@pytest.fixture(params=["streets.osm", "streets.osm.pbf"])
def path(request, tmp_path):
    return tmp_path / request.param


def access(folder: Path, **tags: str) -> WalkAccess | None:
    """Return who may walk a way with these tags (``__`` for a colon), None if the way is left out."""
    asked = ([1, 2], {key.replace("__", ":"): value for key, value in tags.items()})
    streets = read_streets([write(folder / "one.osm", asked, ([3, 4], {"highway": "residential"}))])
    if streets.way_id[0] != 1:
        return None
    return WalkAccess(
        bool(streets.way_forward[0]), bool(streets.way_backward[0]), bool(streets.way_linkable[0])
    )


# Rule 1: what is a street.
@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "residential"},
        {"highway": "primary"},
        {"highway": "track"},
        {"highway": "some_new_value"},
        {"public_transport": "platform"},
        {"railway": "platform"},
        {"highway": "RESIDENTIAL ; service"},
    ],
)
def test_streets_and_platforms_are_walked_both_ways(tmp_path, tags):
    assert access(tmp_path, **tags) == BOTH


@pytest.mark.parametrize(
    "tags",
    [
        *({"highway": value} for value in ("services", "rest_area", "raceway", "construction", "proposed")),
        *({"highway": value} for value in ("abandoned", "removed", "unbuilt", "razed", "no")),
        {"highway": "footway", "construction": "footway"},
        {"highway": "footway", "proposed": "yes"},
        {"railway": "platform", "usage": "tourism"},
        {"railway": "rail"},
        {"access": "yes"},
        {"public_transport": "station"},
    ],
)
def test_what_is_no_street_is_left_out(tmp_path, tags):
    assert access(tmp_path, **tags) is None


# Rule 2: the kind of road, and access.
@pytest.mark.parametrize("road", ["motorway", "motorway_link"])
def test_motorways_are_closed_whatever_access_there_is_to_the_others(tmp_path, road):
    assert access(tmp_path, highway=road) is None
    assert access(tmp_path, highway=road, access="unlisted") is None
    assert access(tmp_path, highway="trunk") == BOTH


@pytest.mark.parametrize(
    "road",
    ["pedestrian", "path", "footway", "steps", "platform", "corridor", "bridleway", "cycleway"],
)
def test_ways_made_for_feet_are_open_whatever_access_says(tmp_path, road):
    assert access(tmp_path, highway=road, access="no") == BOTH
    assert access(tmp_path, highway=road, access="private") == BOTH


def test_platforms_without_highway_are_open_whatever_access_says(tmp_path):
    assert access(tmp_path, public_transport="platform", access="no") == BOTH
    assert access(tmp_path, railway="platform", access="private") == BOTH


# Rules 3 and 4: foot, sidewalk, the values that close and those that do not.
CLOSING = ["no", "private", "restricted", "prohibited", "emergency", "use_sidepath", "dismount", "military"]
OPEN_TO_SOME = [
    "residents",
    "resident",
    "customers",
    "customer",
    "destination",
    "delivery",
    "agricultural",
    "forestry",
]


@pytest.mark.parametrize("value", [*CLOSING, "Private", " no ", "no;yes"])
def test_values_that_close(tmp_path, value):
    assert access(tmp_path, highway="service", access=value) is None
    assert access(tmp_path, highway="footway", foot=value) is None


@pytest.mark.parametrize("value", [*OPEN_TO_SOME, "yes", "permissive", "designated", "official"])
def test_values_that_open(tmp_path, value):
    assert access(tmp_path, highway="service", access=value) == BOTH
    assert access(tmp_path, highway="service", access="no", foot=value) == BOTH
    assert access(tmp_path, highway="motorway", foot=value) == WalkAccess(True, True, linkable=False)


def test_a_value_that_says_nothing_changes_nothing(tmp_path):
    assert access(tmp_path, highway="service", access="unheard_of") == BOTH
    assert access(tmp_path, highway="service", access="no", foot="unheard_of") is None


def test_foot_beats_access_both_ways(tmp_path):
    assert access(tmp_path, highway="service", access="no", foot="yes") == BOTH
    assert access(tmp_path, highway="service", access="yes", foot="no") is None


@pytest.mark.parametrize("value", ["both", "left", "right"])
def test_a_pavement_opens_the_way_in_any_case(tmp_path, value):
    assert access(tmp_path, highway="primary", access="no", foot="no", sidewalk=value) == BOTH


@pytest.mark.parametrize("value", ["no", "none", "separate", "yes"])
def test_other_words_on_pavements_do_not(tmp_path, value):
    assert access(tmp_path, highway="primary", foot="no", sidewalk=value) is None


# Rule 5: one way on foot.
def test_only_oneway_on_foot_closes_a_direction(tmp_path):
    assert access(tmp_path, highway="primary", oneway="yes") == BOTH
    for value in ("yes", "true", "1"):
        assert access(tmp_path, highway="footway", oneway__foot=value) == BOTH._replace(backward=False)
    for value in ("-1", "reverse"):
        assert access(tmp_path, highway="footway", oneway__foot=value) == BOTH._replace(forward=False)
    assert access(tmp_path, highway="footway", oneway__foot="no") == BOTH


def test_points_link_to_no_way_under_cover(tmp_path):
    assert not access(tmp_path, highway="footway", tunnel="yes").linkable
    assert not access(tmp_path, highway="footway", covered="yes").linkable
    assert access(tmp_path, highway="footway", tunnel="building_passage").linkable
    assert access(tmp_path, highway="footway", covered="no").linkable


def test_ways_come_flat_in_order_of_their_ids_and_in_whole_ten_millionths(path):
    write(
        path,
        ([1, 2, 3], {"highway": "path"}),
        ([5, 4], {"highway": "steps"}),
        ([1, 4], {"building": "yes"}),
        first=7,
    )
    streets = read_streets([path])
    assert streets.way_id.tolist() == [7, 8]
    assert streets.ref_start.tolist() == [0, 3, 5]
    assert streets.ref_node_id.tolist() == [1, 2, 3, 5, 4]
    assert streets.ref_lon_e7.tolist() == [-10_000_000] * 3 + [-10_000_001, -10_000_000]
    assert streets.ref_lat_e7.tolist() == [500_000_000, 501_000_000, 502_000_000, 500_000_002, 503_000_000]
    assert streets.missing_nodes == 0


def test_unsorted_files_give_the_same_as_sorted_ones(tmp_path):
    path = tmp_path / "unsorted.osm"
    node = "".join(f'<node id="{i}" version="1" lon="{x}" lat="{y}"/>' for i, (x, y) in NODES.items())
    way = '<way id="{}" version="1"><nd ref="{}"/><nd ref="{}"/><tag k="highway" v="path"/></way>'
    path.write_text(f'<osm version="0.6">{node}{way.format(9, 1, 2)}{way.format(4, 3, 4)}</osm>')
    streets = read_streets([path])
    assert streets.way_id.tolist() == [4, 9]
    assert streets.ref_node_id.tolist() == [3, 4, 1, 2]


def test_a_node_named_twice_in_a_row_counts_once(path):
    streets = read_streets([write(path, ([1, 1, 2, 2, 1], {"highway": "path"}))])
    assert streets.ref_node_id.tolist() == [1, 2, 1]


def test_a_way_is_cut_where_the_file_lacks_a_node(path):
    write(path, ([1, 2, 77, 3, 88, 4, 5], {"highway": "path"}), ([99, 1], {"highway": "path"}))
    streets = read_streets([path])
    assert streets.missing_nodes == 3
    assert streets.way_id.tolist() == [1, 1]
    assert streets.ref_start.tolist() == [0, 2, 4]
    assert streets.ref_node_id.tolist() == [1, 2, 4, 5]


def test_nodes_that_nobody_passes(path):
    tags = {
        1: {"entrance": "emergency"},
        2: {"access": "no"},
        3: {"access": "no", "foot": "yes"},
        4: {"access": "private"},
        5: {"access": "no", "foot": "no", "bicycle": "no"},
    }
    streets = read_streets([write(path, ([1, 2, 3, 4, 5], {"highway": "path"}), node_tags=tags)])
    assert streets.impassable_node_id.tolist() == [1, 2, 5]


def test_a_file_without_streets_is_no_network(path):
    with pytest.raises(InputError, match="no walkable street in it"):
        read_streets([write(path, ([1, 2], {"highway": "motorway"}))])


def test_ways_without_any_of_their_nodes_are_no_network(path):
    with pytest.raises(InputError, match="no walkable street in it"):
        read_streets([write(path, ([71, 72], {"highway": "path"}))])


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.osm\.pbf: no such file"):
        read_streets([tmp_path / "gone.osm.pbf"])


@pytest.mark.parametrize("name", ["a.osm.pbf", "a.osm", "a.txt"])
@pytest.mark.parametrize("content", [b"", b"<html>Blocked</html>", b"\x00\x00\x00\x0d\x0a\x09OSMHeader"])
def test_a_file_that_is_no_osm_data_is_named(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match="not readable as OpenStreetMap data") as caught:
        read_streets([tmp_path / name])
    assert caught.value.where == str(tmp_path / name)


def test_half_a_file_and_a_damaged_one_are_named(path):
    write(path, *(([1, 2, 3], {"highway": "path", "name": f"Street {i}"}) for i in range(500)))
    content = path.read_bytes()
    middle = len(content) // 2
    for wrong in (content[:middle], content[:middle] + b"\0" * 200 + content[middle + 200 :]):
        path.write_bytes(wrong)
        with pytest.raises(InputError, match="not readable as OpenStreetMap data"):
            read_streets([path])


@pytest.mark.real
@pytest.mark.skipif(not IOW.is_file(), reason="../shared is absent")
def test_the_isle_of_wight():
    streets = read_streets([IOW])
    keys = {"highway", "railway", "public_transport"}
    candidates = {
        way.id for way in osmium.FileProcessor(str(IOW), osmium.osm.WAY) if keys & {tag.k for tag in way.tags}
    }
    assert set(streets.way_id.tolist()) <= candidates
    assert streets.missing_nodes == 0
    assert streets.ref_start[-1] == len(streets.ref_node_id)
    assert (streets.ref_lon_e7 > -16_000_000).all()
    assert (streets.ref_lon_e7 < -10_000_000).all()
    # README of the data: 22,474 ways with highway, 6,246 of them with access=private.
    assert 22_474 - 6_246 <= len(set(streets.way_id.tolist())) < 22_474
