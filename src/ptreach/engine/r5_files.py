"""The files that R5 builds its network of: the same streets and feeds, cleaned and cut as ours were.

They lie in the network's folder, written when they are first asked for. Each name carries the digest of what
is in the file: R5 takes a file of a name that it knows for the one that it knows.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import osmium
import osmium.io

from ptreach.aside import aside_of, clear_dead
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.network.build import CLEANING, cleaned_feeds, open_network
from ptreach.sources.osm import distinct
from ptreach.sources.osm_files import osm_file, read_errors, read_ways
from ptreach.sources.osm_places import UNKNOWN_E7, locate_nodes
from ptreach.sources.records import digest_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ptreach.model import Progress
    from ptreach.network.build import Cleaning

FOLDER: Final = "r5"
_LIST: Final = "files.json"
_STAGE: Final = "files for R5"
_DIGITS: Final = 16


class SourceFiles(NamedTuple):
    """What a network was built of, and what was taken of it."""

    osm: tuple[Path, ...]
    gtfs: tuple[Path, ...]
    cleaning: Cleaning = CLEANING


class Prepared(NamedTuple):
    """What R5 reads: one map and the cleaned feeds."""

    streets: Path
    feeds: tuple[Path, ...]


def prepare_files(network: Path, files: SourceFiles, progress: Progress = no_progress) -> Prepared:
    """Write what R5 reads into a network's folder, unless it is there.

    Raises
    ------
    InputError
        Where a file is missing or unreadable, or these are not the files that the network was built of.
    """
    folder = network / FOLDER
    if (folder / _LIST).is_file():
        return prepared_files(network)
    progress(_STAGE, 0, 2)
    clear_dead(network)
    aside = aside_of(folder)
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        streets = _named_by_digest(_write_streets(open_network(network).maps(files.osm), aside))
        progress(_STAGE, 1, 2)
        feeds = [_named_by_digest(path) for path in cleaned_feeds(files.gtfs, aside, files.cleaning)]
        names = {"streets": streets.name, "feeds": [feed.name for feed in feeds]}
        (aside / _LIST).write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except OSError:
        if not (folder / _LIST).is_file():  # no other process was quicker
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    progress(_STAGE, 2, 2)
    return prepared_files(network)


def prepared_files(network: Path) -> Prepared:
    """Return the files that `prepare_files` wrote; raise InputError where it has not."""
    folder = network / FOLDER
    try:
        names = json.loads((folder / _LIST).read_text(encoding="utf-8"))
    except OSError as error:
        what = "the files that R5 reads were not written"
        raise InputError(what, where=str(network), remedy="open the network with its files") from error
    return Prepared(folder / names["streets"], tuple(folder / name for name in names["feeds"]))


def _named_by_digest(path: Path) -> Path:
    """Give a file a name that carries its digest."""
    stem, dot, suffix = path.name.partition(".osm.") if ".osm." in path.name else (path.stem, "", "")
    ending = f"{dot}{suffix}" if dot else path.suffix
    return path.rename(path.with_name(f"{stem}-{digest_file(path)[:_DIGITS]}{ending}"))


def _write_streets(maps: Sequence[Path], folder: Path) -> Path:
    """Write maps as one: sorted, what they share once, ways without the nodes that none of them has."""
    lacking = _ways_lacking_nodes(maps, folder)
    target = folder / "streets.osm.pbf"
    header = osmium.io.Header()
    header.set("generator", "ptreach")
    merged = osmium.MergeInputReader()
    with tempfile.TemporaryDirectory(prefix="ptreach-", dir=folder, ignore_cleanup_errors=True) as scratch:
        for number, path in enumerate(maps):
            plain = Path(scratch) / f"{number}.osm.pbf"  # what it is, its name may not say
            file = osm_file(path)
            with (
                read_errors(path),
                osmium.io.Reader(file) as reader,
                osmium.SimpleWriter(str(plain), header=header) as writer,
            ):
                osmium.apply(reader, writer)
            merged.add_file(str(plain))
        with osmium.SimpleWriter(str(target), header=header) as writer:
            merged.apply(_Mended(lacking, writer), writer)
    return target


class _Mended:
    """A handler that writes ways which lack nodes without these, and keeps them from those after it."""

    def __init__(self, lacking: Mapping[int, frozenset[int]], writer: osmium.SimpleWriter) -> None:
        self._lacking, self._writer = lacking, writer

    def way(self, way: osmium.osm.Way) -> bool:
        """Say whether a way has been dealt with."""
        absent = self._lacking.get(way.id)
        if absent is None:
            return False
        refs = [node.ref for node in way.nodes if node.ref not in absent]
        if len(refs) > 1:
            self._writer.add_way(way.replace(nodes=refs))
        return True


def _ways_lacking_nodes(maps: Sequence[Path], folder: Path) -> dict[int, frozenset[int]]:
    """Return the ways that name nodes which no map has, and these nodes, by the way's id."""
    way_id, refs, ends = array("q"), array("q"), array("q")
    for path in maps:
        for way in read_ways(path):
            way_id.append(way.id)
            refs.extend(node.ref for node in way.nodes)
            ends.append(len(refs))
    ref = np.frombuffer(refs, dtype=np.int64)
    places, _ = locate_nodes(maps, distinct(ref), ("ptreach",), lambda _: False, folder)
    nowhere = places.node_id[places.lon_e7 == UNKNOWN_E7]
    absent = np.flatnonzero(np.isin(ref, nowhere))
    of_way = np.searchsorted(np.frombuffer(ends, dtype=np.int64), absent, side="right")
    lacking: dict[int, set[int]] = {}
    for way, node in zip(of_way.tolist(), ref[absent].tolist(), strict=True):
        lacking.setdefault(way_id[way], set()).add(node)
    return {way: frozenset(nodes) for way, nodes in lacking.items()}
