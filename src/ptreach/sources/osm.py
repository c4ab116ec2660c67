"""Walkable streets of OpenStreetMap files, as flat arrays.

Files may be a nation's: ways are read first, those that can be walked are kept as numbers, then the places of
their nodes are looked up; what lies outside the cover is dropped. `foot` says who may walk what.
"""

from __future__ import annotations

import logging
from array import array
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.errors import InputError
from ptreach.sources.foot import NODE_KEYS, STREET_KEYS, WAY_KEYS, is_impassable, walk_access
from ptreach.sources.osm_files import HISTORY, read_errors, read_ways, unreadable
from ptreach.sources.osm_places import UNKNOWN_E7, locate_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.sources.cover import Cover
    from ptreach.sources.osm_places import Places

_FORWARD, _BACKWARD, _LINKABLE = 1, 2, 4
LEAP_DEG: Final = 0.5
"""Nodes of a street that lie so far apart are not joined."""
_BLOCK: Final = 1 << 18

_log = logging.getLogger(__name__)


class StreetCounts(NamedTuple):
    """What was read and what was kept: ways that may be streets, can be walked, lie in the cover; nodes."""

    read: int
    walkable: int
    kept: int
    nodes: int


class OsmStreets(NamedTuple):
    """Walkable ways as flat arrays, in order of OSM way id.

    Way w has the node references ``ref_start[w]:ref_start[w + 1]``; coordinates are degrees times 1e7. A way
    of several pieces is there several times.
    """

    way_id: NDArray[np.int64]
    ref_start: NDArray[np.int64]
    ref_node_id: NDArray[np.int64]
    ref_lon_e7: NDArray[np.int32]
    ref_lat_e7: NDArray[np.int32]
    way_forward: NDArray[np.bool_]
    way_backward: NDArray[np.bool_]
    way_linkable: NDArray[np.bool_]
    impassable_node_id: NDArray[np.int64]
    shared_node_id: NDArray[np.int64]
    missing_nodes: int
    leaps: int = 0
    counts: StreetCounts = StreetCounts(0, 0, 0, 0)


class _Ways(NamedTuple):
    """Walkable ways with the nodes they refer to, whether those are there or not; each with its access."""

    way_id: NDArray[np.int64]
    access: NDArray[np.uint8]
    ref_start: NDArray[np.int64]
    ref_node_id: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> _Ways:
        """Return ways by their positions."""
        lengths = np.diff(self.ref_start)[rows]
        start = _starts(lengths)
        refs = np.arange(start[-1]) + np.repeat(self.ref_start[rows] - start[:-1], lengths)
        return _Ways(self.way_id[rows], self.access[rows], start, self.ref_node_id[refs])


def read_streets(
    paths: Sequence[Path],
    *,
    local_streets: bool = True,
    cut_at_any_way: bool = False,
    cover: Cover | None = None,
    scratch: Path | None = None,
    named: Sequence[Path] = (),
) -> OsmStreets:
    """Read the walkable ways of OpenStreetMap files.

    A way that several files hold is taken once, from the file whose version has most nodes with a place; a
    node's place from the first file that has one. A way is cut where no file has a node; such nodes are
    counted in ``missing_nodes``; and where two
    nodes are half a degree apart, which is no street but a node in a wrong place, counted in ``leaps``.

    Parameters
    ----------
    local_streets
        Whether streets for residents, customers, deliveries, farms and forests can be walked.
    cut_at_any_way
        Whether to look for the nodes that ways of all kinds share; ``shared_node_id`` is empty if not.
    cover
        What is kept: all stretches between two nodes that may touch it. All if None.
    scratch
        Folder for the places of nodes while files are read: 16 bytes a node. The system's own if None.
    named
        The files that are named where there is no street in it, if others than those that are read.

    Raises
    ------
    InputError
        Names the file where it is missing, unreadable or no map; where there is no walkable way.
    """
    ways, read_n = _read_walkable(paths, local_streets=local_streets)
    where = ", ".join(map(str, named or paths))
    if not ways.way_id.size:
        raise InputError(
            "no walkable street in it", where=where, remedy="take an extract that holds the town's streets"
        )
    places, impassable = locate_nodes(
        paths, distinct(ways.ref_node_id), NODE_KEYS, is_impassable, scratch=scratch
    )
    ways = _once(ways, places)
    shared = _shared_nodes(paths, places.node_id) if cut_at_any_way else np.empty(0, dtype=np.int64)
    streets = _flatten(ways, places, cover)._replace(impassable_node_id=impassable, shared_node_id=shared)
    if not streets.way_id.size:
        raise InputError(
            "no walkable street in it" if cover is None else "no walkable street of it in reach",
            where=where,
            remedy="take an extract that holds the town's streets",
        )
    streets = streets._replace(counts=streets.counts._replace(read=read_n))
    _log.info(
        "%s: %d ways read, %d can be walked, %d kept, with %d nodes; %d nodes missing",
        where,
        *streets.counts,
        streets.missing_nodes,
    )
    return streets


def _read_walkable(paths: Sequence[Path], *, local_streets: bool) -> tuple[_Ways, int]:
    """Return the walkable ways of files in their order, and how many ways were looked at."""
    way_id, access, refs, ends = array("q"), array("B"), array("q"), array("q", [0])
    read_n = 0
    for path in paths:
        with read_errors(path):
            for way in read_ways(path, STREET_KEYS):
                read_n += 1
                get = way.tags.get
                walk = walk_access(tuple([get(key, "") for key in WAY_KEYS]), local_streets=local_streets)
                if walk is None:
                    continue
                if way.deleted:
                    raise unreadable(path, *HISTORY)
                way_id.append(way.id)
                access.append(_FORWARD * walk.forward | _BACKWARD * walk.backward | _LINKABLE * walk.linkable)
                refs.extend([node.ref for node in way.nodes])
                ends.append(len(refs))
    return _Ways(
        _as_numbers(way_id), np.frombuffer(access, dtype=np.uint8), *map(_as_numbers, (ends, refs))
    ), read_n


def _as_numbers(column: array[int]) -> NDArray[np.int64]:
    """Return whole numbers where they lie."""
    return np.frombuffer(column, dtype=np.int64)


def _once(ways: _Ways, places: Places) -> _Ways:
    """Return each way once, by way id: the version with most nodes that have a place, else the first."""
    if (np.diff(ways.way_id) > 0).all():
        return ways
    known = places.lon_e7[np.searchsorted(places.node_id, ways.ref_node_id)] != UNKNOWN_E7
    known_n = np.diff(_starts(known)[ways.ref_start])
    order = np.lexsort((-known_n, ways.way_id))  # stable: the first of equal ones stays first
    first = np.r_[True, np.diff(ways.way_id[order]) > 0]
    return ways.take(order[first])


def _flatten(ways: _Ways, places: Places, cover: Cover | None) -> OsmStreets:
    """Return ways, in their order, as pieces between nodes that are missing or out of the cover."""
    node = np.empty(ways.ref_node_id.size, dtype=np.int32)
    for first in range(0, node.size, _BLOCK):
        block = slice(first, first + _BLOCK)
        node[block] = np.searchsorted(places.node_id, ways.ref_node_id[block])
    node, way_start = _without_repeats(node, ways.ref_start)
    lon_e7, lat_e7 = places.lon_e7[node], places.lat_e7[node]
    known = lon_e7 != UNKNOWN_E7
    joined = known.copy()  # each node with the next one
    joined[:-1] &= known[1:]
    joined[way_start[1:][way_start[1:] > 0] - 1] = False
    leaps = _part(joined, lon_e7, lat_e7, cover)
    entered = np.zeros_like(joined)
    entered[1:] = joined[:-1]
    kept = joined | entered
    begins = np.flatnonzero(joined & ~entered)
    lengths = np.flatnonzero(entered & ~joined) - begins + 1
    way = np.searchsorted(way_start, begins, side="right") - 1
    is_kept_way = np.zeros(ways.way_id.size, dtype=np.bool_)
    is_kept_way[way] = True
    missing = np.searchsorted(way_start, np.flatnonzero(~known), side="right") - 1  # their ways
    is_kept_node = np.zeros(places.node_id.size, dtype=np.bool_)
    is_kept_node[node[kept]] = True
    none = np.empty(0, dtype=np.int64)
    return OsmStreets(
        way_id=ways.way_id[way],
        ref_start=_starts(lengths),
        ref_node_id=places.node_id[node[kept]],
        ref_lon_e7=lon_e7[kept],
        ref_lat_e7=lat_e7[kept],
        way_forward=(ways.access[way] & _FORWARD) > 0,
        way_backward=(ways.access[way] & _BACKWARD) > 0,
        way_linkable=(ways.access[way] & _LINKABLE) > 0,
        impassable_node_id=none,
        shared_node_id=none,
        missing_nodes=int(missing.size if cover is None else is_kept_way[missing].sum()),
        leaps=leaps,
        counts=StreetCounts(
            read=0, walkable=ways.way_id.size, kept=int(is_kept_way.sum()), nodes=int(is_kept_node.sum())
        ),
    )


def _without_repeats(
    node: NDArray[np.int32], way_start: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the nodes of ways, and where each way starts, without nodes named twice in a row."""
    new = np.ones(node.size, dtype=np.bool_)
    new[1:] = node[1:] != node[:-1]
    new[way_start[way_start < node.size]] = True
    if new.all():
        return node, way_start
    return node[new], way_start - np.searchsorted(np.flatnonzero(~new), way_start)


def _part(
    joined: NDArray[np.bool_], lon_e7: NDArray[np.int32], lat_e7: NDArray[np.int32], cover: Cover | None
) -> int:
    """Part nodes from the next one if that is far away, or if nothing between them may touch the cover.

    Returns
    -------
    The number of nodes that were parted because the next is far away.
    """
    leaps = 0
    for first in range(0, joined.size, _BLOCK):
        at = first + np.flatnonzero(joined[first : first + _BLOCK])
        lon, lat, next_lon, next_lat = (
            values * 1e-7 for values in (lon_e7[at], lat_e7[at], lon_e7[at + 1], lat_e7[at + 1])
        )
        west, east = np.minimum(lon, next_lon), np.maximum(lon, next_lon)
        south, north = np.minimum(lat, next_lat), np.maximum(lat, next_lat)
        near = (east - west < LEAP_DEG) & (north - south < LEAP_DEG)
        leaps += int((~near).sum())
        joined[at] = near if cover is None else near & cover.touches(west, south, east, north)
    return leaps


def _shared_nodes(paths: Sequence[Path], nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which of some sorted nodes ways of any kind but buildings refer to more than once, sorted."""
    uses = np.zeros(nodes.size, dtype=np.int64)
    refs = array("q")
    seen: set[int] = set()  # a way at a border is in several files
    for path in paths:
        with read_errors(path):
            for way in read_ways(path):
                if "building" in way.tags or way.id in seen:
                    continue
                if len(paths) > 1:
                    seen.add(way.id)
                refs.extend([node.ref for node in way.nodes])
                if len(refs) > _BLOCK:
                    _count(refs, nodes, uses)
                    refs = array("q")
    _count(refs, nodes, uses)
    return nodes[uses > 1]


def _count(refs: array[int], nodes: NDArray[np.int64], uses: NDArray[np.int64]) -> None:
    """Add how often references name each of some sorted nodes."""
    names, times = np.unique(np.array(refs, dtype=np.int64), return_counts=True)
    at = np.minimum(np.searchsorted(nodes, names), nodes.size - 1)
    ours = nodes[at] == names
    uses[at[ours]] += times[ours]


def distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return values in ascending order, each once; numpy's own way takes three times the memory."""
    ordered = np.sort(values)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if ordered.size else ordered


def _starts(lengths: NDArray[np.int64] | NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return where each of some runs of these lengths starts, and where the last ends."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
