"""Networks of recipes: which part of their files is taken, and building them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ptreach.engine.r5_files import SourceFiles
from ptreach.engine.raptor.reach import kept_reach
from ptreach.errors import InputError
from ptreach.matrix.zones import GRID_CRS
from ptreach.measures.editions import carry
from ptreach.network.build import Cleaning, build_network, open_network
from ptreach.network.rules import OURS
from ptreach.sources.areas import load_areas
from ptreach.sources.cover import Cover
from ptreach.sources.ground import joined_ground, read_ground
from ptreach.sources.gtfs import Scope
from ptreach.sources.kept_shapes import keep_shapes, read_kept
from ptreach.sources.recipe import recipe_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd

    from ptreach.config import Town
    from ptreach.model import Progress, SourceRecord
    from ptreach.network.rules import Rules
    from ptreach.sources.recipe import AreasRecipe, NetworkRecipe

OFF_NETWORK_M: Final = 1_600.0
"""How far around its centroid the streets of a zone are wanted."""
_REACH_STAGE: Final = "what can be reached"
_GROUND_FILE: Final = "drawn.parquet"
_GROUND_STAGE: Final = "ground"


def built_network(
    recipe: NetworkRecipe,
    records: Sequence[SourceRecord],
    home: Path,
    progress: Progress,
    rules: Rules,
    cleaning: Cleaning,
) -> Path:
    """Build a recipe's network, unless that is done; return the built folder."""
    folder = recipe_folder(recipe.name, home)
    streets = [record.path for record in records if record.kind == "osm"]
    feeds = [record.path for record in records if record.kind == "gtfs"]
    network = build_network(streets, feeds, folder / "built", progress, rules, cleaning)
    timezone = open_network(network).timezone
    if timezone != recipe.timezone:
        raise InputError(
            f"the feeds are in {timezone}, the recipe says {recipe.timezone}",
            where=f"{folder / 'network.toml'}, timezone",
            remedy="correct timezone, or take other feeds",
        )
    return network


def files_of(records: Sequence[SourceRecord], cleaning: Cleaning) -> SourceFiles:
    """Return the files that a recipe's network is built of, and what is taken of them."""
    streets, feeds = (
        tuple(record.path for record in records if record.kind == kind) for kind in ("osm", "gtfs")
    )
    return SourceFiles(streets, feeds, cleaning)


def kept_ground(
    network: Path, records: Sequence[SourceRecord], cleaning: Cleaning, progress: Progress
) -> gpd.GeoDataFrame:
    """Return what lies under the maps of a built network; read once and kept beside it.

    Columns are those of `read_ground`, lines as `joined_ground` leaves them.
    """
    kept = network / _GROUND_FILE
    progress(_GROUND_STAGE, 0, 1)
    ground = read_kept(kept, ("kind", "geometry"), "read again from the map")
    if ground is None:
        streets = [record.path for record in records if record.kind == "osm"]
        maps = open_network(network).maps(streets)
        ground = joined_ground(read_ground(maps, GRID_CRS, cleaning.scope.cover))
        keep_shapes(kept, ground)
    progress(_GROUND_STAGE, 1, 1)
    return ground


def part_for_all(recipe: NetworkRecipe, home: Path) -> Cleaning:
    """Return what is taken of a recipe's files, whatever the town.

    Raises
    ------
    InputError
        Where that depends on the town.
    """
    if recipe.clip:
        raise InputError(
            f"network '{recipe.name}' is clipped to what each town's run can reach",
            where=f"{recipe_folder(recipe.name, home) / 'network.toml'}, clip",
            remedy="use ptreach run, which builds it for the town; or give bounds in place of clip",
        )
    cover = Cover.of_box(*recipe.bounds) if recipe.bounds else None
    return Cleaning(Scope(cover), frozenset(recipe.cleaning.off))


def part_for_town(
    recipe: NetworkRecipe,
    records: Sequence[SourceRecord],
    town: Town,
    areas_recipe: AreasRecipe,
    home: Path,
    progress: Progress,
) -> Cleaning:
    """Return what is taken of a recipe's files for a town: where it clips, what the run can reach.

    The zones of the town's districts are taken too, so that those out of reach can be said to be.
    """
    if not recipe.clip:
        return part_for_all(recipe, home)
    progress(_REACH_STAGE, 0, 1)
    off = frozenset(recipe.cleaning.off)
    feeds = [record.path for record in records if record.kind == "gtfs"]
    kept = recipe_folder(recipe.name, home) / "built" / "reach"
    cover = kept_reach(feeds, town.origin.lon, town.origin.lat, town.query, kept, OURS, off, progress)
    if town.districts:
        zones = load_areas(areas_recipe, recipe_folder(town.areas, home), carry=carry).frame
        zones = zones[zones[["district_name", "district_code"]].isin(town.districts).any(axis=1)]
        if len(zones):
            lon, lat = (zones[name].to_numpy() for name in ("lon", "lat"))
            cover = cover.joined(Cover.around(lon, lat, OFF_NETWORK_M))
    progress(_REACH_STAGE, 1, 1)
    return Cleaning(Scope(cover), off)
