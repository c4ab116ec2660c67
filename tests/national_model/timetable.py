"""The national feeds: buses and coaches between made-up stops, trains between some towns.

As in the scale model, a route's patterns are walks from stop to neighbouring stop, there, back and in parts;
here all routes walk at once.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from scale_model.timetable import DEPARTED, DETOUR, HOURS, KPH, PATTERN_STOPS, SHARE_OF_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

FIRST_DAY = dt.date(2026, 8, 31)
"""A Monday: from it on, timetables follow each other for half a year."""
WEEKS = 24
DAYS = {"weekdays": ("1,1,1,1,1,0,0", SHARE_OF_DAY[0]), "saturdays": ("0,0,0,0,0,1,0", SHARE_OF_DAY[5]),
        "sundays": ("0,0,0,0,0,0,1", SHARE_OF_DAY[6])}  # fmt: skip
NEIGHBOURS = 24
CROWD_M = 800.0
LONGER = 1.5  # power of its stops that draws a pattern's trips


class Kind(NamedTuple):
    """A kind of route of all England: how many, calls on a weekday, how far and how fast, in whose hands."""

    routes: int
    day_calls: int
    stops: tuple[int, int]  # of a pattern
    hop_m: tuple[float, float]
    kph: float
    every: int  # of so many stops it calls at one
    operators: int
    route_type: int


BUS = Kind(19_800, 10_000_000, PATTERN_STOPS, (120.0, 1_800.0), KPH, 1, 600, 3)
COACH = Kind(200, 60_000, (5, 14), (6_000.0, 70_000.0), 60.0, 200, 10, 200)
RAIL = Kind(700, 320_000, (6, 24), (2_500.0, 40_000.0), 90.0, 115, 25, 2)
VERSIONS = (3, 4)  # of each timetable, one after the other


class Patterns(NamedTuple):
    """Patterns of all routes: where each starts in the calls, each call's stop and minute, their route."""

    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    minute: NDArray[np.float64]
    route: NDArray[np.int64]


class Feed(NamedTuple):
    """Trips by pattern, service (operator, version, kind of day) and minute of departure."""

    patterns: Patterns
    operator: NDArray[np.int64]  # of each route
    route_type: NDArray[np.int64]
    versions: NDArray[np.int64]  # of each operator
    pattern: NDArray[np.int64]
    service: NDArray[np.int64]
    minute: NDArray[np.int64]

    @property
    def calls(self) -> int:
        """Rows of stop_times.txt."""
        return int(np.diff(self.patterns.start)[self.pattern].sum())


def make_feed(
    stops_m: NDArray[np.float64], kinds: Iterable[Kind], scale: float, dice: np.random.Generator
) -> Feed:
    """Make a share of the country's routes and trips of some kinds, on stops of metres."""
    parts, operators, types, weights = [], [], [], []
    routes_n = operators_n = 0
    for kind in kinds:
        n = max(2, round(scale * kind.routes))
        some = np.arange(0, len(stops_m), kind.every)
        if some.size < kind.stops[0]:  # a small model has no coaches
            continue
        parts.append(_patterns(kind, n, stops_m, some, routes_n, dice))
        operators.append(operators_n + dice.integers(max(1, round(scale * kind.operators)), size=n))
        types.append(np.full(n, kind.route_type))
        length = np.diff(parts[-1].start)
        weight = dice.lognormal(0, 0.9, size=n)[parts[-1].route - routes_n] * (length > 1) * length**LONGER
        weights.append(weight * max(1.0, scale * kind.day_calls) / (weight * length).sum())
        routes_n += n
        operators_n = int(operators[-1].max()) + 1
    patterns = _joined(parts)
    operator = np.concatenate(operators)
    versions = dice.integers(*VERSIONS, endpoint=True, size=operators_n)
    trips = _trips(patterns, operator, versions, np.concatenate(weights), dice)
    return Feed(patterns, operator, np.concatenate(types), versions, *trips)


def _joined(parts: list[Patterns]) -> Patterns:
    """Patterns of several kinds as one."""
    before = np.cumsum([0, *(part.stop.size for part in parts)])
    starts = [part.start[:-1] + at for part, at in zip(parts, before, strict=False)]
    others = (np.concatenate([part[k] for part in parts]) for k in (1, 2, 3))
    return Patterns(np.r_[np.concatenate(starts), before[-1]], *others)


def _patterns(
    kind: Kind,
    routes_n: int,
    stops_m: NDArray[np.float64],
    some: NDArray[np.int64],
    first_route: int,
    dice: np.random.Generator,
) -> Patterns:
    """Patterns of routes: there, back on the other side of the road, and some parts of both."""
    there = _walks(kind, routes_n, stops_m[some], dice)
    lengths = (there >= 0).sum(axis=1)
    route, reverse, first, last = (
        np.concatenate(column) for column in zip(*_parts(lengths, dice), strict=True)
    )
    n = last - first
    start = np.r_[0, np.cumsum(n)].astype(np.int64)
    row = np.repeat(np.arange(n.size), n)
    at = np.arange(start[-1]) - start[row] + first[row]
    at = np.where(reverse[row], lengths[route[row]] - 1 - at, at)
    stop = some[there[route[row], at]]
    stop = np.where(reverse[row] & (stop ^ 1 < len(stops_m)), stop ^ 1, stop)  # pairs are two rows
    step_m = np.r_[0.0, np.hypot(*np.diff(stops_m[stop], axis=0).T)]
    step_m[start[:-1]] = 0
    minute = np.cumsum(step_m) * DETOUR / (kind.kph / 3.6) / 60
    minute -= minute[start[:-1]][row]
    return Patterns(start, stop, minute, first_route + route)


def _parts(
    lengths: NDArray[np.int64], dice: np.random.Generator
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]]:
    """Route, whether back, first and last place (exclusive) of patterns."""
    routes = np.arange(lengths.size)
    for back in (False, True):
        yield routes, np.full(routes.size, back), np.zeros_like(routes), lengths
        for _ in range(2):
            ends = np.sort(dice.random((routes.size, 2)), axis=1) * lengths[:, None]
            first, last = ends.astype(np.int64).T
            good = last - first >= 5
            yield routes[good], np.full(int(good.sum()), back), first[good], last[good]


def _walks(
    kind: Kind, routes_n: int, stops_m: NDArray[np.float64], dice: np.random.Generator
) -> NDArray[np.int64]:
    """Stops of routes, shape (routes, most stops), -1 beyond the end: each next one ahead of the last."""
    near_m, far_m = kind.hop_m
    metres, near = _neighbours(stops_m, near_m, far_m)
    crowd = (metres <= CROWD_M).sum(axis=1) + 1.0
    found = np.full((routes_n, kind.stops[1]), -1, dtype=np.int64)
    found[:, 0] = dice.choice(len(stops_m), size=routes_n, p=crowd / crowd.sum())
    wanted_n = dice.integers(*kind.stops, endpoint=True, size=routes_n)
    heading = dice.normal(size=(routes_n, 2))
    alive = np.arange(routes_n)
    for place in range(1, kind.stops[1]):
        alive = alive[(wanted_n[alive] > place)]
        here = found[alive, place - 1]
        choice, far = near[here], metres[here]
        run = stops_m[choice] - stops_m[here][:, None]
        heading[alive] /= np.maximum(np.hypot(*heading[alive].T), 1e-9)[:, None]
        worth = (run * heading[alive][:, None]).sum(axis=2) / np.maximum(far, 1) - far / far_m / 2
        worth += dice.normal(0, 0.2, size=worth.shape)
        seen = (choice[:, :, None] // 2 == found[alive, None, :place] // 2).any(axis=2) & (kind.every == 1)
        seen |= (choice[:, :, None] == found[alive, None, :place]).any(axis=2)
        worth[seen | ~np.isfinite(far)] = -np.inf
        best = worth.argmax(axis=1)
        row = np.arange(alive.size)
        goes = np.isfinite(worth[row, best])
        alive, row, best = alive[goes], row[goes], best[goes]
        found[alive, place] = choice[row, best]
        heading[alive] = 0.7 * heading[alive] + 0.3 * run[row, best] / far[row, best, None]
    return found


def _neighbours(
    stops_m: NDArray[np.float64], near_m: float, far_m: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The nearest stops beyond a distance of each: metres, infinite for none within reach; their rows."""
    most = min(len(stops_m), 3 * NEIGHBOURS)
    metres, near = cKDTree(stops_m).query(stops_m, k=most)
    metres[(metres < near_m) | (metres > far_m)] = np.inf
    order = np.argsort(metres, axis=1, kind="stable")[:, :NEIGHBOURS]
    return np.take_along_axis(metres, order, axis=1), np.take_along_axis(near, order, axis=1)


def _trips(
    patterns: Patterns,
    operator: NDArray[np.int64],
    versions: NDArray[np.int64],
    day_trips: NDArray[np.float64],
    dice: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pattern, service and minute of departure of all trips, pattern by pattern."""
    most = VERSIONS[1]
    owner = operator[patterns.route]
    share = np.array([share for _, share in DAYS.values()])
    trips_n = np.floor(day_trips[:, None] * share + dice.random((day_trips.size, share.size))).astype(
        np.int64
    )
    counts = np.repeat(trips_n[:, None, :], most, axis=1)  # pattern, version, kind of day
    counts[np.arange(most) >= versions[owner][:, None]] = 0
    number = np.flatnonzero(counts.ravel())
    n = counts.ravel()[number]
    pattern, service = np.divmod(np.repeat(number, n), most * share.size)
    first = np.repeat(np.cumsum(n) - n, n)
    turn = (np.arange(first.size) - first + dice.random(pattern.size)) / np.repeat(n, n)
    minute = np.rint(np.interp(turn, DEPARTED, HOURS) * 60).astype(np.int64)
    return pattern, owner[pattern] * most * share.size + service, minute
