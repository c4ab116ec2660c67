"""A user's own table: a column of codes and columns of numbers, which the recipe may say more about."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.errors import InputError
from ptreach.model import Indicator
from ptreach.sources.cells import log_codes, read_cells, stand_for_none, texts
from ptreach.sources.columns import label_of, listed, plain_header
from ptreach.sources.indicators.figures import Figures, figures, percentages
from ptreach.sources.indicators.rows import code_column, rows_of_zones
from ptreach.sources.recipe import IndicatorColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.model import FloatArray
    from ptreach.sources.codes import Edition
    from ptreach.sources.indicators.files import Table

_TITLE_CHARS: Final = 40
# Numbers that say nothing of the people in a zone.
_NO_FIGURES: Final = re.compile(
    r"(f|object|global|o)_?id(_\d+)?|geometry|x|y|lon|lat|long|longitude|latitude|bng_[en]|"
    r"eastings?(_m)?|northings?(_m)?|year|date|shape_?_?(area|length|are|len|leng)"
)
_PERCENT: Final = re.compile(r"%|\bper ?cent(age)?\b|\bpct\b|_pct\b|\bpct_|percent(age)?")
_FRACTION: Final = re.compile(r"fraction|proportion|\(rate\)")

_log = logging.getLogger(__name__)


def read_own(table: Table, edition: Edition, columns: Sequence[IndicatorColumn], title: str) -> list[Figures]:
    """Return the figures of a user's table: of `columns`, or of all columns of numbers if there are none.

    `title` is that of the table, for figures without a note.

    Raises
    ------
    InputError
        Where a column is missing, a cell is neither number nor a code for none, codes are of another
        edition, nothing is a number, or it is not clear whether shares are of 1 or of 100.
    """
    frame, where = table
    column = code_column(frame, edition, where)
    codes = rows_of_zones(frame, edition, where, column)
    frame = frame.loc[codes.index]
    chosen = list(columns) or _numeric(frame.drop(columns=column), where)
    if not chosen:
        raise InputError(
            f"no column of numbers; found: {listed(frame)}",
            where=str(where),
            remedy="take a table with a column of codes and columns of numbers",
        )
    labels = {label_of(str(name)): str(name) for name in frame.columns}
    if not all(wanted.note for wanted in chosen):
        chosen = [wanted.model_copy(update={"note": wanted.note or f"{title}."}) for wanted in chosen]
    return [_figures(frame, codes, labels, wanted, edition, where) for wanted in chosen]


def _numeric(frame: pd.DataFrame, where: Path | str) -> list[IndicatorColumn]:
    """Return the columns of numbers: most of whose cells that say anything are numbers."""
    found = []
    for name in map(str, frame.columns):
        if not name or name.startswith("unnamed:") or _NO_FIGURES.fullmatch(name):
            continue
        cells = frame[name]
        if pd.api.types.is_bool_dtype(cells):
            continue
        if not pd.api.types.is_numeric_dtype(cells):
            said = texts(cells).dropna()
            said = said[~stand_for_none(said)]
            plain = said.str.replace(r"[,%\s]", "", regex=True)
            numeric = np.isfinite(pd.to_numeric(plain, errors="coerce").to_numpy(np.float64, na_value=np.nan))
            if not numeric.size or numeric.mean() <= 0.5:
                _log.debug("%s, %s: no numbers, so no indicator", Path(where).name, name)
                continue
        found.append(IndicatorColumn(column=name[:1].upper() + name[1:]))
    return found


def _figures(
    frame: pd.DataFrame,
    codes: pd.Series[str],
    labels: dict[str, str],
    wanted: IndicatorColumn,
    edition: Edition,
    where: Path | str,
) -> Figures:
    """Return the figures of one column; raises as `read_own` says."""
    header = _header(frame, labels, wanted.column, where)
    cells = read_cells(frame, header, where)
    log_codes(cells.codes, header, where)
    values = cells.numbers
    unit = wanted.unit or ("%" if cells.percent or wanted.share_of or _PERCENT.search(header) else "value")
    if wanted.share_of:
        whole = read_cells(frame, _header(frame, labels, wanted.share_of, where), where).numbers
        values = percentages(values, whole, codes, header, where)
    elif unit == "%":
        factor = _factor(values, header, where, cells.percent) if wanted.factor is None else wanted.factor
        values = _checked_percent(values * factor, codes, header, where)
    elif wanted.factor is not None:
        values = values * wanted.factor
    words = wanted.column if wanted.title == "" else wanted.title
    indicator = Indicator(
        name=wanted.name or _name(header, where),
        title=words if len(words) <= _TITLE_CHARS else words[: _TITLE_CHARS - 1].rstrip() + "…",
        theme=wanted.theme,
        unit=unit,
        edition=edition.name,
        part_of=wanted.part_of,
        note=wanted.note,
    )
    adds_up = False if unit == "%" else wanted.adds_up
    return figures(indicator, values, codes, where, adds_up)


def _header(frame: pd.DataFrame, labels: dict[str, str], wanted: str, where: Path | str) -> str:
    """Return the plain header of a column that the recipe names, written as in the file or nearly so."""
    plain = plain_header(wanted)
    found = plain if plain in frame.columns else labels.get(label_of(plain))
    if found is None:
        raise InputError(
            f"no column '{wanted}'; found: {listed(frame)}",
            where=str(where),
            remedy="correct the column in the recipe, or take it out",
        )
    return found


def _name(header: str, where: Path | str) -> str:
    """Return a name for a column made from its header: ``no_car`` for ``no car (%)``."""
    name = re.sub(r"[^a-z0-9]+", "_", header.replace("%", "")).strip("_")
    if not re.match(r"[a-z]", name):
        name = f"value_{name}".rstrip("_")
    if name == "value":
        name = re.sub(r"[^a-z0-9]+", "_", Path(where).stem.casefold()).strip("_") or name
    return name[:60]


def _factor(values: FloatArray, header: str, where: Path | str, percent: bool) -> float:
    """Return what makes percentages of shares; raise InputError where it can not be told."""
    known = values[np.isfinite(values)]
    if percent or not known.size or known.max() > 1 or known.max() <= 0:
        return 1.0
    if _FRACTION.search(header):
        _log.info("%s, %s: shares of 1 are taken as shares of 100 %%", Path(where).name, header)
        return 100.0
    raise InputError(
        f"no value is over 1 ({known.max():g} is the highest): shares of 1, or under 1 %?",
        where=f"{where}, {header}",
        remedy="give the column in the recipe a factor: 100 for shares of 1, 1 for percentages",
    )


def _checked_percent(values: FloatArray, codes: pd.Series[str], header: str, where: Path | str) -> FloatArray:
    """Return percentages; raise InputError where one is below 0 or over 100."""
    wrong = np.flatnonzero((values < 0) | (values > 100 + 1e-9))
    if wrong.size:
        raise InputError(
            f"{values[wrong[0]]:g} % in {codes.iloc[wrong[0]]} is no share ({wrong.size} such zones)",
            where=f"{where}, row {codes.index[wrong[0]]}, {header}",
            remedy="correct it, or give the column another unit than % in the recipe",
        )
    return values
