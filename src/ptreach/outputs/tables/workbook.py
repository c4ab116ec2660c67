"""The workbook of a pack: its tables as XLSX that screen readers, Excel and LibreOffice read alike.

Written with XlsxWriter itself, not through gptables, the government's package around it: that aligns numbers
left as soon as a column has a note, turns what looks like its own marks in a place's name into notes and
links, warns with today's pandas, and cannot share its sheets with the ODS. Its layout is kept.

Every text is written as a text, so that none is ever a formula or a link.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from ptreach.outputs.ramp import INK
from ptreach.outputs.tables.columns import Kind
from ptreach.outputs.tables.frames import shield
from ptreach.outputs.tables.sheets import COVER, Book, Sheet, SheetColumn, line_count, row_lines
from ptreach.zips import WRITTEN, without_dates

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FONT: Final = "Arial"
SIZE_PT: Final = 12
COVER_LETTERS: Final = 110
LETTER_PX: Final = 8
"""Width of a letter of that font: of digits somewhat more, of prose somewhat less."""
LINE_PT: Final = 15.75
"""Height of a line."""
_PAPER_A4: Final = 9
_EXCEL_PX: Final = 9
"""Width of the letter that columns are counted in: the widest digit of that font."""
_OF_THAT_FONT: Final = {"default_column_width": 80, "default_row_height": 21}
"""Pixels of a cell without a size of its own, by the former of which XlsxWriter knows that width."""
_PORTRAIT_LETTERS: Final = 80
_PRINTED_LETTERS: Final = 260
"""Sheets up to this wide are printed on one page's width."""
_BASE: Final[dict[str, Any]] = {"font_name": FONT, "font_size": SIZE_PT, "valign": "top"}
_STYLES: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 16, "font_color": INK},
    "heading": {"bold": True, "font_size": 14, "font_color": INK},
    "text": {},
}


def write_workbook(path: Path, book: Book) -> None:
    """Write a spreadsheet as XLSX; the same spreadsheet gives the same bytes."""
    import xlsxwriter

    data = io.BytesIO()
    defaults = {"font_name": FONT, "font_size": SIZE_PT}
    workbook = xlsxwriter.Workbook(
        data, {"in_memory": True, "default_format_properties": defaults, **_OF_THAT_FONT}
    )
    # XlsxWriter writes the date as that of UTC, and takes none that says so
    written = WRITTEN.replace(tzinfo=None)
    workbook.set_properties({"title": book.title, "author": book.author, "created": written})
    formats = _Formats(workbook)
    _write_cover(workbook.add_worksheet(COVER), book, formats)
    for number, sheet in enumerate(book.sheets, 1):
        _write_sheet(workbook.add_worksheet(sheet.name), sheet, formats, number)
    workbook.close()
    path.write_bytes(without_dates(data.getvalue()))


class _Formats:
    """Formats of cells, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:  # noqa: ANN401 -- what XlsxWriter takes
        """Return the format of a cell that differs from the plain one in `properties`."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(_BASE | properties)
        return self._made[key]

    def of_numbers(self, column: SheetColumn) -> Format:
        """Return the format of a column's numbers."""
        return self.get(num_format=number_format(column))

    def of_texts(self, column: SheetColumn, *, quoted: bool = False) -> Format:
        """Return the format of a column's texts: wrapped, or in columns of numbers to the right."""
        right = {"align": "right"} if column.is_right else {"text_wrap": True, **_indent(column)}
        return self.get(**right, **({"quote_prefix": True} if quoted else {}))


def number_format(column: SheetColumn) -> str:
    """Return how a spreadsheet program shows a column's numbers: ``#,##0.00``, ``0.0%``, ``General``."""
    if column.shown is None:
        return "General"
    places = f".{'0' * column.shown}" if column.shown else ""
    return f"0{places}%" if column.kind is Kind.SHARE else f"#,##0{places}"


def _width(letters: int) -> float:
    """Return so many letters in the unit that Excel counts columns in."""
    return letters * LETTER_PX / _EXCEL_PX


def _indent(column: SheetColumn) -> dict[str, Any]:
    """Return the property that parts texts from numbers that end where they begin."""
    return {"align": "left", "indent": 1} if column.after_number else {}


def _write_cover(worksheet: Worksheet, book: Book, formats: _Formats) -> None:
    """Write the rows of the cover, one cell each."""
    worksheet.set_column(0, 0, _width(COVER_LETTERS))
    worksheet.hide_gridlines(2)
    for row, (style, words) in enumerate(book.cover):
        size_pt = _STYLES[style].get("font_size", SIZE_PT)
        letters = COVER_LETTERS * SIZE_PT // size_pt
        worksheet.set_row(row, line_count(words, letters, bold=style != "text") * LINE_PT * size_pt / SIZE_PT)
        worksheet.write_string(row, 0, words, formats.get(text_wrap=True, **_STYLES[style]))
    _prepare_print(worksheet, COVER_LETTERS)


def _write_sheet(worksheet: Worksheet, sheet: Sheet, formats: _Formats, number: int) -> None:
    """Write a sheet's title, the rows below it and its table, marked up under a name of its own."""
    worksheet.write_string(0, 0, sheet.title, formats.get(**_STYLES["title"]))
    for row, words in enumerate(sheet.lines, 1):
        worksheet.write_string(row, 0, words, formats.get())
    worksheet.set_default_row(LINE_PT)
    worksheet.set_row(0, LINE_PT * 4 / 3)
    top = sheet.heading_row
    for place, column in enumerate(sheet.columns):
        worksheet.set_column(place, place, _width(column.width))
    lines = max(line_count(column.heading, column.width, bold=True) for column in sheet.columns)
    worksheet.set_row(top, lines * LINE_PT)
    worksheet.add_table(
        top,
        0,
        top + len(sheet.rows),
        len(sheet.columns) - 1,
        {
            "name": f"Table_{number}_{''.join(c if c.isalnum() else '_' for c in sheet.name)}",
            "style": None,
            "autofilter": False,
            "columns": [
                {"header": column.heading, "header_format": _heading_format(column, formats)}
                for column in sheet.columns
            ],
        },
    )
    _write_rows(worksheet, sheet, formats)
    if sheet.frozen_columns is not None:
        worksheet.freeze_panes(top + 1, sheet.frozen_columns)
    worksheet.repeat_rows(top)
    _prepare_print(worksheet, sum(column.width for column in sheet.columns))


def _heading_format(column: SheetColumn, formats: _Formats) -> Format:
    """Return the format of a heading, aligned as its column is."""
    side = {"align": "right"} if column.is_right else {"align": "left", **_indent(column)}
    return formats.get(bold=True, text_wrap=True, valign="bottom", bottom=2, bottom_color=INK, **side)


def _write_rows(worksheet: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    """Write the rows of a table, a text as a text and a number as a number.

    Formats are found once a column: there are cells by the hundred thousand.
    """
    styles = [(formats.of_numbers(column), formats.of_texts(column)) for column in sheet.columns]
    for row, values in enumerate(sheet.rows, sheet.heading_row + 1):
        if (lines := row_lines(sheet.columns, values)) > 1:
            worksheet.set_row(row, lines * LINE_PT)
        for place, (value, (as_number, as_text)) in enumerate(zip(values, styles, strict=True)):
            if not isinstance(value, str):
                worksheet.write_number(row, place, value, as_number)
            elif shield(value) == value:
                worksheet.write_string(row, place, value, as_text)
            else:
                quoted = formats.of_texts(sheet.columns[place], quoted=True)
                worksheet.write_string(row, place, value, quoted)
        if sheet.links:
            _write_link(worksheet, row, str(values[0]), formats)


def _write_link(worksheet: Worksheet, row: int, name: str, formats: _Formats) -> None:
    """Make the first cell of a row a link to the sheet that it names."""
    quoted = name.replace("'", "''")
    style = formats.get(font_color="#0563C1", underline=1)
    worksheet.write_url(row, 0, f"internal:'{quoted}'!A1", style, string=name, tip=f"Go to sheet {name}")


def _prepare_print(worksheet: Worksheet, letters: int) -> None:
    """Print on A4, wide sheets across, on one page's width where that stays legible."""
    worksheet.set_paper(_PAPER_A4)
    if letters > _PORTRAIT_LETTERS:
        worksheet.set_landscape()
    if letters <= _PRINTED_LETTERS:
        worksheet.fit_to_pages(1, 0)
