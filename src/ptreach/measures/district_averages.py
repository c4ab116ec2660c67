"""Average deprivation of districts, worked out from their zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def average_by_district(district: ArrayLike, score: ArrayLike, weight: ArrayLike) -> pd.DataFrame:
    """Return the average score of each district, weighted as its publisher weighs it.

    ``sum of w_i x_i / sum of w_i`` over the zones of a district: of IMD scores weighted by all people, of
    IDACI by children (0-15). Source: MHCLG, The English Indices of Deprivation 2019, technical report,
    section on summary measures for higher-level geographies.

    Parameters
    ----------
    district
        Code of each zone's district, shape (n,); None or NaN where unknown: left out.
    score, weight
        Score and people of each zone, shape (n,).

    Returns
    -------
    pd.DataFrame
        Sorted by ``district_code``: ``average_score`` and ``weight`` (float64), and ``rank`` (1 the highest
        score; equal ones share the better). A district with a zone whose score or weight is not known, or
        without people, has NaN in average and rank: it would not be the whole district's.
    """
    zones = pd.DataFrame(
        {
            "district_code": pd.Series(np.asarray(district, dtype=object)),
            "weight": np.asarray(weight, dtype=np.float64),
        }
    )
    zones["product"] = np.asarray(score, dtype=np.float64) * zones["weight"]
    parts = zones.dropna(subset="district_code").groupby("district_code", sort=True)
    sums = parts[["product", "weight"]].sum(min_count=1)
    whole = parts["product"].count() == parts.size()
    average = (sums["product"] / sums["weight"].where(sums["weight"] > 0)).where(whole)
    table = pd.DataFrame({"average_score": average, "weight": sums["weight"]})
    table["rank"] = table["average_score"].rank(ascending=False, method="min")
    return table.reset_index()
