import zipfile
from xml.etree import ElementTree as ET

import odf.opendocument
import pandas as pd
import pytest
from odf.table import CoveredTableCell, DatabaseRange, Table, TableCell, TableHeaderRows
from odf.teletype import extractText
from odf.text import P

from ptreach.outputs.tables.columns import Kind
from ptreach.outputs.tables.opendocument import write_opendocument
from ptreach.outputs.tables.sheets import Book, Sheet, SheetColumn

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@pytest.fixture(scope="module")
def path(book, tmp_path_factory):
    path = tmp_path_factory.mktemp("opendocument") / "ryde.ods"
    write_opendocument(path, book)
    return path


@pytest.fixture(scope="module")
def content(path):
    with zipfile.ZipFile(path) as archive:
        return ET.fromstring(archive.read("content.xml"))


def test_every_value_is_read_back(path, book):
    for sheet in book.sheets:
        read = pd.read_excel(path, sheet.name, engine="odf", header=None, keep_default_na=False)
        rows = list(read.itertuples(index=False, name=None))
        assert [row[0] for row in rows[: sheet.heading_row]] == [sheet.title, *sheet.lines]
        assert list(rows[sheet.heading_row]) == [column.heading for column in sheet.columns]
        assert rows[sheet.heading_row + 1 :] == [tuple(row) for row in sheet.rows]
    cover = pd.read_excel(path, "Cover", engine="odf", header=None)
    assert cover[0].tolist() == [words for _, words in book.cover]


def test_each_table_is_marked_up_with_its_headings(path, book):
    document = odf.opendocument.load(path)
    ranges = {
        part.getAttribute("targetrangeaddress"): part.getAttribute("containsheader")
        for part in document.getElementsByType(DatabaseRange)
    }
    contents = book.sheets[0]
    assert ranges[f"'Contents'.A3:'Contents'.C{3 + len(contents.rows)}"] == "true"
    assert len(ranges) == len(book.sheets)
    assert len(document.getElementsByType(TableHeaderRows)) == len(book.sheets)
    assert not document.getElementsByType(CoveredTableCell)  # nothing is merged
    assert document.getElementsByType(Table)[0].getAttribute("name") == "Cover"


def test_no_cell_is_a_formula_and_each_has_a_value(content):
    cells = list(content.iter(f"{TABLE}table-cell"))
    assert cells
    for cell in cells:
        assert f"{TABLE}formula" not in cell.attrib
        assert cell.get(f"{OFFICE}value-type") in {"string", "float", "percentage"}
        assert "".join(cell.itertext()) or cell.find(f".//{TEXT}s") is not None


def test_every_style_that_a_cell_names_is_there(path, content):
    with zipfile.ZipFile(path) as archive:
        styles = ET.fromstring(archive.read("styles.xml"))
    name = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}name"
    there = {element.get(name) for root in (styles, content) for element in root.iter() if element.get(name)}
    used = {element.get(f"{TABLE}style-name") for element in content.iter()} - {None}
    assert used <= there
    assert {"title", "text-wrapped", "indented-wrapped", "mark", "number2", "share1", "number"} <= used


def test_spaces_tabs_and_lines_of_a_text_come_back(tmp_path):
    texts = (" two  spaces ", "a\tb", "line\nline", "<b>&amp;'\"", "   ")
    column = SheetColumn("H", Kind.TEXT, 0, 20)
    sheet = Sheet("A", "T", ("line",), (column,), tuple((text,) for text in texts))
    write_opendocument(tmp_path / "x.ods", Book("t", "a", (("title", "t"),), (sheet,)))
    cells = odf.opendocument.load(tmp_path / "x.ods").getElementsByType(TableCell)[-len(texts) :]
    read = ["\n".join(extractText(line) for line in cell.getElementsByType(P)) for cell in cells]
    assert read == list(texts)


def test_properties_name_the_town_and_no_day(path, book):
    with zipfile.ZipFile(path) as archive:
        meta = archive.read("meta.xml").decode()
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
    assert f"<dc:title>{book.title}</dc:title>" in meta
    assert meta.count("2000-01-01T00:00:00") == 2


def test_the_same_spreadsheet_gives_the_same_bytes_whatever_was_written_before(path, book, tmp_path):
    pd.DataFrame({"a": [1]}).to_excel(tmp_path / "other.ods", engine="odf")
    odf.opendocument.load(tmp_path / "other.ods")
    write_opendocument(tmp_path / "again.ods", book)
    assert (tmp_path / "again.ods").read_bytes() == path.read_bytes()
