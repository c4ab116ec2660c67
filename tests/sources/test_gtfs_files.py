"""What is told of long tables while they are read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ptreach.sources import archive as bounds
from ptreach.sources import gtfs_files
from ptreach.sources.archive import TableFile
from ptreach.sources.gtfs_files import FeedFiles, open_feed
from ptreach.sources.repairs import Ledger


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """A megabyte is a thousand bytes, and after each two of them somebody is told."""
    monkeypatch.setattr(gtfs_files, "_MEGABYTE", 1_000)
    monkeypatch.setattr(bounds, "_TOLD_EACH_BYTES", 2_000)


def told_of(path: Path, read) -> list[tuple[str, int, int]]:
    told = []
    with (
        open_feed(path, Ledger().of("bus", path), lambda *what: told.append(what)) as files,
        files.open("stops") as stream,
    ):
        read(stream)
    return told


def zipped(folder: Path, content: str) -> Path:
    path = folder / "bus.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("stops.txt", content)
    return path


def test_of_a_long_table_it_is_told_how_much_is_read_and_when_it_ends(tmp_path):
    feed = zipped(tmp_path, "stop" * 1_600)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "stops.txt").write_text("stop" * 1_600, encoding="utf-8")
    for path in (feed, tmp_path / "folder"):
        told = told_of(path, lambda stream: [stream.raw.read(1_000) for _ in range(8)])
        stage = f"{path.name}, stops.txt, MB"
        assert told == [(stage, 2, 7), (stage, 4, 7), (stage, 6, 7), (stage, 7, 7)]


def test_of_a_short_table_or_of_its_header_nothing_is_told(tmp_path):
    assert told_of(zipped(tmp_path, "stop" * 400), lambda stream: stream.read()) == []
    assert told_of(zipped(tmp_path, "stop" * 1_600), lambda stream: stream.raw.read(1_000)) == []


def test_a_size_that_a_zip_claims_is_not_believed():
    content, told = b"stop" * 1_600, []
    table = TableFile("stops.txt", len(content), lambda: io.BytesIO(content), claimed_bytes=10)
    feed = FeedFiles(Path("bus.zip"), {"stops": table}, lambda *what: told.append(what[1:]))
    with feed.open("stops") as stream:
        while stream.raw.read(1_000):
            pass
    assert told == [(2, 3), (4, 5), (6, 7), (7, 7)]
