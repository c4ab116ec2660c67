"""A GeoPackage whose layers open in QGIS coloured, labelled and with plain names for their columns.

The file repeats byte for byte: its dates are a fixed one, for the pack's facts have no clock in them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

import pyogrio

from ptreach.zips import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from ptreach.outputs.tables.columns import Column

CRS: Final = "EPSG:27700"
_WRITTEN: Final = WRITTEN.strftime("%Y-%m-%dT%H:%M:%S.000Z")
"""The date that a GeoPackage must bear, always the same."""
_DATE_OPTION: Final = "OGR_CURRENT_DATE"
_SCHEMA_EXTENSION: Final = "http://www.geopackage.org/spec130/#extension_schema"


def write_geopackage(
    path: Path,
    layers: Mapping[str, gpd.GeoDataFrame],
    styles: Mapping[str, str] | None = None,
    columns: Mapping[str, Sequence[Column]] | None = None,
    about: Mapping[str, str] | None = None,
) -> None:
    """Write layers in metres as one GeoPackage, replacing a file that is there.

    Parameters
    ----------
    path
        The file to write.
    layers
        Layers by name, in their order; each has at least one row.
    styles
        Default styles by the name of their layer, as QGIS's QML.
    columns
        What the columns of layers are, by the name of the layer.
    about
        What layers are, in a sentence, by their name.

    Raises
    ------
    ValueError
        Where a layer is in no projected coordinate system such as EPSG:27700, or a style is of no layer.
    """
    styles = styles or {}
    for name, layer in layers.items():
        if layer.crs is None or not layer.crs.is_projected:
            raise ValueError(f"layer {name} is not in metres, such as those of {CRS}")
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
    with closing(sqlite3.connect(path)) as file, file:
        _describe_layers(file, about or {})
        if columns:
            _describe_columns(file, columns)
        if styles:
            _write_styles(file, styles)


@contextmanager
def _fixed_date() -> Iterator[None]:
    """Let GDAL write a fixed date instead of today's."""
    before = pyogrio.get_gdal_config_option(_DATE_OPTION)
    pyogrio.set_gdal_config_options({_DATE_OPTION: _WRITTEN})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({_DATE_OPTION: before})


def _describe_layers(file: sqlite3.Connection, about: Mapping[str, str]) -> None:
    """Say what layers are where the standard has a place for it."""
    file.executemany(
        "UPDATE gpkg_contents SET description = ? WHERE table_name = ?",
        [(words, name) for name, words in about.items()],
    )


def _describe_columns(file: sqlite3.Connection, columns: Mapping[str, Sequence[Column]]) -> None:
    """Add the standard's table of columns: their plain names and what they are."""
    file.execute(
        """CREATE TABLE gpkg_data_columns (
        table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
        mime_type TEXT, constraint_name TEXT,
        CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
        CONSTRAINT gdc_tn UNIQUE (table_name, name))"""
    )
    file.execute(
        """CREATE TABLE gpkg_data_column_constraints (
        constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
        min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
        CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))"""
    )
    file.executemany(
        """INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description)
        VALUES (?, ?, ?, ?, ?)""",
        [
            (layer, column.name, column.heading, column.heading, column.about)
            for layer, described in columns.items()
            for column in described
        ],
    )
    file.executemany(
        """INSERT INTO gpkg_extensions (table_name, column_name, extension_name, definition, scope)
        VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')""",
        [(name, _SCHEMA_EXTENSION) for name in ("gpkg_data_columns", "gpkg_data_column_constraints")],
    )


def _write_styles(file: sqlite3.Connection, styles: Mapping[str, str]) -> None:
    """Add the table ``layer_styles``, in which QGIS looks for the default style of each layer."""
    rows = [
        (number, name, "geom", name, qml, f"Default style of {name}", _WRITTEN)
        for number, (name, qml) in enumerate(styles.items(), 1)
    ]
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
        (_WRITTEN,),
    )
