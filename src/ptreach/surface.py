"""How far everywhere about a town is: isochrones, stops and streets, from one search of the engine.

The surface is a grid of nodes; the points of zones are pinned to it, so that map and table agree on them.
"""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from ptreach.matrix.build import minutes_to
from ptreach.matrix.zones import GRID_CRS, to_grid
from ptreach.measures.agreement import Agreement, band_agreement
from ptreach.measures.isochrones import (
    Pins,
    SurfaceGrid,
    contour_isochrones,
    cut_to_land,
    grid_nodes_m,
    minutes_between,
    surface_grid,
)
from ptreach.measures.specks import Merged, merge_specks
from ptreach.model import Points
from ptreach.streets import street_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.config import Town
    from ptreach.engine.base import Engine
    from ptreach.model import FloatArray, Progress
    from ptreach.network.build import Network

OFF_STREET_M: Final = 300.0
"""The surface is drawn where a street is this near; beyond it is nobody's doorstep."""
SURFACE_STEP_M: Final = 100.0
SPECK_M2: Final = SURFACE_STEP_M**2
"""Islands and holes of the surface under one cell are merged with what is around them."""
EXACT_STREETS: Final = 100_000
"""Up to so many streets of a network are searched for; times of more are read off the surface."""
BEST, MEDIAN, ALWAYS = 5, 50, 95
"""Percentiles that isochrones are drawn of: at best, as a rule, nearly always."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surface:
    """What a town's run knows of the places that are no zones.

    ``isochrones`` are areas by percentile (`BEST, MEDIAN, ALWAYS`), then by cutoff in minutes, cut to the
    land; ``merged`` counts likewise the islands and holes that were merged. ``stop_minutes`` are minutes
    to (or from) each stop of the network, shape (stops, percentiles of the town), NaN where not reached.
    ``streets`` (EPSG:27700) are those under the last cutoff: ``minutes_p50`` at their middle, ``length_m,
    geometry``; ``streets_exact`` says whether they were searched for, not read off the surface.
    ``agreement`` is that of the isochrones of the median with the table of zones.
    """

    isochrones: dict[int, dict[int, MultiPolygon]]
    merged: dict[int, dict[int, Merged]]
    stop_minutes: FloatArray
    streets: gpd.GeoDataFrame
    streets_exact: bool
    agreement: Agreement


class _Found(NamedTuple):
    """Minutes by percentile of each kind of place; of streets, of the median only, or none."""

    nodes: FloatArray
    zones: FloatArray
    stops: FloatArray
    streets: FloatArray


def surface_around(
    router: Engine,
    network: Network,
    town: Town,
    zones: gpd.GeoDataFrame,
    land: BaseGeometry,
    progress: Progress,
) -> Surface:
    """Return isochrones, agreement, and the times of stops and streets.

    `zones` has the columns of `towns.add_times`; `land` is all there is in view.
    """
    grid = surface_grid(tuple(zones.total_bounds), SURFACE_STEP_M)
    exact = network.linkage.edges.mm.size <= EXACT_STREETS
    edges = np.flatnonzero(network.linkage.edges.linkable)
    lines = street_lines(network.linkage, edges) if exact else np.empty(0, dtype=object)
    asked = tuple(sorted({*town.preset.percentiles, BEST, MEDIAN, ALWAYS}))
    found = _search(router, network, town, asked, grid, zones, lines, progress)
    places_m = to_grid(zones["lon"].to_numpy(dtype=np.float64), zones["lat"].to_numpy(dtype=np.float64))
    drawn = zones["link_distance_m"].to_numpy(dtype=np.float64) <= OFF_STREET_M
    isochrones, merged = {}, {}
    for percentile in (BEST, MEDIAN, ALWAYS):
        column = asked.index(percentile)
        x_m, y_m = places_m[drawn].T
        pins = Pins(x_m, y_m, found.zones[drawn, column])
        minutes = found.nodes[:, column].reshape(grid.rows, grid.columns)
        whole = contour_isochrones(minutes, grid, town.preset.cutoffs_min, None, pins)
        whole, merged[percentile] = merge_specks(whole, SPECK_M2, places_m[drawn])
        isochrones[percentile] = cut_to_land(whole, land)
    last_min = town.preset.cutoffs_min[-1]
    street_minutes = found.streets
    if not exact:
        median = found.nodes[:, asked.index(MEDIAN)].reshape(grid.rows, grid.columns)
        lines = street_lines(network.linkage, _edges_about(network, grid, median < last_min, edges))
        street_minutes = minutes_between(median, grid, *_middles_m(lines).T)
    agreement = band_agreement(
        zones["zone_id"].tolist(),
        places_m,
        zones["minutes_p50"].to_numpy(dtype=np.float64),
        drawn,
        isochrones[MEDIAN],
        land,
    )
    if agreement.rest:
        _log.info("%s: map and table differ on %d zones", town.path, len(agreement.rest))
    return Surface(
        isochrones=isochrones,
        merged=merged,
        stop_minutes=found.stops[:, [asked.index(one) for one in town.preset.percentiles]],
        streets=_streets(lines, street_minutes, last_min),
        streets_exact=exact,
        agreement=agreement,
    )


def _search(
    router: Engine,
    network: Network,
    town: Town,
    percentiles: tuple[int, ...],
    grid: SurfaceGrid,
    zones: gpd.GeoDataFrame,
    lines: NDArray[np.object_],
    progress: Progress,
) -> _Found:
    """Return minutes of nodes near streets, zones, stops and middles of streets: one search for all."""
    near, lon, lat = nodes_on_streets(router, grid, GRID_CRS)
    middle_lon, middle_lat = _degrees(*_middles_m(lines).T)
    columns = [
        (lon, lat),
        (zones["lon"].to_numpy(dtype=np.float64), zones["lat"].to_numpy(dtype=np.float64)),
        (network.stops.lon, network.stops.lat),
        (middle_lon, middle_lat),
    ]
    all_lon, all_lat = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    places = Points.of(map(str, range(all_lon.size)), all_lon, all_lat, where="surface")
    origin = Points.of(["origin"], [town.origin.lon], [town.origin.lat])
    query = dataclasses.replace(town.query, percentiles=percentiles)
    minutes = minutes_to(router, origin, places, query, progress)
    ends = np.cumsum([part.size for part, _ in columns])[:-1]
    of_nodes, of_zones, of_stops, of_streets = np.split(minutes, ends)
    everywhere = np.full((grid.rows * grid.columns, len(percentiles)), np.nan)
    middle_min = middle_of_resolution_min(router)
    everywhere[near] = of_nodes + middle_min
    return _Found(everywhere, of_zones + middle_min, of_stops, of_streets[:, percentiles.index(MEDIAN)])


def middle_of_resolution_min(router: Engine) -> float:
    """Return what whole minutes, rounded down, are drawn later than: none changes its side of a cutoff."""
    return (router.resolution_s - 1) / 2 / 60


def nodes_on_streets(
    router: Engine, grid: SurfaceGrid, crs: str
) -> tuple[NDArray[np.intp], FloatArray, FloatArray]:
    """Return which nodes of a grid in `crs` are near a street, and their longitude and latitude."""
    lon, lat = _degrees(*grid_nodes_m(grid), crs=crs)
    nodes = Points.of(map(str, range(lon.size)), lon, lat, where="surface")
    near = np.flatnonzero(~np.isnan(router.street_distance_m(nodes, OFF_STREET_M)))
    return near, lon[near], lat[near]


def _degrees(x_m: FloatArray, y_m: FloatArray, *, crs: str = GRID_CRS) -> tuple[FloatArray, FloatArray]:
    """Return metres in `crs` as longitude and latitude."""
    to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(x_m, y_m)
    return lon, lat


def _middles_m(lines: NDArray[np.object_]) -> FloatArray:
    """Return the points half way along lines, shape (n, 2)."""
    points = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    return np.asarray(shapely.get_coordinates(points))


def _edges_about(network: Network, grid: SurfaceGrid, within: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the edges that begin in the box about the nodes `within`, and a cell more on each side."""
    rows, columns = np.nonzero(within)
    if not rows.size:
        return edges[:0]
    x_m = grid.x0_m + grid.step_m * np.array([columns.min() - 1, columns.max() + 1])
    y_m = grid.y0_m + grid.step_m * np.array([rows.min() - 1, rows.max() + 1])
    lon, lat = _degrees(*(axis.ravel() for axis in np.meshgrid(x_m, y_m)))
    first = network.linkage.segments.edge_first[edges]
    at = network.linkage.segments.lon0[first] / 1e7, network.linkage.segments.lat0[first] / 1e7
    inside = (at[0] >= lon.min()) & (at[0] <= lon.max()) & (at[1] >= lat.min()) & (at[1] <= lat.max())
    return np.asarray(edges[inside])


def _streets(lines: NDArray[np.object_], minutes: FloatArray, last_min: int) -> gpd.GeoDataFrame:
    """Return the streets under the last cutoff that are a centimetre long, those that take longest first."""
    kept = np.flatnonzero((minutes < last_min) & (shapely.length(lines) > 0))
    kept = kept[np.argsort(-minutes[kept], kind="stable")]
    table = {"minutes_p50": minutes[kept], "length_m": shapely.length(lines[kept])}
    return gpd.GeoDataFrame(table, geometry=lines[kept], crs=GRID_CRS)
