"""Trips that two feeds both have: the same times at the same places on the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

from ptreach.check.feeds import bare_id, feeds_of_ids
from ptreach.network.patterns import ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ptreach.check.feeds import Feeds
    from ptreach.model import FloatArray

SAME_PLACE_M: Final = 30.0
SAME_ID_M: Final = 500.0
"""Two stops of one id are the same unless they lie farther apart than this: short ids may meet by chance."""
_METRES_A_DEGREE: Final = 111_195.0


class Doubles(NamedTuple):
    """Trips (of patterns) that repeat one of an earlier feed on some day.

    ``first`` is the first trip with the same calls; ``on_date`` says whether it is so on the date.
    """

    trip: NDArray[np.int64]
    first: NDArray[np.int64]
    on_date: NDArray[np.bool_]


def same_stops(
    stop_ids: Sequence[str], lon: FloatArray, lat: FloatArray, feed_ids: Sequence[str]
) -> NDArray[np.int64]:
    """Return for each stop the number that stands for it: its own, or that of the same stop in another feed.

    The same are stops of one id (after ``feed:``) within 500 m, failing that the nearest stop of the feeds
    before within 30 m.
    """
    feed = feeds_of_ids(stop_ids, feed_ids)
    scale = _METRES_A_DEGREE * np.array([np.cos(np.radians(np.median(lat))), 1.0])
    place = np.stack([lon, lat], axis=1) * scale
    points = np.array(shapely.points(place), ndmin=1)
    stands_for = np.arange(len(stop_ids))
    first_of_id: dict[str, int] = {}
    for number, name in enumerate(feed_ids):
        own, before = np.flatnonzero(feed == number), np.flatnonzero(feed < number)
        if before.size and own.size:
            tree = shapely.STRtree(points[before])
            near, nearest = tree.query_nearest(points[own], max_distance=SAME_PLACE_M, all_matches=False)
            stands_for[own[near]] = stands_for[before[nearest]]
        for stop in own.tolist():
            twin = first_of_id.setdefault(bare_id(stop_ids[stop], name), stop)
            if twin != stop and np.hypot(*(place[stop] - place[twin])) <= SAME_ID_M:
                stands_for[stop] = stands_for[twin]
    return stands_for


def doubles_across(feeds: Feeds, date_runs: NDArray[np.bool_]) -> Doubles:
    """Return the trips that repeat one of an earlier feed on some day.

    ``date_runs`` says which services run on the date.
    """
    patterns = feeds.patterns
    place = same_stops(feeds.stop_ids, feeds.stop_lon, feeds.stop_lat, feeds.feed_ids)
    lengths = np.diff(patterns.position_start)[feeds.pattern_of_trip]
    position = ranges(patterns.position_start[feeds.pattern_of_trip], lengths)
    columns = (place[patterns.stop[position]], patterns.arrival_s, patterns.departure_s)
    mark = np.add.reduceat(_mixed(*columns), patterns.time_start)
    trip_feed, runs = feeds.feed_of_trip, np.packbits(feeds.calendar.runs, axis=1)
    order = np.lexsort((np.arange(mark.size), trip_feed, mark))
    starts = np.flatnonzero(np.r_[True, mark[order][1:] != mark[order][:-1]])
    ends = np.r_[starts[1:], mark.size]
    several = trip_feed[order[starts]] != trip_feed[order[ends - 1]]
    calls = np.stack([column.astype(np.int64) for column in columns], axis=1)
    found = [np.empty((0, 3), dtype=np.int64)]
    for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        group = order[start:end]
        group = group[[_same(calls, patterns.time_start, lengths, group[0], trip) for trip in group]]
        feed, days = trip_feed[group], runs[patterns.trip_service[group]]
        own = np.searchsorted(feed, feed)  # where the trips of its own feed begin
        before = np.bitwise_or.accumulate(days, axis=0)[own - 1]
        date = date_runs[patterns.trip_service[group]]
        date_before = np.logical_or.accumulate(date)[own - 1]
        rows = np.stack([group, np.full(group.size, group[0]), date & date_before], axis=1)
        found.append(rows[(own > 0) & (days & before).any(axis=1)])
    trip, first, on_date = np.concatenate(found).T
    order = np.argsort(trip)
    return Doubles(trip[order], first[order], on_date[order].astype(np.bool_))


def _same(
    calls: NDArray[np.int64],
    time_start: NDArray[np.int64],
    lengths: NDArray[np.int64],
    one: int,
    other: int,
) -> bool:
    """Return whether two trips make the same calls; that their marks are equal makes it all but sure."""
    first, second = (calls[time_start[trip] : time_start[trip] + lengths[trip]] for trip in (one, other))
    return np.array_equal(first, second)


def _mixed(*columns: NDArray[np.integer[Any]]) -> NDArray[np.uint64]:
    """Return a number of 64 bits for each call that looks like chance (Steele et al. 2014, splitmix64)."""
    mixed = np.zeros(columns[0].size, dtype=np.uint64)
    for column in columns:
        mixed = mixed + column.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed
