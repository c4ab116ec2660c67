"""A pack whose town, zones, authority, stops, routes, operators and licences bear the names of attacks.

It is made beside the same town's with honest names, and holds no element, attribute, address, script, formula
or relation more: what the data say is text in every file.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from itertools import cycle

import pytest
from markdown_it import MarkdownIt

from markup import of_html, of_xml
from ptreach.cli.main import main
from ptreach.model import no_progress
from ptreach.pipeline import demo
from ptreach.side_by_side import index

SCRIPT = "<script>alert(1)</script>"
ATTACKS = (
    f"=1+1{SCRIPT}",
    "+]]></style></title></svg><svg onload=alert(2)>",
    '@"><img src=x onerror=alert(3)>',
    "-2+3|cmd' onmouseover='alert(4)",
    "[a](javascript:alert(5)) ![b](http://evil.invalid/b.png) <http://evil.invalid>",
    "`c` **d** <b onclick=alert(6)>e</b> &lt;i&gt; | f",
    "[bold]g[/nope] {h} ${i} %s $(j) <!-- k",
    '=HYPERLINK("http://evil.invalid","l")',
)
NAME = f"=1+1{SCRIPT}]]></style>[a](javascript:b)<img onerror=c>"


def edited(path, header, attacks):
    """Write a column of a CSV anew."""
    table = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    at = table[0].index(header)
    for row in table[1:]:
        row[at] = f"{next(attacks)} {row[at]}"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    path.write_text(text.getvalue(), encoding="utf-8")


def edit_feed(path, attacks):
    """Give stops, routes and operators of a feed the names of attacks."""
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    for name, header in (
        ("agency.txt", "agency_name"),
        ("routes.txt", "route_short_name"),
        ("routes.txt", "route_long_name"),
        ("stops.txt", "stop_name"),
    ):
        table = list(csv.reader(io.StringIO(texts[name])))
        if header in table[0]:
            for row in table[1:]:
                row[table[0].index(header)] += f" {next(attacks)}"
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(table)
            texts[name] = text.getvalue()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)


def edit_recipe(path, attacks):
    """Give a recipe and its files the titles, publishers, licences and notes of attacks."""
    text = re.sub(r"(?m)^sha256 = .*\n", "", path.read_text(encoding="utf-8"))
    keys = "title|publisher|licence|attribution|note|deprivation_title|population_title"
    text = re.sub(
        rf'(?m)^({keys}) = "(.*)"$',
        lambda found: f"{found[1]} = {json.dumps(f'{next(attacks)} {found[2]}')}",
        text,
    )
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def packs(tmp_path_factory):
    """The folders of the honest pack and of the hostile one."""
    honest = tmp_path_factory.mktemp("honest")
    demo(honest, workers=1, progress=no_progress)
    index(honest, failures=(), ran={"demo-town"}, several=True, progress=no_progress)
    hostile = tmp_path_factory.mktemp("hostile")
    for name in ("config", "networks"):
        shutil.copytree(honest / name, hostile / name, ignore=shutil.ignore_patterns("built"))
    attacks = cycle(ATTACKS)
    network, areas = (hostile / "networks" / name for name in ("demo-town", "demo-lsoa"))
    for path in (network / "network.toml", areas / "areas.toml"):
        edit_recipe(path, attacks)
    for path in sorted((network / "sources").glob("*.zip")):
        edit_feed(path, attacks)
    edited(areas / "sources" / "demo-centroids.csv", "LSOA11NM", attacks)
    indices = areas / "sources" / "demo-deprivation-file-7.csv"
    edited(indices, "LSOA name (2011)", cycle(ATTACKS))
    edited(indices, "Local Authority District name (2019)", cycle([ATTACKS[0]]))
    config = hostile / "config" / "demo-town.toml"
    text = config.read_text(encoding="utf-8").replace('"Averbridge high street"', json.dumps(NAME))
    text = text.replace('source = "', f'source = "{ATTACKS[1]} ')
    config.write_text(text, encoding="utf-8")
    assert (
        main(["-q", "--home", str(hostile), "run", str(config), "--out", str(hostile), "--workers", "1"]) == 0
    )
    index(hostile, failures=(), ran={"demo-town"}, several=True, progress=no_progress)
    return honest, hostile


def files(folder, *endings):
    found = [
        path for path in sorted(folder.rglob("*")) if path.suffix in endings and "networks" not in path.parts
    ]
    assert found
    return [path.relative_to(folder) for path in found]


def test_pages_hold_no_element_attribute_script_or_address_more(packs):
    for path in files(packs[1], ".html"):
        clean, read = (of_html((folder / path).read_text(encoding="utf-8")) for folder in packs)
        assert read.elements - clean.elements == set(), path
        leads = {
            one for one in read.addresses - clean.addresses if not one.startswith("data:image/png;base64,")
        }
        assert (read.scripts_n, leads) == (clean.scripts_n, set()), path
        assert SCRIPT in read.words, path  # it is there, as text


def test_pictures_are_xml_with_no_element_attribute_or_address_more(packs):
    for path in files(packs[1], ".svg"):
        clean, read = (of_xml((folder / path).read_bytes()) for folder in packs)
        names = {tag for tag, _ in read.elements} | {name for _, name in read.elements}
        assert not [name for name in names if name.startswith("on") or "script" in name or "foreign" in name]
        assert {tag for tag, _ in read.elements} <= {tag for tag, _ in clean.elements}, path
        assert not [address for address in read.addresses if not address.startswith(("#", "data:image/png"))]


def test_methods_rendered_hold_no_element_or_address_more(packs):
    """By a reader of Markdown that lets HTML through, as those of most programs do."""
    texts = [(folder / "demo-town" / "methods.md").read_text(encoding="utf-8") for folder in packs]
    clean, read = (of_html(MarkdownIt("commonmark").enable("table").render(text)) for text in texts)
    assert {tag for tag, _ in read.elements} - {tag for tag, _ in clean.elements} == set()
    assert read.elements - clean.elements == set()
    assert read.addresses - clean.addresses == set()
    assert SCRIPT in read.words


def test_tables_hold_no_formula(packs):
    for path in files(packs[1], ".csv"):
        with (packs[1] / path).open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    number = re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell)
                    assert number or cell[:1] not in {"=", "+", "-", "@", "\t", "\r"}, (path, cell)


def parts_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))}


@pytest.mark.parametrize("ending", [".xlsx", ".ods", ".pptx"])
def test_documents_hold_no_formula_and_lead_nowhere(packs, ending):
    for path in files(packs[1], ending):
        clean, read = (
            {name: of_xml(text) for name, text in parts_of(folder / path).items()} for folder in packs
        )
        known = set().union(*(part.addresses for part in clean.values()))
        for name, part in read.items():
            tags = {tag.rpartition("}")[2] for tag, _ in part.elements}
            attributes = {attribute.rpartition("}")[2] for _, attribute in part.elements}
            assert "f" not in tags or ending == ".pptx", (path, name)  # of charts: ranges of their own sheets
            assert "formula" not in attributes, (path, name)
            leads = {one for one in part.addresses - known if "://" in one or "javascript" in one}
            assert leads == set(), (path, name)
        assert SCRIPT in "".join(part.words for part in read.values()), path


def test_layers_hold_the_names_as_they_are(packs):
    with closing(sqlite3.connect(packs[1] / "demo-town" / "layers" / "demo-town.gpkg")) as file:
        names = [name for (name,) in file.execute("SELECT zone_name FROM made_up_lsoa")]
        styles = [text for (text,) in file.execute("SELECT styleQML FROM layer_styles")]
    assert any(name.startswith(ATTACKS[0]) for name in names)
    assert styles
    for text in styles:
        of_xml(text)
    for path in files(packs[1], ".geojson"):
        json.loads((packs[1] / path).read_text(encoding="utf-8"))


def test_an_explanation_shows_names_as_they_are(packs, capsys):
    hostile = packs[1]
    config = hostile / "config" / "demo-town.toml"
    assert main(["--home", str(hostile), "explain", str(config), "X01000001"]) == 0
    said = capsys.readouterr().out
    assert said.count(SCRIPT) > 0
    assert "\x1b" not in said
    assert main(["--home", str(hostile), "explain", str(config), "X01000001", "--json"]) == 0
    assert NAME in json.loads(capsys.readouterr().out)["town"]
