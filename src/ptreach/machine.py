"""Faults of the machine, told in one line as those of the input are: no room on a disk, no memory."""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING, Final

from ptreach.errors import InputError
from ptreach.memory import SMALL_TOWN_BYTES, group_memory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OF_THE_DISK: Final = frozenset(
    getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EROFS", "EFBIG") if hasattr(errno, name)
)
_NO_MEMORY: Final = re.compile("failed to map segment|annot allocate memory")
"""What the loader of shared libraries says, which Python hands on as an ImportError or an OSError."""
_LEAST_BYTES: Final = {"RLIMIT_DATA": SMALL_TOWN_BYTES, "RLIMIT_AS": 2_000_000_000}
"""What a small town takes: of memory that is written to, and of addresses, libraries' code among them.

The made-up town was made with addresses of 1,900 MB, and not with 1,800."""
_PROBE_BYTES: Final = 4 << 20
"""As much as is written to find out whether a disk is full: more than any library keeps back at once."""
_LOWER: Final = (
    'give fewer --workers, take a part of the network (bounds, or clip = "reach", in its recipe), '
    "close other programs, or use a machine with more memory"
)


def fault_of_machine(error: BaseException) -> InputError | None:
    """Return what is to be told of an error that the machine is to blame for, None for any other."""
    if isinstance(error, MemoryError) or _is_unloadable(error):
        why = str(error).rstrip(".")
        return InputError(f"out of memory{f': {why}' if why else ''}", remedy=_LOWER)
    if isinstance(error, OSError) and error.errno is not None and error.errno in _OF_THE_DISK:
        return InputError(
            f"can't be written: {os.strerror(error.errno)}",
            where=str(error.filename or ""),
            remedy="make room, or write to another folder",
        )
    if limited := memory_limit():
        return InputError(
            f"ended by {type(error).__name__}{f': {error}' if str(error) else ''}; {limited}",
            remedy="raise the limit; if the same comes again, report it",
        )
    return None


def _is_unloadable(error: BaseException | None) -> bool:
    """Say whether there was no memory to load a library with, by the error or by what led to it."""
    while error is not None:
        if isinstance(error, ImportError | OSError) and (
            getattr(error, "errno", None) == errno.ENOMEM or _NO_MEMORY.search(str(error))
        ):
            return True
        error = error.__cause__ or error.__context__
    return False


def memory_limit() -> str:
    """Return what this process may hold where that is too little for a town, empty where it may hold enough.

    With too little, libraries fail in any way: LLVM, libstdc++ and jemalloc end the process without a word,
    OpenBLAS tries for ever, Python's parser finds faults in a file that has none, and Linux kills what takes
    more than its container has.
    """
    for name, allowed_bytes, least_bytes in _limits():
        if allowed_bytes < least_bytes:
            return (
                f"this process may hold {allowed_bytes / 1e6:,.0f} MB ({name}), under the "
                f"{least_bytes / 1e9:g} GB of a small town"
            )
    return ""


def _limits() -> Iterator[tuple[str, int, int]]:
    """Yield each limit of memory there is: its name, the bytes that it allows and those that a town takes."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for name, least_bytes in _LEAST_BYTES.items():
        allowed_bytes = resource.getrlimit(getattr(resource, name))[0]
        if allowed_bytes != resource.RLIM_INFINITY:
            yield f"{name}, ulimit", allowed_bytes, least_bytes
    if (group := group_memory()) is not None:
        yield group.limit, group.total_bytes, SMALL_TOWN_BYTES


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
