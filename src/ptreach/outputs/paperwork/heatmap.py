"""Calendar of a mode's trips: a column a week, a row a weekday, the darker the more, as SVG of our own.

Colour never stands alone: each day has an outline and says its number, and a table has the weeks.
"""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.outputs.ramp import INK, RAMP, STAR
from ptreach.outputs.wording import long_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.model import DaySeries, DaysOff, Verdict

CLASSES: Final = ("up to 20%", "20 to 40%", "40 to 60%", "60 to 80%", "over 80%")
"""Shares of the busiest day shown, lightest first."""
NONE_COLOUR: Final = "#FFFFFF"
SCHOOL_COLOUR: Final = "#C05000"
_COLOURS: Final = tuple(reversed(RAMP))
_MOST_WEEKS: Final = 53
_CELL: Final = 13
_PITCH: Final = 18
_LEFT: Final = 34
_TOP: Final = 22
_RIGHT: Final = 40  # for the name of a month that begins in the last week
_LABEL_WEEKS: Final = 4
# Few weeks are drawn larger: up to so many weeks, so many times.
_SCALES: Final = ((20, 1.6), (34, 1.3))
_ROWS: Final = ("Mon", "", "Wed", "", "Fri", "", "Sun")
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


class Weeks(NamedTuple):
    """Days shown: whole weeks from ``monday`` on, in them those from ``first`` to ``last``."""

    monday: dt.date
    number: int
    first: dt.date
    last: dt.date

    def day(self, week: int, weekday: int) -> dt.date:
        """Return the date of a cell."""
        return self.monday + dt.timedelta(days=7 * week + weekday)


def weeks_shown(verdict: Verdict) -> Weeks:
    """Return the weeks of full service of the feeds and that of the date, at most a year of them about it."""
    ends = [day for feed in verdict.feeds for day in (feed.full_first, feed.full_last)] or [verdict.date]
    first, last = min(*ends, verdict.date), max(*ends, verdict.date)
    half = dt.timedelta(days=7 * (_MOST_WEEKS // 2))
    if (last - first).days >= 7 * (_MOST_WEEKS - 1):
        first = max(first, min(verdict.date - half, last - 2 * half))
        last = min(last, first + 2 * half)
    monday = first - dt.timedelta(days=first.weekday())
    return Weeks(monday, ((last - monday).days // 7) + 1, first, last)


def trips_on(series: DaySeries, first_day: dt.date, date: dt.date) -> int:
    """Return the trips of a day, none outside the timetable."""
    at = (date - first_day).days
    return series.trips[at] if 0 <= at < len(series.trips) else 0


def class_of(trips: int, most: int) -> int:
    """Return the number of the class of a day, -1 where nothing runs."""
    return min(len(CLASSES) - 1, (len(CLASSES) * trips - 1) // most) if trips else -1


def heat_map(series: DaySeries, verdict: Verdict, weeks: Weeks, number: int) -> str:
    """Return the calendar of one series as an SVG element; `number` makes its ids differ from others'."""
    days = [weeks.day(week, weekday) for week in range(weeks.number) for weekday in range(7)]
    days = [day for day in days if weeks.first <= day <= weeks.last]
    trips = {day: trips_on(series, verdict.first_day, day) for day in days}
    most = max(trips.values(), default=0)
    width, height = _LEFT + weeks.number * _PITCH + _RIGHT, _TOP + 7 * _PITCH + 4
    scale = next((times for most_weeks, times in _SCALES if weeks.number <= most_weeks), 1)
    busiest = min(day for day in days if trips[day] == most)
    described = (
        f"One cell a day from {long_date(weeks.first)} to {long_date(weeks.last)}, a column a week. "
        f"The busiest day, {long_date(busiest)}, has {most:,} trips; "
        f"{sum(not count for count in trips.values()):,} of {len(days):,} days have none. "
        f"{long_date(verdict.date)} has {trips.get(verdict.date, 0):,}. The table below gives the weeks."
    )
    parts = [
        (
            f'<svg role="img" aria-labelledby="map{number}-title map{number}-desc" '
            f'width="{width * scale:g}" height="{height * scale:g}" viewBox="0 0 {width} {height}" '
            'xmlns="http://www.w3.org/2000/svg">'
        ),
        f'<title id="map{number}-title">{escape(series.name)}: trips a day</title>',
        f'<desc id="map{number}-desc">{escape(described)}</desc>',
        *_labels(weeks),
        *(_cell(day, trips[day], most, weeks, verdict.days_off or ()) for day in days),
        _ring(verdict.date, weeks),
        "</svg>",
    ]
    return "\n".join(parts)


def _place(day: dt.date, weeks: Weeks) -> tuple[int, int]:
    """Return left and top of a day's cell."""
    week, weekday = divmod((day - weeks.monday).days, 7)
    return _LEFT + week * _PITCH, _TOP + weekday * _PITCH


def _labels(weeks: Weeks) -> list[str]:
    """Return the names of weekdays and months."""
    parts = [
        f'<text x="0" y="{_TOP + row * _PITCH + 11}">{name}</text>' for row, name in enumerate(_ROWS) if name
    ]
    begins = [week for week in range(weeks.number) if weeks.day(week, 6).day <= 7]
    if not begins or begins[0] >= _LABEL_WEEKS:
        begins.insert(0, 0)  # else there is no room for the month that the calendar begins in
    for week in begins:
        day = weeks.day(week, 6)
        year = f" {day.year}" if week == begins[0] or day.month == 1 else ""
        parts.append(f'<text x="{_LEFT + week * _PITCH}" y="12">{_MONTHS[day.month - 1]}{year}</text>')
    return parts


def _cell(day: dt.date, trips: int, most: int, weeks: Weeks, days_off: Sequence[DaysOff]) -> str:
    """Return one day: its square, with the marks of bank and school holidays."""
    x, y = _place(day, weeks)
    off = [row for row in days_off if row.first <= day <= row.last]
    kind = class_of(trips, most)
    colour = _COLOURS[kind] if kind >= 0 else NONE_COLOUR
    words = "; ".join([f"{long_date(day)}: {trips:,} trips", *(row.name for row in off)])
    parts = [
        (
            f'<g><title>{escape(words)}</title><rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" '
            f'fill="{colour}" stroke="{INK}" stroke-width="0.6"/>'
        )
    ]
    if any(row.kind == "bank" for row in off):
        parts.append(bank_mark(x, y))
    if any(row.kind == "school" for row in off):
        parts.append(school_mark(x, y))
    return "".join([*parts, "</g>"])


def bank_mark(x: int, y: int) -> str:
    """Return the mark of a bank holiday on the cell at a place."""
    return f'<circle cx="{x + _CELL / 2:g}" cy="{y + _CELL / 2:g}" r="3.2" fill="#FFFFFF" stroke="{INK}"/>'


def school_mark(x: int, y: int) -> str:
    """Return the mark of a school holiday below the cell at a place."""
    return f'<rect x="{x}" y="{y + _CELL + 1.6:g}" width="{_CELL}" height="2.4" fill="{SCHOOL_COLOUR}"/>'


def date_mark(x: int, y: int) -> str:
    """Return the ring about the date that was asked for."""
    size = _CELL + 2
    place = f'x="{x - 1}" y="{y - 1}" width="{size}" height="{size}" fill="none"'
    return (
        f'<rect {place} stroke="{INK}" stroke-width="4.5"/><rect {place} stroke="{STAR}" stroke-width="2.5"/>'
    )


def _ring(day: dt.date, weeks: Weeks) -> str:
    """Return the mark of the date."""
    return date_mark(*_place(day, weeks))


def legend(*, days_off: bool) -> str:
    """Return what colours and marks mean, as an HTML list; those of days off where any are known."""

    def entry(inner: str, words: str) -> str:
        swatch = f'<svg width="20" height="20" viewBox="-3 -3 20 20" aria-hidden="true">{inner}</svg>'
        return f"<li>{swatch} {words}</li>"

    def square(colour: str) -> str:
        return f'<rect width="{_CELL}" height="{_CELL}" fill="{colour}" stroke="{INK}" stroke-width="0.6"/>'

    entries = [entry(square(NONE_COLOUR), "no trips")]
    entries += [entry(square(colour), words) for colour, words in zip(_COLOURS, CLASSES, strict=True)]
    blank = square(NONE_COLOUR)
    entries.append(entry(blank + date_mark(0, 0), "the date"))
    if days_off:
        entries.append(entry(blank + bank_mark(0, 0), "bank holiday"))
        entries.append(entry(blank + school_mark(0, 0), "most English schools shut"))
    return f'<ul class="legend">{"".join(entries)}</ul>'
