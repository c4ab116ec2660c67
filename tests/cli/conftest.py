"""The command line, run inside the test's own process; what it sets up is taken down again."""

from typing import NamedTuple

import pytest

from ptreach.cli.main import main


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
