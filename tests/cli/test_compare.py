"""compare: tables for readers, JSON for scripts, a page, and one line for what can't be compared."""

import json

import pytest

HEADER = "from_id,to_id,travel_time_p50\n"


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """Four pairs in a, to a second; in b one is a minute later, one missing, and one is b's alone."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text(f"{HEADER}o,x,10.5\no,y,20\no,z,30\np,x,5\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"{HEADER}o,x,10.5\no,y,20\no,z,31\no,w,44.5\n", encoding="utf-8")
    (tmp_path / "points.csv").write_text(
        "id,lon,lat\nx,-1.1,50.7\ny,-1.2,50.7\nz,-1.1,50.8\n", encoding="utf-8"
    )
    return tmp_path


def test_compare_prints_tables(ptreach, tables):
    ended = ptreach("compare", "a.csv", "b.csv")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    (row,) = [line.split() for line in lines if line.startswith("p50 ") and "%" in line]
    assert row == ["p50", "3", "1", "1", "60.00%", "66.67%", "100.00%", "100.00%", "100.00%", "100.00%"]
    assert any(line.split() == ["o", "z", "30:00", "31:00", "+1:00"] for line in lines)
    assert any(line.split() == ["p", "x", "5:00", "not", "reached"] for line in lines)
    assert "A has 1 origins of which B has no row" in ended.out


def test_compare_prints_json_for_scripts(ptreach, tables):
    ended = ptreach("compare", "a.csv", "b.csv", "--json")
    assert (ended.code, ended.err) == (0, "")
    (row,) = json.loads(ended.out)["percentiles"]
    assert (row["both"], row["only_a"], row["only_b"]) == (3, 1, 1)
    assert row["equal"] == pytest.approx(2 / 3)
    assert row["difference_s"]["max"] == 60


def test_what_one_was_not_asked_about_can_be_left_out(ptreach, tables):
    ended = ptreach("compare", "a.csv", "b.csv", "--json", "--common")
    (row,) = json.loads(ended.out)["percentiles"]
    assert (row["both"], row["only_a"], row["only_b"]) == (3, 0, 0)


def test_units_and_whole_minutes_can_be_said(ptreach, tables):
    (tables / "s.csv").write_text(f"{HEADER}o,x,630\no,y,1200\no,z,1800\n", encoding="utf-8")
    ended = ptreach("compare", "a.csv", "s.csv", "--json", "--unit", "b=s", "--common")
    (row,) = json.loads(ended.out)["percentiles"]
    assert row["equal"] == 1
    (tables / "m.csv").write_text(f"{HEADER}o,x,10\no,y,20\no,z,30\n", encoding="utf-8")
    found = {
        side: json.loads(ptreach("compare", "a.csv", "m.csv", "--json", "--common", "--floored", side).out)
        for side in ("b", "neither")
    }
    assert found["b"]["percentiles"][0]["equal"] == 1
    assert found["neither"]["percentiles"][0]["equal"] == pytest.approx(2 / 3)
    told = json.loads(ptreach("compare", "a.csv", "m.csv", "--json", "--common").out)
    assert told["floored"] == "b"


def test_a_page_has_a_map_where_points_are_given(ptreach, tables):
    ended = ptreach(
        "compare", "a.csv", "b.csv", "--points", "points.csv", "--html", "new/page.html", "--cutoffs", "20,40"
    )
    assert (ended.code, ended.err) == (0, "")
    text = (tables / "new" / "page.html").read_text(encoding="utf-8")
    assert "z: +1:00" in text
    assert "20 to 40" in text
    assert "1 destinations are not among the points" in text
    assert "--points" not in text
    assert ptreach("compare", "a.csv", "b.csv", "--html", "page.html").code == 0
    assert "--points" in (tables / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("b.xlsx", HEADER),
        ("b.csv", ""),
        ("b.csv", HEADER),
        ("b.csv", "id,lon,lat\n"),
        ("b.csv", f"{HEADER}o,x,soon\n"),
        ("b.csv", f"{HEADER}o,x,1,2\n"),
        ("b.csv", f"{HEADER}o,x,-1\n"),
        ("b.csv", f"{HEADER}o,x,inf\n"),
        ("b.csv", f"{HEADER}o,,1\n"),
        ("b.parquet", HEADER),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_what_is_no_matrix_is_refused(ptreach, tables, name, text, turned):
    (tables / name).write_text(text, encoding="utf-8")
    names = ["a.csv", name]
    assert name in ptreach("compare", *(reversed(names) if turned else names)).line


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nosuch.csv"], "'nosuch.csv' does not exist"),
        (["b.csv", "--unit", "hours"], "--unit: 'hours' is no unit"),
        (["b.csv", "--unit", "c=s"], "--unit: 'c=s' is no unit"),
        (["b.csv", "--cutoffs", "30,15"], "--cutoffs: '30,15' is no list of cutoffs"),
        (["b.csv", "--cutoffs", "0,15"], "--cutoffs: '0,15' is no list"),
        (["b.csv", "--cutoffs", "x"], "--cutoffs: 'x' is no list"),
        (["b.csv", "--floored", "c"], "--floored"),
        (
            ["b.csv", "--points", "elsewhere.csv"],
            "none of the 4 destinations, such as 'w', is among its points",
        ),
        (["b.csv", "--html", "folder"], "--html: 'folder' is a folder"),
        (["folder"], "'folder' is a pack's folder and 'a.csv' a matrix"),
    ],
)
def test_faults_are_one_line(ptreach, tables, arguments, told):
    (tables / "elsewhere.csv").write_text("id,lon,lat\nq,-1.1,50.7\n", encoding="utf-8")
    (tables / "folder").mkdir()
    assert told in ptreach("compare", "a.csv", *arguments).line


def test_options_of_matrices_are_refused_for_packs(ptreach, tables):
    for name in ("one", "two"):
        (tables / name).mkdir()
    assert "one: is no pack" in ptreach("compare", "one", "two").line
    assert "--common: is for matrices" in ptreach("compare", "one", "two", "--common").line


def test_matrices_of_other_percentiles_are_not_compared(ptreach, tables):
    (tables / "b.csv").write_text("from_id,to_id,travel_time_p25\no,x,1\n", encoding="utf-8")
    assert "no percentile in common: p50 and p25" in ptreach("compare", "a.csv", "b.csv").line


def test_a_pair_that_a_matrix_has_twice_is_named(ptreach, tables):
    (tables / "b.csv").write_text(f"{HEADER}o,x,1\no,x,2\n", encoding="utf-8")
    line = ptreach("compare", "a.csv", "b.csv").line
    assert "'o' to 'x' is there twice" in line
    assert "row 3" in line
