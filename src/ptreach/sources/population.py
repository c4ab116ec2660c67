"""Population of zones from tables of single years of age."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.sources.tables import find_column, need_column, numbers, read_table, zone_codes

if TYPE_CHECKING:
    from pathlib import Path

_CHILD_AGES: Final = range(16)
_AGE: Final = re.compile(r"(?:aged?[ _]?)?(\d{1,3})(?:\+| and over| or over)?")


def read_population(path: Path, id_column: str) -> pd.DataFrame:
    """Return ``population`` and ``children`` (ages 0-15) by zone from a table of single years of age.

    Columns of ages are ``0 … 89, 90+``, with or without ``Age`` or ``Aged`` before; a total column is used
    where there is one, else the sum of all ages.

    Raises
    ------
    InputError
        Where the codes or one of the ages 0 to 15 are missing.
    """
    table = read_table(path)
    codes = zone_codes(table, id_column, path)
    ages = {int(match[1]): str(name) for name in table.columns if (match := _AGE.fullmatch(str(name)))}
    lacking = [age for age in _CHILD_AGES if age not in ages]
    if lacking:
        need_column(table, str(lacking[0]), f"{lacking[0]} (single year of age)", path)
    total = find_column(table, "total_population|total population|all ages|total|population")
    by_age = {
        age: numbers(table, header, path) for age, header in ages.items() if age in _CHILD_AGES or not total
    }
    children = np.sum([by_age[age] for age in _CHILD_AGES], axis=0)
    population = numbers(table, total, path) if total else np.sum(list(by_age.values()), axis=0)
    return pd.DataFrame({"population": population, "children": children}, index=codes)
