"""What a matrix in parts answers: the question, written beside its parts before the first of them.

Two runs go on with one another's parts only where all of it is the same.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ptreach import __version__
from ptreach.model import Points, Query

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORMAT: Final = 1
_CELLS_A_PART: Final = 16_000_000
"""Travel times of a part: 32 MB as an engine gives them."""
_MOST_ROWS: Final = 128
_STEP_ROWS: Final = 8
"""So many origins share a sweep of the default of eight rides."""


class Part(NamedTuple):
    """A part: its file, the number of its first origin and of the one after its last."""

    name: str
    first: int
    end: int


class Question(NamedTuple):
    """What is asked: of which engine, on which network (by its digest) and rules, between which points."""

    engine: str
    network: str
    rules: dict[str, Any]
    origins: Points
    destinations: Points
    query: Query
    written_by: str
    software: dict[str, str] = {}  # noqa: RUF012  never changed
    """What the engine runs beside this program: see `Engine.software`."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts, in the order of the origins."""
        rows_n = rows_a_part(len(self.destinations), len(self.query.percentiles))
        return tuple(
            Part(f"part-{number:05}.parquet", first, min(first + rows_n, len(self.origins)))
            for number, first in enumerate(range(0, len(self.origins), rows_n))
        )

    def part_of(self, part: Part) -> Points:
        """Return the origins of a part."""
        return slice_of(self.origins, part.first, part.end)


def written_by() -> str:
    """Return the release of this program: another may give other numbers."""
    return f"ptreach {__version__}"


def rows_a_part(destinations_n: int, percentiles_n: int) -> int:
    """Return how many origins a part has: a matter of the question alone, not of cores or machines."""
    fit = _CELLS_A_PART // max(1, destinations_n * percentiles_n)
    return max(_STEP_ROWS, min(_MOST_ROWS, fit // _STEP_ROWS * _STEP_ROWS))


def slice_of(points: Points, first: int, end: int) -> Points:
    """Return some of the points in a row; themselves where it is all."""
    if (first, end) == (0, len(points)):
        return points
    return Points(points.ids[first:end], points.lon[first:end], points.lat[first:end])


def question_text(question: Question) -> str:
    """Return the question as JSON: points by their number and digest, each part by its bounds."""
    parts = [
        {
            "name": part.name,
            "first_row": part.first,
            "origins": part.end - part.first,
            "first_id": question.origins.ids[part.first],
            "last_id": question.origins.ids[part.end - 1],
        }
        for part in question.parts
    ]
    value = {"format": _FORMAT, **_asked(question), "parts": parts}
    return f"{json.dumps(value, ensure_ascii=False, indent=1)}\n"


def _asked(question: Question) -> dict[str, Any]:
    """Return what has to be the same for two runs to answer the same question."""
    query = asdict(question.query)
    software = {"software": question.software} if question.software else {}
    return {
        "written_by": question.written_by,
        "engine": question.engine,
        **software,
        "network": question.network,
        "origins": _of_points(question.origins),
        "destinations": _of_points(question.destinations),
        **{key: str(value) if isinstance(value, dt.date) else value for key, value in query.items()},
        "percentiles": list(question.query.percentiles),
        "rules": question.rules,
    }


def _of_points(points: Points) -> dict[str, Any]:
    """Return number and digest of points: that of the bytes of `points_text`."""
    return {"points": len(points), "sha256": hashlib.sha256(points_text(points).encode()).hexdigest()}


def differences(text: str, question: Question) -> list[str]:
    """Return what a question that was written asks otherwise than `question`, in words; empty where nothing.

    Raises
    ------
    ValueError
        Where the text is no question.
    """
    return list(_unlike(_parsed(text), _asked(question)))


def _parsed(text: str) -> dict[str, Any]:
    """Return a question that was written; raise ValueError where the text is none."""
    there = json.loads(text)
    if not isinstance(there, dict) or there.get("format") != _FORMAT:
        raise ValueError("not the question of a matrix in parts")
    return there


def _unlike(there: dict[str, Any], here: dict[str, Any], above: str = "") -> Iterator[str]:
    """Yield the keys whose values differ, with both values."""
    for key, value in here.items():
        old = there.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            yield from _unlike(old, value, f"{above}{key} ")
        elif old != value:
            yield f"{above}{key} {_short(old)}, not {_short(value)}"


def _short(value: object) -> str:
    """Return a value in short: digests by their beginning."""
    return str(value)[:16]


def read_question(question: str, origins: str, destinations: str) -> Question:
    """Return the question that was written with these points.

    Raises
    ------
    ValueError
        Where any of the three is not what was written together.
    """
    there = _parsed(question)
    fields = {name: there[name] for name in Query.__slots__}
    fields["date"] = dt.date.fromisoformat(there["date"])
    fields["percentiles"] = tuple(there["percentiles"])
    for end, text in (("origins", origins), ("destinations", destinations)):
        if hashlib.sha256(text.encode()).hexdigest() != there[end]["sha256"]:
            raise ValueError(f"its {end} are others")
    return Question(
        there["engine"],
        there["network"],
        there["rules"],
        read_points_text(origins),
        read_points_text(destinations),
        Query(**fields),
        there["written_by"],
        there.get("software", {}),
    )


def points_text(points: Points) -> str:
    """Return points as CSV, coordinates with all their digits."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("id", "lon", "lat"))
    table.writerows(zip(points.ids, points.lon.tolist(), points.lat.tolist(), strict=True))
    return text.getvalue()


def read_points_text(text: str) -> Points:
    """Return the points of a text that `points_text` made."""
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    ids, lon, lat = zip(*rows, strict=True) if rows else ((), (), ())
    return Points.of(ids, map(float, lon), map(float, lat))
