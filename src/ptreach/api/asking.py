"""What a network is asked: travel times between places, and areas within cutoffs of them."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from ptreach.api.places import as_points
from ptreach.api.progress import told
from ptreach.config import parse_window
from ptreach.cores import cores
from ptreach.engine.registry import require_engine
from ptreach.errors import InputError
from ptreach.isochrone_areas import IsochroneQuery, isochrones_around
from ptreach.matrix.build import matrix_table
from ptreach.model import Query
from ptreach.routers import first_run_told

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import pandas as pd

    from ptreach.api.networks import Network
    from ptreach.api.places import Places
    from ptreach.engine.base import Engine
    from ptreach.model import Direction, Progress


def travel_times(
    network: Network,
    origins: Places,
    destinations: Places | None = None,
    *,
    date: dt.date | str,
    window: str = "07:15-09:15",
    percentiles: Sequence[int] = (5, 25, 50, 75, 95),
    direction: Direction = "from",
    walk_speed_kph: float = 4.8,
    max_walk_min: float = 20,
    max_time_min: float = 120,
    max_rides: int = 8,
    engine: str = "raptor",
    r5_jar: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    progress: bool | Progress = True,
) -> pd.DataFrame:
    """Return travel times between places as a long table, in minutes with their decimals.

    Columns ``from_id, to_id, travel_time_p5, travel_time_p25 …``, as r5py names them. A pair that no
    percentile reaches has no row; NaN is a percentile that is not reached. ``from_id`` is where the journey
    starts, whatever the direction.

    Parameters
    ----------
    network
        From `open_network` or `build_network`.
    origins, destinations
        GeoDataFrames of points in any coordinate system, with a column ``id`` or an index of ids; a single
        point as ``(lon, lat)``. Without destinations, times are between all origins.
    date
        Day of service: a date, or ``"2020-06-16"``.
    window
        Departures, one a minute, the end excluded; past midnight ``"23:00-25:00"``.
    percentiles
        Over the departures of the window, by nearest rank.
    direction
        ``"to"``: journeys from the destinations to the origins, arriving in the window.
    walk_speed_kph, max_walk_min, max_time_min, max_rides
        Walking speed in km/h; longest single walk and longest journey in minutes; most vehicles boarded.
    engine, r5_jar
        ``"raptor"``, the one that comes with ptreach; or ``"r5"``, which wants Java and ``ptreach[r5]``
        (``ptreach doctor`` says what is missing), with its jar: by default that of ``PTREACH_R5_JAR``.
    workers
        Cores to use; all where None.
    progress
        Whether to show bars; or what is to be called as the work goes.

    Raises
    ------
    InputError
        Names the argument: nothing runs on the date, no point near a street, points without ids.
    """
    with _naming_arguments():
        query = _query(
            date, window, percentiles, direction, walk_speed_kph, max_walk_min, max_time_min, max_rides
        )
        from_points = as_points(origins, "origins")
        to_points = from_points if destinations is None else as_points(destinations, "destinations")
        with told(progress) as tell, first_run_told(tell):
            router = _router(network, query, engine, r5_jar, workers, tell)
            table = matrix_table(router, from_points, to_points, query, tell)
    found: pd.DataFrame = table.to_pandas()
    return found


def isochrones(
    network: Network,
    origins: Places,
    *,
    date: dt.date | str,
    window: str = "07:15-09:15",
    cutoffs_min: Sequence[int] = (15, 30, 45, 60),
    percentile: int = 50,
    direction: Direction = "from",
    land: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    walk_speed_kph: float = 4.8,
    max_walk_min: float = 20,
    max_time_min: float = 120,
    max_rides: int = 8,
    engine: str = "raptor",
    r5_jar: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    progress: bool | Progress = True,
) -> gpd.GeoDataFrame:
    """Return the areas within each cutoff of each origin, cumulative, the largest of an origin first.

    Columns ``id, percentile, cutoff_min, label, area_km2, geometry``, in `Network.crs` (metres). Drawn from a
    grid of 100 m where a street is within 300 m.

    Parameters
    ----------
    cutoffs_min
        Whole minutes, ascending, up to `max_time_min`. A cutoff is strict: 15.0 minutes is not within 15.
    percentile
        Over the departures of the window; 50 is the median.
    land
        What areas are cut to, such as zones; without it they may reach over water.
    network, origins, date, window, direction
        As in `travel_times`, and so are the limits, ``engine, workers`` and ``progress``.

    Raises
    ------
    InputError
        Names the argument: nothing runs on the date, an origin near no street, cutoffs that do not ascend.
    """
    with _naming_arguments():
        query = _query(
            date, window, (percentile,), direction, walk_speed_kph, max_walk_min, max_time_min, max_rides
        )
        places = as_points(origins, "origins")
        shore = None if land is None else shapely.union_all(_in(land, network.crs).geometry.to_numpy())
        asked = IsochroneQuery(tuple(cutoffs_min), percentile, network.crs, shore)
        with told(progress) as tell, first_run_told(tell):
            router = _router(network, query, engine, r5_jar, workers, tell)
            areas = isochrones_around(router, network.built.opened().stops, places, query, asked, tell)
    areas.attrs |= {"source_line": network.source_line, "made_up": network.made_up}
    return areas


def _router(
    network: Network,
    query: Query,
    engine: str,
    r5_jar: str | os.PathLike[str] | None,
    workers: int | None,
    tell: Progress,
) -> Engine:
    """Return the engine on the network; raise InputError where it can't be run here or asked this."""
    jar = None if r5_jar is None else Path(r5_jar)
    require_engine(engine, query, jar)
    return network.built.router(engine, workers=workers or cores(), r5_jar=jar, progress=tell)


def _in(shapes: gpd.GeoDataFrame | gpd.GeoSeries, crs: str) -> gpd.GeoDataFrame | gpd.GeoSeries:
    """Return shapes in a coordinate system; raise InputError where theirs is not known."""
    if shapes.crs is None:
        raise InputError("no coordinate system", where="land", remedy="set it with set_crs")
    return shapes.to_crs(crs)


def _query(
    date: dt.date | str,
    window: str,
    percentiles: Sequence[int],
    direction: Direction,
    walk_speed_kph: float,
    max_walk_min: float,
    max_time_min: float,
    max_rides: int,
) -> Query:
    """Return the query of arguments; raise InputError that names the argument at fault."""
    try:
        day = date if isinstance(date, dt.date) else dt.date.fromisoformat(date)
    except (TypeError, ValueError) as error:
        remedy = 'give a date, or "YYYY-MM-DD" such as "2020-06-16"'
        raise InputError(f"'{date}' is no date", where="date", remedy=remedy) from error
    if isinstance(day, dt.datetime):  # pandas' and numpy's timestamps as well
        day = day.date()
    try:
        start_s, end_s = parse_window(window)
    except ValueError as error:
        raise InputError(str(error), where="window") from error
    return Query(
        date=day,
        window_start_s=start_s,
        window_end_s=end_s,
        percentiles=tuple(percentiles),
        direction=direction,
        walk_speed_kph=walk_speed_kph,
        max_walk_min=max_walk_min,
        max_time_min=max_time_min,
        max_rides=max_rides,
    )


@contextmanager
def _naming_arguments() -> Iterator[None]:
    """Name the argument, not the query's field or the command's option, in an error."""
    names = {"query, origin": "origins", "query, cutoffs": "cutoffs_min"}
    try:
        yield
    except InputError as error:
        where = names.get(error.where, error.where.removeprefix("query, "))
        if where.startswith("--"):
            where = where.removeprefix("--").replace("-", "_")
        raise InputError(error.what, where=where, remedy=error.remedy) from error
