"""A comparison as plain text, in lines that fit a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from ptreach.outputs.comparison.tables import agreement_tables, band_tables, pair_tables, run_table, sentences
from ptreach.outputs.wording import printable

if TYPE_CHECKING:
    from ptreach.outputs.compared import Table
    from ptreach.outputs.comparison.report import Report

_WIDTH: Final = 100
_CELL: Final = 40


def comparison_text(report: Report) -> str:
    """Return all that is told of a comparison: sides, sentences, tables."""
    sides = [
        f"{letter}  {side.name}\n   {side.holds}" for letter, side in zip("AB", report.sides, strict=True)
    ]
    runs = run_table(report)
    tables = (
        *((runs,) if runs and runs.rows else ()),
        *agreement_tables(report),
        *band_tables(report),
        *pair_tables(report),
    )
    prose = [textwrap.fill(sentence, _WIDTH) for sentence in sentences(report)]
    return "\n\n".join(["\n".join(sides), "\n".join(prose), *map(_table_text, tables)])


def _table_text(table: Table) -> str:
    """Return a table: its caption, then its columns two blanks apart, numbers to the right."""
    rows = [[_short(cell) for cell in row] for row in (table.header, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if number in table.numbers else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([textwrap.fill(table.caption, _WIDTH), *lines])


def _short(cell: str) -> str:
    """Return a cell in one line, the middle of a long one left out."""
    line = printable(cell)
    return line if len(line) <= _CELL else f"{line[: _CELL // 2]}…{line[-(_CELL // 2 - 1) :]}"
