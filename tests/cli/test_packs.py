"""demo and run: what they hand on, what they print, and what run looks at before the first town."""

import pytest

TOWN = """name = "{name}"
network = "isle"
areas = "zones"
date = 2020-06-16
[origin]
lon = -1.16
lat = 50.73
"""


@pytest.fixture
def town_file(home):
    def write(place, name="Ryde high street", text=TOWN):
        path = home / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{name}", name), encoding="utf-8")
        return path

    return write


def test_demo_prints_the_pack_and_makes_its_folder(ptreach, stage, home):
    called = stage("demo", home / "town" / "demo-town")
    ended = ptreach("demo", "--out", home / "town", "--workers", "3")
    assert ended == (0, f"{home / 'town' / 'demo-town'}\n", "")
    assert called == [((home / "town",), {"workers": 3})]
    assert (home / "town").is_dir()


def test_demo_goes_into_a_folder_of_its_name(ptreach, stage, home):
    called = stage("demo", home)
    assert ptreach("demo").code == 0
    assert [str(args[0]) for args, _ in called] == ["demo"]
    assert (home / "demo").is_dir()


def test_demo_needs_no_home_folder(ptreach, stage, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PTREACH_HOME", str(tmp_path / "nosuch"))
    stage("demo", tmp_path)
    assert ptreach("demo").code == 0


@pytest.mark.parametrize("workers", ["0", "-1", "two"])
def test_workers_are_at_least_one(ptreach, home, workers):
    assert "'--workers'" in ptreach("demo", "--workers", workers).line


def test_out_cannot_be_a_file(ptreach, home, town_file):
    (home / "packs").write_text("", encoding="utf-8")
    path = town_file("config/ryde.toml")
    for arguments in (["demo", "--out", "packs"], ["run", path], ["run", path, "--out", "packs/south"]):
        assert ptreach(*arguments).line.startswith("--out: ")


def test_run_hands_on_its_town_and_prints_the_pack(ptreach, stage, home, town_file):
    called = stage("run", home / "packs" / "ryde")
    path = town_file("config/ryde.toml")
    ended = ptreach("run", path, "--out", home / "packs", "--workers", 2)
    assert ended == (0, f"{home / 'packs' / 'ryde'}\n", "")
    options = {"home": home, "out": home / "packs", "engine": "raptor", "workers": 2}
    assert called == [((path,), options)]


def test_run_finds_the_home_folder_from_the_town_file(
    ptreach, stage, home, town_file, tmp_path_factory, monkeypatch
):
    called = stage("run", home)
    path = town_file("config/ryde.toml")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert ptreach("run", path).code == 0
    assert [kwargs["home"] for _, kwargs in called] == [home]


def test_run_does_several_towns_in_order_and_says_which(ptreach, stage, home, town_file):
    called = stage("run", home / "pack")
    paths = [town_file("b.toml", "Bee"), town_file("a.toml", "Ay")]
    ended = ptreach("run", *paths)
    assert [args[0] for args, _ in called] == paths
    assert ended == (0, f"{home / 'pack'}\n" * 2, "Bee (1 of 2)\nAy (2 of 2)\n")
    assert ptreach("-q", "run", *paths).err == ""


def test_run_reads_every_town_before_the_first_starts(ptreach, stage, home, town_file):
    called = stage("run", home)
    good, bad = town_file("good.toml"), town_file("bad.toml", text=TOWN + "hight = 3\n")
    assert ptreach("run", good, bad).line.startswith(f"{bad}: unknown key 'origin.hight'")
    assert called == []


def test_run_refuses_two_towns_of_one_name(ptreach, stage, home, town_file):
    called = stage("run", home)
    line = ptreach("run", town_file("south/ryde.toml"), town_file("north/ryde.toml")).line
    assert line == "CONFIG: 2 files are named ryde.toml. Rename one: packs are named after them."
    assert called == []


def test_run_refuses_a_missing_file_and_a_folder(ptreach, home):
    assert "'nosuch.toml' does not exist" in ptreach("run", "nosuch.toml").line
    assert "'CONFIG'" in ptreach("run", home).line


def test_run_refuses_an_engine_it_does_not_have(ptreach, home, town_file):
    assert "raptor" in ptreach("run", town_file("ryde.toml"), "--engine", "otp").line


def test_run_says_where_it_looked_for_networks(ptreach, tmp_path, monkeypatch):
    monkeypatch.delenv("PTREACH_HOME", raising=False)
    path = tmp_path / "ryde.toml"
    path.write_text(TOWN, encoding="utf-8")
    line = ptreach("run", path).line
    assert line.startswith(f"{tmp_path}: no folder networks/ here or above. ")


def test_run_says_which_recipe_is_missing(ptreach, home, town_file):
    line = ptreach("run", town_file("config/ryde.toml")).line
    assert "isle" in line
    assert "networks" in line
