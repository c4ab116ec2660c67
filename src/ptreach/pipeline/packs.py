"""Packs of towns, and profiles of areas."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ptreach import __version__
from ptreach.authorities import authorities_of, district_at
from ptreach.config import load_town
from ptreach.correlations import correlation_matrix
from ptreach.engine.registry import open_engine, require_engine
from ptreach.matrix.zones import to_grid, zones_of, zones_on_streets
from ptreach.measures.editions import carry
from ptreach.outputs.facts import AreasFacts, PackFacts, Sunset
from ptreach.outputs.maps.place import PlaceWords
from ptreach.outputs.pack import PackContent, write_pack
from ptreach.outputs.profile import ProfileContent, write_profile
from ptreach.outputs.wording import district_phrase, place_line
from ptreach.pipeline.regions import Recipes, asked_by, region_of_town
from ptreach.pipeline.verdicts import go
from ptreach.routers import first_run_told
from ptreach.second_opinions import of_second, require_second, second_opinion
from ptreach.snapping import snapping_of
from ptreach.sources.areas import load_areas
from ptreach.sources.recipe import load_areas_recipe, recipe_folder
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
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ptreach.engine.base import Engine
    from ptreach.model import Areas, CorrelationMatrix, Progress, Repair, SourceRecord
    from ptreach.network.build import Network
    from ptreach.sources.recipe import NetworkRecipe, Source


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
    against: str = "",
    keep: Callable[[PackContent], None] | None = None,
) -> Path:
    """Write the pack of a town, with map tiles where they are wanted; return its folder.

    Engine ``r5`` runs R5 itself, of `r5_jar`. The engine `against` is asked the same, and the pack says how
    the two agree. `keep` is given what the pack holds.

    Raises
    ------
    InputError
        For a fault of the town's file, of a recipe or of any file they name: says where, and the remedy.
    """
    town = load_town(config)
    with asked_by(town):
        require_engine(engine, town.query, r5_jar)
        if against:
            require_second(against, engine, town, r5_jar)
    recipes = Recipes.of(town, home)
    network_recipe, areas_recipe, areas_folder = recipes.network, recipes.areas, recipes.areas_folder
    opportunities = opportunities_of(town, areas_recipe, areas_folder)
    region, network, records, cleaning, files = region_of_town(
        town, recipes, home, engine=engine, workers=workers, progress=progress, r5_jar=r5_jar
    )
    absent = left_out(network_recipe, recipes.network_folder)
    opened = region.network
    with first_run_told(progress):
        verdict = go(region, town)
    router = region.router
    with first_run_told(progress):
        require_origin(router, town)
    areas, streets_m = region.in_view
    with first_run_told(progress), asked_by(town):
        zones = add_times(router, town, zones_on_streets(areas, streets_m, town), progress)
    opinion = None
    if against:
        with first_run_told(progress), asked_by(town), of_second():
            second = open_engine(
                against, network, workers=workers, files=files, r5_jar=r5_jar, progress=progress
            )
            opinion = second_opinion(second, router, town, zones, progress)
    access = region.access(town, zones, opportunities)
    ground = region.ground(records, cleaning, progress)
    surface = surface_around(
        router, opened, town, zones, region.land, progress, everywhere=engine != "raptor"
    )
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
        opinion=opinion,
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
            source_line=place_line(__version__, sources),
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
        software=router.software,
        engine_notes=router.notes,
        resolution_s=router.resolution_s,
        surface_step_m=SURFACE_STEP_M,
        surface_street_m=OFF_STREET_M,
        by_the_sea=recipe.by_the_sea,
        made_up=recipe.made_up or areas.made_up,
    )
