"""Trips faster than can be: stops misplaced, trips that take no time, others."""

from __future__ import annotations

import pytest

import town
from ptreach.sources import gtfs_speeds
from ptreach.sources.gtfs import read_timetables
from ptreach.sources.gtfs_speeds import FASTEST_KPH
from ptreach.sources.modes import MODES

KM = {name: (1_000.0 * km, 0.0) for name, km in {"A": 0, "B": 4, "C": 10, "D": 40, "Z": 300}.items()}


def found(folder, trips, route_type=3, off=()):
    """Trips kept, the stops that they call at, and repairs and oddities with examples."""
    path = town.write_feed(
        folder / "bus.zip",
        stops=town.stops_text(**KM),
        routes=f"route_id,route_short_name,route_type,agency_id\nr,1,{route_type},a\n",
        **town.trips_texts([(name, "weekdays", calls) for name, calls in trips.items()]),
    )
    t = read_timetables([path], off=frozenset(off))
    calls = {
        name.removeprefix("bus:"): "".join(t.stop_ids[stop][-1] for stop in t.call_stop[start:end])
        for name, start, end in zip(t.trip_ids, t.trip_start, t.trip_start[1:], strict=False)
    }
    repairs, oddities = (
        {item.rule: (item.count, item.example) for item in items} for items in (t.repairs, t.oddities)
    )
    return calls, repairs, oddities


PLAIN = {"plain": [("A", "8:00:00"), ("B", "8:04:00"), ("C", "8:10:00")]}


def test_every_mode_has_a_speed():
    assert len(FASTEST_KPH) == len(MODES)
    assert (
        FASTEST_KPH[MODES.index("bus")] < FASTEST_KPH[MODES.index("rail")] < FASTEST_KPH[MODES.index("air")]
    )


def test_a_trip_that_gets_far_in_no_time_is_left_out(tmp_path):
    jump = {"jump": [("B", "8:00:00"), ("C", "8:00:59"), ("D", "9:00:00")]}  # 6 km
    calls, repairs, oddities = found(tmp_path, {**PLAIN, **jump})
    assert calls == {"plain": "ABC"}
    assert repairs == {
        "trips-teleporting": (1, "bus.zip, stop_times.txt: trip jump, stop B to C, 6 km"),
    }
    assert oddities == {}
    calls, repairs, _ = found(tmp_path, {**PLAIN, **jump}, off={"trips-teleporting"})
    assert calls == {"plain": "ABC", "jump": "BCD"}
    assert repairs == {}


def test_short_hops_may_take_no_time(tmp_path):
    calls, repairs, oddities = found(
        tmp_path, {"short": [("A", "8:00:00"), ("B", "8:00:00"), ("C", "8:10:00")]}
    )
    assert calls == {"short": "ABC"}
    assert repairs == oddities == {}


def test_fast_trips_are_told_and_kept(tmp_path):
    # C to D: 30 km; with a minute more than 12 min 51 s at 130 km/h
    fast = {"fast": [("A", "8:00:00"), ("C", "8:10:00"), ("D", "8:22:00"), ("D", "8:40:00")]}
    calls, repairs, oddities = found(tmp_path, {**PLAIN, **fast})
    assert calls == {"fast": "ACDD", "plain": "ABC"}
    assert repairs == {}
    assert oddities == {"trips-too-fast": (1, "bus.zip, stop_times.txt: trip fast, stop C to D, 30 km")}
    slower = {"fast": [("A", "8:00:00"), ("C", "8:10:00"), ("D", "8:24:00"), ("D", "8:40:00")]}
    assert found(tmp_path, {**PLAIN, **slower})[2] == {}
    assert found(tmp_path, {**PLAIN, **fast}, route_type=2)[2] == {}  # a train
    assert found(tmp_path, {**PLAIN, **fast}, off={"trips-too-fast"})[2] == {}


@pytest.mark.parametrize("at_once", [1, 2, 3, 7])
def test_hops_are_looked_at_some_at_a_time(tmp_path, monkeypatch, at_once):
    trips = {
        **PLAIN,
        "jump": [("B", "8:00:00"), ("C", "8:00:59"), ("D", "9:00:00")],
        "late": [("D", "8:00:00"), ("C", "9:00:59"), ("B", "9:01:00")],
    }
    whole = found(tmp_path, trips)
    assert whole[1]["trips-teleporting"][0] == 2
    monkeypatch.setattr(gtfs_speeds, "_HOPS_AT_ONCE", at_once)
    assert found(tmp_path, trips) == whole


def test_nothing_calls_at_a_stop_that_is_not_where_it_says(tmp_path):
    trips = {
        **PLAIN,
        "t": [("A", "8:00:00"), ("Z", "8:02:00"), ("B", "8:04:00")],
        "u": [("B", "8:00:00"), ("Z", "8:00:00"), ("C", "8:06:00")],
        "v": [("Z", "8:00:00"), ("A", "8:06:00")],
    }
    calls, repairs, oddities = found(tmp_path, trips)
    assert calls == {"plain": "ABC", "t": "AB", "u": "BC"}
    assert repairs == {
        "stops-misplaced": (1, "bus.zip, stops.txt: stop Z"),
        "trips-of-one-call": (1, "bus.zip, stop_times.txt: trip v"),
    }
    assert oddities == {}
    # reached in good time by one trip: it may well be there, and the others are wrong
    trips["w"] = [("D", "8:00:00"), ("Z", "13:00:00")]
    calls, repairs, oddities = found(tmp_path, trips)
    assert calls == {"plain": "ABC", "t": "AZB", "v": "ZA", "w": "DZ"}
    assert repairs == {"trips-teleporting": (1, "bus.zip, stop_times.txt: trip u, stop B to Z, 296 km")}
    assert oddities == {"trips-too-fast": (3, "bus.zip, stop_times.txt: trip t, stop A to Z, 300 km")}
