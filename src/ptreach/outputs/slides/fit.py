"""How much room words take on a slide, estimated without a font: rather a little too much than too little."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE_EM: Final = 1.22
"""Height of a line of Arial, in its size."""
_EMS: Final = (
    ("ijl'|", 0.28),
    (" .,:;!/()[]-ftrI·", 0.36),
    ("mwMW@%…", 1.0),
    ("ABCDEFGHKNOPQRSTUVXYZ&<>=+", 0.76),
)
_BOLD: Final = 1.08
_ROUNDING_PT: Final = 1e-6


def width_pt(text: str, size_pt: float, *, bold: bool = False) -> float:
    """Return the width in points of one line of Arial."""
    return sum(map(_em, text)) * size_pt * (_BOLD if bold else 1.0)


def _em(letter: str) -> float:
    """Return the width of a letter in the size of its font."""
    for letters, width in _EMS:
        if letter in letters:
            return width
    if letter.isascii():
        return 0.56
    return 1.05 if unicodedata.east_asian_width(letter) in {"W", "F"} else 0.8


def wrapped(text: str, room_pt: float, size_pt: float, *, bold: bool = False) -> list[str]:
    """Return the lines of a text in `room_pt` points; a word that is wider than that is cut into pieces."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width_pt(longer, size_pt, bold=bold) <= room_pt:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while (fits := max(_letters_that_fit(line, room_pt, size_pt, bold=bold), 1)) < len(line):
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line]


def largest_size(
    text: str, room_pt: float, lines_n: int, sizes_pt: Sequence[int], *, bold: bool = False
) -> int:
    """Return the first of `sizes_pt` at which a text takes at most so many lines, else the last."""
    for size_pt in sizes_pt:
        if len(wrapped(text, room_pt, size_pt, bold=bold)) <= lines_n:
            return size_pt
    return sizes_pt[-1]


def shortened(text: str, room_pt: float, size_pt: float) -> str:
    """Return a text that fits one line, its end cut for ``…`` where it must be."""
    if _letters_that_fit(text, room_pt, size_pt) == len(text):
        return text
    fits = _letters_that_fit(text, room_pt - width_pt("…", size_pt), size_pt)
    return f"{text[:fits].rstrip()}…"


def _letters_that_fit(text: str, room_pt: float, size_pt: float, *, bold: bool = False) -> int:
    """Return how many letters from a text's start fit in `room_pt` points."""
    used_pt = 0.0
    for number, letter in enumerate(text):
        used_pt += width_pt(letter, size_pt, bold=bold)
        if used_pt > room_pt + _ROUNDING_PT:
            return number
    return len(text)
