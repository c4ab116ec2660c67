"""Calls of trips: times read and filled in, faulty trips left out and counted, frequencies written out."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pyproj
import pytest

from ptreach.sources.gtfs_calls import clean_calls, expand_frequencies, parse_clock

STOPS = pd.DataFrame(
    {
        "stop_id": ["A", "B", "C", "D"],
        # along a meridian: 1 : 2 : 1 parts of the way, to a few parts in a million
        "lon": [0.0, 0.0, 0.0, 0.0],
        "lat": [51.00, 51.01, 51.03, 51.04],
    }
)
FREQUENCIES = ("trip_id", "start_time", "end_time", "headway_secs")


def table(rows, *columns):
    """A table of text as it is read from a feed: blanks are missing."""
    cells = [[text.strip() or None for text in row.split(",")] for row in rows.split()]
    return pd.DataFrame(cells, columns=list(columns)).astype("category")


def cleaned(rows, *extra, trips=("t",)):
    """Calls of trips at A to D, and what was counted."""
    columns = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time", *extra)
    repairs = Counter()
    calls = clean_calls(table(rows, *columns), pd.Series(trips), STOPS, repairs)
    return calls, {what: count for what, count in repairs.items() if count}


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
    ],
)
def test_a_clock_is_hours_minutes_seconds(text, seconds):
    assert parse_clock(pd.Series([text, "1:00:00", text])).tolist() == [seconds, 3_600, seconds]


def test_missing_clocks_are_blank():
    assert parse_clock(pd.Series([None, "1:00:00", np.nan])).tolist() == [-1, 3_600, -1]
    assert parse_clock(pd.Series([None, None], dtype=object)).tolist() == [-1, -1]
    assert parse_clock(pd.Series([], dtype=object)).tolist() == []


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
    assert repairs == {"blank times filled by distance": 2}


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
    assert repairs == {"unreadable times taken as blank": 3, "blank times filled by distance": 1}


def test_trips_without_a_time_at_an_end_are_left_out():
    first = "t,A,1,, t,B,2,8:10:00,8:10:00 t,C,3,8:20:00,8:20:00"
    last = "u,A,1,8:00:00,8:00:00 u,B,2,8:10:00,8:10:00 u,C,3,,"
    none = "v,A,1,, v,B,2,,"
    good = "w,A,1,8:00:00,8:00:00 w,B,2,, w,C,3,8:20:00,8:20:00"
    calls, repairs = cleaned(f"{first} {last} {none} {good}", trips=("t", "u", "v", "w"))
    assert set(calls.trip.tolist()) == {3}
    assert repairs == {"trips without a first or last time": 3, "blank times filled by distance": 1}


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
    assert repairs == {"trips that go back in time": 4, "blank times filled by distance": 1}


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
        "calls of unknown trips": 2,
        "calls at unknown stops": 2,
        "calls whose stop_sequence is no number": 2,
        "calls with a stop_sequence that came before": 1,
    }


def test_trips_of_one_call_or_none_are_counted():
    calls, repairs = cleaned("t,A,1,8:00:00,8:00:00", trips=("t", "u"))
    assert calls.trip.size == 0
    assert repairs == {"trips with one call": 1, "trips without calls": 1}
    calls, repairs = cleaned("z,A,1,8:00:00,8:00:00")
    assert all(column.size == 0 for column in calls)
    assert repairs == {"calls of unknown trips": 1, "trips without calls": 1}


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
        "values of pickup_type that are no number, taken as 0": 2,
        "values of drop_off_type that are no number, taken as 0": 1,
    }
    calls, _ = cleaned("t,A,1,8:00:00,8:00:00 t,B,2,8:01:00,8:01:00")
    assert calls.board.all()
    assert calls.alight.all()


def test_columns_of_times_may_be_absent():
    rows = table("t,A,1,8:00:00 t,B,2,8:10:00", "trip_id", "stop_id", "stop_sequence", "departure_time")
    calls = clean_calls(rows, pd.Series(["t"]), STOPS, Counter())
    assert clocks(calls.arrival_s) == ["8:00:00", "8:10:00"]
    repairs = Counter()
    calls = clean_calls(rows.drop(columns="departure_time"), pd.Series(["t"]), STOPS, repairs)
    assert calls.trip.size == 0
    assert repairs["trips without a first or last time"] == 1


TEMPLATE = "t,A,1,7:00:00,7:01:00 t,B,2,7:11:00,7:12:00 u,C,1,9:00:00,9:00:00 u,D,2,9:05:00,9:05:00"


def expanded(rows, *extra):
    calls, _ = cleaned(TEMPLATE, trips=("t", "u"))
    repairs = Counter()
    frequencies = table(rows, *FREQUENCIES, *extra)
    calls = expand_frequencies(calls, frequencies, pd.Series(["t", "u"]), repairs)
    return calls, {what: count for what, count in repairs.items() if count}


@pytest.mark.parametrize("exact", ["0", "1", ""])
def test_frequencies_stand_for_trips_from_start_to_before_end(exact):
    calls, repairs = expanded(f"t,8:00:00,8:30:00,600,{exact}", "exact_times")
    of_t = calls.source_trip == 0
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
    calls, _ = expanded("t,9:00:00,9:20:00,600 t,24:50:00,25:00:01,600 u,8:00:00,8:00:01,1")
    starts = np.flatnonzero(np.r_[True, np.diff(calls.trip) != 0])
    assert calls.source_trip[starts].tolist() == [0, 0, 0, 0, 1]
    assert clocks(calls.departure_s[starts]) == ["9:00:00", "9:10:00", "24:50:00", "25:00:00", "8:00:00"]
    assert (np.diff(calls.trip) >= 0).all()


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
    ],
)
def test_rows_of_frequencies_without_meaning_are_counted(row):
    calls, repairs = expanded(row)
    assert clocks(calls.departure_s) == ["7:01:00", "7:12:00", "9:00:00", "9:05:00"]
    assert repairs == {"rows of frequencies.txt without meaning": 1}


def test_a_headway_of_hours_is_read():
    calls, repairs = expanded("t,0:00:00,24:00:00,43200")
    assert clocks(calls.departure_s[calls.source_trip == 0]) == ["0:00:00", "0:11:00", "12:00:00", "12:11:00"]
    assert repairs == {}
