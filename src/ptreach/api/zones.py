"""Zones and their people: areas by name, their points, and travel times joined to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd

from ptreach.api.networks import home_of
from ptreach.errors import InputError
from ptreach.matrix.zones import zones_of
from ptreach.measures.editions import carry
from ptreach.outputs.wording import credit_line
from ptreach.sources import areas as area_files
from ptreach.sources.recipe import load_areas_recipe, recipe_folder

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import pandas as pd


def load_areas(
    name: str,
    *,
    district: str | Sequence[str] = (),
    home: str | os.PathLike[str] | None = None,
) -> gpd.GeoDataFrame:
    """Return zones with what is known of the people in them, EPSG:27700, one row a zone.

    Columns ``zone_id, zone_name, district_code, district_name, lon, lat`` (of the population-weighted
    centroid), ``population, children, working_age, pensioners, imd_score, imd_rank, imd_decile, idaci_score,
    idaci_rank, idaci_decile, geometry`` and others; see `ptreach.model.Areas`. Decile 1 is the most deprived.

    Parameters
    ----------
    name
        Of a recipe of areas, such as ``"england-lsoa-2011"``; its files must be there (``ptreach fetch``).
    district
        Names or codes of districts or regions; all zones without.
    home
        As in `open_network`.

    Raises
    ------
    InputError
        For a fault of the recipe or of any file, and for a district that is none.
    """
    folder = home_of(home)
    recipe = load_areas_recipe(name, folder)
    areas = area_files.load_areas(recipe, recipe_folder(name, folder), carry=carry)
    places = [district] if isinstance(district, str) else list(district)
    try:
        zones = zones_of(areas, places).copy()
    except InputError as error:
        raise InputError(error.what, where="district", remedy=error.remedy) from error
    zones.attrs |= {"source_line": credit_line(areas.sources), "made_up": areas.made_up}
    return zones


def centroids(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the points that zones are measured at: their population-weighted centroids, EPSG:4326.

    The column ``id`` is ``zone_id``; all other columns of `load_areas` stay.

    Raises
    ------
    InputError
        For a frame without ``zone_id, lon, lat``.
    """
    _require(zones, ("zone_id", "lon", "lat"), "zones")
    points = zones.drop(columns=zones.geometry.name).rename(columns={"zone_id": "id"})
    shapes = gpd.points_from_xy(points["lon"], points["lat"])
    return gpd.GeoDataFrame(points, geometry=shapes, crs="EPSG:4326")


def join_times(zones: gpd.GeoDataFrame, times: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the zones with the travel times between one place and each: ``minutes_p5, minutes_p50 …``.

    NaN where a zone is not reached. So deprivation and travel times stand side by side, a row a zone.

    Parameters
    ----------
    zones
        Of `load_areas`; or any with ``zone_id``.
    times
        Of `travel_times`, from or to one place; the other end of each pair is a zone.

    Raises
    ------
    InputError
        For times of several places, and where none of their ends is a zone.
    """
    _require(zones, ("zone_id",), "zones")
    _require(times, ("from_id", "to_id"), "times")
    zone_end, place_end = _ends(zones, times)
    minutes = times.set_index(zone_end).drop(columns=place_end)
    minutes.columns = minutes.columns.str.replace("travel_time_", "minutes_")
    joined = zones.join(minutes, on="zone_id")
    joined.attrs = dict(zones.attrs)
    return joined


def _ends(zones: gpd.GeoDataFrame, times: pd.DataFrame) -> tuple[str, str]:
    """Return which end of the pairs is a zone, and which the one place.

    Raises InputError where there is no such end.
    """
    known = set(zones["zone_id"])
    both = (("to_id", "from_id"), ("from_id", "to_id"))
    ends = [pair for pair in both if len(times) and set(times[pair[0]]) <= known]
    if not ends:
        raise InputError(
            "neither from_id nor to_id is always a zone" if len(times) else "no row",
            where="times",
            remedy="ask for times to pt.centroids(zones)",
        )
    places = {pair: len(times[pair[1]].unique()) for pair in ends}
    for pair in ends:
        if places[pair] == 1:
            return pair
    raise InputError(
        f"times of {places[ends[0]]} places", where="times", remedy=f"choose those of one {ends[0][1]}"
    )


def _require(frame: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    """Raise InputError for columns that a frame lacks."""
    lacking = [column for column in columns if column not in frame.columns]
    if lacking:
        raise InputError(f"no column '{lacking[0]}'", where=name, remedy=f"it must have {', '.join(columns)}")
