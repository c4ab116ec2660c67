"""What is known of feeds whatever the date: counts by day, days of full service, days off, stations."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.check.counts import count_days
from ptreach.check.days_off import BANK, ENGLISH_TIME, days_off_between, in_order
from ptreach.check.usual import FEED, Series, series_of
from ptreach.errors import InputError
from ptreach.network.full_service import FullDays, full_days
from ptreach.sources.modes import MODES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from ptreach.check.counts import DayCounts
    from ptreach.check.feeds import Feeds
    from ptreach.model import DaysOff

_AROUND: Final = dt.timedelta(days=400)
_WEEK: Final = dt.timedelta(days=7)
_YEARS: Final = range(1990, 2100)


class Survey(NamedTuple):
    """Feeds with their counts; ``full`` are the days of each feed's service, None where it has no day.

    ``days_off`` is None where those of the timetable's country are not known; ``stations`` counts those of
    the streets' file by mode, None where there is no such file.
    """

    name: str
    feeds: Feeds
    counts: DayCounts
    series: tuple[Series, ...]
    full: dict[str, FullDays | None]
    days_off: tuple[DaysOff, ...] | None
    stations: Mapping[str, int] | None

    @property
    def first_day(self) -> int:
        """Ordinal of the first of the days."""
        return self.counts.first_day

    @property
    def all_trips(self) -> Series:
        """The series of all trips."""
        return self.series[0]

    @property
    def bank_days(self) -> frozenset[int]:
        """Ordinals of bank holidays."""
        return frozenset(row.first.toordinal() for row in self.days_off or () if row.kind == BANK)

    def of_kind(self, kind: str) -> list[Series]:
        """Return the series of a kind."""
        return [series for series in self.series if series.kind == kind]

    def date_of(self, day: int) -> dt.date:
        """Return the date of a position among the days."""
        return dt.date.fromordinal(self.first_day + day)

    def day_of(self, date: dt.date) -> int | None:
        """Return the position of a date among the days, None outside them."""
        day = date.toordinal() - self.first_day
        return day if 0 <= day < self.counts.trips.shape[1] else None


def require_year(date: dt.date, where: str) -> None:
    """Raise InputError for a date of a year that no timetable is about."""
    if date.year not in _YEARS:
        what = f"{date} is no day of a timetable"
        raise InputError(what, where=where, remedy="correct the year")


def survey_feeds(
    name: str, feeds: Feeds, stations: Mapping[str, int] | None, dates: Sequence[dt.date]
) -> Survey:
    """Return what is known of feeds; days off are looked up for their full service and about `dates`."""
    counts = count_days(feeds, MODES)
    series = series_of(counts)
    spans = {one.name: full_days(one.trips, counts.first_day) for one in series if one.kind == FEED}
    full: dict[str, FullDays | None] = {feed: spans.get(feed) for feed in feeds.feed_ids}
    ends = [counts.first_day + day for one in full.values() if one for day in (one.full_first, one.full_last)]
    english = feeds.timezone == ENGLISH_TIME
    return Survey(name, feeds, counts, series, full, _days_off(ends, dates) if english else None, stations)


def _days_off(ends: Sequence[int], dates: Sequence[dt.date]) -> tuple[DaysOff, ...]:
    """Return the days off in the weeks of the dates and between the least and the greatest of the ends.

    A timetable may go on for decades: then those of the years about the dates will do.
    """
    rows = {row for date in dates for row in days_off_between(date - _WEEK, date + _WEEK)}
    if ends:
        first, last = (dt.date.fromordinal(end) for end in (min(ends), max(ends)))
        if dates:
            inside = [min(max(date, first), last) for date in dates]
            first, last = max(first, min(inside) - _AROUND), min(last, max(inside) + _AROUND)
        rows |= set(days_off_between(first - _WEEK, last + _WEEK))
    return in_order(rows)


def trips_on(survey: Survey, date: dt.date) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which trips of the patterns run on a date."""
    feeds = survey.feeds
    runs: np.ndarray[tuple[int], np.dtype[np.bool_]] = feeds.calendar.services_on(date)[
        feeds.patterns.trip_service
    ]
    return runs


def day_words(date: dt.date) -> str:
    """Return ``Tuesday 2020-06-16``."""
    return f"{date:%A} {date.isoformat()}"
