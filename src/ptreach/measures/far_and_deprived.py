"""Zones that are deprived and far from the town: classes of both, and the few to ask about first.

A zone is *far* where its travel time is not within a cutoff (the cutoff is strict: 45.0 minutes is not within
45) or where it is not reached at all. A zone is *deprived* where its decile of multiple deprivation is at
most a given one, 3 unless said otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

DEPRIVED_TO: Final = 3
"""Highest decile of the zones called deprived, 1 being the most deprived tenth."""
MIDDLE_TO: Final = 7
"""Highest decile of those between deprived and least deprived."""
CUTOFF_MIN: Final = 45
LIMIT_MIN: Final = 120.0
MOST: Final = 10


def near_and_far_min(cutoffs_min: Sequence[int]) -> tuple[int, int]:
    """Return within how many minutes a zone is near, and not within how many it is far, for such cutoffs.

    Far is `CUTOFF_MIN` where that is a cutoff, else the last but one; near is the cutoff before it, or half
    of it where there is none. `cutoffs_min` ascend.
    """
    far = CUTOFF_MIN if CUTOFF_MIN in cutoffs_min else cutoffs_min[max(len(cutoffs_min) - 2, 0)]
    return max((cutoff for cutoff in cutoffs_min if cutoff < far), default=far // 2), far


def is_far_and_deprived(
    minutes: ArrayLike, decile: ArrayLike, cutoff_min: int = CUTOFF_MIN, deprived_to: int = DEPRIVED_TO
) -> NDArray[np.bool_]:
    """Return which zones are of decile 1 to `deprived_to` and not within `cutoff_min` minutes.

    Arrays have the shape (n,); minutes are NaN where a zone is not reached, which is far; a decile that is
    not known (NaN) is not deprived.
    """
    times = np.asarray(minutes, dtype=np.float64)
    within = times < cutoff_min
    return (np.asarray(decile, dtype=np.float64) <= deprived_to) & ~within


def far_and_deprived(
    zones: pd.DataFrame,
    *,
    cutoff_min: int = CUTOFF_MIN,
    deprived_to: int = DEPRIVED_TO,
    limit_min: float = LIMIT_MIN,
    most: int = MOST,
) -> pd.DataFrame:
    """Return the far and deprived zones that cost their residents most time, at most `most` of them.

    They are ordered by the minutes beyond the cutoff summed over residents: a zone of 2,000 people at 50
    minutes comes before one of 1,000 at 54. Zones that are equal in it follow their rank of deprivation, then
    their id.

    Parameters
    ----------
    zones
        Columns ``zone_id, minutes_p50`` (minutes, NaN where not reached), ``imd_decile, imd_rank,
        population``; others are kept.
    cutoff_min
        Minutes within which a zone is not far; strict.
    deprived_to
        Highest decile that counts as deprived.
    limit_min
        The longest travel time searched for, which zones that are not reached are counted at. That is the
        least it may be.
    most
        Number of zones at most.

    Returns
    -------
    pd.DataFrame
        Rows of `zones` with two columns more: first ``number``, 1 to `most`, and last
        ``resident_minutes_beyond``, residents times minutes beyond the cutoff (float64). People unknown
        count as nobody.
    """
    minutes = zones["minutes_p50"].to_numpy(dtype=np.float64)
    chosen = is_far_and_deprived(minutes, zones["imd_decile"].to_numpy(np.float64), cutoff_min, deprived_to)
    table = zones.loc[chosen].copy()
    beyond_min = np.where(np.isnan(minutes), limit_min, minutes)[chosen] - cutoff_min
    people = np.nan_to_num(table["population"].to_numpy(dtype=np.float64))
    table["resident_minutes_beyond"] = beyond_min * people
    table = table.sort_values(
        ["resident_minutes_beyond", "imd_rank", "zone_id"], ascending=[False, True, True], kind="stable"
    ).head(most)
    table.insert(0, "number", np.arange(1, len(table) + 1))
    return table


def deprivation_class(decile: ArrayLike, deprived_to: int = DEPRIVED_TO) -> NDArray[np.int64]:
    """Return 2 for deprived zones, 1 for those up to `MIDDLE_TO`, 0 for the least deprived, -1 for unknown.

    `decile` is 1 (most deprived) to 10, NaN where unknown, of any shape.
    """
    deciles = np.asarray(decile, dtype=np.float64)
    classes = 2 - np.searchsorted([deprived_to, max(deprived_to, MIDDLE_TO)], deciles, side="left")
    return np.where(np.isnan(deciles), -1, classes).astype(np.int64)


def distance_class(minutes: ArrayLike, cutoffs_min: tuple[int, int]) -> NDArray[np.int64]:
    """Return 0 for zones within the first cutoff, 1 within the second, 2 beyond it or not reached (NaN)."""
    times = np.asarray(minutes, dtype=np.float64)
    return np.searchsorted(np.asarray(cutoffs_min, dtype=np.float64), times, side="right").astype(np.int64)
