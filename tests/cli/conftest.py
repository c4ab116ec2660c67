"""The command line, run inside the test's own process; what it sets up is taken down again."""

from typing import NamedTuple

import pytest

from ptreach.cli.main import main

TOWN = """name = "{name}"
network = "isle"
areas = "zones"
date = 2020-06-16
[origin]
lon = -1.16
lat = 50.73
"""
SOURCE = """[[sources]]
kind = "{kind}"
file = "{kind}.bin"
title = "T"
publisher = "P"
licence = "L"
attribution = "A"
date = "2020"
"""
ZONES = """title = "Zones"
edition = "LSOA 2011"
id_column = "lsoa11cd"
deprivation_title = "IoD"
population_title = "mid-2020"
"""


class Ended(NamedTuple):
    """How a run of the command line ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def line(self):
        """The one line on stderr that says what is wrong with the input; fails where that is not all."""
        assert self.code == 2, self
        assert self.out == ""
        assert self.err.startswith("ptreach: error: "), self.err
        assert self.err.count("\n") == 1, self.err
        return self.err.removeprefix("ptreach: error: ").rstrip("\n")


@pytest.fixture
def ptreach(capsys):
    """Run the command line on arguments; returns how it ended."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home folder, found from the working folder."""
    monkeypatch.delenv("PTREACH_HOME", raising=False)
    (tmp_path / "networks").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def town_file(home):
    """Write a town's file; its network and areas have recipes."""
    for name, head, kinds in (
        ("isle/network.toml", 'title = "Isle"\n', ["osm"]),
        ("zones/areas.toml", ZONES, ["centroids", "boundaries", "deprivation"]),
    ):
        path = home / "networks" / name
        path.parent.mkdir()
        path.write_text(head + "".join(SOURCE.replace("{kind}", kind) for kind in kinds), encoding="utf-8")

    def write(place, name="Ryde high street", text=TOWN):
        path = home / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{name}", name), encoding="utf-8")
        return path

    write.text = TOWN
    return write


class Called(list):
    """Calls of a stand-in for a stage: arguments by position and by name, progress left out."""

    def stand_in(self, result):
        """A function that notes its arguments and returns `result`, or raises it."""

        def stage(*args, progress, **kwargs):
            progress("stage", 0, 1)
            progress("stage", 1, 1)
            self.append((args, kwargs))
            if isinstance(result, BaseException):
                raise result
            return result

        return stage


@pytest.fixture
def stage(monkeypatch):
    """Put a stand-in for a stage of the pipeline; returns the list of its calls."""

    def put(name, result):
        called = Called()
        monkeypatch.setattr(f"ptreach.pipeline.{name}", called.stand_in(result))
        return called

    return put
