"""Routes of buses, tram and trains of the made-up town, and their stops on both sides of the street."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from ptreach.sources.demo.streets import STATIONS, station_platforms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray
    from ptreach.sources.demo.plan import Plan
    from ptreach.sources.demo.streets import TownStreets

_XY = tuple[float, float]
_HIGH_STREET: Final[tuple[_XY, ...]] = ((12.0, 300.0), (0.0, 60.0), (-18.0, -150.0))
_TO_SOUTH: Final[tuple[_XY, ...]] = (*_HIGH_STREET, (10.0, -420.0))
_STATION: Final = (60.0, -870.0)


class Line(NamedTuple):
    """A route: number, title, how often it runs (a key of `timetable.SERVICES`), and its course."""

    number: str
    title: str
    service: str
    course: tuple[_XY, ...]


BUS_LINES: Final = (
    Line("1", "Heath - High Street - London Road", "frequent",
         ((1950, 1560), (1180, 1180), *_TO_SOUTH, (-130, -1900), (-620, -2010))),
    Line("2", "Great North Road - High Street - Elderthorpe Road", "frequent",
         ((420, 3050), (60, 1500), *_TO_SOUTH, (640, -730), (1500, -1950))),
    Line("3", "Saltmarket Road - High Street - Sallowby Road", "frequent",
         ((2500, 150), (930, 60), *_TO_SOUTH[1:], (-330, -760), (-1500, -660), (-2350, -420))),
    Line("4", "Wickenthorpe Road - High Street - Furnace Lane", "standard",
         ((-2150, 2380), (-1150, 1250), *_TO_SOUTH, (-330, -760), (-1250, -1750))),
    Line("5", "Abbots Way - High Street - Dock Road", "standard",
         ((-2150, 900), (-900, 210), *_TO_SOUTH[1:], (640, -730), (1650, -1060), (2800, -1480))),
    Line("6", "Moorside - High Street", "estate",
         ((1550, 2850), (1300, 2450), (330, 2250), (60, 1500), *_HIGH_STREET[:2])),
    Line("7", "Eastfield - High Street", "estate",
         ((2820, 1500), (2900, 2050), (2500, 2330), (1180, 1180), *_HIGH_STREET[:2])),
    Line("8", "Southfields - High Street", "estate",
         ((2550, -2350), (1650, -2550), (1500, -1950), (640, -730), *reversed(_TO_SOUTH))),
    Line("10", "Brackendale - High Street", "estate",
         ((-1150, -2950), (-900, -2650), (-130, -2300), (60, -1150), *reversed(_TO_SOUTH))),
    Line("11", "Westholme - High Street", "hourly",
         ((-3150, 150), (-3150, -300), (-2350, -420), (-760, -700), (-330, -760), *reversed(_TO_SOUTH))),
    Line("12", "Furnace Hill - High Street", "estate",
         ((-2050, -2850), (-1750, -2650), (-1250, -1750), (-330, -760), *reversed(_TO_SOUTH))),
    Line("14", "Orbital: Wickenthorpe Road - Saltmarket Road - London Road", "orbital",
         ((-2500, 2700), (-1700, 2050), (330, 2250), (1900, 1700), (3400, 420), (3560, -1000), (3050, -2350),
          (1500, -1950), (-130, -1900), (-1750, -2050))),
    Line("20", "Thrushby - High Street", "hourly",
         ((4200, 3850), (2650, 2500), (700, 640), *_HIGH_STREET[:2])),
    Line("21", "Wickenthorpe - High Street", "hourly",
         ((-3900, 4500), (-1700, 2050), (-620, 640), *_HIGH_STREET[:2])),
    Line("22", "Saltmarket - High Street", "hourly",
         ((5150, 750), (3400, 420), (930, 60), (0, 60), (12, 300))),
    Line("23", "Elderthorpe - High Street", "two-hourly",
         ((3700, -4250), (2300, -2750), (640, -730), *reversed(_TO_SOUTH))),
    Line("24", "Brockhollow - High Street", "two-hourly",
         ((-200, -4950), (-130, -1900), *reversed(_TO_SOUTH))),
    Line("25", "Sallowby - High Street", "hourly",
         ((-5350, 110), (-2350, -420), (-330, -760), *reversed(_TO_SOUTH))),
)  # fmt: skip
TRAM_LINE: Final = Line(
    "T1", "Park and Ride East - High Street - Station - Park and Ride South", "tram",
    ((3400, 420), (1650, 190), (930, 60), *_TO_SOUTH[1:], _STATION, (-130, -1900), (-20, -2800)),
)  # fmt: skip

_DRIVEN: Final = {"primary": 1.0, "secondary": 1.0, "tertiary": 1.15, "unclassified": 1.4, "residential": 1.9}
"""What a metre of each road counts when a route is laid."""
_BESIDE_M: Final = 5.5
_APART_M: Final = 325.0
_CLOSEST_M: Final = 210.0
_TRAM_APART_M: Final = 560.0
_OFF_JUNCTION_M: Final = 16.0


class Stop(NamedTuple):
    """A stop or platform: id, name, and place in metres about the market place."""

    stop_id: str
    name: str
    x: float
    y: float


class Pattern(NamedTuple):
    """One direction of a route.

    ``stops`` are positions in the list of stops, ``at_m`` how far along ``path`` (float64 (n, 2)) each lies.
    """

    line: Line
    direction: int
    stops: tuple[int, ...]
    at_m: FloatArray
    path: FloatArray


class Transit(NamedTuple):
    """Stops and patterns of one feed."""

    stops: tuple[Stop, ...]
    patterns: tuple[Pattern, ...]


def make_buses(streets: TownStreets) -> Transit:
    """Return stops and patterns of the buses; routes on one street share its stops."""
    return _along_streets(streets, BUS_LINES, "X010B", _APART_M)


def make_tram(streets: TownStreets) -> Transit:
    """Return stops and patterns of the tram, which runs in the street."""
    return _along_streets(streets, (TRAM_LINE,), "X010T", _TRAM_APART_M)


def make_rail(plan: Plan) -> Transit:
    """Return platforms and patterns of the railway: from halt to halt over the town's station, both ways."""
    stops: list[Stop] = []
    for number, (name, x_m) in enumerate(STATIONS, 1):
        north, south = station_platforms(plan, x_m)
        stops.append(Stop(f"X010R{number:02d}N", f"{name} platform 1", north.x, north.y))
        stops.append(Stop(f"X010R{number:02d}S", f"{name} platform 2", south.x, south.y))
    eastward = sorted(range(len(STATIONS)), key=lambda n: STATIONS[n][1])
    line = Line("R", "Sallowby Halt - Averbridge - Aver Junction", "rail", ())
    patterns: list[Pattern] = []
    for direction, (order, platform) in enumerate(((eastward, 0), (eastward[::-1], 1))):
        calls = [2 * n + platform for n in order]
        at = [plan.rail.project(shapely.Point(stops[n].x, stops[n].y)) for n in calls]
        course = substring(plan.rail, at[0], at[-1])
        patterns.append(
            Pattern(line, direction, tuple(calls), np.abs(np.array(at) - at[0]), np.array(course.coords))
        )
    return Transit(tuple(stops), tuple(patterns))


class _Roads(NamedTuple):
    """Roads that buses use, as a graph on the nodes of the streets."""

    xy: FloatArray
    graph: coo_array
    names: dict[int, set[str]]
    edge_name: dict[tuple[int, int], str]
    usable: NDArray[np.int64]


def _roads(streets: TownStreets) -> _Roads:
    """Return the roads for vehicles with their weights."""
    first, last, cost = [], [], []
    names: dict[int, set[str]] = defaultdict(set)
    edge_name: dict[tuple[int, int], str] = {}
    for way in streets.ways:
        weight = _DRIVEN.get(way.tags.get("highway", ""))
        if weight is None:
            continue
        name = way.tags.get("name", "")
        xy = streets.xy[list(way.nodes)]
        lengths = np.hypot(*np.diff(xy, axis=0).T)
        for node in way.nodes:
            names[node].add(name)
        for a, b, length in zip(way.nodes[:-1], way.nodes[1:], lengths.tolist(), strict=True):
            edge_name[min(a, b), max(a, b)] = name
            first.append(a)
            last.append(b)
            cost.append(length * weight)
    graph = coo_array((cost, (first, last)), shape=(len(streets.xy),) * 2).tocsr()
    return _Roads(streets.xy, graph, names, edge_name, np.array(sorted(names)))


def _along_streets(streets: TownStreets, lines: tuple[Line, ...], prefix: str, apart_m: float) -> Transit:
    """Return stops and patterns of lines that run on the streets."""
    roads = _roads(streets)
    paths = [_path(roads, line.course) for line in lines]
    pairs: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    places: list[tuple[FloatArray, FloatArray, str]] = []
    calls = [_place_pairs(roads, path, pairs, places, apart_m) for path in paths]
    stops: list[Stop] = []
    for number, (here, ahead, name) in enumerate(places, 1):
        left = np.array([-ahead[1], ahead[0]])
        # Vehicles keep left; the two stops of a pair face each other a few metres apart.
        for letter, side in (("a", 1.0), ("b", -1.0)):
            x, y = here + side * _BESIDE_M * left
            stops.append(Stop(f"{prefix}{number:04d}{letter}", name, round(float(x), 2), round(float(y), 2)))
    patterns: list[Pattern] = []
    for line, path, called in zip(lines, paths, calls, strict=True):
        xy = roads.xy[path]
        length = float(np.hypot(*np.diff(xy, axis=0).T).sum())
        at = np.array([s for s, _, _ in called])
        ahead_side = [2 * pair + (0 if along else 1) for _, pair, along in called]
        back_side = [2 * pair + (1 if along else 0) for _, pair, along in called]
        patterns.append(Pattern(line, 0, tuple(ahead_side), at, xy))
        patterns.append(Pattern(line, 1, tuple(back_side[::-1]), (length - at)[::-1], xy[::-1]))
    return Transit(tuple(stops), tuple(patterns))


def _path(roads: _Roads, course: tuple[_XY, ...]) -> list[int]:
    """Return the nodes of the cheapest way past the places of a course, without turning back on itself."""
    near = [
        int(roads.usable[np.argmin(np.hypot(*(roads.xy[roads.usable] - np.array(place)).T))])
        for place in course
    ]
    path: list[int] = near[:1]
    for start, end in itertools.pairwise(near):
        before = dijkstra(roads.graph, directed=False, indices=start, return_predecessors=True)[1]
        leg = [end]
        while leg[-1] != start:
            leg.append(int(before[leg[-1]]))
        leg.reverse()
        # A place a little off the road would make the bus turn round there.
        while len(path) > 1 and len(leg) > 1 and path[-2] == leg[1]:
            path.pop()
            leg.pop(0)
        path += leg[1:]
    return path


def _place_pairs(
    roads: _Roads,
    path: list[int],
    pairs: dict[tuple[int, int], list[tuple[float, int]]],
    places: list[tuple[FloatArray, FloatArray, str]],
    apart_m: float,
) -> list[tuple[float, int, bool]]:
    """Return the calls of a path: metres along it, pair of stops, whether it runs as the pair was laid.

    Pairs of routes before it are taken up where they lie on the path; in the gaps new ones are added.
    """
    xy = roads.xy[path]
    length = np.hypot(*np.diff(xy, axis=0).T)
    along = np.r_[0.0, np.cumsum(length)]
    there: list[tuple[float, int, bool]] = []
    for number, (a, b) in enumerate(itertools.pairwise(path)):
        for offset, pair in pairs.get((a, b), []):
            there.append((float(along[number] + offset), pair, True))
        for offset, pair in pairs.get((b, a), []):
            there.append((float(along[number + 1] - offset), pair, False))
    there.sort()
    calls: list[tuple[float, int, bool]] = []
    for call in there:
        if not calls or call[0] - calls[-1][0] >= _CLOSEST_M:
            calls.append(call)
    marks = [8.0 - apart_m, *(call[0] for call in calls), along[-1] - 8.0 + apart_m]
    for start, end in itertools.pairwise(marks):
        gap = end - start
        count = max(1, round(gap / apart_m))
        for step in range(1, count):
            s = float(np.clip(start + gap * step / count, 8.0, along[-1] - 8.0))
            calls.append(_new_pair(roads, path, along, s, pairs, places))
    calls.sort()
    return [call for i, call in enumerate(calls) if i == 0 or call[0] - calls[i - 1][0] > 120.0]


def _new_pair(
    roads: _Roads,
    path: list[int],
    along: FloatArray,
    s: float,
    pairs: dict[tuple[int, int], list[tuple[float, int]]],
    places: list[tuple[FloatArray, FloatArray, str]],
) -> tuple[float, int, bool]:
    """Add a pair of stops `s` metres along a path, off the junction if the street allows; return its call."""
    number = int(np.clip(np.searchsorted(along, s, side="right") - 1, 0, len(path) - 2))
    start, end = float(along[number]), float(along[number + 1])
    room = min(_OFF_JUNCTION_M, (end - start) / 2)
    s = float(np.clip(s, start + room, end - room))
    a, b = path[number], path[number + 1]
    ahead = (roads.xy[b] - roads.xy[a]) / (end - start)
    here = roads.xy[a] + ahead * (s - start)
    places.append((here, ahead, _stop_name(roads, path, along, s, number)))
    pair = len(places) - 1
    pairs[a, b].append((s - start, pair))
    return s, pair, True


def _stop_name(roads: _Roads, path: list[int], along: FloatArray, s: float, number: int) -> str:
    """Return the name of the nearest side street, as stops are called, or of the street itself."""
    a, b = path[number], path[number + 1]
    own = roads.edge_name[min(a, b), max(a, b)]
    if own in {"High Street", "Bridge Street"}:
        return own
    order = sorted(range(max(0, number - 8), min(len(path), number + 10)), key=lambda i: abs(along[i] - s))
    for i in order:
        others = sorted(roads.names[path[i]] - {own, ""})
        if others and abs(along[i] - s) < 140:
            return others[0]
    return own
