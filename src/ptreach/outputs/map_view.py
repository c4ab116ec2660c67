"""The map itself: what is in view, ground, bands, and labels that keep out of each other's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely
from matplotlib import patheffects
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.transforms import Bbox
from shapely.geometry import MultiPolygon, Polygon, box

from ptreach.measures.bands import band_labels
from ptreach.measures.isochrones import only_polygons
from ptreach.outputs.ramp import GROUND, INK, OUTSIDE, WATER, band_colours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from shapely.geometry.base import BaseGeometry

Bounds = tuple[float, float, float, float]
SMALLEST_VIEW_M: Final = 3000.0
PADDING: Final = 0.05
"""Room around the bands, as a share of their extent."""
PATHS_BELOW_M: Final = 9_000.0
MINOR_BELOW_M: Final = 70_000.0
"""Widths of view in metres above which footpaths, and then minor streets, are left out: they would blur."""
LABELS_A_BAND: Final = 2
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


def draw_ground(axes: Axes, ground: gpd.GeoDataFrame, land: BaseGeometry, view: Bounds) -> set[str]:
    """Draw land, water and the lines of `ground` (columns ``kind, geometry``) that are in `view`.

    Return the kinds that are drawn; rivers count as ``water``, and what is not land, the sea for one, as
    ``outside``.
    """
    axes.set_facecolor(OUTSIDE)
    frame = box(*view)
    patch = polygon_outline(clipped(land, frame))
    axes.add_patch(PathPatch(patch, facecolor=GROUND, linewidth=0, zorder=Z_LAND))
    width_m = view[2] - view[0]
    hidden = {kind for kind, limit in (("path", PATHS_BELOW_M), ("minor", MINOR_BELOW_M)) if width_m > limit}
    seen = ground.iloc[np.sort(ground.sindex.query(frame, predicate="intersects"))]
    water = shapely.union_all(seen.geometry[seen["kind"] == "water"].to_numpy())
    axes.add_patch(
        PathPatch(polygon_outline(clipped(water, frame)), facecolor=WATER, linewidth=0, zorder=Z_WATER)
    )
    drawn = set() if water.is_empty else {"water"}
    if not shapely.union(clipped(land, frame), clipped(water, frame)).buffer(1).covers(frame):
        drawn.add("outside")
    # Pixels are what detail costs: a line need not be truer than half of one
    tolerance_m = width_m / 4000
    for step, (kind, style) in enumerate(LINES.items()):
        shapes = seen.geometry[seen["kind"] == kind].to_numpy()
        if kind in hidden or not len(shapes):
            continue
        zoom = float(np.clip((40_000 / width_m) ** 0.5, 0.7, 2.0))
        lines = line_coordinates(shapely.simplify(shapes, tolerance_m))
        collection = LineCollection(
            lines, colors=style.colour, linewidths=style.width_pt * zoom, alpha=style.alpha, capstyle="round"
        )
        collection.set_zorder(Z_STREETS + step / 10 if kind != "river" else Z_WATER)
        axes.add_collection(collection, autolim=False)
        drawn.add("water" if kind == "river" else kind)
    return drawn


def draw_bands(axes: Axes, isochrones: Mapping[int, MultiPolygon], land: BaseGeometry, view: Bounds) -> None:
    """Draw cumulative `isochrones` by cutoff in minutes, largest first; their outlines above the streets.

    Where outlines run side by side, closer than can be told apart, only that of the larger is drawn; along
    the shore it is the shore.
    """
    frame = box(*view)
    cutoffs = sorted(isochrones)
    colours = dict(zip(cutoffs, band_colours(len(cutoffs)), strict=True))
    pixel_m = (view[2] - view[0]) / axes.bbox.width
    shore = shapely.simplify(clipped(land, frame).boundary, pixel_m / 2).difference(frame.boundary)
    _draw_outline(axes, shore, LINES["coast"].colour)
    taken = shapely.union(shore, frame.boundary)
    for cutoff in reversed(cutoffs):
        area = clipped(isochrones[cutoff], frame)
        axes.add_patch(
            PathPatch(polygon_outline(area), facecolor=colours[cutoff], linewidth=0, zorder=Z_BANDS)
        )
        outline = shapely.simplify(area.boundary, pixel_m / 2)
        _draw_outline(axes, outline.difference(taken.buffer(OUTLINES_APART_PX * pixel_m)), INK)
        taken = shapely.union(taken, outline)


def _draw_outline(axes: Axes, outline: BaseGeometry, colour: str) -> None:
    """Draw a line above the streets."""
    lines = line_coordinates(np.array([outline]))
    collection = LineCollection(
        lines, colors=colour, linewidths=1.0, capstyle="round", joinstyle="round", zorder=Z_OUTLINES
    )
    axes.add_collection(collection, autolim=False)


def draw_edge(axes: Axes, districts: BaseGeometry, land: BaseGeometry, view: Bounds) -> bool:
    """Draw the edge of the districts where it is not the shore; return whether any of it is in view."""
    frame = box(*view)
    shore = clipped(land, frame).boundary.buffer(200)
    edge = (
        shapely.intersection(districts.boundary, frame).difference(shore).difference(frame.boundary.buffer(1))
    )
    lines = line_coordinates(np.array([edge]))
    if not lines:
        return False
    collection = LineCollection(
        lines, colors="#5B5B5B", linewidths=1.3, linestyles=(0, (5, 3)), zorder=Z_EDGE
    )
    axes.add_collection(collection, autolim=False)
    return True


class Labels:
    """Labels on a map that keep clear of each other and of what else takes up room."""

    def __init__(self, axes: Axes, view: Bounds) -> None:
        self._axes = axes
        self._frame = box(*view)
        self._size_m = (view[2] - view[0], view[3] - view[1])
        self._taken: list[Bbox] = []

    def keep_clear(self, artist: Artist, margin_pt: float = 0.0) -> None:
        """Take up the room of an artist that is already drawn, and a margin around it."""
        margin_px = margin_pt * self._axes.figure.dpi / 72
        self._taken.append(artist.get_window_extent().padded(margin_px))

    def reserve(self, x_m: float, y_m: float, radius_pt: float) -> None:
        """Take up the room around a point in metres."""
        x, y = self._axes.transData.transform((x_m, y_m))
        radius = radius_pt * self._axes.figure.dpi / 72
        self._taken.append(Bbox([[x - radius, y - radius], [x + radius, y + radius]]))

    def place(
        self,
        text: str,
        x_m: float,
        y_m: float,
        *,
        size_pt: float,
        must: bool = False,
        on_point: bool = True,
        **style: str,
    ) -> bool:
        """Write `text` at a point in metres, or beside it with a leader; return whether there was room.

        A label that `must` be is written at its first position where there is no room.
        """
        label = self._annotate(text, x_m, y_m, size_pt, style)
        sides = [(0.0, 0.0)] if on_point else []
        extent = label.get_window_extent()
        pt_per_px = 72 / self._axes.figure.dpi
        for gap_pt in _GAPS_PT:
            right, up = extent.width * pt_per_px / 2 + gap_pt, extent.height * pt_per_px / 2 + gap_pt
            sides += [(dx * right, dy * up) for dx, dy in _COMPASS]
        for side in sides:
            label.set_position(side)
            room = label.get_window_extent().padded(size_pt * 0.5)
            if self._is_free(room):
                break
        else:
            if not must:
                label.remove()
                return False
            label.set_position(sides[0])
        self._taken.append(label.get_window_extent().padded(size_pt * 0.5))
        if label.get_position() != (0.0, 0.0):
            self._lead(x_m, y_m, label)
        return True

    def place_bands(self, isochrones: Mapping[int, MultiPolygon], *, size_pt: float) -> None:
        """Name each band inside its widest parts in view."""
        cutoffs = sorted(isochrones)
        labels = band_labels(cutoffs)
        nearer: BaseGeometry = MultiPolygon()
        for index, cutoff in enumerate(cutoffs):
            area = clipped(isochrones[cutoff], self._frame)
            placed: list[tuple[float, float]] = []
            for x_m, y_m, radius_m in widest_places(shapely.difference(area, nearer)):
                apart = min((np.hypot(x_m - x, y_m - y) for x, y in placed), default=np.inf)
                if len(placed) == LABELS_A_BAND or apart < max(self._size_m) / 4:
                    continue
                # On a narrow part the words would cover more of other bands than of their own
                room_pt = radius_m / self._size_m[0] * self._axes.bbox.width * 72 / self._axes.figure.dpi
                if self.place(
                    labels[index],
                    x_m,
                    y_m,
                    size_pt=size_pt,
                    on_point=room_pt > 2 * size_pt,
                    fontweight="bold",
                ):
                    placed.append((x_m, y_m))
            nearer = area

    def _annotate(
        self, text: str, x_m: float, y_m: float, size_pt: float, style: Mapping[str, Any]
    ) -> Annotation:
        """Return a new label in ink with a white rim."""
        label = self._axes.annotate(
            text, (x_m, y_m), xytext=(0, 0), textcoords="offset points", ha="center", va="center",
            fontsize=size_pt, color=INK, zorder=Z_LABELS + 1, annotation_clip=False, **style,
        )  # fmt: skip
        label.set_path_effects([patheffects.withStroke(linewidth=3.2, foreground="white", alpha=0.92)])
        return label

    def _is_free(self, room: Bbox) -> bool:
        """Return whether a box in pixels lies on the map and off everything that has taken room."""
        frame = self._axes.get_window_extent()
        on_map = frame.x0 < room.x0 and room.x1 < frame.x1 and frame.y0 < room.y0 and room.y1 < frame.y1
        return on_map and not any(room.overlaps(other) for other in self._taken)

    def _lead(self, x_m: float, y_m: float, label: Annotation) -> None:
        """Draw a dot at a label's place and the line to the label set aside from it."""
        box_px = label.get_window_extent()
        target = self._axes.transData.transform((x_m, y_m))
        end = np.clip(target, box_px.min, box_px.max)
        (x0, y0), (x1, y1) = self._axes.transData.inverted().transform([target, end])
        (line,) = self._axes.plot([x0, x1], [y0, y1], color=INK, linewidth=1.1, zorder=Z_LABELS)
        line.set(marker="o", markevery=[0], markersize=4.5)
        line.set_path_effects([patheffects.withStroke(linewidth=3, foreground="white", alpha=0.9)])


_GAPS_PT: Final = (9.0, 16.0, 26.0, 40.0)
_COMPASS: Final = ((0, 1), (1, 0), (-1, 0), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


def widest_places(area: BaseGeometry, limit: int = 8) -> list[tuple[float, float, float]]:
    """Return x, y and radius in metres of the widest circles inside the parts of `area`, widest first.

    Three circles at most in each of the `limit` largest parts.
    """
    parts = [part for part in shapely.get_parts(area) if isinstance(part, Polygon) and part.area > 0]
    parts.sort(key=lambda part: (-part.area, part.bounds))
    circles = [circle for part in parts[:limit] for circle in _widest_circles(part, 3)]
    return sorted(circles, key=lambda circle: (-circle[2], circle[0], circle[1]))


def _widest_circles(part: Polygon, count: int) -> list[tuple[float, float, float]]:
    """Return x, y and radius in metres of circles in `part`, each the widest clear of those before."""
    circles = []
    rest: Polygon | MultiPolygon = part
    for _ in range(count):
        radius = shapely.maximum_inscribed_circle(rest, tolerance=25.0)
        if radius.length < 1:
            break
        x, y = radius.coords[0]
        circles.append((float(x), float(y), float(radius.length)))
        rest = only_polygons(rest.difference(shapely.Point(x, y).buffer(radius.length * 2)))
        if rest.is_empty:
            break
    return circles


def clipped(area: BaseGeometry, frame: BaseGeometry) -> BaseGeometry:
    """Return the part of `area` in `frame`, all of it where `area` is not valid: drawing takes either."""
    return shapely.intersection(area, frame) if area.is_valid else area


def polygon_outline(area: BaseGeometry) -> Outline:
    """Return the outline matplotlib fills: shells one way round, holes the other."""
    rings = []
    for part in shapely.get_parts(shapely.orient_polygons(area)):
        if isinstance(part, Polygon):
            rings += [
                Outline(shapely.get_coordinates(ring), closed=True)
                for ring in (part.exterior, *part.interiors)
            ]
    return Outline.make_compound_path(*rings) if rings else Outline(np.empty((0, 2)))


def line_coordinates(lines: Sequence[BaseGeometry] | np.ndarray) -> list[np.ndarray]:
    """Return the coordinates of each line or part of a line, arrays of shape (n, 2)."""
    parts = shapely.get_parts(lines)
    xy, index = shapely.get_coordinates(parts, return_index=True)
    starts = np.flatnonzero(np.diff(index)) + 1
    return [line for line in np.split(xy, starts) if len(line) > 1]
