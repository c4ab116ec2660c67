"""Codes of zones: as spreadsheets mangle them, and which edition of zones they are of.

A code of an LSOA is never used again. Zones that stayed the same from 2011 to 2021 kept theirs; those that
were split, merged or redrawn got new ones, in order after the last of 2011, and their old codes are gone. So
a code that both editions have is the same zone in both, one after the last of 2011 is of 2021 alone, and
codes that only one edition knows tell which edition a table is of, whatever its header says.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.cells import texts
from ptreach.sources.columns import listed, plain_header

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

OFFICIAL: Final = r"[EKNSW]\d{8}"
"""Codes of the Office for National Statistics: a letter for the country, then eight digits."""
LSOA: Final = re.compile(r"[EW]01\d{6}")
"""Codes of LSOAs, which England and Wales have."""
_OFFICIAL_LENGTH: Final = 9
_SHORTENED: Final = r"\d+(?:[.,]\d+)?[eE]\+\d+"
_LAST_OF_2011: Final = {"E": "E01033768", "W": "W01001909"}
# England has 32,844 (2011) or 33,755 (2021): from so many on, a code that is not among them is of none.
_WHOLE_COUNTRY: Final = 30_000
_LSOA_HEADER: Final = re.compile(
    r"(?:f_)?lsoa(?:20)?(?P<a>\d\d)_?(?:cd|code)|lsoa code \(20(?P<b>\d\d)\)|lsoa 20(?P<c>\d\d) code"
)
# Nomis's header of codes names no edition.
_NOMIS_CODE: Final = re.compile("geography[ _]code")

_log = logging.getLogger(__name__)


class OtherEditionError(InputError):
    """A table is of another edition than the zones; ``id_column`` is what that edition's codes are called."""

    def __init__(self, year: str, why: str, asked: str, *, where: str) -> None:
        self.id_column = f"lsoa{year}cd"
        super().__init__(
            f"holds zones of LSOA 20{year} ({why}), not of {asked}",
            where=where,
            remedy="take all tables of one edition, for editions share codes but not zones; or add the "
            "lookup from LSOA 2011 to 2021 to the recipe, as kind editions",
        )


def edition_year(header: str | None) -> str:
    """Return ``11`` or ``21`` of a header such as ``lsoa21cd``, an empty text for zones of other kinds."""
    found = _LSOA_HEADER.fullmatch(plain_header(header or ""))
    return next(filter(None, found.groups())) if found else ""


def is_new(code: str) -> bool:
    """Say whether a code of an LSOA is one that the edition of 2021 made."""
    return bool(_new((code,)))


def _new(codes: Collection[str]) -> set[str]:
    """Return those codes that are new: whole tables of them at once, which `is_new` a code takes long for."""
    return {code for code in codes if code > _LAST_OF_2011.get(code[:1], "~")}


@dataclass(frozen=True)
class Edition:
    """An edition of zones: its column of codes, the codes of the zones asked for, and its name to readers."""

    id_column: str
    codes: frozenset[str]
    name: str

    @cached_property
    def year(self) -> str:
        """``11`` or ``21`` for LSOAs, by the name of the codes, else by the codes; else an empty text."""
        return edition_year(self.id_column) or ("21" if any(map(is_new, self.lsoas)) else "")

    @cached_property
    def lsoas(self) -> frozenset[str]:
        """Those codes that are of LSOAs."""
        return frozenset(filter(LSOA.fullmatch, self.codes))

    @cached_property
    def new(self) -> frozenset[str]:
        """Those codes that the edition of 2021 made."""
        return frozenset(_new(self.lsoas))

    @cached_property
    def countries(self) -> str:
        """The letters that the codes of its countries begin with: ``E``, ``EW``."""
        return "".join(sorted({code[0] for code in self.lsoas})) or "E"

    def has(self, codes: pd.Series[Any]) -> pd.Series[bool]:
        """Return which of some codes are the edition's."""
        known = [code in self.codes for code in codes.to_numpy(dtype=object)]
        return pd.Series(known, index=codes.index, dtype=np.bool_)


class Told(NamedTuple):
    """What codes tell: that they are of the edition of ``year``, or, where it is empty, of ``other``; why."""

    year: str
    why: str
    other: str = ""


def told_apart(codes: Collection[str], edition: Edition) -> Told | None:
    """Return what the codes of a table tell of its edition where that is not the one asked for, else None.

    Of LSOAs only, and of the countries that both have. Codes that are of no edition, or of both, are told
    where the zones asked for are those of a whole country. A table of 2011 under codes that both editions
    have is known by what it lacks: all that 2021 made, while of the others no more than a tenth.
    """
    column = pd.Series(list(codes) if not isinstance(codes, pd.Index) else codes, dtype="str")
    countries = column.str[:1]
    lsoas = column.str.fullmatch(LSOA.pattern) & countries.isin(list(edition.countries))
    theirs = set(column[lsoas].to_numpy(dtype=object))
    common = set(countries[lsoas].unique())
    ours, new_zones = (
        {code for code in known if code[0] in common} if common < set(edition.countries) else set(known)
        for known in (edition.lsoas, edition.new)
    )
    new = _new(theirs)
    if edition.year != "21":
        return (
            Told("21", _such_as(new))
            if new and (edition.year or ours - theirs)
            else _strange(theirs, edition)
        )
    if new:
        return _strange(theirs, edition)
    unknown = theirs - edition.codes if len(edition.codes) > _WHOLE_COUNTRY else set()
    if unknown:
        return Told("11", _such_as(unknown))
    lacking = ours - theirs - new_zones
    if new_zones and 10 * len(lacking) <= len(ours) - len(new_zones):
        return Told("11", f"none such as {min(new_zones)}")
    return None


def _strange(codes: set[str], edition: Edition) -> Told | None:
    """Return that codes are of no edition or of both, None where the zones asked for may be but a part."""
    unknown = codes - edition.codes
    if not edition.year or len(edition.codes) <= _WHOLE_COUNTRY or not unknown:
        return None
    old = {code for code in unknown if not is_new(code)} if edition.year == "21" else set()
    return Told(
        "", _such_as(old or unknown), "both LSOA 2011 and 2021" if old else "no edition that is known"
    )


def _such_as(codes: set[str]) -> str:
    """Return how many codes there are, with one of them."""
    return f"{len(codes)} codes such as {min(codes)}"


def check_edition(
    codes: Collection[str], edition: Edition, where: Path | str, *, strictly: bool = False
) -> None:
    """Raise OtherEditionError where a table's codes show that it is of another edition than the zones.

    With `strictly`, raise InputError too where they are of no edition, or of both.
    """
    told = told_apart(codes, edition)
    if told and told.year:
        raise OtherEditionError(told.year, told.why, edition.name, where=str(where))
    if told and strictly:
        raise InputError(
            f"holds zones of {told.other} ({told.why}), not of {edition.name}",
            where=str(where),
            remedy=f"take the table for {edition.name}",
        )


def clean_codes(codes: pd.Series[Any], where: Path | str, column: str) -> pd.Series[Any]:
    """Return codes as their publisher writes them.

    Where most are official codes all must be: those in small letters are counted and put right.

    Parameters
    ----------
    codes
        Texts without outer blanks, none missing; the index says which row.
    where, column
        What names the file in messages, and the column.

    Raises
    ------
    InputError
        Where a spreadsheet has made a number of a code and cut its digits, or, among official codes, one has
        lost or gained a character.
    """
    refuse_mangled(codes, where, column)
    upper = codes.str.upper()
    official = upper.str.fullmatch(OFFICIAL).to_numpy(dtype=np.bool_)
    if official.mean() < 0.5:  # zones of one's own
        return codes
    for row, code in codes[~official].head(1).items():
        raise InputError(
            f"'{code}' is no code such as {upper[official].iloc[0]} ({(~official).sum()} such rows)",
            where=f"{where}, row {row}, {column}",
            remedy=f"correct or drop it; codes have a letter and {_OFFICIAL_LENGTH - 1} digits",
        )
    small = int((upper != codes).sum())
    if small:
        _log.warning("%s, %s: %d codes in small letters are put right", where, column, small)
    return upper


def refuse_mangled(codes: pd.Series[Any], where: Path | str, column: str, pattern: str = _SHORTENED) -> None:
    """Raise InputError for a code that a spreadsheet turned into a number: one that matches `pattern`."""
    mangled = codes[codes.str.fullmatch(pattern, na=False)]
    if len(mangled):
        raise InputError(
            f"'{mangled.iloc[0]}' is a code that a spreadsheet turned into a number "
            f"({len(mangled)} such codes)",
            where=f"{where}, row {mangled.index[0]}, {column}",
            remedy="take the publisher's file, or make the column text before the codes go in",
        )


def refuse_twice(codes: pd.Series[Any], where: Path | str, column: str, what: str = "zone") -> None:
    """Raise InputError where a code occurs twice; a row is of a `what`."""
    twice = codes[codes.duplicated()]
    if len(twice):
        raise InputError(
            f"'{twice.iloc[0]}' occurs more than once ({twice.nunique()} such codes)",
            where=f"{where}, row {twice.index[0]}, {column}",
            remedy=f"keep one row for each {what}",
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
    column = headed_codes(frame, id_column, path) or _codes_of_nomis(frame, id_column, path)
    codes = texts(frame[column])
    empty = np.flatnonzero(codes.isna())
    if empty.size:
        raise InputError(
            f"{empty.size} rows without a code",
            where=f"{path}, row {frame.index[empty[0]]}, {column}",
            remedy="fill in or drop them",
        )
    codes = clean_codes(codes, path, column)
    refuse_twice(codes, path, column)
    return pd.Index(codes.to_list(), name="zone_id")


def headed_codes(frame: pd.DataFrame, id_column: str | None, where: Path | str) -> str | None:
    """Return the header of zone codes: `id_column`, or one of publishers for its edition; else None.

    Raises
    ------
    OtherEditionError
        Where there is only one of another edition.
    """
    if id_column and plain_header(id_column) in frame.columns:
        return plain_header(id_column)
    editions = {str(name): year for name in frame.columns if (year := edition_year(str(name)))}
    asked = edition_year(id_column)
    for name, year in editions.items():
        if id_column is None or asked == year:
            return name
    for name, year in editions.items():
        raise OtherEditionError(
            year, f"column '{name}'", f"LSOA 20{asked}" if asked else f"'{id_column}'", where=str(where)
        )
    return None


def _codes_of_nomis(frame: pd.DataFrame, id_column: str | None, path: Path) -> str:
    """Return Nomis's header of codes, of LSOAs; raise InputError where there is none."""
    nomis = next((str(name) for name in frame.columns if _NOMIS_CODE.fullmatch(str(name))), None)
    if nomis and (id_column is None or edition_year(id_column)):
        return nomis
    wanted = id_column or "LSOA code"
    raise InputError(
        f"no column '{wanted}'; found: {listed(frame)}",
        where=str(path),
        remedy=f"name the column of codes {wanted}, or give its header as headers.zone_id in the recipe",
    )
