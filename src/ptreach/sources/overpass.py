"""Streets around a point from Overpass, where no extract of OpenStreetMap is at hand.

The file has all ways that may be walked on foot or not, as OpenStreetMap has them, with their nodes and all
tags: who may walk them is decided where it is read. Water and railways, which maps show, are not in it.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from xml.sax.saxutils import quoteattr

from ptreach.errors import InputError
from ptreach.sources.openstreetmap import OVERPASS, asking, shown_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from shapely import Polygon

    from ptreach.model import Progress

MOST_RADIUS_KM: Final = 30.0
_TIMEOUT_S: Final = 180
_WAYS: Final = ('["highway"]', '["public_transport"="platform"]', '["railway"="platform"]')
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<osm version="0.6" generator="ptreach" copyright="OpenStreetMap and contributors" '
    'attribution="https://www.openstreetmap.org/copyright" '
    'license="https://opendatacommons.org/licenses/odbl/1-0/">\n'
)


class Extract(NamedTuple):
    """What was written: numbers of ways and nodes, and the moment of OpenStreetMap's data (ISO 8601)."""

    ways: int
    nodes: int
    date: str


class _Streets(NamedTuple):
    """Elements by id, as Overpass gives them."""

    nodes: dict[int, dict[str, Any]]
    ways: dict[int, dict[str, Any]]
    dates: set[str]


def write_streets(
    lon: float,
    lat: float,
    radius_km: float,
    path: Path,
    *,
    progress: Progress,
    server: str = OVERPASS.url,
    refresh: bool = False,
) -> Extract:
    """Write the streets within `radius_km` of a point (degrees, EPSG:4326) as an OpenStreetMap file (.osm).

    Ways reach over the edge as far as they go. Answers are kept; `refresh` asks anew.

    Raises
    ------
    InputError
        Where the point or the radius is out of range, nothing is there, or the server can't be asked or gives
        only a part; or the file can't be written.
    """
    _check(lon, lat, radius_km)
    where = f"Overpass at {shown_server(server)}"
    with asking(OVERPASS, server, cache="streets", refresh=refresh, timeout_s=_TIMEOUT_S):
        streets = _Streets({}, {}, set())
        for answer in _answers(lon, lat, radius_km, progress):
            if remark := answer.get("remark"):
                raise InputError(
                    f"only a part came: {' '.join(str(remark).split())[:200]}",
                    where=where,
                    remedy="try again later, or take a smaller radius",
                )
            _add(answer, streets)
    if not streets.ways:
        raise InputError(
            f"no street within {radius_km:g} km of lon {lon:g}, lat {lat:g}",
            where=where,
            remedy="check the order: longitude first",
        )
    date = min(streets.dates, default="")
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(_lines(streets, date))
        part.replace(path)
    except OSError as error:
        raise InputError(
            f"can't be written: {error.strerror or error}", where=str(path), remedy="name another file"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return Extract(len(streets.ways), len(streets.nodes), date)


def _check(lon: float, lat: float, radius_km: float) -> None:
    """Raise InputError where there is no such circle, or where it is too much to ask for."""
    if not (abs(lon) <= 180 and abs(lat) <= 85):
        raise InputError(f"{lon:g},{lat:g} is no place", where="--around", remedy="write LON,LAT in degrees")
    if not 0 < radius_km <= MOST_RADIUS_KM:
        raise InputError(
            f"{radius_km:g} km is out of range",
            where="--radius-km",
            remedy=f"ask for up to {MOST_RADIUS_KM:g} km; for more, fetch an extract of Geofabrik",
        )


def _answers(lon: float, lat: float, radius_km: float, progress: Progress) -> Iterator[dict[str, Any]]:
    """Give the answers for a circle, which osmnx cuts into pieces that can be asked for."""
    from osmnx._overpass import (
        _make_overpass_polygon_coord_strs,
        _make_overpass_settings,
        _overpass_request,
    )
    from osmnx.utils_geo import buffer_geometry
    from shapely import Point

    circle = cast("Polygon", buffer_geometry(Point(lon, lat), radius_km * 1000))
    pieces = _make_overpass_polygon_coord_strs(circle)
    progress("streets", 0, len(pieces))
    for number, piece in enumerate(pieces, 1):
        ways = "".join(f"way{tags}(poly:'{piece}');" for tags in _WAYS)
        yield _overpass_request(OrderedDict(data=f"{_make_overpass_settings()};({ways});(._;>;);out;"))
        progress("streets", number, len(pieces))


def _add(answer: Mapping[str, Any], streets: _Streets) -> None:
    """Add an answer's elements; raise ValueError, TypeError or KeyError where it is none."""
    for element in answer["elements"]:
        kind, tags = element["type"], _tags(element)
        if kind == "node":
            lon, lat = float(element["lon"]), float(element["lat"])
            if not (abs(lon) <= 180 and abs(lat) <= 90):
                raise ValueError("no place on earth")
            streets.nodes[int(element["id"])] = {"lon": lon, "lat": lat, "tags": tags}
        elif kind == "way":
            refs = [int(ref) for ref in element["nodes"]]
            streets.ways[int(element["id"])] = {"refs": refs, "tags": tags}
    base = str(dict(answer.get("osm3s") or {}).get("timestamp_osm_base", ""))
    if _MOMENT.fullmatch(base):
        streets.dates.add(base)


def _tags(element: Mapping[str, Any]) -> dict[str, str]:
    """Return an element's tags, without marks that XML can't hold."""
    tags = dict(element.get("tags") or {})
    return {_NO_XML.sub("", str(key)): _NO_XML.sub("", str(value)) for key, value in tags.items()}


def _lines(streets: _Streets, date: str) -> Iterator[str]:
    """Give the lines of an OpenStreetMap file: nodes, then ways, each by id."""
    yield _HEAD
    if date:
        yield f" <meta osm_base={quoteattr(date)}/>\n"
    for node_id, node in sorted(streets.nodes.items()):
        place = f' <node id="{node_id}" version="1" lat="{node["lat"]:.7f}" lon="{node["lon"]:.7f}"'
        yield from _element(place, "node", [], node["tags"])
    for way_id, way in sorted(streets.ways.items()):
        refs = [f'  <nd ref="{ref}"/>\n' for ref in way["refs"]]
        yield from _element(f' <way id="{way_id}" version="1"', "way", refs, way["tags"])
    yield "</osm>\n"


def _element(start: str, kind: str, inside: list[str], tags: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of one element."""
    if not inside and not tags:
        yield f"{start}/>\n"
        return
    yield f"{start}>\n"
    yield from inside
    for key, value in sorted(tags.items()):
        yield f"  <tag k={quoteattr(key)} v={quoteattr(value)}/>\n"
    yield f" </{kind}>\n"
