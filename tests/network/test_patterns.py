"""Patterns: trips of one sequence of calls."""

from __future__ import annotations

import numpy as np
import pytest

import town
from ptreach.network.patterns import build_patterns
from ptreach.sources.gtfs import read_timetables

HEADER = "trip_id,stop_id,stop_sequence,arrival_time,departure_time,pickup_type,drop_off_type"
STOPS = {name: (100.0 * k, 0.0) for k, name in enumerate("ABCD")}


@pytest.fixture
def patterns_of(tmp_path):
    def make(**trips):
        """Patterns of trips: a list of ``stop time [pickup [drop-off]]`` each."""
        rows = []
        for trip, calls in trips.items():
            for at, call in enumerate(calls):
                stop, time, *kinds = call.split()
                rows.append(",".join([trip, stop, str(at), time, time, *[*kinds, "", ""][:2]]))
        feed = town.write_feed(
            tmp_path / "bus.zip",
            stops=town.stops_text(**STOPS),
            trips="\n".join(["trip_id,route_id,service_id", *(f"{trip},r,weekdays" for trip in trips), ""]),
            stop_times="\n".join([HEADER, *rows, ""]),
        )
        timetables = read_timetables([feed])
        return timetables, build_patterns(timetables)

    return make


def as_text(timetables, patterns):
    """Each pattern: its stops and flags, and its trips with their times at the positions."""
    found = []
    for p in range(patterns.trip_start.size - 1):
        at = slice(patterns.position_start[p], patterns.position_start[p + 1])
        flags = zip(patterns.stop[at], patterns.board[at], patterns.alight[at], strict=True)
        stops = " ".join(
            timetables.stop_ids[s].removeprefix("bus:") + "b" * int(b) + "a" * int(a) for s, b, a in flags
        )
        trips = {}
        for k in range(patterns.trip_start[p], patterns.trip_start[p + 1]):
            first = patterns.time_start[k]
            times = slice(first, first + at.stop - at.start)
            name = timetables.trip_ids[patterns.trip_row[k]].removeprefix("bus:")
            trips[name] = (patterns.departure_s[times] // 60 - 480).tolist()
            assert (patterns.arrival_s[times] == patterns.departure_s[times]).all()
            assert patterns.trip_service[k] == timetables.trip_service[patterns.trip_row[k]]
        found.append((stops, trips))
    return found


def test_trips_of_one_sequence_stand_by_departure(patterns_of):
    trips = {
        "late": ["A 8:30:00", "B 8:40:00"],
        "early": ["A 8:00:00", "B 8:10:00"],
        "back": ["B 8:00:00", "A 8:10:00"],
        "same": ["A 8:30:00", "B 8:35:00"],  # as early as `late`, which the alphabet puts first
    }
    assert as_text(*patterns_of(**trips)) == [
        ("Aba Bba", {"early": [0, 10], "late": [30, 40], "same": [30, 35]}),
        ("Bba Aba", {"back": [0, 10]}),
    ]


def test_longer_and_looping_trips_have_patterns_of_their_own(patterns_of):
    trips = {
        "whole": ["A 8:00:00", "B 8:10:00", "C 8:20:00"],
        "short": ["A 8:00:00", "B 8:10:00"],
        "loop": ["A 8:00:00", "B 8:10:00", "A 8:20:00"],
        "stays": ["A 8:00:00", "A 8:10:00", "B 8:20:00"],
    }
    assert sorted(as_text(*patterns_of(**trips))) == [
        ("Aba Aba Bba", {"stays": [0, 10, 20]}),
        ("Aba Bba", {"short": [0, 10]}),
        ("Aba Bba Aba", {"loop": [0, 10, 20]}),
        ("Aba Bba Cba", {"whole": [0, 10, 20]}),
    ]


def test_where_one_may_board_and_alight_tells_patterns_apart(patterns_of):
    trips = {
        "free": ["A 8:00:00", "B 8:10:00 0 0", "C 8:20:00"],
        "down": ["A 8:30:00", "B 8:40:00 1 0", "C 8:50:00"],
        "up": ["A 9:00:00", "B 9:10:00 0 1", "C 9:20:00"],
        "also": ["A 9:30:00", "B 9:40:00 2 3", "C 9:50:00"],
    }
    assert sorted(as_text(*patterns_of(**trips))) == [
        ("Aba Ba Cba", {"down": [30, 40, 50]}),
        ("Aba Bb Cba", {"up": [60, 70, 80]}),
        ("Aba Bba Cba", {"free": [0, 10, 20], "also": [90, 100, 110]}),
    ]


def test_one_trip_makes_one_pattern(patterns_of):
    timetables, patterns = patterns_of(only=["A 8:00:00", "D 8:10:00"])
    assert as_text(timetables, patterns) == [("Aba Dba", {"only": [0, 10]})]
    assert patterns.position_start.tolist() == [0, 2]
    assert patterns.time_start.tolist() == [0]


def test_every_call_is_in_exactly_one_place(patterns_of):
    rng = np.random.default_rng(7)
    trips = {}
    for k in range(40):
        stops = rng.choice(list("ABCD"), size=rng.integers(2, 5))
        trips[f"t{k:02d}"] = [f"{stop} {8 + k % 3}:{10 * at:02d}:00" for at, stop in enumerate(stops)]
    timetables, patterns = patterns_of(**trips)
    assert sorted(patterns.trip_row.tolist()) == list(range(40))
    assert patterns.arrival_s.size == timetables.call_stop.size
    for stops, found in as_text(timetables, patterns):
        for trip in found:
            assert stops == " ".join(f"{call.split()[0]}ba" for call in trips[trip])
