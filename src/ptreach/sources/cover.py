"""Cover: the part of the map that is kept of files which hold more than a run can reach.

A grid of cells a few hundred metres wide, so that a test of a million places is one look-up each. Whatever is
asked for is covered whole: cells are kept that anything of it may touch.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray

CELL_DEG: Final = 0.005
"""Side of a cell, in degrees of latitude and of longitude."""
_METRES_A_DEGREE: Final = 110_500.0  # a little less than the least, so that circles come out large enough


class Cover(NamedTuple):
    """Cells that are kept: row r holds latitudes from ``south_cell + r`` cells on, column c longitudes."""

    south_cell: int
    west_cell: int
    kept: NDArray[np.bool_]

    @classmethod
    def of_box(cls, west: float, south: float, east: float, north: float) -> Cover:
        """Return the cover of a box in degrees."""
        rows = _cell(south), _cell(north)
        columns = _cell(west), _cell(east)
        return cls(
            rows[0], columns[0], np.ones((rows[1] - rows[0] + 1, columns[1] - columns[0] + 1), dtype=np.bool_)
        )

    @classmethod
    def around(cls, lon: FloatArray, lat: FloatArray, metres: float) -> Cover:
        """Return the cover of all places within some metres of points in degrees, one or more."""
        metres += 1  # what is on the edge is held however it is rounded
        high_deg = metres / _METRES_A_DEGREE
        farthest = min(float(np.abs(lat).max()) + high_deg, 89.0)
        wide_deg = high_deg / math.cos(math.radians(farthest))
        box = cls.of_box(
            float(lon.min()) - wide_deg,
            float(lat.min()) - high_deg,
            float(lon.max()) + wide_deg,
            float(lat.max()) + high_deg,
        )
        # Sums along both axes of corners of squares: each point keeps the square about its circle.
        rows, columns = box.kept.shape
        corners = np.zeros((rows + 1, columns + 1), dtype=np.int32)
        south, north = (_cells(lat + side) - box.south_cell for side in (-high_deg, high_deg))
        west, east = (_cells(lon + side) - box.west_cell for side in (-wide_deg, wide_deg))
        for row, column, sign in (
            (south, west, 1),
            (north + 1, east + 1, 1),
            (south, east + 1, -1),
            (north + 1, west, -1),
        ):
            np.add.at(corners, (row, column), sign)
        return box._replace(kept=corners.cumsum(axis=0).cumsum(axis=1)[:rows, :columns] > 0)

    def joined(self, other: Cover) -> Cover:
        """Return what either holds."""
        south, west = min(self.south_cell, other.south_cell), min(self.west_cell, other.west_cell)
        north = max(cover.south_cell + cover.kept.shape[0] for cover in (self, other))
        east = max(cover.west_cell + cover.kept.shape[1] for cover in (self, other))
        kept = np.zeros((north - south, east - west), dtype=np.bool_)
        for cover in (self, other):
            row, column = cover.south_cell - south, cover.west_cell - west
            rows, columns = cover.kept.shape
            kept[row : row + rows, column : column + columns] |= cover.kept
        return Cover(south, west, kept)

    def holds(self, lon: FloatArray, lat: FloatArray) -> NDArray[np.bool_]:
        """Return which places in degrees lie in a cell that is kept; NaN does not."""
        rows, columns = self.kept.shape
        known = np.isfinite(lon) & np.isfinite(lat)
        row = _cells(np.where(known, lat, 0.0)) - self.south_cell
        column = _cells(np.where(known, lon, 0.0)) - self.west_cell
        inside = known & (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        return np.asarray(inside & self.kept[np.where(inside, row, 0), np.where(inside, column, 0)])

    def touches(
        self, west: FloatArray, south: FloatArray, east: FloatArray, north: FloatArray
    ) -> NDArray[np.bool_]:
        """Return which boxes in degrees have a part in a cell that is kept; boxes with NaN have none."""
        rows, columns = self.kept.shape
        known = np.isfinite(west + south + east + north)
        counts = np.zeros((rows + 1, columns + 1), dtype=np.int64)  # of kept cells south and west
        counts[1:, 1:] = self.kept.cumsum(axis=0, dtype=np.int64).cumsum(axis=1)
        first_row, row = (
            np.clip(_cells(np.where(known, side, 0.0)) - self.south_cell + beyond, 0, rows)
            for side, beyond in ((south, 0), (north, 1))
        )
        first_column, column = (
            np.clip(_cells(np.where(known, side, 0.0)) - self.west_cell + beyond, 0, columns)
            for side, beyond in ((west, 0), (east, 1))
        )
        kept = counts[row, column] - counts[first_row, column]
        kept += counts[first_row, first_column] - counts[row, first_column]
        return np.asarray(known & (kept > 0))

    @property
    def digest(self) -> str:
        """The sha256 of what is kept."""
        total = hashlib.sha256(f"{self.south_cell} {self.west_cell} {self.kept.shape}".encode())
        total.update(np.packbits(self.kept).tobytes())
        return total.hexdigest()


def _cell(degrees: float) -> int:
    """Return the number of the cell that a coordinate lies in."""
    return math.floor(degrees / CELL_DEG)


def _cells(degrees: NDArray[Any]) -> NDArray[np.int64]:
    """Return the numbers of the cells that coordinates lie in."""
    return np.floor(degrees / CELL_DEG).astype(np.int64)
