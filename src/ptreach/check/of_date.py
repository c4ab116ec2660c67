"""Findings about a date: whether it is in the timetable, and how it stands beside others of its weekday."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.check.days_off import BANK, SCHOOL, on, schools_known
from ptreach.check.survey import day_words, trips_on
from ptreach.check.usual import ALL, FEED, MODE, OPERATOR, comparison
from ptreach.model import Comparison, DaysOff, Example, Finding, Severity
from ptreach.network.full_service import FULL_WEEK_SHARE, full_days

if TYPE_CHECKING:
    from ptreach.check.survey import Survey

FEWER: Final = 0.8
"""Fewer trips than this share of the usual number is a warning …"""
FEWER_LEAST: Final = 5
"""… if at least so many are missing."""
MORE: Final = 1.5
MORE_LEAST: Final = 20
LARGE_OPERATOR: Final = 0.05
"""An operator that usually has this share of all trips, and none on the date, makes the date a no go."""
CHANGED: Final = 0.2
"""A timetable changes if this share of trips is not there, at the same times, two weeks later."""
SUNSET_DAYS: Final = 28
_DAY_S: Final = 86_400
_NAMED: Final = 3
_OTHER_DATE: Final = "take another date"


def date_findings(
    survey: Survey, date: dt.date, comparisons: tuple[Comparison, ...], window_s: tuple[int, int] | None
) -> list[Finding]:
    """Return what speaks against a date; `window_s` are the seconds of the day that are asked about."""
    found = _no_service(survey, date, window_s)
    outside = _outside_feeds(survey, date, comparisons) if len(survey.feeds.feed_ids) > 1 or not found else []
    found += outside
    found += _feeds_apart(survey)
    ended = {finding.example.feed for finding in outside if finding.example}
    if trips_on(survey, date).any():
        found += _unusual(survey, date, comparisons, ended)
    return [*found, *_kind_of_day(survey, date), *_change(survey, date), *_sunset(survey, date)]


def compare_with_usual(survey: Survey, date: dt.date) -> tuple[Comparison, ...]:
    """Return the trips of a date beside the usual ones: of all services, modes, feeds and operators."""
    return tuple(comparison(series, survey.first_day, date, survey.bank_days) for series in survey.series)


def _no_service(survey: Survey, date: dt.date, window_s: tuple[int, int] | None) -> list[Finding]:
    """Say that nothing runs, unless it is about the hours in which the trips of the evening before do."""
    if trips_on(survey, date).any():
        return []
    last_s = _last_arrivals(survey)
    late = trips_on(survey, date - dt.timedelta(days=1)) & (last_s >= _DAY_S)
    reach = late & (last_s - _DAY_S >= window_s[0]) if window_s else np.zeros(0, dtype=np.bool_)
    if reach.any():
        what = f"no trips but those of the evening before, past midnight, run on {day_words(date)}"
        return [Finding(Severity.WARNING, "evening-before", what, int(reach.sum()), _OTHER_DATE)]
    full = full_days(survey.all_trips.trips, survey.first_day)
    what = f"nothing runs on {day_words(date)}"
    if full is not None:
        what += f"; {full.words(survey.first_day)}"
    return [Finding(Severity.NO_GO, "no-service", what, 0, _OTHER_DATE)]


def _last_arrivals(survey: Survey) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return when each trip ends, in seconds of its service day."""
    patterns = survey.feeds.patterns
    calls_n = np.diff(patterns.position_start)[survey.feeds.pattern_of_trip]
    ends: np.ndarray[tuple[int], np.dtype[np.int32]] = patterns.arrival_s[patterns.time_start + calls_n - 1]
    return ends


def _outside_feeds(survey: Survey, date: dt.date, comparisons: tuple[Comparison, ...]) -> list[Finding]:
    """Name the feeds whose full service has ended before the date or begins after it.

    That is a no go but where a good part of the usual trips runs all the same: on a holiday that the feed
    has in advance.
    """
    found = []
    usual = {row.name: row.span for row in comparisons if row.kind == FEED}
    day = date.toordinal() - survey.first_day
    for series in survey.of_kind(FEED):
        full = survey.full[series.name]
        if full is None:
            what = f"no trip of {series.name} runs on any day"
            remedy = "take a whole GTFS feed"
            example = Example(series.name, "calendar.txt, calendar_dates.txt", "")
            found.append(Finding(Severity.NO_GO, "outside-feed", what, 0, remedy, example))
            continue
        if full.full_first <= day <= full.full_last:
            continue
        first, last = survey.date_of(full.full_first), survey.date_of(full.full_last)
        verb = f"ended on {last}" if day > full.full_last else f"begins on {first}"
        at = survey.day_of(date)
        trips = int(series.trips[at]) if at is not None else 0
        what = f"the timetable of {series.name} {verb}: full service from {first} to {last}"
        what += f", {trips:,} trips on {day_words(date)}"
        found.append(
            Finding(
                Severity.NO_GO if trips <= FULL_WEEK_SHARE * (usual[series.name] or 0) else Severity.WARNING,
                "outside-feed",
                what,
                trips,
                f"take a date from {first} to {last}, or a feed that covers {date}",
                Example(series.name, "calendar.txt, calendar_dates.txt", ""),
            )
        )
    return found


def _feeds_apart(survey: Survey) -> list[Finding]:
    """Name pairs of feeds that have no day of full service in common."""
    found = []
    spans = [(feed, span) for feed, span in survey.full.items() if span is not None]
    for (one, a), (other, b) in combinations(spans, 2):
        if a.full_last >= b.full_first and b.full_last >= a.full_first:
            continue
        words = [
            f"{feed} from {survey.date_of(span.full_first)} to {survey.date_of(span.full_last)}"
            for feed, span in ((one, a), (other, b))
        ]
        found.append(
            Finding(
                Severity.NO_GO,
                "feeds-apart",
                f"two feeds have no day in common: {' and '.join(words)}",
                0,
                "take feeds of the same weeks",
                Example(other, "calendar.txt, calendar_dates.txt", ""),
            )
        )
    return found


def _unusual(
    survey: Survey, date: dt.date, comparisons: tuple[Comparison, ...], ended: set[str]
) -> list[Finding]:
    """Say what has far fewer trips than usual, none, or far more; operators in one line."""
    found: list[Finding] = []
    told = [series for series in survey.of_kind(FEED) if series.name in ended]
    operators: dict[str, list[tuple[str, str]]] = {}
    usual_all = comparisons[0].near or comparisons[0].span or 0
    for series, row in zip(survey.series, comparisons, strict=True):
        if (row.kind == FEED and row.name in ended) or (row.kind == FEED and len(survey.full) == 1):
            continue
        if any(one.kind != row.kind and np.array_equal(one.trips, series.trips) for one in told):
            continue  # an operator with all the trips of a mode, or of a feed: said already
        rule = _rule_of(row)
        if not rule:
            continue
        told.append(series)
        if row.kind == OPERATOR:
            large = bool(row.near) and (row.near or 0) >= LARGE_OPERATOR * usual_all
            operators.setdefault("large-absent" if rule == "absent" and large else rule, []).append(
                (row.name, _usual_words(row, date))
            )
            continue
        grave = rule == "absent" and bool(row.near)
        what = f"{row.name}: {_usual_words(row, date)}"
        example = _example_of(survey, row, date)
        found.append(
            Finding(
                Severity.NO_GO if grave else Severity.WARNING,
                {"absent": f"{row.kind}-absent", "fewer": "fewer-trips", "more": "more-trips"}[rule],
                what,
                row.trips,
                _remedy(rule),
                example,
            )
        )
    return found + [_of_operators(rule, rows) for rule, rows in sorted(operators.items())]


def _rule_of(row: Comparison) -> str:
    """Return ``absent``, ``fewer`` or ``more``, empty where the trips of the date are as usual."""
    usual = [value for value in (row.near, row.span) if value is not None]
    first = usual[0] if usual else 0.0
    if not row.trips:
        return "absent" if first else ""
    if any(row.trips < FEWER * value and value - row.trips >= FEWER_LEAST for value in usual):
        return "fewer"
    if row.trips > MORE * first and row.trips - first >= MORE_LEAST and usual:
        return "more"
    return ""


def _usual_words(row: Comparison, date: dt.date) -> str:
    """Say how many trips there are, and how many there are at other times."""
    words = f"{row.trips:,} trips" if row.trips else "no trips"
    parts = []
    if row.near is not None:
        share = f" ({row.trips / row.near:.0%})" if row.near and row.trips else ""
        parts.append(f"{row.near:,.0f} on a usual {date:%A} of the weeks around{share}")
    if row.span is not None:
        parts.append(f"{row.span:,.0f} on the median {date:%A} of the timetable")
    return f"{words}; {', '.join(parts)}"


def _remedy(rule: str) -> str:
    """Say what to do about a number of trips that is not usual."""
    if rule == "more":
        return "look whether the feed has the same service twice"
    return "take another date, or look what is missing from the feed"


def _of_operators(rule: str, rows: list[tuple[str, str]]) -> Finding:
    """Return one finding for all operators of a rule."""
    words = "; ".join(f"{name}: {said}" for name, said in rows[:_NAMED])
    more = f"; and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    kinds = {"fewer": "far fewer trips than usual", "more": "far more trips than usual"}
    said = kinds.get(rule, "none of their usual trips")
    who = "operators have" if len(rows) > 1 else "operator has"
    what = f"{len(rows)} {who} {said}: {words}{more}"
    if len(rows) == 1:
        what = what.replace("none of their", "none of its")
    return Finding(
        Severity.NO_GO if rule == "large-absent" else Severity.WARNING,
        {"fewer": "operator-fewer", "more": "operator-more"}.get(rule, "operator-absent"),
        what,
        len(rows),
        _remedy(rule),
    )


def _example_of(survey: Survey, row: Comparison, date: dt.date) -> Example | None:
    """Return a route of a mode or feed that runs at other times and not on the date."""
    if row.kind == ALL:
        return None
    feeds = survey.feeds
    counts = survey.counts
    names = {MODE: counts.modes, FEED: counts.feeds}[row.kind]
    of_trip = feeds.route_mode[feeds.route_of_trip] if row.kind == MODE else feeds.feed_of_trip
    trips = np.flatnonzero((of_trip == names.index(row.name)) & ~trips_on(survey, date))
    return trip_example(survey, int(trips[0])) if trips.size else None


def trip_example(survey: Survey, trip: int, file: str = "trips.txt") -> Example:
    """Return a trip of the patterns as an example."""
    text = survey.feeds.trip_id(trip)
    feed = survey.feeds.feed_ids[int(survey.feeds.feed_of_trip[trip])]
    return Example(feed, file, text.removeprefix(f"{feed}:"))


def _kind_of_day(survey: Survey, date: dt.date) -> list[Finding]:
    """Say what kind of day it is, where it is not a plain working day in term."""
    found = []
    if date.weekday() >= 5:
        what = f"{day_words(date)} is at the weekend: there is no rush hour"
        found.append(Finding(Severity.WARNING, "weekend", what, 1, "take a day from Monday to Friday"))
    if survey.days_off is None:
        return found
    bank = on(date, survey.days_off, BANK)
    if bank:
        what = f"{day_words(date)} is a bank holiday in England and Wales: {bank.name}"
        found.append(Finding(Severity.WARNING, "bank-holiday", what, 1, "take a day that is none"))
    else:
        near = _bank_in_week(survey, date)
        if near:
            what = f"{near.first} is a bank holiday in the same week: {near.name}"
            found.append(Finding(Severity.NOTE, "bank-holiday-near", what, 1, "prefer a week without one"))
    school, remedy = on(date, survey.days_off, SCHOOL), "take a day in term"
    if school and "closed" in school.name:
        what = f"{day_words(date)}: {school.name}; the timetable may be thinned"
        remedy = "say so beside the numbers"
    elif school:
        what = f"{day_words(date)}: most English schools are on holiday ({school.name})"
    elif not schools_known(date):
        what = f"{day_words(date)}: school terms of that year are not known here"
        return [*found, Finding(Severity.NOTE, "school-terms-unknown", what, 1, "look them up")]
    else:
        return found
    return [*found, Finding(Severity.WARNING, "school-holiday", what, 1, remedy)]


def _bank_in_week(survey: Survey, date: dt.date) -> DaysOff | None:
    """Return the first bank holiday of the date's week, Monday to Sunday."""
    monday = date - dt.timedelta(days=date.weekday())
    days = (monday + dt.timedelta(days=number) for number in range(7))
    found = (on(day, survey.days_off or (), BANK) for day in days)
    return next((row for row in found if row), None)


def _change(survey: Survey, date: dt.date) -> list[Finding]:
    """Say that the timetable changes about the date: trips of the week before are not there the week after.

    A trip is the same if it has the same times at the same stops, whatever its id and service.
    """
    full = full_days(survey.all_trips.trips, survey.first_day)
    day = date.toordinal() - survey.first_day
    if full is None:
        return []
    for weeks in (1, 2):
        days = (day - 7 * weeks, day + 7 * weeks)
        dates = [date + dt.timedelta(days=7 * weeks * sign) for sign in (-1, 1)]
        if days[0] < full.full_first or days[1] > full.full_last:
            return []
        if not survey.bank_days & {one.toordinal() for one in dates}:
            break
    else:
        return []
    twin = survey.feeds.patterns.twin
    before, after = (np.unique(twin[trips_on(survey, one)]) for one in dates)
    ended, begun = np.setdiff1d(before, after), np.setdiff1d(after, before)
    share = max(ended.size / max(before.size, 1), begun.size / max(after.size, 1))
    if share < CHANGED:
        return []
    what = (
        f"the timetable changes about {date}: of {before.size:,} trips of {day_words(dates[0])}, "
        f"{ended.size:,} do not run at the same times on {dates[1]}, and {begun.size:,} others do"
    )
    example = trip_example(survey, int(ended[0] if ended.size else begun[0]))
    remedy = "say which timetable is meant, and take a date well before or after the change"
    return [
        Finding(Severity.WARNING, "timetable-change", what, int(max(ended.size, begun.size)), remedy, example)
    ]


def _sunset(survey: Survey, date: dt.date) -> list[Finding]:
    """Name the feeds whose full service ends within 4 weeks after the date."""
    found = []
    day = date.toordinal() - survey.first_day
    for feed, full in survey.full.items():
        if full is None or not 0 <= full.full_last - day < SUNSET_DAYS:
            continue
        left = full.full_last - day
        after = f"{left} days after {date}" if left else "the very day"
        what = f"the timetable of {feed} ends on {survey.date_of(full.full_last)}, {after}"
        found.append(
            Finding(
                Severity.WARNING,
                "feed-ends-soon",
                what,
                left,
                "keep that day in mind as the sunset of the numbers, or fetch a newer feed",
                Example(feed, "calendar.txt, calendar_dates.txt", ""),
            )
        )
    return found
