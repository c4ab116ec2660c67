from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from ptreach.errors import InputError
from ptreach.sources.tables import read_table


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_headers_are_plain_and_cells_are_text(tmp_path):
    path = write(tmp_path / "t.csv", '\ufeffLSOA  code\t(2011) , "Score,  IMD ",Name\r\nE01,007,Ely\r\n')
    table = read_table(path)
    assert list(table.columns) == ["lsoa code (2011)", "score, imd", "name"]
    assert table.iloc[0].tolist() == ["E01", "007", "Ely"]


def test_rows_are_numbered_as_a_spreadsheet_does_and_blank_ones_left_out(tmp_path):
    path = write(tmp_path / "t.csv", 'a,b\n1,"two\nlines"\n\n,\n3,\n,4\n, \n')
    table = read_table(path)
    assert table.index.tolist() == [2, 5, 6]
    assert table["a"].tolist() == ["1", "3", ""]


def test_a_quoted_header_does_not_mislead_the_search_for_the_separator(tmp_path):
    path = write(tmp_path / "t.csv", '"Education, Skills, Training";code\n1;E01\n')
    assert read_table(path)["code"].tolist() == ["E01"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a,A \n1,2\n", "the header 'a' occurs twice"),
        ("a,b\n1,2,3\n", "Length of header"),
        ('a,b\n1,"2\n', "EOF inside string"),
        ("a,b\n1,2\n3", "the last row has 1 cells of 2"),
    ],
)
def test_damaged_tables_are_refused(tmp_path, text, what):
    with pytest.raises(InputError, match=what) as caught:
        read_table(write(tmp_path / "t.csv", text))
    assert caught.value.where == str(tmp_path / "t.csv")


def test_ends_of_lines_of_any_machine(tmp_path):
    for end in ("\n", "\r\n", "\r"):
        assert read_table(write(tmp_path / "t.csv", f"a,b{end}1,2{end}"))["b"].tolist() == ["2"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("\na,b\n1,2\n", "the first row has no header"),
        (f"{'a' * 200_000},b\n1,2\n", "not readable as CSV: field"),
    ],
)
def test_headers_that_are_none_are_refused(tmp_path, text, what):
    with pytest.raises(InputError, match=what):
        read_table(write(tmp_path / "t.csv", text))


def test_blank_headers_may_occur_twice(tmp_path):
    assert read_table(write(tmp_path / "t.csv", "a,,\n1,,\n"))["a"].tolist() == ["1"]


def test_a_geometry_of_another_name_is_the_geometry(tmp_path):
    frame = gpd.GeoDataFrame(
        {"CODE": ["a"], "SHAPE": [shapely.Point(0, 0)]}, geometry="SHAPE", crs="EPSG:27700"
    )
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert isinstance(table, gpd.GeoDataFrame)
    assert list(table.columns) == ["code", "geometry"]
    assert table.crs.to_epsg() == 27700
