"""A delivery of the rail timetable to a GTFS zip, stage by stage.

Trips are the schedules that run, with their public calls only; stops are the stations. What GTFS can't say,
and what was mended or left out, is counted. transfers.txt carries the change times and walks of the delivery,
to which routing holds.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ptreach.sources.cif.days import resolve_days, week_of
from ptreach.sources.cif.delivery import Delivery
from ptreach.sources.cif.feed import Feed, Route, Trip, write_feed
from ptreach.sources.cif.links import transfers
from ptreach.sources.cif.operators import NO_CODE
from ptreach.sources.cif.reader import read_schedules
from ptreach.sources.cif.records import Vehicle, printable
from ptreach.sources.cif.repairs import Repairs
from ptreach.sources.cif.schedules import AT_CRS, NO_VEHICLE, STP_ORDER
from ptreach.sources.cif.stations import read_stations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.model import Progress
    from ptreach.sources.cif.days import RunningDays
    from ptreach.sources.cif.schedules import Schedules
    from ptreach.sources.cif.stations import Station, Stations


class Conversion(NamedTuple):
    """What a conversion read and wrote; ``repairs`` are lines for people, ``unplaced`` calls by place."""

    schedules: int
    cancellations: int
    trips: int
    calls: int
    stops: int
    services: int
    first_day: dt.date
    last_day: dt.date
    unplaced: dict[str, int]
    repairs: tuple[str, ...]


def convert(path: Path, out: Path, progress: Progress, *, with_ztr: bool = True) -> Conversion:
    """Write the timetable of a delivery to a GTFS zip, replacing any file.

    Parameters
    ----------
    path
        Zip of a full timetable as the Rail Delivery Group ships it.
    out
        GTFS zip to write.
    progress
        Told of the bytes read of each file, and of the trips written.
    with_ztr
        Whether to read the .ztr too: buses, ferries and railways that are not in Network Rail's timetable.

    Raises
    ------
    InputError
        Names the file of the delivery and the line that is at fault, or what can't be written.
    """
    repairs = Repairs()
    with Delivery(path) as delivery:
        feed, unplaced = _read_feed(delivery, repairs, progress, with_ztr=with_ztr)
    write_feed(out, feed, progress)
    schedules, rows = feed.schedules, np.array([trip.row for trip in feed.trips])
    return Conversion(
        schedules=schedules.uid.size,
        cancellations=int((schedules.stp == STP_ORDER.index("C")).sum()),
        trips=len(feed.trips),
        calls=int(np.diff(schedules.call_start)[rows].sum()),
        stops=len(feed.stops),
        services=len(feed.services),
        first_day=dt.date.fromordinal(feed.first_day),
        last_day=dt.date.fromordinal(feed.last_day),
        unplaced=unplaced,
        repairs=repairs.lines(),
    )


def _read_feed(
    delivery: Delivery, repairs: Repairs, progress: Progress, *, with_ztr: bool
) -> tuple[Feed, dict[str, int]]:
    """Return what is to be written, and how many calls were left out at which places that are no station."""
    stations = read_stations(delivery, repairs)
    schedules = read_schedules(delivery, repairs, progress, with_ztr=with_ztr)
    if not schedules.uid.size:
        delivery.refuse("no schedule (BS) in it", "mca")
    running = resolve_days(schedules, repairs)
    schedules, place_stops, unplaced = _placed(schedules, stations)
    trips, sets = _trips(schedules, place_stops, running, repairs)
    if not trips:
        delivery.refuse("nothing runs between two stations of the station file", "mca")
    every_day = 0
    for days in sets:
        every_day |= days
    first_day = running.first_day + (every_day & -every_day).bit_length() - 1
    last_day = running.first_day + every_day.bit_length() - 1
    stops = _stops(schedules, trips, place_stops, stations)
    feed = Feed(
        version=schedules.header.identity or "full",
        stops=stops,
        place_stops=place_stops,
        trips=trips,
        services=[week_of(days, running.first_day) for days in sets],
        schedules=schedules,
        transfers_s=transfers(delivery, stops, first_day, last_day, repairs),
        first_day=first_day,
        last_day=last_day,
    )
    return feed, unplaced


def _placed(schedules: Schedules, stations: Stations) -> tuple[Schedules, list[str | None], dict[str, int]]:
    """Return the schedules with calls at known places only, the stop of each place, and calls left out."""
    found = [stations.at(place) for place in schedules.places]
    stops = [station.crs if station and station.lon is not None else None for station in found]
    known = np.array([stop is not None for stop in stops], dtype=np.bool_)
    kept = known[schedules.call_place]
    lost = Counter[str]()
    for place, calls in Counter(schedules.call_place[~kept].tolist()).items():
        lost[printable(schedules.places[place]).removesuffix(AT_CRS)] += calls
    before = np.r_[0, np.cumsum(kept)]
    placed = schedules._replace(
        call_start=before[schedules.call_start],
        call_place=schedules.call_place[kept],
        call_arrival_min=schedules.call_arrival_min[kept],
        call_departure_min=schedules.call_departure_min[kept],
        call_pickup=schedules.call_pickup[kept],
        call_dropoff=schedules.call_dropoff[kept],
    )
    return (
        placed,
        stops,
        dict(sorted(lost.items())),
    )


def _trips(
    schedules: Schedules, place_stops: Sequence[str | None], running: RunningDays, repairs: Repairs
) -> tuple[list[Trip], list[int]]:
    """Return the trips, sorted by id, and the sets of days of their services, each set once."""
    calls_n = np.diff(schedules.call_start)
    carries = schedules.vehicle != NO_VEHICLE
    repairs.add(
        "schedules with fewer than two public calls at stations, left out",
        times=int((carries & (calls_n < 2)).sum()),
    )
    able = np.flatnonzero(carries & (calls_n >= 2)).tolist()
    rows = [row for row in able if running.days[row]]
    never = "schedules that run on no day of the extract: replaced, cancelled or over, left out"
    repairs.add(never, times=len(able) - len(rows))
    sets = sorted({running.days[row] for row in rows})
    service = {days: number for number, days in enumerate(sets)}
    trips, used, routes = [], Counter[str](), dict[Route, Route]()
    for row in rows:
        start, end = schedules.call_start[row : row + 2].tolist()
        first, last = (place_stops[schedules.call_place[at]] or "" for at in (start, end - 1))
        operator_id = schedules.operators[schedules.operator[row]] or NO_CODE
        route = Route(operator_id, Vehicle(schedules.vehicle[row]), (min(first, last), max(first, last)))
        trip_id = _trip_id(schedules, row)
        used[trip_id] += 1
        if used[trip_id] > 1:  # the same train from the same day, on other weekdays
            trip_id += f"-{used[trip_id]}"
        headcode = schedules.headcodes[schedules.headcode[row]]
        route = routes.setdefault(route, route)  # few routes, many trips
        trips.append(Trip(trip_id, row, route, service[running.days[row]], last, headcode))
    return sorted(trips), sets


def _trip_id(schedules: Schedules, row: int) -> str:
    """Return train UID, STP letter and first day of a schedule."""
    day = dt.date.fromordinal(int(schedules.first_day[row]))
    return f"{schedules.uid[row].decode()}-{STP_ORDER[schedules.stp[row]]}-{day:%Y%m%d}"


def _stops(
    schedules: Schedules, trips: Sequence[Trip], place_stops: Sequence[str | None], stations: Stations
) -> dict[str, Station]:
    """Return the stations that a trip calls at."""
    called = np.zeros(len(place_stops), dtype=np.bool_)
    for trip in trips:
        called[schedules.call_place[schedules.call_start[trip.row] : schedules.call_start[trip.row + 1]]] = (
            True
        )
    codes = {stop for stop, is_called in zip(place_stops, called.tolist(), strict=True) if is_called and stop}
    return {crs: stations.by_crs[crs] for crs in sorted(codes)}
