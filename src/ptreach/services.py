"""What runs about a town in its window: the stops within reach, and the routes that serve them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ptreach.matrix.zones import GRID_CRS, to_grid
from ptreach.network.timetable import timetable_of_day
from ptreach.sources.modes import MODES
from ptreach.sources.runs import ranges
from ptreach.sources.shapes import read_shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ptreach.config import Town
    from ptreach.model import FloatArray
    from ptreach.network.build import Names, Network
    from ptreach.network.timetable import Timetable
    from ptreach.sources.repairs import FeedLedger

STOP_TO_STOP: Final = "stop to stop"
BY_SHAPE: Final = "shapes.txt"
SHAPE_OFF_STOP_M: Final = 500.0
"""A shape that passes a stop of its trip farther off is that of another trip."""
_ROUTE_COLUMNS: Final = [
    "route", "mode", "agency", "trips", "stops_n", "first_stop", "last_stop", "line", "stop_ids", "members",
    "geometry",
]  # fmt: skip
STOP_SEPARATOR: Final = "; "
"""Between the ids or names of a list in one cell."""


class Calls(NamedTuple):
    """Departures in the window at which one may board, one row each: stop, trip, seconds; and their lines.

    ``trip`` is the trip's number in the timetables; ``trip_place`` its place in that of the window.
    """

    timetable: Timetable
    stop: NDArray[np.int32]
    trip_place: NDArray[np.int64]

    @property
    def trip(self) -> NDArray[np.int32]:
        """The trip's number in the timetables."""
        return self.timetable.trip_row[self.trip_place]


def calls_in_window(network: Network, town: Town) -> Calls:
    """Return the departures of the town's window, of whatever service day; those listed twice count once."""
    query, slack_s = town.query, network.rules.board_slack_s
    timetable = timetable_of_day(
        network.patterns,
        network.calendar,
        network.stops_n,
        date=query.date,
        timezone=network.timezone,
        from_s=query.window_start_s,
        until_s=query.window_end_s,
        slack_s=slack_s,
        mirrored=False,
        days_around=network.rules.days_around,
        refuse_empty=False,
    )
    line = np.repeat(np.arange(timetable.trips_n.size), np.diff(timetable.position_start))
    trips_n = timetable.trips_n[line].astype(np.int64)
    leaves_s = timetable.ready_s + slack_s + 1
    position = np.repeat(np.arange(line.size), trips_n)
    trip_place = ranges(timetable.trip_start[line], trips_n)
    kept = timetable.board[position]
    kept &= (leaves_s >= query.window_start_s) & (leaves_s < query.window_end_s)
    return Calls(timetable, timetable.stop[position[kept]], trip_place[kept])


def stops_about(
    network: Network, names: Names, town: Town, calls: Calls, minutes: FloatArray
) -> gpd.GeoDataFrame:
    """Return the stops within the last cutoff by the median, by their ids.

    Parameters
    ----------
    minutes
        Minutes to (or from) each stop of the network, shape (stops, percentiles of the town).

    Returns
    -------
    Columns ``stop_id, stop_name, modes, routes`` (of the departures in the window, each once),
    ``departures, minutes_p5`` … and ``geometry`` in EPSG:27700. ``stop`` is the number in the network.
    """
    percentiles = town.preset.percentiles
    near = np.flatnonzero(minutes[:, percentiles.index(50)] < town.preset.cutoffs_min[-1])
    route = network.trips.route[calls.trip]
    departures = np.bincount(calls.stop, minlength=network.stops_n)
    pairs = np.unique(np.column_stack([calls.stop, route]), axis=0)
    first = np.searchsorted(pairs[:, 0], near)
    last = np.searchsorted(pairs[:, 0], near, side="right")
    served = [pairs[start:end, 1] for start, end in zip(first, last, strict=True)]
    columns: dict[str, object] = {
        "stop": near,
        "stop_id": [names.stop_ids[stop] for stop in near],
        "stop_name": [names.stop_names[stop] for stop in near],
        "modes": [_listed(MODES[network.routes.mode[one]] for one in routes) for routes in served],
        "routes": [_listed(names.route_names[one] for one in routes) for routes in served],
        "departures": departures[near],
    }
    columns |= {f"minutes_p{p}": minutes[near, at] for at, p in enumerate(percentiles)}
    places = shapely.points(to_grid(network.stops.lon[near], network.stops.lat[near]))
    table = gpd.GeoDataFrame(columns, geometry=places, crs=GRID_CRS)
    return table.sort_values("stop_id", ignore_index=True)


def routes_about(network: Network, names: Names, calls: Calls, stops: NDArray[np.int64]) -> gpd.GeoDataFrame:
    """Return what runs in the window and calls at any of the stops: a row a route and sequence of stops.

    Lines run straight from stop to stop.

    Returns
    -------
    Columns ``route, mode, agency, trips`` (with a departure in the window), ``stops_n, first_stop,
    last_stop`` (names), ``line`` (how it is drawn), ``stop_ids``, and ``members`` (the trips' numbers in the
    timetables) and ``geometry`` in EPSG:27700, sorted by mode, route, agency, then stops.
    """
    timetable = calls.timetable
    within = np.zeros(network.stops_n, dtype=np.bool_)
    within[stops] = True
    line_of = np.repeat(np.arange(timetable.trips_n.size), timetable.trips_n)
    trips: dict[tuple[int, bytes], list[int]] = {}
    for place in np.unique(calls.trip_place).tolist():
        line = int(line_of[place])
        along = timetable.stop[timetable.position_start[line] : timetable.position_start[line + 1]]
        if within[along].any():
            trip = int(timetable.trip_row[place])
            trips.setdefault((int(network.trips.route[trip]), along.tobytes()), []).append(trip)
    rows = []
    for (route, sequence), members in trips.items():
        along = np.frombuffer(sequence, dtype=np.int32)
        rows.append(
            {
                "route": names.route_names[route],
                "mode": MODES[network.routes.mode[route]],
                "agency": names.agency_names[network.routes.agency[route]],
                "trips": len(members),
                "stops_n": along.size,
                "first_stop": names.stop_names[along[0]],
                "last_stop": names.stop_names[along[-1]],
                "stop_ids": STOP_SEPARATOR.join(names.stop_ids[stop] for stop in along),
                "line": STOP_TO_STOP,
                "members": sorted(members),
                "geometry": _from_stop_to_stop(network, along),
            }
        )
    table = gpd.GeoDataFrame(pd.DataFrame(rows, columns=_ROUTE_COLUMNS), crs=GRID_CRS)
    return table.sort_values(["mode", "route", "agency", "stop_ids"], ignore_index=True)


def with_courses(routes: gpd.GeoDataFrame, names: Names, feeds: Sequence[FeedLedger]) -> gpd.GeoDataFrame:
    """Return routes with the course that the feed gives one of their trips, where it passes their stops.

    `routes` as from `routes_about`. Faults of shapes are noted in the feeds' ledgers, of which there is one
    for each feed of the network.
    """
    lines, drawn = routes.geometry.to_numpy().copy(), routes["line"].to_numpy().copy()
    for feed in feeds:
        prefix = f"{feed.feed}:"
        of_row = [
            [
                names.trip_ids[trip].removeprefix(prefix)
                for trip in members
                if names.trip_ids[trip].startswith(prefix)
            ]
            for members in routes["members"]
        ]
        courses = read_shapes({trip for trips in of_row for trip in trips}, feed)
        for row, trips in enumerate(of_row):
            for trip in trips:
                if trip in courses and (line := _fitting(courses[trip], lines[row], trip, feed)) is not None:
                    lines[row], drawn[row] = line, BY_SHAPE
                    break
    return routes.assign(line=drawn).set_geometry(gpd.GeoSeries(lines, crs=routes.crs))


def _fitting(
    course: FloatArray, stops: shapely.LineString, trip: str, feed: FeedLedger
) -> shapely.LineString | None:
    """Return a course as a line in metres, None where it leaves a stop aside: that is noted."""
    line = shapely.LineString(np.round(to_grid(course[:, 0], course[:, 1]), 2))
    off_m = shapely.distance(shapely.points(shapely.get_coordinates(stops)), line)
    if off_m.max() <= SHAPE_OFF_STOP_M:
        return line
    feed.note("shapes-off-their-stops", 1, "trips.txt", f"trip_id {trip}", trip)
    return None if feed.is_on("shapes-off-their-stops") else line


def _from_stop_to_stop(network: Network, stops: NDArray[np.int32]) -> shapely.LineString:
    """Return the straight lines between stops as one."""
    return shapely.LineString(to_grid(network.stops.lon[stops], network.stops.lat[stops]))


def _listed(words: Iterable[str]) -> str:
    """Return words, each once, with numbers in their order: ``2; 10; X1``."""
    return STOP_SEPARATOR.join(sorted(set(words), key=_natural))


def _natural(word: str) -> tuple[tuple[int, int, str], ...]:
    """Return what words are sorted by so that 2 comes before 10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", word)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
