"""What may be near is never left out, and what is far is."""

from __future__ import annotations

import numpy as np
import pytest

from ptreach.network.nearness import near_any

GLOBE_M = 6_371_000.0


def metres(lon, lat, other_lon, other_lat):
    """Metres between all places and all others, on a sphere (haversine)."""
    lon, lat, other_lon, other_lat = (
        np.radians(np.asarray(angle, dtype=np.float64)) for angle in (lon, lat, other_lon, other_lat)
    )
    up = np.sin((lat[:, None] - other_lat) / 2) ** 2
    aside = np.cos(lat[:, None]) * np.cos(other_lat) * np.sin((lon[:, None] - other_lon) / 2) ** 2
    return 2 * GLOBE_M * np.arcsin(np.sqrt(up + aside))


@pytest.mark.parametrize("within_m", [0.0, 90.0, 1_200.0, 25_000.0])
@pytest.mark.parametrize("middle", [(-1.99, 52.5), (0.0, 0.0), (-70.0, -54.0), (18.0, 69.6)])
def test_no_place_within_the_metres_is_left_out(within_m, middle):
    dice = np.random.default_rng(7)
    lon, lat = (at + dice.normal(0, 0.2, size=400) for at in middle)
    other_lon, other_lat = (at + dice.normal(0, 0.05, size=30) for at in middle)
    lon, lat = np.r_[lon, other_lon[:3]], np.r_[lat, other_lat[:3]]
    least_m = metres(lon, lat, other_lon, other_lat).min(axis=1)
    found = near_any(lon, lat, other_lon, other_lat, within_m)
    assert found[least_m <= within_m].all()
    assert not found[least_m > 3.2 * max(within_m, 100)].any()
    assert (found == near_any(lon, lat, other_lon[::-1], other_lat[::-1], within_m)).all()


def test_nothing_is_near_no_place():
    some, none = np.array([1.0, 2.0]), np.empty(0)
    assert near_any(some, some, none, none, 100.0).tolist() == [False, False]
    assert near_any(none, none, some, some, 100.0).tolist() == []
