"""Built networks: the same bytes each time, reused while nothing changed, never opened half written."""

from __future__ import annotations

import json
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

import town
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.network import build as builder
from ptreach.network.build import Cleaning, build_network, cleaned_feeds, network_digest, open_network
from ptreach.network.rules import OURS, R5
from ptreach.network.saved import META
from ptreach.sources.cover import Cover
from ptreach.sources.gtfs import Scope

STOPS = {"A": (99.5, 0), "B": (2_000, 0), "C": (2_200, 30)}
TRIPS = [
    ("one", "weekdays", [("A", "8:10:00"), ("B", "8:20:00"), ("C", "8:21:00-8:22:00")]),
    ("two", "weekdays", [("C", "9:10:00"), ("A", "9:20:00")]),
]


@pytest.fixture
def files(tmp_path):
    """A street of 3 km and a feed."""
    return inputs(tmp_path)


def inputs(folder, stops=STOPS, trips=TRIPS):
    street = town.straight_street(folder / "street.osm", 3_000.0)
    return [street], [
        town.write_feed(folder / "bus.zip", stops=town.stops_text(**stops), **town.trips_texts(trips))
    ]


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_network_opens_as_it_was_built(files, tmp_path):
    network = open_network(build_network(*files, tmp_path / "built", no_progress))
    assert network.digest == network.folder.name == network_digest((*files[0], *files[1]), OURS)
    assert network.rules == OURS
    assert network.timezone == "Europe/London"
    assert network.repairs == ()
    assert network.stops_n == 3
    assert network.street_vertices_n == 5  # two ends of the street, three stops on it
    assert network.vertices_n == 8
    assert network.stops.linked.tolist() == [True] * 3
    assert network.linkage.edges.mm == pytest.approx([99_500, 1_900_500, 200_000, 800_000], abs=30)
    names = network.names()
    assert names.stop_ids == ["bus:A", "bus:B", "bus:C"]
    assert names.trip_ids == ["bus:one", "bus:two"]
    assert names.route_names == ["1"]
    # A is 1,900.5 m from B, too far for a transfer within 20 minutes
    assert network.transfers.start.tolist() == [0, 0, 1, 2]
    assert network.transfers.to.tolist() == [2, 1]
    assert network.transfers.mm == pytest.approx([230_000, 230_000], abs=30)
    assert network.calendar.services_on(town.TUESDAY).tolist() == [True]
    assert network.trips.route.tolist() == [0, 0]


def test_arrays_are_mapped_and_read_only(files, tmp_path):
    network = open_network(build_network(*files, tmp_path / "built", no_progress))
    for table in (network.forward, network.linkage.segments, network.patterns, network.transfers):
        for column in table:
            assert type(column) is np.ndarray  # numba takes no subclass
            assert column.flags.c_contiguous
            with pytest.raises(ValueError, match="read-only"):
                column[:] = 0


def test_two_builds_have_the_same_bytes(files, tmp_path):
    one, two = (build_network(*files, tmp_path / name, no_progress) for name in ("one", "two"))
    assert one.name == two.name
    assert contents(one) == contents(two)
    assert not list((tmp_path / "one").glob(".*"))


def test_a_network_is_not_built_twice(files, tmp_path, monkeypatch):
    calls = []
    folder = build_network(*files, tmp_path / "built", lambda *call: calls.append(call))
    assert calls == [("network", step, 6) for step in range(7)]
    monkeypatch.setattr(builder, "read_streets", lambda *_, **__: pytest.fail("read again"))
    calls.clear()
    stamps = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert build_network(*files, tmp_path / "built", lambda *call: calls.append(call)) == folder
    assert calls == [("network", 6, 6)]
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == stamps


def test_whatever_changes_the_network_changes_the_digest(files, tmp_path, monkeypatch):
    (street,), (feed,) = files
    digests = [network_digest((street, feed), OURS)]
    assert network_digest((street, feed), OURS) == digests[0]
    digests += [network_digest((street, feed), R5), network_digest((feed, street), OURS)]
    digests.append(network_digest((street, feed), OURS._replace(board_slack_s=59)))
    for box in ((-2.0, 51.0, -1.9, 51.1), (-2.0, 51.0, -1.9, 51.2)):
        digests.append(network_digest((street, feed), OURS, Cover.of_box(*box)))
    renamed = feed.with_name("tram.zip")  # its stops would be tram:A …
    renamed.write_bytes(feed.read_bytes())
    digests += [network_digest((street, renamed), OURS), network_digest((street, feed, renamed), OURS)]
    for path in (street, feed):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        digests.append(network_digest((street, feed), OURS))
        path.write_bytes(whole)
    monkeypatch.setattr(builder, "builder_version", lambda: "another")
    digests.append(network_digest((street, feed), OURS))
    assert len(set(digests)) == len(digests)


def test_the_builder_is_known_by_its_source(monkeypatch):
    read = []
    original = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or original(path))
    builder.builder_version.cache_clear()
    version = builder.builder_version()
    package = Path(builder.__file__).parents[1]
    read_names = {path.relative_to(package).as_posix() for path in read}
    wanted = {f"network/{path.name}" for path in (package / "network").glob("*.py")}
    # all that streets, ground and timetables are read by; what else lies in the room has no say
    readers = {"cover", "foot", "ground", "gtfs", "modes", "osm", "pbf", "repairs", "runs", "stations"}
    wanted |= {
        f"sources/{path.name}"
        for path in (package / "sources").glob("*.py")
        if path.stem.partition("_")[0] in readers
    }
    assert read_names == wanted

    def with_(change):
        monkeypatch.setattr(Path, "read_bytes", lambda path: change(original(path)))
        builder.builder_version.cache_clear()
        return builder.builder_version()

    assert with_(lambda text: text + b"\n# a word more") != version
    # what an editor on Windows does to line ends is no change
    assert with_(lambda text: text.replace(b"\n", b"\r\n")) == version
    monkeypatch.undo()
    builder.builder_version.cache_clear()


def test_an_interrupted_build_leaves_nothing_to_open(files, tmp_path, monkeypatch):
    built = tmp_path / "built"

    def interrupt(stage, done, total):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_network(*files, built, interrupt)
    assert list(built.iterdir()) == []
    # nor does one that died while it wrote: what it left aside is in nobody's way
    digest = network_digest((*files[0], *files[1]), OURS)
    (built / f".{digest}.1.part").mkdir()
    (built / f".{digest}.1.part" / "edges.mm.npy").write_bytes(b"half")
    folder = build_network(*files, built, no_progress)
    assert open_network(folder).stops_n == 3


def test_a_folder_without_its_meta_file_is_built_anew(files, tmp_path):
    folder = build_network(*files, tmp_path / "built", no_progress)
    whole = contents(folder)
    (folder / META).unlink()
    (folder / "edges.mm.npy").write_bytes(b"half")
    assert build_network(*files, tmp_path / "built", no_progress) == folder
    assert contents(folder) == whole


def test_a_build_that_fails_leaves_nothing(tmp_path):
    streets, _ = inputs(tmp_path)
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    with pytest.raises(InputError, match="not readable as a zip"):
        build_network(streets, [tmp_path / "bad.zip"], tmp_path / "built", no_progress)
    assert list((tmp_path / "built").iterdir()) == []


def test_a_missing_file_is_an_error_of_the_user(files, tmp_path):
    (street,), (feed,) = files
    for osm, gtfs, name in ((tmp_path / "no.osm", feed, "no.osm"), (street, tmp_path / "no.zip", "no.zip")):
        with pytest.raises(InputError, match=rf"{name}: no such file.*ptreach fetch"):
            build_network([osm], [gtfs], tmp_path / "built", no_progress)


def test_a_feed_may_be_a_folder(files, tmp_path):
    street, (feed,) = files
    folder = tmp_path / "bus"
    with zipfile.ZipFile(feed) as archive:
        archive.extractall(folder)
    packed, unpacked = (
        open_network(build_network(street, [path], tmp_path / "built", no_progress))
        for path in (feed, folder)
    )
    assert packed.names() == unpacked.names()
    assert packed.digest != unpacked.digest
    (folder / "stop_times.txt").write_text(
        (folder / "stop_times.txt").read_text("utf-8").replace("8:10:00", "8:11:00"), "utf-8"
    )
    assert network_digest((*street, folder), OURS) != unpacked.digest
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match=r"empty: stops\.txt is missing"):
        build_network(street, [empty], tmp_path / "built", no_progress)


def test_a_network_that_another_process_finished_first_is_kept(files, tmp_path):
    built = tmp_path / "built"
    first = []

    def overtake(_, done, __):
        if done == 5 and not first:
            first.append(None)
            first[0] = build_network(*files, tmp_path / "other", no_progress).rename(
                built / network_digest((*files[0], *files[1]), OURS)
            )
            (first[0] / "mark").touch()

    assert build_network(*files, built, overtake) == first[0]
    assert (first[0] / "mark").is_file()
    assert list(built.iterdir()) == first


def test_several_builders_at_once_agree(files, tmp_path):
    built = tmp_path / "built"
    gate = threading.Barrier(3)
    found = []

    def work():
        found.append(build_network(*files, built, lambda _, done, __: done == 5 and gate.wait(60)))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert set(found) == {built / network_digest((*files[0], *files[1]), OURS)}
    assert [path.name for path in built.iterdir()] == [found[0].name]
    assert open_network(found[0]).stops_n == 3


def test_networks_with_nothing_in_some_tables(tmp_path):
    # stops a mile apart: no transfers at all; one trip
    stops = {"A": (0, 0), "B": (3_000, 0)}
    files = inputs(tmp_path, stops, [("only", "weekdays", [("A", "8:00:00"), ("B", "8:10:00")])])
    network = open_network(build_network(*files, tmp_path / "built", no_progress))
    assert network.transfers.start.tolist() == [0, 0, 0]
    assert network.transfers.to.size == network.transfers.mm.size == 0
    assert network.transfers.to.dtype == np.int32
    assert network.patterns.trip_row.tolist() == [0]
    meta = json.loads((network.folder / META).read_text(encoding="utf-8"))
    assert meta["repairs"] == []


def test_what_was_mended_is_counted(tmp_path):
    stops = {**STOPS, "far": (2_000, 5_000)}
    streets, (feed,) = inputs(
        tmp_path, stops, [*TRIPS, ("back", "weekdays", [("A", "9:00:00"), ("B", "8:00:00")])]
    )
    network = open_network(build_network(streets, [feed], tmp_path / "built", no_progress))
    assert [(found.rule, found.feed, found.count, found.example) for found in network.repairs] == [
        ("trips-back-in-time", "bus", 1, "bus.zip, stop_times.txt: trip back at stop B"),
        ("stops-far-from-streets", "", 1, "stop bus:far"),
    ]
    calls = next(rows for rows in network.rows if rows.table == "stop_times.txt")
    assert (calls.read, calls.outside, calls.kept) == (7, 0, 5)
    assert network.stops.linked.tolist() == [True, True, True, False]


def test_feeds_in_another_order_are_another_network(files, tmp_path):
    (street,), (bus,) = files
    rail = bus.with_name("rail.zip")
    rail.write_bytes(bus.read_bytes())
    one = open_network(build_network([street], [bus, rail], tmp_path / "built", no_progress))
    two = open_network(build_network([street], [rail, bus], tmp_path / "built", no_progress))
    assert one.digest != two.digest
    assert one.names().stop_ids == [f"{feed}:{stop}" for feed in ("bus", "rail") for stop in "ABC"]
    assert two.names().stop_ids == [f"{feed}:{stop}" for feed in ("rail", "bus") for stop in "ABC"]


def test_a_network_may_take_a_part_and_leave_rules_off(files, tmp_path):
    street, (feed,) = files
    whole = open_network(build_network(street, [feed], tmp_path / "built", no_progress))
    area = Cleaning(Scope(Cover.of_box(*town.lonlat(1_500, -500), *town.lonlat(2_500, 500))))
    part = open_network(build_network(street, [feed], tmp_path / "built", no_progress, cleaning=area))
    assert part.names().stop_ids == ["bus:B", "bus:C"]
    assert part.names().trip_ids == ["bus:one"]
    others = [
        area,
        Cleaning(Scope(days=(town.TUESDAY, town.TUESDAY))),
        Cleaning(off=frozenset({"times-blank"})),
    ]
    digests = {network_digest((*street, feed), OURS, cleaning) for cleaning in others}
    assert whole.digest not in digests
    assert part.digest in digests
    assert len(digests) == 3
    with pytest.raises(InputError, match="no cleaning rule 'tidy'"):
        build_network(
            street, [feed], tmp_path / "built", no_progress, cleaning=Cleaning(off=frozenset({"tidy"}))
        )


def test_a_network_of_cleaned_feeds_is_the_same(files, tmp_path):
    street, feeds = files
    cleaned = cleaned_feeds(feeds, tmp_path / "cleaned")
    assert [path.name for path in cleaned] == ["bus.zip"]
    one, two = (
        build_network(street, paths, tmp_path / name, no_progress)
        for name, paths in (("one", feeds), ("two", cleaned))
    )
    one, two = contents(one), contents(two)
    assert one.pop(META) != two.pop(META)  # another file, another digest
    assert one == two
    with pytest.raises(InputError, match="the feeds themselves lie there"):
        cleaned_feeds(feeds, feeds[0].parent)
