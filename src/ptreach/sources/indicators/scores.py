"""Scores of the Indices of Deprivation as indicators: the whole index and its domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptreach.model import Indicator
from ptreach.sources.cells import numbers
from ptreach.sources.columns import find_column
from ptreach.sources.indicators.catalogue import DEPRIVATION
from ptreach.sources.indicators.figures import Figures, figures

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    import pandas as pd


def score_figures(
    frame: pd.DataFrame, codes: pd.Series[Any], edition_name: str, title: str, where: Path
) -> list[Figures]:
    """Return the scores that a table has; `title` says of which index. Higher is more deprived.

    Raises
    ------
    InputError
        Where a cell is no number.
    """
    found = []
    for score in DEPRIVATION:
        header = find_column(frame, score.pattern)
        if header is not None:
            indicator = Indicator(
                score.name, score.title, "deprivation", score.unit, edition_name, note=f"{title}."
            )
            found.append(figures(indicator, score.factor * numbers(frame, header, where), codes, where))
    return found
