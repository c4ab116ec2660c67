"""The order of the stages: what each command does, from files to a pack or a table."""

from __future__ import annotations

import dataclasses
import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ptreach import __version__
from ptreach.authorities import authorities_of, district_at
from ptreach.caches import cache_folder
from ptreach.check.opening import open_feeds, open_files, open_recipe
from ptreach.check.proposal import propose
from ptreach.check.report import deciding, finding_words
from ptreach.check.second_reader import second_findings
from ptreach.check.survey import require_year, survey_feeds
from ptreach.check.verdict import judge
from ptreach.config import load_town
from ptreach.correlations import correlation_matrix
from ptreach.engine.registry import require_engine
from ptreach.errors import InputError
from ptreach.isochrone_areas import IsochroneQuery, isochrones_around
from ptreach.matrix.points import read_points
from ptreach.matrix.writing import Target, write_to
from ptreach.matrix.zones import to_grid, zones_of, zones_on_streets
from ptreach.measures.editions import carry
from ptreach.model import Severity
from ptreach.network.build import CLEANING, build_network, cleaned_feeds
from ptreach.network.rules import OURS
from ptreach.networks import built_network, files_of, kept_ground, part_for_all, part_for_town
from ptreach.outputs.facts import AreasFacts, PackFacts, Sunset
from ptreach.outputs.layers.isochrones import write_isochrones
from ptreach.outputs.maps.place import PlaceWords
from ptreach.outputs.pack import PackContent, write_pack
from ptreach.outputs.paperwork.qa import write_page
from ptreach.outputs.profile import ProfileContent, write_profile
from ptreach.outputs.wording import district_phrase, source_line
from ptreach.region import RegionInputs, region_of
from ptreach.routers import NetworkFiles, build_inputs, first_run_told, metric_crs, rules_named
from ptreach.snapping import snapping_of
from ptreach.sources.areas import load_areas
from ptreach.sources.cif.convert import convert
from ptreach.sources.client import USUAL_PATIENCE
from ptreach.sources.recipe import (
    load_areas_recipe,
    load_network_recipe,
    load_recipe,
    recipe_folder,
)
from ptreach.sources.records import left_out, source_records
from ptreach.sources.town_file import plain_name
from ptreach.surface import MEDIAN, OFF_STREET_M, SURFACE_STEP_M, surface_around
from ptreach.surroundings import surroundings_of
from ptreach.towns import (
    add_areas_within,
    add_times,
    opportunities_of,
    opportunity_records,
    require_origin,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ptreach.config import Town
    from ptreach.engine.base import Engine
    from ptreach.model import Areas, CorrelationMatrix, Points, Progress, Query, Repair, SourceRecord, Verdict
    from ptreach.network.build import Network
    from ptreach.region import Region
    from ptreach.routers import NetworkInputs
    from ptreach.sources.cif.convert import Conversion
    from ptreach.sources.recipe import NetworkRecipe, Source

_log = logging.getLogger(__name__)


class FeedFiles(NamedTuple):
    """Timetables by their files, without streets."""

    gtfs: tuple[Path, ...]


class AskedDate(NamedTuple):
    """A date to give a verdict on, and where it comes from: ``--date``, ``config/ryde.toml``."""

    date: dt.date
    source: str


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


def check(
    inputs: NetworkInputs | FeedFiles,
    dates: Sequence[AskedDate],
    *,
    html: Path | None,
    progress: Progress,
    second_reader: bool = False,
) -> tuple[Verdict, ...]:
    """Return the verdict on the timetable for each date; for the best one there is where none is given.

    `html` names the page to be written of the first of them, if any. With `second_reader`, gtfs-kit reads the
    feeds too, and a finding says whether it reads the same.

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
        with first_run_told(progress):
            opened = open_files(inputs.gtfs, built)
    else:
        with first_run_told(progress):
            recipe = load_network_recipe(inputs.name, inputs.home)
            part = CLEANING if recipe.clip else part_for_all(recipe, inputs.home)
            opened = open_recipe(recipe, inputs.home, part, progress)
    survey = survey_feeds(opened.name, opened.feeds, opened.stations, [asked.date for asked in dates])
    if not dates:
        proposal = propose(survey, None)
        if proposal is None:
            what = "no date can be proposed: the feeds have no day of full service in common"
            raise InputError(
                what, where=opened.name, remedy="name a date with --date to see why, or take other feeds"
            )
        dates = [AskedDate(proposal.date, "proposed: no date was given")]
    second = second_findings(survey, opened.gtfs, [asked.date for asked in dates]) if second_reader else {}
    verdicts = tuple(
        judge(survey, asked.date, date_from=asked.source, second=second.get(asked.date, ()))
        for asked in dates
    )
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
    out: Path | str,
    engine: str,
    workers: int,
    progress: Progress,
    like: str = "ours",
    r5_jar: Path | None = None,
    cluster: str = "",
) -> int:
    """Write the travel times between two files of points to a long table; return its number of rows.

    `like` is the name of the rules to follow: ``ours``, or ``r5``. Engine ``r5`` runs R5 itself, of `r5_jar`.
    `out` and `cluster` are those of a `Target`.

    Raises
    ------
    InputError
        For a fault of any file or of the query: names file, row or field, and remedy.
    """
    require_engine(engine, query, r5_jar)
    from_points = read_points(origins)
    to_points = from_points if origins == destinations else read_points(destinations)
    built = build_inputs(inputs, progress, like)
    router = built.router(engine, workers=workers, r5_jar=r5_jar, progress=progress)
    with first_run_told(progress):
        target = Target(out, cluster, workers)
        return write_to(router, built.folder, from_points, to_points, query, target, progress)


def isochrones(
    inputs: NetworkInputs,
    origins: Points,
    query: Query,
    cutoffs_min: tuple[int, ...],
    *,
    out: Path,
    engine: str,
    workers: int,
    progress: Progress,
    like: str = "ours",
    r5_jar: Path | None = None,
) -> int:
    """Write the areas within each cutoff of points as a geo file; return its number of rows.

    Of the one percentile that the query has.

    Raises
    ------
    InputError
        For a fault of any file, of the query or of the cutoffs.
    """
    require_engine(engine, query, r5_jar)
    built = build_inputs(inputs, progress, like)
    network = built.opened()
    router = built.router(engine, workers=workers, r5_jar=r5_jar, progress=progress)
    asked = IsochroneQuery(cutoffs_min, query.percentiles[0], metric_crs(built, network))
    with first_run_told(progress):
        areas = isochrones_around(router, network.stops, origins, query, asked, progress)
    write_isochrones(out, areas)
    return len(areas)


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
    from ptreach.sources.demo import write_demo

    return run(write_demo(out), home=out, out=out, engine="raptor", workers=workers, progress=progress)


def run(
    config: Path,
    *,
    home: Path,
    out: Path,
    engine: str,
    workers: int,
    progress: Progress,
    tiles: bool = False,
    r5_jar: Path | None = None,
    keep: Callable[[PackContent], None] | None = None,
) -> Path:
    """Write the pack of a town, with map tiles where they are wanted; return its folder.

    Engine ``r5`` runs R5 itself, of `r5_jar`. `keep` is given what the pack holds.

    Raises
    ------
    InputError
        For a fault of the town's file, of a recipe or of any file they name: says where, and the remedy.
    """
    town = load_town(config)
    with _asked_by(town):
        require_engine(engine, town.query, r5_jar)
    network_folder, areas_folder = recipe_folder(town.network, home), recipe_folder(town.areas, home)
    network_recipe = load_network_recipe(town.network, home)
    areas_recipe = load_areas_recipe(town.areas, home)
    opportunities = opportunities_of(town, areas_recipe, areas_folder)
    records = source_records(network_recipe, network_folder)
    absent = left_out(network_recipe, network_folder)
    cleaning = part_for_town(network_recipe, records, town, areas_recipe, home, progress)
    network = built_network(network_recipe, records, home, progress, OURS, cleaning)
    files = files_of(records, cleaning)
    region = region_of(
        RegionInputs(town.network, network, areas_recipe, areas_folder, engine, workers, files),
        r5_jar=r5_jar,
        progress=progress,
    )
    opened = region.network
    with first_run_told(progress):
        verdict = _go(region, town)
    router = region.router
    with first_run_told(progress):
        require_origin(router, town)
    areas, streets_m = region.in_view
    with first_run_told(progress), _asked_by(town):
        zones = add_times(router, town, zones_on_streets(areas, streets_m, town), progress)
    access = region.access(town, zones, opportunities)
    ground = region.ground(records, cleaning, progress)
    surface = surface_around(router, opened, town, zones, region.land, progress)
    origin_m = to_grid(np.array([town.origin.lon]), np.array([town.origin.lat]))[0]
    origin_xy_m = float(origin_m[0]), float(origin_m[1])
    progress("pack", 0, 1)
    around = surroundings_of(opened, town, surface, records, cleaning.off)
    correlations = correlation_matrix(areas_recipe, areas_folder, zones, town)
    schools = source_records(areas_recipe, areas_folder, ("schools",))
    sources = _sources(records, areas.sources, correlations, (*schools, *opportunity_records(town)))
    content = PackContent(
        town=town,
        zones=add_areas_within(zones, surface.isochrones[MEDIAN]),
        isochrones=surface.isochrones[MEDIAN],
        ground=ground,
        land=region.land,
        origin_xy_m=origin_xy_m,
        facts=dataclasses.replace(
            _facts(router, opened, areas, correlations, network_recipe, sources, absent, around.repairs),
            sunset=Sunset.of(verdict),
            snapping=snapping_of(router, opened, town),
        ),
        verdict=verdict,
        opportunities=opportunities,
        access=access,
        authorities=region.authorities,
        district=district_at(areas, origin_xy_m),
        correlations=correlations,
        surroundings=around,
        tiles=tiles,
    )
    pack = write_pack(out / town.slug, content)
    if keep is not None:
        keep(content)
    progress("pack", 1, 1)
    return pack


def profile(
    name: str, *, districts: Sequence[str], called: str, home: Path, out: Path, progress: Progress
) -> Path:
    """Write what can be said of an area without a timetable: deprivation and correlations; return the folder.

    `districts` are names or codes of districts, or of regions; all of the areas where there are none. The
    folder is named after what the area is `called`, or after them.

    Raises
    ------
    InputError
        For a fault of the recipe or of any file, and for a district that is none.
    """
    recipe, folder = load_areas_recipe(name, home), recipe_folder(name, home)
    progress("areas", 0, 1)
    areas = load_areas(recipe, folder, carry=carry)
    zones = zones_of(areas, districts)
    progress("areas", 1, 1)
    progress("profile", 0, 1)
    correlations = correlation_matrix(recipe, folder, zones)
    sources = _sources((), areas.sources, correlations, ())
    area = called or (" and ".join(districts) if 0 < len(districts) <= 3 else district_phrase(zones))
    slug = plain_name(area) or name
    facts = AreasFacts.of(areas, correlations)
    content = ProfileContent(
        words=PlaceWords(
            slug=slug,
            area=area,
            edition=facts.edition,
            deprivation_title=facts.deprivation_title,
            source_line=source_line(sources),
            made_up=areas.made_up,
        ),
        areas=facts,
        zones_n=len(zones),
        authorities=authorities_of(recipe, folder, areas),
        marked=sorted(zones["district_code"].dropna().unique()) if districts else [],
        correlations=correlations,
        sources=sources,
        version=__version__,
    )
    written = write_profile(out / slug, content)
    progress("profile", 1, 1)
    return written


def _sources(
    network: Sequence[SourceRecord],
    areas: Sequence[SourceRecord],
    correlations: CorrelationMatrix | None,
    more: Sequence[SourceRecord],
) -> tuple[SourceRecord, ...]:
    """Return all files that results come from, each once."""
    found = (*network, *areas, *(correlations.sources if correlations else ()), *more)
    return tuple({record.path: record for record in found}.values())


def _go(region: Region, town: Town) -> Verdict:
    """Return the verdict on a town's timetable and date, its warnings logged.

    Raises
    ------
    InputError
        Where it is a no go: says why, and names the date to take instead.
    """
    require_year(town.date, f"{town.path}, date")
    survey = region.survey(town.date)
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
def _asked_by(town: Town) -> Iterator[None]:
    """Name the town's file, not the query, where nothing runs on its date or it can't be asked."""
    try:
        yield
    except InputError as error:
        _, found, field = error.where.partition("query, ")
        if not found:
            raise
        raise InputError(error.what, where=f"{town.path}, {field}", remedy=error.remedy) from error


def _facts(
    router: Engine,
    network: Network,
    areas: Areas,
    correlations: CorrelationMatrix | None,
    recipe: NetworkRecipe,
    records: Sequence[SourceRecord],
    absent: Sequence[Source],
    more_repairs: tuple[Repair, ...],
) -> PackFacts:
    """Return what the pack's paperwork says of the run."""
    return PackFacts(
        version=__version__,
        engine=router.name,
        network=recipe.name,
        network_digest=network.digest,
        areas=AreasFacts.of(areas, correlations),
        sources=tuple(records),
        left_out=tuple(source.title for source in absent),
        repairs=(*network.repairs, *more_repairs),
        oddities=network.oddities,
        rows=network.rows,
        rules=router.rules,
        engine_notes=router.notes,
        resolution_s=router.resolution_s,
        surface_step_m=SURFACE_STEP_M,
        surface_street_m=OFF_STREET_M,
        by_the_sea=recipe.by_the_sea,
        made_up=recipe.made_up or areas.made_up,
    )
