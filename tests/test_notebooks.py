"""The notebooks: each opens with its question, is kept without outputs, and runs where its data is."""

import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from ptreach.cli.main import main

REPO = Path(__file__).resolve().parents[1]
FOLDER = REPO / "notebooks"
SHARED = REPO.parent / "shared"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MIRRORS = {"isle-of-wight": "isle-of-wight", "england-lsoa-2011": "england"}
WANTS = {
    "01-first-town": (),
    "02-ryde-in-depth": ("data/isle-of-wight", "data/england"),
    "03-engines-compared": ("data/isle-of-wight", "reference/r5"),
    "04-deprivation-and-uncertainty": ("data/isle-of-wight", "data/england"),
}


def read(path):
    return nbformat.read(path, as_version=4)


def test_each_notebook_is_known_and_numbered():
    assert [path.stem for path in NOTEBOOKS] == sorted(WANTS)
    assert [int(path.stem[:2]) for path in NOTEBOOKS] == list(range(1, len(WANTS) + 1))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_its_question(path):
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    title, _, question = first.source.split("\n")[:3]
    assert re.fullmatch(rf"# {int(path.stem[:2])}\. \S.*", title)
    assert re.fullmatch(r"\*\*\S.*\?\*\*", question)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs_as_its_library_writes_it(path):
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
        assert cell.metadata == {}
    text = path.read_text(encoding="utf-8")
    assert text == nbformat.writes(notebook).rstrip("\n") + "\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with the shipped recipes, and what there is of the files they name."""
    folder = tmp_path_factory.mktemp("home")
    for name, mirror in MIRRORS.items():
        recipe = next((REPO / "networks" / name).glob("*.toml"))
        (folder / "networks" / name).mkdir(parents=True)
        shutil.copy(recipe, folder / "networks" / name / recipe.name)
        if (SHARED / "data" / mirror).is_dir():
            command = ["-q", "--home", folder, "fetch", name, "--mirror", SHARED / "data" / mirror]
            assert main([str(part) for part in command]) == 0
    return folder


def texts(notebook):
    """What each cell shows, as text."""
    shown = []
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {"text/plain": output.get("text", "")})
            shown.append(data.get("text/plain", ""))
    return shown


def run(path, home, folder, monkeypatch):
    """Run a notebook in a kernel of its own; return it with what its cells show."""
    monkeypatch.setenv("PTREACH_HOME", str(home))
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))  # nobody's own start-up files
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(folder / "jupyter"))
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    notebook = read(path)
    client = NotebookClient(
        notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    )
    client.execute(env=dict(os.environ))
    return notebook


def test_the_first_town_runs_anywhere(home, tmp_path, monkeypatch):
    notebook = run(NOTEBOOKS[0], home, tmp_path, monkeypatch)
    shown = texts(notebook)
    assert any("README.txt" in text for text in shown)
    (share,) = [re.search(r"(\d+)% of the town's people", text) for text in shown if "town's people" in text]
    assert 0 < int(share.group(1)) < 100
    kinds = {
        kind for cell in notebook.cells for one in cell.get("outputs", ()) for kind in one.get("data", {})
    }
    assert {"image/png", "text/html"} <= kinds  # the map, and the one to look around in


@pytest.mark.real
@pytest.mark.parametrize("path", NOTEBOOKS[1:], ids=lambda path: path.stem)
def test_notebooks_on_real_data_run(path, home, tmp_path, monkeypatch):
    absent = [name for name in WANTS[path.stem] if not (SHARED / name).is_dir()]
    if absent:
        pytest.skip(f"real data absent: {', '.join(absent)} of {SHARED}")
    shown = texts(run(path, home, tmp_path, monkeypatch))
    assert shown
    if path.stem == "03-engines-compared":
        (table,) = [text for text in shown if "ours_like_r5" in text and "within 90 s" in text]
        row = next(line for line in table.splitlines() if line.startswith("ours_like_r5"))
        assert row.split()[2:5] == ["1.0000", "1.0000", "1.0000"]
