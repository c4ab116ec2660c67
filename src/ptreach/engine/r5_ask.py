"""What is asked of R5, as it crosses into the child process: its files, its limits, a task for each part.

A question that R5 can't be asked exactly is refused here, with the reason.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.model import Query

MOST_PERCENTILES: Final = 5
"""R5 takes no more at a time; more are asked for in turns."""
MARK: Final = "\x1eptreach "
"""What the child's lines for its parent begin with; all else that it prints is log."""
_BLOCK_ROWS: Final = 100
_BLOCK_CELLS: Final = 400_000
_DAY_S: Final = 86_400


class Task(NamedTuple):
    """One part of the answer: the rows of origins from `first` until `last`, at up to five percentiles."""

    first: int
    last: int
    departure: str
    """Start of the window, date and time as ISO 8601."""
    window_min: int
    percentiles: list[int]


class Ask(NamedTuple):
    """All that the child is told; points lie beside it as `ORIGINS` and `DESTINATIONS`."""

    streets: str
    feeds: list[str]
    jar: str
    """R5's jar; empty where it is to be downloaded."""
    keep_jar: str
    """Folder for a jar that was downloaded."""
    heap_mb: int
    walk_speed_kph: float
    max_walk_min: int
    max_time_min: int
    max_rides: int
    tasks: list[Task]


_FILE: Final = "ask.json"
ORIGINS: Final = "origins.parquet"
DESTINATIONS: Final = "destinations.parquet"


def part_name(number: int) -> str:
    """Return the name of the file of a task's answer."""
    return f"part-{number:06d}.parquet"


def write_ask(ask: Ask, folder: Path) -> None:
    """Write what is asked into a folder."""
    content = {**ask._asdict(), "tasks": [task._asdict() for task in ask.tasks]}
    (folder / _FILE).write_text(json.dumps(content), encoding="utf-8")


def read_ask(folder: Path) -> Ask:
    """Read what `write_ask` wrote."""
    content = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    return Ask(**{**content, "tasks": [Task(**task) for task in content["tasks"]]})


def require_answerable(query: Query) -> None:
    """Raise InputError for a query that R5 can't be asked as it stands: names the field, says why."""
    checks = (
        (
            "direction",
            query.direction == "from",
            "R5 searches by departure only, and a matrix turned round is not one of arrivals",
            "ask for direction from, or do without R5",
        ),
        (
            "window",
            query.window_start_s < _DAY_S,
            "R5 can't be asked for departures after midnight on the timetable of the day before",
            "begin the window before 24:00, or do without R5",
        ),
        ("window", query.window_start_s % 60 == 0, "R5 begins windows on a minute", "give whole minutes"),
        (
            "max_walk_min",
            float(query.max_walk_min).is_integer(),
            "R5 takes whole minutes",
            "give whole minutes",
        ),
        (
            "max_time_min",
            float(query.max_time_min).is_integer(),
            "R5 takes whole minutes",
            "give whole minutes",
        ),
    )
    for field, holds, why, remedy in checks:
        if not holds:
            raise InputError(why, where=f"query, {field}", remedy=remedy)


def blocks_of(origins_n: int, destinations_n: int) -> list[tuple[int, int]]:
    """Return first and last row (excluded) of the blocks that are answered at a time."""
    rows_n = max(1, min(_BLOCK_ROWS, _BLOCK_CELLS // max(1, destinations_n)))
    return [(first, min(first + rows_n, origins_n)) for first in range(0, origins_n, rows_n)]


def percentile_tasks(rows: tuple[int, int], query: Query) -> list[Task]:
    """Return the tasks whose answers side by side are a block at the query's percentiles."""
    start = _clock(query, query.window_start_s)
    return [
        Task(*rows, start, query.departures_n, list(some))
        for some in _in_turns(query.percentiles, MOST_PERCENTILES)
    ]


def departure_tasks(rows: tuple[int, int], query: Query) -> list[Task]:
    """Return the tasks whose answers side by side are a block at each departure of the window."""
    return [
        Task(*rows, _clock(query, query.window_start_s + 60 * number), 1, [50])
        for number in range(query.departures_n)
    ]


def _in_turns(values: Sequence[int], most: int) -> list[Sequence[int]]:
    return [values[first : first + most] for first in range(0, len(values), most)]


def _clock(query: Query, seconds: int) -> str:
    """Return a time of the query's date, given in seconds after its start, as ISO 8601."""
    midnight = dt.datetime.combine(query.date, dt.time())
    return (midnight + dt.timedelta(seconds=seconds)).isoformat(timespec="minutes")
