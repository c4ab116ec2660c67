"""The national streets file: tile by tile, each with streets of the scale model; then roads between."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import Delaunay

from national_model.fabric import (
    FABRIC,
    STREET_WAYS,
    Fabric,
    make_fabric,
    make_points,
    make_vocabulary,
    tags_of,
)
from national_model.pbf import Tags, write_header, write_multipolygons, write_nodes, write_ways
from ptreach.sources.runs import ranges
from scale_model.model import PLANE, Plane
from scale_model.streets import KINDS, make_streets

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from national_model.places import Places
    from scale_model.streets import MadeStreets

NODES_A_STREET = 6.3
BOX = (-6.5, 49.85, 1.8, 55.85)
FIRST_NODE, FIRST_WAY, FIRST_RELATION = 100_000, 1_000, 500
RUNS = 0.9  # of ids follow the one before; the others lie as far on as the rest of the world takes
GAP = 450
FAR_M, NEAR_M = 12_000.0, 900.0  # of roads between places
STEP_M = 60.0
PROGRAM = "national model: synthetic, not OpenStreetMap data"
_TERTIARY = next(at for at, (tags, _) in enumerate(KINDS) if tags["highway"] == "tertiary")


class Counts(NamedTuple):
    """What the file holds."""

    nodes: int
    ways: int
    streets: int
    relations: int


class _Writer:
    """Writes nodes as they come, puts ways aside until all nodes are there."""

    def __init__(self, nodes: BinaryIO, ways: BinaryIO, dice: np.random.Generator) -> None:
        self._nodes, self._ways, self._dice = nodes, ways, dice
        self._node, self._way = FIRST_NODE, FIRST_WAY
        self.nodes_n = self.ways_n = self.streets_n = 0
        self.lakes: list[NDArray[np.int64]] = []

    def _ids(self, n: int, first: int) -> NDArray[np.int64]:
        """Ids above another."""
        gaps = np.where(self._dice.random(n) < RUNS, 1, self._dice.integers(1, 2 * GAP, size=n))
        return first + np.cumsum(gaps)

    def nodes(
        self, tile: int, lon: NDArray[np.float64], lat: NDArray[np.float64], kind: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Write nodes, kinds as `tags_of` has them; return their ids."""
        words = make_vocabulary(tile)
        node_id = self._ids(lon.size, self._node)
        e7 = (np.rint(degrees * 1e7).astype(np.int64) for degrees in (lon, lat))
        tags = Tags(*tags_of(words, kind, self._dice))
        write_nodes(self._nodes, words.strings, node_id, *e7, tags)
        self._node, self.nodes_n = int(node_id[-1]), self.nodes_n + lon.size
        return node_id

    def ways(
        self, tile: int, start: NDArray[np.int64], refs: NDArray[np.int64], kind: NDArray[np.int64]
    ) -> None:
        """Put ways aside, in a mixed order."""
        words = make_vocabulary(tile)
        way_id = self._ids(kind.size, self._way)
        order = self._dice.permutation(kind.size)
        lengths = np.diff(start)[order]
        refs = refs[ranges(start[order], lengths)]
        tags = Tags(*tags_of(words, kind[order], self._dice))
        write_ways(self._ways, words.strings, way_id, tags, np.r_[0, np.cumsum(lengths)], refs)
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        self.lakes.append(way_id[place[kind < 0]].reshape(-1, 2))
        self._way, self.ways_n = int(way_id[-1]), self.ways_n + kind.size
        self.streets_n += int(((kind >= 0) & (kind < len(KINDS))).sum())


def write_national_streets(path: Path, places: Places, scale: float, dice: np.random.Generator) -> Counts:
    """Write a share of the country: streets past stops, all else beside them."""
    aside = path.with_name(f".{path.name}.ways")
    corner = np.empty(len(places.xy_m), dtype=np.int64)  # the node before each stop
    with path.open("wb") as stream, aside.open("w+b") as ways:
        write_header(stream, PROGRAM, BOX)
        writer = _Writer(stream, ways, dice)
        for number, rows in enumerate(places.tiles()):
            corner[rows] = _write_tile(
                writer, number, places.xy_m[rows], scale * (rows.stop - rows.start) / len(places.xy_m), dice
            )
        _write_roads(writer, places, corner)
        ways.seek(0)
        shutil.copyfileobj(ways, stream, 1 << 24)
        lakes = np.concatenate(writer.lakes)
        relation_id = FIRST_RELATION + 7 * np.arange(len(lakes))
        write_multipolygons(stream, relation_id, *lakes.T, ("natural", "water"))
    aside.unlink()
    return Counts(writer.nodes_n, writer.ways_n, writer.streets_n, len(lakes))


def _write_tile(
    writer: _Writer, number: int, stops_m: NDArray[np.float64], share: float, dice: np.random.Generator
) -> NDArray[np.int64]:
    """Write a tile that has a share of the country; return the ids of the nodes before stops."""
    lon, lat = PLANE.degrees(stops_m)
    plane = Plane.about(float(lon.mean()), float(lat.mean()))
    streets = make_streets(plane.metres(lon, lat), round(share * STREET_WAYS * NODES_A_STREET), 0, dice)
    fabric = make_fabric(streets, share, dice)
    points_m, point_kind = make_points(streets, share, dice)
    return _write_map(writer, number, plane, streets, fabric, points_m, point_kind)[streets.stop_node]


def _write_map(
    writer: _Writer,
    number: int,
    plane: Plane,
    streets: MadeStreets,
    fabric: Fabric,
    points_m: NDArray[np.float64],
    point_kind: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Write all of a tile, streets first; return the ids of its nodes."""
    fabric_node = len(streets.xy_m)
    xy_m = np.concatenate([streets.xy_m, fabric.xy_m, points_m])
    node_kind = np.r_[np.full(fabric_node + len(fabric.xy_m), -1), len(KINDS) + len(FABRIC) + point_kind]
    node_id = writer.nodes(number, *plane.degrees(xy_m), node_kind)
    writer.ways(
        number,
        np.r_[streets.way_start, streets.way_start[-1] + fabric.start[1:]],
        node_id[np.r_[streets.way_node, fabric_node + fabric.node]],
        np.r_[streets.way_kind, np.where(fabric.kind < 0, -1, len(KINDS) + fabric.kind)],
    )
    return node_id


def _write_roads(writer: _Writer, places: Places, corner: NDArray[np.int64]) -> None:
    """Write roads that join tiles and villages: between stops that are neighbours and not near."""
    corners = Delaunay(places.xy_m).simplices
    pairs = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    one, two = np.unique(pairs, axis=0).T
    run = places.xy_m[two] - places.xy_m[one]
    length_m = np.hypot(*run.T)
    wanted = (length_m < FAR_M) & ((length_m > NEAR_M) | (places.tile[one] != places.tile[two]))
    one, two, run, length_m = one[wanted], two[wanted], run[wanted], length_m[wanted]
    if not one.size:
        return
    between_n = np.floor(length_m / STEP_M).astype(np.int64)
    road = np.repeat(np.arange(one.size), between_n)
    first = np.r_[0, np.cumsum(between_n)]
    along = (np.arange(road.size) - first[road] + 1) / (between_n[road] + 1)
    aside = 0.03 * np.sin(2 * np.pi * along)[:, None] * np.stack([-run[road, 1], run[road, 0]], axis=1)
    lon, lat = PLANE.degrees(places.xy_m[one][road] + along[:, None] * run[road] + aside)
    tile = int(places.tile[-1]) + 1
    between = writer.nodes(tile, lon, lat, np.full(road.size, -1))
    start = np.r_[0, np.cumsum(between_n + 2)].astype(np.int64)
    refs = np.empty(start[-1], dtype=np.int64)
    refs[start[:-1]], refs[start[1:] - 1] = corner[one], corner[two]
    refs[ranges(start[:-1] + 1, between_n)] = between
    writer.ways(tile, start, refs, np.full(one.size, _TERTIARY))
