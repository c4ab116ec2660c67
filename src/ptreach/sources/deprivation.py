"""Indices of Deprivation: the publisher's File 7 as it is downloaded, or the compact tables made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.tables import find_column, need_column, numbers, read_table, texts, zone_codes

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.model import FloatArray


class _Column(NamedTuple):
    """How a column of ours is found: File 7's header without its tail, and a pattern of plain headers."""

    name: str
    header: str
    pattern: str
    always: bool


# File 7's long headers are cut at 80 characters in some editions and name a year: match what comes before.
_TEXTS: Final = (
    _Column("zone_name", "LSOA name", r"lsoa name \(20\d\d\)|lsoa\d\d_?(nm|name)", always=True),
    _Column(
        "district_code",
        "Local Authority District code",
        r"local authority district code \(20\d\d\)|(lad|ltla)\d\d_?(cd|code)",
        always=True,
    ),
    _Column(
        "district_name",
        "Local Authority District name",
        r"local authority district name \(20\d\d\)|(lad|ltla)\d\d_?(nm|name)",
        always=True,
    ),
)
_IMD: Final = "Index of Multiple Deprivation (IMD)"
_IDACI: Final = "Income Deprivation Affecting Children Index (IDACI)"
_NUMBERS: Final = (
    _Column(
        "imd_score", f"{_IMD} Score", r"index of multiple deprivation \(imd\) score.*|imd_score", always=True
    ),
    _Column(
        "imd_rank", f"{_IMD} Rank", r"index of multiple deprivation \(imd\) rank.*|imd_rank", always=True
    ),
    _Column(
        "imd_decile",
        f"{_IMD} Decile",
        r"index of multiple deprivation \(imd\) decile.*|imd_decile",
        always=True,
    ),
    _Column(
        "idaci_score",
        f"{_IDACI} Score",
        r"income deprivation affecting children index \(idaci\) score.*|idaci_score",
        always=False,
    ),
    _Column(
        "idaci_rank",
        f"{_IDACI} Rank",
        r"income deprivation affecting children index \(idaci\) rank.*|idaci_rank",
        always=False,
    ),
    _Column(
        "idaci_decile",
        f"{_IDACI} Decile",
        r"income deprivation affecting children index \(idaci\) decile.*|idaci_decile",
        always=False,
    ),
    _Column(
        "population_iod",
        "Total population: mid …",
        r"total population: mid .*|pop_total_population",
        always=False,
    ),
    _Column(
        "children_iod",
        "Dependent Children aged 0-15: mid …",
        r"dependent children aged 0-15: mid .*|pop_dependent_children_aged_0-15",
        always=False,
    ),
)


def read_deprivation(path: Path, id_column: str | None = None) -> pd.DataFrame:
    """Return scores, ranks, deciles and denominators, one row a zone, sorted by ``zone_id``.

    Reads File 7 (CSV) of the Indices of Deprivation 2019 or 2025, and compact tables (Parquet or CSV) with
    short headers. A compact table may lack IDACI and denominators; File 7 must have them.

    Parameters
    ----------
    path
        The table.
    id_column
        The edition asked for, such as ``lsoa11cd``; any if None.

    Returns
    -------
    DataFrame
        ``zone_id, zone_name, district_code, district_name`` text; ``imd_score, imd_rank, imd_decile,
        idaci_rank, idaci_decile, idaci_score, population_iod, children_iod`` float64, NaN where absent. Rank
        1 and decile 1 are the most deprived.

    Raises
    ------
    InputError
        Where a header is missing (naming it and those found), a cell is no number, a decile or rank is out of
        range, a zone occurs twice, or the edition is another.
    """
    table = read_table(path)
    is_file_7 = find_column(table, r"index of multiple deprivation \(imd\).*") is not None
    out: dict[str, object] = {"zone_id": zone_codes(table, id_column, path)}
    for column in _TEXTS:
        out[column.name] = texts(table[need_column(table, column.pattern, column.header, path)]).to_numpy()
    for column in _NUMBERS:
        if column.always or is_file_7:
            header: str | None = need_column(table, column.pattern, column.header, path)
        else:
            header = find_column(table, column.pattern)
        values = numbers(table, header, path) if header else np.full(len(table), np.nan)
        if header:
            _check_range(values, column.name, table, header, path)
        out[column.name] = values
    order = ["idaci_rank", "idaci_decile", "idaci_score", "population_iod", "children_iod"]
    frame = pd.DataFrame(out)
    frame = frame[[name for name in frame.columns if name not in order] + order]
    return frame.sort_values("zone_id", ignore_index=True)


def _check_range(values: FloatArray, name: str, table: pd.DataFrame, header: str, path: Path) -> None:
    """Raise InputError for deciles, ranks, scores and counts that cannot be."""
    kind = name.rpartition("_")[2]
    if kind == "decile":
        wrong, remedy = ~np.isin(values, np.arange(1, 11)), "deciles are whole numbers from 1 to 10"
    elif kind == "rank":
        wrong, remedy = ~((values >= 1) & (values == np.floor(values))), "ranks are whole numbers from 1"
    else:
        wrong, remedy = values < 0, "give a number that is not negative"
    found = np.flatnonzero(wrong & ~np.isnan(values))
    if found.size:
        raise InputError(
            f"{values[found[0]]:g} is out of range",
            where=f"{path}, row {table.index[found[0]]}, {header}",
            remedy=remedy,
        )
