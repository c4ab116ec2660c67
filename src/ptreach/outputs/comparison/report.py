"""What is told of two matrices or two packs, whichever way it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ptreach.measures.comparison import Comparison
    from ptreach.model import FloatArray
    from ptreach.outputs.differences.places import Places


class Side(NamedTuple):
    """One of the two: its file or folder, and what it holds."""

    name: str
    holds: str


class Unlike(NamedTuple):
    """Something in which the runs of two packs differ, and what it is in each."""

    what: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class PackChange:
    """What two packs tell beside their times.

    ``unlike`` is in what their runs differ; ``people`` counts residents by band of A (rows) and B (columns),
    shape (k, k): see `ptreach.measures.band_changes.cross_bands`; ``overlap`` says which zones are compared.
    """

    unlike: tuple[Unlike, ...]
    people: FloatArray
    overlap: str


@dataclass(frozen=True, slots=True)
class Report:
    """A comparison and what it is of.

    ``notes`` are sentences on what was done to compare like with like, and what to beware of. ``pack`` is
    None for matrices, ``places`` where nothing says where they are.
    """

    sides: tuple[Side, Side]
    comparison: Comparison
    notes: tuple[str, ...]
    pack: PackChange | None = None
    places: Places | None = None
    made_up: bool = False

    @property
    def counted(self) -> str:
        """What is counted: pairs of a matrix, or zones of a pack."""
        return "pairs" if self.pack is None else "zones"
