"""The national feeds as GTFS: rows of stop_times.txt come from a kernel, for there are eighty million."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from national_model.timetable import DAYS, FIRST_DAY, VERSIONS, WEEKS
from ptreach.sources.runs import ranges
from scale_model.model import PLANE
from scale_model.timetable import FIXED_TIME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from national_model.timetable import Feed

HOLIDAYS = ("20261225", "20261228", "20270101")
_TRIPS_AT_ONCE = 20_000
_LEVEL = 1


def write_feed(path: Path, feed: Feed, stops_m: NDArray[np.float64], dice: np.random.Generator) -> None:
    """Write a feed as GTFS, with the columns and lengths of ids that the Bus Open Data Service has."""
    trip_ids = np.frombuffer(dice.bytes(20 * feed.pattern.size).hex().encode(), dtype="S40")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:

        def write(name: str, parts: Iterable[bytes]) -> None:
            info = zipfile.ZipInfo(f"{name}.txt", FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as stream:
                for part in parts:
                    stream.write(part)

        write("agency", _agency_rows(feed))
        write("stops", _stop_rows(stops_m))
        write("routes", _route_rows(feed))
        write("calendar", _calendar_rows(feed))
        write("calendar_dates", _date_rows(feed))
        write("feed_info", _feed_info())
        write("trips", _trip_rows(feed, trip_ids))
        write("stop_times", _call_rows(feed, trip_ids, len(stops_m)))


def _agency_rows(feed: Feed) -> Iterator[bytes]:
    yield b"agency_id,agency_name,agency_url,agency_timezone,agency_lang,agency_phone,agency_noc\n"
    for number in range(feed.versions.size):
        name = f"Model Operator {number + 1}"
        yield f"OP{number + 1},{name},http://example.org/,Europe/London,EN,,M{number + 1:03d}\n".encode()


def _stop_rows(stops_m: NDArray[np.float64]) -> Iterator[bytes]:
    yield (
        b"stop_id,stop_code,stop_name,stop_lat,stop_lon,wheelchair_boarding,location_type,parent_station,"
        b"platform_code\n"
    )
    for number, (lon, lat) in enumerate(
        zip(*(column.tolist() for column in PLANE.degrees(stops_m)), strict=True)
    ):
        yield f"{_stop_id(number)},m{number},Model Stop {number // 2},{lat:.6f},{lon:.6f},0,,,\n".encode()


def _stop_id(number: int) -> str:
    """As long as an ATCO code."""
    return f"990M{number:08d}"


def _route_rows(feed: Feed) -> Iterator[bytes]:
    yield b"route_id,agency_id,route_short_name,route_long_name,route_type\n"
    for number, (operator, kind) in enumerate(
        zip(feed.operator.tolist(), feed.route_type.tolist(), strict=True)
    ):
        yield f"{number + 1},OP{operator + 1},{number % 999 + 1},,{kind}\n".encode()


def _services(feed: Feed) -> Iterator[tuple[int, str, dt.date, dt.date]]:
    """Number, weekdays, first and last day of all services."""
    for operator, versions in enumerate(feed.versions.tolist()):
        for version in range(versions):
            first, last = (WEEKS * end // versions for end in (version, version + 1))
            days = FIRST_DAY + dt.timedelta(weeks=first), FIRST_DAY + dt.timedelta(days=7 * last - 1)
            for kind, (weekdays, _) in enumerate(DAYS.values()):
                yield (operator * VERSIONS[1] + version) * len(DAYS) + kind, weekdays, *days


def _calendar_rows(feed: Feed) -> Iterator[bytes]:
    yield b"service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    for number, weekdays, first, last in _services(feed):
        yield f"{number},{weekdays},{first:%Y%m%d},{last:%Y%m%d}\n".encode()


def _date_rows(feed: Feed) -> Iterator[bytes]:
    yield b"service_id,date,exception_type\n"
    for number, weekdays, first, last in _services(feed):
        if weekdays.startswith("1"):
            for date in HOLIDAYS:
                if f"{first:%Y%m%d}" <= date <= f"{last:%Y%m%d}":
                    yield f"{number},{date},2\n".encode()


def _feed_info() -> Iterator[bytes]:
    yield b"feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version\n"
    last = FIRST_DAY + dt.timedelta(days=7 * WEEKS - 1)
    yield b"National model: synthetic trips on synthetic stops: no timetable,http://example.org/,EN,"
    yield f"{FIRST_DAY:%Y%m%d},{last:%Y%m%d},synthetic\n".encode()


def _trip_rows(feed: Feed, trip_ids: NDArray[np.bytes_]) -> Iterator[bytes]:
    yield (
        b"route_id,service_id,trip_id,trip_headsign,block_id,shape_id,wheelchair_accessible,"
        b"vehicle_journey_code\n"
    )
    last = feed.patterns.stop[feed.patterns.start[1:] - 1]
    for at in range(0, feed.pattern.size, _TRIPS_AT_ONCE):
        some = slice(at, at + _TRIPS_AT_ONCE)
        pattern = feed.pattern[some]
        columns = feed.patterns.route[pattern], feed.service[some], trip_ids[some], last[pattern]
        yield "".join(
            f'{route + 1},{service},VJ{name.decode()},Model Stop {stop // 2},,,0,"VJ{at},VJ{at + 1}"\n'
            for route, service, name, stop in zip(*(column.tolist() for column in columns), strict=True)
        ).encode()


def _call_rows(feed: Feed, trip_ids: NDArray[np.bytes_], stops_n: int) -> Iterator[bytes]:
    yield (
        b"trip_id,arrival_time,departure_time,stop_id,stop_sequence,stop_headsign,pickup_type,drop_off_type,"
        b"shape_dist_traveled,timepoint\n"
    )
    stop_ids = np.frombuffer("".join(map(_stop_id, range(stops_n))).encode(), np.uint8).reshape(stops_n, -1)
    letters = np.frombuffer(trip_ids.tobytes(), dtype=np.uint8).reshape(-1, 40)
    patterns = feed.patterns
    for at in range(0, feed.pattern.size, _TRIPS_AT_ONCE):
        some = slice(at, at + _TRIPS_AT_ONCE)
        pattern, minute = feed.pattern[some], feed.minute[some]
        calls = ranges(patterns.start[pattern], np.diff(patterns.start)[pattern])
        trip = np.repeat(np.arange(pattern.size), np.diff(patterns.start)[pattern])
        peak = np.where((minute >= 450) & (minute < 570) | (minute >= 960) & (minute < 1_110), 1.15, 1.0)
        minutes = (minute[trip] + np.rint(peak[trip] * patterns.minute[calls])).astype(np.int64)
        place = calls - patterns.start[pattern][trip]
        is_last = np.r_[np.diff(trip) > 0, True]
        room = np.empty(100 * trip.size, dtype=np.uint8)
        used = _put_calls(room, letters[some], trip, minutes, stop_ids, patterns.stop[calls], place, is_last)
        yield room[:used].tobytes()


@njit
def _put_number(room: NDArray[np.uint8], at: int, number: int) -> int:
    """Put a number in decimals; return where it ends."""
    size = 1
    while number >= 10**size:
        size += 1
    for digit in range(size):
        room[at + size - 1 - digit] = 48 + number % 10
        number //= 10
    return at + size


@njit
def _put_calls(
    room: NDArray[np.uint8],
    trip_ids: NDArray[np.uint8],
    trip: NDArray[np.int64],
    minutes: NDArray[np.int64],
    stop_ids: NDArray[np.uint8],
    stop: NDArray[np.int64],
    place: NDArray[np.int64],
    is_last: NDArray[np.bool_],
) -> int:
    """Put rows of stop_times.txt into a buffer; return their bytes."""
    comma, colon, zero = 44, 58, 48
    at = 0
    for row in range(trip.size):
        room[at], room[at + 1] = 86, 74  # VJ
        at += 2
        for letter in trip_ids[trip[row]]:
            room[at] = letter
            at += 1
        hour, minute = divmod(minutes[row], 60)
        for _ in range(2):
            room[at] = comma
            room[at + 1], room[at + 2] = zero + hour // 10, zero + hour % 10
            room[at + 3] = room[at + 6] = colon
            room[at + 4], room[at + 5] = zero + minute // 10, zero + minute % 10
            room[at + 7] = room[at + 8] = zero
            at += 9
        room[at] = comma
        at += 1
        for letter in stop_ids[stop[row]]:
            room[at] = letter
            at += 1
        room[at] = comma
        at = _put_number(room, at + 1, place[row])
        room[at] = room[at + 1] = comma
        room[at + 2] = zero + is_last[row]
        room[at + 3] = comma
        room[at + 4] = zero + (place[row] == 0)
        room[at + 5] = room[at + 6] = comma
        room[at + 7] = zero + (place[row] % 6 == 0)
        room[at + 8] = 10
        at += 9
    return at
