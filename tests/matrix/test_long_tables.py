"""Matrices of other programs read as they are; what is none is refused with file, row and remedy."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ptreach.errors import InputError
from ptreach.matrix.long_tables import LongMatrix, read_matrix
from ptreach.matrix.store import MatrixWriter
from ptreach.model import UNREACHED, TravelTimeMatrix

OURS = "from_id,to_id,travel_time_p50\n"


@pytest.fixture
def read(tmp_path):
    """Write a file and read it; returns its pairs with their seconds at the median."""

    def of(text, name="m.csv", unit=None, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return told(read_matrix(path, unit))

    return of


def told(matrix, percentile=50):
    """Pairs and seconds of a matrix, None where not reached."""
    seconds = matrix.seconds[percentile].tolist()
    return [
        (matrix.ids[a], matrix.ids[b], None if np.isnan(s) else s)
        for a, b, s in zip(matrix.from_idx, matrix.to_idx, seconds, strict=True)
    ]


PAIR = [("a", "b", 750), ("a", "c", None)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{OURS}a,b,12.5\na,c,\n", "ours.csv"),
        ("from_id,to_id,travel_time\na,b,12.5\na,c,NaN\n", "r5py.csv"),
        ("from_id,to_id,travel_time_p50,execution_time\na,b,12.5,1\na,c,NA,2\n", "r5r.csv"),
        ("fromId,toId,travel_time\na,b,12.5\na,c,\n", "old-r5r.csv"),
        ("search_id,id,travel_time,reachable\na,b,750,true\na,c,,false\n", "traveltime.csv"),
        ("origin,destination,travel_time,reachable\na,b,750,True\na,c,9,False\n", "traveltime.csv"),
        ("from_id,to_id,travel_time_p50\na,b,750\na,c,\n", "x_seconds.csv"),
        ("from_id,to_id,travel_time_p50_s\na,b,750\na,c,\n", "any.csv"),
        ("search_id,id,travel_time_min\na,b,12.5\na,c,\n", "any.csv"),
        ("to_id,travel_time_p50,from_id\nb,12.5,a\nc,,a\n", "turned.csv"),
        ("from_id;to_id;travel_time_p50\na;b;12,5\na;c;\n", "german.csv"),
        ("from_id\tto_id\ttravel_time_p50\na\tb\t12.5\na\tc\t\n", "tabs.csv"),
        (f"\ufeff{OURS}a,b,12.5\na,c,\n", "bom.csv"),
        ('"from_id","to_id","travel_time_p50"\r\n"a","b",12.5\r\n"a","c",\r\n', "r.csv"),
        (f"{OURS} a ,b,12.5\na, c,\n\n", "blanks.csv"),
    ],
)
def test_every_shape_gives_the_same_pairs(read, text, name):
    assert read(text, name) == PAIR


def test_a_unit_that_is_said_wins(read):
    assert read(f"{OURS}a,b,750\na,c,\n", unit="s") == PAIR
    assert read("search_id,id,travel_time\na,b,12.5\na,c,\n", unit="min") == PAIR
    assert read("origin,destination,travel_time\na,b,12.5\na,c,\n", unit="min") == PAIR
    with pytest.raises(InputError, match=r"seconds or minutes. Say --unit s or --unit min"):
        read("origin,destination,travel_time\na,b,12.5\n")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8"])
def test_names_survive_their_encoding(read, encoding, caplog):
    assert read(f"{OURS}Cäß,b,1\n", encoding=encoding) == [("Cäß", "b", 60)]
    assert ("Windows-1252" in caplog.text) == (encoding == "cp1252")


def test_ids_are_text_and_keep_their_zeros(read, tmp_path):
    assert read(f"{OURS}007,7,1\n7,NA,2\n") == [("007", "7", 60), ("7", "NA", 120)]
    for ids in (pd.array([7, 8], dtype="int64"), np.array([7.0, 8.0]), pd.array(["7", "8"], dtype="string")):
        pd.DataFrame({"from_id": ids, "to_id": ids, "travel_time": [1.0, None]}).to_parquet(
            tmp_path / "m.parquet"
        )
        assert told(read_matrix(tmp_path / "m.parquet")) == [("7", "7", 60), ("8", "8", None)]
    pd.DataFrame({"from_id": ["7"], "to_id": pd.Categorical(["8"]), "travel_time": [1]}).to_parquet(
        tmp_path / "m.parquet"
    )
    assert told(read_matrix(tmp_path / "m.parquet")) == [("7", "8", 60)]


def test_what_ptreach_writes_is_read_to_the_second_in_either_form(tmp_path):
    seconds = np.random.default_rng(1).integers(0, 7200, (3, 4, 2)).astype(np.uint16)
    seconds[0, 1] = UNREACHED
    block = TravelTimeMatrix(("01", "x,y", "c"), ("01", "p", "q", "r"), (25, 50), seconds)
    for name in ("m.parquet", "m.csv"):
        with MatrixWriter(tmp_path / name, (25, 50)) as table:
            table.write(block)
        found = told(read_matrix(tmp_path / name))
        assert len(found) == 11
        for from_id, to_id, time in found:
            at = block.origin_ids.index(from_id), block.destination_ids.index(to_id), 1
            assert time == seconds[at]


def test_a_matrix_of_ids_and_seconds_is_rounded_to_whole_ones():
    matrix = LongMatrix.of("ours", ["a", "b"], ["b", "a"], {50: [59.6, np.nan]})
    assert told(matrix) == [("a", "b", 60), ("b", "a", None)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,lon\na,1\n", r"bad\.csv: no matrix: its columns are id, lon\. Give a table with from_id"),
        ("from_id,to_id,time\na,b,1\n", r"no matrix: its columns are from_id, to_id, time"),
        ("", r"no matrix: its columns are none"),
        (OURS, r"no rows"),
        (f"{OURS}a,b,1\na,b,soon\n", r"bad\.csv, row 3, travel_time_p50: a travel time is no number: 'soon'"),
        (f"{OURS}a,b,1\na,c,-2\n", r"row 3, travel_time_p50: a travel time is negative: -2"),
        (f"{OURS}a,b,inf\n", r"row 2, travel_time_p50: a travel time is infinite.*[Ll]eave the cell empty"),
        (f"{OURS}a,b,1441\n", r"row 2, travel_time_p50: minutes are more than a day.*--unit s"),
        (f"{OURS}a,b,2147483647\n", r"more than a day"),
        (f"{OURS}a,,1\n", r"row 2, to_id: the id is blank"),
        (f"{OURS}a,b,1,2\n", r"not readable"),
        ("from_id,from_id,to_id,travel_time\na,a,b,1\n", r"'from_id' is there twice"),
        ("from_id,to_id,travel_time,travel_time_p50\na,b,1,1\n", r"both 'travel_time' and 'travel_time_p50'"),
        (
            "from_id,to_id,travel_time_p5_s,travel_time_p50_min\na,b,1,1\n",
            r"some .* in seconds, some in minutes",
        ),
        (
            "search_id,id,travel_time,reachable\na,b,1,maybe\n",
            r"reachable: 'maybe' is neither true nor false",
        ),
    ],
)
def test_faults_are_named(read, text, message):
    with pytest.raises(InputError, match=message):
        read(text, "bad.csv")


def test_missing_and_broken_files_are_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.csv: no such file"):
        read_matrix(tmp_path / "gone.csv")
    (tmp_path / "cut.parquet").write_text("PAR1 no", encoding="utf-8")
    with pytest.raises(InputError, match=r"cut\.parquet: not readable"):
        read_matrix(tmp_path / "cut.parquet")
    with pytest.raises(InputError, match=r"End the name in \.parquet or \.csv"):
        read_matrix(tmp_path / "m.xlsx")
    pd.DataFrame({"from_id": [0.5], "to_id": ["b"], "travel_time": [1]}).to_parquet(tmp_path / "m.parquet")
    with pytest.raises(InputError, match=r"from_id: an id is a decimal number"):
        read_matrix(tmp_path / "m.parquet")
    pd.DataFrame({"from_id": ["a"], "to_id": ["b"], "travel_time": [[1]]}).to_parquet(tmp_path / "m.parquet")
    with pytest.raises(InputError, match=r"travel times of kind list"):
        read_matrix(tmp_path / "m.parquet")


@pytest.mark.parametrize(
    "content",
    [
        b"from_id,to_id,travel_time\na,\x9d\xff,1\n",
        "from_id,to_id,travel_time\na,b,1\n".encode("utf-16")[:-1],
    ],
)
def test_bytes_that_are_no_text_are_told(tmp_path, content):
    path = tmp_path / "m.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not readable") as caught:
        read_matrix(path)
    assert caught.value.where == str(path)


def test_ids_that_are_no_text_are_told(tmp_path):
    path = tmp_path / "m.parquet"
    pq.write_table(pa.table({"from_id": [{"a": 1}], "to_id": ["b"], "travel_time": [1.0]}), path)
    with pytest.raises(InputError, match="not readable") as caught:
        read_matrix(path)
    assert caught.value.where == str(path)
