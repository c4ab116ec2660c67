"""Whether the words of a picture can be read: inside the frame, apart, large enough, in contrast."""

from contextlib import contextmanager
from typing import NamedTuple
from unittest import mock

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from matplotlib_scalebar.scalebar import ScaleBar

from colours import contrast
from ptreach.outputs.maps import correlation_picture, sheet

LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3, for letters of any size."""
SLIDE_PX = (2560, 1440)
A4_PX = ((1654, 2338), (2338, 1654))
A4_LEAST_PT = 9
A4_MARGINS_PX = (100, 60)
"""To the left and right, above and below: half an inch and a third, for printers."""


class Words(NamedTuple):
    """A text of a picture: box in pixels, contrast with 95 of 100 pixels behind it or with its rim.

    Also a scale bar, on its white box.
    """

    text: str
    box: object
    size_pt: float
    contrast: float
    page_px: tuple


def words_of(draw, path, **arguments):
    """Call `draw` and return every text on the pages that it saves, in the order of the pages."""
    found = []
    save = sheet.svg_of

    def look_and_save(figure, *args):
        with _as_drawn(figure):
            found.extend(_words(figure))
        return save(figure, *args)

    with (
        mock.patch.multiple(sheet, svg_of=look_and_save),
        mock.patch.multiple(correlation_picture, draw_values=write_values),
    ):
        draw(path, **arguments)
    assert found
    return found


def write_values(figure, axes, values, *, size_pt, order):
    """Write each value as a text, which is plain and slow."""
    for words, x_in, y_in, colour in values:
        axes.text(
            x_in, y_in, words, fontsize=size_pt, color=colour, ha="center", va="center_baseline", zorder=order
        )


@contextmanager
def _as_drawn(figure):
    """Give texts back their colours and rims."""
    kept = [(text, text.get_color(), text.get_path_effects()) for text in figure.findobj(Text)]
    yield
    for text, colour, effects in kept:
        text.set(color=colour, path_effects=effects)


def _words(figure):
    silent = {
        text
        for axes in figure.axes
        if not axes.axison
        for axis in (axes.xaxis, axes.yaxis)
        for text in axis.findobj(Text)
    }
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip() and t not in silent]
    figure.canvas.draw()
    boxes = [Text.get_window_extent(text) for text in texts]
    letters = [np.array(to_rgb(text.get_color())) * 255 for text in texts]
    rims = [[np.array(e._gc["foreground"]) for e in text.get_path_effects()] for text in texts]
    rims = [np.array(to_rgb(str(rim[0]))) * 255 if rim else None for rim in rims]
    for text in texts:
        text.set_color((0, 0, 0, 0))
        text.set_path_effects([])
    figure.canvas.draw()
    image = np.asarray(figure.canvas.buffer_rgba())[:, :, :3].astype(float)
    for text, box, colour, rim in zip(texts, boxes, letters, rims, strict=True):
        rows = slice(max(0, int(image.shape[0] - box.y1)), int(image.shape[0] - box.y0) + 1)
        behind = image[rows, max(0, int(box.x0)) : int(box.x1) + 1].reshape(-1, 3)
        ratio = np.quantile(contrast(colour, behind), 0.05) if rim is None else contrast(colour, rim)
        yield Words(text.get_text(), box, float(text.get_fontsize()), float(ratio), image.shape[1::-1])
    for bar in figure.findobj(ScaleBar):
        ratio = contrast(np.array(to_rgb(bar.color)) * 255, np.full(3, 255.0))
        size_pt = bar.font_properties.get_size_in_points()
        yield Words(bar.info.scale_text, bar.info.window_extent, size_pt, float(ratio), image.shape[1::-1])


def assert_legible(words, least_pt, size_px=SLIDE_PX):
    """Hold that all texts lie on their page and off each other, are large enough and in contrast.

    Pages are slides of `size_px`, on which letters have `least_pt`, or A4 with its margins.
    """
    for word in words:
        box, (width, height) = word.box, word.page_px
        assert word.page_px in {size_px, *A4_PX}
        on_a4 = word.page_px != size_px
        left, foot = A4_MARGINS_PX if on_a4 else (0, 0)
        assert box.x0 >= left, word
        assert box.y0 >= foot, word
        assert box.x1 <= width - left, word
        assert box.y1 <= height - foot, word
        assert word.size_pt >= (A4_LEAST_PT if on_a4 else least_pt), word
        assert word.contrast >= LEAST_CONTRAST, word
    for number, word in enumerate(words):
        for other in words[:number]:
            if word.page_px == other.page_px:
                assert not word.box.padded(-1).overlaps(other.box.padded(-1)), (word.text, other.text)
