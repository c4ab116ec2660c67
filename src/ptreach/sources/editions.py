"""The lookup between LSOAs of 2011 and of 2021: which zone of one edition became which of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.cells import texts
from ptreach.sources.codes import clean_codes
from ptreach.sources.columns import find_column, need_column
from ptreach.sources.tables import PLAIN, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.sources.tables import Layout

_OLD: Final = r"(?:f_)?lsoa11_?(?:cd|code)|lsoa code \(2011\)"
_NEW: Final = r"(?:f_)?lsoa21_?(?:cd|code)|lsoa code \(2021\)"
_CHANGE: Final = "chgind|change_code|change indicator"
CHANGES: Final = ("U", "S", "M", "X")
"""Unchanged, split, merged, and redrawn so that zones of one edition lie across those of the other."""


def read_editions(path: Path, layout: Layout = PLAIN) -> pd.DataFrame:
    """Return the pairs of zones of 2011 and 2021 that share ground, sorted.

    Reads the exact lookup of the Office for National Statistics, version 2, and tables like it.

    Returns
    -------
    DataFrame
        ``lsoa11cd, lsoa21cd`` text, ``change``: ``U`` unchanged, ``S`` split, ``M`` merged, ``X`` irregular.

    Raises
    ------
    InputError
        Where a column is missing, a cell is empty, a pair occurs twice, a change is none of those, or what a
        row says of a change is not what the pairs show. The best-fit lookup is refused: it gives each zone of
        2011 one of 2021, and leaves zones out.
    """
    table = read_table(path, layout, _OLD)
    old = need_column(table, _OLD, "LSOA11CD", path)
    new = need_column(table, _NEW, "LSOA21CD", path)
    change = find_column(table, _CHANGE)
    if change is None:
        raise InputError(
            "has no column CHGIND: it is not the exact lookup, but perhaps the best-fit one, which leaves "
            "zones of 2021 out",
            where=str(path),
            remedy="take 'LSOA (2011) to LSOA (2021) to Local Authority District (2022) Lookup', version 2",
        )
    cells = {name: texts(table[header]) for name, header in (("lsoa11cd", old), ("lsoa21cd", new))}
    cells["change"] = texts(table[change]).str.upper()
    pairs = pd.DataFrame(cells)
    empty = pairs.isna().any(axis=1)
    if empty.any():
        raise InputError(
            f"{empty.sum()} rows without a code or change",
            where=f"{path}, row {table.index[empty][0]}",
            remedy="take the whole file again",
        )
    for name, header in (("lsoa11cd", old), ("lsoa21cd", new)):
        pairs[name] = clean_codes(pairs[name], path, header)
    _check_pairs(pairs, path)
    return pairs.sort_values(["lsoa11cd", "lsoa21cd"], ignore_index=True)


def _check_pairs(pairs: pd.DataFrame, path: Path) -> None:
    """Raise InputError where pairs occur twice, or are not what their change says."""
    to_new = pairs.groupby("lsoa11cd")["lsoa21cd"].transform("size")
    to_old = pairs.groupby("lsoa21cd")["lsoa11cd"].transform("size")
    change = pairs["change"]
    faults = (
        (pairs.duplicated(subset=["lsoa11cd", "lsoa21cd"]), "is there twice"),
        (~change.isin(CHANGES), "has a change that is none of U, S, M and X"),
        ((change == "U") & ((to_new > 1) | (to_old > 1)), "is called unchanged, but has other partners too"),
        ((change == "S") & ((to_new < 2) | (to_old > 1)), "is called split, but is no part of one zone"),
        ((change == "M") & ((to_old < 2) | (to_new > 1)), "is called merged, but is not made of several"),
    )
    for wrong, what in faults:
        for at in np.flatnonzero(wrong)[:1]:
            one, other, _ = pairs.iloc[at]
            raise InputError(
                f"the pair {one}, {other} {what} ({wrong.sum()} such rows)",
                where=f"{path}, row {pairs.index[at]}",
                remedy="take the whole of the publisher's file",
            )
