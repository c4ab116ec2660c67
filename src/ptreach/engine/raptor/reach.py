"""What a run can reach at all: bounds that need no streets, so that only streets which matter are read.

Walks go as the crow flies and further than any street allows, at the query's speed; all else is as in the
search proper. So whatever stop a journey uses is among those found, and likely few more.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.aside import keep
from ptreach.engine.raptor.kernel import NEVER, search
from ptreach.model import no_progress
from ptreach.network.build import Cleaning, network_digest
from ptreach.network.calendar import Calendar
from ptreach.network.patterns import build_patterns
from ptreach.network.rules import OURS
from ptreach.network.timetable import timetable_of_day
from ptreach.network.transfers import ruled_transfers
from ptreach.sources.archive import READ_FAULTS
from ptreach.sources.cover import Cover
from ptreach.sources.gtfs import Scope, read_timetables
from ptreach.sources.gtfs_transfers import NO_RULES, turned_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.model import FloatArray, Progress, Query
    from ptreach.network.rules import Rules
    from ptreach.sources.gtfs import Timetables

_EARTH_M: Final = 6_371_008.8
_SPARE: Final = 1.004
"""Walkers are taken to be this much faster than asked: the sphere is not quite the earth."""
_MANY_RIDES: Final = 24
_STOPS_AT_ONCE: Final = 1 << 13  # a country's pairs at once would take gigabytes

_log = logging.getLogger(__name__)


def kept_reach(
    gtfs_paths: Sequence[Path],
    lon: float,
    lat: float,
    query: Query,
    kept: Path,
    rules: Rules = OURS,
    off: frozenset[str] = frozenset(),
    progress: Progress = no_progress,
) -> Cover:
    """Return the reach of a town by its feeds; it is kept below a folder, as finding it may take minutes.

    Only trips of the date and the days beside it are read.

    Raises
    ------
    InputError
        As `read_timetables` does.
    """
    days = query.date - dt.timedelta(days=1), query.date + dt.timedelta(days=1)
    cleaning = Cleaning(Scope(days=days), off)
    key = f"{network_digest(gtfs_paths, rules, cleaning)} {asdict(query)} {lon} {lat}"
    path = kept / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.npz"
    found = _read(path)
    if found is not None:
        return found
    timetables = read_timetables(gtfs_paths, cleaning.scope, off, progress)
    cover = reach_of_town(timetables, lon, lat, query, rules)
    keep(path, partial(_save, cover))
    return cover


def _read(path: Path) -> Cover | None:
    """Return a reach that is kept, None where none is, or what is there is cut off: that is said."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as columns:
            return Cover(int(columns["south_cell"]), int(columns["west_cell"]), columns["kept"])
    except FileNotFoundError:
        return None
    except (*READ_FAULTS, KeyError, TypeError) as error:
        _log.warning("%s: not readable (%s); found again", path, error)
        return None


def _save(cover: Cover, path: Path) -> None:
    """Write a reach to a file of any name."""
    with path.open("wb") as stream:
        np.savez_compressed(stream, **cover._asdict())


def reach_of_town(timetables: Timetables, lon: float, lat: float, query: Query, rules: Rules) -> Cover:
    """Return the part of the map that journeys between a point and others may touch, in any of their minutes.

    That is what lies within the longest walk of the point, or of a stop that is reached by vehicle.

    Parameters
    ----------
    lon, lat
        The point, in degrees: where journeys begin, or where they end if the query's direction is ``to``.
    """
    walk_m = query.walk_speed_kph / 3.6 * min(query.max_walk_s, query.max_time_s) * _SPARE
    reached = stops_within_reach(timetables, lon, lat, query, rules)
    return Cover.around(
        np.r_[lon, timetables.stop_lon[reached]], np.r_[lat, timetables.stop_lat[reached]], walk_m
    )


def stops_within_reach(
    timetables: Timetables, lon: float, lat: float, query: Query, rules: Rules
) -> NDArray[np.bool_]:
    """Return which stops a journey between a point and others may use, bool of shape (stops,)."""
    mirrored = query.direction == "to"
    reach_s = -query.max_time_s if mirrored else query.max_time_s
    ends_s = query.window_start_s, query.window_end_s
    hours = (*ends_s, *(end_s + reach_s for end_s in ends_s))
    # Who stays seated needs no slack and no further ride; this search knows them as changes.
    seats = rules.stays_seated and bool((timetables.trip_block >= 0).any())
    slack_s = -1 if seats else rules.board_slack_s
    timetable = timetable_of_day(
        build_patterns(timetables),
        Calendar(timetables.first_day, timetables.service_days),
        timetables.stop_lon.size,
        date=query.date,
        timezone=timetables.timezone,
        from_s=min(hours),
        until_s=max(hours),
        slack_s=slack_s,
        mirrored=mirrored,
        days_around=rules.days_around,
    )
    places = _on_sphere(timetables.stop_lon, timetables.stop_lat)
    speed_m_s = query.walk_speed_kph / 3.6 * _SPARE
    limit_s = min(query.max_walk_s, query.max_time_s)
    given = timetables.transfer_rules if rules.transfers_txt else NO_RULES
    transfers = ruled_transfers(
        *_walks(places, speed_m_s, limit_s),
        turned_rules(given) if mirrored else given,
        slack_s=slack_s,
        limit_s=limit_s,
    )
    if seats:
        transfers.stay_s[:] = 0
    here = _on_sphere(np.array([lon]), np.array([lat]))
    access_s = np.linalg.norm(places - here, axis=1) / speed_m_s
    access = np.flatnonzero(access_s < limit_s).astype(np.int32)
    departures_s = query.window_start_s + 60 * np.arange(query.departures_n, dtype=np.int32)
    ride_s = np.full((places.shape[0], query.departures_n), NEVER, dtype=np.int32)
    search(
        timetable,
        transfers,
        access,
        np.floor(access_s[access]).astype(np.int32),
        np.sort(-departures_s if mirrored else departures_s)[::-1].copy(),
        query.max_time_s,
        _MANY_RIDES if seats else query.max_rides,
        ride_s,
    )
    reached = np.asarray((ride_s < NEVER).any(axis=1))
    reached[access] = True
    return reached


def _on_sphere(lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Return places in metres from the middle of a sphere, shape (places, 3); lines cut through it."""
    x, y = np.radians(lon), np.radians(lat)
    return _EARTH_M * np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=1)


def _walks(
    places: FloatArray, speed_m_s: float, limit_s: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Return the walks between places under a limit as compressed rows, in whole seconds, rounded down."""
    from scipy.spatial import KDTree  # its import takes a while

    reach_m, stops_n = limit_s * speed_m_s, len(places)
    tree = KDTree(places)
    counts, to, seconds = [], [], []
    for first in range(0, stops_n, _STOPS_AT_ONCE):
        some = KDTree(places[first : first + _STOPS_AT_ONCE])
        pairs = some.sparse_distance_matrix(tree, reach_m, output_type="ndarray")
        pairs = pairs[pairs["i"] + first != pairs["j"]]
        pairs = pairs[np.lexsort((pairs["j"], pairs["i"]))]
        counts.append(np.bincount(pairs["i"], minlength=some.n))
        to.append(pairs["j"].astype(np.int32))
        seconds.append(np.floor(pairs["v"] / speed_m_s).astype(np.int32))
    start = np.r_[0, np.cumsum(np.concatenate(counts))].astype(np.int64)
    return start, np.concatenate(to), np.concatenate(seconds)
