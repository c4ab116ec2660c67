"""The engine over a built network: prepares a query once, then answers origin by origin on all threads."""

from __future__ import annotations

import dataclasses
import math
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache, partial
from queue import SimpleQueue
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, ParamSpec, TypeVar
from weakref import WeakMethod

import numpy as np

from ptreach.engine.raptor.changes import calls_with_changes
from ptreach.engine.raptor.journeys import Telling, journeys_of
from ptreach.engine.raptor.kept_walks import kept_walks
from ptreach.engine.raptor.percentiles import Ranking, ranking
from ptreach.engine.raptor.propagate import Egress
from ptreach.engine.raptor.rows import Question, Room, plain_rows, room_to_sweep, swept_rows, work_of
from ptreach.engine.raptor.shortcuts import ALL, Shortcuts
from ptreach.engine.raptor.streets import StreetSearch
from ptreach.model import UNREACHED, PointLinks, TravelTimeMatrix
from ptreach.network.build import open_network
from ptreach.network.calendar import require_service
from ptreach.network.segments import NONE
from ptreach.network.timetable import Timetable, timetable_of_day
from ptreach.network.transfers import USUAL_LIMIT_MM, Transfers, find_transfers, ruled_transfers
from ptreach.network.walks import (
    Anchors,
    Graph,
    Pace,
    WalkTable,
    anchor_points,
    pace_of,
    street_weights,
    transposed,
    walk_table,
    walks_back,
    walks_s,
)
from ptreach.sources.cover import Cover
from ptreach.sources.gtfs_transfers import NO_RULES, turned_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.engine.raptor.changes import Calls
    from ptreach.engine.raptor.journeys import Journey
    from ptreach.model import FloatArray, Points, Query
    from ptreach.network.linkage import Links

_P = ParamSpec("_P")
_R = TypeVar("_R")

_BLOCK_BYTES: Final = 16_000_000
_BLOCK_ROWS: Final = 256
"""Rows of a block, for each thread."""
_TASK_ROWS: Final = 64
"""Rows that a thread fills at a time."""
_SETS_KEPT: Final = 4
"""Of points with their walks: a town asks for its zones, a surface and opportunities, and the next for the
same ones. Links are asked for more often, as of points within some distance of a street, and are small."""
_FEW: Final = 16
"""Searching so many origins one by one takes about as long as finding the changes for sweeps."""


class _Prepared(NamedTuple):
    """What all origins of a query share."""

    timetable: Timetable
    transfers: Transfers
    ahead: Graph
    pace: Pace
    departures_s: NDArray[np.int32]


class _Places(NamedTuple):
    """Destinations as a query sees them."""

    links: Links
    anchors: Anchors
    egress: Egress


class Work(NamedTuple):
    """What sweeps did: calls ridden to, calls that brought their stop anything new, changes made.

    These are counted once for all origins of a sweep; walks from a stop to a destination, for each origin.
    """

    sweeps: int
    calls: int
    calls_new: int
    changes: int
    pairs: int


class RaptorEngine:
    """Range-RAPTOR on a built network, from wheels alone.

    Parameters
    ----------
    network
        Folder of a built network.
    workers
        Threads; the answer does not depend on their number.
    few
        Up to so many origins are searched one by one, more by sweeps; the answer does not depend on it.
    shortcuts
        What spares work; the answer does not depend on them.
    """

    name = "raptor"
    notes: tuple[str, ...] = ()
    resolution_s: Final = 1
    software: Mapping[str, str] = MappingProxyType({})

    def __init__(
        self, network: Path, *, workers: int = 1, few: int = _FEW, shortcuts: Shortcuts = ALL
    ) -> None:
        self.network = open_network(network)
        self._folder = network
        self.workers = max(1, workers)
        self.few = few
        self.shortcuts = shortcuts
        self._rooms: list[Room] = []
        self._prepared_for = lru_cache(maxsize=2)(_weakly(self._prepare))
        self._calls_for = lru_cache(maxsize=2)(_weakly(self._find_calls))
        self._links_at = lru_cache(maxsize=4 * _SETS_KEPT)(_weakly(self._find_links))
        self._places_at = lru_cache(maxsize=_SETS_KEPT)(_weakly(self._find_places))

    @property
    def rules(self) -> Mapping[str, str | int | float | bool]:
        """The rules that the network was built by and is searched by."""
        return self.network.rules._asdict()

    def travel_times(self, origins: Points, destinations: Points, query: Query) -> Iterator[TravelTimeMatrix]:
        """Yield blocks of whole origin rows, in the order of `origins`, in seconds.

        Raises
        ------
        InputError
            Where nothing runs on the query's date.
        """
        ranks = ranking(query.percentiles, query.departures_n, thinned=self.shortcuts.ranks_asked_for)
        yield from self._rows(origins, destinations, query, ranks)

    def each_departure(
        self, origins: Points, destinations: Points, query: Query
    ) -> Iterator[NDArray[np.uint16]]:
        """Yield blocks of whole origin rows in seconds, uint16 of shape (origins, destinations, departures).

        The departures (for direction ``to``, arrivals) of the window in their order; ``UNREACHED`` where one
        does not reach a place. Raises InputError as `travel_times`.
        """
        # A sweep writes the departures in the order of its clock, the plain search the latest first; the
        # clock of arrivals runs backwards.
        in_order = self._sweeps(len(origins), query) == (query.direction == "from")
        row = np.arange(query.departures_n, dtype=np.int64)
        unsorted = np.empty(0, dtype=np.int32)
        ranks = Ranking(unsorted, unsorted, row if in_order else row[::-1].copy())
        for block in self._rows(origins, destinations, query, ranks):
            yield block.seconds

    def _rows(
        self, origins: Points, destinations: Points, query: Query, ranks: Ranking
    ) -> Iterator[TravelTimeMatrix]:
        """Yield blocks of whole origin rows with the ranks asked for in place of the percentiles."""
        question = self._question(origins, destinations, query, ranks)
        fill = self._rows_filler(question, query, sweeps=self._sweeps(len(origins), query))
        column_of = {name: column for column, name in enumerate(destinations.ids)}
        for first, seconds in self._blocks(len(origins), len(destinations), ranks.rank.size, fill):
            ids = origins.ids[first : first + len(seconds)]
            for row, name in enumerate(ids):
                if name in column_of:
                    seconds[row, column_of[name]] = 0
            yield TravelTimeMatrix(ids, destinations.ids, query.percentiles, seconds)

    def _question(self, origins: Points, destinations: Points, query: Query, ranks: Ranking) -> Question:
        """Return what the kernels are asked."""
        prepared = self._prepared(query)
        network = self.network
        places = self._places(destinations, query)
        same = np.array_equal(origins.lon, destinations.lon) and np.array_equal(origins.lat, destinations.lat)
        weighted = street_weights(prepared.ahead, prepared.pace)
        return Question(
            streets=StreetSearch(weighted, network.street_vertices_n, network.linkage.edges, prepared.pace),
            origins=places.links if same else self._links(origins),
            destinations=places.links,
            anchors=places.anchors,
            timetable=prepared.timetable,
            transfers=prepared.transfers,
            egress=places.egress,
            departures_s=prepared.departures_s,
            max_time_s=query.max_time_s,
            max_rides=query.max_rides,
            ranks=ranks,
            shortcuts=self.shortcuts,
        )

    def journeys(
        self, origin: Points, destinations: Points, query: Query, asked: Sequence[tuple[int, int]]
    ) -> list[Journey | None]:
        """Return quickest journeys between a point and destinations, None where there is none.

        One for each of `asked`: the number of a destination, and that of a departure in the window (for
        direction ``to``, an arrival). It takes the seconds that `each_departure` has. Raises InputError as
        `travel_times`.
        """
        question = self._question(origin, destinations, query, ranking((50,), 1, thinned=False))
        told = Telling(self.network.rules.board_slack_s, query.direction == "to")
        return journeys_of(question, query.window_start_s, asked, told)

    def _sweeps(self, origins_n: int, query: Query) -> bool:
        """Return whether origins are searched by sweeps."""
        # One by one nobody stays seated from trip to trip: that search can't tell.
        seats = bool((self._prepared(query).timetable.stays >= 0).any())
        return seats or origins_n > self.few

    def work(self) -> Work:
        """Return what the sweeps for the last matrix have done so far."""
        return Work(*(sum(parts) for parts in zip(*map(work_of, self._rooms), strict=True)))

    def _rows_filler(
        self, question: Question, query: Query, *, sweeps: bool
    ) -> Callable[[int, NDArray[np.uint16]], None]:
        """Return what fills the rows from a given one on."""
        if not sweeps:
            return lambda first, seconds: plain_rows(question, first, seconds)
        calls = self._calls(query)
        self._rooms = [room_to_sweep(question, calls) for _ in range(self.workers)]
        rooms: SimpleQueue[Room] = SimpleQueue()
        for room in self._rooms:
            rooms.put(room)

        def fill(first: int, seconds: NDArray[np.uint16]) -> None:
            room = rooms.get()
            try:
                swept_rows(question, calls, room, first, seconds)
            finally:
                rooms.put(room)

        return fill

    def _blocks(
        self,
        rows_n: int,
        columns_n: int,
        percentiles_n: int,
        fill: Callable[[int, NDArray[np.uint16]], None],
    ) -> Iterator[tuple[int, NDArray[np.uint16]]]:
        """Yield first row and rows of blocks, filled by all threads, which begin the next block meanwhile."""
        row_bytes = 2 * max(1, columns_n * percentiles_n)
        block_n = max(1, min(_BLOCK_BYTES // row_bytes, _BLOCK_ROWS * self.workers))
        task_n = max(1, min(_TASK_ROWS, -(-min(block_n, rows_n) // self.workers)))
        begun: deque[tuple[int, NDArray[np.uint16], list[Future[None]]]] = deque()
        pool = ThreadPoolExecutor(self.workers)
        try:
            for first in range(0, rows_n, block_n):
                shape = (min(block_n, rows_n - first), columns_n, percentiles_n)
                seconds = np.full(shape, UNREACHED, dtype=np.uint16)
                tasks = [
                    pool.submit(fill, first + row, seconds[row : row + task_n])
                    for row in range(0, len(seconds), task_n)
                ]
                begun.append((first, seconds, tasks))
                if len(begun) > 1:
                    yield _finished(*begun.popleft())
            while begun:
                yield _finished(*begun.popleft())
        finally:
            pool.shutdown(cancel_futures=True)

    def street_distance_m(self, points: Points, within_m: float) -> FloatArray:
        """Return how far each point is from a street, in metres, NaN where none is within `within_m`."""
        return _off_street_m(self._links(points, within_m))

    def point_links(self, points: Points, query: Query) -> PointLinks:
        """Return how points hang on the network, seen as the far ends of the query's journeys.

        Raises
        ------
        InputError
            Where nothing runs on the query's date.
        """
        timetable = self._prepared(query).timetable
        links, _, egress = self._places(points, query)
        linked = links.edge != NONE
        served = np.zeros(self.network.stops_n, dtype=np.bool_)
        served[timetable.stop[timetable.alight]] = True
        row = np.repeat(np.arange(len(points)), np.diff(egress.start))
        near_service = np.bincount(row, weights=served[egress.stop], minlength=len(points)) > 0
        return PointLinks(
            linked=linked,
            distance_m=_off_street_m(links),
            near_stop=np.diff(egress.start) > 0,
            near_service=near_service,
        )

    def _links(self, points: Points, within_m: float = math.inf) -> Links:
        """Return where points hang on the streets."""
        return self._links_at(points.lon.tobytes(), points.lat.tobytes(), within_m)

    def _find_links(self, lon: bytes, lat: bytes, within_m: float) -> Links:
        """Return where points, given by the bytes of their coordinates, hang on the streets."""
        network = self.network
        places = np.frombuffer(lon), np.frombuffer(lat)
        return network.linkage.link(*places, network.rules, within_m=within_m, workers=self.workers)

    def _places(self, points: Points, query: Query) -> _Places:
        """Return points as the far ends of the query's journeys."""
        pace = self._prepared(query).pace
        return self._places_at(points.lon.tobytes(), points.lat.tobytes(), pace, query.direction)

    def _find_places(self, lon: bytes, lat: bytes, pace: Pace, direction: str) -> _Places:
        """Return points as the far ends of journeys; whenever these are, the walks are the same."""
        links = self._links_at(lon, lat, math.inf)
        anchors = anchor_points(links, self.network.linkage.edges, self.network.vertices_n)
        stops = self.network.stops
        worth = np.ones(stops.lon.size, dtype=np.bool_)
        if self.shortcuts.stops_near_points and (linked := links.edge != NONE).any():
            places = np.frombuffer(lon)[linked], np.frombuffer(lat)[linked]
            worth = Cover.around(*places, pace.walk_limit_mm / 1000).holds(stops.lon, stops.lat)
        mirrored = direction == "to"
        find = partial(self._walks, pace, links, anchors, worth, mirrored=mirrored)
        if self.shortcuts.kept_walks and (lon, lat) == (stops.lon.tobytes(), stops.lat.tobytes()):
            table = kept_walks(self._folder, pace, self.network.stops_n, mirrored=mirrored, find=find)
        else:
            table = find()
        return _Places(links, anchors, Egress(*_within(table, pace.walk_limit_mm, pace)))

    def _prepared(self, query: Query) -> _Prepared:
        """Return what all origins of a query share, which percentiles are no part of."""
        return self._prepared_for(dataclasses.replace(query, percentiles=(50,)))

    def _calls(self, query: Query) -> Calls:
        """Return the calls of the query's timetable and the changes between them."""
        return self._calls_for(dataclasses.replace(query, percentiles=(50,)))

    def _prepare(self, query: Query) -> _Prepared:
        """Return what all origins of a query share."""
        network = self.network
        require_service(network.calendar, network.patterns.trip_service, query.date, "query, date")
        mirrored = query.direction == "to"
        reach_s = -query.max_time_s if mirrored else query.max_time_s
        hours = (
            query.window_start_s,
            query.window_end_s,
            query.window_start_s + reach_s,
            query.window_end_s + reach_s,
        )
        timetable = timetable_of_day(
            network.patterns,
            network.calendar,
            network.stops_n,
            date=query.date,
            timezone=network.timezone,
            from_s=min(hours),
            until_s=max(hours),
            slack_s=network.rules.board_slack_s,
            mirrored=mirrored,
            days_around=network.rules.days_around,
            listed_once=self.shortcuts.listed_once,
            block=network.trips.block if network.rules.stays_seated else None,
        )
        pace = pace_of(query.walk_speed_kph, query.max_walk_s, query.max_time_s, network.rules)
        departures_s = query.window_start_s + 60 * np.arange(query.departures_n, dtype=np.int32)
        return _Prepared(
            timetable=timetable,
            transfers=self._transfers(pace, query, mirrored=mirrored),
            ahead=network.backward if mirrored else network.forward,
            pace=pace,
            departures_s=np.sort(-departures_s if mirrored else departures_s)[::-1].copy(),
        )

    def _find_calls(self, query: Query) -> Calls:
        """Return the calls of the query's timetable and the changes between them."""
        prepared = self._prepared(query)
        return calls_with_changes(
            prepared.timetable,
            prepared.transfers,
            workers=self.workers,
            all_changes=not self.shortcuts.changes_worth_making,
        )

    def _transfers(self, pace: Pace, query: Query, *, mirrored: bool) -> Transfers:
        """Return the changes between stops within the limit."""
        network = self.network
        table, limit_mm = network.transfers, pace.transfer_limit_mm
        if limit_mm > (network.rules.transfer_limit_mm or USUAL_LIMIT_MM):
            table = find_transfers(network.forward, network.street_vertices_n, network.stops_n, limit_mm)
        ruled = network.transfer_rules if network.rules.transfers_txt else NO_RULES
        if mirrored:
            table, ruled = transposed(table, network.stops_n), turned_rules(ruled)
        return ruled_transfers(
            *_within(table, limit_mm, pace),
            ruled,
            slack_s=network.rules.board_slack_s,
            limit_s=min(query.max_walk_s, query.max_time_s),
        )

    def _walks(
        self, pace: Pace, links: Links, anchors: Anchors, worth: NDArray[np.bool_], *, mirrored: bool
    ) -> WalkTable:
        """Return the walks from the stops `worth` it to each point, a row each, found by all threads."""
        network, points_n = self.network, links.edge.size
        ahead, behind = network.forward, network.backward
        if mirrored:
            ahead, behind = behind, ahead
        from_points = self.shortcuts.walks_from_the_fewer and points_n < int(worth.sum())
        from_points &= pace.vertex_limit_mm >= pace.walk_limit_mm

        def part(first: int, last: int) -> WalkTable:
            if from_points:
                edges = network.linkage.edges
                return walks_back(
                    behind, network.street_vertices_n, links, edges, first, last, pace.walk_limit_mm
                )
            return walk_table(
                ahead,
                network.street_vertices_n + first,
                last - first,
                anchors,
                points_n,
                pace.vertex_limit_mm,
                pace.walk_limit_mm,
                worth[first:last],
            )

        rows_n = points_n if from_points else network.stops_n
        ends = np.linspace(0, rows_n, 4 * self.workers + 1).astype(np.int64).tolist()
        with ThreadPoolExecutor(self.workers) as pool:
            parts = list(pool.map(part, ends[:-1], ends[1:]))
        table = WalkTable(
            np.r_[0, np.cumsum(np.concatenate([np.diff(part.start) for part in parts]))].astype(np.int64),
            np.concatenate([part.to for part in parts]),
            np.concatenate([part.mm for part in parts]),
        )
        return table if from_points else transposed(table, points_n)


def _weakly(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return what calls a method without holding on to its object.

    An engine that holds its own methods is a ring, freed with the files of its network only now and then.
    """
    held = WeakMethod(method)

    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        found = held()
        if found is None:
            raise ReferenceError("the engine is gone")
        return found(*args, **kwargs)

    return call


def _off_street_m(links: Links) -> FloatArray:
    """Return how far points are from their streets, NaN where they have none."""
    return np.where(links.edge != NONE, links.off_mm / 1000, np.nan)


def _finished(
    first: int, seconds: NDArray[np.uint16], tasks: list[Future[None]]
) -> tuple[int, NDArray[np.uint16]]:
    """Return first row and rows of a block when its tasks are done."""
    for task in tasks:
        task.result()
    return first, seconds


def _within(
    table: WalkTable, limit_mm: int, pace: Pace
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Return rows of walks within a limit, in seconds."""
    kept = table.mm <= limit_mm
    start = np.r_[0, np.cumsum(kept)][table.start].astype(np.int64)
    return start, table.to[kept], walks_s(table.mm[kept], pace)
