"""A network of what gtfs-kit reads, beside the one of our own reading: it is the same, or its files differ.

The feeds are read by gtfs-kit and written by it, blanks, marks and line ends in its way; a network is built
of what it wrote, and every file of both is compared byte by byte: patterns, calls, services, transfers,
footpaths and names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ptreach.check.gtfs_kit_feeds import OPTION, gtfs_kit_feed
from ptreach.errors import InputError
from ptreach.network.build import build_network, new_folder
from ptreach.network.saved import FILES, META, read_meta
from ptreach.sources.gtfs import feed_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.model import Progress
    from ptreach.network.build import Cleaning
    from ptreach.network.rules import Rules

_STAGE: Final = "feeds read by gtfs-kit"
_MOST_NAMED: Final = 4
_SAID_OF_FEEDS: Final = ("numbers", "timezone")


def require_alike(
    network: Path,
    osm_paths: Sequence[Path],
    gtfs_paths: Sequence[Path],
    progress: Progress,
    rules: Rules,
    cleaning: Cleaning,
) -> int:
    """Build a network of what gtfs-kit reads beside a built one, and return how many files are the same.

    It is removed again.

    Raises
    ------
    InputError
        Where any file differs; where gtfs-kit is not installed, can't read a feed, or would need more memory
        than there is; where it can't be written beside the other; as `build_network` does.
    """
    with new_folder(network.with_name(f"{network.name}.second")) as scratch:
        feeds = _read_again(gtfs_paths, scratch, progress)
        again = build_network(osm_paths, feeds, scratch / "built", progress, rules, cleaning)
        apart, files_n = _apart(network, again)
    if apart:
        more = f" and {len(apart) - _MOST_NAMED} more" if len(apart) > _MOST_NAMED else ""
        raise InputError(
            f"a network of what gtfs-kit reads differs in {', '.join(apart[:_MOST_NAMED])}{more}",
            where=str(network),
            remedy=f"run ptreach check with {OPTION}, which names rows that are read otherwise",
        )
    return files_n


def _apart(network: Path, again: Path) -> tuple[list[str], int]:
    """Return the files in which two networks differ, and how many they have."""
    said, said_again = read_meta(network), read_meta(again)
    apart = [
        name
        for name in sorted(said[FILES] | said_again[FILES])
        if said[FILES].get(name) != said_again[FILES].get(name)
        or (network / name).read_bytes() != (again / name).read_bytes()
    ]
    apart += [f"{META} ({key})" for key in _SAID_OF_FEEDS if said[key] != said_again[key]]
    return apart, len(said[FILES])


def _read_again(paths: Sequence[Path], folder: Path, progress: Progress) -> tuple[Path, ...]:
    """Have gtfs-kit read feeds and write them to a folder; return its files, which are named as the feeds."""
    written = []
    for at, path in enumerate(paths):
        progress(_STAGE, at, len(paths))
        written.append(folder / f"{feed_name(path)}.zip")
        with gtfs_kit_feed(path) as (_, read):
            feed = read
        feed.to_file(written[-1])  # what fails here is the disk's affair
    progress(_STAGE, len(paths), len(paths))
    return tuple(written)
