"""Build a network from its files, save it as plain arrays, open it in place.

``built/<digest>/`` holds one ``.npy`` a table column, ``names.json`` and ``meta.json``. The digest is that of
the input files and of the source text that turns them into a network, so a folder is never out of date: what
has changed has another digest.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ptreach.aside import aside_of, clear_dead
from ptreach.errors import InputError
from ptreach.machine import refusal
from ptreach.model import Repair, TableRows
from ptreach.network.calendar import Calendar
from ptreach.network.cells import Cells
from ptreach.network.findings import findings_of
from ptreach.network.linkage import Linkage, hang_stops
from ptreach.network.patterns import Patterns, build_patterns, trips_listed_twice
from ptreach.network.r5_cells import EdgeCells
from ptreach.network.room import warn_of_memory
from ptreach.network.rules import OURS, Rules
from ptreach.network.saved import is_there, read_meta, settle, write_json, write_meta
from ptreach.network.segments import Edges, Segments
from ptreach.network.streets import build_streets, require_region
from ptreach.network.transfers import build_transfers
from ptreach.network.walks import Graph, WalkTable, build_graph
from ptreach.sources.gtfs import EVERYTHING, read_timetables
from ptreach.sources.gtfs_transfers import TransferRules
from ptreach.sources.gtfs_write import write_cleaned
from ptreach.sources.osm import read_streets
from ptreach.sources.osm_cut import CutMaps, cut_maps
from ptreach.sources.stations import count_stations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ptreach.model import FloatArray, Progress
    from ptreach.sources.gtfs import Scope

_NAMES: Final = "names.json"
_STAGE: Final = "network"
_STEPS_N: Final = 6
_READERS: Final = (
    "cover.py",
    "foot.py",
    "ground*.py",
    "gtfs*.py",
    "modes.py",
    "osm*.py",
    "pbf_strings.py",
    "repairs.py",
    "runs.py",
    "stations.py",
)


class Cleaning(NamedTuple):
    """What is taken of the feeds, and the cleaning rules that are switched off."""

    scope: Scope = EVERYTHING
    off: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """What tells one from another, as text."""
        cover, days = self.scope
        return json.dumps([cover and cover.digest, days and list(map(str, days)), sorted(self.off)])


CLEANING: Final = Cleaning()
"""All of the feeds, cleaned by every rule."""


class Stops(NamedTuple):
    """Stops by their number: place in degrees, and whether it hangs on a street."""

    lon: FloatArray
    lat: FloatArray
    linked: np.ndarray[Any, np.dtype[np.bool_]]


class Trips(NamedTuple):
    """Trips by their number in the timetables: number of the route in `Names`, block, -1 if none."""

    route: np.ndarray[Any, np.dtype[np.int32]]
    block: np.ndarray[Any, np.dtype[np.int32]]


class Routes(NamedTuple):
    """Routes by their number: position in `modes.MODES`, number of the agency in `Names`."""

    mode: np.ndarray[Any, np.dtype[np.int8]]
    agency: np.ndarray[Any, np.dtype[np.int32]]


class Names(NamedTuple):
    """The outside's names of what the arrays number; ids of stops and trips start with ``feed:``."""

    feed_ids: list[str]
    agency_names: list[str]
    stop_ids: list[str]
    stop_names: list[str]
    route_names: list[str]
    trip_ids: list[str]


class Network(NamedTuple):
    """A network, opened: arrays are mapped from disk and read-only.

    Street vertices are numbered first, then stops: stop s is vertex ``street_vertices_n + s``. ``stations``
    counts those of the streets' files by mode. ``cut_maps`` has a file in the folder for each map that was
    cut to what is in reach, an empty name for each other map.
    """

    folder: Path
    digest: str
    rules: Rules
    timezone: str
    street_vertices_n: int
    forward: Graph
    backward: Graph
    linkage: Linkage
    stops: Stops
    transfers: WalkTable
    transfer_rules: TransferRules
    patterns: Patterns
    calendar: Calendar
    trips: Trips
    routes: Routes
    stations: dict[str, int]
    repairs: tuple[Repair, ...]
    oddities: tuple[Repair, ...]
    rows: tuple[TableRows, ...]
    cut_maps: tuple[str, ...]

    @property
    def stops_n(self) -> int:
        """Number of stops."""
        return int(self.stops.lon.size)

    @property
    def vertices_n(self) -> int:
        """Number of vertices, those of stops included."""
        return self.street_vertices_n + self.stops_n

    def maps(self, osm_paths: Sequence[Path]) -> tuple[Path, ...]:
        """Return the files to read in place of those it was built of: what was cut of them, where that is."""
        return tuple(
            self.folder / name if name else path for name, path in zip(self.cut_maps, osm_paths, strict=True)
        )

    def names(self) -> Names:
        """Read the names of stops, routes and trips."""
        return Names(**json.loads((self.folder / _NAMES).read_text(encoding="utf-8")))


def build_network(
    osm_paths: Sequence[Path],
    gtfs_paths: Sequence[Path],
    built: Path,
    progress: Progress,
    rules: Rules = OURS,
    cleaning: Cleaning = CLEANING,
) -> Path:
    """Build the network of OpenStreetMap extracts and GTFS feeds below `built`, unless it is there.

    Parameters
    ----------
    cleaning
        What is taken of the files: streets that may touch the cover of its scope, and what runs there.

    Returns
    -------
    The network's folder: ``built/<digest>``.

    Raises
    ------
    InputError
        Where a file is missing, unreadable, or holds nothing that can be travelled; where the network can't
        be written below `built`.
    """
    digest = network_digest((*osm_paths, *gtfs_paths), rules, cleaning)
    folder = built / digest
    if is_there(folder):
        progress(_STAGE, _STEPS_N, _STEPS_N)
        return folder
    if cleaning.scope.cover is None:
        warn_of_memory(osm_paths, gtfs_paths)
    with new_folder(folder) as aside:
        _write(aside, digest, osm_paths, gtfs_paths, progress, rules, cleaning)
        settle(aside, folder)
    return folder


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside the one that is to be, removed in the end where it is still there.

    Raises InputError where the system refuses to write there.
    """
    clear_dead(folder.parent)
    aside = aside_of(folder)
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        yield aside
    except InputError:
        raise
    except Exception as error:
        why = refusal(aside, error)
        if why is None:
            raise
        raise InputError(
            f"the network can't be written: {why}",
            where=str(folder.parent),
            remedy="make room there, or have ptreach build run by somebody who may write there, once",
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def built_folder(
    paths: Sequence[Path], built: Path, rules: Rules = OURS, cleaning: Cleaning = CLEANING
) -> Path | None:
    """Return the folder below `built` of the network of these files, None where it is not built yet."""
    folder = built / network_digest(paths, rules, cleaning)
    return folder if is_there(folder) else None


def cleaned_feeds(
    gtfs_paths: Sequence[Path], folder: Path, cleaning: Cleaning = CLEANING
) -> tuple[Path, ...]:
    """Write what a network takes of its feeds as GTFS zips below a folder, such as ``built/<digest>/gtfs``.

    Raises InputError as `build_network` does, and for a folder that holds the feeds themselves.
    """
    if any(path.resolve().parent == folder.resolve() for path in gtfs_paths):
        raise InputError("the feeds themselves lie there", where=str(folder), remedy="name another folder")
    return write_cleaned(read_timetables(gtfs_paths, cleaning.scope, cleaning.off), folder)


def network_digest(paths: Sequence[Path], rules: Rules, cleaning: Cleaning = CLEANING) -> str:
    """Return the digest of a network of these files, in this order, built by these rules and this code.

    Raises
    ------
    InputError
        Where a file is missing or can't be read.
    """
    total = hashlib.sha256(f"{builder_version()}\0{json.dumps(rules)}\0{cleaning.digest}\n".encode())
    for path in paths:
        files = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        for file in files:
            name = Path(path.resolve().name, file.relative_to(path)).as_posix()
            total.update(f"{name}\0{_file_digest(file)}\n".encode())
    return total.hexdigest()[:16]


def _file_digest(path: Path) -> str:
    """Return the sha256 of a file; raise InputError where it can't be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            "no such file" if isinstance(error, FileNotFoundError) else f"not readable: {error.strerror}",
            where=str(path),
            remedy="check the path, or run ptreach fetch",
        ) from error


@cache
def builder_version() -> str:
    """Return the sha256 of the source text that decides what a built network holds."""
    rooms = sorted(Path(__file__).parent.glob("*.py"))
    sources = Path(__file__).parents[1] / "sources"
    readers = sorted(path for names in _READERS for path in sources.glob(names))
    total = hashlib.sha256()
    for path in (*rooms, *readers):
        total.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()


def _write(
    folder: Path,
    digest: str,
    osm_paths: Sequence[Path],
    gtfs_paths: Sequence[Path],
    progress: Progress,
    rules: Rules,
    cleaning: Cleaning,
) -> None:
    """Build a network and write it into a folder, ``meta.json`` last."""
    steps = iter(range(_STEPS_N + 1))

    def step() -> None:
        progress(_STAGE, next(steps), _STEPS_N)

    step()
    cover = cleaning.scope.cover
    maps = CutMaps(tuple(osm_paths))
    if cover is not None and not rules.cut_at_any_way:  # for those all ways are looked at
        maps = cut_maps(osm_paths, cover, folder, progress)
    ways = read_streets(
        maps.paths,
        local_streets=rules.local_streets,
        cut_at_any_way=rules.cut_at_any_way,
        cover=cover,
        scratch=folder,
        named=osm_paths,
    )
    step()
    streets, on_islands = build_streets(ways, rules, cover)
    require_region(streets, ", ".join(map(str, osm_paths)))
    missing_nodes, leaps = ways.missing_nodes, ways.leaps
    del ways  # a nation's are as large as all that follows
    step()
    timetables = read_timetables(gtfs_paths, cleaning.scope, cleaning.off, progress)
    step()
    linkage, links, vertices_n = hang_stops(streets, timetables.stop_lon, timetables.stop_lat, rules)
    forward, backward = build_graph(linkage.edges, links, vertices_n)
    step()
    stops = Stops(timetables.stop_lon, timetables.stop_lat, links.vertex >= 0)
    patterns = build_patterns(timetables)
    transfers = build_transfers(forward, links, vertices_n, patterns, rules)
    step()
    tables: dict[str, Any] = {
        "forward": forward,
        "backward": backward,
        "segments": linkage.segments,
        "edges": linkage.edges,
        "cells": linkage.cells,
        "stops": stops,
        "transfers": transfers,
        "transfer_rules": timetables.transfer_rules,
        "patterns": patterns,
        "calendar": Calendar(timetables.first_day, timetables.service_days),
        "trips": Trips(timetables.trip_route, timetables.trip_block),
        "routes": Routes(timetables.route_mode, timetables.route_agency),
    }
    if linkage.edge_cells is not None:
        tables["edge_cells"] = linkage.edge_cells
    numbers: dict[str, int] = {}
    for name, value in _columns(tables):
        if isinstance(value, int):
            numbers[name] = value
        else:
            np.save(folder / f"{name}.npy", np.ascontiguousarray(value), allow_pickle=False)
    names = Names(*(list(getattr(timetables, field)) for field in Names._fields))
    write_json(folder / _NAMES, names._asdict())
    twice = trips_listed_twice(patterns, timetables.service_days)
    findings = findings_of(timetables, stops.linked, twice, on_islands, missing_nodes, leaps)
    write_meta(
        folder,
        {
            "digest": digest,
            "rules": rules._asdict(),
            "timezone": timetables.timezone,
            "street_vertices_n": vertices_n,
            "numbers": numbers,
            "stations": count_stations(maps.paths, cover),
            "repairs": [asdict(repair) for repair in (*timetables.repairs, *findings)],
            "oddities": [asdict(oddity) for oddity in timetables.oddities],
            "rows": [asdict(rows) for rows in (*maps.rows, *timetables.rows)],
            "maps": [path.name if path.parent == folder else "" for path in maps.paths],
        },
    )
    step()


def _columns(tables: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the columns of tables under names such as ``edges.mm``."""
    for table, columns in tables.items():
        for name, value in columns._asdict().items():
            yield f"{table}.{name}", value


def open_network(folder: Path) -> Network:
    """Open a network that `build_network` saved; its arrays stay on disk until they are read."""
    meta = read_meta(folder)
    numbers: dict[str, int] = meta["numbers"]

    def table(kind: type[Any], name: str) -> Any:  # noqa: ANN401  any of the named tuples
        return kind(*(_column(folder, f"{name}.{field}", numbers) for field in kind._fields))

    return Network(
        folder=folder,
        digest=meta["digest"],
        rules=Rules(**meta["rules"]),
        timezone=meta["timezone"],
        street_vertices_n=meta["street_vertices_n"],
        forward=table(Graph, "forward"),
        backward=table(Graph, "backward"),
        linkage=Linkage(
            table(Segments, "segments"),
            table(Edges, "edges"),
            table(Cells, "cells"),
            table(EdgeCells, "edge_cells") if meta["rules"]["mirrored"] else None,
        ),
        stops=table(Stops, "stops"),
        transfers=table(WalkTable, "transfers"),
        transfer_rules=table(TransferRules, "transfer_rules"),
        patterns=table(Patterns, "patterns"),
        calendar=table(Calendar, "calendar"),
        trips=table(Trips, "trips"),
        routes=table(Routes, "routes"),
        stations=meta["stations"],
        repairs=tuple(Repair(**repair) for repair in meta["repairs"]),
        oddities=tuple(Repair(**oddity) for oddity in meta["oddities"]),
        rows=tuple(TableRows(**rows) for rows in meta["rows"]),
        cut_maps=tuple(meta["maps"]),
    )


def _column(folder: Path, name: str, numbers: dict[str, int]) -> Any:  # noqa: ANN401  a number or an array
    """Return a column: a number of the meta file, or an array mapped read-only."""
    if name in numbers:
        return numbers[name]
    # a plain ndarray view: numba does not know memory maps
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)).view(np.ndarray)
