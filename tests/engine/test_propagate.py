"""The last walk and the walk all the way, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ptreach.engine.raptor.percentiles import ranking
from ptreach.engine.raptor.propagate import NOT_RIDDEN, Egress, propagate
from ptreach.model import UNREACHED

FAR = 2**30


def row_of(ride_s, walks, direct_s, max_time_s=2000, percentiles=(50, 100), near_enough=True):
    """Row of the matrix; `walks` lists (stop, seconds) for each destination."""
    ride_s = np.array(ride_s, dtype=np.uint16)
    start = np.cumsum([0, *map(len, walks)]).astype(np.int64)
    stop, seconds = (
        np.array([walk for some in walks for walk in some], dtype=np.int32).reshape(-1, 2).T.copy()
    )
    row = np.zeros((len(walks), len(percentiles)), dtype=np.uint16)
    pairs_n = propagate(
        ride_s,
        ride_s.min(axis=1),
        Egress(start, stop, seconds),
        np.array(direct_s, dtype=np.int32),
        max_time_s,
        ranking(percentiles, ride_s.shape[1]),
        ride_s.shape[1],
        near_enough,
        row,
    )
    return row.tolist(), pairs_n


def test_each_minute_takes_the_best_of_stops_and_the_walk():
    ride_s = [[600, 540, 1080, 1020], [900, 840, 780, 720]]
    # By minute: 610 or 920, 550 or 860, 1090 or 800, 1030 or 740; on foot 700.
    (row,), pairs_n = row_of(ride_s, [[(0, 10), (1, 20)]], [700])
    assert sorted([610, 550, 700, 700])[1::2] == row
    assert pairs_n == 1  # the second stop's best, 720 + 20, is no better than the walk
    assert row_of(ride_s, [[(0, 10), (1, 20)]], [700], near_enough=False) == ([row], 2)


@pytest.mark.parametrize("near_enough", [True, False])
def test_limits_are_strict_and_what_is_beyond_is_unreached(near_enough):
    ride_s = [[1900, 1840], [NOT_RIDDEN, NOT_RIDDEN]]
    walks, direct_s = [[(0, 100)], [(0, 99)], [(1, 0)], [], []], [FAR, FAR, FAR, 1999, 2000]
    rows, _ = row_of(ride_s, walks, direct_s, near_enough=near_enough)
    assert rows == [
        [1940, UNREACHED],
        [1939, 1999],
        [UNREACHED, UNREACHED],
        [1999, 1999],
        [UNREACHED, UNREACHED],
    ]


def test_many_destinations_keep_their_places():
    walks = [[(0, seconds)] if seconds % 3 else [] for seconds in range(300)]
    rows, _ = row_of([[60, 0]], walks, [FAR] * 300)
    expected = [[s, s + 60] if s % 3 else [UNREACHED] * 2 for s in range(300)]
    assert rows == expected
