"""Long tables of travel times as blocks: ids, order and what is not reached put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from ptreach.model import UNREACHED, TravelTimeMatrix

if TYPE_CHECKING:
    from collections.abc import Sequence

_MEDIAN = 50


def block_from_frame(
    frame: pd.DataFrame,
    origin_ids: Sequence[str],
    destination_ids: Sequence[str],
    percentiles: Sequence[int],
    resolution_s: Literal[1, 60],
) -> TravelTimeMatrix:
    """Return a long table as a block of the origins and destinations asked for, in their order.

    Parameters
    ----------
    frame
        ``from_id, to_id`` (of any type, compared as text) and minutes ``travel_time_pN`` for each percentile
        N, or ``travel_time`` where only the median is asked for; rows in any order. A pair without a row or
        without minutes is not reached.
    resolution_s
        What the minutes are whole multiples of, in seconds.

    Raises
    ------
    ValueError
        For an id that was not asked about, and for minutes that are no multiples of the resolution.
    """
    shape = len(origin_ids), len(destination_ids), len(percentiles)
    seconds = np.full(shape, UNREACHED, dtype=np.uint16)
    row, column = (
        _places(frame[name], ids) for name, ids in (("from_id", origin_ids), ("to_id", destination_ids))
    )
    for at, percentile in enumerate(percentiles):
        name = f"travel_time_p{percentile}"
        if tuple(percentiles) == (_MEDIAN,) and name not in frame:
            name = "travel_time"
        exact_s = 60.0 * frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        whole_s = np.rint(exact_s / resolution_s) * resolution_s
        reached = ~np.isnan(exact_s)
        if (np.abs(exact_s - whole_s)[reached] > 0.01 * resolution_s).any():
            raise ValueError(f"minutes of {name} that are no multiples of {resolution_s} s")
        seconds[row[reached], column[reached], at] = np.minimum(whole_s[reached], UNREACHED - 1)
    return TravelTimeMatrix(
        tuple(origin_ids), tuple(destination_ids), tuple(percentiles), seconds, resolution_s
    )


def _places(ids: pd.Series, known: Sequence[str]) -> np.ndarray:
    """Return the position of each id among those that are known."""
    index: pd.Index[str] = pd.Index(list(known), dtype="str")
    place = index.get_indexer_for(pd.Index(ids.astype("str")))
    if (place < 0).any():
        raise ValueError(f"id '{ids.iloc[int(np.argmin(place))]}' was not asked about")
    return place
