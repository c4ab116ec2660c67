"""Stations, tram stops and ferry terminals of OpenStreetMap files: which modes an area has."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.sources.osm_files import read_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.sources.cover import Cover

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

    Only those in `cover` count, all if None.

    Raises
    ------
    InputError
        Where a file is missing or not readable as OpenStreetMap data.
    """
    stations: dict[int, tuple[str, int, int]] = {}
    for path in paths:
        for node in read_nodes(path, ("railway", "amenity")):
            mode = station_mode(dict(node.tags))
            if mode:
                stations[node.id] = mode, node.location.x, node.location.y
    found = list(stations.values())
    if cover is not None and found:
        lon_e7, lat_e7 = np.array([place for _, *place in found], dtype=np.float64).T
        found = [found[row] for row in np.flatnonzero(cover.holds(lon_e7 / 1e7, lat_e7 / 1e7))]
    return dict(sorted(Counter(mode for mode, *_ in found).items()))
