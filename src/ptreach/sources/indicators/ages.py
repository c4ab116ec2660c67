"""People by age: bands of the census and of compact tables, single years of age."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.model import Indicator
from ptreach.sources.cells import log_codes, read_cells, refuse_negative
from ptreach.sources.columns import label_of
from ptreach.sources.indicators.catalogue import AGES
from ptreach.sources.indicators.figures import Figures, figures, percentages
from ptreach.sources.indicators.rows import rows_of_zones

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import pandas as pd

    from ptreach.model import FloatArray
    from ptreach.sources.codes import Edition
    from ptreach.sources.indicators.files import Table

_OLDEST: Final = 200
_PATTERNS: Final = (
    (re.compile(r"(?:aged?[ _]?)?(\d{1,3})(?: to |-| - |_to_|_)(\d{1,3})(?: years)?"), None, None),
    (re.compile(r"(?:aged?[ _]?)?()(\d{1,3})(?: years)? and under"), 0, None),
    (re.compile(r"aged under ()(1) year"), 0, 0),
    (re.compile(r"(?:aged?[ _]?)?(\d{1,3})(?:\+| years and over| and over| or over)()"), None, _OLDEST),
)
_SINGLE: Final = re.compile(r"(?:aged?[ _]?)?(\d{1,3})(?: years?)?")
_TOTAL: Final = re.compile(r"total(: .*)?|total_population|total population|all ages|population")
_FEWEST_BANDS: Final = 3


class Ages(NamedTuple):
    """People of the rows of a table by band of age.

    ``bands`` has first and last age (200 where open) and counts, float64 (rows,). ``codes`` are the zones;
    ``where`` names the table in messages, ``title`` to readers.
    """

    bands: dict[tuple[int, int], FloatArray]
    total: FloatArray | None
    codes: pd.Series[Any]
    where: Any
    title: str

    def between(self, first: int, last: int | None) -> FloatArray | None:
        """Return people from one age to another, both included; None where bands do not break there."""
        last = _OLDEST if last is None else last
        added: list[FloatArray] = []
        age = first
        while age <= last:
            ends = [end for start, end in self.bands if start == age and end <= last]
            if not ends:
                return None
            added.append(self.bands[age, max(ends)])
            age = max(ends) + 1
        return np.asarray(np.sum(added, axis=0), dtype=np.float64)


def band_of(header: str) -> tuple[int, int] | None:
    """Return the first and last age of a plain header, None where it is of no age.

    ``aged 16 to 24 years``, ``age: aged 85 years and over; measures: value``, ``90+``, ``7``.
    """
    label = label_of(header).removeprefix("age: ")
    for pattern, first, last in _PATTERNS:
        match = pattern.fullmatch(label)
        if match:
            return (int(match[1]) if first is None else first, int(match[2]) if last is None else last)
    match = _SINGLE.fullmatch(label)
    return (int(match[1]), int(match[1])) if match else None


def is_of_ages(headers: Sequence[str]) -> bool:
    """Say whether a table with these plain headers is one of people by age."""
    bands = [band for header in headers if (band := band_of(header))]
    ends = {first for first, _ in bands} & {0}, {last for _, last in bands} & {_OLDEST}
    return len(bands) >= _FEWEST_BANDS and all(ends)


def read_ages(table: Table, edition: Edition, title: str) -> Ages:
    """Return people by age; raise InputError for another edition and cells that are no counts."""
    frame, where = table
    codes = rows_of_zones(frame, edition, where)
    frame = frame.loc[codes.index]

    def counts(header: str) -> FloatArray:
        cells = read_cells(frame, header, where)
        log_codes(cells.codes, header, where)
        refuse_negative(cells.numbers, frame, header, where)
        return cells.numbers

    headers = [str(name) for name in frame.columns]
    bands = {band: counts(header) for header in headers if (band := band_of(header))}
    total = next((name for name in headers if _TOTAL.fullmatch(label_of(name).removeprefix("age: "))), None)
    return Ages(bands, counts(total) if total else None, codes, where, title)


def age_figures(ages: Ages, edition: Edition) -> list[Figures]:
    """Return the shares of people by age that the catalogue takes, as far as the bands break there."""
    whole = ages.between(0, None) if ages.total is None else ages.total
    found = []
    for name, title, first, last in AGES:
        part = ages.between(first, last)
        if part is None or whole is None:
            continue
        values = percentages(part, whole, ages.codes, title, ages.where)
        indicator = Indicator(name, title, "age", "%", edition.name, "age", f"{ages.title}.")
        found.append(figures(indicator, values, ages.codes, ages.where))
    return found
