"""What of a machine a run depends on: releases, cores, memory, caches, what optional parts lack."""

from __future__ import annotations

import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach import __version__
from ptreach.caches import CACHE_VARIABLE, cache_folder
from ptreach.engine.r5_machine import lacks, look_about
from ptreach.memory import memory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.engine.r5_machine import Lack, Machine

_LIBRARIES: Final = ("geopandas", "numba", "numpy", "osmium", "pandas", "pyarrow", "pyogrio", "shapely")
_POSTGIS: Final = ("geoalchemy2", "psycopg", "sqlalchemy")
_GB: Final = 1e9


class Item(NamedTuple):
    """One thing looked at: what was found, whether that does, and what to do where it does not."""

    name: str
    found: str
    ok: bool = True
    remedy: str = ""


def examine(cores: int, r5_jar: Path | None = None) -> list[Item]:
    """Return all that was looked at; raises InputError for a jar that is named but is none.

    Parameters
    ----------
    cores
        Cores that this process may use.
    """
    there = memory()
    limit = f", by {there.limit}" if there.limit else ""
    machine = look_about(r5_jar)
    return [
        Item("ptreach", __version__),
        Item("Python", f"{platform.python_version()} ({sys.executable})"),
        Item("system", platform.platform()),
        Item("cores", str(cores)),
        Item("memory", f"{there.total_bytes / _GB:.1f} GB{limit}, {there.free_bytes / _GB:.1f} GB free"),
        *(Item(name, release_of(name) or "missing", bool(release_of(name)), "install ptreach again"
               if not release_of(name) else "") for name in _LIBRARIES),
        _cache(),
        _publishing(),
        *_second_engine(machine, lacks(machine)),
    ]  # fmt: skip


def release_of(name: str) -> str | None:
    """Return the release of a distribution, None where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cache() -> Item:
    """Return where what can be made again lies, what it takes and what room is left."""
    folder = cache_folder()
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    taken = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
    found = f"{folder}: {taken / _GB:.2f} GB, {shutil.disk_usage(there).free / _GB:.1f} GB free"
    return Item("cache", f"{found} ({CACHE_VARIABLE} names another)")


def _publishing() -> Item:
    """Return whether packs can be published to PostGIS."""
    missing = [name for name in _POSTGIS if release_of(name) is None]
    if missing:
        return Item(
            "publish --postgis",
            f"lacks {', '.join(missing)}",
            ok=False,
            remedy='run pip install ".[postgis]"',
        )
    return Item("publish --postgis", "can be run")


def _second_engine(machine: Machine, missing: Sequence[Lack]) -> list[Item]:
    """Return what there is of what R5 needs."""
    java = machine.java
    items = [
        Item("R5: r5py", machine.package or "missing", machine.package is not None),
        Item("R5: Java", f"{java.release} ({java.home})" if java else "missing", java is not None),
        Item("R5: jar", str(machine.jar or "missing"), machine.jar is not None),
        Item("engine r5", "can be run"),
    ]
    for lack in missing:
        place = {"package": 0, "java": 1, "jar": 2}[lack.of]
        items[place] = items[place]._replace(ok=False, remedy=lack.remedy)
    bars = [lack.what for lack in missing if lack.bars]
    if bars:
        items[3] = Item("engine r5", "can't be run", ok=False, remedy="; ".join(bars))
    elif missing:
        items[3] = Item("engine r5", "can be run where its jar can be downloaded")
    return items
