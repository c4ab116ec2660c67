"""Tables in a zip that is the same, byte for byte, whenever and wherever it is written."""

from __future__ import annotations

import zipfile
from typing import Final

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3


def dateless_entry(name: str) -> zipfile.ZipInfo:
    """Return the entry of a file that bears neither a date nor the system it was written on."""
    item = zipfile.ZipInfo(name, _EARLIEST)
    item.compress_type = zipfile.ZIP_DEFLATED
    item.create_system = _UNIX
    item.external_attr = 0o644 << 16
    return item
