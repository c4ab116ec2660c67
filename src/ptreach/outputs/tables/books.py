"""The tables of a pack as books: a workbook and an OpenDocument spreadsheet that say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptreach.outputs.tables.opendocument import write_opendocument
from ptreach.outputs.tables.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.outputs.tables.sheets import Book


def write_books(folder: Path, slug: str, book: Book) -> None:
    """Write ``SLUG.xlsx`` and ``SLUG.ods`` into a folder."""
    write_workbook(folder / f"{slug}.xlsx", book)
    write_opendocument(folder / f"{slug}.ods", book)
