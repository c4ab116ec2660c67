"""JSON schemas of a town's file and of recipes, made from the models that read them; run this to write them.

Editors that know TOML (such as those with Taplo) find them by the first line of each file, and then complete
keys and mark faults.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ptreach.config import TownConfig
from ptreach.sources.recipe import AreasRecipe, NetworkRecipe

ROOT = Path(__file__).parents[1]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def town_schema() -> dict[str, Any]:
    """The schema of config/*.toml."""
    return {"$schema": DIALECT, **TypeAdapter(TownConfig).json_schema()}


def recipe_schema() -> dict[str, Any]:
    """The schema of networks/*/*.toml: of either kind of recipe, whose name may be left to its folder."""
    schema = TypeAdapter(NetworkRecipe | AreasRecipe).json_schema()
    for model in (NetworkRecipe, AreasRecipe):
        schema["$defs"][model.__name__]["required"].remove("name")
    return {"$schema": DIALECT, "title": "Recipe", **schema}


def as_text(schema: dict[str, Any]) -> str:
    """A schema as it is kept in its file."""
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


FILES = {"config/schema.json": town_schema, "networks/schema.json": recipe_schema}

if __name__ == "__main__":
    for file, schema in FILES.items():
        (ROOT / file).write_text(as_text(schema()), encoding="utf-8", newline="\n")
