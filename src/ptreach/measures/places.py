"""Places beside each other: each one's figures, and those of all people of several places together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.measures.deprivation import summarise_by_decile

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from ptreach.model import FloatArray

CUTOFFS_MIN: Final = (15, 30, 45, 60)
"""Cutoffs that places are compared by, whatever those of their towns."""
DEPRIVED_MIN: Final = 30
"""Cutoff by which the most deprived decile is compared with all residents."""


class Residents(NamedTuple):
    """Who lives in a place's zones: float64 arrays of shape (n,), and what its search was limited to.

    ``minutes`` are medians, NaN where not reached; ``people`` count residents, NaN (unknown) as nobody;
    ``decile`` is 1 (most deprived) to 10 of all of England, NaN where unknown. Journeys of ``limit_min`` or
    more were not looked for.
    """

    minutes: FloatArray
    people: FloatArray
    decile: FloatArray
    limit_min: float


class PlaceFigures(NamedTuple):
    """The figures of a place, or of several together; shares are 0 to 1, NaN where there is nobody.

    ``shares`` are those within each of `CUTOFFS_MIN`, NaN for one beyond what was searched. ``deprived`` is
    about residents of the most deprived decile, ``ratio`` their share within `DEPRIVED_MIN` over that of all.
    """

    people: float
    median_min: float
    shares: tuple[float, ...]
    deprived_people: float
    deprived_share: float
    ratio: float


def place_figures(places: Sequence[Residents]) -> PlaceFigures:
    """Return the figures of the residents of places, those of several taken together."""
    minutes = np.concatenate([place.minutes for place in places])
    people = np.concatenate([place.people for place in places])
    decile = np.concatenate([place.decile for place in places])
    limit_min = min((place.limit_min for place in places), default=0.0)
    table = summarise_by_decile(decile, minutes, people, CUTOFFS_MIN).set_index("decile")
    everyone, poorest = (dict(table.loc[name]) for name in ("all", "1"))
    known = [cutoff for cutoff in CUTOFFS_MIN if cutoff <= limit_min]
    shares = tuple(
        everyone[f"share_within_{cutoff}"] if cutoff in known else float("nan") for cutoff in CUTOFFS_MIN
    )
    deprived = poorest[f"share_within_{DEPRIVED_MIN}"] if DEPRIVED_MIN in known else float("nan")
    everybody = shares[CUTOFFS_MIN.index(DEPRIVED_MIN)]
    return PlaceFigures(
        people=everyone["population"],
        median_min=everyone["median_min"],
        shares=shares,
        deprived_people=poorest["population"],
        deprived_share=deprived,
        ratio=deprived / everybody if everybody > 0 else float("nan"),
    )


def together(
    places: Sequence[Residents], groups: Sequence[Hashable]
) -> list[tuple[int, PlaceFigures | None]]:
    """Return, for each place, how many places are of its group and the figures of all of these together.

    None in place of the figures where the place is alone, and there is nothing to set it beside.
    """
    members: dict[Hashable, list[Residents]] = {}
    for place, group in zip(places, groups, strict=True):
        members.setdefault(group, []).append(place)
    figures = {
        group: place_figures(several) if len(several) > 1 else None for group, several in members.items()
    }
    return [(len(members[group]), figures[group]) for group in groups]
