"""Whether a machine has the memory for whole files is said before they are read."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import psutil

from ptreach.network.room import warn_of_memory


def test_a_warning_comes_where_the_files_need_more_than_there_is(tmp_path, monkeypatch, caplog):
    streets, feed = tmp_path / "map.osm.pbf", tmp_path / "bus.zip"
    for path in (streets, feed):
        with path.open("wb") as stream:
            stream.truncate(1_000_000_000)  # takes no disk
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=8_000_000_000))
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
