"""Which zones touch: Queen contiguity of polygons, with the nearest zones where a zone touches none."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from ptreach.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_MOST_KEPT: Final = 4
_FOUND: Final[OrderedDict[tuple[bytes, float], frozenset[tuple[int, int]]]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Pairs of neighbouring zones, each pair both ways, sorted by `focal_idx`, then `neighbour_idx`.

    ``focal_idx`` and ``neighbour_idx`` are int64 of shape (pairs,): positions of zones among ``zones_n``.
    ``by_distance_idx`` int64: zones that touch no other and were given their nearest as neighbours instead.
    """

    zones_n: int
    focal_idx: NDArray[np.int64]
    neighbour_idx: NDArray[np.int64]
    by_distance_idx: NDArray[np.int64]


def touching_zones(
    polygons: Sequence[BaseGeometry], *, gap_m: float = 1.0, nearest_n: int = 3, where: str = "zones"
) -> Neighbours:
    """Return which zones touch in an edge or in a corner (Queen contiguity).

    Zones count as touching over a gap of up to `gap_m` metres: published boundaries are simplified, which
    parts corners by less than that (in all of England 97 pairs in 98,993). A zone that touches none, such as
    an island that is one zone, gets the `nearest_n` zones whose centroids are nearest to its own. Each of
    those gets it as a neighbour too, so that the relation stays mutual. One zone alone has no neighbours.

    Parameters
    ----------
    polygons
        A polygon a zone, in metres.
    gap_m
        Widest gap in metres that still counts as touching; 0 for none.
    nearest_n
        Zones that one without contact is given; 0 leaves it without neighbours.
    where
        What the zones are, for the error.

    Raises
    ------
    InputError
        A zone has no polygon, or an empty one.
    """
    shapes = np.asarray(polygons, dtype=object)
    absent = np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if absent.size:
        raise InputError(
            f"zone {absent[0] + 1} of {shapes.size} has no polygon ({absent.size} such zones)",
            where=where,
            remedy="leave out zones without a boundary, or give them one",
        )
    pairs = set(_pairs_within(shapes, gap_m))
    alone = np.setdiff1d(np.arange(shapes.size), [i for i, _ in pairs])
    for i, j in _nearest(shapes, alone, nearest_n):
        pairs |= {(i, j), (j, i)}
    both = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    given = np.intersect1d(alone, both[:, 0])
    return Neighbours(shapes.size, both[:, 0].copy(), both[:, 1].copy(), given.astype(np.int64))


def _pairs_within(shapes: NDArray[np.object_], gap_m: float) -> frozenset[tuple[int, int]]:
    """Return the pairs of zones that are so near, both ways; found once for the same zones.

    Tables, page and correlations of a pack all ask for them, and so does the pack of the next town.
    """
    key = hashlib.sha256(b"".join(shapely.to_wkb(shapes))).digest(), gap_m
    if key not in _FOUND:
        focal, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=gap_m)
        near = zip(focal.tolist(), other.tolist(), strict=True)
        _FOUND[key] = frozenset((i, j) for i, j in near if i != j)
        if len(_FOUND) > _MOST_KEPT:
            _FOUND.popitem(last=False)
    return _FOUND[key]


def _nearest(shapes: NDArray[np.object_], alone: NDArray[np.int64], nearest_n: int) -> list[tuple[int, int]]:
    """Pair each zone of `alone` with the zones of nearest centroids; of equally near ones, the first."""
    xy_m = shapely.get_coordinates(shapely.centroid(shapes))
    pairs = []
    for i in alone:
        distance_m = np.hypot(*(xy_m - xy_m[i]).T)
        distance_m[i] = np.inf
        order = np.argsort(distance_m, kind="stable")[: min(nearest_n, shapes.size - 1)]
        pairs += [(int(i), int(j)) for j in order]
    return pairs
