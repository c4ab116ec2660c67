from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from ptreach.model import Comparison, FeedSpan
from ptreach.outputs.facts import AreasFacts, Sunset

SAID = ("name", "title", "edition", "id_column", "deprivation_title", "population_title", "point")


def test_what_was_done_to_tables_of_zones_and_of_indicators_is_told():
    areas = SimpleNamespace(**dict.fromkeys(SAID, "x"), pensioners_from=65, notes=("people.csv was carried",))
    correlations = SimpleNamespace(notes=("claimants.csv was carried",))
    assert AreasFacts.of(areas).notes == ("people.csv was carried",)
    assert AreasFacts.of(areas, correlations).notes == (
        "people.csv was carried",
        "claimants.csv was carried",
    )


def day(number):
    return dt.date(2026, 10, number)


# Of each feed: trips on the date, last day of full service, last day of all. The date is the 6th.
@pytest.mark.parametrize(
    ("feeds", "expected"),
    [
        ({"bus": (5, 20, 31)}, (20, "bus", 1)),
        ({"bus": (5, 20, 31), "rail": (1, 12, 12)}, (12, "rail", 2)),
        # a feed without a trip on the date does not matter
        ({"bus": (5, 20, 31), "ferry": (0, 7, 8)}, (20, "bus", 1)),
        # full service is over, and something still runs
        ({"bus": (5, 20, 31), "night": (2, 4, 9)}, (9, "night", 2)),
        # the very day; of two the first by name
        ({"b": (1, 6, 6), "a": (1, 6, 30)}, (6, "a", 2)),
        ({"bus": (0, 20, 31)}, None),
    ],
)
def test_the_sunset_is_the_end_of_the_feed_that_ends_first(verdict, feeds, expected):
    spans, trips = [], []
    for name, (trips_n, full, last) in feeds.items():
        spans.append(FeedSpan(name, 9, day(1), day(last), day(1), day(full)))
        trips.append(Comparison("feed", name, trips_n, 1.0, 1.0))
    # a mode of a feed's name says nothing of the feed
    of_mode = Comparison("mode", "ferry", 9, 1.0, 1.0)
    sunset = Sunset.of(replace(verdict, feeds=tuple(spans), comparisons=(*trips, of_mode)))
    assert sunset == (Sunset(day(expected[0]), *expected[1:]) if expected else None)
