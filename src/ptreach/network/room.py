"""Whether this machine has the memory for what is asked of it, said before hours are lost."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from ptreach.memory import SMALL_TOWN_BYTES, memory

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Bytes of memory for a byte of the file, found with made-up files of England's size (make national-model).
_OSM_BYTES: Final = 3.5
_GTFS_BYTES: Final = 2.0
_TOWN_BYTES: Final = 1.5e9
"""What a process takes for towns of a network of the size of the West Midlands (make scale-model)."""
_CLIPPED_TOWN_BYTES: Final = 3e9
"""What it takes to cut a town's network out of national files (make national-model)."""
_SHARE: Final = 0.75  # the rest is the system's and other programs'
_GIGABYTE: Final = 1e9

_log = logging.getLogger(__name__)


def warn_of_memory(osm_paths: Iterable[Path], gtfs_paths: Iterable[Path]) -> None:
    """Log a warning where building all of some files may take more memory than this machine has to spare."""
    needed = _OSM_BYTES * _bytes_of(osm_paths) + _GTFS_BYTES * _bytes_of(gtfs_paths)
    there = memory().total_bytes
    if needed > _SHARE * there:
        _log.warning(
            "building all of these files may take %.0f GB of memory, and this machine has %.0f GB: "
            'give their recipe bounds, or clip = "reach", to take the part that is needed',
            needed / _GIGABYTE,
            there / _GIGABYTE,
        )


def warn_of_little() -> None:
    """Log a warning where less memory is free than a small town takes: the system may end what takes more."""
    there = memory()
    if there.free_bytes < SMALL_TOWN_BYTES:
        _log.warning(
            "there are %.1f GB of memory free%s, and a small town takes %.1f GB: the system may end a run "
            "without a word. Close other programs",
            there.free_bytes / _GIGABYTE,
            f" ({there.limit})" if there.limit else "",
            SMALL_TOWN_BYTES / _GIGABYTE,
        )


def processes_with_room(wanted: int, *, clipped: bool) -> int:
    """Return how many processes, up to those wanted, have the memory to make packs at once; at least one.

    `clipped` says whether networks are cut out of national files. A warning is logged where that is fewer.
    """
    each = _CLIPPED_TOWN_BYTES if clipped else _TOWN_BYTES
    there = memory().free_bytes
    room = max(1, int(there // each))
    if room < wanted:
        _log.warning(
            "towns are made %d at a time, not %d: there are %.1f GB of memory free, and each process may "
            "take %.1f GB",
            room,
            wanted,
            there / _GIGABYTE,
            each / _GIGABYTE,
        )
    return min(wanted, room)


def _bytes_of(paths: Iterable[Path]) -> int:
    """Return the size of files, in bytes; what is not there or is a folder counts nothing."""
    return sum(path.stat().st_size for path in paths if path.is_file())
