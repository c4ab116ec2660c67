import io
import re
import zipfile

import openpyxl
import pytest

from ptreach.outputs.tables.workbook import COVER_LETTERS, LETTER_PX, write_workbook


@pytest.fixture(scope="module")
def path(book, tmp_path_factory):
    path = tmp_path_factory.mktemp("workbook") / "ryde.xlsx"
    write_workbook(path, book)
    return path


@pytest.fixture(scope="module")
def read(path):
    return openpyxl.load_workbook(path)


def rows_of(worksheet, sheet):
    first = sheet.heading_row + 2
    return [
        tuple(cell.value for cell in row)
        for row in worksheet.iter_rows(min_row=first, max_col=len(sheet.columns))
    ]


def test_every_value_is_read_back(read, book):
    assert read.sheetnames == ["Cover", *(sheet.name for sheet in book.sheets)]
    assert [cell.value for (cell,) in read["Cover"].iter_rows()] == [words for _, words in book.cover]
    for sheet in book.sheets:
        worksheet = read[sheet.name]
        above = [worksheet.cell(row, 1).value for row in range(1, sheet.heading_row + 1)]
        assert above == [sheet.title, *sheet.lines]
        headings = [cell.value for cell in worksheet[sheet.heading_row + 1]]
        assert headings == [column.heading for column in sheet.columns]
        assert rows_of(worksheet, sheet) == list(sheet.rows)


def test_each_sheet_has_one_table_marked_up_with_its_headings_and_no_filter(read, book):
    names = set()
    for sheet in book.sheets:
        (table,) = read[sheet.name].tables.values()
        last = openpyxl.utils.get_column_letter(len(sheet.columns))
        top = sheet.heading_row + 1
        assert table.ref == f"A{top}:{last}{top + len(sheet.rows)}"
        assert table.headerRowCount == 1
        assert table.autoFilter is None
        names.add(table.displayName)
    assert len(names) == len(book.sheets)
    assert not read["Cover"].tables


def test_nothing_is_merged_hidden_or_a_formula(read):
    for worksheet in read:
        assert not worksheet.merged_cells.ranges
        assert worksheet.sheet_state == "visible"
        assert not any(dimension.hidden for dimension in worksheet.column_dimensions.values())
        assert all(cell.data_type in {"s", "n"} for row in worksheet.iter_rows() for cell in row)


def test_texts_that_look_like_formulas_are_texts_for_good(read):
    names = {cell.value: cell for (cell,) in read["Zones"].iter_rows(min_col=2, max_col=2)}
    assert names["=1+1"].data_type == "s"
    assert names["=1+1"].quotePrefix  # stays a text where it is edited
    assert names["@SUM(1)"].quotePrefix
    assert not names["Ryde 1"].quotePrefix
    assert names["<b>&amp;\ufffd"].data_type == "s"


def test_numbers_have_their_decimals_and_stand_to_the_right(read, book):
    sheet = next(sheet for sheet in book.sheets if sheet.name == "Zones")
    formats = {
        column.heading: read["Zones"].cell(sheet.heading_row + 2, place).number_format
        for place, column in enumerate(sheet.columns, 1)
    }
    assert formats["Median travel time (minutes)"] == "#,##0.00"
    assert formats["Area within 15 minutes (% of the zone's area)"] == "0.0%"
    assert formats["Residents (people)"] == "#,##0"
    assert formats["Longitude (degrees)"] == "#,##0.000000"
    place = [column.heading for column in sheet.columns].index("Median travel time (minutes)") + 1
    mark = read["Zones"].cell(sheet.heading_row + 1 + len(sheet.rows), place)
    assert (mark.value, mark.alignment.horizontal) == ("[nr]", "right")


def test_figures_of_many_units_show_the_decimals_that_they_have(read, book):
    sheet = next(sheet for sheet in book.sheets if sheet.name == "Figures")
    place = [column.heading for column in sheet.columns].index("Value") + 1
    assert read["Figures"].cell(sheet.heading_row + 2, place).number_format == "General"


def test_texts_keep_off_the_numbers_to_their_left(read, book):
    sheet = next(sheet for sheet in book.sheets if sheet.name == "Zones")
    places = {column.heading: place for place, column in enumerate(sheet.columns, 1)}
    for heading, indent in (("Band of travel time", 1), ("Reason", 0), ("Zone name", 0)):
        for row in (1, 2):
            alignment = read["Zones"].cell(sheet.heading_row + row, places[heading]).alignment
            assert alignment.indent == indent
            assert alignment.horizontal == "left" or not indent  # LibreOffice indents no others


def test_columns_are_counted_in_letters_of_the_font_that_is_written(path):
    """Excel counts columns in the widest digit of the file's first font: Arial 12, of 9 pixels."""
    with zipfile.ZipFile(path) as archive:
        styles, cover = (archive.read(f"xl/{name}.xml").decode() for name in ("styles", "worksheets/sheet1"))
    assert re.search(r"<fonts[^>]*><font><sz val=\"12\"/>.*?<name val=\"Arial\"/>", styles)
    width = float(re.search(r'<col [^>]*width="([\d.]+)"', cover)[1])
    assert width * 9 == pytest.approx(COVER_LETTERS * LETTER_PX, abs=9)


def test_contents_link_to_their_sheets(read, book):
    cells = [cell for (cell,) in read["Contents"].iter_rows(max_col=1) if cell.hyperlink]
    links = {cell.hyperlink.location: cell.value for cell in cells}
    assert links == {f"'{sheet.name}'!A1": sheet.name for sheet in book.sheets[1:]}


def test_properties_name_the_town_and_no_day(read, book):
    properties = read.properties
    assert (properties.title, properties.creator) == (book.title, "ptreach 0.1.0")
    assert properties.created.year == properties.modified.year == 2000


def test_headings_of_long_tables_are_frozen(read):
    assert read["Zones"].freeze_panes is None
    assert read["Columns"].freeze_panes == "A4"  # title, line, headings


def test_the_same_spreadsheet_gives_the_same_bytes(path, book, tmp_path):
    write_workbook(tmp_path / "again.xlsx", book)
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_no_entry_of_the_zip_bears_a_date(path):
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
