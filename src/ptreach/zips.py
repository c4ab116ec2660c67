"""Zips that are the same, byte for byte, whenever and wherever they are written."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

WRITTEN: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""The date of files that must bear one inside: always the same, for it may not be today's."""
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_LEVEL: Final = 6


def dateless_entry(name: str) -> zipfile.ZipInfo:
    """Return the entry of a file that bears neither a date nor the system it was written on."""
    item = zipfile.ZipInfo(name, _EARLIEST)
    item.compress_type = zipfile.ZIP_DEFLATED
    item.create_system = _UNIX
    item.external_attr = 0o644 << 16
    return item


def without_dates(data: bytes, rewrite: Callable[[str, bytes], bytes] | None = None) -> bytes:
    """Return a zip of the same files in the same order, none of which bears a date.

    A file ``mimetype``, by which OpenDocument is told, stays uncompressed. `rewrite` gets the name and the
    content of each file and returns the content to store.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            entry = dateless_entry(item.filename)
            if item.filename == "mimetype":
                entry.compress_type = zipfile.ZIP_STORED
            new.writestr(entry, rewrite(item.filename, content) if rewrite else content, compresslevel=_LEVEL)
    return out.getvalue()
