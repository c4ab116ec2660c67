"""The made-up town as an OpenStreetMap file: streets, river, railway, park, stations."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import osmium
import pyproj
import shapely
from osmium.osm import mutable

from ptreach.sources.demo.plan import CENTRE_M, CRS, RIVER, TOWN
from ptreach.sources.demo.streets import STATIONS, station_platforms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from shapely.geometry import LineString

    from ptreach.model import FloatArray
    from ptreach.sources.demo.plan import Plan
    from ptreach.sources.demo.streets import TownStreets

GENERATOR: Final = "ptreach demo: a made-up town, not OpenStreetMap data"
_NOTE: Final = {"note": "made-up; this place does not exist"}


def to_degrees(xy_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude of places in metres about the market place, shape (n, 2)."""
    lon, lat = _grid_to_degrees().transform(xy_m[:, 0] + CENTRE_M[0], xy_m[:, 1] + CENTRE_M[1])
    return lon, lat


@lru_cache(maxsize=1)
def _grid_to_degrees() -> pyproj.Transformer:
    """Return the conversion, which takes longer to set up than to use."""
    return pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)


class _Writer:
    """Collects nodes, ways and relations, then writes them sorted."""

    def __init__(self, streets: TownStreets) -> None:
        self.xy = [tuple(xy) for xy in streets.xy.tolist()]
        self.node_tags: dict[int, dict[str, str]] = {}
        self.ways: list[tuple[Sequence[int], dict[str, str]]] = [
            (way.nodes, way.tags) for way in streets.ways
        ]
        self.relations: list[tuple[list[tuple[str, int, str]], dict[str, str]]] = []

    def line(self, shape: LineString, tags: dict[str, str]) -> int:
        """Add a line, or a closed ring on one node at its ends; return the way's id."""
        places = [tuple(xy) for xy in shapely.get_coordinates(shape).tolist()]
        refs = list(range(len(self.xy), len(self.xy) + len(places)))
        if shape.is_closed:
            refs[-1] = refs[0]
            places.pop()
        self.xy += places
        self.ways.append((refs, tags))
        return len(self.ways)

    def node(self, x: float, y: float, tags: dict[str, str]) -> None:
        """Add a node with tags."""
        self.node_tags[len(self.xy)] = tags
        self.xy.append((x, y))

    def write(self, path: Path) -> None:
        """Write the file, replacing any."""
        lon, lat = to_degrees(np.array(self.xy))
        header = osmium.io.Header()
        header.set("generator", GENERATOR)
        writer = osmium.SimpleWriter(str(path), header=header, overwrite=True)
        try:
            for number, place in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
                tags = self.node_tags.get(number, {})
                writer.add_node(mutable.Node(id=number + 1, version=1, location=place, tags=tags))
            for number, (refs, tags) in enumerate(self.ways, 1):
                writer.add_way(mutable.Way(id=number, version=1, nodes=[ref + 1 for ref in refs], tags=tags))
            for number, (members, tags) in enumerate(self.relations, 1):
                writer.add_relation(mutable.Relation(id=number, version=1, members=members, tags=tags))
        finally:
            writer.close()


def write_osm(path: Path, plan: Plan, streets: TownStreets, tram: Iterable[FloatArray]) -> None:
    """Write the town as OpenStreetMap pbf; `tram` has courses of the tram, shape (n, 2), metres."""
    out = _Writer(streets)
    water = {"natural": "water", "water": "river", "name": RIVER}
    members = [("w", out.line(plan.river.exterior, {}), "outer")]
    members += [("w", out.line(ring, {}), "inner") for ring in plan.river.interiors]
    out.relations.append((members, {"type": "multipolygon", **water}))
    out.line(plan.river_line, {"waterway": "river", "name": RIVER, **_NOTE})
    for piece in shapely.get_parts(plan.rail.difference(plan.river)):
        out.line(piece, {"railway": "rail", "name": f"{TOWN} line", "usage": "main", **_NOTE})
    for course in tram:
        out.line(shapely.LineString(course), {"railway": "tram", "name": f"{TOWN} tramway", **_NOTE})
    out.line(plan.park.exterior, {"leisure": "park", "name": "Abbey Park"})
    out.node(0.0, 60.0, {"place": "town", "name": TOWN, **_NOTE})
    for village in plan.villages:
        middle = village.area.centroid
        out.node(middle.x, middle.y, {"place": "village", "name": village.name, **_NOTE})
    for name, x_m in STATIONS:
        north, south = station_platforms(plan, x_m)
        out.node(
            (north.x + south.x) / 2, (north.y + south.y) / 2, {"railway": "station", "name": name, **_NOTE}
        )
    out.write(path)
