"""Feeds as gtfs-kit reads them, whose failures are told as its own.

gtfs-kit holds all tables of a feed in memory, and is not asked where they are too large for that.
"""

from __future__ import annotations

import warnings
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from ptreach.errors import InputError
from ptreach.memory import memory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPTION: Final = "--second-reader"
TEXT_TIMES: Final = 4
"""Bytes of memory that gtfs-kit is taken to need for a byte of a feed's tables.

Measured: 2.7 for 165 MB (2.4 million rows of stop_times.txt), 4.0 for 19 MB.
"""
MEMORY_SHARE: Final = 0.75
"""The part of the free memory that it may take."""
_GIGABYTE: Final = 1e9
_NEEDED: Final = {
    "stops": ("stop_id",),
    "routes": ("route_id", "route_type"),
    "trips": ("trip_id", "route_id", "service_id"),
    "stop_times": ("trip_id", "stop_id"),
}
"""What a feed can't be without. Cells that it does not tell apart, it would hand on as they are."""


@contextmanager
def gtfs_kit_feed(path: Path) -> Iterator[tuple[Any, Any]]:
    """Give gtfs-kit and a feed as it reads it; what fails while it is held is said to be gtfs-kit's failure.

    Raises
    ------
    InputError
        Where gtfs-kit is not installed, can't read the feed, or would need more memory than there is.
    """
    kit = _gtfs_kit()
    _refuse_too_large(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own affairs
            feed = kit.read_feed(path, dist_units="m")
            _require_tables(feed)
            yield kit, feed
    except Exception as error:
        raise InputError(
            f"gtfs-kit can't read it ({type(error).__name__}): {error}",
            where=str(path),
            remedy=f"mend what it names, or go without {OPTION}",
        ) from error


def _require_tables(feed: Any) -> None:  # noqa: ANN401
    """Raise LookupError where gtfs-kit finds no such table or column as a feed can't be without."""
    for name, columns in _NEEDED.items():
        table = getattr(feed, name)
        if table is None:
            raise LookupError(f"it finds no {name}.txt")
        for column in columns:
            if column not in table:
                raise LookupError(f"it finds no {column} in {name}.txt")


def _gtfs_kit() -> Any:  # noqa: ANN401  a module without types
    """Return the library; it takes a while to import."""
    try:
        import gtfs_kit
    except ImportError as error:
        raise InputError(
            f"gtfs-kit is not installed ({error.name})",
            where=OPTION,
            remedy='install it: pip install ".[check]"',
        ) from error
    return gtfs_kit


def _refuse_too_large(path: Path) -> None:
    """Raise InputError where gtfs-kit would need more memory than is free for a feed's tables."""
    needed, free = TEXT_TIMES * _text_bytes(path), memory().free_bytes
    if needed > MEMORY_SHARE * free:
        raise InputError(
            f"gtfs-kit may need {needed / _GIGABYTE:.1f} GB of memory for its tables, and "
            f"{free / _GIGABYTE:.1f} GB are free",
            where=str(path),
            remedy=f"go without {OPTION}, or take a machine with more memory",
        )


def _text_bytes(path: Path) -> int:
    """Return the bytes of the tables of a feed, as its zip claims them, beyond which it is not read."""
    if path.is_dir():
        return sum(item.stat().st_size for item in path.glob("*.txt"))
    with zipfile.ZipFile(path) as archive:
        return sum(item.file_size for item in archive.infolist() if item.filename.endswith(".txt"))
