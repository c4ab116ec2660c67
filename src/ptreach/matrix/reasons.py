"""Why a place has no travel time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptreach.model import Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ptreach.model import PointLinks


def name_reasons(reached: NDArray[np.bool_], links: PointLinks) -> list[Reason]:
    """Return for each place whether it is reached, else the first thing in its way.

    Parameters
    ----------
    reached
        Whether the place has a travel time, shape (n,).
    links
        How the places hang on the network.
    """
    reasons = []
    for place, has_time in enumerate(reached.tolist()):
        if has_time:
            reason = Reason.REACHED
        elif not links.linked[place]:
            reason = Reason.OFF_NETWORK
        elif not links.near_stop[place]:
            reason = Reason.TOO_FAR_TO_WALK
        elif not links.near_service[place]:
            reason = Reason.NO_SERVICE
        else:
            reason = Reason.BEYOND_LIMIT
        reasons.append(reason)
    return reasons
