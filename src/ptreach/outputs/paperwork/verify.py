"""Whether a pack is as it was written: every file beside the digests of its manifest."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

from ptreach.errors import InputError
from ptreach.outputs.paperwork.manifest import NAME, is_pack

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Verification(NamedTuple):
    """How many files the manifest lists; which are missing, which have changed, which are not of the pack.

    A link that leads out of the pack has changed, whatever it leads to: it is never followed.
    Names are paths below the pack with forward slashes, sorted.
    """

    listed: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all is as it was written."""
        return not (self.missing or self.changed or self.extra)


def verify_pack(folder: Path) -> Verification:
    """Return how the files of a pack, or of a profile, compare with its manifest.

    Raises
    ------
    InputError
        Where the folder is no pack, its manifest is not as ptreach writes it, or a file can't be read.
    """
    digests = _digests(folder)
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and path != folder / NAME
    }
    try:
        changed = [
            name
            for name, digest in digests.items()
            if name in found and not (is_own(folder, found[name]) and _sha256(found[name]) == digest)
        ]
    except OSError as error:
        raise InputError(
            f"not readable: {error.strerror}", where=str(error.filename or folder), remedy="check permissions"
        ) from error
    return Verification(
        listed=len(digests),
        missing=tuple(sorted(digests.keys() - found.keys())),
        changed=tuple(sorted(changed)),
        extra=tuple(sorted(found.keys() - digests.keys())),
    )


class InputCheck(NamedTuple):
    """How many inputs a manifest lists; which are not there any more, which are others by their digest."""

    listed: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]


def verify_inputs(folder: Path, home: Path) -> InputCheck:
    """Return how the files below ``home/networks`` compare with the inputs that a pack was made from.

    Only files of recipes are looked for, in the order of the manifest; those that lie beside a town's file
    are missing.

    Raises
    ------
    InputError
        As `verify_pack`.
    """
    content = require_pack(folder)
    recipes = [content[part]["name"] for part in ("network", "areas") if part in content]
    missing, changed = [], []
    for row in content["inputs"]:
        name = PurePosixPath(row["file"]).name
        paths = [home / "networks" / recipe / "sources" / name for recipe in recipes]
        found = [path for path in paths if path.is_file()]
        if not found:
            missing.append(name)
        elif row["sha256"] not in map(_sha256, found):
            changed.append(name)
    return InputCheck(len(content["inputs"]), tuple(missing), tuple(changed))


def require_pack(folder: Path) -> dict[str, Any]:
    """Return the manifest of a pack or profile; raise InputError where the folder has none."""
    if not is_pack(folder):
        what = "is no folder" if not folder.is_dir() else f"is no pack ({NAME} is missing or alien)"
        raise InputError(
            what, where=str(folder), remedy="name the folder that ptreach run wrote, such as packs/ryde"
        )
    content: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    return content


def is_own(folder: Path, path: Path) -> bool:
    """Say whether a file is there and within a pack's folder, and no link that leads out of it."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def _digests(folder: Path) -> dict[str, str]:
    """Return the digests of the manifest by the file's name, all of them in the folder."""
    files = require_pack(folder)["files"]
    fault = InputError(
        "its list of files is not as ptreach writes it",
        where=str(folder / NAME),
        remedy="make the pack again",
    )
    if not isinstance(files, dict):
        raise fault
    digests = {}
    for name, row in files.items():
        digest = row.get("sha256") if isinstance(row, dict) else None
        parts = PurePosixPath(name).parts
        inside = bool(parts) and ".." not in parts and not PurePosixPath(name).is_absolute()
        inside &= not PureWindowsPath(name).drive
        if not inside or "\\" in name or not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            raise fault
        digests[name] = digest
    return digests


def _sha256(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
