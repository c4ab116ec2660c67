"""The zones of a run: those that the network has streets in."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyproj
import shapely

from ptreach.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from ptreach.config import Town
    from ptreach.model import Areas, FloatArray

GRID_CRS: Final = "EPSG:27700"
"""Metric work is done on the British National Grid."""
_SPOT_E7: Final = np.array([7_500, 5_000])
"""Of points of streets within some 50 m one is looked at."""


def to_grid(lon: NDArray[np.floating[Any]], lat: NDArray[np.floating[Any]]) -> FloatArray:
    """Return degrees as metres of the British National Grid, shape (n, 2)."""
    return np.column_stack(_degrees_to_grid().transform(lon, lat))


@cache
def _degrees_to_grid() -> pyproj.Transformer:
    """Return what projects; making it takes longer than many uses."""
    return pyproj.Transformer.from_crs("EPSG:4326", GRID_CRS, always_xy=True)


def street_spots_m(lon_e7: NDArray[np.int32], lat_e7: NDArray[np.int32]) -> FloatArray:
    """Return points of streets (degrees times 1e7) in metres of the grid, one for each 50 m, shape (n, 2)."""
    column, row = np.column_stack([lon_e7, lat_e7]).astype(np.int64).T // _SPOT_E7[:, None]
    first = ~pd.Series((row << 32) + column).duplicated().to_numpy()  # a million: quicker than to sort them
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


def zones_of(areas: Areas, places: Sequence[str]) -> gpd.GeoDataFrame:
    """Return the zones of districts or regions, by their names or codes; all where none are named.

    Raises InputError for a name that is none.
    """
    frame = areas.frame
    if not places:
        return frame
    columns = ["district_name", "district_code", "region_name", "region_code"]
    known = set().union(*(frame[name].dropna() for name in columns))
    for place in places:
        if place not in known:
            close = difflib.get_close_matches(place, sorted(map(str, known)), 3)
            raise InputError(
                f"no district or region of '{areas.name}' is called '{place}'",
                where="--district",
                remedy=f"did you mean {', '.join(close)}?"
                if close
                else "write the name as its publisher does",
            )
    inside = frame[columns].isin(list(places)).any(axis=1)
    return frame[inside].reset_index(drop=True)


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
