"""Departures: how a zone fares minute by minute of the window, for one journey is not a morning.

All functions take travel times as an engine gives them: ``seconds`` is uint16 of shape (zones, departures),
one column each 60 s of the window, `UNREACHED` (65535) where a zone is not reached. For the direction ``to``
the columns are minutes of arrival, and what is said here of leaving is then true of arriving. Row i of a
result belongs to row i of ``seconds``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.model import UNREACHED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ptreach.model import Direction, FloatArray

STEP_S: Final = 60
"""Seconds from one departure to the next."""


def share_of_departures(seconds: NDArray[np.uint16], cutoff_min: float | None = None) -> FloatArray:
    """Return the share (0 to 1) of departures that reach each zone, shape (zones,).

    Parameters
    ----------
    seconds
        As the module says.
    cutoff_min
        Within so many minutes, strict; None: at all, within the limit of the search.

    Returns
    -------
    FloatArray
        NaN where there are no departures.

    Raises
    ------
    ValueError
        Where `seconds` is not uint16 of two dimensions.
    """
    within = _within(seconds, cutoff_min)
    if not within.shape[1]:
        return np.full(within.shape[0], np.nan)
    return np.asarray(within.mean(axis=1, dtype=np.float64))


def best_departure_s(seconds: NDArray[np.uint16], window_start_s: int) -> FloatArray:
    """Return when to leave to travel least, the first of equals, shape (zones,).

    The unit is clock seconds after noon minus 12 h of the service day, of which `window_start_s` is the first
    departure; NaN where no departure reaches the zone. Raises ValueError as `share_of_departures` does.
    """
    return _departure_s(_checked(seconds), window_start_s, "best")


def worst_departure_s(seconds: NDArray[np.uint16], window_start_s: int) -> FloatArray:
    """Return when to leave to travel longest, the first of equals, shape (zones,).

    A departure that does not reach the zone is worse than any that does. Unit, NaN and errors as for
    `best_departure_s`.
    """
    return _departure_s(_checked(seconds), window_start_s, "worst")


def longest_gap_min(seconds: NDArray[np.uint16], cutoff_min: float | None = None) -> FloatArray:
    """Return the longest time in minutes without a departure that reaches each zone, shape (zones,).

    The longest row of successive departures that do not reach the zone within `cutoff_min` (strict; None: at
    all), a minute each; 0 where all do. The window cuts gaps off at its ends, so that the true gap may be
    longer. NaN where there are no departures. Raises ValueError as `share_of_departures` does.
    """
    without = ~_within(seconds, cutoff_min)
    return _minutes_of_runs(without)


def longest_wait_min(seconds: NDArray[np.uint16], direction: Direction = "from") -> FloatArray:
    """Return how long in minutes one can put off leaving and still arrive at the same second, at most.

    It is what somebody waits who leaves just after a bus: with a bus each 12 minutes, 11 of them; 0 where
    walking is always as quick, and in every minute that is not reached. For the direction ``to`` it is how
    much earlier one arrives than need be. The window cuts waits off at its ends. NaN where there are no
    departures.

    Parameters
    ----------
    seconds
        As the module says.
    direction
        ``from``: columns are departures, ``to``: arrivals.

    Raises
    ------
    ValueError
        Where `seconds` is not uint16 of two dimensions.
    """
    times = _checked(seconds)
    reached = times != UNREACHED
    clock_s = STEP_S * np.arange(times.shape[1], dtype=np.int64)
    other_end_s = clock_s + times if direction == "from" else clock_s - times
    same = (np.diff(other_end_s, axis=1) == 0) & reached[:, 1:] & reached[:, :-1]
    if not times.shape[1]:
        return np.full(times.shape[0], np.nan)
    return _minutes_of_runs(same) if same.shape[1] else np.zeros(times.shape[0])


def summarise_departures(
    seconds: NDArray[np.uint16],
    window_start_s: int,
    cutoffs_min: Sequence[int],
    direction: Direction = "from",
) -> pd.DataFrame:
    """Summarise how each zone fares over the departures of the window.

    Parameters
    ----------
    seconds
        As the module says.
    window_start_s
        First departure (or arrival), clock seconds after noon minus 12 h of the service day.
    cutoffs_min
        Cutoffs in minutes, ascending; strict.
    direction
        ``from``: columns are departures, ``to``: arrivals.

    Returns
    -------
    pd.DataFrame
        A row a zone, in order. Columns, all float: ``share_reached``, ``share_within_15`` … (0 to 1, of
        departures); ``best_departure_s, best_min, worst_departure_s, worst_min`` (clock seconds and
        minutes of travel; the first of equals; worst_min is NaN where the worst departure does not reach the
        zone); ``longest_gap_min`` (without any departure that reaches the zone) and ``longest_wait_min``.
        For the direction ``to`` the two clock times are arrivals: ``best_arrival_s, worst_arrival_s``.

    Raises
    ------
    ValueError
        Where `seconds` is not uint16 of two dimensions.
    """
    times = _checked(seconds)
    event = "departure" if direction == "from" else "arrival"
    columns = {"share_reached": share_of_departures(times)}
    columns |= {f"share_within_{cutoff}": share_of_departures(times, cutoff) for cutoff in cutoffs_min}
    for which, find in (("best", best_departure_s), ("worst", worst_departure_s)):
        clock_s = find(times, window_start_s)
        columns[f"{which}_{event}_s"] = clock_s
        columns[f"{which}_min"] = _minutes_at(times, clock_s, window_start_s)
    columns["longest_gap_min"] = longest_gap_min(times)
    columns["longest_wait_min"] = longest_wait_min(times, direction)
    return pd.DataFrame(columns)


def _checked(seconds: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Return `seconds`; refuse another shape, and another type, in which `UNREACHED` may be another value."""
    if seconds.dtype != np.uint16 or seconds.ndim != 2:
        raise ValueError(
            f"seconds is {seconds.dtype} of shape {seconds.shape}, expected uint16 of (zones, departures)"
        )
    return seconds


def _within(seconds: NDArray[np.uint16], cutoff_min: float | None) -> NDArray[np.bool_]:
    """Return which departures reach each zone within the cutoff, shape (zones, departures)."""
    times = _checked(seconds)
    limit_s = UNREACHED if cutoff_min is None else min(cutoff_min * 60, UNREACHED)
    return np.less(times, limit_s)


def _departure_s(seconds: NDArray[np.uint16], window_start_s: int, which: str) -> FloatArray:
    """Return the clock time of the least or greatest travel time, NaN where a zone is never reached."""
    if not seconds.shape[1]:
        return np.full(seconds.shape[0], np.nan)
    column = seconds.argmin(axis=1) if which == "best" else seconds.argmax(axis=1)
    ever = (seconds != UNREACHED).any(axis=1)
    return np.where(ever, window_start_s + STEP_S * column.astype(np.float64), np.nan)


def _minutes_at(seconds: NDArray[np.uint16], clock_s: FloatArray, window_start_s: int) -> FloatArray:
    """Return the travel time in minutes of each zone when leaving at its `clock_s`, NaN where not reached."""
    minutes = np.full(clock_s.shape, np.nan)
    known = np.flatnonzero(~np.isnan(clock_s))
    column = ((clock_s[known] - window_start_s) // STEP_S).astype(np.int64)
    times = seconds[known, column]
    minutes[known] = np.where(times == UNREACHED, np.nan, times / 60)
    return minutes


def _minutes_of_runs(marked: NDArray[np.bool_]) -> FloatArray:
    """Return the length in minutes of the longest run of marked columns in each row; NaN without columns."""
    zones_n, columns_n = marked.shape
    if not columns_n:
        return np.full(zones_n, np.nan)
    longest, run = np.zeros(zones_n), np.zeros(zones_n)
    for column in range(columns_n):
        run = np.where(marked[:, column], run + STEP_S / 60, 0.0)
        longest = np.maximum(longest, run)
    return longest
