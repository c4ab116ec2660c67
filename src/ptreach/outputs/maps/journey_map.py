"""The journey-time map: a slide-shaped picture for people who will see nothing else of the pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely
from matplotlib import patheffects

from ptreach.outputs.maps.labels import Labels
from ptreach.outputs.maps.marks import draw_scale, draw_star
from ptreach.outputs.maps.panel import draw_panel
from ptreach.outputs.maps.sheet import LEFT, NOTICE, NOTICE_COLOUR, draw_heading, draw_sources, sheet
from ptreach.outputs.maps.view import Z_LABELS, draw_bands, draw_edge, draw_ground, view_bounds
from ptreach.outputs.ramp import INK
from ptreach.outputs.wording import alt_text, in_even_lines, map_title, subtitle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    from matplotlib.axes import Axes
    from shapely.geometry import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.config import Town

SIZE_IN: Final = (16.0, 9.0)
DPI: Final = 160
"""2560 by 1440 pixels: sharp on a projector, small enough for a slide."""
MAP_BOX: Final = (LEFT, 0.085, 0.725, 0.775)
"""Left, bottom, width and height as shares of the figure."""
SOURCES_TOP: Final = 0.066
SOURCE_SIZES_PT: Final = (10.5, 9.5, 8.5, 7.5)


def draw_journey_time_map(
    path: Path,
    *,
    town: Town,
    zones: gpd.GeoDataFrame,
    isochrones: Mapping[int, MultiPolygon],
    ground: gpd.GeoDataFrame,
    land: BaseGeometry,
    origin_xy_m: tuple[float, float],
    source_line: str,
    by_the_sea: bool,
    made_up: bool,
) -> None:
    """Draw the bands of travel time as a 16:9 PNG, and its description as text beside it (``.txt``).

    The same inputs give the same bytes.

    Parameters
    ----------
    path
        The PNG to write.
    town
        Title, date, window and preset are taken from it.
    zones
        Zones with ``minutes_p50`` (minutes, NaN where not reached), ``population`` and ``district_name``.
    isochrones
        Cumulative areas by cutoff in minutes, in a metric coordinate reference system, as all that follows.
    ground
        Columns ``kind`` (``major, minor, path, rail, water, river, coast``) and ``geometry``.
    land
        All land in view.
    by_the_sea
        Whether what is not land is sea; else it is what lies outside the zones.
    origin_xy_m
        Easting and northing of the town's point.
    source_line
        Sources and attributions, printed at the foot.
    made_up
        Whether any of the data is made up: the map then says so.
    """
    with sheet(path, SIZE_IN, DPI) as figure:
        axes = figure.add_axes(MAP_BOX)
        aspect = (MAP_BOX[2] * SIZE_IN[0]) / (MAP_BOX[3] * SIZE_IN[1])
        view = view_bounds(isochrones[max(isochrones)], origin_xy_m, zones.geometry.to_numpy(), aspect)
        axes.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]), xticks=[], yticks=[], aspect=1)
        kinds = draw_ground(axes, ground, land, view, by_the_sea=by_the_sea)
        draw_bands(axes, isochrones, land, view)
        edge = shapely.union_all(zones.geometry.to_numpy(), grid_size=1.0)
        has_edge = draw_edge(axes, _without_slivers(edge), land, view)
        labels = Labels(axes, view)
        _draw_furniture(axes, labels, made_up=made_up)
        _draw_origin(axes, labels, town.name, origin_xy_m)
        labels.place_bands(isochrones, size_pt=12.5)
        draw_heading(figure, map_title(town), subtitle(town))
        draw_panel(figure, town, zones, kinds, has_edge=has_edge)
        draw_sources(figure, source_line, SOURCE_SIZES_PT, SOURCES_TOP)
    path.with_suffix(".txt").write_text(
        alt_text(town, zones, made_up=made_up), encoding="utf-8", newline="\n"
    )


def _without_slivers(area: BaseGeometry) -> BaseGeometry:
    """Return the outline of zones without the slits that simplified boundaries leave between them."""
    closed = area.buffer(60).buffer(-60)
    return shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(closed)])


def _draw_origin(axes: Axes, labels: Labels, name: str, origin_xy_m: tuple[float, float]) -> None:
    """Mark the town's point by a star and name it."""
    x, y = origin_xy_m
    draw_star(axes, labels, origin_xy_m, size_pt=21, edge_pt=1.4, clear_pt=13)
    labels.place(in_even_lines(name), x, y, size_pt=14, must=True, on_point=False, fontweight="bold")


def _draw_furniture(axes: Axes, labels: Labels, *, made_up: bool) -> None:
    """Draw scale bar, north arrow and, where it is due, the notice of made-up data."""
    draw_scale(axes, labels, 12)
    arrow = axes.annotate(
        "N", xy=(0.972, 0.975), xytext=(0.972, 0.895), xycoords="axes fraction", ha="center", va="center",
        fontsize=14, fontweight="bold", color=INK, zorder=Z_LABELS,
        arrowprops={"arrowstyle": "-|>,head_width=0.4,head_length=0.8", "color": INK, "linewidth": 2},
    )  # fmt: skip
    arrow.set_path_effects([patheffects.withStroke(linewidth=3, foreground="white")])
    labels.keep_clear(arrow)
    if made_up:
        notice = axes.text(
            0.5, 0.965, NOTICE, transform=axes.transAxes, ha="center", va="top", fontsize=20,
            fontweight="bold", color="white", zorder=Z_LABELS + 3,
            bbox={"boxstyle": "square,pad=0.4", "facecolor": NOTICE_COLOUR, "edgecolor": "none"},
        )  # fmt: skip
        labels.keep_clear(notice, margin_pt=10)
