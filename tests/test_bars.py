"""Progress where somebody looks: below a notebook's cell, on a terminal, and nowhere else."""

import sys
import types

import pytest

from ptreach.api.progress import told
from ptreach.bars import JobBars, NotebookBar, notebook, terminal_bars
from ptreach.model import no_progress


class Shown:
    """A stand-in for IPython that keeps what it is given to show."""

    def __init__(self, kernel):
        self.lines, self.words = [], []
        shell = types.SimpleNamespace(**({"kernel": object()} if kernel else {}))
        self.get_ipython = lambda: shell
        self.display = types.SimpleNamespace(display=self._first)

    def _first(self, shown, *, raw, display_id):
        assert display_id
        self._more(shown, raw=raw)
        return types.SimpleNamespace(update=self._more)

    def _more(self, shown, *, raw):
        assert raw
        self.lines.append(shown["text/html"])
        self.words.append(shown["text/plain"])


@pytest.fixture
def in_notebook(monkeypatch):
    shown = Shown(kernel=True)
    monkeypatch.setitem(sys.modules, "IPython", shown)
    return shown


def test_a_notebook_has_one_line_that_goes_when_the_work_ends(in_notebook):
    with told(progress=True) as tell:
        for done in range(1001):
            tell("net<work>", done, 1000)
    assert len(in_notebook.lines) == 102  # a per cent each, and nothing in the end
    assert "value='37'" in in_notebook.lines[37]
    assert "net&lt;work&gt; 37%" in in_notebook.lines[37]
    assert in_notebook.words[37] == "net<work> 37%"  # where no HTML is shown
    assert (in_notebook.lines[-1], in_notebook.words[-1]) == ("", "")


def test_a_stage_that_has_only_begun_has_a_bar_that_moves(in_notebook):
    with told(progress=True) as tell:
        tell("travel times", 0, 1)
        tell("travel times", 1, 1)
    assert ["value=" in line for line in in_notebook.lines] == [False, True, False]
    assert in_notebook.words == ["travel times", "travel times 100%", ""]


def test_the_line_goes_where_work_fails_too(in_notebook):
    def work():
        with told(progress=True) as tell:
            tell("network", 0, 1)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        work()
    assert in_notebook.lines[-1] == ""


def test_work_that_tells_nothing_shows_nothing(in_notebook):
    with told(progress=True):
        pass
    assert in_notebook.lines == []
    NotebookBar(in_notebook).clear()
    assert in_notebook.lines == []


def test_a_plain_shell_is_no_notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", Shown(kernel=False))
    assert notebook() is None
    monkeypatch.delitem(sys.modules, "IPython")
    assert notebook() is None


def test_where_nobody_looks_nothing_is_shown(capsys):
    with told(progress=True) as tell:
        tell("network", 0, 1)
    assert capsys.readouterr() == ("", "")
    with told(progress=False) as tell:
        assert tell is no_progress


def test_what_is_given_is_called(in_notebook):
    called = []
    with told(lambda *step: called.append(step)) as tell:
        tell("network", 1, 2)
    assert called == [("network", 1, 2)]
    assert in_notebook.lines == []


def test_jobs_side_by_side_have_a_bar_each_while_they_are_under_way():
    bars = terminal_bars()
    shown = JobBars(bars, ["network isle", "Ryde", "Cowes"])
    shown.begun(0)
    shown.begun(1)
    shown.stage(1, "travel times", 40, 120)
    assert [(task.description, task.completed, task.total) for task in bars.tasks] == [
        ("towns and networks", 0, 3),
        ("network isle", 0, None),
        ("Ryde: travel times", 40, 120),
    ]
    shown.ended(0, None)
    shown.ended(2, None)  # it never began, for what it needs failed
    assert [(task.description, task.completed) for task in bars.tasks] == [
        ("towns and networks", 2),
        ("Ryde: travel times", 40),
    ]
