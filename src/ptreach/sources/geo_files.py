"""Geo files before GDAL opens them: of the kind that their name says, and none that sends for others.

GDAL tells a file by its content, whatever it is called, and some kinds hold no shapes but where to have them:
another file of the machine, an address of the web, a chain of commands. Such a file is refused.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Final

from ptreach.errors import InputError
from ptreach.sources.archive import READ_FAULTS, zip_files

_HEAD_BYTES: Final = 1 << 20
"""Further than any driver of GDAL looks to tell whether a file is its own."""
_XML: Final = rb"(\xef\xbb\xbf)?\s*<|\xff\xfe|\xfe\xff"
_JSON: Final = rb"(\xef\xbb\xbf)?\s*[{\[]"
_BEGINNINGS: Final = {
    ".gpkg": rb"SQLite format 3\0",
    ".geojson": _JSON,
    ".json": _JSON,
    ".shp": rb"\0\0\x27\x0a",
    ".fgb": rb"fgb",
    ".gml": _XML,
    ".kml": _XML,
    ".gpx": _XML,
    ".tab": rb"(?i:\s*!table)",
    ".mif": rb"(?i:\s*version)",
    ".zip": rb"PK",
}
GEO_SUFFIXES: Final = frozenset(_BEGINNINGS)
_SENDS: Final = re.compile(rb"<OGR\w*DataSource|gdal_streamed_alg")
"""OGR's virtual files, those of its clients for servers, and GDAL's chains of commands."""


def require_plain(path: Path) -> None:
    """Raise InputError where a geo file is of another kind than it is called, or sends GDAL elsewhere.

    Of a zip, all files in it are looked at. OSError is let through.
    """
    with path.open("rb") as stream:
        _check(stream.read(_HEAD_BYTES), path.suffix.lower(), str(path))
    if path.suffix.lower() == ".zip":
        _check_zip(path)


def _check_zip(path: Path) -> None:
    """Raise InputError as `require_plain`, for a zip."""
    with ExitStack() as stack:
        files = zip_files(path, path, stack)
        for file in files:
            suffix, where = PurePosixPath(file.name).suffix.lower(), f"{path}, {file.name}"
            try:
                with file.opened() as stream:
                    head = stream.read(_HEAD_BYTES)
            except READ_FAULTS as error:
                raise _refused(" ".join(str(error).split()), where) from error
            # GDAL opens a file that is alone in its zip whatever it is called
            if len(files) == 1 and suffix not in GEO_SUFFIXES - {".zip"}:
                raise _refused("the zip has no geo file in it", where)
            _check(head, suffix, where)


def _check(head: bytes, suffix: str, where: str) -> None:
    """Raise InputError for what a file begins with; one of no kind that we know need only send nowhere."""
    if _SENDS.search(head):
        raise InputError(
            "it holds no shapes, but where to have them: another file, an address or commands",
            where=where,
            remedy="save the shapes themselves, as GeoPackage or GeoJSON",
        )
    if suffix in _BEGINNINGS and not re.match(_BEGINNINGS[suffix], head):
        raise _refused(f"it does not begin as a file called {suffix} does", where)


def _refused(why: str, where: str) -> InputError:
    """Return the error of a file that is not what it is called."""
    return InputError(
        f"not readable: {why}", where=where, remedy="take the whole file again, under its own name"
    )
