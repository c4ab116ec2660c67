"""Specks of isochrones: islands and holes too small for the surface to know, merged with what is around them.

A grid of nodes tells nothing of what is smaller than one of its cells. An island or a hole of less than that
is merged, unless one of the places that the surface was pinned to lies in it: map and table would part.
Nested areas stay nested. An island's part of a nearer cutoff is smaller than it, a hole's part that is not
reached within a further cutoff is smaller than it, and a place that keeps the inner of two keeps the outer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ptreach.model import FloatArray


class Merged(NamedTuple):
    """How many islands were taken away and how many holes were filled."""

    islands: int
    holes: int


def merge_specks(
    areas: Mapping[int, MultiPolygon], least_m2: float, places_m: FloatArray
) -> tuple[dict[int, MultiPolygon], dict[int, Merged]]:
    """Return nested areas without islands and holes under `least_m2`, and what was merged of each.

    Parameters
    ----------
    areas
        Areas by cutoff, in metres, as `contour_isochrones` draws them without land.
    least_m2
        Least size in square metres, measured by the outline, whatever lies within it.
    places_m
        Places whose islands and holes are kept, shape (n, 2).
    """
    places = np.asarray(shapely.points(places_m), dtype=object)
    merged, counts = {}, {}
    for cutoff, area in areas.items():
        rings, part = shapely.get_rings(shapely.get_parts(area), return_index=True)
        outer = np.diff(part, prepend=-1) != 0
        small = _small(rings, least_m2, places)
        stays = ~small[outer]
        polygons = [
            shapely.Polygon(rings[outer][number], list(rings[(part == number) & ~outer & ~small]))
            for number in np.flatnonzero(stays)
        ]
        merged[cutoff] = MultiPolygon(polygons)
        counts[cutoff] = Merged(int((small & outer).sum()), int((small & ~outer & stays[part]).sum()))
    return merged, counts


def _small(rings: NDArray[np.object_], least_m2: float, places: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which rings enclose less than `least_m2` and none of the places."""
    outlines = np.asarray(shapely.polygons(rings), dtype=object)
    small = np.asarray(shapely.area(outlines) < least_m2)
    suspects = np.flatnonzero(small)
    ring, _ = shapely.STRtree(places).query(outlines[suspects], predicate="intersects")
    small[suspects[ring]] = False
    return small
