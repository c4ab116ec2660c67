"""Labels on a map, which keep out of each other's way and lead to what they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib import patheffects
from matplotlib.transforms import Bbox
from shapely.geometry import MultiPolygon, Polygon, box

from ptreach.measures.bands import band_labels
from ptreach.measures.isochrones import only_polygons
from ptreach.outputs.maps.view import Z_LABELS, Bounds, clipped
from ptreach.outputs.ramp import INK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from shapely.geometry.base import BaseGeometry

LABELS_A_BAND: Final = 2


class Labels:
    """Labels on a map that keep clear of each other and of what else takes up room."""

    def __init__(self, axes: Axes, view: Bounds, gaps_pt: Sequence[float] = (9.0, 16.0, 26.0, 40.0)) -> None:
        self._axes = axes
        self._gaps_pt = gaps_pt
        self._frame = box(*view)
        self._size_m = (view[2] - view[0], view[3] - view[1])
        self._taken: list[Bbox] = []

    def keep_clear(self, room: Bbox, margin_pt: float = 0.0) -> None:
        """Take up a box in pixels, and a margin around it."""
        self._taken.append(room.padded(margin_pt * self._axes.figure.dpi / 72))

    def is_clear(self, room: Bbox, margin_pt: float = 0.0) -> bool:
        """Return whether a box in pixels, and a margin around it, are off everything that has taken room."""
        room = room.padded(margin_pt * self._axes.figure.dpi / 72)
        return not any(room.overlaps(other) for other in self._taken)

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
        margin_pt: float | None = None,
        **style: Any,  # noqa: ANN401 - whatever matplotlib writes text with
    ) -> bool:
        """Write `text` at a point in metres, or beside it with a leader; return whether there was room.

        A label that `must` be is written at its first position where there is no room. `margin_pt` is kept
        clear around it.
        """
        label = self.write(text, x_m, y_m, size_pt=size_pt, **style)
        sides = [(0.0, 0.0)] if on_point else []
        extent = label.get_window_extent()
        pt_per_px = 72 / self._axes.figure.dpi
        margin_px = size_pt * 0.5 if margin_pt is None else margin_pt / pt_per_px
        for gap_pt in self._gaps_pt:
            right, up = extent.width * pt_per_px / 2 + gap_pt, extent.height * pt_per_px / 2 + gap_pt
            sides += [(dx * right, dy * up) for dx, dy in _COMPASS]
        for side in sides:
            label.set_position(side)
            room = label.get_window_extent().padded(margin_px)
            if self._is_free(room):
                break
        else:
            if not must:
                label.remove()
                return False
            label.set_position(sides[0])
        self._taken.append(label.get_window_extent().padded(margin_px))
        if label.get_position() != (0.0, 0.0):
            self.lead(x_m, y_m, label)
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

    def _is_free(self, room: Bbox) -> bool:
        """Return whether a box in pixels lies on the map and off everything that has taken room."""
        frame = self._axes.get_window_extent()
        on_map = frame.x0 < room.x0 and room.x1 < frame.x1 and frame.y0 < room.y0 and room.y1 < frame.y1
        return on_map and self.is_clear(room)

    def write(
        self,
        text: str,
        x_m: float,
        y_m: float,
        *,
        size_pt: float,
        **style: Any,  # noqa: ANN401 - whatever matplotlib writes text with
    ) -> Annotation:
        """Write `text` at a point in metres, in ink with a white rim, wherever other labels are."""
        label = self._axes.annotate(
            text, (x_m, y_m), xytext=(0, 0), textcoords="offset points", ha="center", va="center",
            fontsize=size_pt, color=INK, zorder=Z_LABELS + 1, annotation_clip=False, **style,
        )  # fmt: skip
        label.set_path_effects([patheffects.withStroke(linewidth=3.2, foreground="white", alpha=0.92)])
        return label

    def lead(self, x_m: float, y_m: float, label: Annotation) -> None:
        """Draw a dot at a label's place and the line to the label set aside from it."""
        box_px = label.get_window_extent()
        target = self._axes.transData.transform((x_m, y_m))
        end = np.clip(target, box_px.min, box_px.max)
        (x0, y0), (x1, y1) = self._axes.transData.inverted().transform([target, end])
        (line,) = self._axes.plot([x0, x1], [y0, y1], color=INK, linewidth=1.1, zorder=Z_LABELS)
        line.set(marker="o", markevery=[0], markersize=4.5)
        line.set_path_effects([patheffects.withStroke(linewidth=3, foreground="white", alpha=0.9)])


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
