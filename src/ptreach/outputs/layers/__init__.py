"""Layers for geographic information systems: GeoPackage with styles, exchange files, PostGIS."""
