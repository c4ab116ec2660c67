"""All indicators of the zones of a recipe: which table is read how, told by its headers.

Deprivation comes from the recipe's table of deprivation; ages from a table of ages among the indicators,
else from its table of population; the rest from its tables of kind ``indicators``.
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
from ptreach.sources.indicators.ages import age_figures, is_of_ages, read_ages
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
from ptreach.sources.indicators.claimants import is_of_claimants, read_claimants
from ptreach.sources.indicators.editions import Edition, is_zone
from ptreach.sources.indicators.files import Table, read_tables
from ptreach.sources.indicators.own import read_own
from ptreach.sources.indicators.results import is_of_results, read_results
from ptreach.sources.indicators.scores import score_figures
from ptreach.sources.once import read_once
from ptreach.sources.recipe import SOURCES_FOLDER
from ptreach.sources.records import source_records
from ptreach.sources.schools import read_register, zones_of_schools
from ptreach.sources.tables import read_table, zone_codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.model import SourceRecord
    from ptreach.sources.indicators.ages import Ages
    from ptreach.sources.indicators.figures import Figures
    from ptreach.sources.recipe import AreasRecipe, IndicatorColumn

_KINDS: Final = ("deprivation", "population", "indicators", "schools", "boundaries")
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
    """A table of kind ``indicators`` with its title and what the recipe says of its columns."""

    table: Table
    title: str
    columns: tuple[IndicatorColumn, ...]

    @property
    def headers(self) -> list[str]:
        """The plain headers."""
        return [str(name) for name in self.table.frame.columns]

    @property
    def of_ages(self) -> bool:
        """Whether it is one of people by age, its columns not named."""
        return not self.columns and is_of_ages(self.headers)


def load_indicators(recipe: AreasRecipe, folder: Path, zones: Sequence[str]) -> Indicators:
    """Return what the tables of a recipe, in ``folder/sources``, say of `zones`.

    Tables are told apart by their headers. A zone that a table lacks has NaN; how many there are is logged.
    Indicators are ordered by theme, those of the catalogue first.

    Raises
    ------
    InputError
        Where a file is missing or at fault, a table is of another edition, school results come without the
        register, or two tables give the same indicator.
    """
    records = source_records(recipe, folder, _KINDS)
    found, used = _read_all(recipe, folder, records)
    return _joined(found, zones, tuple(record for record in records if record.kind in used))


@read_once
def _read_all(
    recipe: AreasRecipe, folder: Path, records: tuple[SourceRecord, ...]
) -> tuple[list[Figures], set[str]]:
    """Return the figures of all zones that tables have, and the kinds of files that they come from."""
    edition, found = _deprivation(recipe, folder)
    used = {"deprivation", "indicators"}
    given = _tables(recipe, folder, records, edition)
    of_ages = [one for one in given if one.of_ages]
    ages = [read_ages(one.table, edition, one.title) for one in of_ages]
    if not ages and (people := _population(recipe, folder, edition)):
        ages, used = [people], used | {"population"}
    for people in ages:
        found += age_figures(people, edition)
    zone_of: pd.Series[str] | None = None
    for one in given:
        if one.of_ages:
            continue
        census = None if one.columns else census_table(one.headers)
        if one.columns:
            found += read_own(one.table, edition, one.columns, one.title)
        elif census is not None:
            found += read_census(one.table, census, edition)
        elif is_of_claimants(one.headers):
            found.append(read_claimants(one.table, edition, ages[0] if ages else None))
        elif is_of_results(one.headers):
            if zone_of is None:
                zone_of, kinds = _zones_of_schools(records, edition, one.table.where)
                used |= kinds
            found += read_results(one.table, zone_of, edition)
        else:
            found += read_own(one.table, edition, (), one.title)
    return found, used


def _deprivation(recipe: AreasRecipe, folder: Path) -> tuple[Edition, list[Figures]]:
    """Return the edition, with all codes that the table of deprivation has, and its scores."""
    source = recipe.source("deprivation")
    assert source is not None  # the recipe holds it
    path = folder / SOURCES_FOLDER / source.file
    frame = read_table(path)
    codes = pd.Series(zone_codes(frame, recipe.id_column, path).to_numpy(), index=frame.index)
    edition = Edition(recipe.edition, recipe.id_column, frozenset(codes))
    return edition, score_figures(frame, codes, edition.name, recipe.deprivation_title, path)


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
        _Given(table, source.title, source.columns)
        for source in recipe.sources
        if source.kind == "indicators" and source.file in there
        for table in read_tables(folder / SOURCES_FOLDER / source.file, wanted)
    ]


def _population(recipe: AreasRecipe, folder: Path, edition: Edition) -> Ages | None:
    """Return people by single year of age from the recipe's table of population, None where it has none."""
    source = recipe.source("population")
    if source is None:
        return None
    path = folder / SOURCES_FOLDER / source.file
    frame = read_table(path)
    zone_codes(frame, recipe.id_column, path)
    return read_ages(Table(frame, path), edition, recipe.population_title)


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


def _joined(found: Sequence[Figures], zones: Sequence[str], records: tuple[SourceRecord, ...]) -> Indicators:
    """Return the figures side by side, in order; raise InputError where two tables give the same one."""
    twice = [name for name, count in Counter(one.indicator.name for one in found).items() if count > 1]
    if twice:
        places = [Path(one.where).name for one in found if one.indicator.name == twice[0]]
        raise InputError(
            f"the indicator '{twice[0]}' is in it and in {places[0]}",
            where=str([one.where for one in found if one.indicator.name == twice[0]][-1]),
            remedy="take one of the two files out of the recipe, or name its columns there",
        )
    index = pd.Index(sorted(set(zones)), name="zone_id", dtype=object)
    _log_lacking(found, index)
    ordered = sorted(found, key=lambda one: _rank(one.indicator.theme, one.indicator.name))
    columns = {one.indicator.name: one.by_zone.reindex(index) for one in ordered}
    frame = pd.DataFrame(columns, index=index, dtype=np.float64)
    return Indicators(tuple(one.indicator for one in ordered), frame, records)


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
