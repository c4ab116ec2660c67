"""Shapes kept for the next run: as they were, or found to be damaged and made again."""

import random

import geopandas as gpd
import pytest
from shapely.geometry import LineString, box

from ptreach.sources.kept_shapes import keep_shapes, read_kept

COLUMNS = ("kind", "geometry")
AGAIN = "read again from the map"


@pytest.fixture
def kept(tmp_path):
    """The file of some shapes, and the shapes."""
    dice = random.Random(1)
    lines = [LineString([(dice.random() * 1e5, dice.random() * 1e5) for _ in range(9)]) for _ in range(200)]
    shapes = gpd.GeoDataFrame(
        {"kind": ["minor"] * 200 + ["water"]}, geometry=[*lines, box(0, 0, 9, 9)], crs="EPSG:27700"
    )
    path = tmp_path / "built" / "drawn.parquet"
    keep_shapes(path, shapes)
    return path, shapes


def test_they_are_as_they_were(kept, caplog):
    path, shapes = kept
    found = read_kept(path, COLUMNS, AGAIN)
    assert found.equals(shapes)
    assert found.crs == shapes.crs
    assert read_kept(path.with_name("none.parquet"), COLUMNS, AGAIN) is None
    assert caplog.text == ""
    assert [file.name for file in path.parent.iterdir()] == ["drawn.parquet"]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" * 9, b"garbage" * 99])
def test_what_is_no_such_file_is_told(kept, caplog, content):
    path, _ = kept
    path.write_bytes(content)
    assert read_kept(path, COLUMNS, AGAIN) is None
    assert f"{path}: not readable (" in caplog.text
    assert AGAIN in caplog.text
    assert caplog.text.count("\n") == 1


def test_a_table_of_something_else_is_told(kept, caplog):
    path, shapes = kept
    keep_shapes(path, shapes.rename(columns={"kind": "sort"}))
    assert read_kept(path, COLUMNS, AGAIN) is None
    assert "it holds something else" in caplog.text
    shapes.drop(columns="geometry").to_parquet(path)
    assert read_kept(path, COLUMNS, AGAIN) is None


def test_no_cut_and_no_wrong_byte_ends_in_anything_else(kept, caplog):
    """A wrong byte of the shapes is found, or changes nothing; of what describes the file, it is survived."""
    path, shapes = kept
    whole, dice = path.read_bytes(), random.Random(2)
    description_at = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    assert 0 < description_at < len(whole)
    for number in range(240):
        content = bytearray(whole)
        at = dice.randrange(len(whole) if number % 2 else description_at)
        if number % 4 == 0:
            content = content[:at]
        else:
            content[at] ^= 1 << dice.randrange(8)
        path.write_bytes(content)
        found = read_kept(path, COLUMNS, AGAIN)
        if at < description_at:
            assert found is None or found.equals(shapes), at
    assert "read again" in caplog.text
