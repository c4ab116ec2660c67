"""What comes under the name of a map: other formats, lies, damage, bombs. All is told or survived."""

from __future__ import annotations

import bz2
import gzip
import shutil
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np
import osmium
import pytest

from ptreach.errors import InputError
from ptreach.sources import osm_places
from ptreach.sources.ground import read_ground
from ptreach.sources.osm import read_streets
from ptreach.sources.osm_files import osm_file, read_errors

if TYPE_CHECKING:
    from pathlib import Path

NODES = "".join(f'<node id="{i}" version="1" lon="{-1 - i / 1000}" lat="52"/>' for i in (1, 2, 3))
STREET = '<way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="path"/></way>'
XML = f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">{NODES}{STREET}</osm>'


def file(folder: Path, content: bytes | str, name: str = "map.osm") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refs(path: Path) -> list[int]:
    return read_streets([path]).ref_node_id.tolist()


def pbf(folder: Path, **header: str) -> Path:
    """The street as pbf, with fields of the header."""
    path = folder / "made.osm.pbf"
    head = osmium.io.Header()
    for key, value in header.items():
        head.set(key, value)
    with osmium.SimpleWriter(str(path), header=head, overwrite=True) as writer:
        for thing in osmium.FileProcessor(str(file(folder, XML))):
            writer.add(thing)
    return path


@pytest.mark.parametrize("name", ["map.osm", "map.osm.gz", "map.osm.bz2", "map.osm.pbf", "map", "map.txt"])
def test_a_file_is_what_its_first_bytes_say_whatever_its_name(tmp_path, name):
    kinds = [
        XML.encode(),
        b"\xef\xbb\xbf" + XML.encode(),
        XML.replace("UTF-8", "UTF-16").encode("utf-16"),
        XML.partition("\n")[2].encode(),
        XML.replace("<osm", "<!-- a note <html> -->\n<osm", 1).encode(),
        gzip.compress(XML.encode()),
        bz2.compress(XML.encode()),
        pbf(tmp_path).read_bytes(),
    ]
    assert [refs(file(tmp_path, content, name)) for content in kinds] == [[1, 2, 3]] * len(kinds)


def test_what_is_no_map_is_told_with_its_remedy(tmp_path):
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("map.osm", XML)
    for content, what, remedy in (
        (b"", "it is empty", "fetch the file again"),
        ("<!DOCTYPE html>\n<HTML><body>Blocked by policy</body></HTML>", "it is a web page", "fetch"),
        ("<osmChange version='0.6'><create/></osmChange>", "it holds changes", "take an extract"),
        (gzip.compress(b"<osmChange version='0.6'/>"), "it holds changes", "take an extract"),
        ("<gpx/>", "neither pbf nor XML of OpenStreetMap", "fetch the file again"),
        ("lon,lat\n-2,52\n", "neither pbf nor XML of OpenStreetMap", "fetch the file again"),
        ((tmp_path / "zip").read_bytes(), "it is a zip archive", "unpack it and give the file inside"),
        (gzip.compress(pbf(tmp_path).read_bytes()), "a pbf packed by gz", "unpack it"),
        (bytes(range(1, 256)), "neither pbf nor XML of OpenStreetMap", "fetch the file again"),
    ):
        path = file(tmp_path, content, "streets.osm.pbf")
        with pytest.raises(InputError) as caught:
            read_streets([path])
        assert caught.value.what.startswith("not readable as OpenStreetMap data: ")
        assert what in caught.value.what
        assert caught.value.remedy.startswith(remedy)
        assert caught.value.where == str(path)


def test_files_of_history_are_refused(tmp_path):
    history = osmium.io.File(str(tmp_path / "all.osm.pbf"), "osh.pbf")
    with osmium.SimpleWriter(history) as writer:
        writer.add_node(osmium.osm.mutable.Node(id=1, version=1, location=(-1, 52)))
    with pytest.raises(InputError, match=r"all\.osm\.pbf: .*holds the history.*Take an extract of one day"):
        osm_file(tmp_path / "all.osm.pbf")
    gone = STREET.replace('version="1"', 'version="2" visible="false"', 1)
    with pytest.raises(InputError, match=r"map\.osm: .*holds the history"):
        refs(file(tmp_path, XML.replace(STREET, STREET + gone)))


def test_extents_are_those_of_the_nodes_whatever_the_header_says(tmp_path):
    wrong = '<bounds minlat="10" minlon="10" maxlat="11" maxlon="11"/>'
    assert refs(file(tmp_path, XML.replace("<node", f"{wrong}<node", 1))) == [1, 2, 3]


@pytest.mark.parametrize("packing", [bytes, gzip.compress, bz2.compress])
def test_ways_before_their_nodes_are_read_all_the_same(tmp_path, packing):
    turned = XML.replace(NODES + STREET, STREET + NODES)
    assert turned != XML
    streets = read_streets([file(tmp_path, packing(turned.encode()))])
    assert streets.ref_node_id.tolist() == [1, 2, 3]
    assert streets.ref_lon_e7.tolist() == [-10_010_000, -10_020_000, -10_030_000]


def test_what_an_editor_drew_and_did_not_upload_counts(tmp_path):
    drawn = XML.replace('"1" version', '"-1" version').replace('ref="1"', 'ref="-1"')
    streets = read_streets([file(tmp_path, drawn)])
    assert streets.way_id.tolist() == [-1]
    assert streets.ref_node_id.tolist() == [-1, 2, 3]
    assert streets.ref_lon_e7.tolist() == [-10_010_000, -10_020_000, -10_030_000]


@pytest.mark.parametrize("place", ['lon="-181" lat="52"', 'lon="-1" lat="90.5"', ""])
def test_nodes_in_no_possible_place_are_missing(tmp_path, place):
    odd = f'<node id="9" version="1" {place}/><way id="2" version="1"><nd ref="2"/><nd ref="9"/>'
    odd += '<nd ref="3"/><tag k="highway" v="steps"/></way>'
    streets = read_streets([file(tmp_path, XML.replace("</osm>", odd + "</osm>"))])
    assert streets.ref_node_id.tolist() == [1, 2, 3]
    assert streets.missing_nodes == 1


def test_of_a_node_given_twice_the_first_place_counts(tmp_path):
    again = '<node id="2" version="1" lon="7" lat="7"/>'
    streets = read_streets([file(tmp_path, XML.replace("<way", f"{again}<way", 1))])
    assert streets.ref_lon_e7.tolist() == [-10_010_000, -10_020_000, -10_030_000]


def test_ways_of_no_node_of_one_and_of_very_many(tmp_path):
    n = 100_000
    path = tmp_path / "long.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for i in range(1, n + 1):
            writer.add_node(osmium.osm.mutable.Node(id=i, location=(-1 + i * 1e-6, 52)))
        for way, nodes in enumerate(([], [1], [1, 1], range(1, n + 1), []), 1):
            writer.add_way(osmium.osm.mutable.Way(id=way, nodes=nodes, tags={"highway": "path"}))
    streets = read_streets([path])
    assert streets.way_id.tolist() == [4]
    assert streets.ref_start.tolist() == [0, n]
    assert np.array_equal(streets.ref_lon_e7, -10_000_000 + 10 * np.arange(1, n + 1))


def test_tags_that_are_very_long_or_no_text_are_told_or_read(tmp_path):
    for value in ("x" * 1_000_000, "a;" * 500, "&#x1F6B6;"):
        path = file(tmp_path, XML.replace('v="path"', f'v="path"/><tag k="name" v="{value}"'))
        try:
            assert refs(path) == [1, 2, 3]
        except InputError as error:
            assert len(value) > 255  # longer than OpenStreetMap allows
            assert "too long" in error.what  # noqa: PT017
    content = pbf(tmp_path).read_bytes()
    with osmium.SimpleWriter(osmium.io.File(str(tmp_path / "plain"), "pbf,pbf_compression=none")) as writer:
        for thing in osmium.FileProcessor(osmium.io.FileBuffer(content, "pbf")):
            writer.add(thing)
    content = (tmp_path / "plain").read_bytes()
    assert content.count(b"path") == 1
    path = file(tmp_path, content.replace(b"path", b"p\xff\xfeh"), "bytes.osm.pbf")
    with pytest.raises(InputError, match=r"bytes\.osm\.pbf: not readable as OpenStreetMap data: .*decode"):
        refs(path)
    cut = file(tmp_path, content.replace(b"path", b"pa\0h"), "nul.osm.pbf")
    with pytest.raises(InputError, match=r"nul\.osm\.pbf: .*a tag has the character 0 in it"):
        refs(cut)


def test_entities_do_not_blow_up(tmp_path):
    laughs = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10}">' for k in range(1, 30))
    bomb = f'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY l0 "ha">{laughs}]><osm version="0.6">'
    bomb += f"{NODES}{STREET.replace('path', '&l29;')}</osm>"
    with pytest.raises(InputError, match=r"map\.osm: not readable as OpenStreetMap data"):
        refs(file(tmp_path, bomb))


@pytest.mark.parametrize("packing", [bytes, gzip.compress, bz2.compress])
def test_a_mark_without_an_end_is_told_before_it_is_parsed(tmp_path, packing):
    for text in (b'<node id="9" lon="', b"<!-- ", b""):
        bomb = XML.encode().replace(b"</osm>", text + b" 1" * (2 << 20))
        with pytest.raises(InputError, match=r"map\.osm: .*a mark of more than a megabyte"):
            refs(file(tmp_path, packing(bomb)))


def blob(kind: bytes, body: bytes, said: int | None = None) -> bytes:
    """A blob of a pbf file, whose header says how long it is."""

    def field(number: int, content: bytes | int) -> bytes:
        if isinstance(content, int):
            return bytes([number << 3]) + varint(content)
        return bytes([number << 3 | 2]) + varint(len(content)) + content

    def varint(value: int) -> bytes:
        return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)

    content = field(2, said if said is not None else len(body)) + field(3, zlib.compress(body))
    head = field(1, kind) + field(3, len(content))
    return struct.pack(">I", len(head)) + head + content


def test_a_blob_that_says_it_is_huge_takes_no_room(tmp_path):
    header = pbf(tmp_path).read_bytes()
    header = header[: header.index(b"\x0a\x07OSMData") - 4]
    for content in (
        header + blob(b"OSMData", b"", said=2_000_000_000),
        header + struct.pack(">I", 2_000_000_000) + b"x" * 100,
        header + blob(b"OSMData", bytes(64 << 20)),
        blob(b"OSMHeader", b"", said=2_000_000_000),
    ):
        with pytest.raises(InputError, match=r"big\.osm\.pbf: not readable as OpenStreetMap data"):
            refs(file(tmp_path, content, "big.osm.pbf"))


def test_a_file_cut_off_anywhere_is_told(tmp_path):
    for path in (pbf(tmp_path), file(tmp_path, gzip.compress(XML.encode()), "z"), file(tmp_path, XML, "x")):
        content = path.read_bytes()
        whole = content.rstrip()
        for length in range(0, len(whole), max(1, len(whole) // 60)):
            # a pbf may end where a blob does: then it has no street
            with pytest.raises(InputError, match=r"cut: (not readable as Open|no walkable street in it)"):
                refs(file(tmp_path, content[:length], "cut"))


def test_a_full_disk_is_told_before_it_is_too_late(tmp_path, monkeypatch):
    path = file(tmp_path, XML)
    monkeypatch.setattr(osm_places.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(InputError, match=r"map\.osm: .* GB of disk, 0\.0 GB are free\. Make room"):
        refs(path)


def test_a_folder_whose_name_the_library_can_not_say_is_no_matter(tmp_path):
    path = pbf(tmp_path)
    for name in ("Smith, John", "Zoë"):
        scratch = tmp_path / name
        scratch.mkdir()
        streets = read_streets([path], scratch=scratch)
        assert streets.ref_node_id.tolist() == [1, 2, 3]
        assert streets.ref_lon_e7.tolist() == [-10_010_000, -10_020_000, -10_030_000]
        assert list(scratch.iterdir()) == []
        inside = file(scratch, XML)
        assert refs(inside) == [1, 2, 3]
        assert len(read_ground([inside])) == 1
    assert {entry.name for entry in tmp_path.iterdir()} == {"Smith, John", "Zoë", "made.osm.pbf", "map.osm"}


def test_no_places_are_left_behind(tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    read_streets([file(tmp_path, XML)], scratch=scratch)
    with pytest.raises(InputError):
        read_streets([file(tmp_path, XML[: XML.index("<way") + 9])], scratch=scratch)
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("Could not resize file: No space left on device"), "Make room on the disk"),
        (MemoryError("std::bad_alloc"), "Fetch the file again, or a smaller extract"),
        (RuntimeError("invalid blob"), "Fetch the file again."),
    ],
)
def test_a_full_disk_and_short_memory_are_not_taken_for_a_damaged_file(error, said, tmp_path):
    with pytest.raises(InputError) as raised, read_errors(tmp_path / "map.osm.pbf"):
        raise error
    assert said in str(raised.value)
    assert "map.osm.pbf" in str(raised.value)
