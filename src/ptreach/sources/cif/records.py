"""Records of the timetable: what stands in which column.

Columns are those of RSPS5046; a comment gives them as its tables do, counted from 1.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

DAY_MIN: Final = 1440
_NO_TIME: Final = frozenset({"", "0000"})  # midnight itself is never written


class Vehicle(enum.IntEnum):
    """What runs; the name is part of a route's id."""

    RAIL = 0
    REPLACEMENT_BUS = 1
    BUS = 2
    SHIP = 3
    METRO = 4


_CATEGORIES: Final = {
    **dict.fromkeys(("OO", "XX", "XZ", "OW", "XC", "XD", "XI", "XR", "OU", "XU"), Vehicle.RAIL),
    "BR": Vehicle.REPLACEMENT_BUS,
    "BS": Vehicle.BUS,
    "SS": Vehicle.SHIP,
    "OL": Vehicle.METRO,
}
# In the .mca ships have no category, so there the status tells. Digits are the short-term variants.
_STATUSES: Final = {
    "P": Vehicle.RAIL,
    "1": Vehicle.RAIL,
    "B": Vehicle.BUS,
    "5": Vehicle.BUS,
    "S": Vehicle.SHIP,
    "4": Vehicle.SHIP,
}


class Basic(NamedTuple):
    """A BS record. Days are ordinals, both included; bit 0 of ``weekdays`` is Monday.

    ``vehicle`` is None where it carries no passengers (stock, staff, freight) or is a cancellation.
    """

    uid: str
    first_day: int
    last_day: int
    weekdays: int
    stp: str
    vehicle: Vehicle | None
    headcode: str


class Allowed(NamedTuple):
    """What passengers may do at a call by its activities; a call that is not public allows neither."""

    public: bool
    board: bool
    alight: bool
    on_request: bool


@cache
def day_of(text: str) -> int:
    """Return the ordinal of a date yymmdd; raises ValueError where it is none."""
    if not re.fullmatch(r"\d{6}", text, re.ASCII):
        raise ValueError(f"{text!r} is no date yymmdd")
    try:
        return dt.date(2000 + int(text[:2]), int(text[2:4]), int(text[4:])).toordinal()
    except ValueError as error:
        raise ValueError(f"{text!r} is no date yymmdd") from error


def header_day_of(text: str) -> int:
    """Return the ordinal of a date ddmmyy, as HD alone has them; raises ValueError where it is none."""
    try:
        return day_of(f"{text[4:6]}{text[2:4]}{text[:2]}")
    except ValueError as error:
        raise ValueError(f"{text!r} is no date ddmmyy") from error


@cache
def minute_of(text: str) -> int | None:
    """Return the minute of the day of hhmm, None for none; raises ValueError where that is no time."""
    text = text.rstrip()
    if text in _NO_TIME:
        return None
    if not re.fullmatch(r"([01]\d|2[0-3])[0-5]\d", text, re.ASCII):
        raise ValueError(f"{text!r} is no time")
    return int(text[:2]) * 60 + int(text[2:])


@lru_cache(maxsize=4096)
def allowed_by(activities: str) -> Allowed:
    """Return what the activity field allows: up to six codes of two characters each.

    Codes are cut by position, never at blanks: ``-D`` detaches vehicles, ``D `` sets passengers down.
    """
    codes = {activities[at : at + 2].ljust(2) for at in range(0, 12, 2)}
    public = not codes & {"N ", "S "}  # not advertised; staff only
    return Allowed(
        public,
        public and bool(codes & {"TB", "T ", "U ", "R "}),
        public and bool(codes & {"TF", "T ", "D ", "R "}),
        "R " in codes,
    )


def vehicle_of(category: str, status: str) -> Vehicle | None:
    """Return what a schedule runs as, None where it carries no passengers."""
    return _CATEGORIES.get(category) if category.strip() else _STATUSES.get(status)


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """Return text without outer blanks, control characters as blanks."""
    return "".join(mark if mark.isprintable() else " " for mark in text).strip()


def basic_of(line: str) -> Basic:
    """Return a BS record; raises ValueError, which says what is wrong with it."""
    uid = line[3:9]  # 4,6
    if not re.fullmatch(r"[A-Z0-9]{6}", uid, re.ASCII):
        raise ValueError(f"{uid!r} is no train UID")
    first_day, last_day = day_of(line[9:15]), day_of(line[15:21])  # 10,6 and 16,6
    if last_day < first_day:
        raise ValueError(f"runs from {line[9:15]} to {line[15:21]}, which is before")
    days = line[21:28]  # 22,7 Monday first
    if not re.fullmatch(r"[01]{7}", days, re.ASCII):
        raise ValueError(f"{days!r} are no days of a week")
    stp = line[79:80]  # 80,1
    if stp not in {"C", "N", "O", "P"}:
        raise ValueError(f"STP indicator {stp!r}, not C, N, O or P")
    vehicle = None if stp == "C" else vehicle_of(line[30:32], line[29:30])  # 31,2 and 30,1
    weekdays = sum(1 << at for at, day in enumerate(days) if day == "1")
    return Basic(uid, first_day, last_day, weekdays, stp, vehicle, printable(line[32:36]))  # 33,4
