"""Small networks made by hand: streets in metres, feeds as text, built with the package's own builder.

Places are metres east and north of a corner at 51 degrees north, on the sphere that the network measures
with, so a street of 99.5 m is 99.5 m long to within a centimetre.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from ptreach.config import load_town
from ptreach.model import Points, Query, no_progress
from ptreach.network.build import build_network

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ptreach.config import Town

LON, LAT = -2.0, 51.0
METRES_A_DEGREE = math.pi / 180 * 6_371_008.8
TUESDAY = dt.date(2026, 10, 13)

_TOWN = """
name = "Somewhere"
network = "some"
areas = "zones"
date = 2026-10-13
walk_speed_kph = 3.6
{more}
[origin]
lon = -2.0
lat = 51.0
"""
CALENDAR = """service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
weekdays,1,1,1,1,1,0,0,20261001,20261031
"""
AGENCY = """agency_id,agency_name,agency_url,agency_timezone
a,Buses,http://example.org,Europe/London
"""


def lonlat(x_m: float, y_m: float) -> tuple[float, float]:
    """Degrees of a place in metres."""
    return LON + x_m / METRES_A_DEGREE / math.cos(math.radians(LAT)), LAT + y_m / METRES_A_DEGREE


def points(**places: tuple[float, float]) -> Points:
    """Points from places in metres."""
    lon, lat = zip(*(lonlat(*place) for place in places.values()), strict=True)
    return Points.of(places, lon, lat)


def write_osm(
    path: Path,
    nodes: Mapping[int, tuple[float, float]],
    ways: Sequence[tuple[Sequence[int], Mapping[str, str]]],
    gates: Mapping[int, Mapping[str, str]] | None = None,
) -> Path:
    """Write streets as OSM XML: nodes in metres, ways as node numbers and tags, tags of nodes."""
    lines = ['<?xml version="1.0"?>', '<osm version="0.6">']
    for node, place in sorted(nodes.items()):
        lon, lat = lonlat(*place)
        tags = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in (gates or {}).get(node, {}).items())
        lines.append(f'<node id="{node}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{tags}</node>')
    for number, (refs, tags) in enumerate(ways, 1):
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        inner += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<way id="{number}" version="1">{inner}</way>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def straight_street(path: Path, length_m: float, nodes_n: int = 61) -> Path:
    """Write one street due east from the corner."""
    nodes = {number: (length_m * number / (nodes_n - 1), 0.0) for number in range(nodes_n)}
    return write_osm(path, nodes, [(list(nodes), {"highway": "residential"})])


def stops_text(**places: tuple[float, float]) -> str:
    """Stops.txt from places in metres."""
    rows = [
        f"{name},{name},{lonlat(*place)[1]:.7f},{lonlat(*place)[0]:.7f}" for name, place in places.items()
    ]
    return "\n".join(["stop_id,stop_name,stop_lat,stop_lon", *rows, ""])


def clock(seconds: int) -> str:
    """``H:MM:SS`` of seconds."""
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def trips_texts(trips: Iterable[tuple[str, str, Sequence[tuple[str, str]]]]) -> dict[str, str]:
    """Trips.txt and stop_times.txt of (trip, service, calls); a call: stop, time or arrival-departure."""
    trip_rows, call_rows = [], []
    for trip, service, calls in trips:
        trip_rows.append(f"{trip},r,{service}")
        for sequence, (stop, times) in enumerate(calls):
            arrival, _, departure = times.partition("-")
            call_rows.append(f"{trip},{stop},{sequence},{arrival},{departure or arrival}")
    return {
        "trips": "\n".join(["trip_id,route_id,service_id", *trip_rows, ""]),
        "stop_times": "\n".join(
            ["trip_id,stop_id,stop_sequence,arrival_time,departure_time", *call_rows, ""]
        ),
    }


def write_feed(path: Path, **texts: str) -> Path:
    """Write a feed; agency, routes and calendar have plain defaults."""
    tables = {
        "agency": AGENCY,
        "routes": "route_id,route_short_name,route_type,agency_id\nr,1,3,a\n",
        "calendar": CALENDAR,
        **texts,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            if text:
                archive.writestr(f"{name}.txt", text)
    return path


def read_feed(path: Path) -> dict[str, str]:
    """Texts of a feed's tables by their names; the way of the lines on the map is left out."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name != "shapes.txt"]
        return {name.removesuffix(".txt"): archive.read(name).decode() for name in names}


def rows(text: str) -> list[dict[str, str]]:
    """Rows of a table's text."""
    return list(csv.DictReader(io.StringIO(text)))


def table(found: Sequence[Mapping[str, str]]) -> str:
    """Text of a table; no cell has a comma."""
    return "\n".join([",".join(found[0]), *(",".join(row.values()) for row in found), ""])


def seconds_of(clock_text: str) -> int:
    """Seconds of ``H:MM:SS``."""
    hours, minutes, seconds = map(int, clock_text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def cut_in_two(texts: Mapping[str, str]) -> dict[str, str]:
    """The feed with each trip of three calls or more made into two of one block, its calls in order.

    At the call where one ends and the other begins one may board and alight where one could in the whole
    trip.
    """
    calls: dict[str, list[dict[str, str]]] = {}
    for row in rows(texts["stop_times"]):
        calls.setdefault(row["trip_id"], []).append(row)
    trips, pieces = [], []
    for row in rows(texts["trips"]):
        whole, trip = calls[row["trip_id"]], row["trip_id"]
        middle = len(whole) // 2
        parts = [whole] if len(whole) < 3 else [whole[: middle + 1], whole[middle:]]
        for number, part in enumerate(parts):
            trips.append({**row, "trip_id": f"{trip}-{number}", "block_id": trip})
            pieces += [{**call, "trip_id": f"{trip}-{number}"} for call in part]
    return {**texts, "trips": table(trips), "stop_times": table(pieces)}


def build(folder: Path, osm: Path, *feeds: Path) -> Path:
    """Build a network."""
    return build_network([osm], feeds, folder / "built", no_progress)


def town(folder: Path, more: str = "") -> Town:
    """Return a town in the corner, whose people walk a metre a second, of a file with `more` lines."""
    path = folder / "somewhere.toml"
    path.write_text(_TOWN.format(more=more), encoding="utf-8")
    return load_town(path)


def query(window: str = "08:00-08:30", **changes: object) -> Query:
    """Ask for a window on a Tuesday, walking at one metre a second."""
    start, end = ((int(part[:2]) * 60 + int(part[3:])) * 60 for part in window.split("-"))
    settings: dict[str, object] = {"walk_speed_kph": 3.6, "percentiles": (5, 25, 50, 75, 95), **changes}
    return Query(TUESDAY, start, end, **settings)  # type: ignore[arg-type]


def nearest_rank(values: Iterable[float], percentile: int) -> float:
    """Percentile by its definition: the least value that at least this share of the list is at or under."""
    ordered = sorted(values)
    return next(value for rank, value in enumerate(ordered, 1) if rank / len(ordered) * 100 >= percentile)


def seconds(blocks: Iterable[object]) -> np.ndarray:
    """Whole matrix of an engine's blocks."""
    return np.concatenate([block.seconds for block in blocks])  # type: ignore[attr-defined]
