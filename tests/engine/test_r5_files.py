"""What R5 reads: one whole map and the cleaned feeds, under names of their own."""

import gzip
import json
import shutil
import zipfile

import osmium
import pytest

import town
from ptreach.engine.r5_files import SourceFiles, prepare_files, prepared_files
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.network.build import build_network

STOPS = {"A": (100, 0), "B": (900, 0)}
STREET = {"highway": "residential"}


def feed(path, first="08:00:00"):
    trips = town.trips_texts([("t", "weekdays", [("A", first), ("B", "08:05:30")])])
    return town.write_feed(path, stops=town.stops_text(**STOPS), **trips)


def objects(path):
    """Kind and id of all that is in a map, and the nodes of its ways."""
    found, ways = [], {}
    for thing in osmium.FileProcessor(str(path)):
        found.append((type(thing).__name__, thing.id))
        if thing.is_way():
            ways[thing.id] = [node.ref for node in thing.nodes]
    return found, ways


def network_of(folder, osm, *feeds):
    return build_network(osm, feeds, folder / "built", no_progress)


def test_names_carry_what_is_in_a_file(tmp_path):
    """Trap 1: R5 takes a file of a name that it knows for the one that it knows."""
    street = town.straight_street(tmp_path / "street.osm", 1000)
    (tmp_path / "other").mkdir()
    feeds = feed(tmp_path / "bus.zip"), feed(tmp_path / "other" / "bus.zip", "08:01:00")
    prepared = [
        prepare_files(network_of(tmp_path, [street], one), SourceFiles((street,), (one,))) for one in feeds
    ]
    assert prepared[0].streets.name == prepared[1].streets.name
    names = [one.feeds[0].name for one in prepared]
    assert names[0] != names[1]
    assert all(name.startswith("bus-") and name.endswith(".zip") for name in names)
    assert prepared[0].streets.name.endswith(".osm.pbf")


def test_they_are_written_once_and_again_the_same(tmp_path):
    street, bus = town.straight_street(tmp_path / "street.osm", 1000), feed(tmp_path / "bus.zip")
    network, told = network_of(tmp_path, [street], bus), []
    files = SourceFiles((street,), (bus,))
    first = prepare_files(network, files, lambda *news: told.append(news))
    assert [done for _, done, _ in told] == [0, 1, 2]
    content = [path.read_bytes() for path in (first.streets, *first.feeds)]
    assert prepare_files(network, files, lambda *_: 1 / 0) == first == prepared_files(network)
    shutil.rmtree(first.streets.parent)
    again = prepare_files(network, files)
    assert [path.read_bytes() for path in (again.streets, *again.feeds)] == content


def test_an_engine_on_a_folder_without_them_says_so(tmp_path):
    with pytest.raises(InputError, match="were not written"):
        prepared_files(tmp_path)


def test_ways_lose_the_nodes_that_no_map_has(tmp_path):
    """Trap 5: R5 fails on a map that lacks nodes of its ways, and does not say why."""
    nodes = {1: (0, 0), 2: (500, 0), 3: (1000, 0)}
    osm = town.write_osm(
        tmp_path / "s.osm", nodes, [([1, 2, 3, 99], STREET), ([98, 3], STREET), ([97, 96], STREET)]
    )
    bus = feed(tmp_path / "bus.zip")
    prepared = prepare_files(network_of(tmp_path, [osm], bus), SourceFiles((osm,), (bus,)))
    found, ways = objects(prepared.streets)
    assert ways == {1: [1, 2, 3]}
    assert found == [("Node", 1), ("Node", 2), ("Node", 3), ("Way", 1)]


def test_maps_are_joined_sorted_and_what_they_share_is_there_once(tmp_path):
    """Neighbouring counties; the second is packed, unsorted and has a name that says nothing."""
    west = town.write_osm(
        tmp_path / "west.osm", {1: (0, 0), 2: (500, 0), 5: (500, 300)}, [([1, 2, 5], STREET)]
    )
    east = town.write_osm(
        tmp_path / "east.osm", {2: (500, 0), 3: (1000, 0)}, [([1, 2], STREET), ([2, 3], STREET)]
    )
    lines = east.read_text(encoding="utf-8").splitlines()
    lines[2:4] = lines[3:1:-1]
    packed = tmp_path / "east"
    packed.write_bytes(gzip.compress("\n".join(lines).encode()))
    bus = feed(tmp_path / "bus.zip")
    network = network_of(tmp_path, [west, packed], bus)
    found, ways = objects(prepare_files(network, SourceFiles((west, packed), (bus,))).streets)
    assert found == [("Node", 1), ("Node", 2), ("Node", 3), ("Node", 5), ("Way", 1), ("Way", 2)]
    assert ways[2] == [2, 3]


def test_feeds_are_the_cleaned_ones(tmp_path):
    street = town.straight_street(tmp_path / "street.osm", 1000)
    calls = [("A", "08:00:00"), ("B", "08:05:30")]
    trips = town.trips_texts(
        [("t", "weekdays", calls), ("back", "weekdays", [("B", "08:10:00"), ("A", "08:09:00")])]
    )
    bus = town.write_feed(tmp_path / "bus.zip", stops=town.stops_text(**STOPS), **trips)
    prepared = prepare_files(network_of(tmp_path, [street], bus), SourceFiles((street,), (bus,)))
    with zipfile.ZipFile(prepared.feeds[0]) as archive:
        rows = town.rows(archive.read("trips.txt").decode())
    assert [row["trip_id"] for row in rows] == ["t"]  # none goes back in time
    listed = json.loads((prepared.streets.parent / "files.json").read_text(encoding="utf-8"))
    assert listed == {"streets": prepared.streets.name, "feeds": [prepared.feeds[0].name]}
