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
SOURCE = """[[sources]]
kind = "{kind}"
file = "{kind}.bin"
title = "T"
publisher = "P"
licence = "L"
attribution = "A"
date = "2020"
"""
ZONES = """title = "Zones"
edition = "LSOA 2011"
id_column = "lsoa11cd"
deprivation_title = "IoD"
population_title = "mid-2020"
"""


@pytest.fixture
def town_file(home):
    """Write a town's file; its network and areas have recipes."""
    for name, head, kinds in (
        ("isle/network.toml", 'title = "Isle"\n', ["osm"]),
        ("zones/areas.toml", ZONES, ["centroids", "boundaries", "deprivation"]),
    ):
        path = home / "networks" / name
        path.parent.mkdir()
        path.write_text(head + "".join(SOURCE.replace("{kind}", kind) for kind in kinds), encoding="utf-8")

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
    options = {"home": home, "out": home / "packs", "engine": "raptor", "workers": 2, "tiles": False}
    options |= {"r5_jar": None, "keep": None}
    assert [(args, {**kwargs, "keep": None}) for args, kwargs in called] == [((path,), options)]
    assert ptreach("run", path, "--pmtiles").code == 0
    assert called[1][1]["tiles"] is True


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


def run_that_keeps(monkeypatch, pack):
    """Put a stand-in for the run of a town, which keeps the town's path, and for the picture of all.

    Return the calls of the latter.
    """

    def stage(path, *, keep, **_):
        keep(path)
        return pack

    called = []

    def places(scenes, *, out, progress):
        called.append((scenes, out))
        progress("places", 1, 1)
        return out / "places-journey-time.png"

    monkeypatch.setattr("ptreach.pipeline.run", stage)
    monkeypatch.setattr("ptreach.outputs.places.scene_of", lambda content: content)
    monkeypatch.setattr("ptreach.side_by_side.places", places)
    return called


def test_run_sets_several_towns_side_by_side_and_says_where(ptreach, home, town_file, monkeypatch):
    called = run_that_keeps(monkeypatch, home / "pack")
    picture = home / "packs" / "places-journey-time.png"
    paths = [town_file("b.toml", "Bee"), town_file("a.toml", "Ay")]
    ended = ptreach("run", *paths, "--out", home / "packs")
    assert called == [(paths, home / "packs")]
    assert ended.out == f"{home / 'pack'}\n" * 2  # packs only, for those who read them line by line
    assert ended.err.endswith(f"Places on one scale: {picture}\n")
    assert ptreach("-q", "run", *paths).err == ""


def test_run_of_one_town_sets_nothing_side_by_side(ptreach, home, town_file, monkeypatch):
    called = run_that_keeps(monkeypatch, home / "pack")
    assert ptreach("run", town_file("a.toml")).code == 0
    assert called == []


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


@pytest.mark.parametrize(
    ("key", "typed", "remedy"),
    [("network", "isel", "Did you mean 'isle'? There are: isle."), ("areas", "lsoa", "Take one of zones.")],
)
def test_run_looks_for_every_recipe_before_the_first_town_starts(
    ptreach, stage, home, town_file, key, typed, remedy
):
    called = stage("run", home)
    text = TOWN.replace("isle" if key == "network" else "zones", typed)
    good, bad = town_file("good.toml"), town_file("bad.toml", text=text)
    line = ptreach("run", good, bad).line
    assert line == f"{bad}, {key}: no recipe of {key} '{typed}' in {home / 'networks'}. {remedy}"
    assert called == []
    assert not (home / "packs").exists()


def test_run_names_the_recipe_that_is_at_fault(ptreach, stage, home, town_file):
    stage("run", home)
    path = town_file("ryde.toml")
    recipe = home / "networks" / "isle" / "network.toml"
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("licence", "licenc"), encoding="utf-8")
    assert ptreach("run", path).line == (
        f"{recipe}, [[sources]] 1 (osm.bin): unknown key 'licenc'. Did you mean 'licence'?"
    )


def test_profile_hands_on_its_area_and_prints_the_folder(ptreach, stage, home):
    called = stage("profile", home / "packs" / "black-country")
    ended = ptreach(
        "profile", "england-lsoa-2021", "--district", "Dudley", "--district", "Sandwell", "--name",
        "Black Country", "--out", home / "packs",
    )  # fmt: skip
    assert ended == (0, f"{home / 'packs' / 'black-country'}\n", "")
    options = {
        "districts": ["Dudley", "Sandwell"],
        "called": "Black Country",
        "home": home,
        "out": home / "packs",
    }
    assert called == [(("england-lsoa-2021",), options)]
