"""Tables of indicators as publishers ship them: census, ages, claimants, results, a register, one's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from fuzz.case import Parser
from fuzz.forms import write_table
from ptreach.measures.editions import carry
from ptreach.sources.indicators.load import load_indicators
from ptreach.sources.recipe import AreasRecipe
from zone_tables import KNOWN, OLD, ZONES, csv, deprivation, home, nomis, pairs, register, school

if TYPE_CHECKING:
    import random
    from pathlib import Path

_LABELS = (
    "Total: All usual residents aged 16 years and over",
    "No qualifications",
    "Level 4 qualifications and above",
)
_AGES = ("Aged 15 years and under", "Aged 16 to 24 years", "Aged 25 to 49 years", "Aged 50 to 64 years")
_CLAIMANTS = (
    *("DATE", "DATE_NAME", "GEOGRAPHY_NAME", "GEOGRAPHY_CODE", "GENDER_NAME", "AGE_NAME", "MEASURE_NAME"),
    *("MEASURES_NAME", "OBS_VALUE", "OBS_STATUS_NAME"),
)  # fmt: skip
_OF_CLAIMANTS = ("Total", "All categories: Age 16+", "Claimant count", "Value", 5, "Normal Value")
_KS2 = ("RECTYPE", "LEA", "ESTAB", "URN", "SCHNAME", "PCODE", "TOTPUPS", "TELIG", "PTRWM_EXP", "READPROG")
TEXTS = {
    "census": nomis("Highest level of qualification", _LABELS, [(code, 1000, 200, 300) for code in ZONES]),
    "ages": csv(
        ["lsoa21_code", *_AGES, "Aged 65 years and over"], *([code, 60, 50, 100, 50, 40] for code in ZONES)
    ),
    "claimants": csv(
        _CLAIMANTS, *(["2025-09", "September 2025", "Sandwell 001A", code, *_OF_CLAIMANTS] for code in ZONES)
    ),
    "results": csv(_KS2, [1, 333, 2000, 100001, "A school", "B1 1AA", 400, 30, "50%", ""]),
    "own": csv(["LSOA21CD", "Heat", "Cold %"], *([code, 10.5 + i, i] for i, code in enumerate(ZONES))),
    "schools": register(school(100001, zone=OLD[0]), school(100002, zone=OLD[1])).decode("cp1252"),
    "editions": pairs().decode(),
    "iod": deprivation(ZONES).to_csv(index=False),
}
_OWN = [{"column": "Heat", "adds_up": True}, {"column": "Cold %", "name": "cold", "share_of": "Heat"}]
_CELLS = (
    *ZONES,
    "E01000004",
    "100001",
    "50%",
    "SUPP",
    "c",
    "[x]",
    "1,234",
    "0",
    "2011",
    "Aged 90 and over",
    "65",
)


def write_case(dice: random.Random, folder: Path) -> None:
    """Write the tables of a recipe; one or two of them damaged."""
    recipe = home(folder).model_dump(mode="json")  # boundaries and deprivation, whole
    damaged = set(dice.choices(list(TEXTS), k=dice.choice((1, 1, 1, 2))))
    sources = [one for one in recipe["sources"] if one["kind"] == "boundaries"]
    sources.append({**next(one for one in recipe["sources"] if one["kind"] == "centroids")})
    for name, text in TEXTS.items():
        suffix = dice.choice(("csv", "csv", "parquet", "xlsx", "zip")) if name in damaged else "csv"
        path = folder / "sources" / f"{name}.{suffix}"
        if name in damaged:
            write_table(path, text, dice, _CELLS)
        else:
            path.write_text(text, encoding="utf-8")
        kind = {"schools": "schools", "editions": "editions", "iod": "deprivation"}.get(name, "indicators")
        keys = {"columns": _OWN} if name == "own" and dice.random() < 0.5 else {}
        sources.append({"kind": kind, "file": path.name, **KNOWN, **keys})
    (folder / "recipe.json").write_text(json.dumps(recipe | {"sources": sources}), encoding="utf-8")


def read_case(folder: Path) -> int:
    """Load the indicators: of each zone a number, or none."""
    recipe = AreasRecipe.model_validate_json((folder / "recipe.json").read_text(encoding="utf-8"))
    found = load_indicators(recipe, folder, ZONES, carry=carry)
    names = [one.name for one in found.indicators]
    assert len(set(names)) == len(names)
    values = found.frame[names].to_numpy(dtype=np.float64)
    assert values.shape == (len(ZONES), len(names))
    assert not np.isinf(values).any()
    return 0


PARSER = Parser(write_case, read_case)
