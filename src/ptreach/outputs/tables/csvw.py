"""The sidecar of a CSV (CSV on the Web, W3C): what each column is, for programs that read the table.

``ryde-zones.csv-metadata.json`` beside ``ryde-zones.csv``, the place where such programs look. Titles hold
the name in the file's first line before the words for people, since validators compare them with that line.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, Protocol

from ptreach.outputs.tables.columns import Column, Kind
from ptreach.outputs.tables.dictionary import describe
from ptreach.outputs.tables.frames import write_csv
from ptreach.outputs.wording import MADE_UP_NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ptreach.model import SourceRecord
    from ptreach.outputs.facts import AreasFacts
    from ptreach.outputs.tables.pack_tables import PackTable

SUFFIX: Final = "-metadata.json"
_SHIELDED: Final = (
    "A text that begins with = + - @, a tab or a line end (or with apostrophes before such a sign) has an "
    "apostrophe put before it, so that no spreadsheet program takes it for a formula: take one away to have "
    "it as it was."
)
_TYPES: Final[dict[Kind, Any]] = {
    Kind.TEXT: "string",
    Kind.WHOLE: "integer",
    Kind.NUMBER: "number",
    Kind.SHARE: {"base": "number", "minimum": 0, "maximum": 1},
    Kind.CLOCK: {"base": "string", "format": "[0-9]{2,}:[0-5][0-9]"},
    Kind.FLAG: {"base": "boolean", "format": "True|False"},
}


class Credits(Protocol):
    """What made the tables, whose data they are made of, and whether any of it is made up."""

    @property
    def version(self) -> str:
        """Version of ptreach."""

    @property
    def sources(self) -> Sequence[SourceRecord]:
        """Every input file."""

    @property
    def made_up(self) -> bool:
        """Whether any input is made up."""


def write_tables(
    folder: Path,
    slug: str,
    tables: Iterable[PackTable],
    areas: AreasFacts,
    cutoffs_min: Sequence[int],
    credit: Credits,
) -> None:
    """Write each table as a CSV with its sidecar beside it: ``ryde-zones.csv, ryde-zones.csv-metadata.json``.

    Raises
    ------
    ValueError
        Where a column is not in the dictionary.
    """
    for table in tables:
        path = folder / f"{slug}-{table.name}.csv"
        write_csv(path, table.frame)
        write_sidecar(path, table, describe(table.name, table.frame.columns, areas, cutoffs_min), credit)


def write_sidecar(csv_path: Path, table: PackTable, columns: Sequence[Column], credit: Credits) -> Path:
    """Write the sidecar of the CSV of `table` beside it and return its path.

    `columns` describe the table's columns in their order, as `describe` returns them.
    """
    path = csv_path.with_name(csv_path.name + SUFFIX)
    content = sidecar(csv_path.name, table, columns, credit)
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def sidecar(file_name: str, table: PackTable, columns: Sequence[Column], credit: Credits) -> dict[str, Any]:
    """Return the sidecar of a CSV as plain values."""
    about = f"{MADE_UP_NOTICE} {table.about}" if credit.made_up else table.about
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": file_name,
        "dc:title": table.title,
        "dc:description": f"{about} {_SHIELDED}",
        "dc:creator": f"ptreach {credit.version}",
        "dc:license": sorted({record.licence for record in credit.sources}),
        "dc:source": [_source(record.title, record.date, record.attribution) for record in credit.sources],
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": True, "lineTerminators": ["\n"]},
        "tableSchema": {
            "columns": [_column(column) for column in columns],
            "primaryKey": list(table.key),
        },
    }


def _source(title: str, date: str, attribution: str) -> str:
    """Return an input in one line, its attribution as it stands."""
    return f"{title}, {date}. {attribution}"


def _column(column: Column) -> dict[str, Any]:
    """Return the description of one column."""
    words = [column.about]
    if column.codes:
        words.append(f"Codes: {column.code_list}.")
    words += [f"Empty where {absence.why}." for absence in column.absences]
    described: dict[str, Any] = {
        "name": column.name,
        "titles": [column.name, column.heading],
        "dc:description": " ".join(words),
        "datatype": _datatype(column),
        "required": not column.absences,
    }
    if column.unit:
        described["schema:unitText"] = column.unit
    if column.absences:
        described["null"] = ""
    return described


def _datatype(column: Column) -> Any:  # noqa: ANN401 -- a JSON value
    """Return the type of a column's values, its codes as the only texts that there can be."""
    if column.codes:
        return {"base": "string", "format": "|".join(_literal(code) for code, _ in column.codes)}
    return _TYPES[column.kind]


def _literal(text: str) -> str:
    """Return a pattern that matches `text` alone, in the patterns of JavaScript, where a space is no sign."""
    return re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\1", text)
