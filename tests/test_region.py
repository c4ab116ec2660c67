"""What towns of one network share is the same for each of them, and made anew where it may not be."""

from __future__ import annotations

import json
import shutil

import pytest

from ptreach import pipeline, region
from ptreach.engine.r5_files import SourceFiles
from ptreach.model import no_progress
from ptreach.region import RegionInputs, region_of
from ptreach.sources.demo import write_demo
from ptreach.sources.recipe import load_areas_recipe


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The made-up town in a hurry, and another half a kilometre off that leaves at another time."""
    home = tmp_path_factory.mktemp("home")
    config = write_demo(home)
    text = config.read_text(encoding="utf-8").replace(
        "[origin]", "max_time_min = 15\ncutoffs_min = [5, 10]\n\n[origin]"
    )
    config.write_text(text, encoding="utf-8")
    lon = next(line for line in text.splitlines() if line.startswith("lon = "))
    moved = text.replace(lon, f"lon = {float(lon.removeprefix('lon = ')) + 0.007}")
    other = moved.replace("[origin]", 'window = "16:00-17:00"\n\n[origin]')
    (config.parent / "other.toml").write_text(other, encoding="utf-8")
    return home, config, config.parent / "other.toml"


def files_of(home, config, out):
    """Digests of a pack's files."""
    pack = pipeline.run(config, home=home, out=home / out, engine="raptor", workers=1, progress=no_progress)
    return json.loads((pack / "manifest.json").read_text(encoding="utf-8"))["files"]


def test_a_town_after_others_has_the_pack_it_has_alone(home):
    home, config, other = home
    alone = {}
    for town in (config, other):
        region._KEPT.clear()
        alone[town] = files_of(home, town, "alone")
    assert alone[config] != alone[other]
    for town in (config, other, config):  # the region is that of `other` at first
        assert files_of(home, town, "after") == alone[town]
    assert len(region._KEPT) == 1


def test_a_region_is_kept_while_network_areas_and_their_files_are_the_same(home, tmp_path):
    home, _, _ = home
    folder = shutil.copytree(home / "networks" / "demo-lsoa", tmp_path / "demo-lsoa")
    recipe = load_areas_recipe("demo-lsoa", home)
    built = RegionInputs("demo-town", tmp_path / "network", recipe, folder, "raptor", 1, SourceFiles((), ()))

    def found(inputs):
        return region_of(inputs, r5_jar=None, progress=no_progress)

    for change in (
        {"network": tmp_path / "other"},
        {"workers": 2},
        {"areas": recipe.model_copy(update={"title": "x"})},
        {"engine": "r5"},
    ):
        first = found(built)
        assert found(built) is first
        assert found(built._replace(**change)) is not first
    first = found(built)
    (folder / "sources" / "more.csv").write_text("", encoding="utf-8")
    assert found(built) is not first
    region._KEPT.clear()
