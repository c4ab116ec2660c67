"""Classes of a column: what a map is coloured by, and what its legend says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.measures.bands import band_index, band_labels, beyond_label
from ptreach.measures.districts import score_classes
from ptreach.outputs.ramp import GROUND, band_colours
from ptreach.outputs.tables.shared_columns import SHARED_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

_MINUTES: Final = ("minutes_p", "travel_time_p")
_MOST_VALUES: Final = 10
_TITLES: Final = {one.name: one.title for one in SHARED_COLUMNS}
NOT_KNOWN: Final = -1
"""Class of a row that has no value; it is hatched."""


class Classes(NamedTuple):
    """Labels and colours of classes, and the class of each row, shape (n,): `NOT_KNOWN` where it has none."""

    title: str
    labels: tuple[str, ...]
    colours: tuple[str, ...]
    of_row: NDArray[np.int64]
    not_known: str = "not known"

    @property
    def row_colours(self) -> list[str]:
        """The colour of each row."""
        return [GROUND if at == NOT_KNOWN else self.colours[at] for at in self.of_row.tolist()]


def classify(frame: gpd.GeoDataFrame, column: str | None, cutoffs_min: Sequence[int]) -> Classes:
    """Return the classes of a column: minutes by cutoffs, deciles and few values each by itself, else fifths.

    Without a column, that of isochrones (``cutoff_min``) where there is one. Near, low deciles and high
    numbers are dark.

    Raises
    ------
    InputError
        For a column that is not there, or whose many values are no numbers.
    """
    if column is None and "cutoff_min" in frame.columns:
        column = "cutoff_min"
    if column is None:
        return Classes("", ("",), band_colours(1), np.zeros(len(frame), dtype=np.int64))
    if column not in frame.columns:
        raise InputError(
            f"no column '{column}'",
            where="column",
            remedy=f"take one of {', '.join(map(str, frame.columns))}",
        )
    if column == "cutoff_min":
        cutoffs = sorted(frame[column].unique().tolist())
        labels = tuple(band_labels((cutoff,))[0] for cutoff in cutoffs)
        at = np.searchsorted(cutoffs, frame[column].to_numpy())
        return Classes("Travel time", labels, band_colours(len(cutoffs)), at.astype(np.int64))
    if column.startswith(_MINUTES):
        return _of_minutes(frame[column], cutoffs_min)
    return _of_values(frame[column], column)


def _of_minutes(values: pd.Series, cutoffs_min: Sequence[int]) -> Classes:
    """Return bands of travel time and what lies beyond the last."""
    minutes = values.to_numpy(dtype=np.float64)
    bands = band_index(minutes, cutoffs_min)
    of_row = np.where(bands < 0, len(cutoffs_min), bands)
    return Classes(
        "Travel time",
        (*band_labels(cutoffs_min), beyond_label(cutoffs_min)),
        (*band_colours(len(cutoffs_min)), GROUND),
        np.where(np.isnan(minutes), NOT_KNOWN, of_row).astype(np.int64),
        "not reached",
    )


def _of_values(values: pd.Series, column: str) -> Classes:
    """Return a class a value where there are few, else fifths of numbers."""
    title = _TITLES.get(column, column.replace("_", " "))
    known = sorted(values.dropna().unique().tolist())
    if len(known) <= _MOST_VALUES:
        at = pd.Categorical(values, categories=known).codes.astype(np.int64)
        colours = band_colours(max(len(known), 1))
        if column.endswith("_decile"):
            labels = tuple(f"{value:g}{' (most deprived)' if value == 1 else ''}" for value in known)
        else:
            labels = tuple(
                f"{value:,g}" if isinstance(value, (int, float)) else str(value) for value in known
            )
        return Classes(title, labels, colours, at)
    if not pd.api.types.is_numeric_dtype(values):
        raise InputError(
            f"'{column}' has {len(known)} values that are no numbers",
            where="column",
            remedy="take a column of numbers, or one with few values",
        )
    classes, bounds = score_classes(values.to_numpy(dtype=np.float64))
    if not len(bounds):
        raise InputError(f"'{column}' can't be put into fifths", where="column", remedy="take another column")
    labels = tuple(f"{low:,.4g} to {high:,.4g}" for low, high in bounds)
    return Classes(title, labels, band_colours(len(bounds))[::-1], classes)
