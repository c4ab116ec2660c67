"""Tables of zones, in the edition of the boundaries: those of the other are carried over, or refused."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.codes import OtherEditionError, check_edition
from ptreach.sources.editions import read_editions
from ptreach.sources.tables import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ptreach.model import SourceRecord
    from ptreach.sources.recipe import AreasRecipe, Kind

    Read = Callable[[Path, str, Layout], pd.DataFrame]

_PLACES: Final = ("district_code", "district_name")
_COUNTS: Final = ("population_iod", "children_iod", "older_iod", "adults_iod")
_RATES: Final = ("imd_score", "idaci_score")
_RANKS: Final = ("imd_rank", "imd_decile", "idaci_rank", "idaci_decile")

_log = logging.getLogger(__name__)


class Carried(Protocol):
    """What `Carry` returns, read only."""

    @property
    def frame(self) -> pd.DataFrame:
        """Figures by zone of the other edition."""

    @property
    def how(self) -> pd.Series[str]:
        """How each came about."""

    @property
    def zones_touched(self) -> float:
        """Share of zones that did not simply keep their figures."""

    @property
    def people_touched(self) -> float:
        """Share of people in them."""


class Carry(Protocol):
    """How a table is carried from one edition to the other: `ptreach.measures.editions.carry`."""

    def __call__(
        self,
        table: pd.DataFrame,
        pairs: pd.DataFrame,
        *,
        counts: Sequence[str],
        rates: Sequence[str],
        ranks: Sequence[str] = (),
        people: pd.Series[float],
        people_there: pd.Series[float],
    ) -> Carried:
        """Return the figures in the other edition."""


@dataclass(slots=True)
class Tables:
    """The files of a recipe that are used, and what is told of their tables in ``notes``.

    ``zones`` are all codes of the boundaries, by which editions are told apart.
    """

    id_column: str
    files: dict[str, tuple[Path, Layout]]
    carry: Carry | None
    zones: pd.Index[str] = field(default_factory=lambda: pd.Index([], dtype=object))
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, recipe: AreasRecipe, records: Iterable[SourceRecord], carry: Carry | None) -> Tables:
        """Return the files of `records`, each with the layout that the recipe gives."""
        layouts = {source.file: Layout(source.headers, source.sheet) for source in recipe.sources}
        files = {record.kind: (record.path, layouts[record.path.name]) for record in records}
        return cls(recipe.id_column, files, carry)

    def has(self, kind: Kind) -> bool:
        """Say whether the recipe has a file of `kind`, and it is there."""
        return kind in self.files

    def file(self, kind: Kind) -> tuple[Path, Layout]:
        """Return the file of `kind` and its layout."""
        return self.files[kind]

    def require_common(self, kind: Kind, table: pd.DataFrame, zones: pd.Index[str]) -> None:
        """Raise InputError where a table and the boundaries have not one code in common."""
        if len(table.index.intersection(zones)):  # isin is slow with text
            return
        raise InputError(
            f"not one of its {len(table)} codes, such as {table.index[0]}, is a zone, such as {zones[0]}",
            where=str(self.file(kind)[0]),
            remedy="take tables and boundaries of the same zones",
        )

    def population(self, read: Read) -> pd.DataFrame | None:
        """Return people by age and zone, None where the recipe has no table of them."""
        if not self.has("population"):
            return None
        path, layout = self.file("population")
        table, other = self._read(read, path, layout)
        if other is None:
            self.require_common("population", table, self.zones)
            return table
        # Nothing tells how many people the parts of a zone have but this table: they share alike.
        pairs = self._pairs(other)
        alike = pd.Series(1.0, index=pd.Index(pairs["to_id"].unique()))
        carried = self._carried(
            table, pairs, path, counts=tuple(table.columns), people=table["population"], people_there=alike
        )
        self.notes.append("Parts of a zone that was split are taken to have the same number of people.")
        return carried.frame

    def deprivation(self, read: Read, people: pd.DataFrame | None) -> pd.DataFrame:
        """Return deprivation by zone; `people` weighs the zones of the edition that it is carried to."""
        path, layout = self.file("deprivation")
        table, other = self._read(read, path, layout)
        if other is None:
            return table
        pairs = self._pairs(other)
        weights = table["population_iod"]
        if weights.isna().all():
            weights = pd.Series(1.0, index=table.index)
        if people is None:
            there = pd.Series(1.0, index=pd.Index(pairs["to_id"].unique()))
        else:
            there = people["population"]
        carried = self._carried(
            table, pairs, path, counts=_COUNTS, rates=_RATES, ranks=_RANKS, people=weights, people_there=there
        )
        out = carried.frame.reindex(columns=table.columns)
        for name in _PLACES:
            out[name] = _of_all(table[name], pairs).reindex(out.index)
        out["zone_name"] = np.nan  # of the other edition's zone
        return out.astype({"zone_name": object})

    def _read(self, read: Read, path: Path, layout: Layout) -> tuple[pd.DataFrame, str | None]:
        """Return a table, and what the codes of its edition are called where that is not the zones'.

        Raises
        ------
        OtherEditionError
            Where it is of the other edition and can not be carried.
        """
        refused = self.carry is None or not self.has("editions")
        try:
            table = read(path, self.id_column, layout)
        except OtherEditionError as error:
            if refused:
                raise
            return read(path, error.id_column, layout), error.id_column
        try:
            check_edition(table.index, self.zones, self.id_column, path)
        except OtherEditionError as error:
            if refused:
                raise
            return table, error.id_column
        return table, None

    def _pairs(self, other: str) -> pd.DataFrame:
        """Return pairs of zones, from the edition whose codes are called `other` to that of the zones."""
        to = "lsoa11cd" if other == "lsoa21cd" else "lsoa21cd"
        pairs = read_editions(*self.file("editions"))
        return pairs.rename(columns={other: "from_id", to: "to_id"})

    def _carried(
        self,
        table: pd.DataFrame,
        pairs: pd.DataFrame,
        path: Path,
        *,
        counts: Sequence[str],
        rates: Sequence[str] = (),
        ranks: Sequence[str] = (),
        people: pd.Series[float],
        people_there: pd.Series[float],
    ) -> Carried:
        """Return a table in the edition of the zones; note how many of these are touched."""
        if self.carry is None:  # which `_read` has refused
            raise AssertionError
        carried = self.carry(
            table, pairs, counts=counts, rates=rates, ranks=ranks, people=people, people_there=people_there
        )
        how = carried.how[carried.how.index.intersection(self.zones)]
        kinds = ", ".join(f"{count:,} {what}" for what, count in how.value_counts().sort_index().items())
        note = f"{path.name} is of the other edition of zones and was carried over: {kinds}."
        _log.warning("%s", note)
        self.notes.append(note)
        return carried


def _of_all(names: pd.Series[str], pairs: pd.DataFrame) -> pd.Series[str]:
    """Return by zone what all zones that it is made of are called, NaN where they differ."""
    groups = pd.Series(names.reindex(pairs["from_id"]).to_numpy()).groupby(pairs["to_id"].to_numpy())
    alike: pd.Series[str] = groups.min().where(groups.min() == groups.max())
    return alike
