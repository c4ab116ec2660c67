"""Isochrones about any point of a network: where one can be within each cutoff, without zones.

The grid about a point is as wide as it has to be: all stops that any departure reaches within the last
cutoff, and a walk around each of them. The point itself is pinned to the surface, at no minutes.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from ptreach.errors import InputError
from ptreach.matrix.build import minutes_to
from ptreach.measures.bands import band_labels
from ptreach.measures.isochrones import Pins, contour_isochrones, cut_to_land, surface_grid
from ptreach.measures.specks import merge_specks
from ptreach.model import Points, no_progress
from ptreach.surface import OFF_STREET_M, SPECK_M2, SURFACE_STEP_M, middle_of_resolution_min, nodes_on_streets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.engine.base import Engine
    from ptreach.model import Progress, Query
    from ptreach.network.build import Stops

_STAGE: Final = "isochrones"


class IsochroneQuery(NamedTuple):
    """What areas are asked for: cutoffs in minutes, of which percentile, in which metric CRS, cut to what."""

    cutoffs_min: tuple[int, ...]
    percentile: int
    crs: str
    land: BaseGeometry | None = None


def isochrones_around(
    router: Engine,
    stops: Stops,
    places: Points,
    query: Query,
    asked: IsochroneQuery,
    progress: Progress,
) -> gpd.GeoDataFrame:
    """Return the areas within each cutoff of each place, cumulative, the largest of a place first.

    Columns ``id, percentile, cutoff_min, label`` (``under 30 min``), ``area_km2, geometry`` (multipolygons in
    the metric CRS asked for). For direction ``to`` they are the areas one comes from.

    Raises
    ------
    InputError
        Where cutoffs do not ascend within the longest journey, a place is near no street, or nothing runs on
        the query's date.
    """
    _require_cutoffs(asked.cutoffs_min, query)
    _require_streets(router, places, query)
    query = dataclasses.replace(query, percentiles=(asked.percentile,))
    rows = []
    for at, name in enumerate(places.ids):
        progress(_STAGE, at, len(places))
        place = Points.of([name], places.lon[at : at + 1], places.lat[at : at + 1])
        areas = _areas_around(router, stops, place, query, asked)
        rows.append(_rows(name, areas, asked))
    progress(_STAGE, len(places), len(places))
    return gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), crs=asked.crs)


def _require_cutoffs(cutoffs_min: Sequence[int], query: Query) -> None:
    """Raise InputError for cutoffs that no search can answer."""
    if not cutoffs_min or list(cutoffs_min) != sorted(set(cutoffs_min)) or cutoffs_min[0] < 1:
        raise InputError("value out of range", where="query, cutoffs", remedy="give whole minutes, ascending")
    if cutoffs_min[-1] > query.max_time_min:
        raise InputError(
            f"the last, {cutoffs_min[-1]}, lies beyond the longest journey of {query.max_time_min:g} minutes",
            where="query, cutoffs",
            remedy="allow longer journeys, or give smaller cutoffs",
        )


def _require_streets(router: Engine, places: Points, query: Query) -> None:
    """Raise InputError for the first place that no area can be drawn about."""
    off = np.flatnonzero(~router.point_links(places, query).linked)
    if off.size:
        at = int(off[0])
        more = f" ({off.size} such points)" if off.size > 1 else ""
        raise InputError(
            f"no street within 1,600 m of '{places.ids[at]}' at lon {places.lon[at]:g}, lat "
            f"{places.lat[at]:g}{more}",
            where="query, origin",
            remedy="check that the point lies in the network's area, longitude first",
        )


def _areas_around(
    router: Engine, stops: Stops, place: Points, query: Query, asked: IsochroneQuery
) -> dict[int, MultiPolygon]:
    """Return the area within each cutoff of one place."""
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", asked.crs, always_xy=True)
    origin_m = np.column_stack(to_metres.transform(place.lon, place.lat))
    reached = _stops_reached(router, stops, place, query, asked.cutoffs_min[-1])
    spots_m = np.vstack(
        [origin_m, np.column_stack(to_metres.transform(stops.lon[reached], stops.lat[reached]))]
    )
    walk_min = min(query.max_walk_min, asked.cutoffs_min[-1])
    room_m = walk_min * query.walk_speed_kph * 1000 / 60 + OFF_STREET_M
    (west, south), (east, north) = spots_m.min(axis=0) - room_m, spots_m.max(axis=0) + room_m
    grid = surface_grid((west, south, east, north), SURFACE_STEP_M)
    near, lon, lat = nodes_on_streets(router, grid, asked.crs)
    nodes = Points.of(map(str, near), lon, lat, where=_STAGE)
    minutes = np.full(grid.rows * grid.columns, np.nan)
    minutes[near] = minutes_to(router, place, nodes, query, no_progress)[:, 0] + middle_of_resolution_min(
        router
    )
    pins = Pins(origin_m[:, 0], origin_m[:, 1], np.zeros(1))
    surface = minutes.reshape(grid.rows, grid.columns)
    whole = contour_isochrones(surface, grid, asked.cutoffs_min, None, pins)
    areas, _ = merge_specks(whole, SPECK_M2, origin_m)
    return areas if asked.land is None else cut_to_land(areas, asked.land)


def _stops_reached(router: Engine, stops: Stops, place: Points, query: Query, cutoff_min: int) -> np.ndarray:
    """Return the numbers of the stops that any departure reaches within a cutoff."""
    everywhere = Points.of(map(str, range(stops.lon.size)), stops.lon, stops.lat, where=_STAGE)
    (seconds,) = router.each_departure(place, everywhere, query)
    return np.flatnonzero(seconds[0].min(axis=1) < cutoff_min * 60)


def _rows(name: str, areas: dict[int, MultiPolygon], asked: IsochroneQuery) -> gpd.GeoDataFrame:
    """Return a row a cutoff, the largest first so that smaller ones draw on top."""
    cutoffs = sorted(areas, reverse=True)
    return gpd.GeoDataFrame(
        {
            "id": name,
            "percentile": asked.percentile,
            "cutoff_min": cutoffs,
            "label": [band_labels((cutoff,))[0] for cutoff in cutoffs],
            "area_km2": [round(areas[cutoff].area / 1e6, 3) for cutoff in cutoffs],
        },
        geometry=[areas[cutoff] for cutoff in cutoffs],
        crs=asked.crs,
    )
