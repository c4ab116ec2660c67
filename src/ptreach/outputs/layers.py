"""Layers of a pack: one GeoPackage in EPSG:27700 that opens coloured in QGIS.

The file repeats byte for byte: its dates are a fixed one, for the pack's facts have no clock in them.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pyogrio
from shapely.geometry import MultiPolygon, Point, Polygon

from ptreach.measures.bands import band_labels
from ptreach.outputs.tables import MADE_UP, zone_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ptreach.config import Town
    from ptreach.outputs.facts import AreasFacts

CRS: Final = "EPSG:27700"
WRITTEN: Final = "2000-01-01T00:00:00.000Z"
"""The date that a GeoPackage must bear, always the same."""
_DATE_OPTION: Final = "OGR_CURRENT_DATE"


def isochrone_layer(isochrones: Mapping[int, MultiPolygon], town: Town, *, made_up: bool) -> gpd.GeoDataFrame:
    """Return one row a cutoff, cumulative and nested, the largest first so that smaller ones draw on top.

    Columns ``town, cutoff_min, label`` (``under 30 min``), ``area_km2, geometry``; in a made-up pack
    ``made_up`` comes first.
    """
    cutoffs = sorted(isochrones, reverse=True)
    layer = gpd.GeoDataFrame(
        {
            "town": town.name,
            "cutoff_min": cutoffs,
            "label": [band_labels((cutoff,))[0] for cutoff in cutoffs],
            "area_km2": [round(isochrones[cutoff].area / 1e6, 3) for cutoff in cutoffs],
        },
        geometry=[isochrones[cutoff] for cutoff in cutoffs],
        crs=CRS,
    )
    return _marked(layer) if made_up else layer


def zone_layer(
    zones: gpd.GeoDataFrame, cutoffs_min: Sequence[int], areas: AreasFacts, *, made_up: bool
) -> gpd.GeoDataFrame:
    """Return the columns of `zone_table` with the zones' polygons, all of them multipolygons."""
    table = zone_table(zones, cutoffs_min, areas, made_up=made_up)
    shapes = [MultiPolygon([g]) if isinstance(g, Polygon) else g for g in zones.geometry]
    return gpd.GeoDataFrame(table, geometry=shapes, crs=zones.crs)


def zone_layer_name(areas: AreasFacts) -> str:
    """Return the name of the layer of zones, which is that of their edition: ``lsoa_2011``."""
    return re.sub(r"[^a-z0-9]+", "_", areas.edition.lower()).strip("_") or "zones"


def origin_layer(town: Town, origin_xy_m: tuple[float, float], *, made_up: bool) -> gpd.GeoDataFrame:
    """Return the town's point, one row.

    Columns ``town, direction, date, window, preset, source, lon, lat, geometry``; in a made-up pack
    ``made_up`` comes first.
    """
    layer = gpd.GeoDataFrame(
        {
            "town": [town.name],
            "direction": town.preset.direction,
            "date": town.date.isoformat(),
            "window": town.window_text,
            "preset": town.preset_name,
            "source": town.origin.source,
            "lon": town.origin.lon,
            "lat": town.origin.lat,
        },
        geometry=[Point(origin_xy_m)],
        crs=CRS,
    )
    return _marked(layer) if made_up else layer


def _marked(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `layer` with the first column ``made_up``, the same in every row."""
    layer.insert(0, "made_up", MADE_UP)
    return layer


def write_geopackage(
    path: Path, layers: Mapping[str, gpd.GeoDataFrame], styles: Mapping[str, str] | None = None
) -> None:
    """Write layers in EPSG:27700 as one GeoPackage, replacing a file that is there.

    Parameters
    ----------
    path
        The file to write.
    layers
        Layers by name, in their order; each has at least one row.
    styles
        Default styles by the name of their layer, as QGIS's QML.

    Raises
    ------
    ValueError
        Where a layer is not in EPSG:27700, or a style is of no layer.
    """
    styles = styles or {}
    for name, layer in layers.items():
        if layer.crs is None or layer.crs.to_epsg() != 27700:
            raise ValueError(f"layer {name} is not in {CRS}")
    if alien := sorted(set(styles) - set(layers)):
        raise ValueError(f"style of no layer: {alien[0]}")
    path.unlink(missing_ok=True)
    with _fixed_date():
        for name, layer in layers.items():
            pyogrio.write_dataframe(
                layer,
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                promote_to_multi=False,
                # QGIS 3.22 warns of later versions
                dataset_options={"VERSION": "1.3"},
                layer_options={"GEOMETRY_NAME": "geom", "FID": "fid"},
            )
    if styles:
        _write_styles(path, styles)


@contextmanager
def _fixed_date() -> Iterator[None]:
    """Let GDAL write a fixed date instead of today's."""
    before = pyogrio.get_gdal_config_option(_DATE_OPTION)
    pyogrio.set_gdal_config_options({_DATE_OPTION: WRITTEN})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({_DATE_OPTION: before})


def _write_styles(path: Path, styles: Mapping[str, str]) -> None:
    """Add the table ``layer_styles``, in which QGIS looks for the default style of each layer."""
    rows = [
        (number, name, "geom", name, qml, f"Default style of {name}", WRITTEN)
        for number, (name, qml) in enumerate(styles.items(), 1)
    ]
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(
            """CREATE TABLE layer_styles (
            id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            f_table_catalog TEXT(256), f_table_schema TEXT(256),
            f_table_name TEXT(256), f_geometry_column TEXT(256),
            styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
            useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
            update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""
        )
        file.executemany(
            """INSERT INTO layer_styles (id, f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
            styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)
            VALUES (?, '', '', ?, ?, ?, ?, '', 1, ?, '', NULL, ?)""",
            rows,
        )
        file.execute(
            """INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
            VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)""",
            (WRITTEN,),
        )
