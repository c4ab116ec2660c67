"""Courses of vehicles as feeds give them in shapes.txt, of which there may be millions of points.

A network is built without them. They are read in batches, and only those of the trips that are asked for are
held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ptreach.sources.gtfs_files import open_feed
from ptreach.sources.gtfs_tables import numbers_of, table_batches

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from ptreach.model import FloatArray
    from ptreach.sources.gtfs_files import FeedFiles
    from ptreach.sources.gtfs_tables import Batch
    from ptreach.sources.repairs import FeedLedger


class _Points(NamedTuple):
    """Points of shapes by the shape's number; degrees."""

    shape: NDArray[np.int64]
    sequence: FloatArray
    lon: FloatArray
    lat: FloatArray


def read_shapes(trip_ids: Collection[str], ledger: FeedLedger) -> dict[str, FloatArray]:
    """Return the courses of some trips of the ledger's feed, as far as it gives them.

    Parameters
    ----------
    trip_ids
        Ids as the feed has them; those that `expand_frequencies` made stand for the trip they are made of.

    Returns
    -------
    Longitude and latitude of the points by the id asked for, shape (points, 2), in the order of travel.

    Raises
    ------
    InputError
        Where the feed can't be read; for the table's faults as `table_batches` does.
    """
    with open_feed(ledger.path, ledger.silent()) as files:
        if "shapes" not in files.tables:
            return {}
        shape_of = _shapes_of(files, trip_ids, ledger)
        names = sorted(set(shape_of.values()))
        points = _read_points(files, {name: at for at, name in enumerate(names)}, ledger)
    order = np.lexsort((points.sequence, points.shape))
    ends = np.searchsorted(points.shape[order], np.arange(len(names) + 1))
    lon_lat = np.column_stack([points.lon, points.lat])[order]
    courses = {name: lon_lat[ends[at] : ends[at + 1]] for at, name in enumerate(names)}
    found = {}
    for trip, name in shape_of.items():
        if len(courses[name]) >= 2:
            found[trip] = courses[name]
        else:
            ledger.note("trips-of-unknown-shapes", 1, "trips.txt", f"trip_id {trip}, shape_id {name}", trip)
    return found


def _shapes_of(files: FeedFiles, trip_ids: Collection[str], ledger: FeedLedger) -> dict[str, str]:
    """Return the shape of each trip that names one."""
    asked: dict[str, list[str]] = {}
    for trip in trip_ids:
        asked.setdefault(trip, []).append(trip)
        made_of = trip.rstrip("~").rpartition("~")[0]  # of a trip of frequencies.txt
        if made_of:
            asked.setdefault(made_of, []).append(trip)
    shape_of: dict[str, str] = {}
    for batch in table_batches(files, "trips", ledger.silent(), ("trip_id", "shape_id")):
        if "shape_id" not in batch:
            return {}
        for trip, shape in zip(batch["trip_id"].cells(), batch["shape_id"].cells(), strict=True):
            if shape is not None and trip in asked:
                shape_of |= {one: shape for one in asked[trip] if one not in shape_of or one == trip}
    return shape_of


def _read_points(files: FeedFiles, numbers: dict[str, int], ledger: FeedLedger) -> _Points:
    """Return the points of the shapes that have a number."""
    nothing = np.empty(0)
    parts = [_Points(np.empty(0, dtype=np.int64), nothing, nothing, nothing)]
    for batch in table_batches(files, "shapes", ledger):
        shape = batch["shape_id"].take([numbers.get(text, -1) for text in batch["shape_id"].texts], -1)
        rows = np.flatnonzero(shape >= 0)
        if rows.size:
            parts.append(_placed(batch, rows, shape[rows].astype(np.int64), ledger))
    return _Points(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _placed(batch: Batch, rows: NDArray[np.int64], shape: NDArray[np.int64], ledger: FeedLedger) -> _Points:
    """Return the points of some rows; those without a place or a number are noted."""
    columns = [batch[name] for name in ("shape_pt_sequence", "shape_pt_lon", "shape_pt_lat")]
    sequence, lon, lat = (numbers_of(column._replace(codes=column.codes[rows]).cells()) for column in columns)
    good = ~np.isnan(sequence) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    good &= (np.abs(lon) > 1e-3) | (np.abs(lat) > 1e-3)  # the corner off Africa is no place
    if not good.all():
        names = batch["shape_id"]._replace(codes=batch["shape_id"].codes[rows[~good]]).cells()
        example = min(names)
        ledger.note(
            "shape-points-without-place", int((~good).sum()), "shapes.txt", f"shape_id {example}", example
        )
    return _Points(shape[good], sequence[good], lon[good], lat[good])
