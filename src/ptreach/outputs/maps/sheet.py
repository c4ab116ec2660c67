"""The sheet that pictures are drawn on: slide-shaped, with title and subtitle above and sources at the foot.

Sizes of letters are given for a sheet 16 inches wide and shrink with the sheet.
"""

from __future__ import annotations

import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ptreach.outputs.ramp import INK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from matplotlib.text import Text

SIZE_IN: Final = (12.8, 7.2)
DPI: Final = 200
"""2560 by 1440 pixels: sharp on a projector, small enough for a slide."""
SMALLEST_PT: Final = 8.0
"""No letters are smaller on a sheet of this size: on a slide of 13.33 by 7.5 inches they are 8.3 points."""
LEFT: Final = 0.022
RIGHT: Final = 0.978
FOOT_TOP: Final = 0.094
SOURCE_SIZES_PT: Final = (8.8, SMALLEST_PT)
GREY: Final = "#4A4A4A"
NOTICE_COLOUR: Final = "#B00020"
NOTICE: Final = "MADE-UP DATA"
_STYLE: Final[dict[Any, Any]] = {"font.family": "DejaVu Sans", "text.color": INK, "path.simplify": False}
_FULL_WIDTH_IN: Final = 16.0


@contextmanager
def sheet(path: Path, size_in: tuple[float, float] = SIZE_IN, dpi: int = DPI) -> Iterator[Figure]:
    """Yield an empty sheet of `size_in` inches, and write it as a PNG once it is drawn.

    The same drawing gives the same bytes, whatever the user's settings of matplotlib.
    """
    with mpl.rc_context():
        mpl.rcdefaults()  # a matplotlibrc of the user must not change the picture
        mpl.rcParams.update(_STYLE)
        figure = Figure(figsize=size_in, dpi=dpi, facecolor="white")
        FigureCanvasAgg(figure)
        yield figure
        figure.savefig(
            path, format="png", dpi=dpi, metadata={"Software": None}, pil_kwargs={"compress_level": 3}
        )


def draw_heading(figure: Figure, title: str, subtitle: str, *, made_up: bool = False) -> None:
    """Write title and subtitle, each as large as fits its line, and the notice of made-up data."""
    scale = figure.get_figwidth() / _FULL_WIDTH_IN
    room_px = figure.bbox.width * (RIGHT - LEFT)
    subtitle_px = room_px
    if made_up:
        notice = figure.text(
            RIGHT - 0.006, 0.891, NOTICE, fontsize=16 * scale, fontweight="bold", color="white", va="center",
            ha="right", bbox={"boxstyle": "square,pad=0.4", "facecolor": NOTICE_COLOUR, "edgecolor": "none"},
        )  # fmt: skip
        subtitle_px -= 1.15 * notice.get_window_extent().width
    lines: tuple[tuple[float, str, float, float, dict[str, Any]], ...] = (
        (0.945, title, 30.0, room_px, {"fontweight": "bold"}),
        (0.891, subtitle, 15.5, subtitle_px, {"color": GREY}),
    )
    for y, words, full_pt, line_px, style in lines:
        size_pt = full_pt * scale
        text = figure.text(LEFT, y, words, fontsize=size_pt, va="center", **style)
        size_pt *= min(1.0, line_px / text.get_window_extent().width)
        text.set_fontsize(size_pt)
        while text.get_window_extent().width > line_px:  # letters keep to whole pixels
            size_pt *= 0.99
            text.set_fontsize(size_pt)


def draw_sources(
    figure: Figure, source_line: str, sizes_pt: Sequence[float] = SOURCE_SIZES_PT, top: float = FOOT_TOP
) -> None:
    """Write sources and attributions at the foot, from `top` down, smaller where they are long.

    What does not fit in the smallest size is cut, and the reader sent to the pack's README.
    """
    text = figure.text(LEFT, top, source_line, color=GREY, va="top", linespacing=1.25)
    height_in = top * figure.get_figheight() - 0.08
    for size_pt in sizes_pt:
        text.set(text=source_line, fontsize=size_pt)
        room_px = figure.bbox.width * (RIGHT - LEFT)
        # A line may be wider than the average of all by a few letters
        letters = int(0.96 * len(source_line) * room_px / text.get_window_extent().width)
        most = int(height_in * 72 / (size_pt * 1.25))
        lines = textwrap.wrap(source_line, letters)
        if len(lines) <= most:
            break
    else:
        lines = textwrap.wrap(source_line, letters, max_lines=most, placeholder=" … All sources: README.txt")
    text.set_text("\n".join(lines))


def shorten(text: Text, room_in: float) -> None:
    """Cut a text to its room in inches; an ellipsis says so."""
    words = text.get_text()
    figure = text.get_figure(root=True)
    if figure is None:
        raise ValueError("a text that is on no sheet has no width")
    while text.get_window_extent().width > room_in * figure.dpi and len(words) > 1:
        words = words[:-1]
        text.set_text(words.rstrip(" ,-(") + "…")


def write_description(path: Path, lines: Sequence[str]) -> None:
    """Write the description of the picture at `path` beside it, as ``.txt``."""
    path.with_suffix(".txt").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
