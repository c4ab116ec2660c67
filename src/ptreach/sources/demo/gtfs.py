"""The made-up timetables as GTFS feeds: the same bytes each time."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.sources.demo.osm import to_degrees
from ptreach.sources.demo.plan import TOWN
from ptreach.sources.demo.timetable import make_trips
from ptreach.zips import dateless_entry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ptreach.sources.demo.transit import Pattern, Transit

FIRST_DAY: Final = "20260727"
LAST_DAY: Final = "20270103"
_ROUTE_TYPES: Final = {"tram": 0, "rail": 2, "bus": 3}
_AGENCIES: Final = {
    "bus": f"{TOWN} Buses (made-up operator)",
    "tram": f"{TOWN} Tramway (made-up operator)",
    "rail": f"{TOWN} Line (made-up operator)",
}
_CALENDAR: Final = (
    ("weekday", "1,1,1,1,1,0,0"),
    ("saturday", "0,0,0,0,0,1,0"),
    ("sunday", "0,0,0,0,0,0,1"),
)
# Removed (2) and added (1): bank holidays run as Sundays, nothing runs on Christmas Day.
_EXCEPTIONS: Final = (
    ("weekday", "20260831", 2),
    ("sunday", "20260831", 1),
    ("weekday", "20261225", 2),
    ("saturday", "20261226", 2),
    ("sunday", "20261226", 1),
    ("weekday", "20261228", 2),
    ("sunday", "20261228", 1),
    ("weekday", "20270101", 2),
    ("sunday", "20270101", 1),
)
_SITE: Final = "https://example.org/averbridge"


def write_feed(path: Path, transit: Transit, vehicle: str) -> None:
    """Write one feed of `vehicle` (bus, tram or rail), replacing any file."""
    tables = {
        "agency.txt": _agency(vehicle),
        "stops.txt": _stops(transit),
        "routes.txt": _routes(transit, vehicle),
        "calendar.txt": _calendar(),
        "calendar_dates.txt": _calendar_dates(),
        "feed_info.txt": _feed_info(),
        "shapes.txt": _shapes(transit),
        **_trips(transit, vehicle),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(tables):
            archive.writestr(dateless_entry(name), tables[name].encode())


def clock(seconds: int) -> str:
    """Return HH:MM:SS; hours may pass 24."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _table(header: str, rows: Iterable[str]) -> str:
    """Return a table of lines that are already comma-separated."""
    return "\n".join([header, *rows]) + "\n"


def _agency(vehicle: str) -> str:
    header = "agency_id,agency_name,agency_url,agency_timezone,agency_lang"
    return _table(header, [f"X{vehicle.upper()},{_AGENCIES[vehicle]},{_SITE},Europe/London,en"])


def _stops(transit: Transit) -> str:
    lon, lat = to_degrees(np.array([(stop.x, stop.y) for stop in transit.stops]))
    rows = [
        f"{stop.stop_id},{stop.name},{y:.6f},{x:.6f}"
        for stop, x, y in zip(transit.stops, lon.tolist(), lat.tolist(), strict=True)
    ]
    return _table("stop_id,stop_name,stop_lat,stop_lon", rows)


def _routes(transit: Transit, vehicle: str) -> str:
    lines = {pattern.line.number: pattern.line for pattern in transit.patterns}
    rows = [
        f"{_route_id(line.number)},X{vehicle.upper()},{line.number},{line.title},{_ROUTE_TYPES[vehicle]}"
        for line in lines.values()
    ]
    return _table("route_id,agency_id,route_short_name,route_long_name,route_type", rows)


def _route_id(number: str) -> str:
    return f"X-{number}"


def _calendar() -> str:
    header = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"
    return _table(header, [f"{service},{days},{FIRST_DAY},{LAST_DAY}" for service, days in _CALENDAR])


def _calendar_dates() -> str:
    return _table("service_id,date,exception_type", [f"{s},{date},{kind}" for s, date, kind in _EXCEPTIONS])


def _feed_info() -> str:
    header = "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version"
    row = f"ptreach demo (made-up timetable; not for travel),{_SITE},en,{FIRST_DAY},{LAST_DAY},made-up-1"
    return _table(header, [row])


def _shape_id(pattern: Pattern) -> str:
    return f"{_route_id(pattern.line.number)}-{pattern.direction}"


def _shapes(transit: Transit) -> str:
    rows: list[str] = []
    for pattern in transit.patterns:
        lon, lat = to_degrees(pattern.path)
        along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(pattern.path, axis=0).T))]
        shape = _shape_id(pattern)
        rows += [
            f"{shape},{y:.6f},{x:.6f},{number},{s:.1f}"
            for number, (x, y, s) in enumerate(zip(lon.tolist(), lat.tolist(), along.tolist(), strict=True))
        ]
    return _table("shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence,shape_dist_traveled", rows)


def _trips(transit: Transit, vehicle: str) -> dict[str, str]:
    """Return trips.txt and stop_times.txt."""
    trips: list[str] = []
    calls: list[str] = []
    times: dict[int, str] = {}
    tails: list[list[str]] = []
    for pattern in transit.patterns:
        ids = [transit.stops[stop].stop_id for stop in pattern.stops]
        last = len(ids) - 1
        tails.append(
            [
                f"{stop_id},{number},{int(number == last)},{int(number == 0)},{at:.1f}"
                for number, (stop_id, at) in enumerate(zip(ids, pattern.at_m.tolist(), strict=True))
            ]
        )
    for number, trip in enumerate(make_trips(transit.patterns, vehicle), 1):
        pattern = transit.patterns[trip.pattern]
        trip_id = f"X{vehicle[0].upper()}{number:05d}"
        ends = pattern.line.title.split(" - ")
        headsign = (ends[-1] if pattern.direction == 0 else ends[0]).removeprefix("Orbital: ")
        shape = _shape_id(pattern)
        route = _route_id(pattern.line.number)
        trips.append(f"{route},{trip.service},{trip_id},{headsign},{pattern.direction},{shape}")
        for seconds, tail in zip(trip.call_s.tolist(), tails[trip.pattern], strict=True):
            text = times.get(seconds)
            if text is None:
                text = times[seconds] = clock(seconds)
            calls.append(f"{trip_id},{text},{text},{tail}")
    header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"
    header += ",pickup_type,drop_off_type,shape_dist_traveled"
    return {
        "trips.txt": _table("route_id,service_id,trip_id,trip_headsign,direction_id,shape_id", trips),
        "stop_times.txt": _table(header, calls),
    }
