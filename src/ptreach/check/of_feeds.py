"""Findings about the feeds, whatever the date: modes that are missing, stops and trips that can't be true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.check.days_off import ENGLISH_TIME
from ptreach.check.doubles import doubles_across
from ptreach.check.of_date import trip_example
from ptreach.check.repairs import BACK_IN_TIME, NOWHERE
from ptreach.check.stops import ROUNDING_S, TOP_SPEED_KPH, far_stops, fast_trips
from ptreach.check.survey import trips_on
from ptreach.model import Example, Finding, Severity
from ptreach.network.patterns import trips_listed_twice
from ptreach.sources.modes import MODES

if TYPE_CHECKING:
    import datetime as dt

    from ptreach.check.survey import Survey

OFF_STREETS: Final = 0.01
"""A larger share of stops than this without a street in reach is a warning, a smaller one a note."""
MANY_BACK: Final = 0.01
ONE_SERVICE_TRIPS: Final = 100
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
        *_fast_trips(survey),
        *_cleaned_away(survey),
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
    if far.swapped.any():
        what += f"; {int(far.swapped.sum()):,} would be near with stop_lat and stop_lon exchanged"
        remedy = "exchange stop_lat and stop_lon in stops.txt"
    if far.blank.any():
        what += f"; {int(far.blank.sum()):,} at easting 0, northing 0: the place was left blank"
        remedy = "look their places up in NaPTAN"
    return [
        Finding(Severity.WARNING, "stops-far", what, int(far.stop.size), remedy, stop_example(survey, stop))
    ]


def _fast_trips(survey: Survey) -> list[Finding]:
    """Count the trips that are faster than any vehicle of their mode."""
    feeds = survey.feeds
    limits = np.array([TOP_SPEED_KPH[mode] for mode in MODES], dtype=np.float64)
    fast = fast_trips(feeds, limits[feeds.route_mode[feeds.route_of_trip]])
    if not fast.trip.size:
        return []
    worst = int(np.argmax(fast.leg_m / (fast.leg_s + ROUNDING_S)))
    names = [feeds.stop_names[int(stop[worst])] for stop in (fast.from_stop, fast.to_stop)]
    what = (
        f"{_number(fast.trip.size, 'trip goes', 'trips go')} faster than their mode can: one covers "
        f"{fast.leg_m[worst] / 1000:,.1f} km from '{names[0]}' to '{names[1]}' in {fast.leg_s[worst]:,} s"
    )
    return [
        Finding(
            Severity.WARNING,
            "trips-too-fast",
            what,
            int(fast.trip.size),
            "look whether a stop is misplaced or a time is wrong",
            trip_example(survey, int(fast.trip[worst]), "stop_times.txt"),
        )
    ]


def _cleaned_away(survey: Survey) -> list[Finding]:
    """Say what the reader left out that a user would miss."""
    repairs = survey.feeds.repairs
    trips_n = survey.feeds.patterns.trip_row.size
    found = []
    back = repairs.get(BACK_IN_TIME, 0)
    if back:
        severity = Severity.WARNING if back > MANY_BACK * trips_n else Severity.NOTE
        what = f"{_number(back, 'trip goes', 'trips go')} back in time and were left out"
        found.append(
            Finding(severity, "trips-back-in-time", what, back, "correct their times in stop_times.txt")
        )
    lost = repairs.get(NOWHERE, 0)
    if lost:
        who = _number(lost, "stop has", "stops have")
        what = f"{who} no place on earth (blank, 0, 0 or metres) and were left out"
        remedy = "give stop_lat and stop_lon in degrees"
        found.append(Finding(Severity.WARNING, "stops-without-place", what, lost, remedy))
    return found


def _doubles(survey: Survey, date: dt.date) -> list[Finding]:
    """Count the trips that two feeds have, and those that a feed lists twice."""
    feeds, found = survey.feeds, []
    runs = trips_on(survey, date)
    if len(feeds.feed_ids) > 1:
        across = doubles_across(feeds, feeds.calendar.services_on(date))
        if across.trip.size:
            on_date = int(across.on_date.sum())
            at = int(np.flatnonzero(across.on_date)[0]) if on_date else 0
            what = (
                f"{_number(across.trip.size, 'trip is', 'trips are')} in two feeds with the same times at "
                f"the same stops, {on_date:,} of them on {date}; "
                f"the first is {feeds.trip_id(int(across.first[at]))}"
            )
            found.append(
                Finding(
                    Severity.WARNING if on_date else Severity.NOTE,
                    "doubles-across-feeds",
                    what,
                    int(across.trip.size),
                    "leave one of the two feeds out",
                    trip_example(survey, int(across.trip[at])),
                )
            )
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
    if services.size == patterns.trip_service.size >= ONE_SERVICE_TRIPS:
        what = f"every one of the {services.size:,} trips has a service of its own"
        found.append(
            Finding(
                Severity.NOTE, "one-service-a-trip", what, int(services.size), "nothing; it is slow to read"
            )
        )
    single = int((days == 1).sum())
    if single * 2 > services.size and runs.shape[1] > 1 and services.size > 1:
        what = (
            f"{single:,} of {services.size:,} services run on one day only: the calendar is a list of dates"
        )
        remedy = "nothing; other tools may make weeks of them"
        found.append(Finding(Severity.NOTE, "one-day-services", what, single, remedy))
    return found


def stop_example(survey: Survey, stop: int) -> Example:
    """Return a stop as an example."""
    text = survey.feeds.stop_ids[stop]
    feed = max((feed for feed in survey.feeds.feed_ids if text.startswith(f"{feed}:")), key=len)
    return Example(feed, "stops.txt", text.removeprefix(f"{feed}:"))


def _number(number: int, one: str, many: str) -> str:
    """Return ``1 stop lies`` or ``3 stops lie``."""
    return f"{number:,} {one if number == 1 else many}"
