"""Two sides' travel times of the same pairs set beside each other, like for like: what is told of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from ptreach.measures.time_differences import summarise_differences
from ptreach.measures.whole_minutes import are_whole_minutes, floor_to_minutes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ptreach.matrix.pairs import Pairs
    from ptreach.measures.time_differences import TimeDifferences

Floored = Literal["a", "b", "both", "neither"]
"""Which side holds whole minutes only, cut down."""
CUTOFFS_MIN: Final = (15, 30, 45, 60)
WORST: Final = 20
EXAMPLES: Final = 5
_LONGEST_S: Final = 1e6


@dataclass(frozen=True, slots=True)
class PairTimes:
    """One pair by both sides: seconds, None where not reached.

    ``name`` says what the far end is called, where that is known. ``first_note`` and ``second_note`` are what
    is known of the journey by each side: a pack's reason for a zone that is not reached. A matrix knows
    nothing of journeys, and leaves them empty.
    """

    from_id: str
    to_id: str
    first_s: int | None
    second_s: int | None
    name: str = ""
    first_note: str = ""
    second_note: str = ""

    @property
    def difference_s(self) -> int | None:
        """The second less the first, None where a side does not reach the pair."""
        if self.first_s is None or self.second_s is None:
            return None
        return self.second_s - self.first_s


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two sides agree.

    ``at`` has a row a percentile. ``floored`` says which side holds whole minutes; the other was then cut
    down likewise. ``shown`` is the percentile that ``worst`` (most apart first), ``only_first`` and
    ``only_second`` (examples, soonest first) and drawings are of: the median where both have it.
    """

    cutoffs_min: tuple[int, ...]
    at: tuple[TimeDifferences, ...]
    floored: Floored
    shown: int
    worst: tuple[PairTimes, ...]
    only_first: tuple[PairTimes, ...]
    only_second: tuple[PairTimes, ...]

    @property
    def shown_at(self) -> TimeDifferences:
        """The row of the percentile that is shown."""
        return next(row for row in self.at if row.percentile == self.shown)


def compare_times(
    pairs: Pairs,
    cutoffs_min: Sequence[int] = CUTOFFS_MIN,
    floored: Floored | None = None,
    *,
    examples: int = EXAMPLES,
) -> Comparison:
    """Return how two sides agree, at each percentile that they have in common.

    Parameters
    ----------
    pairs
        Travel times; at least one percentile.
    cutoffs_min
        Cutoffs of the bands in minutes, ascending.
    floored
        Which side holds whole minutes only; looked for in the times if None.
    examples
        How many pairs that one side alone reaches are listed, of each side.
    """
    first, second, sides = like_for_like(pairs.first_s, pairs.second_s, floored)
    percentiles = sorted(first)
    shown = 50 if 50 in first else percentiles[len(percentiles) // 2]
    even = replace(pairs, first_s=first, second_s=second)
    return Comparison(
        cutoffs_min=tuple(cutoffs_min),
        at=tuple(
            summarise_differences(percentile, first[percentile], second[percentile], cutoffs_min)
            for percentile in percentiles
        ),
        floored=sides,
        shown=shown,
        worst=_worst(even, shown),
        only_first=_only(even, shown, first[shown], second[shown], examples),
        only_second=_only(even, shown, second[shown], first[shown], examples),
    )


def like_for_like(
    first_s: Mapping[int, NDArray[np.floating]],
    second_s: Mapping[int, NDArray[np.floating]],
    floored: Floored | None = None,
) -> tuple[dict[int, NDArray[np.floating]], dict[int, NDArray[np.floating]], Floored]:
    """Return both sides' seconds, one cut down to whole minutes where the other holds no more, and which.

    `floored` tells which side holds whole minutes; None looks for it in the times.
    """
    if floored is None:
        whole = are_whole_minutes(first_s.values()), are_whole_minutes(second_s.values())
        found: dict[tuple[bool, bool], Floored] = {
            (True, True): "both", (True, False): "a", (False, True): "b", (False, False): "neither",
        }  # fmt: skip
        floored = found[whole]
    if floored == "neither":
        return dict(first_s), dict(second_s), floored
    first, second = (
        {percentile: floor_to_minutes(seconds) for percentile, seconds in side.items()}
        for side in (first_s, second_s)
    )
    return first, second, floored


def _worst(pairs: Pairs, percentile: int) -> tuple[PairTimes, ...]:
    """Return the pairs that are most apart, of those that are apart; of equals the first in order."""
    size = np.abs(pairs.second_s[percentile] - pairs.first_s[percentile])
    size = np.where(np.isnan(size), 0, size)
    return tuple(_pair(pairs, percentile, row) for row in _largest(size, WORST))


def _only(
    pairs: Pairs, percentile: int, reached: NDArray[np.floating], other: NDArray[np.floating], most: int
) -> tuple[PairTimes, ...]:
    """Return examples of the pairs that one side alone reaches, the soonest first."""
    alone = ~np.isnan(reached) & np.isnan(other)
    # of seconds that one pair has and the other not: the fewest first
    soon = np.where(alone, _LONGEST_S - reached, 0)
    return tuple(_pair(pairs, percentile, row) for row in _largest(soon, most))


def _largest(size: NDArray[np.floating], most: int) -> list[int]:
    """Return the rows of the largest values above 0, the largest first, of equals the first in order."""
    above = np.flatnonzero(size > 0)
    if above.size > most:
        least = np.partition(size[above], above.size - most)[above.size - most]
        above = above[size[above] >= least]
    order = above[np.argsort(-size[above], kind="stable")]
    return [int(row) for row in order[:most]]


def _pair(pairs: Pairs, percentile: int, row: int) -> PairTimes:
    """Return one pair by both sides."""
    first, second = (
        None if np.isnan(seconds[row]) else round(float(seconds[row]))
        for seconds in (pairs.first_s[percentile], pairs.second_s[percentile])
    )
    return PairTimes(pairs.ids[pairs.from_idx[row]], pairs.ids[pairs.to_idx[row]], first, second)
