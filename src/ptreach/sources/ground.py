"""What lies under a map: roads, paths, railways, rivers, water and coast of an OpenStreetMap file."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, Literal

import geopandas as gpd
import osmium
import osmium.filter
import osmium.geom
import pandas as pd
import shapely

from ptreach.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

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

_log = logging.getLogger(__name__)


def read_ground(osm_path: Path, crs: str = "EPSG:27700") -> gpd.GeoDataFrame:
    """Return roads, railways and water of an OpenStreetMap file (pbf, osm) in the order of the file.

    Parameters
    ----------
    osm_path
        The file.
    crs
        The coordinate reference system wanted.

    Returns
    -------
    GeoDataFrame
        Columns ``kind`` (``major``: motorway to secondary with their links; ``minor``: other roads for
        vehicles; ``path``; ``rail``; ``river``: lines of rivers and canals; ``coast``: coastlines; ``water``:
        polygons of lakes and wide rivers, islands cut out) and ``geometry``, in `crs`. No rows where the file
        has none.

    Raises
    ------
    InputError
        Where the file is missing or not readable as OpenStreetMap data.
    """
    if not osm_path.is_file():
        raise InputError("no such file", where=str(osm_path), remedy="check the path or run ptreach fetch")
    try:
        kinds, shapes = _read(osm_path)
    except RuntimeError as error:
        raise InputError(
            f"not readable as OpenStreetMap data: {error}", where=str(osm_path), remedy="fetch the file again"
        ) from error
    geometry = gpd.GeoSeries(shapely.from_wkb(shapes), crs="EPSG:4326").to_crs(crs)
    return gpd.GeoDataFrame({"kind": pd.Series(kinds, dtype="object")}, geometry=geometry, crs=crs)


def _read(osm_path: Path) -> tuple[list[GroundKind], list[str]]:
    """Return kinds and shapes (WKB in hexadecimal, degrees) of all that is drawn."""
    wkb = osmium.geom.WKBFactory()
    kinds: list[GroundKind] = []
    shapes: list[str] = []
    cut = 0
    # The filters run in C++, so that Python sees only what may be drawn.
    water = osmium.filter.TagFilter(("natural", "water"), ("waterway", "riverbank"))
    drawn = osmium.filter.KeyFilter("highway", "railway", "natural", "waterway")
    for thing in osmium.FileProcessor(str(osm_path)).with_areas(water).with_filter(drawn):
        kind: GroundKind | None = None
        try:
            if thing.is_area():
                if _is_water(thing.tags):
                    kind, shape = "water", wkb.create_multipolygon(thing)
            elif thing.is_way():
                kind = _line_kind(thing.tags)
                shape = wkb.create_linestring(thing) if kind else ""
        except (osmium.InvalidLocationError, RuntimeError) as error:
            _log.debug("%s: way or area %d is not drawn: %s", osm_path.name, thing.id, error)
            cut += 1
            continue
        if kind:
            kinds.append(kind)
            shapes.append(shape)
    if cut:
        _log.info("%s: %d ways without all their nodes are not drawn", osm_path.name, cut)
    return kinds, shapes


def _is_water(tags: osmium.osm.TagList) -> bool:
    """Return whether an area is water; other areas come along where a way is closed."""
    return bool(tags.get("natural") == "water" or tags.get("waterway") == "riverbank")


def _line_kind(tags: osmium.osm.TagList) -> GroundKind | None:
    """Return what a way is drawn as, None if it is not drawn as a line (squares are areas)."""
    for key, kinds in _LINES.items():
        kind = kinds.get(tags.get(key, ""))
        if kind and not (key == "highway" and tags.get("area") == "yes"):
            return kind
    return None
