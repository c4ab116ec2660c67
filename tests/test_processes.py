"""Jobs by processes of their own: what they come to, who does them, and how they end."""

import logging
import os
import signal
import subprocess
import sys
import time
from functools import partial

import psutil
import pytest

import jobs as done
from ptreach.errors import InputError
from ptreach.processes import Beside, Job, Outcome, _Board, do_jobs, outcome_of

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals as on Linux and macOS")


class Seen(list):
    """A watch that keeps what it is told."""

    def begun(self, number):
        self.append(("begun", number))

    def stage(self, number, *told):
        self.append((number, *told))

    def ended(self, number, outcome):
        self.append(("ended", number, outcome.is_done))


def job(do, kind="k", after=None):
    return Job(getattr(do, "__name__", "job"), do, kind, after)


def test_results_come_in_the_order_of_the_jobs():
    seen = Seen()
    outcomes = do_jobs([job(partial(done.twice, number)) for number in range(5)], 2, seen)
    assert [outcome.result for outcome in outcomes] == [0, 2, 4, 6, 8]
    assert all(outcome.is_done for outcome in outcomes)
    assert [told for told in seen if told[0] == 3] == [(3, "doubling", 0, 1), (3, "doubling", 1, 1)]
    assert seen.index(("begun", 3)) < seen.index((3, "doubling", 0, 1)) < seen.index(("ended", 3, True))


def test_a_job_that_fails_or_dies_leaves_the_others_alone():
    all_jobs = [job(do) for do in (done.process, done.refused, done.broken, done.left, done.process)]
    first, refused, broken, left, last = do_jobs(all_jobs, 1, Seen())
    assert first.result != os.getpid()
    error = refused.error
    assert (error.what, error.where, error.remedy) == ("nothing runs", "a.toml, date", "take another")
    assert broken.trace.startswith("Traceback")
    assert broken.trace.endswith("ZeroDivisionError: division by zero")
    assert "(exit code 7)" in left.error.what
    assert "--workers" in left.error.remedy
    assert last.is_done
    assert last.result != first.result  # the dead one is replaced


@POSIX
def test_a_job_that_is_killed_says_by_what():
    killed, other = do_jobs([job(done.killed), job(partial(done.twice, 1))], 2, Seen())
    assert f"(signal {signal.SIGKILL})" in killed.error.what
    assert other.result == 2


def test_a_job_waits_for_another_and_comes_to_the_same_where_that_fails():
    seen = Seen()
    all_jobs = [
        job(done.refused),
        job(partial(done.twice, 1)),
        job(partial(done.twice, 2), after=0),
        job(partial(done.twice, 3), after=1),
        job(partial(done.twice, 4), after=2),
    ]
    outcomes = do_jobs(all_jobs, 2, seen)
    assert [outcome.result for outcome in outcomes] == [None, 2, None, 6, None]
    assert outcomes[2] == outcomes[4] == outcomes[0]
    assert seen.index(("ended", 1, True)) < seen.index(("begun", 3))
    assert ("begun", 2) not in seen
    assert ("ended", 4, False) in seen


class Idle:
    """A worker that only notes what it is given."""

    def __init__(self):
        self.job = self.kind = None

    def give(self, number, given):
        self.job, self.kind = number, given.kind


def test_jobs_go_to_who_did_one_of_their_kind():
    board = _Board([job(done.process, kind) for kind in "abbbac"], Seen())
    one, other = workers = (Idle(), Idle())
    board.give(one, workers)
    assert one.job == 1  # the kind of which there are most
    board.give(other, workers)
    assert other.job == 0  # not the kind that another is at
    one.job = None
    board.give(one, workers)
    assert one.job == 2
    other.job = None
    board.give(other, workers)
    assert other.job == 4
    other.job = None
    board.give(other, workers)
    assert other.job == 5
    other.job = None
    board.give(other, workers)
    assert other.job == 3  # rather another's kind than nothing
    one.job = None
    board.give(one, workers)
    assert one.job is None


def test_what_is_logged_there_is_logged_here(caplog, monkeypatch):
    log = logging.getLogger("ptreach")
    monkeypatch.setattr(log, "level", logging.WARNING)
    monkeypatch.setattr(log, "propagate", True)
    do_jobs([job(done.warns)], 1, Seen())
    warning, error = (record for record in caplog.records if record.name == "ptreach.jobs")
    assert warning.getMessage().startswith("odd: <function warns")
    assert "TypeError" in error.getMessage()
    assert caplog.records.count(error) == 1


def test_one_beside_does_all_in_order_and_is_asked_later(caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("ptreach"), "propagate", True)
    with Beside() as beside:
        for do in (partial(done.twice, 4), done.refused, done.warns, done.process):
            beside.do(do)
        first, refused, warned, last = beside.outcomes()
        assert (first.result, refused.error.what, warned.is_done) == (8, "nothing runs", True)
        assert last.result != os.getpid()
        assert "odd" in caplog.text
        beside.do(done.process)
        assert beside.outcomes() == [last]  # by the same process


def test_the_death_of_one_beside_ends_what_it_was_given():
    with Beside() as beside:
        for do in (done.process, done.left, done.process):
            beside.do(do)
        first, died = beside.outcomes()
        assert first.is_done
        assert "(exit code 7)" in died.error.what


def test_an_outcome_is_a_result_a_fault_or_a_traceback():
    assert outcome_of(lambda: 3) == Outcome(3)
    assert isinstance(outcome_of(partial(done.refused, None)).error, InputError)
    assert "by zero" in outcome_of(partial(done.broken, None)).trace
    with pytest.raises(KeyboardInterrupt):
        outcome_of(partial(_stop, None))


def _stop(_):
    raise KeyboardInterrupt


SCRIPT = """
import signal
import sys
from functools import partial
import jobs
from ptreach.processes import Job, do_jobs

class Quiet:
    def begun(self, number): pass
    def stage(self, number, stage, done, total): pass
    def ended(self, number, outcome): pass

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored below nohup
    do = partial(getattr(jobs, sys.argv[1]), sys.argv[2])
    try:
        do_jobs([Job("one", do, 1), Job("two", do, 2)], 2, Quiet())
    except KeyboardInterrupt:
        sys.exit(130)
"""


@POSIX
@pytest.mark.parametrize("to_all", [False, True], ids=["one process", "the whole terminal"])
@pytest.mark.parametrize("what", ["writes", "swallows"])
def test_ctrl_c_ends_all_and_each_cleans_up(tmp_path, what, to_all):
    process, children = started(tmp_path, what)
    for one in (process.pid, *(child.pid for child in children if to_all)):
        os.kill(one, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
    assert list(tmp_path.glob("*.part")) == []
    assert not any(child.is_running() for child in children)


@POSIX
def test_the_death_of_the_one_that_asked_ends_all(tmp_path):
    process, children = started(tmp_path, "writes")
    process.kill()
    process.communicate(timeout=60)
    gone, alive = psutil.wait_procs(children, timeout=60)
    assert (len(gone), alive) == (2, [])
    assert list(tmp_path.glob("*.part")) == []


def started(folder, what):
    """Start two jobs that write, and wait until both are at it."""
    script = folder / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), what, str(folder)],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    until = time.monotonic() + 60
    while len(list(folder.glob("*.part"))) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    children = [psutil.Process(int(path.stem)) for path in folder.glob("*.part")]
    assert len(children) == 2
    return process, children
