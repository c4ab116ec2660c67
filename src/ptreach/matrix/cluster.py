"""A matrix in parts from many processes, on this machine or others, by Dask.

A task is the number of a part. Workers read the question from the matrix's folder, open the network once by
its path, which all machines share, and write parts themselves: what travels is a number there, and nothing
back. A part is the same whoever writes it and how often, so a block that a worker died on is given to
another, and at the end blocks that are still under way are begun once more by workers that have nothing else
to do: one that hangs holds nobody up. (A result that such a worker held would: so there is none.)
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.errors import InputError
from ptreach.matrix.build import stacked, told_what_is_kept
from ptreach.matrix.parts import join_parts
from ptreach.matrix.question import written_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from distributed import Client, Future

    from ptreach.matrix.parts import MatrixParts
    from ptreach.model import Progress

LOCAL: Final = "local"
_OPTION: Final = "--cluster"
_STAGE: Final = "travel times"
_RETRIES: Final = 2
_JOIN_S: Final = 60
"""So long workers may take to appear, at the beginning and when all are lost."""
_LOOK_S: Final = 1.0

_log = logging.getLogger(__name__)
_opening = threading.Lock()


class Task(NamedTuple):
    """What workers are told: where the matrix is begun, and where the network lies."""

    matrix: str
    network: str


def write_on_cluster(
    matrix: MatrixParts, network: Path, address: str, *, workers: int, progress: Progress
) -> int:
    """Write the missing parts of a matrix by the workers of a cluster; return the rows of all parts.

    Parameters
    ----------
    network
        Folder of the built network; the workers see it under the same path.
    address
        Of a Dask scheduler, ``tcp://host:8786``; or ``local``: so many `workers` are started here.

    Raises
    ------
    InputError
        Where Dask is not installed, the cluster can't be reached or is lost, a block ends in an error again
        and again, or brings down its workers. Parts that are finished are kept.
    """
    if matrix.question.engine != RaptorEngine.name:
        raise InputError(
            f"engine {matrix.question.engine} runs on one machine",
            where=_OPTION,
            remedy=f"leave --cluster out, or take engine {RaptorEngine.name}",
        )
    counts = [part.end - part.first for part in matrix.parts]
    task = Task(matrix.folder.address, str(network.absolute()))
    rows = sum(matrix.finished.values())
    done = sum(counts[number] for number in matrix.finished)
    progress(_STAGE, done, sum(counts))
    if not matrix.missing:
        return rows
    with told_what_is_kept(matrix), _client(address, min(workers, len(matrix.missing))) as client:
        for number in each_done(client, partial(_write_block, task), matrix.missing):
            rows += _rows_seen(matrix, number)
            done += counts[number]
            progress(_STAGE, done, sum(counts))
    matrix.folder.tidy()  # after workers that were killed, and those whose block another has done first
    return rows


def _rows_seen(matrix: MatrixParts, number: int) -> int:
    """Return the rows of a part that a worker has written; raise InputError where it is not seen here."""
    rows = matrix.rows_of(number)
    if rows is None:
        raise InputError(
            f"a worker has written {matrix.parts[number].name}, which is not there",
            where=matrix.folder.where,
            remedy="write to a folder that all machines share, or to an object store",
        )
    return rows


def _write_block(task: Task, number: int) -> None:
    """Compute a part and write it, in a worker."""
    with _opening:
        engine, matrix = _opened(task)
    question = matrix.question
    origins = question.part_of(matrix.parts[number])
    blocks = list(engine.travel_times(origins, question.destinations, question.query))
    matrix.write(number, stacked(blocks))


@lru_cache(maxsize=1)
def _opened(task: Task) -> tuple[RaptorEngine, MatrixParts]:
    """Open network and matrix, once in a worker; the engine keeps what all origins share."""
    matrix = join_parts(task.matrix)
    question = matrix.question
    here, folder = written_by(), Path(task.network)
    if question.written_by != here:
        raise InputError(
            f"a worker has {here}, the matrix was begun by {question.written_by}",
            where=_OPTION,
            remedy="install the same release everywhere",
        )
    if not folder.is_dir():
        raise InputError(
            "a worker does not see the network", where=task.network, remedy="share it under the same path"
        )
    # A worker's threads each compute a part of their own.
    return RaptorEngine(folder, workers=1), matrix


@contextmanager
def _client(address: str, workers: int) -> Iterator[Client]:
    """Give a client of the cluster; a local one is started, and closed at the end."""
    try:
        import distributed
    except ImportError as error:
        raise InputError(
            f"it needs libraries that are not installed ({error.name})",
            where=_OPTION,
            remedy='install them: pip install ".[cluster]"',
        ) from error
    if address == LOCAL:
        with (
            distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                dashboard_address="127.0.0.1:0",  # its own choice would be open to the network
                silence_logs=logging.CRITICAL,
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client
        return
    with _joined(address) as client:
        yield client


def _joined(address: str) -> Client:
    """Return a client of the scheduler at an address; raise InputError where none answers."""
    import distributed

    try:
        return distributed.Client(address, timeout=_JOIN_S)
    except (OSError, TimeoutError, ValueError) as error:
        _log.info("%s: %s", address, error)
    # What joined nothing closes itself when it is collected: if that is amid the start of another, Dask waits
    # for itself for ever. So it is collected now, which what the error holds would hinder.
    gc.collect()
    raise InputError(
        f"no scheduler answers at '{address}'",
        where=_OPTION,
        remedy="give the address that dask scheduler prints, such as tcp://host:8786; or local",
    )


def each_done(client: Client, do: Callable[[int], None], numbers: Sequence[int]) -> Iterator[int]:
    """Yield each of the numbers when a worker has done `do` with it.

    `do` may be called several times with a number, even at once, and has to bear it.

    Raises
    ------
    InputError
        As a call raised it three times; where a block brings its workers down, or all workers are lost.
    """
    blocks = _Blocks(client, do, numbers)
    alone_since: float | None = None
    while blocks.left:
        yield from blocks.take()
        with _answering():
            alone = not client.nthreads()
            if not alone:
                blocks.begin_again()
        if not alone:
            alone_since = None
        else:
            alone_since = alone_since or time.monotonic()
            if time.monotonic() - alone_since > _JOIN_S:
                raise _lost("has no worker left")


class _Blocks:
    """Blocks on their way: which are left, and the tasks for each."""

    def __init__(self, client: Client, do: Callable[[int], None], numbers: Sequence[int]) -> None:
        self._client = client
        self._do = do
        self._number_of: dict[Future[None], int] = {}
        self._again: set[int] = set()
        self.left = set(numbers)
        for number in numbers:
            self._submit(number)

    def _submit(self, number: int, **where: Any) -> None:  # noqa: ANN401  as Dask's own
        """Have a block done."""
        future = self._client.submit(self._do, number, pure=False, retries=_RETRIES, **where)
        self._number_of[future] = number

    def take(self) -> Iterator[int]:
        """Wait a little, and yield what has been done meanwhile."""
        import distributed

        with _answering(), suppress(TimeoutError):
            distributed.wait(list(self._number_of), timeout=_LOOK_S, return_when="FIRST_COMPLETED")
        for future in [future for future in self._number_of if future.done()]:
            number = self._number_of.pop(future, None)
            if number in self.left:
                _require_done(future, number)
                self.left.remove(number)
                self._drop_others(number)
                yield number

    def _drop_others(self, number: int) -> None:
        """Forget the other task for a block that is done."""
        for future in [future for future, other in self._number_of.items() if other == number]:
            del self._number_of[future]
            future.cancel()

    def begin_again(self) -> None:
        """Give blocks that are under way to workers that have nothing else to do, each once."""
        busy = self._client.processing()
        idle = [worker for worker, keys in busy.items() if not keys]
        under_way = {key for keys in busy.values() for key in keys}
        if not idle or any(future.key not in under_way for future in self._number_of):
            return  # all are busy, or some wait their turn
        slow = [number for number in sorted(self.left) if number not in self._again]
        for worker, number in zip(idle, slow, strict=False):
            self._again.add(number)
            self._submit(number, workers=[worker], allow_other_workers=True)


def _require_done(future: Future[None], number: int) -> None:
    """Raise InputError where a block came to nothing."""
    import distributed

    if future.status == "finished":
        return
    error = future.exception() if future.status == "error" else None
    if isinstance(error, distributed.KilledWorker):
        raise InputError(
            f"block {number} brought down each worker it was given to",
            where=_OPTION,
            remedy="mostly memory is short: start fewer workers or threads on a machine",
        ) from error
    raise error or _lost("was lost")


@contextmanager
def _answering() -> Iterator[None]:
    """Say so where the scheduler has gone."""
    import distributed

    try:
        yield
    except (OSError, distributed.CancelledError) as error:
        raise _lost("does not answer any more") from error


def _lost(what: str) -> InputError:
    """Return the error for a cluster that is gone."""
    return InputError(
        f"the cluster {what}", where=_OPTION, remedy="start it again, and give the same command"
    )
