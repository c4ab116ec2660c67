"""The picture of README.md: the map of the made-up town, in small; run this to draw it anew."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PIL import Image

import ptreach as pt

KEPT = Path(__file__).parents[1] / "docs" / "demo-town.png"
SIZE = (1280, 720)
COLOURS = 256
"""With half as many, the star is as pale as the band around it."""


def in_small(pack: Path) -> Image.Image:
    """The journey-time map of the made-up town's pack, as README.md shows it."""
    with Image.open(pack / "maps" / "demo-town-journey-time.png") as slide:
        return slide.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        in_small(pt.demo(folder)).quantize(COLOURS).save(KEPT, optimize=True)
