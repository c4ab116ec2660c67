from __future__ import annotations

import zipfile

import pytest

from books import write_book
from ptreach.errors import InputError
from ptreach.sources import workbooks
from ptreach.sources.cells import numbers
from ptreach.sources.codes import zone_codes
from ptreach.sources.tables import Layout, read_table
from ptreach.sources.workbooks import read_sheet, read_sheets

CODE = "lsoa code"
HEADER = ["LSOA  code ", "People", None, "Share"]
ROWS = [["E01000001", 1234, None, 0.5], [None, None, None, None], [" E01000002 ", "1,300", "note", "[x]"]]


def book(path, sheets=None):
    notes = [["Notes"], ["Source: somebody"]]
    return write_book(path, sheets or {"Notes": notes, "Data": [["A title"], [], HEADER, *ROWS]})


def test_a_sheet_is_found_by_its_header_under_titles_and_beside_notes(tmp_path):
    table = read_sheet(book(tmp_path / "t.xlsx"), CODE)
    assert table.columns.tolist() == ["LSOA  code ", "People", "Share"]
    # As the spreadsheet counts its rows; the empty one is left out, and the column without a header.
    assert table.index.tolist() == [4, 6]
    assert table.to_numpy().tolist() == [["E01000001", 1234, 0.5], ["E01000002", "1,300", "[x]"]]
    assert isinstance(table.iloc[0, 1], int)


def test_a_workbook_is_read_as_a_csv_is(tmp_path, caplog):
    path = book(tmp_path / "t.XLSX")
    table = read_table(path, header=CODE)
    assert numbers(table, "people", path).tolist() == [1234, 1300]
    assert numbers(table, "share", path, suppressed=True).tolist()[0] == 0.5
    assert "share: 1 figures are withheld by their publisher ([x])" in caplog.text
    with pytest.raises(InputError, match=r"row 6, share: '\[x\]' is no number"):
        numbers(table, "share", path)
    layout = Layout({"zone_id": "LSOA code"})
    table = read_table(path, layout)
    assert zone_codes(table, layout.id_column("lsoa21cd"), path).tolist() == ["E01000001", "E01000002"]


def test_a_header_deep_below_notes_is_none(tmp_path):
    path = book(tmp_path / "t.xlsx", {"Data": [["x"]] * 30 + [HEADER, *ROWS]})
    with pytest.raises(InputError, match="no sheet has the header that is looked for; there are: Data"):
        read_sheet(path, CODE)


def test_of_several_sheets_one_must_be_named(tmp_path):
    years = {"Mid-2021": [HEADER, ROWS[0]], "Mid-2022": [HEADER, ROWS[2]], "Empty": []}
    path = book(tmp_path / "t.xlsx", years)
    assert list(read_sheets(path, CODE)) == ["Mid-2021", "Mid-2022"]
    with pytest.raises(InputError, match=r"2 sheets could be meant: Mid-2021, Mid-2022\. Name one as sheet"):
        read_sheet(path, CODE)
    assert read_sheet(path, CODE, "Mid-2022").iloc[0, 0] == "E01000002"
    with pytest.raises(InputError, match="no sheet 'Mid-2023' with a header"):
        read_sheet(path, CODE, "Mid-2023")


@pytest.mark.parametrize("keep", [0, 10, 300, -30])
def test_a_damaged_workbook_is_an_error_of_input(tmp_path, keep):
    path = book(tmp_path / "t.xlsx")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"t\.xlsx: not readable as a workbook"):
        read_sheet(path, CODE)


def test_a_zip_that_is_no_workbook_and_one_with_broken_xml(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(InputError, match="not readable as a workbook"):
        read_sheet(tmp_path / "t.xlsx", CODE)
    whole = book(tmp_path / "w.xlsx")
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"][:-40]
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(InputError):
        read_sheet(tmp_path / "b.xlsx", CODE)


def test_a_workbook_that_says_it_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    path = book(tmp_path / "t.xlsx")
    monkeypatch.setattr(workbooks, "_MAX_BYTES", 1000)
    with pytest.raises(InputError, match="far more than a table"):
        read_sheet(path, CODE)
