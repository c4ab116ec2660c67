"""The rules that a network is built by and searched by, in one place.

Other engines choose differently; `R5` holds the choices of Conveyal R5 7.5.1, so that the two can be compared
like for like. All fields are plain numbers and flags that builder and kernels are given: there is one code
path.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple


class Rules(NamedTuple):
    """Choices that engines make differently.

    Parameters
    ----------
    local_streets
        Streets for residents, customers, deliveries, farms and forests can be walked.
    cut_at_any_way
        Streets are cut at nodes that any ways share, fences and land use included; else where streets meet.
    truncates
        Coordinates and lengths lose their fractions; else they are rounded.
    earth_radius_m
        Radius of the sphere on which streets are measured.
    degree_m
        Length of a degree when points are linked.
    island_vertices
        Parts of the street network with fewer vertices than this can't be walked.
    stretched
        A point's foot on a street is found with longitudes divided by the cosine of the latitude, not
        multiplied.
    mirrored
        Streets are entered mirrored in the grid in which points look for them, so that a near one may be
        missed.
    link_near_m, link_far_m
        A point hangs on the nearest street within the first; failing that, within the second.
    snap_mm
        A stop nearer than this to an end of its edge, along it, hangs on that end.
    apart_on_foot
        Two stops that hang on one vertex are apart by the way out along its shortest street and back.
    transfer_limit_mm
        Longest transfer; 0 where only the walking limit holds.
    nearest_of_pattern
        A transfer is kept only to a stop that is the nearest of at least one pattern.
    egress_limit_mm
        How far from the last stop street vertices are looked for; 0 where only the walking limit holds.
    rounds_each
        Each street and each part of a walk is rounded to seconds by itself, streets up, all else down, at
        whole millimetres a second; else a walk is rounded up once.
    direct_unlimited
        A walk all the way from the last vertex within the limit may take longer than the limit; on one edge
        the way along it is the only one.
    board_slack_s
        A vehicle is caught if it departs more than this after the arrival at the stop.
    transfers_txt
        Least times and prohibitions of transfers.txt hold; where no street joins two stops, a change that it
        times can be made all the same.
    stays_seated
        Who rides to a trip's last stop may stay on board for the vehicle's next trip (block_id).
    days_around
        Trips of the service days before and after the date run too.
    """

    local_streets: bool
    cut_at_any_way: bool
    truncates: bool
    earth_radius_m: float
    degree_m: float
    island_vertices: int
    stretched: bool
    mirrored: bool
    link_near_m: float
    link_far_m: float
    snap_mm: int
    apart_on_foot: bool
    transfer_limit_mm: int
    nearest_of_pattern: bool
    egress_limit_mm: int
    rounds_each: bool
    direct_unlimited: bool
    board_slack_s: int
    transfers_txt: bool
    stays_seated: bool
    days_around: bool


_EARTH_M: Final = 6_371_008.8  # mean radius, IUGG

OURS: Final = Rules(
    local_streets=True,
    cut_at_any_way=False,
    truncates=False,
    earth_radius_m=_EARTH_M,
    degree_m=math.pi / 180 * _EARTH_M,
    island_vertices=40,
    stretched=False,
    mirrored=False,
    link_near_m=300.0,
    link_far_m=1_600.0,
    snap_mm=0,
    apart_on_foot=False,
    transfer_limit_mm=0,
    nearest_of_pattern=False,
    egress_limit_mm=0,
    rounds_each=False,
    direct_unlimited=False,
    board_slack_s=60,
    transfers_txt=True,
    stays_seated=True,
    days_around=True,
)

R5: Final = Rules(
    local_streets=False,
    cut_at_any_way=True,
    truncates=True,
    earth_radius_m=6_367_450.0,
    degree_m=111_111.111,
    island_vertices=40,
    stretched=True,
    mirrored=True,
    link_near_m=300.0,
    link_far_m=1_600.0,
    snap_mm=5_000,
    apart_on_foot=True,
    transfer_limit_mm=1_000_000,
    nearest_of_pattern=True,
    egress_limit_mm=2_000_000,
    rounds_each=True,
    direct_unlimited=True,
    board_slack_s=60,
    transfers_txt=False,
    stays_seated=False,
    days_around=False,
)

PRESETS: Final = {"ours": OURS, "r5": R5}
