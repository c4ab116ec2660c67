"""Lookups: which ward, district and region each zone lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.cells import texts
from ptreach.sources.codes import zone_codes
from ptreach.sources.columns import find_column, listed
from ptreach.sources.once import read_once
from ptreach.sources.tables import PLAIN, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.sources.tables import Layout

_PATTERNS: Final = {
    "ward_code": r"ward_code|(wd|ward)\d\d_?(cd|code)",
    "ward_name": r"ward_name|(wd|ward)\d\d_?(nm|name)",
    "district_code": r"district_code|(lad|ltla)\d\d_?(cd|code)",
    "district_name": r"district_name|(lad|ltla)\d\d_?(nm|name)",
    "region_code": r"region_code|(rgn|region)\d\d_?(cd|code)",
    "region_name": r"region_name|(rgn|region)\d\d_?(nm|name)",
}
COLUMNS: Final = tuple(_PATTERNS)
"""What a lookup may say of a zone."""


@read_once
def read_lookup(path: Path, id_column: str, layout: Layout = PLAIN) -> pd.DataFrame:
    """Return ward, district and region by ``zone_id``: codes and names, text, NaN where absent.

    Raises
    ------
    InputError
        Where the codes of zones are missing or of another edition, a zone has two rows, or nothing is looked
        up.
    """
    table = read_table(path, layout)
    headers = {name: find_column(table, pattern) for name, pattern in _PATTERNS.items()}
    if not any(headers.values()):
        raise InputError(
            f"no column of wards, districts or regions, such as LAD24CD; found: {listed(table)}",
            where=str(path),
            remedy="take a lookup from zones to districts, or name its headers in the recipe",
        )
    places = pd.DataFrame(
        {
            name: texts(table[header]) if header else pd.Series(np.nan, index=table.index, dtype=object)
            for name, header in headers.items()
        }
    )
    return places.set_axis(zone_codes(table, layout.id_column(id_column), path), axis=0)
