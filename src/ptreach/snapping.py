"""How far a town's point and the stops of its network are from the street that they join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptreach.model import Points
from ptreach.outputs.facts import Snapping

if TYPE_CHECKING:
    from ptreach.config import Town
    from ptreach.engine.base import Engine
    from ptreach.network.build import Network


def snapping_of(router: Engine, network: Network, town: Town) -> Snapping:
    """Return how far the town's point and every stop are from a street, those without one as NaN."""
    names, rules = network.names(), network.rules
    stops = Points.of(names.stop_ids, network.stops.lon, network.stops.lat, where=town.network)
    origin = Points.of(["origin"], [town.origin.lon], [town.origin.lat], where=str(town.path))
    return Snapping(
        origin_m=float(router.street_distance_m(origin, rules.link_far_m)[0]),
        stop_ids=tuple(names.stop_ids),
        stop_names=tuple(names.stop_names),
        stops_m=router.street_distance_m(stops, rules.link_far_m),
        near_m=rules.link_near_m,
        far_m=rules.link_far_m,
    )
