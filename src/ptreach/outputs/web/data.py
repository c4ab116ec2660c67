"""What the scripts of the page are given: geometry in whole units, a column a quantity, no words of HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from ptreach.config import format_clock
from ptreach.measures.bands import band_labels, beyond_label
from ptreach.measures.neighbours import touching_zones
from ptreach.model import Reason
from ptreach.outputs.ramp import GROUND, INK, MISSING, STAR, WATER, band_colours
from ptreach.outputs.web.ground import fitted_ground
from ptreach.outputs.web.paths import area_paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.config import Town
    from ptreach.model import FloatArray
    from ptreach.outputs.web.paths import Sheet

SMALLEST_VIEW_M: Final = 3000.0
PADDING: Final = 0.05
"""Room around what is in view at first, as a share of its extent."""
_ROUND_THE_ZONES: Final = 0.25
"""How far beyond the zones land is drawn, as a share of their extent."""
_STARTS_AT: Final = 1e-6
"""Seconds by which division and multiplication by 60 may fall short of a whole one."""


def page_data(
    *,
    town: Town,
    zones: gpd.GeoDataFrame,
    isochrones: Mapping[int, MultiPolygon],
    ground: gpd.GeoDataFrame,
    land: BaseGeometry,
    origin_xy_m: tuple[float, float],
    by_the_sea: bool,
    stops: gpd.GeoDataFrame | None,
) -> dict[str, Any]:
    """Return the data of a page as plain lists and numbers that JSON has; arguments are those of `web_page`.

    Raises InputError where a zone has no polygon.
    """
    frame = _frame(zones, isochrones, origin_xy_m)
    drawn = fitted_ground(ground, frame)
    sheet, cutoffs = drawn.sheet, town.preset.cutoffs_min
    around = frame.buffer(_ROUND_THE_ZONES * max(_size_m(frame)), join_style="mitre")
    colours = band_colours(len(cutoffs))
    drawn_first = sorted(isochrones, reverse=True)
    simple = shapely.simplify([isochrones[cutoff] for cutoff in drawn_first], sheet.unit_m)
    return {
        "unitM": sheet.unit_m,
        "frame": sheet.box(frame.bounds),
        "view": sheet.box(_first_view_m(zones, isochrones, origin_xy_m)),
        "town": town.name,
        "direction": town.preset.direction,
        "origin": sheet.places(np.array([origin_xy_m]))[0].tolist(),
        "cutoffs": list(cutoffs),
        "mostMin": int(np.ceil(town.preset.max_time_min)),
        "classes": [
            {"label": label, "fill": fill}
            for label, fill in (
                *zip(band_labels(cutoffs), colours, strict=True),
                (beyond_label(cutoffs), GROUND),
                ("not reached", GROUND),
            )
        ],
        "hatch": MISSING,
        "percentiles": [[p, percentile_name(p)] for p in sorted(town.preset.percentiles)],
        "ink": INK,
        "star": STAR,
        "water": WATER,
        "land": area_paths([_land_about(land, around, sheet)], sheet)[0],
        "byTheSea": by_the_sea,
        "isochrones": [
            [cutoff, path] for cutoff, path in zip(drawn_first, area_paths(simple, sheet), strict=True)
        ],
        "ground": drawn.tiles,
        "leftOut": list(drawn.left_out),
        "zones": _zones(zones, town, sheet),
        "stops": _stops(stops, sheet),
    }


def percentile_name(percentile: int) -> str:
    """Return ``median`` for 50, else ``5th`` and so on."""
    if percentile == 50:
        return "median"
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if percentile // 10 == 1 else endings.get(percentile % 10, "th")
    return f"{percentile}{ending}"


def _zones(zones: gpd.GeoDataFrame, town: Town, sheet: Sheet) -> dict[str, Any]:
    """Return the columns of the zones, in their order."""
    shapes = zones.geometry.to_numpy()
    near = touching_zones(list(shapes), gap_m=sheet.unit_m)
    districts = sorted({str(name) for name in zones["district_name"].dropna()})
    event = "departure" if "best_departure_s" in zones else "arrival"
    columns: dict[str, Any] = {
        "id": [str(text) for text in zones["zone_id"]],
        "name": [str(text) for text in zones["zone_name"]],
        "districts": districts,
        "district": [districts.index(str(name)) for name in zones["district_name"].fillna("")]
        if districts and zones["district_name"].notna().all()
        else None,
        "path": area_paths(shapes, sheet),
        "box": [sheet.box(bounds) for bounds in shapely.bounds(shapes)],
        "spot": sheet.places(shapely.get_coordinates(shapely.point_on_surface(shapes))).tolist(),
        "near": [part.tolist() for part in _by_focal(near.focal_idx, near.neighbour_idx, len(zones))],
        "seconds": {str(p): whole_seconds(zones[f"minutes_p{p}"]) for p in town.preset.percentiles},
        # A zone whose median is not reached although some departures reach it is beyond the limit
        "reason": [
            Reason.BEYOND_LIMIT.value if reason == Reason.REACHED else str(reason)
            for reason in zones["reason"]
        ],
        "reached": _numbers(zones["departures_reached"], 4),
        "within": [_numbers(zones[f"departures_within_{cutoff}"], 4) for cutoff in town.preset.cutoffs_min],
        "bestAt": _clock(zones[f"best_{event}_s"]),
        "best": whole_seconds(zones["best_min"]),
        "worstAt": _clock(zones[f"worst_{event}_s"]),
        "worst": whole_seconds(zones["worst_min"]),
        "people": _numbers(zones["population"], 0),
        "imd": _numbers(zones["imd_decile"], 0),
        "idaci": _numbers(zones["idaci_decile"], 0),
    }
    return columns


def whole_seconds(minutes: ArrayLike) -> list[int | None]:
    """Return minutes as whole seconds, cut and not rounded so that no place is carried over a cutoff."""
    seconds = np.asarray(minutes, dtype=np.float64) * 60
    return [None if np.isnan(value) else int(np.floor(value + _STARTS_AT)) for value in seconds]


def _numbers(values: pd.Series, decimals: int) -> list[float | int | None]:
    """Return numbers rounded, those without a fraction as whole ones, None where not known."""
    rounded = np.round(np.asarray(values, dtype=np.float64), decimals)
    return [
        None if np.isnan(value) else int(value) if value == int(value) else float(value) for value in rounded
    ]


def _clock(seconds: pd.Series) -> list[str | None]:
    """Return clock times such as ``07:15``."""
    return [None if np.isnan(value) else format_clock(int(value)) for value in seconds]


def _by_focal(
    focal_idx: NDArray[np.int64], neighbour_idx: NDArray[np.int64], zones_n: int
) -> list[NDArray[np.int64]]:
    """Return the neighbours of each zone."""
    return np.split(neighbour_idx, np.searchsorted(focal_idx, np.arange(1, zones_n)))


def _stops(stops: gpd.GeoDataFrame | None, sheet: Sheet) -> list[list[int | str]]:
    """Return place and name of each stop."""
    if stops is None:
        return []
    places = sheet.places(shapely.get_coordinates(stops.geometry.to_numpy())).tolist()
    return [[x, y, str(name)] for (x, y), name in zip(places, stops["stop_name"], strict=True)]


def _frame(
    zones: gpd.GeoDataFrame, isochrones: Mapping[int, MultiPolygon], origin_xy_m: tuple[float, float]
) -> shapely.Polygon:
    """Return the rectangle in metres that holds all there is to see."""
    shapes = [*zones.geometry, *isochrones.values(), shapely.Point(origin_xy_m)]
    return shapely.box(*_at_least(shapely.total_bounds(shapes)))


def _first_view_m(
    zones: gpd.GeoDataFrame, isochrones: Mapping[int, MultiPolygon], origin_xy_m: tuple[float, float]
) -> list[float]:
    """Return west, south, east, north in metres: isochrones and origin with room around, as on the picture.

    Where there is no isochrone, the zones are in view instead.
    """
    widest = isochrones[max(isochrones)]
    shown = list(zones.geometry) if widest.is_empty else [widest]
    west, south, east, north = _at_least(shapely.total_bounds([*shown, shapely.Point(origin_xy_m)]))
    room = PADDING * max(east - west, north - south)
    return [west - room, south - room, east + room, north + room]


def _at_least(bounds_m: FloatArray) -> tuple[float, float, float, float]:
    """Return bounds in metres, widened about their middle where they are small."""
    west, south, east, north = (float(value) for value in bounds_m)
    x, y = (west + east) / 2, (south + north) / 2
    half_x, half_y = (max(size, SMALLEST_VIEW_M) / 2 for size in (east - west, north - south))
    return (x - half_x, y - half_y, x + half_x, y + half_y)


def _size_m(frame: shapely.Polygon) -> tuple[float, float]:
    """Return width and height of a rectangle."""
    west, south, east, north = frame.bounds
    return (east - west, north - south)


def _land_about(land: BaseGeometry, around: shapely.Polygon, sheet: Sheet) -> BaseGeometry:
    """Return the land within a rectangle as truly as the sheet shows it; all of it where it is not valid."""
    seen = shapely.intersection(land, around) if land.is_valid else land
    return shapely.simplify(seen, 2 * sheet.unit_m)
