"""How tables of travel times are written by different programs, told apart by their columns.

- ours, r5py and r5r: ``from_id, to_id, travel_time_p50`` …, r5py's ``travel_time`` for the median; minutes.
- r5r before 1.0: ``fromId, toId, travel_time``; minutes.
- TravelTime, a row a location of its results: ``search_id, id`` (or ``origin, destination``),
  ``travel_time`` in seconds as its API has it, ``reachable``.
- any of these with the unit in a column's name (``travel_time_s``, ``travel_time_min``) or at the end of the
  file's (``iow_seconds.parquet``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from ptreach.errors import InputError
from ptreach.sources.columns import plain_header

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Unit = Literal["s", "min"]
ASKED: Final = "as --unit says"
UNIT_WORDS: Final = {"s": "seconds", "min": "minutes"}
_FROM: Final = ("from_id", "fromid", "origin_id", "origin", "search_id")
_TO: Final = ("to_id", "toid", "destination_id", "destination", "location_id", "id")
_REACHABLE: Final = "reachable"
_TIME: Final = re.compile(r"travel_?time(?:_p(\d{1,3}))?(?:_(s|sec|secs|seconds|min|mins|minutes))?")
_STEM: Final = re.compile(r".*_(seconds|minutes)")
_ONE_A_ROW: Final = ("minute", "departure_time", "draw_number", "option", "segment", "percentile")
"""Columns that tell a table with several rows a pair."""
_REMEDY: Final = (
    "give a table with from_id, to_id and travel_time_p50 (ptreach, r5py, r5r), or with search_id, id and "
    "travel_time (TravelTime)"
)


class Shape(NamedTuple):
    """Which columns of a table hold what, as they are called in the file.

    ``times`` by percentile; ``reachable`` is the column that says whether a pair is reached, empty where
    there is none. ``why`` says how the unit is known.
    """

    from_id: str
    to_id: str
    times: dict[int, str]
    reachable: str
    unit: Unit
    why: str


def shape_of(headers: Sequence[str], path: Path, unit: Unit | None = None) -> Shape:
    """Return the shape of the table that has these columns; `unit` overrules what names say.

    Raises
    ------
    InputError
        Where columns are missing, doubled, or leave the unit open.
    """
    plain: dict[str, str] = {}
    for header in headers:
        name = plain_header(header)
        if name in plain:
            raise InputError(f"the column '{name}' is there twice", where=str(path), remedy="drop one")
        plain[name] = header
    ends = [next((name for name in names if name in plain), None) for names in (_FROM, _TO)]
    matches = {name: match for name in plain if (match := _TIME.fullmatch(name))}
    if None in ends or not matches:
        found = ", ".join(headers[:12]) or "none"
        raise InputError(f"no matrix: its columns are {found}", where=str(path), remedy=_REMEDY)
    times: dict[int, str] = {}
    for name, match in matches.items():
        percentile = int(match[1] or 50)
        if percentile in times:
            raise InputError(
                f"both '{times[percentile]}' and '{plain[name]}' stand for percentile {percentile}",
                where=str(path),
                remedy="drop one of the columns",
            )
        times[percentile] = plain[name]
    from_id, to_id = (str(end) for end in ends)
    reachable = plain.get(_REACHABLE, "")
    units = [match[2] for match in matches.values()]
    found, why = (unit, ASKED) if unit else _unit(path, from_id, reachable, units)
    return Shape(plain[from_id], plain[to_id], dict(sorted(times.items())), reachable, found, why)


def _unit(path: Path, from_id: str, reachable: str, suffixes: Sequence[str | None]) -> tuple[Unit, str]:
    """Return the unit that names of columns, or else the file's name, tell, and how."""
    told: set[Unit] = {"s" if suffix.startswith("s") else "min" for suffix in suffixes if suffix}
    if len(told) > 1:
        raise InputError(
            "some of its columns are in seconds, some in minutes", where=str(path), remedy="keep one kind"
        )
    if told:
        return told.pop(), "its columns say so"
    if match := _STEM.fullmatch(path.stem.casefold()):
        return ("s" if match[1] == "seconds" else "min"), "its name says so"
    if from_id in {"from_id", "fromid"}:
        return "min", "as ptreach, r5py and r5r give them"
    if from_id == "search_id" or reachable:
        return "s", "as TravelTime gives them"
    raise InputError(
        "its columns do not say whether travel times are in seconds or minutes",
        where=str(path),
        remedy="say --unit s or --unit min; a=s or b=min for one of the two",
    )


def one_a_row(headers: Sequence[str]) -> str:
    """Return the column that gives a pair several rows, empty where there is none."""
    return next((header for header in headers if plain_header(header) in _ONE_A_ROW), "")
