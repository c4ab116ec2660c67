"""Stops of a feed and where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyproj

from ptreach.errors import InputError
from ptreach.sources.gtfs_tables import kept_rows, numbers_of, positions_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray
    from ptreach.sources.repairs import FeedLedger

_FILE: Final = "stops.txt"
_NAMED: Final = ("stop_id", "stop_name")
_GRID_M: Final = (700_000, 1_300_000)
# Where a place that is not known comes to lie: at 0, 0 in degrees; at 0, 0 of the British National Grid, in
# the ocean off Scilly, turned into degrees one way or another.
_ORIGINS: Final = ((0.0, 0.0, 0.0), (-7.5572, 49.7669, 0.01))
# Stops of one feed lie within so many degrees of its middle, but for a few far ones.
_NEAR_DEG: Final = 5.0


def clean_stops(table: pd.DataFrame, timezone: str, ledger: FeedLedger) -> pd.DataFrame:
    """Return stops with a place: columns stop_id, name, code, parent_id, lon, lat, sorted by stop_id.

    A platform without coordinates gets those of its station, a boarding area those of its platform.
    Coordinates with a decimal comma, in metres of the British National Grid (where most are, in a feed of
    British time) or swapped are mended.

    Raises
    ------
    InputError
        Where no stop has a place.
    """
    table = kept_rows(table, table["stop_id"].notna(), "stops-without-id", _FILE, ("stop_name",), ledger)
    table = kept_rows(table, ~table["stop_id"].duplicated(), "stops-listed-twice", _FILE, _NAMED, ledger)
    ids = table["stop_id"].to_numpy()
    parent = _parents(table, ids, ledger)
    lon, lat = _degrees(table, is_british=timezone == "Europe/London", ledger=ledger)
    nowhere = _at_station(ids, parent, lon, lat, ledger)
    stops = pd.DataFrame(
        {
            "stop_id": pd.Series(ids, dtype="object"),
            "name": _filled(table, "stop_name", "" if "stop_name" in table else ids),
            "code": _filled(table, "stop_code", ""),
            "parent_id": pd.Series([ids[row] if row >= 0 else None for row in parent], dtype="object"),
            "lon": lon,
            "lat": lat,
        }
    )
    shown = stops.rename(columns={"name": "stop_name"})
    kept_rows(shown, ~nowhere, "stops-without-place", _FILE, _NAMED, ledger)
    stops = stops[~nowhere]
    if stops.empty:
        raise InputError(
            "no stop has coordinates", where=f"{ledger.path}, {_FILE}", remedy="take a whole GTFS feed"
        )
    return stops.sort_values("stop_id", ignore_index=True)


def _degrees(table: pd.DataFrame, *, is_british: bool, ledger: FeedLedger) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude of stops, mended where it is plain what they should be."""
    x, y = (_coordinates(table, name, ledger) for name in ("stop_lon", "stop_lat"))
    known = np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0))
    if is_british and ledger.is_on("stops-in-metres"):
        metres = known & (x > 1_000) & (x < _GRID_M[0]) & (y > 1_000) & (y < _GRID_M[1])
        if 2 * metres.sum() > known.sum():
            grid = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
            x[metres], y[metres] = grid.transform(x[metres], y[metres])
            kept_rows(table, ~metres, "stops-in-metres", _FILE, (*_NAMED, "stop_lat", "stop_lon"), ledger)
    if known.any() and ledger.is_on("stops-swapped"):
        swapped = known & _swapped(x, y, known, is_british=is_british)
        kept_rows(table, ~swapped, "stops-swapped", _FILE, (*_NAMED, "stop_lat", "stop_lon"), ledger)
        x, y = np.where(swapped, y, x), np.where(swapped, x, y)
    return x, y


def _coordinates(table: pd.DataFrame, name: str, ledger: FeedLedger) -> FloatArray:
    """Return coordinates as numbers, NaN where they are none; a comma may stand for the point."""
    numbers = numbers_of(table[name])
    if ledger.is_on("coordinates-with-comma"):
        points = numbers_of(
            text and text.replace(",", ".") for text in table[name].where(table[name].notna(), None)
        )
        comma = np.isnan(numbers) & np.isfinite(points)
        kept_rows(table, ~comma, "coordinates-with-comma", _FILE, (*_NAMED, name), ledger)
        numbers[comma] = points[comma]
    return numbers


def _swapped(
    x: FloatArray, y: FloatArray, known: NDArray[np.bool_], *, is_british: bool
) -> NDArray[np.bool_]:
    """Return which places lie among the others only if longitude and latitude are swapped.

    The others are those near the middle one; where that is not in Britain but swapped would be, and the
    feed is British, most stops are swapped.
    """
    middle = float(np.median(x[known])), float(np.median(y[known]))
    if is_british and not _in_britain(*middle) and _in_britain(*middle[::-1]):
        middle = middle[::-1]
        near = known & (np.abs(y - middle[0]) < _NEAR_DEG) & (np.abs(x - middle[1]) < _NEAR_DEG)
        others_x, others_y = y[near], x[near]
    else:
        near = known & (np.abs(x - middle[0]) < _NEAR_DEG) & (np.abs(y - middle[1]) < _NEAR_DEG)
        others_x, others_y = x[near], y[near]
    if not others_x.size:
        return np.zeros(x.size, dtype=np.bool_)

    def among(lon: FloatArray, lat: FloatArray, beyond: float) -> NDArray[np.bool_]:
        inside = (lon >= others_x.min() - beyond) & (lon <= others_x.max() + beyond)
        inside &= (lat >= others_y.min() - beyond) & (lat <= others_y.max() + beyond)
        return np.asarray(inside)

    return np.asarray(among(y, x, 0.1) & ~among(x, y, _NEAR_DEG))


def _in_britain(lon: float, lat: float) -> bool:
    """Return whether a place may be in Great Britain."""
    return -9 < lon < 3 and 49 < lat < 61.5


def _filled(table: pd.DataFrame, column: str, missing: Any) -> NDArray[np.object_]:  # noqa: ANN401  one or many
    """Return a column with something in place of what is missing."""
    if column not in table:
        return np.full(len(table), missing, dtype=object)
    cells = table[column].to_numpy()
    return np.where(table[column].isna(), missing, cells)


def _parents(table: pd.DataFrame, ids: NDArray[Any], ledger: FeedLedger) -> NDArray[np.int64]:
    """Return the row of each stop's station or platform, -1 if none; two levels at most."""
    none = np.full(len(table), -1, dtype=np.int64)
    if "parent_station" not in table:
        return none
    parent = positions_of(table["parent_station"], ids)
    parent[parent == np.arange(parent.size)] = -1
    onward = np.append(parent, -1)
    too_deep = onward[onward[parent]] >= 0
    kept_rows(table, ~too_deep, "stops-nested-too-deep", _FILE, _NAMED, ledger)
    return np.where(too_deep, none, parent)


def _at_station(
    ids: NDArray[Any],
    parent: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    ledger: FeedLedger,
) -> NDArray[np.bool_]:
    """Give stops without a place that of their station, in place; return those that have none still."""
    somewhere = (np.abs(lon) <= 180) & (np.abs(lat) < 89)
    for x, y, near in _ORIGINS:
        somewhere &= ~((np.abs(lon - x) <= near) & (np.abs(lat - y) <= near))
    nowhere: NDArray[np.bool_] = np.logical_not(somewhere)
    if not ledger.is_on("stops-at-station"):
        return nowhere
    for _ in range(2):
        helped = nowhere & (parent >= 0) & ~nowhere[parent]
        lon[helped], lat[helped] = lon[parent[helped]], lat[parent[helped]]
        nowhere &= ~helped
        if helped.any():
            ledger.note("stops-at-station", int(helped.sum()), _FILE, f"stop_id {ids[helped].min()}")
    return nowhere
