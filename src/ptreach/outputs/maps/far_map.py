"""Deprived and far: zones by travel time and deprivation at once, and the ten to ask about numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from matplotlib.patches import PathPatch

from ptreach.measures.districts import put_together
from ptreach.measures.far_and_deprived import (
    CUTOFF_MIN,
    DEPRIVED_TO,
    LIMIT_MIN,
    MIDDLE_TO,
    MOST,
    deprivation_class,
    distance_class,
    far_and_deprived,
    is_far_and_deprived,
)
from ptreach.outputs.maps.choropleth import closed, draw_areas, draw_swatch
from ptreach.outputs.maps.labels import Labels
from ptreach.outputs.maps.marks import draw_scale, draw_star
from ptreach.outputs.maps.pages import PORTRAIT, SLIDE, Box
from ptreach.outputs.maps.sheet import (
    GREY,
    bound,
    draw_heading,
    draw_sources,
    fit_lines,
    inch_axes,
    sheet,
    shorten,
    write_description,
)
from ptreach.outputs.maps.view import DOTS, HATCH, Z_EDGE, polygon_outline, view_bounds
from ptreach.outputs.ramp import INK, MISSING, OUTSIDE, SEA, letters_on
from ptreach.outputs.wording import far_rule, in_even_lines, none_far, percent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text
    from numpy.typing import NDArray

    from ptreach.outputs.maps.pages import Page
    from ptreach.outputs.maps.view import Bounds

MAP_BOXES: Final = {
    SLIDE: Box(SLIDE.margin_in, SLIDE.body[0], 7.74, SLIDE.body_in),
    PORTRAIT: Box(PORTRAIT.margin_in, PORTRAIT.body[0], PORTRAIT.room_in, 3.55),
}
"""Where the map is, by page; on A4 it grows where the table is short."""
SLIDE_PANEL: Final = Box(8.26, SLIDE.body[0], 4.26, SLIDE.body_in)
KEY_LEFT_IN: Final = 1.72
KEY_TOP_IN: Final = 0.46
CELL_IN: Final = (0.64, 0.33)
MOST_CELL_IN: Final = 0.72
"""Where the cells of the key begin, the size of one, and to what its height grows above a short table."""
ROW_IN: Final = 0.165
MOST_ROW_IN: Final = {SLIDE: 0.225, PORTRAIT: 0.19}
"""Height of a row of the table on a full page, and where there is room."""
OUTLINE_PT: Final = 0.35
CROWDED_PX: Final = 24.0
LEAST_OUTLINE: Final = 0.35
"""Width of outlines of zones; less, down to this share of it, where half of the zones are narrower than so
many pixels: else outlines are all that is seen of them."""
LAST_LETTERS: Final = 6
"""The most letters of a name's last word that is kept where the name is cut, such as ``001A``."""
NEAR_MIN: Final = 30
"""Minutes within which a zone is near."""
COLOURS: Final = (
    ("#F7F4EE", "#C3E3E8", "#74BFD2"),
    ("#F1C5B0", "#B39FAE", "#5C86B3"),
    ("#E2805A", "#8F4A66", INK),
)
"""By class of deprivation (least, middle, deprived), then of distance (near, between, far)."""


class Rule(NamedTuple):
    """What makes a zone near and far, in minutes, what deprived, and as how far one not reached counts."""

    cutoffs: tuple[int, int]
    deprived_to: int
    limit_min: float


def draw_far_map(
    path: Path,
    *,
    zones: gpd.GeoDataFrame,
    origin_xy_m: tuple[float, float],
    origin_name: str,
    subtitle: str,
    deprivation_title: str,
    edition: str,
    source_line: str,
    by_the_sea: bool,
    near_min: int = NEAR_MIN,
    cutoff_min: int = CUTOFF_MIN,
    deprived_to: int = DEPRIVED_TO,
    limit_min: float = LIMIT_MIN,
    unstable: NDArray[np.bool_] | None = None,
    unstable_words: str = "",
    made_up: bool = False,
    pages: Sequence[Page] = (SLIDE, PORTRAIT),
) -> None:
    """Draw zones by travel time and deprivation, and its description as text beside it (``.txt``).

    The same inputs give the same bytes.

    Parameters
    ----------
    path
        The slide's PNG; the other files of the picture are named after it.
    zones
        ``zone_id, zone_name, district_name, minutes_p50`` (NaN where not reached), ``imd_decile, imd_rank,
        idaci_decile, population, children, geometry`` (polygons, EPSG:27700).
    origin_xy_m
        Easting and northing of the town's point.
    origin_name
        ``Ryde high street``.
    subtitle
        When and how, as `ptreach.outputs.wording.subtitle` says it.
    deprivation_title
        ``Indices of Deprivation 2019``.
    edition
        Edition of the zones: ``LSOA 2011``.
    source_line
        Sources and attributions, printed at the foot.
    by_the_sea
        Whether what no zone covers is sea.
    near_min
        Minutes within which a zone is near; less than `cutoff_min`.
    cutoff_min, deprived_to, limit_min
        The rule of `ptreach.measures.far_and_deprived.far_and_deprived`.
    unstable, unstable_words
        Which of the zones are dotted, none where it is not given, and what that says: `unstable_phrase`.
    made_up
        Whether any of the data is made up: the picture then says so.
    pages
        The pages to draw.
    """
    chosen = far_and_deprived(zones, cutoff_min=cutoff_min, deprived_to=deprived_to, limit_min=limit_min)
    far = is_far_and_deprived(zones["minutes_p50"], zones["imd_decile"], cutoff_min, deprived_to)
    title = _title(zones, far, cutoff_min)
    rule = Rule((near_min, cutoff_min), deprived_to, limit_min)
    dotted = np.zeros(len(zones), dtype=np.bool_) if unstable is None else unstable
    doubts = _doubts(zones, rule, unstable_words if dotted.any() else "")
    counted = _count_phrase(zones, deprivation_title, edition)
    for page in pages:
        with sheet(path, page, title, made_up=made_up) as figure:
            draw_heading(figure, page, title, subtitle, made_up=made_up)
            map_box = _map_box(page, len(chosen))
            axes = figure.add_axes(page.shares(map_box))
            aspect = map_box.width / map_box.height
            view = view_bounds(shapely.Polygon(), origin_xy_m, zones.geometry.to_numpy(), aspect)
            axes.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]), xticks=[], yticks=[], aspect=1)
            axes.set_facecolor(SEA if by_the_sea else OUTSIDE)
            _draw_zones(axes, zones, rule, dotted, view)
            _draw_marks(axes, view, origin_xy_m, origin_name, chosen)
            _draw_panel(figure, page, zones, chosen, rule, doubts)
            draw_sources(figure, page, f"{counted} {source_line}")
    lines = _description(zones, chosen, title, subtitle, counted, cutoff_min, deprived_to)
    lines += [f"Hatched or grey: {words}." for _, hatch, words in doubts if hatch != DOTS]
    lines += [f"Dotted: {unstable_words}."] if dotted.any() else []
    if made_up:
        lines.insert(1, "The data are made up; they describe no real place.")
    write_description(path, lines)


def _doubts(zones: pd.DataFrame, rule: Rule, unstable_words: str) -> list[tuple[str, str | None, str]]:
    """Return fill, hatch and words of what hatching, dots and grey are, where they are on the map."""
    rows = deprivation_class(zones["imd_decile"].to_numpy(dtype=np.float64), rule.deprived_to)
    unreached = zones["minutes_p50"].isna().to_numpy() & (rows >= 0)
    marks: list[tuple[str, str | None, str]] = []
    if unreached.any():
        marks.append((COLOURS[1][2], HATCH, f"not reached ({unreached.sum():,} of {len(zones):,} zones)"))
    if (rows < 0).any():
        marks.append((MISSING, None, f"decile not known ({(rows < 0).sum():,} of {len(zones):,} zones)"))
    if unstable_words:
        marks.append((COLOURS[1][2], DOTS, unstable_words))
    return marks


def _draw_panel(
    figure: Figure,
    page: Page,
    zones: pd.DataFrame,
    chosen: pd.DataFrame,
    rule: Rule,
    doubts: Sequence[tuple[str, str | None, str]],
) -> None:
    """Draw the key and the table, beside the map or below it."""
    if page == SLIDE:
        axes = inch_axes(figure, page, SLIDE_PANEL)
        rows_in = (MOST - len(chosen)) * MOST_ROW_IN[page]
        y = _draw_key(axes, page, rule, zones, min(CELL_IN[1] + rows_in / 5, MOST_CELL_IN))
        y = _draw_doubts(axes, page, doubts, KEY_LEFT_IN - 0.9, y)
    else:
        map_box = _map_box(page, len(chosen))
        below = map_box.top + map_box.height + 0.14
        axes = inch_axes(figure, page, Box(page.margin_in, below, page.room_in, page.body[1] - below))
        y = _draw_key(axes, page, rule, zones, CELL_IN[1])
        _draw_doubts(axes, page, doubts, KEY_LEFT_IN + 3 * CELL_IN[0] + 0.35, 0.42)
    _draw_table(axes, page, chosen, y, rule)


def _map_box(page: Page, rows_n: int) -> Box:
    """Return where the map is beside or above a table of so many rows."""
    left, top, width, height = MAP_BOXES[page]
    return Box(left, top, width, height if page == SLIDE else height + (MOST - rows_n) * ROW_IN)


def _title(zones: pd.DataFrame, far: np.ndarray, cutoff_min: int) -> str:
    """Return the finding: how many zones are deprived and far, and how many live there."""
    count = int(far.sum())
    people = float(np.nansum(zones["population"].to_numpy(dtype=np.float64)[far]))
    if not count:
        return f"No deprived zone is beyond {cutoff_min} minutes"
    if count == 1:
        return f"Only one deprived zone is beyond {cutoff_min} minutes"
    if count < MOST:
        return f"Only {count} deprived zones are beyond {cutoff_min} minutes"
    return f"{count:,} deprived zones, {people:,.0f} residents, are beyond {cutoff_min} minutes"


def _draw_zones(
    axes: Axes, zones: gpd.GeoDataFrame, rule: Rule, dotted: NDArray[np.bool_], view: Bounds
) -> None:
    """Fill zones by both classes, hatched where not reached, grey where the decile is not known."""
    pixel_m = (view[2] - view[0]) / axes.bbox.width
    minutes = zones["minutes_p50"].to_numpy(dtype=np.float64)
    rows = deprivation_class(zones["imd_decile"].to_numpy(dtype=np.float64), rule.deprived_to)
    columns = distance_class(minutes, rule.cutoffs)
    colours = [COLOURS[r][c] if r >= 0 else MISSING for r, c in zip(rows, columns, strict=True)]
    areas = zones.geometry.to_numpy()
    side_px = float(np.median(np.sqrt(shapely.area(areas)))) / pixel_m
    width_pt = OUTLINE_PT * float(np.clip(side_px / CROWDED_PX, LEAST_OUTLINE, 1.0))
    draw_areas(axes, areas, colours, np.isnan(minutes), dotted, pixel_m=pixel_m, width_pt=width_pt)
    edge = polygon_outline(shapely.simplify(closed(put_together(areas), 3 * pixel_m), pixel_m / 2))
    axes.add_artist(PathPatch(edge, fill=False, edgecolor=INK, linewidth=0.9, zorder=Z_EDGE))


def _draw_marks(
    axes: Axes, view: Bounds, origin_xy_m: tuple[float, float], origin_name: str, chosen: gpd.GeoDataFrame
) -> None:
    """Draw scale, the town's star and the numbers of the zones to ask about."""
    labels = Labels(axes, view, gaps_pt=(7.0, 14.0, 22.0, 32.0, 44.0, 58.0, 76.0))
    draw_star(axes, labels, origin_xy_m, size_pt=17, edge_pt=1.2, clear_pt=10)
    draw_scale(axes, labels, 10)  # after the star, which it makes room for: a town may lie outside its zones
    points = chosen.geometry.representative_point()
    shape = {"boxstyle": "circle,pad=0.28", "facecolor": "white", "edgecolor": INK, "linewidth": 1.3}
    for number, point in zip(chosen["number"], points, strict=True):
        labels.place(
            f"{number}",
            point.x,
            point.y,
            size_pt=9.5,
            must=True,
            margin_pt=4.5,
            fontweight="bold",
            bbox=shape,
        )
    labels.place(
        in_even_lines(origin_name), *origin_xy_m, size_pt=11, must=True, on_point=False, fontweight="bold"
    )


def _draw_key(panel: Axes, page: Page, rule: Rule, zones: pd.DataFrame, height: float) -> float:
    """Draw the square of both classes with the residents of each, in rows so high; return the inches used."""
    cutoffs, deprived_to, side = rule.cutoffs, rule.deprived_to, CELL_IN[0]
    size_pt, middle = page.smallest_pt, KEY_LEFT_IN + 1.5 * side
    panel.text(
        middle, 0.06, "Travel time, minutes", fontsize=9.5, fontweight="bold", va="center", ha="center"
    )
    heads = (f"under {cutoffs[0]}", f"{cutoffs[0]} to {cutoffs[1]}", f"{cutoffs[1]}\nor more")
    names = (
        f"least deprived\n(decile {max(deprived_to, MIDDLE_TO) + 1} to 10)",
        f"between\n({deprived_to + 1} to {MIDDLE_TO})",
        f"most deprived\n(decile 1 to {deprived_to})",
    )
    rows = deprivation_class(zones["imd_decile"].to_numpy(dtype=np.float64), deprived_to)
    columns = distance_class(zones["minutes_p50"].to_numpy(dtype=np.float64), cutoffs)
    people = np.nan_to_num(zones["population"].to_numpy(dtype=np.float64))
    for column, words in enumerate(heads):
        x = KEY_LEFT_IN + (column + 0.5) * side
        panel.text(x, KEY_TOP_IN - 0.05, words, fontsize=size_pt, va="bottom", ha="center", linespacing=1.0)
    for place, row in enumerate((2, 1, 0)):
        y = KEY_TOP_IN + place * height
        panel.text(
            KEY_LEFT_IN - 0.08, y + height / 2, names[row], fontsize=size_pt, va="center", ha="right",
            linespacing=1.1,
        )  # fmt: skip
        for column in range(3):
            colour, x = COLOURS[row][column], KEY_LEFT_IN + column * side
            draw_swatch(panel, (x, y, side, height), colour, None)
            share = people[(rows == row) & (columns == column)].sum() / max(people.sum(), 1)
            panel.text(
                x + side / 2, y + height / 2, percent(share), fontsize=9, va="center", ha="center",
                color=letters_on(colour),
            )  # fmt: skip
    y = KEY_TOP_IN + 3 * height + 0.13
    panel.text(middle, y, "share of all residents", fontsize=size_pt, va="center", ha="center")
    return y + 0.17


def _draw_doubts(
    panel: Axes, page: Page, doubts: Sequence[tuple[str, str | None, str]], left_in: float, top_in: float
) -> float:
    """Explain hatching, dots and grey where they are on the map; return the inches used so far."""
    y, size_pt = top_in, page.pt(8.5)
    room_in = panel.get_xlim()[1] - left_in - 0.38
    for colour, hatch, words in doubts:
        text = panel.text(left_in + 0.38, y, words, va="top", linespacing=1.1)
        fit_lines(text, bound(words), room_in, [size_pt, page.smallest_pt], [4, 4])
        draw_swatch(panel, (left_in, y - 0.01, 0.3, 0.15), colour, hatch)
        y += 0.08 + (text.get_text().count("\n") + 1) * size_pt * 1.15 / 72
    return y


def _draw_table(panel: Axes, page: Page, chosen: pd.DataFrame, top_in: float, rule: Rule) -> None:
    """List the numbered zones with minutes, decile and residents, and the rule that chose them."""
    (_, width), cutoff_min, size_pt = panel.get_xlim(), rule.cutoffs[1], page.pt(8.5)
    panel.plot([0, width], [top_in] * 2, color=INK, linewidth=1.0)
    y = top_in + 0.17
    if chosen.empty:
        words = none_far(cutoff_min, rule.deprived_to)
        fit_lines(panel.text(0, y, words, va="top", linespacing=1.3), words, width, [12, size_pt], [4, 4])
        return
    ends = (0.3, 0.685 * width, 0.817 * width, width)
    heads = ("Zones to ask about first", "Minutes", "Decile", "Residents")
    for x, words, side in zip((0, *ends[1:]), heads, ("left", "right", "right", "right"), strict=True):
        panel.text(x, y, words, fontsize=size_pt, fontweight="bold", va="center", ha=side)
    rule_in = 0.36
    row_in = min(MOST_ROW_IN[page], (panel.get_ylim()[0] - y - rule_in) / len(chosen))
    columns = ("number", "zone_name", "minutes_p50", "imd_decile", "population")
    for number, name, minutes, decile, people in chosen[list(columns)].itertuples(index=False):
        y += row_in
        panel.text(0.2, y, f"{number}", fontsize=size_pt, fontweight="bold", va="center", ha="right")
        values = (
            "not reached" if np.isnan(minutes) else f"{minutes:.0f}",
            f"{decile:.0f}",
            "not known" if np.isnan(people) else f"{people:,.0f}",
        )
        for x, words in zip(ends[1:], values, strict=True):
            panel.text(x, y, words, fontsize=size_pt, va="center", ha="right")
        _write_name(panel.text(ends[0], y, str(name), va="center"), page, ends[1] - ends[0] - 0.83)
    words = far_rule(cutoff_min, rule.limit_min, rule.deprived_to)
    text = panel.text(0, y + 0.12, words, va="top", color=GREY, linespacing=1.2)
    fit_lines(text, words, width, [page.smallest_pt], [2])


def _write_name(text: Text, page: Page, room_in: float) -> None:
    """Fit a zone's name into its room: in smaller letters, else cut before its last word, which tells it."""
    for size_pt in (page.pt(8.5), page.smallest_pt):
        text.set_fontsize(size_pt)
        if text.get_window_extent().width <= room_in * text.figure.dpi:
            return
    *_, last = text.get_text().split(" ")
    shorten(text, room_in, f" {last}" if len(last) <= LAST_LETTERS else "")


def _count_phrase(zones: pd.DataFrame, deprivation_title: str, edition: str) -> str:
    """Say of whom the map speaks."""
    people = float(np.nansum(zones["population"].to_numpy(dtype=np.float64)))
    return (
        f"n = {people:,.0f} residents of {len(zones):,} zones ({edition}). Deciles of multiple deprivation "
        f"({deprivation_title}): 1 is the most deprived tenth of England."
    )


def _description(
    zones: pd.DataFrame,
    chosen: pd.DataFrame,
    title: str,
    subtitle: str,
    count_phrase: str,
    cutoff_min: int,
    deprived_to: int,
) -> list[str]:
    """Describe the map for those who cannot see it."""
    far = is_far_and_deprived(zones["minutes_p50"], zones["imd_decile"], cutoff_min, deprived_to)
    people = np.nan_to_num(zones["population"].to_numpy(dtype=np.float64))
    lines = [
        f"Map: {title}.",
        f"{subtitle}. {count_phrase}",
        (
            f"{int(far.sum()):,} zones of deciles 1 to {deprived_to} are not within {cutoff_min} minutes; "
            f"{people[far].sum():,.0f} of {people.sum():,.0f} residents live there."
        ),
    ]
    if len(chosen):
        lines.append("Zones numbered on the map, by residents times minutes beyond the cutoff:")
    columns = ["number", "zone_name", "district_name", "minutes_p50", "imd_decile", "population"]
    for number, name, district, minutes, decile, residents in chosen[columns].itertuples(index=False):
        reach = "not reached" if np.isnan(minutes) else f"{minutes:.0f} minutes"
        who = "residents not known" if np.isnan(residents) else f"{residents:,.0f} residents"
        lines.append(f"{number}. {name} ({district}): {reach}, decile {decile:.0f}, {who}")
    return lines
