"""Damaged map files: made by libosmium's own writer, then broken case by case, each case by its number.

``python tests/sources/osm_damage.py FIRST END`` reads cases FIRST to END and prints one line of JSON for each
before it is read, and one with what came of it. A crash of the library ends that process only; its last line
tells the case.
"""

from __future__ import annotations

import bz2
import gzip
import json
import random
import sys
import tempfile
from pathlib import Path

import osmium
from osmium.osm import mutable

from ptreach.errors import InputError
from ptreach.network.rules import OURS
from ptreach.network.streets import build_streets
from ptreach.sources.cover import Cover
from ptreach.sources.ground import read_ground
from ptreach.sources.osm import read_streets

FORMATS = ("pbf,pbf_compression=none", "pbf", "pbf,pbf_dense_nodes=false,pbf_compression=none", "osm")
PACKINGS = ("", "gz", "bz2")
ODD_NUMBERS = [b"\x7f\xff\xff\xff", b"\xff" * 4, b"\x80" * 9 + b"\x01", b"\xff" * 9 + b"\x01", b"\0" * 8]
ODD_WORDS = [b"nan", b"1e999", b"-1", b"99999999999999999999", b"&#0;", b'"', b"<", b"\0", b"\xff\xfe"]


def write_map(path: Path, form: str) -> bytes:
    """A small town: streets, a gate, a lake with an island, a relation of what is far away."""
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(osmium.io.File(str(path), form)) as writer:
        for i in range(1, 65):
            tags = {"barrier": "gate", "access": "no"} if i == 20 else {}
            place = (-2 + i % 8 * 0.001, 52 + i // 8 * 0.001)
            writer.add_node(mutable.Node(id=i, version=1, location=place, tags=tags))
        for row in range(8):
            refs = [i for i in range(1, 65) if i // 8 == row]
            writer.add_way(mutable.Way(id=row + 1, version=1, nodes=refs, tags={"highway": "residential"}))
        for column in range(8):
            refs = [i for i in range(1, 65) if i % 8 == column]
            tags = {"highway": "footway", "foot": "yes", "name": f"Path {column}"}
            writer.add_way(mutable.Way(id=20 + column, version=1, nodes=refs, tags=tags))
        for number, corners in ((40, (1, 8, 64, 57, 1)), (41, (19, 20, 28, 27, 19))):
            writer.add_way(mutable.Way(id=number, version=1, nodes=corners))
        lake = {"type": "multipolygon", "natural": "water"}
        members = [("w", 40, "outer"), ("w", 41, "inner")]
        writer.add_relation(mutable.Relation(id=1, version=1, members=members, tags=lake))
        far = [("w", 10**12, "outer"), ("n", 5, "stop"), ("r", 99, "part")]
        writer.add_relation(mutable.Relation(id=2, version=1, members=far, tags=lake))
    return path.read_bytes()


def damaged(number: int, whole: dict[str, bytes]) -> tuple[str, bytes]:
    """Name and content of a case; the same for the same number."""
    dice = random.Random(number)
    form = dice.choice(FORMATS)
    content = bytearray(whole[form])
    packing = dice.choice(PACKINGS) if form == "osm" else ""
    packed_first = packing and dice.random() < 0.3
    if packed_first:
        content = bytearray(pack(bytes(content), packing))
    for _ in range(dice.choice((1, 1, 1, 2, 4, 16))):
        break_once(content, dice, form == "osm" and not packed_first)
    if packing and not packed_first:
        content = bytearray(pack(bytes(content), packing))
    return dice.choice(("map.osm.pbf", "map.osm", "map.osm.gz", "map.osm.bz2", "map")), bytes(content)


def pack(content: bytes, packing: str) -> bytes:
    """Content packed."""
    return gzip.compress(content, mtime=0) if packing == "gz" else bz2.compress(content)


def break_once(content: bytearray, dice: random.Random, text: bool) -> None:
    """Change content in place, in one of some ways."""
    at, length = dice.randrange(len(content) + 1), dice.choice((1, 1, 2, 4, 30, 300))
    if text and dice.random() < 0.3:  # a piece of markup moves, goes or comes twice
        marks = [k for k, byte in enumerate(content) if byte == ord("<")] or [0]
        at = dice.choice(marks)
        length = dice.choice([m for m in marks if m > at] or [at + 1]) - at
    kind = dice.randrange(8)
    if kind == 0:
        del content[at:]
    elif kind == 1:
        del content[at : at + length]
    elif kind == 2:
        content[at : at + length] = dice.randbytes(length)
    elif kind == 3:
        content[at:at] = content[at : at + length]
    elif kind == 4 and at < len(content):
        content[at] ^= 1 << dice.randrange(8)
    elif kind == 5:
        odd = dice.choice(ODD_WORDS if text else ODD_NUMBERS)
        content[at : at + len(odd)] = odd
    elif kind == 6:
        there = dice.randrange(len(content) + 1)
        content[there:there] = content[at : at + length]
    else:
        content[at:at] = dice.choice(ODD_WORDS if text else ODD_NUMBERS)


def outcome(path: Path) -> str:
    """What comes of reading a file: ``streets``, or the error for the user."""
    cover = Cover.of_box(-1.999, 52.0, -1.995, 52.004)
    results = []
    for read in (
        lambda: str(build_streets(read_streets([path, path]), OURS)[0].vertices_n >= 0),
        lambda: str(read_streets([path], cover=cover, cut_at_any_way=True).way_id.size >= 0),
        lambda: str(len(read_ground([path])) >= 0),
    ):
        try:
            results.append(read())
        except InputError as error:
            results.append(error.what if error.where and error.remedy else f"says too little: {error}")
    return "; ".join(results)


def main() -> None:
    """Read some cases."""
    first, end = map(int, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        whole = {form: write_map(Path(folder) / "whole", form) for form in FORMATS}
        for number in range(first, end):
            name, content = damaged(number, whole)
            path = Path(folder) / name
            path.write_bytes(content)
            print(json.dumps([number, "began"]), flush=True)
            print(json.dumps([number, outcome(path)]), flush=True)
            path.unlink()


if __name__ == "__main__":
    main()
