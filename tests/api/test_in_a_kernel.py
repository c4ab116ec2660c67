"""What a notebook's kernel sends of maps, progress and errors: what any front end has to show."""

import nbformat
import pytest
from nbclient import NotebookClient

ASKED = """
import geopandas as gpd
import ptreach as pt
from shapely.geometry import Point
frame = gpd.GeoDataFrame({"name": ["a"]}, geometry=[Point(450_000, 90_000)], crs=27700)

def ask(column):
    return pt.explore(frame, column, title="Here")
"""
WORK = """
from ptreach.api.progress import told
with told(progress=True) as tell:
    tell("network", 1, 2)
"""


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kernel")
    code = [ASKED, "ask('name')", WORK, "ask('nmae')"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one.strip()) for one in code])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))  # nobody's own start-up files
        patch.setenv("JUPYTER_DATA_DIR", str(folder / "jupyter"))
        NotebookClient(notebook, timeout=300, kernel_name="python3", allow_errors=True).execute()
    return notebook.cells


def test_a_map_is_html_and_a_line_where_none_is_shown(cells):
    (output,) = cells[1].outputs
    assert output.data["text/html"].count("<iframe") == 1
    assert output.data["text/plain"] == "<ptreach.MapPage Here>"


def test_nothing_of_the_bar_stays_when_the_work_has_ended(cells):
    (output,) = cells[2].outputs
    assert output.data == {"text/html": "", "text/plain": ""}


def test_an_error_says_what_was_asked_and_nothing_of_how_the_package_works(cells):
    (output,) = cells[3].outputs
    assert output.traceback == [
        "line 1: ask('nmae')",
        'line 7: return pt.explore(frame, column, title="Here")',
        "InputError: column: no column 'nmae'. Take one of name, geometry.",
    ]
