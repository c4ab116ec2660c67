"""Timetables: GTFS feeds cleaned and put together as flat arrays of integers.

Feeds lie, so everything that is mended or left out is counted in ``repairs``. Each feed has its own ids: in
the arrays a stop is ``feed:stop``, where the feed is named after its file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.gtfs_calls import Calls, clean_calls, expand_frequencies
from ptreach.sources.gtfs_tables import numbers_of, positions_of, read_tables
from ptreach.sources.gtfs_transfers import TransferRules, joined_rules, transfer_rules
from ptreach.sources.modes import OTHER, modes_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.model import FloatArray

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FIRST_DAY: Final = dt.date(1990, 1, 1).toordinal()
_LAST_DAY: Final = dt.date(2100, 1, 1).toordinal()


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
    repairs: dict[str, int]


class _Days(NamedTuple):
    """Days of a feed's services: service v runs on the day ``first_day + d`` where ``runs[v, d]``."""

    service_ids: list[str]
    first_day: int
    runs: NDArray[np.bool_]


class _Feed(NamedTuple):
    """One feed, cleaned; its stops, routes, trips and services are numbered from 0."""

    timezone: str
    agency_names: list[str]
    stops: pd.DataFrame
    routes: pd.DataFrame
    trips: pd.DataFrame
    calls: Calls
    transfers: TransferRules
    days: _Days


def read_timetables(paths: Sequence[Path]) -> Timetables:
    """Read GTFS feeds and put them together in the order of `paths`.

    Raises
    ------
    InputError
        Names the feed and the file in it that is missing or unreadable; also for feeds of different time
        zones and for two feeds of one name.
    """
    if not paths:
        raise InputError("no timetable", where="feeds", remedy="name at least one GTFS zip")
    names = [path.name.split(".")[0] for path in paths]
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(
                f"{count} feeds are named '{name}'", where=str(paths[0]), remedy="rename one of the files"
            )
    repairs: Counter[str] = Counter()
    feeds = [_read_feed(path, repairs) for path in paths]
    zones = sorted({feed.timezone for feed in feeds})
    if len(zones) > 1:
        raise InputError(
            f"the feeds have different time zones: {', '.join(zones)}",
            where=", ".join(map(str, paths)),
            remedy="build one network from feeds of one time zone",
        )
    return _joined(names, feeds, zones[0], repairs)


def _read_feed(path: Path, repairs: Counter[str]) -> _Feed:
    """Return one feed, cleaned; count what was mended."""
    tables = read_tables(path, repairs)
    stops = _stops(tables["stops"], path, repairs)
    agency_names, routes = _routes(tables, repairs)
    days = _calendar(tables, path, repairs)
    trips = tables["trips"].astype(object)
    named = trips[["trip_id", "route_id", "service_id"]].notna().all(axis=1)
    trips = _counted(trips, named, "trips without an id, a route or a service", repairs)
    trips = _counted(trips, ~trips["trip_id"].duplicated(), "trips listed twice", repairs)
    trips = _counted(trips, trips["route_id"].isin(routes["route_id"]), "trips of unknown routes", repairs)
    trips = _counted(
        trips, trips["service_id"].isin(days.service_ids), "trips of services without a calendar", repairs
    )
    trips = trips.sort_values("trip_id")
    trips = pd.DataFrame(
        {
            "trip_id": trips["trip_id"].to_numpy(),
            "route": pd.Index(routes["route_id"]).get_indexer(pd.Index(trips["route_id"])).astype(np.int32),
            "service": pd.Index(days.service_ids).get_indexer(pd.Index(trips["service_id"])).astype(np.int32),
            "block": pd.factorize(trips["block_id"], sort=True)[0] if "block_id" in trips else -1,
        }
    )
    calls = clean_calls(tables["stop_times"], trips["trip_id"], stops, repairs)
    frequencies = tables.get("frequencies")
    if frequencies is not None:
        calls = expand_frequencies(calls, frequencies, trips["trip_id"], repairs)
    if not calls.trip.size:
        raise InputError("no trip is left that calls at two stops", where=str(path), remedy="check the feed")
    transfers = transfer_rules(tables.get("transfers"), stops, repairs)
    return _Feed(_timezone(tables, path), agency_names, stops, routes, trips, calls, transfers, days)


def _routes(tables: dict[str, pd.DataFrame], repairs: Counter[str]) -> tuple[list[str], pd.DataFrame]:
    """Return the names of agencies, and routes by route_id: columns route_id, name, mode, agency.

    A route that names no agency is of the feed's first; one that names an unknown agency, of one called so.
    """
    routes = tables["routes"].astype(object)
    routes = _counted(routes, routes["route_id"].notna(), "routes without an id", repairs)
    routes = _counted(routes, ~routes["route_id"].duplicated(), "routes listed twice", repairs)
    routes = routes.sort_values("route_id")
    modes = (
        modes_of(numbers_of(routes["route_type"])) if "route_type" in routes else np.full(len(routes), OTHER)
    )
    repairs["routes whose type has no meaning"] += int((modes == OTHER).sum())
    names = _agencies(tables.get("agency"))
    first = next(iter(names), "")
    agency = routes["agency_id"].fillna(first) if "agency_id" in routes else pd.Series(first, routes.index)
    for agency_id in sorted(set(agency) - set(names)):
        names[agency_id] = agency_id
    routes = pd.DataFrame(
        {
            "route_id": routes["route_id"].to_numpy(),
            "name": _route_names(routes),
            "mode": modes.astype(np.int8),
            "agency": pd.Index(list(names)).get_indexer(pd.Index(agency)).astype(np.int32),
        }
    )
    return list(names.values()), routes


def _agencies(table: pd.DataFrame | None) -> dict[str, str]:
    """Return the names of a feed's agencies by their id, in the order of the feed; the id may be empty."""
    if table is None:
        return {}
    table = table.astype(object).fillna("")
    ids = table["agency_id"] if "agency_id" in table else pd.Series("", table.index)
    names = table.get("agency_name", ids)
    found: dict[str, str] = {}
    for agency_id, name in zip(ids, names, strict=True):
        found.setdefault(str(agency_id), str(name or agency_id))
    return found


def _counted(table: pd.DataFrame, kept: pd.Series[Any], what: str, repairs: Counter[str]) -> pd.DataFrame:
    """Return the rows that are kept and count the others."""
    keep = kept.fillna(value=False).to_numpy(dtype=np.bool_)
    repairs[what] += int((~keep).sum())
    return table[keep]


def _stops(table: pd.DataFrame, path: Path, repairs: Counter[str]) -> pd.DataFrame:
    """Return stops with a place: columns stop_id, name, parent_id, lon, lat, sorted by stop_id.

    A platform without coordinates gets those of its station, a boarding area those of its platform.
    """
    table = _counted(table, table["stop_id"].notna(), "stops without an id", repairs)
    table = _counted(table, ~table["stop_id"].duplicated(), "stops listed twice", repairs)
    names = table["stop_name"] if "stop_name" in table else table["stop_id"]
    lon, lat = numbers_of(table["stop_lon"]), numbers_of(table["stop_lat"])
    nowhere = ~((np.abs(lon) <= 180) & (np.abs(lat) < 89)) | ((lon == 0) & (lat == 0))
    ids = pd.Index(table["stop_id"].astype(object))
    parent = (
        positions_of(table["parent_station"], ids) if "parent_station" in table else np.full(len(ids), -1)
    )
    for _ in range(2):
        helped = nowhere & (parent >= 0) & ~nowhere[parent]
        lon[helped], lat[helped] = lon[parent[helped]], lat[parent[helped]]
        nowhere &= ~helped
        repairs["stops placed at their station"] += int(helped.sum())
    stops = pd.DataFrame(
        {
            "stop_id": ids,
            "name": names.astype(object).fillna("").to_numpy(),
            "parent_id": table["parent_station"].astype(object).to_numpy()
            if "parent_station" in table
            else None,
            "lon": lon,
            "lat": lat,
        }
    )
    stops = _counted(stops, pd.Series(~nowhere), "stops without a place", repairs)
    if stops.empty:
        raise InputError(
            "no stop has coordinates", where=f"{path}, stops.txt", remedy="take a whole GTFS feed"
        )
    return stops.sort_values("stop_id", ignore_index=True)


def _calendar(tables: dict[str, pd.DataFrame], path: Path, repairs: Counter[str]) -> _Days:
    """Return which services run on which days, those of years that no timetable is about left out."""
    weeks = _dated(tables.get("calendar"), ("start_date", "end_date"), repairs)
    exceptions = _dated(tables.get("calendar_dates"), ("date",), repairs)
    spans = [(max(row.start_date, _FIRST_DAY), min(row.end_date, _LAST_DAY)) for row in weeks]
    ends = [*spans, *((row.date, row.date) for row in exceptions)]
    first_day, last_day = min((a for a, _ in ends), default=0), max((b for _, b in ends), default=0)
    services = sorted({row.service_id for row in (*weeks, *exceptions)})
    number = {service: idx for idx, service in enumerate(services)}
    runs = np.zeros((len(services), last_day - first_day + 1), dtype=np.bool_)
    for row, (start, end) in zip(weeks, spans, strict=True):
        flags = np.array([getattr(row, weekday) == "1" for weekday in _WEEKDAYS])
        # ordinal 1 was a Monday
        runs[number[row.service_id], start - first_day : end - first_day + 1] |= flags[
            (np.arange(start, end + 1) - 1) % 7
        ]
    for row in exceptions:
        if row.exception_type in {"1", "2"}:
            runs[number[row.service_id], row.date - first_day] = row.exception_type == "1"
        else:
            repairs["calendar exceptions of unknown type"] += 1
    days = np.flatnonzero(runs.any(axis=0))
    if not days.size:
        raise InputError(
            "no service runs on any day",
            where=f"{path}, calendar.txt and calendar_dates.txt",
            remedy="take a whole GTFS feed",
        )
    return _Days(services, first_day + int(days[0]), runs[:, days[0] : days[-1] + 1])


def _dated(table: pd.DataFrame | None, columns: tuple[str, ...], repairs: Counter[str]) -> list[Any]:
    """Return the rows of a calendar table, dates as ordinals, without those whose dates can't be read."""
    if table is None:
        return []
    table = table.astype(object)
    for column in columns:
        table[column] = [_ordinal(text) for text in table[column]]
    first, last = table[columns[0]], table[columns[-1]]
    good = table["service_id"].notna() & (first > 0) & (first <= _LAST_DAY) & (last >= _FIRST_DAY)
    good &= first <= last
    kept = _counted(table, good, "calendar rows without a service or days", repairs)
    return list(kept.itertuples())


@cache
def _ordinal(text: object) -> int:
    """Return the ordinal of a day such as ``20200616``, 0 where that is no day."""
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", str(text), re.ASCII)
    try:
        return dt.date(*map(int, match.groups())).toordinal() if match else 0
    except ValueError:
        return 0


def _timezone(tables: dict[str, pd.DataFrame], path: Path) -> str:
    """Return the one time zone of a feed's agencies."""
    agency = tables.get("agency")
    zones: list[str] = []
    if agency is not None and "agency_timezone" in agency:
        zones = sorted(set(agency["agency_timezone"].dropna()))
    if len(zones) != 1:
        what = f"agencies have different time zones: {', '.join(zones)}" if zones else "no agency_timezone"
        raise InputError(
            what, where=f"{path}, agency.txt", remedy="give all agencies of the feed one time zone"
        )
    try:
        ZoneInfo(zones[0])
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"no time zone '{zones[0]}'",
            where=f"{path}, agency.txt, agency_timezone",
            remedy="write one such as Europe/London",
        ) from error
    return str(zones[0])


def _joined(names: Sequence[str], feeds: Sequence[_Feed], timezone: str, repairs: Counter[str]) -> Timetables:
    """Put feeds together: every number of a feed is moved past those of the feeds before it."""
    first_day = min(feed.days.first_day for feed in feeds)
    last_day = max(feed.days.first_day + feed.days.runs.shape[1] for feed in feeds) - 1
    service_days = np.zeros(
        (sum(len(feed.days.service_ids) for feed in feeds), last_day - first_day + 1), dtype=np.bool_
    )
    parts: dict[str, list[Any]] = defaultdict(list)
    stops_n = routes_n = services_n = blocks_n = agencies_n = 0
    for name, feed in zip(names, feeds, strict=True):
        services, days = feed.days.runs.shape
        from_day = feed.days.first_day - first_day
        service_days[services_n : services_n + services, from_day : from_day + days] = feed.days.runs
        parts["stop_ids"] += [f"{name}:{stop_id}" for stop_id in feed.stops["stop_id"]]
        parts["stop_names"] += list(feed.stops["name"])
        parts["agency_names"] += feed.agency_names
        parts["route_names"] += list(feed.routes["name"])
        parts["route_agency"].append(feed.routes["agency"].to_numpy() + agencies_n)
        starts = np.flatnonzero(np.r_[True, feed.calls.trip[1:] != feed.calls.trip[:-1]])
        rows = feed.calls.source_trip[starts]
        parts["trip_ids"] += [f"{name}:{trip_id}" for trip_id in feed.trips["trip_id"].to_numpy()[rows]]
        parts["trip_route"].append(feed.trips["route"].to_numpy()[rows] + routes_n)
        parts["trip_service"].append(feed.trips["service"].to_numpy()[rows] + services_n)
        parts["trip_block"].append(_blocks(feed.trips["block"].to_numpy(), rows, blocks_n))
        parts["lengths"].append(np.diff(np.r_[starts, feed.calls.trip.size]))
        parts["call_stop"].append(feed.calls.stop + stops_n)
        parts["stops_before"].append(stops_n)
        blocks_n += int(feed.trips["block"].max()) + 1
        stops_n += len(feed.stops)
        routes_n += len(feed.routes)
        agencies_n += len(feed.agency_names)
        services_n += services
    calls = [feed.calls for feed in feeds]

    def numbers(name: str) -> NDArray[np.int32]:
        return np.concatenate(parts[name]).astype(np.int32)

    return Timetables(
        feed_ids=tuple(names),
        timezone=timezone,
        stop_ids=tuple(parts["stop_ids"]),
        stop_names=tuple(parts["stop_names"]),
        stop_lon=np.concatenate([feed.stops["lon"] for feed in feeds]),
        stop_lat=np.concatenate([feed.stops["lat"] for feed in feeds]),
        agency_names=tuple(parts["agency_names"]),
        route_names=tuple(parts["route_names"]),
        route_mode=np.concatenate([feed.routes["mode"] for feed in feeds]),
        route_agency=numbers("route_agency"),
        trip_ids=tuple(parts["trip_ids"]),
        trip_route=numbers("trip_route"),
        trip_service=numbers("trip_service"),
        trip_block=numbers("trip_block"),
        trip_start=np.r_[0, np.cumsum(np.concatenate(parts["lengths"]))].astype(np.int64),
        call_stop=numbers("call_stop"),
        call_arrival_s=np.concatenate([call.arrival_s for call in calls]),
        call_departure_s=np.concatenate([call.departure_s for call in calls]),
        call_board=np.concatenate([call.board for call in calls]),
        call_alight=np.concatenate([call.alight for call in calls]),
        transfer_rules=joined_rules([feed.transfers for feed in feeds], parts["stops_before"]),
        first_day=first_day,
        service_days=service_days,
        repairs={what: number for what, number in sorted(repairs.items()) if number},
    )


def _blocks(block: NDArray[np.int64], rows: NDArray[np.int64], first: int) -> NDArray[np.int64]:
    """Return the block of each trip, -1 if none; those that frequencies.txt repeats are not one vehicle's."""
    repeated = np.bincount(rows, minlength=block.size)[rows] > 1
    return np.where((block[rows] < 0) | repeated, -1, block[rows] + first)


def _route_names(routes: pd.DataFrame) -> list[str]:
    """Return the number on the bus of each route, else its long name, else its id."""
    names = routes["route_id"].astype(object)
    for column in ("route_long_name", "route_short_name"):
        if column in routes:
            names = routes[column].astype(object).where(routes[column].notna(), names)
    return [str(name) for name in names]
