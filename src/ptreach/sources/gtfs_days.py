"""Days on which the services of a feed run, and its time zone."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from ptreach.errors import InputError
from ptreach.sources.gtfs_tables import WEEKDAYS, kept_rows, positions_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ptreach.sources.repairs import FeedLedger

_FIRST_DAY: Final = dt.date(1990, 1, 1).toordinal()
_LAST_DAY: Final = dt.date(2100, 1, 1).toordinal()
# A byte each: a quarter of a gigabyte.
_MOST_SERVICE_DAYS: Final = 1 << 28
_TEN_YEARS: Final = 3_653
_FILES: Final = "calendar.txt and calendar_dates.txt"


class Days(NamedTuple):
    """Days of a feed's services: service v runs on the day ``first_day + d`` where ``runs[v, d]``."""

    service_ids: list[str]
    first_day: int
    runs: NDArray[np.bool_]

    def take(self, services: NDArray[Any]) -> Days:
        """Return some of the services, by their rows, from the first to the last day on which any runs."""
        runs = self.runs[services]
        days = np.flatnonzero(runs.any(axis=0))
        first, last = (int(days[0]), int(days[-1])) if days.size else (0, -1)
        names = [self.service_ids[row] for row in services]
        return Days(names, self.first_day + first, runs[:, first : last + 1])


class _Weeks(NamedTuple):
    """Rows of calendar.txt: service, first and last day, whether it runs on each weekday."""

    service: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    flags: NDArray[np.bool_]


class _Dates(NamedTuple):
    """Rows of calendar_dates.txt: service, day, whether it is added (or removed)."""

    service: NDArray[np.int64]
    day: NDArray[np.int64]
    added: NDArray[np.bool_]


def service_days(
    calendar: pd.DataFrame,
    exceptions: pd.DataFrame,
    ledger: FeedLedger,
    span: tuple[dt.date, dt.date] | None = None,
) -> Days:
    """Return which services run on which days, those of years that no timetable is about left out.

    Parameters
    ----------
    calendar, exceptions
        The tables calendar.txt and calendar_dates.txt; without columns where they are absent.
    span
        First and last day that are asked for.

    Raises
    ------
    InputError
        Where no service runs on any day, or on none of the days that are asked for.
    """
    calendar = _dated(calendar, ("start_date", "end_date"), "calendar.txt", ledger)
    exceptions = _dated(exceptions, ("date",), "calendar_dates.txt", ledger)
    if len(exceptions):
        exceptions = kept_rows(
            exceptions,
            exceptions["exception_type"].isin(["1", "2"]),
            "exceptions-of-no-type",
            "calendar_dates.txt",
            ("service_id", "date", "exception_type"),
            ledger,
        )
    services = sorted(
        {name for table in (calendar, exceptions) if len(table) for name in table["service_id"]}
    )
    if services and not len(calendar):
        what = f"service_id {services[0]}"
        ledger.note("calendars-of-dates-only", len(services), "calendar_dates.txt", what)
    weeks, dates = _weeks(calendar, services), _dates(exceptions, services)
    asked = (_FIRST_DAY, _LAST_DAY)
    if span is not None:
        asked = span[0].toordinal(), span[1].toordinal()
        _require_overlap(weeks, dates, asked, span, ledger)
    first_day, last_day = _reach(weeks, dates, asked, len(services), ledger)
    runs = _runs(weeks, dates, len(services), first_day, last_day)
    days = np.flatnonzero(runs.any(axis=0))
    if not days.size:
        raise InputError(
            "no service runs on any day" if span is None else f"nothing runs from {span[0]} to {span[1]}",
            where=f"{ledger.path}, {_FILES}",
            remedy="take a whole GTFS feed" if span is None else "take other days",
        )
    return Days(services, first_day + int(days[0]), runs[:, days[0] : days[-1] + 1])


def _weeks(table: pd.DataFrame, services: list[str]) -> _Weeks:
    """Return the rows of calendar.txt as numbers."""
    if not len(table):
        none = np.empty(0, dtype=np.int64)
        return _Weeks(none, none, none, np.empty((0, 7), dtype=np.bool_))
    first, last = (table[f"{end}_date"].to_numpy(np.int64) for end in ("start", "end"))
    flags = np.stack([(table[weekday] == "1").to_numpy(np.bool_) for weekday in WEEKDAYS], axis=1)
    return _Weeks(
        positions_of(table["service_id"], services),
        np.maximum(first, _FIRST_DAY),
        np.minimum(last, _LAST_DAY),
        flags,
    )


def _dates(table: pd.DataFrame, services: list[str]) -> _Dates:
    """Return the rows of calendar_dates.txt as numbers."""
    if not len(table):
        none = np.empty(0, dtype=np.int64)
        return _Dates(none, none, np.empty(0, dtype=np.bool_))
    return _Dates(
        positions_of(table["service_id"], services),
        table["date"].to_numpy(np.int64),
        (table["exception_type"] == "1").to_numpy(np.bool_),
    )


def _reach(
    weeks: _Weeks, dates: _Dates, asked: tuple[int, int], services_n: int, ledger: FeedLedger
) -> tuple[int, int]:
    """Return the first and last day of any calendar; ends far ahead are cut where there is too much."""
    first_day = max(min(weeks.first.min(initial=_LAST_DAY), dates.day.min(initial=_LAST_DAY)), asked[0])
    last_day = min(max(weeks.last.max(initial=0), dates.day.max(initial=0)), asked[1])
    if services_n * (last_day - first_day + 1) > _MOST_SERVICE_DAYS:
        cut = max(weeks.first.max(initial=0), dates.day.max(initial=0)) + _TEN_YEARS
        if services_n * (cut - first_day + 1) > _MOST_SERVICE_DAYS:
            raise InputError(
                f"{services_n:,} services over {last_day - first_day + 1:,} days",
                where=f"{ledger.path}, {_FILES}",
                remedy="take out calendars that begin decades before or after the others",
            )
        late = weeks.last > cut
        ledger.note(
            "calendars-without-end",
            int(late.sum()),
            "calendar.txt",
            f"end_date {dt.date.fromordinal(int(last_day)):%Y%m%d}",
        )
        last_day = cut
    return int(first_day), int(last_day)


def _require_overlap(
    weeks: _Weeks, dates: _Dates, asked: tuple[int, int], span: tuple[dt.date, dt.date], ledger: FeedLedger
) -> None:
    """Raise InputError, naming the days of the feed, where none of them is asked for."""
    firsts, lasts = np.r_[weeks.first, dates.day], np.r_[weeks.last, dates.day]
    if not firsts.size or (firsts.min() <= asked[1] and lasts.max() >= asked[0]):
        return
    first, last = (dt.date.fromordinal(int(day)) for day in (firsts.min(), lasts.max()))
    raise InputError(
        f"nothing runs from {span[0]} to {span[1]}; the timetable is of {first} to {last}",
        where=f"{ledger.path}, {_FILES}",
        remedy="take other days, or a feed of these",
    )


def _runs(weeks: _Weeks, dates: _Dates, services_n: int, first_day: int, last_day: int) -> NDArray[np.bool_]:
    """Return which services run on which days from the first to the last."""
    runs = np.zeros((services_n, max(last_day - first_day + 1, 0)), dtype=np.bool_)
    # ordinal 1 was a Monday
    weekday = (np.arange(first_day, last_day + 1) - 1) % 7
    for service, first, last, flags in zip(
        weeks.service.tolist(), weeks.first.tolist(), weeks.last.tolist(), weeks.flags, strict=True
    ):
        start, end = max(first - first_day, 0), max(last - first_day + 1, 0)
        runs[service, start:end] |= flags[weekday[start:end]]
    inside = (dates.day >= first_day) & (dates.day <= last_day)
    runs[dates.service[inside], dates.day[inside] - first_day] = dates.added[inside]
    return runs


def _dated(table: pd.DataFrame, columns: tuple[str, ...], file: str, ledger: FeedLedger) -> pd.DataFrame:
    """Return the rows of a calendar table, dates as ordinals, without those whose dates can't be read."""
    if not len(table):
        return table
    days = {name: np.array([_ordinal(text) for text in table[name]], dtype=np.int64) for name in columns}
    first, last = days[columns[0]], days[columns[-1]]
    good = table["service_id"].notna().to_numpy() & (first > 0) & (first <= _LAST_DAY)
    good &= (last >= _FIRST_DAY) & (first <= last)
    kept = kept_rows(table, good, "calendar-rows-without-days", file, ("service_id", *columns), ledger)
    ledger.note_rows(file, read=len(table), kept=len(kept))
    return kept.assign(**{column: values[good] for column, values in days.items()})


@lru_cache(maxsize=1 << 16)
def _ordinal(text: object) -> int:
    """Return the ordinal of a day such as ``20200616``, 0 where that is no day."""
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", str(text), re.ASCII)
    try:
        return dt.date(*map(int, match.groups())).toordinal() if match else 0
    except ValueError:
        return 0


def feed_timezone(agency: pd.DataFrame, ledger: FeedLedger) -> str:
    """Return the one time zone of a feed's agencies.

    Raises
    ------
    InputError
        Where there is none, or several, or it is none that is known.
    """
    where = f"{ledger.path}, agency.txt"
    zones: list[str] = []
    if "agency_timezone" in agency:
        zones = sorted(set(agency["agency_timezone"].dropna()))
    if len(zones) != 1:
        what = f"agencies have different time zones: {', '.join(zones)}" if zones else "no agency_timezone"
        raise InputError(what, where=where, remedy="give all agencies of the feed one time zone")
    try:
        ZoneInfo(zones[0])
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"no time zone '{zones[0]}'",
            where=f"{where}, agency_timezone",
            remedy="write one such as Europe/London",
        ) from error
    return str(zones[0])
