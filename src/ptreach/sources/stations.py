"""Stations, tram stops and ferry terminals of an OpenStreetMap file: which modes an area has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import osmium
import osmium.filter

from ptreach.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

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


def count_stations(path: Path) -> dict[str, int]:
    """Return the number of nodes that are a station of each mode, by the mode's name.

    Raises
    ------
    InputError
        Where the file is missing or not readable as OpenStreetMap data.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path), remedy="check the path, or run ptreach fetch")
    counts: dict[str, int] = {}
    keys = osmium.filter.KeyFilter("railway", "amenity")
    try:
        for node in osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(keys):
            mode = station_mode(dict(node.tags))
            if mode:
                counts[mode] = counts.get(mode, 0) + 1
    except RuntimeError as error:
        raise InputError(
            f"not readable as OpenStreetMap data: {str(error).rstrip('.')}",
            where=str(path),
            remedy="fetch the file again",
        ) from error
    return dict(sorted(counts.items()))
