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
from ptreach.model import UNREACHED, Points
from ptreach.streets import street_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.config import Town
    from ptreach.engine.base import Engine
    from ptreach.model import FloatArray, Progress, Query
    from ptreach.network.build import Network

OFF_STREET_M: Final = 300.0
"""The surface is drawn where a street is this near; beyond it is nobody's doorstep."""
SURFACE_STEP_M: Final = 100.0
SPECK_M2: Final = SURFACE_STEP_M**2
"""Islands and holes of the surface under one cell are merged with what is around them."""
_SPARE: Final = 1.01
"""Walkers are taken to come so much farther: metres of the grid are not quite those of the ground."""
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
    *,
    everywhere: bool = False,
) -> Surface:
    """Return isochrones, agreement, and the times of stops and streets.

    `zones` has the columns of `towns.add_times`; `land` is all there is in view. Nodes that can't be under
    the last cutoff are asked for only where `everywhere` says so: the answer does not depend on it.
    """
    grid = surface_grid(tuple(zones.total_bounds), SURFACE_STEP_M)
    exact = network.linkage.edges.mm.size <= EXACT_STREETS
    edges = np.flatnonzero(network.linkage.edges.linkable)
    lines = street_lines(network.linkage, edges) if exact else np.empty(0, dtype=object)
    asked = tuple(sorted({*town.preset.percentiles, BEST, MEDIAN, ALWAYS}))
    stops = Points.of(map(str, range(network.stops_n)), network.stops.lon, network.stops.lat)
    query = dataclasses.replace(town.query, percentiles=asked)
    about = None if everywhere else nodes_about(grid, *_reached(router, town, query, stops))
    found = _search(router, town, query, grid, about, (zones, stops, lines), progress)
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
    town: Town,
    query: Query,
    grid: SurfaceGrid,
    about: NDArray[np.intp] | None,
    others: tuple[gpd.GeoDataFrame, Points, NDArray[np.object_]],
    progress: Progress,
) -> _Found:
    """Return minutes of the nodes `about` that are near streets, of zones, stops, and middles of streets."""
    zones, stops, lines = others
    near, lon, lat = nodes_on_streets(router, grid, GRID_CRS, about)
    spread = [(lon, lat), _degrees(*_middles_m(lines).T)]
    fixed = [
        (zones["lon"].to_numpy(dtype=np.float64), zones["lat"].to_numpy(dtype=np.float64)),
        (stops.lon, stops.lat),
    ]
    # Walks to zones and stops are those of the town before, walks to a few nodes are found in no time
    together = [[*spread, *fixed]] if about is None else [spread, *([kind] for kind in fixed)]
    found = [minutes for kinds in together for minutes in _minutes_to(router, town, query, kinds, progress)]
    of_nodes, of_streets, of_zones, of_stops = found
    nodes = np.full((grid.rows * grid.columns, len(query.percentiles)), np.nan)
    middle_min = middle_of_resolution_min(router)
    nodes[near] = of_nodes + middle_min
    return _Found(nodes, of_zones + middle_min, of_stops, of_streets[:, query.percentiles.index(MEDIAN)])


def _minutes_to(
    router: Engine,
    town: Town,
    query: Query,
    kinds: Sequence[tuple[FloatArray, FloatArray]],
    progress: Progress,
) -> list[FloatArray]:
    """Return minutes to places of some kinds (longitudes and latitudes): one search for all of them."""
    lon, lat = (np.concatenate(parts) for parts in zip(*kinds, strict=True))
    places = Points.of(map(str, range(lon.size)), lon, lat, where="surface")
    minutes = minutes_to(router, _origin(town), places, query, progress)
    return np.split(minutes, np.cumsum([part.size for part, _ in kinds])[:-1])


def _origin(town: Town) -> Points:
    """Return the town's point."""
    return Points.of(["origin"], [town.origin.lon], [town.origin.lat])


def _reached(router: Engine, town: Town, query: Query, stops: Points) -> tuple[FloatArray, float]:
    """Return places (metres of the grid, shape (n, 2)) and how far all that is under the last cutoff lies.

    In any minute of the window such a place is a walk away from the town's point, or from a stop that one
    alights at by then. That stop itself may be counted later: by twice the way from it to the street.
    """
    walk_m_s, walk_s = query.walk_speed_kph / 3.6, min(query.max_walk_s, query.max_time_s)
    (seconds,) = router.each_departure(_origin(town), stops, query)
    off_s = 2 * router.point_links(stops, query).distance_m / walk_m_s
    first_s = np.where(seconds[0] == UNREACHED, np.inf, seconds[0]).min(axis=1, initial=np.inf)
    reached = (first_s - off_s < 60 * town.preset.cutoffs_min[-1] + router.resolution_s) | (off_s >= walk_s)
    lon, lat = np.r_[town.origin.lon, stops.lon[reached]], np.r_[town.origin.lat, stops.lat[reached]]
    return to_grid(lon, lat), walk_m_s * walk_s


def nodes_about(grid: SurfaceGrid, places_m: FloatArray, metres: float) -> NDArray[np.intp]:
    """Return the nodes of a grid within some metres of places (metres of the grid, shape (n, 2)), and beside.

    All neighbours of those within are among them, and some a little farther off.
    """
    # A place lies up to the diagonal of a cell from its node, a neighbour another one
    cells = int(np.ceil(metres * _SPARE / grid.step_m)) + 3
    side = np.arange(-cells, cells + 1)
    disc = np.add.outer(side**2, side**2) <= cells**2
    edge = 2 * cells
    found = np.zeros((grid.rows + 2 * edge, grid.columns + 2 * edge), dtype=np.bool_)
    at = np.floor((places_m - [grid.x0_m, grid.y0_m]) / grid.step_m).astype(np.int64)
    inside = (at >= -cells).all(axis=1) & (at < [grid.columns + cells, grid.rows + cells]).all(axis=1)
    for column, row in np.unique(at[inside], axis=0) + edge:
        found[row - cells : row + cells + 1, column - cells : column + cells + 1] |= disc
    return np.flatnonzero(found[edge : edge + grid.rows, edge : edge + grid.columns])


def middle_of_resolution_min(router: Engine) -> float:
    """Return what whole minutes, rounded down, are drawn later than: none changes its side of a cutoff."""
    return (router.resolution_s - 1) / 2 / 60


def nodes_on_streets(
    router: Engine, grid: SurfaceGrid, crs: str, among: NDArray[np.intp] | None = None
) -> tuple[NDArray[np.intp], FloatArray, FloatArray]:
    """Return which nodes of a grid in `crs` are near a street, and their longitude and latitude.

    All nodes are looked at, or those `among`.
    """
    x_m, y_m = grid_nodes_m(grid)
    among = np.arange(x_m.size) if among is None else among
    lon, lat = _degrees(x_m[among], y_m[among], crs=crs)
    nodes = Points.of(map(str, range(lon.size)), lon, lat, where="surface")
    near = np.flatnonzero(~np.isnan(router.street_distance_m(nodes, OFF_STREET_M)))
    return among[near], lon[near], lat[near]


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
