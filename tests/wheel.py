"""Say whether a wheel holds every file of the package and nothing else: `make wheel-check`."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"


def main(wheel: str) -> str:
    """Return what is wrong with a wheel; nothing where it is as it should be."""
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    faults = [f"not in it: {name}" for name in sorted(files - held)]
    faults += [f"of no use in it: {name}" for name in sorted(held - files)]
    return "\n".join(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) or 0)
