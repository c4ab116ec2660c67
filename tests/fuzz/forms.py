"""Tables in the forms that people bring them in: text, Parquet, workbooks, geo files, packed."""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from books import write_book
from fuzz.damage import CELLS, NOTHING_MUCH, encoded, odd_bytes, odd_table, odd_zip

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from pathlib import Path

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1e308, 10**30, "", "x", "NaN", [], {}, [[]], {"": None}, "\x00", "é" * 300),
    *([1, 2], {"type": "Point"}, "../x", "E01000001", 0.5, [0, 0], [[0, 0], [1, 1]], ["a"], -180.0, 90.5),
)  # fmt: skip


_FORMS = {".csv": "text", ".parquet": "parquet", ".xlsx": "book", ".gz": "gz", ".zip": "zip"}


def rows_of(text: str) -> list[list[str]]:
    """Rows of a table as text."""
    return list(csv.reader(io.StringIO(text, newline="")))


def write_table(path: Path, text: str, dice: random.Random, more_cells: Sequence[str] = ()) -> None:
    """Write a table damaged, in a form that the end of its name need not tell."""
    chance = dice.random()
    if chance < 0.06:
        path.write_text(dice.choice(NOTHING_MUCH), encoding="utf-8")
        return
    text = odd_table(text, dice, more_cells) if chance < 0.8 else text
    form = _FORMS.get(path.suffix, "text") if dice.random() < 0.9 else dice.choice(list(_FORMS.values()))
    if form == "text":
        path.write_bytes(encoded(text, dice))
    elif form == "gz":
        path.write_bytes(gzip.compress(encoded(text, dice), mtime=0))
    elif form == "zip":
        path.write_bytes(odd_zip([("table.csv", encoded(text, dice))], ("a.csv", "b.txt", "table.csv"), dice))
    elif form == "parquet":
        write_parquet(path, rows_of(text), dice)
    else:
        write_sheets(path, {"Notes": [["of", "cells"]], "Data": rows_of(text)}, dice)
    if form not in {"text", "zip"} and dice.random() < 0.15:
        path.write_bytes(odd_bytes(path.read_bytes(), dice))


def write_parquet(path: Path, rows: list[list[str]], dice: random.Random) -> None:
    """Write a table as Parquet: its columns are texts, or numbers as far as they are."""
    names, *cells = rows or [[]]
    columns = [[row[at] if at < len(row) else None for row in cells] for at in range(len(names))]
    arrays = [pa.array(column, pa.string()) for column in columns]
    if dice.random() < 0.6:
        arrays = [_numbers_of(column, array) for column, array in zip(columns, arrays, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, names), path)


def _numbers_of(column: list[str | None], texts: pa.Array) -> pa.Array:
    """A column as numbers where all its cells are."""
    try:
        return pa.array([float(cell) if cell else None for cell in column], pa.float64())
    except ValueError:
        return texts


def write_sheets(path: Path, sheets: dict[str, list[list[Any]]], dice: random.Random) -> None:
    """Write a workbook; characters that XML can't hold are left out."""
    plain = {
        name: [[_printable(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
        for name, rows in sheets.items()
    }
    write_book(path, plain)
    if dice.random() < 0.1:
        path.write_bytes(odd_bytes(path.read_bytes(), dice))


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter >= " " and letter not in "\ufffe\uffff")


def odd_json(value: Any, dice: random.Random, changes: int) -> Any:
    """A value of JSON with some of its parts changed, left out or doubled."""
    value = json.loads(json.dumps(value))
    for _ in range(changes):
        places = list(_places(value))
        if not places:
            break
        parent, key = dice.choice(places)
        match dice.randrange(5):
            case 0:
                del parent[key]
            case 1 if isinstance(parent, dict):
                parent[dice.choice(("", "type", "id", "../x", str(key).upper(), "\x00"))] = parent.pop(key)
            case 1:
                parent.insert(key, parent[key])
            case 2:
                other, name = dice.choice(places)
                parent[key] = json.loads(json.dumps(other.get(name) if isinstance(other, dict) else None))
            case _:
                parent[key] = dice.choice((*ODD_VALUES, *CELLS))
    return value


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a value of JSON: what it lies in, and its key there."""
    found, left = [], [value]
    while left:
        one = left.pop()
        if isinstance(one, dict | list):
            keys = list(one) if isinstance(one, dict) else list(range(len(one)))
            found += [(one, key) for key in keys]
            left += [one[key] for key in keys]
    return found


def write_json(path: Path, value: Any, dice: random.Random) -> None:
    """Write a value as JSON: changed, now and then damaged as text too."""
    content = json.dumps(odd_json(value, dice, dice.choice((0, 1, 1, 1, 2, 4))), ensure_ascii=False).encode(
        "utf-8", "replace"
    )
    if dice.random() < 0.01:
        content = b"[" * 10**5
    path.write_bytes(odd_bytes(content, dice) if dice.random() < 0.2 else content)
