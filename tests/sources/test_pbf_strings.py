"""What can't be handed to libosmium is told; what can is let through. Messages are put together by hand."""

from __future__ import annotations

import io
import struct
import zlib

import pytest

from ptreach.sources.pbf_strings import check_strings


def varint(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def field(number: int, value: bytes | int) -> bytes:
    """A field of a protocol buffer message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def part(kind: bytes, blob: bytes) -> bytes:
    """A part of a pbf: length of the header, header, blob."""
    header = field(1, kind) + field(3, len(blob))
    return struct.pack(">I", len(header)) + header + blob


def packed(message: bytes) -> bytes:
    return field(2, len(message)) + field(3, zlib.compress(message))


def block(*strings: bytes) -> bytes:
    """A block of data with a table of strings and a group."""
    return field(1, b"".join(field(1, string) for string in strings)) + field(2, b"\x00\x01") + field(17, 100)


START = part(b"OSMHeader", packed(field(4, b"OsmSchema-V0.6")))


def check(*parts: bytes) -> None:
    check_strings(io.BytesIO(b"".join(parts)))


@pytest.mark.parametrize("blob", [packed, lambda message: field(1, message)])
def test_strings_without_the_character_0_pass(blob):
    check(START)
    check(START, part(b"OSMData", blob(block(b"", b"highway", b"path" * 100, b"line\nfeed"))))
    check(START, part(b"OSMData", blob(block(b"", b"name", b""))))  # several empty ones
    check(START, part(b"something else", b"\xff\xff"), part(b"OSMData", blob(b"")))


@pytest.mark.parametrize("blob", [packed, lambda message: field(1, message)])
@pytest.mark.parametrize("string", [b"\0", b"pa\0th", b"path\0", b"\0path", b"\n\0", b"x" * 200 + b"\n\0"])
def test_a_string_with_the_character_0_is_told(blob, string):
    for strings in ((b"", b"highway", string), (string,), (b"a", b"", b"", string)):
        with pytest.raises(ValueError, match="the character 0"):
            check(
                START, part(b"OSMData", blob(block(b"", b"highway"))), part(b"OSMData", blob(block(*strings)))
            )


def test_what_is_cut_off_is_told_at_each_byte():
    whole = START + part(b"OSMData", packed(block(b"", b"highway", b"path")))
    check(whole)
    for length in set(range(1, len(whole))) - {len(START)}:
        with pytest.raises(ValueError, match=r"ends early|does not end|longer than"):
            check(whole[:length])


def test_other_packings_and_sizes_out_of_bounds_are_told():
    message = block(b"", b"highway")
    bomb = zlib.compress(bytes(40 << 20))
    for blob, why in (
        (field(2, len(message)) + field(6, message), "otherwise than by zlib"),
        (b"", "nothing in it"),
        (field(2, 5) + field(3, b"no zlib"), "incorrect header"),
        (field(3, zlib.compress(message)[:-5]), "ends early"),
        (field(2, 2_000_000_000) + field(3, bomb), "longer than the format allows"),
        (b"\xff" * 11, "does not end"),
        (b"\x0b", "no known kind"),
        (field(1, b"\x0a\x7f"), "longer than what holds it"),
    ):
        with pytest.raises(ValueError, match=why):
            check(START, part(b"OSMData", blob))
    with pytest.raises(ValueError, match="more than the format allows"):
        check(START, struct.pack(">I", 2_000_000_000), b"x" * 100)
    head = field(1, b"OSMData") + field(3, 2_000_000_000)
    with pytest.raises(ValueError, match="more than the format allows"):
        check(START, struct.pack(">I", len(head)), head, b"x" * 100)
