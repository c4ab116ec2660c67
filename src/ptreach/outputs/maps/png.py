"""Pictures as PNG, each row as what it differs by from the row above.

Libraries try five ways on every row and keep the best, which takes most of their time. On maps and charts, where
a row is much like the one above, the second of them is within some per cent of the best, and zlib packs what is left.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LEVEL: Final = 2
"""Of zlib: above it files shrink by a hundredth, and take a third longer."""
_UP: Final = 2
"""Number of the filter in the standard (W3C, Portable Network Graphics, 9.2)."""
_TRUECOLOUR_8_BITS: Final = (8, 2, 0, 0, 0)


def write_png(path: Path, pixels: NDArray[np.uint8], dpi: int) -> None:
    """Write red, green and blue, shape (height, width, 3), with its resolution in pixels an inch.

    The same pixels give the same bytes.
    """
    height, width, _ = pixels.shape
    rows = np.empty((height, 1 + 3 * width), dtype=np.uint8)
    rows[:, 0] = _UP
    values = pixels.reshape(height, 3 * width)
    rows[0, 1:] = values[0]  # above the first row there are zeros
    np.subtract(values[1:], values[:-1], out=rows[1:, 1:])  # modulo 256, as the standard has it
    per_metre = round(dpi / 0.0254)
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.write(_chunk(b"IHDR", struct.pack(">2I5B", width, height, *_TRUECOLOUR_8_BITS)))
        file.write(_chunk(b"pHYs", struct.pack(">2IB", per_metre, per_metre, 1)))
        file.write(_chunk(b"IDAT", zlib.compress(rows, LEVEL)))
        file.write(_chunk(b"IEND", b""))


def _chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk: length, kind, data and the check of the last two."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
