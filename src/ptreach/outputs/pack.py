"""A town's data pack: written whole beside its place, then moved there, so that half a pack is never seen."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ptreach.errors import InputError
from ptreach.outputs.facts import AreasFacts, PackFacts
from ptreach.outputs.layers import (
    isochrone_layer,
    origin_layer,
    write_geopackage,
    zone_layer,
    zone_layer_name,
)
from ptreach.outputs.manifest import NAME, is_pack, write_manifest
from ptreach.outputs.maps import draw_journey_time_map
from ptreach.outputs.methods import methods_text
from ptreach.outputs.qa import qa_page
from ptreach.outputs.qgis import isochrone_style, origin_style, zone_style
from ptreach.outputs.readme import readme_text
from ptreach.outputs.tables import (
    decile_table,
    figures_table,
    people_within_table,
    relation_table,
    write_csv,
    zone_table,
)
from ptreach.outputs.wording import source_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.config import Town
    from ptreach.model import Verdict

__all__ = ["AreasFacts", "PackFacts", "write_pack"]


def write_pack(
    target: Path,
    *,
    town: Town,
    zones: gpd.GeoDataFrame,
    isochrones: Mapping[int, MultiPolygon],
    ground: gpd.GeoDataFrame,
    land: BaseGeometry,
    origin_xy_m: tuple[float, float],
    facts: PackFacts,
    verdict: Verdict,
) -> Path:
    """Write the pack of a town and return its folder; all geometry is in EPSG:27700.

    The folder holds ``README.txt, methods.md, qa.html, manifest.json`` and the folders ``layers``, ``maps``
    and ``tables``. An older pack there is replaced when the new one is complete; until then, and if
    anything fails, it stays as it is.

    Parameters
    ----------
    target
        The pack's folder.
    town
        What was asked.
    zones
        Columns of `Areas.frame`, ``minutes_p…`` (minutes, NaN where not reached), ``reason`` and
        ``link_distance_m`` (metres, NaN where off the network).
    isochrones
        Cumulative areas by cutoff in minutes; the cutoffs are those of the town's preset.
    ground
        Columns ``kind, geometry`` of what lies under the map.
    land
        All land in view.
    origin_xy_m
        Easting and northing of the town's point.
    facts
        What the paperwork says of the run.
    verdict
        That on the timetable, for the page of the check.

    Raises
    ------
    InputError
        Where the folder exists and is no pack, a file of the pack is open, or the place can't be written to.
    """
    with _replacing(target) as folder:
        for name in ("layers", "maps", "tables"):
            (folder / name).mkdir()
        draw_journey_time_map(
            folder / "maps" / f"{town.slug}-journey-time.png",
            town=town,
            zones=zones,
            isochrones=isochrones,
            ground=ground,
            land=land,
            origin_xy_m=origin_xy_m,
            source_line=source_line(facts.sources),
            by_the_sea=facts.by_the_sea,
            made_up=facts.made_up,
        )
        _write_layers(folder / "layers" / f"{town.slug}.gpkg", town, zones, isochrones, origin_xy_m, facts)
        _write_tables(folder / "tables", town, zones, facts)
        _write_text(folder / "README.txt", readme_text(town, zones, facts))
        _write_text(folder / "qa.html", qa_page(verdict, town.name, made_up=facts.made_up))
        _write_text(folder / "methods.md", methods_text(town, zones, isochrones, facts))
        write_manifest(folder, town=town, zones=zones, isochrones=isochrones, facts=facts)
    return target


def _write_layers(
    path: Path,
    town: Town,
    zones: gpd.GeoDataFrame,
    isochrones: Mapping[int, MultiPolygon],
    origin_xy_m: tuple[float, float],
    facts: PackFacts,
) -> None:
    """Write the GeoPackage with its styles."""
    cutoffs, zone_name = town.preset.cutoffs_min, zone_layer_name(facts.areas)
    layers = {
        zone_name: zone_layer(zones, cutoffs, facts.areas, made_up=facts.made_up),
        "isochrones": isochrone_layer(isochrones, town, made_up=facts.made_up),
        "origin": origin_layer(town, origin_xy_m, made_up=facts.made_up),
    }
    styles = {
        zone_name: zone_style(cutoffs),
        "isochrones": isochrone_style(cutoffs),
        "origin": origin_style(),
    }
    write_geopackage(path, layers, styles)


def _write_tables(folder: Path, town: Town, zones: gpd.GeoDataFrame, facts: PackFacts) -> None:
    """Write the tables."""
    cutoffs, areas, made_up = town.preset.cutoffs_min, facts.areas, facts.made_up
    tables = {
        "zones": zone_table(zones, cutoffs, areas, made_up=made_up),
        "by-imd-decile": decile_table(zones, cutoffs, areas, made_up=made_up),
        "people-within": people_within_table(zones, areas, made_up=made_up),
        "figures": figures_table(zones, cutoffs, areas, made_up=made_up),
        "time-and-deprivation": relation_table(zones, areas, made_up=made_up),
    }
    for name, table in tables.items():
        write_csv(folder / f"{town.slug}-{name}.csv", table)


def _write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with LF line ends on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """Give a new folder beside `target` that takes its place when all is written, and is removed when not."""
    part, old = (target.with_name(f".{target.name}.{suffix}") for suffix in ("part", "old"))
    if old.is_dir() and not target.exists():
        old.rename(target)  # a run was killed between the two moves below
    _require_replaceable(target)
    try:
        for left_over in (part, old):
            if left_over.exists():
                shutil.rmtree(left_over)
        part.mkdir(parents=True)
        yield part
        _swap(part, target, old)
    except OSError as error:
        raise InputError(
            f"the pack can't be written: {error.strerror or error}",
            where=str(target.parent),
            remedy="choose another folder, or free space and permissions there",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _swap(part: Path, target: Path, old: Path) -> None:
    """Move `part` to `target`, and what was there out of the way; on failure all is as before."""
    if target.exists():
        try:
            target.rename(old)
        except PermissionError as error:
            raise InputError(
                "a file of the old pack is open in another program, so it can't be replaced",
                where=str(target),
                remedy="close the file (Excel, QGIS, a file manager's preview) and run again",
            ) from error
    try:
        part.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    # What can't be removed now goes when the next pack is written
    shutil.rmtree(old, ignore_errors=True)


def _require_replaceable(target: Path) -> None:
    """Raise InputError where `target` is something else than a pack or an empty folder."""
    if not target.exists() or is_pack(target) or (target.is_dir() and not any(target.iterdir())):
        return
    what = "folder" if target.is_dir() else "file"
    raise InputError(
        f"a {what} of that name is there and is no pack ({NAME} is missing or alien)",
        where=str(target),
        remedy="move it away, or write to another folder",
    )
