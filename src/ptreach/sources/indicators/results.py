"""Key stage results of schools, as the Department for Education gives them, by the zone the school stands in.

A pupil need not live where the school is: the figure is of schools in a zone, not of its children.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.model import Indicator
from ptreach.sources.cells import read_cells, tell_codes
from ptreach.sources.columns import find_column, need_column
from ptreach.sources.indicators.catalogue import RESULTS
from ptreach.sources.indicators.figures import Figures, figures
from ptreach.sources.schools import refuse_doubled_schools, urns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.model import FloatArray
    from ptreach.sources.codes import Edition
    from ptreach.sources.indicators.catalogue import SchoolResult
    from ptreach.sources.indicators.files import Table

# Pupils the results are of, else all of the school's: KS2, KS4, both.
_PUPILS: Final = ("telig", "tpup", "totpups")

_log = logging.getLogger(__name__)


def is_of_results(headers: Sequence[str]) -> bool:
    """Say whether a table with these plain headers is one of school results."""
    return "urn" in headers and any(result.column in headers for result in RESULTS)


def read_results(table: Table, zone_of: pd.Series[str], edition: Edition) -> list[Figures]:
    """Return results by zone: of its schools, weighted by their pupils.

    Parameters
    ----------
    table, edition
        The table, and the edition the zones are of.
    zone_of
        The zone of each school, by URN; NaN where it stands in none.

    Raises
    ------
    InputError
        Where no row is a school, one occurs twice, or none stands in a zone.
    """
    frame, where = table
    schools = urns(frame[need_column(frame, "urn", "URN", where)])
    totals = int(schools.isna().sum())
    if totals:
        _log.info("%s: %d rows without a URN, totals of areas, are left out", Path(where).name, totals)
    schools = schools.dropna()
    refuse_doubled_schools(schools, where, "take the publisher's file of schools, of one year")
    zones = schools.map(zone_of)
    inside = edition.has(zones)
    outside = int((~inside).sum())
    if outside == len(schools):
        raise InputError(
            f"none of {len(schools)} schools stands in a zone of {edition.name} by the register",
            where=str(where),
            remedy="take a register of schools of about the same date",
        )
    _log.info(
        "%s: %d of %d schools stand in no zone by the register", Path(where).name, outside, len(schools)
    )
    zones = zones[inside]
    frame = frame.loc[zones.index]
    weights, weighed_by = _weights(frame, where)
    found = [
        _figures(result, frame, zones, weights, weighed_by, edition, where)
        for result in RESULTS
        if result.column in frame.columns
    ]
    return [one for one in found if one is not None]


def _weights(frame: pd.DataFrame, where: Path | str) -> tuple[FloatArray, str]:
    """Return pupils of each row, float64 (rows,), and the header; 1 each where there is no such column."""
    header = next((name for name in _PUPILS if find_column(frame, name)), None)
    if header is None:
        _log.warning("%s: no column of pupils, so each school counts the same", Path(where).name)
        return np.ones(len(frame)), ""
    return read_cells(frame, header, where, lenient=True).numbers, header.upper()


def _figures(
    result: SchoolResult,
    frame: pd.DataFrame,
    zones: pd.Series[str],
    weights: FloatArray,
    weighed_by: str,
    edition: Edition,
    where: Path | str,
) -> Figures | None:
    """Return one result by zone, None where no school has it."""
    cells = read_cells(frame, result.column, where, lenient=True)
    values = cells.numbers
    known = np.isfinite(values) & (weights > 0)
    if cells.codes:
        _log.info(
            "%s, %s: %s of %d schools", Path(where).name, result.column, tell_codes(cells.codes), len(zones)
        )
    if not known.any():
        _log.warning(
            "%s, %s: no school has a result, so there is no indicator", Path(where).name, result.column
        )
        return None
    if result.unit == "%":
        if not cells.percent and np.nanmax(values) <= 1:
            values = values * 100  # some years are shares of 1
        if np.nanmin(values) < 0 or np.nanmax(values) > 100:
            raise InputError(
                f"{result.column.upper()} goes to {np.nanmax(values):g}, from {np.nanmin(values):g}",
                where=str(where),
                remedy="take the publisher's file as it is",
            )
    parts = (
        pd.DataFrame({"zone": zones, "sum": values * weights, "weight": weights})[known].groupby("zone").sum()
    )
    note = (
        "Of the schools that stand in the zone, not of the children who live there"
        + (f"; weighted by {weighed_by}. " if weighed_by else ". ")
        + f"{int(known.sum()):,} of {len(zones):,} schools have a figure"
        + (f"; the others: {tell_codes(cells.codes)}." if cells.codes else ".")
    )
    indicator = Indicator(result.name, result.title, "schools", result.unit, edition.name, note=note)
    means = (parts["sum"] / parts["weight"]).to_numpy(dtype=np.float64)
    return figures(indicator, means, pd.Series(parts.index.to_numpy(), index=parts.index), where)
