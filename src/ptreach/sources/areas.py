"""Zones of one edition: boundaries, population-weighted centroids, deprivation and population by code.

The zones are those of the boundaries. Each must have a centroid (else the table would have holes unseen). A
centroid without a polygon is left out, and a zone without a row of deprivation or population keeps NaN: both
are logged with their number. Codes of a country that the deprivation table does not cover (Wales, for
England's) are left out too.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import shapely

from ptreach.errors import InputError
from ptreach.model import Areas
from ptreach.sources.boundaries import read_boundaries
from ptreach.sources.centroids import read_centroids
from ptreach.sources.deprivation import read_deprivation
from ptreach.sources.population import read_population
from ptreach.sources.recipe import SOURCES_FOLDER
from ptreach.sources.records import source_records

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from ptreach.sources.recipe import AreasRecipe

COLUMNS: Final = (
    "zone_id",
    "zone_name",
    "district_code",
    "district_name",
    "lon",
    "lat",
    "population",
    "children",
    "imd_score",
    "imd_rank",
    "imd_decile",
    "idaci_rank",
    "idaci_decile",
    "geometry",
)
_KINDS: Final = ("centroids", "boundaries", "deprivation", "population")
# A population-weighted centroid lies in or by its zone; beyond this it belongs to another zone or system.
_CENTROID_SLACK_M: Final = 2_000

_Table = TypeVar("_Table", bound="pd.DataFrame")

_log = logging.getLogger(__name__)


def load_areas(
    recipe: AreasRecipe, folder: Path, *, bounds_m: tuple[float, float, float, float] | None = None
) -> Areas:
    """Return the zones of a recipe whose files lie in ``folder/sources``.

    Parameters
    ----------
    recipe, folder
        The recipe and its folder.
    bounds_m
        xmin, ymin, xmax, ymax in EPSG:27700: only zones whose polygon meets this box; all if None.

    Raises
    ------
    InputError
        Where a file is missing, is of another edition, lacks a header, or the tables do not fit together.
    """
    records = source_records(recipe, folder, _KINDS)
    paths: dict[str, Path] = {source.kind: folder / SOURCES_FOLDER / source.file for source in recipe.sources}
    people = read_deprivation(paths["deprivation"], recipe.id_column).set_index("zone_id")
    polygons = read_boundaries(paths["boundaries"], recipe.id_column, bounds_m)
    centroids = read_centroids(paths["centroids"], recipe.id_column)

    covered = set(people.index.str[:1])
    polygons = _in_countries(polygons, covered, "boundaries")
    centroids = _in_countries(centroids, covered, "centroids")
    if polygons.empty:
        raise InputError(
            "no zone is of a country that the deprivation table covers",
            where=str(paths["boundaries"]),
            remedy=f"take boundaries with codes such as {people.index[0]}",
        )
    _need_centroids(polygons.index, centroids.index, paths["centroids"])
    _report(centroids.index.difference(polygons.index), "left out: no polygon")
    frame = polygons.join(centroids.drop(columns="zone_name"))
    _check_places(frame, paths["centroids"])
    frame = _with_people(frame[frame["inside"]], people, centroids["zone_name"])
    frame[["population", "children"]] = _population(recipe, paths, frame)
    return Areas(
        name=recipe.name,
        title=recipe.title,
        edition=recipe.edition,
        id_column=recipe.id_column,
        deprivation_title=recipe.deprivation_title,
        population_title=recipe.population_title,
        frame=frame.sort_index().reset_index()[list(COLUMNS)],
        sources=records,
        made_up=recipe.made_up,
    )


def _in_countries(table: _Table, covered: set[str], what: str) -> _Table:
    """Return the rows but those whose code is of a country that the deprivation table does not have.

    Codes of official zones begin with a letter for the country: E01000001, W01000003.
    """
    inside = ~table.index.str.fullmatch(r"[A-Z]\d{8}") | table.index.str[:1].isin(list(covered))
    if not inside.all():
        _log.info("%d %s of countries without deprivation are left out", (~inside).sum(), what)
    return table[inside]


def _need_centroids(zones: pd.Index[str], centroids: pd.Index[str], path: Path) -> None:
    """Raise InputError where a zone has no centroid."""
    lacking = zones.difference(centroids)
    if len(lacking):
        raise InputError(
            f"{len(lacking)} of {len(zones)} zones have no centroid, such as {', '.join(lacking[:3])}",
            where=str(path),
            remedy="take centroids and boundaries of one edition and extent",
        )


def _check_places(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Raise InputError where a centroid lies far outside its polygon: mixed editions or wrong coordinates."""
    xmin, ymin, xmax, ymax = shapely.bounds(frame.geometry.to_numpy()).T
    x, y = frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy()
    away_m = np.hypot(np.maximum(xmin - x, x - xmax).clip(0), np.maximum(ymin - y, y - ymax).clip(0))
    far = np.flatnonzero(~(away_m <= _CENTROID_SLACK_M))
    if far.size:
        raise InputError(
            f"{far.size} of {len(frame)} centroids lie far from their polygons, "
            f"such as {frame.index[far[0]]} by {away_m[far[0]] / 1000:.1f} km",
            where=str(path),
            remedy="take centroids and boundaries of one edition; check the coordinates",
        )


def _report(zones: pd.Index[str], what: str) -> None:
    """Log zones that were treated in a special way."""
    if len(zones):
        _log.warning("%d zones %s, such as %s", len(zones), what, ", ".join(zones[:3]))


def _with_people(frame: gpd.GeoDataFrame, people: pd.DataFrame, names: pd.Series[str]) -> gpd.GeoDataFrame:
    """Return zones with names, districts and deprivation; NaN where the table has no row."""
    lacking = frame.index.difference(people.index)
    if len(frame) and len(lacking) == len(frame):
        _log.warning("none of the %d zones has a row of deprivation", len(frame))
    else:
        _report(lacking, "without a row of deprivation")
    joined = frame.join(people)
    # A zone without a row is still called something.
    joined["zone_name"] = (
        joined["zone_name"].fillna(names.reindex(joined.index)).fillna(joined.index.to_series())
    )
    return joined


def _population(recipe: AreasRecipe, paths: dict[str, Path], frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``population`` and ``children`` (ages 0-15) of the zones in `frame`, NaN where not known."""
    if "population" in paths:
        table = read_population(paths["population"], recipe.id_column).reindex(frame.index)
        _report(frame.index[table["population"].isna()], "without a row of population")
        return table
    counts = frame[["population_iod", "children_iod"]]
    if len(counts) and counts["population_iod"].isna().all():
        raise InputError(
            "no population: the deprivation table has no denominators",
            where=str(paths["deprivation"]),
            remedy="add a source of kind population to the recipe",
        )
    return counts.set_axis(["population", "children"], axis=1)
