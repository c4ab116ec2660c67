"""Several places side by side: bands of travel time in the same colours and at one scale of the map."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from matplotlib.lines import Line2D

from ptreach.measures.bands import band_labels, beyond_label
from ptreach.outputs.maps.choropleth import draw_swatch
from ptreach.outputs.maps.labels import Labels
from ptreach.outputs.maps.marks import draw_star
from ptreach.outputs.maps.pages import PORTRAIT, SLIDE, Box
from ptreach.outputs.maps.sheet import (
    GREY,
    draw_heading,
    draw_sources,
    inch_axes,
    sheet,
    shorten,
    write_description,
)
from ptreach.outputs.maps.view import draw_bands, draw_land, view_bounds
from ptreach.outputs.ramp import GROUND, INK, band_colours
from ptreach.outputs.wording import (
    first_short_title,
    listed,
    long_date,
    middle_cutoff,
    percent,
    source_line,
    statistic_phrase,
    window_phrase,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ptreach.model import SourceRecord
    from ptreach.outputs.maps.pages import Page
    from ptreach.outputs.scenes import PlaceScene

CAPTION_IN: Final = 0.40
GAP_IN: Final = 0.16
KEY_IN: Final = 0.34
"""Heights of a map's caption and of the legend, and the distance between maps."""
LEAST_IN: Final = (1.4, 0.5)
"""Width and height that a map has at least."""
NAMED: Final = 4
"""Places of one date up to which the foot names them; it counts more."""
LABELLED: Final = 6
"""Places up to which bands are named on the maps, where there is room."""
_KM: Final = (0.5, 1, 2, 5, 10, 20, 50, 100)
"""Lengths of the scale."""


class _Grid(NamedTuple):
    """How maps are laid out: size of one in inches, and metres an inch."""

    columns: int
    width_in: float
    height_in: float
    metres_an_inch: float


def draw_places(path: Path, scenes: Sequence[PlaceScene], pages: Sequence[Page] = (SLIDE, PORTRAIT)) -> None:
    """Draw 2 to 20 places of one preset side by side, and their description as text (``.txt``).

    `path` is the slide's PNG; the other files of the picture are named after it. The same inputs give the
    same bytes.
    """
    title, made_up = _title(scenes), any(scene.made_up for scene in scenes)
    first = scenes[0].town
    subtitle = (
        f"Journey time {first.preset.direction} {len(scenes)} places by public transport  ·  "
        f"{window_phrase(first)}  ·  {statistic_phrase(first)}"
    )
    for page in pages:
        with sheet(path, page, title, made_up=made_up) as figure:
            draw_heading(figure, page, title, subtitle, made_up=made_up)
            grid = _grid(page, scenes)
            for number, scene in enumerate(scenes):
                _draw_place(figure, page, grid, number, scene, labelled=len(scenes) <= LABELLED)
            _draw_key(figure, page, first.preset.cutoffs_min, grid.metres_an_inch)
            draw_sources(figure, page, f"{_run_line(scenes)} {source_line(_sources(scenes))}")
    write_description(path, _description(scenes, title, subtitle, made_up=made_up))


def _grid(page: Page, scenes: Sequence[PlaceScene]) -> _Grid:
    """Return the layout whose maps are the largest with all places at one scale."""
    count = len(scenes)
    best: _Grid | None = None
    for columns in range(1, count + 1):
        rows = math.ceil(count / columns)
        width = (page.room_in - GAP_IN * (columns - 1)) / columns
        height = (page.body_in - KEY_IN - GAP_IN * (rows - 1)) / rows - CAPTION_IN
        if width < LEAST_IN[0] or height < LEAST_IN[1]:
            continue
        views = [_view(scene, width / height) for scene in scenes]
        grid = _Grid(columns, width, height, max((view[2] - view[0]) / width for view in views))
        if best is None or grid.metres_an_inch < best.metres_an_inch:
            best = grid
    if best is None:
        raise ValueError(f"{count} places have no room on a page")
    return best


def _view(scene: PlaceScene, aspect: float) -> tuple[float, float, float, float]:
    """Return the bounds in metres of what is to be seen of a place: its bands, or its land without any."""
    return view_bounds(scene.isochrones[max(scene.isochrones)], scene.origin_xy_m, [scene.land], aspect)


def _draw_place(
    figure: Figure, page: Page, grid: _Grid, number: int, scene: PlaceScene, *, labelled: bool
) -> None:
    """Draw a place's map below its name and its share of residents within the middle cutoff."""
    row, column = divmod(number, grid.columns)
    left = page.margin_in + column * (grid.width_in + GAP_IN)
    top = page.body[0] + row * (CAPTION_IN + grid.height_in + GAP_IN)
    caption = inch_axes(figure, page, Box(left, top, grid.width_in, CAPTION_IN))
    name = caption.text(0, 0.10, scene.town.name, fontsize=page.pt(9.5), fontweight="bold", va="center")
    share = caption.text(
        0, 0.29, f"{percent(scene.share)} within {middle_cutoff(scene.town)} min", fontsize=page.pt(8.5),
        color=GREY, va="center",
    )  # fmt: skip
    for text in (name, share):
        shorten(text, grid.width_in)
    map_box = Box(left, top + CAPTION_IN, grid.width_in, grid.height_in)
    axes = figure.add_axes(page.shares(map_box))
    view = _view(scene, grid.width_in / grid.height_in)
    x, y = (view[0] + view[2]) / 2, (view[1] + view[3]) / 2
    half_x, half_y = (size * grid.metres_an_inch / 2 for size in (grid.width_in, grid.height_in))
    view = (x - half_x, y - half_y, x + half_x, y + half_y)
    axes.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]), xticks=[], yticks=[], aspect=1)
    draw_land(axes, scene.land, view, by_the_sea=scene.by_the_sea)
    draw_bands(axes, scene.isochrones, scene.land, view, width_pt=1.0 if labelled else 0.6)
    labels = Labels(axes, view)
    draw_star(axes, labels, scene.origin_xy_m, size_pt=11, edge_pt=0.9, clear_pt=7)
    if labelled:
        labels.place_bands(scene.isochrones, size_pt=page.pt(8.5))


def _draw_key(figure: Figure, page: Page, cutoffs_min: Sequence[int], metres_an_inch: float) -> None:
    """Draw the colours of all maps in one line, and the scale."""
    key_box = Box(page.margin_in, page.body[1] - KEY_IN + 0.08, page.room_in, KEY_IN - 0.08)
    axes = inch_axes(figure, page, key_box)
    km = max([length for length in _KM if length * 1000 / metres_an_inch <= 1.1] or [_KM[0]])
    end, length_in = page.room_in, km * 1000 / metres_an_inch
    axes.add_line(
        Line2D([end - length_in, end], [0.07, 0.07], color=INK, linewidth=2.2, solid_capstyle="butt")
    )
    axes.text(end, 0.21, f"{km:g} km, all maps", fontsize=page.smallest_pt, va="center", ha="right")
    room_in = page.room_in - max(length_in, 1.25) - 0.15
    labels = [*band_labels(cutoffs_min), f"{beyond_label(cutoffs_min)}, or not reached"]
    short = [words.replace(" min", "") for words in (*labels[:-1], beyond_label(cutoffs_min))]
    for words in (labels, short, [""] * len(labels)):
        if _draw_colours(axes, page, words, room_in):
            return


def _draw_colours(axes: Axes, page: Page, labels: Sequence[str], room_in: float) -> bool:
    """Draw a swatch and a label a colour; leave nothing and return False where there is no room."""
    x, texts, starts = 0.01, [], []
    for words in labels:
        texts.append(axes.text(x + 0.25, 0.135, words, fontsize=page.pt(8.5), va="center"))
        starts.append(x)
        x += 0.25 + texts[-1].get_window_extent().width / axes.figure.dpi + 0.13
    if x - 0.13 > room_in and any(labels):
        for text in texts:
            text.remove()
        return False
    for start, colour in zip(starts, (*band_colours(len(labels) - 1), GROUND), strict=True):
        draw_swatch(axes, (start, 0.06, 0.2, 0.15), colour, None)
    return True


def _title(scenes: Sequence[PlaceScene]) -> str:
    """Return the finding: the least and the greatest share within the middle cutoff."""
    cutoff = middle_cutoff(scenes[0].town)
    known = sorted((s for s in scenes if not math.isnan(s.share)), key=lambda scene: scene.share)
    if not known:
        return "No residents are counted here"
    low, high = percent(known[0].share), percent(known[-1].share)
    if low == high:
        return f"In {len(known)} places {low} live within {cutoff} minutes"
    return first_short_title(
        f"Within {cutoff} minutes: {low} in {known[0].town.name}, {high} in {known[-1].town.name}",
        f"From {low} to {high} of residents are within {cutoff} minutes",
    )


def _run_line(scenes: Sequence[PlaceScene]) -> str:
    """Say when, how, and by which engine; which places are of which date where these differ."""
    first = scenes[0]
    dated = sorted(scenes, key=lambda scene: (scene.town.date, scene.town.name))
    days = {day: [s.town.name for s in group] for day, group in groupby(dated, key=lambda s: s.town.date)}
    who = {
        day: listed(names) if len(names) <= NAMED else f"{len(names)} places" for day, names in days.items()
    }
    named = (f"{long_date(day)} ({who[day]})" if len(days) > 1 else long_date(day) for day in days)
    return (
        f"Timetables of {'; '.join(named)}; {window_phrase(first.town)}; preset {first.town.preset_name}; "
        f"engine {first.engine} (ptreach {first.version})."
    )


def _sources(scenes: Sequence[PlaceScene]) -> list[SourceRecord]:
    """Return all inputs, each once."""
    return list({record.path: record for scene in scenes for record in scene.sources}.values())


def _description(scenes: Sequence[PlaceScene], title: str, subtitle: str, *, made_up: bool) -> list[str]:
    """Describe the maps for those who cannot see them."""
    lines = [f"Maps of {len(scenes)} places on one scale: {title}."]
    if made_up:
        lines.append("Data of at least one place are made up and describe no real place.")
    lines += [
        f"{subtitle}.",
        f"Share of the residents counted within {middle_cutoff(scenes[0].town)} minutes:",
    ]
    lines += [
        f"- {scene.town.name}: {percent(scene.share)} "
        f"(residents of {scene.counted}; {long_date(scene.town.date)})"
        for scene in scenes
    ]
    return lines
