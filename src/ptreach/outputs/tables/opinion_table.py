"""The table of two engines' minutes, zone by zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ptreach.measures.band_changes import NOT_REACHED
from ptreach.measures.bands import name_bands
from ptreach.outputs.tables.frames import MINUTE_DECIMALS, mark_made_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from ptreach.outputs.facts import AreasFacts, SecondOpinion


def opinion_table(
    zones: gpd.GeoDataFrame,
    opinion: SecondOpinion,
    cutoffs_min: Sequence[int],
    areas: AreasFacts,
    *,
    made_up: bool,
) -> pd.DataFrame:
    """Return each zone's minutes by the pack's engine and by a second one.

    In the order of `zones`: the zone id, ``zone_name``, ``second_engine``; for each percentile
    ``minutes_p5``, ``second_minutes_p5``, ``second_less_first_p5`` (minutes, four decimals; differences like
    for like, in whole minutes where one engine gives no more); ``band, second_band`` (of the medians) and
    ``reason``.
    """
    table = pd.DataFrame({areas.id_column: zones["zone_id"], "zone_name": zones["zone_name"]})
    table["second_engine"] = opinion.title
    for percentile, minutes in sorted(opinion.minutes.items()):
        table[f"minutes_p{percentile}"] = zones[f"minutes_p{percentile}"].astype("float64")
        table[f"second_minutes_p{percentile}"] = minutes
        table[f"second_less_first_p{percentile}"] = opinion.apart_s[percentile] / 60
    numbers = [name for name in table.columns if "_p" in name]
    table[numbers] = table[numbers].round(MINUTE_DECIMALS)
    reasons = [str(reason) for reason in zones["reason"]]
    first, second = zones["minutes_p50"].to_numpy(dtype=np.float64), opinion.minutes[50]
    table["band"] = name_bands(first, reasons, cutoffs_min)
    table["second_band"] = name_bands(second, [NOT_REACHED] * len(second), cutoffs_min)
    table["reason"] = reasons
    table = table.reset_index(drop=True)
    return mark_made_up(table) if made_up else table
