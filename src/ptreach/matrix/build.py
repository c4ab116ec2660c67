"""Matrices from an engine: as one array in memory, or block by block into a table on disk."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from ptreach.errors import InputError
from ptreach.matrix.store import MatrixWriter, long_table
from ptreach.model import UNREACHED

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.engine.base import Engine
    from ptreach.model import FloatArray, Points, Progress, Query

_STAGE: Final = "travel times"

_log = logging.getLogger(__name__)


def minutes_to(
    engine: Engine, origin: Points, destinations: Points, query: Query, progress: Progress
) -> FloatArray:
    """Return minutes between an origin and destinations, shape (destinations, percentiles), NaN unreached."""
    if len(origin) != 1:
        raise ValueError(f"{len(origin)} origins where one is meant")
    progress(_STAGE, 0, len(destinations))
    (block,) = engine.travel_times(origin, destinations, query)
    progress(_STAGE, len(destinations), len(destinations))
    return as_minutes(block.seconds[0])


def as_minutes(seconds: NDArray[np.uint16]) -> FloatArray:
    """Return seconds as minutes, NaN where not reached."""
    return np.where(seconds == UNREACHED, np.nan, seconds / 60.0)


def matrix_table(
    engine: Engine, origins: Points, destinations: Points, query: Query, progress: Progress
) -> pa.Table:
    """Return the travel times between points as one long table, of the columns of `long_table`.

    Raises InputError as `write_matrix` does.
    """
    for points, what in ((origins, "origins"), (destinations, "destinations")):
        _require_links(engine, points, query, what)
    tables, done = [], 0
    progress(_STAGE, done, len(origins))
    for block in engine.travel_times(origins, destinations, query):
        tables.append(long_table(block, query.direction))
        done += len(block.origin_ids)
        progress(_STAGE, done, len(origins))
    return pa.concat_tables(tables)


def write_matrix(
    engine: Engine, origins: Points, destinations: Points, query: Query, out: Path, progress: Progress
) -> int:
    """Write the travel times between points to a long table; return the number of its rows.

    Raises
    ------
    InputError
        Where nothing runs on the query's date, no origin or no destination is near a street, or the table
        can't be written.
    """
    for points, what in ((origins, "origins"), (destinations, "destinations")):
        _require_links(engine, points, query, what)
    done = 0
    progress(_STAGE, done, len(origins))
    with MatrixWriter(out, query.percentiles, query.direction) as table:
        for block in engine.travel_times(origins, destinations, query):
            table.write(block)
            done += len(block.origin_ids)
            progress(_STAGE, done, len(origins))
        return table.rows


def _require_links(engine: Engine, points: Points, query: Query, what: str) -> None:
    """Log how many points are near no street; raise InputError where all are."""
    linked = engine.point_links(points, query).linked
    off = np.flatnonzero(~linked)
    if not off.size:
        return
    if off.size == len(points):
        raise InputError(
            f"none of the {len(points)} {what} has a street within 1,600 m, such as '{points.ids[0]}' at "
            f"lon {points.lon[0]:g}, lat {points.lat[0]:g}",
            where=f"--{what}",
            remedy="check that the points lie in the network's area, longitude in lon",
        )
    _log.warning(
        "%s without a street within 1,600 m: %d of %d, such as '%s'",
        what,
        off.size,
        len(points),
        points.ids[off[0]],
    )
