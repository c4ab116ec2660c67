"""Trips that several feeds list: an operator's own feed beside that of the region, two regions' feeds.

Two trips are one where they call at the same times at the same stops: stops of one id or one code, or within
a few steps of each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from ptreach.sources.gtfs_calls import Calls
    from ptreach.sources.gtfs_days import Days
    from ptreach.sources.repairs import FeedLedger

_SAME_M: Final = 30.0
_DEGREE_M: Final = 111_195.0


class FeedTrips(NamedTuple):
    """What is compared of a feed: trip t calls at ``start[t]:start[t + 1]`` of the calls."""

    stops: pd.DataFrame
    trip_ids: list[str]
    start: NDArray[np.int64]
    service: NDArray[np.int32]
    calls: Calls
    days: Days


def trips_of_earlier_feeds(
    feeds: Sequence[FeedTrips], ledgers: Sequence[FeedLedger]
) -> list[NDArray[np.bool_]]:
    """Return which trips of each feed an earlier one runs on all their days; note them.

    Trips that an earlier feed runs on some of their days only are noted, and kept.
    """
    known: dict[bytes, list[tuple[int, int]]] = {}
    dropped = [np.zeros(len(feed.trip_ids), dtype=np.bool_) for feed in feeds]
    for number, (feed, ledger) in enumerate(zip(feeds, ledgers, strict=True)):
        times = np.stack([feed.calls.arrival_s, feed.calls.departure_s], axis=1)
        keys = [times[a:b].tobytes() for a, b in zip(feed.start[:-1], feed.start[1:], strict=True)]
        for trip, key in enumerate(keys):
            for other, twin in known.get(key, ()):
                shared, whole = _days_shared(feed, trip, feeds[other], twin)
                if not shared or not _same_stops(feed, trip, feeds[other], twin):
                    continue
                rule = "trips-in-two-feeds" if whole else "trips-in-two-feeds-partly"
                name = ledgers[other].path.name
                pair = f"trip {feed.trip_ids[trip]} is {feeds[other].trip_ids[twin]} of {name}"
                ledger.note(rule, 1, "trips.txt", pair, trip)
                dropped[number][trip] = whole and ledger.is_on(rule)
                break
        for trip, key in enumerate(keys):
            if not dropped[number][trip]:
                known.setdefault(key, []).append((number, trip))
    return dropped


def _days_shared(one: FeedTrips, trip: int, other: FeedTrips, twin: int) -> tuple[bool, bool]:
    """Return whether two trips share a day, and whether the second runs on all days of the first."""
    days, twins = (
        set((np.flatnonzero(feed.days.runs[feed.service[row]]) + feed.days.first_day).tolist())
        for feed, row in ((one, trip), (other, twin))
    )
    return bool(days & twins), days <= twins


def _same_stops(one: FeedTrips, trip: int, other: FeedTrips, twin: int) -> bool:
    """Return whether two trips call at the same stops, in order."""
    here, there = (
        feed.stops.iloc[feed.calls.stop[feed.start[row] : feed.start[row + 1]]]
        for feed, row in ((one, trip), (other, twin))
    )
    same = here["stop_id"].to_numpy() == there["stop_id"].to_numpy()
    code = here["code"].to_numpy()
    same |= (code == there["code"].to_numpy()) & (code != "")
    lon, lat = (here[name].to_numpy() - there[name].to_numpy() for name in ("lon", "lat"))
    same |= _DEGREE_M * np.hypot(lon * np.cos(np.radians(here["lat"].to_numpy())), lat) <= _SAME_M
    return bool(same.all())
