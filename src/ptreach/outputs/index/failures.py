"""Places whose pack could not be made: kept beside the packs until a run of them does better."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from ptreach.outputs.tables.frames import unshield

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

FAILURES_CSV: Final = "places-failures.csv"
_log = logging.getLogger(__name__)


class Failure(NamedTuple):
    """A place without a new pack: its folder and name, and what, where and remedy of its error."""

    folder: str
    place: str
    what: str
    where: str = ""
    remedy: str = ""


def known_failures(folder: Path, now: Sequence[Failure], ran: Collection[str]) -> list[Failure]:
    """Return the failures of this run and those of earlier ones whose places were not run again.

    `ran` are the folders' names of the places of this run. An older list that can't be read is passed over,
    with a warning.
    """
    before = [failure for failure in _read(folder / FAILURES_CSV) if failure.folder not in ran]
    return sorted([*before, *now])


def _read(path: Path) -> list[Failure]:
    """Return the failures that an earlier run has listed."""
    if not path.is_file():
        return []
    try:
        table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
        rows = table[list(Failure._fields)].itertuples(index=False)
        return [Failure(*map(unshield, row)) for row in rows]
    except (OSError, ValueError, KeyError) as error:
        _log.warning("%s: not read, so failures of earlier runs are not listed: %s", path, error)
        return []


def without_folders(text: str, folders: Iterable[Path]) -> str:
    """Return a text whose paths below any of `folders` begin there: a list that is handed on names no user.

    Of a folder itself its name is left.
    """
    for folder in sorted({folder.absolute() for folder in folders}, key=lambda one: -len(str(one))):
        spelled = str(folder)
        if len(folder.parts) > 1:
            text = text.replace(f"{spelled}{os.sep}", "").replace(spelled, folder.name)
    return text
