"""Why one zone of a town takes as long as it does."""

from __future__ import annotations

import difflib
import json
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Any, Final

from ptreach.config import load_town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.errors import InputError
from ptreach.explanations import explain_zone
from ptreach.matrix.zones import zones_on_streets
from ptreach.outputs.paperwork.manifest import query_facts, town_facts
from ptreach.outputs.paperwork.verify import require_pack
from ptreach.pipeline.regions import Recipes, asked_by, region_of_town
from ptreach.routers import first_run_told
from ptreach.towns import require_origin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from ptreach.config import Town
    from ptreach.model import Progress
    from ptreach.outputs.explanation import Explanation

_NAMED: Final = 3


def explain(of: Path, zone: str, *, home: Path, workers: int, progress: Progress) -> Explanation:
    """Return why a zone of a town takes as long as it does, as the town's pack by our engine has it.

    `of` is the town's file, or the folder of its pack; `zone` is a code or a name.

    Raises
    ------
    InputError
        For a fault of the town's file, of a recipe or of any file they name, for a zone that is none, and
        where the pack is no longer that of its town's file.
    """
    pack = require_pack(of) if of.is_dir() else None
    town = load_town(of if pack is None else _file_of(of, pack, home))
    opened = region_of_town(
        town, Recipes.of(town, home), home, engine="raptor", workers=workers, progress=progress
    )
    if pack is not None:
        _require_same(of, pack, town, opened.region.network.digest)
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


def _file_of(folder: Path, pack: Mapping[str, Any], home: Path) -> Path:
    """Return the file of a pack's town, which lies in the home folder under the pack's own name."""
    slug = PureWindowsPath(str(_part(pack, "town").get("slug"))).name
    path = home / "config" / f"{slug}.toml"
    if not path.is_file():
        raise InputError(
            f"its town's file is not there: {path}", where=str(folder), remedy="name the town's file instead"
        )
    return path


def _part(pack: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a part of a manifest, empty where it is none."""
    part = pack.get(key)
    return part if isinstance(part, dict) else {}


def _require_same(folder: Path, pack: Mapping[str, Any], town: Town, digest: str) -> None:
    """Raise InputError where a pack's minutes are of another question, network or engine than our answer."""
    asked = json.loads(json.dumps([town_facts(town), query_facts(town), digest, "raptor"]))
    found = [pack.get("town"), pack.get("query"), _part(pack, "network").get("digest"), pack.get("engine")]
    for what, one, other in zip(("town", "question", "network", "engine"), found, asked, strict=True):
        if one != other:
            raise InputError(
                f"its {what} is no longer that of {town.path}",
                where=str(folder),
                remedy="make the pack again, or name the town's file instead",
            )


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
