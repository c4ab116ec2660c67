"""The files beside several packs: index page, table, spreadsheets, and the list of what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach import __version__
from ptreach.outputs.folder import replacing_files, write_text
from ptreach.outputs.index.book import places_book
from ptreach.outputs.index.failures import FAILURES_CSV, known_failures
from ptreach.outputs.index.found import packs_in, sources_of, town_folders
from ptreach.outputs.index.page import index_page
from ptreach.outputs.index.table import failures_table, places_table
from ptreach.outputs.tables.csvw import SUFFIX, write_sidecar
from ptreach.outputs.tables.dictionary import describe_beside
from ptreach.outputs.tables.frames import write_csv
from ptreach.outputs.tables.opendocument import write_opendocument
from ptreach.outputs.tables.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from ptreach.model import SourceRecord
    from ptreach.outputs.index.failures import Failure
    from ptreach.outputs.tables.pack_tables import PackTable

INDEX: Final = "index.html"
_PLACES: Final = "places"


class _Credit(NamedTuple):
    """What sidecars say of the tables' making."""

    version: str
    sources: tuple[SourceRecord, ...]
    made_up: bool


def write_index(
    folder: Path, *, failures: Sequence[Failure] = (), ran: Collection[str] = (), several: bool = False
) -> Path | None:
    """Write the index of the packs that lie in a folder, and the tables that set them beside each other.

    Files are ``index.html``; ``places.csv`` with its sidecar, ``places.xlsx`` and ``places.ods`` where there
    is a pack; ``places-failures.csv`` with its sidecar where a run failed. All are composed anew, from the
    packs themselves; failures of earlier runs stand until their places are run again.

    Parameters
    ----------
    failures, ran
        What failed in this run, and the folders' names of all places of this run.
    several
        Whether to write them for a single pack too.

    Returns
    -------
    The page; None where there is but one pack, no earlier index, and not `several`.

    Raises
    ------
    InputError
        Where the folder can't be read or written to, or an older file is open in another program.
    """
    if not (several or (folder / INDEX).is_file() or len(town_folders(folder)) > 1):
        return None
    packs, unread = packs_in(folder)
    known = known_failures(folder, failures, ran)
    table = places_table(packs) if packs else None
    tables = [table] if table else []
    if known:
        kept = frozenset(pack.folder.name for pack in packs)
        tables.append(failures_table(known, kept))
    made_up = bool(packs) and all(pack.made_up for pack in packs)
    credit = _Credit(__version__, sources_of(packs), made_up)
    with replacing_files(folder, _PLACES, "the index") as part:
        for one in tables:
            _write_table(part / _csv_name(one), one, credit)
        if tables:
            book = places_book(packs, tables)
            write_workbook(part / f"{_PLACES}.xlsx", book)
            write_opendocument(part / f"{_PLACES}.ods", book)
        files = {path.name for path in (*part.iterdir(), *folder.iterdir())}
        write_text(part / INDEX, index_page(packs, table, known, unread, files))
    if not known:
        for name in (FAILURES_CSV, FAILURES_CSV + SUFFIX):
            (folder / name).unlink(missing_ok=True)
    return folder / INDEX


def _csv_name(table: PackTable) -> str:
    """Return the name of a table's CSV."""
    return f"{_PLACES}.csv" if table.name == _PLACES else FAILURES_CSV


def _write_table(path: Path, table: PackTable, credit: _Credit) -> None:
    """Write a table as a CSV with its sidecar."""
    write_csv(path, table.frame)
    write_sidecar(path, table, describe_beside(table.name, table.frame.columns), credit)
