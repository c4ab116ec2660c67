"""Average deprivation by local authority: England in fifths, the place enlarged among its neighbours, bars.

A district that lacks a polygon or a score never vanishes: it is counted on the picture and named in its
description.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from matplotlib.patches import ConnectionPatch, PathPatch, Rectangle
from shapely.geometry import box

from ptreach.outputs.maps.choropleth import closed, draw_areas, draw_swatch
from ptreach.outputs.maps.district_bars import (
    ORDER_IN,
    DistrictBar,
    bars_height_in,
    draw_bars,
    draw_headline,
    draw_order,
)
from ptreach.outputs.maps.district_labels import DistrictName, name_districts
from ptreach.outputs.maps.district_scene import (
    FIFTHS,
    IDACI,
    count_phrase,
    district_name,
    district_scene,
    said_names,
    scene_description,
    scene_subtitle,
    scene_title,
)
from ptreach.outputs.maps.labels import Labels
from ptreach.outputs.maps.pages import PORTRAIT, SLIDE, Box
from ptreach.outputs.maps.sheet import (
    draw_heading,
    draw_sources,
    inch_axes,
    sheet,
    write_description,
)
from ptreach.outputs.maps.view import HATCH, Z_EDGE, clipped, polygon_outline
from ptreach.outputs.ramp import INK, MISSING, OUTSIDE, RAMP, STAR
from ptreach.outputs.wording import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from shapely.geometry.base import BaseGeometry

    from ptreach.outputs.maps.district_scene import DistrictMeasure, DistrictScene
    from ptreach.outputs.maps.pages import Page
    from ptreach.outputs.maps.view import Bounds

CAPTION_IN: Final = 0.22
"""Height of the captions of both maps."""
LEGEND_IN: Final = (0.225, 1.75)
"""Height of a row of the legend, and of about all of them."""
LEGEND_DOWN_IN: Final = 0.15
"""How far the legend is below the middle of England's height, about where Wales is."""


class _Boxes(NamedTuple):
    """Where the parts of the picture are on a page."""

    england: Box
    place: Box
    headline: Box
    bars: Box


def _boxes(page: Page) -> _Boxes:
    """Return the parts: side by side on the slide, the bars below the maps on A4."""
    top, left = page.body[0] + CAPTION_IN, page.margin_in
    if page == SLIDE:
        height_in = page.body_in - CAPTION_IN
        bars_left = 9.11
        width_in = page.width_in - page.margin_in - bars_left
        return _Boxes(
            Box(left, top, 4.6, height_in),
            Box(5.18, top, 3.65, height_in),
            Box(bars_left, page.body[0], width_in, HEADLINE_IN),
            Box(bars_left, page.body[0] + HEADLINE_IN, width_in, page.body_in - HEADLINE_IN),
        )
    maps_in, bars_in = 4.3, 4.55
    below = top + maps_in + 0.22
    return _Boxes(
        Box(left, top, 3.5, maps_in),
        Box(left + 3.68, top, page.room_in - 3.68, maps_in),
        Box(left, below, page.room_in - bars_in - 0.25, page.body[1] - below),
        Box(page.width_in - left - bars_in, below, bars_in, page.body[1] - below),
    )


COLOURS: Final = tuple(reversed(RAMP))
"""Colours of the fifths, that of the lowest scores first."""
HEADLINE_IN: Final = 1.18
"""Height of the large figures with their words on the slide."""
HEAVY_PT: Final = (5.5, 2.8)
"""Widths of the place's outline where it is enlarged: dark, and of the gold in it."""
WIDER: Final = (1.0, 1.12, 1.25, 1.4)
FEW_NAMES: Final = 3
"""How much wider the view may be for the sake of so few names that there is no room for else."""
NAME_LETTERS: Final = 9
"""Letters in a line of a district's name, where it does not fit in its district as it is."""
LEAST_LABELS: Final = 1.7
LABEL_EM: Final = (6.0, 2.8)
"""The view widens until every neighbour has the area of so many labels in it, or is in it whole; and the size
of one in heights of its letters."""


def draw_district_map(
    path: Path,
    *,
    districts: gpd.GeoDataFrame,
    scores: pd.DataFrame,
    marked: Collection[str],
    measure: DistrictMeasure = IDACI,
    edition: str,
    source_line: str,
    england_average: float | None = None,
    successors: Mapping[str, str] | None = None,
    made_up: bool = False,
    pages: Sequence[Page] = (SLIDE, PORTRAIT),
) -> None:
    """Draw an average score by local authority, and its description as text beside it (``.txt``).

    Colours are fifths of the districts by score. The same inputs give the same bytes.

    Parameters
    ----------
    path
        The slide's PNG; the other files of the picture are named after it.
    districts
        ``district_code, district_name, geometry`` of all England, EPSG:27700.
    scores
        ``district_code, rank`` (1 = most deprived) and the column of `measure`; ``district_name`` where it is
        to name districts without a polygon, ``weight`` where districts are merged.
    marked
        Codes of the place's districts.
    edition
        ``Indices of Deprivation 2025``.
    source_line
        Sources and attributions, printed at the foot.
    england_average
        England's own score, drawn as a line; without it the line is the median of the districts.
    successors
        New code of districts by old one, where `scores` are older than `districts`.
    made_up
        Whether any of the data is made up: the picture then says so.
    pages
        The pages to draw.

    Raises
    ------
    InputError
        Where a code is there twice, a marked district has no polygon or no score, merged districts have no
        weight, or too few scores differ to make fifths.
    """
    scene = district_scene(districts, scores, marked, measure, edition, england_average, successors)
    title = scene_title(scene)
    for page in pages:
        boxes = _boxes(page)
        with sheet(path, page, title, made_up=made_up) as figure:
            draw_heading(figure, page, title, scene_subtitle(scene), made_up=made_up)
            england = _draw_england(figure, page, boxes.england, scene)
            place = _draw_place(figure, page, boxes.place, scene)
            _join(england, place)
            left_out = _draw_panel(figure, page, boxes, scene)
            draw_sources(figure, page, f"{count_phrase(scene, left_out)} {source_line}")
    write_description(path, scene_description(scene, title, made_up=made_up))


def _caption(figure: Figure, page: Page, box: Box, words: str, other_words: str = "") -> None:
    """Write what a map shows above it; `other_words` where that is too long."""
    x, y = box.left / page.width_in, 1 - (box.top - 0.06) / page.height_in
    caption = figure.text(x, y, words, fontsize=10, fontweight="bold")
    if caption.get_window_extent().width > box.width * figure.dpi:
        caption.set_text(other_words)


def _draw_england(figure: Figure, page: Page, box: Box, scene: DistrictScene) -> Axes:
    """Draw all districts with their legend."""
    _caption(figure, page, box, "England, local authorities in fifths", "England, in fifths")
    axes = figure.add_axes(page.shares(box))
    west, south, east, north = scene.shapes.total_bounds
    axes.set(xlim=(west, east), ylim=(south, north), aspect="equal", anchor="C")
    axes.set_axis_off()
    axes.apply_aspect()  # settles the scale, which is that of the narrower side
    pixel_m = (east - west) / axes.get_window_extent().width
    _draw_shapes(axes, scene.shapes, pixel_m, width_pt=0.3)
    _outline_place(axes, scene, pixel_m, ink_pt=2.6, star_pt=1.3)
    _draw_legend(figure, page, box, scene)
    return axes


def _draw_shapes(axes: Axes, shapes: gpd.GeoDataFrame, pixel_m: float, width_pt: float) -> None:
    """Fill districts by their fifth, hatched where they have none."""
    fifths = shapes["fifth"].to_numpy()
    draw_areas(
        axes,
        shapes.geometry.to_numpy(),
        [_colour(number) for number in fifths],
        fifths < 0,
        pixel_m=pixel_m,
        width_pt=width_pt,
    )


def _outline_place(axes: Axes, scene: DistrictScene, pixel_m: float, ink_pt: float, star_pt: float) -> None:
    """Draw the heavy outline of the place's districts: gold between two dark lines."""
    stroke_m = ink_pt * axes.figure.dpi / 72 * pixel_m
    for shape in scene.shapes.geometry[scene.shapes["marked"]]:
        outline = polygon_outline(without_creeks(shapely.simplify(shape, pixel_m / 2), stroke_m))
        for colour, width_pt in ((INK, ink_pt), (STAR, star_pt)):
            axes.add_artist(
                PathPatch(outline, fill=False, edgecolor=colour, linewidth=width_pt, joinstyle="round",
                          zorder=Z_EDGE)
            )  # fmt: skip


def without_creeks(area: BaseGeometry, stroke_m: float) -> BaseGeometry:
    """Return an area whose outline of this width runs into no blot.

    Creeks narrower than the stroke are closed, small holes too; islets that it would cover are left out, but
    for the largest part.
    """
    parts = [
        shapely.Polygon(part.exterior, [r for r in part.interiors if _encloses(r) >= (4 * stroke_m) ** 2])
        for part in shapely.get_parts(closed(area, stroke_m / 2))
    ]
    least_m2 = min((2 * stroke_m) ** 2, max(part.area for part in parts))
    return shapely.MultiPolygon([part for part in parts if part.area >= least_m2])


def _encloses(ring: shapely.LinearRing) -> float:
    """Return the area within a ring in square metres."""
    return float(shapely.area(shapely.Polygon(ring)))


def _draw_legend(figure: Figure, page: Page, box: Box, scene: DistrictScene) -> None:
    """Draw the classes, the highest first, where Wales is not drawn."""
    step, from_foot_in = LEGEND_IN
    labels = [" to ".join(f"{value:.{scene.measure.decimals}f}" for value in pair) for pair in scene.bounds]
    rows: list[tuple[str, str]] = [("", FIFTHS[1]), *zip(COLOURS, labels, strict=True), ("", FIFTHS[0])]
    if (scene.shapes["fifth"] < 0).any():
        rows = [(MISSING, "no score"), *rows]
    top = box.top + (box.height - from_foot_in) / 2 + LEGEND_DOWN_IN
    axes = inch_axes(figure, page, Box(box.left, top, 1.5, step * len(rows)))
    axes.set_zorder(1)
    for number, (colour, label) in enumerate(reversed(rows)):
        y = (number + 0.5) * step
        if colour:
            draw_swatch(axes, (0.01, y - 0.08, 0.34, 0.16), colour, HATCH if colour == MISSING else None)
        axes.text(0.43 if colour else 0, y, label, fontsize=page.pt(8.5), va="center")


def _draw_place(figure: Figure, page: Page, box_in: Box, scene: DistrictScene) -> Axes:
    """Draw the place and its neighbours enlarged, each with its name and score."""
    kind = "neighbours" if scene.touching else "nearest districts"
    whose = listed(said_names(scene.shapes[scene.shapes["marked"]]))
    _caption(figure, page, box_in, f"{whose} and {kind}", f"The place and its {kind}")
    axes = figure.add_axes(page.shares(box_in))
    label_in2 = LABEL_EM[0] * LABEL_EM[1] * (page.smallest_pt / 72) ** 2
    aspect = box_in.width / box_in.height
    closest = _view_of_place(scene, aspect, LEAST_LABELS * label_in2 / (box_in.width * box_in.height))
    axes.set(xticks=[], yticks=[], aspect=1)
    axes.set_facecolor(OUTSIDE)
    # From a little farther off there may be room for every name; if not, as near as can be
    for factor in (*WIDER, 1.0):
        view = _framed(closest, factor, aspect)
        axes.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]))
        for label in (*axes.texts, *axes.lines):
            label.remove()
        pixel_m = (view[2] - view[0]) / axes.bbox.width
        seen = _seen(scene, view, 50 * pixel_m)
        left_out = _label_districts(axes, page, scene, seen, view)
        if not left_out or len(left_out) > FEW_NAMES:
            break
    _draw_shapes(axes, seen, pixel_m, width_pt=1.0)
    _outline_place(axes, scene, pixel_m, *HEAVY_PT)
    return axes


def _seen(scene: DistrictScene, view: Bounds, margin_m: float) -> gpd.GeoDataFrame:
    """Return the districts in a view, cut to a little more than it."""
    frame = box(*view)
    seen = scene.shapes[scene.shapes.intersects(frame)]
    return seen.assign(geometry=[clipped(shape, frame.buffer(margin_m)) for shape in seen.geometry])


def _label_districts(
    axes: Axes, page: Page, scene: DistrictScene, seen: gpd.GeoDataFrame, view: Bounds
) -> list[str]:
    """Name the place's districts and its neighbours with their scores, as far as there is room.

    Return those that there is no room for; the bars beside the map name them.
    """
    wanted = seen[seen["marked"] | seen["near"]].sort_values(
        ["marked", "district_code"], ascending=[False, True]
    )
    place_pt = page.pt(10.0 if wanted["marked"].sum() == 1 else 8.5)
    names = []
    for number, row in enumerate(wanted.itertuples()):
        score = "no score" if np.isnan(row.score) else f"{row.score:.{scene.measure.decimals}f}"
        said = district_name(row.district_name)
        lines = {
            said.replace(" and ", "\nand "),
            "\n".join(textwrap.wrap(said, NAME_LETTERS, break_long_words=False)),
        }
        sizes_pt = (place_pt, page.smallest_pt) if row.marked else (page.smallest_pt,)
        forms = [(f"{name}\n{score}", pt) for pt in sizes_pt for name in sorted(lines, key=_lines_n)]
        weight, outline_pt = ("bold", HEAVY_PT[0]) if row.marked else ("normal", 1.0)
        names.append(DistrictName(forms, row.geometry, weight, outline_pt, must=number == 0))
    return name_districts(axes, Labels(axes, view), view, names, seen.geometry.tolist())


def _lines_n(name: str) -> int:
    """Return how many lines a name takes."""
    return name.count("\n") + 1


def _view_of_place(scene: DistrictScene, aspect: float, least_share: float) -> Bounds:
    """Return west, south, east, north of a view that every neighbour has such a share of, or is in whole."""
    own = scene.shapes.geometry[scene.shapes["marked"]].to_numpy()
    near = scene.shapes.geometry[scene.shapes["near"]].to_numpy()
    view: Bounds = tuple(shapely.total_bounds(own))
    bounds = view
    for factor in np.arange(1.3, 8.0, 0.2):
        view = _framed(bounds, float(factor), aspect)
        seen = shapely.intersection(near, box(*view))
        least = least_share * box(*view).area
        if (shapely.area(seen) >= np.minimum(least, 0.999 * shapely.area(near))).all():
            # What is seen may lie on one side: then the other need not be shown
            return _framed(tuple(shapely.total_bounds([*own, *seen])), 1.08, aspect)
    return view


def _framed(bounds: Bounds, factor: float, aspect: float) -> Bounds:
    """Return bounds `factor` times as large about the same centre, and `aspect` wide to high."""
    west, south, east, north = bounds
    width, height = (east - west) * factor, (north - south) * factor
    width, height = max(width, height * aspect), max(height, width / aspect)
    x, y = (west + east) / 2, (south + north) / 2
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _join(england: Axes, place: Axes) -> None:
    """Draw the enlarged part on the map of England, and lines from it to where it is enlarged."""
    (west, east), (south, north) = place.get_xlim(), place.get_ylim()
    england.add_artist(
        Rectangle((west, south), east - west, north - south, fill=False, edgecolor=INK, linewidth=1.1,
                  zorder=Z_EDGE + 1)
    )  # fmt: skip
    for y_m, y_share in ((south, 0), (north, 1)):
        england.figure.add_artist(
            ConnectionPatch(
                (east, y_m), (0, y_share), coordsA=england.transData, coordsB=place.transAxes, color=INK,
                linewidth=0.7, linestyle=(0, (3, 2)), zorder=-1,
            )
        )  # fmt: skip


def _draw_panel(figure: Figure, page: Page, boxes: _Boxes, scene: DistrictScene) -> list[str]:
    """Draw headline, bars and all districts in order; return the names of those that lack room for a bar."""
    measure = scene.measure
    own = scene.shapes[scene.shapes["marked"]]
    top = own.sort_values(["score", "district_code"], ascending=[False, True]).head(1)
    whose = said_names(top)[0] if len(own) == 1 else f"{said_names(top)[0]}, highest of the place"
    draw_headline(
        inch_axes(figure, page, boxes.headline), page, f"{top['score'].iloc[0]:.{measure.decimals}f}",
        f"{whose}. {measure.meaning}",
    )  # fmt: skip
    shown = scene.shapes[scene.shapes["marked"] | scene.shapes["near"]]
    bars = [
        DistrictBar(district_name(r.district_name), r.score, r.rank, _colour(r.fifth), bool(r.marked))
        for r in shown.itertuples()
    ]
    bars_box, order_box = _shared_out(page, boxes, len(bars))
    if order_box is not None:
        ranked = scene.ranking.assign(colour=[_colour(number) for number in scene.ranking["fifth"]])
        who = said_names(own)[0] if len(own) == 1 else "the place"
        draw_order(inch_axes(figure, page, order_box), page, ranked, f"{who} in gold")
    axes = inch_axes(figure, page, bars_box)
    axes.set_xlim(0, 1)
    return draw_bars(
        axes, page, bars, heading=f"Score (rank of {scene.ranked_n})", average=scene.average,
        average_words=scene.average_words, decimals=measure.decimals, bottom_in=bars_box.height,
    )  # fmt: skip


def _shared_out(page: Page, boxes: _Boxes, bars_n: int) -> tuple[Box, Box | None]:
    """Return where the bars are, and all districts in order: below the headline, or where few bars end."""
    if page != SLIDE:
        left, top, width, _ = boxes.headline
        top += HEADLINE_IN + 0.2
        return boxes.bars, Box(left, top, width, page.body[1] - top)
    left, top, width, height = boxes.bars
    spare_in = height - bars_height_in(bars_n) - 0.25
    if spare_in < ORDER_IN[0]:
        return boxes.bars, None
    order_in = min(spare_in, ORDER_IN[1])
    foot = top + height
    return Box(left, top, width, height - order_in - 0.25), Box(left, foot - order_in, width, order_in)


def _colour(number: int) -> str:
    """Return the colour of a class."""
    return COLOURS[number] if number >= 0 else MISSING
