"""Areas filled by class, with outlines that show on every fill."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.patches import PathPatch

from ptreach.outputs.maps.view import Z_BANDS, line_coordinates, polygon_outline
from ptreach.outputs.ramp import INK, letters_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

HATCH: Final = "////"


def draw_areas(
    axes: Axes,
    areas: NDArray[np.object_],
    colours: Sequence[str],
    hatched: NDArray[np.bool_],
    *,
    pixel_m: float,
    width_pt: float,
) -> None:
    """Fill polygons with colours, and hatch some of them.

    Outlines are dark; between two areas filled with `INK` itself, which would hide them, they are white.

    Parameters
    ----------
    axes
        Axes in metres.
    areas
        Polygons, shape (n,).
    colours
        A colour as ``#RRGGBB`` for each.
    hatched
        Which of them are hatched, shape (n,).
    pixel_m
        Metres a pixel: outlines are no truer than half of it.
    width_pt
        Width of outlines.
    """
    areas = np.array(_simplified(tuple(shapely.to_wkb(areas)), pixel_m / 2), dtype=object)
    outlines = [polygon_outline(shape) for shape in areas]
    axes.add_collection(
        PathCollection(outlines, facecolors=colours, edgecolors=INK, linewidths=width_pt, zorder=Z_BANDS),
        autolim=False,
    )
    for outline, colour, hatch in zip(outlines, colours, hatched, strict=True):
        if hatch:
            line = letters_on(colour)
            axes.add_artist(
                PathPatch(outline, fill=False, edgecolor=line, linewidth=0, hatch=HATCH, zorder=Z_BANDS)
            )
    dark = areas[np.array([colour == INK for colour in colours], dtype=np.bool_)]
    if len(dark) < 2:
        return
    # Closed, for simplified boundaries leave slits between areas
    whole = (
        shapely.union_all(dark, grid_size=pixel_m / 16)
        .buffer(3 * pixel_m, quad_segs=4)
        .buffer(-3 * pixel_m, quad_segs=4)
    )
    inner = shapely.union_all(shapely.boundary(dark)).difference(
        whole.boundary.buffer(2 * pixel_m, quad_segs=4)
    )
    lines = line_coordinates(np.array([inner]))
    axes.add_collection(
        LineCollection(lines, colors="white", linewidths=width_pt, zorder=Z_BANDS), autolim=False
    )


@lru_cache(maxsize=4)
def _simplified(areas: tuple[bytes, ...], tolerance_m: float) -> list[BaseGeometry]:
    """Return polygons given as WKB with less detail: all England is drawn by two measures in every town."""
    return list(shapely.simplify(shapely.from_wkb(areas), tolerance_m))
