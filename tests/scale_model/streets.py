"""Made-up streets past real stops: a bent lattice, dense where stops are, with dead ends and buildings.

Squares of a kilometre have a street every 62.5, 125 or 250 m, the more stops the denser. Each stop bends the
street that is nearest to it, so that it stands at the kerb.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import osmium
from osmium.osm import mutable
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

STEP_M = 62.5
STEPS = 16  # of a square's side
DROPPED = 0.07  # of the pieces of streets: so blocks get large and streets end
JUNCTIONS = 0.35  # of the nodes of streets
KERB_M = 6.0
WAY_PIECES = 7.0  # of 62.5 m, on average
JUNCTIONS_A_SQUARE = {1: 256, 2: 64, 4: 16}  # by the distance of streets in steps
KINDS = (
    ({"highway": "residential"}, 0.47),
    ({"highway": "footway"}, 0.17),
    ({"highway": "service"}, 0.10),
    ({"highway": "service", "access": "private"}, 0.03),
    ({"highway": "unclassified"}, 0.06),
    ({"highway": "tertiary", "sidewalk": "both"}, 0.06),
    ({"highway": "secondary"}, 0.03),
    ({"highway": "primary", "oneway": "yes"}, 0.02),
    ({"highway": "path"}, 0.03),
    ({"highway": "cycleway", "foot": "yes"}, 0.015),
    ({"highway": "steps"}, 0.01),
    ({"highway": "motorway", "oneway": "yes"}, 0.005),
)


class MadeStreets(NamedTuple):
    """Nodes in metres, those of streets first; ways as runs of node numbers, streets first."""

    xy_m: NDArray[np.float64]
    street_nodes: int
    way_start: NDArray[np.int64]
    way_node: NDArray[np.int64]
    way_kind: NDArray[np.int64]
    """Position in `KINDS`; -1 for a building."""
    stop_node: NDArray[np.int64]
    """The node before each stop."""


class _Lattice(NamedTuple):
    """Pieces of streets, between neighbours of the lattice: one row a piece."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    line: NDArray[np.int64]  # pieces of one straight line have one number
    at: NDArray[np.int64]  # place in the line
    xy_m: NDArray[np.float64]  # of the lattice's nodes, bent


def make_streets(
    stops_m: NDArray[np.float64], nodes_n: int, buildings_n: int, dice: np.random.Generator
) -> MadeStreets:
    """Make streets of about so many nodes past stops, shape (n, 2), and buildings beside them."""
    lattice = _lattice(stops_m, round(JUNCTIONS * nodes_n), dice)
    piece, share, places = _at_stops(lattice, stops_m)
    more = max(0, nodes_n - len(lattice.xy_m) - len(places))
    curved = dice.integers(lattice.first.size, size=more)
    along = dice.uniform(0.1, 0.9, size=more)
    start, way = lattice.xy_m[lattice.first[curved]], _run(lattice)[curved]
    aside = dice.normal(0, 3.0, size=(more, 1)) * np.stack([-way[:, 1], way[:, 0]], axis=1) / STEP_M
    piece, share = np.r_[piece, curved], np.r_[share, along]
    places = np.concatenate([places, start + along[:, None] * way + aside])
    way_start, way_node = _ways(lattice, piece, share, dice)
    kinds = dice.choice(len(KINDS), size=way_start.size - 1, p=[chance for _, chance in KINDS])
    xy_m = np.concatenate([lattice.xy_m, places])
    corners = _buildings(lattice, buildings_n, dice)
    rings = xy_m.shape[0] + 4 * np.arange(buildings_n)[:, None] + [0, 1, 2, 3, 0]
    return MadeStreets(
        np.concatenate([xy_m, corners]),
        xy_m.shape[0],
        np.r_[way_start, way_start[-1] + 5 * np.arange(1, buildings_n + 1)],
        np.r_[way_node, rings.ravel()],
        np.r_[kinds, np.full(buildings_n, -1)],
        len(lattice.xy_m) + np.arange(len(stops_m)),
    )


def _run(lattice: _Lattice) -> NDArray[np.float64]:
    """Way from the first to the last node of each piece, in metres."""
    run: NDArray[np.float64] = lattice.xy_m[lattice.last] - lattice.xy_m[lattice.first]
    return run


def _lattice(stops_m: NDArray[np.float64], junctions_n: int, dice: np.random.Generator) -> _Lattice:
    """Streets of squares with stops in or beside them, with about so many junctions."""
    side_m = STEP_M * STEPS
    corner = np.floor(stops_m.min(axis=0) / side_m).astype(np.int64) - 1
    square = np.floor(stops_m / side_m).astype(np.int64) - corner
    stops_in = np.zeros(square.max(axis=0) + 2, dtype=np.int64)
    np.add.at(stops_in, tuple(square.T), 1)
    padded = np.pad(stops_in, 1)
    columns, rows = stops_in.shape
    around = sum(padded[i : i + columns, j : j + rows] for i in range(3) for j in range(3))
    spacing = _spacings(around + 9 * stops_in, junctions_n)

    # Piece (i, j) runs from node (i, j) to the next; on the border of squares either may have a street.
    step = np.kron(spacing, np.ones((STEPS, STEPS), dtype=np.int64))
    above = np.pad(step, ((0, 0), (0, 1)))
    below = np.pad(step, ((0, 0), (1, 0)))
    row = np.arange(above.shape[1])
    along = _on_line(above, row[None, :]) | (_on_line(below, row[None, :]) & (row % STEPS == 0)[None, :])
    east, west = np.pad(step, ((0, 1), (0, 0))), np.pad(step, ((1, 0), (0, 0)))
    column = np.arange(east.shape[0])
    up = _on_line(east, column[:, None]) | (_on_line(west, column[:, None]) & (column % STEPS == 0)[:, None])
    height = rows * STEPS + 1
    pieces = []
    for number, (is_street, on) in enumerate(((along, height), (up, 1))):
        i, j = np.nonzero(is_street & (dice.random(is_street.shape) >= DROPPED))
        line, at = (j, i) if number == 0 else (i, j)
        order = np.lexsort((at, line))
        first = (i * height + j)[order]
        pieces.append((first, first + on, 2 * line[order] + number, at[order]))
    first, last, line, at = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
    nodes, numbers = np.unique(np.r_[first, last], return_inverse=True)
    xy_m = (np.stack(np.divmod(nodes, height), axis=1) + corner * STEPS) * STEP_M
    first, last = np.split(numbers, 2)
    return _Lattice(first, last, line, at, _bent(xy_m, dice))


def _on_line(step: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a line of this number is a street, by the spacing of streets; 0 is no streets."""
    return (step > 0) & (number % np.maximum(step, 1) == 0)


def _spacings(weight: NDArray[np.int64], junctions_n: int) -> NDArray[np.int64]:
    """Spacing of streets in steps, square by square, small where the weight is large; 0: no streets."""
    order = np.argsort(-weight.ravel(), kind="stable")
    squares_n = int((weight > 0).sum())
    coarse = (JUNCTIONS_A_SQUARE[2] + JUNCTIONS_A_SQUARE[4]) / 2
    dense = (junctions_n - coarse * squares_n) / (JUNCTIONS_A_SQUARE[1] - coarse)
    dense_n = int(np.clip(round(dense), 0, squares_n))
    spacing = np.zeros(weight.size, dtype=np.int64)
    spacing[order[:squares_n]] = 4
    spacing[order[: dense_n + (squares_n - dense_n) // 2]] = 2
    spacing[order[:dense_n]] = 1
    return spacing.reshape(weight.shape)


def _bent(xy_m: NDArray[np.float64], dice: np.random.Generator) -> NDArray[np.float64]:
    """Places moved by some long waves and a little each: no street is straight."""
    moved = xy_m + dice.normal(0, 5.0, size=xy_m.shape)
    for length_m in (400.0, 900.0, 2_300.0, 6_000.0):
        heading, phase, axis = dice.uniform(0, 2 * np.pi, size=3)
        wave = np.sin(2 * np.pi * (xy_m @ [np.cos(heading), np.sin(heading)]) / length_m + phase)
        moved += 0.03 * length_m * wave[:, None] * [np.cos(axis), np.sin(axis)]
    return moved


def _at_stops(
    lattice: _Lattice, stops_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Nodes before stops: the piece that each bends, the share of it before the node, and its place."""
    start, run = lattice.xy_m[lattice.first], _run(lattice)
    near = cKDTree(start + run / 2).query(stops_m, k=6)[1]
    from_start = stops_m[:, None] - start[near]
    share = (from_start * run[near]).sum(axis=2) / (run[near] ** 2).sum(axis=2)
    share = np.clip(share, 0.05, 0.95)
    off = from_start - share[:, :, None] * run[near]
    best = np.hypot(off[:, :, 0], off[:, :, 1]).argmin(axis=1)
    row = np.arange(len(stops_m))
    off, piece = off[row, best], near[row, best]
    metres = np.maximum(np.hypot(off[:, 0], off[:, 1]), 1e-9)[:, None]
    return piece, share[row, best], stops_m - off / metres * np.minimum(metres, KERB_M)


def _ways(
    lattice: _Lattice, piece: NDArray[np.int64], share: NDArray[np.float64], dice: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Runs of pieces of one line as ways: where each starts, and the nodes of all."""
    n = lattice.first.size
    begins = np.r_[True, (np.diff(lattice.line) != 0) | (np.diff(lattice.at) != 1)]
    begins |= dice.random(n) < 1 / WAY_PIECES
    starts = np.flatnonzero(begins)
    order_of = np.r_[starts, piece, np.arange(n)]
    place = np.r_[np.full(starts.size, -1.0), share, np.full(n, 2.0)]
    node = np.r_[lattice.first[starts], len(lattice.xy_m) + np.arange(piece.size), lattice.last]
    order = np.lexsort((node, place, order_of))
    way_start = np.flatnonzero(place[order] < 0)
    return np.r_[way_start, order.size].astype(np.int64), node[order]


def _buildings(lattice: _Lattice, n: int, dice: np.random.Generator) -> NDArray[np.float64]:
    """Corners of buildings beside streets, four each, shape (4 n, 2)."""
    beside = dice.integers(lattice.first.size, size=n)
    run = _run(lattice)[beside]
    middle = lattice.xy_m[lattice.first[beside]] + dice.uniform(0.2, 0.8, size=(n, 1)) * run
    middle += 0.3 * dice.choice([-1, 1], size=(n, 1)) * np.stack([-run[:, 1], run[:, 0]], axis=1)
    corners = middle[:, None] + np.array([[-5, -4], [5, -4], [5, 4], [-5, 4]])
    flat: NDArray[np.float64] = corners.reshape(-1, 2)
    return flat


def write_streets(
    path: Path, streets: MadeStreets, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> None:
    """Write the streets, with ids as far apart as those of a county in the whole map."""
    dice = np.random.default_rng(0)
    node_id = np.cumsum(dice.integers(1, 4_000, size=lon.size)) + 100_000
    way_id = np.cumsum(dice.integers(1, 3_000, size=streets.way_kind.size)) + 1_000
    header = osmium.io.Header()
    header.set("generator", "scale model: synthetic, not OpenStreetMap data")
    refs = node_id[streets.way_node].tolist()
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        for number, x, y in zip(node_id.tolist(), lon.tolist(), lat.tolist(), strict=True):
            writer.add_node(mutable.Node(id=number, version=1, location=(x, y)))
        starts = streets.way_start.tolist()
        for row, (number, kind) in enumerate(zip(way_id.tolist(), streets.way_kind.tolist(), strict=True)):
            tags = {**KINDS[kind][0], "name": f"Model Street {row + 1}"} if kind >= 0 else {"building": "yes"}
            nodes = refs[starts[row] : starts[row + 1]]
            writer.add_way(mutable.Way(id=number, version=1, nodes=nodes, tags=tags))
