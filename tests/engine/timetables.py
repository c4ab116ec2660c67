"""Timetables as the kernels take them, made from lists."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ptreach.engine.raptor.kernel import NEVER, search
from ptreach.network.timetable import Timetable
from ptreach.network.transfers import Transfers

SLACK_S = 60


class Line(NamedTuple):
    """Stops in order; trips of (arrival, departure), none overtaking; where one may board, alight."""

    stops: list[int]
    trips: list[list[tuple[int, int]]]
    board: list[bool]
    alight: list[bool]


def line(stops, *trips, board=None, alight=None):
    """A line whose trips give a number for each call: arrival and departure at once."""
    calls = [[time if isinstance(time, tuple) else (time, time) for time in trip] for trip in trips]
    return Line(list(stops), calls, board or [True] * len(stops), alight or [True] * len(stops))


def timetable(lines: list[Line], stops_n: int) -> Timetable:
    """Put lines together, position by position."""
    rows: dict[str, list] = {name: [] for name in Timetable._fields}
    rows["position_start"], rows["time_start"], rows["trip_start"] = [0], [0], [0]
    boardings: list[list[tuple[int, int]]] = [[] for _ in range(stops_n)]
    for number, (stops, trips, board, alight) in enumerate(lines):
        for position, stop in enumerate(stops):
            may_board = board[position] and position < len(stops) - 1
            rows["stop"].append(stop)
            rows["board"].append(may_board)
            rows["alight"].append(alight[position] and position > 0)
            rows["off_s"] += [trip[position][0] for trip in trips]
            rows["ready_s"] += [trip[position][1] - SLACK_S - 1 for trip in trips]
            if may_board:
                boardings[stop].append((number, position))
        rows["trips_n"].append(len(trips))
        rows["position_start"].append(len(rows["stop"]))
        rows["time_start"].append(len(rows["off_s"]))
        rows["trip_start"].append(rows["trip_start"][-1] + len(trips))
        rows["trip_row"] += range(len(trips))
        rows["stays"] += [-1] * len(trips)
    rows["stop_start"] = np.cumsum([0, *map(len, boardings)]).tolist()
    rows["stop_line"] = [number for stop in boardings for number, _ in stop]
    rows["stop_position"] = [position for stop in boardings for _, position in stop]
    wide = {"position_start", "time_start", "trip_start", "stop_start"}
    flags = {"board", "alight"}
    return Timetable(
        **{
            name: np.array(values, dtype=np.int64 if name in wide else bool if name in flags else np.int32)
            for name, values in rows.items()
        }
    )


def transfers(walks: dict[tuple[int, int], int], stops_n: int) -> Transfers:
    """Walks (from, to) in seconds as rows; from a stop to itself: what must pass before one boards there."""
    ordered = sorted((pair, seconds) for pair, seconds in walks.items() if pair[0] != pair[1])
    start = np.cumsum([0, *(sum(a == stop for (a, _), _ in ordered) for stop in range(stops_n))])
    return Transfers(
        start.astype(np.int64),
        np.array([b for (_, b), _ in ordered], dtype=np.int32),
        np.array([seconds for _, seconds in ordered], dtype=np.int32),
        np.array([walks.get((stop, stop), 0) for stop in range(stops_n)], dtype=np.int32),
    )


def plain_times(table, walks, access, first_s, departures_n, max_time_s, max_rides):
    """Seconds by the plain search, shape (stops, departures), earliest departure first."""
    stops_n = walks.start.size - 1
    times_s = np.full((stops_n, departures_n), NEVER, dtype=np.int32)
    stop, seconds = (np.array(column, dtype=np.int32) for column in zip(*sorted(access.items()), strict=True))
    departures_s = np.arange(departures_n - 1, -1, -1, dtype=np.int32) * np.int32(60) + np.int32(first_s)
    search(table, walks, stop, seconds, departures_s, max_time_s, max_rides, times_s)
    return times_s[:, ::-1]
