"""Stops and trips that can't be where the feed says: far from streets, far from the others, too fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.network.patterns import ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.check.feeds import Feeds
    from ptreach.model import FloatArray

EARTH_RADIUS_M: Final = 6_371_008.8
FAR_TIMES: Final = 10
"""A stop is far off if it lies this many times as far from the middle as three quarters of the stops do …"""
FAR_LEAST_M: Final = 50_000
"""… and at least this far."""
ROUNDING_S: Final = 60
"""Times are often whole minutes: a ride may have taken this much longer than they say."""
LEAST_LEG_M: Final = 1_000
TOP_SPEED_KPH: Final = {
    "bus": 130,
    "coach": 130,
    "trolleybus": 100,
    "tram": 120,
    "metro": 150,
    "rail": 350,
    "ferry": 120,
    "cable car": 60,
    "funicular": 60,
    "taxi": 150,
    "air": 1_200,
    "other": 350,
}
"""Faster than any vehicle of the mode goes in service, from stop to stop."""


GRID_ORIGIN: Final = (-7.5572, 49.7668)
"""Longitude and latitude of easting 0, northing 0 of the British National Grid, in the sea off Cornwall."""
_GRID_ORIGIN_M: Final = 1_000


class FarStops(NamedTuple):
    """Numbers of stops far from the others.

    ``swapped``: it would not be with lon and lat exchanged; ``blank``: it lies where a place of British
    eastings and northings comes to lie that was left blank.
    """

    stop: NDArray[np.int64]
    km: FloatArray
    swapped: NDArray[np.bool_]
    blank: NDArray[np.bool_]


class FastTrips(NamedTuple):
    """Trips (of patterns) that go faster than their mode can, with their worst leg.

    ``from_stop`` and ``to_stop`` are its stops, ``leg_m`` its length, ``leg_s`` the seconds it takes.
    """

    trip: NDArray[np.int64]
    from_stop: NDArray[np.int64]
    to_stop: NDArray[np.int64]
    leg_m: FloatArray
    leg_s: NDArray[np.int64]


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
    swapped_m = great_circle_m(y[far], x[far], *map(np.asarray, middle))
    origin_m = great_circle_m(x[far], y[far], *map(np.asarray, GRID_ORIGIN))
    return FarStops(used[far], away_m[far] / 1000, swapped_m <= limit_m, origin_m <= _GRID_ORIGIN_M)


def fast_trips(feeds: Feeds, top_kph: FloatArray) -> FastTrips:
    """Return the trips with a leg longer than 1 km that no vehicle of their mode does in the time given.

    ``top_kph`` is the top speed of each trip's mode. Times may be rounded, so each leg is given a minute
    more than they say.
    """
    patterns = feeds.patterns
    stop = patterns.stop
    onward = np.r_[stop[1:], stop[:1]]
    leg_m = great_circle_m(
        feeds.stop_lon[stop], feeds.stop_lat[stop], feeds.stop_lon[onward], feeds.stop_lat[onward]
    )
    leg_m[patterns.position_start[1:] - 1] = 0  # a pattern's last stop
    lengths = np.diff(patterns.position_start)[feeds.pattern_of_trip]
    # legs that are too short to be looked at are most of them
    position = ranges(patterns.position_start[feeds.pattern_of_trip], lengths)
    call = np.flatnonzero(leg_m[position] > LEAST_LEG_M)
    trip = np.searchsorted(patterns.time_start, call, side="right") - 1
    length_m = leg_m[position[call]]
    takes_s = (patterns.arrival_s[call + 1] - patterns.departure_s[call]).astype(np.int64)
    kph = length_m / (takes_s + ROUNDING_S) * 3.6
    bad = np.flatnonzero(kph > top_kph[trip])
    order = bad[np.lexsort((call[bad], -kph[bad], trip[bad]))]
    worst = order[np.flatnonzero(np.diff(trip[order], prepend=-1))]
    at = position[call[worst]]
    return FastTrips(
        trip[worst], stop[at].astype(np.int64), onward[at].astype(np.int64), length_m[worst], takes_s[worst]
    )
