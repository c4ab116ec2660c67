"""Maps cut to a cover: of a nation's file the part that a network needs, as a small file of its own.

What is read more than once, streets, stations and what lies under a map, is then read in seconds. Each way of
these that may touch the cover is kept, with its nodes; water of several ways with all of them. Whoever reads
a cut map asks for the cover again, and is given what the whole file would have given.

Ways by the million are too many for Python: libosmium leaves out those without a node in the wider
surroundings of the cover, and copies what is kept.
"""

from __future__ import annotations

import logging
import tempfile
from array import array
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import osmium
import osmium.filter
import osmium.io

from ptreach.model import MAP_NODES, TableRows, no_progress
from ptreach.sources.cover import CELL_DEG
from ptreach.sources.foot import STREET_KEYS
from ptreach.sources.ground_kinds import GROUND_KEYS, WATER_TAGS, is_water, line_kind
from ptreach.sources.osm import LEAP_DEG, distinct
from ptreach.sources.osm_files import HISTORY, osm_file, read_errors, read_objects, unreadable
from ptreach.sources.osm_places import (
    UNKNOWN_E7,
    Places,
    require_room,
    table_blocks,
    take_places,
    write_table,
)
from ptreach.sources.stations import STATION_KEYS, lies_within, station_mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ptreach.model import Progress
    from ptreach.sources.cover import Cover

_WORTH_BYTES: Final = 64_000_000  # a smaller file is read as quickly as it is cut
_MOST_ID: Final = 1 << 40  # libosmium's sets take memory by the largest id
_STAGE: Final = "cutting maps to what is in reach"
_WAYS_AT_ONCE: Final = 1 << 16
_KEYS: Final = tuple(dict.fromkeys((*STREET_KEYS, *GROUND_KEYS)))

_log = logging.getLogger(__name__)


class CutMaps(NamedTuple):
    """The files to read in place of some others, in their order, and what was kept of those that are cut."""

    paths: tuple[Path, ...]
    rows: tuple[TableRows, ...] = ()


class _Ways(NamedTuple):
    """Ways that may be kept, each with one node or more; ways of each relation of water, by its id."""

    way_id: NDArray[np.int64]
    ref_start: NDArray[np.int64]
    ref_node_id: NDArray[np.int64]
    members: dict[int, list[int]]

    @property
    def are_countable(self) -> bool:
        """Whether libosmium's sets can hold the ids: none is negative, as drawn and not yet uploaded."""
        ids = self.way_id, self.ref_node_id, np.array([*self.members], dtype=np.int64)
        return all(some.min(initial=0) >= 0 and some.max(initial=0) < _MOST_ID for some in ids)


class _Kept(NamedTuple):
    """What is kept of a map's ways, as a mask, and of its relations, by their ids."""

    ways: NDArray[np.bool_]
    relations: list[int]


def cut_maps(paths: Sequence[Path], cover: Cover, folder: Path, progress: Progress = no_progress) -> CutMaps:
    """Cut large maps to a cover; small ones stay what they are.

    Parameters
    ----------
    folder
        Where the cut maps are written, and for a while the places of all nodes: 16 bytes each.
    progress
        Told of each look through a file.

    Raises
    ------
    InputError
        Names the file where it is missing, unreadable or no map; where there is no room for its places.
    """
    large = [path.is_file() and path.stat().st_size >= _WORTH_BYTES for path in paths]
    if not any(large):
        return CutMaps(tuple(paths))
    looks = count(1)

    def looked_through() -> None:
        progress(_STAGE, next(looks), 3 * len(paths))

    progress(_STAGE, 0, 3 * len(paths))
    with tempfile.TemporaryDirectory(prefix="ptreach-", dir=folder, ignore_cleanup_errors=True) as scratch:
        tables = [Path(scratch) / f"places{number}" for number in range(len(paths))]
        stations = []
        for path, table in zip(paths, tables, strict=True):
            stations.append(_stations(path, table, cover))
            looked_through()
        if not all(table.is_file() for table in tables):  # of a name that libosmium can't say
            progress(_STAGE, 3 * len(paths), 3 * len(paths))
            return CutMaps(tuple(paths))
        near = osmium.IdTracker()
        read_n = [_add_near(near, table, cover) for table in tables]
        ways = []
        for path, is_large in zip(paths, large, strict=True):
            ways.append(_ways_of(path, near if is_large else None))
            looked_through()
        del near  # a gigabyte
        places = Places.unknown(distinct(np.concatenate([some.ref_node_id for some in ways])))
        for table in tables:
            take_places(table, places)
    kept = [_kept(some, places, cover) for some in ways]
    nodes = _nodes_of(ways, kept)
    cut, rows = list(paths), []
    for number, (path, some, those) in enumerate(zip(paths, ways, kept, strict=True)):
        if large[number] and some.are_countable:
            cut[number] = folder / f"map{number}.osm.pbf"
            way_ids = some.way_id[those.ways].tolist()
            _copy(path, cut[number], [*nodes, *stations[number]], way_ids, those.relations)
            kept_n = _nodes_n(cut[number], folder)
            rows.append(TableRows(path.name, MAP_NODES, read_n[number], read_n[number] - kept_n, kept_n))
            _log.info("%s: of %d nodes %d are kept, with %d ways", path, read_n[number], kept_n, len(way_ids))
        looked_through()
    return CutMaps(tuple(cut), tuple(rows))


def _nodes_of(ways: Sequence[_Ways], kept: Sequence[_Kept]) -> list[int]:
    """Return the ids of the nodes of all ways that are kept."""
    refs = [
        some.ref_node_id[np.repeat(those.ways, np.diff(some.ref_start))]
        for some, those in zip(ways, kept, strict=True)
    ]
    nodes = distinct(np.concatenate(refs))
    found: list[int] = nodes[(nodes >= 0) & (nodes < _MOST_ID)].tolist()
    return found


def _stations(path: Path, table: Path, cover: Cover) -> list[int]:
    """Return the ids of the stations within the cover; write the places of all nodes into a table."""
    require_room(path, table.parent)
    with read_errors(path):
        return [
            node.id
            for node in write_table(path, table, STATION_KEYS)
            if station_mode(dict(node.tags)) and lies_within(node, cover)
        ]


def _add_near(near: osmium.IdTracker, table: Path, cover: Cover) -> int:
    """Add the nodes from which a street may lead to the cover; return how many nodes there are in all."""
    rows, columns = cover.kept.shape
    south, west = cover.south_cell * CELL_DEG - LEAP_DEG, cover.west_cell * CELL_DEG - LEAP_DEG
    north, east = south + rows * CELL_DEG + 2 * LEAP_DEG, west + columns * CELL_DEG + 2 * LEAP_DEG
    nodes_n = 0
    for block in table_blocks(table):
        nodes_n += block.size
        lon, lat = block["lon_e7"], block["lat_e7"]
        inside = (lon >= west * 1e7) & (lon <= east * 1e7) & (lat >= south * 1e7) & (lat <= north * 1e7)
        for number in block["node_id"][inside & (block["node_id"] < _MOST_ID)].tolist():
            near.add_node(number)
    return nodes_n


def _ways_of(path: Path, near: osmium.IdTracker | None) -> _Ways:
    """Return the ways that streets and ground are made of and that have one of some nodes; all if None.

    The ways of water that are rings together are there, wherever they are.
    """
    way_id, refs, ends = array("q"), array("q"), array("q", [0])

    def add(way: osmium.osm.Way) -> None:
        if way.deleted:
            raise unreadable(path, *HISTORY)
        names = [node.ref for node in way.nodes]
        if names:
            way_id.append(way.id)
            refs.extend(names)
            ends.append(len(refs))

    water, keys = osmium.filter.TagFilter(*WATER_TAGS), osmium.filter.KeyFilter(*_KEYS)
    with read_errors(path):
        members = {
            relation.id: [member.ref for member in relation.members if member.type == "w"]
            for relation in read_objects(path, osmium.osm.RELATION, (), water)
        }
        parts = {way for ways in members.values() for way in ways}
        if parts:
            for way in read_objects(path, osmium.osm.WAY, (), osmium.filter.IdFilter(parts)):
                add(way)
        chain = (keys,) if near is None else (keys, near.contains_filter())
        for way in read_objects(path, osmium.osm.WAY, (), *chain):
            if way.id not in parts and _is_wanted(way.tags):
                add(way)
    ids, starts, nodes = (np.frombuffer(column, dtype=np.int64) for column in (way_id, ends, refs))
    return _Ways(ids, starts, nodes, members)


def _is_wanted(tags: osmium.osm.TagList) -> bool:
    """Return whether a way may be a street, or is drawn."""
    return any(key in tags for key in STREET_KEYS) or is_water(tags) or line_kind(tags) is not None


def _kept(ways: _Ways, places: Places, cover: Cover) -> _Kept:
    """Return which ways have a box that touches the cover; water of several ways is kept or left as one."""
    kept = np.zeros(ways.way_id.size, dtype=np.bool_)
    for first in range(0, kept.size, _WAYS_AT_ONCE):
        starts = ways.ref_start[first : first + _WAYS_AT_ONCE + 1]
        node = np.searchsorted(places.node_id, ways.ref_node_id[starts[0] : starts[-1]])
        known = places.lon_e7[node] != UNKNOWN_E7
        sides = []
        for least, column in (
            (np.fmin, places.lon_e7),
            (np.fmin, places.lat_e7),
            (np.fmax, places.lon_e7),
            (np.fmax, places.lat_e7),
        ):
            degrees = np.where(known, column[node] * 1e-7, np.nan)
            sides.append(least.reduceat(degrees, starts[:-1] - starts[0]))
        kept[first : first + _WAYS_AT_ONCE] = cover.touches(*sides)
    there = set(ways.way_id[kept].tolist())
    relations = [number for number, parts in ways.members.items() if not there.isdisjoint(parts)]
    parts = sorted({way for number in relations for way in ways.members[number]})
    return _Kept(kept | np.isin(ways.way_id, np.array(parts, dtype=np.int64)), relations)


def _copy(
    path: Path, target: Path, nodes: Iterable[int], ways: Iterable[int], relations: Iterable[int]
) -> None:
    """Write the objects of some ids into a map of their own, in their order."""
    kept = osmium.IdTracker()
    for ids, add in ((nodes, kept.add_node), (ways, kept.add_way), (relations, kept.add_relation)):
        for number in ids:
            add(number)
    header = osmium.io.Header()
    header.set("generator", "ptreach")
    chosen, file = kept.id_filter(), osm_file(path)
    kinds = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    with (
        read_errors(path),
        osmium.io.Reader(file, kinds) as reader,
        osmium.SimpleWriter(str(target), header=header) as writer,
    ):
        osmium.apply(reader, chosen, writer)


def _nodes_n(path: Path, folder: Path) -> int:
    """Return the number of nodes of a map."""
    with tempfile.TemporaryDirectory(prefix="ptreach-", dir=folder, ignore_cleanup_errors=True) as scratch:
        table = Path(scratch) / "places"
        for _ in write_table(path, table, ("ptreach",)):
            pass
        return sum(block.size for block in table_blocks(table))
