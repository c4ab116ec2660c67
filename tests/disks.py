"""Small disks, and disks that are closed to writing: real ones, where this user may have them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of its own size in a folder; skips the test where none can be had."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def change_disk(folder: Path, options: str) -> None:
    """Give a disk another size or close it: ``size=2m``, ``ro``."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@contextmanager
def closed_folder(folder: Path) -> Iterator[Path]:
    """A folder that nothing can be written to, as a read-only share; skips the test where none can be had."""
    bind = ["mount", "--bind", str(folder), str(folder)]
    if sys.platform != "linux" or subprocess.run(bind, capture_output=True, check=False).returncode:
        pytest.skip("no right to close a folder")
    try:
        close = ["mount", "-o", "remount,bind,ro", str(folder)]
        if subprocess.run(close, capture_output=True, check=False).returncode:
            pytest.skip("no right to close a folder")
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
