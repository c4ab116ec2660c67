"""Travel times worked out a second time, plainly: no module of the package is used.

Streets are a graph of all OpenStreetMap nodes, lengths are geodesics of the WGS84 ellipsoid, points hang on
the nearest segment in the British National Grid, and each departure is a scan of the day's connections. So it
differs from the package by its earth and its rounding, a few seconds a walk, and in nothing else.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import osmium
import pyproj
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SPEED_M_S = 4.8 / 3.6
WALK_S = 20 * 60
NEVER = 10**9

_GEOD = pyproj.Geod(ellps="WGS84")
_GRID = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
_FOOT = ["pedestrian", "path", "footway", "steps", "platform", "corridor", "bridleway", "cycleway"]
_NO_STREET = [
    *["services", "rest_area", "raceway", "construction", "abandoned"],
    *["removed", "proposed", "unbuilt", "razed", "no"],
]
_SHUT = [
    *["no", "0", "false", "private", "license", "restricted"],
    *["prohibited", "emergency", "use_sidepath", "dismount", "military"],
]
_OPEN = [
    *["yes", "1", "true", "official", "unknown", "public", "permissive", "designated", "crossing"],
    *["lane", "track", "shared_lane", "share_busway", "residents", "resident", "customers", "customer"],
    *["destination", "delivery", "agricultural", "forestry"],
]


def walkable(tags: dict[str, str]) -> bool:
    """Say whether people may walk a way."""
    highway = tags.get("highway", "")
    platform = tags.get("public_transport") == "platform" or (
        tags.get("railway") == "platform" and tags.get("usage") != "tourism"
    )
    if highway in _NO_STREET or not (highway or platform) or tags.get("construction") or tags.get("proposed"):
        return False
    verdict = highway not in ("motorway", "motorway_link")
    if highway and highway not in _FOOT and tags.get("access") in _OPEN + _SHUT:
        verdict = tags["access"] in _OPEN
    if tags.get("foot") in _OPEN + _SHUT:
        verdict = tags["foot"] in _OPEN
    return verdict or tags.get("sidewalk") in ("both", "left", "right")


class Place(NamedTuple):
    """A point by name, in degrees."""

    name: str
    lon: float
    lat: float


def walks(osm: Path, stops: Sequence[Place], others: Sequence[Place]) -> dict[str, dict[str, int]]:
    """Seconds on foot, within the limit, from each stop to stops and others, and from each other to both."""
    ways = []
    for way in osmium.FileProcessor(str(osm)).with_locations():
        if not way.is_way():
            continue
        tags = dict(way.tags)
        if walkable(tags) and len(way.nodes) > 1:
            assert "oneway:foot" not in tags
            linkable = tags.get("tunnel") != "yes" and tags.get("covered") != "yes"
            ways.append(([(n.ref, n.location.lon, n.location.lat) for n in way.nodes], linkable))
    uses: dict[int, int] = {}
    for nodes, _ in ways:
        for ref, _, _ in nodes:
            uses[ref] = uses.get(ref, 0) + 1
    junctions = {ref for ref, count in uses.items() if count > 1}
    junctions |= {nodes[end][0] for nodes, _ in ways for end in (0, -1)}
    number = {ref: at for at, ref in enumerate(sorted(uses))}
    pieces = [
        (number[a[0]], number[b[0]], a[1:], b[1:], linkable)
        for nodes, linkable in ways
        for a, b in itertools.pairwise(nodes)
    ]
    start, end = (np.array([piece[k] for piece in pieces]) for k in (0, 1))
    part = connected_components(
        csr_array((np.ones(start.size), (start, end)), shape=(len(uses),) * 2), directed=False
    )[1]
    size = np.bincount(part[[number[ref] for ref in junctions]], minlength=part.max() + 1)
    pieces = [piece for piece in pieces if size[part[piece[0]]] >= 40]

    ends = np.array([[*piece[2], *piece[3]] for piece in pieces])
    length = np.array(_GEOD.inv(*ends.T)[2])
    x, y = _GRID.transform(ends[:, [0, 2]], ends[:, [1, 3]])
    lines = shapely.linestrings(np.stack([x, y], axis=2))
    can = np.flatnonzero([piece[4] for piece in pieces])
    tree = shapely.STRtree(lines[can])
    edges: list[tuple[int, int, float]] = []
    hung: dict[int, list[tuple[float, int]]] = {}
    count = len(uses)
    vertex = {}
    for place in (*stops, *others):
        px, py = _GRID.transform(place.lon, place.lat)
        spot = shapely.Point(px, py)
        near = can[tree.query_nearest(spot, max_distance=1600, all_matches=False)]
        if not near.size:
            continue
        line = int(near[0])
        along = shapely.line_locate_point(lines[line], spot, normalized=True)
        vertex[place.name] = count + 1
        edges.append((count, count + 1, shapely.distance(lines[line], spot)))
        hung.setdefault(line, []).append((along, count))
        count += 2
    for at, piece in enumerate(pieces):
        chain = [(0.0, piece[0]), *sorted(hung.get(at, [])), (1.0, piece[1])]
        edges += [(a[1], b[1], (b[0] - a[0]) * length[at]) for a, b in itertools.pairwise(chain)]

    least: dict[tuple[int, int], float] = {}
    for a, b, metres in edges:
        key = (min(a, b), max(a, b))
        least[key] = min(least.get(key, np.inf), max(metres, 1e-6))
    pairs = np.array(list(least))
    graph = csr_array((np.array(list(least.values())), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    names = list(vertex)
    targets = np.array([vertex[name] for name in names])
    limit_m = (WALK_S - 1) * SPEED_M_S
    table: dict[str, dict[str, int]] = {place.name: {} for place in (*stops, *others)}
    for first in range(0, len(names), 40):
        found = dijkstra(graph, directed=False, indices=targets[first : first + 40], limit=limit_m)[
            :, targets
        ]
        for row, name in enumerate(names[first : first + 40]):
            for at in np.flatnonzero(np.isfinite(found[row])):
                table[name][names[at]] = int(np.ceil(found[row, at] / SPEED_M_S))
    return table


class Connection(NamedTuple):
    """One hop of one trip."""

    departs_s: int
    arrives_s: int
    trip: tuple[str, str, int]
    there: str
    onward: str
    board: bool
    alight: bool


def read_stops(feed: Path) -> list[Place]:
    """Stops of a feed, named ``feed:stop``."""
    return [
        Place(f"{feed.stem}:{row['stop_id']}", float(row["stop_lon"]), float(row["stop_lat"]))
        for row in _rows(feed, "stops")
    ]


def connections(feed: Path, date: dt.date) -> list[Connection]:
    """Hops of a feed on a date, and of the day before on that date's clock."""
    calls: dict[str, list[dict[str, str]]] = {}
    for row in _rows(feed, "stop_times"):
        calls.setdefault(row["trip_id"], []).append(row)
    service = {row["trip_id"]: row["service_id"] for row in _rows(feed, "trips")}
    hops = []
    for days_back in (0, 1):
        running = _services(feed, date - dt.timedelta(days=days_back))
        for trip, rows in calls.items():
            if service[trip] not in running:
                continue
            rows.sort(key=lambda row: int(row["stop_sequence"]))
            for a, b in itertools.pairwise(rows):
                hops.append(
                    Connection(
                        _seconds(a["departure_time"]) - 86_400 * days_back,
                        _seconds(b["arrival_time"]) - 86_400 * days_back,
                        (feed.stem, trip, days_back),
                        f"{feed.stem}:{a['stop_id']}",
                        f"{feed.stem}:{b['stop_id']}",
                        a.get("pickup_type") != "1",
                        b.get("drop_off_type") != "1",
                    )
                )
    return hops


def _rows(feed: Path, table: str) -> list[dict[str, str]]:
    """Rows of a table of a feed."""
    with zipfile.ZipFile(feed) as archive, archive.open(f"{table}.txt") as stream:
        return list(csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")))


def _services(feed: Path, date: dt.date) -> set[str]:
    """Services that run on a date."""
    day = date.strftime("%Y%m%d")
    running = {
        row["service_id"]
        for row in _rows(feed, "calendar")
        if row[date.strftime("%A").lower()] == "1" and row["start_date"] <= day <= row["end_date"]
    }
    for row in _rows(feed, "calendar_dates"):
        if row["date"] == day:
            (running.add if row["exception_type"] == "1" else running.discard)(row["service_id"])
    return running


def _seconds(clock: str) -> int:
    """Seconds of ``HH:MM:SS``."""
    hours, minutes, seconds = map(int, clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def journeys(
    hops: Iterable[Connection],
    on_foot: dict[str, dict[str, int]],
    stops: set[str],
    origin: str,
    zones: Sequence[str],
    departures_s: Sequence[int],
    max_time_s: int,
) -> dict[str, list[int]]:
    """Travel times in seconds to each zone, one a departure, ``NEVER`` where there is none."""
    ordered = sorted(hops, key=lambda hop: (hop.departs_s, hop.arrives_s))
    times: dict[str, list[int]] = {zone: [] for zone in zones}
    for leaves in departures_s:
        there = {stop: leaves + walk for stop, walk in on_foot[origin].items() if stop in stops}
        by_vehicle: dict[str, int] = {}
        aboard = set()
        for hop in ordered:
            if hop.departs_s < leaves or hop.departs_s > leaves + max_time_s:
                continue
            if hop.trip not in aboard and hop.board and hop.departs_s > there.get(hop.there, NEVER) + 60:
                aboard.add(hop.trip)
            if hop.trip in aboard and hop.alight and hop.arrives_s < by_vehicle.get(hop.onward, NEVER):
                by_vehicle[hop.onward] = hop.arrives_s
                there[hop.onward] = min(there.get(hop.onward, NEVER), hop.arrives_s)
                for stop, walk in on_foot[hop.onward].items():
                    if stop in stops and hop.arrives_s + walk < there.get(stop, NEVER):
                        there[stop] = hop.arrives_s + walk
        for zone in zones:
            best = on_foot[origin].get(zone, NEVER)
            for stop, walk in on_foot[zone].items():
                if stop in stops:
                    best = min(best, by_vehicle.get(stop, NEVER) + walk - leaves)
            times[zone].append(best if best < max_time_s else NEVER)
    return times
