"""Stations, tram stops and ferry terminals of OpenStreetMap files: which modes an area has."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.sources.osm_files import read_errors, read_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import osmium

    from ptreach.sources.cover import Cover

STATION_KEYS: Final = ("railway", "amenity")
"""A node that is a station has one of these keys."""

# Miniature railways, funiculars and monorails of parks are nobody's way to work.
_STATIONS: Final = frozenset({"station", "halt"})
_NOT_RAIL: Final = frozenset({"miniature", "funicular", "monorail"})


def station_mode(tags: dict[str, str]) -> str | None:
    """Return the mode, as in `modes.MODES`, that a node with these tags is a station of, None if of none."""
    railway, station = tags.get("railway", ""), tags.get("station", "")
    if tags.get("usage") == "tourism" or tags.get("railway:preserved") == "yes" or station in _NOT_RAIL:
        return None
    if tags.get("amenity") == "ferry_terminal":
        return "ferry"
    light = station == "light_rail" or tags.get("light_rail") == "yes" or tags.get("tram") == "yes"
    if railway == "tram_stop" or (railway in _STATIONS and light):
        return "tram"
    if railway in _STATIONS:
        return "metro" if station == "subway" or tags.get("subway") == "yes" else "rail"
    return None


def count_stations(paths: Sequence[Path], cover: Cover | None = None) -> dict[str, int]:
    """Return the number of nodes that are a station of each mode, by the mode's name; each node once.

    Parameters
    ----------
    cover
        Only stations within it are counted; all if None.

    Raises
    ------
    InputError
        Where a file is missing or not readable as OpenStreetMap data.
    """
    modes: dict[int, str] = {}
    for path in paths:
        with read_errors(path):  # tags that are no text are told when they are looked at
            modes |= {
                node.id: mode
                for node in read_nodes(path, STATION_KEYS)
                if (mode := station_mode(dict(node.tags))) and lies_within(node, cover)
            }
    return dict(sorted(Counter(modes.values()).items()))


def lies_within(node: osmium.osm.Node, cover: Cover | None) -> bool:
    """Return whether a node has a place and that lies within a cover, if there is one."""
    if cover is None:
        return True
    place = node.location
    return place.valid() and bool(cover.holds(np.array([place.lon]), np.array([place.lat]))[0])
