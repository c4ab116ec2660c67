"""A date to take in place of the one asked for: the nearest that is as a day of a rush hour should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.check.days_off import SCHOOL
from ptreach.check.survey import day_words
from ptreach.check.usual import ALL, MODE
from ptreach.model import Proposal
from ptreach.network.full_service import full_days

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from ptreach.check.survey import Survey

CLOSE: Final = 0.05
"""Trips of a proposed date are within this share of the median of its weekday, in all and for each mode."""
LEAST_TRIPS: Final = 10
"""A mode with fewer trips a day than this may differ by more."""
_TUESDAY: Final = 1
_MIDWEEK: Final = (1, 2, 3)


class _Days(NamedTuple):
    """Positions of days that may be proposed, and what holds on each."""

    day: NDArray[np.int64]
    tuesday: NDArray[np.bool_]
    midweek: NDArray[np.bool_]
    workday: NDArray[np.bool_]
    no_bank: NDArray[np.bool_]
    term: NDArray[np.bool_]
    usual: NDArray[np.bool_]


def propose(survey: Survey, asked: dt.date | None) -> Proposal | None:
    """Return the best date inside all feeds, the nearest to `asked` (the middle where None) of equal ones.

    That is a Tuesday in term, no bank holiday in its week, with trips within 5% of the median of its
    weekday. Where there is none, a Wednesday or Thursday will do; then a day out of term; then one on which
    more is missing; then one in a week of a bank holiday. None where the feeds have no day in common, or
    where `asked` is as good as any.
    """
    days = _days(survey)
    if days is None:
        return None
    steps = (
        days.tuesday & days.no_bank & days.term & days.usual,
        days.midweek & days.no_bank & days.term & days.usual,
        days.tuesday & days.no_bank & days.usual,
        days.midweek & days.no_bank & days.usual,
        days.workday & days.no_bank,
        days.workday,
        np.ones(days.day.size, dtype=np.bool_),
    )
    middle = int(days.day[0] + days.day[-1]) // 2
    target = middle if asked is None else asked.toordinal() - survey.first_day
    for good in steps:
        if not good.any():
            continue
        if asked is not None and (good & (days.day == target)).any():
            return None
        choice = days.day[good]
        best = int(choice[np.argmin(np.abs(choice - target))])
        return Proposal(survey.date_of(best), _why(survey, days, best, asked))
    return None


def _days(survey: Survey) -> _Days | None:
    """Return the days of full service of every feed on which something runs."""
    spans = [full for full in survey.full.values() if full is not None]
    if not spans:
        return None
    first, last = max(span.full_first for span in spans), min(span.full_last for span in spans)
    day = np.arange(first, last + 1)
    day = day[survey.all_trips.trips[first : last + 1] > 0] if day.size else day
    if not day.size:
        return None
    ordinal = day + survey.first_day
    weekday = (ordinal - 1) % 7  # ordinal 1 was a Monday
    week = (ordinal - 1) // 7
    bank_weeks = [(one - 1) // 7 for one in survey.bank_days]
    school = np.zeros(day.size, dtype=np.bool_)
    for row in survey.days_off or ():
        if row.kind == SCHOOL:
            school |= (ordinal >= row.first.toordinal()) & (ordinal <= row.last.toordinal())
    return _Days(
        day=day,
        tuesday=weekday == _TUESDAY,
        midweek=np.isin(weekday, _MIDWEEK),
        workday=(weekday < 5) & ~np.isin(ordinal, list(survey.bank_days)),
        no_bank=~np.isin(week, bank_weeks),
        term=~school,
        usual=_usual(survey, day, weekday),
    )


def _usual(survey: Survey, day: NDArray[np.int64], weekday: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return on which days all trips, and those of each mode, are close to the median of their weekday."""
    good = np.ones(day.size, dtype=np.bool_)
    for series in survey.series:
        full = full_days(series.trips, survey.first_day) if series.kind in {ALL, MODE} else None
        if full is None:
            continue
        span = np.arange(full.full_first, full.full_last + 1)
        span = span[~np.isin(span + survey.first_day, list(survey.bank_days))]
        for number in np.unique(weekday).tolist():
            same = series.trips[span[(span + survey.first_day - 1) % 7 == number]]
            median = float(np.median(same)) if same.size else 0.0
            if median < LEAST_TRIPS:
                continue
            at = weekday == number
            good[at] &= np.abs(series.trips[day[at]] - median) <= CLOSE * median
    return good


def _why(survey: Survey, days: _Days, best: int, asked: dt.date | None) -> str:
    """Say what speaks for a date."""
    at = int(np.flatnonzero(days.day == best)[0])
    words = ["nearest to the date asked for" if asked is not None else "in the middle of the timetable"]
    words.append("inside all feeds" if len(survey.full) > 1 else "inside the feed")
    if survey.days_off is not None:
        if days.no_bank[at]:
            words.append("no bank holiday in its week")
        words.append("in term" if days.term[at] else "not in term (no day that is as good lies in one)")
    trips = int(survey.all_trips.trips[best])
    close = f" within {CLOSE:.0%} of the median of its weekday" if days.usual[at] else ""
    words.append(f"{trips:,} trips{',' if close else ''}{close}")
    return f"{day_words(survey.date_of(best))}: {', '.join(words)}"
