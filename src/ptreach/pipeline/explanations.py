"""Why one zone of a town takes as long as it does."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from ptreach.config import load_town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.errors import InputError
from ptreach.explanations import explain_zone
from ptreach.matrix.zones import zones_on_streets
from ptreach.pipeline.regions import Recipes, asked_by, region_of_town
from ptreach.routers import first_run_told
from ptreach.towns import require_origin

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from ptreach.config import Town
    from ptreach.model import Progress
    from ptreach.outputs.explanation import Explanation

_NAMED: Final = 3


def explain(config: Path, zone: str, *, home: Path, workers: int, progress: Progress) -> Explanation:
    """Return why a zone of a town takes as long as it does, as the town's pack by our engine has it.

    `zone` is its code or its name.

    Raises
    ------
    InputError
        For a fault of the town's file, of a recipe or of any file they name, and for a zone that is none.
    """
    town = load_town(config)
    opened = region_of_town(
        town, Recipes.of(town, home), home, engine="raptor", workers=workers, progress=progress
    )
    router = RaptorEngine(opened.network, workers=workers)
    areas, streets_m = opened.region.in_view
    with asked_by(town):
        one = _zone_called(zone, zones_on_streets(areas, streets_m, town), town)
        progress("journeys", 0, 1)
        with first_run_told(progress):
            require_origin(router, town)
            told = explain_zone(router, town, one)
        progress("journeys", 1, 1)
    return told


def _zone_called(name: str, zones: gpd.GeoDataFrame, town: Town) -> gpd.GeoDataFrame:
    """Return the one zone of a code or a name, whatever the case of its letters."""
    ids, names = (zones[column].astype(str) for column in ("zone_id", "zone_name"))
    wanted = name.strip().casefold()
    found = zones[(ids.str.casefold() == wanted) | (names.str.casefold() == wanted)]
    if len(found) == 1:
        return found
    if len(found) > 1:
        codes = ", ".join(found["zone_id"].astype(str).head(_NAMED))
        raise InputError(
            f"{len(found)} zones are called '{name}'", where="ZONE", remedy=f"name it by its code: {codes}"
        )
    like = difflib.get_close_matches(name, [*ids, *names], n=_NAMED, cutoff=0.5)
    hint = f"such as {', '.join(like)}" if like else f"such as {ids.iloc[0]} or {names.iloc[0]}"
    raise InputError(
        f"no zone '{name}' among the {len(zones):,} of {town.path.name}",
        where="ZONE",
        remedy=f"name one by its code or name, {hint}",
    )
