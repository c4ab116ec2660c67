"""Which places may lie within some metres of others, told by cells of the map: quick, and never too few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray

_METRES_A_DEGREE: Final = 110_500.0
"""Of latitude, where there are fewest: at the equator. Fewer metres make larger cells."""
_SPARE: Final = 1.01
_LEAST_CELL_M: Final = 100.0


def near_any(
    lon: FloatArray, lat: FloatArray, other_lon: FloatArray, other_lat: FloatArray, metres: float
) -> NDArray[np.bool_]:
    """Return which places may be within so many metres of any of the others, bool of the shape of `lon`.

    All that are within them, and some that are up to three times as far. Places are in degrees.
    """
    if not lon.size or not other_lon.size:
        return np.zeros(lon.shape, dtype=np.bool_)
    high = max(metres, _LEAST_CELL_M) * _SPARE / _METRES_A_DEGREE
    # Meridians are nearest to each other in the northernmost, or the southernmost, cell
    pole = min(max(np.abs(lat).max(), np.abs(other_lat).max()) + high, 89.0)
    wide = high / np.cos(np.radians(pole))
    columns_n = int(np.ceil(360 / wide)) + 3

    def cells(at_lon: FloatArray, at_lat: FloatArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        row = np.floor((at_lat + 90) / high).astype(np.int64) + 1
        return row, np.floor((at_lon + 180) / wide).astype(np.int64) + 1

    row, column = cells(other_lon, other_lat)
    taken = np.unique(row * columns_n + column)
    around = [step * columns_n + aside for step in (-1, 0, 1) for aside in (-1, 0, 1)]
    row, column = cells(lon, lat)
    return np.isin(row * columns_n + column, np.unique(np.add.outer(taken, around)))
