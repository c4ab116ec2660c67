"""Transfers: walks between stops along streets, in millimetres, and what feeds rule about changing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.network.compiled import njit
from ptreach.network.walks import FAR_MM, WalkTable, anchor_stops, rows_of, walk_limit_mm, walk_table
from ptreach.sources.gtfs_transfers import FORBIDDEN_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.linkage import StopLinks
    from ptreach.network.patterns import Patterns
    from ptreach.network.rules import Rules
    from ptreach.network.walks import Graph
    from ptreach.sources.gtfs_transfers import TransferRules

USUAL_LIMIT_MM: Final = walk_limit_mm(20 * 60, 4_800_000)
"""Transfers are saved up to the usual walking limit, 20 min at 4.8 km/h; longer ones are found on demand."""


NEVER_S: Final = 2**28
"""Stands for a change at a stop that nobody may make: longer than any journey."""


class Transfers(NamedTuple):
    """Changes from a vehicle at stop s to others: to ``to[start[s]:start[s + 1]]``, in ``seconds`` on foot.

    At the stop itself, ``stay_s[s]`` must pass before one is ready to board.
    """

    start: NDArray[np.int64]
    to: NDArray[np.int32]
    seconds: NDArray[np.int32]
    stay_s: NDArray[np.int32]


def find_transfers(graph: Graph, street_vertices_n: int, stops_n: int, limit_mm: int) -> WalkTable:
    """Return the walks from each stop to the others, ascending, within a limit in mm, link to link."""
    anchors = anchor_stops(stops_n, street_vertices_n)
    table = walk_table(graph, street_vertices_n, stops_n, anchors, stops_n, limit_mm, limit_mm)
    order = np.lexsort((table.to, _rows(table)))
    table = table._replace(to=table.to[order], mm=table.mm[order])
    return _kept(table, table.to != _rows(table))


def build_transfers(
    graph: Graph, links: StopLinks, street_vertices_n: int, patterns: Patterns, rules: Rules
) -> WalkTable:
    """Return the transfers that are saved with a network, as its rules want them."""
    limit_mm = rules.transfer_limit_mm or USUAL_LIMIT_MM
    table = find_transfers(graph, street_vertices_n, links.vertex.size, limit_mm)
    if rules.apart_on_foot:
        table = _there_and_back(table, graph, links, street_vertices_n)
        table = _kept(table, table.mm <= limit_mm)
    if rules.nearest_of_pattern:
        table = _nearest_of_pattern(table, patterns, links.vertex.size)
    return table


def _rows(table: WalkTable) -> NDArray[np.int32]:
    """Return the row of each entry."""
    return np.repeat(np.arange(table.start.size - 1, dtype=np.int32), np.diff(table.start))


def _kept(table: WalkTable, kept: NDArray[np.bool_]) -> WalkTable:
    """Return the entries that are kept."""
    start, _ = rows_of(_rows(table)[kept], table.start.size - 1)
    return WalkTable(start, table.to[kept], table.mm[kept])


def _there_and_back(table: WalkTable, graph: Graph, links: StopLinks, street_vertices_n: int) -> WalkTable:
    """Return the table with stops on one vertex apart by the way out along its shortest street and back."""
    shortest = np.full(street_vertices_n, FAR_MM, dtype=np.int64)
    vertex = np.repeat(np.arange(graph.start.size - 1), np.diff(graph.start))
    street = (vertex < street_vertices_n) & (graph.to < street_vertices_n)
    np.minimum.at(shortest, vertex[street], graph.mm[street])
    there, onward = _rows(table), table.to
    same = links.vertex[there] == links.vertex[onward]
    mm = table.mm.astype(np.int64)
    mm[same] = links.mm[there[same]] + 2 * shortest[links.vertex[there[same]]] + links.mm[onward[same]]
    return table._replace(mm=np.minimum(mm, FAR_MM).astype(np.int32))


def _nearest_of_pattern(table: WalkTable, patterns: Patterns, stops_n: int) -> WalkTable:
    """Return the transfers to stops that are the nearest of at least one pattern, of whatever day."""
    patterns_n = patterns.trip_start.size - 1
    pattern = np.repeat(np.arange(patterns_n, dtype=np.int32), np.diff(patterns.position_start))
    start, order = rows_of(patterns.stop, stops_n)
    kept = np.zeros(table.to.size, dtype=np.bool_)
    _mark_nearest(table, start, pattern[order], patterns_n, kept)
    return _kept(table, kept)


@njit(cache=True, nogil=True)
def _mark_nearest(
    table: WalkTable,
    stop_start: NDArray[np.int64],
    stop_pattern: NDArray[np.int32],
    patterns_n: int,
    kept: NDArray[np.bool_],
) -> None:
    """Mark, row by row, the nearest stop of each pattern; of equally near ones the first."""
    nearest = np.full(patterns_n, -1, dtype=np.int64)
    for row in range(table.start.size - 1):
        entries = range(table.start[row], table.start[row + 1])
        for entry in entries:
            stop = table.to[entry]
            for at in range(stop_start[stop], stop_start[stop + 1]):
                best = nearest[stop_pattern[at]]
                if best < 0 or table.mm[entry] < table.mm[best]:
                    nearest[stop_pattern[at]] = entry
        for entry in entries:
            stop = table.to[entry]
            for at in range(stop_start[stop], stop_start[stop + 1]):
                best = nearest[stop_pattern[at]]
                if best >= 0:
                    kept[best] = True
                    nearest[stop_pattern[at]] = -1


def ruled_transfers(
    start: NDArray[np.int64],
    to: NDArray[np.int32],
    seconds: NDArray[np.int32],
    rules: TransferRules,
    *,
    slack_s: int,
    limit_s: int,
) -> Transfers:
    """Return walks between stops (compressed rows, in seconds) as the rules of the feeds have them.

    A least time covers the walk and the slack before a departure. Between stops that no walk joins, a timed
    change is added if it takes less than `limit_s`.
    """
    stops_n = start.size - 1
    stay_s = np.zeros(stops_n, dtype=np.int32)
    if not rules.from_stop.size:
        return Transfers(start, to, seconds, stay_s)
    forbidden = rules.least_s == FORBIDDEN_S
    # a vehicle is caught that leaves more than the slack after one is ready
    least_s = np.where(forbidden, NEVER_S, np.maximum(rules.least_s - (slack_s + 1), 0)).astype(np.int32)
    here = rules.from_stop == rules.to_stop
    stay_s[rules.from_stop[here]] = least_s[here]
    walked = np.repeat(np.arange(stops_n, dtype=np.int64), np.diff(start)) * stops_n + to
    ruled = rules.from_stop.astype(np.int64) * stops_n + rules.to_stop
    pairs = np.union1d(walked, ruled[~here & ~forbidden & (rules.least_s < limit_s)])
    takes_s = np.zeros(pairs.size, dtype=np.int32)
    takes_s[np.searchsorted(pairs, walked)] = seconds
    known = np.isin(ruled, pairs)
    at = np.searchsorted(pairs, ruled[known])
    takes_s[at] = np.maximum(takes_s[at], least_s[known])
    pairs, takes_s = pairs[takes_s < NEVER_S], takes_s[takes_s < NEVER_S]
    rows_start, _ = rows_of((pairs // stops_n).astype(np.int32), stops_n)
    return Transfers(rows_start, (pairs % stops_n).astype(np.int32), takes_s, stay_s)
