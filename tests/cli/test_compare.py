"""compare: a table for readers, JSON for scripts, and one line for what is no pair of matrices."""

import json

import pytest

HEADER = "from_id,to_id,travel_time_p50\n"


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """Three pairs alike, one of them a minute later in b; a pair that only a reaches."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text(f"{HEADER}o,x,10\no,y,20\no,z,30\np,x,5\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"{HEADER}o,x,10\no,y,20\no,z,31\n", encoding="utf-8")
    return tmp_path


def test_compare_prints_a_table(ptreach, tables):
    ended = ptreach("compare", "a.csv", "b.csv")
    assert (ended.code, ended.err) == (0, "")
    assert "p50" in ended.out


def test_compare_prints_json_for_scripts(ptreach, tables):
    ended = ptreach("compare", "a.csv", "b.csv", "--json")
    assert (ended.code, ended.err) == (0, "")
    (agreement,) = json.loads(ended.out)
    assert agreement["percentile"] == 50
    assert (agreement["pairs"], agreement["only_first"], agreement["only_second"]) == (3, 1, 0)
    assert agreement["equal"] == pytest.approx(2 / 3)
    assert agreement["largest_difference_s"] == 60


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("b.xlsx", HEADER),
        ("b.csv", ""),
        ("b.csv", "id,lon,lat\n"),
        ("b.csv", f"{HEADER}o,x,soon\n"),
        ("b.csv", f"{HEADER}o,x,1,2\n"),
        ("b.parquet", HEADER),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_what_is_no_matrix_is_refused(ptreach, tables, name, text, turned):
    (tables / name).write_text(text, encoding="utf-8")
    names = ["a.csv", name]
    assert name in ptreach("compare", *(reversed(names) if turned else names)).line


def test_a_missing_matrix_is_named(ptreach, tables):
    assert "'nosuch.csv' does not exist" in ptreach("compare", "a.csv", "nosuch.csv").line


def test_matrices_of_other_percentiles_are_not_compared(ptreach, tables):
    (tables / "b.csv").write_text("from_id,to_id,travel_time_p25\no,x,1\n", encoding="utf-8")
    assert "no percentile in common: p50 and p25" in ptreach("compare", "a.csv", "b.csv").line


def test_a_pair_that_a_matrix_has_twice_is_named(ptreach, tables):
    (tables / "b.csv").write_text(f"{HEADER}o,x,1\no,x,2\n", encoding="utf-8")
    line = ptreach("compare", "a.csv", "b.csv").line
    assert "'o' to 'x' is there twice" in line
    assert "row 3" in line
