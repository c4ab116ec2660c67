"""Modes of transport: what GTFS's route types mean, the extended ones included.

Types 0 to 12 are those of the GTFS reference; from 100 on, those of the extended route types that the feeds
of Europe use, a mode for each hundred with a few that stand apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray

MODES: Final = (
    "bus",
    "coach",
    "trolleybus",
    "tram",
    "metro",
    "rail",
    "ferry",
    "cable car",
    "funicular",
    "air",
    "taxi",
    "other",
)
"""Names of modes; arrays hold positions in it."""
OTHER: Final = MODES.index("other")

_BASIC: Final = {
    0: "tram",
    1: "metro",
    2: "rail",
    3: "bus",
    4: "ferry",
    5: "tram",  # cable tram
    6: "cable car",
    7: "funicular",
    11: "trolleybus",
    12: "rail",  # monorail
}
_HUNDREDS: Final = {
    1: "rail",
    2: "coach",
    3: "rail",  # suburban
    4: "metro",
    5: "metro",
    6: "metro",
    7: "bus",
    8: "trolleybus",
    9: "tram",
    10: "ferry",
    11: "air",
    12: "ferry",
    13: "cable car",
    14: "funicular",
    15: "taxi",
}
_APART: Final = {405: "rail"}  # monorail


def mode_of(route_type: int) -> str:
    """Return the mode of a route type, ``other`` where it has no meaning."""
    if route_type in _APART:
        return _APART[route_type]
    return _BASIC.get(route_type) or _HUNDREDS.get(route_type // 100, "other")


def modes_of(route_types: FloatArray) -> NDArray[np.int8]:
    """Return the position in `MODES` of each route type, that of ``other`` where it is NaN or no type."""
    kinds = np.where(np.isfinite(route_types) & (np.abs(route_types) < 10_000), route_types, -1).astype(int)
    return np.array([MODES.index(mode_of(kind)) for kind in kinds.tolist()], dtype=np.int8)
