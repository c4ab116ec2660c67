"""Coverage: what share of a zone's area lies inside each isochrone.

A share of area is no share of people: a large zone may have all of its people in the corner that is inside.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from ptreach.measures.isochrones import only_polygons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ptreach.model import FloatArray

NOISE: Final = 1e-6
"""Share of a zone by which a nearer isochrone may pass a further one through rounding of coordinates."""
PIECE_VERTICES: Final = 256
MAX_CUTS: Final = 24
"""Cutting ends here, where a thousand vertices lie in one spot."""


def area_shares(
    zones: Sequence[BaseGeometry | None] | NDArray[np.object_], isochrones: Mapping[int, BaseGeometry]
) -> FloatArray:
    """Return the share (0 to 1) of each zone's area inside the isochrone of each cutoff.

    Parameters
    ----------
    zones
        Polygons in metres (EPSG:27700), shape (n,); a GeoSeries will do. Invalid ones are mended first.
    isochrones
        Area within each cutoff, by cutoff in minutes: cumulative, as `contour_isochrones` gives them.

    Returns
    -------
    FloatArray
        Shape (zones, cutoffs), cutoffs ascending; a row never falls. Exactly 1 for a zone that is covered,
        exactly 0 for one that is not touched. NaN for zones without area: missing, empty, a line.

    Raises
    ------
    ValueError
        Where isochrones are not nested: a zone has more of its area within a nearer cutoff than a further.
    """
    polygons = _mended(np.asarray(zones, dtype=object))
    area_m2 = shapely.area(polygons)
    cutoffs = sorted(isochrones)
    shares = np.empty((polygons.size, len(cutoffs)))
    tree = shapely.STRtree(polygons)
    for column, cutoff in enumerate(cutoffs):
        inside_m2 = _area_inside(polygons, area_m2, tree, only_polygons(isochrones[cutoff]))
        shares[:, column] = np.divide(
            inside_m2, area_m2, out=np.full(area_m2.shape, np.nan), where=area_m2 > 0
        )
    for column, (nearer, further) in enumerate(itertools.pairwise(cutoffs)):
        over = shares[:, column] - shares[:, column + 1]
        if np.any(over > NOISE):
            zone = int(np.nanargmax(over))
            raise ValueError(
                f"isochrones are not nested: {nearer} minutes covers more of zone {zone} than {further} does"
            )
        shares[:, column + 1] = np.maximum(shares[:, column], shares[:, column + 1])
    return shares


def _mended(zones: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return valid polygons; what has no area is an empty polygon."""
    polygons = zones.copy()
    for index in np.flatnonzero(~shapely.is_valid(polygons) | (shapely.get_dimensions(polygons) != 2)):
        geometry = polygons[index]
        polygons[index] = shapely.Polygon() if geometry is None else only_polygons(geometry)
    return polygons


def _area_inside(
    polygons: NDArray[np.object_], area_m2: FloatArray, tree: shapely.STRtree, isochrone: shapely.MultiPolygon
) -> FloatArray:
    """Return the square metres of each polygon inside the isochrone, shape (n,).

    Most zones lie wholly inside or outside of one part, which a prepared part tells at once. The others are
    cut by pieces of parts, since a part may have many thousand vertices and few of them in one zone.
    """
    inside_m2 = np.zeros(area_m2.shape)
    parts = shapely.get_parts(isochrone)
    shapely.prepare(parts)
    part, zone = tree.query(parts, predicate="intersects")
    covered = zone[shapely.covers(parts[part], polygons[zone])]
    inside_m2[covered] = area_m2[covered]
    edge = np.setdiff1d(zone, covered)
    pieces = np.array([piece for whole in parts for piece in _pieces(whole)], dtype=object)
    piece, among = shapely.STRtree(polygons[edge]).query(pieces, predicate="intersects")
    common_m2 = shapely.area(shapely.intersection(polygons[edge[among]], pieces[piece]))
    np.add.at(inside_m2, edge[among], common_m2)
    return np.minimum(inside_m2, area_m2)


def _pieces(part: BaseGeometry, cuts: int = MAX_CUTS) -> list[BaseGeometry]:
    """Return `part` cut into polygons of few vertices each, by halving its box across its longer side."""
    if cuts == 0 or shapely.get_num_coordinates(part) <= PIECE_VERTICES:
        return [part]
    west, south, east, north = shapely.bounds(part)
    if east - west > north - south:
        middle = (west + east) / 2
        halves = (shapely.box(west, south, middle, north), shapely.box(middle, south, east, north))
    else:
        middle = (south + north) / 2
        halves = (shapely.box(west, south, east, middle), shapely.box(west, middle, east, north))
    smaller = shapely.get_parts(shapely.intersection(part, np.array(halves, dtype=object)))
    return [piece for half in smaller for piece in _pieces(half, cuts - 1)]
