"""What a table says of zones: an indicator and its values."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.errors import InputError

if TYPE_CHECKING:
    from ptreach.model import FloatArray, Indicator

# Nomis perturbs each cell by itself, so that a part can pass its whole by a few.
_PERTURBED: Final = 10

_log = logging.getLogger(__name__)


class Figures(NamedTuple):
    """An indicator and its float64 values by zone code; ``where`` names the table in messages.

    ``codes`` are the zones of its rows, by row where it is as it was read. ``adds_up`` says whether values
    are of things or people that the parts of a zone share, and not shares, scores and means, which they
    keep; None where that is not known.
    """

    indicator: Indicator
    by_zone: pd.Series[Any]
    where: Path | str
    codes: pd.Series[Any]
    adds_up: bool | None = False


def percentages(
    part: FloatArray, whole: FloatArray, codes: pd.Series[Any], what: str, where: Path | str
) -> FloatArray:
    """Return 100 x part / whole, float64 of the same shape; NaN where the whole is 0 or either is not known.

    Raises
    ------
    InputError
        Where a part is larger than its whole by more than the publisher's perturbation.
    """
    over = part - whole
    wrong = np.flatnonzero(over > _PERTURBED)
    if wrong.size:
        first = wrong[0]
        row, zone = codes.index[first], codes.iloc[first]
        raise InputError(
            f"{what}: {part[first]:g} of {whole[first]:g} in {zone} is over 100 % ({wrong.size} such zones)",
            where=str(where) if row == zone else f"{where}, row {row}",
            remedy="check the two columns; a share needs the whole of the same table and date",
        )
    slight = int(((over > 0) & (whole > 0)).sum())
    if slight:
        _log.info(
            "%s, %s: %d zones a few people over 100 %% are taken as 100 %%", Path(where).name, what, slight
        )
    shares = np.full(part.shape, np.nan)
    np.divide(100.0 * part, whole, out=shares, where=whole > 0)
    return np.asarray(np.minimum(shares, 100.0), dtype=np.float64)


def figures(
    indicator: Indicator,
    values: FloatArray,
    codes: pd.Series[Any],
    where: Path | str,
    adds_up: bool | None = False,
) -> Figures:
    """Return values under the codes of their zones."""
    by_zone = pd.Series(values, index=pd.Index(codes.to_list(), name="zone_id"))
    return Figures(indicator, by_zone, where, codes, adds_up)
