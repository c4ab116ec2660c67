"""Timetables: GTFS feeds cleaned and put together as flat arrays of integers.

Feeds lie, so everything that is mended or left out is noted in ``repairs``, by rule and feed. Each feed has
its own ids: in the arrays a stop is ``feed:stop``, where the feed is named after its file.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from ptreach.errors import InputError
from ptreach.sources.gtfs_calls import Calls, Wanted, read_calls
from ptreach.sources.gtfs_days import Days, feed_timezone, service_days
from ptreach.sources.gtfs_files import open_feed
from ptreach.sources.gtfs_frequencies import expand_frequencies
from ptreach.sources.gtfs_routes import clean_routes
from ptreach.sources.gtfs_speeds import FASTEST_KPH
from ptreach.sources.gtfs_stops import clean_stops
from ptreach.sources.gtfs_tables import kept_rows, positions_of, read_table
from ptreach.sources.gtfs_transfers import TransferRules, joined_rules, kept_rules, transfer_rules
from ptreach.sources.gtfs_twins import FeedTrips, trips_of_earlier_feeds
from ptreach.sources.repairs import Ledger

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.model import FloatArray, Repair, TableRows
    from ptreach.sources.cover import Cover
    from ptreach.sources.gtfs_files import FeedFiles
    from ptreach.sources.gtfs_routes import Agency
    from ptreach.sources.repairs import FeedLedger


class Scope(NamedTuple):
    """What is wanted of feeds: the part of the map, and the first and last service day; None for all."""

    cover: Cover | None = None
    days: tuple[dt.date, dt.date] | None = None


EVERYTHING: Final = Scope()
_MANY_TRIPS: Final = 50


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


class _Trips(NamedTuple):
    """Trips that run, sorted by their ids; each calls at ``start[t]:start[t + 1]`` of the calls."""

    trip_ids: list[str]
    route: NDArray[np.int32]
    service: NDArray[np.int32]
    block: NDArray[np.int32]
    start: NDArray[np.int64]


class _Feed(NamedTuple):
    """One feed, cleaned; its stops, agencies, routes and services are numbered from 0."""

    timezone: str
    agencies: list[Agency]
    stops: pd.DataFrame
    routes: pd.DataFrame
    trips: _Trips
    calls: Calls
    transfers: TransferRules
    days: Days


def read_timetables(
    paths: Sequence[Path], scope: Scope = EVERYTHING, off: frozenset[str] = frozenset()
) -> Timetables:
    """Read GTFS feeds and put them together in the order of `paths`.

    Parameters
    ----------
    scope
        Trips that run on none of its days, or call at fewer than two stops within its cover, are left out;
        of the others, the calls outside the cover. What is left rides as it did.
    off
        Names of cleaning rules that are not followed.

    Raises
    ------
    InputError
        Names the feed and the file in it that is missing or unreadable, or what a rule that is switched off
        would have mended; also for feeds of different time zones and for two feeds of one name.
    """
    if not paths:
        raise InputError("no timetable", where="feeds", remedy="name at least one GTFS zip")
    names = [path.resolve().name.split(".")[0] for path in paths]
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(
                f"{count} feeds are named '{name}'", where=str(paths[0]), remedy="rename one of the files"
            )
    ledger = Ledger(off)
    pages = [ledger.of(name, path) for name, path in zip(names, paths, strict=True)]
    feeds = []
    for page in pages:
        with open_feed(page.path, page) as files:
            feeds.append(_read_feed(files, scope, page))
        pa.default_memory_pool().release_unused()
    zones = sorted({feed.timezone for feed in feeds})
    if len(zones) > 1:
        raise InputError(
            f"the feeds have different time zones: {', '.join(zones)}",
            where=", ".join(map(str, paths)),
            remedy="build one network from feeds of one time zone",
        )
    if not any(feed.calls.trip.size for feed in feeds):
        raise InputError(
            "no trip calls at two stops within the area",
            where=", ".join(map(str, paths)),
            remedy="take a feed of the area, or another area",
        )
    if not any(feed.days.runs.any() for feed in feeds):
        raise InputError(
            "no trip within the area runs on any day",
            where=", ".join(map(str, paths)),
            remedy="take another feed of the area",
        )
    return _joined(names, _once(feeds, pages), zones[0], ledger)


def _once(feeds: list[_Feed], pages: list[FeedLedger]) -> list[_Feed]:
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


def _without(feed: _Feed, dropped: NDArray[np.bool_]) -> _Feed:
    """Return a feed without some trips."""
    kept = np.flatnonzero(~dropped)
    calls, sources, trip_ids = _renumbered(feed.calls.take(~dropped[feed.calls.trip]), feed.trips.trip_ids)
    lengths = np.diff(feed.trips.start)[kept]
    trips = _Trips(
        trip_ids,
        feed.trips.route[sources],
        feed.trips.service[sources],
        _blocks(feed.trips.block, sources),
        np.r_[0, np.cumsum(lengths)].astype(np.int64),
    )
    return feed._replace(trips=trips, calls=calls)


def _read_feed(files: FeedFiles, scope: Scope, ledger: FeedLedger) -> _Feed:
    """Return one feed, cleaned; note what was mended."""
    read_n: dict[str, int] = {}

    def table(name: str, *, needed: bool = True) -> pd.DataFrame:
        whole = read_table(files, name, ledger)
        if needed and whole.empty:
            raise InputError(
                f"{name}.txt is missing or empty", where=str(files.path), remedy="take a whole GTFS feed"
            )
        read_n[name] = len(whole)
        return whole

    stop_table = table("stops")
    agency = table("agency", needed=False)
    timezone = feed_timezone(agency, ledger)
    stops = clean_stops(stop_table, timezone, ledger)
    agencies, routes = clean_routes(table("routes"), agency, ledger)
    days = service_days(
        read_table(files, "calendar", ledger), read_table(files, "calendar_dates", ledger), ledger, scope.days
    )
    trips = _trips(table("trips"), routes, days, ledger)
    runs = np.ones(len(trips), dtype=np.bool_)
    if scope.days:
        runs = np.asarray(days.runs.any(axis=1))[trips["service"]]
    inside = scope.cover.holds(stops["lon"].to_numpy(), stops["lat"].to_numpy()) if scope.cover else None
    trip_ids = trips["trip_id"].tolist()
    kph = FASTEST_KPH[routes["mode"].to_numpy()[trips["route"]]]
    calls, outside_n = read_calls(files, trip_ids, stops, Wanted(runs, inside, kph), ledger)
    frequencies = read_table(files, "frequencies", ledger)
    if len(frequencies):
        calls, sources, trip_ids = expand_frequencies(calls, frequencies, trip_ids, ledger)
    else:
        calls, sources, trip_ids = _renumbered(calls, trip_ids)
    _note_services(kept_services := trips["service"].to_numpy()[sources], days, ledger)
    if not calls.trip.size and scope.cover is None:
        raise InputError(
            "no trip is left that calls at two stops", where=str(files.path), remedy="check the feed"
        )
    kept = _Trips(
        trip_ids,
        trips["route"].to_numpy()[sources],
        kept_services,
        _blocks(trips["block"].to_numpy(), sources),
        np.r_[0, np.cumsum(np.bincount(calls.trip, minlength=len(trip_ids)))].astype(np.int64),
    )
    transfers = transfer_rules(read_table(files, "transfers", ledger), stops, ledger)
    feed = _Feed(timezone, agencies, stops, routes, kept, calls, transfers, days)
    feed = feed if inside is None else _within(feed, inside)
    trips_n = np.unique(sources).size
    for name, kept_n, whole_n in (
        ("agency", len(agencies), len(agencies)),
        ("stops", len(feed.stops), len(stops)),
        ("routes", len(feed.routes), len(routes)),
        ("trips", trips_n, trips_n + outside_n),
    ):
        ledger.note_rows(f"{name}.txt", read=read_n[name], outside=whole_n - kept_n, kept=kept_n)
    return feed


def _note_services(service: NDArray[np.int32], days: Days, ledger: FeedLedger) -> None:
    """Note a feed in which nearly each trip has a service of its own."""
    used = np.unique(service)
    if service.size >= _MANY_TRIPS and used.size > 0.9 * service.size:
        ledger.note("services-of-one-trip", used.size, "trips.txt", f"service_id {days.service_ids[used[0]]}")


def _renumbered(calls: Calls, trip_ids: list[str]) -> tuple[Calls, NDArray[np.int32], list[str]]:
    """Return calls whose ``trip`` numbers the trips that have calls, the rows of those and their ids."""
    has_calls = np.zeros(len(trip_ids), dtype=np.bool_)
    has_calls[calls.trip] = True
    sources = np.flatnonzero(has_calls).astype(np.int32)
    if sources.size == len(trip_ids):
        return calls, sources, trip_ids
    number = np.cumsum(has_calls, dtype=np.int32) - np.int32(1)
    return calls._replace(trip=number[calls.trip]), sources, [trip_ids[source] for source in sources]


def _within(feed: _Feed, inside: NDArray[np.bool_]) -> _Feed:
    """Return a feed without the stops outside, and without routes and services that have no trips."""
    number = np.where(inside, np.cumsum(inside) - 1, -1).astype(np.int32)
    routes, route = np.unique(feed.trips.route, return_inverse=True)
    services, service = np.unique(feed.trips.service, return_inverse=True)
    return feed._replace(
        stops=feed.stops[inside].reset_index(drop=True),
        routes=feed.routes.iloc[routes].reset_index(drop=True),
        trips=feed.trips._replace(route=route.astype(np.int32), service=service.astype(np.int32)),
        calls=feed.calls._replace(stop=number[feed.calls.stop]),
        transfers=kept_rules(feed.transfers, number),
        days=feed.days.take(services),
    )


def _trips(table: pd.DataFrame, routes: pd.DataFrame, days: Days, ledger: FeedLedger) -> pd.DataFrame:
    """Return trips by trip_id: columns trip_id, route, service, block (-1: none)."""
    ids = ("trip_id", "route_id", "service_id")

    def kept(trips: pd.DataFrame, good: pd.Series[bool], rule: str) -> pd.DataFrame:
        return kept_rows(trips, good, rule, "trips.txt", ids, ledger)

    trips = kept(table, table[list(ids)].notna().all(axis=1), "trips-without-ids")
    trips = kept(trips, ~trips["trip_id"].duplicated(), "trips-listed-twice")
    trips = kept(trips, trips["route_id"].isin(routes["route_id"]), "trips-of-unknown-routes")
    trips = kept(trips, trips["service_id"].isin(days.service_ids), "trips-without-calendar")
    trips = trips.sort_values("trip_id")
    return pd.DataFrame(
        {
            "trip_id": pd.Series(trips["trip_id"].to_numpy(), dtype=object),
            "route": positions_of(trips["route_id"], routes["route_id"]).astype(np.int32),
            "service": positions_of(trips["service_id"], days.service_ids).astype(np.int32),
            "block": pd.factorize(trips["block_id"], sort=True)[0].astype(np.int32)
            if "block_id" in trips
            else np.int32(-1),
        }
    )


def _blocks(block: NDArray[np.int32], rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the block of each trip, -1 if none, numbered from 0.

    Trips that frequencies.txt repeats are not one vehicle's.
    """
    repeated = np.bincount(rows, minlength=block.size)[rows] > 1
    blocks, number = np.unique(np.where(repeated, -1, block[rows]), return_inverse=True)
    return (number - int(blocks.size > 0 and blocks[0] < 0)).astype(np.int32)


def _joined(names: Sequence[str], feeds: Sequence[_Feed], timezone: str, ledger: Ledger) -> Timetables:
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
