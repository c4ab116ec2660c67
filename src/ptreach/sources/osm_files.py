"""OpenStreetMap files as they come: what format they are in, their ways, where their nodes are.

Files are read as streams and never held. What they are is told by their first bytes, not by their names.
Their objects may stand in any order. Extents are those of the nodes: what a header says of them is not read.
"""

from __future__ import annotations

import bz2
import gzip
import re
import shutil
import tempfile
import zlib
from array import array
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, Protocol

import numpy as np
import osmium
import osmium.filter
import osmium.index
import osmium.io

from ptreach.errors import InputError
from ptreach.sources.pbf_strings import check_strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

UNKNOWN_E7: Final = np.iinfo(np.int32).max
"""Coordinate of a node that no file has a place for."""
_LON_E7, _LAT_E7 = 1_800_000_000, 900_000_000
# libosmium keeps the places of nodes as an array of these in a file.
_PLACE: Final = np.dtype([("node_id", "<u8"), ("lon_e7", "<i4"), ("lat_e7", "<i4")])
IN_MEMORY: Final = "flex_mem"
_BLOCK: Final = 1 << 17
_PEEK: Final = 1 << 16
_MARK_BYTES: Final = 1 << 20
_ROOM_A_BYTE: Final = 4  # a node takes 16 bytes of the table, and no less than about 4 of a file
_GIGABYTE: Final = 1e9
HISTORY: Final = "it holds the history of a map, not a map", "take an extract of one day: .osm.pbf or .osm"
_ROOT: Final = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<\s*([\w:]+)", re.DOTALL)
# What libosmium's exceptions become in Python, and tags that are not text.
_FAULTS: Final = (
    RuntimeError,
    ValueError,
    LookupError,
    ArithmeticError,
    MemoryError,
    osmium.InvalidLocationError,
)


class _Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes: ...


class Places(NamedTuple):
    """Where nodes are: ids in ascending order, degrees times 1e7, `UNKNOWN_E7` where no file says."""

    node_id: NDArray[np.int64]
    lon_e7: NDArray[np.int32]
    lat_e7: NDArray[np.int32]


def osm_file(path: Path) -> osmium.io.File:
    """Return an OpenStreetMap file (pbf; XML, also packed by gzip or bzip2) by what its first bytes say.

    Raises
    ------
    InputError
        Where there is no such file, where it is none of these, or where it holds changes or history.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path), remedy="check the path, or run ptreach fetch")
    state = path.stat()
    file = osmium.io.File(str(path), _checked_format(path, state.st_size, state.st_mtime_ns))
    with read_errors(path), osmium.io.Reader(file, osmium.osm.NOTHING) as reader:
        if reader.header().has_multiple_object_versions:
            raise unreadable(path, *HISTORY)
    return file


@lru_cache(maxsize=64)
def _checked_format(path: Path, _size: int, _mtime_ns: int) -> str:
    """Return the format of a file, in libosmium's words, after a look through it; once for a file as it is.

    That is for what libosmium would not survive, or not end with.
    """
    try:
        with path.open("rb") as stream:
            packing = _packing(stream.read(3))
            stream.seek(0)
            content = _unpacked(stream, packing)
            head = content.read(_PEEK)
            form = _format(path, head, packing)
            with read_errors(path):
                if form == "pbf":
                    stream.seek(0)
                    check_strings(stream)
                else:
                    _check_marks(content)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(path, str(error)) from error
    return form


def _check_marks(content: _Readable) -> None:
    """Raise ValueError where XML has a mark so long that a parser's time grows with the square of it."""
    while block := content.read(_MARK_BYTES):
        if b">" not in block and len(block) == _MARK_BYTES:
            raise ValueError("a mark of more than a megabyte")


def _unpacked(stream: BinaryIO, packing: str) -> _Readable:
    """Return the stream of what is packed in a stream."""
    if packing == "gz":
        return gzip.GzipFile(fileobj=stream)
    return bz2.BZ2File(stream) if packing else stream


def _packing(start: bytes) -> str:
    """Return how a file is packed, by its first bytes; empty if not."""
    if start.startswith(b"\x1f\x8b"):
        return "gz"
    return "bz2" if start.startswith(b"BZh") else ""


def _format(path: Path, head: bytes, packing: str) -> str:
    """Return the format of a file, in libosmium's words, by the first bytes of what is packed in it."""
    if head[4:15] == b"\n\tOSMHeader":
        if packing:
            raise unreadable(path, f"a pbf packed by {packing}", "unpack it")
        return "pbf"
    if head.startswith(b"PK\x03\x04"):
        raise unreadable(path, "it is a zip archive", "unpack it and give the file inside")
    return _xml_format(path, head, packing)


def _xml_format(path: Path, head: bytes, packing: str) -> str:
    """Return the format of an XML file by its root element."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    found = _ROOT.match(text)
    root = found.group(1) if found else ""
    if root == "osmChange":
        raise unreadable(path, "it holds changes, not a map", "take an extract: .osm.pbf or .osm")
    if root.lower() == "html":
        raise unreadable(path, "it is a web page")
    if root != "osm":
        raise unreadable(path, "it is neither pbf nor XML of OpenStreetMap" if head else "it is empty")
    return f"osm.{packing}" if packing else "osm"


def unreadable(path: Path, why: str, remedy: str = "fetch the file again") -> InputError:
    """Return the error of a file that is not what it should be."""
    return InputError(
        f"not readable as OpenStreetMap data: {why.rstrip('.')}", where=str(path), remedy=remedy
    )


@contextmanager
def read_errors(path: Path) -> Iterator[None]:
    """Raise InputError, naming the file, for whatever libosmium finds wrong with it."""
    try:
        yield
    except _FAULTS as error:
        raise unreadable(path, str(error) or type(error).__name__) from error


def read_ways(path: Path, keys: Sequence[str] = ()) -> Iterator[osmium.osm.Way]:
    """Yield the ways of a file that have one of some keys, or all; each only lives until the next.

    Raises
    ------
    InputError
        As `osm_file`, and where the file is damaged.
    """
    yield from _read(path, osmium.osm.WAY, keys)


def read_nodes(path: Path, keys: Sequence[str]) -> Iterator[osmium.osm.Node]:
    """Yield the nodes of a file that have one of some keys; raises InputError as `read_ways`."""
    yield from _read(path, osmium.osm.NODE, keys)


def _read(
    path: Path,
    kind: osmium.osm.osm_entity_bits,
    keys: Sequence[str],
    *handlers: osmium.BaseHandler,
) -> Iterator[osmium.osm.OSMObject]:
    """Yield the objects of a kind that have one of some keys, or all; `handlers` see all of them first."""
    # The iterator does not keep its filters alive: they need names that last as long as it does.
    chain = (*handlers, osmium.filter.KeyFilter(*keys)) if keys else handlers
    file = osm_file(path)
    with read_errors(path), osmium.io.Reader(file, kind) as reader:
        yield from osmium.OsmFileIterator(reader, *chain)


def locate_nodes(
    paths: Sequence[Path],
    wanted: NDArray[np.int64],
    keys: Sequence[str],
    is_closed: Callable[[osmium.osm.TagList], bool],
    scratch: Path | None = None,
) -> tuple[Places, NDArray[np.int64]]:
    """Return where nodes are, and the ids of those whose tags are closed.

    The first place that the files have for a node counts. All places of a file lie in a file of their own for
    a while, 16 bytes a node, for even a nation's must not fill memory.

    Parameters
    ----------
    wanted
        Node ids, in ascending order, each once.
    keys
        Only nodes that have one of these keys are asked whether they are closed.
    scratch
        Folder for the places; the system's own if None.

    Raises
    ------
    InputError
        As `osm_file`; where a file is damaged, or there is no room for its places.
    """
    places = Places(
        wanted,
        np.full(wanted.size, UNKNOWN_E7, dtype=np.int32),
        np.full(wanted.size, UNKNOWN_E7, dtype=np.int32),
    )
    closed: list[int] = []
    unsaved = bool(wanted.size and wanted[0] < 0)
    with tempfile.TemporaryDirectory(prefix="ptreach-", dir=scratch, ignore_cleanup_errors=True) as folder:
        for number, path in enumerate(paths):
            require_room(path, Path(folder))
            table = Path(folder) / f"places{number}"
            closed += _write_places(path, table_name(table), keys, is_closed)
            if table.is_file():
                _take_places(table, places)
                table.unlink()
            if unsaved or table_name(table) == IN_MEMORY:
                _take_one_by_one(path, places)
    return places, np.unique(np.array(closed, dtype=np.int64))


def table_name(table: Path) -> str:
    """Return libosmium's name for a table of places: a file, or memory if it can't say the file's name."""
    name = str(table)
    return f"sparse_file_array,{name}" if name.isascii() and "," not in name else IN_MEMORY


def require_room(path: Path, folder: Path) -> None:
    """Raise InputError where the disk has no room: libosmium would not survive finding out."""
    needed, free = path.stat().st_size * _ROOM_A_BYTE, shutil.disk_usage(folder).free
    if needed > free:
        raise InputError(
            f"reading it may take {needed / _GIGABYTE:.1f} GB of disk, {free / _GIGABYTE:.1f} GB are free",
            where=str(path),
            remedy=f"make room on the disk of {folder.parent}",
        )


def _write_places(
    path: Path, table: str, keys: Sequence[str], is_closed: Callable[[osmium.osm.TagList], bool]
) -> list[int]:
    """Write the places of all nodes of a map into a table; return the ids of nodes that are closed."""
    index = None if table == IN_MEMORY else osmium.index.create_map(table)
    handlers = () if index is None else (osmium.NodeLocationsForWays(index),)
    with read_errors(path):
        nodes = _read(path, osmium.osm.NODE, keys, *handlers)
        return [node.id for node in nodes if is_closed(node.tags)]


def _take_places(table: Path, places: Places) -> None:
    """Fill in places that are not known yet from a file of them, in its order."""
    with table.open("rb") as stream:
        while (block := np.fromfile(stream, dtype=_PLACE, count=_BLOCK)).size:
            # ids beyond the signed numbers are no ids of nodes
            _fill_in(places, block["node_id"].astype(np.int64), block["lon_e7"], block["lat_e7"])


def _fill_in(
    places: Places, node_id: NDArray[np.int64], lon_e7: NDArray[np.int32], lat_e7: NDArray[np.int32]
) -> None:
    """Fill in places that are wanted, possible and not known yet."""
    if not places.node_id.size:
        return
    at = np.searchsorted(places.node_id, node_id)
    at[at == places.node_id.size] = 0
    new = (places.node_id[at] == node_id) & (places.lon_e7[at] == UNKNOWN_E7)
    new &= (lon_e7 >= -_LON_E7) & (lon_e7 <= _LON_E7) & (lat_e7 >= -_LAT_E7) & (lat_e7 <= _LAT_E7)
    rows = np.flatnonzero(new)[::-1]  # the first of several is written last
    places.lon_e7[at[rows]] = lon_e7[rows]
    places.lat_e7[at[rows]] = lat_e7[rows]


def _take_one_by_one(path: Path, places: Places) -> None:
    """Fill in places without a table, which is slow.

    Tables leave out negative ids. Editors number so what is drawn and not yet uploaded: a bridge that is only
    planned.
    """
    node_id, lon_e7, lat_e7 = array("q"), array("q"), array("q")

    def fill_in() -> None:
        _fill_in(
            places,
            np.array(node_id, dtype=np.int64),
            np.array(lon_e7, dtype=np.int32),
            np.array(lat_e7, dtype=np.int32),
        )
        for column in (node_id, lon_e7, lat_e7):
            del column[:]

    with read_errors(path):
        for node in _read(path, osmium.osm.NODE, ()):
            node_id.append(node.id)
            lon_e7.append(node.location.x)
            lat_e7.append(node.location.y)
            if len(node_id) == _BLOCK:
                fill_in()
    fill_in()
