"""Codes of zones: as spreadsheets mangle them, and what they say of their edition.

A code of an LSOA is never used again. Those of England go up to E01033768 in the edition of 2011; zones that
were split, merged or redrawn for 2021 got higher ones, and their old codes are gone. So a code above that is
of 2021 alone, and the codes that both editions have are of zones that did not change.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.cells import texts
from ptreach.sources.columns import listed, plain_header

if TYPE_CHECKING:
    from pathlib import Path

OFFICIAL: Final = r"[EKNSW]\d{8}"
"""Codes of the Office for National Statistics: a letter for the country, then eight digits."""
_OFFICIAL_LENGTH: Final = 9
_SHORTENED: Final = re.compile(r"\d+(?:[.,]\d+)?[eE]\+\d+")
_LAST_OF_2011: Final = "E01033768"
_ENGLISH_LSOA: Final = r"E01\d{6}"
LSOA_CODE: Final = re.compile(r"(?:f_)?lsoa(\d\d)_?(?:cd|code)|lsoa code \(20(\d\d)\)|lsoa 20(\d\d) code")
"""Headers of LSOA codes; one of the groups is the edition, ``11`` or ``21``."""
# Nomis's header of codes names no edition.
_NOMIS_CODE: Final = re.compile("geography[ _]code")

_log = logging.getLogger(__name__)


class OtherEditionError(InputError):
    """A table is of another edition than the zones; ``id_column`` is what that edition's codes are called."""

    def __init__(self, what: str, *, where: str, id_column: str) -> None:
        self.id_column = id_column
        super().__init__(
            what,
            where=where,
            remedy="take all tables of one edition, for their zones differ; or add the lookup from LSOA 2011 "
            "to 2021 to the recipe, as kind editions",
        )


def edition_year(id_column: str | None) -> str:
    """Return ``11`` or ``21`` of a header such as ``lsoa21cd``, an empty text for zones of other kinds."""
    found = re.fullmatch(r"(?:f_)?lsoa(?:20)?(11|21)_?(?:cd|code)", (id_column or "").casefold())
    return found[1] if found else ""


def clean_codes(codes: pd.Series[Any], where: str) -> pd.Series[Any]:
    """Return codes as their publisher writes them.

    Where most are official codes all must be: those in small letters are counted and put right.

    Parameters
    ----------
    codes
        Texts without outer blanks, none missing; the index says which row.
    where
        File and column.

    Raises
    ------
    InputError
        Where a spreadsheet has made a number of a code and cut its digits, or, among official codes, one has
        lost or gained a character.
    """
    for row, code in codes[codes.str.fullmatch(_SHORTENED)].head(1).items():
        raise InputError(
            f"'{code}' is a code of which a spreadsheet has made a number: digits are lost",
            where=f"{where}, row {row}",
            remedy="take the publisher's file, or make the column text before the codes go in",
        )
    upper = codes.str.upper()
    official = upper.str.fullmatch(OFFICIAL).to_numpy(dtype=np.bool_)
    if official.mean() < 0.5:  # zones of one's own
        return codes
    for row, code in codes[~official].head(1).items():
        raise InputError(
            f"'{code}' is no code such as {upper[official].iloc[0]} ({(~official).sum()} such rows)",
            where=f"{where}, row {row}",
            remedy=f"correct or drop it; codes have a letter and {_OFFICIAL_LENGTH - 1} digits",
        )
    small = int((upper != codes).sum())
    if small:
        _log.warning("%s: %d codes in small letters are put right", where, small)
    return upper


def check_edition(codes: pd.Index[Any], zones: pd.Index[Any], id_column: str, path: Path) -> None:
    """Raise OtherEditionError where a table's codes show that it is of another edition than the zones.

    Parameters
    ----------
    codes
        The table's codes, under whatever header.
    zones
        All codes of the boundaries.
    id_column
        What the zones' codes are called.
    path
        The table.
    """
    year = edition_year(id_column)
    theirs, ours = (names[names.str.fullmatch(_ENGLISH_LSOA)] for names in (codes, zones))
    new, new_zones = theirs[theirs > _LAST_OF_2011], ours[ours > _LAST_OF_2011]
    if not year and len(new_zones):
        year = "21"
    lacking = ours.difference(theirs)
    if len(new) and (year == "11" or (not year and len(lacking))):
        raise OtherEditionError(
            f"holds zones of LSOA 2021, such as {new[0]}, not of LSOA 2011 (column '{id_column}')",
            where=str(path),
            id_column="lsoa21cd",
        )
    # A table of 2011 lacks exactly the zones that are new.
    if year == "21" and len(theirs) and not len(new) and len(lacking) and (lacking > _LAST_OF_2011).all():
        raise OtherEditionError(
            f"holds zones of LSOA 2011, not of LSOA 2021 (column '{id_column}'): without a row are just "
            f"the {len(lacking)} zones that are new, such as {lacking[0]}",
            where=str(path),
            id_column="lsoa11cd",
        )


def zone_codes(frame: pd.DataFrame, id_column: str | None, path: Path) -> pd.Index[Any]:
    """Return the zone codes of a table as text, blanks stripped, named ``zone_id``.

    The column is `id_column`, or the one publishers use for the same edition (``LSOA11CD``, ``lsoa11_code``,
    ``LSOA code (2011)``). With `id_column` None any edition will do.

    Raises
    ------
    InputError
        Where there is no such column, or it is of another edition: many codes are the same in both editions
        while the zones are not, so a join would go wrong unseen. Empty and doubled codes too.
    """
    column = _code_column(frame, id_column, path)
    codes = texts(frame[column])
    empty = np.flatnonzero(codes.isna())
    if empty.size:
        raise InputError(
            f"{empty.size} rows without a code",
            where=f"{path}, row {frame.index[empty[0]]}, {column}",
            remedy="fill in or drop them",
        )
    codes = clean_codes(codes, f"{path}, {column}")
    twice = codes[codes.duplicated()]
    if len(twice):
        raise InputError(
            f"'{twice.iloc[0]}' occurs more than once ({twice.nunique()} such codes)",
            where=f"{path}, row {twice.index[0]}, {column}",
            remedy="keep one row for each zone",
        )
    return pd.Index(codes.to_list(), name="zone_id")


def _code_column(frame: pd.DataFrame, id_column: str | None, path: Path) -> str:
    """Return the header of the zone codes; raises as `zone_codes` says."""
    if id_column and plain_header(id_column) in frame.columns:
        return plain_header(id_column)
    matches = [(str(name), match) for name in frame.columns if (match := LSOA_CODE.fullmatch(str(name)))]
    editions = {name: next(filter(None, match.groups())) for name, match in matches}
    asked = edition_year(id_column)
    for name, year in editions.items():
        if id_column is None or asked == year:
            return name
    wanted = id_column or "LSOA code"
    if editions:
        name, year = next(iter(editions.items()))
        raise OtherEditionError(
            f"holds zones of LSOA 20{year} (column '{name}'), not '{wanted}'",
            where=str(path),
            id_column=f"lsoa{year}cd",
        )
    nomis = next((str(name) for name in frame.columns if _NOMIS_CODE.fullmatch(str(name))), None)
    if nomis and (asked or id_column is None):
        return nomis
    raise InputError(
        f"no column '{wanted}'; found: {listed(frame)}",
        where=str(path),
        remedy=f"name the column of codes {wanted}, or give its header as headers.zone_id in the recipe",
    )
