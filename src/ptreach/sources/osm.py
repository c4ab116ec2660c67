"""Walkable streets of an OpenStreetMap file, as flat arrays.

What each tag means on foot, in this order:

1. A way is a street if it has ``highway`` (not services, rest_area, raceway, construction, proposed …) or is
   a ``public_transport=platform`` or ``railway=platform`` (not with ``usage=tourism``); never where it has a
   key ``construction`` or ``proposed``.
2. By its ``highway`` value: motorways are closed; pedestrian, path, footway, steps, platform, corridor,
   bridleway and cycleway are open whatever ``access`` says; others are open unless ``access`` closes them.
3. ``foot`` beats ``access``; ``sidewalk=both|left|right`` opens the way in any case.
4. Values that close: no, private, restricted, prohibited, emergency, use_sidepath, dismount, military.
   Streets for residents, customers, deliveries, farms and forests are open: people on foot do use them.
5. ``oneway:foot`` closes one direction. Ordinary ``oneway`` does not apply to people on foot.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import osmium

from ptreach.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_NOT_STREETS: Final = frozenset(
    ["services", "rest_area", "raceway", "construction", "abandoned", "removed", "proposed", "unbuilt"]
)
_UNBUILT: Final = frozenset(["construction", "abandoned", "removed", "proposed", "propossed", "unbuilt"])
_CLOSED_ROADS: Final = frozenset(["motorway", "motorway_link"])
_FOOT_ROADS: Final = frozenset(
    ["pedestrian", "path", "footway", "steps", "platform", "corridor", "bridleway", "cycleway"]
)
_OPEN: Final = frozenset(
    [
        "yes",
        "1",
        "true",
        "official",
        "unknown",
        "public",
        "permissive",
        "designated",
        "crossing",
        "lane",
        "track",
        "shared_lane",
        "share_busway",
    ]
)
_CLOSED: Final = frozenset(
    [
        "no",
        "0",
        "false",
        "license",
        "restricted",
        "prohibited",
        "emergency",
        "use_sidepath",
        "dismount",
        "private",
    ]
)
_LOCAL: Final = frozenset(
    ["residents", "resident", "customers", "customer", "destination", "delivery", "agricultural", "forestry"]
)


class _FootTable(NamedTuple):
    """What tag values mean on foot."""

    not_streets: frozenset[str]
    unbuilt_cycleways: frozenset[str]
    opened: frozenset[str]
    closed: frozenset[str]


_LOCAL_OPEN: Final = _FootTable(
    _NOT_STREETS | {"razed", "no"}, frozenset(), _OPEN | _LOCAL, _CLOSED | {"military"}
)
# As R5: local traffic only means nobody at all, and what it does not list says nothing.
_LOCAL_CLOSED: Final = _FootTable(_NOT_STREETS | _UNBUILT, _UNBUILT, _OPEN, _CLOSED | _LOCAL)

_TAGS: Final = (
    "highway",
    "public_transport",
    "railway",
    "usage",
    "construction",
    "proposed",
    "access",
    "foot",
    "sidewalk",
)
_ALL_TAGS: Final = (*_TAGS, "oneway:foot", "tunnel", "covered", "cycleway")


class WalkAccess(NamedTuple):
    """Who may walk a way: along its nodes, against them, and whether points may link to it."""

    forward: bool
    backward: bool
    linkable: bool


class OsmStreets(NamedTuple):
    """Walkable ways as flat arrays, in order of OSM way id.

    Way w has the node references ``ref_start[w]:ref_start[w + 1]``; coordinates are degrees times 1e7.
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


def _first(value: str) -> str:
    """Return the part of a tag value before ``;``, lower-cased."""
    return value.split(";", 1)[0].strip().lower()


def _label(value: str, table: _FootTable, *, otherwise: bool) -> bool:
    """Return whether an access value opens a way, `otherwise` where it says nothing."""
    if value in table.opened:
        return True
    return otherwise and value not in table.closed


@lru_cache(maxsize=65536)
def walk_access(tags: tuple[str, ...], *, local_streets: bool = True) -> WalkAccess | None:
    """Return who may walk a way with these tag values, None if nobody may.

    The values come in the order of the module's list of tags, empty where a tag is absent.
    """
    table = _LOCAL_OPEN if local_streets else _LOCAL_CLOSED
    highway, public_transport, railway, usage, construction, proposed, access, foot, sidewalk = map(
        _first, tags[:9]
    )
    oneway_foot, tunnel, covered, cycleway = map(_first, tags[9:])
    is_platform = public_transport == "platform" or (railway == "platform" and usage != "tourism")
    if not (highway or is_platform) or construction or proposed:
        return None
    if highway in table.not_streets or cycleway in table.unbuilt_cycleways:
        return None
    opened = highway not in _CLOSED_ROADS
    if highway not in _FOOT_ROADS and highway:
        opened = _label(access, table, otherwise=opened)
    opened = _label(foot, table, otherwise=opened)
    if sidewalk in {"both", "left", "right"}:
        opened = True
    if not opened:
        return None
    return WalkAccess(
        forward=oneway_foot not in {"-1", "reverse"},
        backward=oneway_foot not in {"yes", "true", "1"},
        linkable=tunnel != "yes" and covered != "yes" and highway != "motorway",
    )


def _is_impassable(tags: osmium.osm.TagList) -> bool:
    """Say whether nobody on foot passes a node with these tags."""
    if tags.get("entrance") == "emergency":
        return True
    return tags.get("access") == "no" and all(tags.get(key, "no") == "no" for key in ("foot", "bicycle"))


def read_streets(path: Path, *, local_streets: bool = True, cut_at_any_way: bool = False) -> OsmStreets:
    """Read the walkable ways of an OpenStreetMap file.

    A way is cut where its file lacks a node; such nodes are counted in ``missing_nodes``.

    Parameters
    ----------
    local_streets
        Whether streets for residents, customers, deliveries, farms and forests can be walked.
    cut_at_any_way
        Whether to look for the nodes that ways of all kinds share; ``shared_node_id`` is empty if not.

    Raises
    ------
    InputError
        Names the file where it is missing, unreadable or has no walkable way.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path), remedy="check the path, or run ptreach fetch")
    ways: list[tuple[int, WalkAccess, list[int], list[int], list[int]]] = []
    impassable: list[int] = []
    missing = 0
    keys = osmium.filter.KeyFilter("highway", "public_transport", "railway", "access", "entrance")
    try:
        for item in osmium.FileProcessor(str(path)).with_locations("flex_mem").with_filter(keys):
            tags = item.tags
            if item.is_node():
                if _is_impassable(tags):
                    impassable.append(item.id)
                continue
            if not item.is_way():
                continue
            walk = walk_access(tuple(tags.get(key, "") for key in _ALL_TAGS), local_streets=local_streets)
            if walk is None:
                continue
            ways.extend((item.id, walk, *piece) for piece in _pieces(item.nodes))
            missing += sum(not node.location.valid() for node in item.nodes)
        shared = _shared_nodes(path) if cut_at_any_way else np.empty(0, dtype=np.int64)
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise InputError(
            f"not readable as OpenStreetMap data: {str(error).rstrip('.')}",
            where=str(path),
            remedy="fetch the file again",
        ) from error
    if not ways:
        raise InputError(
            "no walkable street in it",
            where=str(path),
            remedy="take an extract that holds the town's streets",
        )
    ways.sort(key=lambda way: way[0])
    return _flatten(ways, np.array(sorted(impassable), dtype=np.int64), shared, missing)


def _shared_nodes(path: Path) -> NDArray[np.int64]:
    """Return the nodes that ways of any kind but buildings refer to more than once, sorted."""
    refs = [
        np.fromiter((node.ref for node in way.nodes), dtype=np.int64)
        for way in osmium.FileProcessor(str(path), osmium.osm.WAY)
        if "building" not in way.tags
    ]
    nodes, uses = np.unique(np.concatenate(refs), return_counts=True)
    return nodes[uses > 1]


def _pieces(nodes: osmium.osm.WayNodeList) -> list[tuple[list[int], list[int], list[int]]]:
    """Return runs of two or more located nodes of a way as (ids, lon_e7, lat_e7)."""
    runs: list[tuple[list[int], list[int], list[int]]] = [([], [], [])]
    for node in nodes:
        location = node.location
        if not location.valid():
            runs.append(([], [], []))
            continue
        ids, xs, ys = runs[-1]
        if ids and ids[-1] == node.ref:
            continue
        ids.append(node.ref)
        xs.append(location.x)
        ys.append(location.y)
    return [run for run in runs if len(run[0]) > 1]


def _flatten(
    ways: list[tuple[int, WalkAccess, list[int], list[int], list[int]]],
    impassable: NDArray[np.int64],
    shared: NDArray[np.int64],
    missing: int,
) -> OsmStreets:
    """Return the ways as flat arrays."""
    lengths = np.array([len(way[2]) for way in ways], dtype=np.int64)
    return OsmStreets(
        way_id=np.array([way[0] for way in ways], dtype=np.int64),
        ref_start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        ref_node_id=np.array([ref for way in ways for ref in way[2]], dtype=np.int64),
        ref_lon_e7=np.array([x for way in ways for x in way[3]], dtype=np.int32),
        ref_lat_e7=np.array([y for way in ways for y in way[4]], dtype=np.int32),
        way_forward=np.array([way[1].forward for way in ways], dtype=np.bool_),
        way_backward=np.array([way[1].backward for way in ways], dtype=np.bool_),
        way_linkable=np.array([way[1].linkable for way in ways], dtype=np.bool_),
        impassable_node_id=impassable,
        shared_node_id=shared,
        missing_nodes=missing,
    )
