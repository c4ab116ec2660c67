"""Files and folders written aside, then given their name: half of one is never seen, whatever ends a run.

What is written aside is called ``.NAME.MACHINE-PROCESS-THREAD.part``: processes that write the same at once
are in nobody's way, and what a process left that was killed is known and removed by the next.
"""

from __future__ import annotations

import logging
import os
import platform
import re
import shutil
import threading
import time
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LEFT_BEHIND: Final = re.compile(r"\..+\.(?P<machine>[0-9a-f]{8})-(?P<process>\d+)-\d+\.part")
_WEEK_S: Final = 7 * 86_400
"""Nothing takes so long: what another machine left for longer on a shared disk is nobody's any more."""

_log = logging.getLogger(__name__)


def aside_of(path: Path) -> Path:
    """Return where this thread writes what is to be called `path`: beside it, on the same disk."""
    who = f"{_machine()}-{os.getpid()}-{threading.get_native_id()}"
    return path.with_name(f".{path.name}.{who}.part")


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give the place of a file that takes the name `path` when it is written, and is removed when it fails.

    What dead processes left in the folder is removed first. Raises OSError as writing does.
    """
    clear_dead(path.parent)
    part = aside_of(path)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def keep(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file that saves time later and that nothing needs; where it can't be written, that is logged.

    Its folder is made where there is none.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_aside(path) as part:
            write(part)
    except OSError as error:
        _log.info("%s: not kept: %s", path, error)


def clear_dead(folder: Path) -> None:
    """Remove what was written aside in a folder by processes that are no more, where that is allowed."""
    for path in folder.glob(".*.part"):
        found = _LEFT_BEHIND.fullmatch(path.name)
        if found is None or not _is_dead(path, found["machine"], int(found["process"])):
            continue
        _log.info("%s: left by a run that was ended; removed", path)
        try:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError as error:  # another process was quicker, or the disk is read-only
            _log.info("%s: not removed: %s", path, error)


def _is_dead(path: Path, machine: str, process: int) -> bool:
    """Say whether nobody writes there any more."""
    if machine == _machine():
        import psutil

        return not psutil.pid_exists(process)  # whatever the clock says, which somebody may have set
    try:
        return time.time() - path.stat().st_mtime > _WEEK_S
    except OSError:  # its writer has just given it its name
        return False


def _machine() -> str:
    """Return a short name of this machine."""
    return f"{zlib.crc32(platform.node().encode()):08x}"
