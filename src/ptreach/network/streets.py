"""Streets as a graph: ways cut at crossings, lengths in millimetres, islands left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ptreach.errors import InputError
from ptreach.sources.osm import distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.rules import Rules
    from ptreach.sources.cover import Cover
    from ptreach.sources.osm import OsmStreets

_BLOCK: Final = 1 << 17
_REGION_DEG2: Final = 200.0  # England has 45, Germany 80
DEGREE_E7 = 1e-7
"""Degrees of one unit of the fixed-point coordinates."""


class Streets(NamedTuple):
    """Walkable street edges between vertices.

    Edge e runs from ``edge_from[e]`` to ``edge_to[e]`` along the points ``point_start[e]:point_start[e + 1]``
    (first and last included), in degrees times 1e7.
    """

    vertices_n: int
    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    edge_mm: NDArray[np.int32]
    edge_forward: NDArray[np.bool_]
    edge_backward: NDArray[np.bool_]
    edge_linkable: NDArray[np.bool_]
    point_start: NDArray[np.int64]
    point_lon_e7: NDArray[np.int32]
    point_lat_e7: NDArray[np.int32]

    def take(self, kept: NDArray[np.bool_]) -> Streets:
        """Return the edges that are kept, with the vertices they touch, renumbered in their order."""
        lengths = np.diff(self.point_start)
        points = np.repeat(kept, lengths)
        ends = np.concatenate([self.edge_from[kept], self.edge_to[kept]])
        vertices, number = np.unique(ends, return_inverse=True)
        edge_from, edge_to = np.split(number.astype(np.int32), 2)
        return Streets(
            vertices_n=vertices.size,
            edge_from=edge_from,
            edge_to=edge_to,
            edge_mm=self.edge_mm[kept],
            edge_forward=self.edge_forward[kept],
            edge_backward=self.edge_backward[kept],
            edge_linkable=self.edge_linkable[kept],
            point_start=np.r_[0, np.cumsum(lengths[kept])].astype(np.int64),
            point_lon_e7=self.point_lon_e7[points],
            point_lat_e7=self.point_lat_e7[points],
        )


def build_streets(osm: OsmStreets, rules: Rules, cover: Cover | None = None) -> tuple[Streets, int]:
    """Return the street graph without its islands, and the number of edges that lay on islands.

    Ways are cut where they share a node, where one passes a node twice, and at nodes that nobody passes;
    there each edge ends in a vertex of its own. Streets that lead out of the cover are no islands: who knows
    where they go.
    """
    streets = _cut_ways(osm, rules)
    kept = _off_islands(streets, rules.island_vertices, cover)
    return streets.take(kept), int((~kept).sum())


def require_region(streets: Streets, where: str) -> None:
    """Raise InputError, naming the streets' files, if they are spread over more than a region.

    The grid in which points look for streets covers all between them.
    """
    lon, lat = streets.point_lon_e7 * DEGREE_E7, streets.point_lat_e7 * DEGREE_E7
    if np.ptp(lon) * np.ptp(lat) > _REGION_DEG2:
        raise InputError(
            f"its streets are spread from {lon.min():.1f} to {lon.max():.1f} degrees east"
            f" and from {lat.min():.1f} to {lat.max():.1f} north",
            where=where,
            remedy="take the extract of one country or less, without places far away",
        )


def haversine_m(
    lon0: NDArray[Any], lat0: NDArray[Any], lon1: NDArray[Any], lat1: NDArray[Any], radius_m: float
) -> NDArray[np.float64]:
    """Return great-circle distances in metres between points in degrees."""
    x0, y0, x1, y1 = (np.radians(values) for values in (lon0, lat0, lon1, lat1))
    half = np.sin((y1 - y0) / 2) ** 2 + np.cos(y0) * np.cos(y1) * np.sin((x1 - x0) / 2) ** 2
    return np.asarray(2 * radius_m * np.arcsin(np.sqrt(half)), dtype=np.float64)


def _cut_ways(osm: OsmStreets, rules: Rules) -> Streets:
    """Return an edge for each piece of a way between two neighbouring vertices."""
    lon_e7, lat_e7 = osm.ref_lon_e7, osm.ref_lat_e7
    way_of_ref = np.repeat(np.arange(osm.way_id.size, dtype=np.int32), np.diff(osm.ref_start))
    nodes = distinct(osm.ref_node_id)
    node_of_ref = np.searchsorted(nodes, osm.ref_node_id).astype(np.int32)
    impassable = np.isin(nodes, osm.impassable_node_id)[node_of_ref]
    is_shared = (np.bincount(node_of_ref) > 1) | np.isin(nodes, osm.shared_node_id)
    is_vertex = is_shared[node_of_ref] | impassable
    is_vertex[osm.ref_start[:-1]] = True
    is_vertex[osm.ref_start[1:] - 1] = True

    at = np.flatnonzero(is_vertex)
    same_way = way_of_ref[at[:-1]] == way_of_ref[at[1:]]
    start, end = at[:-1][same_way], at[1:][same_way]
    number_of_node = np.cumsum(np.bincount(node_of_ref[at], minlength=nodes.size) > 0) - 1
    edge_from, edge_to = number_of_node[node_of_ref[start]], number_of_node[node_of_ref[end]]
    vertices_n = int(number_of_node[-1]) + 1
    for ends, refs in ((edge_from, start), (edge_to, end)):
        shut = np.flatnonzero(impassable[refs])
        ends[shut] = vertices_n + np.arange(shut.size)
        vertices_n += shut.size

    counts = end - start + 1
    point_start = np.r_[0, np.cumsum(counts)].astype(np.int64)
    points = np.arange(point_start[-1]) - np.repeat(point_start[:-1] - start, counts)
    steps_m = _steps_m(lon_e7, lat_e7, rules.earth_radius_m)[points]
    steps_m[point_start[:-1]] = 0.0  # the step to an edge's first point is another edge's
    length_mm = np.minimum(np.add.reduceat(steps_m, point_start[:-1]) * 1000, np.iinfo(np.int32).max)
    point_lon_e7, point_lat_e7 = lon_e7[points], lat_e7[points]
    if rules.truncates:
        ends = np.concatenate([point_start[:-1], point_start[1:] - 1])
        for values in (point_lon_e7, point_lat_e7):
            values[ends] = _read_back(values[ends])
    way = way_of_ref[start]
    return Streets(
        vertices_n=vertices_n,
        edge_from=edge_from.astype(np.int32),
        edge_to=edge_to.astype(np.int32),
        edge_mm=(np.trunc(length_mm) if rules.truncates else np.rint(length_mm)).astype(np.int32),
        edge_forward=osm.way_forward[way],
        edge_backward=osm.way_backward[way],
        edge_linkable=osm.way_linkable[way] & osm.way_forward[way] & osm.way_backward[way],
        point_start=point_start,
        point_lon_e7=point_lon_e7,
        point_lat_e7=point_lat_e7,
    )


def _steps_m(lon_e7: NDArray[np.int32], lat_e7: NDArray[np.int32], radius_m: float) -> NDArray[np.float64]:
    """Return how far each place is from the one before it, in metres, 0 for the first; block by block."""
    steps_m = np.zeros(lon_e7.size)
    for first in range(1, lon_e7.size, _BLOCK):
        here, before = slice(first, first + _BLOCK), slice(first - 1, first - 1 + _BLOCK)
        lon, lat = lon_e7[here] * DEGREE_E7, lat_e7[here] * DEGREE_E7
        last_lon, last_lat = (values[before][: lon.size] * DEGREE_E7 for values in (lon_e7, lat_e7))
        steps_m[here] = haversine_m(last_lon, last_lat, lon, lat, radius_m)
    return steps_m


def _off_islands(streets: Streets, island_vertices: int, cover: Cover | None) -> NDArray[np.bool_]:
    """Return which edges join vertices of parts that are no islands: large ones, and the largest in any case.

    A part is a set of vertices each of which can be walked to from each other. One that leaves the cover
    counts as large.
    """
    there = np.concatenate([streets.edge_from[streets.edge_forward], streets.edge_to[streets.edge_backward]])
    onward = np.concatenate([streets.edge_to[streets.edge_forward], streets.edge_from[streets.edge_backward]])
    graph = coo_array((np.ones(there.size, dtype=np.int8), (there, onward)), shape=(streets.vertices_n,) * 2)
    part = connected_components(graph, directed=True, connection="strong")[1]
    sizes = np.bincount(part)
    large = sizes >= min(island_vertices, sizes.max())
    if cover is not None:
        first, last = streets.point_start[:-1], streets.point_start[1:] - 1
        for vertex, point in ((streets.edge_from, first), (streets.edge_to, last)):
            lon, lat = (
                values[point].astype(np.float64) * DEGREE_E7
                for values in (streets.point_lon_e7, streets.point_lat_e7)
            )
            large[part[vertex[~cover.holds(lon, lat)]]] = True
    return np.asarray(large[part[streets.edge_from]] & large[part[streets.edge_to]], dtype=np.bool_)


def _read_back(values: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return coordinates of vertices as R5 has them: turned into degrees and cut back, some lose one unit.

    The points between vertices, and lengths, keep the file's coordinates.
    """
    fixed: NDArray[np.int32] = np.trunc(values / 1e7 * 1e7).astype(np.int32)
    return fixed
