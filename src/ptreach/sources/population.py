"""Population of zones from tables of single years of age."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.tables import find_column, need_column, numbers, read_table, zone_codes

if TYPE_CHECKING:
    from pathlib import Path

_CHILD_AGES: Final = range(16)
# The youngest age that publishers let stand for all older ones: 85+.
_OPEN_AGE: Final = 85
_AGE: Final = re.compile(r"(?:aged?[ _]?)?(\d{1,3})(?:\+| and over| or over)?")


def read_population(path: Path, id_column: str) -> pd.DataFrame:
    """Return ``population`` and ``children`` (ages 0-15) by zone from a table of single years of age.

    Columns of ages are ``0 … 89, 90+``, with or without ``Age`` or ``Aged`` before; a total column is used
    where there is one, else the sum of all ages.

    Raises
    ------
    InputError
        Where the codes, one of the ages 0 to 15 or, without a total, one of any age is missing; where an age
        has two columns, a number is negative, or a zone has more children than people.
    """
    table = read_table(path)
    codes = zone_codes(table, id_column, path)
    total = find_column(table, "total_population|total population|all ages|total|population")
    ages = _age_columns(table, path)
    for age in _CHILD_AGES if total else range(max([*ages, _OPEN_AGE]) + 1):
        if age not in ages:
            need_column(table, str(age), f"{age} (single year of age)", path)
    by_age = {
        age: numbers(table, header, path) for age, header in ages.items() if age in _CHILD_AGES or not total
    }
    children = np.sum([by_age[age] for age in _CHILD_AGES], axis=0)
    population = numbers(table, total, path) if total else np.sum(list(by_age.values()), axis=0)
    lowest = np.fmin.reduce([*by_age.values(), population, population - children])  # past NaN
    wrong = np.flatnonzero(lowest < 0)
    if wrong.size:
        raise InputError(
            f"{codes[wrong[0]]} has a negative number, or more children than people",
            where=f"{path}, row {table.index[wrong[0]]}",
            remedy="take the publisher's file as it is",
        )
    return pd.DataFrame({"population": population, "children": children}, index=codes)


def _age_columns(table: pd.DataFrame, path: Path) -> dict[int, str]:
    """Return the header of each single year of age; raise InputError where an age has two."""
    ages: dict[int, str] = {}
    for name in map(str, table.columns):
        match = _AGE.fullmatch(name)
        if match and int(match[1]) in ages:
            raise InputError(
                f"columns '{ages[int(match[1])]}' and '{name}' are of one age",
                where=str(path),
                remedy="drop one of them",
            )
        if match:
            ages[int(match[1])] = name
    return ages
