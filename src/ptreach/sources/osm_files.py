"""OpenStreetMap files as they come: what format they are in, their ways and nodes.

Files are read as streams and never held. What they are is told by their first bytes, not by their names.
Their objects may stand in any order. Extents are those of the nodes: what a header says of them is not read.
"""

from __future__ import annotations

import bz2
import errno
import gzip
import os
import re
import zlib
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

import osmium
import osmium.filter
import osmium.io

from ptreach.errors import InputError
from ptreach.sources.pbf_strings import check_strings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_PEEK: Final = 1 << 16
_MARK_BYTES: Final = 1 << 20
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
_NO_ROOM: Final = os.strerror(errno.ENOSPC)
_MAKE_ROOM: Final = "make room on the disk that networks/ is on, and that of temporary files"
_MORE_MEMORY: Final = (
    "fetch the file again, or a smaller extract; if it is whole, use a machine with more memory"
)


class _Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes: ...


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
        why = str(error) or type(error).__name__
        if _NO_ROOM in why:  # on the disk of the table of nodes; the file itself is none the worse
            raise InputError(f"can't be read: {why}", where=str(path), remedy=_MAKE_ROOM) from error
        if isinstance(error, MemoryError):  # a damaged file may ask for memory without end
            raise unreadable(path, "out of memory", _MORE_MEMORY) from error
        raise unreadable(path, why) from error


def read_ways(path: Path, keys: Sequence[str] = ()) -> Iterator[osmium.osm.Way]:
    """Yield the ways of a file that have one of some keys, or all; each only lives until the next.

    Raises
    ------
    InputError
        As `osm_file`, and where the file is damaged.
    """
    yield from read_objects(path, osmium.osm.WAY, keys)


def read_nodes(path: Path, keys: Sequence[str]) -> Iterator[osmium.osm.Node]:
    """Yield the nodes of a file that have one of some keys; raises InputError as `read_ways`."""
    yield from read_objects(path, osmium.osm.NODE, keys)


def read_objects(
    path: Path,
    kind: osmium.osm.osm_entity_bits,
    keys: Sequence[str],
    *handlers: osmium.BaseHandler,
) -> Iterator[osmium.osm.OSMObject]:
    """Yield the objects of a kind that have one of some keys, or all; each only lives until the next.

    `handlers` see the objects first, and filters among them hold some back. Raises InputError as `read_ways`.
    """
    # The iterator does not keep its filters alive: they need names that last as long as it does.
    chain = (*handlers, osmium.filter.KeyFilter(*keys)) if keys else handlers
    file = osm_file(path)
    with read_errors(path), osmium.io.Reader(file, kind) as reader:
        yield from osmium.OsmFileIterator(reader, *chain)
