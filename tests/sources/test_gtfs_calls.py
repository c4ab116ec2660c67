"""Calls of trips: times read and filled in, faulty trips left out and counted."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import pytest

from ptreach.errors import InputError
from ptreach.sources import gtfs_tables
from ptreach.sources.gtfs_calls import Wanted, parse_clock, read_calls
from ptreach.sources.gtfs_files import FeedFiles, TableFile
from ptreach.sources.repairs import RULES, Ledger

STOPS = pd.DataFrame(
    {
        "stop_id": ["A", "B", "C", "D"],
        # along a meridian: 1 : 2 : 1 parts of the way, to a few parts in a million
        "lon": [0.0, 0.0, 0.0, 0.0],
        "lat": [51.00, 51.01, 51.03, 51.04],
    }
)


COLUMNS = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time")


def calls_of(rows, columns, trips, wanted=None, off=()):
    """Calls of trips at A to D in a file of rows, and the ledger."""
    text = "\n".join([",".join(columns), *rows.split(), ""]).encode()
    files = FeedFiles(
        Path("bus.zip"), {"stop_times": TableFile("stop_times.txt", len(text), lambda: io.BytesIO(text))}
    )
    ledger = Ledger(off)
    wanted = wanted or Wanted(np.ones(len(trips), dtype=bool))
    return read_calls(files, trips, STOPS, wanted, ledger.of("bus", files.path))[0], ledger


def counts(ledger):
    """What was found, by rule."""
    return {found.rule: found.count for found in ledger.repairs}


def cleaned(rows, *extra, trips=("t",), **options):
    """Calls of trips at A to D, and what was counted."""
    calls, ledger = calls_of(rows, (*COLUMNS, *extra), trips, **options)
    return calls, counts(ledger)


def clocks(seconds):
    return [f"{s // 3600}:{s % 3600 // 60:02d}:{s % 60:02d}" for s in seconds.tolist()]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:00:00", 0),
        ("8:05:09", 29_109),
        ("08:05:09", 29_109),
        (" 8:05:09 ", 29_109),
        ("23:59:59", 86_399),
        ("24:00:00", 86_400),
        ("49:30:01", 178_201),
        ("100:00:00", 360_000),
        ("8:5:9", 29_109),
        ("-1:00:00", -1),
        ("8:60:00", -1),
        ("8:00:60", -1),
        ("8:05", -1),
        ("8.05.09", -1),
        ("1000:00:00", -1),
        ("29109", -1),
        ("8:05:09.5", -1),
        ("", -1),
        ("noon", -1),
        ("99:99:99", -1),
        ("\u0668:00:00", -1),  # a digit, but not one of ours
    ],
)
def test_a_clock_is_hours_minutes_seconds(text, seconds):
    assert parse_clock(text) == seconds


def test_missing_clocks_are_blank():
    assert parse_clock(None) == -1


def test_times_past_midnight_go_on_counting():
    calls, repairs = cleaned("t,A,1,23:55:00,23:55:00 t,B,2,24:05:00,24:06:00 t,C,3,25:00:00,25:00:00")
    assert calls.arrival_s.tolist() == [86_100, 86_700, 90_000]
    assert calls.departure_s.tolist() == [86_100, 86_760, 90_000]
    assert repairs == {}


def test_one_of_arrival_and_departure_stands_for_the_other():
    calls, repairs = cleaned("t,A,1,,8:00:00 t,B,2,8:10:00, t,C,3,8:20:00,8:21:00 t,D,4,8:30:00,")
    assert clocks(calls.arrival_s) == ["8:00:00", "8:10:00", "8:20:00", "8:30:00"]
    assert clocks(calls.departure_s) == ["8:00:00", "8:10:00", "8:21:00", "8:30:00"]
    assert repairs == {}


def test_blank_times_follow_the_distance():
    # 40 minutes for 4 hundredths of a degree: B after a quarter, C after three quarters of the way. A degree
    # grows by a hundred-thousandth on the way north, so seconds are cut to just under or just over.
    calls, repairs = cleaned("t,A,1,7:50:00,8:00:00 t,B,2,, t,C,3,, t,D,4,8:40:00,8:50:00")
    geod = pyproj.Geod(ellps="WGS84")
    steps = [geod.inv(0, a, 0, b)[2] for a, b in ((51.00, 51.01), (51.01, 51.03), (51.03, 51.04))]
    at_b, at_c = int(2_400 * steps[0] / sum(steps)), int(2_400 * (steps[0] + steps[1]) / sum(steps))
    assert abs(at_b - 600) <= 1
    assert abs(at_c - 1_800) <= 1
    assert (calls.arrival_s - 28_800).tolist() == [-600, at_b, at_c, 2_400]
    assert (calls.departure_s - 28_800).tolist() == [0, at_b, at_c, 3_000]
    assert repairs == {"times-blank": 2}


def test_each_gap_is_filled_by_itself():
    # back and forth: the way from C to B and back is as long as either half
    calls, _ = cleaned("t,A,1,8:00:00,8:00:00 t,B,2,, t,C,3,8:30:00,8:31:00 t,B,4,, t,C,5,8:41:01,8:41:01")
    assert calls.arrival_s[1] - 28_800 in {599, 600}
    assert calls.arrival_s[3] - 28_800 == 31 * 60 + 300  # half of 601 s, cut


def test_blank_times_on_one_spot_are_spread_evenly():
    calls, _ = cleaned("t,A,1,8:00:00,8:00:00 t,A,2,, t,A,3,, t,A,4,8:00:10,8:00:10")
    assert (calls.arrival_s - 28_800).tolist() == [0, 3, 6, 10]


def test_unreadable_times_are_blank_and_counted():
    calls, repairs = cleaned("t,A,1,8:00:00,8:00:00 t,B,2,8h10,-8:10:00 t,C,3,8:20:00,8:99:00")
    assert clocks(calls.departure_s)[2] == "8:20:00"
    assert repairs == {"times-unreadable": 3, "times-blank": 1}


def test_trips_without_a_time_at_an_end_are_left_out():
    first = "t,A,1,, t,B,2,8:10:00,8:10:00 t,C,3,8:20:00,8:20:00"
    last = "u,A,1,8:00:00,8:00:00 u,B,2,8:10:00,8:10:00 u,C,3,,"
    none = "v,A,1,, v,B,2,,"
    good = "w,A,1,8:00:00,8:00:00 w,B,2,, w,C,3,8:20:00,8:20:00"
    calls, repairs = cleaned(f"{first} {last} {none} {good}", trips=("t", "u", "v", "w"))
    assert set(calls.trip.tolist()) == {3}
    assert repairs == {"trips-without-end-times": 3, "times-blank": 1}


def test_trips_that_go_back_in_time_are_left_out():
    rows = (
        "t,A,1,8:00:00,8:00:00 t,B,2,7:59:59,8:10:00 "  # arrives before it departs
        "u,A,1,8:01:00,8:00:00 u,B,2,8:10:00,8:10:00 "  # departs before it arrives
        "v,A,1,8:00:00,8:05:00 v,B,2,, v,C,3,8:04:00,8:20:00 "  # with a blank time between
        "w,A,1,8:00:00,8:00:00 w,B,2,8:00:00,8:00:00 "  # in no time: allowed
        "x,A,1,23:50:00,23:50:00 x,B,2,0:10:00,0:10:00"  # midnight not counted on
    )
    calls, repairs = cleaned(rows, trips=("t", "u", "v", "w", "x"))
    assert calls.trip.tolist() == [3, 3]
    assert repairs == {"trips-back-in-time": 4, "times-blank": 1}


def test_an_earlier_trip_does_not_make_the_next_go_back():
    calls, repairs = cleaned(
        "t,A,1,9:00:00,9:00:00 t,B,2,9:10:00,9:10:00 u,A,1,8:00:00,8:00:00 u,B,2,8:10:00,8:10:00",
        trips=("t", "u"),
    )
    assert calls.trip.tolist() == [0, 0, 1, 1]
    assert repairs == {}


def test_calls_stand_in_the_order_of_their_sequence():
    calls, repairs = cleaned("t,C,100,8:20:00,8:20:00 t,A,-3,8:00:00,8:00:00 t,B,20,8:10:00,8:10:00")
    assert calls.stop.tolist() == [0, 1, 2]  # 20 comes before 100, as numbers do
    assert repairs == {}


def test_dangling_calls_are_counted_once_each():
    calls, repairs = cleaned(
        "t,A,1,8:00:00,8:00:00 t,B,2,8:10:00,8:10:00 t,Z,3,8:15:00,8:15:00 z,Z,x,8:00:00,8:00:00 "
        "t,C,x,8:20:00,8:20:00 t,C,,8:20:00,8:20:00 t,,5,8:20:00,8:20:00 ,A,5,8:20:00,8:20:00 "
        "t,D,2,8:25:00,8:25:00"
    )
    assert calls.stop.tolist() == [0, 1]
    assert repairs == {
        "calls-of-unknown-trips": 2,
        "calls-at-unknown-stops": 2,
        "calls-without-sequence": 2,
        "calls-of-one-sequence": 1,
    }


def test_trips_of_one_call_or_none_are_counted():
    calls, repairs = cleaned("t,A,1,8:00:00,8:00:00", trips=("t", "u"))
    assert calls.trip.size == 0
    assert repairs == {"trips-of-one-call": 1, "trips-without-calls": 1}
    calls, repairs = cleaned("z,A,1,8:00:00,8:00:00")
    assert all(column.size == 0 for column in calls)
    assert repairs == {"calls-of-unknown-trips": 1, "trips-without-calls": 1}


def test_only_type_1_forbids_boarding_and_alighting():
    rows = (
        "t,A,1,8:00:00,8:00:00,{} t,B,2,8:01:00,8:01:00,{} t,C,3,8:02:00,8:02:00,{} t,D,4,8:03:00,8:03:00,{}"
    )
    calls, repairs = cleaned(rows.format("0,1", ",", "2,3", "1,0"), "pickup_type", "drop_off_type")
    assert calls.board.tolist() == [True, True, True, False]
    assert calls.alight.tolist() == [False, True, True, True]
    assert repairs == {}
    calls, repairs = cleaned(rows.format("yes,0", "1.0,-1", "no,9", "01,x"), "pickup_type", "drop_off_type")
    assert calls.board.tolist() == [True, False, True, False]
    assert calls.alight.tolist() == [True] * 4
    assert repairs == {
        "pickup-types-unreadable": 3,
    }
    calls, _ = cleaned("t,A,1,8:00:00,8:00:00 t,B,2,8:01:00,8:01:00")
    assert calls.board.all()
    assert calls.alight.all()


def test_columns_of_times_may_be_absent():
    rows = "t,A,1,8:00:00 t,B,2,8:10:00"
    calls, _ = calls_of(rows, COLUMNS[:3] + COLUMNS[4:], ("t",))
    assert clocks(calls.arrival_s) == ["8:00:00", "8:10:00"]
    calls, ledger = calls_of("t,A,1 t,B,2", COLUMNS[:3], ("t",))
    assert calls.trip.size == 0
    assert counts(ledger) == {"trips-without-end-times": 1}


LATER = "u,A,1,9:00:00,9:00:00 u,B,2,, u,C,3,, u,D,4,9:40:01,9:40:01"


def test_calls_outside_are_left_out_after_times_are_filled():
    rows = f"t,A,1,8:00:00,8:00:00 t,B,2,8:01:00,8:01:00 {LATER}"
    whole, _ = cleaned(rows, trips=("t", "u"))
    wanted = Wanted(np.array([True, True]), inside=np.array([False, True, True, False]))
    part, ledger = calls_of(rows, COLUMNS, ("t", "u"), wanted)
    # t calls at one stop inside, u at two, at the times that it has in the whole
    assert part.trip.tolist() == [1, 1]
    assert part.stop.tolist() == [1, 2]
    assert part.arrival_s.tolist() == whole.arrival_s[3:5].tolist()
    assert counts(ledger) == {"times-blank": 2}
    assert [(row.read, row.outside, row.kept) for row in ledger.rows] == [(6, 4, 2)]


def test_trips_that_nobody_asks_for_are_not_looked_at():
    rows = f"t,A,1,9:00:00,9:00:00 t,Z,x,noon,8:00:00 {LATER} z,A,1,8:00:00,8:00:00"
    part, ledger = calls_of(rows, COLUMNS, ("t", "u"), Wanted(np.array([False, True])))
    assert set(part.trip.tolist()) == {1}
    assert counts(ledger) == {"times-blank": 2, "calls-of-unknown-trips": 1}
    assert [(row.read, row.outside, row.kept) for row in ledger.rows] == [(7, 2, 4)]


def test_times_filled_do_not_depend_on_other_trips():
    alone, _ = cleaned(LATER, trips=("t", "u"), wanted=Wanted(np.array([False, True])))
    for k in range(1, 40):
        others = " ".join(
            f"t,{stop},{at},{'8:00:00' if at == 1 else ''},{'' if at < 2 * k else '8:50:00'}"
            for at, stop in enumerate("AD" * k, 1)
        )
        both, _ = cleaned(f"{others} {LATER}", trips=("t", "u"))
        assert both.arrival_s[-4:].tolist() == alone.arrival_s.tolist()


def test_examples_do_not_depend_on_the_order_of_rows(monkeypatch):
    calls = {
        "z": "A,1,8:00:00",
        "y": "A,1,8:00:00",
        "t": "A,1,8:00:00 Q,2,8:10:00 B,3,noon B,4,late C,5,8:40:00 C,x,8:45:00 A,x,8:45:00",
        "u": "A,1,8:00:00 B,2,7:00:00",
        "v": "B,2,7:00:00 A,1,8:00:00",
    }
    rows = [f"{trip},{call}," for trip, texts in calls.items() for call in texts.split()]
    monkeypatch.setattr(gtfs_tables, "_BATCH_BYTES", 100)
    found = set()
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(len(rows))
        _, ledger = calls_of(" ".join(rows[at] for at in order), COLUMNS, ("t", "u", "v"))
        found.add(ledger.repairs)
    assert len(found) == 1
    assert {repair.rule: (repair.count, repair.example.split(": ", 1)[1]) for repair in found.pop()} == {
        "calls-of-unknown-trips": (2, "trip y"),
        "calls-at-unknown-stops": (1, "trip t, stop Q, stop_sequence 2"),
        "calls-without-sequence": (2, "trip t, stop A, stop_sequence x"),
        "times-unreadable": (2, "trip t, stop_sequence 3, arrival_time noon"),
        "times-blank": (2, "trip t at stop B"),
        "trips-back-in-time": (2, "trip u at stop B"),
    }


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ("z,A,1,8:00:00,8:00:00 t,A,1,8:00:00,8:00:00 t,B,2,8:10:00,8:10:00", "calls-of-unknown-trips"),
        ("t,A,1,8:00:00,8:00:00 t,B,2,7:10:00,8:10:00", "trips-back-in-time"),
        ("t,A,1,8:00:00,8:00:00 t,B,2,, t,C,3,8:10:00,8:10:00", "times-blank"),
    ],
)
def test_a_rule_switched_off_refuses_what_it_would_mend(rows, rule):
    assert set(cleaned(rows)[1]) == {rule}
    with pytest.raises(InputError, match=rf"bus\.zip, stop_times\.txt: trip .*the rule {rule} is sw"):
        cleaned(rows, off={rule})
    others = set(RULES) - {rule}
    assert set(cleaned(rows, off=others)[1]) == {rule}


def test_calls_of_one_sequence_are_kept_where_the_rule_is_off():
    rows = "t,A,1,8:00:00,8:00:00 t,B,2,8:10:00,8:10:00 t,C,2,8:20:00,8:20:00"
    calls, found = cleaned(rows)
    assert (calls.stop.tolist(), found) == ([0, 1], {"calls-of-one-sequence": 1})
    calls, found = cleaned(rows, off={"calls-of-one-sequence"})
    assert (calls.stop.tolist(), found) == ([0, 1, 2], {})


@pytest.mark.parametrize("bytes_at_once", [100, 1_000, 100_000])
def test_a_table_may_come_in_many_batches(monkeypatch, bytes_at_once):
    monkeypatch.setattr(gtfs_tables, "_BATCH_BYTES", bytes_at_once)
    rows = " ".join(
        f"t{k % 7},{'ABCD'[k % 4]},{k // 7},{8 + k // 420}:{k // 7 % 60:02d}:00," for k in range(700)
    )
    calls, found = cleaned(rows, trips=[f"t{k}" for k in range(7)])
    assert found == {}
    assert calls.trip.tolist() == [trip for trip in range(7) for _ in range(100)]
    assert calls.arrival_s[:100].tolist() == [28_800 + 60 * k for k in range(100)]
    assert calls.stop[:3].tolist() == [0, 3, 2]


@pytest.mark.parametrize(
    ("sequence", "order"),
    [
        (("1e9", "-5", "0"), [1, 2, 0]),
        (("2.5", "2.25", "1e300"), [1, 0, 2]),
        (("3000000000", "2147483647", "-3000000000"), [2, 1, 0]),
        (("007", "7.0", "8"), [0, 2]),
    ],
)
def test_any_number_is_a_stop_sequence(sequence, order):
    rows = " ".join(f"t,{stop},{number},8:00:00," for stop, number in zip("ABC", sequence, strict=True))
    calls, _ = cleaned(rows)
    assert calls.stop.tolist() == order


@pytest.mark.parametrize("sequence", ["1e309", "NaN", "inf", "-inf", "٣", "1_0", "0x10", "one", "+", "1e"])
def test_what_python_takes_for_a_number_may_be_none(sequence):
    _, found = cleaned(f"t,A,1,8:00:00, t,B,2,8:10:00, t,C,{sequence},8:20:00,")
    assert found == {"calls-without-sequence": 1}
