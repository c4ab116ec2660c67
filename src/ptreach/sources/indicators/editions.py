"""Which zones the rows of a table are of, and whether they are of the edition asked for.

Lower layer Super Output Areas kept their code from 2011 to 2021 where they stayed the same, and got a new
one where they were split, merged or redrawn. So a code that both editions know is the same zone in both;
codes that only one knows tell which edition a table is of, whatever its header says.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.cells import texts
from ptreach.sources.codes import LSOA_CODE
from ptreach.sources.columns import find_column, listed, plain_header

# New codes are given in order: the last of 2011 in England and in Wales; all that 2021 added come after.
_LAST_OF_2011: Final = {"E": "E01033768", "W": "W01001909"}
# England has 32,844 (2011) or 33,755 (2021): from so many on, a code that is not among them is of none.
_WHOLE_COUNTRY: Final = 30_000
_LSOA: Final = r"[EW]01\d{6}"
_COLUMNS: Final = (
    r"geography[ _]code|mnemonic|area[ _]?(code|cd)|lsoa([ _]?(code|cd))?|(geography|feature)?code|zone_id"
)
_COUNTRIES: Final = {"E": "English", "W": "Welsh", "S": "Scottish", "N": "Northern Irish"}
_MANGLED: Final = r"[\d.,]+(E\+?\d+)?"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Edition:
    """An edition of zones: ``LSOA 2021``, its column of codes, and all its codes."""

    name: str
    id_column: str
    codes: frozenset[str]

    @cached_property
    def year(self) -> int | None:
        """2011 or 2021 for LSOAs; None for other zones."""
        found = re.match(r"lsoa(11|21)", self.id_column)
        return 2000 + int(found[1]) if found else None

    @cached_property
    def countries(self) -> str:
        """The letters that the codes of its countries begin with: ``E``, ``EW``."""
        return "".join(sorted({code[0] for code in self.codes if re.fullmatch(_LSOA, code)})) or "E"

    @cached_property
    def new(self) -> frozenset[str]:
        """Codes that the edition of 2021 made."""
        return frozenset(filter(is_new, self.codes))

    def has(self, codes: pd.Series[Any]) -> pd.Series[bool]:
        """Return which of some codes are the edition's."""
        known = [code in self.codes for code in codes.to_numpy(dtype=object)]
        return pd.Series(known, index=codes.index, dtype=np.bool_)


def is_zone(code: str, edition: Edition) -> bool:
    """Say whether a code is one of the edition's, or looks like one."""
    return code in edition.codes or (edition.year is not None and re.fullmatch(_LSOA, code) is not None)


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
    if edition.year is not None:
        codes = codes.str.upper()
        _refuse_mangled(codes, frame, column, where)
    known = edition.has(codes)
    if edition.year is not None:
        known |= codes.str.fullmatch(_LSOA.replace("EW", edition.countries), na=False)
    _refuse_others(codes, known, edition, column, where)
    _log_left_out(codes[~known], edition, where)
    codes = codes[known]
    twice = codes[codes.duplicated()]
    if len(twice):
        raise InputError(
            f"'{twice.iloc[0]}' occurs more than once ({twice.nunique()} such codes)",
            where=f"{where}, row {twice.index[0]}, {column}",
            remedy="keep one row for each zone",
        )
    refuse_other_edition(set(codes.to_numpy(dtype=object)), edition, where)
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
    years = {
        str(name): 2000 + int(match[1] or match[2])
        for name in frame.columns
        if (match := LSOA_CODE.fullmatch(str(name)))
    }
    for name, year in years.items():
        if year == edition.year:
            return name
    if years and edition.year is not None:
        name, year = next(iter(years.items()))
        raise _other_edition(f"LSOA {year}", f"column '{name}'", edition, where)
    named = find_column(frame, _COLUMNS)
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


def _refuse_mangled(codes: pd.Series[Any], frame: pd.DataFrame, column: str, where: Path | str) -> None:
    """Raise InputError where codes became numbers, as spreadsheets make them."""
    mangled = codes[codes.str.fullmatch(_MANGLED, na=False)]
    if len(mangled):
        raise InputError(
            f"'{frame.loc[mangled.index[0], column]}' is a code that a spreadsheet turned into a number "
            f"({len(mangled)} such codes)",
            where=f"{where}, row {mangled.index[0]}, {column}",
            remedy="take the publisher's file as it is, without saving it in a spreadsheet",
        )


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


def refuse_other_edition(codes: set[str], edition: Edition, where: Path | str) -> None:
    """Raise InputError where codes are those of the other edition of LSOAs, naming both."""
    if edition.year is None:
        return
    new = {code for code in codes if is_new(code)}
    unknown = codes - edition.codes
    if edition.year == 2011:
        if new:
            raise _other_edition("LSOA 2021", _such_as(new), edition, where)
        if len(edition.codes) > _WHOLE_COUNTRY and unknown:
            raise _other_edition("no edition that is known", _such_as(unknown), edition, where)
        return
    strange = unknown if len(edition.codes) > _WHOLE_COUNTRY else set()
    if strange:
        old = {code for code in strange if not is_new(code)}
        other = "no edition that is known" if not old else "both LSOA 2011 and 2021" if new else "LSOA 2011"
        raise _other_edition(other, _such_as(old or strange), edition, where)
    # A table of many of the zones but of none that 2021 made is of 2011, though each of its codes be known.
    old_n = len(edition.codes) - len(edition.new)
    if edition.new and not new and len(codes & edition.codes) > old_n / 2:
        raise _other_edition("LSOA 2011", f"none such as {min(edition.new)}", edition, where)


def is_new(code: str) -> bool:
    """Say whether a code is one that the edition of 2021 made."""
    return code > _LAST_OF_2011.get(code[:1], "~")


def _such_as(codes: set[str]) -> str:
    """Return how many codes there are, with one of them."""
    return f"{len(codes)} codes such as {min(codes)}"


def _other_edition(other: str, why: str, edition: Edition, where: Path | str) -> InputError:
    """Return the error for a table of another edition."""
    return InputError(
        f"holds zones of {other} ({why}), not of {edition.name}",
        where=str(where),
        remedy=f"take the table for {edition.name}; editions share codes but not zones",
    )
