"""The command that sets two travel-time matrices beside each other."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ptreach.cli.console import say

_MATRIX = "Matrix: .parquet or .csv with from_id, to_id, travel_time_p50 ..."


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", exists=True, dir_okay=False, help=_MATRIX)],
    b: Annotated[Path, typer.Argument(metavar="B", exists=True, dir_okay=False, help=_MATRIX)],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Print on how many pairs two matrices agree.

    Percentile by percentile; differences are B less A.
    """
    from ptreach.matrix.compare import agreement_text, compare_matrices, read_matrix

    agreements = compare_matrices(read_matrix(a), read_matrix(b))
    if as_json:
        say(json.dumps([agreement._asdict() for agreement in agreements], indent=1))
    else:
        say(agreement_text(agreements))
