"""Timetables: GTFS feeds cleaned and put together as flat arrays of integers.

Feeds lie, so everything that is mended or left out is noted in ``repairs``, by rule and feed. Each feed has
its own ids: in the arrays a stop is ``feed:stop``, where the feed is named after its file.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow.compute import array_sort_indices

from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.sources.gtfs_calls import Wanted, read_calls
from ptreach.sources.gtfs_days import Days, feed_timezone, service_days
from ptreach.sources.gtfs_files import open_feed
from ptreach.sources.gtfs_frequencies import expand_frequencies
from ptreach.sources.gtfs_join import (
    Feed,
    Timetables,
    Trips,
    blocks_of,
    join_feeds,
    listed_once,
    renumbered,
)
from ptreach.sources.gtfs_routes import clean_routes
from ptreach.sources.gtfs_speeds import FASTEST_KPH
from ptreach.sources.gtfs_stops import clean_stops
from ptreach.sources.gtfs_tables import kept_rows, positions_of, read_table
from ptreach.sources.gtfs_transfers import kept_rules, transfer_rules
from ptreach.sources.repairs import Ledger

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.model import Progress
    from ptreach.sources.cover import Cover
    from ptreach.sources.gtfs_files import FeedFiles
    from ptreach.sources.repairs import FeedLedger


__all__ = ["EVERYTHING", "Scope", "Timetables", "feed_name", "read_timetables"]


class Scope(NamedTuple):
    """What is wanted of feeds: the part of the map, and the first and last service day; None for all."""

    cover: Cover | None = None
    days: tuple[dt.date, dt.date] | None = None


EVERYTHING: Final = Scope()
_MANY_TRIPS: Final = 50

_log = logging.getLogger(__name__)


def feed_name(path: Path) -> str:
    """Return what a feed is called: its file's name up to the first dot."""
    return path.resolve().name.split(".")[0]


def read_timetables(
    paths: Sequence[Path],
    scope: Scope = EVERYTHING,
    off: frozenset[str] = frozenset(),
    progress: Progress = no_progress,
) -> Timetables:
    """Read GTFS feeds and put them together in the order of `paths`.

    Parameters
    ----------
    scope
        Trips that run on none of its days, or call at fewer than two stops within its cover, are left out;
        of the others, the calls outside the cover. What is left rides as it did.
    off
        Names of cleaning rules that are not followed.
    progress
        Told how much of each long table is read, in MB.

    Raises
    ------
    InputError
        Names the feed and the file in it that is missing or unreadable, or what a rule that is switched off
        would have mended; also for feeds of different time zones and for two feeds of one name.
    """
    if not paths:
        raise InputError("no timetable", where="feeds", remedy="name at least one GTFS zip")
    names = [feed_name(path) for path in paths]
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(
                f"{count} feeds are named '{name}'", where=str(paths[0]), remedy="rename one of the files"
            )
    ledger = Ledger(off)
    pages = [ledger.of(name, path) for name, path in zip(names, paths, strict=True)]
    feeds = []
    for page in pages:
        with open_feed(page.path, page, progress) as files:
            feeds.append(_read_feed(files, scope, page))
        pa.default_memory_pool().release_unused()
    for rows in ledger.rows:
        if rows.table == "stop_times.txt":
            _log.info("%s, %s: of %d rows %d are kept", rows.feed, rows.table, rows.read, rows.kept)
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
    return join_feeds(names, listed_once(feeds, pages), zones[0], ledger)


def _read_feed(files: FeedFiles, scope: Scope, ledger: FeedLedger) -> Feed:
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
        calls, sources, trip_ids = renumbered(calls, trip_ids)
    _note_services(kept_services := trips["service"].to_numpy()[sources], days, ledger)
    if not calls.trip.size and scope.cover is None:
        raise InputError(
            "no trip is left that calls at two stops", where=str(files.path), remedy="check the feed"
        )
    kept = Trips(
        trip_ids,
        trips["route"].to_numpy()[sources],
        kept_services,
        blocks_of(trips["block"].to_numpy(), sources),
        np.r_[0, np.cumsum(np.bincount(calls.trip, minlength=len(trip_ids)))].astype(np.int64),
    )
    transfers = transfer_rules(read_table(files, "transfers", ledger), stops, ledger)
    feed = Feed(timezone, agencies, stops, routes, kept, calls, transfers, days)
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


def _within(feed: Feed, inside: NDArray[np.bool_]) -> Feed:
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
    # arrow sorts bytes, which is the order of the letters; pandas would take four times as long
    trips = trips.iloc[array_sort_indices(pa.array(trips["trip_id"], pa.large_string())).to_numpy()]
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
