"""What the tags of an OpenStreetMap way or node mean on foot; ``docs/streets.md`` has it as a table.

In this order:

1. A way is a street if it has ``highway`` (not services, rest_area, raceway, construction, proposed …) or is
   a ``public_transport=platform`` or ``railway=platform`` (not with ``usage=tourism``); never where it has a
   key ``construction`` or ``proposed``, nor where it is a ferry: ferries run by their timetables.
2. By its ``highway`` value: motorways, guided busways and escape lanes are closed, and so is any road with
   ``motorroad=yes``; pedestrian, path, footway, steps, platform, corridor, bridleway and cycleway are open,
   all that whatever ``access`` says; others are open unless ``access`` closes them.
3. ``foot`` beats ``access``; ``sidewalk=both|left|right`` opens the way in any case.
4. Values that close: no, private, restricted, prohibited, emergency, use_sidepath, dismount, military.
   Streets for residents, customers, deliveries, farms and forests are open: people on foot do use them.
5. ``oneway:foot`` closes one direction. Ordinary ``oneway`` does not apply to people on foot.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import osmium

_NOT_STREETS: Final = frozenset(
    ["services", "rest_area", "raceway", "construction", "abandoned", "removed", "proposed", "unbuilt"]
)
_UNBUILT: Final = frozenset(["construction", "abandoned", "removed", "proposed", "propossed", "unbuilt"])
_CLOSED_ROADS: Final = frozenset(["motorway", "motorway_link"])
_CLOSED_LANES: Final = frozenset(["bus_guideway", "escape"])
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
    closed_roads: frozenset[str]
    opened: frozenset[str]
    closed: frozenset[str]
    knows_ferries: bool
    knows_motorroads: bool


_LOCAL_OPEN: Final = _FootTable(
    not_streets=_NOT_STREETS | {"razed", "no"},
    unbuilt_cycleways=frozenset(),
    closed_roads=_CLOSED_ROADS | _CLOSED_LANES,
    opened=_OPEN | _LOCAL,
    closed=_CLOSED | {"military"},
    knows_ferries=True,
    knows_motorroads=True,
)
# As R5: local traffic only means nobody at all, and what it does not list says nothing.
_LOCAL_CLOSED: Final = _FootTable(
    not_streets=_NOT_STREETS | _UNBUILT,
    unbuilt_cycleways=_UNBUILT,
    closed_roads=_CLOSED_ROADS,
    opened=_OPEN,
    closed=_CLOSED | _LOCAL,
    knows_ferries=False,
    knows_motorroads=False,
)

STREET_KEYS: Final = ("highway", "public_transport", "railway")
"""A way that may be a street has one of these."""
NODE_KEYS: Final = ("access", "entrance")
"""A node that may be closed has one of these."""
WAY_KEYS: Final = (
    *STREET_KEYS,
    "usage",
    "construction",
    "proposed",
    "access",
    "foot",
    "sidewalk",
    "oneway:foot",
    "tunnel",
    "covered",
    "cycleway",
    "route",
    "motorroad",
)
"""The keys whose values decide, in the order in which `walk_access` takes them."""


class WalkAccess(NamedTuple):
    """Who may walk a way: along its nodes, against them, and whether points may link to it."""

    forward: bool
    backward: bool
    linkable: bool


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

    The values come in the order of `WAY_KEYS`, empty where a tag is absent.
    """
    table = _LOCAL_OPEN if local_streets else _LOCAL_CLOSED
    highway, public_transport, railway, usage, construction, proposed, access, foot, sidewalk = map(
        _first, tags[:9]
    )
    oneway_foot, tunnel, covered, cycleway, route, motorroad = map(_first, tags[9:])
    is_platform = public_transport == "platform" or (railway == "platform" and usage != "tourism")
    if not (highway or is_platform) or construction or proposed:
        return None
    if highway in table.not_streets or cycleway in table.unbuilt_cycleways:
        return None
    if route == "ferry" and table.knows_ferries:
        return None
    opened = highway not in table.closed_roads and not (motorroad == "yes" and table.knows_motorroads)
    if opened and highway and highway not in _FOOT_ROADS:
        opened = _label(access, table, otherwise=True)
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


def is_impassable(tags: osmium.osm.TagList) -> bool:
    """Say whether nobody on foot passes a node with these tags."""
    if tags.get("entrance") == "emergency":
        return True
    return tags.get("access") == "no" and all(tags.get(key, "no") == "no" for key in ("foot", "bicycle"))
