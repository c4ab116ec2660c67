"""What is known of files that were downloaded: kept beside them, so that a newer edition can be asked for.

``sources/.fetched.json`` holds, by file: its sha256, what the server tells its editions apart by, the date it
was published (the server's Last-Modified) and the address without keys. A file that somebody has replaced has
another sha256, and what is kept here is not of it.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_FILE: Final = ".fetched.json"

_log = logging.getLogger(__name__)


class Fetched(NamedTuple):
    """A file that was downloaded.

    ``tag`` and ``published`` (YYYY-MM-DD) are empty where the server gave none; ``address`` is without keys.
    """

    sha256: str
    tag: str
    published: str
    address: str


def read_fetched(folder: Path) -> dict[str, Fetched]:
    """Return what is known of the downloaded files in `folder`, by name; nothing where it is unreadable."""
    path = folder / _FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(file): Fetched(*(str(known[key]) for key in Fetched._fields)) for file, known in found.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        _log.warning("%s is not readable and is not used: %s", path, error)
        return {}


def write_fetched(folder: Path, known: dict[str, Fetched]) -> None:
    """Keep what is known of the downloaded files in `folder`; OSError is let through."""
    content = {file: known[file]._asdict() for file in sorted(known)}
    part = folder / f"{_FILE}.part"
    part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8", newline="\n")
    part.replace(folder / _FILE)
