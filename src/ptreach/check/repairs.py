"""What the reader mended or left out: the one place that knows its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

BACK_IN_TIME: Final = "trips that go back in time"
NOWHERE: Final = "stops without a place"
LEFT_OUT: Final = {
    "stops": ("stops without an id", "stops listed twice", NOWHERE),
    "routes": ("routes without an id", "routes listed twice"),
    "trips": (
        "trips without an id, a route or a service",
        "trips listed twice",
        "trips of unknown routes",
        "trips of services without a calendar",
        "trips without calls",
        "trips without a first or last time",
        BACK_IN_TIME,
        "trips with one call",
    ),
}
"""Tables, and the words under which rows of theirs are counted that were left out."""


def repair_counts(repairs: Mapping[str, int]) -> dict[str, int]:
    """Return what was mended or left out of feeds and streets, and how often, in the order of the words."""
    return {what: number for what, number in sorted(repairs.items()) if number}
