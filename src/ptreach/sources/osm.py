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

NOT_STREETS: Final = frozenset(
    {
        "services",
        "rest_area",
        "raceway",
        "construction",
        "abandoned",
        "removed",
        "proposed",
        "unbuilt",
        "razed",
        "no",
    }
)
CLOSED_ROADS: Final = frozenset({"motorway", "motorway_link"})
FOOT_ROADS: Final = frozenset(
    {"pedestrian", "path", "footway", "steps", "platform", "corridor", "bridleway", "cycleway"}
)
OPEN_VALUES: Final = frozenset(
    {"yes", "1", "true", "official", "unknown", "public", "permissive", "designated", "crossing"}
    | {"lane", "track", "shared_lane", "share_busway"}
    | {
        "residents",
        "resident",
        "customers",
        "customer",
        "destination",
        "delivery",
        "agricultural",
        "forestry",
    }
)
CLOSED_VALUES: Final = frozenset(
    {
        "no",
        "0",
        "false",
        "private",
        "license",
        "restricted",
        "prohibited",
        "emergency",
        "use_sidepath",
        "dismount",
    }
    | {"military"}
)
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
_ALL_TAGS: Final = (*_TAGS, "oneway:foot", "tunnel", "covered")


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
    missing_nodes: int


def _first(value: str) -> str:
    """Return the part of a tag value before ``;``, lower-cased."""
    return value.split(";", 1)[0].strip().lower()


def _label(value: str, otherwise: bool | None) -> bool | None:
    """Return open, closed, or `otherwise` for an access value that says nothing."""
    if value in OPEN_VALUES:
        return True
    return False if value in CLOSED_VALUES else otherwise


@lru_cache(maxsize=65536)
def walk_access(tags: tuple[str, ...]) -> WalkAccess | None:
    """Return who may walk a way with these tag values, None if nobody may.

    The values come in the order of the module's list of tags, empty where a tag is absent.
    """
    highway, public_transport, railway, usage, construction, proposed, access, foot, sidewalk = map(
        _first, tags[:9]
    )
    oneway_foot, tunnel, covered = map(_first, tags[9:])
    is_platform = public_transport == "platform" or (railway == "platform" and usage != "tourism")
    if (highway in NOT_STREETS) or not (highway or is_platform) or construction or proposed:
        return None
    if highway in FOOT_ROADS or (not highway and is_platform):
        opened: bool | None = True
    else:
        opened = _label(access, highway not in CLOSED_ROADS)
    opened = _label(foot, opened)
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


def read_streets(path: Path) -> OsmStreets:
    """Read the walkable ways of an OpenStreetMap file.

    A way is cut where its file lacks a node; such nodes are counted in ``missing_nodes``.

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
            walk = walk_access(tuple(tags.get(key, "") for key in _ALL_TAGS))
            if walk is None:
                continue
            ways.extend((item.id, walk, *piece) for piece in _pieces(item.nodes))
            missing += sum(not node.location.valid() for node in item.nodes)
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
    return _flatten(ways, np.array(sorted(impassable), dtype=np.int64), missing)


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
        missing_nodes=missing,
    )
