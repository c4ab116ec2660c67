"""The dictionary: every column of every table of a pack, or beside several, described once.

A table's own entry (`own_columns`) comes before those that tables share (`shared_columns`), an exact name
before a pattern. A new table needs the entries of its columns there and nothing else: sidecar, sheets and
slides follow.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ptreach.measures.band_changes import all_band_labels
from ptreach.measures.bands import band_labels, beyond_label
from ptreach.model import Reason
from ptreach.outputs.tables.layer_columns import LAYER_COLUMNS
from ptreach.outputs.tables.log_columns import LOG_COLUMNS
from ptreach.outputs.tables.own_columns import FIGURE_CODES, FIGURES, INEQUALITY_CODES, OWN_COLUMNS
from ptreach.outputs.tables.place_columns import PLACE_COLUMNS
from ptreach.outputs.tables.shared_columns import REASONS, SHARED_COLUMNS
from ptreach.outputs.wording import ordinal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ptreach.outputs.facts import AreasFacts
    from ptreach.outputs.tables.columns import Column

_NUMBER: Final = "{n}"
_NAME: Final = "{name}"
_POINT: Final = "{point}"


def describe(
    table: str, names: Iterable[str], areas: AreasFacts, cutoffs_min: Sequence[int]
) -> tuple[Column, ...]:
    """Return the descriptions of a table's columns, in their order.

    Parameters
    ----------
    table
        Name of the table, as in `own_columns`.
    names
        Names of its columns.
    areas
        The zones' edition, whose ``id_column`` and ``point`` are described as what they are.
    cutoffs_min
        Cutoffs of the town in minutes, of which bands and figures are named.

    Raises
    ------
    ValueError
        Names a column that the dictionary does not describe.
    """
    found = (_described(table, str(name), areas, cutoffs_min) for name in names)
    return tuple(_filled(column, column.name, {_POINT: areas.point}) for column in found)


def describe_beside(table: str, names: Iterable[str]) -> tuple[Column, ...]:
    """Return the descriptions of the columns of a table that has no zones, in their order.

    Raises
    ------
    ValueError
        Names a column that the dictionary does not describe.
    """
    return tuple(_entry(table, str(name)) for name in names)


def _described(table: str, name: str, areas: AreasFacts, cutoffs_min: Sequence[int]) -> Column:
    """Return the description of one column."""
    if name == areas.id_column:
        return replace(_entry(table, "zone_id"), name=name, title=f"Zone code, {areas.edition}")
    if name == "second_band":
        labels = all_band_labels(cutoffs_min)
        return replace(_entry(table, name), codes=tuple((label, "") for label in labels))
    if name == "band":
        labels = (*band_labels(cutoffs_min), beyond_label(cutoffs_min))
        codes = [(label, "") for label in labels]
        codes += [(reason.value, words) for reason, words in REASONS if reason is not Reason.REACHED]
        return replace(_entry(table, name), codes=tuple(codes))
    if (table, name) == (FIGURES, "figure"):
        shares = ((f"share_within_{n}", f"share whose zone is within {n} minutes") for n in cutoffs_min)
        return replace(_entry(table, name), codes=(*FIGURE_CODES, *shares, *INEQUALITY_CODES))
    return _entry(table, name)


def _entry(table: str, name: str) -> Column:
    """Return the entry of a column, its number or name filled in; raise ValueError where there is none."""
    rooms = (OWN_COLUMNS, LAYER_COLUMNS, LOG_COLUMNS, PLACE_COLUMNS)
    own = next((known[table] for known in rooms if table in known), ())
    for entries in (own, SHARED_COLUMNS):
        for entry in entries:
            if entry.name == name:
                return entry
        for entry in entries:
            pattern = re.escape(entry.name).replace(re.escape(_NUMBER), r"(\d+)")
            if _NUMBER in entry.name and (match := re.fullmatch(pattern, name)):
                number = int(match[1])
                return _filled(entry, name, {_NUMBER: str(number), "{nth}": ordinal(number)})
            if entry.name == _NAME:
                return _filled(entry, name, {_NAME: name})
    raise ValueError(f"no description of column '{name}' of table '{table}'; add it to the dictionary")


def _filled(entry: Column, name: str, words: dict[str, str]) -> Column:
    """Return an entry with words in place of what stands for them."""

    def fill(text: str) -> str:
        for sign, word in words.items():
            text = text.replace(sign, word)
        return text

    absences = tuple(replace(absence, why=fill(absence.why)) for absence in entry.absences)
    return replace(entry, name=name, title=fill(entry.title), about=fill(entry.about), absences=absences)
