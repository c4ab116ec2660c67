"""Which files of a recipe are used, and what is known of each.

A file and its alternatives (``instead_of``) are a group, of which exactly one is used, for trips that two
feeds share would run twice: the one that is there; where several are, the first. An optional file that is
not there is left out, which is said every time.
"""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.errors import InputError
from ptreach.model import SourceRecord
from ptreach.sources.fetched import read_fetched
from ptreach.sources.recipe import SOURCES_FOLDER

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from ptreach.sources.fetched import Fetched
    from ptreach.sources.recipe import Recipe, Source

LATEST: Final = "latest"
"""The date of a file that has no edition: what the publisher has there on the day."""

_log = logging.getLogger(__name__)


class Group(NamedTuple):
    """A file and its alternatives, in the recipe's order."""

    main: Source
    alternatives: tuple[Source, ...]

    @property
    def choices(self) -> tuple[Source, ...]:
        """All of which one is used."""
        return (self.main, *self.alternatives)

    def there(self, folder: Path) -> tuple[Source, ...]:
        """Return the choices whose files lie in ``folder/sources``."""
        return tuple(source for source in self.choices if (folder / SOURCES_FOLDER / source.file).is_file())


def groups_of(recipe: Recipe) -> tuple[Group, ...]:
    """Return the files of a recipe, each with its alternatives."""
    return tuple(
        Group(main, tuple(source for source in recipe.sources if source.instead_of == main.file))
        for main in recipe.sources
        if not main.instead_of
    )


def left_out(recipe: Recipe, folder: Path) -> tuple[Source, ...]:
    """Return the optional files that are not there, nor any alternative of theirs."""
    return tuple(group.main for group in groups_of(recipe) if group.main.optional and not group.there(folder))


def digest_file(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def source_records(
    recipe: Recipe, folder: Path, kinds: Collection[str] | None = None
) -> tuple[SourceRecord, ...]:
    """Return what is known of the files in ``folder/sources`` that are used, in the recipe's order.

    What is left out, and a second file of a group, is logged as a warning. Only files of `kinds` are looked
    at; all if None.

    Raises
    ------
    InputError
        Where a file is missing or is not the one whose sha256 the recipe pins.
    """
    fetched = read_fetched(folder / SOURCES_FOLDER)
    records = []
    for group in groups_of(recipe):
        if kinds is not None and group.main.kind not in kinds:
            continue
        there = group.there(folder)
        if there and there[0] != group.main:
            _log.info("%s is used in place of %s", there[0].file, group.main.file)
        for spare in there[1:]:
            _log.warning(
                "%s is not used, for %s is there, to which it is the alternative", spare.file, there[0].file
            )
        if there or not group.main.optional:
            records.append(_record(recipe, group, there, folder, fetched))
    _tell_left_out(
        recipe, [source for source in left_out(recipe, folder) if kinds is None or source.kind in kinds]
    )
    return tuple(records)


def _tell_left_out(recipe: Recipe, absent: list[Source]) -> None:
    """Warn of optional files that are not there; last, so that a file that must be there is told alone."""
    if absent:
        _log.warning(
            "%s is used without %d optional file%s: %s",
            recipe.name,
            len(absent),
            "s" * (len(absent) > 1),
            "; ".join(
                f"{source.file} ({source.title})"
                + (f"; to add it, {source.how_to_get}" * bool(source.how_to_get))
                for source in absent
            ),
        )


def _record(
    recipe: Recipe, group: Group, there: tuple[Source, ...], folder: Path, fetched: dict[str, Fetched]
) -> SourceRecord:
    """Return what is known of the file of a group that is used; raises as `source_records` does."""
    if not there:
        what = f"the {group.main.kind} file '{group.main.file}' is missing"
        remedy = f"run ptreach fetch {recipe.name} [--mirror DIR]"
        if group.alternatives:
            remedy += f", with {alternative_option(group)} for another in its place"
        raise InputError(what, where=str(folder / SOURCES_FOLDER), remedy=remedy)
    source = there[0]
    path = folder / SOURCES_FOLDER / source.file
    digest = digest_file(path)
    if source.sha256 and digest != source.sha256:
        raise InputError(
            f"not the file that the recipe pins: its sha256 is {digest[:12]}…, not {source.sha256[:12]}…",
            where=str(path),
            remedy=f"run ptreach fetch {recipe.name} again, or correct sha256 in the recipe",
        )
    return record_of(recipe, source, path, digest, fetched.get(source.file))


def alternative_option(group: Group) -> str:
    """Return the options for a group's alternatives: ``--alternative b.zip (Buses) or …``."""
    return " or ".join(f"--alternative {source.file} ({source.title})" for source in group.alternatives)


def record_of(
    recipe: Recipe, source: Source, path: Path, digest: str, fetched: Fetched | None = None
) -> SourceRecord:
    """Return what is known of the file at `path`, whose sha256 is `digest`.

    The date of a file without an edition is the day it was published, where `fetched` is of this very file.
    """
    same = fetched is not None and fetched.sha256 == digest
    date, url = source.date, source.public_url
    if fetched is not None and same:
        date = fetched.published if date == LATEST and fetched.published else date
        url = fetched.address
    return SourceRecord(
        kind=source.kind,
        path=path,
        sha256=digest,
        size_bytes=path.stat().st_size,
        title=source.title,
        publisher=source.publisher,
        licence=source.licence,
        attribution=source.attribution,
        date=date,
        url=url,
        note=source.note,
        made_up=recipe.made_up,
        pinned=digest == source.sha256,
    )
