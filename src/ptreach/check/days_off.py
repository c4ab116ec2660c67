"""Days on which much is shut: bank holidays of England and Wales, and holidays of most English schools."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.model import DaysOff

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

ENGLISH_TIME: Final = "Europe/London"
"""Timetables of this time zone are taken for English ones."""
BANK: Final = "bank"
SCHOOL: Final = "school"


class _SchoolYears(NamedTuple):
    """Holidays of most English schools from ``first_day`` to ``last_day``; outside, nothing is known."""

    first_day: dt.date
    last_day: dt.date
    holidays: tuple[DaysOff, ...]


@cache
def bank_holidays(year: int) -> tuple[DaysOff, ...]:
    """Return the bank holidays of England and Wales in a year, substitute days and one-offs included."""
    import holidays

    found = holidays.country_holidays("GB", subdiv="ENG", years=year, expand=False)
    return tuple(
        DaysOff(BANK, str(found[day]).replace("(observed)", "(substitute day)"), day, day)
        for day in sorted(found)
    )


@cache
def _school_years() -> _SchoolYears:
    """Read the table of school holidays that the package carries."""
    text = (resources.files("ptreach.check") / "school_holidays.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    rows = [
        DaysOff(SCHOOL, row["name"], row["first"], row["last"])
        for row in (*table["holidays"], *table["closures"])
    ]
    return _SchoolYears(
        table["first_day"], table["last_day"], tuple(sorted(rows, key=lambda row: (row.first, row.last)))
    )


def days_off_between(first: dt.date, last: dt.date) -> tuple[DaysOff, ...]:
    """Return bank holidays and school holidays that have days from `first` to `last`, in order of time."""
    banks = [row for year in range(first.year, last.year + 1) for row in bank_holidays(year)]
    rows = [row for row in (*banks, *_school_years().holidays) if row.first <= last and row.last >= first]
    return in_order(rows)


def in_order(rows: Iterable[DaysOff]) -> tuple[DaysOff, ...]:
    """Return days off in order of time."""
    return tuple(sorted(rows, key=lambda row: (row.first, row.last, row.kind, row.name)))


def schools_known(date: dt.date) -> bool:
    """Return whether the table of school holidays has anything to say of a date."""
    years = _school_years()
    return years.first_day <= date <= years.last_day


def on(date: dt.date, rows: Iterable[DaysOff], kind: str) -> DaysOff | None:
    """Return the first of the days off of a kind that holds a date."""
    return next((row for row in rows if row.kind == kind and row.first <= date <= row.last), None)
