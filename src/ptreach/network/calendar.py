"""Calendar: which services run on a day, and what the clock of a day before or after it reads."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from ptreach.errors import InputError
from ptreach.network.full_service import full_days

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Calendar(NamedTuple):
    """Service v runs on the day ``first_day + d`` (ordinal of the date) where ``runs[v, d]``."""

    first_day: int
    runs: NDArray[np.bool_]

    def services_on(self, date: dt.date) -> NDArray[np.bool_]:
        """Return which services run on a date; none outside the calendar."""
        day = date.toordinal() - self.first_day
        if 0 <= day < self.runs.shape[1]:
            return self.runs[:, day]
        return np.zeros(self.runs.shape[0], dtype=np.bool_)


def require_service(calendar: Calendar, used: NDArray[np.int32], date: dt.date, where: str) -> None:
    """Raise InputError, naming the days to take instead, if no service with trips runs about a date.

    A date without trips of its own passes if the day before or after has some, for they may run in the hours
    that are asked about; `timetable_of_day` looks at the hours.

    Parameters
    ----------
    used
        Services that have trips.
    where
        What the error names as the place of the fault.
    """
    day = date.toordinal() - calendar.first_day
    around = calendar.runs[:, max(0, day - 1) : max(0, day + 2)]
    if not around[used].any():
        raise no_service(calendar, used, date, where)


def no_service(calendar: Calendar, used: NDArray[np.int32], date: dt.date, where: str) -> InputError:
    """Return the error for a date on which nothing runs, naming a day of full service to take instead."""
    trips = np.bincount(used, minlength=calendar.runs.shape[0]) @ calendar.runs
    full = full_days(trips, calendar.first_day)
    if full is None:
        return InputError("no trip runs on any day", where=where, remedy="take a whole GTFS feed")
    days = np.flatnonzero(trips[: full.full_last + 1])
    days = days[days >= full.full_first] + calendar.first_day
    same_weekday = days[(days - date.toordinal()) % 7 == 0]
    choice = same_weekday if same_weekday.size else days
    near = dt.date.fromordinal(int(choice[np.argmin(np.abs(choice - date.toordinal()))]))
    return InputError(
        f"nothing runs on {date:%A} {date.isoformat()}; {full.words(calendar.first_day)}",
        where=where,
        remedy=f"take a date such as {near:%A} {near.isoformat()}",
    )


def day_start_s(date: dt.date, other: dt.date, timezone: str) -> int:
    """Return noon minus 12 h of `other` in seconds after noon minus 12 h of `date`.

    A multiple of 86,400 but where the clocks change between the two.
    """
    zone = ZoneInfo(timezone)
    noon, other_noon = (dt.datetime.combine(day, dt.time(12), tzinfo=zone) for day in (date, other))
    return round((other_noon.astimezone(dt.UTC) - noon.astimezone(dt.UTC)).total_seconds())
