"""The commands as a new user runs them: the made-up town, then questions of one's own on its network."""

import csv
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import NamedTuple

import pyarrow.parquet as pq
import pytest

SCRIPT = "import sys; from ptreach.cli.main import main; sys.exit(main())"
PEAK = ("--date", "2026-10-13", "--window", "07:15-09:15")


class Demo(NamedTuple):
    """The made-up town's folder, and how the command that wrote it ended."""

    folder: object
    done: subprocess.CompletedProcess

    @property
    def pack(self):
        return self.folder / "demo-town"


def start(*arguments, cwd, **options):
    """Start the command line in a process of its own, where no address can be reached."""
    env = {**os.environ, "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    env.pop("PTREACH_HOME", None)
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *map(str, arguments)],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        **options,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    empty = tmp_path_factory.mktemp("new")
    process = start("demo", cwd=empty)
    out, err = process.communicate()
    return Demo(empty / "demo", subprocess.CompletedProcess(process.args, process.returncode, out, err))


@pytest.fixture
def town(demo):
    """Write a changed copy of the made-up town's file beside it."""

    def write(name, **changes):
        text = (demo.folder / "config" / "demo-town.toml").read_text(encoding="utf-8")
        for key, value in changes.items():
            text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
            assert count == 1
        path = demo.folder / "config" / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def zone_rows(pack):
    """The pack's table of zones."""
    with (pack / "tables" / f"{pack.name}-zones.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write_points(path, points):
    path.write_text(
        "id,lon,lat\n" + "".join(f"{i},{lon},{lat}\n" for i, lon, lat in points), encoding="utf-8"
    )
    return path


def origin_of(config):
    """Longitude and latitude in a town's file, as text."""
    text = config.read_text(encoding="utf-8")
    return tuple(re.search(rf"(?m)^{key} = (.*)$", text).group(1) for key in ("lon", "lat"))


def test_demo_prints_the_packs_folder_and_nothing_else(demo):
    assert (demo.done.returncode, demo.done.stderr) == (0, "")
    assert demo.done.stdout == f"{os.path.join('demo', 'demo-town')}\n"  # noqa: PTH118  as it was asked for


def test_demo_writes_every_part_of_a_pack(demo):
    manifest = json.loads((demo.pack / "manifest.json").read_text(encoding="utf-8"))
    listed = {name: entry["sha256"] for name, entry in manifest["files"].items()}
    there = {path.relative_to(demo.pack).as_posix(): path for path in demo.pack.rglob("*") if path.is_file()}
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()}
    digests.pop("manifest.json")
    assert listed == digests
    assert {name.partition("/")[0] for name in digests} == {
        "README.txt",
        "layers",
        "maps",
        "methods.md",
        "tables",
    }


def test_demo_says_everywhere_that_it_is_made_up(demo):
    for name in ("README.txt", "methods.md", "manifest.json"):
        assert re.search("made.up", (demo.pack / name).read_text(encoding="utf-8"), re.IGNORECASE), name
    assert {row["made_up"] for row in zone_rows(demo.pack)} == {"made-up"}


def test_a_pack_made_again_is_the_same_byte_by_byte(demo, ptreach, tmp_path):
    config = demo.folder / "config" / "demo-town.toml"
    ended = ptreach("run", config, "--out", tmp_path, "--workers", 1)
    assert (ended.code, ended.out) == (0, f"{tmp_path / 'demo-town'}\n")
    first = sorted(path for path in demo.pack.rglob("*") if path.is_file())
    for path in first:
        assert (tmp_path / "demo-town" / path.relative_to(demo.pack)).read_bytes() == path.read_bytes(), (
            path.name
        )
    assert len(first) == sum(path.is_file() for path in tmp_path.rglob("*"))


def test_matrix_gives_the_minutes_that_the_pack_gives(demo, ptreach, tmp_path):
    rows = zone_rows(demo.pack)
    lon, lat = origin_of(demo.folder / "config" / "demo-town.toml")
    origin = write_points(tmp_path / "o.csv", [("town", lon, lat)])
    zones = write_points(tmp_path / "d.csv", [(r["lsoa11cd"], r["lon"], r["lat"]) for r in rows])
    ends = ("--origins", origin, "--destinations", zones, "--out", tmp_path / "t.csv")
    ended = ptreach("--home", demo.folder, "matrix", "--network", "demo-town", *PEAK, *ends)
    assert (ended.code, ended.out) == (0, f"{tmp_path / 't.csv'}\n")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as stream:
        table = {row["to_id"]: row for row in csv.DictReader(stream)}
    assert len(table) > 100
    for row in rows:
        for p in (5, 25, 50, 75, 95):
            here, there = row[f"minutes_p{p}"], table.get(row["lsoa11cd"], {}).get(f"travel_time_p{p}", "")
            assert bool(here) == bool(there), row["lsoa11cd"]
            # the table rounds centroids to a decimetre and minutes to four digits: a second at most
            assert not here or abs(float(here) - float(there)) < 1.1 / 60, row["lsoa11cd"]


def test_matrix_from_files_equals_matrix_from_the_network_in_both_formats(
    demo, ptreach, tmp_path, monkeypatch
):
    monkeypatch.setenv("PTREACH_CACHE", str(tmp_path / "cache"))
    points = write_points(
        tmp_path / "p.csv", [(r["lsoa11cd"], r["lon"], r["lat"]) for r in zone_rows(demo.pack)[::9]]
    )
    sources = demo.folder / "networks" / "demo-town" / "sources"
    ends = ("--origins", points, "--destinations", points, "--direction", "to", "--percentiles", "50")
    feeds = [part for path in sorted(sources.glob("*.zip")) for part in ("--gtfs", path)]
    (osm,) = sources.glob("*.osm.pbf")
    files = ptreach("matrix", "--osm", osm, *feeds, *PEAK, *ends, "--out", tmp_path / "a.parquet")
    named = ptreach(
        "--home", demo.folder, "matrix", "--network", "demo-town", *PEAK, *ends, "--out", tmp_path / "b.csv"
    )
    assert (files.code, named.code) == (0, 0)
    assert files.err == named.err
    with (tmp_path / "b.csv").open(encoding="utf-8", newline="") as stream:
        rows = [
            (row["from_id"], row["to_id"], float(row["travel_time_p50"])) for row in csv.DictReader(stream)
        ]
    columns = pq.read_table(tmp_path / "a.parquet").to_pydict()
    assert list(zip(*columns.values(), strict=True)) == rows
    assert len(rows) > 100


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"date": "2031-06-16"}, ", date: nothing runs on Monday 2031-06-16"),
        ({"lon": "1.9", "lat": "52.9"}, ", [origin]: no street of network 'demo-town' within 1,600 m"),
        ({"lon": "53.638817", "lat": "1.023855"}, ", [origin]: lon and lat are swapped"),
        ({"lon": "600000.0", "lat": "420000.0"}, ", origin.lon: 600000 is no degree"),
        ({"areas": '"demo-lsoo"'}, "no recipe of areas 'demo-lsoo'"),
        ({"network": '"demo-lsoa"'}, "no recipe of network 'demo-lsoa'"),
        ({"areas": '"demo-lsoa"\ndistricts = ["Sandwell"]'}, ", districts: no zone on network 'demo-town'"),
    ],
)
def test_run_refuses_a_town_that_its_network_cannot_answer(demo, town, ptreach, tmp_path, changes, said):
    path = town("wrong", **changes)
    line = ptreach("run", path, "--out", tmp_path).line
    assert said in line
    if said.startswith(","):
        assert line.startswith(str(path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lon,lat\n1,53\n", "no column 'id'"),
        ("id,lon,lat\na,1.02,53.6\na,1.03,53.6\n", "id 'a'"),
        ("id,lon,lat\na,600000,420000\n", "row 2"),
        ("id,lon,lat\na,east,53.6\n", "row 2, lon: 'east' is no number"),
        ("id,lon,lat\na,,53.6\n", "row 2, lon"),
        ("id,lon,lat\n", "no rows"),
        ("", "empty"),
    ],
)
@pytest.mark.parametrize("end", ["--origins", "--destinations"])
def test_matrix_refuses_points_that_are_none(demo, ptreach, tmp_path, text, said, end):
    good = write_points(tmp_path / "good.csv", [("a", 1.02, 53.64)])
    bad = tmp_path / "bad.csv"
    bad.write_text(text, encoding="utf-8")
    other = {"--origins": "--destinations", "--destinations": "--origins"}[end]
    line = ptreach(
        "--home",
        demo.folder,
        "matrix",
        "--network",
        "demo-town",
        *PEAK,
        end,
        bad,
        other,
        good,
        "--out",
        tmp_path / "t.csv",
    ).line
    assert line.startswith(str(bad))
    assert said in line
    assert not (tmp_path / "t.csv").exists()


def test_matrix_names_the_option_of_a_day_without_service(demo, ptreach, tmp_path):
    points = write_points(tmp_path / "p.csv", [("a", 1.02, 53.64)])
    ends = ("--origins", points, "--destinations", points, "--out", tmp_path / "t.csv")
    when = ("--date", "2031-06-16", "--window", "07:15-09:15")
    line = ptreach("--home", demo.folder, "matrix", "--network", "demo-town", *when, *ends).line
    assert line.startswith("--date: nothing runs on Monday 2031-06-16")


@pytest.mark.parametrize("cut", ["bus.zip", "streets.osm.pbf"])
def test_matrix_names_the_file_that_was_cut(demo, ptreach, tmp_path, monkeypatch, cut):
    monkeypatch.setenv("PTREACH_CACHE", str(tmp_path / "cache"))
    sources = demo.folder / "networks" / "demo-town" / "sources"
    whole = {"bus.zip": sources / "demo-bus.zip", "streets.osm.pbf": sources / "demo-town.osm.pbf"}
    content = whole[cut].read_bytes()
    whole[cut] = tmp_path / cut
    whole[cut].write_bytes(content[: len(content) // 2])
    points = write_points(tmp_path / "p.csv", [("a", 1.02, 53.64)])
    ends = ("--origins", points, "--destinations", points, "--out", tmp_path / "t.csv")
    files = ("--osm", whole["streets.osm.pbf"], "--gtfs", whole["bus.zip"])
    assert ptreach("matrix", *files, *PEAK, *ends).line.startswith(f"{tmp_path / cut}: not readable")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_at_once_and_leaves_no_pack(demo, town, tmp_path):
    process = start("-v", "run", town("stopped"), "--out", tmp_path, cwd=tmp_path)
    assert "network" in process.stderr.readline()  # the first stage is done
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - began < 30
    assert (process.returncode, out) == (130, "")
    assert err.endswith("ptreach: stopped.\n")
    assert list(tmp_path.iterdir()) == []
