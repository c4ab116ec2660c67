"""The spreadsheet of a pack as ODS, the government's own format: the sheets of the workbook, by odfpy.

odfpy declares in each file all namespaces that the program has used until then, in order of their use, so
that a file would depend on what was written before it: ours are written with a list of their own. Rows of
cells are written as text into the document that odfpy makes: as elements of odfpy they would take ten seconds
for a large town.
"""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

from ptreach.outputs.ramp import INK
from ptreach.outputs.tables.columns import Kind
from ptreach.outputs.tables.sheets import COVER, Book, Sheet, SheetColumn, Value, display
from ptreach.outputs.tables.workbook import COVER_LETTERS, FONT, LETTER_PX, SIZE_PT
from ptreach.zips import WRITTEN, without_dates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PADDING: Final = "0.8mm"
INDENTED: Final = "indented"
"""Style of texts to the right of numbers, which end where they begin."""
_INDENT: Final = "2.4mm"
_PX_MM: Final = 25.4 / 96
_TEXTS: Final[dict[str, dict[str, str]]] = {
    "title": {"fontweight": "bold", "fontsize": "16pt", "color": INK},
    "heading": {"fontweight": "bold", "fontsize": "14pt", "color": INK},
    "text": {},
    INDENTED: {},
    "link": {"color": "#0563C1", "textunderlinestyle": "solid", "textunderlinecolor": "font-color"},
}


def write_opendocument(path: Path, book: Book) -> None:
    """Write a spreadsheet as ODS; the same spreadsheet gives the same bytes."""
    with _own_namespaces():
        data = _Writer(book).data()
    path.write_bytes(without_dates(data))


@contextmanager
def _own_namespaces() -> Iterator[None]:
    """Let odfpy declare what is used from here on and by the rows of cells, and not what was used before."""
    from odf import namespaces as names
    from odf.element import Element

    before = Element.namespaces
    used = (names.OFFICENS, names.TABLENS, names.TEXTNS, names.XLINKNS)
    Element.namespaces = {name: names.nsdict[name] for name in used}
    try:
        yield
    finally:
        Element.namespaces = before


class _Writer:
    """One document on its way."""

    def __init__(self, book: Book) -> None:
        from odf.opendocument import OpenDocumentSpreadsheet

        self._book = book
        self._document = OpenDocumentSpreadsheet()
        self._styles: set[str] = set()

    def data(self) -> bytes:
        """Return the file."""
        from odf.table import DatabaseRanges

        self._describe()
        self._add_cover()
        ranges = DatabaseRanges()
        for number, sheet in enumerate(self._book.sheets, 1):
            self._add_sheet(sheet)
            ranges.addElement(_database_range(sheet, number))
        self._document.spreadsheet.addElement(ranges)
        self._freeze()
        out = io.BytesIO()
        self._document.write(out)
        return out.getvalue()

    def _describe(self) -> None:
        """Set the document's properties and its default style."""
        from odf import dc, meta
        from odf.style import (
            DefaultStyle,
            MasterPage,
            PageLayout,
            PageLayoutProperties,
            ParagraphProperties,
            TextProperties,
        )

        written = WRITTEN.strftime("%Y-%m-%dT%H:%M:%S")
        for element, words in (
            (dc.Title, self._book.title),
            (meta.InitialCreator, self._book.author),
            (dc.Creator, self._book.author),
            (meta.CreationDate, written),
            (dc.Date, written),
            (dc.Language, "en-GB"),
        ):
            self._document.meta.addElement(element(text=words))
        default = DefaultStyle(family="table-cell")
        default.addElement(ParagraphProperties(tabstopdistance="12.5mm"))
        default.addElement(
            TextProperties(
                fontname=FONT, fontfamily=FONT, fontsize=f"{SIZE_PT}pt", language="en", country="GB"
            )
        )
        self._document.styles.addElement(default)
        page = PageLayout(name="page")
        page.addElement(
            PageLayoutProperties(
                pagewidth="297mm",
                pageheight="210mm",
                printorientation="landscape",
                margintop="15mm",
                marginbottom="15mm",
                marginleft="15mm",
                marginright="15mm",
            )
        )
        self._document.automaticstyles.addElement(page)
        self._document.masterstyles.addElement(MasterPage(name="Default", pagelayoutname=page))

    def _cell_style(self, name: str, parts: tuple[Any, ...], **attributes: str) -> str:
        """Make the style of cells of that name unless it is there, and return the name."""
        from odf.style import Style

        if name not in self._styles:
            # odfpy leaves out automatic styles that none of its own elements has
            style = Style(name=name, family="table-cell", **attributes)
            for part in parts:
                style.addElement(part)
            self._document.styles.addElement(style)
            self._styles.add(name)
        return name

    def _column_style(self, letters: int) -> str:
        """Make the style of a column so many letters wide."""
        from odf.style import Style, TableColumnProperties

        name = f"width{letters}"
        if name not in self._styles:
            style = Style(name=name, family="table-column")
            style.addElement(TableColumnProperties(columnwidth=f"{letters * LETTER_PX * _PX_MM:.1f}mm"))
            self._document.automaticstyles.addElement(style)
            self._styles.add(name)
        return name

    def _text_style(self, kind: str, *, wrap: bool) -> str:
        """Return the style of a text: ``title``, ``heading``, ``text``, ``link`` or ``indented``."""
        from odf.style import TableCellProperties, TextProperties

        wrapped = {"wrapoption": "wrap"} if wrap else {}
        parts = (
            TableCellProperties(verticalalign="top", padding=PADDING, **wrapped),
            *([_paragraph_properties(indented=True)] if kind == INDENTED else []),
            TextProperties(**_TEXTS[kind]),
        )
        return self._cell_style(f"{kind}{'-wrapped' if wrap else ''}", parts)

    def _heading_style(self, column: SheetColumn) -> str:
        """Return the style of a heading, aligned as its column is."""
        from odf.style import TableCellProperties, TextProperties

        cell = TableCellProperties(
            wrapoption="wrap", verticalalign="bottom", padding=PADDING, borderbottom=f"1pt solid {INK}"
        )
        side = _paragraph_properties(right=column.is_right, indented=column.after_number)
        name = "end" if column.is_right else INDENTED if column.after_number else "start"
        return self._cell_style(f"headings-{name}", (cell, side, TextProperties(fontweight="bold")))

    def _mark_style(self) -> str:
        """Return the style of a text in a column of numbers."""
        from odf.style import TableCellProperties

        cell = TableCellProperties(verticalalign="top", padding=PADDING)
        return self._cell_style("mark", (cell, _paragraph_properties(right=True)))

    def _number_style(self, column: SheetColumn) -> str:
        """Return the style of a column's numbers, with their decimals."""
        from odf.number import Number, NumberStyle, PercentageStyle, Text
        from odf.style import TableCellProperties

        is_share = column.kind is Kind.SHARE
        places = "" if column.shown is None else column.shown
        name = f"{'share' if is_share else 'number'}{places}"
        if name not in self._styles:
            form = (PercentageStyle if is_share else NumberStyle)(name=f"{name}-form")
            decimals = {} if column.shown is None else {"decimalplaces": column.shown}
            grouping = {} if is_share or column.shown is None else {"grouping": "true"}
            form.addElement(Number(minintegerdigits=1, **decimals, **grouping))
            if is_share:
                form.addElement(Text(text="%"))
            self._document.styles.addElement(form)
        top = TableCellProperties(verticalalign="top", padding=PADDING)
        return self._cell_style(name, (top,), datastylename=f"{name}-form")

    def _add_cover(self) -> None:
        """Add the rows of the cover, one cell each."""
        rows = [
            _row([_text_cell(words, self._text_style(style, wrap=True))]) for style, words in self._book.cover
        ]
        self._add_table(COVER, (COVER_LETTERS,), _rows_element(rows))

    def _add_sheet(self, sheet: Sheet) -> None:
        """Add a sheet's title, the rows below it and its table; its headings are marked as such."""
        from odf.table import TableHeaderRows

        lines = [("title", sheet.title), *(("text", line) for line in sheet.lines)]
        above = [_row([_text_cell(words, self._text_style(style, wrap=False))]) for style, words in lines]
        cells = [_text_cell(column.heading, self._heading_style(column)) for column in sheet.columns]
        headings = TableHeaderRows()
        headings.appendChild(_rows_element([_row(cells)]))
        styles = self._text_and_number_styles(sheet)
        rows = [_row(_cells(sheet, values, styles)) for values in sheet.rows]
        widths = tuple(column.width for column in sheet.columns)
        self._add_table(sheet.name, widths, _rows_element(above), headings, _rows_element(rows))

    def _add_table(self, name: str, widths: tuple[int, ...], *rows: Any) -> None:  # noqa: ANN401
        """Add a sheet of columns of such widths in letters."""
        from odf.table import Table, TableColumn

        table = Table(name=name)
        for letters in widths:
            table.addElement(TableColumn(stylename=self._column_style(letters)))
        for part in rows:
            table.appendChild(part)
        self._document.spreadsheet.addElement(table)

    def _text_and_number_styles(self, sheet: Sheet) -> list[tuple[str, str]]:
        """Return the style of a text and that of a number in each column."""
        return [
            (self._column_text_style(column, link=sheet.links and place == 0), self._number_style(column))
            for place, column in enumerate(sheet.columns)
        ]

    def _column_text_style(self, column: SheetColumn, *, link: bool) -> str:
        """Return the style of the texts of a column."""
        if column.is_right:
            return self._mark_style()
        kind = "link" if link else INDENTED if column.after_number else "text"
        return self._text_style(kind, wrap=True)

    def _freeze(self) -> None:
        """Freeze the headings of long tables, as LibreOffice keeps that, and open the file at its cover."""
        from odf.config import (
            ConfigItem,
            ConfigItemMapEntry,
            ConfigItemMapIndexed,
            ConfigItemMapNamed,
            ConfigItemSet,
        )

        tables = ConfigItemMapNamed(name="Tables")
        for sheet in self._book.sheets:
            if sheet.frozen_columns is None:
                continue
            entry = ConfigItemMapEntry(name=sheet.name)
            rows, columns = sheet.heading_row + 1, sheet.frozen_columns
            for name, number in (
                ("HorizontalSplitMode", 2 if columns else 0),
                ("VerticalSplitMode", 2),
                ("HorizontalSplitPosition", columns),
                ("VerticalSplitPosition", rows),
                ("ActiveSplitRange", 3 if columns else 2),
                ("PositionRight", columns),
                ("PositionBottom", rows),
            ):
                kind = "short" if name.endswith(("Mode", "Range")) else "int"
                entry.addElement(ConfigItem(name=name, type=kind, text=str(number)))
            tables.addElement(entry)
        view = ConfigItemMapEntry()
        view.addElement(ConfigItem(name="ActiveTable", type="string", text=COVER))
        view.addElement(tables)
        views = ConfigItemMapIndexed(name="Views")
        views.addElement(view)
        settings = ConfigItemSet(name="ooo:view-settings")
        settings.addElement(views)
        self._document.settings.addElement(settings)


def _paragraph_properties(*, right: bool = False, indented: bool = False) -> Any:  # noqa: ANN401
    """Return how the text of a cell is aligned."""
    from odf.style import ParagraphProperties

    margin = {"marginleft": _INDENT} if indented else {}
    return ParagraphProperties(textalign="end" if right else "start", **margin)


def _rows_element(rows: list[str]) -> Any:  # noqa: ANN401
    """Return rows, written as XML, as a node of odfpy's document."""
    from odf.element import CDATASection

    class Rows(CDATASection):  # type: ignore[misc] # odfpy has no types
        """Text that is XML already."""

        def toXml(self, _level: int, file: Any) -> None:  # noqa: ANN401, N802 -- odfpy's name
            """Write it as it is."""
            file.write(self.data)

    return Rows("".join(rows))


def _row(cells: list[str]) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _cells(sheet: Sheet, values: tuple[Value, ...], styles: list[tuple[str, str]]) -> list[str]:
    """Return the cells of a row: a text as a text, a number as a number."""
    cells = []
    for place, (column, value, (text, number)) in enumerate(zip(sheet.columns, values, styles, strict=True)):
        if not isinstance(value, str):
            cells.append(_number_cell(value, column, number))
        elif sheet.links and place == 0:
            cells.append(_link_cell(value, text))
        else:
            cells.append(_text_cell(value, text))
    return cells


def _text_cell(words: str, style: str) -> str:
    """Return a cell that holds a text."""
    return _cell('office:value-type="string"', style, _paragraphs(words))


def _number_cell(value: float, column: SheetColumn, style: str) -> str:
    """Return a cell that holds a number, with how it is shown."""
    kind = "percentage" if column.kind is Kind.SHARE else "float"
    shown = display(value, column.kind, column.shown)  # no sign of a number is one of XML
    return _cell(f'office:value-type="{kind}" office:value="{value!r}"', style, f"<text:p>{shown}</text:p>")


def _link_cell(name: str, style: str) -> str:
    """Return a cell that links to the sheet that it names."""
    target = quoteattr(f"#{_quoted(name)}.A1")
    link = f'<text:a xlink:href={target} xlink:type="simple">{escape(name)}</text:a>'
    return _cell('office:value-type="string"', style, f"<text:p>{link}</text:p>")


def _cell(attributes: str, style: str, content: str) -> str:
    return f'<table:table-cell table:style-name="{style}" {attributes}>{content}</table:table-cell>'


def _paragraphs(words: str) -> str:
    """Return a text as paragraphs, one a line; spaces that XML would drop, and tabs, are elements."""
    return "".join(f"<text:p>{_spaced(line)}</text:p>" for line in words.split("\n"))


def _spaced(line: str) -> str:
    if "  " not in line and "\t" not in line and line.strip(" ") == line:
        return escape(line)
    spaced = re.sub(r"(?<= ) |^ | $", "\x00", line)  # no text of a sheet holds the sign
    return escape(spaced).replace("\x00", "<text:s/>").replace("\t", "<text:tab/>")


def _database_range(sheet: Sheet, number: int) -> Any:  # noqa: ANN401
    """Return the mark that makes a table one, with a name and a row of headings."""
    from odf.table import DatabaseRange

    top, left = sheet.heading_row + 1, "A"
    right, bottom = _column_letters(len(sheet.columns)), top + len(sheet.rows)
    name = _quoted(sheet.name)
    return DatabaseRange(
        name=f"Table_{number}",
        targetrangeaddress=f"{name}.{left}{top}:{name}.{right}{bottom}",
        containsheader="true",
    )


def _column_letters(number: int) -> str:
    """Return the letters of a column, 1 being A and 27 AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _quoted(name: str) -> str:
    """Return a sheet's name as references have it."""
    return "'" + name.replace("'", "''") + "'"
