"""Travel times that an engine gives in whole minutes, cut down: beside them others are cut likewise.

R5 through r5py, and r5r, give 12 for 12:59. Beside a time to the second that looks like a difference of up
to a minute, and is none. Cutting down keeps the order of times, so a percentile by nearest rank that is cut
down is that of times cut down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

Seconds = TypeVar("Seconds", np.float32, np.float64)


def are_whole_minutes(columns: Iterable[NDArray[Seconds]]) -> bool:
    """Say whether all travel times, in seconds, are whole minutes, and one of them at least is above none.

    NaN (not reached) says nothing of it.
    """
    any_time = False
    for seconds in columns:
        known = seconds[~np.isnan(seconds)]
        if np.any(known % 60 != 0):
            return False
        any_time = any_time or bool(np.any(known > 0))
    return any_time


def floor_to_minutes(seconds: NDArray[Seconds]) -> NDArray[Seconds]:
    """Return travel times in seconds cut down to whole minutes, still in seconds; NaN stays."""
    floored: NDArray[Seconds] = np.floor(seconds / 60) * 60
    return floored
