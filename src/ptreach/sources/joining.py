"""Tables of zones, in the edition of the boundaries: those of the other are carried over, or refused."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.sources.codes import Edition, OtherEditionError, check_edition
from ptreach.sources.deprivation import SCORES
from ptreach.sources.editions import read_editions
from ptreach.sources.tables import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from ptreach.model import SourceRecord
    from ptreach.sources.recipe import AreasRecipe, Kind

    Read = Callable[[Path, str, Layout], pd.DataFrame]
    _People = pd.Series[float]

_PLACES: Final = ("district_code", "district_name")
_COUNTS: Final = ("population_iod", "children_iod", "older_iod", "adults_iod")
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

    def among(self, zones: Collection[str], people_there: pd.Series[float]) -> Carried:
        """Return what is carried to some zones, and the shares of these."""


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


class Published(NamedTuple):
    """A table by ``zone_id`` as it is published.

    ``where`` names it in messages; ``other`` is what the codes of its edition are called where that is not
    the zones', else empty.
    """

    table: pd.DataFrame
    where: Path | str
    other: str = ""


@dataclass(slots=True)
class Tables:
    """The files of a recipe that are used, and what is told of their tables in ``notes``.

    ``zones`` is the edition with all codes of the boundaries, by which editions are told apart.
    """

    zones: Edition
    files: dict[str, tuple[Path, Layout]]
    carry: Carry | None
    notes: list[str] = field(default_factory=list)
    people_of_other: pd.Series[float] | None = None
    """People by zone of the other edition, where a table of them was carried."""
    told: frozenset[str] | None = None
    """The zones that notes tell of; all if None."""

    @classmethod
    def of(cls, recipe: AreasRecipe, records: Iterable[SourceRecord], carry: Carry | None) -> Tables:
        """Return the files of `records`, each with the layout that the recipe gives."""
        layouts = {source.file: Layout(source.headers, source.sheet) for source in recipe.sources}
        files = {record.kind: (record.path, layouts[record.path.name]) for record in records}
        return cls(Edition(recipe.id_column, frozenset(), recipe.edition), files, carry)

    def has(self, kind: Kind) -> bool:
        """Say whether the recipe has a file of `kind`, and it is there."""
        return kind in self.files

    def file(self, kind: Kind) -> tuple[Path, Layout]:
        """Return the file of `kind` and its layout."""
        return self.files[kind]

    def require_common(self, kind: Kind, table: pd.DataFrame) -> None:
        """Raise InputError where a table and the boundaries have not one code in common."""
        if not self.zones.codes.isdisjoint(table.index):
            return
        raise InputError(
            f"not one of its {len(table)} codes, such as {table.index[0]}, "
            f"is a zone, such as {min(self.zones.codes)}",
            where=str(self.file(kind)[0]),
            remedy="take tables and boundaries of the same zones",
        )

    @property
    def can_carry(self) -> bool:
        """Whether tables of the other edition can be carried."""
        return self.carry is not None and self.has("editions")

    def read(self, kind: Kind, read: Read) -> Published:
        """Return the table of `kind` as it is published, in either edition.

        Raises
        ------
        OtherEditionError
            Where it is of the other edition and can not be carried.
        """
        path, layout = self.file(kind)
        try:
            table = read(path, self.zones.id_column, layout)
        except OtherEditionError as error:
            if not self.can_carry:
                raise
            return Published(read(path, error.id_column, layout), path, error.id_column)
        try:
            check_edition(table.index, self.zones, path)
        except OtherEditionError as error:
            if not self.can_carry:
                raise
            return Published(table, path, error.id_column)
        return Published(table, path)

    def population(self, read: Read) -> pd.DataFrame | None:
        """Return people by age and zone, None where the recipe has no table of them."""
        if not self.has("population"):
            return None
        people = self.read("population", read)
        if people.other:
            return self.carried_people(people)
        self.require_common("population", people.table)
        return people.table

    def deprivation(self, published: Published, people: pd.DataFrame | None) -> pd.DataFrame:
        """Return deprivation by zone; `people` weighs the zones of the edition that it is carried to."""
        table = published.table
        if not published.other:
            return table
        pairs = self.pairs(published.other)
        weights = table["population_iod"]
        if weights.isna().all():
            weights = pd.Series(1.0, index=table.index)
        there = _alike(pairs) if people is None else people["population"]
        out = self.carried(
            published, pairs, counts=_COUNTS, rates=SCORES, ranks=_RANKS, people=weights, people_there=there
        ).frame.reindex(columns=table.columns)
        for name in _PLACES:
            out[name] = _of_all(table[name], pairs).reindex(out.index)
        out["zone_name"] = np.nan  # of the other edition's zone
        return out.astype({"zone_name": object})

    def carried_people(self, published: Published) -> pd.DataFrame:
        """Return people by zone of a table of the other edition.

        Nothing tells how many people the parts of a zone have but this table: they share alike.
        """
        pairs = self.pairs(published.other)
        table = published.table
        carried = self.carried(
            published,
            pairs,
            counts=tuple(table.columns),
            people=table["population"],
            people_there=_alike(pairs),
        )
        self.people_of_other = table["population"]
        self.notes.append("Parts of a zone that was split are taken to have the same number of people.")
        return carried.frame

    def weights(self, pairs: pd.DataFrame, people: pd.Series[float] | None) -> tuple[_People, _People]:
        """Return people by zone of the other edition and of this one, to carry by.

        `people` are those of this edition; where they are not known all zones count the same. Those of the
        other are from a table that was carried, else what this edition's come to, zone by zone.
        """
        there = _alike(pairs) if people is None or people.isna().all() else people
        if self.people_of_other is not None:
            return self.people_of_other, there
        assert self.carry is not None
        back = self.carry(
            there.to_frame("people"),
            pairs.rename(columns={"from_id": "to_id", "to_id": "from_id"}),
            counts=("people",),
            rates=(),
            people=there,
            people_there=pd.Series(1.0, index=pd.Index(pairs["from_id"].unique())),
        )
        return back.frame["people"], there

    def pairs(self, other: str) -> pd.DataFrame:
        """Return pairs of zones, from the edition whose codes are called `other` to that of the zones."""
        to = "lsoa11cd" if other == "lsoa21cd" else "lsoa21cd"
        pairs = read_editions(*self.file("editions"))
        return pairs.rename(columns={other: "from_id", to: "to_id"})

    def carried(
        self,
        published: Published,
        pairs: pd.DataFrame,
        *,
        counts: Sequence[str] = (),
        rates: Sequence[str] = (),
        ranks: Sequence[str] = (),
        people: pd.Series[float],
        people_there: pd.Series[float],
    ) -> Carried:
        """Return a table in the edition of the zones; note how many zones and people that touches."""
        assert self.carry is not None  # else `read` has refused
        carried = self.carry(
            published.table,
            pairs,
            counts=counts,
            rates=rates,
            ranks=ranks,
            people=people,
            people_there=people_there,
        )
        told = carried.among(self.told or self.zones.codes, people_there)
        ways = told.how.value_counts().sort_index()
        kinds = ", ".join(f"{count:,} {what}" for what, count in ways.items())
        touched = f"{told.zones_touched:.1%} of zones"
        if people_there.min() < people_there.max():  # else they stand for zones
            touched += f", with {told.people_touched:.1%} of people,"
        note = (
            f"{Path(published.where).name} is of the other edition of zones and was carried over: {kinds}; "
            f"{touched} did not simply keep their figures"
        )
        _log.warning("%s.", note)
        self.notes.append(f"{note}.")
        return carried


def _alike(pairs: pd.DataFrame) -> pd.Series[float]:
    """Return as many people in each zone of the edition that is carried to."""
    return pd.Series(1.0, index=pd.Index(pairs["to_id"].unique()))


def _of_all(names: pd.Series[str], pairs: pd.DataFrame) -> pd.Series[str]:
    """Return by zone what all zones that it is made of are called, NaN where they differ."""
    groups = pd.Series(names.reindex(pairs["from_id"]).to_numpy()).groupby(pairs["to_id"].to_numpy())
    alike: pd.Series[str] = groups.min().where(groups.min() == groups.max())
    return alike
