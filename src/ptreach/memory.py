"""The memory that this process may use: the machine's, or less where a container or a job is given less."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL_TOWN_BYTES: Final = 800_000_000
"""What a process writes to for a small town: the made-up one was made with 700 MB, and not with 600."""
_GARBAGE_AT: Final = (50_000, 20, 20)
"""Python looks for garbage in cycles once so many objects are new; at its own 700 that is 6 % of a run."""
_ROOT: Final = Path("/")
_UNLIMITED_BYTES: Final = 1 << 60
"""Limits as high as this are none: version 1 of Linux's control groups writes a number for that."""


class Memory(NamedTuple):
    """Bytes of memory in all, and of it free; ``limit`` is the file of Linux that says so, empty if none."""

    total_bytes: int
    free_bytes: int
    limit: str = ""


class _Version(NamedTuple):
    """What the files of a version of control groups are called."""

    limit: str
    used: str
    files_of_programs: str
    """In memory.stat: what of it is files that can be read again, and so makes way."""


_VERSIONS: Final = {
    "": _Version("memory.max", "memory.current", "inactive_file"),
    "memory": _Version("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}
"""By their controller in /proc/self/cgroup, which version 2 does not name."""


def collect_seldom() -> None:
    """Have this process look for garbage in cycles seldom: it has memory enough, and figures are few."""
    gc.set_threshold(*_GARBAGE_AT)


def memory(root: Path = _ROOT) -> Memory:
    """Return the memory of this machine, or of the tightest control group that this process is in.

    `root` is where /proc and /sys lie.
    """
    import psutil

    machine, group = psutil.virtual_memory(), group_memory(root)
    if group is None or group.total_bytes >= machine.total:
        return Memory(machine.total, machine.available)
    return group._replace(free_bytes=min(machine.available, group.free_bytes))


def group_memory(root: Path = _ROOT) -> Memory | None:
    """Return the memory of the tightest control group of this process, None where none has a limit."""
    found: Memory | None = None
    for group, version in _groups(root):
        limit_bytes = _number(group / version.limit)
        if limit_bytes is None or limit_bytes >= (found.total_bytes if found else _UNLIMITED_BYTES):
            continue
        used_bytes = (_number(group / version.used) or 0) - _stat(group, version.files_of_programs)
        free_bytes = min(limit_bytes, max(0, limit_bytes - used_bytes))
        found = Memory(limit_bytes, free_bytes, (group / version.limit).as_posix())
    return found


def _groups(root: Path) -> Iterator[tuple[Path, _Version]]:
    """Yield the control groups that this process is in, and those that they are in.

    A container may see its own group as the topmost one, whatever the path that is given for it.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # not Linux
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        for controller in controllers.split(","):
            if (version := _VERSIONS.get(controller)) is not None:
                top = root / "sys/fs/cgroup" / controller
                parts = [part for part in path.split("/") if part not in {"", ".."}]
                yield from ((top.joinpath(*parts[:depth]), version) for depth in range(len(parts) + 1))


def _number(path: Path) -> int | None:
    """Return the number in a file, None where there is no file or no number: ``max`` is no limit."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _stat(group: Path, name: str) -> int:
    """Return one of the numbers of a group's memory.stat, 0 where it is not there."""
    try:
        lines = (group / "memory.stat").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return 0
    found = (line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} "))
    return int(next(found, "0"))
