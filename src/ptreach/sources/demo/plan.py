"""The plan of the made-up town: river, railway, main roads, outline, villages.

All in metres about the market place.

Averbridge does not exist. It grew on the north bank of the River Aver where the High Street comes down to the
bridge; the railway passed it on the south side; housing estates were built on the edge after the war.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from scipy.interpolate import CubicSpline
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import substring

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from ptreach.model import FloatArray

SEED: Final = 20_261_013
TOWN: Final = "Averbridge"
RIVER: Final = "River Aver"
CRS: Final = "EPSG:27700"
CENTRE_M: Final = (600_000.0, 420_000.0)
"""Easting and northing of the market place: open North Sea, 60 km off the nearest land."""
SNAP_M: Final = 0.5
"""All streets lie on a lattice of this pitch, so that they meet exactly."""

_STEP_M: Final = 30.0
_RIVER_BANK_M: Final = 16.0
_RAIL_VERGE_M: Final = 24.0
_XY = tuple[float, float]


class Road(NamedTuple):
    """A road of the plan: its course, its ``highway`` value and its name."""

    line: LineString
    highway: str
    name: str


class Village(NamedTuple):
    """A village outside the town and the reach of its houses."""

    name: str
    area: Polygon


class Plan(NamedTuple):
    """The town before its streets are filled in; everything in metres about the market place."""

    roads: tuple[Road, ...]
    collectors: tuple[Road, ...]
    river: Polygon
    river_line: LineString
    rail: LineString
    barrier: BaseGeometry
    town: Polygon
    villages: tuple[Village, ...]
    park: Polygon
    district: Polygon


def curve(points: tuple[_XY, ...], step_m: float = _STEP_M) -> LineString:
    """Return a smooth line through `points`, with a vertex about every `step_m` metres."""
    knots = np.array(points, dtype=np.float64)
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(knots, axis=0).T))]
    at = np.linspace(0.0, along[-1], max(2, math.ceil(along[-1] / step_m) + 1))
    return LineString(CubicSpline(along, knots, bc_type="natural")(at))


def angle_of(x: float, y: float) -> float:
    """Return the bearing of a place from the market place: degrees from east, against the clock, 0 to 360."""
    return math.degrees(math.atan2(y, x)) % 360.0


# Radial roads from the edge of the centre outwards, against the clock from east.
_RADIALS: Final[tuple[tuple[str, str, tuple[_XY, ...]], ...]] = (
    ("secondary", "Eastgate", ((0, 60), (420, 120), (930, 60))),
    (
        "primary",
        "Saltmarket Road",
        ((930, 60), (1650, 190), (2500, 150), (3400, 420), (4500, 560), (5700, 900), (7600, 1000)),
    ),
    ("secondary", "Priory Street", ((12, 300), (420, 520), (700, 640))),
    (
        "secondary",
        "Thrushby Road",
        ((700, 640), (1180, 1180), (1900, 1700), (2650, 2500), (3450, 3100), (4400, 4100), (5900, 5200)),
    ),
    ("secondary", "Northgate", ((-20, 480), (20, 700), (90, 860))),
    (
        "primary",
        "Great North Road",
        ((90, 860), (60, 1500), (330, 2250), (420, 3050), (250, 3900), (430, 5200), (300, 7400)),
    ),
    ("tertiary", "Abbey Street", ((12, 300), (-380, 500), (-620, 640))),
    (
        "secondary",
        "Wickenthorpe Road",
        ((-620, 640), (-1150, 1250), (-1700, 2050), (-2500, 2700), (-3100, 3600), (-3900, 4500),
         (-4700, 6200)),
    ),
    ("secondary", "Westgate", ((0, 60), (-460, 150), (-900, 210))),
    (
        "tertiary",
        "Abbots Way",
        ((-900, 210), (-1450, 560), (-2150, 900), (-2900, 1500), (-3500, 1900), (-4300, 2300)),
    ),
    (
        "secondary",
        "Sallowby Road",
        ((-760, -700), (-1500, -660), (-2350, -420), (-3150, -300), (-4100, 60), (-5300, 100), (-7600, 500)),
    ),
    (
        "secondary",
        "Furnace Lane",
        (
            (-330, -760), (-700, -1120), (-1250, -1750), (-2100, -2350), (-2750, -3200), (-3700, -3950),
            (-4900, -5600),
        ),
    ),
    (
        "primary",
        "London Road",
        ((60, -760), (60, -1150), (-130, -1900), (-20, -2800), (-320, -3700), (-200, -4900), (-500, -7300)),
    ),
    (
        "secondary",
        "Elderthorpe Road",
        ((640, -730), (1080, -1300), (1500, -1950), (2300, -2750), (3000, -3700), (4100, -4600),
         (5300, -6000)),
    ),
)  # fmt: skip
_HIGH_STREET: Final = ((-20.0, 480.0), (12.0, 300.0), (0.0, 60.0), (-18.0, -150.0), (0.0, -300.0))
_BRIDGE_STREET: Final = ((0.0, -300.0), (10.0, -420.0), (14.0, -540.0), (60.0, -760.0))
_RINGWAY: Final = (
    (90, 860), (-300, 830), (-620, 640), (-840, 430), (-900, 210), (-930, -60), (-880, -330), (-820, -520),
    (-760, -700), (-330, -760), (60, -760), (640, -730), (900, -560), (1010, -380), (1010, -140), (930, 60),
    (850, 390), (700, 640), (420, 800), (90, 860),
)  # fmt: skip
# From the north road by the east to the south: what traffic takes that does not stop in town.
_ORBITAL: Final = (
    (420, 3050), (1300, 3120), (2250, 3060), (2950, 2710), (3330, 1900), (3480, 1100), (3400, 420),
    (3520, -300),
    (3560, -1000), (3460, -1750), (3050, -2350), (2300, -2750), (1300, -3180), (500, -3120), (-20, -2800),
)  # fmt: skip
_DOCK_ROAD: Final = (
    (900, -560),
    (1250, -720),
    (1650, -1060),
    (2150, -1160),
    (2800, -1480),
    (3500, -1500),
    (3850, -1640),
)
_RIVER: Final = (
    (-8200, 3700), (-6700, 2650), (-5500, 2500), (-4500, 1500), (-3500, 850), (-2600, 550), (-2000, -60),
    (-1400, -120), (-800, -350), (-300, -470), (250, -400), (700, -250), (1150, -330), (1650, -760),
    (2250, -800), (2800, -1150), (3500, -1150), (4300, -1600), (5400, -1500), (6500, -2100), (8200, -2300),
)  # fmt: skip
_RAIL: Final = (
    (-8200, -2900), (-6000, -2350), (-4200, -1900), (-2700, -1350), (-1500, -1090), (-600, -960), (60, -950),
    (700, -1000), (1500, -1330), (2500, -1760), (3500, -1960), (5000, -2750), (8200, -3900),
)  # fmt: skip
_LANES: Final[tuple[tuple[str, tuple[_XY, ...]], ...]] = (
    ("Moor Lane", ((430, 5200), (1500, 5050), (2900, 4650), (4400, 4100))),
    ("Cold Harbour Lane", ((4400, 4100), (4800, 3000), (5100, 1900), (5100, 740))),
    ("Marsh Lane", ((5100, 740), (5000, -200), (4700, -900), (5200, -1230))),
    ("Long Drove", ((-3900, 4500), (-2500, 4750), (-1100, 4900), (430, 5200))),
    ("Ings Lane", ((-3900, 4500), (-4700, 3900), (-4900, 3000), (-4300, 2300))),
    ("Mill Lane", ((-5300, 100), (-5000, 600), (-5250, 1500), (-5000, 1950))),
    ("Halt Lane", ((-4100, 60), (-4500, -700), (-4400, -1500), (-4300, -2600), (-3700, -3950))),
    ("Brockhollow Lane", ((-3700, -3950), (-2500, -4600), (-1300, -4750), (-200, -4900))),
    ("Hollow Lane", ((-200, -4900), (1300, -4900), (2700, -4620), (3760, -4190))),
)
# Middle, reach (metres) of the houses; the first is a lobe of the town's outline where it follows a road.
_VILLAGES: Final = (
    ("Thrushby", 4200, 3880, 340),
    ("Wickenthorpe", -3900, 4500, 310),
    ("Sallowby", -5300, 100, 340),
    ("Brockhollow", -200, -4900, 320),
    ("Elderthorpe", 3620, -4210, 330),
    ("Saltmarket", 5100, 740, 280),
)
# Reach of the town by bearing (degrees against the clock from east): long along roads, short in the valley.
_REACH: Final = (
    (0, 3500), (12, 3750), (24, 3640), (42, 3820), (50, 3560), (62, 3330), (76, 3420), (86, 3900), (98, 3760),
    (112, 3260), (122, 3330), (130, 3580), (142, 3120), (150, 3260), (158, 3050), (168, 2700), (176, 3150),
    (184, 3480), (196, 3050), (212, 2860), (224, 3300), (234, 3560), (246, 3480), (258, 3150), (268, 3640),
    (278, 3900), (288, 3420), (302, 3300), (310, 3500), (322, 3180), (334, 2750), (342, 3050), (352, 3400),
)  # fmt: skip
# Cross roads between neighbouring radials: bearings of the sector, and how far out they lie.
_CROSSES: Final[tuple[tuple[float, float, tuple[float, ...]], ...]] = (
    (5, 42, (1330, 1800, 2290, 2900)),
    (42, 84, (1230, 1690, 2140, 2620, 3080)),
    (84, 128, (1380, 1830, 2400, 2880)),
    (128, 152, (1440, 1980, 2450, 2900)),
    (178, 232, (1330, 1850, 2300, 2750)),
    (232, 268, (1440, 1900, 2420, 2870, 3250)),
    (268, 310, (1530, 1990, 2450, 2990)),
    (310, 334, (1900, 2380, 2800)),
    (345, 365, (1330, 1790, 2230, 2700, 3080)),
)


def make_plan() -> Plan:
    """Return the plan; the same each time."""
    rng = np.random.default_rng(SEED)
    river_line, rail = curve(_RIVER), curve(_RAIL)
    river = _river_area(river_line)
    town = _closed(_REACH)
    villages = tuple(
        Village(name, _blob(x, y, reach, phase)) for phase, (name, x, y, reach) in enumerate(_VILLAGES)
    )
    radials = tuple(Road(curve(course), highway, name) for highway, name, course in _RADIALS)
    roads = (
        Road(curve(_HIGH_STREET, 20), "tertiary", "High Street"),
        Road(curve(_BRIDGE_STREET, 20), "tertiary", "Bridge Street"),
        *radials,
        Road(curve(_RINGWAY), "primary", "Ringway"),
        Road(curve(_ORBITAL), "primary", "Orbital Road"),
        Road(curve(_DOCK_ROAD), "secondary", "Dock Road"),
        *(Road(curve(course), "unclassified", name) for name, course in _LANES),
    )
    barrier = shapely.union_all([river.buffer(_RIVER_BANK_M), rail.buffer(_RAIL_VERGE_M)])
    return Plan(
        roads=roads,
        collectors=_collectors(roads, town, barrier, rng),
        river=river,
        river_line=river_line,
        rail=rail,
        barrier=barrier,
        town=town,
        villages=villages,
        park=_park(),
        district=_district(rng),
    )


def _river_area(line: LineString) -> Polygon:
    """Return the water: wider downstream, with an eyot below the east bridge."""
    xy = np.array(line.coords)
    step = np.gradient(xy, axis=0)
    normal = np.c_[-step[:, 1], step[:, 0]] / np.hypot(*step.T)[:, None]
    share = np.linspace(0.0, 1.0, len(xy))
    half_m = 13.0 + 15.0 * share + 2.5 * np.sin(share * 61.0) + 2.0 * np.sin(share * 23.0 + 1.0)
    half_m += 16.0 * np.exp(-(((xy[:, 0] - 1950.0) / 150.0) ** 2))
    water = Polygon(np.r_[xy + normal * half_m[:, None], (xy - normal * half_m[:, None])[::-1]])
    near = line.project(Point(1950.0, -780.0))
    eyot = substring(line, near - 90.0, near + 90.0).buffer(9.0)
    return Polygon(water.exterior, [eyot.exterior])


def _closed(reach: tuple[tuple[float, float], ...]) -> Polygon:
    """Return the outline that reaches so far at each bearing."""
    bearing = np.radians([row[0] for row in reach])
    far = np.array([row[1] for row in reach], dtype=np.float64)
    at = np.linspace(0.0, 2 * np.pi, 180, endpoint=False)
    closed = CubicSpline(np.r_[bearing, bearing[0] + 2 * np.pi], np.r_[far, far[0]], bc_type="periodic")(at)
    return Polygon(np.c_[closed * np.cos(at), closed * np.sin(at)])


def _blob(x: float, y: float, reach_m: float, phase: float) -> Polygon:
    """Return a roundish area about a place."""
    at = np.linspace(0.0, 2 * np.pi, 40, endpoint=False)
    far = reach_m * (1 + 0.16 * np.sin(2 * at + phase) + 0.1 * np.sin(3 * at + 2 * phase))
    return Polygon(np.c_[x + far * np.cos(at), y + far * np.sin(at)])


def _district(rng: np.random.Generator) -> Polygon:
    """Return the outline of the whole district: town, villages and fields."""
    at = np.linspace(0.0, 2 * np.pi, 110, endpoint=False)
    far = 6350 + 260 * np.sin(2 * at + 0.4) + 230 * np.sin(5 * at + 2.0) + rng.normal(0, 75, at.size)
    return Polygon(np.c_[far * np.cos(at), far * np.sin(at)])


def _park() -> Polygon:
    """Return the park on the north bank above the West Bridge."""
    return Polygon(
        [
            (-1830, 90),
            (-1500, 60),
            (-1180, -40),
            (-1000, -50),
            (-990, 180),
            (-1300, 330),
            (-1600, 480),
            (-1900, 420),
        ]
    )


def _collectors(
    roads: tuple[Road, ...], town: Polygon, barrier: BaseGeometry, rng: np.random.Generator
) -> tuple[Road, ...]:
    """Return cross roads between the radials and lanes between those, cut at the river and the railway.

    Each sector has its own, so that they meet the radials at staggered places and make no rings.
    """
    main = shapely.union_all([road.line for road in roads])
    land = town.difference(barrier)
    room = _Room(land, land.boundary)
    crosses: list[LineString] = []
    for first, last, reaches in _CROSSES:
        for reach in reaches:
            share = np.linspace(0, np.pi, 9)
            far = reach * (1 + 0.05 * np.sin(share * rng.uniform(0.8, 1.6) + rng.uniform(0, 3)))
            far = far + np.linspace(-1, 1, 9) * rng.uniform(-130, 130)
            crosses += _between(_polar(np.linspace(first - 7, last + 7, 9), far), main, room)
    lanes: list[LineString] = []
    network = shapely.union_all([main, *crosses])
    for first, last, reaches in _CROSSES:
        for near_m, far_m in itertools.pairwise((880.0, *reaches, 4300.0)):
            width_m = math.radians(last - first) * (near_m + min(far_m, 3500)) / 2
            count = round(width_m / 560)
            for number in range(1, count):
                bearing = first + (last - first) * (number + rng.uniform(-0.25, 0.25)) / count
                far = np.linspace(near_m - 300, far_m + 300, 7)
                line = _polar(
                    bearing + rng.normal(0, 1.0, 7) + np.linspace(-1, 1, 7) * rng.uniform(-6, 6), far
                )
                lanes += [
                    lane
                    for lane in _between(line, network, room)
                    if near_m < Point(0, 0).distance(lane.interpolate(0.5, normalized=True)) < far_m
                ]
    lanes = [
        lane
        for i, lane in enumerate(lanes)
        if network.distance(lane.interpolate(0.5, normalized=True)) > 90
        and all(lane.distance(other) > 90 for other in lanes[:i])
    ]
    return tuple(Road(line, "tertiary", "") for line in crosses) + tuple(
        Road(line, "unclassified", "") for line in lanes
    )


def _polar(bearing: FloatArray, far_m: FloatArray) -> LineString:
    """Return a smooth line through places by bearing (degrees) and distance (metres)."""
    at = np.radians(bearing)
    return curve(tuple((float(x), float(y)) for x, y in np.c_[far_m * np.cos(at), far_m * np.sin(at)]))


class _Room(NamedTuple):
    """Where roads may run, and the edge at which they may stop."""

    area: BaseGeometry
    edge: BaseGeometry


def _between(line: LineString, main: BaseGeometry, room: _Room) -> list[LineString]:
    """Return the pieces of a line that lie in the room with both ends on main roads or one by an obstacle."""
    pieces: list[LineString] = []
    cuts = sorted(line.project(Point(xy)) for xy in shapely.get_coordinates(line.intersection(main)))
    places = [0.0, *cuts, line.length]
    for start, end in itertools.pairwise(places):
        if end - start < 160:
            continue
        for piece in shapely.get_parts(shapely.intersection(substring(line, start, end), room.area)):
            if piece.length < 160:
                continue
            ends = [Point(piece.coords[0]), Point(piece.coords[-1])]
            on_road = [main.distance(end) < 0.01 for end in ends]
            if all(on_road) or (any(on_road) and room.edge.distance(ends[on_road.index(False)]) < 1):
                pieces.append(piece)
    return pieces
