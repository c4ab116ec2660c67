"""Folders that parts of a matrix are written to: on a disk, or in an object store through fsspec.

A file is there whole or not at all: on a disk it is written beside its place and then moved there, an object
store shows an object when all of it has come.
"""

from __future__ import annotations

import os
import threading
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, cast

from ptreach.errors import InputError
from ptreach.sources.address import public_address, without_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESS: Final = "://"
_ON_DISK: Final = f"file{_ADDRESS}"
_ASIDE: Final = ".aside"
_TRIES: Final = 3


class Folder(Protocol):
    """A flat folder of files."""

    address: str
    """What opens it again, here or on another machine."""
    where: str
    """How messages call it."""

    def names(self) -> set[str]:
        """Return the names of the finished files; what begins with a dot is none."""

    def has(self, name: str) -> bool:
        """Return whether a file is there."""

    def open(self, name: str) -> BinaryIO:
        """Return a file, opened to be read from anywhere in it."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all; one of that name is replaced."""

    def tidy(self) -> None:
        """Remove what killed processes left half-written."""


def is_address(out: str | Path) -> bool:
    """Return whether `out` is an address such as ``s3://bucket/folder``, not a path."""
    return _ADDRESS in str(out)


def open_folder(out: str | Path, *, make: bool = False) -> Folder:
    """Return the folder at a path, or at an address that fsspec knows.

    Parameters
    ----------
    make
        Make it where it is missing, and remove what a killed run left half-written.

    Raises
    ------
    InputError
        Where it can't be reached or made.
    """
    if is_address(out) and not str(out).startswith(_ON_DISK):
        return _Store(str(out))
    folder = _DiskFolder(Path(str(out).removeprefix(_ON_DISK)))
    if make:
        folder.make()
    return folder


class _DiskFolder:
    """A folder on a disk, or on one that machines share."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.address = str(path.absolute())
        self.where = str(path)

    def make(self) -> None:
        """Make the folder; remove what a killed run left half-written."""
        with _told(self.where):
            self._path.mkdir(parents=True, exist_ok=True)
        self.tidy()

    def tidy(self) -> None:
        """Remove what killed processes left half-written."""
        with _told(self.where):
            for left_over in self._path.glob(f".*{_ASIDE}"):
                left_over.unlink(missing_ok=True)

    def names(self) -> set[str]:
        """Return the names of the finished files."""
        with _told(self.where):
            if not self._path.exists():
                return set()
            return {item.name for item in self._path.iterdir() if not item.name.startswith(".")}

    def has(self, name: str) -> bool:
        """Return whether a file is there."""
        return (self._path / name).is_file()

    def open(self, name: str) -> BinaryIO:
        """Return a file, opened to be read."""
        with _told(str(self._path / name)):
            return (self._path / name).open("rb")

    def write(self, name: str, data: bytes) -> None:
        """Write a file beside its place, then move it there."""
        aside = self._path / f".{name}.{os.getpid()}-{threading.get_ident()}{_ASIDE}"
        with _told(str(self._path / name)):
            for attempt in range(_TRIES):
                try:
                    _write_through(aside, data)
                    aside.replace(self._path / name)
                except FileNotFoundError:  # another process has taken it for a left-over meanwhile
                    if attempt + 1 == _TRIES:
                        raise
                else:
                    return
                finally:
                    aside.unlink(missing_ok=True)


def _write_through(path: Path, data: bytes) -> None:
    """Write a file to the disk itself, so that it is not empty after a power cut."""
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


class _Store:
    """A folder of an object store, or of whatever else fsspec knows."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.where = public_address(address)
        try:
            import fsspec
        except ImportError as error:
            raise InputError(
                f"addresses need a library that is not installed ({error.name})",
                where=self.where,
                remedy='install it: pip install ".[cluster]"',
            ) from error
        with self._told():
            self._store, self._root = fsspec.core.url_to_fs(address)

    def _told(self, name: str = "") -> AbstractContextManager[None]:
        """Turn whatever a store raises, which is what its makers like, into an InputError."""
        where = f"{self.where}/{name}" if name else self.where
        return _told(where, (Exception,), address=self.address)

    def names(self) -> set[str]:
        """Return the names of the finished files."""
        with self._told():
            self._store.invalidate_cache()  # other processes write there
            try:
                return {Path(name).name for name in self._store.ls(self._root, detail=False)}
            except FileNotFoundError:
                return set()

    def has(self, name: str) -> bool:
        """Return whether a file is there."""
        with self._told(name):
            return bool(self._store.isfile(f"{self._root}/{name}"))

    def open(self, name: str) -> BinaryIO:
        """Return a file, opened to be read."""
        with self._told(name):
            return cast("BinaryIO", self._store.open(f"{self._root}/{name}", "rb"))

    def write(self, name: str, data: bytes) -> None:
        """Write a file at one go."""
        with self._told(name):
            self._store.makedirs(self._root, exist_ok=True)
            self._store.pipe_file(f"{self._root}/{name}", data)

    def tidy(self) -> None:
        """Do nothing: a store shows whole objects only."""


@contextmanager
def _told(where: str, faults: tuple[type[Exception], ...] = (OSError,), address: str = "") -> Iterator[None]:
    """Turn faults of a disk or a store into an InputError that names the place, and no key of its address."""
    try:
        yield
    except InputError:
        raise
    except faults as error:
        said = getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
        driver = isinstance(error, ImportError)
        raise InputError(
            f"can't be read or written: {without_keys(said, address)}",
            where=where,
            remedy="install that library"
            if driver
            else "make room, see to its permissions, or name another folder; what is finished is kept",
        ) from (None if address else error)
