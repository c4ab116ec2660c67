"""The correlation matrix of indicators as a picture: a lower triangle with names on its diagonal.

Blue is for pairs that are high together, orange for those of which one is high where the other is low: the
pair of hues that all kinds of colour blindness keep apart, in three steps of matching lightness, and each
value has its sign. Weak pairs, and those that may be chance, stay white.
"""

from __future__ import annotations

import itertools
import textwrap
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D

from ptreach.errors import InputError
from ptreach.outputs.maps.pages import LANDSCAPE, SLIDE, Box
from ptreach.outputs.maps.sheet import (
    GREY,
    draw_heading,
    draw_sources,
    fit_lines,
    inch_axes,
    sheet,
    shorten,
    write_description,
)
from ptreach.outputs.maps.values import Value, draw_values
from ptreach.outputs.ramp import INK, letters_on
from ptreach.outputs.tables.correlation_tables import FIRM_BELOW, WEAK_BELOW, order_pairs
from ptreach.outputs.wording import first_short_title

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ptreach.model import Indicator
    from ptreach.outputs.maps.pages import Page

STEPS: Final = (WEAK_BELOW, 0.5, 0.7)
"""Sizes from which on a correlation has the first, second and third colour."""
POSITIVE: Final = ("#B9DDF1", "#6BAED6", "#186290")
NEGATIVE: Final = ("#FDD0A2", "#FD8D3C", "#A63603")
HATCH_COLOUR: Final = "#D5D5D5"
MOST: Final = 30
"""Indicators that there is room for at readable sizes."""
THEME_IN: Final = 1.25
LEGEND_IN: Final = 4.2
"""Width of the legend, at the right."""
MOST_CELL_IN: Final = (0.76, 0.52)
"""What cells grow to where there are few."""
NAME_IN: Final = {SLIDE: 2.9, LANDSCAPE: 2.1}
"""The most room of a name, where there are not a few indicators only."""
FEW: Final = 15
FEW_NAME_IN: Final = 3.4
OUTLINE_IN: Final = 0.03
"""Kept free below the last row, for its outline."""
SIZES_PT: Final = (11.0, 10.0, 9.0)
"""Sizes of values and names, where cells are large enough."""
LINE_CELL: Final = 2.2
"""Height of a cell in heights of its letters."""
LEGEND_HIGH_IN: Final = 2.8
LEAST_CELL_EM: Final = 2.7
"""Height of the legend, beside which cells may be no narrower than this for its sake: ``−.62`` must fit."""


class _Grid(NamedTuple):
    """Where cells are, in inches from the left and the top of the picture."""

    left: float
    top: float
    width: float
    height: float


DEPRIVATION_THEME: Final = "deprivation"


class Strongest(NamedTuple):
    """The strongest firm pair of two themes: titles, Spearman's correlation, zones.

    It is so `outright` where no other pair of two themes is stronger, whether firm or not.
    """

    first: str
    second: str
    value: float
    zones: int
    outright: bool


class _Form(NamedTuple):
    """How values are written: decimals, whether a zero stands before them, size."""

    decimals: int
    zero: bool
    size_pt: float


def draw_correlation_picture(
    path: Path,
    *,
    pairs: pd.DataFrame,
    indicators: Sequence[Indicator],
    area: str,
    edition: str,
    source_line: str,
    made_up: bool = False,
    pages: Sequence[Page] = (SLIDE, LANDSCAPE),
) -> None:
    """Draw the matrix, and its description as text beside it (``.txt``).

    The same inputs give the same bytes.

    Parameters
    ----------
    path
        The slide's PNG; the other files of the picture are named after it.
    pairs
        As `ptreach.outputs.tables.correlation_tables` describes them; Spearman's correlation is drawn.
    indicators
        2 to 30, in the order in which they are drawn; those of one theme should follow each other.
    area
        What the zones are of: ``West Midlands``.
    edition
        Edition of the zones: ``LSOA 2021``.
    source_line
        Sources and attributions, printed at the foot.
    made_up
        Whether any of the data is made up: the picture then says so.
    pages
        The pages to draw.

    Raises
    ------
    InputError
        Where there are too few or too many indicators, or a pair is there twice.
    """
    if not 2 <= len(indicators) <= MOST:
        raise InputError(
            f"{len(indicators)} indicators in one picture",
            where="correlation picture",
            remedy=f"choose 2 to {MOST} of them",
        )
    table = order_pairs(pairs, indicators)
    strongest = strongest_pair(table, indicators)
    title = _title(strongest)
    what = f"{_subtitle(table, indicators)}  ·  {area}  ·  {edition}"
    for page in pages:
        with sheet(path, page, title, made_up=made_up) as figure:
            draw_heading(figure, page, title, what, made_up=made_up)
            axes = inch_axes(figure, page, Box(page.margin_in, page.body[0], page.room_in, page.body_in))
            grid = _draw_names(axes, page, indicators)
            _draw_cells(figure, axes, page, table, indicators, grid)
            _draw_themes(axes, page, indicators, grid)
            _draw_legend(axes, page, strongest, _themes(indicators), grid.height)
            draw_sources(figure, page, f"{_count_phrase(table, edition)} {source_line}")
    write_description(path, _description(table, indicators, strongest, title, area, edition, made_up=made_up))


def strongest_pair(table: pd.DataFrame, indicators: Sequence[Indicator]) -> Strongest | None:
    """Return the strongest firm pair of two themes, if there is one.

    No shares of one whole; and indices of deprivation, which are made of the other figures, only where no
    other pair is firm.
    """
    titles = {indicator.name: indicator.title for indicator in indicators}
    first, second = (
        table[side].map({indicator.name: indicator.theme for indicator in indicators})
        for side in ("first", "second")
    )
    across = first != second
    firm = table["firm"] & across & ~table["same_whole"].astype(bool)
    of_figures = firm & (first != DEPRIVATION_THEME) & (second != DEPRIVATION_THEME)
    rows = table[of_figures if of_figures.any() else firm]
    if rows.empty:
        return None
    values = rows["spearman"].to_numpy(dtype=np.float64)
    at = int(np.argmax(np.abs(values)))
    one, other = (titles[str(rows[side].iloc[at])] for side in ("first", "second"))
    shown = table["spearman"][across].abs().round(2).max()
    outright = bool(round(abs(values[at]), 2) >= shown)
    return Strongest(one, other, float(values[at]), int(rows["zones"].iloc[at]), outright)


def step_of(value: float) -> int:
    """Return which of the `STEPS` a correlation reaches as it is read, to two decimals; -1 if weak."""
    return int(np.searchsorted(STEPS, round(abs(value), 2), side="right")) - 1


def signed(value: float, decimals: int = 2, *, zero: bool = True) -> str:
    """Return ``−0.62`` with the sign of print; without `zero` ``−.62``, and ``−1.0`` which is as wide.

    With one decimal these are ``−.6`` and ``−1``.
    """
    text = f"{value:.{decimals}f}".replace("-", "−")
    text = text.removeprefix("−") if float(f"{value:.{decimals}f}") == 0 else text
    if zero:
        return text
    if "1." in text:
        return text[:-1] if decimals > 1 else text.removesuffix(".0")
    return text.replace("0.", ".", 1)


def _title(strongest: Strongest | None) -> str:
    """Return the finding."""
    if strongest is None:
        return "No firm link between indicators of different themes"
    one, two, value = strongest.first, strongest.second, signed(strongest.value)
    if not strongest.outright:
        return first_short_title(
            f"Firm link across themes: {one} and {two}",
            f"{one} and {two}: {value}",
            f"{one}, {two}: {value}",
            f"A firm link across themes is {value}",
        )
    return first_short_title(
        f"Strongest link across themes: {one} and {two}",
        f"Strongest across themes: {one} and {two}",
        f"{one} and {two}: {value}",
        f"{one}, {two}: {value}",
        f"Strongest link across themes is {value}",
    )


def _subtitle(table: pd.DataFrame, indicators: Sequence[Indicator]) -> str:
    """Return what is shown."""
    firm = int(table["firm"].sum())
    pairs = "1 firm pair" if firm == 1 else f"{firm} firm pairs"
    themes = _themes(indicators)
    of = f"{len(indicators)} indicators of {f'{len(themes)} themes' if len(themes) > 1 else 'one theme'}"
    return f"Spearman correlation of {of}, {pairs}"


def _themes(indicators: Sequence[Indicator]) -> list[str]:
    """Return the themes in their order, each once."""
    return list(dict.fromkeys(indicator.theme for indicator in indicators))


def _draw_names(axes: Axes, page: Page, indicators: Sequence[Indicator]) -> _Grid:
    """Write each name where its column begins, at the end of its row; return the cells there is room for."""
    count = len(indicators)
    height = min(MOST_CELL_IN[1], (page.body_in - OUTLINE_IN) / count)
    size_pt = page.smallest_pt if height < 0.2 else _size_pt(page, height)
    most_in = FEW_NAME_IN if count <= FEW else NAME_IN[page]
    texts = [
        axes.text(0, 0, indicator.title, fontsize=size_pt, fontweight="bold", va="center")
        for indicator in indicators
    ]
    left, dpi = THEME_IN, axes.figure.dpi
    beside = [number * height < LEGEND_HIGH_IN for number in range(count)]
    ends = [page.room_in - (LEGEND_IN + 0.1 if here else 0.0) - left - 0.06 for here in beside]
    least_in = LEAST_CELL_EM * page.smallest_pt / 72
    for text in texts:
        shorten(text, most_in)
    width = MOST_CELL_IN[0]
    for number in range(1, count):
        each = (ends[number] - texts[number].get_window_extent().width / dpi) / number
        width = min(width, max(each, least_in) if beside[number] else each)
    grid = _Grid(left, 0.0, width, height)
    for number, text in enumerate(texts):
        shorten(text, ends[number] - number * width)
        text.set_position((grid.left + number * width + 0.05, grid.top + (number + 0.5) * height))
    return grid


def _draw_cells(
    figure: Figure,
    axes: Axes,
    page: Page,
    table: pd.DataFrame,
    indicators: Sequence[Indicator],
    grid: _Grid,
) -> None:
    """Draw a cell a pair, and a dash for a pair of which nothing is known."""
    cells = zip(
        table["first"], table["second"], table["spearman"], table["firm"], table["same_whole"], strict=True
    )
    known = {(one, two): (float(value), bool(firm), bool(whole)) for one, two, value, firm, whole in cells}
    form = _value_format(axes, page, grid)
    boxes: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    values = []
    for (one, first), (two, second) in itertools.combinations(enumerate(indicators), 2):
        x, y = grid.left + one * grid.width, grid.top + two * grid.height
        value, firm, same_whole = known.get((first.name, second.name), (float("nan"), False, False))
        fill, letters = "white", GREY
        if firm and not same_whole:
            fill = (POSITIVE if value > 0 else NEGATIVE)[step_of(value)]
            letters = letters_on(fill)
        boxes.setdefault((fill, same_whole), []).append((x, y))
        words = "–" if np.isnan(value) else signed(value, form.decimals, zero=form.zero)
        values.append(Value(words, x + grid.width / 2, y + grid.height / 2, letters))
    draw_values(figure, axes, values, size_pt=form.size_pt, order=4)
    for (fill, same_whole), corners in boxes.items():
        _draw_boxes(axes, grid, corners, fill, hatched=same_whole)


def _draw_boxes(
    axes: Axes, grid: _Grid, corners: Sequence[tuple[float, float]], fill: str, *, hatched: bool
) -> None:
    """Draw the cells of one colour, given by their upper left corners, as one path: hundreds take long."""
    outline = Outline.make_compound_path(
        *(Outline.unit_rectangle().transformed(Affine2D().scale(grid.width, grid.height).translate(*corner))
          for corner in corners)
    )  # fmt: skip
    coloured = fill != "white"
    axes.add_artist(
        PathPatch(
            outline, facecolor=fill, edgecolor=INK if coloured else HATCH_COLOUR,
            hatch="/////" if hatched else None, linewidth=0.5, zorder=2 if coloured else 1,
        )
    )  # fmt: skip


def _size_pt(page: Page, height_in: float) -> float:
    """Return the size of names beside cells of this height."""
    fitting = (size_pt for size_pt in SIZES_PT[1:] if size_pt * LINE_CELL / 72 <= height_in)
    return next(fitting, page.pt(8.5))


def _value_format(axes: Axes, page: Page, grid: _Grid) -> _Form:
    """Return how values are written: ``−0.62`` if that fits the cells, else ``−.62``, else ``−.6``."""
    roomy = [_Form(2, zero=True, size_pt=pt) for pt in SIZES_PT if pt * LINE_CELL / 72 <= grid.height]
    least_pt = page.smallest_pt
    small = [_Form(2, zero=True, size_pt=least_pt), _Form(2, zero=False, size_pt=least_pt)]
    margins_px = (*(20 for _ in roomy), 10, 3)
    trial = axes.text(0, 0, "")
    for form, margin_px in zip((*roomy, *small), margins_px, strict=True):
        trial.set(text=signed(-0.88, form.decimals, zero=form.zero), fontsize=form.size_pt)
        if trial.get_window_extent().width + margin_px < grid.width * axes.figure.dpi:
            break
    else:
        form = _Form(1, zero=False, size_pt=least_pt)
    trial.remove()
    return form


def _draw_themes(axes: Axes, page: Page, indicators: Sequence[Indicator], grid: _Grid) -> None:
    """Bracket the rows of each theme on the left, name it, and draw lines where themes meet."""
    last = 0
    for theme, members in itertools.groupby(indicators, key=lambda indicator: indicator.theme):
        first, last = last, last + len(list(members))
        top, bottom = grid.top + first * grid.height, grid.top + last * grid.height
        x = grid.left - 0.1
        axes.plot([x, x], [top + 0.03, bottom - 0.03], color=INK, linewidth=2.2, solid_capstyle="butt")
        lines_n = max(1, int((bottom - top) / 0.15))
        words = "\n".join(
            textwrap.wrap(theme[:1].upper() + theme[1:], 14, max_lines=lines_n, placeholder="…")
        )
        text = axes.text(
            x - 0.08, (top + bottom) / 2, words, fontsize=page.pt(8.5), fontweight="bold", ha="right",
            va="center", linespacing=1.1,
        )  # fmt: skip
        if "\n" not in words:
            shorten(text, THEME_IN - 0.2)
        right, foot = grid.left + first * grid.width, grid.top + len(indicators) * grid.height
        if first:
            axes.plot([grid.left, right], [top, top], color=INK, linewidth=1.3, zorder=3)
            axes.plot([right, right], [top + grid.height, foot], color=INK, linewidth=1.3, zorder=3)


def _draw_legend(
    axes: Axes, page: Page, strongest: Strongest | None, themes: Sequence[str], row_in: float
) -> None:
    """Explain colours and marks where the matrix is empty, below the strongest pair in large figures.

    Letters are as large as those of names beside rows of `row_in`.
    """
    right, size_pt = page.room_in, _size_pt(page, row_in)
    x, y = right - LEGEND_IN, 0.30
    if strongest is not None:
        figures = axes.text(x, y, signed(strongest.value), fontsize=30, fontweight="bold", va="center")
        together = "high together" if strongest.value > 0 else "one high where the other is low"
        words = f"{strongest.first} and {strongest.second}: {together}, over {strongest.zones:,} zones"
        width = figures.get_window_extent().width / axes.figure.dpi + 0.15
        text = axes.text(x + width, y, words, va="center", linespacing=1.15)
        fit_lines(text, words, right - x - width, [size_pt, page.smallest_pt], [3, 4])
        meant = axes.text(x, y + 0.38, "", va="top", linespacing=1.15, color=GREY)
        sizes_pt = [page.pt(8.5), page.smallest_pt]
        fit_lines(meant, _meant(strongest, themes), right - x, sizes_pt, [3, 3])
        y += 0.46 + meant.get_window_extent().height / axes.figure.dpi
    axes.plot([x, right], [y, y], color=INK, linewidth=1.0)
    y += 0.18
    steps = [*(f"{low} to {high}" for low, high in itertools.pairwise(STEPS)), f"{STEPS[-1]} or more"]
    width = (right - x - 0.9) / len(STEPS)
    for number, words in enumerate(steps):
        axes.text(x + 0.9 + (number + 0.5) * width, y, words, fontsize=size_pt, va="center", ha="center")
    for colours, sign, words in ((POSITIVE, "+", "together"), (NEGATIVE, "−", "opposite")):
        y += 0.26
        axes.text(x, y, f"{sign} {words}", fontsize=size_pt, va="center")
        for number, colour in enumerate(colours):
            axes.add_artist(
                Rectangle(
                    (x + 0.9 + number * width, y - 0.11), width, 0.22, facecolor=colour, edgecolor=INK,
                    linewidth=0.7,
                )
            )  # fmt: skip
    marks = (
        (None, f"weak (under {WEAK_BELOW}), or may be chance (p {FIRM_BELOW} up)"),
        ("/////", "shares of one whole: linked by construction"),
    )
    for hatch, words in marks:
        y += 0.27
        axes.add_artist(
            Rectangle((x, y - 0.09), 0.36, 0.18, facecolor="white", edgecolor=HATCH_COLOUR, hatch=hatch)
        )
        axes.text(x + 0.46, y, words, fontsize=size_pt, va="center")


def _meant(strongest: Strongest, themes: Sequence[str]) -> str:
    """Say which pairs the strongest is the strongest of, and why others may be stronger."""
    which = ", ".join(themes) if len(themes) <= 4 else f"the {len(themes)} on the left"
    but = "" if strongest.outright else " that is firm and not linked by construction"
    return f"The strongest pair of two themes ({which}){but}. Pairs within a theme are left aside."


def _count_phrase(table: pd.DataFrame, edition: str) -> str:
    """Say of how many zones the correlations are, and how their chance was judged."""
    zones = table["zones"].dropna()
    if zones.empty:
        return f"n = 0 zones ({edition})."
    low, high = int(zones.min()), int(zones.max())
    n = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    return f"n = {n} zones a pair ({edition}); p of a test that allows for the nearness of zones."


def _description(
    table: pd.DataFrame,
    indicators: Sequence[Indicator],
    strongest: Strongest | None,
    title: str,
    area: str,
    edition: str,
    *,
    made_up: bool,
) -> list[str]:
    """Describe the picture for those who cannot see it."""
    titles = {indicator.name: indicator.title for indicator in indicators}
    lines = [f"Correlation matrix: {title}."]
    if made_up:
        lines.append("The data are made up; they describe no real place.")
    lines += [f"{_subtitle(table, indicators)}, {area}. {_count_phrase(table, edition)}"]
    if strongest is not None:
        lines.append(
            f"Strongest firm pair of two themes: {strongest.first} and {strongest.second}, "
            f"{signed(strongest.value)}."
        )
    firm = table[table["firm"] & ~table["same_whole"].astype(bool)]
    ordered = firm.iloc[np.argsort(-firm["spearman"].abs().to_numpy(), kind="stable")]
    lines.append(f"Firm pairs that are not shares of one whole ({len(firm)}), the strongest first:")
    named = zip(ordered["first"], ordered["second"], ordered["spearman"], strict=True)
    lines += [f"- {titles[one]} and {titles[two]}: {signed(float(value))}" for one, two, value in named]
    missing = len(indicators) * (len(indicators) - 1) // 2 - int(table["spearman"].notna().sum())
    if missing:
        lines.append(f"Pairs of which nothing is known: {missing}.")
    by_theme = itertools.groupby(indicators, key=lambda indicator: indicator.theme)
    lines.append("Indicators by theme:")
    lines += [f"- {theme}: {'; '.join(i.title for i in members)}" for theme, members in by_theme]
    return lines
