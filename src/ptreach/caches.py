"""The folder for what can be made again, and what tells the code that made it from any other."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

CACHE_VARIABLE: Final = "PTREACH_CACHE"


def cache_folder() -> Path:
    """Return the folder for what can be made again: ``PTREACH_CACHE``, else the system's place for caches."""
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "ptreach"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ptreach"


def source_digest(paths: Iterable[Path], releases: Iterable[str]) -> str:
    """Return the digest of source files, however their lines end, and of the releases that they rest on."""
    total = hashlib.sha256("\0".join(releases).encode())
    for path in sorted(paths):
        total.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()[:16]
