"""A timetable as a GTFS zip: the same bytes each time, written table by table, never held as text."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.errors import InputError
from ptreach.sources.cif.operators import operator_name
from ptreach.sources.cif.records import Vehicle
from ptreach.zips import dateless_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ptreach.model import Progress
    from ptreach.sources.cif.days import Week
    from ptreach.sources.cif.schedules import Schedules
    from ptreach.sources.cif.stations import Station

_ROWS_AT_ONCE: Final = 20_000
_SITE: Final = "https://www.nationalrail.co.uk/"
_PUBLISHER: Final = "Rail Delivery Group"
_PUBLISHER_SITE: Final = "https://www.raildeliverygroup.com/"
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Replacement buses are plain buses: many programs do not know the extended type 714.
_ROUTE_TYPES: Final = {
    Vehicle.METRO: 1,
    Vehicle.RAIL: 2,
    Vehicle.BUS: 3,
    Vehicle.REPLACEMENT_BUS: 3,
    Vehicle.SHIP: 4,
}
_ROUTE_WORDS: Final = {
    Vehicle.METRO: "metro",
    Vehicle.RAIL: "train",
    Vehicle.BUS: "bus",
    Vehicle.REPLACEMENT_BUS: "rail replacement bus",
    Vehicle.SHIP: "ship",
}

_CLOCK: Final = tuple(f"{minute // 60:02d}:{minute % 60:02d}:00" for minute in range(4 * 1440))


class Route(NamedTuple):
    """All that one operator runs as one kind of vehicle between two ends, either way."""

    operator_id: str
    vehicle: Vehicle
    ends: tuple[str, str]

    @property
    def route_id(self) -> str:
        """Operator, ends and kind of vehicle."""
        return "-".join((self.operator_id, *self.ends, self.vehicle.name.lower()))


class Trip(NamedTuple):
    """A schedule that runs; ``row`` is its position in `Schedules`, ``service`` in the feed's services."""

    trip_id: str
    row: int
    route: Route
    service: int
    last_stop: str
    headcode: str


class Feed(NamedTuple):
    """What is written: trips sorted by id, calls in ``schedules``, whose places are the stations ``stops``.

    ``transfers_s`` are seconds from station to station; days are ordinals, both included.
    """

    version: str
    stops: dict[str, Station]
    place_stops: Sequence[str | None]
    trips: Sequence[Trip]
    services: Sequence[Week]
    schedules: Schedules
    transfers_s: dict[tuple[str, str], int]
    first_day: int
    last_day: int


def write_feed(path: Path, feed: Feed, progress: Progress) -> None:
    """Write a feed; it grows in ``NAME.part`` beside `path`, and takes its name when it is whole.

    Raises
    ------
    InputError
        Where the file can't be written: a full disk, a folder that is closed to us.
    """
    tables = {
        "agency.txt": _agency(feed),
        "attributions.txt": _attributions(),
        "calendar.txt": _calendar(feed),
        "calendar_dates.txt": _calendar_dates(feed),
        "feed_info.txt": _feed_info(feed),
        "routes.txt": _routes(feed),
        "stop_times.txt": _stop_times(feed, progress),
        "stops.txt": _stops(feed),
        "transfers.txt": _transfers(feed),
        "trips.txt": _trips(feed),
    }
    part = path.with_name(f"{path.name}.part")
    try:
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                for name, rows in tables.items():
                    _write_table(archive, name, rows)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"can't be written: {error.strerror or error}",
            where=str(path),
            remedy="free some room, close the program that has it open, or name another file",
        ) from error


def _write_table(archive: zipfile.ZipFile, name: str, rows: Iterator[Iterable[object]]) -> None:
    """Add a table, unless it has a header only."""
    head = list(islice(rows, 2))
    if len(head) < 2:
        return
    with archive.open(dateless_entry(name), "w", force_zip64=name == "stop_times.txt") as stream:
        batch: Iterable[Iterable[object]] = head
        while batch:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(batch)
            stream.write(text.getvalue().encode())
            batch = list(islice(rows, _ROWS_AT_ONCE))


def _date(day: int) -> str:
    return dt.date.fromordinal(day).strftime("%Y%m%d")


def _agency(feed: Feed) -> Iterator[Iterable[object]]:
    yield "agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"
    for operator_id in sorted({trip.route.operator_id for trip in feed.trips}):
        yield operator_id, operator_name(operator_id), _SITE, "Europe/London", "en"


def _attributions() -> Iterator[Iterable[object]]:
    yield "attribution_id", "organization_name", "is_producer", "attribution_url"
    yield "source", _PUBLISHER, 1, _PUBLISHER_SITE


def _feed_info(feed: Feed) -> Iterator[Iterable[object]]:
    yield (
        "feed_publisher_name",
        "feed_publisher_url",
        "feed_lang",
        "feed_start_date",
        "feed_end_date",
        "feed_version",
    )
    name = f"{_PUBLISHER} (timetable in CIF, converted by ptreach)"
    yield name, _PUBLISHER_SITE, "en", _date(feed.first_day), _date(feed.last_day), feed.version


def _stops(feed: Feed) -> Iterator[Iterable[object]]:
    yield "stop_id", "stop_name", "stop_lat", "stop_lon"
    for crs, station in sorted(feed.stops.items()):
        yield crs, station.name, f"{station.lat:.6f}", f"{station.lon:.6f}"


def _routes(feed: Feed) -> Iterator[Iterable[object]]:
    yield "route_id", "agency_id", "route_short_name", "route_long_name", "route_desc", "route_type"
    routes = {trip.route for trip in feed.trips}
    for route in sorted(routes, key=lambda route: route.route_id):
        ends = " - ".join(feed.stops[crs].name for crs in route.ends)
        words, kind = _ROUTE_WORDS[route.vehicle], _ROUTE_TYPES[route.vehicle]
        yield route.route_id, route.operator_id, "", ends, words, kind


def _service_id(service: int) -> str:
    return f"S{service:06d}"


def _trips(feed: Feed) -> Iterator[Iterable[object]]:
    yield "route_id", "service_id", "trip_id", "trip_headsign", "trip_short_name", "direction_id"
    for trip in feed.trips:
        outbound = trip.last_stop == trip.route.ends[1]
        headsign = feed.stops[trip.last_stop].name
        service_id = _service_id(trip.service)
        yield trip.route.route_id, service_id, trip.trip_id, headsign, trip.headcode, int(not outbound)


def _stop_times(feed: Feed, progress: Progress) -> Iterator[Iterable[object]]:
    yield (
        "trip_id",
        "arrival_time",
        "departure_time",
        "stop_id",
        "stop_sequence",
        "pickup_type",
        "drop_off_type",
    )
    schedules, total = feed.schedules, len(feed.trips)
    progress("write", 0, total)
    for done, trip in enumerate(feed.trips, 1):
        calls = slice(*schedules.call_start[trip.row : trip.row + 2].tolist())
        columns = (
            schedules.call_arrival_min[calls].tolist(),
            schedules.call_departure_min[calls].tolist(),
            schedules.call_place[calls].tolist(),
            schedules.call_pickup[calls].tolist(),
            schedules.call_dropoff[calls].tolist(),
        )
        for number, (arrival, departure, place, pickup, dropoff) in enumerate(zip(*columns, strict=True), 1):
            stop_id = feed.place_stops[place]
            yield trip.trip_id, _CLOCK[arrival], _CLOCK[departure], stop_id, number, pickup, dropoff
        if done % 1_000 == 0 or done == total:
            progress("write", done, total)


def _transfers(feed: Feed) -> Iterator[Iterable[object]]:
    yield "from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time"
    for (one, other), seconds in sorted(feed.transfers_s.items()):
        yield one, other, 2, seconds


def _calendar(feed: Feed) -> Iterator[Iterable[object]]:
    yield "service_id", *_WEEKDAYS, "start_date", "end_date"
    for number, week in enumerate(feed.services):
        if any(week.weekdays):
            flags = (int(flag) for flag in week.weekdays)
            yield _service_id(number), *flags, _date(week.first_day), _date(week.last_day)


def _calendar_dates(feed: Feed) -> Iterator[Iterable[object]]:
    yield "service_id", "date", "exception_type"
    for number, week in enumerate(feed.services):
        exceptions = [(day, 1) for day in week.added] + [(day, 2) for day in week.removed]
        for day, kind in sorted(exceptions):
            yield _service_id(number), _date(day), kind
