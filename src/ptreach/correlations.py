"""How the indicators of small areas go together, and with the minutes to a town: pairs, and what is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.matrix.zones import to_grid
from ptreach.measures.autocorrelation import autocorrelation_of
from ptreach.measures.correlation import correlate_indicators
from ptreach.measures.editions import carry
from ptreach.measures.indicator_order import choose_indicators, order_indicators
from ptreach.measures.neighbours import touching_zones
from ptreach.model import CorrelationMatrix, Indicator, Indicators
from ptreach.sources.indicators.load import load_indicators

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from ptreach.config import Town
    from ptreach.sources.recipe import AreasRecipe

FEWEST_INDICATORS: Final = 2
MOST_DRAWN: Final = 30
"""A slide has room for no more."""


def correlation_matrix(
    recipe: AreasRecipe, folder: Path, zones: gpd.GeoDataFrame, town: Town | None = None
) -> CorrelationMatrix | None:
    """Correlate all that is known of zones, None where that is next to nothing.

    Parameters
    ----------
    recipe, folder
        The recipe of the areas and its folder.
    zones
        ``zone_id, lon, lat, geometry``, and for a `town` ``minutes_p50``: the minutes between it and the
        zones are then an indicator too; zones that are not reached have none.

    Raises
    ------
    InputError
        As `load_indicators` does.
    """
    ids = zones["zone_id"].tolist()
    found = load_indicators(recipe, folder, ids, carry=carry)
    frame = found.frame.reindex(ids)
    indicators = found.indicators
    if town is not None:
        way = "from" if town.preset.direction == "from" else "to"
        minutes = Indicator("minutes", f"Minutes {way} the town centre", "travel time", "min", recipe.edition)
        indicators = (*indicators, minutes)
        frame = frame.assign(minutes=zones["minutes_p50"].to_numpy(dtype=np.float64))
    known = [one for one in indicators if frame[one.name].min() < frame[one.name].max()]
    if len(known) < FEWEST_INDICATORS:
        return None
    used = replace(found, indicators=tuple(known), frame=frame[[one.name for one in known]])
    pairs = correlate_indicators(used, to_grid(zones["lon"].to_numpy(), zones["lat"].to_numpy()))
    neighbours = touching_zones(zones.geometry.to_numpy())
    alike = autocorrelation_of(used, neighbours, permutations=0).set_index("name")["moran_i"]  # no p is told
    for side in ("first", "second"):
        pairs[f"{side}_moran_i"] = pairs[side].map(alike)
    by_name = {one.name: one for one in known}
    ordered = Indicators(tuple(by_name[name] for name in order_indicators(used, pairs)), used.frame, ())
    drawn = choose_indicators(ordered.indicators, MOST_DRAWN)
    return CorrelationMatrix(pairs, ordered.indicators, drawn, found.sources, found.notes)
