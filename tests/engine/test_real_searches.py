"""Both searches on two real places: the same cells, whatever the limit of rides, direction and window."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.model import Points, Query, no_progress
from ptreach.network.build import build_network

SHARED = Path(__file__).resolve().parents[3] / "shared"
POINTS = SHARED / "reference" / "r5"
PLACES = {
    "iow": (
        "isle-of-wight/iow-filtered.osm.pbf",
        ("isle-of-wight/iow-bus-gtfs.zip", "isle-of-wight/iow-rail-gtfs.zip"),
        dt.date(2020, 6, 16),
    ),
    "rnv": ("rhein-neckar/rnv.osm.pbf", ("rhein-neckar/rnv_gtfs.zip",), dt.date(2016, 11, 3)),
}
H7 = 7 * 3600

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not POINTS.is_dir(), reason=f"real data absent: {SHARED}"),
]


@pytest.fixture(scope="module", params=sorted(PLACES))
def place(request, tmp_path_factory):
    """Network, date, all points and a sample of them."""
    osm, feeds, date = PLACES[request.param]
    data = SHARED / "data"
    folder = build_network(
        [data / osm], [data / feed for feed in feeds], tmp_path_factory.mktemp(request.param), no_progress
    )
    with (POINTS / f"{request.param}_points.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))

    def points(some):
        return Points.of(
            [r["id"] for r in some], [float(r["lon"]) for r in some], [float(r["lat"]) for r in some]
        )

    return folder, date, points(rows), points(rows[::37])


@pytest.mark.parametrize("direction", ["from", "to"])
@pytest.mark.parametrize(
    ("max_rides", "minutes"),
    [(1, 120), (2, 30), (2, 120), (3, 1), (3, 120), (4, 30), (5, 120), (8, 1), (8, 120), (3, 300)],
)
def test_sweeps_give_the_plain_searches_cells(place, direction, max_rides, minutes):
    folder, date, points, sample = place
    query = Query(date, H7, H7 + 60 * minutes, direction=direction, max_rides=max_rides)
    plain, swept = (
        np.concatenate(
            [
                block.seconds
                for block in RaptorEngine(folder, workers=2, few=few).travel_times(sample, points, query)
            ]
        )
        for few in (len(sample), 0)
    )
    assert (plain == swept).all()
    assert len(np.unique(swept)) > len(sample)
