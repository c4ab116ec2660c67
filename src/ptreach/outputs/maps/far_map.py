"""Deprived and far: zones by travel time and deprivation at once, and the ten to ask about numbered."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from matplotlib.patches import PathPatch, Rectangle

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
from ptreach.outputs.maps.choropleth import HATCH, draw_areas
from ptreach.outputs.maps.labels import Labels
from ptreach.outputs.maps.marks import draw_scale, draw_star
from ptreach.outputs.maps.sheet import (
    GREY,
    LEFT,
    SIZE_IN,
    SMALLEST_PT,
    draw_heading,
    draw_sources,
    sheet,
    shorten,
    write_description,
)
from ptreach.outputs.maps.view import Z_EDGE, polygon_outline, view_bounds
from ptreach.outputs.ramp import INK, MISSING, OUTSIDE, SEA, letters_on
from ptreach.outputs.wording import far_rule, in_even_lines, none_far, percent

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes

    from ptreach.outputs.maps.view import Bounds

MAP_BOX: Final = (LEFT, 0.114, 0.605, 0.746)
PANEL_BOX: Final = (0.645, 0.114, 0.333, 0.746)
"""Left, bottom, width and height as shares of the sheet."""
NEAR_MIN: Final = 30
"""Minutes within which a zone is near."""
COLOURS: Final = (
    ("#F7F4EE", "#C3E3E8", "#74BFD2"),
    ("#F1C5B0", "#B39FAE", "#5C86B3"),
    ("#E2805A", "#8F4A66", INK),
)
"""By class of deprivation (least, middle, deprived), then of distance (near, between, far)."""


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
    made_up: bool = False,
) -> None:
    """Draw zones by travel time and deprivation as a 16:9 PNG, and its description as text beside it.

    The same inputs give the same bytes.

    Parameters
    ----------
    path
        The PNG to write; its description has the ending ``.txt``.
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
    made_up
        Whether any of the data is made up: the picture then says so.
    """
    chosen = far_and_deprived(zones, cutoff_min=cutoff_min, deprived_to=deprived_to, limit_min=limit_min)
    far = is_far_and_deprived(zones["minutes_p50"], zones["imd_decile"], cutoff_min, deprived_to)
    title = _title(zones, far, cutoff_min)
    cutoffs = (near_min, cutoff_min)
    with sheet(path) as figure:
        draw_heading(figure, title, subtitle, made_up=made_up)
        axes = figure.add_axes(MAP_BOX)
        aspect = (MAP_BOX[2] * SIZE_IN[0]) / (MAP_BOX[3] * SIZE_IN[1])
        view = view_bounds(shapely.Polygon(), origin_xy_m, zones.geometry.to_numpy(), aspect)
        axes.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]), xticks=[], yticks=[], aspect=1)
        axes.set_facecolor(SEA if by_the_sea else OUTSIDE)
        _draw_zones(axes, zones, cutoffs, deprived_to, view)
        _draw_marks(axes, view, origin_xy_m, origin_name, chosen)
        panel = figure.add_axes(PANEL_BOX)
        panel.set(xlim=(0, PANEL_BOX[2] * SIZE_IN[0]), ylim=(PANEL_BOX[3] * SIZE_IN[1], 0))
        panel.set_axis_off()
        y = _draw_key(panel, cutoffs, deprived_to, zones)
        _draw_table(panel, chosen, y, cutoff_min, deprived_to, limit_min)
        counted = _count_phrase(zones, deprivation_title, edition)
        draw_sources(figure, f"{counted} {source_line}")
    lines = _description(zones, chosen, title, subtitle, counted, cutoff_min, deprived_to)
    if made_up:
        lines.insert(1, "The data are made up; they describe no real place.")
    write_description(path, lines)


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
    return f"{count} deprived zones, {people:,.0f} residents, are beyond {cutoff_min} minutes"


def _draw_zones(
    axes: Axes, zones: gpd.GeoDataFrame, cutoffs: tuple[int, int], deprived_to: int, view: Bounds
) -> None:
    """Fill zones by both classes, hatched where they are not reached, grey where the decile is not known."""
    pixel_m = (view[2] - view[0]) / axes.bbox.width
    minutes = zones["minutes_p50"].to_numpy(dtype=np.float64)
    rows = deprivation_class(zones["imd_decile"].to_numpy(dtype=np.float64), deprived_to)
    columns = distance_class(minutes, cutoffs)
    colours = [COLOURS[r][c] if r >= 0 else MISSING for r, c in zip(rows, columns, strict=True)]
    areas = zones.geometry.to_numpy()
    draw_areas(axes, areas, colours, np.isnan(minutes), pixel_m=pixel_m, width_pt=0.35)
    whole = shapely.union_all(areas, grid_size=1.0)
    edge = polygon_outline(shapely.simplify(whole.buffer(3 * pixel_m).buffer(-3 * pixel_m), pixel_m / 2))
    axes.add_artist(PathPatch(edge, fill=False, edgecolor=INK, linewidth=0.9, zorder=Z_EDGE))


def _draw_marks(
    axes: Axes, view: Bounds, origin_xy_m: tuple[float, float], origin_name: str, chosen: gpd.GeoDataFrame
) -> None:
    """Draw scale, the town's star and the numbers of the zones to ask about."""
    labels = Labels(axes, view, gaps_pt=(7.0, 14.0, 22.0, 32.0, 44.0, 58.0, 76.0))
    draw_scale(axes, labels, 10)
    draw_star(axes, labels, origin_xy_m, size_pt=17, edge_pt=1.2, clear_pt=10)
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


def _draw_key(panel: Axes, cutoffs: tuple[int, int], deprived_to: int, zones: pd.DataFrame) -> float:
    """Draw the square of both classes with the residents of each; return the inches used."""
    side, height, left, top = 0.62, 0.34, 1.62, 0.42
    panel.text(
        left + 1.5 * side,
        0.08,
        "Travel time, minutes",
        fontsize=9.5,
        fontweight="bold",
        va="center",
        ha="center",
    )
    heads = (f"under {cutoffs[0]}", f"{cutoffs[0]} to {cutoffs[1]}", f"{cutoffs[1]} or more")
    names = (
        f"least deprived\n(decile {max(deprived_to, MIDDLE_TO) + 1} to 10)",
        f"between\n({deprived_to + 1} to {MIDDLE_TO})",
        f"most deprived\n(decile 1 to {deprived_to})",
    )
    rows = deprivation_class(zones["imd_decile"].to_numpy(dtype=np.float64), deprived_to)
    columns = distance_class(zones["minutes_p50"].to_numpy(dtype=np.float64), cutoffs)
    people = np.nan_to_num(zones["population"].to_numpy(dtype=np.float64))
    for column, words in enumerate(heads):
        panel.text(left + (column + 0.5) * side, 0.28, words, fontsize=8, va="center", ha="center")
    for place, row in enumerate((2, 1, 0)):
        y = top + place * height
        panel.text(
            left - 0.08, y + height / 2, names[row], fontsize=8, va="center", ha="right", linespacing=1.15
        )
        for column in range(3):
            colour = COLOURS[row][column]
            panel.add_artist(
                Rectangle(
                    (left + column * side, y), side, height, facecolor=colour, edgecolor=INK, linewidth=0.9
                )
            )
            share = people[(rows == row) & (columns == column)].sum() / max(people.sum(), 1)
            panel.text(
                left + (column + 0.5) * side, y + height / 2, percent(share), fontsize=9, va="center",
                ha="center", color=letters_on(colour),
            )  # fmt: skip
    y = top + 3 * height + 0.16
    panel.text(left + 1.5 * side, y, "share of all residents", fontsize=8, va="center", ha="center")
    unreached = bool((zones["minutes_p50"].isna().to_numpy() & (rows >= 0)).any())
    return _draw_marks_key(panel, left, y, unreached=unreached, unknown=bool((rows < 0).any()))


def _draw_marks_key(panel: Axes, left_in: float, top_in: float, *, unreached: bool, unknown: bool) -> float:
    """Explain hatching and grey where they are on the map; return the inches used so far."""
    y = top_in
    marks = (
        (unreached, COLOURS[1][2], HATCH, "not reached"),
        (unknown, MISSING, None, "decile not known"),
    )
    for _, colour, hatch, words in (mark for mark in marks if mark[0]):
        y += 0.23
        for style in (
            {"facecolor": colour, "edgecolor": letters_on(colour), "hatch": hatch, "linewidth": 0},
            {"fill": False, "edgecolor": INK, "linewidth": 0.9},
        ):
            panel.add_artist(Rectangle((left_in, y - 0.08), 0.3, 0.16, **style))
        panel.text(left_in + 0.38, y, words, fontsize=8.5, va="center")
    return y + 0.22


def _draw_table(
    panel: Axes, chosen: pd.DataFrame, top_in: float, cutoff_min: int, deprived_to: int, limit_min: float
) -> None:
    """List the numbered zones with minutes, decile and residents, and the rule that chose them."""
    width = panel.get_xlim()[1]
    panel.plot([0, width], [top_in] * 2, color=INK, linewidth=1.0)
    y = top_in + 0.19
    if chosen.empty:
        words = none_far(cutoff_min, deprived_to)
        panel.text(0, y, textwrap.fill(words, 48), fontsize=10, va="top", linespacing=1.3)
        return
    ends = (0.3, 2.62, 3.30, width)
    heads = ("Zones to ask about first", "Minutes", "Decile", "Residents")
    for x, words, side in zip(ends, heads, ("left", "right", "right", "right"), strict=True):
        panel.text(
            x if side == "right" else 0, y, words, fontsize=8.5, fontweight="bold", va="center", ha=side
        )
    columns = ("number", "zone_name", "minutes_p50", "imd_decile", "population")
    for number, name, minutes, decile, people in chosen[list(columns)].itertuples(index=False):
        y += 0.225
        panel.text(0.2, y, f"{number}", fontsize=8.5, fontweight="bold", va="center", ha="right")
        zone = panel.text(ends[0], y, str(name), fontsize=8.5, va="center")
        shorten(zone, 1.75)
        values = (
            "not reached" if np.isnan(minutes) else f"{minutes:.0f}",
            f"{decile:.0f}",
            "not known" if np.isnan(people) else f"{people:,.0f}",
        )
        for x, words in zip(ends[1:], values, strict=True):
            panel.text(x, y, words, fontsize=8.5, va="center", ha="right")
    rule = far_rule(cutoff_min, limit_min, deprived_to)
    panel.text(
        0, y + 0.18, textwrap.fill(rule, 62), fontsize=SMALLEST_PT, va="top", color=GREY, linespacing=1.25
    )


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
            f"{int(far.sum())} zones of deciles 1 to {deprived_to} are not within {cutoff_min} minutes; "
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
