"""The rules that a network is built by and searched by, in one place."""

from __future__ import annotations

from typing import Final, NamedTuple


class Rules(NamedTuple):
    """Choices that other engines make differently; all are plain numbers, given to builder and kernels.

    Parameters
    ----------
    earth_radius_m
        Radius of the sphere on which lengths are measured.
    island_vertices
        Parts of the street network with fewer vertices than this, cut off from the rest, can't be walked.
    link_near_m, link_far_m
        A point hangs on the nearest street within the first; failing that, within the second.
    board_slack_s
        A vehicle is caught if it departs more than this after the arrival at the stop.
    """

    earth_radius_m: float
    island_vertices: int
    link_near_m: float
    link_far_m: float
    board_slack_s: int


OURS: Final = Rules(
    earth_radius_m=6_371_008.8,  # mean radius, IUGG
    island_vertices=40,
    link_near_m=300.0,
    link_far_m=1_600.0,
    board_slack_s=60,
)
