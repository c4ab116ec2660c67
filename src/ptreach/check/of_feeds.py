"""Findings about the feeds, whatever the date: modes that are missing, stops and trips that can't be true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.check.days_off import ENGLISH_TIME
from ptreach.check.of_date import trip_example
from ptreach.check.stops import far_stops
from ptreach.check.survey import trips_on
from ptreach.model import Example, Finding, Severity
from ptreach.network.patterns import trips_listed_twice
from ptreach.sources.modes import MODES
from ptreach.sources.repairs import RULES

if TYPE_CHECKING:
    import datetime as dt

    from ptreach.check.survey import Survey

OFF_STREETS: Final = 0.01
"""A larger share of stops than this without a street in reach is a warning, a smaller one a note."""
MANY_BACK: Final = 0.01
_BACK_IN_TIME: Final = "trips-back-in-time"
# What the reader mends or leaves out that a user should know before the numbers are quoted.
_GRAVE: Final = frozenset(
    {
        "stops-without-place",
        "stops-swapped",
        "stops-in-metres",
        "stops-misplaced",
        "trips-teleporting",
        "trips-too-fast",
        "trips-in-two-feeds",
        "trips-in-two-feeds-partly",
    }
)
_NEAR_M: Final = 300
# What may carry the passengers of a station: publishers call one light railway tram, another metro.
_CARRIED_BY: Final = {
    "rail": ("rail",),
    "metro": ("metro", "tram", "rail"),
    "tram": ("tram", "metro"),
    "ferry": ("ferry",),
}
_STATION_WORDS: Final = {
    "rail": ("railway station", "railway stations"),
    "metro": ("underground station", "underground stations"),
    "tram": ("tram stop", "tram stops"),
    "ferry": ("ferry terminal", "ferry terminals"),
}
_CIF: Final = "make a rail feed with ptreach cif, and name it beside the bus feed"


def feeds_findings(survey: Survey, date: dt.date) -> list[Finding]:
    """Return what is wrong with the feeds; doubles are counted for the date."""
    return [
        *_missing_modes(survey),
        *_off_streets(survey),
        *_far_stops(survey),
        *_cleaned(survey),
        *_doubles(survey, date),
        *_calendar(survey),
    ]


def _missing_modes(survey: Survey) -> list[Finding]:
    """Name the modes that the area has stations of and the feeds no trips."""
    there = {MODES[mode] for mode in np.unique(survey.counts.group_mode).tolist()}
    found = []
    for mode, number in (survey.stations or {}).items():
        if there & set(_CARRIED_BY[mode]):
            continue
        stations = f"{number:,} {_STATION_WORDS[mode][number != 1]} in the streets' file"
        words = f"{stations}, no {mode} service in the feeds"
        remedy = (
            _CIF
            if mode == "rail"
            else f"add a feed that has it, or say beside the numbers that {mode} is left out"
        )
        found.append(Finding(Severity.WARNING, "mode-missing", words, number, remedy))
    if (
        survey.feeds.timezone == ENGLISH_TIME
        and "rail" not in there
        and not (survey.stations or {}).get("rail")
    ):
        what = "no rail service in the feeds: British bus feeds have none"
        found.append(
            Finding(Severity.WARNING, "mode-missing", what, 0, f"where trains stop in the area, {_CIF}")
        )
    return found


def _off_streets(survey: Survey) -> list[Finding]:
    """Count the stops in use that have no street in reach."""
    street_m = survey.feeds.stop_street_m
    if street_m is None:
        return []
    used = np.unique(survey.feeds.patterns.stop)
    off = used[np.isnan(street_m[used])]
    if not off.size:
        return []
    near = int((street_m[used] <= _NEAR_M).sum())
    what = (
        f"{_number(off.size, 'stop has', 'stops have')} no street within 1,600 m, so nobody can board "
        f"there, of {used.size:,}; "
        f"{near / used.size:.1%} have one within {_NEAR_M} m"
    )
    severity = Severity.WARNING if off.size > OFF_STREETS * used.size else Severity.NOTE
    remedy = "take a larger extract of streets if journeys go there"
    return [
        Finding(severity, "stops-off-streets", what, int(off.size), remedy, stop_example(survey, int(off[0])))
    ]


def _far_stops(survey: Survey) -> list[Finding]:
    """Count the stops that lie far from all others."""
    feeds = survey.feeds
    far = far_stops(feeds.stop_lon, feeds.stop_lat, np.unique(feeds.patterns.stop))
    if not far.stop.size:
        return []
    worst = int(np.argmax(far.km))
    stop = int(far.stop[worst])
    what = (
        f"{_number(far.stop.size, 'stop lies', 'stops lie')} far from all others, "
        f"'{feeds.stop_names[stop]}' {far.km[worst]:,.0f} km from the middle of the feeds"
    )
    remedy = "correct stop_lat and stop_lon, unless vehicles do go there"
    return [
        Finding(Severity.WARNING, "stops-far", what, int(far.stop.size), remedy, stop_example(survey, stop))
    ]


def _cleaned(survey: Survey) -> list[Finding]:
    """Return what the reader of the feeds mended, left out or found odd."""
    found = []
    trips_n = survey.feeds.patterns.trip_row.size
    for repair in (*survey.feeds.repairs, *survey.feeds.oddities):
        if repair.rule not in RULES:  # of the streets' file, or of a network that is built
            continue
        grave = repair.rule in _GRAVE or (repair.rule == _BACK_IN_TIME and repair.count > MANY_BACK * trips_n)
        place, _, case = repair.example.partition(": ")
        found.append(
            Finding(
                Severity.WARNING if grave else Severity.NOTE,
                repair.rule,
                f"{repair.what}: {repair.count:,}, {repair.done}",
                repair.count,
                repair.remedy,
                Example(repair.feed, place.rpartition(", ")[2], case) if case else None,
            )
        )
    return found


def _doubles(survey: Survey, date: dt.date) -> list[Finding]:
    """Count the trips that a feed lists twice for a day."""
    feeds, found = survey.feeds, []
    runs = trips_on(survey, date)
    twice = trips_listed_twice(feeds.patterns, feeds.calendar.runs)
    if twice:
        twins = feeds.patterns.twin
        repeats = np.flatnonzero(twins != np.arange(twins.size))
        on_date = int(runs.sum()) - np.unique(twins[runs]).size
        what = (
            f"{_number(twice, 'trip is', 'trips are')} listed twice for a day, "
            f"{on_date:,} of them on {date}; they are searched once"
        )
        remedy = "nothing needs to be done; counts of trips have them twice"
        found.append(
            Finding(
                Severity.NOTE, "doubles-in-feed", what, twice, remedy, trip_example(survey, int(repeats[0]))
            )
        )
    return found


def _calendar(survey: Survey) -> list[Finding]:
    """Say what is odd about the calendar; none of it does harm here, for calendars are sets of dates."""
    patterns, runs = survey.feeds.patterns, survey.feeds.calendar.runs
    services = np.unique(patterns.trip_service)
    days = runs[services].sum(axis=1)
    found = []
    idle = np.isin(patterns.trip_service, services[days == 0])
    if idle.any():
        who = _number(int((days == 0).sum()), "service never runs", "services never run")
        what = f"{who}, with {int(idle.sum()):,} trips"
        remedy = "nothing, unless they should run: then mend calendar.txt"
        example = trip_example(survey, int(np.flatnonzero(idle)[0]))
        found.append(
            Finding(Severity.NOTE, "services-never-run", what, int((days == 0).sum()), remedy, example)
        )
    return found


def stop_example(survey: Survey, stop: int) -> Example:
    """Return a stop as an example."""
    text = survey.feeds.stop_ids[stop]
    feed = max((feed for feed in survey.feeds.feed_ids if text.startswith(f"{feed}:")), key=len)
    return Example(feed, "stops.txt", text.removeprefix(f"{feed}:"))


def _number(number: int, one: str, many: str) -> str:
    """Return ``1 stop lies`` or ``3 stops lie``."""
    return f"{number:,} {one if number == 1 else many}"
