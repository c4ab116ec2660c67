"""The zones of a run: those that the network has streets in, with their travel times and reasons."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyproj
import shapely

from ptreach.errors import InputError
from ptreach.matrix.build import minutes_to
from ptreach.matrix.reasons import name_reasons
from ptreach.model import Points

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from ptreach.config import Town
    from ptreach.engine.base import Engine
    from ptreach.model import Areas, FloatArray, Progress

GRID_CRS: Final = "EPSG:27700"
"""Metric work is done on the British National Grid."""
_SPOT_E7: Final = np.array([7_500, 5_000])
"""Of points of streets within some 50 m one is looked at."""

_log = logging.getLogger(__name__)


def to_grid(lon: NDArray[np.floating[Any]], lat: NDArray[np.floating[Any]]) -> FloatArray:
    """Return degrees as metres of the British National Grid, shape (n, 2)."""
    transformer = pyproj.Transformer.from_crs("EPSG:4326", GRID_CRS, always_xy=True)
    return np.column_stack(transformer.transform(lon, lat))


def street_spots_m(lon_e7: NDArray[np.int32], lat_e7: NDArray[np.int32]) -> FloatArray:
    """Return points of streets (degrees times 1e7) in metres of the grid, one for each 50 m, shape (n, 2)."""
    column, row = np.column_stack([lon_e7, lat_e7]).astype(np.int64).T // _SPOT_E7[:, None]
    _, first = np.unique((row << 32) + column, return_index=True)
    return to_grid(lon_e7[first] / 1e7, lat_e7[first] / 1e7)


def zones_on_streets(areas: Areas, streets_m: FloatArray, town: Town) -> gpd.GeoDataFrame:
    """Return the zones that have a street of the network in them, of the town's districts if it names some.

    Parameters
    ----------
    areas
        Zones in view of the network.
    streets_m
        Points of streets in metres (EPSG:27700), shape (n, 2).
    town
        Its ``districts`` are names or codes.

    Raises
    ------
    InputError
        Where no zone is left, or a district is not known.
    """
    frame = areas.frame[_touched(areas.frame.geometry.to_numpy(), streets_m)]
    if frame.empty:
        raise InputError(
            f"no zone of '{town.areas}' has a street of network '{town.network}'",
            where=str(town.path),
            remedy="name areas and a network of one region",
        )
    if not town.districts:
        return frame
    known = set(frame["district_name"].dropna()) | set(frame["district_code"].dropna())
    for district in town.districts:
        if district not in known:
            raise InputError(
                f"no zone on network '{town.network}' lies in a district '{district}'",
                where=f"{town.path}, districts",
                remedy=f"take some of {', '.join(sorted(set(frame['district_name'].dropna())))}",
            )
    inside = frame["district_name"].isin(town.districts) | frame["district_code"].isin(town.districts)
    return frame[inside]


def _touched(polygons: NDArray[np.object_], points_m: FloatArray) -> NDArray[np.bool_]:
    """Return which polygons have any of the points, shape (polygons,)."""
    x, y = points_m[np.argsort(points_m[:, 0], kind="stable")].T.copy()
    bounds = shapely.bounds(polygons)
    first, last = np.searchsorted(x, bounds[:, 0]), np.searchsorted(x, bounds[:, 2], side="right")
    shapely.prepare(polygons)
    touched = np.zeros(polygons.size, dtype=np.bool_)
    for at, polygon in enumerate(polygons):
        here = slice(first[at], last[at])
        near = (y[here] >= bounds[at, 1]) & (y[here] <= bounds[at, 3])
        touched[at] = shapely.intersects_xy(polygon, x[here][near], y[here][near]).any()
    return touched


def add_times(router: Engine, town: Town, zones: gpd.GeoDataFrame, progress: Progress) -> gpd.GeoDataFrame:
    """Return the zones with travel times in minutes between the town's point and their centroids.

    Columns added: ``minutes_p5`` … (one a percentile; NaN where not reached), ``reason`` (a `Reason` value;
    ``reached`` where there is a median), ``link_distance_m`` (from the centroid to the street, NaN if none).
    """
    query = town.query
    points = Points.of(zones["zone_id"], zones["lon"], zones["lat"], where=town.areas)
    origin = Points.of(["origin"], [town.origin.lon], [town.origin.lat], where=str(town.path))
    minutes = minutes_to(router, origin, points, query, progress)
    links = router.point_links(points, query)
    if not links.near_service.any():
        _log.warning(
            "%s: no vehicle that runs from %s comes near any zone; all times are walks",
            town.path,
            town.window_text,
        )
    reached = ~np.isnan(minutes[:, query.percentiles.index(50)])
    columns: dict[str, object] = {f"minutes_p{p}": minutes[:, at] for at, p in enumerate(query.percentiles)}
    columns["reason"] = [reason.value for reason in name_reasons(reached, links)]
    columns["link_distance_m"] = links.distance_m
    return zones.assign(**columns).reset_index(drop=True)
