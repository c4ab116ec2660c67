"""Sheets of workbooks (xlsx, xls, ods): found by their header row, whatever they are called."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Final

import pandas as pd

from ptreach.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SUFFIXES: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
# Publishers put titles and notes above the header.
_HEADER_ROWS: Final = 30
# File 7 of the Indices of Deprivation unpacks to about 100 MB of XML.
_MAX_BYTES: Final = 1_500_000_000

_Row = list[object]


def read_sheets(path: Path, header: str) -> dict[str, pd.DataFrame]:
    """Return the sheets that have a header row, by name in the workbook's order.

    A header row is the first of the upper 30 rows in which a cell, in small letters and with its white space
    collapsed, matches `header`, a regular expression, whole. Cells are text, numbers (whole ones as int) or
    dates, "" where empty; the index is the row as the spreadsheet shows it. Columns without a header and rows
    without a cell are left out.

    Raises
    ------
    InputError
        Where the file is no workbook, is encrypted or damaged, unpacks to more than 1.5 GB, or has no such
        sheet (naming those it has).
    """
    import python_calamine as calamine

    _refuse_bomb(path)
    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            names = list(book.sheet_names)
            sheets = {
                name: _table(book.get_sheet_by_name(name).to_python(skip_empty_area=False), header)
                for name in names
            }
    except calamine.PasswordError as error:
        raise InputError(
            "the workbook has a password", where=str(path), remedy="save it without one"
        ) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(
            f"not readable as a workbook: {' '.join(str(error).split())}",
            where=str(path),
            remedy="take the whole file again",
        ) from error
    found = {name: table for name, table in sheets.items() if table is not None}
    if not found:
        raise InputError(
            f"no sheet has the header that is looked for; there are: {', '.join(names)}",
            where=str(path),
            remedy="take the publisher's file as it is, or save the one sheet as CSV UTF-8",
        )
    return found


def read_sheet(path: Path, header: str, sheet: str = "") -> pd.DataFrame:
    """Return the one sheet that has a header row, or that of the name `sheet`; raises as `read_sheets` does.

    Raises
    ------
    InputError
        Where several sheets have such a header and none is named, or the one that is named has not.
    """
    sheets = read_sheets(path, header)
    if sheet:
        if sheet not in sheets:
            raise InputError(
                f"no sheet '{sheet}' with a header; there are: {', '.join(sheets)}",
                where=str(path),
                remedy="correct sheet in the recipe",
            )
        return sheets[sheet]
    if len(sheets) > 1:
        raise InputError(
            f"{len(sheets)} sheets could be meant: {', '.join(sheets)}",
            where=str(path),
            remedy="name one as sheet in the recipe, or keep one",
        )
    return next(iter(sheets.values()))


def _refuse_bomb(path: Path) -> None:
    """Raise InputError where a workbook that is a zip says it unpacks to more than a table ever does."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            size_bytes = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return  # what is wrong with it, the reader says
    if size_bytes > _MAX_BYTES:
        raise InputError(
            f"unpacks to {size_bytes / 1e9:,.1f} GB, far more than a table",
            where=str(path),
            remedy="save the sheet as CSV UTF-8",
        )


def _table(rows: Sequence[Sequence[object]], header: str) -> pd.DataFrame | None:
    """Return the rows below the header row, None where there is none."""
    pattern = re.compile(header)
    heads = [
        at
        for at, row in enumerate(rows[:_HEADER_ROWS])
        if any(pattern.fullmatch(" ".join(str(cell).split()).casefold()) for cell in row)
    ]
    if not heads:
        return None
    at, row = heads[0], rows[heads[0]]
    named = [column for column, cell in enumerate(row) if str(cell).strip()]
    body = {
        number: [_cell(cells[column]) if column < len(cells) else "" for column in named]
        for number, cells in enumerate(rows[at + 1 :], at + 2)
    }
    kept = {number: cells for number, cells in body.items() if any(cell != "" for cell in cells)}
    return pd.DataFrame(
        list(kept.values()),
        index=pd.Index(list(kept), dtype="int64"),
        columns=[str(row[column]) for column in named],
        dtype=object,
    )


def _cell(value: object) -> object:
    """Return a cell without outer blanks; whole numbers, which workbooks keep as floats, as int."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
