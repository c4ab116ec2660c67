"""A network of what gtfs-kit reads: the same as ours, or the files that differ are named."""

import errno
import sys
import types
from pathlib import Path

import pytest

from ptreach.check.second_network import require_alike
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.network.build import CLEANING, build_network
from ptreach.network.rules import OURS
from ptreach.network.saved import read_meta
from town import read_feed, straight_street, write_feed
from weeks import every_minutes

DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "isle-of-wight"


@pytest.fixture
def read_again(tmp_path):
    """Build a network of feeds along a street, then have gtfs-kit's reading set beside it."""
    osm = straight_street(tmp_path / "street.osm", 2000.0)

    def of(*paths, osm=osm, cleaning=CLEANING, progress=no_progress):
        built = build_network((osm,), paths, tmp_path / "built", no_progress, OURS, cleaning)
        try:
            return require_alike(built, (osm,), paths, progress, OURS, cleaning), built
        finally:
            assert list(built.parent.iterdir()) == [built], "something is left beside the network"

    return of


def test_all_files_are_the_same_and_counted(read_again, write):
    told = []
    files_n, built = read_again(
        write(every_minutes(12)),
        write(every_minutes(5, start_s=36_000), "more"),
        progress=lambda stage, done, of: told.append((stage, done, of)),
    )
    assert files_n == len(read_meta(built)["files"]) == len(list(built.iterdir())) - 1
    assert [row[1:] for row in told if row[0] == "feeds read by gtfs-kit"] == [(0, 2), (1, 2), (2, 2)]


def test_blanks_marks_and_line_ends_are_read_alike(read_again, write, tmp_path):
    texts = read_feed(write(every_minutes(12)))
    texts["stops"] = "\ufeff" + texts["stops"].replace("\n", "\r\n")
    texts["trips"] = texts["trips"].replace("trip_id", " trip_id ", 1)
    assert read_again(write_feed(tmp_path / "odd.zip", **texts))[0] > 0


def test_a_trip_that_gtfs_kit_loses_is_told_by_the_files_that_differ(read_again, write):
    path = write([*every_minutes(3), ("NA", "weekdays", [("A", "8:00:30"), ("B", "8:05:30")])])
    with pytest.raises(InputError, match=r"differs in names\.json, .* and \d+ more\. ") as caught:
        read_again(path)
    assert "ptreach check with --second-reader" in caught.value.remedy
    assert "built" in caught.value.where


def test_a_calendar_that_is_read_otherwise_is_told(read_again, write, monkeypatch):
    kit = pytest.importorskip("gtfs_kit")
    read = kit.read_feed

    def a_day_late(path, **how):
        feed = read(path, **how)
        for column in ("start_date", "end_date"):
            feed.calendar[column] = (feed.calendar[column].astype(int) + 1).astype(str)
        return feed

    monkeypatch.setattr(kit, "read_feed", a_day_late)
    with pytest.raises(InputError, match=r"differs in .*(calendar|meta\.json \(numbers\))"):
        read_again(write(every_minutes(3)))


def test_what_gtfs_kit_can_not_read_is_named_and_nothing_is_left(read_again, write):
    path = write(every_minutes(3))
    semicolons = {name: text.replace(",", ";") for name, text in read_feed(path).items()}
    with pytest.raises(InputError, match="gtfs-kit can't read it") as caught:
        read_again(write_feed(path.with_name("other.zip"), **semicolons))
    assert caught.value.where.endswith("other.zip")


def test_a_feed_too_large_for_the_memory_is_refused(read_again, write, monkeypatch):
    path = write(every_minutes(3))
    monkeypatch.setattr("ptreach.check.gtfs_kit_feeds.memory", lambda: types.SimpleNamespace(free_bytes=1))
    with pytest.raises(InputError, match=r"may need 0\.0 GB of memory for its tables"):
        read_again(path)


def test_without_the_library_the_remedy_is_to_install_it(read_again, write, monkeypatch):
    monkeypatch.setitem(sys.modules, "gtfs_kit", None)
    with pytest.raises(InputError, match="gtfs-kit is not installed"):
        read_again(write(every_minutes(3)))


def test_a_folder_that_can_not_be_written_is_named(read_again, write, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    kit = pytest.importorskip("gtfs_kit")
    monkeypatch.setattr(kit.Feed, "to_file", full)
    with pytest.raises(InputError, match="the network can't be written: No space left on device"):
        read_again(write(every_minutes(3)))


@pytest.mark.real
@pytest.mark.skipif(not DATA.is_dir(), reason=f"no feeds in {DATA}")
def test_the_isle_of_wight_is_the_same_by_both_readers(read_again):
    feeds = [DATA / f"iow-{kind}-gtfs.zip" for kind in ("bus", "rail")]
    assert read_again(*feeds, osm=DATA / "iow-filtered.osm.pbf")[0] > 0
