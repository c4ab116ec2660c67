"""Counting: trips, services with trips and stops served, day by day, of groups of trips.

A group is what one feed has of one operator and one mode; modes, operators and feeds are sums of groups.
Stops are counted anew for each, since one stop may be served by several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.sources.runs import ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ptreach.check.feeds import Feeds

_DAYS_AT_ONCE: Final = 64  # bounds the memory: one row a pair of group and service, a column a day


class DayCounts(NamedTuple):
    """Counts of shape (groups, days); the names of feeds, operators and modes are numbered by the group."""

    first_day: int
    feeds: tuple[str, ...]
    operators: tuple[str, ...]
    modes: tuple[str, ...]
    group_feed: NDArray[np.int64]
    group_operator: NDArray[np.int64]
    group_mode: NDArray[np.int64]
    trips: NDArray[np.int64]
    services: NDArray[np.int64]
    stops: NDArray[np.int64]


def count_days(feeds: Feeds, modes: Sequence[str]) -> DayCounts:
    """Return trips, services with trips and stops served per day x feed x operator x mode.

    `modes` are the names of the routes' modes by number.
    """
    route = feeds.route_of_trip
    operators = tuple(sorted({feeds.agency_names[agency] for agency in np.unique(feeds.route_agency[route])}))
    number = {name: idx for idx, name in enumerate(operators)}
    operator = np.array([number.get(name, -1) for name in feeds.agency_names], dtype=np.int64)
    keys = np.stack(
        [feeds.feed_of_trip, operator[feeds.route_agency[route]], feeds.route_mode[route].astype(np.int64)], 1
    )
    groups, trip_group = unique_rows(keys)
    patterns, runs = feeds.patterns, feeds.calendar.runs
    size = len(groups)
    return DayCounts(
        first_day=feeds.calendar.first_day,
        feeds=feeds.feed_ids,
        operators=operators,
        modes=tuple(modes),
        group_feed=groups[:, 0],
        group_operator=groups[:, 1],
        group_mode=groups[:, 2],
        trips=trips_a_day(trip_group, patterns.trip_service, runs, size),
        services=services_a_day(trip_group, patterns.trip_service, runs, size),
        stops=stops_a_day(
            trip_group,
            patterns.trip_service,
            feeds.pattern_of_trip,
            patterns.position_start,
            patterns.stop,
            runs,
            size,
        ),
    )


def unique_rows(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the different rows of numbers from 0 in ascending order, and the number of each row's own."""
    sizes = keys.max(axis=0) + 1
    folded = np.ravel_multi_index(tuple(keys.T), tuple(sizes.tolist()))
    found, row = np.unique(folded, return_inverse=True)
    return np.stack(np.unravel_index(found, tuple(sizes.tolist())), axis=1), row


def trips_a_day(
    trip_group: NDArray[np.int64],
    trip_service: NDArray[np.int32],
    runs: NDArray[np.bool_],
    groups_n: int,
) -> NDArray[np.int64]:
    """Return the trips of each group on each day, shape (groups, days).

    ``runs`` says which services run on which days, shape (services, days).
    """
    pairs, trips = np.unique(trip_group * runs.shape[0] + trip_service, return_counts=True)
    return _sums(pairs // runs.shape[0], pairs % runs.shape[0], trips, runs, groups_n)


def services_a_day(
    trip_group: NDArray[np.int64],
    trip_service: NDArray[np.int32],
    runs: NDArray[np.bool_],
    groups_n: int,
) -> NDArray[np.int64]:
    """Return the services of each group that run and have trips, shape (groups, days)."""
    pairs = np.unique(trip_group * runs.shape[0] + trip_service)
    return _sums(
        pairs // runs.shape[0], pairs % runs.shape[0], np.ones(pairs.size, dtype=np.int64), runs, groups_n
    )


def _sums(
    group: NDArray[np.int64],
    service: NDArray[np.int64],
    weight: NDArray[np.int64],
    runs: NDArray[np.bool_],
    groups_n: int,
) -> NDArray[np.int64]:
    """Return for each group and day the sum of the weights of its services that run; `group` ascends."""
    sums = np.zeros((groups_n, runs.shape[1]), dtype=np.int64)
    ends = np.searchsorted(group, np.arange(groups_n + 1))
    for number in range(groups_n):
        rows = slice(*ends[number : number + 2])
        weights = weight[rows].astype(np.float32)  # whole numbers up to 2^24 are exact
        for first in range(0, runs.shape[1], _DAYS_AT_ONCE):
            days = slice(first, first + _DAYS_AT_ONCE)
            sums[number, days] = weights @ runs[service[rows], days].astype(np.float32)
    return sums


def stops_a_day(
    trip_group: NDArray[np.int64],
    trip_service: NDArray[np.int32],
    trip_pattern: NDArray[np.int64],
    position_start: NDArray[np.int64],
    pattern_stop: NDArray[np.int32],
    runs: NDArray[np.bool_],
    groups_n: int,
) -> NDArray[np.int64]:
    """Return the stops at which each group calls on each day, shape (groups, days)."""
    served = np.zeros((groups_n, runs.shape[1]), dtype=np.int64)
    rows, row_of_trip = unique_rows(np.stack([trip_group, trip_pattern], axis=1))
    if not rows.size:
        return served
    group, pattern = rows.T
    # Days first, then stops: a pattern has hundreds of services in feeds that give each trip one of its own
    bits = _days_of_rows(row_of_trip, trip_service, _as_words(runs))
    lengths = np.diff(position_start)[pattern]
    stop = pattern_stop[ranges(position_start[pattern], lengths)].astype(np.int64)
    place = np.repeat(group, lengths) * (int(pattern_stop.max()) + 1) + stop
    order = np.argsort(place, kind="stable")
    row_of_call = np.repeat(np.arange(len(rows)), lengths)[order]
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    group_of_place = np.repeat(group, lengths)[order][starts]
    group_starts = np.flatnonzero(np.diff(group_of_place, prepend=-1))
    for word in range(bits.shape[1]):
        # one word holds 64 days: which of them a place is served on is the union over what calls there
        union = np.bitwise_or.reduceat(bits[row_of_call, word], starts)
        days = np.unpackbits(union.view(np.uint8).reshape(-1, 8), axis=1)
        sums = np.add.reduceat(days, group_starts, axis=0, dtype=np.int64)
        width = min(64, runs.shape[1] - word * 64)
        served[group_of_place[group_starts], word * 64 : word * 64 + width] = sums[:, :width]
    return served


def _days_of_rows(
    row_of_trip: NDArray[np.intp], trip_service: NDArray[np.int32], words: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Return the days on which any trip of each row runs, as bits: the union over its services."""
    services_n = len(words)
    pairs = np.unique(row_of_trip * services_n + trip_service)
    starts = np.flatnonzero(np.diff(pairs // services_n, prepend=-1))
    return np.bitwise_or.reduceat(words[pairs % services_n], starts, axis=0)


def _as_words(runs: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Return the days of each service as bits, 64 a word."""
    packed = np.packbits(runs, axis=1)
    padded = np.zeros((runs.shape[0], -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded.view(np.uint64)
