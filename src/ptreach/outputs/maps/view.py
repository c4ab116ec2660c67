"""The map itself: what is in view, ground, bands, edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from shapely.geometry import MultiPolygon, box

from ptreach.measures.isochrones import only_polygons
from ptreach.outputs.ramp import GROUND, INK, OUTSIDE, SEA, WATER, band_colours, letters_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

Bounds = tuple[float, float, float, float]
SMALLEST_VIEW_M: Final = 3000.0
PADDING: Final = 0.05
"""Room around the bands, as a share of their extent."""
PATHS_BELOW_M: Final = 9_000.0
MINOR_BELOW_M: Final = 70_000.0
"""Widths of view in metres above which footpaths, and then minor streets, are left out: they would blur."""
HATCH: Final = "////"
"""Of what there is no figure for: zones that are not reached, authorities without a score."""
DOTS: Final = "..."
"""Of zones whose band hangs on the minute of leaving."""
EDGE: Final = "#5B5B5B"
"""The line around the area counted."""
NO_JOURNEY: Final = "#77777C"
"""Hatching of the ground."""
SMALLEST_DOUBT_PX: Final = 400.0
"""Area in pixels below which neither dot nor line of a hatch would be seen."""
OUTLINES_APART_PX: Final = 4.5

# What is painted over what: ground, bands, water, streets, outlines, labels
Z_LAND, Z_BANDS, Z_WATER, Z_STREETS, Z_OUTLINES, Z_EDGE, Z_LABELS = range(1, 8)


class LineStyle(NamedTuple):
    """How a kind of line is drawn: widths in points."""

    colour: str
    width_pt: float
    alpha: float


LINES: Final = {
    "path": LineStyle("#FFFFFF", 0.3, 0.5),
    "minor": LineStyle("#FFFFFF", 0.55, 0.75),
    "major": LineStyle("#FFFFFF", 1.5, 0.95),
    "rail": LineStyle("#3A3A3A", 1.1, 0.9),
    "river": LineStyle(WATER, 1.4, 1.0),
    "coast": LineStyle("#6F8799", 0.7, 1.0),
}
"""Kinds of ground lines in the order they are drawn."""


def view_bounds(
    bands: BaseGeometry, origin_xy_m: tuple[float, float], zones: Sequence[BaseGeometry], aspect: float
) -> Bounds:
    """Return west, south, east, north in metres: bands and origin with room around, `aspect` wide to high.

    Where `bands` is empty, the zones are in view instead.
    """
    shown = zones if bands.is_empty else [bands]
    west, south, east, north = shapely.total_bounds([*shown, shapely.Point(origin_xy_m)])
    width = max((east - west) * (1 + 2 * PADDING), SMALLEST_VIEW_M)
    height = max((north - south) * (1 + 2 * PADDING), SMALLEST_VIEW_M)
    width, height = max(width, height * aspect), max(height, width / aspect)
    x, y = (west + east) / 2, (south + north) / 2
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def draw_ground(
    axes: Axes, ground: gpd.GeoDataFrame, land: BaseGeometry, view: Bounds, *, by_the_sea: bool
) -> set[str]:
    """Draw land, water and the lines of `ground` (columns ``kind, geometry``) that are in `view`.

    Return the kinds that are drawn; rivers count as ``water``, and what is neither land nor water as ``sea``
    or ``outside``.
    """
    frame = box(*view)
    draw_land(axes, land, view, by_the_sea=by_the_sea)
    width_m = view[2] - view[0]
    hidden = {kind for kind, limit in (("path", PATHS_BELOW_M), ("minor", MINOR_BELOW_M)) if width_m > limit}
    seen = ground.iloc[np.sort(ground.sindex.query(frame, predicate="intersects"))]
    water = shapely.union_all(seen.geometry[seen["kind"] == "water"].to_numpy())
    axes.add_artist(
        PathPatch(polygon_outline(clipped(water, frame)), facecolor=WATER, linewidth=0, zorder=Z_WATER)
    )
    drawn = set() if water.is_empty else {"water"}
    if not shapely.union(clipped(land, frame), clipped(water, frame)).buffer(1).covers(frame):
        drawn.add("sea" if by_the_sea else "outside")
    # Pixels are what detail costs: a line need not be truer than half of one
    tolerance_m = width_m / 4000
    for step, (kind, style) in enumerate(LINES.items()):
        shapes = seen.geometry[seen["kind"] == kind].to_numpy()
        if kind in hidden or not len(shapes):
            continue
        zoom = float(np.clip((40_000 / width_m) ** 0.5, 0.7, 2.0))
        lines = shapely.simplify(shapes, tolerance_m, preserve_topology=False)  # a tenth of the time
        order = Z_STREETS + step / 10 if kind != "river" else Z_WATER
        patch = draw_lines(axes, lines, style.colour, style.width_pt * zoom, order, capstyle="round")
        patch.set_alpha(style.alpha)
        patch.set_rasterized(kind in {"path", "minor", "major"})  # an SVG of all streets is slow to open
        drawn.add("water" if kind == "river" else kind)
    return drawn


def draw_land(axes: Axes, land: BaseGeometry, view: Bounds, *, by_the_sea: bool) -> None:
    """Draw land in `view`, and the sea, or what is outside, where there is none."""
    axes.set_facecolor(SEA if by_the_sea else OUTSIDE)
    patch = polygon_outline(clipped(land, box(*view)))
    axes.add_artist(PathPatch(patch, facecolor=GROUND, linewidth=0, zorder=Z_LAND))


def draw_bands(
    axes: Axes,
    isochrones: Mapping[int, MultiPolygon],
    land: BaseGeometry,
    view: Bounds,
    width_pt: float = 1.0,
) -> None:
    """Draw cumulative `isochrones` by cutoff in minutes, largest first; their outlines above the streets.

    Where outlines run side by side, closer than can be told apart, only that of the larger is drawn; along
    the shore it is the shore.
    """
    frame = box(*view)
    cutoffs = sorted(isochrones)
    colours = dict(zip(cutoffs, band_colours(len(cutoffs)), strict=True))
    pixel_m = (view[2] - view[0]) / axes.bbox.width
    shore = shapely.simplify(clipped(land, frame).boundary, pixel_m / 2).difference(frame.boundary)
    draw_lines(axes, shore, LINES["coast"].colour, width_pt, Z_OUTLINES, capstyle="round")
    taken = shapely.union(shore, frame.boundary)
    for cutoff in reversed(cutoffs):
        area = clipped(isochrones[cutoff], frame)
        axes.add_artist(
            PathPatch(polygon_outline(area), facecolor=colours[cutoff], linewidth=0, zorder=Z_BANDS)
        )
        outline = shapely.simplify(area.boundary, pixel_m / 2)
        shown = away_from(outline, taken, OUTLINES_APART_PX * pixel_m)
        draw_lines(axes, shown, INK, width_pt, Z_OUTLINES, capstyle="round")
        taken = shapely.union(taken, outline)


def draw_doubts(
    axes: Axes,
    isochrones: Mapping[int, MultiPolygon],
    unstable: Sequence[BaseGeometry],
    without: BaseGeometry,
    view: Bounds,
) -> set[str]:
    """Dot bands where zones of them are `unstable`; hatch what of zones `without` minutes is in no band.

    `unstable` has the zones of each band in one geometry, nearest first. Return the hatches that are drawn.
    """
    frame = box(*view)
    pixel_m = (view[2] - view[0]) / axes.bbox.width
    cutoffs = sorted(isochrones)
    nearer: BaseGeometry = MultiPolygon()
    parts = []
    for cutoff, colour, zones in zip(cutoffs, band_colours(len(cutoffs)), unstable, strict=True):
        band = clipped(isochrones[cutoff], frame)
        parts.append((shapely.intersection(zones, shapely.difference(band, nearer)), colour, DOTS))
        nearer = band
    parts.append((shapely.difference(clipped(without, frame), nearer), GROUND, HATCH))
    drawn = set()
    for area, colour, hatch in parts:
        shown = only_polygons(shapely.simplify(only_polygons(area), pixel_m / 2))
        if shown.area < SMALLEST_DOUBT_PX * pixel_m**2:
            continue
        drawn.add(hatch)
        axes.add_artist(
            PathPatch(
                polygon_outline(shown), fill=False, edgecolor=doubt_colour(colour), linewidth=0, hatch=hatch,
                zorder=Z_OUTLINES - 0.5,
            )
        )  # fmt: skip
    return drawn


def doubt_colour(fill: str) -> str:
    """Return the colour of dots and hatching on a fill: quiet on the ground, which is half of the map."""
    return NO_JOURNEY if fill == GROUND else letters_on(fill)


def draw_edge(axes: Axes, districts: BaseGeometry, land: BaseGeometry, view: Bounds) -> bool:
    """Draw the edge of the districts where it is not the shore; return whether any of it is in view."""
    frame = box(*view)
    edge = away_from(shapely.intersection(districts.boundary, frame), clipped(land, frame).boundary, 200)
    edge = edge.difference(frame.boundary.buffer(1))
    if not edge.length:
        return False
    draw_lines(axes, edge, EDGE, 1.3, Z_EDGE, linestyle=(0, (5, 3)))
    return True


def away_from(line: BaseGeometry, others: BaseGeometry, metres: float) -> BaseGeometry:
    """Return the parts of a line that are further than some metres from other lines.

    Of these only what is near is widened: a county has shores of ponds by the ten thousand.
    """
    parts = shapely.get_parts(others)
    shapely.prepare(line)
    near = shapely.MultiLineString(parts[shapely.dwithin(line, parts, metres)].tolist())
    return line.difference(near.buffer(metres, quad_segs=4))


def clipped(area: BaseGeometry, frame: BaseGeometry) -> BaseGeometry:
    """Return the part of `area` in `frame`, all of it where `area` is not valid: drawing takes either."""
    return shapely.intersection(area, frame) if area.is_valid else area


def polygon_outline(areas: BaseGeometry | NDArray[np.object_]) -> Outline:
    """Return the outline of one or more areas that matplotlib fills: holes turn the other way than shells."""
    parts = shapely.get_parts(shapely.orient_polygons(areas))
    rings = shapely.get_rings(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    return _path(rings, closed=True)


def draw_lines(
    axes: Axes,
    lines: BaseGeometry | NDArray[np.object_],
    colour: str,
    width_pt: float,
    order: float,
    **style: Any,  # noqa: ANN401
) -> PathPatch:
    """Draw one or more lines as one path, at a place of the order of painting; return it."""
    parts = shapely.get_parts(lines)
    path = _path(parts[shapely.get_dimensions(parts) == 1])
    patch = PathPatch(
        path, fill=False, edgecolor=colour, linewidth=width_pt, joinstyle="round", zorder=order, **style
    )
    axes.add_artist(patch)
    return patch


def _path(lines: NDArray[np.object_], *, closed: bool = False) -> Outline:
    """Return lines, or rings that are closed, as one path: thousands of paths take seconds to write."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    codes = np.full(len(xy), Outline.LINETO, dtype=Outline.code_type)
    ends = np.append(np.flatnonzero(np.diff(line)), len(xy) - 1)[: len(xy)]
    if closed:
        codes[ends] = Outline.CLOSEPOLY
    codes[np.append(0, ends[:-1] + 1)[: ends.size]] = Outline.MOVETO
    return Outline(xy, codes)
