"""Tables of Census 2021: Nomis's bulk files as they are, and compact ones with the categories only.

Groups and sub-groups stand side by side in them, so columns are never added up but those that the catalogue
names. Each cell of the census is perturbed by itself: a share is of the table's own total, not of another's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from ptreach.errors import InputError
from ptreach.model import Indicator
from ptreach.sources.cells import log_codes, read_cells, refuse_negative
from ptreach.sources.columns import label_of
from ptreach.sources.indicators.catalogue import CENSUS
from ptreach.sources.indicators.figures import Figures, figures, percentages
from ptreach.sources.indicators.rows import rows_of_zones

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from ptreach.model import FloatArray
    from ptreach.sources.codes import Edition
    from ptreach.sources.indicators.catalogue import CensusTable, Share
    from ptreach.sources.indicators.files import Table


def labels_of(headers: Sequence[str], topic: str) -> dict[str, str]:
    """Return the header of each label, the topic taken off where the headers begin with it."""
    labels = {label_of(header): header for header in headers}
    start = f"{topic}: "
    with_topic = {
        label.removeprefix(start): header for label, header in labels.items() if label.startswith(start)
    }
    found = with_topic or labels
    return {re.sub(r"^([a-u]): ", r"\1 ", label): header for label, header in found.items()}


def find_label(labels: Mapping[str, str], wanted: str) -> str | None:
    """Return the header of a label of the catalogue, None where there is none.

    Of several that begin as it says the shortest, for sub-groups repeat their group's label.
    """
    if not wanted.endswith("*"):
        return labels.get(wanted)
    found = [label for label in labels if label.startswith(wanted[:-1])]
    return labels[min(found, key=lambda label: (len(label), label))] if found else None


def census_table(headers: Sequence[str]) -> CensusTable | None:
    """Return which table of the catalogue has these plain headers; None where none has."""
    for table in CENSUS:
        labels = labels_of(headers, table.topic)
        if all(find_label(labels, part) for part in table.parts):
            return table
    return None


def read_census(table: Table, edition: Edition) -> list[Figures]:
    """Return the shares that the catalogue takes of a table of the census, one of those that it knows.

    Raises
    ------
    InputError
        Where codes are of another edition, a cell is no count, or a part passes its whole.
    """
    frame, where = table
    codes = rows_of_zones(frame, edition, where)
    frame = frame.loc[codes.index]
    headers = [str(name) for name in frame.columns]
    known = census_table(headers)
    assert known is not None
    labels = labels_of(headers, known.topic)
    names = {share.name for share in known.shares if _has(labels, share)}
    counts = _Counts(frame, labels, where)
    total = next((label for label in labels if label == "total" or label.startswith("total: ")), None)
    whole = counts.of((total,)) if total else counts.of(known.parts)
    found = []
    for share in known.shares:
        if share.name not in names or share.unless in names:
            continue
        part = counts.of(share.parts)
        values = percentages(
            part, counts.of(share.among) if share.among else whole, codes, share.title, where
        )
        indicator = Indicator(
            name=share.name,
            title=share.title,
            theme=known.theme,
            unit="%",
            edition=edition.name,
            part_of="" if share.among else known.part_of,
            note=" ".join(filter(None, (f"Census 2021, {known.table}.", share.note, known.note))),
        )
        found.append(figures(indicator, values, codes, where))
    if not found:
        raise InputError(
            f"none of the shares that are taken of {known.table} is in it",
            where=str(where),
            remedy="take the publisher's file as it is, or name columns in the recipe",
        )
    return found


def _has(labels: Mapping[str, str], share: Share) -> bool:
    """Say whether a table has all columns of a share."""
    return all(find_label(labels, label) for label in (*share.parts, *share.among))


class _Counts:
    """The counts of a table, each column read once."""

    def __init__(self, frame: pd.DataFrame, labels: Mapping[str, str], where: Any) -> None:  # noqa: ANN401
        self._frame, self._labels, self._where = frame, labels, where
        self._read: dict[str, FloatArray] = {}

    def of(self, wanted: Sequence[str]) -> FloatArray:
        """Return the sum of columns, float64 (rows,); NaN where one of them is missing."""
        return np.asarray(np.sum([self._one(label) for label in wanted], axis=0), dtype=np.float64)

    def _one(self, wanted: str) -> FloatArray:
        header = find_label(self._labels, wanted)
        assert header is not None
        if header not in self._read:
            cells = read_cells(self._frame, header, self._where)
            log_codes(cells.codes, header, self._where)
            refuse_negative(cells.numbers, self._frame, header, self._where)
            self._read[header] = cells.numbers
        return self._read[header]
