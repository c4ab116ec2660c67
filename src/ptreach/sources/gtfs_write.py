"""Cleaned feeds written out: what is left of each feed after cleaning, as a GTFS zip that needs none.

Times and trips are written out (frequencies.txt is expanded: R5 would place such trips at random), services
as weeks with exceptions, rules of transfers stop by stop. Reading the zips again gives the same timetables.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ptreach.aside import written_aside
from ptreach.sources.gtfs_tables import WEEKDAYS
from ptreach.sources.gtfs_transfers import FORBIDDEN_S
from ptreach.sources.modes import MODES
from ptreach.zips import dateless_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.sources.gtfs import Timetables

# R5 knows no trolleybus but by its extended type, and neither taxis nor planes: these are written as buses,
# with what they are in a column of our own.
_ROUTE_TYPES: Final = {
    "bus": 3,
    "coach": 200,
    "trolleybus": 800,
    "tram": 0,
    "metro": 1,
    "rail": 2,
    "ferry": 4,
    "cable car": 6,
    "funicular": 7,
}
_ROWS_AT_ONCE: Final = 500_000
_CALLS: Final = (
    "trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "pickup_type", "drop_off_type",
)  # fmt: skip


def write_cleaned(timetables: Timetables, folder: Path) -> tuple[Path, ...]:
    """Write each feed that has trips as ``<feed>.zip`` below a folder; return the files.

    The same timetables give the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, name in enumerate(timetables.feed_ids):
        feed = _FeedPart(timetables, number)
        if not len(feed.trips):
            continue
        path = folder / f"{name}.zip"
        with written_aside(path) as aside, zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
            for table, header, rows in feed.small_tables():
                with _member(archive, table) as stream:
                    text = io.TextIOWrapper(stream, "utf-8", newline="")
                    writer = csv.writer(text, lineterminator="\n")
                    writer.writerow(header)
                    writer.writerows(rows)
                    text.flush()
                    text.detach()
            with _member(archive, "stop_times") as stream:
                feed.write_calls(stream)
        written.append(path)
    return tuple(written)


def _member(archive: zipfile.ZipFile, table: str) -> Any:  # noqa: ANN401  a stream of zipfile's own
    """Open a table for writing; it bears no date."""
    return archive.open(dateless_entry(f"{table}.txt"), "w", force_zip64=True)


class _FeedPart:
    """The part of timetables that is of one feed."""

    def __init__(self, timetables: Timetables, feed: int) -> None:
        self._whole = timetables
        starts = timetables.feeds.starts[feed : feed + 2].T.tolist()
        self.stops, self._agencies, self._routes, self._services, self.trips = (
            range(*ends) for ends in starts
        )
        self._prefix = len(timetables.feed_ids[feed]) + 1
        ids = timetables.feeds
        self._stop_ids = [timetables.stop_ids[stop][self._prefix :] for stop in self.stops]
        self._trip_ids = [timetables.trip_ids[trip][self._prefix :] for trip in self.trips]
        self._service_ids = [ids.service_ids[service] for service in self._services]

    def small_tables(self) -> Iterator[tuple[str, Sequence[str], Iterable[Sequence[object]]]]:
        """Yield all tables but stop_times.txt: name, header, rows."""
        whole = self._whole
        yield "agency", ("agency_id", "agency_name", "agency_url", "agency_timezone"), self._agency_rows()
        stops = (
            "stop_id",
            "stop_code",
            "stop_name",
            "stop_lat",
            "stop_lon",
            "location_type",
            "parent_station",
        )
        yield "stops", stops, self._stop_rows()
        routes = ("route_id", "agency_id", "route_short_name", "route_type")
        odd = any(MODES[whole.route_mode[route]] not in _ROUTE_TYPES for route in self._routes)
        yield "routes", (*routes, "ptreach_mode") if odd else routes, self._route_rows(odd=odd)
        yield "trips", ("route_id", "service_id", "trip_id", "block_id"), self._trip_rows()
        weeks, exceptions = self._calendars()
        yield "calendar", ("service_id", *WEEKDAYS, "start_date", "end_date"), weeks
        if exceptions:
            yield "calendar_dates", ("service_id", "date", "exception_type"), exceptions
        transfers = list(self._transfer_rows())
        if transfers:
            names = ("from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time")
            yield "transfers", names, transfers

    def _agency_rows(self) -> Iterator[Sequence[object]]:
        ids, whole = self._whole.feeds, self._whole
        for agency in self._agencies:
            yield ids.agency_ids[agency], whole.agency_names[agency], ids.agency_urls[agency], whole.timezone

    def _stop_rows(self) -> Iterator[Sequence[object]]:
        """Yield stops; those of a station that no trip calls at belong to it, boarding areas too."""
        whole, first = self._whole, self.stops.start
        part = slice(first, self.stops.stop)
        parent = whole.feeds.stop_parent[part].astype(np.int64)
        parent = np.where(parent < 0, -1, parent - first)
        onward = np.append(parent, -1)
        station = np.where(onward[parent] >= 0, onward[parent], parent)
        called = np.zeros(parent.size + 1, dtype=np.bool_)
        calls = slice(whole.trip_start[self.trips.start], whole.trip_start[self.trips.stop])
        called[whole.call_stop[calls] - first] = True
        station[called[station]] = -1
        is_station = np.zeros(parent.size, dtype=np.bool_)
        is_station[station[station >= 0]] = True
        for row, stop in enumerate(self.stops):
            place = repr(float(whole.stop_lat[stop])), repr(float(whole.stop_lon[stop]))
            belongs = self._stop_ids[station[row]] if station[row] >= 0 else ""
            code, name = whole.feeds.stop_codes[stop], whole.stop_names[stop]
            yield self._stop_ids[row], code, name, *place, int(is_station[row]), belongs

    def _route_rows(self, *, odd: bool) -> Iterator[Sequence[object]]:
        whole, ids = self._whole, self._whole.feeds
        for route in self._routes:
            mode = MODES[whole.route_mode[route]]
            agency = ids.agency_ids[whole.route_agency[route]]
            row = ids.route_ids[route], agency, whole.route_names[route], _ROUTE_TYPES.get(mode, 3)
            yield (*row, "" if mode in _ROUTE_TYPES else mode) if odd else row

    def _trip_rows(self) -> Iterator[Sequence[object]]:
        whole, ids = self._whole, self._whole.feeds
        for row, trip in enumerate(self.trips):
            block = int(whole.trip_block[trip])
            route, service = ids.route_ids[whole.trip_route[trip]], ids.service_ids[whole.trip_service[trip]]
            # numbers of one length sort as text
            yield route, service, self._trip_ids[row], f"{block:09d}" if block >= 0 else ""

    def _calendars(self) -> tuple[list[Sequence[object]], list[Sequence[object]]]:
        """Return each service as the week that it mostly runs, and the days that are otherwise."""
        first_day = self._whole.first_day
        days_n = self._whole.service_days.shape[1]
        weekday = (np.arange(first_day, first_day + days_n) - 1) % 7  # ordinal 1 was a Monday
        weeks: list[Sequence[object]] = []
        exceptions: list[Sequence[object]] = []
        for row, service in enumerate(self._services):
            runs = self._whole.service_days[service]
            days = np.flatnonzero(runs)
            start, end = (int(days[0]), int(days[-1])) if days.size else (0, 0)
            span = slice(start, end + 1)
            of_week, of_all = (
                np.bincount(weekday[span], weights, minlength=7) for weights in (runs[span], None)
            )
            usual = 2 * of_week > of_all
            name = self._service_ids[row]
            dates = [_date(first_day + start), _date(first_day + end)]
            weeks.append((name, *usual.astype(int).tolist(), *dates))
            unusual = start + np.flatnonzero(runs[span] != usual[weekday[span]])
            exceptions.extend(
                (name, _date(first_day + day), 1 if runs[day] else 2) for day in unusual.tolist()
            )
        return weeks, exceptions

    def _transfer_rows(self) -> Iterator[Sequence[object]]:
        rules, first = self._whole.transfer_rules, self.stops.start
        rows = slice(*np.searchsorted(rules.from_stop, [first, self.stops.stop]))
        columns = (rules.from_stop[rows] - first, rules.to_stop[rows] - first, rules.least_s[rows])
        for one, other, least_s in zip(*(column.tolist() for column in columns), strict=True):
            rule = (3, "") if least_s == FORBIDDEN_S else (2, least_s)
            yield self._stop_ids[one], self._stop_ids[other], *rule

    def write_calls(self, stream: Any) -> None:  # noqa: ANN401  a stream of zipfile's own
        """Write stop_times.txt, some rows at a time."""
        whole = self._whole
        stream.write(f"{','.join(_CALLS)}\n".encode())
        start = whole.trip_start[self.trips.start : self.trips.stop + 1]
        trip_ids, stop_ids = pa.array(self._trip_ids, pa.string()), pa.array(self._stop_ids, pa.string())
        plain = not any(mark in name for name in (*self._trip_ids, *self._stop_ids) for mark in ',"\r\n')
        options = arrow_csv.WriteOptions(include_header=False, quoting_style="none" if plain else "needed")
        for first in range(int(start[0]), int(start[-1]), _ROWS_AT_ONCE):
            rows = slice(first, min(first + _ROWS_AT_ONCE, int(start[-1])))
            at = np.arange(rows.start, rows.stop)
            trip = np.searchsorted(start, at, side="right") - 1
            table = pa.table(
                [
                    trip_ids.take(pa.array(trip)),
                    _clocks(whole.call_arrival_s[rows]),
                    _clocks(whole.call_departure_s[rows]),
                    stop_ids.take(pa.array(whole.call_stop[rows] - self.stops.start)),
                    pa.array(at - start[trip]),
                    pa.array((~whole.call_board[rows]).astype(np.int8)),
                    pa.array((~whole.call_alight[rows]).astype(np.int8)),
                ],
                names=list(_CALLS),
            )
            arrow_csv.write_csv(table, stream, options)


def _clocks(seconds: NDArray[np.int32]) -> pa.Array:
    """Return times as ``HH:MM:SS``."""
    known, code = np.unique(seconds, return_inverse=True)
    texts = [f"{s // 3600:02d}:{s % 3600 // 60:02d}:{s % 60:02d}" for s in known.tolist()]
    return pa.array(texts, pa.string()).take(pa.array(code))


def _date(ordinal: int) -> str:
    """Return a day as ``20261013``."""
    return dt.date.fromordinal(ordinal).strftime("%Y%m%d")
