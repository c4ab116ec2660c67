"""What a pack's layers hold beside zones and the isochrones of the median."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptreach.outputs.layers.files import Surroundings
from ptreach.services import calls_in_window, routes_about, stops_about, with_courses
from ptreach.sources.gtfs import feed_name
from ptreach.sources.repairs import Ledger
from ptreach.surface import ALWAYS, BEST, MEDIAN

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ptreach.config import Town
    from ptreach.model import SourceRecord
    from ptreach.network.build import Network
    from ptreach.surface import Surface


def surroundings_of(
    network: Network,
    town: Town,
    surface: Surface,
    records: Sequence[SourceRecord],
    rules_off: Collection[str],
) -> Surroundings:
    """Return stops, routes, streets and further isochrones of a town.

    Parameters
    ----------
    records
        The network's inputs; courses of vehicles are read from its feeds.
    rules_off
        Rules of cleaning that are switched off.

    Raises
    ------
    InputError
        As `read_shapes`.
    """
    names, calls = network.names(), calls_in_window(network, town)
    stops = stops_about(network, names, town, calls, surface.stop_minutes)
    routes = routes_about(network, names, calls, stops["stop"].to_numpy())
    ledger = Ledger(rules_off)
    feeds = [ledger.of(feed_name(record.path), record.path) for record in records if record.kind == "gtfs"]
    return Surroundings(
        best=surface.isochrones[BEST],
        always=surface.isochrones[ALWAYS],
        merged=surface.merged[MEDIAN],
        stops=stops,
        routes=with_courses(routes, names, feeds),
        streets=surface.streets,
        streets_exact=surface.streets_exact,
        agreement=surface.agreement,
        repairs=ledger.repairs,
    )
