"""What a pack's layers hold beside zones and the isochrones of the median."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptreach.outputs.layer_files import Surroundings
from ptreach.services import calls_in_window, routes_about, stops_about
from ptreach.surface import ALWAYS, BEST, MEDIAN

if TYPE_CHECKING:
    from ptreach.config import Town
    from ptreach.network.build import Network
    from ptreach.surface import Surface


def surroundings_of(network: Network, town: Town, surface: Surface) -> Surroundings:
    """Return stops, routes, streets and further isochrones of a town."""
    names, calls = network.names(), calls_in_window(network, town)
    stops = stops_about(network, names, town, calls, surface.stop_minutes)
    return Surroundings(
        best=surface.isochrones[BEST],
        always=surface.isochrones[ALWAYS],
        merged=surface.merged[MEDIAN],
        stops=stops,
        routes=routes_about(network, names, calls, stops["stop"].to_numpy()),
        streets=surface.streets,
        streets_exact=surface.streets_exact,
        agreement=surface.agreement,
    )
