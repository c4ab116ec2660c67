"""Areas filled by class, with outlines that show on every fill."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.patches import PathPatch, Rectangle

from ptreach.outputs.maps.view import DOTS, HATCH, Z_BANDS, doubt_colour, draw_lines, polygon_outline
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
    fills = np.array(colours, dtype=np.object_)
    # All areas of a colour are one path: thousands of paths take seconds to write
    for colour in sorted(set(colours)):
        same = polygon_outline(areas[fills == colour])
        axes.add_artist(PathPatch(same, facecolor=colour, linewidth=0, zorder=Z_BANDS))
    axes.add_artist(
        PathPatch(polygon_outline(areas), fill=False, edgecolor=INK, linewidth=width_pt, zorder=Z_BANDS)
    )
    _hatch(axes, areas, fills, hatched, HATCH)
    _hatch(axes, areas, fills, dotted & ~hatched, DOTS)
    dark = areas[fills == INK]
    if len(dark) < 2:
        return
    draw_lines(axes, _between(tuple(shapely.to_wkb(dark)), pixel_m), "white", width_pt, Z_BANDS)


def closed(area: BaseGeometry, metres: float) -> BaseGeometry:
    """Return an area without slits of up to twice so many metres: simplified boundaries leave some."""
    return area.buffer(metres, quad_segs=4).buffer(-metres, quad_segs=4)


def _hatch(
    axes: Axes,
    areas: NDArray[np.object_],
    fills: NDArray[np.object_],
    which: NDArray[np.bool_],
    hatch: str,
) -> None:
    """Draw a hatch over some areas, those of one colour at once."""
    lines = np.array([doubt_colour(fill) for fill in fills], dtype=np.object_)
    for line in sorted(set(lines[which])):
        whole = polygon_outline(areas[which & (lines == line)])
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


@lru_cache(maxsize=16)
def _simplified(areas: tuple[bytes, ...], tolerance_m: float) -> list[BaseGeometry]:
    """Return polygons given as WKB with less detail: all England is drawn by two measures in every town.

    What is kept is more than a town's own, so that England's are still there for the next.
    """
    return list(shapely.simplify(shapely.from_wkb(areas), tolerance_m))


@lru_cache(maxsize=16)
def _between(areas: tuple[bytes, ...], pixel_m: float) -> BaseGeometry:
    """Return the lines between polygons given as WKB, without those around all of them; kept as they are."""
    dark = shapely.from_wkb(areas)
    whole = closed(shapely.union_all(dark, grid_size=pixel_m / 16), 3 * pixel_m)
    around = whole.boundary.buffer(2 * pixel_m, quad_segs=4)
    return shapely.union_all(shapely.boundary(dark)).difference(around)
