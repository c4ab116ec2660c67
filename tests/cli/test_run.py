"""run: what it hands on, what it prints, what it does with towns that fail, and what comes beside packs."""

import logging
import os
from pathlib import Path

import pytest

from ptreach.aside import aside_of
from ptreach.errors import InputError
from ptreach.pipeline import PackMade, PackOptions
from ptreach.processes import Outcome

DISK_FULL = InputError("No space left", where="packs/b", remedy="free space")


class Made(list):
    """Towns that were asked for, by their file's name, in order; `fails` has what goes wrong with some."""

    def __init__(self):
        super().__init__()
        self.fails = {}
        self.asked = []

    def make(self, asked, options, workers, progress, *, beside=False):
        """Stand in for the making of a pack."""
        progress("stage", 0, 1)
        self.asked.append((asked, options, workers))
        self.beside = beside
        self.append(asked.town.path.stem)
        if asked.town.slug in self.fails:
            raise self.fails[asked.town.slug]
        return PackMade(options.out / asked.town.slug, f"scene of {asked.town.slug}")


@pytest.fixture
def made(monkeypatch):
    """Stand in for the making of packs."""
    made = Made()
    monkeypatch.setattr("ptreach.pipeline.make_pack", made.make)
    return made


@pytest.fixture
def beside(monkeypatch):
    """Stand in for what is written beside packs; returns the calls."""
    calls = {"places": [], "index": []}

    def places(scenes, *, out, progress):
        calls["places"].append((scenes, out))
        return out / "places-journey-time.png"

    def index(out, *, failures, ran, several, progress):
        calls["index"].append((out, failures, ran, several))
        return out / "index.html" if several else None

    monkeypatch.setattr("ptreach.side_by_side.places", places)
    monkeypatch.setattr("ptreach.side_by_side.index", index)
    return calls


def test_it_hands_on_its_town_and_prints_the_pack(ptreach, made, beside, home, town_file):
    path = town_file("config/ryde.toml")
    ended = ptreach("run", path, "--out", home / "packs", "--workers", 2)
    assert ended == (0, f"{home / 'packs' / 'ryde'}\n", "")
    ((asked, options, workers),) = made.asked
    assert (asked.town.path, asked.home, workers, made.beside) == (path, home, 2, True)
    assert options == PackOptions(home / "packs", "raptor", tiles=False, r5_jar=None)
    assert ptreach("run", path, "--pmtiles").code == 0
    assert made.asked[1][1] == PackOptions(Path("packs"), "raptor", tiles=True)
    assert ptreach("run", path, "--against", "r5").code == 0
    assert made.asked[2][1] == PackOptions(Path("packs"), "raptor", against="r5")


def test_it_finds_the_home_folder_from_the_town_file(
    ptreach, made, beside, home, town_file, tmp_path_factory, monkeypatch
):
    path = town_file("config/ryde.toml")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert ptreach("run", path).code == 0
    assert [asked.home for asked, _, _ in made.asked] == [home]


def test_it_does_several_towns_in_order_and_says_which(ptreach, made, beside, home, town_file):
    paths = [town_file("b.toml", "Bee"), town_file("a.toml", "Ay")]
    out = home / "packs"
    ended = ptreach("run", *paths, "--workers", 1, "--out", out)
    assert made == ["b", "a"]
    assert (ended.code, ended.out) == (0, f"{out / 'b'}\n{out / 'a'}\n")  # packs only, a line each
    assert ended.err == (
        "Bee (1 of 2)\nAy (2 of 2)\n"
        f"Places on one scale: {out / 'places-journey-time.png'}\nIndex of packs: {out / 'index.html'}\n"
    )
    assert ptreach("-q", "run", *paths, "--workers", 1).err == ""


def test_it_sets_several_towns_side_by_side(ptreach, made, beside, home, town_file):
    paths = [town_file("b.toml", "Bee"), town_file("a.toml", "Ay")]
    assert ptreach("run", *paths, "--workers", 1, "--out", home / "packs").code == 0
    assert beside["places"] == [(["scene of b", "scene of a"], home / "packs")]
    assert beside["index"] == [(home / "packs", [], {"a", "b"}, True)]


def test_one_town_has_no_picture_beside_it_and_no_index_of_its_own(ptreach, made, beside, home, town_file):
    ended = ptreach("run", town_file("a.toml"))
    assert (ended.code, ended.err) == (0, "")
    assert beside["places"] == []
    assert beside["index"] == [(Path("packs"), [], {"a"}, False)]


def test_a_town_that_fails_is_listed_and_the_others_are_made(ptreach, made, beside, home, town_file):
    made.fails["b"] = DISK_FULL
    paths = [town_file(f"{name}.toml", name.upper()) for name in "abc"]
    ended = ptreach("-q", "run", *paths, "--workers", 1)
    assert made == ["a", "b", "c"]
    assert (ended.code, ended.out) == (2, f"{Path('packs', 'a')}\n{Path('packs', 'c')}\n")
    assert ended.err == (
        "ptreach: error: packs/b: No space left. Free space.\n"
        "ptreach: error: 1 of 3 towns failed, see above; the packs of the others are in packs.\n"
    )
    ((_, failures, ran, _),) = beside["index"]
    assert [tuple(failure) for failure in failures] == [("b", "B", "No space left", "packs/b", "free space")]
    assert ran == {"a", "b", "c"}


def test_a_fault_of_ours_is_told_with_its_traceback_and_the_others_are_made(
    ptreach, made, beside, home, town_file
):
    made.fails["a"] = ZeroDivisionError("by nought")
    paths = [town_file("a.toml", "Ay"), town_file("b.toml", "Bee")]
    ended = ptreach("-q", "run", *paths, "--workers", 1)
    assert (ended.code, ended.out) == (1, f"{Path('packs', 'b')}\n")
    assert ended.err.startswith("Traceback (most recent call last):\n")
    assert "ZeroDivisionError: by nought\nptreach: bug: " in ended.err
    ((_, (failure,), _, _),) = beside["index"]
    assert failure.what == "a fault of ptreach: ZeroDivisionError: by nought"


def test_ctrl_c_is_no_failure_of_a_town(ptreach, made, beside, home, town_file):
    made.fails["a"] = KeyboardInterrupt()
    ended = ptreach("run", town_file("a.toml"), town_file("b.toml"), "--workers", 1)
    assert (ended.code, ended.out) == (130, "")
    assert made == ["a"]
    assert beside["index"] == []


def test_the_fault_of_one_town_alone_is_the_one_line(ptreach, made, beside, town_file):
    made.fails["b"] = DISK_FULL
    assert ptreach("-q", "run", town_file("b.toml")).line == "packs/b: No space left. Free space."


def test_a_file_that_cannot_be_read_is_listed_and_the_others_are_made(ptreach, made, beside, home, town_file):
    good, bad = town_file("good.toml"), town_file("bad.toml", text=town_file.text + "hight = 3\n")
    ended = ptreach("run", bad, good, "--workers", 1)
    assert (ended.code, ended.out, made) == (2, f"{Path('packs', 'good')}\n", ["good"])
    assert ended.err.startswith("bad: left out, for its files can't be read; see the end\n")
    assert f"ptreach: error: {bad}: unknown key 'origin.hight'" in ended.err
    ((_, (failure,), _, _),) = beside["index"]
    assert (failure.folder, failure.where) == ("bad", "bad.toml")  # no folder of this machine
    assert ptreach("run", bad).line.startswith(f"{bad}: unknown key 'origin.hight'")


def test_nothing_is_made_where_no_file_can_be_read(ptreach, made, beside, town_file):
    bad = [town_file(name, text="name = 1\n") for name in ("a.toml", "b.toml")]
    ended = ptreach("-q", "run", *bad)
    assert (ended.code, ended.out, made) == (2, "", [])
    assert ended.err.endswith("2 of 2 towns failed, see above; the packs of the others are in packs.\n")


def test_what_cannot_be_written_beside_the_packs_is_a_fault_too(
    ptreach, made, beside, town_file, monkeypatch
):
    def full(scenes, *, out, progress):
        raise DISK_FULL

    monkeypatch.setattr("ptreach.side_by_side.places", full)
    ended = ptreach("-q", "run", town_file("a.toml"), town_file("b.toml"), "--workers", 1)
    assert (ended.code, ended.out.count("\n")) == (2, 2)
    assert ended.err == "ptreach: error: packs/b: No space left. Free space.\n"
    assert len(beside["index"]) == 1


def test_it_refuses_two_towns_of_one_name(ptreach, made, home, town_file):
    line = ptreach("run", town_file("south/ryde.toml"), town_file("north/ryde.toml")).line
    assert line == "CONFIG: 2 files are named ryde.toml. Rename one: packs are named after them."
    assert made == []


def test_it_refuses_a_missing_file_and_a_folder(ptreach, home):
    assert "'nosuch.toml' does not exist" in ptreach("run", "nosuch.toml").line
    assert "'CONFIG'" in ptreach("run", home).line


@pytest.mark.parametrize("typed", ["ryde", "ryde.toml", "config/rydee.toml"])
def test_a_town_that_is_not_there_is_told_which_is_meant(ptreach, home, town_file, monkeypatch, typed):
    town_file("config/ryde.toml")
    monkeypatch.chdir(home)
    said = f"'{typed}' does not exist. Did you mean 'config/ryde.toml'? See ptreach run --help."
    assert ptreach("run", typed).line.endswith(said)
    assert "Did you mean" not in ptreach("run", "elsewhere/nosuch.toml").line
    town_file("config/boston.toml")
    assert "Did you mean" not in ptreach("run", "config/absent.toml").line


def test_it_refuses_an_engine_it_does_not_have(ptreach, home, town_file):
    assert "raptor" in ptreach("run", town_file("ryde.toml"), "--engine", "otp").line


def test_it_says_where_it_looked_for_networks(ptreach, town_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    path = folder / "ryde.toml"
    path.write_text(town_file.text, encoding="utf-8")
    line = ptreach("run", path).line
    assert line.startswith(f"{folder}: no folder networks/ here or above. ")


@pytest.mark.parametrize(
    ("key", "typed", "remedy"),
    [("network", "isel", "Did you mean 'isle'? There are: isle."), ("areas", "lsoa", "Take one of zones.")],
)
def test_it_looks_for_every_recipe_before_the_first_town_starts(
    ptreach, made, home, town_file, key, typed, remedy
):
    bad = town_file("bad.toml", text=town_file.text.replace("isle" if key == "network" else "zones", typed))
    line = ptreach("run", bad).line
    assert line == f"{bad}, {key}: no recipe of {key} '{typed}' in {home / 'networks'}. {remedy}"
    assert made == []
    assert not (home / "packs").exists()


def test_it_names_the_recipe_that_is_at_fault(ptreach, made, home, town_file):
    path = town_file("ryde.toml")
    recipe = home / "networks" / "isle" / "network.toml"
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("licence", "licenc"), encoding="utf-8")
    assert ptreach("run", path).line == (
        f"{recipe}, [[sources]] 1 (osm.bin): unknown key 'licenc'. Did you mean 'licence'?"
    )


@pytest.fixture
def jobs_done(monkeypatch):
    """Stand in for the processes: all jobs but those of Bee are done, the last first."""
    calls = []

    def do_jobs(jobs, processes, watch):
        calls.append((jobs, processes))
        outcomes = [
            Outcome(error=InputError("it died", remedy="give fewer --workers"))
            if job.name == "Bee"
            else Outcome(PackMade(Path("packs", job.name), "scene"))
            for job in jobs
        ]
        for number in reversed(range(len(jobs))):
            watch.begun(number)
            watch.stage(number, "times", 1, 1)
            watch.ended(number, outcomes[number])
        return outcomes

    monkeypatch.setattr("ptreach.pipeline.batch.do_jobs", do_jobs)
    monkeypatch.setattr("ptreach.pipeline.batch.processes_with_room", lambda wanted, **_: wanted)
    return calls


def test_several_towns_are_made_by_processes_networks_first(
    ptreach, jobs_done, beside, town_file, home, caplog
):
    paths = [town_file(f"{name}.toml", name) for name in ("Ay", "Bee", "Cee")]
    left = home / "packs" / aside_of(Path("Bee")).name.replace(f"-{os.getpid()}-", "-999999999-")
    left.mkdir(parents=True)
    ended = ptreach("run", *paths, "--workers", 7)
    ((jobs, processes),) = jobs_done
    assert processes == 3
    assert [job.name for job in jobs] == ["network isle", "Ay", "Bee", "Cee"]
    assert [job.after for job in jobs] == [None, 0, 0, 0]
    assert {job.do.args[-1] for job in jobs[1:]} == {2}  # threads for each
    assert ended.out == f"{Path('packs', 'Ay')}\n{Path('packs', 'Cee')}\n"  # in their order
    assert "Cee (3 of 3)\nBee (2 of 3)\nAy (1 of 3)\n" in ended.err
    assert f"ptreach: error: {paths[1]}: it died. Give fewer --workers.\n" in ended.err
    assert ended.code == 2
    assert not left.exists()  # left by a process that was killed


@pytest.mark.parametrize("asked", [["--workers", 1], ["--engine", "r5"], ["--against", "r5"]])
def test_one_core_and_r5_take_this_process(ptreach, jobs_done, made, beside, town_file, asked):
    assert ptreach("-q", "run", town_file("a.toml"), town_file("b.toml"), *asked).code == 0
    assert (jobs_done, made) == ([], ["a", "b"])


def test_stages_side_by_side_are_logged_with_their_town(ptreach, jobs_done, beside, town_file, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    ended = ptreach("-v", "run", town_file("a.toml", "Ay"), town_file("c.toml", "Cee"), "--workers", 2)
    assert "ptreach: info: Ay: times: done (1)\n" in ended.err
    assert "ptreach: info: network isle: times: done (1)\n" in ended.err
    quiet = ptreach("-q", "run", Path("a.toml"), Path("c.toml"), "--workers", 2)
    assert quiet.err == ""
    assert logging.getLogger("ptreach").level == logging.ERROR
