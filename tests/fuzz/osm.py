"""Maps of OpenStreetMap: made by libosmium's own writer in its formats, damaged as bytes and as markup."""

from __future__ import annotations

import bz2
import gzip
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import osmium
from osmium.osm import mutable

from fuzz.case import Parser
from fuzz.damage import odd_bytes
from ptreach.errors import InputError
from ptreach.network.rules import OURS
from ptreach.network.streets import build_streets
from ptreach.sources.cover import Cover
from ptreach.sources.ground import read_ground
from ptreach.sources.osm import read_streets
from ptreach.sources.stations import count_stations

if TYPE_CHECKING:
    import random

FORMATS = ("pbf,pbf_compression=none", "pbf", "pbf,pbf_dense_nodes=false,pbf_compression=none", "osm")
NAMES = ("map.osm.pbf", "map.osm", "map.osm.gz", "map.osm.bz2", "map")
_PACKED = {"gz": lambda content: gzip.compress(content, mtime=0), "bz2": bz2.compress}
_BOMB = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))


@cache
def whole(form: str) -> bytes:
    """A small town: streets, a gate, a station, a lake with an island, a relation of what is far away."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "whole"
        with osmium.SimpleWriter(osmium.io.File(str(path), form)) as writer:
            _write_town(writer)
        return path.read_bytes()


def _write_town(writer: osmium.SimpleWriter) -> None:
    """Write its nodes, ways and relations."""
    tags = {20: {"barrier": "gate", "access": "no"}, 30: {"railway": "station", "name": "Town"}}
    for i in range(1, 65):
        place = (-2 + i % 8 * 0.001, 52 + i // 8 * 0.001)
        writer.add_node(mutable.Node(id=i, version=1, location=place, tags=tags.get(i, {})))
    for row in range(8):
        refs = [i for i in range(1, 65) if i // 8 == row]
        writer.add_way(mutable.Way(id=row + 1, version=1, nodes=refs, tags={"highway": "residential"}))
    for column in range(8):
        refs = [i for i in range(1, 65) if i % 8 == column]
        path = {"highway": "footway", "foot": "yes", "name": f"Path {column}"}
        writer.add_way(mutable.Way(id=20 + column, version=1, nodes=refs, tags=path))
    for number, corners in ((40, (1, 8, 64, 57, 1)), (41, (19, 20, 28, 27, 19))):
        writer.add_way(mutable.Way(id=number, version=1, nodes=corners))
    lake = {"type": "multipolygon", "natural": "water"}
    members = [("w", 40, "outer"), ("w", 41, "inner")]
    writer.add_relation(mutable.Relation(id=1, version=1, members=members, tags=lake))
    far = [("w", 10**12, "outer"), ("n", 5, "stop"), ("r", 99, "part")]
    writer.add_relation(mutable.Relation(id=2, version=1, members=far, tags=lake))


def write_case(dice: random.Random, folder: Path) -> None:
    """Write a damaged map under some name; now and then with entities that blow up."""
    form = dice.choice(FORMATS)
    content = whole(form)
    marked = form == "osm"
    if marked and dice.random() < 0.05:
        kinds = f'<!DOCTYPE osm [<!ENTITY e0 "{"x" * 100}">{_BOMB}]><osm'
        content = content.replace(b"<osm", kinds.encode(), 1).replace(b"Path 3", b"&e9;")
    packing = dice.choice(("", "gz", "bz2")) if marked else ""
    packed_first = bool(packing) and dice.random() < 0.3
    content = _PACKED[packing](content) if packed_first else content
    if dice.random() < 0.9:
        content = odd_bytes(content, dice, marked=marked and not packed_first)
    content = _PACKED[packing](content) if packing and not packed_first else content
    (folder / dice.choice(NAMES)).write_bytes(content)


def read_case(folder: Path) -> int:
    """Read a map in each of the ways that it is read; each may refuse it, and the last to do so speaks."""
    path = next(folder.iterdir())
    cover = Cover.of_box(-1.999, 52.0, -1.995, 52.004)
    refused = None
    for read in (
        lambda: build_streets(read_streets([path, path]), OURS)[0].vertices_n,
        lambda: read_streets([path], cover=cover, cut_at_any_way=True).way_id.size,
        lambda: len(read_ground([path])),
        lambda: len(count_stations([path])),
    ):
        try:
            assert read() >= 0
        except InputError as error:
            refused = error
    if refused:
        raise refused
    return 0


PARSER = Parser(write_case, read_case)
