"""A town's data pack: written whole beside its place, then moved there, so that half a pack is never seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from ptreach.measures.far_and_deprived import near_and_far_min
from ptreach.outputs.folder import replacing, write_text
from ptreach.outputs.layers.files import write_layers
from ptreach.outputs.opinion import opinion_section, opinion_words
from ptreach.outputs.paperwork.agreement_words import agreement_words
from ptreach.outputs.paperwork.assumptions import assumptions_table
from ptreach.outputs.paperwork.data_log import data_log_table
from ptreach.outputs.paperwork.manifest import NAME, write_manifest
from ptreach.outputs.paperwork.methods import methods_text
from ptreach.outputs.paperwork.qa import qa_page
from ptreach.outputs.paperwork.qa_run import run_sections
from ptreach.outputs.paperwork.readme import readme_text
from ptreach.outputs.slides.slides import write_slides
from ptreach.outputs.tables.books import write_books
from ptreach.outputs.tables.csvw import write_tables
from ptreach.outputs.tables.frames import decile_table, far_table
from ptreach.outputs.tables.pack_tables import pack_tables
from ptreach.outputs.tables.spreadsheet import spreadsheet
from ptreach.outputs.web import web_page
from ptreach.outputs.wording import (
    far_rule,
    none_far,
    sunset_phrase,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from shapely.geometry import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.config import Town
    from ptreach.model import Authorities, CorrelationMatrix, Opportunities, Verdict
    from ptreach.outputs.ahead import Ahead
    from ptreach.outputs.facts import PackFacts, SecondOpinion
    from ptreach.outputs.layers.files import Surroundings
    from ptreach.outputs.paperwork.agreement_words import AgreementWords


@dataclass(frozen=True, slots=True, kw_only=True)
class PackContent:
    """What a pack is written from; all geometry is in EPSG:27700.

    ``zones`` has the columns of `Areas.frame` and of `towns.add_times` and `towns.add_areas_within`;
    ``isochrones`` are cumulative areas by cutoff in minutes, those of the town's preset; ``ground`` has the
    columns ``kind, geometry`` of what lies under the map, ``land`` is all land in view; ``verdict`` is that
    on the timetable. ``access`` is what `summarise_access` says of each of ``opportunities``, by its name.
    ``opinion`` is that of a second engine, where one was asked. ``tiles`` asks for map tiles.
    """

    town: Town
    zones: gpd.GeoDataFrame
    isochrones: Mapping[int, MultiPolygon]
    ground: gpd.GeoDataFrame
    land: BaseGeometry
    origin_xy_m: tuple[float, float]
    facts: PackFacts
    verdict: Verdict
    opportunities: Sequence[Opportunities] = ()
    access: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    authorities: Authorities | None = None
    correlations: CorrelationMatrix | None = None
    surroundings: Surroundings | None = None
    opinion: SecondOpinion | None = None
    tiles: bool = False


def write_pack(target: Path, content: PackContent, ahead: Ahead) -> Path:
    """Write the pack of a town into the folder `target` and return it.

    The folder holds ``README.txt, methods.md, qa.html, manifest.json`` and the folders ``layers``, ``maps``,
    ``slides`` and ``tables``. An older pack there is replaced when the new one is complete; until then, and
    if anything fails, it stays as it is. Its pictures are those that are written `ahead`.

    Raises
    ------
    InputError
        Where the folder exists and is no pack, a file of the pack is open, or the place can't be written to.
    """
    with replacing(target) as folder:
        for name in ("layers", "maps", "slides", "tables", "web"):
            (folder / name).mkdir()
        write_layers(
            folder / "layers",
            town=content.town,
            zones=content.zones,
            isochrones=content.isochrones,
            origin_xy_m=content.origin_xy_m,
            facts=content.facts,
            surroundings=content.surroundings,
            tiles=content.tiles,
        )
        page = web_page(
            town=content.town,
            zones=content.zones,
            isochrones=content.isochrones,
            ground=content.ground,
            land=content.land,
            origin_xy_m=content.origin_xy_m,
            facts=content.facts,
        )
        write_text(folder / "web" / "index.html", page)
        _write_tables(folder / "tables", content, ahead)
        ahead.hand_over(folder)
        _write_slides(folder / "slides" / f"{content.town.slug}.pptx", content, folder / "maps")
        _write_paperwork(folder, content)
    return target


def _write_paperwork(folder: Path, content: PackContent) -> None:
    """Write what is said of the pack, once all else is in its folder."""
    town, zones, isochrones, facts = content.town, content.zones, content.isochrones, content.facts
    write_text(folder / "qa.html", _qa(content))
    second = opinion_words(facts, content.opinion) if content.opinion else ()
    text = methods_text(town, zones, isochrones, facts, content.surroundings, _agreement(content), second)
    write_text(folder / "methods.md", text)
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*")} | {NAME}
    write_text(folder / "README.txt", readme_text(town, zones, facts, files))
    write_manifest(
        folder,
        town=town,
        zones=zones,
        isochrones=isochrones,
        facts=facts,
        surroundings=content.surroundings,
        opinion=content.opinion,
        verdict=content.verdict,
    )


def _qa(content: PackContent) -> str:
    """Return the page of the check: of the timetable, and of what was computed on it."""
    town, facts, opinion = content.town, content.facts, content.opinion
    second = opinion_section(content.zones, facts, opinion, content.origin_xy_m) if opinion else ""
    return qa_page(
        content.verdict,
        town.name,
        made_up=facts.made_up,
        of_run=run_sections(town, content.zones, facts, _agreement(content), second),
        sunset=sunset_phrase(town, facts.sunset) if facts.sunset else "",
    )


def _agreement(content: PackContent) -> AgreementWords | None:
    """Return how map and table agree, where that was looked at."""
    if content.surroundings is None:
        return None
    return agreement_words(
        content.surroundings.agreement,
        content.zones,
        content.town.preset.cutoffs_min,
        street_m=content.facts.surface_street_m,
        step_m=content.facts.surface_step_m,
    )


def _write_tables(folder: Path, content: PackContent, ahead: Ahead) -> None:
    """Write each table as a CSV with its sidecar, and have them written together as books."""
    town, facts = content.town, content.facts
    found = pack_tables(
        town,
        content.zones,
        facts.areas,
        made_up=facts.made_up,
        opportunities=content.opportunities,
        access=content.access,
        authorities=content.authorities,
        correlations=content.correlations,
        opinion=content.opinion,
    )
    logs = (data_log_table(facts, content.zones, content.verdict), assumptions_table(town, facts))
    tables = (*found, *logs)
    write_tables(folder, town.slug, tables, facts.areas, town.preset.cutoffs_min, facts)
    book = spreadsheet(town, content.zones, tables, facts)
    ahead.share("tables", partial(write_books, slug=town.slug, book=book))


def _write_slides(path: Path, content: PackContent, maps: Path) -> None:
    """Write the slides, once the map is drawn."""
    town, zones, facts = content.town, content.zones, content.facts
    cutoffs, limit_min = town.preset.cutoffs_min, town.preset.max_time_min
    _, far_min = near_and_far_min(cutoffs)
    far = far_table(
        zones, facts.areas, cutoff_min=far_min, limit_min=limit_min, made_up=facts.made_up, most=len(zones)
    )
    write_slides(
        path,
        town=town,
        zones=zones,
        deciles=decile_table(zones, cutoffs, facts.areas, made_up=facts.made_up, rounded=False),
        far=far,
        far_rule=far_rule(far_min, limit_min) if len(far) else none_far(far_min),
        map_path=maps / f"{town.slug}-journey-time.png",
        facts=facts,
    )
