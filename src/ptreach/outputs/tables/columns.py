"""What a column of a pack's tables is: its kind, unit, codes, and what it means where it has no value.

One description serves every form that a table takes: the sidecar of its CSV, the workbook, the OpenDocument
spreadsheet, the slides. The descriptions themselves stand in `dictionary`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class Kind(enum.StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    SHARE = "share"
    """A number from 0 to 1, shown as per cent where people read it."""
    CLOCK = "clock time"
    """``07:15``; hours may pass 24."""
    FLAG = "true or false"


NOT_KNOWN: Final = "[x]"
NOT_APPLICABLE: Final = "[z]"
NOT_REACHED: Final = "[nr]"
MARKS: Final = {
    NOT_KNOWN: "Not available: the publisher of the figures gives none.",
    NOT_APPLICABLE: "Not applicable: there is nothing that the figure could be of.",
    NOT_REACHED: "Not reached: no journey, or too few, within the limits of the search.",
}
"""Shorthand that stands where there is no value, in sheets that may have no empty cell.

``[x]`` and ``[z]`` are those of the Government Analysis Function. What is not reached has a mark of its own:
their ``[u]`` stands for figures of low reliability, which these are not.
"""


@dataclass(frozen=True, slots=True)
class Absence:
    """Why a column has no value in a row."""

    mark: str
    """One of `MARKS`."""
    why: str
    """A clause without a full stop: ``the zone is off the network``."""
    nobody_in: str = ""
    """Holds only in rows where this column of people is 0 or has no value; empty: in any row."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; in the dictionary, ``{n}`` in name and words stands for a number."""

    name: str
    """As in the CSV: ``minutes_p50``."""
    title: str
    """As readers see it, without the unit: ``Median travel time``."""
    about: str
    """What the values are, in sentences."""
    kind: Kind = Kind.TEXT
    unit: str = ""
    """``minutes``; of a share, what it is a share of; empty where values have none."""
    shown: int | None = 0
    """Decimals that people are shown; of a share, those of the per cent; None: as many as the value has."""
    codes: tuple[tuple[str, str], ...] = ()
    """The values that there can be, each with its meaning, empty where the value says it; empty: any."""
    absences: tuple[Absence, ...] = ()
    """Why there may be no value; the first that holds is the reason. Empty: there always is one."""

    @property
    def heading(self) -> str:
        """Title and unit: ``Median travel time (minutes)``."""
        unit = f"% of {self.unit}" if self.kind is Kind.SHARE else self.unit
        return f"{self.title} ({unit})" if unit else self.title

    @property
    def code_list(self) -> str:
        """The codes with their meanings in one line, empty where there are none."""
        return "; ".join(f"{code} = {meaning}" if meaning else code for code, meaning in self.codes)

    @property
    def is_numeric(self) -> bool:
        """Whether values are numbers."""
        return self.kind in {Kind.WHOLE, Kind.NUMBER, Kind.SHARE}

    def mark(self, people: dict[str, float]) -> str:
        """Return the shorthand for a missing value in a row, given its columns of people.

        Where the dictionary knows no reason, that is ``[x]``.
        """
        for absence in self.absences:
            if not absence.nobody_in or not people.get(absence.nobody_in, 0) > 0:
                return absence.mark
        return NOT_KNOWN


def minutes_column(name: str, title: str, about: str, *absences: Absence) -> Column:
    """Return a column of minutes: two decimals part any two seconds, so that 14:59 never shows as 15."""
    return Column(name, title, about, Kind.NUMBER, "minutes", 2, absences=absences)


def share_column(name: str, title: str, of: str, about: str, *absences: Absence) -> Column:
    """Return a column of shares of something, 0 to 1."""
    return Column(name, title, about, Kind.SHARE, of, 1, absences=absences)


def whole_column(name: str, title: str, about: str, unit: str = "", *absences: Absence) -> Column:
    """Return a column of whole numbers."""
    return Column(name, title, about, Kind.WHOLE, unit, absences=absences)


def number_column(
    name: str, title: str, about: str, shown: int | None, unit: str = "", *absences: Absence
) -> Column:
    """Return a column of numbers, of which so many decimals are shown."""
    return Column(name, title, about, Kind.NUMBER, unit, shown, absences=absences)
