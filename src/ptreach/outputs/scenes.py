"""What a town's run leaves for the picture of several places, and which of them can be set side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from ptreach.measures.isochrones import only_polygons
from ptreach.outputs.wording import district_phrase, middle_cutoff, share_within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from shapely.geometry import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.config import Town
    from ptreach.model import SourceRecord
    from ptreach.outputs.facts import PackFacts

MOST: Final = 20
"""Places that there is room for."""
DETAIL_M: Final = 25.0
"""How true outlines are kept: less than a pixel wherever two places are set side by side."""
KEPT_M: Final = 80_000.0
"""Of the land that much around a town's point is kept, to each side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceScene:
    """What a town's run leaves for the picture of several places; geometry in EPSG:27700, simplified."""

    town: Town
    isochrones: Mapping[int, MultiPolygon]
    land: BaseGeometry
    origin_xy_m: tuple[float, float]
    share: float
    """Of residents within the middle cutoff, 0 to 1; NaN where there are none."""
    counted: str
    """The districts of the residents that are counted."""
    sources: tuple[SourceRecord, ...]
    engine: str
    version: str
    by_the_sea: bool
    made_up: bool


def place_scene(
    *,
    town: Town,
    zones: gpd.GeoDataFrame,
    isochrones: Mapping[int, MultiPolygon],
    land: BaseGeometry,
    origin_xy_m: tuple[float, float],
    facts: PackFacts,
) -> PlaceScene:
    """Return what is kept of a town's run; arguments as those of its pack."""
    x, y = origin_xy_m
    near = shapely.clip_by_rect(land, x - KEPT_M, y - KEPT_M, x + KEPT_M, y + KEPT_M)
    return PlaceScene(
        town=town,
        isochrones={c: only_polygons(shapely.simplify(area, DETAIL_M)) for c, area in isochrones.items()},
        land=only_polygons(shapely.simplify(near, DETAIL_M)),
        origin_xy_m=origin_xy_m,
        share=share_within(zones, middle_cutoff(town)),
        counted=district_phrase(zones),
        sources=facts.sources,
        engine=facts.engine,
        version=facts.version,
        by_the_sea=facts.by_the_sea,
        made_up=facts.made_up,
    )


def on_one_scale(scenes: Sequence[PlaceScene]) -> tuple[list[PlaceScene], list[PlaceScene]]:
    """Return the places that can be set side by side, by name, and those that can not.

    One scale needs one preset and one engine: of places with several the most are taken that agree, of as
    many the first by the preset's name; `MOST` at most.
    """
    ordered = sorted(scenes, key=lambda scene: (scene.town.name, scene.town.slug))
    alike = [[other for other in ordered if _rules_of(other) == _rules_of(scene)] for scene in ordered]
    most = min(alike, key=lambda group: (-len(group), group[0].town.preset_name), default=[])[:MOST]
    return most, [scene for scene in ordered if scene not in most]


def _rules_of(scene: PlaceScene) -> tuple[object, ...]:
    """Return what must be the same for minutes to be compared."""
    return (scene.town.preset_name, scene.town.preset, scene.engine, scene.version)
