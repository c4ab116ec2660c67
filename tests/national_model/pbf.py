"""A quick writer of OpenStreetMap's pbf: whole blocks of nodes, ways and relations from flat arrays.

Two hundred million nodes, one by one through a library's objects, would take an hour.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from numpy.typing import NDArray

BLOCK = 8_000
"""Objects of a block, as in the extracts of Geofabrik."""
STAMP_S = 1_600_000_000
"""Time of the first edit: each object has one, as published extracts do."""
_LEVEL = 1


class Tags(NamedTuple):
    """Tags of some objects: object k has ``key[start[k]:start[k + 1]]``, numbers of a table's strings."""

    start: NDArray[np.int64]
    key: NDArray[np.int64]
    value: NDArray[np.int64]


def write_header(stream: BinaryIO, program: str, box: tuple[float, float, float, float]) -> None:
    """Write the first blob: west, south, east and north in degrees."""
    west, south, east, north = (round(side * 1e9) for side in box)
    sides = b"".join(
        bytes([8 * number]) + _varint(_zigzag(side))
        for number, side in enumerate((west, east, north, south), start=1)
    )
    texts = ((4, "OsmSchema-V0.6"), (4, "DenseNodes"), (5, "Sort.Type_then_ID"), (16, program))
    content = _field(1, sides) + b"".join(_field(number, text.encode()) for number, text in texts)
    _write_blob(stream, b"OSMHeader", content)


def write_nodes(
    stream: BinaryIO,
    strings: Sequence[str],
    node_id: NDArray[np.int64],
    lon_e7: NDArray[np.int64],
    lat_e7: NDArray[np.int64],
    tags: Tags,
) -> None:
    """Write nodes, in ascending order of their ids, as dense nodes."""
    room = np.empty(BLOCK * 64 + 32 * tags.key.size + 64, dtype=np.uint8)
    table = _string_table(strings)
    for first, last in _blocks(node_id.size):
        some = slice(first, last)
        columns = (
            (1, _deltas(room, node_id[some])),
            (5, _dense_info(room, node_id[some])),
            (8, _deltas(room, lat_e7[some])),
            (9, _deltas(room, lon_e7[some])),
            (10, _dense_tags(room, tags.start[first : last + 1], tags.key, tags.value)),
        )
        dense = b"".join(_field(number, column) for number, column in columns)
        _write_block(stream, table, _field(2, dense))


def write_ways(
    stream: BinaryIO,
    strings: Sequence[str],
    way_id: NDArray[np.int64],
    tags: Tags,
    ref_start: NDArray[np.int64],
    refs: NDArray[np.int64],
) -> None:
    """Write ways, in ascending order of their ids."""
    table = _string_table(strings)
    for first, last in _blocks(way_id.size):
        part = slice(first, last + 1)
        tags_n = tags.start[last] - tags.start[first]
        room = np.empty(128 * BLOCK + 20 * tags_n + 10 * (ref_start[last] - ref_start[first]), dtype=np.uint8)
        used = _put_ways(
            room, way_id[first:last], tags.start[part], tags.key, tags.value, ref_start[part], refs
        )
        _write_block(stream, table, room[:used].tobytes())


def write_multipolygons(
    stream: BinaryIO,
    relation_id: NDArray[np.int64],
    outer: NDArray[np.int64],
    inner: NDArray[np.int64],
    tag: tuple[str, str],
) -> None:
    """Write relations of an outer and an inner way each, with one tag besides the type."""
    table = _string_table(["type", "multipolygon", *tag, "outer", "inner"])
    for first, last in _blocks(relation_id.size):
        group = b"".join(
            _field(
                4,
                b"\x08"
                + _varint(number)
                + _field(2, bytes([1, 3]))
                + _field(3, bytes([2, 4]))
                + _field(8, bytes([5, 6]))
                + _field(9, _varint(_zigzag(out)) + _varint(_zigzag(hole - out)))
                + _field(10, bytes([1, 1])),
            )
            for number, out, hole in zip(
                *(column[first:last].tolist() for column in (relation_id, outer, inner)), strict=True
            )
        )
        _write_block(stream, table, group)


def _blocks(objects_n: int) -> Iterator[tuple[int, int]]:
    """Where blocks start and end."""
    for first in range(0, objects_n, BLOCK):
        yield first, min(first + BLOCK, objects_n)


def _string_table(strings: Sequence[str]) -> bytes:
    """Strings as a block has them: number 0 is never used."""
    return _field(1, b"".join(_field(1, text.encode()) for text in ("", *strings)))


def _write_block(stream: BinaryIO, table: bytes, group: bytes) -> None:
    """Write a block of one group."""
    _write_blob(stream, b"OSMData", table + _field(2, group))


def _write_blob(stream: BinaryIO, kind: bytes, content: bytes) -> None:
    """Write a blob and what goes before it."""
    blob = b"\x10" + _varint(len(content)) + _field(3, zlib.compress(content, _LEVEL))
    header = _field(1, kind) + b"\x18" + _varint(len(blob))
    stream.write(len(header).to_bytes(4, "big") + header + blob)


def _field(number: int, content: bytes) -> bytes:
    """A field of bytes."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """A whole number in seven bits a byte."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def _zigzag(value: int) -> int:
    """A number with a sign as one without."""
    return value << 1 if value >= 0 else -value * 2 - 1


@njit
def _put(room: NDArray[np.uint8], at: int, value: int) -> int:
    """Put a number into a buffer; return where it ends."""
    while value > 127:
        room[at] = value & 127 | 128
        value >>= 7
        at += 1
    room[at] = value
    return at + 1


@njit
def _size(value: int) -> int:
    """Bytes of a number."""
    size = 1
    while value > 127:
        value >>= 7
        size += 1
    return size


@njit
def _signed(value: int) -> int:
    """As `_zigzag`."""
    return value << 1 if value >= 0 else -value * 2 - 1


@njit
def _version_of(number: int) -> int:
    """The version of an object: most are of the first."""
    return 1 + number % 3 // 2 * (number % 7)


@njit
def _stamp_of(number: int) -> int:
    """Seconds of an object's edit: objects of neighbouring ids were made together."""
    return STAMP_S + (number >> 5) % 100_000_000


@njit
def _put_deltas(room: NDArray[np.uint8], values: NDArray[np.int64]) -> int:
    at = before = 0
    for value in values:
        at = _put(room, at, _signed(value - before))
        before = value
    return at


def _deltas(room: NDArray[np.uint8], values: NDArray[np.int64]) -> bytes:
    """Numbers as differences."""
    return room[: _put_deltas(room, values)].tobytes()


@njit
def _put_versions(room: NDArray[np.uint8], node_id: NDArray[np.int64]) -> int:
    at = 0
    for number in node_id:
        at = _put(room, at, _version_of(number))
    return at


@njit
def _put_stamps(room: NDArray[np.uint8], node_id: NDArray[np.int64]) -> int:
    at = before = 0
    for number in node_id:
        stamp = _stamp_of(number)
        at = _put(room, at, _signed(stamp - before))
        before = stamp
    return at


def _dense_info(room: NDArray[np.uint8], node_id: NDArray[np.int64]) -> bytes:
    """Versions and times."""
    versions = room[: _put_versions(room, node_id)].tobytes()
    return _field(1, versions) + _field(2, room[: _put_stamps(room, node_id)].tobytes())


@njit
def _put_dense_tags(
    room: NDArray[np.uint8], start: NDArray[np.int64], key: NDArray[np.int64], value: NDArray[np.int64]
) -> int:
    at = 0
    for row in range(start.size - 1):
        for tag in range(start[row], start[row + 1]):
            at = _put(room, at, key[tag])
            at = _put(room, at, value[tag])
        room[at] = 0
        at += 1
    return at


def _dense_tags(
    room: NDArray[np.uint8], start: NDArray[np.int64], key: NDArray[np.int64], value: NDArray[np.int64]
) -> bytes:
    """Tags of nodes, each node's ended by a zero."""
    return room[: _put_dense_tags(room, start, key, value)].tobytes()


@njit
def _put_ways(
    room: NDArray[np.uint8],
    way_id: NDArray[np.int64],
    tag_start: NDArray[np.int64],
    key: NDArray[np.int64],
    value: NDArray[np.int64],
    ref_start: NDArray[np.int64],
    refs: NDArray[np.int64],
) -> int:
    """Put ways as fields of a group: number, keys, values, version and time, nodes."""
    at = 0
    for row in range(way_id.size):
        number = way_id[row]
        keys = values = nodes = 0
        for tag in range(tag_start[row], tag_start[row + 1]):
            keys += _size(key[tag])
            values += _size(value[tag])
        before = 0
        for ref in range(ref_start[row], ref_start[row + 1]):
            nodes += _size(_signed(refs[ref] - before))
            before = refs[ref]
        version, stamp = _version_of(number), _stamp_of(number)
        info = 2 + _size(version) + _size(stamp)
        length = 6 + _size(number) + info  # six bytes are what the fields begin with
        length += _size(keys) + keys + _size(values) + values + _size(nodes) + nodes
        room[at] = 0x1A
        at = _put(room, at + 1, length)
        room[at] = 0x08
        at = _put(room, at + 1, number)
        room[at] = 0x12
        at = _put(room, at + 1, keys)
        for tag in range(tag_start[row], tag_start[row + 1]):
            at = _put(room, at, key[tag])
        room[at] = 0x1A
        at = _put(room, at + 1, values)
        for tag in range(tag_start[row], tag_start[row + 1]):
            at = _put(room, at, value[tag])
        room[at] = 0x22
        room[at + 1] = info
        room[at + 2] = 0x08
        at = _put(room, at + 3, version)
        room[at] = 0x10
        at = _put(room, at + 1, stamp)
        room[at] = 0x42
        at = _put(room, at + 1, nodes)
        before = 0
        for ref in range(ref_start[row], ref_start[row + 1]):
            at = _put(room, at, _signed(refs[ref] - before))
            before = refs[ref]
    return at
