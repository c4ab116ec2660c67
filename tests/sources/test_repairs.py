"""The ledger of cleaning rules: counts by rule and feed, one example, rules switched off."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from ptreach.errors import InputError
from ptreach.model import Repair, TableRows
from ptreach.sources.repairs import RULES, Ledger

BUS = Path("folder", "bus.zip")


def test_names_of_rules_are_in_kebab_case_and_all_say_what_to_do():
    for name, rule in RULES.items():
        assert name == rule.name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        for text in (rule.finds, rule.done, rule.remedy):
            assert text
            assert not text.endswith(".")


def test_counts_add_up_and_the_least_example_is_shown_in_any_order():
    notes = [
        ("bus", "trips-of-one-call", 2, "trip 9", 9),
        ("bus", "trips-of-one-call", 1, "trip 10", 10),
        ("bus", "stops-without-id", 4, "a", ()),
        ("rail", "trips-of-one-call", 7, "trip 1", 1),
        ("bus", "trips-of-one-call", 0, "trip 0", 0),  # nothing found: no note
    ]
    for order in itertools.permutations(notes):
        ledger = Ledger()
        for feed, rule, count, example, key in order:
            ledger.of(feed, Path("folder", f"{feed}.zip")).note(rule, count, "x.txt", example, key)
        assert [(found.feed, found.rule, found.count, found.example) for found in ledger.repairs] == [
            ("bus", "stops-without-id", 4, "bus.zip, x.txt: a"),
            ("bus", "trips-of-one-call", 3, "bus.zip, x.txt: trip 9"),
            ("rail", "trips-of-one-call", 7, "rail.zip, x.txt: trip 1"),
        ]
    rule = RULES["stops-without-id"]
    assert ledger.repairs[0] == Repair(
        "stops-without-id", "bus", 4, "bus.zip, x.txt: a", rule.finds, rule.done, rule.remedy
    )


def test_a_rule_switched_off_refuses_or_keeps():
    ledger = Ledger(["trips-of-one-call", "stops-at-station"])
    pages = ledger.of("bus", BUS)
    assert not pages.is_on("stops-at-station")
    assert pages.is_on("stops-without-id")
    pages.note("trips-of-one-call", 0, "x.txt", "nothing found")
    where = re.escape(f"{BUS}, x.txt: trip 1")
    with pytest.raises(InputError, match=rf"{where}: trips with one call \(2\), and the rule trips-of-one-"):
        pages.note("trips-of-one-call", 2, "x.txt", "trip 1")
    pages.note("stops-at-station", 2, "x.txt", "stop 1")
    assert ledger.repairs == ()


def test_a_name_that_no_rule_has_is_refused():
    with pytest.raises(
        InputError, match=r"\[cleaning\] off: no cleaning rule 'tidy'\. Take of .*times-blank"
    ):
        Ledger({"tidy", "times-blank"})


def test_rows_are_listed_by_feed_and_table():
    ledger = Ledger()
    ledger.of("rail", BUS).note_rows("trips.txt", read=3, kept=2)
    ledger.of("bus", BUS).note_rows("trips.txt", read=5, outside=1, kept=4)
    ledger.of("bus", BUS).note_rows("stops.txt", read=1, kept=1)
    assert ledger.rows == (
        TableRows("bus", "stops.txt", 1, 0, 1),
        TableRows("bus", "trips.txt", 5, 1, 4),
        TableRows("rail", "trips.txt", 3, 0, 2),
    )
