"""Indicators of the other edition of zones, carried over: counts shared out, rates weighted, by people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.codes import Edition, OtherEditionError, edition_year
from ptreach.sources.indicators.ages import read_ages
from ptreach.sources.joining import Published

if TYPE_CHECKING:
    from collections.abc import Callable

    from ptreach.sources.indicators.figures import Figures
    from ptreach.sources.indicators.files import Table
    from ptreach.sources.joining import Tables


class Carrying:
    """Tables of indicators, read in whichever edition they are and given in that of the zones.

    ``people`` are those of the zones where they are known; set them before figures are read. ``done`` says
    whether a table was carried over.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._pairs: dict[str, pd.DataFrame] = {}
        self.done = False
        self.people: pd.Series[float] | None = None

    def figures(self, read: Callable[[Edition], list[Figures]]) -> list[Figures]:
        """Return the figures that `read` gives of the zones' edition, else those of the other, carried over.

        Raises
        ------
        OtherEditionError
            Where they are of the other edition and can not be carried.
        InputError
            As `read` does; and where it is not known whether a figure adds up.
        """
        try:
            return read(self._tables.zones)
        except OtherEditionError as error:
            if not self._tables.can_carry:
                raise
            other = self._other(error.id_column)
        found = read(other)
        self.done = True
        pairs = self._of(other)
        weights, there = self._tables.weights(pairs, self.people)
        names = {one.indicator.name: _adds_up(one, other) for one in found}
        published = Published(
            pd.DataFrame({one.indicator.name: one.by_zone for one in found}), found[0].where, other.id_column
        )
        carried = self._tables.carried(
            published,
            pairs,
            counts=[name for name, adds_up in names.items() if adds_up],
            rates=[name for name, adds_up in names.items() if not adds_up],
            people=weights,
            people_there=there,
        ).frame
        return [
            one._replace(
                indicator=replace(
                    one.indicator,
                    edition=self._tables.zones.name,
                    note=f"{one.indicator.note} Carried over from {other.name}.".strip(),
                ),
                by_zone=carried[one.indicator.name],
                codes=carried.index.to_series(),
            )
            for one in found
        ]

    def people_by_age(self, table: Table) -> pd.DataFrame:
        """Return people by age and zone of a table of either edition; raises as `figures` does."""
        try:
            return read_ages(table, self._tables.zones)
        except OtherEditionError as error:
            if not self._tables.can_carry:
                raise
            other = self._other(error.id_column)
        self.done = True
        return self._tables.carried_people(Published(read_ages(table, other), table.where, other.id_column))

    def _other(self, id_column: str) -> Edition:
        """Return the other edition, with all zones that the lookup has."""
        if id_column not in self._pairs:
            self._pairs[id_column] = self._tables.pairs(id_column)
        codes = frozenset(self._pairs[id_column]["from_id"])
        return Edition(id_column, codes, f"LSOA 20{edition_year(id_column)}")

    def _of(self, other: Edition) -> pd.DataFrame:
        """Return pairs of zones, from those of the other edition to those asked for."""
        return self._pairs[other.id_column]


def _adds_up(one: Figures, other: Edition) -> bool:
    """Say whether a figure is shared out; raise InputError where nobody has said."""
    if one.adds_up is None:
        raise InputError(
            f"is of {other.name}, and nothing says whether '{one.indicator.title}' adds up, as people do",
            where=str(one.where),
            remedy="name the column in the recipe, with adds_up = true for what the parts of a zone share, "
            "or false for what they keep",
        )
    return one.adds_up
