"""Whether this machine has the memory to build a network of whole files, said before hours are lost."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Bytes of memory for a byte of the file, found with made-up files of England's size (make national-model).
_OSM_BYTES: Final = 3.5
_GTFS_BYTES: Final = 2.0
_SHARE: Final = 0.75  # the rest is the system's and other programs'
_GIGABYTE: Final = 1e9

_log = logging.getLogger(__name__)


def warn_of_memory(osm_paths: Iterable[Path], gtfs_paths: Iterable[Path]) -> None:
    """Log a warning where building all of some files may take more memory than this machine has to spare."""
    needed = _OSM_BYTES * _bytes_of(osm_paths) + _GTFS_BYTES * _bytes_of(gtfs_paths)
    import psutil

    there = psutil.virtual_memory().total
    if needed > _SHARE * there:
        _log.warning(
            "building all of these files may take %.0f GB of memory, and this machine has %.0f GB: "
            'give their recipe bounds, or clip = "reach", to take the part that is needed',
            needed / _GIGABYTE,
            there / _GIGABYTE,
        )


def _bytes_of(paths: Iterable[Path]) -> int:
    """Return the size of files, in bytes; what is not there or is a folder counts nothing."""
    return sum(path.stat().st_size for path in paths if path.is_file())
