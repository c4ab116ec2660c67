"""Cells of tables: texts, numbers, percentages, and the codes that stand where there is no number."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.errors import InputError

if TYPE_CHECKING:
    from ptreach.model import FloatArray

# Suppressed, too few, not applicable, not available, unreliable: ONS and Nomis, the government's
# harmonised symbols with and without brackets, the Department for Education, spreadsheets' own. Case folded.
_CODES: Final = frozenset(
    {
        "-", "–", "—", ".", "..", "…", ":", "[:]", "~", "*", "!", "#", "c", "x", "z", "u", "k", "s", "e",
        "n/a", "na", "null", "none", "nan", "#n/a", "[c]", "[x]", "[z]", "[u]", "[k]", "[s]", "[e]", "[low]",
        "[w]", "[none]", "supp", "ne", "np", "new", "lowcov", "low", "dns", "sp", "nr", "suppressed",
        "missing",
    }
)  # fmt: skip
# 12,5 and 0,234 can only be decimals; 1,234 may be either.
_DECIMAL_COMMA: Final = r"-?(?:\d+,(?:\d{1,2}|\d{4,})|0\d*,\d+|\d{4,},\d+)"

_log = logging.getLogger(__name__)


class Cells(NamedTuple):
    """A column of numbers.

    ``numbers`` float64 (rows,), NaN where there is none; ``codes`` counts what stood there in its place
    (blank cells as ``blank``); ``percent`` says that a cell had a percent sign.
    """

    numbers: FloatArray
    codes: Counter[str]
    percent: bool


def texts(cells: pd.Series[Any]) -> pd.Series[str]:
    """Return cells as text, blanks at the ends stripped, NaN where blank."""
    stripped = cells.astype("string").str.strip()
    return pd.Series(stripped.mask(stripped == "").to_numpy(dtype=object, na_value=np.nan), index=cells.index)


def stand_for_none(cells: pd.Series[Any]) -> pd.Series[bool]:
    """Say of each text whether it is what publishers write in place of a number; NaN is not."""
    return cells.str.casefold().isin(list(_CODES))


def numbers(
    frame: pd.DataFrame,
    column: str,
    path: Path | str,
    *,
    grouped: bool = True,
    suppressed: bool = False,
    remedy: str = "correct the cell or leave it blank",
) -> FloatArray:
    """Return a column as float64, shape (rows,); blank is NaN.

    Commas between thousands are read over unless `grouped` is false; where a cell such as 12,5 shows that the
    column's commas are decimal, they are read so. With `suppressed`, what publishers write for figures that
    are withheld (``-``, ``c``, ``[x]``, ``:``) is NaN too, which is logged with their number.

    Raises
    ------
    InputError
        Where a cell is no number, naming file, row and header.
    """
    cells = frame[column]
    if not pd.api.types.is_numeric_dtype(cells):
        cells = texts(cells)
        if suppressed:
            cells = _known(cells, column, path)
        if grouped and _has_decimal_commas(cells):
            cells = cells.str.replace(",", ".", regex=False)
        elif grouped:
            _refuse_ambiguous(frame, cells, column, path)
            cells = cells.str.replace(r"(?<=\d),(?=\d{3}\b)", "", regex=True)
    values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~np.isfinite(values) & cells.notna().to_numpy())
    if wrong.size:
        raise InputError(
            f"'{frame[column].iloc[wrong[0]]}' is no number",
            where=f"{path}, row {frame.index[wrong[0]]}, {column}",
            remedy=remedy,
        )
    return np.ascontiguousarray(values)


def _has_decimal_commas(cells: pd.Series[Any]) -> bool:
    """Say whether commas can only be decimal: one a cell, no stops, and not all before three digits."""
    shown = cells.dropna()
    sure = bool(shown.str.fullmatch(_DECIMAL_COMMA).any())
    return sure and not (shown.str.contains(".", regex=False) | (shown.str.count(",") > 1)).any()


def _refuse_ambiguous(frame: pd.DataFrame, cells: pd.Series[Any], column: str, path: Path | str) -> None:
    """Raise InputError for 1,234 in a file whose cells semicolons part, as where commas are decimal."""
    if frame.attrs.get("separator") != ";":
        return
    either = cells.str.fullmatch(r"-?\d{1,3},\d{3}").eq(other=True)
    plain = ~cells.dropna().str.contains(r"[.]|,.*,", regex=True).any()
    if either.any() and plain:
        raise InputError(
            f"'{cells[either].iloc[0]}' may be thousands or have decimals",
            where=f"{path}, row {cells.index[either][0]}, {column}",
            remedy="save the file as CSV UTF-8 with points for decimals and nothing between thousands",
        )


def _known(cells: pd.Series[Any], column: str, path: Path | str) -> pd.Series[Any]:
    """Return cells with NaN for figures that are withheld, which are counted."""
    marked = stand_for_none(cells)
    if marked.any():
        signs = ", ".join(sorted(set(cells[marked])))
        _log.warning(
            "%s, %s: %d figures are withheld by their publisher (%s)", path, column, marked.sum(), signs
        )
    return cells.mask(marked)


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
        missing = (stand_for_none(plain) | plain.isna()).to_numpy()
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


def refuse_negative(
    values: FloatArray,
    frame: pd.DataFrame,
    column: str,
    where: Path | str,
    remedy: str = "take the publisher's file as it is",
) -> None:
    """Raise InputError where a count is negative, naming file, row and header."""
    wrong = np.flatnonzero(values < 0)
    if wrong.size:
        raise InputError(
            f"{values[wrong[0]]:g} is negative",
            where=f"{where}, row {frame.index[wrong[0]]}, {column}",
            remedy=remedy,
        )
