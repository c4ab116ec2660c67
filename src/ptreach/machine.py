"""Faults of the machine, told in one line as those of the input are: no room on a disk, no memory."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from ptreach.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

_OF_THE_DISK: Final = frozenset(
    getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EROFS", "EFBIG") if hasattr(errno, name)
)
_PROBE_BYTES: Final = 4 << 20
"""As much as is written to find out whether a disk is full: more than any library keeps back at once."""
_LOWER: Final = (
    'give fewer --workers, take a part of the network (bounds, or clip = "reach", in its recipe), '
    "close other programs, or use a machine with more memory"
)


def fault_of_machine(error: BaseException) -> InputError | None:
    """Return what is to be told of an error that the machine is to blame for, None for any other."""
    if isinstance(error, MemoryError):
        why = str(error).rstrip(".")
        return InputError(f"out of memory{f': {why}' if why else ''}", remedy=_LOWER)
    if isinstance(error, OSError) and error.errno is not None and error.errno in _OF_THE_DISK:
        return InputError(
            f"can't be written: {os.strerror(error.errno)}",
            where=str(error.filename or ""),
            remedy="make room, or write to another folder",
        )
    return None


def refusal(folder: Path, error: Exception) -> str | None:
    """Return why the system refuses to write to a folder, None where it does not and `error` is our fault.

    Libraries that are not Python's own (GDAL, SQLite, osmium) say in words of theirs that a disk is full, and
    NumPy in words without a number; so where the error does not tell, the folder is tried.
    """
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)  # pyarrow's has a number too, but words of its own
    probe = folder / ".probe"
    try:
        probe.write_bytes(bytes(_PROBE_BYTES))
    except OSError as refused:
        return refused.strerror or str(refused)
    finally:
        probe.unlink(missing_ok=True)
    return str(error) if isinstance(error, OSError) else None


def still_to_come(done_bytes: int, total_bytes: int) -> str:
    """Return how much of a file is missing, to end a clause with; nothing where its length is not known."""
    if total_bytes <= done_bytes:
        return ""
    return f"; {(total_bytes - done_bytes) / 1e6:,.1f} of its {total_bytes / 1e6:,.1f} MB are still to come"
