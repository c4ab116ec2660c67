"""The pages that pictures are drawn on, slide and A4: title and subtitle above, sources at the foot.

A picture is laid out once a page and written twice, as PNG and as SVG. Letters of the SVG are outlines, not
text: so it looks the same in every program, whichever fonts that has, and no longer word of a wider font runs
into the next; its words are in its title and in the description beside it. Streets are pixels in it.
"""

from __future__ import annotations

import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from ptreach.outputs.maps.canvas import PixelCanvas, svg_of
from ptreach.outputs.maps.pages import SLIDE
from ptreach.outputs.maps.png import png_bytes
from ptreach.outputs.ramp import INK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from ptreach.outputs.maps.pages import Box, Page

DPI: Final = 200
STREETS_DPI: Final = 144
"""Of the pixels in an SVG: twice those of a screen. They are most of its bytes, and of the time it takes."""
GREY: Final = "#4A4A4A"
NOTICE_COLOUR: Final = "#B00020"
NOTICE: Final = "MADE-UP DATA"
LINE_EM: Final = 1.25
"""Distance of lines of text, in heights of its letters."""
SUBTITLE_UP_IN: Final = 0.17
TITLE_UP_IN: Final = 0.19
"""How far above the picture the subtitle stands, and above that the title."""
_STYLE: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans", "text.color": INK, "path.simplify": False, "hatch.linewidth": 0.8,
    "text.parse_math": False,  # names may hold dollars
    "agg.path.chunksize": 20_000,  # longer lines may not be drawn whole
    "svg.fonttype": "path", "svg.hashsalt": "ptreach",
}  # fmt: skip


@contextmanager
def sheet(path: Path, page: Page = SLIDE, title: str = "", *, made_up: bool = False) -> Iterator[Figure]:
    """Yield an empty page for the picture at `path`, and write it as PNG and SVG once it is drawn.

    The same drawing gives the same bytes, whatever the user's settings of matplotlib. `title` is that of the
    SVG, which has no words else.
    """
    with mpl.rc_context():
        mpl.rcdefaults()  # a matplotlibrc of the user must not change the picture
        mpl.rcParams.update(_STYLE)
        figure = Figure(figsize=(page.width_in, page.height_in), dpi=DPI, facecolor="white")
        canvas = PixelCanvas(figure)
        yield figure
        page.beside(path).write_bytes(png_bytes(canvas.drawn(), DPI))
        title = f"{NOTICE}: {title}" if made_up else title
        drawn = svg_of(figure, STREETS_DPI, title)
        page.beside(path, ".svg").write_text(drawn, encoding="utf-8", newline="\n")


def inch_axes(figure: Figure, page: Page, box: Box) -> Axes:
    """Return axes without frame over `box`, whose units are inches from its left and its top."""
    axes = figure.add_axes(page.shares(box))
    axes.set(xlim=(0, box.width), ylim=(box.height, 0))
    axes.set_axis_off()
    return axes


def draw_heading(figure: Figure, page: Page, title: str, subtitle: str, *, made_up: bool = False) -> None:
    """Write title and subtitle, each as large as fits its lines, and the notice of made-up data.

    What does not fit in the least size is cut.
    """
    notice_in = _draw_notice(figure, page) if made_up else 0.0
    written: list[Text] = []
    parts: tuple[tuple[str, tuple[float, float], int, float, dict[str, Any]], ...] = (
        (subtitle, page.subtitle_pt, page.subtitle_lines, page.room_in - notice_in, {"color": GREY}),
        (title, page.title_pt, page.title_lines, page.room_in, {"fontweight": "bold"}),
    )
    for words, (most_pt, least_pt), lines_n, room_in, style in parts:
        text = figure.text(page.margin_in / page.width_in, 0, words, va="baseline", linespacing=1.2, **style)
        sizes = [most_pt * 0.97**step for step in range(40) if most_pt * 0.97**step > least_pt]
        fit_lines(text, words, room_in, [*sizes, least_pt], [lines_n] * (len(sizes) + 1))
        written.append(text)
    # From the picture upwards, so that a short heading stands near it
    y_in = page.height_in - page.body[0] + SUBTITLE_UP_IN
    for text in written:
        text.set_y(y_in / page.height_in)
        y_in += text.get_window_extent().height / figure.dpi + TITLE_UP_IN


def _draw_notice(figure: Figure, page: Page) -> float:
    """Write the notice of made-up data at the right, beside a subtitle of one line, else above the title.

    Return the inches that it takes of the line.
    """
    beside = page.subtitle_lines == 1
    y_in = page.height_in - page.body[0] + SUBTITLE_UP_IN + 0.06 if beside else page.height_in - 0.42
    notice = figure.text(
        1 - page.margin_in / page.width_in - 0.006, y_in / page.height_in, NOTICE, fontsize=12.8,
        fontweight="bold", color="white", va="center", ha="right",
        bbox={"boxstyle": "square,pad=0.4", "facecolor": NOTICE_COLOUR, "edgecolor": "none"},
    )  # fmt: skip
    return 1.15 * float(notice.get_window_extent().width) / figure.dpi if beside else 0.0


def bound(words: str) -> str:
    """Return words whose last brackets stay in one line."""
    head, bracket, tail = words.rpartition("(")
    return head + bracket + tail.replace(" ", "\u00a0") if bracket else words


def fit_lines(
    text: Text,
    words: str,
    room_in: float,
    sizes_pt: Sequence[float],
    most_lines: Sequence[int],
    placeholder: str = "…",
) -> None:
    """Write `words` in the first of `sizes_pt` in which they take at most so many lines of `room_in` inches.

    `most_lines` has the number of lines for each size. Where they fit in none, they are cut in the last one
    and end with `placeholder`.
    """
    figure = text.get_figure(root=True)
    if figure is None:
        raise ValueError("a text that is on no sheet has no width")
    for size_pt, most in zip(sizes_pt, most_lines, strict=True):
        text.set(text=words, fontsize=size_pt)
        width_in = text.get_window_extent().width / figure.dpi
        if width_in <= room_in:
            return
        if most > 1 and _wrapped(text, words, room_in, width_in, most):
            return
    letters = max(int(0.96 * len(words) * room_in / width_in), len(placeholder) + 1)
    while True:
        lines = textwrap.wrap(words, letters, max_lines=most, placeholder=placeholder)
        text.set_text("\n".join(lines))
        if text.get_window_extent().width <= room_in * figure.dpi or letters <= len(placeholder) + 1:
            return
        letters -= 1


def _wrapped(text: Text, words: str, room_in: float, width_in: float, most: int) -> bool:
    """Write `words` in at most so many lines; return whether they fit."""
    # A line may be wider than the average of all by a few letters
    for slack in (0.96, 0.9):
        lines = textwrap.wrap(words, max(1, int(slack * len(words) * room_in / width_in)))
        if len(lines) > most:
            return False
        text.set_text("\n".join(lines))
        figure = text.get_figure(root=True)
        if figure is not None and text.get_window_extent().width <= room_in * figure.dpi:
            return True
    return False


def draw_sources(figure: Figure, page: Page, source_line: str) -> None:
    """Write sources and attributions at the foot, smaller where they are long.

    What does not fit in the smallest size is cut, and the reader sent to the pack's README.
    """
    top_in = page.body[1] + 0.09
    text = figure.text(
        page.margin_in / page.width_in, 1 - top_in / page.height_in, source_line, color=GREY, va="top",
        linespacing=LINE_EM,
    )  # fmt: skip
    height_in = page.height_in - top_in - page.bottom_in
    lines = [int(height_in * 72 / (size_pt * LINE_EM)) for size_pt in page.foot_pt]
    fit_lines(text, source_line, page.room_in, page.foot_pt, lines, " … All sources: README.txt")


def shorten(text: Text, room_in: float, ending: str = "") -> None:
    """Cut a text to its room in inches, before an `ending` that stays; an ellipsis says so."""
    words = text.get_text().removesuffix(ending)
    figure = text.get_figure(root=True)
    if figure is None:
        raise ValueError("a text that is on no sheet has no width")
    while text.get_window_extent().width > room_in * figure.dpi and len(words) > 1:
        words = words[:-1]
        text.set_text(words.rstrip(" ,-(") + "…" + ending)


def write_description(path: Path, lines: Sequence[str]) -> None:
    """Write the description of the picture at `path` beside it, as ``.txt``."""
    path.with_suffix(".txt").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
