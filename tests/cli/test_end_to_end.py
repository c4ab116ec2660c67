"""Questions of one's own on the made-up town's network, and what a stopped run leaves behind."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from ptreach.model import no_progress
from ptreach.pipeline import demo

SCRIPT = "import sys; from ptreach.cli.main import main; sys.exit(main())"
PEAK = ("--date", "2026-10-13", "--window", "07:15-09:15")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The made-up town with its network built and its pack written, by one core."""
    folder = tmp_path_factory.mktemp("made")
    demo(folder, workers=1, progress=no_progress)
    return folder


def zone_rows(made):
    """The pack's table of zones."""
    path = made / "demo-town" / "tables" / "demo-town-zones.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write_points(path, points):
    lines = "".join(f"{name},{lon},{lat}\n" for name, lon, lat in points)
    path.write_text(f"id,lon,lat\n{lines}", encoding="utf-8")
    return path


def write_zones(path, rows):
    return write_points(path, [(row["lsoa11cd"], row["lon"], row["lat"]) for row in rows])


def read_matrix(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_pack_is_the_same_whatever_the_number_of_cores(made, ptreach, tmp_path):
    ended = ptreach("run", made / "config" / "demo-town.toml", "--out", tmp_path, "--workers", 3)
    assert (ended.code, ended.out) == (0, f"{tmp_path / 'demo-town'}\n")
    first = sorted(path for path in (made / "demo-town").rglob("*") if path.is_file())
    for path in first:
        again = tmp_path / path.relative_to(made)
        assert again.read_bytes() == path.read_bytes(), path.name
    assert len(first) == sum(path.is_file() for path in tmp_path.rglob("*"))


def test_a_run_uses_one_feed_of_a_group_and_says_what_was_left_out(made, ptreach, tmp_path):
    shutil.copytree(made / "networks", tmp_path / "networks", ignore=shutil.ignore_patterns("built"))
    recipe = tmp_path / "networks" / "demo-town" / "network.toml"
    head, *sources = recipe.read_text(encoding="utf-8").split("[[sources]]\n")
    feeds = [text for text in sources if 'kind = "gtfs"' in text]
    keyed = (
        re.sub(r"(?m)^(file|sha256) = .*\n", "", feeds[0])
        + 'file = "keyed.zip"\nurl = "http://x/k?key=${NO_KEY}"\n'
    )
    rail = re.sub(r"(?m)^(file|title|sha256) = .*\n", "", feeds[0])
    rail += 'file = "rail.zip"\ntitle = "Trains"\noptional = true\nhow_to_get = "run ptreach cif"\n'
    place = sources.index(feeds[0])
    sources[place : place + 1] = [keyed, feeds[0].rstrip() + '\ninstead_of = "keyed.zip"\n\n']
    recipe.write_text("[[sources]]\n".join([head, *sources, rail]), encoding="utf-8")

    config = made / "config" / "demo-town.toml"
    ended = ptreach("--home", tmp_path, "run", shutil.copy(config, tmp_path), "--out", tmp_path / "packs")
    assert ended.code == 0
    assert (
        "demo-town is used without 1 optional file: rail.zip (Trains); to add it, run ptreach cif\n"
        in ended.err
    )
    pack = tmp_path / "packs" / "demo-town"
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    before = json.loads((made / "demo-town" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["network"] == before["network"] | {"left_out": ["Trains"]}
    assert manifest["inputs"] == before["inputs"]
    assert "Left out, for the file was not there: Trains." in (pack / "methods.md").read_text(
        encoding="utf-8"
    )
    assert "Left out, for" not in (made / "demo-town" / "methods.md").read_text(encoding="utf-8")


def test_matrix_gives_the_minutes_that_the_pack_gives(made, ptreach, tmp_path):
    rows = zone_rows(made)
    config = (made / "config" / "demo-town.toml").read_text(encoding="utf-8")
    lon, lat = (re.search(rf"(?m)^{key} = (.*)$", config).group(1) for key in ("lon", "lat"))
    origin = write_points(tmp_path / "o.csv", [("town", lon, lat)])
    zones = write_zones(tmp_path / "d.csv", rows)
    ends = ("--origins", origin, "--destinations", zones, "--out", tmp_path / "t.csv")
    ended = ptreach("--home", made, "matrix", "--network", "demo-town", *PEAK, *ends)
    assert (ended.code, ended.out) == (0, f"{tmp_path / 't.csv'}\n")
    table = {row["to_id"]: row for row in read_matrix(tmp_path / "t.csv")}
    assert len(table) > 100
    for row in rows:
        for p in (5, 25, 50, 75, 95):
            in_pack = row[f"minutes_p{p}"]
            in_matrix = table.get(row["lsoa11cd"], {}).get(f"travel_time_p{p}", "")
            assert bool(in_pack) == bool(in_matrix), row["lsoa11cd"]
            # the pack rounds centroids to a decimetre and minutes to four digits: a second at most
            assert not in_pack or abs(float(in_pack) - float(in_matrix)) < 1.1 / 60, row["lsoa11cd"]


def test_matrix_of_files_is_that_of_the_network_in_both_formats(made, ptreach, tmp_path, monkeypatch):
    monkeypatch.setenv("PTREACH_CACHE", str(tmp_path / "cache"))
    points = write_zones(tmp_path / "p.csv", zone_rows(made)[::9])
    sources = made / "networks" / "demo-town" / "sources"
    (osm,) = sources.glob("*.osm.pbf")
    files = ["--osm", osm, *(part for path in sorted(sources.glob("*.zip")) for part in ("--gtfs", path))]
    asked = (*PEAK, "--origins", points, "--destinations", points, "--direction", "to", "--percentiles", "50")
    of_files = ptreach("matrix", *files, *asked, "--out", tmp_path / "a.parquet")
    named = ptreach("--home", made, "matrix", "--network", "demo-town", *asked, "--out", tmp_path / "b.csv")
    assert (of_files.code, named.code) == (0, 0)
    assert of_files.err == named.err
    rows = read_matrix(tmp_path / "b.csv")
    columns = pq.read_table(tmp_path / "a.parquet").to_pydict()
    assert list(columns) == ["from_id", "to_id", "travel_time_p50"]
    written = [(row["from_id"], row["to_id"], float(row["travel_time_p50"])) for row in rows]
    assert list(zip(*columns.values(), strict=True)) == written
    assert len(written) > 100


@pytest.fixture(scope="module")
def towns(made):
    """Files of three towns on the made-up network; on the day of the last nothing runs."""
    text = (made / "config" / "demo-town.toml").read_text(encoding="utf-8")
    folder = made / "config" / "towns"
    folder.mkdir()
    for name, change in (
        ("north", ("lat = 53.63", "lat = 53.65")),
        ("south", ("lat = 53.63", "lat = 53.62")),
        ("xmas", ("2026-10-13", "2026-12-25")),
    ):
        assert change[0] in text
        changed = text.replace(*change).replace("Averbridge high street", f"Averbridge {name}")
        (folder / f"{name}.toml").write_text(changed, encoding="utf-8")
    return [folder / f"{name}.toml" for name in ("north", "south", "xmas")]


def bytes_below(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def by_two(made, towns, tmp_path_factory):
    """The towns made by two processes: the folder of their packs, and how that ended."""
    out = tmp_path_factory.mktemp("two")
    arguments = ["--home", str(made), "run", *map(str, towns), "--out", str(out), "--workers", "2"]
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "TERM": "dumb"},
    )
    return out, ended


def test_several_towns_are_the_same_whatever_the_number_of_processes(made, towns, by_two, ptreach, tmp_path):
    one = ptreach("--home", made, "run", *towns, "--out", tmp_path, "--workers", 1)
    out, two = by_two
    files, again = bytes_below(tmp_path), bytes_below(out)
    assert files.keys() == again.keys() > {"index.html", "places.csv", "places-journey-time.png"}
    assert [name for name, data in files.items() if again[name] != data] == []
    for folder, code, printed, told in (
        (tmp_path, one.code, one.out, one.err),
        (out, two.returncode, two.stdout, two.stderr),
    ):
        assert (code, printed) == (2, f"{folder / 'north'}\n{folder / 'south'}\n")
        assert f"ptreach: error: {towns[2]}, date: nothing runs on Friday 2026-12-25" in told
        assert "1 of 3 towns failed" in told


def test_the_index_tells_of_the_towns_and_of_no_machine(made, by_two):
    folder, _ = by_two
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "nothing runs on Friday 2026-12-25" in page
    for mark in (folder, made):
        assert str(mark) not in page
    with (folder / "places.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["folder"]: row for row in csv.DictReader(stream)}
    manifest = json.loads((folder / "north" / "manifest.json").read_text(encoding="utf-8"))
    assert int(rows["north"]["residents"]) == manifest["zones"]["population"]
    assert rows["north"]["verdict"] == manifest["verdict"]["decision"] == "go"
    assert rows["south"]["places_region"] == "2"


def test_a_rerun_of_one_town_keeps_the_others_in_the_index(made, towns, by_two, ptreach, tmp_path):
    shutil.copytree(by_two[0], tmp_path, dirs_exist_ok=True)
    before = {name: (tmp_path / name).read_bytes() for name in ("places.csv", "places-failures.csv")}
    for name, data in before.items():
        (tmp_path / name).write_bytes(data.replace(b"Averbridge north", b"Anything"))
    shutil.rmtree(tmp_path / "north")
    assert ptreach("-q", "--home", made, "run", towns[0], "--out", tmp_path).code == 0
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_towns_side_by_side_and_leaves_nothing(made, towns, tmp_path):
    arguments = ["--home", str(made), "run", *map(str, towns[:2])]
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "-v", *arguments, "--out", str(tmp_path), "--workers", "2"],
        env={**os.environ, "TERM": "dumb"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    for line in process.stderr:
        if "Averbridge" in line and "travel times" in line:  # a town is under way
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, "")
    assert err.endswith("ptreach: stopped.\n")
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_soon_and_leaves_nothing(made, tmp_path):
    config = made / "config" / "demo-town.toml"
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "-v", "run", str(config), "--out", str(tmp_path)],
        env={**os.environ, "TERM": "dumb"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert "network" in process.stderr.readline()  # the first stage is done
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - began < 30
    assert (process.returncode, out) == (130, "")
    assert err.endswith("ptreach: stopped.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_run_warns_in_one_line_each_and_its_page_says_the_same(made, ptreach, tmp_path):
    config = (made / "config" / "demo-town.toml").read_text(encoding="utf-8")
    path = tmp_path / "holiday.toml"
    path.write_text(config.replace("2026-10-13", "2026-10-27"), encoding="utf-8")
    ended = ptreach("--home", made, "run", path, "--out", tmp_path / "packs", "--pmtiles")
    assert (ended.code, ended.out) == (0, f"{tmp_path / 'packs' / 'holiday'}\n")
    assert len(list((tmp_path / "packs" / "holiday" / "layers").glob("*.pmtiles"))) == 2
    assert ended.err == (
        f"ptreach: warning: {path}: Tuesday 2026-10-27: most English schools are on holiday "
        "(autumn half-term). Take a day in term.\n"
    )
    page = (tmp_path / "packs" / "holiday" / "qa.html").read_text(encoding="utf-8")
    assert "most English schools are on holiday (autumn half-term)" in page
    assert "MADE-UP DATA" in page
    assert "qa.html" in (tmp_path / "packs" / "holiday" / "README.txt").read_text(encoding="utf-8")
    assert '"qa.html": {' in (tmp_path / "packs" / "holiday" / "manifest.json").read_text(encoding="utf-8")
