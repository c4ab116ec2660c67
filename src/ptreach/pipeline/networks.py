"""Bringing the files of networks and areas, cleaning feeds, building."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ptreach.check.second_network import require_alike
from ptreach.network.build import cleaned_feeds
from ptreach.network.rules import OURS
from ptreach.networks import built_network, files_of, kept_ground, part_for_all
from ptreach.routers import rules_named
from ptreach.sources.cif.convert import convert
from ptreach.sources.client import USUAL_PATIENCE
from ptreach.sources.recipe import (
    load_network_recipe,
    load_recipe,
    recipe_folder,
)
from ptreach.sources.records import source_records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.model import Progress, SourceRecord
    from ptreach.sources.cif.convert import Conversion


def fetch(
    name: str,
    *,
    home: Path,
    mirror: Path | None,
    progress: Progress,
    refresh: bool = False,
    alternatives: Sequence[str] = (),
    timeout_s: float = USUAL_PATIENCE.silence_s,
) -> tuple[SourceRecord, ...]:
    """Bring the files of a network or areas; raises InputError as `fetch_sources` does.

    A server may be silent for `timeout_s` seconds.
    """
    from ptreach.sources.fetch import fetch_sources  # its import takes a while, as that of the demo does

    return fetch_sources(
        load_recipe(name, home),
        recipe_folder(name, home),
        mirror=mirror,
        progress=progress,
        refresh=refresh,
        alternatives=alternatives,
        patience=USUAL_PATIENCE._replace(silence_s=timeout_s),
    )


def build(name: str, *, home: Path, progress: Progress, like: str = "ours") -> Path:
    """Build a network from its recipe's files, by the rules `like`, unless done; return its folder."""
    recipe = load_network_recipe(name, home)
    records = source_records(recipe, recipe_folder(name, home))
    cleaning = part_for_all(recipe, home)
    network = built_network(recipe, records, home, progress, rules_named(like), cleaning)
    kept_ground(network, records, cleaning, progress)
    return network


def read_again(name: str, *, home: Path, progress: Progress) -> int:
    """Have gtfs-kit read a built network's feeds; return how many files a network of that has, all the same.

    Raises
    ------
    InputError
        As `require_alike` does: where any file differs, or gtfs-kit can't be asked.
    """
    recipe = load_network_recipe(name, home)
    records = source_records(recipe, recipe_folder(name, home))
    files = files_of(records, part_for_all(recipe, home))
    network = built_network(recipe, records, home, progress, OURS, files.cleaning)
    return require_alike(network, files.osm, files.gtfs, progress, OURS, files.cleaning)


def clean_feeds(name: str, *, home: Path, out: Path, progress: Progress) -> tuple[Path, ...]:
    """Write the feeds of a network's recipe below a folder as they are after cleaning; return the files."""
    recipe = load_network_recipe(name, home)
    records = source_records(recipe, recipe_folder(name, home))
    progress("cleaned feeds", 0, 1)
    feeds = [record.path for record in records if record.kind == "gtfs"]
    written = cleaned_feeds(feeds, out, part_for_all(recipe, home))
    progress("cleaned feeds", 1, 1)
    return written


def cif(path: Path, *, out: Path, with_ztr: bool, progress: Progress) -> Conversion:
    """Write a GB rail timetable (CIF) to a GTFS zip; return what was read and written.

    Raises
    ------
    InputError
        For a fault of the delivery: names its file and line.
    """
    return convert(path, out, progress, with_ztr=with_ztr)
