"""Where England's people live, and stops there: some to a small area, in pairs across the road."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from scale_model.model import PLANE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "data" / "england"
CENTROIDS = SOURCE / "lsoa2011_pwc_england.parquet"
STOPS = 300_000
AREAS_A_TILE = 512
SPREAD = 0.6  # of the way to the fourth nearest area
ACROSS_M = 9.0


class Places(NamedTuple):
    """Stops in metres of `PLANE`, those of neighbouring areas together; a pair is two rows.

    ``tile`` is the piece of the country that each lies in; tiles are made one by one.
    """

    xy_m: NDArray[np.float64]
    tile: NDArray[np.int64]

    def tiles(self) -> Iterator[slice]:
        """Rows of each tile."""
        ends = np.flatnonzero(np.diff(self.tile, append=-1)) + 1
        for first, last in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
            yield slice(first, last)


def make_places(scale: float, dice: np.random.Generator) -> Places:
    """Make stops about the centroids that are nearest to the middle, a share of the country's."""
    table = pd.read_parquet(CENTROIDS, columns=["lon", "lat"])
    xy_m = PLANE.metres(*(table[name].to_numpy(np.float64) for name in ("lon", "lat")))
    near = np.argsort(np.hypot(*xy_m.T), kind="stable")[: max(8, round(scale * len(xy_m)))]
    xy_m = xy_m[near]
    tile = _tiles(xy_m)
    order = np.lexsort((xy_m[:, 1], xy_m[:, 0], tile))
    xy_m, tile = xy_m[order], tile[order]
    apart_m = cKDTree(xy_m).query(xy_m, k=5)[0][:, -1]
    pairs_n = STOPS / 2 / len(table)  # of an area
    ends = np.floor(pairs_n * np.arange(len(xy_m) + 1)).astype(np.int64)
    area = np.repeat(np.arange(len(xy_m)), np.diff(ends))
    place_m = xy_m[area] + dice.normal(0, SPREAD, size=(area.size, 2)) * apart_m[area, None]
    heading = dice.uniform(0, 2 * np.pi, size=area.size)
    aside_m = ACROSS_M * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    both = np.stack([place_m - aside_m, place_m + aside_m], axis=1).reshape(-1, 2)
    return Places(both, np.repeat(tile[area], 2))


def _tiles(xy_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """The tile of each area: columns from west to east, each cut from south to north."""
    tiles_n = -(-len(xy_m) // AREAS_A_TILE)
    columns_n = max(1, round(tiles_n**0.5))
    tile = np.empty(len(xy_m), dtype=np.int64)
    number = 0
    for column in np.array_split(np.argsort(xy_m[:, 0], kind="stable"), columns_n):
        northward = column[np.argsort(xy_m[column, 1], kind="stable")]
        for rows in np.array_split(northward, -(-len(northward) // AREAS_A_TILE)):
            tile[rows] = number
            number += 1
    return tile
