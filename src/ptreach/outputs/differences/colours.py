"""Colours of differences: blue where B is sooner, orange where it is later, pale where there is little in it.

Blue and orange are told apart by every kind of colour-blindness. On paper without colour both ends are dark:
what is later is hatched too, so that the sign shows. Tests hold how far apart the colours lie.
"""

from __future__ import annotations

from typing import Final

from ptreach.measures.time_differences import classes_n

SAME: Final = "#F4F2EC"
DIVERGING: Final = ("#08477F", "#4A90C2", "#B9D8EC", SAME, "#FBD3A4", "#E2862B", "#9A4600")
"""From over 10 minutes sooner by B to over 10 minutes later; the middle is up to a minute either way."""
OUTLINE: Final = "#3A3A3A"
ONLY_A: Final = "#9A4600"
"""Lines across what A alone reaches: lost by B."""
ONLY_B: Final = "#08477F"
"""Lines across what B alone reaches: gained."""
NEITHER: Final = "#BDBDBD"


def colour_of(difference_class: int) -> str:
    """Return the colour of a class of difference: see `difference_class` of the measures."""
    middle = classes_n() // 2
    step = difference_class - middle
    # up to a minute either way, and none at all, are one step of the map
    return DIVERGING[len(DIVERGING) // 2 + (0 if abs(step) <= 1 else step - (1 if step > 0 else -1))]
