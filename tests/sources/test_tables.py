from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from ptreach.errors import InputError
from ptreach.sources.tables import find_column, need_column, numbers, read_table, texts, zone_codes


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


def test_columns_are_found_whole_and_named_when_missing(tmp_path):
    frame = pd.DataFrame({f"c{i}": [1] for i in range(14)})
    assert find_column(frame, "c1|c2") == "c1"
    assert find_column(frame, "c") is None
    with pytest.raises(InputError, match=r"t\.csv: no column 'C'; found: c0, .*, c11 and 2 more"):
        need_column(frame, "c", "C", tmp_path / "t.csv")


@pytest.mark.parametrize(
    "header",
    [
        "lsoa11cd",
        "lsoa11_code",
        "lsoa11_cd",
        "f_lsoa11cd",
        "lsoa code (2011)",
        "lsoa 2011 code",
        "geography code",
    ],
)
def test_codes_are_found_under_publishers_headers(tmp_path, header):
    frame = pd.DataFrame({"name": ["x"], header: [" E01000001 "]})
    codes = zone_codes(frame, "lsoa11cd", tmp_path / "t.csv")
    assert codes.tolist() == ["E01000001"]
    assert codes.name == "zone_id"
    assert zone_codes(frame, None, tmp_path / "t.csv").tolist() == ["E01000001"]


def test_codes_of_another_edition_are_never_taken(tmp_path):
    frame = pd.DataFrame({"lsoa21cd": ["E01000001"]})
    with pytest.raises(InputError, match=r"holds zones of LSOA 2021 \(column 'lsoa21cd'\), not 'lsoa11cd'"):
        zone_codes(frame, "lsoa11cd", tmp_path / "t.csv")
    both = frame.assign(lsoa11cd=["E01000002"])
    assert zone_codes(both, "lsoa11cd", tmp_path / "t.csv").tolist() == ["E01000002"]


def test_codes_of_zones_of_ones_own(tmp_path):
    frame = pd.DataFrame({"zone_id": [1, 2]})
    assert zone_codes(frame, "zone_id", tmp_path / "t.csv").tolist() == ["1", "2"]
    with pytest.raises(
        InputError, match=r"no column 'hex_id'; found: zone_id\. Name the column of codes hex_id"
    ):
        zone_codes(frame, "hex_id", tmp_path / "t.csv")


def test_blank_and_doubled_codes_are_named_with_their_row(tmp_path):
    path = write(tmp_path / "t.csv", "lsoa11cd,v\nE01,1\n ,2\nE01,3\n")
    with pytest.raises(InputError, match=r"row 3, lsoa11cd: 1 rows without a code"):
        zone_codes(read_table(path), "lsoa11cd", path)
    path = write(tmp_path / "t.csv", "lsoa11cd,v\nE01,1\nE02,2\nE01,3\n")
    with pytest.raises(InputError, match=r"row 4, lsoa11cd: 'E01' occurs more than once \(1 such codes\)"):
        zone_codes(read_table(path), "lsoa11cd", path)


def test_texts_are_stripped_and_blank_is_missing():
    cells = texts(pd.Series([" a ", "", "  ", None, "NA"]))
    assert cells.fillna("-").tolist() == ["a", "-", "-", "-", "NA"]


def test_numbers_read_over_thousands_and_blanks(tmp_path):
    path = write(tmp_path / "t.csv", 'v\n"1,234,567"\n" 2.5 "\n-3e2\n"12,34"\n')
    table = read_table(path)
    assert numbers(table.iloc[:3], "v", path).tolist() == [1_234_567, 2.5, -300]
    with pytest.raises(InputError, match=r"row 5, v: '12,34' is no number"):
        numbers(table, "v", path)
    with pytest.raises(InputError, match=r"row 2, v: '1,234,567' is no number\. Write it plain"):
        numbers(table, "v", path, grouped=False, remedy="write it plain")
    blank = pd.DataFrame({"v": ["1", "", None]})
    np.testing.assert_array_equal(numbers(blank, "v", path), [1, np.nan, np.nan])


@pytest.mark.parametrize("cell", ["x", "..", "inf", "nan", "1 2", "0x10"])
def test_what_is_no_number_is_named(tmp_path, cell):
    path = write(tmp_path / "t.csv", f"v\n1\n{cell}\n")
    with pytest.raises(InputError, match=r"row 3, v: .* is no number"):
        numbers(read_table(path), "v", path)
