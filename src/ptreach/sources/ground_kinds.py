"""What the tags of an OpenStreetMap way or area are drawn as on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import osmium

GroundKind = Literal["major", "minor", "path", "rail", "water", "river", "coast"]
GROUND_KINDS: Final[tuple[GroundKind, ...]] = ("water", "river", "coast", "path", "minor", "major", "rail")

_MAJOR: Final = [
    f"{road}{link}" for road in ("motorway", "trunk", "primary", "secondary") for link in ("", "_link")
]
_MINOR: Final = [
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "busway",
    "bus_guideway",
]
_PATH: Final = ("footway", "path", "cycleway", "bridleway", "steps", "pedestrian", "track")
_RAIL: Final = ("rail", "light_rail", "tram", "subway", "narrow_gauge")
# The first key of a way that has an entry decides: a tramway in a street is drawn as the street.
_LINES: Final[dict[str, dict[str, GroundKind]]] = {
    "highway": {
        **dict.fromkeys(_MAJOR, "major"),
        **dict.fromkeys(_MINOR, "minor"),
        **dict.fromkeys(_PATH, "path"),
    },
    "railway": dict.fromkeys(_RAIL, "rail"),
    "natural": {"coastline": "coast"},
    "waterway": {"river": "river", "canal": "river"},
}
GROUND_KEYS: Final = tuple(_LINES)
"""What is drawn has one of these keys."""
WATER_TAGS: Final = (("natural", "water"), ("waterway", "riverbank"))
"""Areas of water have one of these tags."""


def is_water(tags: osmium.osm.TagList) -> bool:
    """Return whether an area is water; other areas come along where a way is closed."""
    return any(tags.get(key) == value for key, value in WATER_TAGS)


def line_kind(tags: osmium.osm.TagList) -> GroundKind | None:
    """Return what a way is drawn as, None if it is not drawn as a line (squares are areas)."""
    for key, kinds in _LINES.items():
        kind = kinds.get(tags.get(key, ""))
        if kind and not (key == "highway" and tags.get("area") == "yes"):
            return kind
    return None
