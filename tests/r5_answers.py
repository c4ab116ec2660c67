"""Where R5's answers for two real places lie, and what was asked of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from ptreach.model import Points, Query

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARED = Path(__file__).resolve().parents[2] / "shared"
REFERENCE = SHARED / "reference" / "r5"
H7 = 7 * 3600
PERCENTILES = (5, 25, 50, 75, 95)


class Place(NamedTuple):
    """The files and the day that R5 was asked about."""

    osm: Path
    feeds: tuple[Path, ...]
    date: dt.date


PLACES = {
    "iow": Place(
        SHARED / "data/isle-of-wight/iow-filtered.osm.pbf",
        (
            SHARED / "data/isle-of-wight/iow-bus-gtfs.zip",
            SHARED / "data/isle-of-wight/iow-rail-gtfs.zip",
        ),
        dt.date(2020, 6, 16),
    ),
    "rnv": Place(
        SHARED / "data/rhein-neckar/rnv.osm.pbf",
        (SHARED / "data/rhein-neckar/rnv_gtfs.zip",),
        dt.date(2016, 11, 3),
    ),
}


def read_points(name: str) -> Points:
    """All points of a place."""
    table = pd.read_csv(REFERENCE / f"{name}_points.csv", dtype={"id": str})
    return Points.of(table["id"], table["lon"], table["lat"])


def some(points: Points, ids: Iterable[str]) -> Points:
    """Some of the points, in the order of `ids`."""
    rows = pd.Index(points.ids).get_indexer(pd.Index(list(ids)))
    return Points.of([points.ids[row] for row in rows], points.lon[rows], points.lat[rows])


def window(place: Place, **changes: Any) -> Query:
    """The window of 120 departures from 07:00."""
    return Query(place.date, H7, H7 + 7200, **{"percentiles": PERCENTILES, **changes})
