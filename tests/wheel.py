"""Whether a wheel is whole and works by itself, on each Python that is at hand: `make wheel-check`.

It holds every file of the package and nothing else. In an environment with nothing but the wheel, and in an
empty folder, the program says its release, makes the made-up town, and finds that pack as it was written. All
Pythons make the same pack; only the manifest's word for the Python differs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
PACK: Final = "demo/demo-town"
WORDS: Final = (("--version",), ("demo",), ("verify", PACK))


def main(wheel: str, *pythons: str) -> str:
    """Try a wheel on programs such as ``python3.13``; say of each what came of it, return what is wrong."""
    faults = contents(wheel)
    packs: dict[str, dict[str, Any]] = {}
    for python in () if faults else pythons:
        found = at_hand(python)
        if found is None:
            print(f"{python}: not at hand, not tried", flush=True)
            continue
        path, release = found
        print(f"{python}: Python {release}, {path}", flush=True)
        with TemporaryDirectory() as folder:
            fault = trial(wheel, path, Path(folder))
            if not fault:
                packs[python] = pack_of(Path(folder) / PACK)
                fault = against(packs, python)
        faults += [f"{python}: {fault}"] if fault else []
        print(f"{python}: {'failed' if fault else 'made and verified the made-up town'}", flush=True)
    if not faults and not packs:
        faults = [f"tried on no Python: {' '.join(pythons) or 'none is named'}"]
    return "\n".join(faults)


def contents(wheel: str) -> list[str]:
    """Name the files of the package that a wheel lacks, and what else it holds."""
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    source = ROOT / "src"
    files = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    faults = [f"not in it: {name}" for name in sorted(files - held)]
    return faults + [f"of no use in it: {name}" for name in sorted(held - files)]


def at_hand(python: str) -> tuple[str, str] | None:
    """Return a program's own path and its release; none where it is not on the PATH or does not start."""
    program = shutil.which(python)
    if program is None:
        return None
    code = "import platform, sys; print(sys.executable, platform.python_version(), sep='\\n')"
    done = subprocess.run([program, "-c", code], capture_output=True, encoding="utf-8", check=False)
    lines = done.stdout.splitlines()
    return (lines[0], lines[1]) if done.returncode == 0 and len(lines) == 2 else None


def trial(wheel: str, python: str, folder: Path) -> str:
    """Install a wheel into a new environment and run its program in an empty folder; return what failed."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent))
    environment = folder / "environment"
    pins = ("-c", str(ROOT / "constraints.txt"))
    commands = [
        (uv, "venv", "-q", "--python", python, str(environment)),
        (uv, "pip", "install", "-q", "--python", str(environment), *pins, str(Path(wheel).resolve())),
        *((str(environment / "bin" / "ptreach"), *words) for words in WORDS),
    ]
    for command in commands:
        own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        if subprocess.run(command, cwd=folder, env=own, check=False).returncode:
            return f"failed: {' '.join(command)}"
    return ""


def pack_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of a pack, which has the digest of every file, without the Python that made it."""
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["libraries"]["python"]
    return manifest


def against(packs: dict[str, dict[str, Any]], python: str) -> str:
    """Say where the pack of a Python is another than that of the first one; nothing where it is the same."""
    first, *_ = packs
    own, other = packs[python], packs[first]
    if own == other:
        return ""
    parts = [f"{name} of its manifest" for name in sorted({*own, *other}) if own.get(name) != other.get(name)]
    files, others = own["files"], other["files"]
    parts += [name for name in sorted({*files, *others}) if files.get(name) != others.get(name)]
    return f"makes another pack than {first}: {', '.join(parts)}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
