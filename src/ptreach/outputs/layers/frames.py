"""Layers of a pack as tables with geometry in EPSG:27700: from isochrones and zones to stops and streets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from shapely.geometry import MultiPolygon, Point, Polygon

from ptreach.measures.bands import band_labels, name_bands
from ptreach.model import Reason
from ptreach.outputs.layers.geopackage import CRS
from ptreach.outputs.tables.frames import MADE_UP, MINUTE_DECIMALS, zone_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ptreach.config import Town
    from ptreach.outputs.facts import AreasFacts


def isochrone_layer(
    isochrones: Mapping[int, MultiPolygon], town: Town, *, percentile: int = 50, made_up: bool
) -> gpd.GeoDataFrame:
    """Return one row a cutoff, cumulative and nested, the largest first so that smaller ones draw on top.

    Columns ``town, percentile, cutoff_min, label`` (``under 30 min``), ``area_km2, geometry``; in a made-up
    pack ``made_up`` comes first.
    """
    cutoffs = sorted(isochrones, reverse=True)
    layer = gpd.GeoDataFrame(
        {
            "town": town.name,
            "percentile": percentile,
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


def stop_layer(stops: gpd.GeoDataFrame, cutoffs_min: Sequence[int], *, made_up: bool) -> gpd.GeoDataFrame:
    """Return the stops within the last cutoff, the farthest first so that nearer ones draw on top.

    Columns ``stop_id, stop_name, modes, routes, departures, minutes_p5`` … (four decimals), ``band`` and
    ``geometry``; in a made-up pack ``made_up`` comes first. `stops` has these but ``band``.
    """
    minutes = [name for name in stops.columns if name.startswith("minutes_p")]
    layer = stops[["stop_id", "stop_name", "modes", "routes", "departures", *minutes, "geometry"]]
    return _by_band(layer, minutes, cutoffs_min, made_up=made_up)


def street_layer(streets: gpd.GeoDataFrame, cutoffs_min: Sequence[int], *, made_up: bool) -> gpd.GeoDataFrame:
    """Return the streets within the last cutoff, the farthest first.

    Columns ``minutes_p50`` (at the street's middle, four decimals), ``band, length_m`` (one decimal) and
    ``geometry``; in a made-up pack ``made_up`` comes first. `streets` has these but ``band``.
    """
    layer = streets.assign(length_m=streets["length_m"].round(1))
    return _by_band(
        layer[["minutes_p50", "length_m", "geometry"]], ["minutes_p50"], cutoffs_min, made_up=made_up
    )


def route_layer(routes: gpd.GeoDataFrame, *, made_up: bool) -> gpd.GeoDataFrame:
    """Return what runs in the window and calls at a stop within the last cutoff.

    Columns ``route, mode, agency, trips, stops_n, first_stop, last_stop, line, stop_ids, geometry``; in a
    made-up pack ``made_up`` comes first.
    """
    names = ["route", "mode", "agency", "trips", "stops_n", "first_stop", "last_stop", "line", "stop_ids"]
    layer = routes[[*names, "geometry"]].copy()
    return _marked(layer) if made_up else layer


def _by_band(
    layer: gpd.GeoDataFrame, minutes: Sequence[str], cutoffs_min: Sequence[int], *, made_up: bool
) -> gpd.GeoDataFrame:
    """Return `layer` with the band of the median after its minutes, which are rounded, farthest first."""
    median = layer["minutes_p50"].to_numpy(dtype=np.float64)
    bands = name_bands(median, [Reason.REACHED.value] * len(layer), cutoffs_min)
    layer = layer.assign(**{name: layer[name].round(MINUTE_DECIMALS) for name in minutes})
    layer.insert(list(layer.columns).index(minutes[-1]) + 1, "band", bands)
    layer = layer.iloc[np.argsort(-median, kind="stable")].reset_index(drop=True)
    return _marked(layer) if made_up else layer


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
