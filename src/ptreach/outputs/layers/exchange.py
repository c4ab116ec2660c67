"""Layers as files that other programs than QGIS read: GeoJSON, GeoParquet, map tiles.

The same layer gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyogrio
import shapely

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

DECIMALS: Final = 7
"""Of degrees: 1e-7 is a centimetre."""
TILE_ZOOMS: Final = (4, 13)
"""Least and greatest zoom of map tiles; programs enlarge the last."""


def write_geojson(path: Path, layer: gpd.GeoDataFrame, about: str = "") -> None:
    """Write a layer as GeoJSON by RFC 7946: longitude and latitude, outer rings counter-clockwise.

    `about` says what it is and whose data it is made of, in the file's ``description``.
    """
    told = {"DESCRIPTION": about} if about else {}
    pyogrio.write_dataframe(
        _in_degrees(layer),
        path,
        driver="GeoJSON",
        layer_options={"RFC7946": "YES", "COORDINATE_PRECISION": str(DECIMALS), **told},
    )


def write_geoparquet(path: Path, layer: gpd.GeoDataFrame) -> None:
    """Write a layer as GeoParquet 1.1, in its own coordinate reference system, with the box of each row."""
    layer.to_parquet(path, schema_version="1.1.0", write_covering_bbox=True, compression="zstd", index=False)


def write_pmtiles(path: Path, layer: gpd.GeoDataFrame, name: str, about: str = "") -> None:
    """Write a layer as vector tiles in one file (PMTiles 3), for web maps.

    `name` is that of the layer in the tiles; `about` as for `write_geojson`.
    """
    least, greatest = map(str, TILE_ZOOMS)
    pyogrio.write_dataframe(
        _in_degrees(layer),
        path,
        layer=name,
        driver="PMTiles",
        dataset_options={
            "MINZOOM": least,
            "MAXZOOM": greatest,
            "NAME": name,
            "DESCRIPTION": about or name,
            "TYPE": "overlay",
        },
    )


def _in_degrees(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer in longitude and latitude, valid at the decimals that are written."""
    degrees = layer.to_crs("EPSG:4326")
    return degrees.set_geometry(shapely.set_precision(degrees.geometry.to_numpy(), 10.0**-DECIMALS))
