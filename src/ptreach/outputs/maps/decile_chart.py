"""Who is within reach, by decile of deprivation: a bar a decile, in the colours of the journey-time map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.patches import Rectangle

from ptreach.errors import InputError
from ptreach.outputs.maps.pages import LANDSCAPE, SLIDE, Box
from ptreach.outputs.maps.sheet import (
    GREY,
    draw_heading,
    draw_sources,
    inch_axes,
    sheet,
    write_description,
)
from ptreach.outputs.ramp import GROUND, INK, band_colours, letters_on
from ptreach.outputs.wording import percent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from ptreach.outputs.maps.pages import Page

BAR_LEFT_IN: Final = 3.07
"""From the margin."""
PEOPLE_IN: Final = 1.35
"""Room for the number of residents, to the right of the bars."""
KEY_IN: Final = 0.40
"""Height of the row of keys above the bars."""
ROW_IN: Final = 0.46
"""Height of a row, less where the page is low, and the share of it that is a bar's."""
BAR_SHARE: Final = 0.74
GAP_IN: Final = 0.16
"""Between the deciles and the row of all."""
ENDS: Final = {"1": "1  most deprived", "10": "10  least deprived", "all": "All residents"}


def draw_decile_chart(
    path: Path,
    *,
    deciles: pd.DataFrame,
    cutoff_min: int,
    subtitle: str,
    deprivation_title: str,
    edition: str,
    source_line: str,
    made_up: bool = False,
    pages: Sequence[Page] = (SLIDE, LANDSCAPE),
) -> None:
    """Draw the share of residents within each cutoff by decile, and its description beside it (``.txt``).

    The same inputs give the same bytes.

    Parameters
    ----------
    path
        The slide's PNG; the other files of the picture are named after it.
    deciles
        The table of `ptreach.measures.deprivation.summarise_by_decile`: ``decile`` (``1`` … ``10``, ``all``),
        ``zones, population, share_within_15`` … (0 to 1, NaN without people).
    cutoff_min
        The cutoff that the title and the large figures are of; one of those of the table.
    subtitle
        From where, when and how, as `ptreach.outputs.wording.subtitle` says it.
    deprivation_title
        ``Indices of Deprivation 2019``.
    edition
        Edition of the zones: ``LSOA 2011``.
    source_line
        Sources and attributions, printed at the foot.
    made_up
        Whether any of the data is made up: the picture then says so.
    pages
        The pages to draw.

    Raises
    ------
    InputError
        Where the table has no shares within `cutoff_min`.
    """
    cutoffs = shares_cutoffs(deciles)
    if cutoff_min not in cutoffs:
        raise InputError(
            f"no shares within {cutoff_min} minutes",
            where="table by decile",
            remedy=f"choose one of its cutoffs: {', '.join(map(str, cutoffs))}",
        )
    rows = deciles.set_index("decile")
    title = _title(rows, cutoff_min)
    for page in pages:
        with sheet(path, page, title, made_up=made_up) as figure:
            draw_heading(figure, page, title, subtitle, made_up=made_up)
            axes = inch_axes(figure, page, Box(page.margin_in, page.body[0], page.room_in, page.body_in))
            _draw_key(axes, page, cutoffs, cutoff_min)
            row_in = min(ROW_IN, (page.body_in - KEY_IN - GAP_IN) / len(rows))
            for number, name in enumerate(rows.index):
                top = KEY_IN + number * row_in + (GAP_IN if name == "all" else 0)
                _draw_row(axes, rows.loc[name], str(name), (top, row_in), cutoffs, cutoff_min)
            counted = _count_phrase(rows, deprivation_title, edition)
            draw_sources(figure, page, f"{counted} {source_line}")
    lines = _description(rows, title, subtitle, cutoffs, deprivation_title, edition)
    if made_up:
        lines.insert(1, "The data are made up; they describe no real place.")
    write_description(path, lines)


def shares_cutoffs(deciles: pd.DataFrame) -> list[int]:
    """Return the cutoffs in minutes that a table by decile has shares of, ascending."""
    prefix = "share_within_"
    return sorted(int(name.removeprefix(prefix)) for name in deciles.columns if name.startswith(prefix))


def _title(rows: pd.DataFrame, cutoff_min: int) -> str:
    """Return the finding: the most deprived tenth beside everybody."""
    share = rows[f"share_within_{cutoff_min}"]
    everyone = percent(float(share["all"]))
    if not rows["population"]["1"] > 0:
        return f"{everyone} live within {cutoff_min} minutes; none in decile 1"
    deprived = percent(float(share["1"]))
    return f"Most deprived tenth: {deprived} within {cutoff_min} minutes; all: {everyone}"


def _draw_key(axes: Axes, page: Page, cutoffs: list[int], cutoff_min: int) -> None:
    """Write what the columns are, and the colours of the cutoffs in the order of the bars."""
    y, width = KEY_IN - 0.17, axes.get_xlim()[1]
    heads = (
        (0.0, "Decile of deprivation", "left"),
        (BAR_LEFT_IN - 0.15, f"Within {cutoff_min} min", "right"),
        (width, "Residents", "right"),
    )
    for x, words, side in heads:
        axes.text(x, y, words, fontsize=10, fontweight="bold", va="center", ha=side)
    room_in = width - 0.85 - BAR_LEFT_IN
    for size_pt, verb in ((10, "within "), (page.smallest_pt, "within "), (page.smallest_pt, "")):
        labels = [*(f"{verb}{cutoff}" for cutoff in cutoffs), f"{cutoffs[-1]} min or more, or not reached"]
        if not verb:
            labels = [f"within {labels[0]}", *labels[1:-1], f"{cutoffs[-1]} or more"]
        drawn = _draw_colours(axes, labels, (BAR_LEFT_IN, y), size_pt, labels[cutoffs.index(cutoff_min)])
        if drawn[-1].get_window_extent().x1 / axes.figure.dpi - page.margin_in - BAR_LEFT_IN <= room_in:
            return
        for artist in drawn:
            artist.remove()
    # So many cutoffs that there is no room for words: the bars end at their shares, in the order of these
    step = room_in / (len(cutoffs) + 1)
    for number, colour in enumerate((*band_colours(len(cutoffs)), GROUND)):
        place = (BAR_LEFT_IN + number * step, y - 0.085)
        axes.add_artist(Rectangle(place, step, 0.17, facecolor=colour, edgecolor=INK, linewidth=0.9))


def _draw_colours(
    axes: Axes, labels: Sequence[str], place: tuple[float, float], size_pt: float, bold: str
) -> list[Artist]:
    """Draw a swatch and a label a colour from `place` to the right; return them, the last label last."""
    x, y = place
    artists: list[Artist] = []
    for colour, words in zip((*band_colours(len(labels) - 1), GROUND), labels, strict=True):
        swatch = Rectangle((x, y - 0.085), 0.24, 0.17, facecolor=colour, edgecolor=INK, linewidth=0.9)
        axes.add_artist(swatch)
        weight = "bold" if words == bold else "normal"
        text = axes.text(x + 0.30, y, words, fontsize=size_pt, va="center", fontweight=weight)
        x += 0.30 + text.get_window_extent().width / axes.figure.dpi + 0.16
        artists += [swatch, text]
    return artists


def _draw_row(
    axes: Axes, row: pd.Series, name: str, place_in: tuple[float, float], cutoffs: list[int], cutoff_min: int
) -> None:
    """Draw one bar: a part a band, each ending at the share within its cutoff, which stands at its end.

    `place_in` is the top and the height of the row.
    """
    bar_in = BAR_SHARE * place_in[1]
    middle = place_in[0] + place_in[1] / 2
    weight = "bold" if name in ENDS else "normal"
    axes.text(0, middle, ENDS.get(name, name), fontsize=11, fontweight=weight, va="center")
    people = float(row["population"])
    if not people > 0:
        axes.text(
            BAR_LEFT_IN + 0.05, middle, "no resident in this decile", fontsize=9, color=GREY, va="center"
        )
        return
    end_in = axes.get_xlim()[1]
    axes.text(end_in, middle, f"{people:,.0f}", fontsize=10, va="center", ha="right")
    axes.text(
        BAR_LEFT_IN - 0.15, middle, percent(float(row[f"share_within_{cutoff_min}"])), fontsize=14,
        fontweight="bold", va="center", ha="right",
    )  # fmt: skip
    width = end_in - PEOPLE_IN - BAR_LEFT_IN
    shares = [float(row[f"share_within_{cutoff}"]) for cutoff in cutoffs]
    starts = [0.0, *shares]
    y = middle - bar_in / 2
    for start, end, colour in zip(starts, [*shares, 1.0], (*band_colours(len(cutoffs)), GROUND), strict=True):
        axes.add_artist(
            Rectangle(
                (BAR_LEFT_IN + start * width, y), (end - start) * width, bar_in, facecolor=colour,
                edgecolor=INK, linewidth=0.9 if end > start else 0,
            )
        )  # fmt: skip
    for start, end, colour in zip(starts[:-1], shares, band_colours(len(cutoffs)), strict=True):
        label = axes.text(
            BAR_LEFT_IN + end * width - 0.05, middle, percent(end), fontsize=9, color=letters_on(colour),
            va="center", ha="right",
        )  # fmt: skip
        if label.get_window_extent().width / axes.figure.dpi + 0.1 > (end - start) * width:
            label.remove()  # the colours and the table have it


def _count_phrase(rows: pd.DataFrame, deprivation_title: str, edition: str) -> str:
    """Say of whom the shares are."""
    zones, people = int(rows["zones"]["all"]), float(rows["population"]["all"])
    known = int(rows["zones"].drop("all").sum())
    rest = f" Zones without a decile, only in the row of all: {zones - known}." if known < zones else ""
    return (
        f"n = {people:,.0f} residents of {zones:,} zones ({edition}), by decile of multiple deprivation "
        f"({deprivation_title}): 1 is the most deprived tenth of England.{rest} "
        "Figures in bars: share within each cutoff."
    )


def _description(
    rows: pd.DataFrame, title: str, subtitle: str, cutoffs: list[int], deprivation_title: str, edition: str
) -> list[str]:
    """Describe the chart for those who cannot see it."""
    lines = [
        f"Bar chart: {title}.",
        f"{subtitle}. {_count_phrase(rows, deprivation_title, edition)}",
        "Share of residents by decile of deprivation:",
    ]
    for name, row in rows.iterrows():
        shares = [float(row[f"share_within_{cutoff}"]) for cutoff in cutoffs]
        if np.isnan(shares).any():
            lines.append(f"- {ENDS.get(str(name), name)}: no resident")
            continue
        words = ", ".join(
            f"{percent(share)} within {cutoff} min" for share, cutoff in zip(shares, cutoffs, strict=True)
        )
        lines.append(f"- {ENDS.get(str(name), name)} ({row['population']:,.0f} residents): {words}")
    return lines
