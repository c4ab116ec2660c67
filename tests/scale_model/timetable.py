"""Made-up trips between real stops, on the real routes and the real calendar.

A route's patterns are walks from stop to neighbouring stop, there and back and in parts. How many calls each
service has is solved for, so that each day of the calendar has about what such a day has.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import nnls
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

WEEKDAY = dt.date(2025, 12, 2)
"""A Tuesday on which the model has its weekday's calls."""
DAYS = 28  # from the weekday's Monday on
SHARE_OF_DAY = (1, 1, 1, 1, 1, 0.85, 0.5)
KPH, DETOUR = 19.0, 1.3
PATTERN_STOPS = (16, 60)
NEAR_M, FAR_M = 120.0, 900.0
TOWNWARDS = 2.0  # power of the number of stops nearby that draws a route's start
HOURS = np.array([5, 6, 7, 9, 15, 17, 18.5, 20, 23.5])
DEPARTED = np.array([0, 0.03, 0.12, 0.30, 0.60, 0.74, 0.85, 0.92, 1.0])  # share of the day's trips by then
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


class Trips(NamedTuple):
    """Trips by service, pattern and minute of departure; patterns as stop ids, minutes and their route."""

    patterns: list[tuple[str, int, list[str], NDArray[np.float64]]]
    services: list[str]
    service: NDArray[np.int64]
    pattern: NDArray[np.int64]
    minute: NDArray[np.int64]

    @property
    def calls(self) -> int:
        """Number of rows of stop_times.txt."""
        lengths = np.array([len(stops) for _, _, stops, _ in self.patterns])
        return int(lengths[self.pattern].sum())


def make_trips(
    source: Path,
    stop_ids: NDArray[np.object_],
    stops_m: NDArray[np.float64],
    routes_n: int,
    calls_n: int,
    day_calls_n: int,
    dice: np.random.Generator,
) -> Trips:
    """Make trips of about so many calls over the calendar and on a weekday."""
    routes = [row["route_id"] for row in _rows(source / "routes.txt")][:routes_n]
    patterns = [pattern for route in routes for pattern in _patterns_of(route, stop_ids, stops_m, dice)]
    lengths = np.array([len(stops) for _, _, stops, _ in patterns])
    busy = dict(zip(routes, dice.lognormal(0, 0.9, size=len(routes)), strict=True))
    chance = np.array([busy[route] / (1 + 2 * (part > 1)) for route, part, _, _ in patterns])
    chance /= chance.sum()
    services, calls_of = _calls_of_services(source, calls_n, day_calls_n)
    # whole trips, what is left of one service is the next one's
    trips_of = np.diff(np.rint(np.cumsum(np.r_[0, calls_of]) / (chance @ lengths))).astype(np.int64)
    service, pattern, minute = [], [], []
    for number, trips_n in enumerate(trips_of.tolist()):
        counts = dice.multinomial(trips_n, chance)
        used = np.repeat(np.arange(len(patterns)), counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        turn = np.arange(trips_n) - first + np.repeat(dice.random(len(patterns)), counts)
        hours = np.interp(turn / np.repeat(counts, counts), DEPARTED, HOURS)
        service.append(np.full(trips_n, number))
        pattern.append(used)
        minute.append(np.rint(hours * 60).astype(np.int64))
    return Trips(patterns, services, *map(np.concatenate, (service, pattern, minute)))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a table."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


def _patterns_of(
    route: str, stop_ids: NDArray[np.object_], stops_m: NDArray[np.float64], dice: np.random.Generator
) -> Iterator[tuple[str, int, list[str], NDArray[np.float64]]]:
    """Patterns of a route, with its id and their number: there, back, and parts of them."""
    tree = cKDTree(stops_m)
    crowd = np.array(
        tree.query_ball_point(stops_m[:: max(1, len(stops_m) // 500)], 800.0, return_length=True)
    )
    starts = np.arange(0, len(stops_m), max(1, len(stops_m) // 500))
    length = int(dice.integers(*PATTERN_STOPS))
    start = int(dice.choice(starts, p=crowd**TOWNWARDS / (crowd**TOWNWARDS).sum()))
    there = _walk(tree, stops_m, start, min(length, len(stops_m) // 4), dice)
    back = _other_side(tree, stops_m, there[::-1])
    parts = [there, back]
    for whole in (there, back):
        for _ in range(int(dice.integers(0, 4))):
            a, b = sorted(dice.integers(0, len(whole), size=2).tolist())
            if b - a >= 5:
                parts.append(whole[a : b + 1])
    for number, stops in enumerate(parts):
        step_m = np.hypot(*np.diff(stops_m[stops], axis=0).T)
        minutes = np.r_[0.0, np.cumsum(step_m * DETOUR / (KPH / 3.6) / 60)]
        yield route, number, stop_ids[stops].tolist(), minutes


def _walk(
    tree: cKDTree, stops_m: NDArray[np.float64], start: int, length: int, dice: np.random.Generator
) -> list[int]:
    """Stops from one to a neighbour ahead, and so on."""
    stops, heading = [start], dice.normal(size=2)
    while len(stops) < length:
        here = stops[-1]
        metres, near = tree.query(stops_m[here], k=min(24, len(stops_m)))
        ahead = [
            (int(stop), far)
            for stop, far in zip(near, metres, strict=True)
            if NEAR_M <= far <= FAR_M and stop not in stops
        ]
        if not ahead:
            break
        heading = heading / max(float(np.hypot(*heading)), 1e-9)
        worth = [(stops_m[s] - stops_m[here]) @ heading / far - far / FAR_M / 2 for s, far in ahead]
        best = ahead[int(np.argmax(np.array(worth) + dice.normal(0, 0.2, size=len(worth))))][0]
        heading = 0.7 * heading + 0.3 * (stops_m[best] - stops_m[here]) / np.hypot(
            *(stops_m[best] - stops_m[here])
        )
        stops.append(best)
    return stops


def _other_side(tree: cKDTree, stops_m: NDArray[np.float64], stops: list[int]) -> list[int]:
    """Stops across the road from some, or these where there is none."""
    found: list[int] = []
    for stop in stops:
        metres, near = tree.query(stops_m[stop], k=3)
        across = [int(s) for s, far in zip(near, metres, strict=True) if 0 < far < 80 and s not in stops]
        choice = next((s for s in across if s not in found), stop)
        found.append(choice)
    return found


def service_days(source: Path, first: dt.date, days: int) -> tuple[list[str], NDArray[np.float64]]:
    """Services, and whether each runs on each day, shape (days, services), of the real calendar."""
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    dates = [first + dt.timedelta(days=day) for day in range(days)]
    services: list[str] = []
    runs: list[NDArray[np.float64]] = []
    for row in _rows(source / "calendar.txt"):
        services.append(row["service_id"])
        runs.append(
            np.array(
                [
                    row["start_date"] <= f"{date:%Y%m%d}" <= row["end_date"]
                    and row[names[date.weekday()]] == "1"
                    for date in dates
                ],
                dtype=np.float64,
            )
        )
    table = np.stack(runs, axis=1)
    day_of = {f"{date:%Y%m%d}": day for day, date in enumerate(dates)}
    column_of = {service: column for column, service in enumerate(services)}
    for row in _rows(source / "calendar_dates.txt"):
        if row["date"] in day_of and row["service_id"] in column_of:
            table[day_of[row["date"]], column_of[row["service_id"]]] = row["exception_type"] == "1"
    return services, table


def _calls_of_services(source: Path, calls_n: int, day_calls_n: int) -> tuple[list[str], NDArray[np.float64]]:
    """Services and the calls of each: all of them together, and each day's as such a day has them."""
    monday = WEEKDAY - dt.timedelta(days=WEEKDAY.weekday())
    services, runs = service_days(source, monday, DAYS)
    wanted = np.array([SHARE_OF_DAY[day % 7] for day in range(DAYS)]) * day_calls_n
    even = np.eye(len(services)) * 0.15  # near to even: no service has all
    a = np.concatenate([runs, 10 * np.ones((1, len(services))), even])
    b = np.r_[wanted, 10 * calls_n, np.full(len(services), 0.15 * calls_n / len(services))]
    weekday = runs[WEEKDAY.weekday()]
    calls = nnls(np.concatenate([a, 10 * weekday[None]]), np.r_[b, 10 * day_calls_n])[0]
    return services, calls


def write_feed(path: Path, source: Path, stops: pd.DataFrame, trips: Trips) -> None:
    """Write the feed: real agency, routes, calendar and stops; trips and calls as made."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:

        def write(name: str, lines: Iterator[str]) -> None:
            info = zipfile.ZipInfo(f"{name}.txt", FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            with (
                archive.open(info, "w", force_zip64=True) as raw,
                io.TextIOWrapper(raw, encoding="utf-8", newline="\n") as stream,
            ):
                stream.writelines(lines)

        for name in ("agency", "routes", "calendar", "calendar_dates"):
            with (source / f"{name}.txt").open(encoding="utf-8-sig") as stream:
                write(name, iter(stream))
        write("stops", iter([stops.to_csv(index=False, lineterminator="\n")]))
        write("feed_info", _feed_info(source))
        write("trips", _trip_lines(trips))
        write("stop_times", _call_lines(trips))


def _feed_info(source: Path) -> Iterator[str]:
    """The real feed's dates, under a name that says what this is."""
    (row,) = _rows(source / "feed_info.txt")
    yield "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version\n"
    yield "Scale model: synthetic trips on real stops: no timetable,http://example.org/,EN,"
    yield f"{row['feed_start_date']},{row['feed_end_date']},synthetic\n"


def _trip_lines(trips: Trips) -> Iterator[str]:
    """Trips.txt."""
    yield "route_id,service_id,trip_id,trip_headsign,direction_id,block_id,shape_id\n"
    for number, (service, pattern) in enumerate(
        zip(trips.service.tolist(), trips.pattern.tolist(), strict=True)
    ):
        route, part, stops, _ = trips.patterns[pattern]
        yield f"{route},{trips.services[service]},VJ{number:06d},{stops[-1]},{part % 2},,\n"


def _call_lines(trips: Trips) -> Iterator[str]:
    """Stop_times.txt, a trip a piece."""
    yield "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type,timepoint\n"
    clock = [f"{minute // 60:02d}:{minute % 60:02d}:00" for minute in range(48 * 60)]
    tails = [
        [f"{stop},{k},0,0,{int(k == 0)}\n" for k, stop in enumerate(stops)]
        for _, _, stops, _ in trips.patterns
    ]
    for number, (pattern, minute) in enumerate(
        zip(trips.pattern.tolist(), trips.minute.tolist(), strict=True)
    ):
        peak = 1.15 if 450 <= minute < 570 or 960 <= minute < 1_110 else 1.0
        minutes = (minute + np.rint(peak * trips.patterns[pattern][3])).astype(np.int64).tolist()
        head = f"VJ{number:06d}"
        yield "".join(
            [f"{head},{clock[m]},{clock[m]},{tail}" for m, tail in zip(minutes, tails[pattern], strict=True)]
        )
