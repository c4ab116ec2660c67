"""A made-up English town: the files that a user would download for a real one, written the same each time.

So that the whole way from sources to pack can be walked offline. Everything in it is labelled made-up, the
codes of its zones begin with X, and it lies in the open North Sea.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ptreach.sources.demo.files import (
    AREAS_NAME,
    CONFIG_NAME,
    NETWORK_NAME,
    write_areas_recipe,
    write_config,
    write_network_recipe,
    write_zone_files,
)
from ptreach.sources.demo.gtfs import write_feed
from ptreach.sources.demo.osm import write_osm
from ptreach.sources.demo.plan import make_plan
from ptreach.sources.demo.streets import make_streets
from ptreach.sources.demo.transit import make_buses, make_rail, make_tram
from ptreach.sources.demo.zones import make_zones
from ptreach.sources.recipe import SOURCES_FOLDER, recipe_folder

if TYPE_CHECKING:
    from pathlib import Path


def write_demo(home: Path) -> Path:
    """Write the made-up town below `home` and return its configuration's path, replacing what is there.

    Makes ``networks/demo-town`` and ``networks/demo-lsoa`` (recipes and sources) and
    ``config/demo-town.toml``; the same bytes each time, in some seconds.
    """
    network, areas = recipe_folder(NETWORK_NAME, home), recipe_folder(AREAS_NAME, home)
    config = home / "config" / CONFIG_NAME
    for folder in (network / SOURCES_FOLDER, areas / SOURCES_FOLDER, config.parent):
        folder.mkdir(parents=True, exist_ok=True)
    plan = make_plan()
    streets = make_streets(plan)
    tram = make_tram(streets)
    write_osm(network / SOURCES_FOLDER / "demo-town.osm.pbf", plan, streets, [tram.patterns[0].path])
    write_feed(network / SOURCES_FOLDER / "demo-bus.zip", make_buses(streets), "bus")
    write_feed(network / SOURCES_FOLDER / "demo-tram.zip", tram, "tram")
    write_feed(network / SOURCES_FOLDER / "demo-rail.zip", make_rail(plan), "rail")
    write_network_recipe(network)
    write_zone_files(areas / SOURCES_FOLDER, make_zones(plan, streets))
    write_areas_recipe(areas)
    write_config(config, np.array([[0.0, 60.0]]))
    return config
