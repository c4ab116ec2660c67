"""What ``import ptreach as pt`` offers: the same names everywhere, each with words, none taken by a room."""

import ast
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import ptreach as pt
from ptreach import api

FILE = Path(pt.__file__)


def test_type_checkers_see_the_names_that_there_are():
    """They follow imports that never run; a name that is missing there would be missing in editors."""
    (block,) = [node for node in ast.parse(FILE.read_text("utf-8")).body if isinstance(node, ast.If)]
    (seen,) = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    names = [alias.name for alias in seen.names]
    assert sorted(names) == sorted(api.__all__) == sorted(set(pt.__all__) - {"__version__"})
    assert (FILE.parent / "py.typed").is_file()


def test_no_name_is_that_of_a_room():
    """A room that is imported becomes an attribute, and would hide the function of its name."""
    assert set(api.__all__).isdisjoint(module.name for module in pkgutil.iter_modules([str(FILE.parent)]))


def test_names_are_listed_and_loaded_and_others_are_not_there():
    assert set(api.__all__) <= set(dir(pt))
    assert pt.travel_times is api.travel_times
    with pytest.raises(AttributeError, match="module 'ptreach' has no attribute 'travel_tmies'"):
        pt.travel_tmies  # noqa: B018


@pytest.mark.parametrize("name", sorted(set(api.__all__) - {"InputError"}))
def test_each_has_words_and_types(name):
    thing = getattr(pt, name)
    assert inspect.getdoc(thing)
    if inspect.isfunction(thing):
        documented = inspect.getdoc(thing)
        for argument, about in inspect.signature(thing).parameters.items():
            assert about.annotation is not inspect.Parameter.empty
            assert argument in documented or argument in inspect.getdoc(pt.travel_times), argument


def test_a_script_with_a_typo_is_caught_by_mypy(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import ptreach as pt\n"
        'net: pt.Network = pt.open_network("isle-of-wight")\n'
        'times = pt.travel_times(net, (0.0, 51.0), date="2020-06-16", direction="up")\n'
        "pt.travel_tmies\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", "--ignore-missing-imports", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=FILE.parents[2],
    )
    faults = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert len(faults) == 2, done.stdout + done.stderr
    assert "direction" in faults[0]
    assert "travel_tmies" in faults[1]
