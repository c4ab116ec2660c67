"""Zones of one edition: boundaries, points, deprivation, people, districts and regions, joined by code.

The zones are those of the boundaries. Where the recipe has centroids each zone must have one (else the
table would have holes unseen); where it has none, a point within the polygon is taken. A centroid without a
polygon is left out, and a zone without a row in another table keeps NaN: both are logged with their number.
Codes of a country that the deprivation table does not cover (Wales, for England's) are left out too.

A table of another edition than the zones is refused, or carried over where the recipe has a lookup of kind
editions: see `ptreach.sources.joining`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import pandas as pd
import pyproj
import shapely

from ptreach.errors import InputError
from ptreach.model import Areas
from ptreach.sources.boundaries import CRS, read_boundaries, read_districts, read_regions
from ptreach.sources.centroids import read_centroids
from ptreach.sources.codes import Edition, check_edition
from ptreach.sources.deprivation import read_by_zone
from ptreach.sources.district_deprivation import read_district_deprivation
from ptreach.sources.joining import Tables
from ptreach.sources.lookup import COLUMNS as LOOKUP_COLUMNS
from ptreach.sources.lookup import read_lookup
from ptreach.sources.population import read_population
from ptreach.sources.recipe import AREAS_FILE
from ptreach.sources.records import source_records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd

    from ptreach.sources.joining import Carry
    from ptreach.sources.recipe import AreasRecipe, Kind
    from ptreach.sources.tables import Layout

COLUMNS: Final = (
    "zone_id",
    "zone_name",
    "ward_name",
    "district_code",
    "district_name",
    "region_code",
    "region_name",
    "lon",
    "lat",
    "population",
    "children",
    "working_age",
    "pensioners",
    "population_iod",
    "children_iod",
    "imd_score",
    "imd_rank",
    "imd_decile",
    "idaci_score",
    "idaci_rank",
    "idaci_decile",
    "geometry",
)
_KINDS: Final = (
    *("boundaries", "centroids", "deprivation", "population", "lookup", "editions"),
    *("districts", "regions", "district_deprivation"),
)
# A population-weighted centroid lies in or by its zone; beyond this it belongs to another zone or system.
_CENTROID_SLACK_M: Final = 2_000
_CENTROID: Final = "population-weighted centroid"
_WITHIN: Final = "representative point of the polygon"

_Table = TypeVar("_Table", bound="pd.DataFrame")
_Place = TypeVar("_Place", bound="pd.DataFrame")

_log = logging.getLogger(__name__)


def load_areas(
    recipe: AreasRecipe,
    folder: Path,
    *,
    bounds_m: tuple[float, float, float, float] | None = None,
    carry: Carry | None = None,
) -> Areas:
    """Return the zones of a recipe whose files lie in ``folder/sources``.

    Parameters
    ----------
    recipe, folder
        The recipe and its folder.
    bounds_m
        xmin, ymin, xmax, ymax in EPSG:27700: only zones whose polygon meets this box; all if None.
    carry
        `ptreach.measures.editions.carry`: carries tables of the other edition over, where the recipe has the
        lookup. They are refused if None.

    Raises
    ------
    InputError
        Where a file is missing, is of another edition, lacks a header, or the tables do not fit together.
    """
    _refuse_taken_name(recipe, folder)
    records = source_records(recipe, folder, _KINDS)
    tables = Tables.of(recipe, records, carry)
    boundaries, layout = tables.file("boundaries")
    polygons = read_boundaries(boundaries, recipe.id_column, bounds_m, layout)
    tables.zones = Edition(recipe.id_column, frozenset(polygons.index), recipe.edition)
    check_edition(polygons.index, tables.zones, boundaries)
    people = tables.population(read_population)
    deprivation = tables.deprivation(tables.read("deprivation", read_by_zone), people)
    covered = set(deprivation.index.str[:1])
    polygons = _in_countries(polygons, covered, "boundaries")
    if polygons.empty:
        raise InputError(
            "no zone is of a country that the deprivation table covers",
            where=str(boundaries),
            remedy=f"take boundaries with codes such as {deprivation.index[0]}",
        )
    tables.require_common("deprivation", deprivation)
    frame, point = _with_points(polygons, tables, covered)
    frame = _with_deprivation(frame[frame["inside"]].drop(columns="inside"), deprivation)
    frame, pensioners_from = _with_people(frame, people, deprivation, tables)
    frame = _with_lookup(frame, tables)
    districts = _places(tables, "districts", read_districts)
    if districts is not None:
        of_country = _in_countries(districts.set_index("district_code"), covered, "districts")
        districts = of_country.reset_index()[districts.columns]
    frame = _with_regions(frame, districts)
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
        point=point,
        pensioners_from=pensioners_from,
        notes=tuple(tables.notes),
        districts=districts,
        regions=_places(tables, "regions", read_regions),
        district_deprivation=_places(tables, "district_deprivation", read_district_deprivation),
    )


def _refuse_taken_name(recipe: AreasRecipe, folder: Path) -> None:
    """Raise InputError where the codes of zones are called as another column is."""
    if recipe.id_column.casefold() in set(COLUMNS) - {"zone_id"}:
        raise InputError(
            f"'{recipe.id_column}' is the name of another column",
            where=f"{folder / AREAS_FILE}, id_column",
            remedy="call it zone_id, and give the header in each file as headers.zone_id",
        )


def _places(tables: Tables, kind: Kind, read: Callable[[Path, Layout], _Place]) -> _Place | None:
    """Return a table that is not of zones, None where the recipe has none."""
    return read(*tables.file(kind)) if tables.has(kind) else None


def _in_countries(table: _Table, covered: set[str], what: str) -> _Table:
    """Return the rows but those whose code is of a country that the deprivation table does not have.

    Codes of official zones begin with a letter for the country: E01000001, W01000003.
    """
    inside = ~table.index.str.fullmatch(r"[A-Z]\d{8}") | table.index.str[:1].isin(list(covered))
    if not inside.all():
        _log.info("%d %s of countries without deprivation are left out", (~inside).sum(), what)
    return table[inside]


def _with_points(
    polygons: gpd.GeoDataFrame, tables: Tables, covered: set[str]
) -> tuple[gpd.GeoDataFrame, str]:
    """Return zones with ``lon, lat`` and names, and what their points are."""
    if not tables.has("centroids"):
        within = shapely.point_on_surface(polygons.geometry.to_numpy())
        to_degrees = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
        lon, lat = to_degrees.transform(shapely.get_x(within), shapely.get_y(within))
        tables.notes.append(
            "The zones have no population-weighted centroids: a representative point within each polygon "
            "stands for it, which may be far from where its people live."
        )
        return polygons.assign(lon=lon, lat=lat), _WITHIN
    path, layout = tables.file("centroids")
    centroids = read_centroids(path, tables.zones.id_column, layout)
    check_edition(centroids.index, tables.zones, path)
    centroids = _in_countries(centroids, covered, "centroids")
    _need_centroids(polygons.index, centroids.index, path)
    _report(centroids.index.difference(polygons.index), "left out: no polygon")
    names = centroids["zone_name"].reindex(polygons.index).fillna(polygons["zone_name"])
    frame = polygons.assign(zone_name=names).join(centroids.drop(columns="zone_name"))
    _check_places(frame, path)
    return frame.drop(columns=["easting_m", "northing_m"]), _CENTROID


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


def _with_deprivation(frame: gpd.GeoDataFrame, deprivation: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return zones with names, districts and deprivation; NaN where the table has no row."""
    lacking = frame.index.difference(deprivation.index)
    if len(frame) and len(lacking) == len(frame):
        _log.warning("none of the %d zones has a row of deprivation", len(frame))
    else:
        _report(lacking, "without a row of deprivation")
    names = frame["zone_name"]
    joined = frame.drop(columns="zone_name").join(deprivation)
    # A zone without a row is still called something.
    joined["zone_name"] = joined["zone_name"].fillna(names).fillna(joined.index.to_series())
    return joined


def _with_people(
    frame: gpd.GeoDataFrame, people: pd.DataFrame | None, deprivation: pd.DataFrame, tables: Tables
) -> tuple[gpd.GeoDataFrame, int | None]:
    """Return zones with people by age, and from which age pensioners are counted, None if they are not."""
    if people is None:
        columns = {
            "population": frame["population_iod"],
            "children": frame["children_iod"],
            "working_age": np.nan,
            "pensioners": np.nan,
        }
        if deprivation["population_iod"].isna().all():
            raise InputError(
                "no population: the deprivation table has no denominators",
                where=str(tables.file("deprivation")[0]),
                remedy="add a source of kind population to the recipe",
            )
        joined = frame.assign(**columns)
    else:
        joined = frame.join(people.reindex(frame.index))
        _report(frame.index[joined["population"].isna()], "without a row of population")
    if people is not None and people["pensioners"].notna().any():
        return joined, 65
    if deprivation["older_iod"].notna().any():
        return joined.assign(pensioners=joined["older_iod"]), 60
    return joined, None


def _with_lookup(frame: gpd.GeoDataFrame, tables: Tables) -> gpd.GeoDataFrame:
    """Return zones with wards and regions, and districts where deprivation names none."""
    lookup = _lookup(frame, tables)
    joined = frame.copy()
    for name in LOOKUP_COLUMNS:
        joined[name] = joined[name].astype(object).fillna(lookup[name]) if name in joined else lookup[name]
    return joined


def _lookup(frame: gpd.GeoDataFrame, tables: Tables) -> pd.DataFrame:
    """Return what the recipe's lookup says of zones, NaN without one."""
    if not tables.has("lookup"):
        return pd.DataFrame(np.nan, index=frame.index, columns=list(LOOKUP_COLUMNS), dtype=object)
    path, layout = tables.file("lookup")
    lookup = read_lookup(path, tables.zones.id_column, layout)
    check_edition(lookup.index, tables.zones, path)
    tables.require_common("lookup", lookup)
    _report(frame.index.difference(lookup.index), "without a row in the lookup")
    return lookup.reindex(frame.index)


def _with_regions(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return zones with the regions of their districts where the lookup has none."""
    if districts is None:
        return frame
    by_code = districts.set_index("district_code")
    joined = frame.copy()
    for name in ("region_code", "region_name"):
        joined[name] = joined[name].fillna(joined["district_code"].map(by_code[name]))
    return joined
