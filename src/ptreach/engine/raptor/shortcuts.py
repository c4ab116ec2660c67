"""Shortcuts: what spares the sweep work and changes no answer. Each can be switched off, to show that."""

from __future__ import annotations

from typing import Final, NamedTuple


class Shortcuts(NamedTuple):
    """Which shortcuts are taken, as plain flags for the kernels.

    Parameters
    ----------
    listed_once
        Of trips at the same times at the same stops one is searched.
    changes_worth_making
        Changes of vehicle that bring one nowhere sooner than others are left out.
    changes_ahead
        A change is not made where the trip ahead on the line has made it for departures as late.
    arrivals_that_are_new
        Arrivals at a stop that are no later departures than those before are not logged.
    stops_near_enough
        At a destination, stops from which nothing can be quicker than the limit or the walk are passed over.
    walks_from_the_fewer
        Walks between stops and points are searched from whichever there are fewer of.
    stops_near_points
        Walks to points are searched only from stops that have a point within the limit as the crow flies.
    ranks_asked_for
        Comparisons on which no percentile depends are left out.
    kept_walks
        Walks between the stops are read from a file beside the network, where a run has left them.
    """

    listed_once: bool = True
    changes_worth_making: bool = True
    changes_ahead: bool = True
    arrivals_that_are_new: bool = True
    stops_near_enough: bool = True
    walks_from_the_fewer: bool = True
    stops_near_points: bool = True
    ranks_asked_for: bool = True
    kept_walks: bool = True


ALL: Final = Shortcuts()
