"""The files of a pack's layers: a GeoPackage for QGIS, isochrones and zones for other programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ptreach.outputs.layers.exchange import write_geojson, write_geoparquet, write_pmtiles
from ptreach.outputs.layers.frames import (
    isochrone_layer,
    origin_layer,
    route_layer,
    stop_layer,
    street_layer,
    zone_layer,
    zone_layer_name,
)
from ptreach.outputs.layers.geopackage import write_geopackage
from ptreach.outputs.layers.qgis import (
    isochrone_style,
    origin_style,
    outline_style,
    route_style,
    stop_style,
    street_style,
    with_plain_names,
    zone_style,
)
from ptreach.outputs.tables.dictionary import describe
from ptreach.outputs.tables.layer_columns import (
    ISOCHRONES,
    ISOCHRONES_ALWAYS,
    ISOCHRONES_BEST,
    ORIGIN,
    ROUTES,
    STOPS,
    STREETS,
)
from ptreach.outputs.tables.own_columns import ZONES
from ptreach.outputs.wording import credit_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry import MultiPolygon

    from ptreach.config import Town
    from ptreach.measures.agreement import Agreement
    from ptreach.measures.specks import Merged
    from ptreach.model import Repair
    from ptreach.outputs.facts import PackFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a pack says of the places that are no zones; all geometry is in EPSG:27700.

    ``best`` and ``always`` are isochrones of the 5th and the 95th percentile; ``merged`` counts, by cutoff of
    the median's, the islands and holes that were merged. For ``stops, routes, streets`` see `stop_layer`,
    `route_layer` and `street_layer`; ``streets_exact`` says that the times of streets were searched for, not
    read off the surface. ``agreement`` is that of map and table. ``repairs`` are what was found in the feeds'
    courses of vehicles.
    """

    best: Mapping[int, MultiPolygon]
    always: Mapping[int, MultiPolygon]
    merged: Mapping[int, Merged]
    stops: gpd.GeoDataFrame
    routes: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    streets_exact: bool
    agreement: Agreement
    repairs: tuple[Repair, ...] = ()


def write_layers(
    folder: Path,
    *,
    town: Town,
    zones: gpd.GeoDataFrame,
    isochrones: Mapping[int, MultiPolygon],
    origin_xy_m: tuple[float, float],
    facts: PackFacts,
    surroundings: Surroundings | None,
    tiles: bool = False,
) -> None:
    """Write ``<town>.gpkg``, and isochrones of the median and zones as ``.geojson`` and ``.parquet``.

    With `tiles` these two as ``.pmtiles`` too. A layer without a row is left out.
    """
    zone_name, slug = zone_layer_name(facts.areas), town.slug
    layers = {
        zone_name: zone_layer(zones, town.preset.cutoffs_min, facts.areas, made_up=facts.made_up),
        ISOCHRONES: isochrone_layer(isochrones, town, made_up=facts.made_up),
    }
    if surroundings is not None:
        layers |= _around(surroundings, town, made_up=facts.made_up)
    layers[ORIGIN] = origin_layer(town, origin_xy_m, made_up=facts.made_up)
    layers = {name: layer for name, layer in layers.items() if len(layer)}
    columns = {
        name: describe(
            ZONES if name == zone_name else name,
            layer.columns.drop("geometry"),
            facts.areas,
            town.preset.cutoffs_min,
        )
        for name, layer in layers.items()
    }
    about = {name: words for name, words in _about(zone_name, facts).items() if name in layers}
    styles = _styles(layers, zone_name, town.preset.cutoffs_min)
    write_geopackage(
        folder / f"{slug}.gpkg",
        layers,
        {name: with_plain_names(style, columns[name]) for name, style in styles.items()},
        columns,
        about,
    )
    for what, name in (("isochrones", ISOCHRONES), ("zones", zone_name)):
        layer = layers[name]
        write_geojson(folder / f"{slug}-{what}.geojson", layer, about[name])
        write_geoparquet(folder / f"{slug}-{what}.parquet", layer)
        if tiles:
            write_pmtiles(folder / f"{slug}-{what}.pmtiles", layer, what, about[name])


def _around(surroundings: Surroundings, town: Town, *, made_up: bool) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers between isochrones and origin, in the order they are drawn in."""
    cutoffs = town.preset.cutoffs_min
    return {
        ISOCHRONES_BEST: isochrone_layer(surroundings.best, town, percentile=5, made_up=made_up),
        ISOCHRONES_ALWAYS: isochrone_layer(surroundings.always, town, percentile=95, made_up=made_up),
        STREETS: street_layer(surroundings.streets, cutoffs, made_up=made_up),
        ROUTES: route_layer(surroundings.routes, made_up=made_up),
        STOPS: stop_layer(surroundings.stops, cutoffs, made_up=made_up),
    }


def _styles(
    layers: Mapping[str, gpd.GeoDataFrame], zone_name: str, cutoffs_min: Sequence[int]
) -> dict[str, str]:
    """Return the style of each layer."""
    modes = layers[ROUTES]["mode"] if ROUTES in layers else ()
    styles = {
        zone_name: zone_style(cutoffs_min),
        ISOCHRONES: isochrone_style(cutoffs_min),
        ISOCHRONES_BEST: outline_style(cutoffs_min, dotted=True),
        ISOCHRONES_ALWAYS: outline_style(cutoffs_min, dotted=False),
        STREETS: street_style(cutoffs_min),
        ROUTES: route_style(modes),
        STOPS: stop_style(cutoffs_min),
        ORIGIN: origin_style(),
    }
    return {name: style for name, style in styles.items() if name in layers}


def _about(zone_name: str, facts: PackFacts) -> dict[str, str]:
    """Return what each layer is, in a sentence, with the words that the publishers of its data ask for."""
    credit = credit_line(facts.sources)
    about = {
        zone_name: f"Zones ({facts.areas.edition}) with travel times and deprivation.",
        ISOCHRONES: "Area within each cutoff by the median of the window's travel times.",
        ISOCHRONES_BEST: "Area within each cutoff at best: by the 5th percentile.",
        ISOCHRONES_ALWAYS: "Area within each cutoff nearly always: by the 95th percentile.",
        STREETS: "Streets within the last cutoff, by the median travel time to their middle.",
        ROUTES: "What runs in the window and calls at a stop within the last cutoff.",
        STOPS: "Stops within the last cutoff, by the median.",
        ORIGIN: "The town's point, and what was asked.",
    }
    return {name: f"{words} {credit}" for name, words in about.items()}
