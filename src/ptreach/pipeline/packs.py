"""Packs of towns, and profiles of areas."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from ptreach import __version__
from ptreach.authorities import authorities_of, district_at
from ptreach.config import load_town
from ptreach.correlations import correlation_matrix
from ptreach.engine.registry import open_engine, require_engine
from ptreach.matrix.zones import to_grid, zones_of, zones_on_streets
from ptreach.measures.editions import carry
from ptreach.outputs.ahead import Ahead
from ptreach.outputs.facts import AreasFacts, PackFacts, Sunset
from ptreach.outputs.maps.place import PlaceWords
from ptreach.outputs.pack import PackContent, write_pack
from ptreach.outputs.pictures import Captions, order_authorities, order_early, order_journey
from ptreach.outputs.profile import ProfileContent, write_profile
from ptreach.outputs.wording import district_phrase, place_line
from ptreach.pipeline.regions import Recipes, asked_by, region_of_town
from ptreach.pipeline.verdicts import go
from ptreach.routers import first_run_told
from ptreach.second_opinions import of_second, require_second, second_opinion
from ptreach.snapping import snapping_of
from ptreach.sources.areas import load_areas
from ptreach.sources.recipe import load_areas_recipe, recipe_folder
from ptreach.sources.records import left_out
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

    import geopandas as gpd

    from ptreach.config import Town
    from ptreach.engine.base import Engine
    from ptreach.model import Areas, CorrelationMatrix, Opportunities, Progress, SourceRecord, Verdict
    from ptreach.network.build import Network
    from ptreach.pipeline.regions import TownRegion
    from ptreach.region import Region
    from ptreach.sources.recipe import NetworkRecipe


def demo(out: Path, *, workers: int, progress: Progress, beside: bool = False) -> Path:
    """Write the made-up town and its pack below a folder; return the pack's folder."""
    from ptreach.sources.demo import write_demo

    config = write_demo(out)
    return run(config, home=out, out=out, engine="raptor", workers=workers, progress=progress, beside=beside)


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
    beside: bool = False,
    keep: Callable[[PackContent], None] | None = None,
) -> Path:
    """Write the pack of a town, with map tiles where they are wanted; return its folder.

    Engine ``r5`` runs R5 itself, of `r5_jar`. The engine `against` is asked the same, and the pack says how
    the two agree. A process `beside` this one draws pictures and writes workbooks meanwhile, which takes less
    time and more memory and gives the same bytes; it is spawned, so the program that asks must bear to be
    imported. `keep` is given what the pack holds.

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
    opportunities = opportunities_of(town, recipes.areas, recipes.areas_folder)
    target = out / town.slug
    with Ahead(target, beside=beside) as ahead:
        found = region_of_town(
            town, recipes, home, engine=engine, workers=workers, progress=progress, r5_jar=r5_jar
        )
        verdict, zones = _minutes(town, recipes, found.region, ahead, progress)
        opinion = None
        if against:
            with first_run_told(progress), asked_by(town), of_second():
                second = open_engine(
                    against, found.network, workers=workers, files=found.files, r5_jar=r5_jar,
                    progress=progress,
                )  # fmt: skip
                opinion = second_opinion(second, found.region.router, town, zones, progress)
        content = _content(town, recipes, found, zones, opportunities, verdict, ahead, progress)
        content = dataclasses.replace(content, opinion=opinion, tiles=tiles)
        write_pack(target, content, ahead)
    if keep is not None:
        keep(content)
    progress("pack", 1, 1)
    return target


def _minutes(
    town: Town, recipes: Recipes, region: Region, ahead: Ahead, progress: Progress
) -> tuple[Verdict, gpd.GeoDataFrame]:
    """Return the verdict on the timetable, and the zones with their minutes."""
    with first_run_told(progress):
        verdict = go(region, town)
    router = region.router
    with first_run_told(progress):
        require_origin(router, town)
    areas, streets_m = region.in_view
    with first_run_told(progress), asked_by(town):
        zones = zones_on_streets(areas, streets_m, town)
        _order_authorities(ahead, town, recipes, region, zones)
        return verdict, add_times(router, town, zones, progress)


def _order_authorities(
    ahead: Ahead, town: Town, recipes: Recipes, region: Region, zones: gpd.GeoDataFrame
) -> None:
    """Have pictures of authorities drawn: they need no minutes, and owe nothing to timetables."""
    areas, _ = region.in_view
    facts = AreasFacts.of(areas)
    words = PlaceWords(
        slug=town.slug,
        area=district_phrase(zones),
        edition=facts.edition,
        deprivation_title=facts.deprivation_title,
        source_line=place_line(__version__, areas.sources),
        made_up=recipes.network.made_up or areas.made_up,
    )
    district = district_at(areas, _origin_xy_m(town))
    order_authorities(ahead, words, region.authorities, district, recipes.areas_folder / "built")


def _origin_xy_m(town: Town) -> tuple[float, float]:
    """Return easting and northing of the town's point."""
    x_m, y_m = to_grid(np.array([town.origin.lon]), np.array([town.origin.lat]))[0]
    return float(x_m), float(y_m)


def _content(
    town: Town,
    recipes: Recipes,
    found: TownRegion,
    zones: gpd.GeoDataFrame,
    opportunities: Sequence[Opportunities],
    verdict: Verdict,
    ahead: Ahead,
    progress: Progress,
) -> PackContent:
    """Return what the pack holds, of zones with their minutes; have its pictures drawn as soon as may be."""
    region, cleaning = found.region, found.cleaning
    router, opened, (areas, _) = region.router, region.network, region.in_view
    origin_xy_m = _origin_xy_m(town)
    correlations = correlation_matrix(recipes.areas, recipes.areas_folder, zones, town)
    offered = opportunity_records(town, recipes.areas, recipes.areas_folder)
    sources = _sources(found.records, areas.sources, correlations, offered)
    facts = _facts(router, opened, areas, correlations, recipes.network, sources)
    captions = Captions.of(town, facts)
    order_early(ahead, captions, zones, origin_xy_m, correlations)
    access = region.access(town, zones, opportunities)
    ground = region.ground(found.records, cleaning, progress)
    surface = surface_around(
        router, opened, town, zones, region.land, progress, everywhere=router.name != "raptor"
    )
    isochrones = surface.isochrones[MEDIAN]
    zones = add_areas_within(zones, isochrones)
    order_journey(ahead, captions, zones, isochrones, ground, region.land, origin_xy_m)
    progress("pack", 0, 1)
    around = surroundings_of(opened, town, surface, found.records, cleaning.off)
    return PackContent(
        town=town,
        zones=zones,
        isochrones=isochrones,
        ground=ground,
        land=region.land,
        origin_xy_m=origin_xy_m,
        facts=dataclasses.replace(
            facts,
            repairs=(*facts.repairs, *around.repairs),
            left_out=tuple(one.title for one in left_out(recipes.network, recipes.network_folder)),
            sunset=Sunset.of(verdict),
            snapping=snapping_of(router, opened, town),
        ),
        verdict=verdict,
        opportunities=opportunities,
        access=access,
        authorities=region.authorities,
        correlations=correlations,
        surroundings=around,
    )


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
            source_line=place_line(__version__, areas.sources),
            made_up=areas.made_up,
        ),
        areas=facts,
        zones_n=len(zones),
        authorities=authorities_of(recipe, folder, areas),
        marked=sorted(zones["district_code"].dropna().unique()) if districts else [],
        correlations=correlations,
        sources=sources,
        version=__version__,
        kept=folder / "built",
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
) -> PackFacts:
    """Return what is known of the run once its zones have minutes."""
    return PackFacts(
        version=__version__,
        engine=router.name,
        network=recipe.name,
        network_digest=network.digest,
        areas=AreasFacts.of(areas, correlations),
        sources=tuple(records),
        repairs=tuple(network.repairs),
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
