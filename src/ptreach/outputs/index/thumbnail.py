"""The map of a pack in small, for a page that shows many."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Final, NamedTuple

from PIL import Image

from ptreach.outputs.maps.pages import SLIDE

if TYPE_CHECKING:
    from pathlib import Path

WIDTH_PX: Final = 400
"""Twice what it is shown at, for screens with fine pixels."""
_COLOURS: Final = 64


class Thumbnail(NamedTuple):
    """A picture as an address that holds all of it, and its size in pixels."""

    address: str
    width_px: int
    height_px: int


def thumbnail(path: Path) -> Thumbnail | None:
    """Return the map of a slide in small, without title, key and foot; None where the file is no picture."""
    from ptreach.outputs.maps.journey_map import MAP_BOXES

    try:
        with Image.open(path) as slide:
            picture = slide.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    width, height = picture.size
    left, bottom, across, up = SLIDE.shares(MAP_BOXES[SLIDE])
    box = width * left, height * (1 - bottom - up), width * (left + across), height * (1 - bottom)
    part = picture.crop((round(box[0]), round(box[1]), round(box[2]), round(box[3])))
    height_px = 2 * max(1, round(WIDTH_PX / 2 * part.height / max(part.width, 1)))
    small = part.resize((WIDTH_PX, height_px), Image.Resampling.LANCZOS, reducing_gap=3)
    data = io.BytesIO()
    small.quantize(_COLOURS).save(data, "PNG", optimize=True)
    address = f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"
    return Thumbnail(address, WIDTH_PX, height_px)
