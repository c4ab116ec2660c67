"""What is to be checked, opened: the feeds of a recipe's network, of a built network or of files alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ptreach.check.feeds import feeds_of_network, feeds_of_timetables
from ptreach.model import no_progress
from ptreach.network.build import CLEANING, built_folder, open_network
from ptreach.sources.gtfs import read_timetables
from ptreach.sources.recipe import recipe_folder
from ptreach.sources.records import source_records
from ptreach.sources.stations import count_stations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ptreach.check.feeds import Feeds
    from ptreach.model import Progress
    from ptreach.network.build import Cleaning, Network
    from ptreach.sources.recipe import NetworkRecipe


class Opened(NamedTuple):
    """Feeds, what they are called, the stations of the streets' files by mode (None without), their files."""

    name: str
    feeds: Feeds
    stations: Mapping[str, int] | None
    gtfs: tuple[Path, ...] = ()


def open_feeds(
    gtfs: Sequence[Path], cleaning: Cleaning = CLEANING, progress: Progress = no_progress
) -> Opened:
    """Read feeds; raises InputError as `read_timetables` does."""
    timetables = read_timetables(gtfs, cleaning.scope, cleaning.off, progress)
    return Opened(_names_of(gtfs), feeds_of_timetables(timetables), None, tuple(gtfs))


def open_built(name: str, network: Network) -> Opened:
    """Open the feeds of a built network."""
    return Opened(name, feeds_of_network(network), network.stations)


def open_files(gtfs: Sequence[Path], built: Path) -> Opened:
    """Open the network that was built of files."""
    return open_built(_names_of(gtfs), open_network(built))._replace(gtfs=tuple(gtfs))


def open_recipe(
    recipe: NetworkRecipe, home: Path, cleaning: Cleaning, progress: Progress = no_progress
) -> Opened:
    """Open the network of a recipe where it is built, else read its feeds alone, as they are cleaned.

    Raises
    ------
    InputError
        For a fault of the recipe or of any of its files.
    """
    folder = recipe_folder(recipe.name, home)
    records = source_records(recipe, folder)
    osm = [record.path for record in records if record.kind == "osm"]
    gtfs = [record.path for record in records if record.kind == "gtfs"]
    cover = cleaning.scope.cover
    built = built_folder([*osm, *gtfs], folder / "built", cleaning=cleaning)
    if built is not None:
        return open_built(recipe.name, open_network(built))._replace(gtfs=tuple(gtfs))
    stations = count_stations(osm, cover)
    return open_feeds(gtfs, cleaning, progress)._replace(name=recipe.name, stations=stations)


def _names_of(paths: Sequence[Path]) -> str:
    """Return the names of files in one line."""
    return ", ".join(path.name for path in paths)
