"""The packs that lie in a folder, each read from its own files once these are as its manifest has them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.errors import InputError, in_one_line
from ptreach.measures.places import Residents, place_figures
from ptreach.model import Decision, SourceRecord
from ptreach.outputs.paperwork.manifest import is_pack
from ptreach.outputs.paperwork.verify import require_pack, verify_pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ptreach.measures.places import PlaceFigures

_COLUMNS: Final = ("minutes_p50", "population", "imd_decile")
_OF_THE_QUESTION: Final = (
    "preset", "window", "direction", "walk_speed_kph", "max_walk_min", "max_time_min", "max_rides",
)  # fmt: skip
"""What must be the same for minutes of two places to be compared, beside engine, release and edition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPack:
    """A town's pack as far as an index tells of it.

    ``whole`` are its files that are as they were written, by their paths with forward slashes; ``unlike``
    counts those that are not, are missing, or are not of the pack. ``question`` is the same for packs whose
    minutes can be compared. ``decision`` is that on the timetable, None in packs that do not tell.
    """

    folder: Path
    slug: str
    name: str
    network: str
    edition: str
    deprivation: str
    date: dt.date
    window: tuple[str, str]
    direction: str
    preset: str
    engine: str
    version: str
    question: tuple[str, ...]
    decision: Decision | None
    last_day: str
    made_up: bool
    residents: Residents
    figures: PlaceFigures
    whole: frozenset[str]
    unlike: int
    sources: tuple[SourceRecord, ...]


class Unread(NamedTuple):
    """A pack that can't be told of: the name of its folder, and why."""

    slug: str
    why: str


def town_folders(folder: Path) -> list[Path]:
    """Return the folders within one that hold packs of towns; others, profiles among them, are passed over.

    Raises InputError where the folder can't be listed.
    """
    try:
        folders = sorted(path for path in folder.iterdir() if path.is_dir() and path.name[:1] != ".")
    except OSError as error:
        raise InputError(
            f"not readable: {error.strerror}", where=str(folder), remedy="check permissions"
        ) from error
    return [path for path in folders if is_pack(path) and isinstance(require_pack(path).get("town"), dict)]


def packs_in(folder: Path) -> tuple[list[FoundPack], list[Unread]]:
    """Return the packs of towns that lie in a folder, by name, and those that can't be read.

    Raises InputError as `town_folders` does.
    """
    found, unread = [], []
    for path in town_folders(folder):
        try:
            found.append(_found(path, require_pack(path)))
        except InputError as error:
            unread.append(Unread(in_one_line(path.name), error.what))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            why = f"its manifest is not as ptreach writes it ({in_one_line(str(error))})"
            unread.append(Unread(in_one_line(path.name), why))
    return sorted(found, key=lambda pack: (pack.name, pack.folder.name)), unread


def _found(folder: Path, manifest: Mapping[str, Any]) -> FoundPack:
    """Return what is told of a pack; raises InputError where its zones are not as they were written."""
    town, query, areas = manifest["town"], manifest["query"], manifest["areas"]
    slug = PureWindowsPath(str(town["slug"])).name  # no path, whichever way its slashes lean
    checked = verify_pack(folder)
    at_fault = {*checked.missing, *checked.changed}
    table = f"tables/{slug}-zones.csv"
    if table in at_fault or table not in manifest["files"]:
        raise InputError(f"{table} is missing, or not as it was written")
    engine, version = _text(manifest["engine"]), _text(manifest["ptreach"]["version"])
    start, end = map(_text, query["window"])
    asked = [_text(query[key]) for key in _OF_THE_QUESTION]
    residents = _residents(folder / table, float(query["max_time_min"]))
    sunset, verdict = manifest.get("sunset"), manifest.get("verdict")
    return FoundPack(
        folder=folder,
        slug=slug,
        name=_text(town["name"]),
        network=_text(manifest["network"]["name"]),
        edition=_text(areas["edition"]),
        deprivation=_text(areas["deprivation"]),
        date=dt.date.fromisoformat(query["date"]),
        window=(start, end),
        direction=_text(query["direction"]),
        preset=_text(query["preset"]),
        engine=engine,
        version=version,
        question=(*asked, engine, version, _text(areas["edition"]), _text(areas["deprivation"])),
        decision=Decision(verdict["decision"]) if verdict else None,
        last_day=dt.date.fromisoformat(sunset["last_day"]).isoformat() if sunset else "",
        made_up=bool(manifest["made_up"]),
        residents=residents,
        figures=place_figures([residents]),
        whole=frozenset(manifest["files"]) - at_fault,
        unlike=len(at_fault) + len(checked.extra),
        sources=tuple(_source(row) for row in manifest["inputs"]),
    )


def _text(value: object) -> str:
    """Return what a manifest says as a text that any file can hold."""
    return in_one_line(str(value))


def _residents(path: Path, limit_min: float) -> Residents:
    """Return who lives in the zones of a pack's table."""
    table = pd.read_csv(path, encoding="utf-8-sig", usecols=list(_COLUMNS), dtype=np.float64)
    minutes, people, decile = (table[name].to_numpy() for name in _COLUMNS)
    return Residents(minutes, people, decile, limit_min)


def _source(row: Mapping[str, Any]) -> SourceRecord:
    """Return what a manifest says of an input; of its path there is the name only."""
    return SourceRecord(
        kind=_text(row["kind"]),
        path=Path(PureWindowsPath(str(row["file"])).name),
        size_bytes=int(row["size_bytes"]),
        sha256=_text(row["sha256"]),
        title=_text(row["title"]),
        publisher=_text(row["publisher"]),
        licence=_text(row["licence"]),
        attribution=_text(row["attribution"]),
        date=_text(row["date"]),
        made_up=bool(row["made_up"]),
    )


def sources_of(packs: Iterable[FoundPack]) -> tuple[SourceRecord, ...]:
    """Return the inputs of packs, each once by its digest and title, in the order of the packs."""
    rows = {(one.sha256, one.title): one for pack in packs for one in pack.sources}
    return tuple(rows.values())
