"""Zones of the made-up town: street blocks put together until about as many people live in each.

As LSOAs do, they follow streets, the river and the railway, tile the district without gaps, are small where
people live close together and large where fields lie.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import Polygon

from ptreach.sources.demo.plan import SEED, SNAP_M, TOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray
    from ptreach.sources.demo.plan import Plan
    from ptreach.sources.demo.streets import TownStreets

ZONES_N: Final = 120
RURAL: Final = "Averdale"
"""The district about the town."""
KINDS: Final = ("core", "terrace", "interwar", "estate", "modern", "village")
# People who live on 25 m of a street, both sides together.
_PEOPLE_ON_25_M: Final = {
    "core": 7.0,
    "terrace": 11.0,
    "interwar": 8.4,
    "estate": 11.5,
    "modern": 7.4,
    "village": 8.0,
}
_ON_MAIN_ROADS: Final = 5.0
_IN_FIELDS: Final = 0.25
_PIECE_M: Final = 25.0
_ROUNDS: Final = 60
_FEWEST: Final = 1_000
"""No zone has fewer people: where homes are few, more of them are flats."""


class Homes(NamedTuple):
    """Where people live: metres, float64 (n, 2); people, float64 (n,); index into `KINDS`, -1 elsewhere."""

    xy: FloatArray
    people: FloatArray
    kind: NDArray[np.int64]


class TownZones(NamedTuple):
    """Zones in order of their code.

    ``polygons`` and ``centroids`` (float64 (n, 2)) are in metres about the market place; ``share`` float64
    (n, kinds) says which part of the people lives in which kind of parcel.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    districts: tuple[str, ...]
    polygons: NDArray[np.object_]
    centroids: FloatArray
    population: NDArray[np.int64]
    share: FloatArray


def make_zones(plan: Plan, streets: TownStreets) -> TownZones:
    """Return the zones; the same each time."""
    homes = place_homes(plan, streets)
    blocks, region = _blocks(plan, streets)
    block = shapely.STRtree(blocks).query(shapely.points(homes.xy), predicate="intersects")
    first = np.unique(block[0], return_index=True)[1]
    home, at = block[0][first], block[1][first]
    homes = Homes(homes.xy[home], homes.people[home], homes.kind[home])
    people: FloatArray = np.bincount(at, homes.people, len(blocks)).astype(np.float64)
    zone = _grouped(blocks, region, _parish(plan, blocks, region), homes, at)
    zone = _connected(blocks, region, zone, people)
    return _described(plan, blocks, zone, homes, at)


def place_homes(plan: Plan, streets: TownStreets) -> Homes:
    """Return where people live: on both sides of the streets."""
    village_or_town = shapely.union_all([plan.town, *(village.area for village in plan.villages)])
    shapely.prepare(village_or_town)
    xy, people, kinds = [], [], []
    for way in streets.ways:
        if (
            way.tags.get("highway") in {None, "footway", "path", "steps", "track", "service"}
            or "bridge" in way.tags
        ):
            continue
        course = shapely.LineString(streets.xy[list(way.nodes)])
        count = max(1, round(course.length / _PIECE_M))
        s = (np.arange(count) + 0.5) * course.length / count
        here = shapely.get_coordinates(shapely.line_interpolate_point(course, s))
        ahead = shapely.get_coordinates(
            shapely.line_interpolate_point(course, np.minimum(s + 1, course.length))
        )
        back = shapely.get_coordinates(shapely.line_interpolate_point(course, np.maximum(s - 1, 0)))
        step = ahead - back
        side = np.c_[-step[:, 1], step[:, 0]] / np.hypot(*step.T)[:, None] * 9.0
        if way.kind in _PEOPLE_ON_25_M:
            density = _PEOPLE_ON_25_M[way.kind]
        else:
            inside = village_or_town.contains(course.interpolate(0.5, normalized=True))
            density = _ON_MAIN_ROADS if inside else _IN_FIELDS
        if way.kind == "works":
            continue
        xy += [here + side, here - side]
        people.append(np.full(2 * count, density / 2 * course.length / count / _PIECE_M))
        kinds.append(np.full(2 * count, KINDS.index(way.kind) if way.kind in KINDS else -1))
    return Homes(np.vstack(xy), np.concatenate(people), np.concatenate(kinds))


def _blocks(plan: Plan, streets: TownStreets) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the blocks between streets, river, railway and the district's edge, and which bank each is on.

    Zones do not cross the river or the railway.
    """
    edges = [_edge(area).exterior for area in (plan.town, *(village.area for village in plan.villages))]
    walls = [plan.river_line, plan.rail, plan.district.exterior, *edges]
    lines = [shapely.LineString(streets.xy[list(way.nodes)]) for way in streets.ways]
    cut = shapely.union_all([*walls, *lines], grid_size=SNAP_M)
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(cut)))
    inside = shapely.point_on_surface(cells)
    keep = shapely.contains(plan.district, inside)
    cells, inside = cells[keep], inside[keep]
    order = np.lexsort(shapely.get_coordinates(inside).T)
    cells, inside = cells[order], inside[order]
    far = 9_000.0
    river, rail = np.array(plan.river_line.coords), np.array(plan.rail.coords)
    north = shapely.Polygon(np.vstack([river, [[far, far], [-far, far]]]))
    south = shapely.Polygon(np.vstack([rail, [[far, -far], [-far, -far]]]))
    region = np.where(shapely.contains(north, inside), 0, np.where(shapely.contains(south, inside), 2, 1))
    return cells, region


def _edge(area: Polygon) -> Polygon:
    """Return the hedges about a built-up area."""
    return Polygon(shapely.get_coordinates(area.buffer(25.0).simplify(22.0)))


def _parish(plan: Plan, blocks: NDArray[np.object_], region: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each block the village that it belongs to, -1 in the town.

    Fields belong to the nearest village on their bank.
    """
    inside = shapely.point_on_surface(blocks)
    villages = [village.area.centroid for village in plan.villages]
    places = np.array(villages, dtype=object)
    bank = region[shapely.STRtree(blocks).nearest(places)]
    gap = shapely.distance(inside[:, None], places[None, :]) + 1e6 * (bank[None, :] != region[:, None])
    in_town = shapely.contains(_edge(plan.town), inside)
    return np.where(in_town, -1, np.argmin(gap, axis=1))


def _grouped(
    blocks: NDArray[np.object_],
    region: NDArray[np.int64],
    parish: NDArray[np.int64],
    homes: Homes,
    at: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the zone of each block: villages first; in the town about as many people in each, on one bank.

    Seeds move to the middle of their people while a weight for each shrinks zones with too many people; of
    the later turns the most even one is kept.
    """
    rng = np.random.default_rng(SEED + 3)
    people = np.bincount(at, homes.people, len(blocks))
    middle = shapely.get_coordinates(shapely.centroid(blocks))
    lived = people > 0
    weighted = np.c_[
        np.bincount(at, homes.people * homes.xy[:, 0], len(blocks)),
        np.bincount(at, homes.people * homes.xy[:, 1], len(blocks)),
    ]
    middle[lived] = weighted[lived] / people[lived, None]
    zone = parish.copy()
    villages_n = int(parish.max()) + 1
    in_region = np.bincount(region[parish < 0], people[parish < 0], 3)
    counts = np.round(in_region / in_region.sum() * (ZONES_N - villages_n)).astype(np.int64)
    counts[np.argmax(counts)] += ZONES_N - villages_n - counts.sum()
    for number, count in enumerate(counts):
        mine = np.flatnonzero((region == number) & (parish < 0))
        weight = people[mine]
        chance = weight / weight.sum()
        seeds = middle[rng.choice(mine, count, replace=False, p=chance)]
        lean = np.zeros(count)
        goal, least = weight.sum() / count, np.inf
        for turn in range(_ROUNDS):
            gap2 = ((middle[mine, None, :] - seeds[None, :, :]) ** 2).sum(axis=2)
            own = np.argmin(gap2 + lean, axis=1)
            held = np.bincount(own, weight, count)
            if turn >= _ROUNDS // 2 and (worst := float(np.abs(held - goal).max())) < least:
                least, zone[mine] = worst, own + villages_n + counts[:number].sum()
            scale = float(np.median(gap2.min(axis=1)))
            lean += 0.25 * scale * np.clip((held - goal) / goal, -1.0, 1.0)
            if turn < _ROUNDS - 12:
                full = held > 0
                total = np.c_[
                    np.bincount(own, weight * middle[mine, 0], count),
                    np.bincount(own, weight * middle[mine, 1], count),
                ]
                seeds[full] = total[full] / held[full, None]
    return zone


def _connected(
    blocks: NDArray[np.object_],
    region: NDArray[np.int64],
    zone: NDArray[np.int64],
    people: FloatArray,
) -> NDArray[np.int64]:
    """Return zones in one piece each: blocks cut off from their zone go to the neighbour they touch most."""
    pairs = shapely.STRtree(blocks).query(blocks, predicate="intersects")
    pairs = pairs[:, pairs[0] < pairs[1]]
    border = shapely.length(shapely.intersection(blocks[pairs[0]], blocks[pairs[1]]))
    pairs, border = pairs[:, border > 0], border[border > 0]
    for _ in range(20):
        same = zone[pairs[0]] == zone[pairs[1]]
        graph = coo_array((np.ones(same.sum()), (pairs[0][same], pairs[1][same])), shape=(len(blocks),) * 2)
        piece = connected_components(graph, directed=False)[1]
        held = np.bincount(piece, people + 1e-3)
        best = np.full(zone.max() + 1, -1)
        for candidate in np.argsort(held, kind="stable"):
            best[zone[np.flatnonzero(piece == candidate)[0]]] = candidate
        loose = best[zone] != piece
        if not loose.any():
            break
        moved = zone.copy()
        for lost in np.unique(piece[loose]):
            members = piece == lost
            ends = np.r_[
                np.flatnonzero(members[pairs[0]] & ~members[pairs[1]]),
                np.flatnonzero(members[pairs[1]] & ~members[pairs[0]]),
            ]
            other = np.where(members[pairs[0][ends]], pairs[1][ends], pairs[0][ends])
            on_bank = region[other] == region[np.flatnonzero(members)[0]]
            if on_bank.any():
                other, ends = other[on_bank], ends[on_bank]
            moved[members] = np.argmax(np.bincount(zone[other], border[ends]))
        zone = moved
    return zone


def _described(
    plan: Plan,
    blocks: NDArray[np.object_],
    zone: NDArray[np.int64],
    homes: Homes,
    at: NDArray[np.int64],
) -> TownZones:
    """Return zones with names, codes, centroids and people."""
    number = np.unique(zone)
    polygons = np.array([shapely.coverage_union_all(blocks[zone == n]) for n in number], dtype=object)
    own = np.searchsorted(number, zone)[at]
    held = np.bincount(own, homes.people, number.size)
    middle = (
        np.c_[
            np.bincount(own, homes.people * homes.xy[:, 0], number.size),
            np.bincount(own, homes.people * homes.xy[:, 1], number.size),
        ]
        / held[:, None]
    )
    centroids = np.empty_like(middle)
    for n in range(number.size):
        mine = homes.xy[own == n]
        # The home nearest to the middle, so that it lies on a street and inside the zone.
        centroids[n] = mine[np.argmin(np.hypot(*(mine - middle[n]).T))]
    share = np.zeros((number.size, len(KINDS)))
    known = homes.kind >= 0
    np.add.at(share, (own[known], homes.kind[known]), homes.people[known])
    share /= np.maximum(share.sum(axis=1), 1e-9)[:, None]
    rural = (share[:, KINDS.index("village")] > 0.3) | ~shapely.contains(plan.town, shapely.points(centroids))
    names = _names(centroids, rural)
    order = sorted(range(number.size), key=lambda n: (bool(rural[n]), names[n]))
    return TownZones(
        codes=tuple(f"X01{rank:06d}" for rank in range(1, number.size + 1)),
        names=tuple(names[n] for n in order),
        districts=tuple(RURAL if rural[n] else TOWN for n in order),
        polygons=polygons[order],
        centroids=np.round(centroids[order], 1),
        population=np.rint(np.maximum(held, _FEWEST + held / 10))[order].astype(np.int64),
        share=share[order],
    )


def _names(centroids: FloatArray, rural: NDArray[np.bool_]) -> list[str]:
    """Return names as official zones have them: district, group of about five from north to south, letter."""
    names = [""] * len(centroids)
    for district, mine in ((TOWN, ~rural), (RURAL, rural)):
        found = np.flatnonzero(mine)
        left = found[np.argsort(-centroids[found, 1], kind="stable")].tolist()
        for group in itertools.count(1):
            if not left:
                break
            gaps = np.hypot(*(centroids[left] - centroids[left[0]]).T)
            taken = [left[i] for i in np.argsort(gaps, kind="stable")[:5]]
            for letter, zone in zip("ABCDE", taken, strict=False):
                names[zone] = f"{district} {group:03d}{letter}"
            left = [zone for zone in left if zone not in taken]
    return names
