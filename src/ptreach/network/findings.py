"""What is found while a network is built that no feed alone tells: of streets, and of feeds and streets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ptreach.model import Repair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.sources.gtfs import Timetables


def findings_of(
    timetables: Timetables,
    linked: NDArray[np.bool_],
    listed_twice: int,
    on_islands: int,
    missing_nodes: int,
    leaps: int,
) -> tuple[Repair, ...]:
    """Return what was found, stops by whether they hang on a street."""
    far = [timetables.stop_ids[stop] for stop in np.flatnonzero(~linked)]
    rows = (
        (
            "trips-listed-twice-a-day",
            listed_twice,
            "",
            "trips listed twice for a day",
            "counted once",
            "list every trip of a day once",
        ),
        (
            "stops-far-from-streets",
            len(far),
            f"stop {min(far, default='')}",
            "stops far from any street",
            "not reached on foot",
            "place the stop at its street, or take the streets of its area too",
        ),
        (
            "street-islands",
            on_islands,
            "",
            "street edges on islands",
            "not walked",
            "join the streets in OpenStreetMap",
        ),
        (
            "osm-nodes-missing",
            missing_nodes,
            "",
            "nodes missing from the streets' file",
            "left out of their streets",
            "cut the extract so that ways stay whole",
        ),
        (
            "osm-nodes-misplaced",
            leaps,
            "",
            "street nodes half a degree from the next",
            "cut off",
            "correct the node's place in OpenStreetMap",
        ),
    )
    return tuple(
        Repair(rule, "", count, example, what, done, remedy)
        for rule, count, example, what, done, remedy in rows
        if count
    )
