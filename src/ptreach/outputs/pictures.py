"""The pictures of a pack, in three groups by what they wait for: least, the minutes, and the isochrones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ptreach.measures.deprivation import summarise_by_decile
from ptreach.measures.far_and_deprived import near_and_far_min
from ptreach.measures.stability import unstable_zones
from ptreach.outputs.maps.place import PlaceWords, draw_authorities, draw_correlations
from ptreach.outputs.wording import (
    district_phrase,
    journey_line,
    run_line,
    source_line,
    unstable_phrase,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.config import Town
    from ptreach.model import Authorities, CorrelationMatrix
    from ptreach.outputs.ahead import Ahead
    from ptreach.outputs.facts import PackFacts


class Captions(NamedTuple):
    """What stands on the pictures of a pack beside what they show."""

    town: Town
    foot: str
    """Below pictures of travel times: when, how, by which engine, and from which data."""
    edition: str
    """Edition of the zones: ``LSOA 2011``."""
    deprivation_title: str
    """``Indices of Deprivation 2019``."""
    by_the_sea: bool
    """Whether there is sea where there is no zone."""
    made_up: bool
    """Whether any input is made up."""

    @classmethod
    def of(cls, town: Town, facts: PackFacts) -> Captions:
        """Return the captions of a run, of what is known of it once its zones have minutes."""
        return cls(
            town=town,
            foot=f"{run_line(town, facts.engine, facts.version)} {source_line(facts.sources)}",
            edition=facts.areas.edition,
            deprivation_title=facts.areas.deprivation_title,
            by_the_sea=facts.by_the_sea,
            made_up=facts.made_up,
        )


def order_authorities(
    ahead: Ahead, words: PlaceWords, authorities: Authorities | None, district: str | None, kept: Path
) -> None:
    """Have pictures of authorities drawn, or brought from `kept`; `district` is the code of the town's."""
    marked = (district,) if district else ()
    draw = partial(draw_authorities, words=words, authorities=authorities, marked=marked, kept=kept)
    ahead.write("maps", draw)


def order_early(
    ahead: Ahead,
    captions: Captions,
    zones: gpd.GeoDataFrame,
    origin_xy_m: tuple[float, float],
    correlations: CorrelationMatrix | None,
) -> None:
    """Have pictures of travel times drawn that need no isochrones; zones as `draw_far_map` takes them."""
    words = PlaceWords(
        slug=captions.town.slug,
        area=district_phrase(zones),
        edition=captions.edition,
        deprivation_title=captions.deprivation_title,
        source_line=captions.foot,
        made_up=captions.made_up,
    )
    ahead.write("maps", partial(draw_correlations, words=words, correlations=correlations))
    ahead.write("maps", partial(_draw_deprivation, captions=captions, zones=zones, origin_xy_m=origin_xy_m))


def order_journey(
    ahead: Ahead,
    captions: Captions,
    zones: gpd.GeoDataFrame,
    isochrones: Mapping[int, MultiPolygon],
    ground: gpd.GeoDataFrame,
    land: BaseGeometry,
    origin_xy_m: tuple[float, float],
) -> None:
    """Have the map of journey times drawn, of what `draw_journey_time_map` takes."""
    draw = partial(
        _draw_journey, captions=captions, zones=zones, isochrones=isochrones, ground=ground, land=land,
        origin_xy_m=origin_xy_m,
    )  # fmt: skip
    ahead.write("maps", draw)


def load() -> None:
    """Import what draws, which takes a third of a second: who only has pictures drawn does without."""
    import ptreach.outputs.maps.correlation_picture
    import ptreach.outputs.maps.decile_chart
    import ptreach.outputs.maps.district_map
    import ptreach.outputs.maps.far_map
    import ptreach.outputs.maps.journey_map  # noqa: F401


def _draw_journey(
    folder: Path,
    captions: Captions,
    zones: gpd.GeoDataFrame,
    isochrones: Mapping[int, MultiPolygon],
    ground: gpd.GeoDataFrame,
    land: BaseGeometry,
    origin_xy_m: tuple[float, float],
) -> None:
    """Draw the map of journey times."""
    from ptreach.outputs.maps.journey_map import draw_journey_time_map

    draw_journey_time_map(
        folder / f"{captions.town.slug}-journey-time.png",
        town=captions.town,
        zones=zones,
        isochrones=isochrones,
        ground=ground,
        land=land,
        origin_xy_m=origin_xy_m,
        source_line=captions.foot,
        by_the_sea=captions.by_the_sea,
        made_up=captions.made_up,
    )


def _draw_deprivation(
    folder: Path, captions: Captions, zones: gpd.GeoDataFrame, origin_xy_m: tuple[float, float]
) -> None:
    """Draw who is far and deprived, and who of each decile is within reach; zones as `draw_far_map` has."""
    from ptreach.outputs.maps.decile_chart import draw_decile_chart
    from ptreach.outputs.maps.far_map import draw_far_map

    town = captions.town
    cutoffs = town.preset.cutoffs_min
    near_min, far_min = near_and_far_min(cutoffs)
    unstable = unstable_zones(zones, cutoffs)
    words: dict[str, Any] = {
        "subtitle": journey_line(town),
        "deprivation_title": captions.deprivation_title,
        "edition": captions.edition,
        "source_line": captions.foot,
        "made_up": captions.made_up,
    }
    draw_far_map(
        folder / f"{town.slug}-deprived-and-far.png",
        zones=zones,
        origin_xy_m=origin_xy_m,
        origin_name=town.name,
        by_the_sea=captions.by_the_sea,
        unstable=unstable,
        unstable_words=unstable_phrase(town, int(unstable.sum()), len(zones)),
        near_min=near_min,
        cutoff_min=far_min,
        limit_min=town.preset.max_time_min,
        **words,
    )
    decile, minutes, people = (
        zones[name].to_numpy(dtype=np.float64) for name in ("imd_decile", "minutes_p50", "population")
    )
    draw_decile_chart(
        folder / f"{town.slug}-within-by-decile.png",
        deciles=summarise_by_decile(decile, minutes, people, cutoffs),
        cutoff_min=cutoffs[(len(cutoffs) - 1) // 2],
        **words,
    )
