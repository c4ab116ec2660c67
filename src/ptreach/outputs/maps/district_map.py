"""Average deprivation by local authority: England in fifths, the place enlarged among its neighbours, bars.

A district that lacks a polygon or a score never vanishes: it is counted on the picture and named in its
description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from matplotlib.patches import ConnectionPatch, PathPatch, Rectangle
from shapely.geometry import box

from ptreach.outputs.maps.choropleth import HATCH, draw_areas
from ptreach.outputs.maps.district_bars import DistrictBar, draw_bars, draw_headline
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
from ptreach.outputs.maps.labels import Labels, widest_places
from ptreach.outputs.maps.sheet import (
    LEFT,
    SIZE_IN,
    SMALLEST_PT,
    draw_heading,
    draw_sources,
    sheet,
    write_description,
)
from ptreach.outputs.maps.view import Z_EDGE, Z_OUTLINES, clipped, polygon_outline
from ptreach.outputs.ramp import INK, MISSING, OUTSIDE, RAMP, STAR
from ptreach.outputs.wording import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ptreach.outputs.maps.district_scene import DistrictMeasure, DistrictScene
    from ptreach.outputs.maps.view import Bounds

ENGLAND_BOX: Final = (LEFT, 0.114, 0.36, 0.719)
PLACE_BOX: Final = (0.405, 0.114, 0.285, 0.719)
BARS_BOX: Final = (0.712, 0.114, 0.266, 0.746)
"""Left, bottom, width and height as shares of the sheet."""
LEGEND_TOP: Final = 0.66
CAPTION_Y: Final = 0.848
COLOURS: Final = tuple(reversed(RAMP))
"""Colours of the fifths, that of the lowest scores first."""
LABEL_BOX: Final = {"boxstyle": "round,pad=0.22", "facecolor": "white", "edgecolor": "none"}
LEAST_SHARE_IN_VIEW: Final = 0.012
"""The view widens until every neighbour has this share of it, or is in it whole."""


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
) -> None:
    """Draw an average score by local authority as a 16:9 PNG, and its description as text beside it.

    Colours are fifths of the districts by score. The same inputs give the same bytes.

    Parameters
    ----------
    path
        The PNG to write; its description has the ending ``.txt``.
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

    Raises
    ------
    InputError
        Where a code is there twice, a marked district has no polygon or no score, merged districts have no
        weight, or too few scores differ to make fifths.
    """
    scene = district_scene(districts, scores, marked, measure, edition, england_average, successors)
    title = scene_title(scene)
    with sheet(path) as figure:
        draw_heading(figure, title, scene_subtitle(scene), made_up=made_up)
        england = _draw_england(figure, scene)
        place = _draw_place(figure, scene)
        _join(england, place)
        left_out = _draw_panel(figure, scene)
        draw_sources(figure, f"{count_phrase(scene, left_out)} {source_line}")
    write_description(path, scene_description(scene, title, made_up=made_up))


def _draw_england(figure: Figure, scene: DistrictScene) -> Axes:
    """Draw all districts with their legend."""
    figure.text(
        ENGLAND_BOX[0], CAPTION_Y, "England, local authorities in fifths", fontsize=10, fontweight="bold"
    )
    axes = figure.add_axes(ENGLAND_BOX)
    west, south, east, north = scene.shapes.total_bounds
    axes.set(xlim=(west, east), ylim=(south, north), aspect="equal", anchor="C")
    axes.set_axis_off()
    axes.apply_aspect()  # settles the scale, which is that of the narrower side
    pixel_m = (east - west) / axes.get_window_extent().width
    _draw_shapes(axes, scene.shapes, pixel_m, width_pt=0.3)
    _outline_place(axes, scene, pixel_m, ink_pt=2.6, star_pt=1.3)
    _draw_legend(axes, scene)
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
    for shape in scene.shapes.geometry[scene.shapes["marked"]]:
        outline = polygon_outline(shapely.simplify(shape, pixel_m / 2))
        for colour, width_pt in ((INK, ink_pt), (STAR, star_pt)):
            axes.add_artist(
                PathPatch(outline, fill=False, edgecolor=colour, linewidth=width_pt, joinstyle="round",
                          zorder=Z_EDGE)
            )  # fmt: skip


def _draw_legend(axes: Axes, scene: DistrictScene) -> None:
    """Draw the classes, the highest first, where Wales is not drawn."""
    pixels = axes.get_window_extent()
    inch = pixels.height / axes.figure.dpi
    step, width = 0.225 / inch, 0.34 / inch * pixels.height / pixels.width
    labels = [" to ".join(f"{value:.{scene.measure.decimals}f}" for value in pair) for pair in scene.bounds]
    rows: list[tuple[str, str]] = [("", FIFTHS[1]), *zip(COLOURS, labels, strict=True), ("", FIFTHS[0])]
    if (scene.shapes["fifth"] < 0).any():
        rows = [(MISSING, "no score"), *rows]
    for number, (colour, label) in enumerate(reversed(rows)):
        y = LEGEND_TOP - number * step
        if colour:
            axes.add_artist(
                Rectangle(
                    (0.0, y - step * 0.36), width, step * 0.72, transform=axes.transAxes, facecolor=colour,
                    edgecolor=INK, linewidth=0.9, hatch=HATCH if colour == MISSING else None,
                    zorder=Z_OUTLINES,
                )
            )  # fmt: skip
        axes.text(
            width + 0.02 if colour else 0, y, label, transform=axes.transAxes, fontsize=8.5, va="center"
        )


def _draw_place(figure: Figure, scene: DistrictScene) -> Axes:
    """Draw the place and its neighbours enlarged, each with its name and score."""
    kind = "neighbours" if scene.touching else "nearest districts"
    whose = listed(said_names(scene.shapes[scene.shapes["marked"]]))
    caption = figure.text(PLACE_BOX[0], CAPTION_Y, f"{whose} and {kind}", fontsize=10, fontweight="bold")
    if caption.get_window_extent().width > PLACE_BOX[2] * figure.bbox.width:
        caption.set_text(f"The place and its {kind}")
    axes = figure.add_axes(PLACE_BOX)
    view = _view_of_place(scene, (PLACE_BOX[2] * SIZE_IN[0]) / (PLACE_BOX[3] * SIZE_IN[1]))
    axes.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]), xticks=[], yticks=[], aspect=1)
    axes.set_facecolor(OUTSIDE)
    pixel_m = (view[2] - view[0]) / axes.bbox.width
    frame = box(*view)
    seen = scene.shapes[scene.shapes.intersects(frame)]
    seen = seen.assign(geometry=[clipped(shape, frame.buffer(50 * pixel_m)) for shape in seen.geometry])
    _draw_shapes(axes, seen, pixel_m, width_pt=1.0)
    _outline_place(axes, scene, pixel_m, ink_pt=5.5, star_pt=2.8)
    _label_districts(axes, scene, seen, view)
    return axes


def _label_districts(axes: Axes, scene: DistrictScene, seen: gpd.GeoDataFrame, view: Bounds) -> None:
    """Name the place's districts and its neighbours with their scores, as far as there is room.

    The bars beside the map name those that there is no room for.
    """
    labels = Labels(axes, view, gaps_pt=(6.0, 12.0, 20.0, 32.0, 48.0))
    wanted = seen[seen["marked"] | seen["near"]].sort_values(
        ["marked", "district_code"], ascending=[False, True]
    )
    place_pt = 10.0 if wanted["marked"].sum() == 1 else 8.5
    for number, row in enumerate(wanted.itertuples()):
        places = widest_places(shapely.intersection(row.geometry, box(*view)), limit=1)
        score = "no score" if np.isnan(row.score) else f"{row.score:.{scene.measure.decimals}f}"
        name = district_name(row.district_name).replace(" and ", "\nand ")
        for x, y, _ in places[:1]:
            labels.place(
                f"{name}\n{score}", x, y, size_pt=place_pt if row.marked else SMALLEST_PT, must=number == 0,
                fontweight="bold" if row.marked else "normal", linespacing=1.15, margin_pt=3.5,
                bbox=LABEL_BOX,
            )  # fmt: skip


def _view_of_place(scene: DistrictScene, aspect: float) -> Bounds:
    """Return west, south, east, north of a view in which every neighbour can be seen."""
    own = scene.shapes.geometry[scene.shapes["marked"]].to_numpy()
    near = scene.shapes.geometry[scene.shapes["near"]].to_numpy()
    view: Bounds = tuple(shapely.total_bounds(own))
    bounds = view
    for factor in np.arange(1.3, 8.0, 0.2):
        view = _framed(bounds, float(factor), aspect)
        seen = shapely.intersection(near, box(*view))
        least = LEAST_SHARE_IN_VIEW * box(*view).area
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


def _draw_panel(figure: Figure, scene: DistrictScene) -> list[str]:
    """Draw the headline and the bars; return the names of districts that the bars have no room for."""
    height_in = BARS_BOX[3] * figure.get_figheight()
    axes = figure.add_axes(BARS_BOX)
    axes.set(xlim=(0, 1), ylim=(height_in, 0))
    axes.set_axis_off()
    measure = scene.measure
    own = scene.shapes[scene.shapes["marked"]]
    top = own.sort_values(["score", "district_code"], ascending=[False, True]).head(1)
    whose = said_names(top)[0] if len(own) == 1 else f"{said_names(top)[0]}, highest of the place"
    y = draw_headline(
        axes, f"{top['score'].iloc[0]:.{measure.decimals}f}", f"{whose}. {measure.meaning}", 0.0
    )
    shown = scene.shapes[scene.shapes["marked"] | scene.shapes["near"]]
    bars = [
        DistrictBar(district_name(r.district_name), r.score, r.rank, _colour(r.fifth), bool(r.marked))
        for r in shown.itertuples()
    ]
    return draw_bars(
        axes, bars, heading=f"Score (rank of {scene.ranked_n})", average=scene.average,
        average_words=scene.average_words, decimals=measure.decimals, top_in=y + 0.12, bottom_in=height_in,
    )  # fmt: skip


def _colour(number: int) -> str:
    """Return the colour of a class."""
    return COLOURS[number] if number >= 0 else MISSING
