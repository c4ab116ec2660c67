"""The map of a pack in small, for a page that shows many."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Final, NamedTuple

from PIL import Image

from ptreach.outputs.maps.sheet import SLIDE

if TYPE_CHECKING:
    from pathlib import Path

WIDTH_PX: Final = 400
"""Twice what it is shown at, for screens with fine pixels."""
_COLOURS: Final = 64
_RIGHT: Final = 0.74
"""Where the map ends and the key beside it begins, as a share of the slide's width."""


class Thumbnail(NamedTuple):
    """A picture as an address that holds all of it, and its size in pixels."""

    address: str
    width_px: int
    height_px: int


def thumbnail(path: Path) -> Thumbnail | None:
    """Return the map of a slide in small, without title, key and foot; None where the file is no picture."""
    try:
        with Image.open(path) as slide:
            picture = slide.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    width, height = picture.size
    left, right = round(width * SLIDE.margin_in / SLIDE.width_in), round(width * _RIGHT)
    top, bottom = (round(height * inch / SLIDE.height_in) for inch in SLIDE.body)
    height_px = max(1, round(WIDTH_PX * (bottom - top) / max(right - left, 1)))
    small = picture.crop((left, top, right, bottom)).resize((WIDTH_PX, height_px), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    small.quantize(_COLOURS).save(data, "PNG", optimize=True)
    return Thumbnail(
        f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}", WIDTH_PX, height_px
    )
