"""Manifests of packs, to verify the files beside them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from fuzz.case import Parser
from fuzz.forms import write_json
from ptreach.outputs.paperwork.manifest import NAME
from ptreach.outputs.paperwork.verify import verify_pack

if TYPE_CHECKING:
    import random
    from pathlib import Path

_FILES = {"README.txt": b"hello\n", "tables/zones.csv": b"id\n1\n"}
MANIFEST = {
    "ptreach": "0.1.0",
    "town": {"name": "Ryde", "slug": "ryde"},
    "files": {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in _FILES.items()
    },
}


def write_case(dice: random.Random, folder: Path) -> None:
    """Write a pack whose manifest is damaged, or its files are."""
    for name, content in _FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if dice.random() < 0.9:
            path.write_bytes(content)
    write_json(folder / NAME, MANIFEST, dice)


def read_case(folder: Path) -> int:
    """Verify a pack; files that are not as they were count as repairs."""
    found = verify_pack(folder)
    assert found.is_whole == (not (found.missing or found.changed or found.extra))
    return len(found.missing) + len(found.changed) + len(found.extra)


PARSER = Parser(write_case, read_case)
