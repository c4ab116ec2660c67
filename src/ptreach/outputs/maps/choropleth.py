"""Areas filled by class, with outlines that show on every fill."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from ptreach.outputs.maps.view import DOTS, HATCH, Z_BANDS, doubt_colour, line_coordinates, polygon_outline
from ptreach.outputs.ramp import INK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


def draw_areas(
    axes: Axes,
    areas: NDArray[np.object_],
    colours: Sequence[str],
    hatched: NDArray[np.bool_],
    dotted: NDArray[np.bool_] | None = None,
    *,
    pixel_m: float,
    width_pt: float,
) -> None:
    """Fill polygons with colours, and hatch or dot some of them.

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
        Which of them are hatched, shape (n,), for there is no figure.
    dotted
        Which of them are dotted, shape (n,), for their figure is unstable; none where it is not given.
    pixel_m
        Metres a pixel: outlines are no truer than half of it.
    width_pt
        Width of outlines.
    """
    dotted = np.zeros(len(areas), dtype=np.bool_) if dotted is None else dotted
    areas = np.array(_simplified(tuple(shapely.to_wkb(areas)), pixel_m / 2), dtype=object)
    outlines = [polygon_outline(shape) for shape in areas]
    axes.add_collection(
        PathCollection(outlines, facecolors=colours, edgecolors=INK, linewidths=width_pt, zorder=Z_BANDS),
        autolim=False,
    )
    _hatch(axes, outlines, colours, hatched, HATCH)
    _hatch(axes, outlines, colours, dotted & ~hatched, DOTS)
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


def _hatch(
    axes: Axes, outlines: Sequence[Outline], colours: Sequence[str], which: NDArray[np.bool_], hatch: str
) -> None:
    """Draw a hatch over some areas, those of one colour at once."""
    marked = [(doubt_colour(colours[at]), outlines[at]) for at in np.flatnonzero(which).tolist()]
    for line in sorted({colour for colour, _ in marked}):
        same = [outline for colour, outline in marked if colour == line]
        whole = Outline.make_compound_path(*same)
        axes.add_artist(
            PathPatch(whole, fill=False, edgecolor=line, linewidth=0, hatch=hatch, zorder=Z_BANDS)
        )


def draw_swatch(axes: Axes, box: tuple[float, float, float, float], colour: str, hatch: str | None) -> None:
    """Draw what a fill with a hatch is on a map, in a legend: `box` is left, top, width and height."""
    left, top, width, height = box
    if hatch:
        line = doubt_colour(colour)
        axes.add_artist(
            Rectangle((left, top), width, height, facecolor=colour, edgecolor=line, hatch=hatch, linewidth=0)
        )
    axes.add_artist(
        Rectangle(
            (left, top), width, height, facecolor="none" if hatch else colour, edgecolor=INK, linewidth=0.9
        )
    )


@lru_cache(maxsize=4)
def _simplified(areas: tuple[bytes, ...], tolerance_m: float) -> list[BaseGeometry]:
    """Return polygons given as WKB with less detail: all England is drawn by two measures in every town."""
    return list(shapely.simplify(shapely.from_wkb(areas), tolerance_m))
