"""demo and profile: what they hand on and what they print."""

import pytest


def test_demo_prints_the_pack_and_makes_its_folder(ptreach, stage, home):
    called = stage("demo", home / "town" / "demo-town")
    ended = ptreach("demo", "--out", home / "town", "--workers", "3")
    assert ended == (0, f"{home / 'town' / 'demo-town'}\n", "")
    assert called == [((home / "town",), {"workers": 3, "beside": True})]
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
