"""Classes of a column: what a map is coloured by, and what its legend says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

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
    values = frame[column]
    if isinstance(values, pd.DataFrame):
        raise InputError(f"{values.shape[1]} columns '{column}'", where="column", remedy="rename all but one")
    if str(column).startswith(_MINUTES):
        if not pd.api.types.is_numeric_dtype(values):
            raise InputError(f"'{column}' is no numbers", where="column", remedy="give minutes as numbers")
        return _of_minutes(values, cutoffs_min)
    return _of_values(values, str(column))


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
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.cat.remove_unused_categories()
    known = _known(values, column)
    if len(known) <= _MOST_VALUES:
        at = pd.Categorical(values, categories=known).codes.astype(np.int64)
        colours = band_colours(len(known)) if known else ()
        deciles = column.endswith("_decile") and pd.api.types.is_numeric_dtype(values)
        return Classes(title, tuple(_label(value, deciles=deciles) for value in known), colours, at)
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


def _known(values: pd.Series, column: str) -> list[Any]:
    """Return the values that there are, ascending, or in the order of their categories."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return list(values.cat.categories)
    try:
        return sorted(values.dropna().unique().tolist())
    except TypeError as error:  # lists, say, or words among numbers
        raise InputError(
            f"'{column}' has values that can't be put in order",
            where="column",
            remedy="take a column of numbers, or of words",
        ) from error


def _label(value: object, *, deciles: bool) -> str:
    """Return what the legend calls a value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if deciles:
        return f"{value:g}{' (most deprived)' if value == 1 else ''}"
    return f"{value:,g}" if isinstance(value, (int, float)) else str(value)
