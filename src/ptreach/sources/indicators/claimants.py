"""Claimant count by small area: Nomis dataset UCJSA as its API gives it (CSV).

Nomis cuts an answer at 25,000 rows without a word, rounds counts to 5 and leaves those below 5 empty. So an
empty count is not known, and not 0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.errors import InputError
from ptreach.model import Indicator
from ptreach.sources.cells import log_codes, numbers, read_cells, refuse_negative, texts
from ptreach.sources.columns import find_column, need_column
from ptreach.sources.indicators.catalogue import CLAIMANT_RATE, CLAIMANTS
from ptreach.sources.indicators.figures import Figures, figures, percentages
from ptreach.sources.indicators.rows import rows_of_zones

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from ptreach.sources.codes import Edition
    from ptreach.sources.indicators.ages import Ages
    from ptreach.sources.indicators.files import Table

_PAGE_ROWS: Final = 25_000
_PAGE_REMEDY: Final = (
    "ask again with RecordOffset=25000, 50000 and so on, and append the rows of the pages to the first"
)
_PROPORTION: Final = "proportion of residents aged 16"


class _Dimension(NamedTuple):
    """What a row must not vary in: its columns, and the one value of it that is meant, as a pattern."""

    what: str
    columns: str
    meant: str
    remedy: str


_DIMENSIONS: Final = (
    _Dimension("date", "date(_code|_name)?", ".*", "ask for one date, such as date=latest"),
    _Dimension(
        "gender", "(gender|sex)(_code|_name)?", "0|7|total|persons?|all.*", "ask for gender=0, the total"
    ),
    _Dimension("age", "age(_code|_name)?", "0|total|all.*", "ask for age=0, all ages"),
    _Dimension("measure", "measure(_code|_name)?", ".*", "ask for measure=1, claimants"),
    _Dimension("kind of value", "measures(_code|_name)?", "20100|value", "ask for measures=20100, the value"),
)


def is_of_claimants(headers: Sequence[str]) -> bool:
    """Say whether a table with these plain headers is an answer of Nomis's API."""
    return "obs_value" in headers and any(re.fullmatch("geography_code|geography", name) for name in headers)


def read_claimants(table: Table, edition: Edition) -> Figures:
    """Return claimants by zone: their number, or what the table has them per cent of.

    Raises
    ------
    InputError
        Where the table is cut, of several dates, of some people only, of something else than claimants, or
        of another edition.
    """
    frame, where = table
    column = need_column(frame, "geography_code", "GEOGRAPHY_CODE", where)
    # The header again, where pages were put one after the other.
    frame = frame[texts(frame[column]).str.casefold() != column]
    _refuse_census(frame, where)
    _refuse_cut(frame, where)
    for dimension in _DIMENSIONS:
        _refuse_several(frame, dimension, where)
    codes = rows_of_zones(frame, edition, where, column)
    frame = frame.loc[codes.index]
    cells = read_cells(frame, "obs_value", where)
    log_codes(cells.codes, "obs_value", where)
    refuse_negative(cells.numbers, frame, "obs_value", where)
    date = _first(frame, "date_name", "date(_code)?")
    note = (f"Claimant count, {date}; " if date else "Claimant count; ") + (
        "rounded to 5 by the publisher, counts below 5 are not known."
    )
    if _measures_rate(frame, where):
        indicator = Indicator(*CLAIMANT_RATE, "work", "%", edition.name, note=note)
        return figures(indicator, cells.numbers, codes, where)
    indicator = Indicator(*CLAIMANTS, "work", "people", edition.name, note=note)
    return figures(indicator, cells.numbers, codes, where, adds_up=True)


def rate_of_claimants(claimants: Figures, ages: Ages | None) -> Figures:
    """Return claimants per cent of people aged 16 to 64, where their number is given and `ages` knows these.

    Raises
    ------
    InputError
        Where a zone has more claimants than people aged 16 to 64.
    """
    said = claimants.indicator
    if said.name != CLAIMANTS[0] or ages is None or ages.by_zone["working_age"].isna().all():
        return claimants
    name, title = CLAIMANT_RATE
    of_working_age = ages.by_zone["working_age"].reindex(claimants.codes).to_numpy(dtype=np.float64)
    shares = percentages(
        claimants.by_zone.to_numpy(dtype=np.float64), of_working_age, claimants.codes, title, claimants.where
    )
    note = f"{said.note} People aged 16-64: {ages.title}."
    indicator = Indicator(name, title, said.theme, "%", said.edition, note=note)
    return figures(indicator, shares, claimants.codes, claimants.where)


def _refuse_census(frame: pd.DataFrame, where: Path | str) -> None:
    """Raise InputError for another dataset of Nomis, whose rows are categories."""
    alien = find_column(frame, r"(c20\d\d_|c_|industry|item|occupation|employment_status|cell).*")
    if alien is not None:
        raise InputError(
            f"is no claimant count: it has a column '{alien}'",
            where=str(where),
            remedy="of the census take Nomis's bulk zip, which has a column for each category",
        )


def _refuse_cut(frame: pd.DataFrame, where: Path | str) -> None:
    """Raise InputError where Nomis gave some of the rows only."""
    rows = len(frame)
    if "record_count" in frame.columns:
        count = int(np.nanmax(numbers(frame, "record_count", where), initial=0))
        if count > rows:
            raise InputError(
                f"has {rows:,} of {count:,} rows: Nomis gives 25,000 at a time",
                where=str(where),
                remedy=_PAGE_REMEDY,
            )
    elif rows and rows % _PAGE_ROWS == 0:
        raise InputError(
            f"has {rows:,} rows: Nomis gives 25,000 at a time and does not say so",
            where=str(where),
            remedy=_PAGE_REMEDY,
        )


def _refuse_several(frame: pd.DataFrame, dimension: _Dimension, where: Path | str) -> None:
    """Raise InputError where rows are of several dates, ages and so on, or not of the one that is meant."""
    for column in frame.columns:
        if not re.fullmatch(dimension.columns, str(column)):
            continue
        found = [str(value) for value in dict.fromkeys(texts(frame[column]).dropna())]
        if len(found) > 1:
            raise InputError(
                f"has {len(found)} values of {dimension.what}, such as {found[0]} and {found[1]}",
                where=f"{where}, {column}",
                remedy=dimension.remedy,
            )
        if found and not re.fullmatch(dimension.meant, found[0].casefold()):
            raise InputError(
                f"the {dimension.what} is {found[0]}", where=f"{where}, {column}", remedy=dimension.remedy
            )


def _first(frame: pd.DataFrame, *patterns: str) -> str:
    """Return the first cell that says anything of the first column that a pattern matches, else nothing."""
    for pattern in patterns:
        column = find_column(frame, pattern)
        if column is not None and len(said := texts(frame[column]).dropna()):
            return str(said.iloc[0])
    return ""


def _measures_rate(frame: pd.DataFrame, where: Path | str) -> bool:
    """Say whether values are per cent already; raise InputError for other measures than these two."""
    name, code = _first(frame, "measure_name").casefold(), _first(frame, "measure(_code)?")
    if name in {"claimant count", "claimants"} or (not name and code in {"", "1"}):
        return False
    if _PROPORTION in name or (not name and code == "2"):
        return True
    raise InputError(
        f"the measure is {name or code}, not the claimant count",
        where=str(where),
        remedy="ask for measure=1, claimants",
    )
