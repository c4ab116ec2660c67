"""Cells of statistics: numbers, percentages, and the codes that stand where there is no number."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.tables import numbers, texts

if TYPE_CHECKING:
    from ptreach.model import FloatArray

# Suppressed, too few, not applicable, not available, unreliable: ONS and Nomis, the government's
# harmonised symbols with and without brackets, the Department for Education, spreadsheets' own.
CODES: Final = frozenset(
    {
        "-", "–", "—", ".", "..", "…", ":", "~", "*", "!", "#", "c", "x", "z", "u", "k", "s", "e", "n/a",
        "na", "null", "none", "nan", "#n/a", "[c]", "[x]", "[z]", "[u]", "[k]", "[s]", "[e]", "[low]", "[w]",
        "[none]", "supp", "ne", "np", "new", "lowcov", "low", "dns", "sp", "nr", "suppressed", "missing",
    }
)  # fmt: skip
"""What stands in place of a number, case folded."""

_log = logging.getLogger(__name__)


class Cells(NamedTuple):
    """A column of numbers.

    ``numbers`` float64 (rows,), NaN where there is none; ``codes`` counts what stood there in its place
    (blank cells as ``blank``); ``percent`` says that a cell had a percent sign.
    """

    numbers: FloatArray
    codes: Counter[str]
    percent: bool


def read_cells(frame: pd.DataFrame, column: str, where: Path | str, *, lenient: bool = False) -> Cells:
    """Return a column whose cells may bear percent signs, commas between thousands and codes for none.

    With `lenient`, whatever is no number counts as a code.

    Raises
    ------
    InputError
        Where a cell is neither number nor a known code, naming file, row and header.
    """
    cells = frame[column]
    if pd.api.types.is_numeric_dtype(cells):
        values = numbers(frame, column, where)
        blank = int(np.isnan(values).sum())
        return Cells(values, Counter({"blank": blank} if blank else {}), percent=False)
    plain = texts(cells)
    signed = plain.str.contains(r"\d\s*%$", regex=True, na=False)
    plain = plain.str.replace(r"\s*%$", "", regex=True)
    if lenient:
        ungrouped = plain.str.replace(r"(?<=\d),(?=\d{3}\b)", "", regex=True)
        missing = ~np.isfinite(
            pd.to_numeric(ungrouped, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        )
    else:
        missing = plain.str.casefold().isin(list(CODES)).to_numpy() | plain.isna().to_numpy()
    codes = Counter(plain[missing].fillna("blank").astype(str).str.strip().to_list())
    values = numbers(pd.DataFrame({column: plain.mask(missing)}), column, where)
    return Cells(values, codes, bool(signed.any()))


def tell_codes(codes: Counter[str]) -> str:
    """Return the codes in words, the commonest first, five at most: ``120 SUPP, 33 NE``."""
    ordered = sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{count:,} {code[:20]}" for code, count in ordered[:5]]
    rest = sum(count for _, count in ordered[5:])
    return ", ".join([*said, *([f"{rest:,} others"] if rest else [])])


def log_codes(codes: Counter[str], column: str, where: Path | str) -> None:
    """Log how many cells of a column are missing, by code."""
    if codes:
        _log.info(
            "%s, %s: %d cells are no number: %s",
            Path(where).name,
            column,
            codes.total(),
            tell_codes(codes),
        )


def refuse_negative(values: FloatArray, frame: pd.DataFrame, column: str, where: Path | str) -> None:
    """Raise InputError where a count is negative, naming file, row and header."""
    wrong = np.flatnonzero(values < 0)
    if wrong.size:
        raise InputError(
            f"{values[wrong[0]]:g} is negative",
            where=f"{where}, row {frame.index[wrong[0]]}, {column}",
            remedy="take the publisher's file as it is",
        )
