"""Population-weighted centroids of zones: by code, in metres and degrees."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from ptreach.errors import InputError
from ptreach.sources.boundaries import CRS, in_grid
from ptreach.sources.cells import numbers, texts
from ptreach.sources.codes import zone_codes
from ptreach.sources.columns import find_column, need_column
from ptreach.sources.once import read_once
from ptreach.sources.tables import PLAIN, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.model import FloatArray
    from ptreach.sources.tables import Layout

_COORDINATES: Final = {
    "easting": "eastings?|x|bng_e",
    "northing": "northings?|y|bng_n",
    "lon": "lon|long|longitude",
    "lat": "lat|latitude",
}
# Degrees beside metres that lie further apart than this are not the same place.
_SAME_PLACE_M: Final = 5.0

_log = logging.getLogger(__name__)


@read_once
def read_centroids(path: Path, id_column: str, layout: Layout = PLAIN) -> pd.DataFrame:
    """Return centroids by zone: index ``zone_id``, degrees and metres (EPSG:27700).

    The columns are ``zone_name`` (NaN where absent), ``lon, lat, easting_m, northing_m``. Metres
    win over degrees where a table has both and they are apart, which is logged: the grid is what the
    publisher gives, degrees are somebody's conversion.

    Raises
    ------
    InputError
        Where there are no coordinates, a zone has none, or metres stand in columns of degrees.
    """
    table = read_table(path, layout)
    codes = zone_codes(table, layout.id_column(id_column), path)
    name = find_column(table, r"lsoa\d\d_?(nm|name)|lsoa name \(20\d\d\)|zone_name")
    easting_m, northing_m, lon, lat = _coordinates(table, path)
    missing = np.flatnonzero(~np.isfinite(lon + lat))
    if missing.size:
        raise InputError(
            f"{missing.size} zones without coordinates, such as {codes[missing[0]]}",
            where=f"{path}, row {table.index[missing[0]]}",
            remedy="take a complete table of centroids",
        )
    names = texts(table[name]).to_numpy() if name else np.full(len(table), np.nan, dtype=object)
    columns = {"zone_name": names, "lon": lon, "lat": lat, "easting_m": easting_m, "northing_m": northing_m}
    return pd.DataFrame(columns, index=codes)


def _coordinates(table: pd.DataFrame, path: Path) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return easting, northing (metres, EPSG:27700), longitude and latitude (degrees) of centroids."""
    if isinstance(table, gpd.GeoDataFrame):
        if set(table.geom_type) != {"Point"}:
            raise InputError(
                "holds shapes that are not points", where=str(path), remedy="take centroids, not boundaries"
            )
        points = in_grid(table.geometry, path)
        x, y = points.x.to_numpy(dtype=np.float64), points.y.to_numpy(dtype=np.float64)
        return x, y, *_to_degrees(x, y)
    column = {key: find_column(table, pattern) for key, pattern in _COORDINATES.items()}
    degrees = None
    if column["lon"] and column["lat"]:
        degrees = numbers(table, column["lon"], path), numbers(table, column["lat"], path)
        _check_degrees(*degrees, table, path)
        if not (column["easting"] and column["northing"]):
            return *_to_grid(*degrees), *degrees
    x = numbers(table, need_column(table, _COORDINATES["easting"], "x", path), path)
    y = numbers(table, need_column(table, _COORDINATES["northing"], "y", path), path)
    if np.nanmax(np.abs(x), initial=0) <= 180 and np.nanmax(np.abs(y), initial=0) <= 90:
        return *_to_grid(x, y), x, y
    lon, lat = _to_degrees(x, y)
    if degrees is None:
        return x, y, lon, lat
    given_x, given_y = _to_grid(*degrees)
    same = np.hypot(given_x - x, given_y - y) <= _SAME_PLACE_M
    if not same.all():
        _log.warning(
            "%s: %d centroids whose degrees are not the place of their metres; the metres are taken",
            path.name,
            (~same).sum(),
        )
    return x, y, np.where(same, degrees[0], lon), np.where(same, degrees[1], lat)


def _check_degrees(lon: FloatArray, lat: FloatArray, table: pd.DataFrame, path: Path) -> None:
    """Raise InputError where a longitude or latitude is none; NaN is let through."""
    wrong = np.flatnonzero((np.abs(lon) > 180) | (np.abs(lat) > 90))
    if wrong.size:
        raise InputError(
            f"lon {lon[wrong[0]]:g}, lat {lat[wrong[0]]:g} are no degrees ({wrong.size} such rows)",
            where=f"{path}, row {table.index[wrong[0]]}",
            remedy="call metres easting and northing",
        )


def _to_degrees(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude of grid metres."""
    lon, lat = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)
    return lon, lat


def _to_grid(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return grid metres of longitude and latitude."""
    x, y = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(lon, lat)
    return x, y
