"""R5 behind the seam: the second engine, and the referee of the first.

R5 builds a network of its own, of the same files as ours, and answers in whole minutes, rounded down. How
points hang on the streets is read off our network.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ptreach.aside import aside_of, clear_dead
from ptreach.engine.frames import block_from_frame
from ptreach.engine.r5_ask import (
    DESTINATIONS,
    ORIGINS,
    Ask,
    blocks_of,
    departure_tasks,
    part_name,
    percentile_tasks,
    require_answerable,
    write_ask,
)
from ptreach.engine.r5_faults import WHERE
from ptreach.engine.r5_files import FOLDER, prepared_files
from ptreach.engine.r5_machine import find_jar, heap_mb, jar_folder, require_machine
from ptreach.engine.r5_process import environment, listen
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.errors import InputError
from ptreach.model import TravelTimeMatrix, no_progress
from ptreach.network.calendar import no_service
from ptreach.network.rules import R5
from ptreach.network.timetable import trips_running

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from numpy.typing import NDArray

    from ptreach.engine.r5_ask import Task
    from ptreach.model import FloatArray, PointLinks, Points, Progress, Query

MOST_LEFT_OUT: Final = 0.01
"""Share of the trips of the hours asked about that may be of other service days, which R5 leaves out."""
_CACHE: Final = "cache"
_STAGE: Final = "R5: its network, then parts of the answer"

_log = logging.getLogger(__name__)


class R5Engine:
    """Conveyal's R5 through r5py, in a process of its own for each question.

    Parameters
    ----------
    network
        Folder of a built network, with the files of `prepare_files` in it.
    workers
        Threads that Java is told it has.
    r5_jar
        R5's jar; else `find_jar` looks for one.
    progress
        Told of the building of R5's network and of each part of an answer.

    Raises
    ------
    InputError
        Where the machine lacks what R5 needs, or the files are not there.
    """

    name = "r5"
    resolution_s: Final = 60
    notes: tuple[str, ...] = (
        "R5 answers in whole minutes, rounded down.",
        (
            "R5 has limits of its own: transfers end at 1,000 m and the last walk at 2,000 m, streets of"
            " residents and customers can't be walked, and trips of the service day before are left out."
        ),
        (
            "How far points are from a street, and why one has no minutes, is read off ptreach's own network"
            " of the same files."
        ),
    )

    def __init__(
        self,
        network: Path,
        *,
        workers: int = 1,
        r5_jar: Path | None = None,
        progress: Progress = no_progress,
    ) -> None:
        self._machine = require_machine(r5_jar)
        self._files = prepared_files(network)
        self._streets = RaptorEngine(network, workers=workers)
        self._workers = max(1, workers)
        self._folder = network / FOLDER
        self._progress = progress
        self._software: dict[str, str] = {}

    @property
    def software(self) -> Mapping[str, str]:
        """Releases of ``r5``, ``r5py`` and ``java``, and ``r5_jar_sha256``, as R5's process tells them.

        Of the answers before; where there is none yet, the process is started to be asked just that. Raises
        InputError where it fails.
        """
        if not self._software:
            with tempfile.TemporaryDirectory(prefix="ptreach-r5-", ignore_cleanup_errors=True) as scratch:
                folder = Path(scratch)
                write_ask(self._ask(None, []), folder)
                # a cache of its own: one without a network would be taken for that of a whole one
                for told in listen(folder, self._environment(folder / _CACHE)):
                    self._software.update(told.get("software", {}))
        return self._software

    @property
    def rules(self) -> Mapping[str, str | int | float | bool]:
        """R5's rules by name, as far as they are known."""
        return R5._asdict()

    def travel_times(self, origins: Points, destinations: Points, query: Query) -> Iterator[TravelTimeMatrix]:
        """Yield blocks of whole origin rows, in the order of `origins`, in seconds that are whole minutes.

        More than five percentiles are asked for in turns.

        Raises
        ------
        InputError
            For a query that R5 can't be asked, and where R5 fails: one line says why.
        """
        self._require_day(query)
        blocks = [percentile_tasks(rows, query) for rows in blocks_of(len(origins), len(destinations))]
        for seconds, ids in self._answers(origins, destinations, query, blocks):
            yield TravelTimeMatrix(ids, destinations.ids, query.percentiles, seconds, self.resolution_s)

    def each_departure(
        self, origins: Points, destinations: Points, query: Query
    ) -> Iterator[NDArray[np.uint16]]:
        """Yield blocks of whole origin rows in seconds, uint16 of shape (origins, destinations, departures).

        R5 is asked for each departure as a window of one minute. Raises InputError as `travel_times`.
        """
        self._require_day(query)
        blocks = [departure_tasks(rows, query) for rows in blocks_of(len(origins), len(destinations))]
        for seconds, _ in self._answers(origins, destinations, query, blocks):
            yield seconds

    def street_distance_m(self, points: Points, within_m: float) -> FloatArray:
        """Return how far each point is from a street, in metres, NaN where none is within `within_m`."""
        return self._streets.street_distance_m(points, within_m)

    def point_links(self, points: Points, query: Query) -> PointLinks:
        """Return how points hang on our network of the same files, as those of `RaptorEngine`."""
        return self._streets.point_links(points, query)

    def _require_day(self, query: Query) -> None:
        """Raise InputError where R5's answer would lack much, for it knows no trips of other service days."""
        require_answerable(query)
        network = self._streets.network
        hours = query.window_start_s, query.window_end_s + query.max_time_s
        own, all_n = (
            trips_running(
                network.patterns, network.calendar, query.date, network.timezone, *hours, days_around=around
            )
            for around in (False, True)
        )
        if not all_n:
            raise no_service(network.calendar, network.patterns.trip_service, query.date, "query, date")
        left_out = all_n - own
        what = (
            f"R5 leaves out {left_out:,} of {all_n:,} trips of these hours, which are of another service day"
        )
        if left_out > MOST_LEFT_OUT * all_n:
            raise InputError(what, where="query, window", remedy="take other hours, or do without R5")
        if left_out:
            _log.warning("%s", what)

    def _answers(
        self, origins: Points, destinations: Points, query: Query, blocks: list[list[Task]]
    ) -> Iterator[tuple[NDArray[np.uint16], tuple[str, ...]]]:
        """Yield seconds and ids of the origins of each block, whose tasks stand side by side."""
        tasks = [task for block in blocks for task in block]
        waiting = iter(enumerate(tasks))
        if not tasks:
            return
        self._progress(_STAGE, 0, 1 + len(tasks))
        with tempfile.TemporaryDirectory(prefix="ptreach-r5-", ignore_cleanup_errors=True) as scratch:
            folder = Path(scratch)
            self._write(folder, origins, destinations, query, tasks)
            news = self._run(folder, len(tasks))
            try:
                for block in blocks:
                    ids = origins.ids[block[0].first : block[0].last]
                    parts = []
                    for number, task in (next(waiting) for _ in block):
                        _await(news, number)
                        path = folder / part_name(number)
                        parts.append(self._read(path, ids, destinations.ids, task.percentiles))
                        path.unlink()
                    yield np.concatenate(parts, axis=2), ids
                for _ in news:  # it ends by itself, and well
                    pass
            finally:
                news.close()

    def _write(
        self, folder: Path, origins: Points, destinations: Points, query: Query, tasks: list[Task]
    ) -> None:
        """Write what is asked."""
        for points, name in ((origins, ORIGINS), (destinations, DESTINATIONS)):
            table = {"id": pa.array(points.ids, pa.string()), "lon": points.lon, "lat": points.lat}
            pq.write_table(pa.table(table), folder / name)
        write_ask(self._ask(query, tasks), folder)

    def _ask(self, query: Query | None, tasks: list[Task]) -> Ask:
        """Return what the child is told; without tasks no query is needed."""
        return Ask(
            streets=str(self._files.streets.absolute()),
            feeds=[str(feed.absolute()) for feed in self._files.feeds],
            jar=str(self._machine.jar or find_jar() or ""),  # one may have been downloaded meanwhile
            keep_jar=str(jar_folder()),
            heap_mb=heap_mb(),
            walk_speed_kph=query.walk_speed_kph if query else 0,
            max_walk_min=int(query.max_walk_min) if query else 0,
            max_time_min=int(query.max_time_min) if query else 0,
            max_rides=query.max_rides if query else 0,
            tasks=tasks,
        )

    def _read(
        self, path: Path, ids: tuple[str, ...], destination_ids: tuple[str, ...], percentiles: list[int]
    ) -> NDArray[np.uint16]:
        """Return the seconds of one part."""
        frame = pq.read_table(path).to_pandas()
        return block_from_frame(frame, ids, destination_ids, percentiles, self.resolution_s).seconds

    def _run(self, folder: Path, parts_n: int) -> Generator[int, None, None]:
        """Run R5; yield the numbers of the parts that it has written.

        R5's own network is built in a cache aside, which takes its place only after R5 ended well: what is
        left of one that was killed would be taken for whole.
        """
        cache = self._folder / _CACHE
        clear_dead(self._folder)
        aside = cache if cache.is_dir() else aside_of(cache)
        aside.mkdir(exist_ok=True)
        listened = listen(folder, self._environment(aside))
        try:
            for told in listened:
                self._software.update(told.get("software", {}))
                if "part" in told:
                    self._progress(_STAGE, told["part"] + 2, parts_n + 1)
                    yield told["part"]
                elif told.get("stage") == "network":
                    self._progress(_STAGE, 1, parts_n + 1)
            if aside != cache and not cache.exists():
                aside.rename(cache)
        finally:
            listened.close()
            if aside != cache:
                shutil.rmtree(aside, ignore_errors=True)

    def _environment(self, cache: Path) -> dict[str, str]:
        """Return the environment of the child, with a cache."""
        java = self._machine.java
        return environment(cache.absolute(), java.home if java else "", self._workers)


def _await(news: Iterator[int], number: int) -> None:
    """Wait until a part is written."""
    for part in news:
        if part == number:
            return
    raise InputError("R5 ended before it had answered", where=WHERE, remedy="look into the log (-v)")
