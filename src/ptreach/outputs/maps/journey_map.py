"""The journey-time map: a slide-shaped picture for people who will see nothing else of the pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from matplotlib import patheffects

from ptreach.measures.bands import band_index
from ptreach.measures.districts import put_together
from ptreach.measures.stability import unstable_zones
from ptreach.outputs.maps.choropleth import closed
from ptreach.outputs.maps.labels import Labels
from ptreach.outputs.maps.marks import draw_scale, draw_star
from ptreach.outputs.maps.pages import PORTRAIT, SLIDE, Box
from ptreach.outputs.maps.panel import doubt_entries, draw_headline, draw_key, draw_legend, legend_height_in
from ptreach.outputs.maps.sheet import (
    NOTICE,
    NOTICE_COLOUR,
    draw_heading,
    draw_sources,
    sheet,
    write_description,
)
from ptreach.outputs.maps.view import Z_LABELS, draw_bands, draw_doubts, draw_edge, draw_ground, view_bounds
from ptreach.outputs.ramp import INK
from ptreach.outputs.wording import in_even_lines, journey_description, journey_finding, journey_subtitle

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from shapely.geometry import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.config import Town
    from ptreach.outputs.maps.pages import Page
    from ptreach.outputs.maps.view import Bounds

MAP_BOXES: Final = {
    SLIDE: Box(SLIDE.margin_in, SLIDE.body[0], 9.2, SLIDE.body_in),
    PORTRAIT: Box(PORTRAIT.margin_in, PORTRAIT.body[0], PORTRAIT.room_in, 5.2),
}
"""Where the map is, by page."""
PANEL_LEFT_IN: Final = 9.84
HEADLINE_IN: Final = 1.5
"""On the slide, where the panel beside the map begins, and the height of its large figures."""
KEY_IN: Final = 1.25
"""Kept free on the slide for what explains dots, hatching and lines."""


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
    pages: Sequence[Page] = (SLIDE, PORTRAIT),
) -> None:
    """Draw the bands of travel time, and its description as text beside it (``.txt``).

    The same inputs give the same bytes.

    Parameters
    ----------
    path
        The slide's PNG; the other files of the picture are named after it.
    town
        Title, date, window and preset are taken from it.
    zones
        Zones with ``minutes_p50`` (minutes, NaN where not reached), ``departures_within_15`` … (share of
        the window's minutes), ``population`` and ``district_name``.
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
        How it was computed, sources and attributions, printed at the foot.
    made_up
        Whether any of the data is made up: the map then says so.
    pages
        The pages to draw.
    """
    title = journey_finding(town, zones)
    shapes = zones.geometry.to_numpy()
    edge = _without_slivers(put_together(shapes))
    unstable = unstable_zones(zones, town.preset.cutoffs_min)
    bands = band_index(zones["minutes_p50"].to_numpy(dtype=np.float64), town.preset.cutoffs_min)
    dotted = [
        put_together(shapes[unstable & (bands == number)]) for number in range(len(town.preset.cutoffs_min))
    ]
    hatched = put_together(shapes[zones["minutes_p50"].isna().to_numpy()])
    for page in pages:
        with sheet(path, page, title, made_up=made_up) as figure:
            map_box = MAP_BOXES[page]
            axes = figure.add_axes(page.shares(map_box))
            view = view_bounds(
                isochrones[max(isochrones)], origin_xy_m, zones.geometry.to_numpy(),
                map_box.width / map_box.height,
            )  # fmt: skip
            axes.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]), xticks=[], yticks=[], aspect=1)
            kinds = draw_ground(axes, ground, land, view, by_the_sea=by_the_sea)
            draw_bands(axes, isochrones, land, view)
            kinds |= draw_doubts(axes, isochrones, dotted, hatched, view)
            if draw_edge(axes, edge, land, view):
                kinds.add("edge")
            _draw_marks(axes, view, town, isochrones, origin_xy_m, made_up=made_up)
            draw_heading(figure, page, title, journey_subtitle(town))
            _draw_panel(figure, page, town, zones, kinds)
            draw_sources(figure, page, source_line)
    lines = journey_description(town, zones, title, made_up=made_up)
    write_description(path, lines)


def _draw_marks(
    axes: Axes,
    view: Bounds,
    town: Town,
    isochrones: Mapping[int, MultiPolygon],
    origin_xy_m: tuple[float, float],
    *,
    made_up: bool,
) -> None:
    """Draw scale, north arrow, the town's star and name, and name the bands."""
    labels = Labels(axes, view)
    _draw_furniture(axes, labels, made_up=made_up)
    draw_star(axes, labels, origin_xy_m, size_pt=17, edge_pt=1.2, clear_pt=10)
    labels.place(
        in_even_lines(town.name), *origin_xy_m, size_pt=11.2, must=True, on_point=False, fontweight="bold"
    )
    labels.place_bands(isochrones, size_pt=10)


def _draw_panel(
    figure: Figure, page: Page, town: Town, zones: gpd.GeoDataFrame, kinds: Collection[str]
) -> None:
    """Draw headline, legend and key: one below the other beside the map, or side by side below it."""
    cutoffs = town.preset.cutoffs_min
    if page == SLIDE:
        top, width = page.body[0], page.width_in - page.margin_in - PANEL_LEFT_IN
        room_in = page.body_in - HEADLINE_IN - KEY_IN - 0.1
        height_in = legend_height_in(len(cutoffs), room_in)
        headline = Box(PANEL_LEFT_IN, top, width, HEADLINE_IN - 0.1)
        legend = Box(PANEL_LEFT_IN, top + HEADLINE_IN, width, height_in)
        below = legend.top + height_in + 0.14
        key = Box(PANEL_LEFT_IN, below, width, page.body[1] - below)
    else:
        below = MAP_BOXES[page].top + MAP_BOXES[page].height + 0.2
        left, right_in, height_in = page.margin_in, 3.3, page.body[1] - below
        headline = Box(left, below, page.room_in - right_in - 0.3, 1.25)
        key = Box(left, below + 1.3, headline.width, height_in - 1.3)
        legend_in = legend_height_in(len(cutoffs), height_in)
        legend = Box(page.width_in - page.margin_in - right_in, below, right_in, legend_in)
    draw_headline(figure, page, headline, town, zones)
    draw_legend(figure, page, legend, town, zones)
    draw_key(figure, page, key, kinds, doubt_entries(town, zones, kinds))


def _without_slivers(area: BaseGeometry) -> BaseGeometry:
    """Return the outline of zones without the slits that simplified boundaries leave between them."""
    parts = shapely.get_parts(closed(area, 60))
    return shapely.union_all([shapely.Polygon(part.exterior) for part in parts])


def _draw_furniture(axes: Axes, labels: Labels, *, made_up: bool) -> None:
    """Draw scale bar, north arrow and, where it is due, the notice of made-up data."""
    draw_scale(axes, labels, 9.6)
    arrow = axes.annotate(
        "N", xy=(0.972, 0.975), xytext=(0.972, 0.895), xycoords="axes fraction", ha="center", va="center",
        fontsize=11.2, fontweight="bold", color=INK, zorder=Z_LABELS,
        arrowprops={"arrowstyle": "-|>,head_width=0.32,head_length=0.64", "color": INK, "linewidth": 1.6},
    )  # fmt: skip
    arrow.set_path_effects([patheffects.withStroke(linewidth=3, foreground="white")])
    labels.keep_clear(arrow.get_window_extent())
    if made_up:
        notice = axes.text(
            0.5, 0.965, NOTICE, transform=axes.transAxes, ha="center", va="top", fontsize=16,
            fontweight="bold", color="white", zorder=Z_LABELS + 3,
            bbox={"boxstyle": "square,pad=0.4", "facecolor": NOTICE_COLOUR, "edgecolor": "none"},
        )  # fmt: skip
        labels.keep_clear(notice.get_window_extent(), margin_pt=10)
