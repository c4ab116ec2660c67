"""Walks between stops that are kept are those that are found, and found anew where they may not be used."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import pytest

import town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.engine.raptor.shortcuts import ALL
from ptreach.model import Points, Query

QUERY = Query(dt.date(2026, 10, 13), 8 * 3600, 8 * 3600 + 600, (50,))


@pytest.fixture(scope="module")
def built(sources, tmp_path_factory):
    return town.build(
        tmp_path_factory.mktemp("kept"), sources / "demo-town.osm.pbf", *sorted(sources.glob("*.zip"))
    )


def walks_of(network):
    return sorted((network / "walks").glob("*"))


@pytest.fixture
def network(built):
    yield built
    for path in walks_of(built):
        path.unlink()


def to_stops(network, *, kept=True, **changes):
    """Seconds from three stops to all of them, and how often walks were found."""
    engine = RaptorEngine(network, workers=2, shortcuts=ALL._replace(kept_walks=kept))
    stops = engine.network.stops
    points = Points.of(map(str, range(stops.lon.size)), stops.lon, stops.lat)
    three = Points.of(["a", "b", "c"], stops.lon[:3], stops.lat[:3])
    searched, find = [], engine._walks

    def counted(*args, **kwargs):
        searched.append(1)
        return find(*args, **kwargs)

    engine._walks = counted
    query = Query(**{**{name: getattr(QUERY, name) for name in QUERY.__slots__}, **changes})
    return town.seconds(engine.travel_times(three, points, query)), len(searched)


@pytest.mark.parametrize("direction", ["from", "to"])
def test_the_next_run_reads_them_and_the_times_are_the_same(network, direction):
    plain, _ = to_stops(network, kept=False, direction=direction)
    assert walks_of(network) == []
    first, searched = to_stops(network, direction=direction)
    again, searched_again = to_stops(network, direction=direction)
    assert (searched, searched_again) == (1, 0)
    assert (plain == first).all()
    assert (plain == again).all()
    assert len(walks_of(network)) == 1


@pytest.mark.parametrize("change", [{"max_walk_min": 10.0}, {"direction": "to"}, {"walk_speed_kph": 3.0}])
def test_other_walks_are_found_anew(network, change):
    to_stops(network)
    _, searched = to_stops(network, **change)
    assert searched == 1
    assert len(walks_of(network)) == 2


def test_other_code_finds_them_anew(network, monkeypatch):
    to_stops(network)
    monkeypatch.setattr("ptreach.engine.raptor.kept_walks.KERNELS_DIGEST", "other")
    assert to_stops(network)[1] == 1


def parts_of(path):
    with np.load(path) as parts:
        return dict(parts)


def rewritten(path, **changes):
    np.savez(path, **{**parts_of(path), **changes})


def flipped(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


def one_array():
    stream = io.BytesIO()
    np.save(stream, np.zeros(3, dtype=np.int32))
    return stream.getvalue()


DAMAGE = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("walks"),
    "a byte": flipped,
    "one array": lambda path: path.write_bytes(one_array()),
    "a part less": lambda path: np.savez(path, start=parts_of(path)["start"]),
    "another type": lambda path: rewritten(path, mm=parts_of(path)["mm"].astype(np.float64)),
    "another network": lambda path: rewritten(path, start=parts_of(path)["start"][:-1]),
    "no such stop": lambda path: rewritten(path, to=parts_of(path)["to"] + 10_000),
    "rows out of order": lambda path: rewritten(path, start=parts_of(path)["start"][::-1].copy()),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_found_again_and_that_is_said(network, damage, caplog):
    whole, _ = to_stops(network)
    (path,) = walks_of(network)
    kept = path.read_bytes()
    DAMAGE[damage](path)
    again, searched = to_stops(network)
    assert searched == 1
    assert (again == whole).all()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "found again" in caplog.text
    assert path.read_bytes() == kept


def test_where_nothing_can_be_written_nothing_is_kept(network, monkeypatch):
    def refuse(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ptreach.aside.written_aside", refuse)
    assert to_stops(network)[1] == 1
    assert to_stops(network)[1] == 1
    assert walks_of(network) == []
