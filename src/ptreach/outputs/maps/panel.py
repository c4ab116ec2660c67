"""What stands beside the map: a headline number, the legend with the people of each band, kinds of lines."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ptreach.outputs.maps.sheet import GREY
from ptreach.outputs.maps.view import LINES
from ptreach.outputs.ramp import GROUND, INK, OUTSIDE, SEA, WATER, band_colours
from ptreach.outputs.wording import people_by_band, percent, within_phrase

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ptreach.config import Town

PANEL_BOX: Final = (0.772, 0.085, 0.206, 0.775)
"""Left, bottom, width and height as shares of the figure."""
ROW_IN: Final = 0.46
"""Height of a row of the legend in inches, less where there are many."""
LINES_IN: Final = 1.4
"""Room in inches that is kept for the lines explained below the legend."""


def draw_panel(
    figure: Figure, town: Town, zones: gpd.GeoDataFrame, kinds: Collection[str], *, has_edge: bool
) -> None:
    """Draw the panel: a headline number, bands with their people, and the kinds of lines on the map."""
    height_in = PANEL_BOX[3] * figure.get_figheight()
    panel = figure.add_axes(PANEL_BOX)
    panel.set(xlim=(0, 1), ylim=(height_in, 0))
    panel.set_axis_off()
    y = _draw_headline(panel, town, zones)
    y = _draw_bands(panel, town, zones, y + 0.25)
    _draw_lines(panel, kinds, y + 0.28, has_edge=has_edge)


def _draw_headline(panel: Axes, town: Town, zones: gpd.GeoDataFrame) -> float:
    """Write the share within the middle cutoff in large figures; return the inches used so far."""
    share, words = within_phrase(town, zones)
    panel.text(0, 0.36, share, fontsize=44, fontweight="bold", va="center")
    lines = textwrap.wrap(words, 30)
    panel.text(0, 0.80, "\n".join(lines), fontsize=13.5, va="top", linespacing=1.3)
    return 0.80 + 0.26 * len(lines)


def _draw_bands(panel: Axes, town: Town, zones: gpd.GeoDataFrame, top_in: float) -> float:
    """Draw a row a band: colour, minutes, share and number of residents; return the inches used so far."""
    colours = (*band_colours(len(town.preset.cutoffs_min)), GROUND)
    panel.plot([0, 1], [top_in - 0.1] * 2, color=INK, linewidth=1.2)
    panel.text(0, top_in + 0.14, "Travel time", fontsize=12.5, fontweight="bold", va="center")
    panel.text(1, top_in + 0.14, "Residents", fontsize=12.5, fontweight="bold", va="center", ha="right")
    y = top_in + 0.36
    row_in = min(ROW_IN, (panel.get_ylim()[0] - LINES_IN - y) / len(colours))
    for row, colour in zip(people_by_band(zones, town.preset.cutoffs_min), colours, strict=True):
        panel.add_artist(
            Rectangle((0.004, y + 0.05), 0.125, row_in - 0.12, facecolor=colour, edgecolor=INK, linewidth=1.1)
        )
        middle = y + row_in / 2 - 0.01
        panel.text(
            0.17, middle, row.label.replace(", or", ",\nor"), fontsize=12.5, va="center", linespacing=1.1
        )
        panel.text(
            1, middle - 0.085, percent(row.share), fontsize=13.5, fontweight="bold", va="center", ha="right"
        )
        panel.text(1, middle + 0.115, f"{row.people:,.0f}", fontsize=9.5, color=GREY, va="center", ha="right")
        y += row_in
    return y


def _draw_lines(panel: Axes, kinds: Collection[str], top_in: float, *, has_edge: bool) -> None:
    """Explain the lines that are on the map, as many as there is room for."""
    entries = [
        ("Main road", "major", "#8A8A8A"),
        ("Railway", "rail", LINES["rail"].colour),
        ("Lake or river", "water", WATER),
        ("Sea", "sea", SEA),
        ("Outside the area", "outside", OUTSIDE),
    ]
    shown = [(label, kind, colour) for label, kind, colour in entries if kind in kinds]
    y = top_in
    for label, kind, colour in shown:
        if kind in {"water", "sea", "outside"}:
            panel.add_artist(Rectangle((0.004, y - 0.09), 0.125, 0.18, facecolor=colour, edgecolor="#6F8799"))
        else:
            panel.add_line(Line2D([0.004, 0.129], [y, y], color=colour, linewidth=LINES[kind].width_pt + 3.2))
            if kind == "major":
                panel.add_line(
                    Line2D([0.004, 0.129], [y, y], color="white", linewidth=LINES[kind].width_pt + 1.4)
                )
        panel.text(0.17, y, label, fontsize=11.5, va="center")
        y += 0.3
    if has_edge:
        panel.add_line(Line2D([0.004, 0.129], [y, y], color="#5B5B5B", linewidth=1.3, linestyle=(0, (5, 3))))
        panel.text(0.17, y, "Edge of the area counted", fontsize=11.5, va="center")
