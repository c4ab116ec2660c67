"""Deprivation of districts as its publisher sums it up: File 10 of the Indices of Deprivation, or its like.

The averages are the publisher's own: of IMD weighted by people, of IDACI by children, of IDAOPI by people of
60 and over. They need no scores of small areas, which not every edition gives for IDACI.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.cells import numbers, texts
from ptreach.sources.codes import refuse_twice
from ptreach.sources.columns import find_column, need_column, plain_header
from ptreach.sources.once import read_once
from ptreach.sources.tables import PLAIN, read_table
from ptreach.sources.workbooks import SUFFIXES, read_sheets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ptreach.model import FloatArray
    from ptreach.sources.tables import Layout

INDICES: Final = ("imd", "idaci", "idaopi")
FIGURES: Final = (
    "average_rank",
    "rank_of_average_rank",
    "average_score",
    "rank_of_average_score",
    "proportion_in_decile_1",
    "rank_of_proportion_in_decile_1",
)
COLUMNS: Final = ("district_code", "district_name", *(f"{i}_{f}" for i in INDICES for f in FIGURES))
"""What is known of a district; a proportion is of zones, from 0 to 1."""
_CODE: Final = (
    r"district_code|local authority district code \(20\d\d\)|(lad|ltla)\d\d_?(cd|code)|area_code"
    r"|local authority code"
)
_NAME: Final = (
    r"district_name|local authority district name \(20\d\d\)|(lad|ltla)\d\d_?(nm|name)|area_name"
    r"|local authority name"
)
# By the words after the label, or as long tables call them.
_PATTERNS: Final = {
    "average_rank": "average rank|average_rank",
    "rank_of_average_rank": "rank of average rank|rank_average_rank",
    "average_score": "average score|average_score",
    "rank_of_average_score": "rank of average score|rank_average_score",
    "proportion_in_decile_1": "proportion of lsoas in most deprived 10% nationally|proportion_bottom_decile",
    "rank_of_proportion_in_decile_1": (
        "rank of proportion of lsoas in most deprived 10% nationally|rank_proportion_bottom_decile"
    ),
}
# Of older people before that of children: its short name begins with the same letters.
_INDEX: Final = (
    ("idaopi", re.compile(r"idaopi|older people")),
    ("idaci", re.compile(r"idaci|affecting children")),
    ("imd", re.compile(r"\bimd\b|index of multiple deprivation")),
)


@read_once
def read_district_deprivation(path: Path, layout: Layout = PLAIN) -> pd.DataFrame:
    """Return the publisher's summaries of districts, one row a district, sorted by code.

    Reads File 10 of 2019 and 2025 (lower-tier districts): the workbook, or one of its sheets as CSV; long
    tables with a row for each district and index; and tables that have the columns below.

    Returns
    -------
    DataFrame
        ``district_code, district_name`` text, and for each of ``imd_``, ``idaci_`` and ``idaopi_``:
        ``average_rank, rank_of_average_rank, average_score, rank_of_average_score, proportion_in_decile_1``
        (0 to 1), ``rank_of_proportion_in_decile_1``; float64, NaN where absent. Rank 1 is the most deprived;
        of average ranks, the publisher's highest is.

    Raises
    ------
    InputError
        Where there are no codes of districts, none of the indices, a district twice, a cell that is no
        number, or an average or proportion that can not be.
    """
    found: dict[str, pd.DataFrame] = {}
    for index, table in _parts(path, layout):
        if index in found:
            raise InputError(
                f"two tables of {index.upper()}", where=str(path), remedy="take the publisher's file as it is"
            )
        found[index] = _figures(table, index, path)
    if not found:
        raise InputError(
            "no average scores of IMD, IDACI or IDAOPI by district",
            where=str(path),
            remedy="take File 10 (lower tier) of the Indices of Deprivation",
        )
    names = pd.concat([part["district_name"] for part in found.values()])
    names = names[~names.index.duplicated()]
    joined = pd.concat([part.drop(columns="district_name") for part in found.values()], axis=1)
    joined.insert(0, "district_name", names.reindex(joined.index))
    joined = joined.rename_axis("district_code").sort_index().reset_index()
    return joined.reindex(columns=list(COLUMNS))


def _parts(path: Path, layout: Layout) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the table of each index under plain headers without labels."""
    if path.suffix.lower() in SUFFIXES:
        for name, sheet in read_sheets(path, _CODE).items():
            headers = [plain_header(header) for header in sheet.columns]
            index = _index_of(name) or _index_of(" ".join(headers))
            if index:
                yield index, _unlabelled(sheet.set_axis(headers, axis=1))
        return
    table = read_table(path, layout, _CODE)
    domain = find_column(table, r"index_domain|index|domain")
    if domain:
        of = texts(table[domain]).map(lambda text: _index_of(plain_header(text)))
        for index in sorted(set(of.dropna()) - {""}):
            yield index, table[of == index]
        return
    for index in INDICES:
        ours = {f"{index}_{figure}": figure for figure in FIGURES}
        if set(ours) & set(table.columns):
            others = [name for name in table.columns if name.startswith(tuple(f"{i}_" for i in INDICES))]
            yield index, table.drop(columns=[n for n in others if n not in ours]).rename(columns=ours)
    index = _index_of(" ".join(name for name in table.columns if " - " in name))
    if index:
        yield index, _unlabelled(table)


def _index_of(text: str) -> str:
    """Return which of the indices a name or header is of, an empty text where it is of none."""
    return next((index for index, pattern in _INDEX if pattern.search(text.casefold())), "")


def _unlabelled(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose headers are the words after the last `` - ``."""
    return table.rename(columns=lambda header: str(header).rpartition(" - ")[2])


def _figures(table: pd.DataFrame, index: str, path: Path) -> pd.DataFrame:
    """Return the figures of one index by code of district, with ``district_name``."""
    code = need_column(table, _CODE, "Local Authority District code", path)
    codes = texts(table[code])
    table = table[codes.notna()]  # publishers leave empty rows, and notes, at the end
    codes = codes.dropna()
    refuse_twice(codes, path, f"{code} ({index.upper()})", "district")
    out = pd.DataFrame(index=pd.Index(codes.to_list()))
    name = find_column(table, _NAME)
    out["district_name"] = texts(table[name]).to_numpy() if name else np.nan
    for figure, pattern in _PATTERNS.items():
        if figure == "average_score":
            header: str | None = need_column(table, pattern, "Average score", path)
        else:
            header = find_column(table, f"{figure}|{pattern}")
        if header:
            values = numbers(table, header, path, suppressed=True)
            _check_range(values, figure, index, table, header, path)
            out[f"{index}_{figure}"] = values
        else:
            out[f"{index}_{figure}"] = np.nan
    return out


def _check_range(
    values: FloatArray, figure: str, index: str, table: pd.DataFrame, header: str, path: Path
) -> None:
    """Raise InputError for figures that can not be: rates above 1, ranks below 1, negative scores."""
    rate = figure.startswith("proportion") or (figure == "average_score" and index != "imd")
    low, high = (1 if "rank" in figure else 0), (1 if rate else np.inf)
    wrong = np.flatnonzero((values < low) | (values > high))
    if wrong.size:
        raise InputError(
            f"{values[wrong[0]]:g} is out of range",
            where=f"{path}, row {table.index[wrong[0]]}, {header}",
            remedy="give a rate from 0 to 1, not per cent" if rate else f"give a number from {low}",
        )
