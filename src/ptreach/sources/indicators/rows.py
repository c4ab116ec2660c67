"""Which rows of a table of statistics are of the zones asked for."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ptreach.errors import InputError
from ptreach.sources.cells import texts
from ptreach.sources.codes import LSOA, check_edition, headed_codes, refuse_mangled, refuse_twice
from ptreach.sources.columns import find_column, listed, plain_header

if TYPE_CHECKING:
    import pandas as pd

    from ptreach.sources.codes import Edition

_COLUMNS: Final = (
    r"geography[ _]code|mnemonic|area[ _]?(code|cd)|lsoa([ _]?(code|cd))?|(geography|feature)?code|zone_id"
)
_COUNTRIES: Final = {"E": "English", "W": "Welsh", "S": "Scottish", "N": "Northern Irish"}
# Among LSOAs, any number is a code that lost its letter.
_MANGLED: Final = r"[\d.,]+(E\+?\d+)?"

_log = logging.getLogger(__name__)


def is_zone(code: str, edition: Edition) -> bool:
    """Say whether a code is one of the edition's, or looks like one."""
    return code in edition.codes or (edition.year != "" and LSOA.fullmatch(code) is not None)


def rows_of_zones(
    frame: pd.DataFrame, edition: Edition, where: Path | str, column: str | None = None
) -> pd.Series[Any]:
    """Return the zone codes of the rows that are zones of the edition; the index is that of those rows.

    Rows of other countries, of larger areas and without a code are left out, which is logged.

    Parameters
    ----------
    frame, edition, where
        The table, the edition asked for, and what names the table in messages.
    column
        The column of codes; found by its header, else by its content, if None.

    Raises
    ------
    InputError
        Where there is no such column, its codes were mangled by a spreadsheet, none is a zone, one occurs
        twice, or they are of another edition (naming both).
    """
    column = column or code_column(frame, edition, where)
    codes = texts(frame[column])
    codes = codes.str.replace(r"^=?[\"'‘’]*|[\"'‘’]*$", "", regex=True).str.strip()
    if edition.year:
        codes = codes.str.upper()
        refuse_mangled(codes, where, column, _MANGLED)
    known = edition.has(codes)
    if edition.year:
        known |= codes.str.fullmatch(LSOA, na=False) & codes.str[:1].isin(list(edition.countries))
    _refuse_others(codes, known, edition, column, where)
    _log_left_out(codes[~known], edition, where)
    codes = codes[known]
    refuse_twice(codes, where, column)
    check_edition(codes.to_list(), edition, where, strictly=True)
    outside = ~edition.has(codes)
    if outside.any():
        _log.info(
            "%s: %d zones outside those of %s are left out", Path(where).name, outside.sum(), edition.name
        )
    return codes[~outside]


def code_column(frame: pd.DataFrame, edition: Edition, where: Path | str) -> str:
    """Return the header of the zone codes; raises as `rows_of_zones` says."""
    if plain_header(edition.id_column) in frame.columns:
        return plain_header(edition.id_column)
    headed = headed_codes(frame, edition.id_column, where) if edition.year else None
    named = headed or find_column(frame, _COLUMNS)
    if named is not None:
        return named
    for name in map(str, frame.columns):
        cells = texts(frame[name]) if name != "geometry" else None
        if cells is not None and len(cells) and _share_of_zones(cells, edition) > 0.5:
            return name
    raise InputError(
        f"no column of codes of {edition.name}; found: {listed(frame)}",
        where=str(where),
        remedy=f"name the column of codes {edition.id_column}",
    )


def _share_of_zones(cells: pd.Series[Any], edition: Edition) -> float:
    """Return which share of cells, of their first hundred, are codes of zones."""
    return float(np.mean([is_zone(str(cell), edition) for cell in cells.iloc[:100]]))


def _refuse_others(
    codes: pd.Series[Any], known: pd.Series[Any], edition: Edition, column: str, where: Path | str
) -> None:
    """Raise InputError where no row is a zone: another geography, another country, or no codes at all."""
    if known.any():
        return
    some = codes.dropna()
    raise InputError(
        f"no row is a zone of {edition.name}"
        + (f"; codes are such as {', '.join(map(str, some.iloc[:2]))}" if len(some) else ""),
        where=f"{where}, {column}",
        remedy=f"take the table whose areas are those of {edition.name}",
    )


def _log_left_out(codes: pd.Series[Any], edition: Edition, where: Path | str) -> None:
    """Log rows that are no zones, by what they are."""
    name = Path(where).name
    blank = int(codes.isna().sum())
    if blank:
        _log.info("%s: %d rows without a code are left out", name, blank)
    official = codes.str.fullmatch(r"[A-Z]\d{8}", na=False) if len(codes) else codes.astype(bool)
    for letter, country in _COUNTRIES.items():
        of_it = codes[official & codes.str.startswith(letter, na=False)] if len(codes) else codes
        if len(of_it):
            what = country if letter not in edition.countries else "larger or other"
            _log.info("%s: %d %s areas are left out, such as %s", name, len(of_it), what, of_it.iloc[0])
    odd = codes[codes.notna() & ~(official & codes.str[:1].isin(list(_COUNTRIES)))] if len(codes) else codes
    if len(odd):
        _log.warning(
            "%s: %d rows whose code is none, such as '%s', are left out",
            name,
            len(odd),
            str(odd.iloc[0])[:40],
        )
