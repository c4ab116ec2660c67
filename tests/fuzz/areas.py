"""Areas: zones, centroids, deprivation, people, lookups, districts and their workbook, schools."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from fuzz.case import Parser
from fuzz.damage import odd_zip
from fuzz.forms import rows_of, write_json, write_sheets, write_table
from ptreach.measures.editions import carry
from ptreach.sources.areas import COLUMNS, load_areas
from ptreach.sources.district_deprivation import read_district_deprivation
from ptreach.sources.editions import read_editions
from ptreach.sources.lookup import read_lookup
from ptreach.sources.recipe import AreasRecipe
from ptreach.sources.schools import read_schools
from zone_tables import KNOWN, ZONES, pairs, register, school, squares

if TYPE_CHECKING:
    import random
    from pathlib import Path

_NUMBERED = tuple(enumerate(ZONES))
_FIGURES = ("Average rank", "Rank of average rank", "Average score", "Rank of average score")
TEXTS = {
    "centroids": "LSOA21CD,LSOA21NM,x,y\n"
    + "".join(f"{code},Place {i},{400_500 + 1000 * i},290500\n" for i, code in _NUMBERED),
    "deprivation": (
        "lsoa21_code,lsoa21_name,ltla24_code,ltla24_name,imd_score,imd_rank,imd_decile,idaci_score,idaci_rank,"
        "idaci_decile\n"
    )
    + "".join(
        f"{code},Place {i},E08000028,Sandwell,{30 - i},{i + 1},1,0.{30 - i},{i + 1},1\n"
        for i, code in _NUMBERED
    ),
    "population": "lsoa21cd,total,"
    + ",".join(map(str, range(91)))
    + "\n"
    + "".join(f"{code},{91 * 10}{',10' * 91}\n" for code in ZONES),
    "lookup": "LSOA21CD,LSOA21NM,WD24CD,WD24NM,LAD24CD,LAD24NM\n"
    + "".join(f"{code},Place,E05009861,Ladgate,E08000028,Sandwell\n" for code in ZONES),
    "editions": pairs().decode(),
    "schools": register(school(100001), school(100002, phase="Secondary")).decode("cp1252"),
    "district_deprivation": "Local Authority District code (2024),Local Authority District name (2024),"
    + ",".join(f"IMD - {figure}" for figure in _FIGURES)
    + "\nE08000028,Sandwell,25389.96,5,33.772,19\nE06000001,Hartlepool,23075.98,30,37.58,6\n",
}
_SUFFIX = {"schools": "csv", "district_deprivation": "xlsx"}
_CELLS = (*ZONES, "E01000004", "E08000028", "W01000003", "30", "0.5", "400500", "-1.5", "52.5", "[c]", "..")


@cache
def shapes() -> Any:
    """Zones and their district as GeoJSON, in metres of the British National Grid."""
    zones = squares()
    districts = gpd.GeoDataFrame(
        {"LAD24CD": ["E08000028"], "LAD24NM": ["Sandwell"]}, geometry=[zones.union_all()], crs=zones.crs
    )
    found = {}
    for kind, frame in (("boundaries", zones), ("districts", districts)):
        found[kind] = json.loads(frame.to_json(to_wgs84=False))
        found[kind]["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    return found


def write_case(dice: random.Random, folder: Path) -> None:
    """Write the tables of a recipe; one or two of them damaged."""
    sources = folder / "sources"
    sources.mkdir()
    files = {kind: f"{kind}.{_SUFFIX.get(kind, 'csv')}" for kind in TEXTS}
    files |= {kind: f"{kind}.geojson" for kind in shapes()}
    damaged = set(dice.choices(list(files), k=dice.choice((1, 1, 1, 2))))
    for kind, text in TEXTS.items():
        path = sources / files[kind]
        if kind not in damaged:
            path.write_text(text, encoding="utf-8")
        elif dice.random() < 0.15:
            path = path.with_suffix(dice.choice((".parquet", ".xlsx", ".zip")))
            write_table(path, text, dice, _CELLS)
        else:
            write_table(path, text, dice, _CELLS)
        if kind == "district_deprivation" and kind not in damaged:
            write_sheets(path, {"Notes": [[]], "IMD": rows_of(text)}, dice)
        files[kind] = path.name
    for kind, whole in shapes().items():
        write_json(sources / files[kind], whole, dice) if kind in damaged else (
            sources / files[kind]
        ).write_text(json.dumps(whole), encoding="utf-8")
    if dice.random() < 0.03:
        name = dice.choice(list(files.values()))
        content = (sources / name).read_bytes()
        (sources / name).write_bytes(odd_zip([(name, content)], ("a.csv", "a.shp", "a.geojson"), dice))
    recipe = {
        "name": "zones",
        "title": "Zones",
        "edition": "LSOA 2021",
        "id_column": "lsoa21cd",
        "deprivation_title": "IoD 2025",
        "population_title": "mid-2020",
        "sources": [{"kind": kind, "file": name, **KNOWN} for kind, name in files.items()],
    }
    (folder / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")


def read_case(folder: Path) -> int:
    """Load the areas, then each table that they do not read in every case."""
    recipe = AreasRecipe.model_validate_json((folder / "recipe.json").read_text(encoding="utf-8"))
    paths = {source.kind: folder / "sources" / source.file for source in recipe.sources}
    areas = load_areas(recipe, folder, carry=carry)
    assert tuple(areas.frame.columns) == COLUMNS
    assert areas.frame["zone_id"].is_unique
    assert areas.frame["lon"].between(-180, 180).all()
    assert not (areas.frame["population"] < 0).any()
    assert len(read_lookup(paths["lookup"], "lsoa21cd"))
    assert len(read_editions(paths["editions"]))
    assert len(read_district_deprivation(paths["district_deprivation"]))
    assert len(read_schools(paths["schools"]))
    return len(areas.notes)


PARSER = Parser(write_case, read_case)
