"""The sheets of a spreadsheet as plain values, which the writers of XLSX and of ODS read alike."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.outputs.tables.columns import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

Value = str | int | float
COVER: Final = "Cover"
"""Name of the first sheet."""
SCREEN_ROWS: Final = 25
"""Longer tables have their headings frozen."""
NARROW: Final = 9
WIDE: Final = 44
"""The least and the most letters that a column is wide."""
CELL_LETTERS: Final = 32_767
"""The most letters that a cell of Excel holds."""
_TEXTS: Final = {Kind.TEXT, Kind.FLAG}
"""Kinds that are aligned to the left."""
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Heading(NamedTuple):
    """What a column of a sheet is called, and how its values are shown."""

    words: str
    kind: Kind = Kind.TEXT
    shown: int | None = 0
    """Decimals; None: as many as each value has."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet."""

    heading: str
    kind: Kind
    shown: int | None
    """Decimals that are shown; None: as many as each value has."""
    width: int
    """In letters."""
    after_number: bool = False
    """Whether it is of texts to the right of numbers, which end where it begins."""

    @property
    def is_right(self) -> bool:
        """Whether its cells are aligned to the right."""
        return self.kind not in _TEXTS


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A sheet with one table, the rows above which say what it is."""

    name: str
    title: str
    lines: tuple[str, ...]
    """Rows between title and headings."""
    columns: tuple[SheetColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    """At least one; none holds an empty text."""
    frozen_columns: int | None = None
    """How many columns are frozen beside the headings; None: the sheet is not frozen."""
    links: bool = False
    """Whether the first column holds the names of sheets, to be linked to."""

    @property
    def heading_row(self) -> int:
        """Position of the headings' row, 0 being the sheet's first."""
        return 1 + len(self.lines)


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """A spreadsheet: a cover of lines, then sheets."""

    title: str
    author: str
    cover: tuple[tuple[str, str], ...]
    """Style (``title``, ``heading`` or ``text``) and words of each row of the cover."""
    sheets: tuple[Sheet, ...]


def printable(text: str) -> str:
    """Return `text` with a replacement sign for what may not stand in XML, cut to what a cell can hold."""
    cut = text if len(text) <= CELL_LETTERS else f"{text[: CELL_LETTERS - 1]}…"
    return _CONTROLS.sub("\ufffd", cut)


def fitted(
    headings: Sequence[Heading], rows: Sequence[tuple[Value, ...]], most: int = WIDE
) -> tuple[SheetColumn, ...]:
    """Return columns wide enough for their values, up to `most` letters, and for headings in some lines."""
    columns: list[SheetColumn] = []
    for place, heading in enumerate(headings):
        longest = max(len(display(row[place], heading.kind, heading.shown)) for row in rows)
        words = (len(word) for word in re.split(r"[\s-]", heading.words))
        width = max(longest, *words, -(-len(heading.words) // 3), NARROW)
        after = bool(columns) and columns[-1].is_right and heading.kind in _TEXTS
        width = min(width + (4 if after else 3), most)
        columns.append(SheetColumn(heading.words, heading.kind, heading.shown, width, after))
    return tuple(columns)


def display(value: Value, kind: Kind, shown: int | None) -> str:
    """Return a value as a spreadsheet shows it."""
    if isinstance(value, str):
        return value
    if shown is None:
        return f"{value:.10g}"
    if kind is Kind.SHARE:
        return f"{value:.{shown}%}"
    return f"{value:,.{shown}f}"


def line_count(text: str, letters: int, *, bold: bool = False) -> int:
    """Return the lines that a text takes in a cell so many letters wide, rather one too many than too few."""
    room = max(int((letters - 1) * (0.88 if bold else 1)), 1)
    if len(text) <= room and text.isprintable():  # nearly all are: no line ends, nothing to wrap
        return 1
    return sum(max(len(textwrap.wrap(line, room)), 1) for line in text.split("\n"))


def row_lines(columns: Sequence[SheetColumn], values: Sequence[Value]) -> int:
    """Return the lines of a sheet's row: those of its longest text."""
    return max(
        line_count(value, column.width) if isinstance(value, str) else 1
        for column, value in zip(columns, values, strict=True)
    )
