"""What is usual: the trips of a date beside those of its weekday."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.model import Comparison, DaySeries
from ptreach.network.full_service import full_days

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from numpy.typing import NDArray

    from ptreach.check.counts import DayCounts

WEEKS_AROUND: Final = 4
ALL: Final = "all"
FEED: Final = "feed"
MODE: Final = "mode"
OPERATOR: Final = "operator"


class Series(NamedTuple):
    """Trips, services and stops of each day, for all of a kind and name; see `DaySeries`."""

    kind: str
    name: str
    trips: NDArray[np.int64]
    services: NDArray[np.int64]
    stops: NDArray[np.int64]

    def plain(self) -> DaySeries:
        """Return the series as plain numbers."""
        return DaySeries(
            self.kind,
            self.name,
            tuple(self.trips.tolist()),
            tuple(self.services.tolist()),
            tuple(self.stops.tolist()),
        )


def series_of(counts: DayCounts) -> tuple[Series, ...]:
    """Return the series of all trips, then of each mode, feed and operator that has trips, by name.

    Services and stops are those of the groups added up: one that two groups share counts for each.
    """
    every = np.ones(counts.group_mode.size, dtype=np.bool_)
    kinds = (
        (MODE, counts.modes, counts.group_mode),
        (FEED, counts.feeds, counts.group_feed),
        (OPERATOR, counts.operators, counts.group_operator),
    )
    members = [(ALL, "all services", every)]
    for kind, names, number in kinds:
        members += sorted((kind, names[idx], number == idx) for idx in np.unique(number).tolist())
    return tuple(
        Series(
            kind,
            name,
            counts.trips[rows].sum(axis=0),
            counts.services[rows].sum(axis=0),
            counts.stops[rows].sum(axis=0),
        )
        for kind, name, rows in members
    )


def comparison(series: Series, first_day: int, date: dt.date, shut: Collection[int]) -> Comparison:
    """Return the trips of a date beside the usual ones of its weekday.

    Days in `shut` (ordinals: bank holidays) are left out, as are days outside the series' weeks of full
    service, before a timetable begins or after it has ended.
    """
    day = date.toordinal() - first_day
    inside = 0 <= day < series.trips.size
    trips = int(series.trips[day]) if inside else 0
    full = full_days(series.trips, first_day)
    if full is None:
        return Comparison(series.kind, series.name, trips, None, None)
    days = np.arange(full.full_first, full.full_last + 1)
    same = days[((days - day) % 7 == 0) & (days != day)]
    same = same[~np.isin(same + first_day, list(shut))]
    near = same[np.abs(same - day) <= 7 * WEEKS_AROUND]
    return Comparison(
        series.kind,
        series.name,
        trips,
        float(np.median(series.trips[near])) if near.size else None,
        float(np.median(series.trips[same])) if same.size else None,
    )
