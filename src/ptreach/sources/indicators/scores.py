"""Scores of the Indices of Deprivation as indicators: the whole index and its domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ptreach.model import Indicator
from ptreach.sources.indicators.catalogue import DEPRIVATION
from ptreach.sources.indicators.figures import Figures, figures

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def score_figures(
    deprivation: pd.DataFrame, edition_name: str, title: str, where: Path | str
) -> list[Figures]:
    """Return the scores that a table has; `title` says of which index. Higher is more deprived.

    `deprivation` is as `read_deprivation` returns it, by ``zone_id``.
    """
    codes = deprivation.index.to_series()
    found = []
    for score in DEPRIVATION:
        values = score.factor * deprivation[score.column].to_numpy(dtype=np.float64)
        if not np.isnan(values).all():
            indicator = Indicator(
                score.name, score.title, "deprivation", score.unit, edition_name, note=f"{title}."
            )
            found.append(figures(indicator, values, codes, where))
    return found
