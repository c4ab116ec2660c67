"""Isochrones by themselves, without a pack: one layer, in the format that the file's name says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ptreach.errors import InputError
from ptreach.outputs.layers.exchange import write_geojson, write_geoparquet
from ptreach.outputs.layers.geopackage import write_geopackage
from ptreach.outputs.layers.qgis import isochrone_style, with_plain_names
from ptreach.outputs.tables.columns import Column
from ptreach.outputs.tables.layer_columns import ISOCHRONES, LAYER_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

SUFFIXES: Final = (".gpkg", ".geojson", ".parquet")
_ID: Final = Column("id", "Id", "Id of the point that the area is about.")
_ABOUT: Final = "Area within each cutoff of each point, by a percentile of the window's travel times."


def write_isochrones(path: Path, areas: gpd.GeoDataFrame) -> None:
    """Write the rows of `ptreach.isochrone_areas.isochrones_around` as GeoPackage, GeoJSON or GeoParquet.

    A GeoPackage opens in QGIS coloured and with plain names; GeoJSON is in degrees, the others in the CRS of
    `areas`. The same rows give the same bytes.

    Raises
    ------
    InputError
        For a suffix that is none of `SUFFIXES`, and where the file can't be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            f"'{path.suffix}' is no kind of geo file written here",
            where=str(path),
            remedy=f"end the name in {', '.join(SUFFIXES)}",
        )
    if suffix == ".geojson":
        write_geojson(path, areas)
    elif suffix == ".parquet":
        write_geoparquet(path, areas)
    else:
        columns = (_ID, *(column for column in LAYER_COLUMNS[ISOCHRONES] if column.name in areas))
        style = with_plain_names(isochrone_style(areas["cutoff_min"].unique().tolist()), columns)
        write_geopackage(
            path, {ISOCHRONES: areas}, {ISOCHRONES: style}, {ISOCHRONES: columns}, {ISOCHRONES: _ABOUT}
        )
