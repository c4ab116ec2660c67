"""Stops that can't be where the feed says: far from all the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray

EARTH_RADIUS_M: Final = 6_371_008.8
FAR_TIMES: Final = 10
"""A stop is far off if it lies this many times as far from the middle as three quarters of the stops do …"""
FAR_LEAST_M: Final = 50_000
"""… and at least this far."""


class FarStops(NamedTuple):
    """Numbers of stops far from the others, and how far from the middle of them all."""

    stop: NDArray[np.int64]
    km: FloatArray


def great_circle_m(lon0: FloatArray, lat0: FloatArray, lon1: FloatArray, lat1: FloatArray) -> FloatArray:
    """Return distances in metres on the mean earth between places in degrees (haversine)."""
    x0, y0, x1, y1 = map(np.radians, (lon0, lat0, lon1, lat1))
    half = np.sin((y1 - y0) / 2) ** 2 + np.cos(y0) * np.cos(y1) * np.sin((x1 - x0) / 2) ** 2
    metres: FloatArray = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return metres


def far_stops(lon: FloatArray, lat: FloatArray, used: NDArray[np.int64]) -> FarStops:
    """Return which of the stops `used` (numbers) lie far from the middle of them all.

    The middle is the median of longitude and of latitude, so that a few strays do not move it.
    """
    x, y = lon[used], lat[used]
    middle = np.median(x), np.median(y)
    away_m = great_circle_m(x, y, *map(np.asarray, middle))
    limit_m = max(FAR_LEAST_M, FAR_TIMES * float(np.quantile(away_m, 0.75)))
    far = np.flatnonzero(away_m > limit_m)
    return FarStops(used[far], away_m[far] / 1000)
