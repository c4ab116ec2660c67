"""Routes of a feed and the agencies that run them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.sources.gtfs_tables import kept_rows, numbers_of, positions_of
from ptreach.sources.modes import MODES, OTHER, modes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.sources.repairs import FeedLedger


_NO_URL: Final = "http://unknown.invalid"


class Agency(NamedTuple):
    """What is known of an agency."""

    agency_id: str
    name: str
    url: str


def clean_routes(
    table: pd.DataFrame, agency: pd.DataFrame, ledger: FeedLedger
) -> tuple[list[Agency], pd.DataFrame]:
    """Return agencies, and routes by route_id: columns route_id, name, mode, agency.

    A route that names no agency is of the feed's first; one that names an unknown agency, of one called so.
    """
    shown = ("route_id", "route_short_name", "route_long_name")
    routes = kept_rows(table, table["route_id"].notna(), "routes-without-id", "routes.txt", shown, ledger)
    routes = kept_rows(
        routes, ~routes["route_id"].duplicated(), "routes-listed-twice", "routes.txt", shown, ledger
    )
    routes = routes.sort_values("route_id")
    modes, told = _modes(routes)
    kept_rows(routes, told, "routes-of-no-type", "routes.txt", (*shown, "route_type"), ledger)
    agencies = _agencies(agency, ledger)
    first = next(iter(agencies), "")
    agency_id = routes["agency_id"].fillna(first) if "agency_id" in routes else [first] * len(routes)
    for name in sorted(set(agency_id) - agencies.keys()):
        agencies[name] = Agency(name, name, _NO_URL)
    routes = pd.DataFrame(
        {
            "route_id": pd.Series(routes["route_id"].to_numpy(), dtype=object),
            "name": pd.Series(_route_names(routes), dtype=object),
            "mode": modes.astype(np.int8),
            "agency": positions_of(agency_id, agencies).astype(np.int32),
        }
    )
    return list(agencies.values()), routes


def _modes(routes: pd.DataFrame) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Return the position of each route's mode in `MODES`, and whether the feed tells it.

    Feeds that ptreach wrote tell in a column of their own what no basic route type says.
    """
    modes = np.full(len(routes), OTHER, dtype=np.int8)
    if "route_type" in routes:
        modes = modes_of(numbers_of(routes["route_type"]))
    own = np.full(len(routes), -1)
    if "ptreach_mode" in routes:
        own = positions_of(routes["ptreach_mode"], MODES)
    return np.where(own >= 0, own, modes).astype(np.int8), (own >= 0) | (modes != OTHER)


def _agencies(table: pd.DataFrame, ledger: FeedLedger) -> dict[str, Agency]:
    """Return the agencies of a feed by their id, in the order of the feed; the id may be empty."""
    if table.empty:
        return {}
    cells = [
        (table[column].fillna("") if column in table else [""] * len(table))
        for column in ("agency_id", "agency_name", "agency_url")
    ]
    found: dict[str, Agency] = {}
    for agency_id, name, url in zip(*cells, strict=True):
        if agency_id in found:
            ledger.note("agencies-listed-twice", 1, "agency.txt", f"agency_id {agency_id}", agency_id)
        found.setdefault(agency_id, Agency(agency_id, name or agency_id, url or _NO_URL))
    return found


def _route_names(routes: pd.DataFrame) -> list[str]:
    """Return the number on the bus of each route, else its long name, else its id."""
    names = routes["route_id"]
    for column in ("route_long_name", "route_short_name"):
        if column in routes:
            names = routes[column].where(routes[column].notna(), names)
    return [str(name) for name in names]
