"""Streets of the made-up town: main roads, the parcels between them filled in, paths; cut where they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import LineString, Point, Polygon

from ptreach.sources.demo.fill import GRIDS, Street, fill_estate, fill_grid
from ptreach.sources.demo.names import Namer
from ptreach.sources.demo.plan import SEED, SNAP_M, Plan, angle_of, curve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray

STATIONS: Final = (("Averbridge", 200.0), ("Sallowby Halt", -4440.0), ("Aver Junction", 3480.0))
"""Stations by name and the easting (metres from the market place) where they lie on the railway."""
FOOTBRIDGE_X_M: Final = -1330.0
_PATCH_M2: Final = 9_000.0


class Way(NamedTuple):
    """A way: positions of its nodes, its tags, and the kind of parcel it serves (empty on main roads)."""

    nodes: tuple[int, ...]
    tags: dict[str, str]
    kind: str


class Parcel(NamedTuple):
    """Land between main roads and when it was built up."""

    area: Polygon
    kind: str


class TownStreets(NamedTuple):
    """Ways on nodes; ``xy`` float64 (n, 2) in metres about the market place."""

    xy: FloatArray
    ways: tuple[Way, ...]
    parcels: tuple[Parcel, ...]


class _Course(NamedTuple):
    """A line to be built, before it is cut at junctions."""

    line: LineString
    tags: dict[str, str]
    kind: str


def make_streets(plan: Plan) -> TownStreets:
    """Return all ways of the town on foot or by wheel, one connected whole; the same each time."""
    rng = np.random.default_rng(SEED + 1)
    namer = Namer()
    parcels = make_parcels(plan)
    courses = _main_courses(plan, namer)
    mains = np.array([course.line for course in courses], dtype=object)
    tree = shapely.STRtree(mains)
    for number, parcel in enumerate(parcels):
        about = mains[np.sort(tree.query(parcel.area.buffer(2.0), predicate="intersects"))]
        streets = _filled(parcel, about, rng) if len(about) else []
        courses += [
            _Course(street.line, _street_tags(street, parcel, number, namer), parcel.kind)
            for street in streets
        ]
    courses += _paths(plan, rng)
    return _joined(courses, parcels)


def make_parcels(plan: Plan) -> tuple[Parcel, ...]:
    """Return the parcels of town and villages, from the main roads, the river and the railway."""
    lines = [road.line for road in (*plan.roads, *plan.collectors)]
    built = [plan.town, *(village.area for village in plan.villages)]
    edges = [area.exterior for area in built]
    cells = shapely.get_parts(
        shapely.polygonize(shapely.get_parts(shapely.union_all([*lines, *edges], grid_size=SNAP_M)))
    )
    land = shapely.union_all(built).difference(shapely.union_all([plan.barrier, plan.park.buffer(12.0)]))
    parts = [
        part
        for piece in shapely.intersection(cells, land)
        for part in shapely.get_parts(piece)
        if part.geom_type == "Polygon" and part.area > _PATCH_M2
    ]
    parts.sort(key=lambda part: (round(part.centroid.x), round(part.centroid.y)))
    rng = np.random.default_rng(SEED + 2)
    return tuple(Parcel(part, _kind(part, plan, rng)) for part in parts)


# Bearings of what lies on the edge: council estates, private estates; the rest is between the wars.
_EDGE: Final = (
    (0, 14, "modern"), (14, 50, "estate"), (50, 84, "modern"), (84, 104, "interwar"), (104, 140, "modern"),
    (140, 178, "interwar"), (178, 206, "estate"), (206, 232, "interwar"), (232, 262, "estate"),
    (262, 284, "modern"), (284, 324, "estate"), (324, 360, "interwar"),
)  # fmt: skip


def _kind(area: Polygon, plan: Plan, rng: np.random.Generator) -> str:
    """Return when and for whom a parcel was built; some stayed open ground."""
    lot = rng.random()
    x, y = area.centroid.x, area.centroid.y
    far = float(np.hypot(x, y))
    if any(village.area.contains(area.centroid) for village in plan.villages):
        return "village"
    if far < 900:
        return "core"
    by_rail = plan.rail.distance(area.centroid) < 330 and (x < -900 or x > 900)
    by_docks = plan.river_line.distance(area.centroid) < 420 and x > 1500
    if (by_rail or by_docks) and far > 1150:
        return "works"
    if far < 1750:
        return "terrace"
    if lot < 0.09 and 40_000 < area.area < 200_000:
        return "open"
    return _suburb(far, angle_of(x, y), lot)


def _suburb(far_m: float, bearing: float, lot: float) -> str:
    """Return when a parcel outside the terraces was built; `lot`, 0 to 1, makes some infill modern."""
    if far_m < 2450:
        return "interwar" if lot < 0.86 else "modern"
    return next(kind for first, last, kind in _EDGE if first <= bearing < last)


def _filled(parcel: Parcel, about: NDArray[np.object_], rng: np.random.Generator) -> list[Street]:
    """Return the streets of one parcel."""
    if parcel.kind == "open":
        return []
    if parcel.kind in GRIDS:
        return fill_grid(parcel.area, about, GRIDS[parcel.kind], rng)
    gates = {"estate": 2, "modern": 1, "village": 2}[parcel.kind]
    return fill_estate(parcel.area, about, rng, gates=gates + (parcel.area.area > 250_000))


def _street_tags(street: Street, parcel: Parcel, number: int, namer: Namer) -> dict[str, str]:
    """Return the tags of a street of a parcel."""
    if street.highway == "footway":
        return {"highway": "footway"}
    tags = {"highway": street.highway}
    if street.highway != "service" or street.line.length > 150:
        tags["name"] = namer.name(parcel.kind, number, street.highway, street.line.length)
    return tags


def _main_courses(plan: Plan, namer: Namer) -> list[_Course]:
    """Return main roads, in pieces at the river and the railway, where they are bridges."""
    out: list[_Course] = []
    for road in (*plan.roads, *plan.collectors):
        name = road.name or namer.name("main", 0, road.highway, road.line.length)
        tags = {"highway": road.highway, "name": name}
        line = road.line.intersection(plan.district)
        out += [_Course(piece, tags, "") for piece in shapely.get_parts(line.difference(plan.barrier))]
        for piece in shapely.get_parts(line.intersection(plan.barrier)):
            if piece.geom_type == "LineString" and piece.length > 1:
                bridge = {"bridge": "yes", "layer": "1"}
                if name == "Bridge Street" and piece.intersects(plan.river):
                    bridge["bridge:name"] = "Town Bridge"
                out.append(_Course(piece, {**tags, **bridge}, ""))
    return out


def _paths(plan: Plan, rng: np.random.Generator) -> list[_Course]:
    """Return paths: park, riverside, footbridge, ways to the stations, paths across fields."""
    out: list[_Course] = []
    foot = {"highway": "footway"}
    crossing = curve(
        ((FOOTBRIDGE_X_M, 420), (FOOTBRIDGE_X_M - 8, 60), (FOOTBRIDGE_X_M, -200), (FOOTBRIDGE_X_M, -720))
    )
    named = {"highway": "footway", "name": "Abbey Footbridge", "bridge": "yes", "layer": "1"}
    out += [_Course(piece, foot, "") for piece in shapely.get_parts(crossing.difference(plan.barrier))]
    out += [_Course(piece, named, "") for piece in shapely.get_parts(crossing.intersection(plan.barrier))]
    for course in (
        ((-1920, 470), (-1600, 300), (-1250, 120), (-900, 20)),
        ((-1800, 60), (-1500, 250), (-1180, 250), (-900, 190)),
        ((-1600, 520), (-1480, 300), (-1500, 60)),
    ):
        out.append(_Course(curve(course), {"highway": "path", "name": "Abbey Park"}, ""))
    bank = shapely.offset_curve(plan.river_line, 58.0)
    walk = bank.intersection(shapely.box(-3200, -3000, 3900, 3000)).difference(plan.barrier)
    for piece in shapely.get_parts(walk):
        out.append(_Course(piece, {"highway": "path", "name": "Riverside Walk"}, ""))
    out += _station_ways(plan)
    out += _field_paths(plan, rng)
    lane = next(road.line for road in plan.roads if road.name == "Moor Lane")
    gate = lane.interpolate(700.0)
    drive = curve(((gate.x, gate.y), (gate.x + 40, gate.y + 130), (gate.x - 20, gate.y + 290)))
    out.append(_Course(drive, {"highway": "service", "access": "private", "name": "Moor Hall drive"}, ""))
    return out


def station_platforms(plan: Plan, x_m: float) -> tuple[Point, Point]:
    """Return the middles of the two platforms of a station: north and south of the tracks."""
    along = plan.rail.project(plan.rail.intersection(LineString([(x_m, -9e3), (x_m, 9e3)])).centroid)
    here, on = plan.rail.interpolate(along), plan.rail.interpolate(along + 1.0)
    across = np.array([here.y - on.y, on.x - here.x])
    north, south = (Point(np.array(here.coords[0]) + side * 9.0 * across) for side in (1, -1))
    return north, south


def _station_ways(plan: Plan) -> list[_Course]:
    """Return platforms, the footbridge between them, and the ways to the streets on both sides."""
    roads = shapely.union_all([road.line for road in (*plan.roads, *plan.collectors)])
    out: list[_Course] = []
    for name, x_m in STATIONS:
        north, south = station_platforms(plan, x_m)
        steps = {"highway": "steps", "name": f"{name} station footbridge", "bridge": "yes", "layer": "1"}
        out.append(_Course(LineString([north, south]), steps, ""))
        for middle, side in ((north, 1.0), (south, -1.0)):
            at = plan.rail.project(middle)
            ends = [plan.rail.interpolate(at + shift) for shift in (-75.0, 75.0)]
            shift = np.array(middle.coords[0]) - np.array(plan.rail.interpolate(at).coords[0])
            xy = [np.array(ends[0].coords[0]) + shift, middle.coords[0], np.array(ends[1].coords[0]) + shift]
            out.append(_Course(LineString(xy), {"railway": "platform", "public_transport": "platform"}, ""))
            out_of_rail = np.array(middle.coords[0]) + shift / np.hypot(*shift) * 30.0
            reach = shapely.shortest_line(Point(out_of_rail), roads)
            if side > 0 or not reach.crosses(plan.rail):
                course = LineString([middle.coords[0], out_of_rail, reach.coords[1]])
                if not LineString(course.coords[1:]).crosses(plan.rail):
                    tags = {"highway": "footway", "name": "Station Approach"}
                    out.append(_Course(course, tags, ""))
    return out


def _field_paths(plan: Plan, rng: np.random.Generator) -> list[_Course]:
    """Return footpaths across the fields between country roads, and blind farm tracks."""
    fields = plan.district.difference(shapely.union_all([plan.town, plan.barrier]))
    roads = [road.line for road in plan.roads]
    rural = shapely.get_parts(shapely.union_all(roads).intersection(fields))
    rural = rural[shapely.length(rural) > 400]
    out: list[_Course] = []
    for number in range(150):
        first, second = rural[rng.integers(len(rural))], rural[rng.integers(len(rural))]
        start = first.interpolate(rng.uniform(0.05, 0.95), normalized=True)
        end = second.interpolate(rng.uniform(0.05, 0.95), normalized=True)
        track = number % 3 == 0
        if track:
            bearing, far = rng.uniform(0, 2 * np.pi), rng.uniform(250, 650)
            end = Point(start.x + far * np.cos(bearing), start.y + far * np.sin(bearing))
        if not (200 < start.distance(end) < (700 if track else 2300)):
            continue
        knots = np.linspace(start.coords[0], end.coords[0], 5)
        knots[1:-1] += rng.normal(0, start.distance(end) * 0.035, (3, 2))
        line = curve(tuple(map(tuple, knots)), 60.0)
        if fields.buffer(2.0).contains(line) and all(line.distance(other.line) > 60 for other in out):
            out.append(_Course(line, {"highway": "track" if track else "path"}, ""))
    return out


def _joined(courses: list[_Course], parcels: tuple[Parcel, ...]) -> TownStreets:
    """Cut all lines where they meet, drop what hangs on nothing, and return ways on shared nodes."""
    lines = np.array([course.line for course in courses], dtype=object)
    cut = shapely.get_parts(shapely.union_all(lines, grid_size=SNAP_M))
    owner = _owners(cut, lines)
    xy, starts = shapely.get_coordinates(cut), np.r_[0, np.cumsum(shapely.get_num_coordinates(cut))]
    nodes_xy, node = np.unique(np.rint(xy / SNAP_M).astype(np.int64), axis=0, return_inverse=True)
    node = node.ravel()
    first, last = node[starts[:-1]], node[starts[1:] - 1]
    part = connected_components(
        coo_array((np.ones(first.size), (first, last)), shape=(len(nodes_xy),) * 2), directed=False
    )[1]
    whole = np.bincount(part[first]).argmax()
    ways: list[Way] = []
    along = shapely.line_locate_point(lines[owner], shapely.line_interpolate_point(cut, 0.5, normalized=True))
    starts_at = shapely.line_locate_point(lines[owner], shapely.points(xy[starts[:-1]]))
    ends_at = shapely.line_locate_point(lines[owner], shapely.points(xy[starts[1:] - 1]))
    chain: list[int] = []
    order = np.lexsort((along, owner))
    for rank, piece in enumerate(order):
        if part[first[piece]] != whole:
            continue
        refs = node[starts[piece] : starts[piece + 1]].tolist()
        if ends_at[piece] < starts_at[piece] and not lines[owner[piece]].is_closed:
            refs.reverse()
        goes_on = rank and owner[order[rank - 1]] == owner[piece] and chain and chain[-1] == refs[0]
        if goes_on:
            chain += refs[1:]
        else:
            chain = refs
            ways.append(Way((), courses[owner[piece]].tags, courses[owner[piece]].kind))
        ways[-1] = ways[-1]._replace(nodes=tuple(chain))
    used = np.unique([ref for way in ways for ref in way.nodes])
    number = np.full(len(nodes_xy), -1)
    number[used] = np.arange(used.size)
    ways = [way._replace(nodes=tuple(number[list(way.nodes)].tolist())) for way in ways]
    return TownStreets(nodes_xy[used] * SNAP_M, tuple(ways), parcels)


def _owners(cut: NDArray[np.object_], lines: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return for each piece the first line that it is a part of."""
    middle = shapely.line_interpolate_point(cut, 0.5, normalized=True)
    piece, line = shapely.STRtree(lines).query(middle, predicate="dwithin", distance=1.0)
    gap = shapely.distance(lines[line], middle[piece])
    order = np.lexsort((line, np.round(gap, 1), piece))
    piece, line = piece[order], line[order]
    first = np.r_[True, piece[1:] != piece[:-1]]
    owner = np.full(len(cut), -1, dtype=np.int64)
    owner[piece[first]] = line[first]
    return owner
