"""What LibreOffice makes of the pack's files: the sheets cell by cell, the slides word by word."""

import csv
import dataclasses
import hashlib
import os
import pickle
import re
import shutil
import subprocess
import sys
from html import unescape

import pytest

from ptreach.outputs.slides.slides import write_slides
from ptreach.outputs.tables.opendocument import write_opendocument
from ptreach.outputs.tables.workbook import write_workbook

AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
"""Comma, quotes, UTF-8, from the first row, cells as they are shown, each sheet into a file of its own."""
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch by the Wootton-under-Edge"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Return a function that has LibreOffice convert files, and gives the folder of what comes out."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed; .ci/packages installs it on Debian")
    home = tmp_path_factory.mktemp("office")

    def convert(kind, *paths):
        out = home / f"out-{len(list(home.iterdir()))}"
        command = [program, f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", kind, "--outdir", str(out), *map(str, paths)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return out

    return convert


@pytest.fixture(scope="module")
def opened(office, book, tmp_path_factory):
    """The sheets of workbook and ODS as LibreOffice shows them, by format and name."""
    folder = tmp_path_factory.mktemp("sheets")
    write_workbook(folder / "xlsx.xlsx", book)
    write_opendocument(folder / "ods.ods", book)
    out = office(AS_SHOWN, folder / "xlsx.xlsx", folder / "ods.ods")
    read = {}
    for path in out.iterdir():
        form, _, name = path.stem.partition("-")
        with path.open(encoding="utf-8", newline="") as stream:
            read[form, name] = list(csv.reader(stream))
    return read


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_every_sheet_opens_and_no_cell_is_an_error_or_a_formulas_result(opened, book, form):
    assert {name for kind, name in opened if kind == form} == {
        "Cover",
        *(sheet.name for sheet in book.sheets),
    }
    for sheet in book.sheets:
        rows = opened[form, sheet.name]
        assert len(rows) == sheet.heading_row + 1 + len(sheet.rows)
        for row, values in zip(rows[sheet.heading_row + 1 :], sheet.rows, strict=True):
            assert all(cell != "" for cell in row)
            assert not any(cell.startswith(("#", "Err:")) for cell in row)
            texts = [(cell, value) for cell, value in zip(row, values, strict=True) if isinstance(value, str)]
            assert all(cell == value for cell, value in texts)


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_numbers_are_shown_with_their_decimals(opened, form):
    headings, first, *_, last = opened[form, "Zones"][4:]
    shown = dict(zip(headings, first, strict=True))
    assert shown["Zone name"] == "Ryde 1"
    assert shown["Median travel time (minutes)"] == "14.98"  # 899 s
    assert shown["Area within 15 minutes (% of the zone's area)"] == "25.0%"
    assert shown["IMD rank"] == "1,000"
    assert shown["Longitude (degrees)"] == "-1.163224"
    assert dict(zip(headings, last, strict=True))["Median travel time (minutes)"] == "[nr]"


def test_workbook_and_opendocument_show_the_same(opened, book):
    names = [name for form, name in opened if form == "xlsx"]
    assert len(names) == 1 + len(book.sheets)  # and the cover
    for name in names:
        assert opened["xlsx", name] == opened["ods", name], name


def words_off_the_page(bbox):
    """Return the words of `pdftotext -bbox` that leave their page, and the number of all words."""
    off, words_n = [], 0
    for width, height, page in re.findall(
        r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', bbox, re.DOTALL
    ):
        box = r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>'
        for left, top, right, bottom, word in re.findall(box, page):
            words_n += 1
            inside = float(left) >= 0 and float(top) >= 0
            if not (inside and float(right) <= float(width) and float(bottom) <= float(height)):
                off.append(unescape(word))
    return off, words_n


def test_words_off_the_page_are_seen():
    page = '<page width="100" height="50">{}</page>'
    word = '<word xMin="{}" yMin="{}" xMax="{}" yMax="{}">w</word>'
    assert words_off_the_page(page.format(word.format(1, 1, 99, 49))) == ([], 1)
    for box in ((-1, 1, 9, 9), (1, -1, 9, 9), (1, 1, 101, 9), (1, 1, 9, 51)):
        assert words_off_the_page(page.format(word.format(*box))) == (["w"], 1)


def test_no_word_of_a_slide_leaves_it_nor_reaches_the_footer(office, deck, facts, tmp_path):
    """Neither in an ordinary deck nor in one whose every text is long."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler) is not installed; .ci/packages installs it on Debian")
    long_sources = tuple(
        dataclasses.replace(record, attribution="Contains the data of very many people. " * 6)
        for record in facts.sources * 4
    )
    far = deck["far"].iloc[[0] * 12].assign(zone_name=f"{LONG} {LONG} 001A")
    long = deck | {
        "town": deck["town"].model_copy(update={"name": LONG[:80]}),
        "far": far,
        "far_rule": "Zones of deciles 1 to 3 that take an hour or more, farthest first. " * 2,
        "facts": dataclasses.replace(facts, sources=long_sources, made_up=True, left_out=("Ferries " * 8,)),
        "zones": deck["zones"].assign(district_name="Bournemouth, Christchurch and Poole"),
    }
    write_slides(tmp_path / "plain.pptx", **deck)
    write_slides(tmp_path / "long.pptx", **long)
    out = office("pdf", tmp_path / "plain.pptx", tmp_path / "long.pptx")
    for name, pages_n in (("plain", 7), ("long", 10)):
        bbox = subprocess.run(
            ["pdftotext", "-bbox", str(out / f"{name}.pdf"), "-"], check=True, capture_output=True
        ).stdout.decode("utf-8")
        off, words_n = words_off_the_page(bbox)
        assert words_n > 200
        assert off == []
        assert bbox.count("<page ") >= pages_n
        for page in re.findall(r"<page .*?</page>", bbox, re.DOTALL)[2:]:
            assert _above_footer(page), page


def _above_footer(page):
    """Whether every word lies above the footer or within it, none across its upper edge."""
    edge = 7.04 / 7.5 * float(re.search(r'height="([\d.]+)"', page)[1])
    boxes = re.findall(r'yMin="([-\d.]+)" xMax="[-\d.]+" yMax="([-\d.]+)"', page)
    return all(float(bottom) <= edge + 2 or float(top) >= edge - 2 for top, bottom in boxes)


WRITE = """
import pickle, sys
from pathlib import Path
from ptreach.outputs.tables.opendocument import write_opendocument
from ptreach.outputs.slides.slides import write_slides
from ptreach.outputs.tables.workbook import write_workbook
with open(sys.argv[1], "rb") as file:
    book, deck = pickle.load(file)
folder = Path(sys.argv[2])
write_slides(folder / "x.pptx", **deck)
write_opendocument(folder / "x.ods", book)
write_workbook(folder / "x.xlsx", book)
"""


def test_other_processes_with_other_hash_seeds_write_the_same_bytes(book, deck, tmp_path):
    (tmp_path / "made").write_bytes(pickle.dumps((book, deck)))
    digests = set()
    for seed in ("0", "1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-c", WRITE, str(tmp_path / "made"), str(folder)],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC-{seed}"},
        )
        digests.add(tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())))
    assert len(digests) == 1
