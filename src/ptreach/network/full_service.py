"""Full service: the days that a timetable is for, without the few trips that go on for years."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FULL_WEEK_SHARE: Final = 0.25
"""A week is one of full service if it has at least this share of the trips of the busiest week."""


class FullDays(NamedTuple):
    """Positions among the days: the first and last with service, and those of the weeks of full service."""

    first: int
    last: int
    full_first: int
    full_last: int

    def words(self, first_day: int) -> str:
        """Return from when to when there is service; ``first_day`` is the ordinal of the first day."""
        first, last, full_first, full_last = (dt.date.fromordinal(first_day + at) for at in self)
        found = f"the timetable has service from {first} to {last}"
        if (full_first, full_last) != (first, last):
            found += f", in full from {full_first} to {full_last}"
        return found


def full_days(trips: NDArray[np.int64], first_day: int) -> FullDays | None:
    """Return where service begins and ends, None where there is none.

    A feed often has a few trips that go on for years, or one special day, after its timetable has ended; so
    the weeks count (Monday to Sunday) that have at least a quarter of the trips of the busiest week.
    ``first_day`` is the ordinal of the first of the days.
    """
    served = np.flatnonzero(trips)
    if not served.size:
        return None
    week = (first_day - 1 + np.arange(trips.size)) // 7  # ordinal 1 was a Monday
    week -= week[0]
    totals = np.bincount(week, weights=trips)
    full = served[(totals >= FULL_WEEK_SHARE * totals.max())[week[served]]]
    return FullDays(int(served[0]), int(served[-1]), int(full[0]), int(full[-1]))
