"""Where travel times differ: what a map of differences is drawn of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ptreach.model import FloatArray


@dataclass(frozen=True, slots=True)
class Places:
    """Places of a map of differences.

    ``shapes`` are polygons or points in metres, shape (n,); ``names`` of them. ``difference_s`` float64 (n,),
    NaN where not both sides reach the place; ``reached`` (n, 2): which of the two reach it. ``origin_m`` is
    the town's point, None where there is none. ``about`` says what a difference is of.
    """

    names: tuple[str, ...]
    shapes: NDArray[np.object_]
    difference_s: FloatArray
    reached: NDArray[np.bool_]
    origin_m: tuple[float, float] | None
    about: str
