"""A look at the strings of a pbf before libosmium reads them.

libosmium ends strings at the byte 0. Where a string of a file holds one, it takes what follows for the next
string, runs past the end of its memory, and the process dies. No map has such a string; a made one can.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER_BYTES: Final = 64 << 10  # limits of the format
_BLOB_BYTES: Final = 32 << 20
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_WIDTH: Final = {_FIXED64: 8, _FIXED32: 4}
_BLOB_TYPE, _BLOB_SIZE = 1, 3
_BLOB_RAW, _BLOB_ZLIB = 1, 3
_STRING_TABLE = 1


def check_strings(stream: BinaryIO) -> None:
    """Read a pbf through; raise ValueError, saying why, where it can't be handed to libosmium.

    That is where its frame is damaged, where a string holds the byte 0, or where blobs are packed otherwise
    than by zlib, so that their strings can't be seen.
    """
    while length := stream.read(4):
        if len(length) < 4:
            raise ValueError("it ends early")
        kind, size = _blob_header(_exactly(stream, int.from_bytes(length, "big"), _HEADER_BYTES))
        blob = _exactly(stream, size, _BLOB_BYTES)
        if kind != b"OSMData":
            continue
        for number, value in _fields(_unpacked(blob)):
            if number == _STRING_TABLE and isinstance(value, memoryview) and not _is_sound(bytes(value)):
                raise ValueError("a tag has the character 0 in it")


def _exactly(stream: BinaryIO, size: int, limit: int) -> bytes:
    """Return the next bytes of a stream."""
    if size > limit:
        raise ValueError(f"a part of {size} bytes, more than the format allows")
    content = stream.read(size)
    if len(content) < size:
        raise ValueError("it ends early")
    return content


def _blob_header(content: bytes) -> tuple[bytes, int]:
    """Return the kind of a blob and its size in bytes."""
    kind, size = b"", 0
    for number, value in _fields(content):
        if number == _BLOB_TYPE and isinstance(value, memoryview):
            kind = bytes(value)
        elif number == _BLOB_SIZE and isinstance(value, int):
            size = value
    return kind, size


def _unpacked(blob: bytes) -> bytes:
    """Return what is packed in a blob."""
    content = None
    for number, value in _fields(blob):
        if not isinstance(value, memoryview):
            continue
        if number == _BLOB_RAW:
            content = bytes(value)
        elif number == _BLOB_ZLIB:
            content = _inflated(value)
        else:
            raise ValueError("packed otherwise than by zlib")
    if content is None:
        raise ValueError("a blob with nothing in it")
    return content


def _inflated(packed: memoryview) -> bytes:
    """Return what zlib packed, within the limits of the format."""
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(packed, _BLOB_BYTES + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if len(content) > _BLOB_BYTES or not unpacking.eof:
        raise ValueError("a blob is longer than the format allows, or ends early")
    return content


def _is_sound(table: bytes) -> bool:
    """Return whether no string of a table holds the byte 0."""
    zeros = table.count(0)
    if zeros == 0 or (zeros == 1 and table.startswith(b"\n\0")):  # as a rule: the first is the empty string
        return True
    return not any(isinstance(value, memoryview) and 0 in bytes(value) for _, value in _fields(table))


def _fields(content: bytes) -> Iterator[tuple[int, int | memoryview]]:
    """Yield number and value of a protocol buffer message's fields; raise ValueError where it is none."""
    view, at = memoryview(content), 0
    while at < len(view):
        key, at = _varint(view, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(view, at)
            yield number, value
            continue
        if kind == _BYTES:
            length, at = _varint(view, at)
        elif kind in _WIDTH:
            length = _WIDTH[kind]
        else:
            raise ValueError("a field of no known kind")
        if at + length > len(view):
            raise ValueError("a field is longer than what holds it")
        yield number, view[at : at + length]
        at += length


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    """Return a whole number of variable length, and where it ends."""
    value = shift = 0
    while at < len(view) and shift < 70:
        byte = view[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise ValueError("a number that does not end")
