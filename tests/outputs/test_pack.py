import contextlib
import csv
import dataclasses
import fnmatch
import hashlib
import html
import json
import os
import re
import shutil
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
from pptx import Presentation

from ptreach.aside import aside_of
from ptreach.errors import InputError
from ptreach.outputs import pack

TABLES = (
    "assumptions-log", "by-imd-decile", "data-log", "deprived-and-far", "figures", "people-within",
    "time-and-deprivation", "zones",
)  # fmt: skip
FILES = {
    "README.txt",
    "layers/ryde-isochrones.geojson",
    "layers/ryde-isochrones.parquet",
    "layers/ryde-zones.geojson",
    "layers/ryde-zones.parquet",
    "layers/ryde.gpkg",
    "manifest.json",
    *(
        f"maps/ryde-{name}{ending}"
        for name in ("deprived-and-far", "journey-time", "within-by-decile")
        for ending in (".png", ".svg", "-a4.png", "-a4.svg", ".txt")
    ),
    "methods.md",
    "qa.html",
    "slides/ryde.pptx",
    *(f"tables/ryde-{name}.csv{ending}" for name in TABLES for ending in ("", "-metadata.json")),
    "tables/ryde.ods",
    "tables/ryde.xlsx",
    "web/index.html",
}


def slide_words(path):
    return "\n".join(
        shape.text_frame.text
        for slide in Presentation(path).slides
        for shape in slide.shapes
        if shape.has_text_frame
    )


def xlsx_words(path):
    sheets = openpyxl.load_workbook(path).worksheets
    return "\n".join(str(value) for sheet in sheets for row in sheet.values for value in row)


def ods_words(path):
    return zipfile.ZipFile(path).read("content.xml").decode("utf-8")


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_pack_holds_what_it_should_and_repeats_byte_for_byte(tmp_path, write):
    one = write(tmp_path / "one" / "ryde")
    assert one == tmp_path / "one" / "ryde"
    two = write(tmp_path / "two" / "ryde")
    assert set(contents(one)) == FILES
    assert contents(one) == contents(two)
    assert [path.name for path in one.parent.iterdir()] == ["ryde"]


def test_the_readme_says_what_each_file_is(tmp_path, write, drawn):
    folder = write(tmp_path / "ryde")
    text = (folder / "README.txt").read_text(encoding="utf-8")
    beside = ("maps/*-a4.png", "maps/*.svg", "maps/*.txt", "tables/*.csv-metadata.json")
    for name in set(contents(folder)) - {"README.txt"}:
        lines = [pattern for pattern in beside if fnmatch.fnmatch(name, pattern)] or [name]
        assert any(f"\n{line} " in text for line in lines), name


def test_manifest_digests_every_other_file(tmp_path, write, drawn):
    files = contents(write(tmp_path / "ryde"))
    listed = json.loads(files.pop("manifest.json"))["files"]
    assert {name: row["sha256"] for name, row in listed.items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }
    assert all(row["size_bytes"] == len(files[name]) for name, row in listed.items())


def test_made_up_is_said_in_every_part_that_a_reader_opens(tmp_path, write, facts):
    real = write(tmp_path / "real" / "ryde")
    made_up = write(tmp_path / "made-up" / "ryde", facts=dataclasses.replace(facts, made_up=True))
    pictures = {name for name in FILES if name.endswith(".png")}
    readers = {".pptx": slide_words, ".ods": ods_words, ".xlsx": xlsx_words}
    binary = {name for name in FILES if name.endswith((".gpkg", ".parquet"))}
    for name in FILES - pictures - binary:
        read = readers.get(Path(name).suffix, lambda path: path.read_text(encoding="utf-8-sig"))
        text = [read(folder / name).lower() for folder in (real, made_up)]
        assert "made up" not in text[0].replace('"made_up": false', ""), name
        assert any(words in text[1] for words in ("made-up", "made up", '"made_up": true')), name
    layers = pyogrio.list_layers(made_up / "layers" / "ryde.gpkg")[:-1, 0].tolist()
    assert len(layers) == 8
    for layer in layers:
        frame = pyogrio.read_dataframe(made_up / "layers" / "ryde.gpkg", layer=layer)
        assert set(frame["made_up"]) == {"made-up"}
    for name in ("isochrones", "zones"):
        frame = gpd.read_parquet(made_up / "layers" / f"ryde-{name}.parquet")
        assert set(frame["made_up"]) == {"made-up"}
    assert len(pictures) == 6
    for picture in pictures:
        assert (real / picture).read_bytes() != (made_up / picture).read_bytes()


def test_every_form_gives_each_publisher_its_words(tmp_path, write, drawn, facts):
    """Of one list of inputs: what is said in one part of a pack is said in all."""
    attributions = [f"© <Publisher> & sons {number}" for number, _ in enumerate(facts.sources)]
    sources = [
        dataclasses.replace(record, attribution=words)
        for record, words in zip(facts.sources, attributions, strict=True)
    ]
    folder = write(tmp_path / "ryde", facts=dataclasses.replace(facts, sources=tuple(sources)), tiles=True)
    layers = folder / "layers"
    with contextlib.closing(sqlite3.connect(layers / "ryde.gpkg")) as file:
        described = file.execute("SELECT description FROM gpkg_contents WHERE data_type = 'features'")
        about = [words for (words,) in described]
    assert len(about) == 8
    said = {
        "slides": slide_words(folder / "slides" / "ryde.pptx"),
        "workbook": xlsx_words(folder / "tables" / "ryde.xlsx"),
        "opendocument": html.unescape(ods_words(folder / "tables" / "ryde.ods")),
        "page": html.unescape((folder / "web" / "index.html").read_text(encoding="utf-8")),
        **{f"layer {number}": words for number, words in enumerate(about)},
        **{
            path.name: json.loads(path.read_text(encoding="utf-8"))["description"]
            for path in layers.glob("*.geojson")
        },
        **{
            path.name: "".join(json.loads(path.read_text(encoding="utf-8"))["dc:source"])
            for path in (folder / "tables").glob("*-metadata.json")
        },
        **{name: (folder / name).read_text(encoding="utf-8") for name in ("README.txt", "manifest.json")},
        "data log": (folder / "tables" / "ryde-data-log.csv").read_text(encoding="utf-8"),
    }
    assert {part for part, text in said.items() if not all(words in text for words in attributions)} == set()


def test_the_sunset_is_told_wherever_figures_are(tmp_path, write, drawn, facts):
    folder = write(tmp_path / "ryde")
    told = "Sunday 19 July 2020"
    for name in ("README.txt", "methods.md", "qa.html", "web/index.html"):
        assert told in " ".join((folder / name).read_text(encoding="utf-8").split()), name
    assert told in slide_words(folder / "slides" / "ryde.pptx")
    assert told in xlsx_words(folder / "tables" / "ryde.xlsx")
    assert told in ods_words(folder / "tables" / "ryde.ods")


def test_slides_round_shares_once_as_pictures_do(tmp_path, write, drawn, zones):
    # 24,998 of a million are within 30 minutes: 2.4998 %, which is 2.50 % in tables and yet 2 %
    people = [24_998.0, 0.0, 0.0, 0.0, 975_002.0]
    few = zones.assign(population=people, imd_decile=1.0, minutes_p50=[10.0, 10.0, 10.0, 10.0, 80.0])
    folder = write(tmp_path / "ryde", zones=few)
    (chart,) = [
        shape.chart
        for slide in Presentation(folder / "slides" / "ryde.pptx").slides
        for shape in slide.shapes
        if shape.has_chart
    ]
    assert chart.plots[0].series[0].values[0] == pytest.approx(0.024998, abs=1e-9)
    with (folder / "tables" / "ryde-by-imd-decile.csv").open(encoding="utf-8-sig") as file:
        first = next(csv.DictReader(file))
    assert first["share_within_15"] == "0.025"


def test_the_logs_are_sheets_too(tmp_path, write, drawn):
    folder = write(tmp_path / "ryde")
    book = openpyxl.load_workbook(folder / "tables" / "ryde.xlsx")
    assert book.sheetnames[-2:] == ["Data log", "Assumptions log"]
    with (folder / "tables" / "ryde-assumptions-log.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    values = {value for cells in book["Assumptions log"].values for value in cells}
    assert {row["assumption"] for row in rows} <= values


def test_tables_slides_and_spreadsheets_say_the_same(tmp_path, write, drawn):
    folder = write(tmp_path / "ryde")
    with (folder / "tables" / "ryde-deprived-and-far.csv").open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    far = Presentation(folder / "slides" / "ryde.pptx").slides[4]
    table = next(shape.table for shape in far.shapes if shape.has_table)
    assert [cell.text for cell in table.rows[1].cells] == [row["zone_name"], "1", "100", "15.0"]
    assert any(
        "not within 15 minutes" in shape.text_frame.text for shape in far.shapes if shape.has_text_frame
    )
    book = openpyxl.load_workbook(folder / "tables" / "ryde.xlsx")
    values = [value for cells in book["Deprived and far"].values for value in cells]
    assert {row["lsoa11cd"], row["zone_name"], 15} <= set(values)
    names = re.findall(r'<table:table table:name="([^"]*)"', ods_words(folder / "tables" / "ryde.ods"))
    assert names == book.sheetnames


def test_map_table_and_layer_agree(tmp_path, write, drawn):
    folder = write(tmp_path / "ryde")
    table = (folder / "tables" / "ryde-zones.csv").read_text(encoding="utf-8-sig").splitlines()
    layer = pyogrio.read_dataframe(folder / "layers" / "ryde.gpkg", layer="lsoa_2011")
    header = table[0].split(",")
    assert [line.split(",")[header.index("band")] for line in table[1:]] == layer["band"].tolist()
    assert [line.split(",")[0] for line in table[1:]] == layer["lsoa11cd"].tolist()


def test_a_failing_write_leaves_the_old_pack_and_nothing_beside_it(tmp_path, write, drawn, monkeypatch):
    target = write(tmp_path / "ryde")
    before = contents(target)

    def fail(*_, **__):
        raise RuntimeError("midway")

    monkeypatch.setattr(pack, "methods_text", fail)
    with pytest.raises(RuntimeError, match="midway"):
        write(target)
    assert contents(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["ryde"]


def test_a_new_pack_replaces_the_old_one_whole(tmp_path, write, drawn, facts):
    target = write(tmp_path / "ryde")
    (target / "tables" / "left-over.csv").write_text("of an older version", encoding="utf-8")
    write(target, facts=dataclasses.replace(facts, version="0.2.0"))
    assert set(contents(target)) == FILES
    assert json.loads((target / "manifest.json").read_text(encoding="utf-8"))["ptreach"]["version"] == "0.2.0"
    assert [path.name for path in tmp_path.iterdir()] == ["ryde"]


def test_a_folder_that_is_no_pack_is_not_touched(tmp_path, write, drawn):
    target = tmp_path / "ryde"
    target.mkdir()
    (target / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(InputError, match="is no pack") as caught:
        write(target)
    assert caught.value.where == str(target)
    assert contents(target) == {"thesis.docx": b"years of work"}
    assert [path.name for path in tmp_path.iterdir()] == ["ryde"]


def test_a_file_in_the_way_is_not_touched(tmp_path, write, drawn):
    (tmp_path / "ryde").write_bytes(b"a file")
    with pytest.raises(InputError, match="a file of that name"):
        write(tmp_path / "ryde")
    assert (tmp_path / "ryde").read_bytes() == b"a file"


def test_an_empty_folder_is_used(tmp_path, write, drawn):
    (tmp_path / "ryde").mkdir()
    assert set(contents(write(tmp_path / "ryde"))) == FILES


def test_a_file_open_on_windows_is_named_with_its_remedy(tmp_path, write, drawn, monkeypatch):
    target = write(tmp_path / "ryde")
    before = contents(target)
    rename = Path.rename

    def refuse(self, to):
        if self == target:
            raise PermissionError(13, "Access is denied")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(InputError, match="open in another program") as caught:
        write(target)
    assert "close the file" in caught.value.remedy
    assert contents(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["ryde"]


def test_the_old_pack_comes_back_where_the_new_one_cannot_move_in(tmp_path, write, drawn, monkeypatch):
    target = write(tmp_path / "ryde")
    before = contents(target)
    rename = Path.rename

    def refuse(self, to):
        if self.name.startswith(".ryde.") and self.name.endswith(".part"):
            raise OSError(28, "No space left on device")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(InputError, match="No space left"):
        write(target)
    assert contents(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["ryde"]


def test_what_a_killed_run_left_is_put_right(tmp_path, write, drawn):
    target = write(tmp_path / "ryde")
    before = contents(target)
    left = aside_of(target).name.replace(f"-{os.getpid()}-", "-999999999-")
    shutil.copytree(target, tmp_path / left)
    target.rename(tmp_path / ".ryde.old")  # killed between the two moves
    assert contents(write(target)) == before
    assert [path.name for path in tmp_path.iterdir()] == ["ryde"]


def test_a_place_that_cannot_be_written_is_the_users_to_mend(tmp_path, write, drawn):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="can't be written") as caught:
        write(tmp_path / "file" / "ryde")
    assert caught.value.where == str(tmp_path / "file")


def test_tiles_are_written_where_they_are_asked_for_and_explained(tmp_path, write, drawn):
    folder = write(tmp_path / "ryde", tiles=True)
    tiles = {"layers/ryde-isochrones.pmtiles", "layers/ryde-zones.pmtiles"}
    assert set(contents(folder)) == FILES | tiles
    text = (folder / "README.txt").read_text(encoding="utf-8")
    assert all(f"\n{name} " in text for name in tiles)


def test_page_methods_and_manifest_say_how_map_and_table_agree(tmp_path, write, drawn):
    folder = write(tmp_path / "ryde")
    figure = "3 zones whose point lies where the map is drawn, 2 (66.7%) lie in the band"
    page = (folder / "qa.html").read_text(encoding="utf-8")
    assert "<h2>Map and table beside each other</h2>" in page
    assert figure in page
    assert "Llŷn 3" in page
    methods = (folder / "methods.md").read_text(encoding="utf-8")
    assert figure in methods
    assert "| E01000003 | Llŷn 3 | 29.98 | 15 to 30 min | none | no street within 300 m" in methods
    found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["map_and_table"]
    assert (found["zones"], found["agree"], found["share"]) == (3, 2, 0.6667)
    assert found["rest"][1] == {
        "zone_id": "E01000003", "band_by_minutes": 1, "band_on_map": -1, "why": "not drawn",
    }  # fmt: skip
