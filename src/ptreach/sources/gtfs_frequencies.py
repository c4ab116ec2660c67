"""Trips that frequencies.txt stands for, written out one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.errors import InputError
from ptreach.sources.gtfs_calls import MOST_CALLS, Calls, parse_clock
from ptreach.sources.gtfs_tables import kept_rows, numbers_of, positions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from ptreach.sources.repairs import FeedLedger

# A row that stands for more trips than this, one each ten seconds of a day, is a mistake.
_MOST_TRIPS: Final = 8_640
_END_OF_CLOCKS_S: Final = 1_000 * 3_600


def expand_frequencies(
    calls: Calls, frequencies: pd.DataFrame, trip_ids: Sequence[str], ledger: FeedLedger
) -> tuple[Calls, NDArray[np.int32], list[str]]:
    """Return the calls with each trip of frequencies.txt replaced by the trips it stands for.

    They leave at ``start_time`` and every ``headway_secs`` after it, before ``end_time``. That is exact for
    ``exact_times = 1``; a service that promises a headway only is placed the same way, so that the same feed
    gives the same answer each time.

    Returns
    -------
    Calls, whose ``trip`` numbers the trips that run; of each of those the position in `trip_ids`, and its id:
    that of the trip, with the clock time at which it leaves where it is one of several.
    """
    trip = positions_of(frequencies["trip_id"], trip_ids)
    start_s, end_s = (
        np.array([parse_clock(text) for text in frequencies[f"{end}_time"]], dtype=np.int64)
        for end in ("start", "end")
    )
    headway_s = np.minimum(np.trunc(numbers_of(frequencies["headway_secs"])), _END_OF_CLOCKS_S)
    runs = np.zeros(len(trip_ids) + 1, dtype=np.bool_)
    runs[calls.trip] = True
    lasts_s = np.zeros(len(trip_ids) + 1, dtype=np.int64)
    np.maximum.at(lasts_s, calls.trip, calls.departure_s)
    good = runs[trip] & (start_s >= 0) & (end_s > start_s) & (headway_s >= 1)
    good &= end_s - start_s <= _MOST_TRIPS * headway_s
    good &= end_s + lasts_s[trip] < _END_OF_CLOCKS_S
    shown = ("trip_id", "start_time", "end_time", "headway_secs")
    kept_rows(frequencies, good, "frequencies-without-meaning", "frequencies.txt", shown, ledger)
    rows = sorted(zip(*(column[good].tolist() for column in (trip, start_s, end_s, headway_s)), strict=True))
    repeated = np.zeros(len(trip_ids), dtype=np.bool_)
    repeated[trip[good]] = True
    sources = np.flatnonzero(runs[:-1] & ~repeated).tolist()
    ids, pieces = [trip_ids[source] for source in sources], [calls.take(~repeated[calls.trip])]
    number_of = np.full(len(trip_ids), -1, dtype=np.int32)
    number_of[sources] = np.arange(len(sources))
    pieces[0] = pieces[0]._replace(trip=number_of[pieces[0].trip])
    taken, calls_n = set(ids), pieces[0].trip.size
    for source, first_s, last_s, step_s in rows:
        first, last = np.searchsorted(calls.trip, [source, source + 1])
        leaves_s = np.arange(first_s, last_s, int(step_s))
        calls_n += leaves_s.size * int(last - first)
        if calls_n > MOST_CALLS:
            raise InputError(
                f"stands for more than {MOST_CALLS:,} calls",
                where=f"{ledger.path}, frequencies.txt",
                remedy="take a feed of the region only",
            )
        pieces.append(_repeated(calls.take(slice(first, last)), leaves_s, len(sources)))
        sources += [source] * leaves_s.size
        ids += [_free_id(f"{trip_ids[source]}~{_clock(second)}", taken) for second in leaves_s.tolist()]
    whole = Calls(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))
    return _by_id(whole, sources, ids)


def _repeated(template: Calls, leaves_s: NDArray[np.int64], first: int) -> Calls:
    """Return the calls of trips that leave at some times, as numbered from the first on."""
    shift = (leaves_s - template.departure_s[0])[:, np.newaxis]
    times = leaves_s.size
    return Calls(
        trip=np.repeat(np.arange(first, first + times, dtype=np.int32), template.trip.size),
        stop=np.tile(template.stop, times),
        # a vehicle that leaves at midnight does not come before the day begins
        arrival_s=np.maximum(template.arrival_s + shift, 0).ravel().astype(np.int32),
        departure_s=(template.departure_s + shift).ravel().astype(np.int32),
        board=np.tile(template.board, times),
        alight=np.tile(template.alight, times),
    )


def _free_id(name: str, taken: set[str]) -> str:
    """Return a name that nothing has yet, and take it."""
    while name in taken:
        name += "~"
    taken.add(name)
    return name


def _clock(seconds: int) -> str:
    """Return ``HH:MM:SS``."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def _by_id(calls: Calls, sources: list[int], ids: list[str]) -> tuple[Calls, NDArray[np.int32], list[str]]:
    """Return trips that run, numbered by their ids."""
    order = sorted(range(len(ids)), key=ids.__getitem__)
    place = np.empty(len(ids), dtype=np.int32)
    place[order] = np.arange(len(ids))
    trip = place[calls.trip]
    rows = np.argsort(trip, kind="stable")
    calls = calls._replace(trip=trip).take(rows)
    return calls, np.array(sources, dtype=np.int32)[order], [ids[at] for at in order]
