"""Hops from stop to stop that no vehicle can make: stops far from where they are, times that stand still.

A hop counts if it is longer than some kilometres and would be too fast even if a minute were lost to
rounding. A stop that trips always reach and leave so is not where it says: nothing calls there. Of what is
left, a trip that takes no minute for such a hop would carry people anywhere in no time: it is left out. Other
trips that are too fast are reported and kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.sources.modes import MODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from ptreach.model import FloatArray
    from ptreach.sources.gtfs_calls import Calls
    from ptreach.sources.repairs import FeedLedger

_FASTEST_KPH: Final = {
    "bus": 130.0,
    "coach": 130.0,
    "trolleybus": 130.0,
    "tram": 130.0,
    "metro": 160.0,
    "rail": 350.0,
    "ferry": 120.0,
    "cable car": 60.0,
    "funicular": 60.0,
    "air": 1_200.0,
    "taxi": 160.0,
    "other": 350.0,
}
FASTEST_KPH: Final = np.array([_FASTEST_KPH[mode] for mode in MODES])
"""What no vehicle of each of `MODES` exceeds between two stops."""
_LONG_M: Final = 5_000.0
_MINUTE_S: Final = 60
_HOPS_AT_ONCE: Final = 1 << 20
_DEGREE_M: Final = 111_195.0
_FILE: Final = "stop_times.txt"


class _Hops(NamedTuple):
    """Hops that are too fast: the call from which each goes, its length in metres and time in seconds."""

    call: NDArray[np.int64]
    metres: FloatArray
    seconds: NDArray[np.int32]

    def take(self, rows: NDArray[np.bool_]) -> _Hops:
        """Return some of the hops."""
        return _Hops(self.call[rows], self.metres[rows], self.seconds[rows])


def without_teleports(
    calls: Calls, kph: FloatArray, trip_ids: Sequence[str], stops: pd.DataFrame, ledger: FeedLedger
) -> Calls:
    """Return the calls without those at misplaced stops, and without trips that get far in no time.

    Parameters
    ----------
    kph
        Of each trip, what its vehicle does not exceed.
    stops
        Columns stop_id, lon, lat (degrees).
    """
    hops = _fast_hops(calls, kph, stops)
    if not hops.call.size:
        return calls
    names = stops["stop_id"].to_numpy()
    wrong = _misplaced(calls, hops, len(stops))
    if wrong.any():
        ledger.note("stops-misplaced", int(wrong.sum()), "stops.txt", f"stop {names[wrong][0]}")
        if ledger.is_on("stops-misplaced"):
            calls = _without_calls(calls, wrong[calls.stop], trip_ids, ledger)
            hops = _fast_hops(calls, kph, stops)

    def note(rule: str, found: _Hops) -> None:
        if found.call.size:
            one, other = names[calls.stop[found.call[0]]], names[calls.stop[found.call[0] + 1]]
            trip = trip_ids[calls.trip[found.call[0]]]
            what = f"trip {trip}, stop {one} to {other}, {found.metres[0] / 1e3:.0f} km"
            ledger.note(rule, np.unique(calls.trip[found.call]).size, _FILE, what)

    instant = hops.take(hops.seconds < _MINUTE_S)
    note("trips-too-fast", hops.take(hops.seconds >= _MINUTE_S))
    note("trips-teleporting", instant)
    if not ledger.is_on("trips-teleporting"):
        return calls
    dropped = np.zeros(len(trip_ids), dtype=np.bool_)
    dropped[calls.trip[instant.call]] = True
    return calls.take(~dropped[calls.trip])


def _fast_hops(calls: Calls, kph: FloatArray, stops: pd.DataFrame) -> _Hops:
    """Return the hops that are longer than some kilometres and faster than possible."""
    lon, lat = (stops[name].to_numpy() for name in ("lon", "lat"))
    # some at a time: a country has a hundred million, few of them fast
    firsts = range(0, max(calls.trip.size, 1), _HOPS_AT_ONCE)
    parts = [
        _fast_part(calls.take(slice(first, first + _HOPS_AT_ONCE + 1)), first, kph, lon, lat)
        for first in firsts
    ]
    return _Hops(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _fast_part(calls: Calls, first: int, kph: FloatArray, lon: FloatArray, lat: FloatArray) -> _Hops:
    """Return the hops among some calls, of which the first has this number."""
    x, y = lon[calls.stop], lat[calls.stop]
    # on a plane: good to a part in a thousand over some kilometres
    east = (np.diff(x) + 180) % 360 - 180
    metres = _DEGREE_M * np.hypot(east * np.cos(np.radians(y[1:])), np.diff(y))
    at = np.flatnonzero((metres > _LONG_M) & (calls.trip[1:] == calls.trip[:-1]))
    seconds = calls.arrival_s[at + 1] - calls.departure_s[at]
    fast = metres[at] > kph[calls.trip[at]] / 3.6 * (seconds + _MINUTE_S)
    return _Hops(at + first, metres[at], seconds).take(fast)


def _misplaced(calls: Calls, fast: _Hops, stops_n: int) -> NDArray[np.bool_]:
    """Return the stops all of whose hops, some to and some from them, are too fast."""
    hops = np.flatnonzero(calls.trip[1:] == calls.trip[:-1])
    from_n, to_n = (np.bincount(calls.stop[hops + side], minlength=stops_n) for side in (0, 1))
    fast_from_n, fast_to_n = (np.bincount(calls.stop[fast.call + side], minlength=stops_n) for side in (0, 1))
    return np.asarray((from_n > 0) & (to_n > 0) & (from_n == fast_from_n) & (to_n == fast_to_n))


def _without_calls(
    calls: Calls, faulty: NDArray[np.bool_], trip_ids: Sequence[str], ledger: FeedLedger
) -> Calls:
    """Return calls without some, and without trips of which one call is left."""
    calls = calls.take(~faulty)
    alone = np.bincount(calls.trip, minlength=len(trip_ids)) == 1
    if alone.any():
        trip = trip_ids[int(np.flatnonzero(alone)[0])]
        ledger.note("trips-of-one-call", int(alone.sum()), _FILE, f"trip {trip}")
    return calls.take(~alone[calls.trip])
