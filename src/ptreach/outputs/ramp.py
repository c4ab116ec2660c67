"""Colours of the pack: one sequential ramp for bands of travel time, quiet ones for the ground.

The ramp is that of the departmental data packs, ``#CDE594`` to ``#080C54``. Near is dark: what the map is
about, the places within easy reach, carries the weight, and the ramp fades towards the pale ground of what is
not reached. Neighbouring steps differ by less than 3:1 in contrast, so colour never stands alone: bands are
outlined in `INK`, labelled on the map, and listed in a table.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

RAMP: Final = ("#080C54", "#186290", "#1F9EB7", "#80C6A3", "#CDE594")
"""The ramp from near to far."""
INK: Final = "#080C54"
"""Outlines, titles and labels: the ramp's own darkest step."""
GROUND: Final = "#F1EFEA"
"""Land beyond the last cutoff or not reached."""
STAR: Final = "#FFD400"
"""The town's point."""
WATER: Final = "#BFD9EA"
"""Lakes and rivers."""
SEA: Final = "#D6E5EF"
"""What no zone covers, where that is the sea."""
OUTSIDE: Final = "#DEDDDA"
"""What no zone covers, where that may be land."""
LEAST_CONTRAST: Final = 4.5
"""Of letters of any size with what is behind them, by WCAG 2.2."""
MISSING: Final = "#BDBDBD"
"""Zones without minutes, in layers that paint zones."""


def band_colours(bands_n: int) -> tuple[str, ...]:
    """Return `bands_n` colours of the ramp as ``#RRGGBB``, nearest band first.

    Up to four bands leave out the darkest step, which would hide streets and outlines; five take the ramp as
    it is; more are mixed between its steps. The furthest band is always the lightest step.
    """
    if bands_n == 1:
        return (RAMP[2],)
    first = 1 if bands_n < len(RAMP) else 0
    span = len(RAMP) - 1 - first
    return tuple(_mixed(first + span * index / (bands_n - 1)) for index in range(bands_n))


def _mixed(position: float) -> str:
    """Return the colour at a position of the ramp, 0 being its first step and 4 its last."""
    low = min(int(position), len(RAMP) - 2)
    share = position - low
    pairs = zip(_channels(RAMP[low]), _channels(RAMP[low + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of ``#RRGGBB``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#RRGGBB``, 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    shares = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=256)
def letters_on(background: str) -> str:
    """Return `INK`, white or black: the first of them that WCAG 2.2 lets stand on ``#RRGGBB`` (4.5:1)."""
    behind = luminance(background) + 0.05
    for letters in (INK, "#FFFFFF"):
        before = luminance(letters) + 0.05
        if max(before, behind) / min(before, behind) >= LEAST_CONTRAST:
            return letters
    return "#000000"  # where white fails by a little, black does not
