"""Agreement of map and table: whether each zone's point lies in the band of the map that its minutes say."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ptreach.measures.bands import band_index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ptreach.model import FloatArray


class Apart(enum.StrEnum):
    """Why the map shows another band than the table."""

    NOT_DRAWN = "not drawn"
    """The point is too far from any street for the surface to be drawn there."""
    OFF_LAND = "off land"
    """The point lies in water, or off the coast as the boundaries have it."""
    BETWEEN_NODES = "between nodes"
    """The surface runs straight from node to node, and the time at the point does not."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A zone whose point lies in another band of the map: index of band by table and map, -1 for none."""

    zone_id: str
    by_minutes: int
    by_map: int
    why: Apart


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many zones' points have a cell of the surface, how many of these lie in their band, and the rest.

    ``rest`` are all zones that disagree, those without a cell too, in the order of the zones.
    """

    zones: int
    agree: int
    rest: tuple[Disagreement, ...]

    @property
    def share(self) -> float:
        """Share of the zones with a cell that agree, 0 to 1; NaN where there is no such zone."""
        return self.agree / self.zones if self.zones else float("nan")


def band_agreement(
    zone_ids: Sequence[str],
    places_m: FloatArray,
    minutes: FloatArray,
    drawn: NDArray[np.bool_],
    isochrones: Mapping[int, BaseGeometry],
    land: BaseGeometry,
) -> Agreement:
    """Return how map and table agree on the zones' bands.

    Parameters
    ----------
    zone_ids
        One a zone.
    places_m
        The zones' points in metres, shape (n, 2).
    minutes
        Their travel times in minutes, NaN where not reached, shape (n,).
    drawn
        Whether each lies where the surface is drawn, shape (n,).
    isochrones
        Area within each cutoff, by cutoff in minutes: cumulative.
    land
        What the areas were cut to.
    """
    cutoffs = sorted(isochrones)
    by_minutes = band_index(minutes, cutoffs)
    points = np.asarray(shapely.points(places_m), dtype=object)
    by_map = np.full(by_minutes.shape, -1)
    for index in reversed(range(len(cutoffs))):
        area = isochrones[cutoffs[index]]
        shapely.prepare(area)
        by_map[shapely.intersects(area, points)] = index
    apart = by_minutes != by_map
    rest = []
    for zone in np.flatnonzero(apart).tolist():
        why = Apart.BETWEEN_NODES
        if not drawn[zone]:
            why = Apart.NOT_DRAWN
        elif not shapely.intersects(land, points[zone]):
            why = Apart.OFF_LAND
        rest.append(Disagreement(zone_ids[zone], int(by_minutes[zone]), int(by_map[zone]), why))
    return Agreement(int(drawn.sum()), int((drawn & ~apart).sum()), tuple(rest))
