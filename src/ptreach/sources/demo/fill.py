"""Street patterns of the made-up town: how a parcel between main roads is filled, by when it was built.

Each function takes the land of a parcel and the roads about it, and returns streets that end on those roads,
on each other or blind. All in metres.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from shapely.affinity import rotate
from shapely.geometry import LineString, Polygon

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ptreach.model import FloatArray

    _Lines = NDArray[np.object_]


class Street(NamedTuple):
    """A street of a parcel: its course and its ``highway`` value."""

    line: LineString
    highway: str


class Grid(NamedTuple):
    """How a parcel of rows and cross streets is laid out.

    Spacing of rows and of cross streets, how far streets bend and over what length, which share of either is
    built, and how far streets keep from the roads about the parcel.
    """

    row_m: float
    cross_m: float
    bend_m: float
    wave_m: float
    rows: float
    crosses: float
    inset_m: float
    highway: str = "residential"


GRIDS: Final = {
    "core": Grid(62, 88, 11, 190, 0.84, 0.80, 17),
    "terrace": Grid(54, 165, 5, 420, 0.93, 0.80, 26),
    "interwar": Grid(80, 210, 30, 640, 0.92, 0.72, 36),
    "works": Grid(165, 270, 12, 600, 0.78, 0.75, 55, "service"),
}
_SAMPLE_M: Final = 9.0
_CLEAR_M: Final = 31.0


def fill_grid(area: Polygon, roads: _Lines, grid: Grid, rng: np.random.Generator) -> list[Street]:
    """Return rows along the parcel's longest side and cross streets between them, ends on `roads`."""
    angle = _longest_side(area)
    middle = area.centroid
    turned = rotate(area, -angle, origin=middle)
    about = shapely.union_all([rotate(road, -angle, origin=middle) for road in roads])
    lines = np.array(_lattice(turned.bounds, grid, rng), dtype=object)
    pieces = _clipped(lines, turned, about, grid.inset_m)
    return [Street(rotate(piece, angle, origin=middle), grid.highway) for piece in pieces]


def _longest_side(area: Polygon) -> float:
    """Return the direction of the longest straight side, in degrees."""
    xy = shapely.get_coordinates(area.simplify(12))
    step = np.diff(xy, axis=0)
    dx, dy = step[np.argmax(np.hypot(*step.T))]
    return float(np.degrees(np.arctan2(dy, dx)))


def _lattice(
    bounds: tuple[float, float, float, float], grid: Grid, rng: np.random.Generator
) -> list[LineString]:
    """Return bent rows and cross streets over a box; crosses end exactly on rows, often staggered."""
    u0, v0, u1, v1 = bounds
    phase = rng.uniform(0, 2 * np.pi, 4)
    rows = np.arange(v0 - grid.row_m * rng.uniform(0, 1), v1 + grid.row_m, grid.row_m)
    rows = rows + rng.uniform(-0.1, 0.1, rows.size) * grid.row_m

    def bent(u: FloatArray, v: FloatArray) -> FloatArray:
        k = 2 * np.pi / grid.wave_m
        bend_u = np.sin(k * v + phase[0]) + 0.5 * np.sin(0.7 * k * u + phase[1])
        bend_v = np.sin(k * u + phase[2]) + 0.6 * np.sin(0.55 * k * u + 0.5 * k * v + phase[3])
        return np.column_stack([u + grid.bend_m * 0.6 * bend_u, v + grid.bend_m * bend_v])

    crosses: list[FloatArray] = []
    offset = rng.uniform(0, grid.cross_m)
    for _ in rows[1:]:
        if rng.random() < 0.42:
            offset = rng.uniform(0, grid.cross_m)
        at = np.arange(u0 - offset, u1 + grid.cross_m, grid.cross_m)
        crosses.append(at + rng.uniform(-0.12, 0.12, at.size) * grid.cross_m)
    out: list[LineString] = []
    for j, v in enumerate(rows):
        near = [crosses[i] for i in (j - 1, j) if 0 <= i < len(crosses)]
        at = np.unique(np.concatenate([np.arange(u0 - 60, u1 + 60, 22.0), *near]))
        built = rng.random(int((u1 - u0) / grid.cross_m) + 2) < grid.rows
        section = np.clip((at - u0) / grid.cross_m, 0, built.size - 1).astype(np.int64)
        for run in np.split(np.arange(at.size), np.flatnonzero(np.diff(built[section])) + 1):
            if run.size > 1 and built[section[run[0]]]:
                out += [LineString(bent(at[run], np.full(run.size, v)))]
    for j, strip in enumerate(crosses):
        for u in strip[rng.random(strip.size) < grid.crosses]:
            v_at = np.linspace(rows[j], rows[j + 1], 3 if grid.row_m < 70 else 5)
            out.append(LineString(bent(np.full(v_at.size, u), v_at)))
    return out


def _clipped(lines: _Lines, area: Polygon, roads: BaseGeometry, inset_m: float) -> list[LineString]:
    """Return lines cut to the inside of a parcel; where they ran on to a road about it they reach it."""
    inner = area.buffer(-inset_m)
    if inner.is_empty:
        return []
    parts = shapely.get_parts(shapely.intersection(lines, inner))
    parts = parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 18)]
    edge = inner.boundary
    reach = area.buffer(1.0)
    shapely.prepare(reach)
    out: list[LineString] = []
    for part in parts:
        xy = shapely.get_coordinates(part)
        head = _onward(xy[0], xy[0] - xy[1], edge, roads, reach, inset_m)
        tail = _onward(xy[-1], xy[-1] - xy[-2], edge, roads, reach, inset_m)
        out.append(LineString(np.vstack([*head, xy, *tail])))
    return out


def _onward(
    end: FloatArray,
    step: FloatArray,
    edge: BaseGeometry,
    roads: BaseGeometry,
    reach: Polygon,
    inset_m: float,
) -> list[FloatArray]:
    """Return the place where a street that was cut at `edge` meets a road straight on, if it does."""
    point = shapely.Point(end)
    if edge.distance(point) > 0.01:
        return []
    ray = LineString([end, end + step / np.hypot(*step) * 2.2 * inset_m])
    hits = shapely.get_coordinates(ray.intersection(roads))
    if not len(hits):
        return []
    hit = hits[np.argmin(np.hypot(*(hits - end).T))]
    return [hit] if reach.contains(LineString([end, hit])) else []


def fill_estate(area: Polygon, roads: _Lines, rng: np.random.Generator, *, gates: int) -> list[Street]:
    """Return a loop road, joined to `roads` at `gates` places, culs-de-sac and footways between them."""
    about = shapely.union_all(roads)
    out = _loop(area, about, rng, gates)
    if not out:
        return []
    inside = area.buffer(-19.0)
    shapely.prepare(inside)
    taken = [_sampled(about.intersection(area.buffer(60.0))), *(_sampled(street.line) for street in out)]
    heads: list[tuple[FloatArray, int]] = []
    parents = [street.line for street in out]
    for depth in range(3):
        grown: list[LineString] = []
        for parent in parents:
            for branch in _branches(parent, inside, taken, rng, 62.0 if depth == 0 else 56.0):
                taken.append(_sampled(branch))
                heads.append((np.array(branch.coords[-1]), len(taken) - 1))
                grown.append(branch)
        out += [Street(branch, "residential") for branch in grown]
        parents = [branch for branch in grown if branch.length > 75]
    out += _links(heads, taken, rng)
    return out


def _loop(area: Polygon, about: BaseGeometry, rng: np.random.Generator, gates: int) -> list[Street]:
    """Return the loop road, a street across it where there is room, and the ways in."""
    inner = area.buffer(-105.0).buffer(-25.0).buffer(25.0)
    parts = sorted(shapely.get_parts(inner), key=lambda part: -part.area)
    if parts and parts[0].area > 9_000:
        ring = parts[0].exterior.simplify(6.0)
        course = _rounded(np.array(ring.coords))
    else:
        axis = _axis(area)
        if axis is None:
            return []
        ring, course = axis, axis
    out = [Street(course, "unclassified")]
    places = [course.interpolate(s) for s in np.arange(0, course.length, 25.0)]
    gaps = [place.distance(about) for place in places]
    chosen: list[int] = []
    for _ in range(gates):

        def worth(i: int) -> float:
            apart = min((places[i].distance(places[j]) for j in chosen), default=200.0)
            return gaps[i] - 0.6 * apart

        best = min(range(len(places)), key=worth)
        if gaps[best] < 230 and best not in chosen:
            chosen.append(best)
    for i in chosen:
        way_in = shapely.shortest_line(places[i], about)
        if area.buffer(2.0).contains(way_in) and way_in.length > 1:
            out.append(Street(way_in, "unclassified"))
    if len(out) == 1:
        return []
    if parts and parts[0].area > 52_000:
        axis = _axis(parts[0].buffer(1.0))
        if axis is not None:
            out.append(Street(_bowed(axis, course, rng), "residential"))
    return out


def _axis(area: Polygon) -> LineString | None:
    """Return the long axis of a parcel, kept off its ends."""
    box = shapely.minimum_rotated_rectangle(area)
    xy = shapely.get_coordinates(box)[:4]
    if np.hypot(*(xy[1] - xy[0])) < np.hypot(*(xy[2] - xy[1])):
        xy = np.roll(xy, -1, axis=0)
    line = LineString([(xy[0] + xy[3]) / 2, (xy[1] + xy[2]) / 2])
    pieces = shapely.get_parts(line.intersection(area.buffer(-30.0)))
    parts = [part for part in pieces if isinstance(part, LineString) and part.length > 60]
    if not parts:
        return None
    return LineString(shapely.segmentize(max(parts, key=lambda part: part.length), 40.0))


def _bowed(axis: LineString, course: LineString, rng: np.random.Generator) -> LineString:
    """Return a line across a loop road, bowed, its ends on the loop."""
    xy = np.array(axis.coords)
    share = np.linspace(0, np.pi, len(xy))
    step = xy[-1] - xy[0]
    normal = np.array([-step[1], step[0]]) / np.hypot(*step)
    xy = xy + normal * (np.sin(share) * rng.uniform(-38, 38))[:, None]
    for end in (0, -1):
        near = shapely.shortest_line(shapely.Point(xy[end]), course)
        xy = np.vstack([near.coords[1], xy]) if end == 0 else np.vstack([xy, near.coords[1]])
    return LineString(xy)


def _rounded(ring: FloatArray) -> LineString:
    """Return a closed line with its corners cut twice."""
    for _ in range(2):
        onward = np.roll(ring[:-1], -1, axis=0)
        ring = np.column_stack([0.75 * ring[:-1] + 0.25 * onward, 0.25 * ring[:-1] + 0.75 * onward])
        ring = ring.reshape(-1, 2)
        ring = np.vstack([ring, ring[:1]])
    return LineString(shapely.get_coordinates(LineString(ring).simplify(1.0)))


def _sampled(line: BaseGeometry) -> FloatArray:
    """Return places along lines, a few metres apart."""
    return shapely.get_coordinates(shapely.segmentize(line, _SAMPLE_M))


def _branches(
    parent: LineString,
    inside: Polygon,
    taken: list[FloatArray],
    rng: np.random.Generator,
    spacing_m: float,
) -> list[LineString]:
    """Return culs-de-sac off both sides of a street where there is room."""
    out: list[LineString] = []
    others = np.vstack(taken)
    s = rng.uniform(0.35, 0.8) * spacing_m
    while s < parent.length - 12:
        for side in (1.0, -1.0):
            if rng.random() < 0.12:
                continue
            start = np.array(parent.interpolate(s).coords[0])
            ahead = np.array(parent.interpolate(s + 1.0).coords[0]) - start
            if not ahead.any():
                continue
            heading = np.arctan2(ahead[1], ahead[0]) + side * np.pi / 2 + rng.normal(0, 0.14)
            branch = _grown(start, heading, rng, inside, others)
            if branch is not None:
                out.append(branch)
                others = np.vstack([others, _sampled(branch)])
        s += spacing_m * rng.uniform(0.85, 1.2)
    return out


def _grown(
    start: FloatArray, heading: float, rng: np.random.Generator, inside: Polygon, others: FloatArray
) -> LineString | None:
    """Return a street that grows until it nears another or reaches its length; None if it stays short."""
    step_m = 13.0
    turn = rng.normal(0, 0.075)
    steps = int(rng.uniform(55, 150) / step_m)
    xy = [start]
    others = others[np.hypot(*(others - start).T) < steps * step_m + _CLEAR_M]
    for number in range(1, steps + 1):
        at = xy[-1] + step_m * np.array([np.cos(heading), np.sin(heading)])
        gap = np.hypot(*(others - at).T).min(initial=np.inf)
        if gap < min(_CLEAR_M, 0.72 * number * step_m) or not inside.contains(shapely.Point(at)):
            break
        xy.append(at)
        heading += turn
    return LineString(xy) if len(xy) > 3 else None


def _links(
    heads: list[tuple[FloatArray, int]], taken: list[FloatArray], rng: np.random.Generator
) -> list[Street]:
    """Return footways from the heads of culs-de-sac to the nearest other street, for some of them."""
    owner = np.repeat(np.arange(len(taken)), [len(places) for places in taken])
    places = np.vstack(taken)
    out: list[Street] = []
    for head, own in heads:
        others = places[owner != own]
        gaps = np.hypot(*(others - head).T)
        best = int(np.argmin(gaps))
        if 24 < gaps[best] < 85 and rng.random() < 0.5:
            out.append(Street(LineString([head, others[best]]), "footway"))
    return out
