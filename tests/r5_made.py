"""Everything that R5 needs, made up: a Java that says it is new enough, a jar, and a stand-in for r5py."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ptreach.caches import cache_folder
from ptreach.engine.r5_files import SourceFiles, prepare_files

if TYPE_CHECKING:
    from collections.abc import Sequence

STAND_IN = Path(__file__).with_name("r5_stand_in.py")


def make_java(folder: Path, release: str = "21.0.4") -> Path:
    """Write a program called java that says it is of a release; return what JAVA_HOME is to be."""
    if os.name == "nt":
        pytest.skip("the made-up Java is a shell script")
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True, exist_ok=True)
    lines = ["#!/bin/sh", f"echo '    java.home = {folder}'", f"echo '    java.version = {release}'", ""]
    program.write_text("\n".join(lines), encoding="utf-8")
    program.chmod(0o755)
    return folder


def leave_only_java(folder: Path, monkeypatch: pytest.MonkeyPatch, release: str) -> None:
    """Let a made-up Java of a release be the only one there is, whatever else this machine has."""
    java = make_java(folder, release) / "bin" / "java"
    monkeypatch.setattr("ptreach.engine.r5_machine._javas", lambda: [str(java)])


def make_machine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a machine that has all that R5 needs; return the jar."""
    package = folder / "stand-in" / "r5py"
    package.mkdir(parents=True)
    shutil.copyfile(STAND_IN, package / "__init__.py")
    jar = folder / "r5-made-up.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("com/conveyal/r5/R5Main.class", "")
    paths = [str(package.parent), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    monkeypatch.setenv("JAVA_HOME", str(make_java(folder / "java")))
    monkeypatch.setenv("PTREACH_R5_JAR", str(jar))
    monkeypatch.setenv("PTREACH_CACHE", str(cache_folder()))  # kernels are compiled once for all homes
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setattr("ptreach.engine.r5_machine.version", lambda _: "1.1.7")
    return jar


def prepared(network: Path, osm: Sequence[Path], *feeds: Path) -> Path:
    """A network's folder with the files that R5 reads."""
    prepare_files(network, SourceFiles(tuple(osm), feeds))
    return network
