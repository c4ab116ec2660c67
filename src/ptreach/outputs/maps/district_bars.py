"""Beside the map of districts: the place's score in large figures, its bar among those around it, and all."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from matplotlib.patches import Rectangle

from ptreach.outputs.maps.sheet import (
    GREY,
    fit_lines,
    shorten,
)
from ptreach.outputs.ramp import INK, MISSING, STAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from ptreach.outputs.maps.pages import Page

FIRST_IN: Final = 0.50
"""Where the first bar begins, below heading and average."""
ROW_IN: Final = 0.38
MOST_ROW_IN: Final = 0.52
LEAST_ROW_EM: Final = 1.5
"""Height of a bar's row in inches, what it grows to where there is room, and in heights of letters what it
shrinks to where there are many."""
ORDER_IN: Final = (1.05, 2.2)
"""The least and the most height of all districts in order."""
PLACE_WIDTH_IN: Final = 0.035
"""Of the place in that order: one of some 300 would be too thin to see."""
NAME_END: Final = 0.42
BAR_END: Final = 0.71
"""Where names end and where the longest bar does, as shares of the width."""


class DistrictBar(NamedTuple):
    """One district's bar: ``rank`` is NaN where it has none, ``colour`` that of its class."""

    name: str
    score: float
    rank: float
    colour: str
    marked: bool


def draw_headline(axes: Axes, page: Page, figure_text: str, words: str) -> None:
    """Write a number in large figures and words below it, in axes of inches."""
    axes.text(0, 0.25, figure_text, fontsize=33, fontweight="bold", va="center")
    height_in, width_in = axes.get_ylim()[0], axes.get_xlim()[1]
    sizes = (10.0, page.smallest_pt)
    text = axes.text(0, 0.56, words, va="top", linespacing=1.25)
    fit_lines(text, words, width_in, sizes, [int((height_in - 0.56) * 72 / (size * 1.25)) for size in sizes])


def draw_bars(
    axes: Axes,
    page: Page,
    bars: Sequence[DistrictBar],
    *,
    heading: str,
    average: float,
    average_words: str,
    decimals: int,
    bottom_in: float,
) -> list[str]:
    """Draw bars by score, the highest first, down to `bottom_in` inches, and the line of the average.

    Where there is no room for all, those not marked are left out whose score is nearest to the middle.
    Return the names of those left out.
    """
    room = max(1, int((bottom_in - FIRST_IN) / (LEAST_ROW_EM * page.smallest_pt / 72)))
    shown, left_out = fitting_bars(bars, room)
    row_in = min(MOST_ROW_IN, (bottom_in - FIRST_IN) / len(shown))
    scores = [bar.score for bar in shown if not np.isnan(bar.score)]
    unit = (BAR_END - NAME_END) / max([*scores, average, 1e-9])
    axes.plot([0, 1], [0.01] * 2, color=INK, linewidth=1.0)
    axes.text(0, 0.15, heading, fontsize=9.5, fontweight="bold", va="center")
    for number, bar in enumerate(shown):
        _draw_bar(axes, page, bar, FIRST_IN + number * row_in, row_in, unit, decimals)
    x = NAME_END + average * unit
    end_in = FIRST_IN + len(shown) * row_in
    for colour, width_pt in (("white", 3.0), (INK, 1.4)):
        axes.plot([x, x], [FIRST_IN - 0.02, end_in], color=colour, linewidth=width_pt, zorder=4)
    words = axes.text(
        x,
        FIRST_IN - 0.10,
        f"{average_words} {average:.{decimals}f}",
        fontsize=page.pt(8.5),
        va="center",
        ha="center",
    )
    _keep_inside(axes, words)
    return left_out


def bars_height_in(bars_n: int) -> float:
    """Return the height that so many bars and their heading had best have."""
    return FIRST_IN + bars_n * ROW_IN


def draw_order(axes: Axes, page: Page, ranked: pd.DataFrame, whose: str) -> None:
    """Draw all districts side by side in axes of inches, the highest score first, those of the place in gold.

    `ranked` has the columns ``score, colour, marked``; `whose` says what is gold.
    """
    (_, width), (height, _), count = axes.get_xlim(), axes.get_ylim(), len(ranked)
    axes.plot([0, width], [0.01] * 2, color=INK, linewidth=1.0)
    words = f"All {count} authorities by score; {whose}"
    heading = axes.text(0, 0.09, words, va="top", fontweight="bold", linespacing=1.15)
    fit_lines(heading, words, width, [9.5, page.pt(8.5)], [2, 3])
    first, foot = 0.13 + heading.get_window_extent().height / axes.figure.dpi, height - 0.2
    step, unit = width / count, (foot - first) / max(ranked["score"].max(), 1e-9)
    tops = foot - ranked["score"].to_numpy() * unit
    at = 0
    for colour, members in itertools.groupby(ranked["colour"]):
        upper = tops[at : at + len(list(members))]
        edges = np.repeat(np.arange(at, at + len(upper) + 1) * step, 2)
        axes.fill(edges, [foot, *np.repeat(upper, 2), foot], facecolor=colour, edgecolor=INK, linewidth=0.6)
        at += len(upper)
    for place in np.flatnonzero(ranked["marked"].to_numpy()):
        left = (place + 0.5) * step - PLACE_WIDTH_IN / 2
        size = (PLACE_WIDTH_IN, foot - tops[place])
        axes.add_artist(
            Rectangle((left, tops[place]), *size, facecolor=STAR, edgecolor=INK, linewidth=0.8, zorder=3)
        )
    for x, text, side in (
        (0, "1", "left"),
        (width / 2, "place among all", "center"),
        (width, f"{count}", "right"),
    ):
        axes.text(x, height - 0.08, text, fontsize=page.smallest_pt, va="center", ha=side, color=GREY)


def fitting_bars(bars: Sequence[DistrictBar], room: int) -> tuple[list[DistrictBar], list[str]]:
    """Return at most `room` bars, the highest score first, and the names of those there is no room for."""
    ordered = sorted(bars, key=lambda bar: (np.isnan(bar.score), -bar.score, bar.name))
    middle = (len(ordered) - 1) / 2
    by_weight = sorted(range(len(ordered)), key=lambda i: (not ordered[i].marked, -abs(i - middle), i))
    kept = sorted(by_weight[:room])
    return [ordered[i] for i in kept], [ordered[i].name for i in sorted(by_weight[room:])]


def _draw_bar(
    axes: Axes, page: Page, bar: DistrictBar, y_in: float, row_in: float, unit: float, decimals: int
) -> None:
    """Draw one row: name, bar, score and rank."""
    weight = "bold" if bar.marked else "normal"
    size_pt = page.smallest_pt if row_in < 0.2 else 9.0
    middle = y_in + row_in / 2
    name = axes.text(
        NAME_END - 0.02, middle, bar.name, fontsize=size_pt, fontweight=weight, va="center", ha="right"
    )
    shorten(name, (NAME_END - 0.02) * axes.bbox.width / axes.figure.dpi)
    if np.isnan(bar.score):
        axes.text(BAR_END + 0.02, middle, "no score", fontsize=size_pt, va="center", color=GREY)
        return
    end = NAME_END + bar.score * unit
    if bar.marked:
        size = (end - NAME_END, row_in * 0.72)
        place = (NAME_END, middle - row_in * 0.36)
        axes.add_artist(Rectangle(place, *size, facecolor="none", edgecolor=INK, linewidth=4.2))
        axes.add_artist(Rectangle(place, *size, facecolor="none", edgecolor=STAR, linewidth=2.4))
    axes.add_artist(
        Rectangle(
            (NAME_END, middle - row_in * 0.36), end - NAME_END, row_in * 0.72,
            facecolor=bar.colour or MISSING, edgecolor=INK, linewidth=0.8,
        )
    )  # fmt: skip
    rank = "" if np.isnan(bar.rank) else f"  ({bar.rank:.0f})"
    # Clear of the line of the average, which would strike the figures through
    axes.text(
        BAR_END + 0.02, middle, f"{bar.score:.{decimals}f}{rank}", fontsize=size_pt, fontweight=weight,
        va="center",
    )  # fmt: skip


def _keep_inside(axes: Axes, text: Text) -> None:
    """Move a text sideways into its axes."""
    extent = text.get_window_extent()
    shift = max(0.0, axes.bbox.x0 - extent.x0) - max(0.0, extent.x1 - axes.bbox.x1)
    x, y = text.get_position()
    text.set_position((x + shift / axes.bbox.width, y))
