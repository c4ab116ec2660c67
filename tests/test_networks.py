"""Which part of a recipe's files is taken: all, what lies in bounds, or what a town's run can reach."""

from __future__ import annotations

import csv
import io
import shutil

import pytest

from ptreach import pipeline
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.network.build import CLEANING, open_network
from ptreach.networks import kept_ground, part_for_all
from ptreach.sources.demo import write_demo
from ptreach.sources.recipe import load_network_recipe
from ptreach.sources.records import source_records


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The made-up town, in a hurry: journeys of less than a quarter of an hour."""
    home = tmp_path_factory.mktemp("home")
    config = write_demo(home)
    text = config.read_text(encoding="utf-8").replace(
        "[origin]", "max_time_min = 15\ncutoffs_min = [5, 10]\n\n[origin]"
    )
    config.write_text(text, encoding="utf-8")
    return home, config


def copied(home, folder, lines):
    """A home with more keys in its network's recipe."""
    shutil.copytree(home, folder)
    recipe = folder / "networks" / "demo-town" / "network.toml"
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(text.replace("[[sources]]", f"{lines}[[sources]]", 1), encoding="utf-8")
    return folder


def run(home, config):
    """Zones of a pack by id, and the number of street vertices of the network that it was made with."""
    pack = pipeline.run(
        config, home=home, out=home / "packs", engine="raptor", workers=1, progress=no_progress
    )
    text = (pack / "tables" / f"{pack.name}-zones.csv").read_text(encoding="utf-8-sig")
    rows = csv.DictReader(io.StringIO(text))
    built = [path.parent for path in home.glob("networks/demo-town/built/*/meta.json")]
    (network,) = map(open_network, built)
    return {row["lsoa11cd"]: row for row in rows}, network.street_vertices_n


def test_what_a_run_can_reach_gives_the_same_minutes_on_fewer_streets(home, tmp_path):
    plain, config = home
    whole, all_vertices = run(copied(plain, tmp_path / "whole", ""), config)
    clipped = copied(plain, tmp_path / "clipped", 'clip = "reach"\n')
    part, vertices = run(clipped, config)
    assert vertices < all_vertices
    assert set(part) <= set(whole)
    reached = {zone for zone, row in whole.items() if row["minutes_p50"]}
    assert 3 < len(reached) < len(whole)
    assert reached <= set(part)
    assert all(part[zone]["minutes_p50"] == whole[zone]["minutes_p50"] for zone in part)
    with pytest.raises(InputError, match="clipped to what each town's run can reach"):
        pipeline.build("demo-town", home=clipped, progress=no_progress)


def test_zones_of_the_towns_districts_are_listed_where_they_are_out_of_reach(home, tmp_path):
    plain, config = home
    clipped = copied(plain, tmp_path / "clipped", 'clip = "reach"\n')
    own = tmp_path / config.name
    district = next(iter(run(copied(plain, tmp_path / "whole", ""), config)[0].values()))["district_name"]
    text = config.read_text(encoding="utf-8").replace("[origin]", f'districts = ["{district}"]\n\n[origin]')
    own.write_text(text, encoding="utf-8")
    whole, _ = run(tmp_path / "whole", own)
    part, _ = run(clipped, own)
    assert {zone: row["reason"] for zone, row in part.items()} == {
        zone: row["reason"] for zone, row in whole.items()
    }


def test_bounds_and_switched_off_rules_are_taken_from_the_recipe(home, tmp_path):
    plain, _ = home
    assert part_for_all(load_network_recipe("demo-town", plain), plain) == CLEANING
    lines = 'bounds = [-2.5, 52.0, -1.5, 53.0]\ncleaning.off = ["times-blank"]\n'
    other = copied(plain, tmp_path / "bounds", lines)
    part = part_for_all(load_network_recipe("demo-town", other), other)
    assert part.off == {"times-blank"}
    assert part.scope.days is None
    assert part.scope.cover is not None
    assert part.scope.cover.kept.all()


def test_the_ground_is_read_once_and_again_where_what_was_kept_is_damaged(home, tmp_path, monkeypatch):
    plain, _ = home
    shutil.copytree(plain / "networks", tmp_path / "networks")
    built = pipeline.build("demo-town", home=tmp_path, progress=no_progress)
    records = source_records(load_network_recipe("demo-town", tmp_path), tmp_path / "networks" / "demo-town")
    first = kept_ground(built, records, CLEANING, no_progress)
    kept = built / "drawn.parquet"
    content = kept.read_bytes()
    kept.write_bytes(content[: len(content) // 2])
    assert kept_ground(built, records, CLEANING, no_progress).equals(first)
    assert kept.read_bytes() == content
    monkeypatch.setattr("ptreach.networks.read_ground", lambda *_: 1 / 0)
    again = kept_ground(built, records, CLEANING, no_progress)
    assert again.equals(first)
    assert again.crs == first.crs
    assert not [path for path in built.iterdir() if path.name.endswith(".part")]
