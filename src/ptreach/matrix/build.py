"""Matrices from an engine: as one array in memory, block by block into a table on disk, or part by part."""

from __future__ import annotations

import logging
import math
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from ptreach.errors import InputError
from ptreach.matrix.store import MatrixWriter, long_table
from ptreach.model import UNREACHED, Points

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.engine.base import Engine
    from ptreach.matrix.parts import MatrixParts
    from ptreach.model import FloatArray, Progress, Query, TravelTimeMatrix

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
    require_links(engine, origins, destinations)
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
    require_links(engine, origins, destinations)
    done = 0
    progress(_STAGE, done, len(origins))
    with MatrixWriter(out, query.percentiles, query.direction) as table:
        for block in engine.travel_times(origins, destinations, query):
            table.write(block)
            done += len(block.origin_ids)
            progress(_STAGE, done, len(origins))
        return table.rows


def write_parts(engine: Engine, matrix: MatrixParts, progress: Progress) -> int:
    """Write the missing parts of a matrix; return the rows of all parts.

    Raises
    ------
    InputError
        As `write_matrix`; parts that are finished are kept.
    """
    question, missing = matrix.question, matrix.missing
    rows = sum(matrix.finished.values())
    counts = [part.end - part.first for part in matrix.parts]
    done = len(question.origins) - sum(counts[number] for number in missing)
    progress(_STAGE, done, len(question.origins))
    if not missing:
        return rows
    origins = _joined([question.part_of(matrix.parts[number]) for number in missing])
    blocks = engine.travel_times(origins, question.destinations, question.query)
    with told_what_is_kept(matrix):
        for number, block in zip(missing, _cut(blocks, [counts[number] for number in missing]), strict=True):
            rows += matrix.write(number, block)
            done += counts[number]
            progress(_STAGE, done, len(question.origins))
    return rows


@contextmanager
def told_what_is_kept(matrix: MatrixParts) -> Iterator[None]:
    """Log how to go on where writing the parts of a matrix ends early."""
    try:
        yield
    except BaseException:
        _log.warning(
            "%s: stopped; finished parts are kept: give the same command to go on", matrix.folder.where
        )
        raise


def _joined(points: Sequence[Points]) -> Points:
    """Return points one after the other; themselves where there is one."""
    if len(points) == 1:
        return points[0]
    return Points(
        tuple(name for some in points for name in some.ids),
        np.concatenate([some.lon for some in points]),
        np.concatenate([some.lat for some in points]),
    )


def _cut(blocks: Iterable[TravelTimeMatrix], counts: Sequence[int]) -> Iterator[TravelTimeMatrix]:
    """Yield the rows of blocks again as blocks of so many rows."""
    coming = iter(blocks)
    held: list[TravelTimeMatrix] = []
    for count in counts:
        while sum(len(block.origin_ids) for block in held) < count:
            held.append(next(coming))
        whole = stacked(held)
        yield _rows(whole, 0, count)
        held = [_rows(whole, count, len(whole.origin_ids))]


def stacked(blocks: Sequence[TravelTimeMatrix]) -> TravelTimeMatrix:
    """Return blocks as one."""
    if len(blocks) == 1:
        return blocks[0]
    return replace(
        blocks[0],
        origin_ids=tuple(name for block in blocks for name in block.origin_ids),
        seconds=np.concatenate([block.seconds for block in blocks]),
    )


def _rows(block: TravelTimeMatrix, first: int, end: int) -> TravelTimeMatrix:
    """Return some rows of a block."""
    return replace(block, origin_ids=block.origin_ids[first:end], seconds=block.seconds[first:end])


def require_links(engine: Engine, origins: Points, destinations: Points) -> None:
    """Log how many points are near no street; raise InputError where all origins or all destinations are."""
    for points, what in ((origins, "origins"), (destinations, "destinations")):
        _require_some(engine, points, what)


def _require_some(engine: Engine, points: Points, what: str) -> None:
    """Log how many of the points are near no street; raise InputError where all are."""
    off = np.flatnonzero(np.isnan(engine.street_distance_m(points, math.inf)))
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
