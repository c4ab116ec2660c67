"""Calls of trips at stops: times read, gaps filled, faulty trips left out.

stop_times.txt may hold tens of millions of rows of which few are wanted. It is read in batches; what is not
wanted is never held.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyproj

from ptreach.errors import InputError
from ptreach.sources.gtfs_rows import Pile, Rows, in_order
from ptreach.sources.gtfs_speeds import without_teleports
from ptreach.sources.gtfs_tables import number, table_batches

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from ptreach.model import FloatArray
    from ptreach.sources.gtfs_files import FeedFiles
    from ptreach.sources.gtfs_tables import Batch, Column
    from ptreach.sources.repairs import FeedLedger

_BLANK: Final = -1
# Some twenty bytes each. All of Britain's are about half of it.
MOST_CALLS: Final = 150_000_000
_CLOCK: Final = re.compile(r"(\d{1,3}):([0-5]?\d):([0-5]?\d)", re.ASCII)
_FILE: Final = "stop_times.txt"


class Calls(NamedTuple):
    """Calls sorted by trip, then in order of travel; times are seconds after noon minus 12 h."""

    trip: NDArray[np.int32]
    stop: NDArray[np.int32]
    arrival_s: NDArray[np.int32]
    departure_s: NDArray[np.int32]
    board: NDArray[np.bool_]
    alight: NDArray[np.bool_]

    def take(self, rows: Any) -> Calls:  # noqa: ANN401  mask, positions or slice
        """Return the calls of `rows`: a mask, positions or a slice."""
        return Calls(*(column[rows] for column in self))


class Wanted(NamedTuple):
    """What is asked for: which trips may be kept, and at which stops, all where ``inside`` is None.

    ``kph``: what the vehicle of each trip does not exceed; not looked at where None.
    """

    trips: NDArray[np.bool_]
    inside: NDArray[np.bool_] | None = None
    kph: FloatArray | None = None


@lru_cache(maxsize=1 << 17)
def parse_clock(text: str | None) -> int:
    """Return seconds of ``H:MM:SS`` (hours may pass 24), -1 where the cell is blank or unreadable."""
    match = _CLOCK.fullmatch(text.strip()) if text else None
    if not match:
        return _BLANK
    hours, minutes, seconds = map(int, match.groups())
    return hours * 3_600 + minutes * 60 + seconds


def read_calls(
    files: FeedFiles, trip_ids: Sequence[str], stops: pd.DataFrame, wanted: Wanted, ledger: FeedLedger
) -> tuple[Calls, int]:
    """Return the calls of stop_times.txt that can be travelled and are wanted; how many trips are not wanted.

    Parameters
    ----------
    trip_ids
        Trips of trips.txt, ascending; a call's ``trip`` is the position in it.
    stops
        Columns stop_id, lon, lat (degrees); a call's ``stop`` is the row in it.

    One of arrival and departure stands for the other. Times missing between two timed stops are filled in
    proportion to the distance (WGS84 geodesics from stop to stop), cut to whole seconds. After that, calls at
    stops that are not wanted are left out, and with them trips that call at fewer than two others.

    Raises
    ------
    InputError
        Where the table is absent, unreadable or beyond any timetable's size.
    """
    trips = {name: at for at, name in enumerate(trip_ids)}
    places = {name: at for at, name in enumerate(stops["stop_id"])}
    asked = wanted.trips
    if wanted.inside is not None:
        asked = asked & _twice_inside(files, trips, places, wanted.inside, ledger)
    pile, read_n, outside_n = _read_rows(files, trips, places, asked, ledger)
    if not read_n:
        raise InputError(
            "stop_times.txt is missing or empty", where=str(files.path), remedy="take a whole GTFS feed"
        )
    calls = clean_rows(pile.taken(), trip_ids, asked, stops, ledger)
    if wanted.kph is not None:
        calls = without_teleports(calls, wanted.kph, trip_ids, stops, ledger)
    if wanted.inside is not None:
        held = wanted.inside[calls.stop]
        twice = np.bincount(calls.trip[held], minlength=len(trip_ids)) >= 2
        asked &= twice | ~_has_calls(calls, len(trip_ids))
        held &= twice[calls.trip]
        outside_n += int((~held).sum())
        calls = calls.take(held)
    ledger.note_rows(_FILE, read=read_n, outside=outside_n, kept=calls.trip.size)
    return calls, int((~asked).sum())


def _has_calls(calls: Calls, trips_n: int) -> NDArray[np.bool_]:
    """Return which trips have calls."""
    found = np.zeros(trips_n, dtype=np.bool_)
    found[calls.trip] = True
    return found


def _twice_inside(
    files: FeedFiles,
    trips: dict[str, int],
    places: dict[str, int],
    inside: NDArray[np.bool_],
    ledger: FeedLedger,
) -> NDArray[np.bool_]:
    """Return which trips call at two stops or more that are wanted."""
    calls_n = np.zeros(len(trips) + 1, dtype=np.int64)
    held = np.append(inside, False)
    for batch in table_batches(files, "stop_times", ledger.silent(), ("trip_id", "stop_id")):
        at_stop = held[_positions(batch["stop_id"], places)]
        calls_n += np.bincount(_positions(batch["trip_id"], trips)[at_stop] + 1, minlength=calls_n.size)
    return calls_n[1:] >= 2


def _read_rows(
    files: FeedFiles,
    trips: dict[str, int],
    places: dict[str, int],
    asked: NDArray[np.bool_],
    ledger: FeedLedger,
) -> tuple[Pile, int, int]:
    """Return the rows of the trips that are asked for, how many were read and how many are of other trips."""
    pile = Pile()
    read_n = outside_n = 0
    for batch in table_batches(files, "stop_times", ledger):
        trip = _positions(batch["trip_id"], trips)
        read_n += trip.size
        _note_unknown_trips(batch, trip, ledger)
        rows = np.flatnonzero(np.append(asked, False)[trip])
        outside_n += int((trip >= 0).sum()) - rows.size
        if not rows.size:
            continue
        part_of = {name: column._replace(codes=column.codes[rows]) for name, column in batch.items()}
        pile.add(_numbers(part_of, trip[rows], places, ledger))
        if pile.size > MOST_CALLS:
            raise InputError(
                f"holds more than {MOST_CALLS:,} calls",
                where=files.where("stop_times"),
                remedy="take a feed of the region only",
            )
    return pile, read_n, outside_n


def _positions(column: Column, places: dict[str, int]) -> NDArray[np.int64]:
    """Return where each cell stands, -1 where it is missing or unknown."""
    return column.take([places.get(text, -1) for text in column.texts], -1).astype(np.int64)


def _note_unknown_trips(batch: Batch, trip: NDArray[np.int64], ledger: FeedLedger) -> None:
    """Note the calls of trips that are not in trips.txt."""
    unknown = np.flatnonzero(trip < 0)
    if unknown.size:
        column = batch["trip_id"]
        codes = np.unique(column.codes[unknown]).tolist()
        least = min(column.texts[code] if code >= 0 else "" for code in codes)
        ledger.note("calls-of-unknown-trips", unknown.size, _FILE, f"trip {least or '(none)'}", least)


def _numbers(batch: Batch, trip: NDArray[np.int64], places: dict[str, int], ledger: FeedLedger) -> Rows:
    """Return rows of known trips as numbers, without those at unknown stops or out of any order."""
    stop = _positions(batch["stop_id"], places)
    sequence = batch["stop_sequence"].take([number(text) for text in batch["stop_sequence"].texts], np.nan)
    kept = np.ones(trip.size, dtype=np.bool_)
    for rule, good in (
        ("calls-at-unknown-stops", stop >= 0),
        ("calls-without-sequence", ~np.isnan(sequence)),
    ):
        _note_cells(rule, batch, kept & ~good, ("trip_id", "stop_id", "stop_sequence"), ledger)
        kept &= good
    if (np.abs(sequence[kept]) < 2**31).all() and (sequence[kept] % 1 == 0).all():
        sequence = np.where(kept, sequence, 0).astype(np.int32)
    times = []
    for name in ("arrival_time", "departure_time"):
        seconds = np.full(trip.size, _BLANK, dtype=np.int32)
        if name in batch:
            column = batch[name]
            seconds = column.take([parse_clock(text) for text in column.texts], _BLANK).astype(np.int32)
            faulty = kept & (seconds < 0) & (column.codes >= 0)
            _note_cells("times-unreadable", batch, faulty, ("trip_id", "stop_sequence", name), ledger)
        times.append(seconds)
    allowed = []
    for name in ("pickup_type", "drop_off_type"):
        free = np.ones(trip.size, dtype=np.bool_)
        if name in batch:
            column = batch[name]
            kinds = column.take([number(text) for text in column.texts], 0.0)
            faulty = kept & np.isnan(kinds)
            _note_cells("pickup-types-unreadable", batch, faulty, ("trip_id", "stop_sequence", name), ledger)
            free = np.asarray(kinds != 1, dtype=np.bool_)
        allowed.append(free)
    (arrival_s, departure_s), (board, alight) = times, allowed
    numbers = trip.astype(np.int32), stop.astype(np.int32), sequence, arrival_s, departure_s
    rows = Rows(*numbers, board, alight)
    return rows if kept.all() else rows.take(kept)


def _note_cells(
    rule: str, batch: Batch, faulty: NDArray[np.bool_], names: Sequence[str], ledger: FeedLedger
) -> None:
    """Note faulty rows, with the first of them by the text of some columns."""
    rows = np.flatnonzero(faulty)
    if not rows.size:
        return
    columns = [batch[name] for name in names]
    kinds = np.unique(np.stack([column.codes[rows] for column in columns], axis=1), axis=0)
    least = min(
        tuple(column.texts[code] if code >= 0 else "" for column, code in zip(columns, kind, strict=True))
        for kind in kinds.tolist()
    )
    shown = ", ".join(
        f"{name.removesuffix('_id')} {text or '(none)'}" for name, text in zip(names, least, strict=True)
    )
    ledger.note(rule, rows.size, _FILE, shown, least)


def clean_rows(
    rows: Rows, trip_ids: Sequence[str], asked: NDArray[np.bool_], stops: pd.DataFrame, ledger: FeedLedger
) -> Calls:
    """Return the calls of rows, in order, without the trips that can't be travelled."""
    names = _Names(trip_ids, stops, ledger)
    rows = in_order(rows)
    same = np.zeros(rows.trip.size, dtype=np.bool_)
    same[1:] = (rows.trip[1:] == rows.trip[:-1]) & (rows.sequence[1:] == rows.sequence[:-1])
    if same.any() and ledger.is_on("calls-of-one-sequence"):
        at = int(np.flatnonzero(same)[0])
        where = f", stop_sequence {rows.sequence[at]:g}"
        names.note("calls-of-one-sequence", int(same.sum()), rows.trip[at], where)
        rows = rows.take(~same)
    arrival, departure = rows.arrival_s, rows.departure_s
    half_timed = bool(((arrival < 0) != (departure < 0)).any())
    calls = Calls(
        trip=rows.trip,
        stop=rows.stop,
        arrival_s=np.where(arrival < 0, departure, arrival) if half_timed else arrival,
        departure_s=np.where(departure < 0, arrival, departure) if half_timed else departure,
        board=rows.board,
        alight=rows.alight,
    )
    del rows, arrival, departure, same  # a nation's are gigabytes
    silent = asked & (np.bincount(calls.trip, minlength=len(trip_ids)) == 0)
    if silent.any():
        names.note("trips-without-calls", int(silent.sum()), np.flatnonzero(silent)[0])
    calls = _drop_trips(calls, _untimed_end(calls), "trips-without-end-times", names)
    calls = _fill_times(calls, names)
    calls = _drop_trips(calls, _goes_back(calls), "trips-back-in-time", names)
    calls_n = np.bincount(calls.trip, minlength=len(trip_ids))
    return _drop_trips(calls, calls_n[calls.trip] < 2, "trips-of-one-call", names)


class _Names(NamedTuple):
    """What notes about calls need."""

    trip_ids: Sequence[str]
    stops: pd.DataFrame
    ledger: FeedLedger

    def note(self, rule: str, count: int, trip: int, more: str = "") -> None:
        """Note what a rule has found, first in a trip."""
        self.ledger.note(rule, count, _FILE, f"trip {self.trip_ids[trip]}{more}")


def _drop_trips(calls: Calls, faulty: NDArray[np.bool_], rule: str, names: _Names) -> Calls:
    """Return the calls of trips that have no faulty call; note the other trips."""
    if not faulty.any():
        return calls
    dropped = np.zeros(len(names.trip_ids), dtype=np.bool_)
    dropped[calls.trip[faulty]] = True
    first = np.flatnonzero(faulty)[0]
    stop = names.stops["stop_id"].iloc[calls.stop[first]]
    names.note(rule, int(dropped.sum()), calls.trip[first], f" at stop {stop}")
    return calls.take(~dropped[calls.trip])


def _untimed_end(calls: Calls) -> NDArray[np.bool_]:
    """Return which calls are the first or last of their trip and have no time."""
    change = calls.trip[1:] != calls.trip[:-1]
    ends = np.r_[True, change] | np.r_[change, True] if calls.trip.size else np.zeros(0, np.bool_)
    return ends & (calls.arrival_s < 0)


def _goes_back(calls: Calls) -> NDArray[np.bool_]:
    """Return which calls depart before they arrive, or are reached before the call before them departs."""
    back = calls.departure_s < calls.arrival_s
    same = calls.trip[1:] == calls.trip[:-1]
    back[1:] |= same & (calls.arrival_s[1:] < calls.departure_s[:-1])
    return back


def _fill_times(calls: Calls, names: _Names) -> Calls:
    """Return the calls with times filled in between timed ones; every trip's ends are timed."""
    blank = np.flatnonzero(calls.arrival_s < 0)
    if not blank.size:
        return calls
    stop = names.stops["stop_id"].iloc[calls.stop[blank[0]]]
    names.note("times-blank", blank.size, calls.trip[blank[0]], f" at stop {stop}")
    lon, lat = names.stops["lon"].to_numpy(), names.stops["lat"].to_numpy()
    timed = np.flatnonzero(calls.arrival_s >= 0)
    after = np.searchsorted(timed, blank)
    left, right = timed[after - 1], timed[after]
    along = _mm_along(calls.stop, blank, lon, lat)
    whole, part = along[right] - along[left], along[blank] - along[left]
    # stops all on one spot: evenly
    whole, part = np.where(whole > 0, whole, right - left), np.where(whole > 0, part, blank - left)
    start_s, end_s = calls.departure_s[left].astype(np.int64), calls.arrival_s[right]
    # whole numbers all the way: half of two minutes is a minute to the second
    filled = (start_s + part * (end_s - start_s) // whole).astype(np.int32)
    arrival_s, departure_s = calls.arrival_s.copy(), calls.departure_s.copy()
    arrival_s[blank] = departure_s[blank] = filled
    return calls._replace(arrival_s=arrival_s, departure_s=departure_s)


def _mm_along(
    stop: NDArray[np.int32], blank: NDArray[np.int64], lon: FloatArray, lat: FloatArray
) -> NDArray[np.int64]:
    """Return how far along the ways to and from blank calls each call is; other ways count 0.

    Whole millimetres, so that the sum to a call is the same whatever comes before its trip.
    """
    steps_mm = np.zeros(stop.size, dtype=np.int64)
    beside = np.zeros(stop.size, dtype=np.bool_)
    beside[blank] = beside[blank + 1] = True
    to = np.flatnonzero(beside)
    here, onward = stop[to - 1], stop[to]
    metres = pyproj.Geod(ellps="WGS84").inv(lon[here], lat[here], lon[onward], lat[onward])[2]
    steps_mm[to] = np.round(np.asarray(metres) * 1_000)
    return np.cumsum(steps_mm)
