"""A town's network built and opened, with the areas about it: what a pack and an explanation begin with."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from ptreach.errors import InputError
from ptreach.network.rules import OURS
from ptreach.networks import built_network, files_of, part_for_town
from ptreach.region import Region, RegionInputs, region_of
from ptreach.sources.recipe import load_areas_recipe, load_network_recipe, recipe_folder
from ptreach.sources.records import source_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ptreach.config import Town
    from ptreach.engine.r5_files import SourceFiles
    from ptreach.model import Progress, SourceRecord
    from ptreach.network.build import Cleaning
    from ptreach.sources.recipe import AreasRecipe, NetworkRecipe


class Recipes(NamedTuple):
    """The recipes that a town names, and their folders."""

    network: NetworkRecipe
    network_folder: Path
    areas: AreasRecipe
    areas_folder: Path

    @classmethod
    def of(cls, town: Town, home: Path) -> Recipes:
        """Read the recipes of a town; raises InputError where one is missing or faulty."""
        return cls(
            load_network_recipe(town.network, home),
            recipe_folder(town.network, home),
            load_areas_recipe(town.areas, home),
            recipe_folder(town.areas, home),
        )


class TownRegion(NamedTuple):
    """The region of a town: ``network`` is the folder of its network, built of ``files``."""

    region: Region
    network: Path
    records: Sequence[SourceRecord]
    cleaning: Cleaning
    files: SourceFiles


def region_of_town(
    town: Town,
    recipes: Recipes,
    home: Path,
    *,
    engine: str,
    workers: int,
    progress: Progress,
    r5_jar: Path | None = None,
) -> TownRegion:
    """Return the region of a town, its network built unless it is there.

    Raises
    ------
    InputError
        For a fault of any file that the recipes name.
    """
    records = source_records(recipes.network, recipes.network_folder)
    cleaning = part_for_town(recipes.network, records, town, recipes.areas, home, progress)
    network = built_network(recipes.network, records, home, progress, OURS, cleaning)
    files = files_of(records, cleaning)
    inputs = RegionInputs(town.network, network, recipes.areas, recipes.areas_folder, engine, workers, files)
    region = region_of(inputs, r5_jar=r5_jar, progress=progress)
    return TownRegion(region, network, records, cleaning, files)


@contextmanager
def asked_by(town: Town) -> Iterator[None]:
    """Name the town's file, not the query, where nothing runs on its date or it can't be asked."""
    try:
        yield
    except InputError as error:
        _, found, field = error.where.partition("query, ")
        if not found:
            raise
        raise InputError(error.what, where=f"{town.path}, {field}", remedy=error.remedy) from error
