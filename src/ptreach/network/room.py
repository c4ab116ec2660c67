"""Whether this machine has the memory to build a network of whole files, said before hours are lost."""

from __future__ import annotations

import logging
import os
import sys
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
    there = memory_bytes()
    if there is not None and needed > _SHARE * there:
        _log.warning(
            "building all of these files may take %.0f GB of memory, and this machine has %.0f GB: "
            'give their recipe bounds, or clip = "reach", to take the part that is needed',
            needed / _GIGABYTE,
            there / _GIGABYTE,
        )


def _bytes_of(paths: Iterable[Path]) -> int:
    """Return the size of files, in bytes; what is not there or is a folder counts nothing."""
    return sum(path.stat().st_size for path in paths if path.is_file())


def memory_bytes() -> int | None:
    """Return the memory of this machine in bytes, None where the system does not tell."""
    if sys.platform == "win32":
        return _memory_of_windows()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def _memory_of_windows() -> int | None:
    """Return what GlobalMemoryStatusEx tells: 64 bytes, of which 8 to 16 are the physical memory."""
    import ctypes

    status = ctypes.create_string_buffer((64).to_bytes(4, "little"), 64)
    library = getattr(ctypes, "windll", None)
    if library is None or not library.kernel32.GlobalMemoryStatusEx(status):
        return None
    return int.from_bytes(status.raw[8:16], "little")
