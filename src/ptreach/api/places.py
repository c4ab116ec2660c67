"""Places as callers have them: GeoDataFrames in any coordinate system, GeoSeries, single points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import geopandas as gpd
import pandas as pd
import shapely

from ptreach.errors import InputError
from ptreach.matrix.points import points_of
from ptreach.model import Points

Places: TypeAlias = gpd.GeoDataFrame | gpd.GeoSeries | shapely.Point | Sequence[float]
"""Points with ids; or one point in degrees, as ``(lon, lat)`` or a shapely ``Point``."""


def as_points(places: Places, name: str) -> Points:
    """Return places as points; `name` is that of the argument, for errors.

    The id of a single point is ``origin`` or ``destination``. Ids of others are those of the column ``id``,
    else of the index where it is not just a count of rows, else of ``zone_id``.

    Raises
    ------
    InputError
        For what has no ids or no coordinate system, and shapes that are not points: names argument and row.
    """
    if isinstance(places, gpd.GeoSeries):
        places = gpd.GeoDataFrame(geometry=places)
    if isinstance(places, gpd.GeoDataFrame):
        if places.empty:
            raise InputError("no row", where=name, remedy="give at least one point")
        if places.crs is None:
            raise InputError("no coordinate system", where=name, remedy="set it with set_crs")
        return points_of(_with_ids(places), Path(name))
    if isinstance(places, shapely.Point):
        places = (places.x, places.y)
    if isinstance(places, (pd.DataFrame, pd.Series, str)) or len(places) != 2:
        raise InputError(
            f"a {type(places).__name__} is no place",
            where=name,
            remedy="give a GeoDataFrame of points with a column id, or (lon, lat) in degrees",
        )
    return Points.of([name.removesuffix("s")], [places[0]], [places[1]], where=name)


def _with_ids(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a frame whose index, where it names rows, is its column of ids."""
    if "id" in frame.columns or isinstance(frame.index, pd.RangeIndex):
        return frame
    return frame.assign(id=frame.index)
