"""Rules of transfers.txt: who they are about, which holds where several do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ptreach.sources import gtfs_transfers
from ptreach.sources.gtfs_transfers import FORBIDDEN_S, joined_rules, transfer_rules, turned_rules
from ptreach.sources.repairs import Ledger

STOPS = ["a", "b", "p1", "p2", "station"]  # numbered 0 to 4; p1 and p2 are platforms of the station
COLUMNS = ["from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time", "from_route_id", "to_trip_id"]


def counts(ledger):
    """What was found, by rule."""
    return {found.rule: found.count for found in ledger.repairs}


def rules_of(*rows):
    """Rules as {(from, to): least seconds}, and what was counted; a row may be short."""
    table = pd.DataFrame([dict(zip(COLUMNS, row, strict=False)) for row in rows], columns=COLUMNS)
    parents = [None, None, "station", "station", None]
    ledger = Ledger()
    rules = transfer_rules(
        table.astype(object).where(table.notna(), None),
        pd.DataFrame({"stop_id": STOPS, "parent_id": parents}),
        ledger.of("bus", Path("bus.zip")),
    )
    pairs = list(zip(rules.from_stop.tolist(), rules.to_stop.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    return dict(zip(pairs, rules.least_s.tolist(), strict=True)), {
        found.rule: found.count for found in ledger.repairs
    }


def test_times_and_prohibitions_are_taken_and_advice_is_not():
    rules, repairs = rules_of(
        ("a", "b", "2", "300"),
        ("b", "a", "3"),
        ("a", "a", "2", "90.5"),
        ("b", "b", "0"),
        ("b", "p1", "1"),
        ("b", "p2", "2", "0"),
    )
    assert rules == {(0, 0): 91, (0, 1): 300, (1, 0): FORBIDDEN_S}
    assert repairs == {}


def test_a_rule_of_a_station_holds_for_all_its_platforms():
    rules, _ = rules_of(("station", "a", "2", "240"))
    assert rules == {(2, 0): 240, (3, 0): 240, (4, 0): 240}
    rules, _ = rules_of(("station", "station", "2", "120"))
    assert rules == {(one, other): 120 for one in (2, 3, 4) for other in (2, 3, 4)}


def test_who_names_the_platforms_knows_better_even_if_more_lenient():
    rules, _ = rules_of(("station", "station", "3"), ("p1", "station", "2", "200"), ("p1", "p2", "2", "60"))
    assert (rules[2, 3], rules[2, 4], rules[2, 2], rules[3, 2]) == (60, 200, 200, FORBIDDEN_S)


def test_of_equal_rules_the_strictest_holds():
    rows = [("a", "b", "2", "100"), ("a", "b", "2", "300"), ("a", "b", "2", "200")]
    assert rules_of(*rows)[0] == {(0, 1): 300}
    assert rules_of(*rows, ("a", "b", "3"))[0] == {(0, 1): FORBIDDEN_S}


def test_rules_of_some_trips_and_rows_without_meaning_are_counted():
    rules, repairs = rules_of(
        ("a", "b", "3", None, "route"),
        ("a", "b", "2", "900", None, "trip"),
        ("nowhere", "b", "3"),
        (None, "b", "3"),
        ("a", "b", "9"),
        ("a", "b", "2", "soon"),
        ("a", "b", "2", "-5"),
        ("a", "b", "2", "90000"),
        ("a", "b", "4"),
    )
    assert rules == {}
    assert repairs == {
        "transfers-of-some-trips": 2,
        "transfers-between-unknown-stops": 2,
        "transfers-without-meaning": 4,
    }


@pytest.mark.parametrize("columns", [["transfer_type"], ["from_stop_id", "transfer_type"]])
def test_a_table_without_stops_rules_nothing(columns):
    ledger = Ledger()
    stops = pd.DataFrame({"stop_id": STOPS, "parent_id": None})
    table = pd.DataFrame([dict.fromkeys(columns, "3")])
    rules = transfer_rules(table, stops, ledger.of("bus", Path("bus.zip")))
    assert rules.from_stop.size == 0
    assert counts(ledger) == {"transfers-between-unknown-stops": 1}


def test_rules_of_two_feeds_stand_side_by_side_and_turn_round():
    stops = pd.DataFrame({"stop_id": STOPS, "parent_id": None})
    rows = [("a", "b", "2", "60"), ("b", "a", "3", None), ("a", "a", "2", "5")]
    table = pd.DataFrame(rows, columns=COLUMNS[:4], dtype=object)
    one = transfer_rules(table, stops, Ledger().of("bus", Path("bus.zip")))
    both = joined_rules([one, one], [0, 5])
    assert [*zip(*map(list, both), strict=True)] == [
        (0, 0, 5), (0, 1, 60), (1, 0, -1), (5, 5, 5), (5, 6, 60), (6, 5, -1)
    ]  # fmt: skip
    assert [*zip(*map(list, turned_rules(one)), strict=True)] == [(0, 0, 5), (0, 1, -1), (1, 0, 60)]


@pytest.mark.parametrize("time", ["99999999999999999999", "1e300", "-1e300", "86401"])
def test_times_beyond_a_day_rule_nothing(time):
    assert rules_of(("a", "b", "2", time)) == ({}, {"transfers-without-meaning": 1})
    assert rules_of(("a", "b", "3", time)) == ({(0, 1): FORBIDDEN_S}, {})


def test_a_rule_of_a_station_holds_for_boarding_areas_of_its_platforms():
    stops = pd.DataFrame(
        {"stop_id": STOPS, "parent_id": [None, "p1", "station", "station", None]}, dtype=object
    )
    table = pd.DataFrame(
        [("station", "a", "2", "60"), ("p1", "a", "2", "90")], columns=COLUMNS[:4], dtype=object
    )
    rules = transfer_rules(table, stops, Ledger().of("bus", Path("bus.zip")))
    # b is a boarding area of p1, whose own rule is the nearer one
    assert [*zip(*map(list, rules), strict=True)] == [(1, 0, 90), (2, 0, 90), (3, 0, 60), (4, 0, 60)]


def test_rules_of_stations_too_large_are_left_out_and_counted(monkeypatch):
    monkeypatch.setattr(gtfs_transfers, "_MOST_PAIRS", 9)
    # a pair, then the station with its two platforms: three by three
    rules, repairs = rules_of(("a", "b", "2", "60"), ("station", "station", "2", "60"))
    assert rules == {(0, 1): 60}
    assert repairs == {"transfers-too-many": 1}
