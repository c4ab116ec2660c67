"""The folder for what can be made again."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

CACHE_VARIABLE: Final = "PTREACH_CACHE"


def cache_folder() -> Path:
    """Return the folder for what can be made again: ``PTREACH_CACHE``, else the system's place for caches."""
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "ptreach"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ptreach"
