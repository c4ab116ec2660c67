"""Whether a machine has the memory for whole files is said before they are read."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import psutil
import pytest

from ptreach.memory import Memory
from ptreach.network import room
from ptreach.network.room import processes_with_room, warn_of_little, warn_of_memory


def test_a_warning_comes_where_the_files_need_more_than_there_is(tmp_path, monkeypatch, caplog):
    streets, feed = tmp_path / "map.osm.pbf", tmp_path / "bus.zip"
    for path in (streets, feed):
        with path.open("wb") as stream:
            stream.truncate(1_000_000_000)  # takes no disk
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=8_000_000_000, available=0))
    warn_of_memory([streets], [feed])  # 5.5 of 6 GB
    assert caplog.messages == []
    warn_of_memory([streets], [feed, feed])
    (message,) = caplog.messages
    assert "may take 8 GB of memory, and this machine has 8 GB" in message


def test_only_builds_of_whole_files_are_warned_of(tmp_path, monkeypatch):
    import town
    from ptreach.model import no_progress
    from ptreach.network import build
    from ptreach.network.build import Cleaning, build_network
    from ptreach.sources.cover import Cover
    from ptreach.sources.gtfs import Scope

    warned = []
    monkeypatch.setattr(build, "warn_of_memory", lambda *files: warned.append(files))
    street = town.straight_street(tmp_path / "street.osm", 2_000.0)
    feed = town.write_feed(
        tmp_path / "bus.zip",
        stops=town.stops_text(A=(100, 0), B=(900, 0)),
        **town.trips_texts([("one", "weekdays", [("A", "8:00:00"), ("B", "8:10:00")])]),
    )
    lon, lat = town.lonlat(500, 0)
    part = Cleaning(Scope(Cover.of_box(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1)))
    build_network([street], [feed], tmp_path / "built", no_progress, cleaning=part)
    assert warned == []
    for _ in range(2):  # the second time it is there
        build_network([street], [feed], tmp_path / "built", no_progress)
    assert warned == [([street], [feed])]


@pytest.mark.parametrize(
    ("free_gb", "clipped", "processes"),
    [(16, False, 4), (6, False, 4), (5.9, False, 3), (1, False, 1), (6, True, 2), (2.9, True, 1)],
)
def test_as_many_processes_make_packs_as_there_is_memory_for(
    monkeypatch, caplog, free_gb, clipped, processes
):
    monkeypatch.setattr(
        psutil, "virtual_memory", lambda: SimpleNamespace(total=1e12, available=free_gb * 1e9)
    )
    assert processes_with_room(4, clipped=clipped) == processes
    if processes == 4:
        assert caplog.messages == []
    else:
        (message,) = caplog.messages
        assert message.startswith(f"towns are made {processes} at a time, not 4: there are {free_gb:.1f} GB")


def test_little_memory_is_told_of_before_a_run_of_any_number_of_towns(monkeypatch, caplog):
    there = Memory(2_000_000_000, 800_000_000, "/sys/fs/cgroup/memory.max")
    monkeypatch.setattr(room, "memory", lambda: there)
    warn_of_little()
    assert caplog.messages == []
    there = there._replace(free_bytes=700_000_000)
    warn_of_little()
    (message,) = caplog.messages
    assert message.startswith("there are 0.7 GB of memory free (/sys/fs/cgroup/memory.max), and a small town")
