"""On which days a schedule runs: STP records of one train resolved by date; days packed into a calendar.

A set of days is an integer: bit d stands for the day ``first_day + d``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ptreach.sources.cif.schedules import STP_ORDER

if TYPE_CHECKING:
    from ptreach.sources.cif.repairs import Repairs
    from ptreach.sources.cif.schedules import Schedules

_CANCELLED = STP_ORDER.index("C")


class RunningDays(NamedTuple):
    """Days of the schedules: schedule s runs on the days of the set ``days[s]``."""

    first_day: int
    days: list[int]


class Week(NamedTuple):
    """A service as GTFS has it: weekdays (Monday first) of a range, days added to them, days taken out.

    Days are ordinals; without a range (``weekdays`` all False) all days are added ones.
    """

    weekdays: tuple[bool, ...]
    first_day: int
    last_day: int
    added: tuple[int, ...]
    removed: tuple[int, ...]


def resolve_days(schedules: Schedules, repairs: Repairs) -> RunningDays:
    """Return on which days each schedule runs.

    Of the records of one train on one day the lowest letter wins, in the order C, N, O, P. C: the train does
    not run; N: a new one; O: an overlay, which replaces the permanent P wholly. Of two records of one letter
    the later in the file wins. Days outside the extract are left out, since an extract no longer has the
    changes to days before it.
    """
    header = schedules.header
    first = int(schedules.first_day.min()) if header.first_day is None else header.first_day
    last = int(schedules.last_day.max()) if header.last_day is None else header.last_day
    sets = _weekday_sets(first, last)
    patterns = [sum(sets[at] for at in range(7) if mask >> at & 1) for mask in range(128)]
    rows = np.arange(schedules.uid.size)
    order = np.lexsort((-rows, schedules.stp, schedules.uid, schedules.source))
    days, kept = [0] * rows.size, {0: 0}
    train, letter, taken, taken_by_letter = None, -1, 0, 0
    columns = (schedules.source, schedules.uid, schedules.stp, schedules.first_day, schedules.last_day)
    sorted_columns = (column[order].tolist() for column in (*columns, schedules.weekdays))
    for row, source, uid, stp, start, end, weekdays in zip(order.tolist(), *sorted_columns, strict=True):
        if train != (source, uid):
            train, letter, taken, taken_by_letter = (source, uid), -1, 0, 0
        if letter != stp:
            letter, taken_by_letter = stp, 0
        own = patterns[weekdays] & _range_set(start - first, end - first)
        if own & taken_by_letter:
            repairs.add("schedules that share days with a later one of the same train and letter, which wins")
        runs = own & ~taken
        taken |= own
        taken_by_letter |= own
        if stp != _CANCELLED:
            days[row] = kept.setdefault(runs, runs)  # the same sets come again and again
    return RunningDays(first, days)


def _range_set(start: int, end: int) -> int:
    """Return the days from start to end, both included, as far as they are not before day 0."""
    if end < 0:
        return 0
    return (1 << (end + 1)) - (1 << max(start, 0))


def _weekday_sets(first_day: int, last_day: int) -> list[int]:
    """Return, for Monday to Sunday, the days from `first_day` (bit 0) to `last_day` that are one."""
    sets = []
    for weekday in range(7):
        offset = (weekday - (first_day - 1)) % 7  # ordinal 1 was a Monday
        weeks = max((last_day - first_day - offset) // 7 + 1, 0)
        sets.append(((1 << 7 * weeks) - 1) // 127 << offset)  # 1 + 2^7 + 2^14 ...
    return sets


def week_of(days: int, first_day: int) -> Week:
    """Return the shorter way to write a set of days (not empty): a week with exceptions, or days alone."""
    listed = _listed(days)
    first, last = listed[0], listed[-1]
    flags, regular = [], 0
    for weekday in _weekday_sets(first_day + first, first_day + last):
        candidates = weekday << first
        runs = (days & candidates).bit_count()
        flags.append(2 * runs > candidates.bit_count())
        regular |= candidates if flags[-1] else 0
    added, removed = days & ~regular, regular & ~days
    if 1 + added.bit_count() + removed.bit_count() >= len(listed):
        flags, added, removed = [False] * 7, days, 0

    def ordinals(some: int) -> tuple[int, ...]:
        return tuple(first_day + day for day in _listed(some))

    return Week(tuple(flags), first_day + first, first_day + last, ordinals(added), ordinals(removed))


def _listed(days: int) -> list[int]:
    """Return the days of a set, in order."""
    return [at for at, bit in enumerate(reversed(f"{days:b}")) if bit == "1"]
