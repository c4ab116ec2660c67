"""No module makes foreign text code, a command or a file elsewhere; who could, says why it does not."""

from pathlib import Path

import pytest

from dangers import BARRED, dangers_in

PACKAGE = Path(__file__).parents[1] / "src" / "ptreach"
PICKLED = "of arrays alone: allow_pickle is False"
R5 = "r5 in a process of its own, a list of arguments without a shell"
ALLOWED = {
    ("engine/r5_process.py", "subprocess.Popen"): R5,
    ("engine/r5_machine.py", "subprocess.check_output"): "asks the user's own Java for its release",
    ("engine/raptor/kept_walks.py", "numpy.load"): PICKLED,
    ("engine/raptor/reach.py", "numpy.load"): PICKLED,
    ("matrix/kept.py", "numpy.load"): PICKLED,
    ("network/build.py", "numpy.load"): PICKLED,
    ("outputs/layers/qgis.py", "xml.etree.ElementTree.fromstring"): "a style of our own making",
    ("outputs/postgis.py", "pyogrio.list_layers"): "of a file that begins as a GeoPackage does",
    ("outputs/postgis.py", "pyogrio.read_dataframe"): "of a file that begins as a GeoPackage does",
    ("outputs/slides/shapes.py", "pptx.oxml.parse_xml"): "a bullet, spelled out there",
    ("processes.py", "pickle.loads"): "from the process that started this one, through a pipe of theirs",
    ("sources/osm_places.py", "numpy.fromfile"): "a table that this run has written, some rows at a time",
    ("sources/tables.py", "pyogrio.list_layers"): "after geo_files.require_plain",
    ("sources/tables.py", "pyogrio.read_dataframe"): "after geo_files.require_plain",
}
"""Who may, and what makes it safe there."""


def name_of(path):
    return path.relative_to(PACKAGE).as_posix()


def test_no_module_does_what_is_barred_but_those_that_may():
    found = {
        (name_of(path), danger.name): f"line {danger.line}: {danger.why}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for danger in dangers_in(path.read_text(encoding="utf-8"))
    }
    assert {where: why for where, why in found.items() if where not in ALLOWED} == {}
    assert [where for where in ALLOWED if where not in found] == []  # an exception nobody needs any more


@pytest.mark.parametrize("name", BARRED)
def test_each_is_found_by_its_own_name_by_another_and_as_a_mention(name):
    home, _, last = name.rpartition(".")
    texts = (
        [f"{last}(x)"]
        if not home
        else [
            f"import {home}\n{name}(x)",
            f"import {home} as other\nother.{last}(x)",
            f"from {home} import {last}\n{last}(x)",
            f"def late():\n    from {home} import {last} as other\n    return map(other, x)",
        ]
    )
    if name.startswith("zipfile.ZipFile."):
        texts = [f"import zipfile\nmap(zipfile.ZipFile.{last}, x)"]
    for text in texts:
        assert name in {danger.name for danger in dangers_in(text)}, text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import subprocess as s\ns.run('rm', shell=True)", "shell=True"),
        ("anything(shell=wanted)", "shell=wanted"),
        ("import numpy as np\nnp.load(path, allow_pickle=True)", "allow_pickle=True"),
        ("client(verify=False)", "verify=False"),
        ("archive.extractall(folder)", ".extractall"),
        ("for item in archive:\n    archive.extract(item)", ".extract"),
        ("from pickle import *", "pickle.*"),
    ],
)
def test_ways_of_calling_are_found(text, name):
    assert name in {danger.name for danger in dangers_in(text)}


@pytest.mark.parametrize(
    "text",
    [
        "import re\nre.compile(pattern)",
        "series.str.extract(pattern)",
        "import numpy as np\nnp.save(path, values, allow_pickle=False)",
        "client(verify=trusted())",
        "'eval(x)'  # exec(x)",
        "model.eval",
        "def load(path): ...\nload(path)",
        "from json import loads\nloads(text)",
    ],
)
def test_what_is_harmless_is_left_alone(text):
    assert dangers_in(text) == []


def test_a_place_is_told_by_its_line():
    (danger,) = dangers_in("import os\n\nos.system(name)\n")
    assert (danger.line, danger.why) == (3, "gives text to a shell")
