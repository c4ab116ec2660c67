"""Cleaned feeds put together: the timetables that a network is built of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ptreach.sources.gtfs_tables import positions_of
from ptreach.sources.gtfs_transfers import TransferRules, joined_rules
from ptreach.sources.gtfs_twins import FeedTrips, trips_of_earlier_feeds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from ptreach.model import FloatArray, Repair, TableRows
    from ptreach.sources.gtfs_calls import Calls
    from ptreach.sources.gtfs_days import Days
    from ptreach.sources.gtfs_routes import Agency
    from ptreach.sources.repairs import FeedLedger, Ledger


class FeedIds(NamedTuple):
    """What only a feed that is written again needs: ids without the name of the feed, and who belongs where.

    ``stop_parent`` is the number of a stop's station or platform, -1 if none. Feed f has the stops
    ``starts[f, 0]:starts[f + 1, 0]``, and likewise the agencies, routes, services and trips of the columns
    1 to 4.
    """

    stop_codes: tuple[str, ...]
    stop_parent: NDArray[np.int32]
    agency_ids: tuple[str, ...]
    agency_urls: tuple[str, ...]
    route_ids: tuple[str, ...]
    service_ids: tuple[str, ...]
    starts: NDArray[np.int64]


class Timetables(NamedTuple):
    """Trips of all feeds as flat arrays.

    Trip t calls at ``trip_start[t]:trip_start[t + 1]`` of the ``call_*`` arrays, in order of travel. Times
    are seconds after noon minus 12 h of the service day. Service v runs on the day ``first_day + d``
    (ordinal of the date) where ``service_days[v, d]``. Trips of one ``trip_block`` (-1: none) are
    run by one vehicle. ``route_mode`` is a position in ``modes.MODES``, ``route_agency`` one in
    ``agency_names``.
    """

    feed_ids: tuple[str, ...]
    timezone: str
    stop_ids: tuple[str, ...]
    stop_names: tuple[str, ...]
    stop_lon: FloatArray
    stop_lat: FloatArray
    agency_names: tuple[str, ...]
    route_names: tuple[str, ...]
    route_mode: NDArray[np.int8]
    route_agency: NDArray[np.int32]
    trip_ids: tuple[str, ...]
    trip_route: NDArray[np.int32]
    trip_service: NDArray[np.int32]
    trip_block: NDArray[np.int32]
    trip_start: NDArray[np.int64]
    call_stop: NDArray[np.int32]
    call_arrival_s: NDArray[np.int32]
    call_departure_s: NDArray[np.int32]
    call_board: NDArray[np.bool_]
    call_alight: NDArray[np.bool_]
    transfer_rules: TransferRules
    first_day: int
    service_days: NDArray[np.bool_]
    feeds: FeedIds
    repairs: tuple[Repair, ...] = ()
    oddities: tuple[Repair, ...] = ()
    rows: tuple[TableRows, ...] = ()


class Trips(NamedTuple):
    """Trips that run, sorted by their ids; each calls at ``start[t]:start[t + 1]`` of the calls."""

    trip_ids: list[str]
    route: NDArray[np.int32]
    service: NDArray[np.int32]
    block: NDArray[np.int32]
    start: NDArray[np.int64]


class Feed(NamedTuple):
    """One feed, cleaned; its stops, agencies, routes and services are numbered from 0."""

    timezone: str
    agencies: list[Agency]
    stops: pd.DataFrame
    routes: pd.DataFrame
    trips: Trips
    calls: Calls
    transfers: TransferRules
    days: Days


def listed_once(feeds: list[Feed], pages: list[FeedLedger]) -> list[Feed]:
    """Return feeds without the trips that an earlier one lists."""
    if len(feeds) == 1:
        return feeds
    parts = [
        FeedTrips(
            feed.stops, feed.trips.trip_ids, feed.trips.start, feed.trips.service, feed.calls, feed.days
        )
        for feed in feeds
    ]
    twins = trips_of_earlier_feeds(parts, pages)
    return [
        _without(feed, dropped) if dropped.any() else feed for feed, dropped in zip(feeds, twins, strict=True)
    ]


def _without(feed: Feed, dropped: NDArray[np.bool_]) -> Feed:
    """Return a feed without some trips."""
    kept = np.flatnonzero(~dropped)
    calls, sources, trip_ids = renumbered(feed.calls.take(~dropped[feed.calls.trip]), feed.trips.trip_ids)
    lengths = np.diff(feed.trips.start)[kept]
    trips = Trips(
        trip_ids,
        feed.trips.route[sources],
        feed.trips.service[sources],
        blocks_of(feed.trips.block, sources),
        np.r_[0, np.cumsum(lengths)].astype(np.int64),
    )
    return feed._replace(trips=trips, calls=calls)


def renumbered(calls: Calls, trip_ids: list[str]) -> tuple[Calls, NDArray[np.int32], list[str]]:
    """Return calls whose ``trip`` numbers the trips that have calls, the rows of those and their ids."""
    has_calls = np.zeros(len(trip_ids), dtype=np.bool_)
    has_calls[calls.trip] = True
    sources = np.flatnonzero(has_calls).astype(np.int32)
    if sources.size == len(trip_ids):
        return calls, sources, trip_ids
    number = np.cumsum(has_calls, dtype=np.int32) - np.int32(1)
    return calls._replace(trip=number[calls.trip]), sources, [trip_ids[source] for source in sources]


def blocks_of(block: NDArray[np.int32], rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the block of each trip, -1 if none, numbered from 0.

    Trips that frequencies.txt repeats are not one vehicle's.
    """
    repeated = np.bincount(rows, minlength=block.size)[rows] > 1
    blocks, number = np.unique(np.where(repeated, -1, block[rows]), return_inverse=True)
    return (number - int(blocks.size > 0 and blocks[0] < 0)).astype(np.int32)


def join_feeds(names: Sequence[str], feeds: Sequence[Feed], timezone: str, ledger: Ledger) -> Timetables:
    """Put feeds together: every number of a feed is moved past those of the feeds before it."""
    sizes = [
        [len(part) for part in (feed.stops, feed.agencies, feed.routes, feed.days.service_ids)]
        + [len(feed.trips.trip_ids)]
        for feed in feeds
    ]
    starts = np.concatenate([np.zeros((1, 5), dtype=np.int64), np.cumsum(sizes, axis=0)])
    stops_at, agencies_at, routes_at, services_at, _ = starts[:-1].T
    blocks_at = np.cumsum([0, *(int(feed.trips.block.max(initial=-1)) + 1 for feed in feeds)])[:-1]
    first_day, service_runs = _all_days([feed.days for feed in feeds])
    lengths = np.concatenate([np.diff(feed.trips.start) for feed in feeds])

    def ids(column: Sequence[Iterable[str]]) -> tuple[str, ...]:
        return tuple(f"{name}:{item}" for name, items in zip(names, column, strict=True) for item in items)

    def texts(column: Sequence[Iterable[str]]) -> tuple[str, ...]:
        return tuple(item for items in column for item in items)

    def moved(columns: Sequence[NDArray[Any]], before: NDArray[np.int64]) -> NDArray[np.int32]:
        if len(columns) == 1:
            return columns[0].astype(np.int32, copy=False)
        return np.concatenate(
            [np.where(column < 0, -1, column + at) for column, at in zip(columns, before, strict=True)]
        ).astype(np.int32)

    def joined(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
        return columns[0] if len(columns) == 1 else np.concatenate(columns)

    return Timetables(
        feed_ids=tuple(names),
        timezone=timezone,
        stop_ids=ids([feed.stops["stop_id"] for feed in feeds]),
        stop_names=texts([feed.stops["name"] for feed in feeds]),
        stop_lon=joined([feed.stops["lon"].to_numpy() for feed in feeds]),
        stop_lat=joined([feed.stops["lat"].to_numpy() for feed in feeds]),
        agency_names=tuple(agency.name for feed in feeds for agency in feed.agencies),
        route_names=texts([feed.routes["name"] for feed in feeds]),
        route_mode=joined([feed.routes["mode"].to_numpy() for feed in feeds]),
        route_agency=moved([feed.routes["agency"].to_numpy() for feed in feeds], agencies_at),
        trip_ids=ids([feed.trips.trip_ids for feed in feeds]),
        trip_route=moved([feed.trips.route for feed in feeds], routes_at),
        trip_service=moved([feed.trips.service for feed in feeds], services_at),
        trip_block=moved([feed.trips.block for feed in feeds], blocks_at),
        trip_start=np.r_[0, np.cumsum(lengths)].astype(np.int64),
        call_stop=moved([feed.calls.stop for feed in feeds], stops_at),
        call_arrival_s=joined([feed.calls.arrival_s for feed in feeds]),
        call_departure_s=joined([feed.calls.departure_s for feed in feeds]),
        call_board=joined([feed.calls.board for feed in feeds]),
        call_alight=joined([feed.calls.alight for feed in feeds]),
        transfer_rules=joined_rules([feed.transfers for feed in feeds], stops_at.tolist()),
        first_day=first_day,
        service_days=service_runs,
        feeds=FeedIds(
            stop_codes=texts([feed.stops["code"] for feed in feeds]),
            stop_parent=moved(
                [positions_of(feed.stops["parent_id"], feed.stops["stop_id"]) for feed in feeds], stops_at
            ),
            agency_ids=tuple(agency.agency_id for feed in feeds for agency in feed.agencies),
            agency_urls=tuple(agency.url for feed in feeds for agency in feed.agencies),
            route_ids=texts([feed.routes["route_id"] for feed in feeds]),
            service_ids=texts([feed.days.service_ids for feed in feeds]),
            starts=starts,
        ),
        repairs=ledger.repairs,
        oddities=ledger.oddities,
        rows=ledger.rows,
    )


def _all_days(feeds: Sequence[Days]) -> tuple[int, NDArray[np.bool_]]:
    """Return the first day of all feeds, and the days of all their services from that on."""
    busy = [days for days in feeds if days.runs.size]
    first_day = min(days.first_day for days in busy)
    last_day = max(days.first_day + days.runs.shape[1] for days in busy) - 1
    runs = np.zeros((sum(len(days.service_ids) for days in feeds), last_day - first_day + 1), dtype=np.bool_)
    before = 0
    for days in busy:
        services, days_n = days.runs.shape
        from_day = days.first_day - first_day
        runs[before : before + services, from_day : from_day + days_n] = days.runs
        before += services
    return first_day, runs
