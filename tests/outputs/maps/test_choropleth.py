"""Lines between dark areas: where they are, and none at the rim."""

import numpy as np
from matplotlib.figure import Figure
from shapely import box

from ptreach.outputs.maps.choropleth import draw_areas
from ptreach.outputs.ramp import INK

GRID = np.array([box(x, y, x + 100, y + 100) for x in range(0, 400, 100) for y in range(0, 300, 100)])


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
