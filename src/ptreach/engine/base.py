"""What an engine is: travel times between points, and how points hang on its network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from ptreach.model import FloatArray, PointLinks, Points, Query, TravelTimeMatrix


class Engine(Protocol):
    """Computes travel times on one network folder.

    ``notes`` are sentences on its answers that a reader of the figures should know.
    """

    name: str
    notes: tuple[str, ...]

    @property
    def resolution_s(self) -> Literal[1, 60]:
        """What its seconds are whole multiples of; rounded down where that is 60."""

    @property
    def software(self) -> Mapping[str, str]:
        """Releases, or digests, of what it runs beside ptreach and its libraries, by name; empty: nothing."""

    @property
    def rules(self) -> Mapping[str, str | int | float | bool]:
        """Its rules by name, in plain values, as those of `ptreach.network.rules`."""

    def travel_times(self, origins: Points, destinations: Points, query: Query) -> Iterator[TravelTimeMatrix]:
        """Yield blocks of whole origin rows, in the order of `origins`, in seconds.

        For direction ``to`` journeys start at the destinations and arrive at the origins in the window.
        """

    def each_departure(
        self, origins: Points, destinations: Points, query: Query
    ) -> Iterator[NDArray[np.uint16]]:
        """Yield blocks of whole origin rows in seconds, uint16 of shape (origins, destinations, departures).

        The departures (for direction ``to``, arrivals) of the window in their order; ``UNREACHED`` where one
        does not reach a place.
        """

    def street_distance_m(self, points: Points, within_m: float) -> FloatArray:
        """Return how far each point is from a street, in metres, NaN where none is within `within_m`."""

    def point_links(self, points: Points, query: Query) -> PointLinks:
        """Return how points hang on the network, seen as the far ends of the query's journeys."""
