"""Networks opened for routing: by the name of a recipe or by their files, built where they are not yet."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.caches import cache_folder
from ptreach.engine.r5_files import SourceFiles
from ptreach.engine.registry import open_engine
from ptreach.errors import InputError
from ptreach.matrix.zones import GRID_CRS
from ptreach.model import no_progress
from ptreach.network.build import build_network, open_network
from ptreach.network.compiled import is_first_run
from ptreach.network.rules import PRESETS
from ptreach.networks import built_network, files_of, part_for_all
from ptreach.sources.recipe import load_network_recipe, recipe_folder
from ptreach.sources.records import source_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ptreach.engine.base import Engine
    from ptreach.model import Progress, SourceRecord
    from ptreach.network.build import Network
    from ptreach.network.rules import Rules
    from ptreach.sources.recipe import NetworkRecipe

_FIRST_RUN_STAGE: Final = "first run: compiling"
_GRID_TIMEZONE: Final = "Europe/London"


class NamedNetwork(NamedTuple):
    """A network by the name of its recipe, below a home folder."""

    name: str
    home: Path


class NetworkFiles(NamedTuple):
    """A network by its files: OpenStreetMap extracts and GTFS feeds."""

    osm: tuple[Path, ...]
    gtfs: tuple[Path, ...]


NetworkInputs = NamedNetwork | NetworkFiles


class BuiltNetwork(NamedTuple):
    """A network that is built, and what of; ``recipe`` and ``records`` are those of a named one."""

    inputs: NetworkInputs
    folder: Path
    files: SourceFiles
    recipe: NetworkRecipe | None = None
    records: tuple[SourceRecord, ...] = ()

    def opened(self) -> Network:
        """Open its arrays, which stay on disk until they are read."""
        return open_network(self.folder)

    def router(
        self, engine: str, *, workers: int, r5_jar: Path | None = None, progress: Progress = no_progress
    ) -> Engine:
        """Return an engine on it; raise InputError as `open_engine` does."""
        return open_engine(
            engine, self.folder, workers=workers, files=self.files, r5_jar=r5_jar, progress=progress
        )


def build_inputs(inputs: NetworkInputs, progress: Progress, like: str = "ours") -> BuiltNetwork:
    """Build a network by the rules called `like`, unless that is done.

    One given by its files is kept in the cache folder.

    Raises
    ------
    InputError
        For a fault of the recipe or of any file; where there are no such rules.
    """
    rules = rules_named(like)
    if isinstance(inputs, NamedNetwork):
        recipe = load_network_recipe(inputs.name, inputs.home)
        records = source_records(recipe, recipe_folder(inputs.name, inputs.home))
        cleaning = part_for_all(recipe, inputs.home)
        folder = built_network(recipe, records, inputs.home, progress, rules, cleaning)
        return BuiltNetwork(inputs, folder, files_of(records, cleaning), recipe, tuple(records))
    folder = build_network(inputs.osm, inputs.gtfs, cache_folder() / "built", progress, rules)
    return BuiltNetwork(inputs, folder, SourceFiles(inputs.osm, inputs.gtfs))


def metric_crs(built: BuiltNetwork, network: Network) -> str:
    """Return what areas of a network are measured in: its recipe's, the British National Grid, or UTM.

    One without a recipe is on the grid where its clocks are British, else in the UTM zone of its middle.
    """
    if built.recipe is not None:
        return built.recipe.crs
    if network.timezone == _GRID_TIMEZONE:
        return GRID_CRS
    segments = network.linkage.segments
    lon, lat = float(segments.lon0.mean()) / 1e7, float(segments.lat0.mean()) / 1e7
    zone = int((lon + 180) // 6) % 60 + 1
    return f"EPSG:{(32700 if lat < 0 else 32600) + zone}"


def rules_named(name: str) -> Rules:
    """Return the rules called `name`; raise InputError where there are none."""
    if name not in PRESETS:
        raise InputError(f"no rules '{name}'", where="--like", remedy=f"take one of {', '.join(PRESETS)}")
    return PRESETS[name]


@contextmanager
def first_run_told(progress: Progress) -> Iterator[None]:
    """Say so where the routing is compiled on the way, which takes some seconds and happens once."""
    if is_first_run():
        progress(_FIRST_RUN_STAGE, 0, 1)
    yield
    if is_first_run():
        progress(_FIRST_RUN_STAGE, 1, 1)
