"""Hundreds of short values on a picture, letter by letter: a text each would take most of the picture's time.

All letters of a kind and colour are one collection: its outline once, and where it stands.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.collections import PathCollection
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Value(NamedTuple):
    """What is written, the inches from the left and the top of the axes to its middle, and its colour."""

    words: str
    x_in: float
    y_in: float
    colour: str


class _Letter(NamedTuple):
    """An outline in inches about the beginning of its baseline, and how far on the next letter stands."""

    outline: TextPath
    advance_in: float


def draw_values(figure: Figure, axes: Axes, values: Iterable[Value], *, size_pt: float, order: float) -> None:
    """Write values in axes of inches, at a place of the order of painting; each in the middle of its place.

    Figures stand level however high other letters are.
    """
    up_in = float(_letter("0", size_pt).outline.get_extents().height) / 2
    places: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for value in values:
        advances_in = [_letter(letter, size_pt).advance_in for letter in value.words]
        x_in = value.x_in - sum(advances_in) / 2
        for letter, advance_in in zip(value.words, advances_in, strict=True):
            places[value.colour, letter].append((x_in, value.y_in + up_in))
            x_in += advance_in
    for (colour, letter), corners in places.items():
        axes.add_collection(
            PathCollection(
                [_letter(letter, size_pt).outline], offsets=corners, offset_transform=axes.transData,
                transform=figure.dpi_scale_trans, facecolors=colour, linewidths=0, snap=False, zorder=order,
            ),
            autolim=False,
        )  # fmt: skip


@lru_cache(maxsize=256)
def _letter(letter: str, size_pt: float) -> _Letter:
    """Return a letter of the pictures' font; the next begins where a nought would."""
    outline, both = _outline(letter, size_pt), _outline(f"{letter}0", size_pt)
    begun = len(outline.vertices)
    nought = Outline(both.vertices[begun:], both.codes[begun:]).get_extents()
    return _Letter(outline, float(nought.x0 - _outline("0", size_pt).get_extents().x0))


def _outline(words: str, size_pt: float) -> TextPath:
    """Return the outline of words in inches, from the beginning of their baseline."""
    return TextPath((0, 0), words, size=size_pt / 72, prop=FontProperties(family="DejaVu Sans"))
