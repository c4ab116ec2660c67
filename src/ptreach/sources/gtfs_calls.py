"""Calls of trips at stops: times read, gaps filled, faulty trips left out, frequencies written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyproj

from ptreach.sources.gtfs_tables import numbers_of, positions_of

if TYPE_CHECKING:
    from collections import Counter

    from numpy.typing import NDArray

    from ptreach.model import FloatArray

_BLANK: Final = -1
# A row of frequencies.txt that stands for more trips than this, one each ten seconds of a day, is a mistake.
_MOST_TRIPS: Final = 8_640
_CLOCK: Final = r"^\s*(\d{1,3}):([0-5]?\d):([0-5]?\d)\s*$"


class Calls(NamedTuple):
    """Calls sorted by trip, then in order of travel.

    ``trip`` numbers the trips that run; ``source_trip`` is the row of the trip in trips.txt, the same for all
    the trips that one row of frequencies.txt stands for. Times are seconds after noon minus 12 h.
    """

    trip: NDArray[np.int64]
    source_trip: NDArray[np.int64]
    stop: NDArray[np.int64]
    arrival_s: NDArray[np.int32]
    departure_s: NDArray[np.int32]
    board: NDArray[np.bool_]
    alight: NDArray[np.bool_]

    def take(self, rows: NDArray[Any]) -> Calls:
        """Return the calls of `rows`: a mask or positions."""
        return Calls(*(column[rows] for column in self))


def parse_clock(column: pd.Series[Any]) -> NDArray[np.int64]:
    """Return seconds of ``H:MM:SS`` (hours may pass 24), -1 where the cell is blank or unreadable."""
    codes, texts = pd.factorize(column)
    parts = pd.Series(texts, dtype="object").astype(str).str.extract(_CLOCK)
    clock = parts.apply(pd.to_numeric).to_numpy(dtype=np.float64) @ np.array([3600.0, 60.0, 1.0])
    seconds = np.append(np.nan_to_num(clock, nan=_BLANK), _BLANK).astype(np.int64)
    return seconds[codes]  # code -1 (blank) takes the last


def clean_calls(
    stop_times: pd.DataFrame, trip_ids: pd.Series[str], stops: pd.DataFrame, repairs: Counter[str]
) -> Calls:
    """Return the calls of stop_times.txt that can be travelled.

    Parameters
    ----------
    stop_times
        Columns trip_id, stop_id, stop_sequence; arrival_time, departure_time, pickup_type, drop_off_type
        where there are any.
    trip_ids
        Trips to keep; a call's ``source_trip`` is the position in it.
    stops
        Columns stop_id, lon, lat (degrees); a call's ``stop`` is the row in it.
    repairs
        What is mended or left out is added to it.

    One of arrival and departure stands for the other. Times missing between two timed stops are filled in
    proportion to the distance (WGS84 geodesics from stop to stop), cut to whole seconds.
    """
    trip = positions_of(stop_times["trip_id"], pd.Index(trip_ids))
    stop = positions_of(stop_times["stop_id"], pd.Index(stops["stop_id"]))
    sequence = numbers_of(stop_times["stop_sequence"])
    kept = np.ones(len(stop_times), dtype=np.bool_)
    for what, good in (
        ("calls of unknown trips", trip >= 0),
        ("calls at unknown stops", stop >= 0),
        ("calls whose stop_sequence is no number", ~np.isnan(sequence)),
    ):
        repairs[what] += int((kept & ~good).sum())
        kept &= good
    rows = np.flatnonzero(kept)
    rows = rows[np.lexsort((rows, sequence[rows], trip[rows]))]
    twice = (
        np.r_[False, (np.diff(trip[rows]) == 0) & (np.diff(sequence[rows]) == 0)]
        if rows.size
        else np.zeros(0, np.bool_)
    )
    repairs["calls with a stop_sequence that came before"] += int(twice.sum())
    rows = rows[~twice]
    repairs["trips without calls"] += len(trip_ids) - np.unique(trip[rows]).size
    arrival, departure = (
        _times(stop_times, name, rows, repairs) for name in ("arrival_time", "departure_time")
    )
    arrival, departure = (
        np.where(arrival < 0, departure, arrival),
        np.where(departure < 0, arrival, departure),
    )
    calls = Calls(
        trip=trip[rows].astype(np.int64),
        source_trip=trip[rows].astype(np.int64),
        stop=stop[rows].astype(np.int64),
        arrival_s=arrival.astype(np.int32),
        departure_s=departure.astype(np.int32),
        board=_allowed(stop_times, "pickup_type", rows, repairs),
        alight=_allowed(stop_times, "drop_off_type", rows, repairs),
    )
    calls = _drop_trips(calls, _untimed_end(calls), "trips without a first or last time", repairs)
    calls = _fill_times(calls, stops["lon"].to_numpy(), stops["lat"].to_numpy(), repairs)
    calls = _drop_trips(calls, _goes_back(calls), "trips that go back in time", repairs)
    calls_n = np.bincount(calls.trip, minlength=len(trip_ids))
    return _drop_trips(calls, calls_n[calls.trip] < 2, "trips with one call", repairs)


def _times(
    table: pd.DataFrame, column: str, rows: NDArray[np.int64], repairs: Counter[str]
) -> NDArray[np.int64]:
    """Return seconds of a column of clock times, -1 where blank; count cells that are no time."""
    if column not in table:
        return np.full(rows.size, _BLANK, dtype=np.int64)
    cells = table[column].iloc[rows]
    seconds = parse_clock(cells)
    repairs["unreadable times taken as blank"] += int(((seconds < 0) & cells.notna().to_numpy()).sum())
    return seconds


def _allowed(
    table: pd.DataFrame, column: str, rows: NDArray[np.int64], repairs: Counter[str]
) -> NDArray[np.bool_]:
    """Return whether people may board or alight: everywhere but where the type is 1."""
    if column not in table:
        return np.ones(rows.size, dtype=np.bool_)
    cells = table[column].iloc[rows]
    kinds = numbers_of(cells)
    repairs[f"values of {column} that are no number, taken as 0"] += int(
        (np.isnan(kinds) & cells.notna().to_numpy()).sum()
    )
    return np.asarray(kinds != 1, dtype=np.bool_)


def _drop_trips(calls: Calls, faulty: NDArray[np.bool_], what: str, repairs: Counter[str]) -> Calls:
    """Return the calls of trips that have no faulty call; count the other trips."""
    trips = np.unique(calls.trip[faulty])
    repairs[what] += trips.size
    return calls.take(~np.isin(calls.trip, trips)) if trips.size else calls


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


def _fill_times(calls: Calls, lon: FloatArray, lat: FloatArray, repairs: Counter[str]) -> Calls:
    """Return the calls with times filled in between timed ones; every trip's ends are timed."""
    blank = np.flatnonzero(calls.arrival_s < 0)
    repairs["blank times filled by distance"] += blank.size
    if not blank.size:
        return calls
    timed = np.flatnonzero(calls.arrival_s >= 0)
    after = np.searchsorted(timed, blank)
    left, right = timed[after - 1], timed[after]
    here, onward = calls.stop[:-1], calls.stop[1:]
    steps = pyproj.Geod(ellps="WGS84").inv(lon[here], lat[here], lon[onward], lat[onward])[2]
    along = np.r_[0.0, np.cumsum(steps)]
    whole = along[right] - along[left]
    # stops all on one spot: evenly
    share = np.where(
        whole > 0,
        (along[blank] - along[left]) / np.where(whole > 0, whole, 1),
        (blank - left) / (right - left),
    )
    start_s, end_s = calls.departure_s[left], calls.arrival_s[right]
    filled = (start_s + np.trunc(share * (end_s - start_s))).astype(np.int32)
    arrival_s, departure_s = calls.arrival_s.copy(), calls.departure_s.copy()
    arrival_s[blank] = departure_s[blank] = filled
    return calls._replace(arrival_s=arrival_s, departure_s=departure_s)


def expand_frequencies(
    calls: Calls, frequencies: pd.DataFrame, trip_ids: pd.Series[str], repairs: Counter[str]
) -> Calls:
    """Return the calls with each trip of frequencies.txt replaced by the trips it stands for.

    They leave at ``start_time`` and every ``headway_secs`` after it, before ``end_time``. That is exact for
    ``exact_times = 1``; a service that promises a headway only is placed the same way, so that the same feed
    gives the same answer each time.
    """
    trip = positions_of(frequencies["trip_id"], pd.Index(trip_ids))
    start_s, end_s = parse_clock(frequencies["start_time"]), parse_clock(frequencies["end_time"])
    headway_s = np.trunc(numbers_of(frequencies["headway_secs"]))
    good = np.isin(trip, calls.trip) & (trip >= 0) & (start_s >= 0) & (end_s > start_s) & (headway_s >= 1)
    good &= end_s - start_s <= _MOST_TRIPS * headway_s
    repairs["rows of frequencies.txt without meaning"] += int((~good).sum())
    rows = sorted(zip(*(column[good].tolist() for column in (trip, start_s, end_s, headway_s)), strict=True))
    kept = calls.take(~np.isin(calls.trip, trip[good]))
    pieces, number = [kept], int(calls.trip.max(initial=-1)) + 1
    for source, first_s, last_s, step_s in rows:
        template = calls.take(slice(*np.searchsorted(calls.trip, [source, source + 1])))  # type: ignore[arg-type]
        for leaves_s in range(first_s, last_s, int(step_s)):
            shift = np.int32(leaves_s - template.departure_s[0])
            pieces.append(
                template._replace(
                    trip=np.full(template.trip.size, number),
                    arrival_s=template.arrival_s + shift,
                    departure_s=template.departure_s + shift,
                )
            )
            number += 1
    return Calls(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))
