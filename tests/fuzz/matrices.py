"""Matrices to compare: long tables as CSV and Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.case import Parser
from fuzz.damage import encoded, odd_bytes, odd_table
from fuzz.forms import rows_of, write_parquet
from ptreach.matrix.compare import agreement_text, compare_matrices, read_matrix

if TYPE_CHECKING:
    import random
    from pathlib import Path

A = "from_id,to_id,travel_time_p25,travel_time_p50\na,b,10,12\na,c,20,30\na,d,5,\nb,a,1,2\n"
B = "from_id,to_id,travel_time_p50,travel_time_p25\nc,a,7,7\na,c,31.516666666,21\na,b,12,10\n"


def write_case(dice: random.Random, folder: Path) -> None:
    """Write two matrices, one or both damaged."""
    for name, whole in (("a", A), ("b", B)):
        text = odd_table(whole, dice, ("a", "b", "12")) if dice.random() < 0.7 else whole
        path = folder / f"{name}.{dice.choice(('csv', 'csv', 'parquet'))}"
        if path.suffix == ".csv":
            path.write_bytes(encoded(text, dice))
            continue
        write_parquet(path, rows_of(text), dice)
        if dice.random() < 0.2:
            path.write_bytes(odd_bytes(path.read_bytes(), dice))


def read_case(folder: Path) -> int:
    """Read two matrices and compare them."""
    first, second = (read_matrix(path) for path in sorted(folder.iterdir()))
    found = compare_matrices(first, second)
    assert agreement_text(found)
    for one in found:
        assert 0 <= one.equal <= one.within_60_s <= one.within_90_s <= 1
        assert 0 <= one.reached_alike <= 1
    return 0


PARSER = Parser(write_case, read_case)
