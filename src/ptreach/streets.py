"""Streets of a network as lines, to be drawn by the time it takes to get there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ptreach.matrix.zones import to_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.linkage import Linkage


def street_lines(linkage: Linkage, edges: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return edges, given by their numbers, as lines in metres of the British grid, shape (edges,)."""
    segments = linkage.segments
    segment, row = _chains(linkage, edges)
    last = np.diff(row, append=-1) != 0
    # a chain of n segments has n + 1 points: the start of each, then the end of the last
    place = np.arange(segment.size) + row
    owner = np.empty(segment.size + edges.size, dtype=np.int64)
    lon, lat = (np.empty(owner.size, dtype=np.int32) for _ in range(2))
    owner[place], owner[place[last] + 1] = row, row[last]
    lon[place], lon[place[last] + 1] = segments.lon0[segment], segments.lon1[segment[last]]
    lat[place], lat[place[last] + 1] = segments.lat0[segment], segments.lat1[segment[last]]
    xy_m = np.round(to_grid(lon / 1e7, lat / 1e7), 2)
    return np.asarray(shapely.linestrings(xy_m, indices=owner), dtype=object)


def _chains(linkage: Linkage, edges: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the segments of edges in their order, edge after edge, and the row of each one's edge."""
    segment = linkage.segments.edge_first[edges].astype(np.int64)
    row = np.arange(edges.size)
    segments, rows = [segment], [row]
    while True:
        onward = linkage.segments.next_segment[segment]
        goes_on = onward >= 0
        if not goes_on.any():
            break
        segment, row = onward[goes_on].astype(np.int64), row[goes_on]
        segments.append(segment)
        rows.append(row)
    all_rows = np.concatenate(rows)
    order = np.argsort(all_rows, kind="stable")
    return np.concatenate(segments)[order], all_rows[order]
