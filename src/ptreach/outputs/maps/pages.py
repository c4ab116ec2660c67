"""The pages that pictures are drawn on, slide and A4, and where on them title, picture and foot stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Box(NamedTuple):
    """A part of a page in inches; ``top`` is the distance from the page's top."""

    left: float
    top: float
    width: float
    height: float


class Page(NamedTuple):
    """A page: sizes in inches and points, the largest of letters first."""

    suffix: str
    """What files of this page have after the picture's name."""
    width_in: float
    height_in: float
    margin_in: float
    """To the left and right."""
    title_pt: tuple[float, float]
    """Size of a short title, and the least."""
    title_lines: int
    subtitle_pt: tuple[float, float]
    subtitle_lines: int
    foot_pt: tuple[float, ...]
    body: tuple[float, float]
    """Where the picture begins and ends below title and subtitle: distances from the page's top."""
    bottom_in: float
    """Kept free below the foot."""

    @property
    def smallest_pt(self) -> float:
        """The least size of letters."""
        return self.foot_pt[-1]

    @property
    def room_in(self) -> float:
        """Width between the margins."""
        return self.width_in - 2 * self.margin_in

    @property
    def body_in(self) -> float:
        """Height of the picture."""
        return self.body[1] - self.body[0]

    def pt(self, size_pt: float) -> float:
        """Return a size of letters, raised to the page's least."""
        return max(size_pt, self.smallest_pt)

    def beside(self, path: Path, ending: str = ".png") -> Path:
        """Return the file of this page for the picture at `path`, which is the slide's PNG."""
        return path.with_name(f"{path.stem}{self.suffix}{ending}")

    def shares(self, box: Box) -> tuple[float, float, float, float]:
        """Return left, bottom, width and height of a box as shares of the page."""
        bottom = self.height_in - box.top - box.height
        return (
            box.left / self.width_in, bottom / self.height_in, box.width / self.width_in,
            box.height / self.height_in,
        )  # fmt: skip


SLIDE: Final = Page("", 12.8, 7.2, 0.28, (24.0, 12.0), 1, (12.4, 8.0), 1, (8.8, 8.0), (1.0, 6.38), 0.03)
"""16:9, 2560 by 1440 pixels: sharp on a projector; on a slide of 13.33 inches 8 points are 8.3."""
PORTRAIT: Final = Page("-a4", 8.27, 11.69, 0.6, (20.0, 13.0), 2, (11.0, 9.0), 2, (9.0,), (2.0, 9.69), 0.5)
"""A4 upright, for a report."""
LANDSCAPE: Final = Page("-a4", 11.69, 8.27, 0.6, (21.0, 13.0), 1, (11.5, 9.0), 1, (9.0,), (1.45, 6.7), 0.45)
"""A4 on its side, for what is wide."""
SMALLEST_PT: Final = SLIDE.smallest_pt
