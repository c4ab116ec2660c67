"""Jobs done by processes of their own, side by side: each may fail or die without the others.

Processes are spawned, never forked, so that they are alike on Windows and Linux. A job that has something in
common with the one before (a network that is open) goes to the process that did that, where it can. When the
process that asked is interrupted or dies, the others notice by the pipe that closes, end what they are at as
Ctrl-C ends it, and clean up.
"""

from __future__ import annotations

import _thread
import gc
import logging
import multiprocessing
import pickle
import queue
import signal
import threading
import time
import traceback
from collections import Counter
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, Self

from ptreach.errors import InputError
from ptreach.machine import fault_of_machine
from ptreach.memory import collect_seldom

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from types import FrameType

    from ptreach.model import Progress

_LOGS: Final = ("ptreach", "py.warnings")
_LOOK_S: Final = 0.5
"""So often Ctrl-C is looked for: on Windows it does not end a wait."""
_PATIENCE_S: Final = 30.0
"""So long processes may take to end what they are at, once they are told to stop."""


class Job(NamedTuple):
    """Something to be done in another process.

    ``name`` is what it is called where progress is shown. ``do`` is called with a progress there, and its
    result comes back: both are pickled. Jobs of one ``kind`` have something in common. ``after`` is the
    position of a job that has to be done before; where that came to nothing, this one comes to the same.
    """

    name: str
    do: Callable[[Progress], Any]
    kind: Hashable
    after: int | None = None


class Outcome(NamedTuple):
    """What a job came to: its result; or the fault of the input; or the traceback of a fault of ours."""

    result: Any = None
    error: InputError | None = None
    trace: str = ""

    @property
    def is_done(self) -> bool:
        """Whether there is a result."""
        return self.error is None and not self.trace


class Watch(Protocol):
    """What is told of jobs as they go, by their position."""

    def begun(self, number: int) -> None:
        """Take note that a job has begun."""

    def stage(self, number: int, stage: str, done: int, total: int) -> None:
        """Take note of how far a job is."""

    def ended(self, number: int, outcome: Outcome) -> None:
        """Take note of what a job came to, which may never have begun."""


def do_jobs(jobs: Sequence[Job], processes: int, watch: Watch) -> list[Outcome]:
    """Do all jobs by so many processes; return what each came to.

    An error in a job, or the death of its process, is the outcome of that job alone.

    Raises
    ------
    KeyboardInterrupt
        When interrupted: the processes have ended by then, and what they were at is undone by its own rules.
    """
    board = _Board(list(jobs), watch)
    workers = [_Worker() for _ in range(min(processes, len(jobs)))]
    try:
        while board.is_open:
            for worker in workers:
                if worker.job is None:
                    board.give(worker, workers)
            busy = {worker.told: worker for worker in workers if worker.job is not None}
            heard = wait(list(busy), timeout=_LOOK_S)
            for connection, worker in busy.items():
                if connection in heard:
                    board.hear(worker)
    finally:
        _stop(workers)
    return [board.outcomes[number] for number in range(len(jobs))]


class _Worker:
    """A process and the pipes to it; started when it is given its first job, and again after it has died."""

    def __init__(self) -> None:
        self.process: BaseProcess | None = None
        self.job: int | None = None
        self.kind: Hashable = None

    def give(self, number: int, job: Job) -> None:
        """Have a job done."""
        if self.process is not None and not self.process.is_alive():
            self.bury()
        if self.process is None:
            self.start()
        self.job, self.kind = number, job.kind
        self.order(job.do)

    def order(self, do: Callable[[Progress], Any]) -> None:
        """Have something done after all that was ordered before."""
        with suppress(OSError):  # it has died since, which hearing from it will tell
            self.orders.send_bytes(pickle.dumps(do, protocol=pickle.HIGHEST_PROTOCOL))

    def start(self) -> None:
        """Start the process."""
        context = multiprocessing.get_context("spawn")
        orders, self.orders = context.Pipe(duplex=False)
        self.told, tell = context.Pipe(duplex=False)
        levels = {name: logging.getLogger(name).level for name in _LOGS}
        process = context.Process(target=serve, args=(orders, tell, levels), daemon=True)
        with _deaf():
            process.start()
        self.process = process
        # Held by one side alone, so that the end of the pipe tells when the other is gone
        orders.close()
        tell.close()

    def bury(self) -> str:
        """Take leave of a process that has died; return how it ended, in words."""
        process, self.process, self.kind = self.process, None, None
        if process is None:
            raise ValueError("there is no process")
        process.join()
        self.orders.close()
        self.told.close()
        code = process.exitcode or 0
        return f"signal {-code}" if code < 0 else f"exit code {code}"


class Beside:
    """A process that does one thing after the other beside this one; what came of them is asked for later.

    As a context it starts the process, and in the end stops what that is still at. It can't be used in a
    process that is itself one of `do_jobs`.
    """

    def __init__(self) -> None:
        self._worker = _Worker()
        self._ordered = 0
        self._found: list[Outcome] = []
        self._is_gone = False

    def __enter__(self) -> Self:
        """Start the process."""
        self._worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the process."""
        _stop([self._worker])

    def do(self, do: Callable[[Progress], Any]) -> None:
        """Have something done after all before it; it is pickled, and so is its result. Do not wait."""
        self._worker.order(do)
        self._ordered += 1

    def is_free(self) -> bool:
        """Say whether all that was given so far is done, or never will be."""
        while self._is_awaited() and self._hear(0):
            pass
        return not self._is_awaited()

    def outcomes(self) -> list[Outcome]:
        """Wait until all is done, and return what each came to, in order.

        Where the process dies, so much is told in the last outcome, and there are none of what was to come.
        """
        while self._is_awaited():
            self._hear(_LOOK_S)
        found, self._found, self._ordered = self._found, [], 0
        return found

    def _is_awaited(self) -> bool:
        """Say whether anything is still to come."""
        return not self._is_gone and len(self._found) < self._ordered

    def _hear(self, seconds: float) -> bool:
        """Take a message, if one comes in so many seconds; say whether one came."""
        told = self._worker.told
        try:
            if not told.poll(seconds):
                return False
            what, *said = told.recv()
        except (EOFError, OSError):
            self._is_gone = True
            self._found.append(Outcome(error=_died(self._worker.bury())))
            return True
        if what == "log":
            logging.getLogger(said[0].name).handle(said[0])
        elif what == "outcome":
            self._found.append(*said)
        return True


@dataclass
class _Board:
    """Which jobs wait, and what the others came to."""

    jobs: list[Job]
    watch: Watch
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    given: set[int] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        """Whether anything is left."""
        return len(self.outcomes) < len(self.jobs)

    def give(self, worker: _Worker, workers: Sequence[_Worker]) -> None:
        """Give a worker the job that suits it best, if any can be done now."""
        ready = [
            number
            for number, job in enumerate(self.jobs)
            if number not in self.given and (job.after is None or job.after in self.outcomes)
        ]
        if not ready:
            return
        left = Counter(self.jobs[number].kind for number in ready)
        others = {other.kind for other in workers if other is not worker and other.job is not None}

        def how_well(number: int) -> tuple[bool, bool, int, int]:
            kind = self.jobs[number].kind
            return kind != worker.kind, kind in others, -left[kind], number

        number = min(ready, key=how_well)
        self.given.add(number)
        self.watch.begun(number)
        worker.give(number, self.jobs[number])

    def hear(self, worker: _Worker) -> None:
        """Take a message from a worker that is at a job, or note that it has died."""
        number = worker.job
        if number is None:
            return
        try:
            what, *said = worker.told.recv()
        except (EOFError, OSError):
            worker.job = None
            self._settle(number, Outcome(error=_died(worker.bury())))
            return
        if what == "stage":
            self.watch.stage(number, *said)
        elif what == "log":
            logging.getLogger(said[0].name).handle(said[0])
        else:
            worker.job = None
            self._settle(number, *said)

    def _settle(self, number: int, outcome: Outcome) -> None:
        """Note what a job came to, and with it those that need it."""
        self.outcomes[number] = outcome
        self.watch.ended(number, outcome)
        if outcome.is_done:
            return
        for later, job in enumerate(self.jobs):
            if job.after == number and later not in self.given:
                self.given.add(later)
                self._settle(later, outcome)


def _died(how: str) -> InputError:
    """Return the error for a process that has died."""
    return InputError(
        f"the process at work on it was ended from outside ({how})",
        remedy="mostly memory is short: close other programs, or give fewer --workers",
    )


def _stop(workers: Sequence[_Worker]) -> None:
    """Let all processes end; those that do not in time are ended."""
    running = [(worker, worker.process) for worker in workers if worker.process is not None]
    for worker, _ in running:
        worker.orders.close()
        worker.told.close()
    until = time.monotonic() + _PATIENCE_S
    for _, process in running:
        process.join(max(until - time.monotonic(), 0))
        if process.is_alive():
            process.kill()
            process.join()


@contextmanager
def _deaf() -> Iterator[None]:
    """Let a process that is started here begin deaf to Ctrl-C, which would end its start in a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Teller:
    """Sends messages to the process that asked, from any thread."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def __call__(self, *message: Any) -> None:  # noqa: ANN401  anything that can be pickled
        """Send a message; raise KeyboardInterrupt where nobody listens any more."""
        try:
            with self._lock:
                self._connection.send(message)
        except OSError as error:
            raise KeyboardInterrupt from error


class _LogHandler(logging.Handler):
    """Sends records of the log to the process that asked."""

    def __init__(self, tell: _Teller) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Send one, its message made up: arguments and tracebacks can't all be pickled."""
        sent = copy(record)
        sent.msg, sent.args = self.format(record), None
        sent.exc_info = sent.exc_text = sent.stack_info = None
        self._tell("log", sent)


def serve(orders: Connection[Any, Any], told: Connection[Any, Any], levels: Mapping[str, int]) -> None:
    """Do the jobs that come, in a process of its own, until no more can come."""
    tell = _Teller(told)
    stopping = threading.Event()

    def interrupted(number: int, frame: FrameType | None) -> None:
        """Interrupt once: a second time would interrupt the cleaning up."""
        if not stopping.is_set():
            stopping.set()
            signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, interrupted)
    for name, level in levels.items():
        log = logging.getLogger(name)
        log.handlers, log.propagate = [_LogHandler(tell)], False
        log.setLevel(level)
    logging.captureWarnings(capture=True)
    given: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    busy = threading.Event()
    threading.Thread(target=_listen, args=(orders, given, busy), daemon=True).start()
    collect_seldom()
    gc.disable()  # to look through what imports make takes a second, and all of it stays
    try:
        while (job := given.get()) is not None:
            busy.set()
            do = pickle.loads(job)  # noqa: S301  from the process that started this one
            gc.freeze()
            gc.enable()
            outcome = _outcome(do, tell, stopping)
            busy.clear()
            tell("outcome", outcome)
    except KeyboardInterrupt:
        return
    gc.freeze()  # else Python looks through all that is left as it ends


def _listen(
    orders: Connection[Any, Any], given: queue.SimpleQueue[bytes | None], busy: threading.Event
) -> None:
    """Hand on the jobs that come; when no more can, end the one that is under way."""
    try:
        while True:
            given.put(orders.recv_bytes())
    except (EOFError, OSError):
        given.put(None)
        if busy.is_set():
            _thread.interrupt_main()


def _outcome(do: Callable[[Progress], Any], tell: _Teller, stopping: threading.Event) -> Outcome:
    """Do a job and return what it came to."""

    def progress(stage: str, done: int, total: int) -> None:
        if stopping.is_set():  # the exception is lost where a library calls Python and looks away
            raise KeyboardInterrupt
        tell("stage", stage, done, total)

    return outcome_of(partial(do, progress))


def outcome_of(do: Callable[[], Any]) -> Outcome:
    """Do something and return what it came to; only what ends the process is raised."""
    try:
        return Outcome(do())
    except InputError as error:
        return Outcome(error=error)
    except Exception as error:  # noqa: BLE001  whatever else comes is ours, and is said to be
        if (fault := fault_of_machine(error)) is not None:
            return Outcome(error=fault)
        return Outcome(trace=traceback.format_exc().rstrip())
