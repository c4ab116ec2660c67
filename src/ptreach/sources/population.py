"""People of zones by age: from single years, bands, or single years of either sex."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.cells import numbers, refuse_negative
from ptreach.sources.codes import zone_codes
from ptreach.sources.columns import label_of, listed
from ptreach.sources.once import read_once
from ptreach.sources.tables import PLAIN, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.model import FloatArray
    from ptreach.sources.tables import Layout

# The youngest age that publishers let stand for all older ones: 85+.
_OPEN_AGE: Final = 85
_OLDEST: Final = 1_000
_TOTAL: Final = re.compile(
    r"total_population|total population|all ages|population|(?:age: )?total(?:: all usual residents)?"
    r"|all usual residents"
)
_BEFORE: Final = r"(?:age: )?(?:aged?[ _]?)?"
_YEARS: Final = "(?: years?)?"
_SINGLE: Final = re.compile(rf"(?:{_BEFORE}|[fm])(?P<low>\d{{1,3}}){_YEARS}(?P<open>\+| and over| or over)?")
_BAND: Final = re.compile(
    rf"{_BEFORE}(?P<low>\d{{1,3}})[ _]?(?:to|[-\u2013_])[ _]?(?P<high>\d{{1,3}}){_YEARS}"
)
_UP_TO: Final = re.compile(
    rf"{_BEFORE}(?:(?P<high>\d{{1,3}}){_YEARS} and under|under (?P<below>\d{{1,3}}){_YEARS})"
)
_OF_ONE_SEX: Final = re.compile(r"[fm]\d.*")
_FEWEST_BANDS: Final = 3
_GROUPS: Final = {"children": (0, 15), "working_age": (16, 64), "pensioners": (65, _OLDEST)}

_log = logging.getLogger(__name__)


class _Band(NamedTuple):
    """Ages that columns count, the oldest of them included, and the headers of these columns."""

    low: int
    high: int
    headers: tuple[str, ...]


@read_once
def read_population(path: Path, id_column: str, layout: Layout = PLAIN) -> pd.DataFrame:
    """Return people of zones by age, from a table with a column for each age or band of ages.

    Columns of single years are ``0 … 89, 90+``, with or without ``Age`` or ``Aged`` before, or ``F0 … M90``
    for either sex; those of bands are such as ``Aged 16 to 24 years`` or ``65+``. A total is used where there
    is one, else the sum of all ages. Columns that are called as those below are taken as they are.

    Returns
    -------
    DataFrame
        By ``zone_id``: ``population``, ``children`` (ages 0-15), ``working_age`` (16-64), ``pensioners`` (65
        and over); float64. A group that the bands cut across is NaN for all zones, which is logged.

    Raises
    ------
    InputError
        Where the codes or columns of ages are missing, two columns are of one age, single years have a gap, a
        number is negative, or a zone has more children than people.
    """
    table = read_table(path, layout)
    return people_by_age(table, zone_codes(table, layout.id_column(id_column), path), path)


def is_of_ages(headers: Sequence[str]) -> bool:
    """Say whether a table with these plain headers is one of people of all ages, by age."""
    found = [ages for header in headers if (ages := _ages(header))]
    whole = any(low == 0 for low, _ in found) and any(high == _OLDEST for _, high in found)
    return whole and len(found) >= _FEWEST_BANDS


def people_by_age(table: pd.DataFrame, codes: pd.Index[Any], where: Path | str) -> pd.DataFrame:
    """Return people of zones from a table under plain headers, as `read_population` does.

    `codes` are the zones of its rows, `where` names it in messages.
    """
    bands = _bands(table, where)
    total = next((str(name) for name in table.columns if _TOTAL.fullmatch(label_of(str(name)))), None)
    frame = pd.DataFrame(index=codes)
    if total:
        frame["population"] = _added(table, [_Band(0, _OLDEST, (total,))], where)
    else:
        frame["population"] = _added(table, _needed(bands, 0, _OLDEST, table, where), where)
    for name, (low, high) in _GROUPS.items():
        frame[name] = _group(table, bands, name, (low, high), where)
    wrong = np.flatnonzero(frame["children"] > frame["population"])
    if wrong.size:
        raise InputError(
            f"{codes[wrong[0]]} has more children than people",
            where=f"{where}, row {table.index[wrong[0]]}",
            remedy="take the publisher's file as it is",
        )
    return frame


def _bands(table: pd.DataFrame, where: Path | str) -> tuple[_Band, ...]:
    """Return what ages the columns count; raise InputError where two columns are of the same."""
    found: dict[tuple[int, int], list[str]] = {}
    singles: dict[int, list[str]] = {}
    for name in map(str, table.columns):
        ages = _ages(name)
        if ages is None:
            continue
        # 90 and 90+ are of one age.
        same = singles.setdefault(ages[0], []) if _SINGLE.fullmatch(label_of(name)) else found.get(ages, [])
        if same and not (_OF_ONE_SEX.fullmatch(name) and same == [_other_sex(name)]):
            raise InputError(
                f"columns '{same[0]}' and '{name}' are of one age",
                where=str(where),
                remedy="drop one of them",
            )
        found.setdefault(ages, []).append(name)
        if _SINGLE.fullmatch(label_of(name)):
            same.append(name)
    for names in found.values():
        if len(names) == 1 and _OF_ONE_SEX.fullmatch(names[0]):
            raise InputError(
                f"no column '{_other_sex(names[0])}' beside '{names[0]}'",
                where=str(where),
                remedy="take the publisher's file as it is, with both sexes",
            )
    return tuple(_Band(low, high, tuple(names)) for (low, high), names in found.items())


def _other_sex(header: str) -> str:
    """Return the header of the same age of the other sex."""
    return ("m" if header[0] == "f" else "f") + header[1:]


def _ages(header: str) -> tuple[int, int] | None:
    """Return the youngest and oldest age of a column, None where it is of none."""
    header = label_of(header)
    if single := _SINGLE.fullmatch(header):
        return int(single["low"]), _OLDEST if single["open"] else int(single["low"])
    if band := _BAND.fullmatch(header):
        return int(band["low"]), int(band["high"])
    if band := _UP_TO.fullmatch(header):
        return 0, int(band["high"]) if band["high"] else int(band["below"]) - 1
    return None


def _cover(bands: Sequence[_Band], low: int, high: int) -> tuple[list[_Band], int]:
    """Return bands that count each age from `low` to `high` once, and the age after the last that they reach.

    That is above `high` where there are such bands. The oldest single year of a table counts all older ones.
    """
    ways: dict[int, list[_Band]] = {low: []}
    last = max((band.low for band in bands), default=0)
    for band in sorted(bands):
        if band.low in ways and band.high <= high:
            end = band.high + 1
            if high == _OLDEST and band.low == last and end > _OPEN_AGE:
                end = _OLDEST + 1
            ways.setdefault(end, [*ways[band.low], band])
    reached = max(ways)
    return ways[reached], reached


def _needed(
    bands: Sequence[_Band], low: int, high: int, table: pd.DataFrame, where: Path | str
) -> list[_Band]:
    """Return bands as `_cover` does; raise InputError that names the first age without a column."""
    chosen, reached = _cover(bands, low, high)
    if reached <= high:
        raise InputError(
            f"no column '{reached} (single year of age)' nor a band that fits; found: {listed(table)}",
            where=str(where),
            remedy="take the publisher's file as it is",
        )
    return chosen


def _group(
    table: pd.DataFrame,
    bands: Sequence[_Band],
    name: str,
    ages: tuple[int, int],
    where: Path | str,
) -> FloatArray:
    """Return people of a group of ages, NaN where the bands of the table cut across it.

    Raises
    ------
    InputError
        Where it is of children and the table has single years, but not all of theirs.
    """
    low, high = ages
    if name in table.columns:
        return _added(table, [_Band(low, high, (name,))], where)
    chosen, reached = _cover(bands, low, high)
    if reached > high:
        return _added(table, chosen, where)
    young = [band for band in bands if band.low <= high]
    if name == "children" and young and all(band.low == band.high for band in young):
        _needed(bands, low, high, table, where)
    until = "the oldest" if high == _OLDEST else high
    _log.warning(
        "%s: no %s: no columns count ages %d to %s", Path(where).name, name.replace("_", " "), low, until
    )
    return np.full(len(table), np.nan)


def _added(table: pd.DataFrame, bands: Sequence[_Band], where: Path | str) -> FloatArray:
    """Return the sum of columns, NaN where one is not known; raise InputError where one is negative."""
    columns = {
        header: numbers(table, header, where, suppressed=True) for band in bands for header in band.headers
    }
    for header, column in columns.items():
        refuse_negative(column, table, header, where)
    return np.ascontiguousarray(np.sum(list(columns.values()), axis=0), dtype=np.float64)
