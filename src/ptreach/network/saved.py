"""The folder that a built network is saved in: what makes it whole, and how it gets its name.

``meta.json`` is written last and holds the size of every other file. A disk that filled up, a copy that
broke off or a machine that lost its power shows in those sizes, which cost nothing to look at.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from typing import TYPE_CHECKING, Any, Final

from ptreach.aside import aside_of

if TYPE_CHECKING:
    from pathlib import Path

META: Final = "meta.json"
FILES: Final = "files"
"""Where it holds the sizes of the files that the network is made of."""
_TRIES: Final = 3
"""So often a name is fought for with other processes that build the same."""

_log = logging.getLogger(__name__)


def write_json(path: Path, value: object) -> None:
    """Write JSON with sorted keys."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def write_meta(folder: Path, meta: dict[str, Any]) -> None:
    """Write what is said of a network, and the sizes in bytes of the files that are there; the last to do."""
    write_json(folder / META, meta | {FILES: _sizes(folder)})


def read_meta(folder: Path) -> dict[str, Any]:
    """Read what is said of a network."""
    meta: dict[str, Any] = json.loads((folder / META).read_text(encoding="utf-8"))
    return meta


def is_there(folder: Path) -> bool:
    """Say whether a built network is there, whole; where there is a part of one, that is logged."""
    fault = fault_of_saved(folder)
    if fault:
        _log.warning("%s: not whole (%s); the network is built again", folder, fault)
    return fault == ""


def fault_of_saved(folder: Path) -> str | None:
    """Return what is wrong with a built network, an empty text if nothing is; None where there is none."""
    try:
        wanted = sorted(read_meta(folder)[FILES].items())
        there = _sizes(folder)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"{META} can't be read: {error or type(error).__name__}"
    for name, size_bytes in wanted:
        if there.get(name) != size_bytes:
            if name not in there:
                return f"{name} is missing"
            return f"{name} has {there[name]:,} bytes, not {size_bytes:,}"
    return ""


def settle(aside: Path, folder: Path) -> None:
    """Give a finished folder its name, unless another process was quicker; what is broken there makes way.

    Raises OSError where the name can't be had.
    """
    for left in range(_TRIES, 0, -1):
        try:
            aside.rename(folder)
        except OSError:
            if fault_of_saved(folder) == "":
                return
            if left == 1:
                raise
        else:
            return
        broken = aside_of(folder.with_name(f"{folder.name}.broken"))
        try:
            folder.rename(broken)
        except FileNotFoundError:  # another process has moved it
            continue
        shutil.rmtree(broken, ignore_errors=True)


def _sizes(folder: Path) -> dict[str, int]:
    """Return the sizes in bytes of the files that a network is made of, by name; of kept things, none."""
    with os.scandir(folder) as entries:
        return {
            entry.name: entry.stat().st_size
            for entry in entries
            if entry.is_file() and not entry.name.startswith(".") and entry.name != META
        }
