"""Indices of Deprivation of zones: the publisher's files as they are downloaded, or any table like them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.cells import numbers, texts
from ptreach.sources.codes import zone_codes
from ptreach.sources.columns import find_column, listed, need_column
from ptreach.sources.once import read_once
from ptreach.sources.tables import PLAIN, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.model import FloatArray
    from ptreach.sources.tables import Layout


class _Column(NamedTuple):
    """How a column of ours is found: File 7's header without its tail, and a pattern of plain headers."""

    name: str
    header: str
    pattern: str
    always: bool = True
    """Whether File 7 has it in both editions."""


# File 7's long headers are cut at 80 characters in some editions and name a year: match what comes before.
_TEXTS: Final = (
    _Column("zone_name", "LSOA name", r"zone_name|lsoa name \(20\d\d\)|lsoa\d\d_?(nm|name)"),
    _Column(
        "district_code",
        "Local Authority District code",
        r"district_code|local authority district code \(20\d\d\)|(lad|ltla)\d\d_?(cd|code)",
    ),
    _Column(
        "district_name",
        "Local Authority District name",
        r"district_name|local authority district name \(20\d\d\)|(lad|ltla)\d\d_?(nm|name)",
    ),
)
_IMD: Final = "Index of Multiple Deprivation (IMD)"
_IDACI: Final = "Income Deprivation Affecting Children Index (IDACI)"
_NUMBERS: Final = (
    _Column("imd_score", f"{_IMD} Score", r"index of multiple deprivation \(imd\) score.*|imd_score"),
    _Column("imd_rank", f"{_IMD} Rank", r"index of multiple deprivation \(imd\) rank.*|imd_rank"),
    _Column("imd_decile", f"{_IMD} Decile", r"index of multiple deprivation \(imd\) decile.*|imd_decile"),
    _Column(
        "idaci_rank",
        f"{_IDACI} Rank",
        r"income deprivation affecting children index \(idaci\) rank.*|idaci_rank",
    ),
    _Column(
        "idaci_decile",
        f"{_IDACI} Decile",
        r"income deprivation affecting children index \(idaci\) decile.*|idaci_decile",
    ),
    _Column(
        "idaci_score",
        f"{_IDACI} Score",
        r"income deprivation affecting children index \(idaci\) score.*|idaci_score",
    ),
    _Column(
        "population_iod",
        "Total population: mid …",
        r"total population: mid .*|pop_total_population|population_iod",
    ),
    _Column(
        "children_iod",
        "Dependent Children aged 0-15: mid …",
        r"dependent children aged 0-15: mid .*|pop_dependent_children_aged_0-15|children_iod",
    ),
    _Column(
        "older_iod",
        "Older population aged 60 and over: mid …",
        r"older population aged 60 and over: mid .*|pop_older_population_aged_60_and_over|older_iod",
    ),
    _Column(
        "adults_iod",
        "Population aged 16-59: mid …",
        r"population aged 16-59: mid .*|pop_population_aged_16-59|adults_iod",
        always=False,
    ),
    *(
        _Column(f"{domain}_score", f"{words} Score", rf"{words.casefold()} score.*|{short}", always=False)
        for domain, words, short in (
            ("income", "Income", "income_score"),
            ("employment", "Employment", "employment_score"),
            ("education", "Education, Skills and Training", "education_score"),
            ("health", "Health Deprivation and Disability", "health_score"),
            ("crime", "Crime", "crime_score"),
            ("barriers", "Barriers to Housing and Services", "barriers_score|housing_and_services_score"),
            ("environment", "Living Environment", "environment_score"),
        )
    ),
)
SCORES: Final = tuple(column.name for column in _NUMBERS if column.name.endswith("_score"))
"""Scores of indices and domains: the higher, the more deprived."""
_RATES: Final = ("idaci_score", "income_score", "employment_score")
# Some of these are standardised: 0 is about the country's mean.
_SIGNED: Final = ("education_score", "health_score", "crime_score", "barriers_score", "environment_score")
_DENOMINATORS: Final = r"(total population|dependent children aged 0-15): mid .*"
_HEADER: Final = r"lsoa code \(20\d\d\)|lsoa\d\d_?(cd|code)"
# With fewer zones, an order may be chance.
_ENOUGH_ZONES: Final = 20

_log = logging.getLogger(__name__)


@read_once
def read_deprivation(path: Path, id_column: str | None = None, layout: Layout = PLAIN) -> pd.DataFrame:
    """Return scores, ranks, deciles and denominators, one row a zone, sorted by ``zone_id``.

    Reads the files of the Indices of Deprivation 2019 and 2025, as CSV or workbook, compact tables with short
    headers, and any table whose headers `layout` gives. A file with denominators is File 7 and must have all
    of its columns; others must have one of score, rank and decile of multiple deprivation. Where a table has
    all ranks from 1 on and no deciles, they are worked out.

    Parameters
    ----------
    path, layout
        The table, and what its recipe says of it.
    id_column
        The edition asked for, such as ``lsoa11cd``; any if None.

    Returns
    -------
    DataFrame
        ``zone_id, zone_name, district_code, district_name`` text; ``imd_score, imd_rank, imd_decile,
        idaci_rank, idaci_decile, idaci_score``, ``income_score, employment_score`` (these three are rates, 0
        to 1) and scores of ``education, health, crime, barriers, environment``, ``population_iod,
        children_iod`` (0-15), ``older_iod`` (60 and over), ``adults_iod`` (16-59) float64, NaN where absent.
        Rank 1, decile 1 and the highest score are the most deprived.

    Raises
    ------
    InputError
        Where a header is missing (naming it and those found), a cell is no number, a decile, rank or rate is
        out of range, ranks, deciles and scores run against each other, a zone occurs twice, or the edition
        is another.
    """
    table = read_table(path, layout, _HEADER)
    is_file_7 = find_column(table, _DENOMINATORS) is not None
    out: dict[str, object] = {"zone_id": zone_codes(table, layout.id_column(id_column), path)}
    for column in (*_TEXTS, *_NUMBERS):
        if column.always and is_file_7:
            header: str | None = need_column(table, column.pattern, column.header, path)
        else:
            header = find_column(table, column.pattern)
        if header is None:
            out[column.name] = np.full(len(table), np.nan, dtype=object if column in _TEXTS else np.float64)
        elif column in _TEXTS:
            out[column.name] = texts(table[header]).to_numpy()
        else:
            out[column.name] = _numbers(table, column.name, header, path)
    frame = pd.DataFrame(out)
    if frame[["imd_score", "imd_rank", "imd_decile"]].isna().all(axis=None):
        raise InputError(
            f"no column '{_IMD} Score', Rank or Decile; found: {listed(table)}",
            where=str(path),
            remedy="take the publisher's file as it is, or name its headers in the recipe",
        )
    for index in ("imd", "idaci"):
        _check_order(frame, index, path)
        frame[f"{index}_decile"] = _deciles(frame, index)
    return frame.sort_values("zone_id", ignore_index=True)


def read_by_zone(path: Path, id_column: str, layout: Layout) -> pd.DataFrame:
    """Return what `read_deprivation` does, indexed by ``zone_id``."""
    return read_deprivation(path, id_column, layout).set_index("zone_id")


def _numbers(table: pd.DataFrame, name: str, header: str, path: Path) -> FloatArray:
    """Return a column; rates in per cent are divided by 100, which is logged; raises as `_check_range`."""
    values = numbers(table, header, path, suppressed=True)
    known = values[~np.isnan(values)]
    if name in _RATES and known.size and np.median(known) > 1 and known.max() <= 100:
        _log.warning("%s, %s: per cent, divided by 100", path, header)
        values = values / 100
    _check_range(values, name, table, header, path)
    return values


def _check_range(values: FloatArray, name: str, table: pd.DataFrame, header: str, path: Path) -> None:
    """Raise InputError for deciles, ranks, scores and counts that cannot be."""
    kind = name.rpartition("_")[2]
    if kind == "decile":
        wrong, remedy = ~np.isin(values, np.arange(1, 11)), "deciles are whole numbers from 1 to 10"
    elif kind == "rank":
        wrong, remedy = ~((values >= 1) & (values == np.floor(values))), "ranks are whole numbers from 1"
    elif name in _RATES:
        wrong, remedy = ~((values >= 0) & (values <= 1)), "this score is a rate from 0 to 1"
    elif name in _SIGNED:
        return
    else:
        wrong, remedy = values < 0, "give a number that is not negative"
    found = np.flatnonzero(wrong & ~np.isnan(values))
    if found.size:
        raise InputError(
            f"{values[found[0]]:g} is out of range",
            where=f"{path}, row {table.index[found[0]]}, {header}",
            remedy=remedy,
        )


def _check_order(frame: pd.DataFrame, index: str, path: Path) -> None:
    """Raise InputError where ranks, deciles and scores of one index do not all say who is deprived alike."""
    rank, decile, score = (frame[f"{index}_{kind}"] for kind in ("rank", "decile", "score"))
    for one, other, same in ((rank, decile, True), (rank, score, False), (decile, score, False)):
        known = one.notna() & other.notna()
        if known.sum() < _ENOUGH_ZONES or one[known].nunique() < 2 or other[known].nunique() < 2:
            continue
        along = np.corrcoef(one[known].rank(), other[known].rank())[0, 1]
        if (along < 0) if same else (along > 0):
            first = frame["zone_id"][known].iloc[int(one[known].to_numpy().argmin())]
            at = frame["zone_id"] == first
            raise InputError(
                f"{one.name} and {other.name} run against each other: {first} has "
                f"{one[at].iloc[0]:g} and {other[at].iloc[0]:g}",
                where=str(path),
                remedy="rank 1, decile 1 and the highest score are the most deprived; turn the other round",
            )


def _deciles(frame: pd.DataFrame, index: str) -> FloatArray:
    """Return deciles, worked out from ranks where a table has all of them and no deciles."""
    decile, rank = (frame[f"{index}_{kind}"].to_numpy(dtype=np.float64) for kind in ("decile", "rank"))
    zones = len(rank)
    # Of a part of a country the ranks have gaps; zones that tie share the first of their ranks.
    if not np.isnan(decile).all() or not (frame[f"{index}_rank"].rank(method="min") == rank).all():
        return decile
    _log.info("the deciles of %s are worked out from ranks 1 to %d", index.upper(), zones)
    return np.asarray(np.ceil(rank * 10 / zones), dtype=np.float64)
