"""What stands beside the map: a headline number, the legend with the people of each band, kinds of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ptreach.measures.stability import unstable_zones
from ptreach.outputs.maps.choropleth import draw_swatch
from ptreach.outputs.maps.sheet import (
    GREY,
    bound,
    fit_lines,
    inch_axes,
)
from ptreach.outputs.maps.view import DOTS, EDGE, HATCH, LINES
from ptreach.outputs.ramp import GROUND, INK, OUTSIDE, SEA, WATER, band_colours
from ptreach.outputs.wording import people_by_band, percent, unstable_phrase, within_phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ptreach.config import Town
    from ptreach.outputs.maps.pages import Box, Page

Doubt = tuple[str, str, str]
"""What a hatch on the map says: fill, hatch, words."""
ROW_IN: Final = 0.37
"""Height of a row of the legend in inches, less where there are many."""
ROOMY_IN: Final = 0.33
"""From which height on the number of people stands below their share, not beside it."""
LAST_ROW_IN: Final = 0.30
"""The last row's at least: its words take two lines."""
ENTRY_IN: Final = 0.23
"""Height of a line of what is explained below the legend."""
SWATCH_IN: Final = 0.33
WORDS_IN: Final = 0.45
"""Widths of swatches, and where the words beside them begin."""
ROAD_RIM: Final = "#8A8A8A"
_AREAS: Final = {
    "water": ("Lake or river", WATER),
    "sea": ("Sea", SEA),
    "outside": ("Outside the area", OUTSIDE),
}


def draw_headline(figure: Figure, page: Page, box: Box, town: Town, zones: gpd.GeoDataFrame) -> None:
    """Write the share within the middle cutoff in large figures, and of whom it is."""
    axes = inch_axes(figure, page, box)
    share, words = within_phrase(town, zones)
    axes.text(0, 0.29, share, fontsize=35, fontweight="bold", va="center")
    text = axes.text(0, 0.62, words, va="top", linespacing=1.25)
    sizes = (10.8, 9.8, page.pt(8.8), page.smallest_pt)
    fit_lines(
        text, words, box.width, sizes, [int((box.height - 0.62) * 72 / (size * 1.25)) for size in sizes]
    )


def draw_legend(figure: Figure, page: Page, box: Box, town: Town, zones: gpd.GeoDataFrame) -> None:
    """Draw a row a band: colour, minutes, share and number of residents."""
    axes = inch_axes(figure, page, box)
    colours = (*band_colours(len(town.preset.cutoffs_min)), GROUND)
    axes.plot([0, box.width], [0.02] * 2, color=INK, linewidth=1.0)
    for x, words, side in ((0.0, "Travel time", "left"), (box.width, "Residents", "right")):
        axes.text(x, 0.19, words, fontsize=10, fontweight="bold", va="center", ha=side)
    y, row_in = 0.36, min(ROW_IN, (box.height - 0.36 - LAST_ROW_IN) / (len(colours) - 1))
    roomy = row_in >= ROOMY_IN
    size_pt = page.pt(10.0 if roomy else 8.0)
    for row, colour in zip(people_by_band(zones, town.preset.cutoffs_min), colours, strict=True):
        height = max(row_in, LAST_ROW_IN) if colour == colours[-1] else row_in
        draw_swatch(axes, (0.01, y + height * 0.1, SWATCH_IN, height * 0.8), colour, None)
        middle = y + height / 2
        label = row.label.replace(", or", ",\nor")
        axes.text(WORDS_IN, middle, label, fontsize=size_pt, va="center", linespacing=1.0)
        up, left, down = (0.07, 0.0, 0.10) if roomy else (0.0, 0.5, 0.0)
        share = axes.text(box.width, middle - up, percent(row.share), fontsize=size_pt + 0.8)
        people = axes.text(box.width - left, middle + down, f"{row.people:,.0f}", fontsize=page.smallest_pt)
        share.set(fontweight="bold", va="center", ha="right")
        people.set(color=GREY, va="center", ha="right")
        y += height


def legend_height_in(bands_n: int, room_in: float) -> float:
    """Return the height of the legend of so many bands, where there is `room_in` for it."""
    return min(room_in, 0.36 + ROW_IN * (bands_n + 1))


def draw_key(figure: Figure, page: Page, box: Box, kinds: Collection[str], doubts: Sequence[Doubt]) -> None:
    """Explain dots, hatching and the lines on the map, as many as there is room for.

    `kinds` are those that `draw_ground` drew, and ``edge``; `doubts` are fill, hatch and words.
    """
    axes = inch_axes(figure, page, box)
    size_pt = page.pt(8.8)
    y = 0.02
    for colour, hatch, words in doubts:
        text = axes.text(WORDS_IN, y + 0.02, words, va="top", linespacing=1.15)
        fit_lines(text, bound(words), box.width - WORDS_IN, [size_pt, page.smallest_pt], [3, 3])
        lines = text.get_text().count("\n") + 1
        draw_swatch(axes, (0.01, y, SWATCH_IN, 0.18), colour, hatch)
        y += 0.09 + lines * size_pt * 1.2 / 72
    for kind, words in (
        ("major", "Main road"),
        ("rail", "Railway"),
        *((k, w) for k, (w, _) in _AREAS.items()),
        ("edge", "Edge of the area counted"),
    ):
        if kind in kinds and y + ENTRY_IN <= box.height:
            _draw_sample(axes, kind, y + 0.09)
            axes.text(WORDS_IN, y + 0.09, words, fontsize=size_pt, va="center")
            y += ENTRY_IN


def _draw_sample(axes: Axes, kind: str, y: float) -> None:
    """Draw what a kind of line or area is on the map."""
    ends = [0.01, 0.01 + SWATCH_IN]
    if kind in _AREAS:
        axes.add_artist(
            Rectangle((0.01, y - 0.07), SWATCH_IN, 0.14, facecolor=_AREAS[kind][1], edgecolor="#6F8799")
        )
    elif kind == "edge":
        axes.add_line(Line2D(ends, [y, y], color=EDGE, linewidth=1.1, linestyle=(0, (4, 2.4))))
    else:
        colour = ROAD_RIM if kind == "major" else LINES[kind].colour
        axes.add_line(Line2D(ends, [y, y], color=colour, linewidth=LINES[kind].width_pt + 2.6))
        if kind == "major":
            axes.add_line(Line2D(ends, [y, y], color="white", linewidth=LINES[kind].width_pt + 1.1))


def doubt_entries(town: Town, zones: gpd.GeoDataFrame, kinds: Collection[str]) -> list[Doubt]:
    """Return what dots and hatching say, where they are among the `kinds` on the map."""
    cutoffs = town.preset.cutoffs_min
    unstable, without = int(unstable_zones(zones, cutoffs).sum()), int(zones["minutes_p50"].isna().sum())
    entries = []
    if DOTS in kinds:
        words = unstable_phrase(town, unstable, len(zones))
        entries.append((band_colours(len(cutoffs))[len(cutoffs) // 2], DOTS, words[:1].upper() + words[1:]))
    if HATCH in kinds:
        entries.append((GROUND, HATCH, f"No journey in most minutes ({without:,} of {len(zones):,} zones)"))
    return entries
