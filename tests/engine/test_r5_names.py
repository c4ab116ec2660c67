"""What we call of r5py is there: held by its source, for its import would start Java.

A release that renames or reorders something fails here, and the stand-in of the other tests is held to it.
"""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, files, requires
from pathlib import Path

import pytest

from ptreach.engine import r5, r5_ask, r5_faults
from r5_made import STAND_IN

ROOT = Path(__file__).parents[2]
CHILD = Path(r5.__file__)


@pytest.fixture(scope="module")
def sources():
    """The text of each module of r5py by its name within the package."""
    try:
        found = files(r5.PACKAGE)
    except PackageNotFoundError:
        pytest.skip('r5py is not installed: pip install ".[r5]"')
    modules = [path for path in found if path.suffix == ".py" and path.parts[0] == r5.PACKAGE]
    return {"/".join(path.parts[1:]): Path(path.locate()).read_text(encoding="utf-8") for path in modules}


def class_of(text: str, name: str) -> ast.ClassDef:
    """The class of a name in a module's text."""
    (found,) = (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name == name)
    return found


def method(text: str, of: str, name: str) -> ast.FunctionDef:
    """A method of a class: the first of its name, where a setter follows."""
    return next(n for n in class_of(text, of).body if isinstance(n, ast.FunctionDef) and n.name == name)


def parameters(function: ast.FunctionDef) -> list[str]:
    """Names of a function's parameters in their order, its ``**kwargs`` too."""
    rest = [f"**{function.args.kwarg.arg}"] if function.args.kwarg else []
    return [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)] + rest


WHERE = {
    "RegionalTask": "r5/regional_task.py",
    "TransportNetwork": "r5/transport_network.py",
    "TravelTimeMatrix": "r5/travel_time_matrix.py",
}


@pytest.mark.parametrize("name", WHERE)
def test_the_stand_in_has_the_parameters_of_the_real_one(sources, name):
    real = method(sources[WHERE[name]], name, "__init__")
    stand_in = method(STAND_IN.read_text(encoding="utf-8"), name, "__init__")
    assert parameters(stand_in) == parameters(real)
    assert len(stand_in.args.defaults) == len(real.args.defaults)


def test_all_keywords_of_a_query_are_parameters_of_a_request(sources):
    task = r5_ask.Task(0, 1, "2026-10-13T08:00", 30, [50])
    ask = r5_ask.Ask("", [], "", "", 1, 4.8, 20, 120, 8, [task])
    real = parameters(method(sources[WHERE["RegionalTask"]], "RegionalTask", "__init__"))
    assert set(r5.arguments_of(ask, task)) <= set(real) - {
        "self",
        "transport_network",
        "origin",
        "destinations",
    }


def test_nothing_of_r5py_is_used_but_network_matrix_and_release(sources):
    """Its isochrones, above all: lines around points, of the lowest percentile."""
    used = {
        node.attr
        for node in ast.walk(ast.parse(CHILD.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == r5.PACKAGE
    }
    assert used == {"TransportNetwork", "TravelTimeMatrix", "__version__"}
    exported = ast.literal_eval(re.search(r"__all__ = (\[.*?\])", sources["__init__.py"], re.DOTALL)[1])
    assert used <= set(exported)


def test_one_module_alone_imports_it():
    package = ROOT / "src" / "ptreach"
    texts = {path: path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    assert [path for path, text in texts.items() if re.search(r"(?m)^\s*(import|from) r5py", text)] == [CHILD]


def test_the_trips_of_a_network_can_be_looked_at(sources):
    method(sources[WHERE["TransportNetwork"]], "TransportNetwork", "transit_layer")
    method(sources["r5/transit_layer.py"], "TransitLayer", "trip_patterns")


def test_its_command_line_has_our_options(sources, tmp_path):
    task = r5_ask.Task(0, 1, "2026-10-13T08:00", 30, [50])
    line = r5.command_line(r5_ask.Ask("", [], "x.jar", "", 1, 4.8, 20, 120, 8, [task]), tmp_path)
    known = set(re.findall(r'"(--[a-z0-9-]+)"', "\n".join(sources.values())))
    assert {word for word in line if word.startswith("--")} <= known


def test_its_cache_and_configuration_can_be_moved(sources):
    asked = set(re.findall(r'environ\.get\("(\w+)"\)', sources["util/config.py"]))
    assert asked == {"LOCALAPPDATA", "XDG_CACHE_HOME", "APPDATA", "XDG_CONFIG_HOME", "HOME"}


def test_its_jar_is_found_by_its_name_and_is_the_one_that_the_readme_names(sources):
    jar = re.search(r'R5_JAR_URL = \(\s*"(.*?)"', sources["util/classpath.py"], re.DOTALL)[1]
    assert fnmatch(jar.rpartition("/")[2], "r5*.jar")
    release = re.search(r"v(\d+\.\d+\.\d+)", jar)[1]
    assert f"R5 {release}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_columns_are_those_that_we_read(sources):
    text = sources[WHERE["TravelTimeMatrix"]]
    assert 'f"travel_time_p{percentile:d}"' in text
    assert 'rename(columns={"travel_time_p50": "travel_time"})' in text
    assert {"from_id", "to_id"} <= set(re.findall(r'od_matrix\["(\w+)"\]', text))


def test_it_says_which_jar_it_took(sources):
    assert "R5_CLASSPATH = find_r5_classpath(config.arguments)" in sources["util/classpath.py"]


def test_it_takes_five_percentiles(sources):
    most = re.search(r"len\(percentiles\) <= (\d+)", sources[WHERE["RegionalTask"]])[1]
    assert int(most) == r5_ask.MOST_PERCENTILES


def test_its_refusal_of_a_feed_reads_as_we_expect(sources):
    text = sources[WHERE["TransportNetwork"]]
    assert 'f"Could not load GTFS file {gtfs_file.name}. \\n"' in text
    assert '"\\n- ".join(errors)' in text
    said = "r5py.util.exceptions.GtfsFileError: Could not load GTFS file a-1.zip. \nX: one\n- Y: two"
    assert "refuses feed a-1.zip: X: one (2 such errors)" in r5_faults.fault_of(1, said.splitlines()).what


def test_it_asks_for_nothing_that_our_pins_forbid():
    try:
        asked = [line for line in requires(r5.PACKAGE) if "extra ==" not in line]
    except PackageNotFoundError:
        pytest.skip('r5py is not installed: pip install ".[r5]"')
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in asked}
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower()
    assert {name for name in names if f"\n{name.replace('-', '_')}==" not in pins.replace("-", "_")} == set()
