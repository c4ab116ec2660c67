"""Pictures kept for the next run, in a file: those that are the same whatever is asked of a town.

The file is named after all that is drawn and the code that draws it, and removed when it is among the oldest.
"""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
import zipfile
import zlib
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
import shapely
from matplotlib import ft2font

from ptreach.aside import keep
from ptreach.caches import source_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MOST_KEPT: Final = 32
"""Files of pictures of 4 MB in a folder: the towns of a region, and some more."""
_PREFIX: Final = "pictures-"
_NAME: Final = re.compile(r"[a-z0-9-]+\.(?:png|svg|txt)")
"""What files of pictures are called after the town's name: nothing else is taken from what is kept."""

_log = logging.getLogger(__name__)


def draw_or_bring(
    draw: Callable[[Path], None], folder: Path, slug: str, shown: Iterable[bytes], kept: Path | None
) -> None:
    """Have pictures drawn into a folder, or bring those that were kept when the same was drawn before.

    Parameters
    ----------
    draw
        Draws into the folder that it is given, and names all files ``SLUG-...``; nothing in them hangs on
        the slug.
    folder, slug
        Where they go, and what their names begin with.
    shown
        All that they show: no two pictures that differ have the same.
    kept
        The folder they are kept in, where it can be written. They are drawn each time if None.
    """
    if kept is None:
        draw(folder)
        return
    path = kept / f"{_PREFIX}{_digest(shown)}.zip"
    files = _read(path)
    if files is None:
        with tempfile.TemporaryDirectory(prefix=".", dir=folder) as name:
            draw(Path(name))
            drawn = sorted(Path(name).iterdir())
            files = {file.name.removeprefix(f"{slug}-"): file.read_bytes() for file in drawn}
        keep(path, partial(_write, files))
        _drop_oldest(kept)
    for name, content in files.items():
        (folder / f"{slug}-{name}").write_bytes(content)


def _digest(shown: Iterable[bytes]) -> str:
    """Return the digest of what is shown, and of the code and the libraries that show it."""
    total = hashlib.sha256(_code_digest().encode())
    for part in shown:
        total.update(len(part).to_bytes(8, "little") + part)
    return total.hexdigest()[:16]


@lru_cache(maxsize=1)
def _code_digest() -> str:
    """Return the digest of the package's code, and of what letters, shapes and files are made by."""
    releases = [
        mpl.__version__,
        ft2font.__freetype_version__,
        shapely.__version__,
        shapely.geos_version_string,
    ]
    releases += [np.__version__, pd.__version__, zlib.ZLIB_RUNTIME_VERSION]
    return source_digest(Path(__file__).parents[2].rglob("*.py"), releases)


def _read(path: Path) -> dict[str, bytes] | None:
    """Return what is kept by name, None where nothing is, or it is damaged: that is said."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        why = str(error)
    else:
        if all(map(_NAME.fullmatch, found)):
            return found
        why = "it holds something else"
    _log.warning("%s: not readable (%s); drawn again", path, why)
    return None


def _write(files: Mapping[str, bytes], path: Path) -> None:
    """Write files into one; pictures of pixels are packed already."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            packing = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, packing, 3)


def _drop_oldest(kept: Path) -> None:
    """Remove what is kept beyond the latest few."""
    try:
        files = sorted(kept.glob(f"{_PREFIX}*.zip"), key=lambda path: path.stat().st_mtime_ns)
        for path in files[:-MOST_KEPT]:
            path.unlink()
    except OSError as error:  # another process was quicker, or the disk is read-only
        _log.info("%s: old pictures not removed: %s", kept, error)
