"""Files that are damaged, hostile or of another kind than their name says."""

from __future__ import annotations

import zipfile

import pytest

from ptreach.errors import InputError
from ptreach.sources.contents import WEB_PAGE
from ptreach.sources.indicators import files
from zone_tables import ZONES, column, csv, load, zipped

NO_TABLE = "no table of the zones asked for is in it; it holds"
TEXT = csv(["LSOA21CD", "Parks"], *([code, i] for i, code in enumerate(ZONES)))


def refused(tmp_path, name, content):
    with pytest.raises(InputError) as caught:
        load(tmp_path, (name, content))
    assert name in caught.value.where
    assert caught.value.remedy
    return caught.value.what


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_ends_of_lines(tmp_path, encoding, end):
    text = TEXT.replace("Parks", "Parks’").replace("\n", end)
    assert column(load(tmp_path, ("p.csv", text.encode(encoding))), "parks")[0] == [0, 1, 2, 3, 4, 5]


def test_a_zip_under_the_name_of_a_text_is_a_zip(tmp_path):
    found = load(tmp_path, ("p.csv", zipped(parks__csv=TEXT, __MACOSX___a__csv="x")))
    assert column(found, "parks")[0] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("p.csv", b"", "the file is empty"),
        ("p.csv", b"LSOA21CD,Parks\n", "the table has no rows"),
        ("p.csv", TEXT[:-4].encode(), "the last row has 1 cells of 2: the file is cut"),
        ("p.csv", b"\x00\x01\x02\x03" * 100, "no text, so no CSV"),
        ("p.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>", WEB_PAGE),
        ("p.parquet", b"PAR1" + bytes(100), "not readable as Parquet"),
        ("p.zip", zipped(parks__csv=TEXT)[:-30], "not readable"),
        ("p.zip", b"PK\x03\x04", "not readable as a zip"),
        ("p.zip", zipped(readme__pdf="x"), f"{NO_TABLE} no table at all"),
        ("p.zip", zipped(a__csv=TEXT, b__csv=TEXT), f"{NO_TABLE} a.csv, b.csv"),
        ("p.zip", zipped(parks__csv=""), "the file is empty"),
        ("p.xlsx", zipped(a__xml="x"), "not readable as a workbook"),
        ("p.csv", TEXT.replace("Parks", "LSOA21CD").encode(), "the header 'lsoa21cd' occurs twice"),
    ],
)  # fmt: skip
def test_damaged_files_are_named(tmp_path, name, content, what):
    assert refused(tmp_path, name, content).startswith(what)


def test_a_damaged_file_in_a_zip_is_named(tmp_path):
    content = bytearray(zipped(parks__csv=TEXT * 50))
    place = content.index(b"parks.csv") + 30
    content[place : place + 20] = bytes(20)
    assert refused(tmp_path, "p.zip", bytes(content)).startswith("not readable: ")


def test_a_zip_that_unpacks_to_too_much_is_refused_on_the_way(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_SMALL_BYTES", 1_000_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("t.csv", "w") as stream:
        stream.write(b"LSOA21CD,Parks\n")
        for _ in range(40):
            stream.write(b"E01000001,1\n" * 50_000)
    assert path.stat().st_size < 100_000  # of 24 MB
    read_n = []
    original = zipfile.ZipExtFile.read

    def counted(stream, n=-1):
        data = original(stream, n)
        read_n.append(len(data))
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    with pytest.raises(
        InputError, match=r"z\.zip, t\.csv: unpacks to far more than a table of small areas does"
    ):
        load(tmp_path, ("z.zip", path.read_bytes()))
    assert sum(read_n) < 22_000_000


def test_an_encrypted_zip_is_named(tmp_path):
    content = bytearray(zipped(parks__csv=TEXT))
    content[6] |= 1  # the flag in the file's own head, and in the list at the end
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refused(tmp_path, "p.zip", bytes(content)) == "is encrypted"
