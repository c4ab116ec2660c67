"""Stops of a feed and where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.gtfs_tables import kept_rows, numbers_of, positions_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.sources.repairs import FeedLedger

_FILE: Final = "stops.txt"
_NAMED: Final = ("stop_id", "stop_name")


def clean_stops(table: pd.DataFrame, ledger: FeedLedger) -> pd.DataFrame:
    """Return stops with a place: columns stop_id, name, code, parent_id, lon, lat, sorted by stop_id.

    A platform without coordinates gets those of its station, a boarding area those of its platform.

    Raises
    ------
    InputError
        Where no stop has a place.
    """
    table = kept_rows(table, table["stop_id"].notna(), "stops-without-id", _FILE, ("stop_name",), ledger)
    table = kept_rows(table, ~table["stop_id"].duplicated(), "stops-listed-twice", _FILE, _NAMED, ledger)
    ids = table["stop_id"].to_numpy()
    parent = _parents(table, ids, ledger)
    lon, lat = numbers_of(table["stop_lon"]), numbers_of(table["stop_lat"])
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
    somewhere = (np.abs(lon) <= 180) & (np.abs(lat) < 89) & ~((lon == 0) & (lat == 0))
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
