"""Matrices to compare: long tables as CSV and Parquet, of whichever engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.case import Parser
from fuzz.damage import encoded, odd_bytes, odd_table
from fuzz.forms import rows_of, write_parquet
from ptreach.comparisons import compare_matrix_files

if TYPE_CHECKING:
    import random
    from pathlib import Path

WHOLE = (
    "from_id,to_id,travel_time_p25,travel_time_p50\na,b,10,12\na,c,20,30\na,d,5,\nb,a,1,2\n",
    "from_id,to_id,travel_time_p50,travel_time_p25\nc,a,7,7\na,c,31.516666666,21\na,b,12,10\n",
    "fromId,toId,travel_time\na,b,12\na,c,30\nb,a,2\n",
    "from_id,to_id,departure_time,draw_number,travel_time_p50\na,b,07:15:00,1,12\na,c,07:15:00,1,30\n",
    "search_id,id,travel_time,reachable\na,b,720,true\na,c,,false\n",
)
POINTS = "id,lon,lat\na,-1.163224,50.730015\nb,-1.2,50.7\nc,-1.1,50.65\n"


def write_case(dice: random.Random, folder: Path) -> None:
    """Write two matrices and the points of their destinations, some of them damaged."""
    for name in ("a", "b"):
        text = dice.choice((*WHOLE[:2], *WHOLE))
        text = odd_table(text, dice, ("a", "b", "12")) if dice.random() < 0.4 else text
        path = folder / f"{name}.{dice.choice(('csv', 'csv', 'parquet'))}"
        if path.suffix == ".csv":
            path.write_bytes(encoded(text, dice))
            continue
        write_parquet(path, rows_of(text), dice)
        if dice.random() < 0.2:
            path.write_bytes(odd_bytes(path.read_bytes(), dice))
    points = odd_table(POINTS, dice) if dice.random() < 0.1 else POINTS
    (folder / "points.csv").write_bytes(encoded(points, dice))


def read_case(folder: Path) -> int:
    """Read two matrices and compare them; what one of them lacks counts as repairs."""
    first, second, points = sorted(folder.iterdir())
    report = compare_matrix_files(first, second, points=points)
    assert report.sides
    return len(report.notes)


PARSER = Parser(write_case, read_case)
