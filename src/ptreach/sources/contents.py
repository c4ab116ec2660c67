"""What a file is by its bytes: of the kind that its name says, and whole.

Firewalls answer with a web page and say 200; a browser saves a page to sign in under the name of a zip; a
server can be wrong about a length. Such files are found when they come, not when a network is built.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from pathlib import Path

WEB_PAGE: Final = "a web page came instead of the file, such as a firewall's or one to sign in"
_CUT: Final = "the file is cut short or damaged"
_HEAD_BYTES: Final = 1024
_PAGES: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")
_ZIPS: Final = (".zip", ".xlsx", ".ods")
_BEGINNINGS: Final = {
    ".gpkg": (b"SQLite format 3\0", "a GeoPackage"),
    ".parquet": (b"PAR1", "a Parquet file"),
    ".osm": (b"<", "an OpenStreetMap file"),
    ".gz": (b"\x1f\x8b", "a gzip file"),
    ".bz2": (b"BZh", "a bzip2 file"),
}
# OpenStreetMap's PBF: each block has a header of at most 64 KiB that gives its kind and the bytes it takes.
_LONGEST_BLOCK_HEADER: Final = 64 << 10


def fault_of(path: Path, name: str) -> str:
    """Return what is wrong with the file at `path` as one called `name`, an empty text where nothing is.

    Zips and pbf files are followed to their end, the others are told by their first bytes. OSError is let
    through.
    """
    name = name.lower()
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
        if not head:
            return "the file is empty"
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if text.lower().startswith(_PAGES):
            return "" if name.endswith((".html", ".htm")) else WEB_PAGE
        stream.seek(0)
        if name.endswith(".pbf"):
            return _pbf_fault(stream, path.stat().st_size)
        if name.endswith(_ZIPS):
            return _zip_fault(stream, head)
    for ending, (beginning, kind) in _BEGINNINGS.items():
        if name.endswith(ending) and not text.startswith(beginning):
            return f"not {kind}"
    return ""


def _zip_fault(stream: BinaryIO, head: bytes) -> str:
    """Return what is wrong with a zip: its list of members stands at the end."""
    if not head.startswith(b"PK"):
        return "not a zip file"
    try:
        zipfile.ZipFile(stream).close()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return _CUT
    return ""


def _pbf_fault(stream: BinaryIO, size_bytes: int) -> str:
    """Return what is wrong with an OpenStreetMap pbf: go from block to block, to the last byte."""
    wrong = "not an OpenStreetMap pbf file"
    while (place := stream.tell()) < size_bytes:
        length = int.from_bytes(stream.read(4), "big")
        if not 0 < length <= _LONGEST_BLOCK_HEADER:
            return _CUT if place else wrong
        header = stream.read(length)
        if len(header) < length:
            return _CUT
        kind, data_bytes = _block(header)
        if not place and kind != b"OSMHeader":
            return wrong
        if data_bytes < 0 or stream.tell() + data_bytes > size_bytes:
            return _CUT
        stream.seek(data_bytes, 1)
    return ""


def _block(header: bytes) -> tuple[bytes, int]:
    """Return a block's kind and length from its header (protocol buffers, fields 1 and 3); -1 if absent."""
    kind, data_bytes, place = b"", -1, 0
    while place < len(header):
        field, place = header[place], place + 1
        value, place = _varint(header, place)
        if field & 7 == 2:  # so many bytes follow
            if field >> 3 == 1:
                kind = header[place : place + value]
            place += value
        elif field == 3 << 3:
            data_bytes = value
        else:
            return kind, -1
    return kind, data_bytes


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """Return the number at `place`, seven bits a byte, lowest first, and the place after it."""
    value = shift = 0
    while place < len(data):
        byte = data[place]
        value, shift, place = value | (byte & 0x7F) << shift, shift + 7, place + 1
        if not byte & 0x80:
            break
    return value, place
