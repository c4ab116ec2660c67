"""The order of the stages: what each command does, from files to a pack or a table."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyproj
import shapely

from ptreach import __version__
from ptreach.caches import cache_folder
from ptreach.check.opening import open_built, open_feeds, open_files, open_recipe
from ptreach.check.proposal import propose
from ptreach.check.report import deciding, finding_words
from ptreach.check.survey import require_year, survey_feeds
from ptreach.check.verdict import judge
from ptreach.config import load_town
from ptreach.engine.registry import open_engine
from ptreach.errors import InputError
from ptreach.matrix.build import minutes_to, write_matrix
from ptreach.matrix.points import read_points
from ptreach.matrix.zones import GRID_CRS, add_times, to_grid, zones_on_streets
from ptreach.measures.isochrones import contour_isochrones, grid_nodes_m, surface_grid
from ptreach.model import Points, Severity
from ptreach.network.build import CLEANING, build_network, cleaned_feeds, open_network
from ptreach.network.compiled import is_first_run
from ptreach.network.rules import OURS, PRESETS
from ptreach.network.streets import DEGREE_E7
from ptreach.networks import built_network, part_for_all, part_for_town
from ptreach.outputs.facts import AreasFacts, PackFacts
from ptreach.outputs.pack import write_pack
from ptreach.outputs.qa import write_page
from ptreach.sources.areas import load_areas
from ptreach.sources.cif.convert import convert
from ptreach.sources.client import USUAL_PATIENCE
from ptreach.sources.demo import write_demo
from ptreach.sources.fetch import fetch_sources
from ptreach.sources.ground import read_ground
from ptreach.sources.recipe import (
    load_areas_recipe,
    load_network_recipe,
    load_recipe,
    recipe_folder,
)
from ptreach.sources.records import left_out, source_records

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import geopandas as gpd
    from shapely import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.config import Town
    from ptreach.engine.base import Engine
    from ptreach.model import Areas, FloatArray, Progress, Query, SourceRecord, Verdict
    from ptreach.network.build import Network
    from ptreach.network.rules import Rules
    from ptreach.sources.cif.convert import Conversion
    from ptreach.sources.cover import Cover
    from ptreach.sources.recipe import NetworkRecipe, Source

OFF_STREET_M: Final = 300.0
"""The surface is drawn where a street is this near; beyond it is nobody's doorstep."""
SURFACE_STEP_M: Final = 100.0
_log = logging.getLogger(__name__)
_FIRST_RUN_STAGE: Final = "first run: compiling"


class NamedNetwork(NamedTuple):
    """A network by the name of its recipe, below a home folder."""

    name: str
    home: Path


class NetworkFiles(NamedTuple):
    """A network by its files: OpenStreetMap extracts and GTFS feeds."""

    osm: tuple[Path, ...]
    gtfs: tuple[Path, ...]


class FeedFiles(NamedTuple):
    """Timetables by their files, without streets."""

    gtfs: tuple[Path, ...]


NetworkInputs = NamedNetwork | NetworkFiles


class AskedDate(NamedTuple):
    """A date to give a verdict on, and where it comes from: ``--date``, ``config/ryde.toml``."""

    date: dt.date
    source: str


@dataclass(frozen=True, slots=True)
class _Surface:
    """Isochrones of a town, by cutoff in minutes, and the land they were cut to."""

    isochrones: dict[int, MultiPolygon]
    land: BaseGeometry


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
    return built_network(recipe, records, home, progress, rules_named(like), part_for_all(recipe, home))


def check(
    inputs: NetworkInputs | FeedFiles, dates: Sequence[AskedDate], *, html: Path | None, progress: Progress
) -> tuple[Verdict, ...]:
    """Return the verdict on the timetable for each date; for the best one there is where none is given.

    `html` names the page to be written of the first of them, if any.

    A network that is built, or that is given by its files, has its stops set beside its streets.

    Raises
    ------
    InputError
        For a fault of a recipe or of any file, as `build` does; where no date can be proposed.
    """
    for asked in dates:
        require_year(asked.date, asked.source)
    stage = "check"
    progress(stage, 0, 1)
    if isinstance(inputs, FeedFiles):
        opened = open_feeds(inputs.gtfs, progress=progress)
    elif isinstance(inputs, NetworkFiles):
        built = build_network(inputs.osm, inputs.gtfs, cache_folder() / "built", progress, OURS)
        with _first_run_told(progress):
            opened = open_files(inputs.gtfs, inputs.osm, built)
    else:
        with _first_run_told(progress):
            recipe = load_network_recipe(inputs.name, inputs.home)
            part = CLEANING if recipe.clip else part_for_all(recipe, inputs.home)
            opened = open_recipe(recipe, inputs.home, part, progress)
    survey = survey_feeds(*opened, [asked.date for asked in dates])
    if not dates:
        proposal = propose(survey, None)
        if proposal is None:
            what = "no date can be proposed: the feeds have no day of full service in common"
            raise InputError(
                what, where=opened.name, remedy="name a date with --date to see why, or take other feeds"
            )
        dates = [AskedDate(proposal.date, "proposed: no date was given")]
    verdicts = tuple(judge(survey, asked.date, date_from=asked.source) for asked in dates)
    if html is not None:
        write_page(html, verdicts[0])
    progress(stage, 1, 1)
    return verdicts


def clean_feeds(name: str, *, home: Path, out: Path, progress: Progress) -> tuple[Path, ...]:
    """Write the feeds of a network's recipe below a folder as they are after cleaning; return the files."""
    recipe = load_network_recipe(name, home)
    records = source_records(recipe, recipe_folder(name, home))
    progress("cleaned feeds", 0, 1)
    feeds = [record.path for record in records if record.kind == "gtfs"]
    written = cleaned_feeds(feeds, out, part_for_all(recipe, home))
    progress("cleaned feeds", 1, 1)
    return written


def matrix(
    inputs: NetworkInputs,
    origins: Path,
    destinations: Path,
    query: Query,
    *,
    out: Path,
    engine: str,
    workers: int,
    progress: Progress,
    like: str = "ours",
) -> int:
    """Write the travel times between two files of points to a long table; return its number of rows.

    `like` is the name of the rules to follow: ``ours``, or ``r5``.

    Raises
    ------
    InputError
        For a fault of any file or of the query: names file, row or field, and remedy.
    """
    from_points = read_points(origins)
    to_points = from_points if origins == destinations else read_points(destinations)
    if isinstance(inputs, NamedNetwork):
        network = build(inputs.name, home=inputs.home, progress=progress, like=like)
    else:
        network = build_network(
            inputs.osm, inputs.gtfs, cache_folder() / "built", progress, rules_named(like)
        )
    router = open_engine(engine, network, workers=workers)
    with _first_run_told(progress):
        return write_matrix(router, from_points, to_points, query, out, progress)


def cif(path: Path, *, out: Path, with_ztr: bool, progress: Progress) -> Conversion:
    """Write a GB rail timetable (CIF) to a GTFS zip; return what was read and written.

    Raises
    ------
    InputError
        For a fault of the delivery: names its file and line.
    """
    return convert(path, out, progress, with_ztr=with_ztr)


def demo(out: Path, *, workers: int, progress: Progress) -> Path:
    """Write the made-up town and its pack below a folder; return the pack's folder."""
    return run(write_demo(out), home=out, out=out, engine="raptor", workers=workers, progress=progress)


def run(config: Path, *, home: Path, out: Path, engine: str, workers: int, progress: Progress) -> Path:
    """Write the pack of a town; return its folder.

    Raises
    ------
    InputError
        For a fault of the town's file, of a recipe or of any file they name: says where, and the remedy.
    """
    town = load_town(config)
    network_recipe, areas_recipe = (
        load_network_recipe(town.network, home),
        load_areas_recipe(town.areas, home),
    )
    records = source_records(network_recipe, recipe_folder(town.network, home))
    cleaning = part_for_town(network_recipe, records, town, areas_recipe, home, progress)
    network = built_network(network_recipe, records, home, progress, OURS, cleaning)
    osm_paths = [record.path for record in records if record.kind == "osm"]
    opened = open_network(network)
    with _first_run_told(progress):
        verdict = _go(opened, town, osm_paths, cleaning.scope.cover)
    router = open_engine(engine, network, workers=workers)
    with _first_run_told(progress), _dated_by(town):
        _require_origin(router, town)
    segments = opened.linkage.segments
    streets_m = to_grid(segments.lon0 * DEGREE_E7, segments.lat0 * DEGREE_E7)
    areas = load_areas(areas_recipe, recipe_folder(town.areas, home), bounds_m=_bounds(streets_m))
    with _first_run_told(progress):
        zones = add_times(router, town, zones_on_streets(areas, streets_m, town), progress)
    progress("ground", 0, 1)
    ground = read_ground(opened.maps(osm_paths), GRID_CRS, cleaning.scope.cover)
    progress("ground", 1, 1)
    surface = _surface(router, town, areas, zones, ground, progress)
    origin_m = to_grid(np.array([town.origin.lon]), np.array([town.origin.lat]))[0]
    progress("pack", 0, 1)
    pack = write_pack(
        out / town.slug,
        town=town,
        zones=zones,
        isochrones=surface.isochrones,
        ground=ground,
        land=surface.land,
        origin_xy_m=(float(origin_m[0]), float(origin_m[1])),
        facts=_facts(
            router,
            opened,
            areas,
            network_recipe,
            records,
            left_out(network_recipe, recipe_folder(town.network, home)),
        ),
        verdict=verdict,
    )
    progress("pack", 1, 1)
    return pack


def _go(network: Network, town: Town, osm_paths: Sequence[Path], cover: Cover | None) -> Verdict:
    """Return the verdict on a town's timetable and date, its warnings logged.

    Raises
    ------
    InputError
        Where it is a no go: says why, and names the date to take instead.
    """
    require_year(town.date, f"{town.path}, date")
    survey = survey_feeds(*open_built(town.network, network.folder, osm_paths, cover), [town.date])
    verdict = judge(survey, town.date, date_from=town.path.name, window_s=town.preset.window)
    decides = deciding(verdict)
    if decides:
        remedy = f"take {verdict.proposal.why}" if verdict.proposal else decides.remedy
        raise InputError(decides.what, where=f"{town.path}, date", remedy=remedy)
    for finding in verdict.findings:
        if finding.severity is Severity.WARNING:
            _log.warning("%s: %s", town.path, finding_words(finding))
    return verdict


@contextmanager
def _first_run_told(progress: Progress) -> Iterator[None]:
    """Say so where the routing is compiled on the way, which takes some seconds and happens once."""
    if is_first_run():
        progress(_FIRST_RUN_STAGE, 0, 1)
    yield
    if is_first_run():
        progress(_FIRST_RUN_STAGE, 1, 1)


def rules_named(name: str) -> Rules:
    """Return the rules called `name`; raise InputError where there are none."""
    if name not in PRESETS:
        raise InputError(f"no rules '{name}'", where="--like", remedy=f"take one of {', '.join(PRESETS)}")
    return PRESETS[name]


@contextmanager
def _dated_by(town: Town) -> Iterator[None]:
    """Name the town's file, not the query, where nothing runs on its date."""
    try:
        yield
    except InputError as error:
        if error.where != "query, date":
            raise
        raise InputError(error.what, where=f"{town.path}, date", remedy=error.remedy) from error


def _require_origin(router: Engine, town: Town) -> None:
    """Raise InputError where the town's point is near no street."""
    here, swapped = (town.origin.lon, town.origin.lat), (town.origin.lat, town.origin.lon)
    places = [here, swapped] if abs(swapped[1]) <= 90 else [here]
    lon, lat = zip(*places, strict=True)
    linked = router.point_links(Points.of(["origin", "swapped"][: len(places)], lon, lat), town.query).linked
    if linked[0]:
        return
    if linked.any():
        what, remedy = "lon and lat are swapped", f"write lon = {swapped[0]} and lat = {swapped[1]}"
    else:
        what = f"no street of network '{town.network}' within 1,600 m of lon {here[0]}, lat {here[1]}"
        remedy = "correct lon and lat, or name the network that the town lies in"
    raise InputError(what, where=f"{town.path}, [origin]", remedy=remedy)


def _bounds(points_m: FloatArray) -> tuple[float, float, float, float]:
    """Return west, south, east and north of points in metres."""
    (west, south), (east, north) = points_m.min(axis=0), points_m.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _surface(
    router: Engine,
    town: Town,
    areas: Areas,
    zones: gpd.GeoDataFrame,
    ground: gpd.GeoDataFrame,
    progress: Progress,
) -> _Surface:
    """Return the isochrones of the median, cut to land."""
    west, south, east, north = zones.total_bounds
    grid = surface_grid((west, south, east, north), SURFACE_STEP_M)
    x_m, y_m = grid_nodes_m(grid)
    lon, lat = pyproj.Transformer.from_crs(GRID_CRS, "EPSG:4326", always_xy=True).transform(x_m, y_m)
    nodes = Points.of(map(str, range(x_m.size)), lon, lat, where="surface")
    distance_m = router.street_distance_m(nodes)
    near = np.flatnonzero(distance_m <= OFF_STREET_M)  # NaN is not
    origin = Points.of(["origin"], [town.origin.lon], [town.origin.lat])
    places = Points.of((nodes.ids[node] for node in near), lon[near], lat[near])
    query = town.query
    minutes = np.full(x_m.size, np.nan)
    minutes[near] = minutes_to(router, origin, places, query, progress)[:, query.percentiles.index(50)]
    land = _land(areas, ground)
    isochrones = contour_isochrones(
        minutes.reshape(grid.rows, grid.columns), grid, town.preset.cutoffs_min, land
    )
    return _Surface(isochrones, land)


def _land(areas: Areas, ground: gpd.GeoDataFrame) -> BaseGeometry:
    """Return all land in view: the zones but their lakes and wide rivers."""
    land = shapely.union_all(areas.frame.geometry.to_numpy())
    water = ground.geometry[ground["kind"] == "water"]
    return shapely.difference(land, shapely.union_all(water.to_numpy())) if len(water) else land


def _facts(
    router: Engine,
    network: Network,
    areas: Areas,
    recipe: NetworkRecipe,
    records: Sequence[SourceRecord],
    absent: Sequence[Source],
) -> PackFacts:
    """Return what the pack's paperwork says of the run."""
    return PackFacts(
        version=__version__,
        engine=router.name,
        network=recipe.name,
        network_digest=network.digest,
        areas=AreasFacts.of(areas),
        sources=(*records, *areas.sources),
        left_out=tuple(source.title for source in absent),
        repairs=network.repairs,
        oddities=network.oddities,
        rows=network.rows,
        rules=network.rules._asdict(),
        surface_step_m=SURFACE_STEP_M,
        surface_street_m=OFF_STREET_M,
        by_the_sea=recipe.by_the_sea,
        made_up=recipe.made_up or areas.made_up,
    )
