"""What a file is by its bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from loopback import block, pbf, zipped
from ptreach.sources.contents import WEB_PAGE, fault_of

SHARED = Path(__file__).parents[2] / "../shared/data"
CUT = "the file is cut short or damaged"
DATA = bytes(range(256)) * 100


def fault(tmp_path, name, content):
    path = tmp_path / "part"
    path.write_bytes(content)
    return fault_of(path, name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.osm.pbf", pbf(DATA)),
        ("a.PBF", pbf(b"")),
        ("a.zip", zipped(stops="stop_id")),
        ("a.osm", b'\xef\xbb\xbf<?xml version="1.0"?><osm/>'),
        ("a.parquet", b"PAR1...PAR1"),
        ("a.gpkg", b"SQLite format 3\0..."),
        ("a.csv", b"id,lon,lat\n"),
        ("a.html", b"<!DOCTYPE html><html></html>"),
    ],
)
def test_a_file_of_its_kind_has_no_fault(tmp_path, name, content):
    assert fault(tmp_path, name, content) == ""


@pytest.mark.parametrize("name", ["a.zip", "a.osm.pbf", "a.csv", "a.osm", "a.parquet"])
@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE HTML><title>Sign in", b"\r\n <html>", b"\xef\xbb\xbf<!doctype html>", b"<script>"]
)
def test_a_web_page_is_called_one(tmp_path, name, page):
    assert fault(tmp_path, name, page) == WEB_PAGE


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.zip", b"", "the file is empty"),
        ("a.zip", b'{"error": "no such key"}', "not a zip file"),
        ("a.zip", pbf(DATA), "not a zip file"),
        ("a.zip", zipped(stops="stop_id" * 99)[:-30], CUT),
        ("a.osm.pbf", zipped(stops="s"), "not an OpenStreetMap pbf file"),
        ("a.osm.pbf", block(b"OSMData", b"x"), "not an OpenStreetMap pbf file"),
        ("a.osm.pbf", b"\0\0\0\x0c" + b"\x0a" * 12, "not an OpenStreetMap pbf file"),
        ("a.osm.pbf", pbf(DATA) + b"\0\0", CUT),
        ("a.osm.pbf", pbf(DATA) + b"\xff" * 99, CUT),
        ("a.osm", b"PK", "not an OpenStreetMap file"),
        ("a.osm.bz2", b"<osm", "not a bzip2 file"),
        ("a.parquet", b"a,b\n", "not a Parquet file"),
        ("a.gpkg", b"a,b\n", "not a GeoPackage"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, name, content, says):
    assert fault(tmp_path, name, content) == says


def test_a_pbf_cut_anywhere_but_between_blocks_is_found(tmp_path):
    whole = pbf(DATA)
    first = len(block(b"OSMHeader", b"head"))
    for end in (*range(1, first), first + 1, first + 5, len(whole) - 1):
        assert fault(tmp_path, "a.pbf", whole[:end]) != "", end
    assert fault(tmp_path, "a.pbf", whole[:first]) == ""


@pytest.mark.real
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")
@pytest.mark.parametrize(
    "file",
    [
        "isle-of-wight/iow-filtered.osm.pbf",
        "isle-of-wight/iow-bus-gtfs.zip",
        "rhein-neckar/rnv.osm.pbf",
        "gb-rail-cif/atoc-sample-2020-03.zip",
        "england/lsoa2011_pwc_england.parquet",
    ],
)
def test_real_files_are_whole_and_known_to_be_cut(tmp_path, file):
    path = SHARED / file
    assert fault_of(path, path.name) == ""
    if path.suffix != ".parquet":
        assert fault(tmp_path, path.name, path.read_bytes()[:-1000]) == CUT
