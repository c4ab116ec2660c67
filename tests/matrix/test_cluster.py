"""Matrices by worker processes: killed, stopped and failing ones, and the bytes they leave.

What happens to a worker happens at a block, not at a time, so that no test depends on speed.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import time
from functools import partial

import distributed
import pytest

from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.errors import InputError
from ptreach.matrix import cluster
from ptreach.matrix.build import write_parts
from ptreach.matrix.parts import begin_parts
from ptreach.model import no_progress

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]


@pytest.fixture(scope="module")
def alone(street, tmp_path_factory):
    """The files that one process writes."""
    out = tmp_path_factory.mktemp("alone") / "m.parts"
    rows = write_parts(
        RaptorEngine(street.folder, workers=1), begin_parts(out, street.question()), no_progress
    )
    return rows, bytes_in(out)


def bytes_in(folder):
    # a worker that is done second may be writing still
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def started(workers_n=2):
    """A cluster of worker processes, as one would be started elsewhere."""
    return distributed.LocalCluster(
        n_workers=workers_n,
        threads_per_worker=1,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )


@pytest.fixture(scope="module")
def two_workers():
    """The address of a cluster whose workers no test harms."""
    with started() as two:
        yield two.scheduler_address


@pytest.fixture
def client(two_workers):
    with distributed.Client(two_workers) as client:
        yield client


@pytest.fixture
def own_client():
    """A cluster that a test may harm."""
    with started() as two, distributed.Client(two) as client:
        yield client


@pytest.fixture
def once():
    """Say yes to the first that asks, of whatever process; of no module, for workers lack this one."""

    def first(flag):
        try:
            flag.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    return first


def test_two_workers_write_the_bytes_of_one_process(street, alone, two_workers, tmp_path):
    calls, out = [], tmp_path / "m.parts"
    matrix = begin_parts(out, street.question())
    rows = cluster.write_on_cluster(
        matrix, street.folder, two_workers, workers=1, progress=lambda *call: calls.append(call)
    )
    assert (rows, bytes_in(out)) == alone
    assert calls[0] == ("travel times", 0, 300)
    assert calls[-1] == ("travel times", 300, 300)
    assert len(calls) == 4


def test_a_local_cluster_goes_on_with_what_is_missing(street, alone, tmp_path, caplog):
    rows, files = alone
    out = tmp_path / "m.parts"
    begin_parts(out, street.question())
    for name in ("part-00000.parquet", "part-00002.parquet"):
        (out / name).write_bytes(files[name])
    matrix = begin_parts(out, street.question())
    assert matrix.missing == [1]
    assert cluster.write_on_cluster(matrix, street.folder, "local", workers=2, progress=no_progress) == rows
    assert bytes_in(out) == files
    # all there: no cluster is asked
    matrix = begin_parts(out, street.question())
    assert (
        cluster.write_on_cluster(matrix, street.folder, "tcp://no:1", workers=2, progress=no_progress) == rows
    )


def test_the_network_is_opened_once_a_worker(street, client, two_workers, tmp_path):
    matrix = begin_parts(tmp_path / "m.parts", street.question(homes_n=1_200))
    client.run(cluster._opened.cache_clear)
    cluster.write_on_cluster(matrix, street.folder, two_workers, workers=2, progress=no_progress)
    looked = client.run(cluster._opened.cache_info)
    assert [info.misses for info in looked.values() if info.hits + info.misses] in ([1], [1, 1])
    assert sum(info.hits + info.misses for info in looked.values()) >= 10


@pytest.mark.parametrize("written", [False, True])
def test_a_block_whose_worker_is_killed_is_done_by_another(
    street, alone, own_client, once, tmp_path, monkeypatch, written
):
    flag, kill = tmp_path / "killed", signal.SIGKILL

    def dies(task, number):
        from ptreach.matrix.cluster import _write_block  # the worker's own, which nobody has replaced

        if number == 1 and not written and once(flag):
            os.kill(os.getpid(), kill)
        _write_block(task, number)
        if number == 1 and once(flag):
            os.kill(os.getpid(), kill)

    monkeypatch.setattr(cluster, "_write_block", dies)
    out = tmp_path / "m.parts"
    matrix = begin_parts(out, street.question())
    address = own_client.scheduler.address
    rows = cluster.write_on_cluster(matrix, street.folder, address, workers=2, progress=no_progress)
    assert flag.exists()
    assert (rows, bytes_in(out)) == alone


def test_a_worker_that_hangs_holds_nobody_up(own_client, once, tmp_path):
    flag, stop = tmp_path / "pid", signal.SIGSTOP

    def hangs(number):
        if number == 2 and once(flag):
            flag.write_text(str(os.getpid()))
            os.kill(os.getpid(), stop)

    try:
        done = sorted(cluster.each_done(own_client, hangs, range(20)))
    finally:
        os.kill(int(flag.read_text()), signal.SIGKILL)
    assert done == list(range(20))


def test_a_block_that_fails_is_tried_again(client, once, tmp_path):
    def fails_twice(number):
        if number == 3 and (once(tmp_path / "once") or once(tmp_path / "twice")):
            raise OSError("the share was away")

    assert sorted(cluster.each_done(client, fails_twice, range(5))) == list(range(5))
    assert (tmp_path / "twice").exists()


def test_a_fault_of_the_input_comes_back_as_it_was(client):
    def refuses(number):
        raise InputError("nothing runs", where="query, date", remedy="take another")

    with pytest.raises(InputError) as caught:
        list(cluster.each_done(client, refuses, [0]))
    assert str(caught.value) == "query, date: nothing runs. Take another."
    assert caught.value.where == "query, date"


def test_a_block_that_kills_every_worker_is_named(own_client):
    kill = signal.SIGKILL

    def kills(number):
        os.kill(os.getpid(), kill)

    def give_up_at_once(dask_scheduler):
        dask_scheduler.allowed_failures = 0

    own_client.run_on_scheduler(give_up_at_once)
    with pytest.raises(InputError, match=r"--cluster: block 0 brought down each worker it was given to"):
        list(cluster.each_done(own_client, kills, [0]))


def test_a_worker_of_another_release_or_without_the_network_is_named(
    street, two_workers, tmp_path, monkeypatch, caplog
):
    question = street.question()
    matrix = begin_parts(tmp_path / "old.parts", question._replace(written_by="ptreach 0.0.9"))
    write = partial(cluster.write_on_cluster, address=two_workers, workers=2, progress=no_progress)
    with pytest.raises(
        InputError, match=r"a worker has ptreach \S+, the matrix was begun by ptreach 0\.0\.9"
    ):
        write(matrix, street.folder)
    assert "finished parts are kept: give the same command to go on" in caplog.text
    matrix = begin_parts(tmp_path / "m.parts", question)
    with pytest.raises(InputError, match=r"nowhere: a worker does not see the network"):
        write(matrix, tmp_path / "nowhere")


def clients():
    """How many clients there are, closed or not."""
    return sum(type(thing) is distributed.Client for thing in gc.get_objects())


def test_no_scheduler_no_workers_no_cluster(street, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_JOIN_S", 0.5)
    matrix = begin_parts(tmp_path / "m.parts", street.question())
    write = partial(cluster.write_on_cluster, matrix, street.folder, workers=2, progress=no_progress)
    gc.collect()
    before = clients()
    with pytest.raises(InputError, match=r"--cluster: no scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        write("tcp://127.0.0.1:9")
    with pytest.raises(InputError, match=r"--cluster: no scheduler answers at 'nonsense'"):
        write("nonsense")
    assert clients() <= before  # one that is left may be collected amid the next start, which then never ends
    with started(0) as empty, pytest.raises(InputError, match=r"--cluster: the cluster has no worker left"):
        write(empty.scheduler_address)


def test_a_scheduler_that_goes_is_named(tmp_path):
    goes_on = tmp_path / "goes on"

    def waits(number):
        while number and not goes_on.exists():
            time.sleep(0.05)

    with started(1) as one, distributed.Client(one.scheduler_address, timeout=2) as client:
        done = cluster.each_done(client, waits, range(4))
        assert next(done) == 0
        one.close()
        with pytest.raises(InputError, match=r"--cluster: the cluster (does not answer|was lost)"):
            list(done)


def test_a_folder_that_is_not_shared_is_named(street, two_workers, tmp_path, monkeypatch):
    elsewhere = begin_parts(tmp_path / "theirs.parts", street.question())
    matrix = begin_parts(tmp_path / "mine.parts", street.question())
    matrix.folder.address = elsewhere.folder.address
    with pytest.raises(InputError, match=r"a worker has written part-0000\d\.parquet, which is not there"):
        cluster.write_on_cluster(matrix, street.folder, two_workers, workers=2, progress=no_progress)


def test_another_engine_is_refused(street, tmp_path):
    matrix = begin_parts(tmp_path / "m.parts", street.question()._replace(engine="r5"))
    with pytest.raises(InputError, match=r"--cluster: engine r5 runs on one machine\. Leave --cluster out"):
        cluster.write_on_cluster(matrix, street.folder, "local", workers=2, progress=no_progress)


def test_without_dask_its_extra_is_named(street, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    matrix = begin_parts(tmp_path / "m.parts", street.question())
    with pytest.raises(
        InputError, match=r"not installed \(distributed\)\. Install them: pip install"
    ) as caught:
        cluster.write_on_cluster(matrix, street.folder, "local", workers=2, progress=no_progress)
    assert '".[cluster]"' in caught.value.remedy
