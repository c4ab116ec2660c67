"""Columns of tables: their headers made plain, found by pattern, and listed in messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ptreach.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def plain_header(header: object) -> str:
    """Return a header without BOM and outer blanks, white space collapsed, case folded."""
    return " ".join(str(header).replace("\ufeff", " ").split()).casefold()


def label_of(header: str) -> str:
    """Return the label in a plain header of Nomis: ``a: b`` for ``a :b; measures: value``.

    A section of industry loses its colon: ``c manufacturing`` for ``c: manufacturing``.
    """
    label = re.sub(r";\s*measures\s*:\s*value$", "", header)
    return re.sub(r"\s*:\s*", ": ", label).strip()


def find_column(frame: pd.DataFrame, pattern: str) -> str | None:
    """Return the first header that `pattern`, a regular expression of plain headers, matches whole.

    None where none does.
    """
    return next((str(name) for name in frame.columns if re.fullmatch(pattern, str(name))), None)


def need_column(
    frame: pd.DataFrame,
    pattern: str,
    header: str,
    path: Path | str,
    remedy: str = "take the publisher's file as it is",
) -> str:
    """Return as `find_column`; raise InputError that names `header` and the headers found."""
    found = find_column(frame, pattern)
    if found is None:
        raise InputError(
            f"no column '{header}'; found: {listed(frame)}",
            where=str(path),
            remedy=remedy,
        )
    return found


def listed(frame: pd.DataFrame) -> str:
    """Return the headers of a table for a message, the first dozen at most."""
    names = [str(name) for name in frame.columns]
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
