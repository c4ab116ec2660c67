"""The engine over a built network: prepares a query once, then answers origin by origin on all threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.engine.raptor.kernel import NEVER, Transfers, search
from ptreach.engine.raptor.propagate import Egress, nearest_ranks, propagate
from ptreach.engine.raptor.streets import StreetSearch, access_and_direct
from ptreach.model import UNREACHED, PointLinks, TravelTimeMatrix
from ptreach.network.build import open_network
from ptreach.network.calendar import require_service
from ptreach.network.segments import NONE
from ptreach.network.timetable import Timetable, timetable_of_day
from ptreach.network.transfers import USUAL_LIMIT_MM, find_transfers
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
    walks_s,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.model import Points, Query

_BLOCK_BYTES: Final = 32_000_000


class _Prepared(NamedTuple):
    """What all origins of a query share."""

    timetable: Timetable
    transfers: Transfers
    ahead: Graph
    pace: Pace
    departures_s: NDArray[np.int32]


class RaptorEngine:
    """Range-RAPTOR on a built network, from wheels alone.

    Parameters
    ----------
    network
        Folder of a built network.
    workers
        Threads; the answer does not depend on their number.
    """

    name = "raptor"

    def __init__(self, network: Path, *, workers: int = 1) -> None:
        self.network = open_network(network)
        self.workers = max(1, workers)
        self._prepared = lru_cache(maxsize=2)(self._prepare)

    def travel_times(self, origins: Points, destinations: Points, query: Query) -> Iterator[TravelTimeMatrix]:
        """Yield blocks of whole origin rows, in the order of `origins`, in seconds.

        Raises
        ------
        InputError
            Where nothing runs on the query's date.
        """
        prepared = self._prepared(query)
        network, rules = self.network, self.network.rules
        from_links = network.linkage.link(origins.lon, origins.lat, rules)
        to_links = network.linkage.link(destinations.lon, destinations.lat, rules)
        anchors = anchor_points(to_links, network.linkage.edges, network.vertices_n)
        egress = self._egress(prepared, to_links.edge.size, anchors)
        weighted = street_weights(prepared.ahead, prepared.pace)
        streets = StreetSearch(weighted, network.street_vertices_n, network.linkage.edges, prepared.pace)
        ranks = nearest_ranks(query.percentiles, query.departures_n)
        column_of = {name: column for column, name in enumerate(destinations.ids)}

        def fill(row: int, out: NDArray[np.uint16]) -> None:
            access_stop, access_s, direct_s = access_and_direct(
                streets, from_links, row, to_links, anchors, network.stops_n
            )
            ride_s = np.full((network.stops_n, query.departures_n), NEVER, dtype=np.int32)
            if access_stop.size:
                search(
                    prepared.timetable, prepared.transfers, access_stop, access_s, prepared.departures_s,
                    query.max_time_s, query.max_rides, ride_s,
                )  # fmt: skip
            propagate(ride_s, egress, direct_s, query.max_time_s, ranks, out)
            same = column_of.get(origins.ids[row])
            if same is not None:
                out[same] = 0

        row_bytes = 2 * max(1, len(destinations)) * len(query.percentiles)
        block_n = max(1, min(_BLOCK_BYTES // row_bytes, 64 * self.workers))
        with ThreadPoolExecutor(self.workers) as pool:
            for first in range(0, len(origins), block_n):
                rows = range(first, min(first + block_n, len(origins)))
                seconds = np.full((len(rows), len(destinations), ranks.size), UNREACHED, dtype=np.uint16)
                list(pool.map(fill, rows, seconds))
                yield TravelTimeMatrix(
                    origins.ids[rows.start : rows.stop], destinations.ids, query.percentiles, seconds
                )

    def point_links(self, points: Points, query: Query) -> PointLinks:
        """Return how points hang on the network, seen as the far ends of the query's journeys.

        Raises
        ------
        InputError
            Where nothing runs on the query's date.
        """
        prepared = self._prepared(query)
        links = self.network.linkage.link(points.lon, points.lat, self.network.rules)
        linked = links.edge != NONE
        anchors = anchor_points(links, self.network.linkage.edges, self.network.vertices_n)
        egress = self._egress(prepared, len(points), anchors)
        timetable = prepared.timetable
        served = np.zeros(self.network.stops_n, dtype=np.bool_)
        served[timetable.stop[timetable.alight]] = True
        row = np.repeat(np.arange(len(points)), np.diff(egress.start))
        near_service = np.bincount(row, weights=served[egress.stop], minlength=len(points)) > 0
        return PointLinks(
            linked=linked,
            distance_m=np.where(linked, links.off_mm / 1000, np.nan),
            near_stop=np.diff(egress.start) > 0,
            near_service=near_service,
        )

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
        )
        pace = pace_of(query.walk_speed_kph, query.max_walk_s, query.max_time_s, network.rules)
        departures_s = query.window_start_s + 60 * np.arange(query.departures_n, dtype=np.int32)
        return _Prepared(
            timetable=timetable,
            transfers=self._transfers(pace, mirrored=mirrored),
            ahead=network.backward if mirrored else network.forward,
            pace=pace,
            departures_s=np.sort(-departures_s if mirrored else departures_s)[::-1].copy(),
        )

    def _transfers(self, pace: Pace, *, mirrored: bool) -> Transfers:
        """Return the walks between stops within the limit."""
        network = self.network
        table, limit_mm = network.transfers, pace.transfer_limit_mm
        if limit_mm > (network.rules.transfer_limit_mm or USUAL_LIMIT_MM):
            table = find_transfers(network.forward, network.street_vertices_n, network.stops_n, limit_mm)
        if mirrored:
            table = transposed(table, network.stops_n)
        return Transfers(*_within(table, limit_mm, pace))

    def _egress(self, prepared: _Prepared, points_n: int, anchors: Anchors) -> Egress:
        """Return the walks from stops to each point."""
        network, pace = self.network, prepared.pace
        table = walk_table(
            prepared.ahead,
            network.street_vertices_n,
            network.stops_n,
            anchors,
            points_n,
            pace.vertex_limit_mm,
            pace.walk_limit_mm,
        )
        return Egress(*_within(transposed(table, points_n), pace.walk_limit_mm, pace))


def _within(
    table: WalkTable, limit_mm: int, pace: Pace
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Return rows of walks within a limit, in seconds."""
    kept = table.mm <= limit_mm
    start = np.r_[0, np.cumsum(kept)][table.start].astype(np.int64)
    return start, table.to[kept], walks_s(table.mm[kept], pace)
