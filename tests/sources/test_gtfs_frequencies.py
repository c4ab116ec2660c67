"""Trips of frequencies.txt written out: when they leave, what they are called, which rows mean nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ptreach.errors import InputError
from ptreach.sources import gtfs_frequencies
from ptreach.sources.gtfs_calls import Calls, parse_clock
from ptreach.sources.gtfs_frequencies import expand_frequencies
from ptreach.sources.repairs import Ledger

FREQUENCIES = ("trip_id", "start_time", "end_time", "headway_secs")


def table(rows, *columns):
    """A table of text as it is read from a feed: blanks are missing."""
    cells = [[text.strip() or None for text in row.split(",")] for row in rows.split()]
    return pd.DataFrame(cells, columns=list(columns), dtype=object)


def clocks(seconds):
    return [f"{s // 3600}:{s % 3600 // 60:02d}:{s % 60:02d}" for s in seconds.tolist()]


TEMPLATE = Calls(
    trip=np.array([0, 0, 1, 1], dtype=np.int32),
    stop=np.array([0, 1, 2, 3], dtype=np.int32),
    arrival_s=np.array([parse_clock(text) for text in ("7:00:00", "7:11:00", "9:00:00", "9:05:00")]),
    departure_s=np.array([parse_clock(text) for text in ("7:01:00", "7:12:00", "9:00:00", "9:05:00")]),
    board=np.ones(4, dtype=bool),
    alight=np.ones(4, dtype=bool),
)


def expanded(rows, *extra):
    """Calls, the trip each belongs to, the ids of trips that run, and what was counted."""
    ledger = Ledger()
    frequencies = table(rows, *FREQUENCIES, *extra)
    pages = ledger.of("bus", Path("bus.zip"))
    calls, sources, ids = expand_frequencies(TEMPLATE, frequencies, ("t", "u"), pages)
    assert ids == sorted(set(ids))
    return calls, sources[calls.trip], ids, {found.rule: found.count for found in ledger.repairs}


@pytest.mark.parametrize("exact", ["0", "1", ""])
def test_frequencies_stand_for_trips_from_start_to_before_end(exact):
    calls, source, ids, repairs = expanded(f"t,8:00:00,8:30:00,600,{exact}", "exact_times")
    of_t = source == 0
    assert ids == ["t~08:00:00", "t~08:10:00", "t~08:20:00", "u"]
    # the first departure, 7:01 in the template, moves to 8:00, 8:10 and 8:20; 8:30 is the end
    assert clocks(calls.departure_s[of_t]) == [
        *("8:00:00", "8:11:00", "8:10:00", "8:21:00", "8:20:00", "8:31:00"),
    ]
    assert clocks(calls.arrival_s[of_t]) == [
        *("7:59:00", "8:10:00", "8:09:00", "8:20:00", "8:19:00", "8:30:00"),
    ]
    assert np.unique(calls.trip[of_t]).size == 3
    assert clocks(calls.departure_s[~of_t]) == ["9:00:00", "9:05:00"]
    assert repairs == {}


def test_rows_of_frequencies_add_up():
    calls, source, ids, _ = expanded("t,9:00:00,9:20:00,600 t,24:50:00,25:00:01,600 u,8:00:00,8:00:01,1")
    starts = np.flatnonzero(np.r_[True, np.diff(calls.trip) != 0])
    assert source[starts].tolist() == [0, 0, 0, 0, 1]
    assert ids == ["t~09:00:00", "t~09:10:00", "t~24:50:00", "t~25:00:00", "u~08:00:00"]
    assert clocks(calls.departure_s[starts]) == ["9:00:00", "9:10:00", "24:50:00", "25:00:00", "8:00:00"]
    assert (np.diff(calls.trip) >= 0).all()


def test_two_rows_that_leave_at_once_are_two_trips():
    _, _, ids, _ = expanded("t,9:00:00,9:20:00,600 t,9:10:00,9:20:00,600")
    assert ids == ["t~09:00:00", "t~09:10:00", "t~09:10:00~", "u"]


@pytest.mark.parametrize(
    "row",
    [
        "t,8:00:00,8:30:00,0",
        "t,8:00:00,8:30:00,-600",
        "t,8:00:00,8:30:00,often",
        "t,8:00:00,8:30:00,",
        "t,8:00:00,8:30:00,0.5",
        "t,8:30:00,8:00:00,600",
        "t,8:00:00,8:00:00,600",
        "t,,8:30:00,600",
        "t,8:00:00,late,600",
        "z,8:00:00,8:30:00,600",
        ",8:00:00,8:30:00,600",
        "t,0:00:00,999:00:00,1",  # millions of trips
        "t,992:55:00,992:55:01,60",  # ends after the last hour that a clock can say
    ],
)
def test_rows_of_frequencies_without_meaning_are_counted(row):
    calls, _, _, repairs = expanded(row)
    assert clocks(calls.departure_s) == ["7:01:00", "7:12:00", "9:00:00", "9:05:00"]
    assert repairs == {"frequencies-without-meaning": 1}


def test_a_headway_of_hours_is_read():
    calls, source, _, repairs = expanded("t,0:00:00,24:00:00,43200")
    assert clocks(calls.departure_s[source == 0]) == ["0:00:00", "0:11:00", "12:00:00", "12:11:00"]
    # it is there a minute before it leaves, but not before the day begins
    assert clocks(calls.arrival_s[source == 0]) == ["0:00:00", "0:10:00", "11:59:00", "12:10:00"]
    assert repairs == {}


@pytest.mark.parametrize("headway", ["99999999999999999999", "1e300", "86400"])
def test_a_headway_longer_than_the_span_is_one_trip(headway):
    _, _, ids, repairs = expanded(f"t,8:00:00,9:00:00,{headway}")
    assert (ids, repairs) == (["t~08:00:00", "u"], {})


def test_frequencies_without_end_are_refused(monkeypatch):
    monkeypatch.setattr(gtfs_frequencies, "MOST_CALLS", 1_000)
    with pytest.raises(InputError, match=r"bus\.zip, frequencies\.txt: stands for more than 1,000 calls"):
        expanded("t,0:00:00,24:00:00,60")
