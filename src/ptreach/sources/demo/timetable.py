"""When the buses, trams and trains of the made-up town run, and how long they take.

Frequent routes serve the inner town until after midnight; the estates on the edge have a bus every half hour
and none in the evening; villages have one an hour or less. Clock times are seconds after midnight of the
service day and may pass 86,400.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray
    from ptreach.sources.demo.transit import Pattern

DAYS: Final = ("weekday", "saturday", "sunday")


class Trip(NamedTuple):
    """One run of a pattern on the days of a service; ``call_s`` int64, one time for each stop."""

    pattern: int
    service: str
    call_s: NDArray[np.int64]


def _blocks(*rows: tuple[str, str, float]) -> tuple[tuple[int, int, int], ...]:
    """Return (start, end, headway) in seconds of rows such as ("05:30", "06:30", 20 minutes)."""
    return tuple((_clock(start), _clock(end), round(headway_min * 60)) for start, end, headway_min in rows)


def _clock(text: str) -> int:
    """Return seconds of HH:MM."""
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


_Blocks = tuple[tuple[int, int, int], ...]
SERVICES: Final[dict[str, dict[str, _Blocks]]] = {
    "frequent": {
        "weekday": _blocks(
            ("05:20", "06:20", 20), ("06:20", "09:20", 8), ("09:20", "15:20", 10), ("15:20", "18:20", 8),
            ("18:20", "20:00", 15), ("20:00", "24:21", 20),
        ),
        "saturday": _blocks(("05:40", "07:40", 20), ("07:40", "18:40", 10), ("18:40", "24:21", 20)),
        "sunday": _blocks(("08:00", "10:00", 30), ("10:00", "18:00", 15), ("18:00", "23:01", 30)),
    },
    "standard": {
        "weekday": _blocks(
            ("05:45", "06:45", 30), ("06:45", "09:30", 12), ("09:30", "15:15", 15), ("15:15", "18:15", 12),
            ("18:15", "23:46", 30),
        ),
        "saturday": _blocks(("06:15", "08:15", 30), ("08:15", "18:15", 15), ("18:15", "23:46", 30)),
        "sunday": _blocks(("08:30", "22:31", 30)),
    },
    "estate": {
        "weekday": _blocks(("06:25", "18:56", 30)),
        "saturday": _blocks(("07:25", "18:26", 30)),
        "sunday": _blocks(("09:25", "17:26", 60)),
    },
    "orbital": {
        "weekday": _blocks(("06:10", "19:11", 20)),
        "saturday": _blocks(("07:10", "19:11", 30)),
        "sunday": _blocks(("09:10", "18:11", 60)),
    },
    "hourly": {
        "weekday": _blocks(("06:35", "18:36", 60)),
        "saturday": _blocks(("07:35", "18:36", 60)),
        "sunday": (),
    },
    "two-hourly": {
        "weekday": _blocks(("06:50", "08:51", 60), ("10:50", "14:51", 120), ("15:50", "18:51", 60)),
        "saturday": _blocks(("07:50", "17:51", 120)),
        "sunday": (),
    },
    "tram": {
        "weekday": _blocks(
            ("05:06", "06:30", 15), ("06:30", "09:30", 7.5), ("09:30", "15:30", 10), ("15:30", "18:30", 7.5),
            ("18:30", "24:31", 15),
        ),
        "saturday": _blocks(("05:36", "07:36", 20), ("07:36", "19:06", 10), ("19:06", "24:31", 15)),
        "sunday": _blocks(("07:00", "23:31", 20)),
    },
    "rail": {
        "weekday": _blocks(("05:42", "23:13", 30)),
        "saturday": _blocks(("06:12", "23:13", 30)),
        "sunday": _blocks(("08:42", "22:43", 60)),
    },
}  # fmt: skip

# Running speed between stops by distance from the market place (metres), without the time at stops.
_SPEED_AT_M: Final = (0.0, 700.0, 1_400.0, 2_400.0, 3_400.0, 4_400.0)
_BUS_KPH: Final = (15.5, 18.0, 22.0, 26.0, 33.0, 42.0)
_TRAM_KPH: Final = (17.0, 22.0, 28.0, 34.0, 36.0, 36.0)
_TRAIN_KPH: Final = 68.0
_STAND_S: Final = {"bus": 14, "tram": 22, "rail": 60}
_LATER_START_S: Final = 240
"""Trips back leave some minutes after trips out, so that a vehicle can turn round."""
# Traffic slows buses by these factors from these hours on.
_TRAFFIC: Final = ((0, 0.92), (7, 1.12), (9.5, 1.0), (15.25, 1.12), (18.25, 1.0), (20, 0.9))


def run_s(pattern: Pattern, vehicle: str) -> FloatArray:
    """Return seconds from the first stop to each stop of a pattern, float64: light traffic, with stands."""
    step = np.hypot(*np.diff(pattern.path, axis=0).T)
    middle = (pattern.path[1:] + pattern.path[:-1]) / 2
    if vehicle == "rail":
        speed_kph: FloatArray = np.full(step.size, _TRAIN_KPH)
    else:
        ladder = np.array(_TRAM_KPH if vehicle == "tram" else _BUS_KPH)
        speed_kph = np.asarray(np.interp(np.linalg.norm(middle, axis=1), _SPEED_AT_M, ladder))
    along = np.r_[0.0, np.cumsum(step)]
    spent = np.r_[0.0, np.cumsum(step / (speed_kph / 3.6))]
    ride = np.interp(pattern.at_m, along, spent)
    return np.asarray(ride - ride[0] + _STAND_S[vehicle] * np.arange(ride.size))


def make_trips(patterns: tuple[Pattern, ...], vehicle: str) -> list[Trip]:
    """Return all trips of a feed, by pattern, day and time of departure."""
    trips: list[Trip] = []
    for number, pattern in enumerate(patterns):
        spent = run_s(pattern, vehicle)
        for service in DAYS:
            for leaves_s in departures_s(pattern, number, service, vehicle):
                slow = _traffic(leaves_s) if vehicle == "bus" else 1.0
                trips.append(Trip(number, service, leaves_s + np.rint(spent * slow).astype(np.int64)))
    return trips


def departures_s(pattern: Pattern, number: int, service: str, vehicle: str) -> list[int]:
    """Return when the trips of a pattern leave their first stop: each block of the day at its headway."""
    # Routes leave a minute or so apart, not all on the hour.
    shift_s = 0 if vehicle == "rail" else 60 * (number // 2 * 3 % 8)
    shift_s += pattern.direction * _LATER_START_S
    blocks = SERVICES[pattern.line.service][service]
    out: list[int] = []
    for start, end, headway in blocks:
        first = start if not out else max(start, out[-1] + headway)
        out += range(first, end, headway)
    return [leaves + shift_s for leaves in out]


def _traffic(leaves_s: int) -> float:
    """Return the factor by which traffic slows a bus that leaves then."""
    return next(factor for hour, factor in reversed(_TRAFFIC) if leaves_s >= hour * 3600)
