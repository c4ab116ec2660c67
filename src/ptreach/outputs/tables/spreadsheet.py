"""What the spreadsheets of a pack say, sheet by sheet, for the writers of XLSX and of ODS alike.

After the checklist of the Government Analysis Function for accessible spreadsheets: a cover, contents and
notes; one marked-up table a sheet, its title in A1, what to know of it in the rows below, no blank row; no
merged and no empty cell: where there is no value stands a shorthand that the notes explain; units in the
headings. One thing is done that the checklist would rather not: the headings of tables longer than a screen
are frozen, for nobody reads a table of many hundred zones without them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from ptreach.outputs.tables.columns import MARKS, NOT_APPLICABLE, Column, Kind
from ptreach.outputs.tables.dictionary import describe
from ptreach.outputs.tables.front_matter import columns_sheet, contents_sheet, cover_rows, notes_sheet
from ptreach.outputs.tables.sheets import (
    SCREEN_ROWS,
    Book,
    Heading,
    Sheet,
    SheetColumn,
    Value,
    fitted,
    printable,
)
from ptreach.outputs.wording import MADE_UP_NOTICE, joined, map_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.config import Town
    from ptreach.outputs.facts import PackFacts
    from ptreach.outputs.tables.pack_tables import PackTable

_ON_THE_COVER: Final = ("edition", "deprivation")
FROZEN_LETTERS: Final = 45
"""Columns up to the last of the key are frozen if no wider than this, which leaves room to scroll."""


def spreadsheet(town: Town, zones: pd.DataFrame, tables: Sequence[PackTable], facts: PackFacts) -> Book:
    """Return the spreadsheet of a pack.

    Parameters
    ----------
    town
        What was asked.
    zones
        Of it, ``district_name`` names where the zones are.
    tables
        In the order of their sheets.
    facts
        What is said of sources, edition and version.

    Raises
    ------
    ValueError
        Where a column is not in the dictionary.
    """
    shown = [_without_constants(table) for table in tables if table.in_spreadsheets]
    described = [
        (table, describe(table.name, table.frame.columns, facts.areas, town.preset.cutoffs_min))
        for table in shown
    ]
    listed = [notes_sheet(town, facts), columns_sheet(described)]
    listed += [table_sheet(table, columns, made_up=facts.made_up) for table, columns in described]
    return Book(
        title=printable(f"{map_title(town)}: tables"),
        author=f"ptreach {facts.version}",
        cover=cover_rows(town, zones, facts),
        sheets=(contents_sheet(listed), *listed),
    )


def _without_constants(table: PackTable) -> PackTable:
    """Return a table without the columns that say in each row of a CSV what the cover says."""
    return replace(table, frame=table.frame.drop(columns=list(_ON_THE_COVER), errors="ignore"))


def table_sheet(table: PackTable, columns: tuple[Column, ...], *, made_up: bool) -> Sheet:
    """Return a table as a sheet, its columns described as the dictionary does."""
    rows = shown_rows(table.frame, columns)
    marks = sorted({str(value) for row in rows for value in row} & set(MARKS))
    lines = [f"This sheet contains one table. {table.about}"]
    if made_up:
        lines.insert(0, MADE_UP_NOTICE)
    if not len(table.frame):
        lines.append(f"The table has no rows; {NOT_APPLICABLE} stands for each value.")
    elif marks:
        lines.append(f"Some cells have shorthand instead of a value: {joined(marks)}; see Notes and Columns.")
    else:
        lines.append("Every cell has a value.")
    lines.append("Sources and licences: see Cover.")
    sized = fitted([Heading(column.heading, column.kind, column.shown) for column in columns], rows)
    return Sheet(
        table.sheet,
        table.title,
        tuple(map(printable, lines)),
        sized,
        rows,
        frozen_columns=_frozen(table, sized) if len(rows) > SCREEN_ROWS else None,
    )


def _frozen(table: PackTable, columns: Sequence[SheetColumn]) -> int:
    """Return how many columns stay in view: those up to the last of the key, if they leave room."""
    last = max(list(table.frame.columns).index(name) for name in table.key) + 1
    return last if sum(column.width for column in columns[:last]) <= FROZEN_LETTERS else 0


def shown_rows(frame: pd.DataFrame, columns: Sequence[Column]) -> tuple[tuple[Value, ...], ...]:
    """Return a frame's values as plain ones, shorthand in place of missing ones."""
    if not len(frame):
        return (tuple(NOT_APPLICABLE for _ in columns),)
    named = {absence.nobody_in for column in columns for absence in column.absences} - {""}
    counts = {
        name: pd.to_numeric(frame[name]).to_numpy(dtype=np.float64, na_value=np.nan)
        for name in sorted(named & set(frame.columns))
    }
    filled = []
    for column in columns:
        values = frame[column.name].tolist()
        filled.append(
            [
                column.mark({name: float(count[row]) for name, count in counts.items()})
                if _is_missing(value)
                else _plain(value, column)
                for row, value in enumerate(values)
            ]
        )
    return tuple(zip(*filled, strict=True))


def _is_missing(value: Any) -> bool:  # noqa: ANN401 -- a cell of any type
    """Return whether a cell has no value: none, infinite, or an empty text."""
    if value is None or value is pd.NA or value == "":
        return True
    return isinstance(value, float) and not np.isfinite(value)


def _plain(value: Any, column: Column) -> Value:  # noqa: ANN401 -- a cell of any type
    """Return a value as text, whole number or float, as its column is."""
    if column.kind is Kind.FLAG:
        return "true" if value else "false"
    if column.kind is Kind.WHOLE and float(value).is_integer():
        return int(value)
    return float(value) if column.is_numeric else printable(str(value))
