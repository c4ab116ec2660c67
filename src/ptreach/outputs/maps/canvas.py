"""What a page is drawn by, as pixels and as SVG: both write the same outlines of letters, laid out once.

matplotlib lays a text out anew whenever one of its renderers measures or draws it, which took a quarter of
the time of a town's pictures. Here both are given what has been laid out: most words stand on several pages.
"""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D, IdentityTransform

from ptreach.outputs.maps.png import png_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from numpy.typing import NDArray

KEPT: Final = 2048
"""Words that are kept laid out: those of a town's pictures are some five hundred."""
_POINTS_AN_INCH: Final = 72
_ANEW: Final = TextToPath()


class _Letters(TextToPath):
    """Words as outlines, laid out once by their font whatever their size; they hold no mathematics."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> Any:  # noqa: ANN401, ARG002
        """Return width, height and descent in points."""
        size = prop.get_size_in_points() / self.FONT_SCALE
        return tuple(size * value for value in _extent(s, self._unsized(prop)))

    def get_text_path(self, prop: FontProperties, s: str, *_: Any, **__: Any) -> Any:  # noqa: ANN401
        """Return vertices and codes at the scale of fonts."""
        return _outline(s, self._unsized(prop))

    def _unsized(self, prop: FontProperties) -> FontProperties:
        """Return what is the same of a font whatever the size of its letters."""
        same = prop.copy()
        same.set_size(self.FONT_SCALE)
        return same

    def get_glyphs_with_font(
        self,
        font: Any,  # noqa: ANN401
        s: str,
        glyph_map: dict[str, Any] | None = None,
        return_new_glyphs_only: bool = False,
        **_: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Return where each letter stands, the outlines of letters by name, and no lines.

        The outlines are put into `glyph_map`, or only those are given that are not in it.
        """
        places, outlines, lines = _glyphs(s, font)
        known = {} if glyph_map is None else glyph_map
        new = {name: outline for name, outline in outlines.items() if name not in known}
        if return_new_glyphs_only:
            return places, new, lines
        known.update(new)
        return places, known, lines


@lru_cache(KEPT)
def _extent(words: str, prop: FontProperties) -> tuple[float, float, float]:
    """Return width, height and descent at the scale of fonts."""
    return _ANEW.get_text_width_height_descent(words, prop, ismath=False)


@lru_cache(KEPT)
def _outline(words: str, prop: FontProperties) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return vertices and codes at the scale of fonts."""
    vertices, codes = _ANEW.get_text_path(prop, words)
    return np.asarray(vertices, dtype=np.float64).reshape(-1, 2), np.asarray(codes, dtype=np.uint8)


@lru_cache(KEPT)
def _glyphs(words: str, font: Any) -> Any:  # noqa: ANN401
    """Return places, outlines and lines of letters at the scale of fonts, that of `font`."""
    return _ANEW.get_glyphs_with_font(font, words)


_LETTERS: Final = _Letters()


class _Pixels(RendererAgg):
    """The renderer of pixels, to which letters are shapes like others: as wide as those of the SVG."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)
        self._text2path = _LETTERS

    def draw_text(
        self,
        gc: Any,  # noqa: ANN401
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        *_: object,
        **__: object,
    ) -> None:
        """Draw words from the beginning of their baseline."""
        size_px = self.points_to_pixels(prop.get_size_in_points())
        place = Affine2D().scale(size_px / TextToPath.FONT_SCALE).rotate_deg(angle)
        gc.set_linewidth(0.0)
        gc.set_snap(False)  # else a dash alone would be moved onto whole pixels
        vertices, codes = self._text2path.get_text_path(prop, s)
        self.draw_path(gc, Outline(vertices, codes), place.translate(x, self.height - y), gc.get_rgb())

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> Any:  # noqa: ANN401
        """Return width, height and descent in pixels."""
        found = self._text2path.get_text_width_height_descent(s, prop, ismath)
        return tuple(self.points_to_pixels(value) for value in found)


class PixelCanvas(FigureCanvasAgg):
    """A page of pixels."""

    renderer: RendererAgg
    _size: tuple[float, float, float] | None = None

    def get_renderer(self) -> RendererAgg:
        """Return what draws the page."""
        size = (*self.get_width_height(physical=True), self.figure.dpi)
        if size != self._size:
            self._size = size
            self.renderer = _Pixels(*size)
        return self.renderer

    def drawn(self) -> NDArray[np.uint8]:
        """Draw the page; return red, green and blue, shape (height, width, 3): there is no transparency."""
        self.draw()
        return np.asarray(self.buffer_rgba())[..., :3]


class _Svg(RendererSVG):
    """The renderer of SVG, whose images are packed as those of the pages are."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        self._text2path = _LETTERS

    def draw_path(self, gc: Any, path: Outline, transform: Any, rgbFace: Any = None) -> None:  # noqa: ANN401, N803
        """Draw a path to a hundredth of a point: a hundredth of a pixel, and half the bytes."""
        places = np.round(transform.transform(path.vertices), 2)
        super().draw_path(gc, Outline(places, path.codes), IdentityTransform(), rgbFace)

    def draw_image(self, gc: Any, x: float, y: float, im: Any, transform: Any = None) -> None:  # noqa: ANN401
        """Draw an image of pixels, shape (height, width, 4), from its lower left corner."""
        if transform is not None:
            super().draw_image(gc, x, y, im, transform)
            return
        height, width = (size * _POINTS_AN_INCH / self.image_dpi for size in im.shape[:2])
        packed = png_bytes(im[::-1])  # renderers are given rows from the foot up
        self.writer.element(
            "image",
            x=f"{x:g}",
            y=f"{self.height - y - height:g}",
            width=f"{width:g}",
            height=f"{height:g}",
            attrib={"xlink:href": "data:image/png;base64,\n" + base64.b64encode(packed).decode("ascii")},
        )


def svg_of(figure: Figure, dpi: int, title: str) -> str:
    """Return a figure as SVG, with so many pixels an inch of what is drawn as pixels in it.

    The same drawing gives the same text.
    """
    before = figure.dpi
    figure.dpi = _POINTS_AN_INCH
    try:
        width_in, height_in = figure.get_size_inches()
        drawn = io.StringIO()
        metadata = {"Date": None, "Creator": None, "Title": title}
        svg = _Svg(
            width_in * _POINTS_AN_INCH, height_in * _POINTS_AN_INCH, drawn, image_dpi=dpi, metadata=metadata
        )
        mixed: Any = MixedModeRenderer(figure, width_in, height_in, dpi, svg)
        figure.draw(mixed)
        mixed.finalize()
    finally:
        figure.dpi = before
    return drawn.getvalue()
