"""Whether a machine has the memory for whole files is said before they are read."""

from __future__ import annotations

import ctypes
import logging
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from ptreach.network import room
from ptreach.network.room import memory_bytes, warn_of_memory


@pytest.mark.skipif(sys.platform != "linux", reason="the other place to look it up is Linux's")
def test_the_memory_of_a_machine_is_what_the_system_says():
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    kilobytes = int(next(line for line in lines if line.startswith("MemTotal:")).split()[1])
    assert memory_bytes() == kilobytes * 1024


def test_on_windows_it_is_the_second_long_number_of_the_answer(monkeypatch):
    def answer(status):
        assert int.from_bytes(status.raw[:4], "little") == len(status) == 64
        numbers = ((30, 4), (8 << 30, 8), (5 << 30, 8))  # per cent in use, all, free
        status[4:24] = b"".join(number.to_bytes(size, "little") for number, size in numbers)
        return 1

    kernel32 = SimpleNamespace(GlobalMemoryStatusEx=answer)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel32), raising=False)
    assert room._memory_of_windows() == 8 << 30
    kernel32.GlobalMemoryStatusEx = lambda _: 0
    assert room._memory_of_windows() is None


def test_a_warning_comes_where_the_files_need_more_than_there_is(tmp_path, monkeypatch, caplog):
    streets, feed = tmp_path / "map.osm.pbf", tmp_path / "bus.zip"
    for path in (streets, feed):
        with path.open("wb") as stream:
            stream.truncate(1_000_000_000)  # takes no disk
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(room, "memory_bytes", lambda: 8_000_000_000)
    warn_of_memory([streets], [feed])  # 5.5 of 6 GB
    assert caplog.messages == []
    warn_of_memory([streets], [feed, feed])
    (message,) = caplog.messages
    assert "may take 8 GB of memory, and this machine has 8 GB" in message
    monkeypatch.setattr(room, "memory_bytes", lambda: None)
    warn_of_memory([streets] * 9, [feed])
    assert len(caplog.messages) == 1


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
