"""Correlations of indicators as tables: one row a pair, and a square matrix; and which pairs are firm.

Pairs come as a table with the columns ``first, second`` (names of indicators), ``zones`` (that have both),
``pearson, spearman`` (-1 to 1), ``p_spatial, q_spatial`` (0 to 1; of a test that knows of the nearness of
zones, and the same held against the number of pairs) and ``same_whole`` (bool: both are shares of one whole).
One row an unordered pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ptreach.model import Indicator

WEAK_BELOW: Final = 0.3
"""Size of Spearman's correlation under which a pair is called weak."""
FIRM_BELOW: Final = 0.05
"""Spatial p-value from which on a pair is not firm."""
_TAKEN: Final = {"made_up", "indicator", "title"}
_DECIMALS: Final = {
    "pearson": 4,
    "spearman": 4,
    "p_naive": 6,
    "p_spatial": 6,
    "q_spatial": 6,
    "effective_zones": 1,
    "first_moran_i": 4,
    "second_moran_i": 4,
}


def are_firm(pairs: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which pairs are neither weak nor without a p-value under `FIRM_BELOW`; shape (pairs,)."""
    size = np.abs(pairs["spearman"].to_numpy(dtype=np.float64))
    chance = pairs["p_spatial"].to_numpy(dtype=np.float64)
    firm: NDArray[np.bool_] = (size >= WEAK_BELOW) & (chance < FIRM_BELOW)
    return firm


def order_pairs(pairs: pd.DataFrame, indicators: Sequence[Indicator]) -> pd.DataFrame:
    """Return the pairs of `indicators` in their order, ``first`` before ``second``, and the column ``firm``.

    Pairs of other indicators are left out.

    Raises
    ------
    InputError
        Where a pair is there twice, or an indicator with itself.
    """
    place = {indicator.name: number for number, indicator in enumerate(indicators)}
    known = pairs["first"].isin(place) & pairs["second"].isin(place)
    table = pairs.loc[known].copy()
    one, two = (table[side].map(place).to_numpy(dtype=np.int64) for side in ("first", "second"))
    low, high = np.minimum(one, two), np.maximum(one, two)
    keys = pd.DataFrame({"low": low, "high": high})
    bad = np.flatnonzero(keys.duplicated().to_numpy() | (low == high))
    if bad.size:
        row = table.iloc[int(bad[0])]
        raise InputError(
            f"pair {row['first']}, {row['second']} is there twice or of one indicator ({bad.size} such)",
            where="table of correlations",
            remedy="give each pair of two indicators one row",
        )
    names = np.array([indicator.name for indicator in indicators], dtype=object)
    table["first"], table["second"] = names[low], names[high]
    table["firm"] = are_firm(table)
    return table.iloc[np.lexsort((high, low))].reset_index(drop=True)


def pair_table(pairs: pd.DataFrame, indicators: Sequence[Indicator], edition: str) -> pd.DataFrame:
    """Return one row a pair for a CSV: edition of the zones, names, titles and themes, all that was measured.

    Columns ``edition, first, first_title, first_theme, second, second_title, second_theme, zones, pearson,
    spearman, p_naive, p_spatial, q_spatial, effective_zones, first_moran_i, second_moran_i, same_whole,
    firm``.
    """
    table = order_pairs(pairs, indicators)
    known = {indicator.name: indicator for indicator in indicators}
    for side in ("first", "second"):
        at = list(table.columns).index(side) + 1
        table.insert(at, f"{side}_title", [known[name].title for name in table[side]])
        table.insert(at + 1, f"{side}_theme", [known[name].theme for name in table[side]])
    for column, decimals in _DECIMALS.items():
        table[column] = table[column].astype("float64").round(decimals)
    table["zones"] = table["zones"].astype("Int64")
    table.insert(0, "edition", edition)
    sides = [f"{side}{what}" for side in ("first", "second") for what in ("", "_title", "_theme")]
    return table[["edition", *sides, "zones", *_DECIMALS, "same_whole", "firm"]]


def square_matrix(
    pairs: pd.DataFrame, indicators: Sequence[Indicator], column: str = "spearman"
) -> pd.DataFrame:
    """Return correlations as a square: ``indicator, title`` and a column an indicator, all in their order.

    The diagonal is 1; a pair that is not known is NaN. Values are those of `column`, to four decimals. An
    indicator called as another column of the table has ``_`` after the name of its own.
    """
    names = [indicator.name for indicator in indicators]
    table = order_pairs(pairs, indicators)
    place = {name: number for number, name in enumerate(names)}
    one, two = (table[side].map(place).to_numpy(dtype=np.int64) for side in ("first", "second"))
    values = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(values, 1.0)
    values[one, two] = values[two, one] = table[column].to_numpy(dtype=np.float64).round(4)
    columns = [f"{name}_" if name in _TAKEN else name for name in names]
    square = pd.DataFrame(values, columns=pd.Index(columns))
    square.insert(0, "title", [indicator.title for indicator in indicators])
    square.insert(0, "indicator", names)
    return square
