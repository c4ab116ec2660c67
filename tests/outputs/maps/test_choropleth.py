"""Lines between dark areas: where they are, each once, and none at the rim."""

import numpy as np
import pytest
import shapely
from matplotlib.figure import Figure
from shapely import box

from ptreach.outputs.maps.choropleth import _sides_once, draw_areas
from ptreach.outputs.ramp import INK

GRID = np.array([box(x, y, x + 100, y + 100) for x in range(0, 400, 100) for y in range(0, 300, 100)])


def test_sides_that_two_have_in_common_are_lines_once():
    lines = shapely.multilinestrings(_sides_once(GRID))
    union = shapely.union_all(shapely.boundary(GRID))
    assert lines.length == union.length == 100 * (4 * 4 + 5 * 3)
    assert shapely.equals(lines, union)


def test_rings_are_not_joined_to_one_another():
    ring = shapely.difference(box(0, 0, 100, 100), box(40, 40, 60, 60))
    apart = np.array([ring, box(500, 500, 600, 600)], dtype=object)
    assert shapely.multilinestrings(_sides_once(apart)).length == pytest.approx(400 + 80 + 400)


def test_dark_areas_are_parted_by_white_which_keeps_off_their_rim():
    figure = Figure(figsize=(4, 3), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 400), ylim=(0, 300))
    draw_areas(axes, GRID, [INK] * len(GRID), np.zeros(len(GRID), dtype=bool), pixel_m=1.0, width_pt=1.5)
    pixels = _pixels(figure)
    assert (pixels[150, 95:106].max(axis=0) > 200).all(), "a line between two of them"
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert (rim.min(axis=1) < 60).all(), "their rim is dark"


def _pixels(figure):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]
