"""The made-up town, for tests of what must hold on any network."""

from __future__ import annotations

import pytest

from ptreach.model import Points
from ptreach.sources.areas import load_areas
from ptreach.sources.demo import write_demo
from ptreach.sources.recipe import load_areas_recipe, recipe_folder


@pytest.fixture(scope="session")
def sources(tmp_path_factory):
    """Files of the made-up town's network."""
    home = tmp_path_factory.mktemp("home")
    write_demo(home)
    return home / "networks" / "demo-town" / "sources"


@pytest.fixture(scope="session")
def zones(sources):
    """The centroids of every third zone."""
    home = sources.parents[2]
    recipe = load_areas_recipe("demo-lsoa", home)
    frame = load_areas(recipe, recipe_folder("demo-lsoa", home)).frame.iloc[::3]
    return Points.of(frame["zone_id"], frame["lon"], frame["lat"])
