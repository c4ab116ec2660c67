"""All indicators of the zones of a recipe: which table is read how, told by its headers.

Deprivation comes from the recipe's table of deprivation; ages from a table of ages among the indicators,
else from its table of population; the rest from its tables of kind ``indicators``. Tables of the other
edition are carried over where the recipe has the lookup: see `ptreach.sources.indicators.carrying`.
"""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.model import Indicators
from ptreach.sources.codes import Edition
from ptreach.sources.deprivation import read_by_zone
from ptreach.sources.indicators.ages import Ages, age_figures
from ptreach.sources.indicators.carrying import Carrying
from ptreach.sources.indicators.catalogue import (
    AGES,
    CENSUS,
    CLAIMANT_RATE,
    CLAIMANTS,
    DEPRIVATION,
    RESULTS,
    THEMES,
)
from ptreach.sources.indicators.census import census_table, read_census
from ptreach.sources.indicators.claimants import is_of_claimants, rate_of_claimants, read_claimants
from ptreach.sources.indicators.files import read_tables
from ptreach.sources.indicators.own import read_own
from ptreach.sources.indicators.results import is_of_results, read_results
from ptreach.sources.indicators.rows import is_zone
from ptreach.sources.indicators.scores import score_figures
from ptreach.sources.joining import Tables
from ptreach.sources.once import Kept, file_states
from ptreach.sources.population import is_of_ages, read_population
from ptreach.sources.recipe import SOURCES_FOLDER
from ptreach.sources.records import source_records
from ptreach.sources.schools import read_register, zones_of_schools

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.model import SourceRecord
    from ptreach.sources.indicators.figures import Figures
    from ptreach.sources.indicators.files import Table
    from ptreach.sources.joining import Carry
    from ptreach.sources.recipe import AreasRecipe, IndicatorColumn

_KINDS: Final = ("deprivation", "population", "indicators", "schools", "boundaries", "editions")
_ORDER: Final = [
    *(score.name for score in DEPRIVATION),
    *(share.name for table in CENSUS for share in table.shares),
    *(result.name for result in RESULTS),
    CLAIMANT_RATE[0],
    CLAIMANTS[0],
    *(name for name, *_ in AGES),
]

_log = logging.getLogger(__name__)


class _Given(NamedTuple):
    """A table of kind ``indicators`` with its title and what the recipe says of its columns.

    ``what`` it is of: ``ages, census, claimants, results``, or ``own``, a user's.
    """

    table: Table
    title: str
    columns: tuple[IndicatorColumn, ...]
    what: str

    @classmethod
    def of(cls, table: Table, title: str, columns: tuple[IndicatorColumn, ...]) -> _Given:
        """Return a table with what its headers tell."""
        headers = [str(name) for name in table.frame.columns]
        kinds = {
            "own": bool(columns),
            "ages": is_of_ages(headers),
            "census": census_table(headers) is not None,
            "claimants": is_of_claimants(headers),
            "results": is_of_results(headers),
        }
        return cls(table, title, columns, next((what for what, told in kinds.items() if told), "own"))


def load_indicators(
    recipe: AreasRecipe, folder: Path, zones: Sequence[str], *, carry: Carry | None = None
) -> Indicators:
    """Return what the tables of a recipe, in ``folder/sources``, say of `zones`.

    Tables are told apart by their headers. A zone that a table lacks has NaN; how many there are is logged.
    Indicators are ordered by theme, those of the catalogue first.

    Parameters
    ----------
    recipe, folder, zones
        The recipe, its folder, and codes of zones of its edition.
    carry
        `ptreach.measures.editions.carry`: carries tables of the other edition over, where the recipe has the
        lookup. They are refused if None.

    Raises
    ------
    InputError
        Where a file is missing or at fault, a table is of another edition and is not carried, school results
        come without the register, or two tables give the same indicator.
    """
    records = source_records(recipe, folder, _KINDS)
    asked, states = (repr(recipe), folder, carry), file_states(record.path for record in records)
    whole = _WHOLE.find(asked, states)
    if whole is None or not whole.codes.issuperset(zones):
        whole = _whole(recipe, folder, records, zones, carry)
        if not whole.carried:  # else what is told of it is told of these zones
            _WHOLE.keep(asked, states, whole)
    return _joined(whole, zones)


class _Whole(NamedTuple):
    """What the tables of a recipe say of all their zones, whichever are asked for.

    ``frame`` has the figures by zone, in their order; ``codes`` are those zones, ``records`` the files it
    came from; ``carried`` says whether any was carried over.
    """

    figures: tuple[Figures, ...]
    frame: pd.DataFrame
    codes: frozenset[str]
    records: tuple[SourceRecord, ...]
    notes: tuple[str, ...]
    carried: bool


_WHOLE: Final[Kept[_Whole]] = Kept()
"""For the next town: its zones are others, the tables are the same."""


def _whole(
    recipe: AreasRecipe,
    folder: Path,
    records: Sequence[SourceRecord],
    zones: Sequence[str],
    carry: Carry | None,
) -> _Whole:
    """Read the tables of a recipe; notes tell of `zones`. Raises as `load_indicators` does."""
    tables = Tables.of(recipe, records, carry)
    tables.zones = Edition(recipe.id_column, frozenset(zones), recipe.edition)
    published = tables.read("deprivation", read_by_zone)
    known = tables.pairs(published.other)["to_id"] if published.other else published.table.index
    tables.zones = edition = Edition(recipe.id_column, frozenset(known), recipe.edition)
    tables.told = frozenset(zones)
    given = _tables(recipe, folder, records, edition)
    carrying = Carrying(tables)
    used = {"deprivation", "indicators"}
    ages = [
        Ages(carrying.people_by_age(one.table), one.table.where, one.title)
        for one in given
        if one.what == "ages"
    ]
    # What is done to the recipe's own people and deprivation is told with the zones.
    notes = list(tables.notes)
    if not ages and (people := tables.population(read_population)) is not None:
        ages = [Ages(people, tables.file("population")[0], recipe.population_title)]
        used.add("population")
    by_age = ages[0] if ages else None
    deprivation = tables.deprivation(published, by_age.by_zone if by_age else None)
    tables.notes = notes
    carrying.people = by_age.by_zone["population"] if by_age else deprivation["population_iod"]
    found = score_figures(deprivation, edition.name, recipe.deprivation_title, published.where)
    for people_of_table in ages:
        found += age_figures(people_of_table, edition)
    for one in given:
        if one.what not in {"ages", "results"}:
            found += _figures_of(one, carrying, by_age)
    results = [one.table for one in given if one.what == "results"]
    if results:
        zone_of, kinds = _zones_of_schools(records, edition, results[0].where)
        used |= kinds
        found += [figure for table in results for figure in read_results(table, zone_of, edition)]
    carried = bool(carrying.done or published.other)
    if carried:
        used.add("editions")
    used_records = tuple(record for record in records if record.kind in used)
    _refuse_same(found)
    found.sort(key=lambda one: _rank(one.indicator.theme, one.indicator.name))
    frame = pd.DataFrame({one.indicator.name: one.by_zone for one in found}, dtype=np.float64)
    return _Whole(tuple(found), frame, edition.codes, used_records, tuple(tables.notes), carried)


def _figures_of(one: _Given, carrying: Carrying, ages: Ages | None) -> list[Figures]:
    """Return the figures of a table that has codes of zones, in either edition."""
    if one.what == "claimants":
        claimants = carrying.figures(lambda edition: [read_claimants(one.table, edition)])
        return [rate_of_claimants(figures, ages) for figures in claimants]
    if one.what == "census":
        return carrying.figures(lambda edition: read_census(one.table, edition))
    return carrying.figures(lambda edition: read_own(one.table, edition, one.columns, one.title))


def _tables(
    recipe: AreasRecipe, folder: Path, records: Sequence[SourceRecord], edition: Edition
) -> list[_Given]:
    """Return the tables of kind ``indicators`` whose files are there."""

    def wanted(headers: Sequence[str], first: Sequence[str]) -> bool:
        if is_of_results(headers):
            return True
        row = dict(zip(headers, first, strict=False))
        code = row.get("geography code", row.get("geography_code"))
        return code is not None and is_zone(code.strip(), edition)

    there = {record.path.name for record in records if record.kind == "indicators"}
    return [
        _Given.of(table, source.title, source.columns)
        for source in recipe.sources
        if source.kind == "indicators" and source.file in there
        for table in read_tables(folder / SOURCES_FOLDER / source.file, wanted)
    ]


def _zones_of_schools(
    records: Sequence[SourceRecord], edition: Edition, where: Path | str
) -> tuple[pd.Series[str], set[str]]:
    """Return the zone of each school by URN, and the kinds of files that it took."""
    paths = {record.kind: record.path for record in records}
    if "schools" not in paths:
        raise InputError(
            "results of schools say not where the schools are",
            where=str(where),
            remedy="add the register of schools (GIAS) to the recipe, as a source of kind 'schools'",
        )
    register = read_register(paths["schools"])
    zone_of, by_place = zones_of_schools(
        register, edition.codes, paths["boundaries"], edition.id_column, edition.name
    )
    return zone_of, {"schools", "boundaries"} if by_place else {"schools"}


def _refuse_same(found: Sequence[Figures]) -> None:
    """Raise InputError where two tables give the same indicator."""
    twice = [name for name, count in Counter(one.indicator.name for one in found).items() if count > 1]
    if twice:
        places = [Path(one.where).name for one in found if one.indicator.name == twice[0]]
        raise InputError(
            f"the indicator '{twice[0]}' is in it and in {places[0]}",
            where=str([one.where for one in found if one.indicator.name == twice[0]][-1]),
            remedy="take one of the two files out of the recipe, or name its columns there",
        )


def _joined(whole: _Whole, zones: Sequence[str]) -> Indicators:
    """Return the figures of zones side by side."""
    index = pd.Index(sorted(set(zones)), name="zone_id", dtype=object)
    _log_lacking(whole.figures, index)
    frame = whole.frame.reindex(index)
    return Indicators(tuple(one.indicator for one in whole.figures), frame, whole.records, whole.notes)


def _rank(theme: str, name: str) -> tuple[int, int]:
    """Return the place of an indicator: by theme, then as the catalogue has it; a user's own after that."""
    return (
        THEMES.index(theme) if theme in THEMES else len(THEMES),
        _ORDER.index(name) if name in _ORDER else len(_ORDER),
    )


def _log_lacking(found: Sequence[Figures], index: pd.Index[Any]) -> None:
    """Log, once for each table, how many zones it has no row of."""
    said = set()
    for one in found:
        if str(one.where) in said:
            continue
        said.add(str(one.where))
        lacking = index.difference(one.by_zone.index)
        if len(lacking):
            _log.warning(
                "%s: %d of %d zones are not in it, such as %s",
                Path(one.where).name,
                len(lacking),
                len(index),
                lacking[0],
            )
