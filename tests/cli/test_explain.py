"""explain: a zone by its code or name, as text and JSON; what is no zone is refused with what is like it."""

from __future__ import annotations

import json

import pytest

from ptreach.config import load_town
from ptreach.sources.areas import load_areas
from ptreach.sources.demo import write_demo
from ptreach.sources.recipe import load_areas_recipe, recipe_folder


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The made-up town's file, in a home of its own."""
    return write_demo(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def zones(demo):
    """Codes and names of its zones."""
    home, name = demo.parents[1], load_town(demo).areas
    return load_areas(load_areas_recipe(name, home), recipe_folder(name, home)).frame


def test_a_zone_is_found_by_code_or_name_and_its_legs_add_up(ptreach, demo, zones):
    code, name = zones["zone_id"].iloc[7], zones["zone_name"].iloc[7]
    ended = ptreach("-q", "explain", demo, code.lower(), "--json")
    assert (ended.code, ended.err) == (0, "")
    told = json.loads(ended.out)
    assert (told["zone_id"], told["zone_name"]) == (code, name)
    assert told["journeys"]
    for journey in told["journeys"]:
        assert journey["seconds"] == told["seconds"][f"p{journey['percentile']}"]
        assert sum(leg["seconds"] for leg in journey["legs"]) == journey["seconds"]
    assert sum(way["minutes_n"] for way in told["ways"]) == told["reached_n"]
    again = ptreach("-q", "explain", demo, name)
    assert again.out.startswith(f"{name} ({code}), from ")
    assert told["because"] in again.out


def test_what_is_no_zone_is_refused_with_what_is_like_it(ptreach, demo, zones):
    name = zones["zone_name"].iloc[7]
    line = ptreach("-q", "explain", demo, f"{name}x").line
    assert line.startswith(f"ZONE: no zone '{name}x' among the ")
    assert name in line.partition("such as")[2]
    assert "ZONE: no zone '' among" in ptreach("-q", "explain", demo, "").line


def test_a_name_that_several_zones_have_is_not_guessed(ptreach, demo, zones, monkeypatch):
    same = zones.assign(zone_name="Twice")
    monkeypatch.setattr("ptreach.pipeline.explanations.zones_on_streets", lambda *_: same)
    line = ptreach("-q", "explain", demo, "twice").line
    assert line.startswith(f"ZONE: {len(same)} zones are called 'twice'. Name it by its code: ")
    assert zones["zone_id"].iloc[0] in line


def test_a_town_without_service_on_its_date_is_named(ptreach, demo, zones):
    town = demo.with_name("long-ago.toml")
    text = demo.read_text(encoding="utf-8")
    date = str(load_town(demo).date)
    town.write_text(text.replace(date, "1999-10-12"), encoding="utf-8")
    line = ptreach("-q", "explain", town, zones["zone_id"].iloc[0]).line
    assert "long-ago.toml, date" in line
