"""People by age as indicators: the shares of the young and of the old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from ptreach.model import Indicator
from ptreach.sources.indicators.catalogue import AGES
from ptreach.sources.indicators.figures import Figures, figures, percentages
from ptreach.sources.indicators.rows import rows_of_zones
from ptreach.sources.population import people_by_age

if TYPE_CHECKING:
    from ptreach.sources.codes import Edition
    from ptreach.sources.indicators.files import Table


class Ages(NamedTuple):
    """People by age: ``by_zone`` as `people_by_age` returns them; ``where`` and ``title`` name the table."""

    by_zone: pd.DataFrame
    where: Any
    title: str


def read_ages(table: Table, edition: Edition) -> pd.DataFrame:
    """Return people by age and zone; raise InputError for another edition and cells that are no counts."""
    frame, where = table
    codes = rows_of_zones(frame, edition, where)
    return people_by_age(frame.loc[codes.index], pd.Index(codes.to_list(), name="zone_id"), where)


def age_figures(ages: Ages, edition: Edition) -> list[Figures]:
    """Return the shares of people by age that the catalogue takes, as far as the bands break there."""
    people = ages.by_zone
    codes = people.index.to_series()
    whole = people["population"].to_numpy(dtype=np.float64)
    found = []
    for name, title, column in AGES:
        part = people[column].to_numpy(dtype=np.float64)
        if np.isnan(part).all():
            continue
        values = percentages(part, whole, codes, title, ages.where)
        indicator = Indicator(name, title, "age", "%", edition.name, "age", f"{ages.title}.")
        found.append(figures(indicator, values, codes, ages.where))
    return found
