from __future__ import annotations

import numpy as np
import pytest

from ptreach.errors import InputError
from ptreach.matrix.compare import agreement_text, compare_matrices, read_matrix
from ptreach.matrix.store import MatrixWriter
from ptreach.model import UNREACHED, TravelTimeMatrix

A = """from_id,to_id,travel_time_p25,travel_time_p50
a,b,10,12
a,c,20,30
a,d,5,
b,a,1,2
"""
# a-b equal; a-c a minute later at p25, 91 s later at p50; a-d only in A; b-a only in A; c-a only in B
B = """from_id,to_id,travel_time_p50,travel_time_p25
c,a,7,7
a,c,31.516666666,21
a,b,12,10
"""


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_agreement_follows_by_hand(tmp_path):
    first, second = read_matrix(write(tmp_path / "a.csv", A)), read_matrix(write(tmp_path / "b.csv", B))
    p25, p50 = compare_matrices(first, second)
    assert (p25.percentile, p50.percentile) == (25, 50)
    assert (p25.pairs, p25.only_first, p25.only_second) == (2, 2, 1)
    assert p25.reached_alike == pytest.approx(2 / 5)
    assert (p25.equal, p25.within_60_s, p25.within_90_s) == (0.5, 1.0, 1.0)
    assert (p25.median_difference_s, p25.largest_difference_s) == (30.0, 60.0)
    # the empty cell of a-d is a pair that is not reached
    assert (p50.pairs, p50.only_first, p50.only_second) == (2, 1, 1)
    assert p50.reached_alike == pytest.approx(2 / 4)
    assert (p50.equal, p50.within_60_s, p50.within_90_s) == (0.5, 0.5, 0.5)
    assert p50.largest_difference_s == 91.0


def test_the_other_way_round_the_signs_change(tmp_path):
    first, second = read_matrix(write(tmp_path / "a.csv", A)), read_matrix(write(tmp_path / "b.csv", B))
    for there, back in zip(compare_matrices(first, second), compare_matrices(second, first), strict=True):
        assert there.only_first == back.only_second
        assert there.largest_difference_s == -back.largest_difference_s
        assert there[4:8] == back[4:8]


def test_a_written_matrix_agrees_with_itself_in_either_form(tmp_path):
    seconds = np.random.default_rng(1).integers(0, 7200, (3, 4, 2)).astype(np.uint16)
    seconds[0, 1] = UNREACHED
    block = TravelTimeMatrix(("01", "x,y", "c"), ("01", "p", "q", "r"), (25, 50), seconds)
    for name in ("m.parquet", "m.csv"):
        with MatrixWriter(tmp_path / name, (25, 50)) as table:
            table.write(block)
    one, other = read_matrix(tmp_path / "m.parquet"), read_matrix(tmp_path / "m.csv")
    assert one.from_id[0] == other.from_id[0] == "01"
    for agreement in compare_matrices(one, other):
        assert agreement.pairs == 11
        assert agreement.reached_alike == agreement.equal == 1.0
        assert agreement.largest_difference_s == 0.0


def test_the_table_has_a_row_a_percentile(tmp_path):
    first, second = read_matrix(write(tmp_path / "a.csv", A)), read_matrix(write(tmp_path / "b.csv", B))
    lines = agreement_text(compare_matrices(first, second)).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["p25", "p50"]
    assert len({len(line) for line in lines}) == 1
    assert "40.00%" in lines[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,lon\na,1\n", r"no matrix: its columns are id, lon"),
        ("from_id,to_id,travel_time_p50\na,b,soon\n", r"no number"),
        ("from_id,to_id,travel_time_p50\na,b,1\na,b,2\n", r"'a' to 'b' is there twice"),
        ("from_id,to_id,travel_time_p95\na,b,1\n", r"no percentile in common: p95 and p25, p50"),
    ],
)
def test_faults_are_named(tmp_path, text, message):
    good = read_matrix(write(tmp_path / "a.csv", A))
    with pytest.raises(InputError, match=message):
        compare_matrices(read_matrix(write(tmp_path / "bad.csv", text)), good)


def test_missing_and_broken_files_are_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.csv: no such file"):
        read_matrix(tmp_path / "gone.csv")
    with pytest.raises(InputError, match=r"cut\.parquet: not readable"):
        read_matrix(write(tmp_path / "cut.parquet", "PAR1 no"))
