"""Small tables of zones in the shapes of their publishers, and a recipe of them."""

from __future__ import annotations

import io
import zipfile

import geopandas as gpd
import pandas as pd
import shapely

from ptreach.sources.indicators.load import load_indicators
from ptreach.sources.recipe import AreasRecipe

# Zones of 2021: four that were there in 2011 (the last of them has the last code of that edition), two new.
OLD = ("E01000001", "E01000002", "E01000003", "E01033768")
NEW = ("E01033769", "E01033770")
ZONES = (*OLD, *NEW)
GONE = "E01000004"  # of 2011 only
KNOWN = {"title": "T", "publisher": "P", "licence": "L", "attribution": "A", "date": "2021"}


def csv(header, *rows, end="\n"):
    """A CSV as text; cells that hold commas are quoted."""
    lines = [header, *rows]
    quoted = [",".join(f'"{cell}"' if "," in str(cell) else str(cell) for cell in line) for line in lines]
    return end.join(quoted) + end


def nomis(topic, labels, rows, end="\n"):
    """A bulk table of Nomis: date, name, code, and a column for each label."""
    header = ["date", "geography", "geography code", *(f"{topic}: {label}" for label in labels)]
    return csv(header, *(["2021", f"Place {code[-3:]}", code, *cells] for code, *cells in rows), end=end)


def zipped(**texts):
    """A zip of texts or bytes by name: ``a__csv`` is ``a.csv``, ``x___y`` is ``x/y``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name.replace("___", "/").replace("__", "."), text)
    return stream.getvalue()


def deprivation(codes, year=2021):
    """A compact table of the Indices of Deprivation; scores are 10, 11, ... and incomes 0.1, 0.11, ..."""
    year_n = year % 100
    return pd.DataFrame(
        {
            f"lsoa{year_n}_code": codes,
            f"lsoa{year_n}_name": "N",
            "ltla24_code": "E08000028",
            "ltla24_name": "Sandwell",
            "imd_score": [10.0 + i for i in range(len(codes))],
            "imd_rank": range(1, len(codes) + 1),
            "imd_decile": 1,
            "income_score": [0.1 + i / 100 for i in range(len(codes))],
        }
    )


def squares(codes=ZONES, year=2021):
    """Squares of 1 km in a row from 400 km east, 290 km north."""
    shapes = [
        shapely.box(400_000 + 1000 * i, 290_000, 401_000 + 1000 * i, 291_000) for i in range(len(codes))
    ]
    return gpd.GeoDataFrame({f"LSOA{year % 100}CD": codes}, geometry=shapes, crs="EPSG:27700")


def pairs():
    """The lookup of editions: four zones are the same, and the one that is gone was split in two."""
    same = ([code, code, "U"] for code in OLD)
    return csv(["LSOA11CD", "LSOA21CD", "CHGIND"], *same, *([GONE, code, "S"] for code in NEW)).encode()


def home(
    folder,
    *tables,
    codes=ZONES,
    year=2021,
    schools=None,
    population=None,
    editions=None,
    iod=None,
    iod_headers=None,
    **more,
):
    """Write tables and return the recipe of them: each of `tables` is a name, its content, further keys."""
    sources = folder / "sources"
    sources.mkdir(exist_ok=True)
    (deprivation(codes, year) if iod is None else iod).to_parquet(sources / "iod.parquet")
    squares(codes, year).to_parquet(sources / "squares.parquet")
    listed = [("centroids", "centroids.csv", {}), ("boundaries", "squares.parquet", {})]
    listed.append(("deprivation", "iod.parquet", {"headers": iod_headers or {}}))
    for name, content, *keys in tables:
        listed.append(("indicators", name, keys[0] if keys else {}))
        if content is not None:
            (sources / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    for kind, content in (("schools", schools), ("population", population), ("editions", editions)):
        if content is not None:
            (sources / f"{kind}.csv").write_bytes(content)
            listed.append((kind, f"{kind}.csv", {}))
    recipe = {
        "name": "zones",
        "title": "Zones",
        "edition": f"LSOA {year}",
        "id_column": f"lsoa{year % 100}cd",
        "deprivation_title": "IoD 2025",
        "population_title": "mid-2020",
        "sources": [{"kind": kind, "file": name, **KNOWN, **keys} for kind, name, keys in listed],
    }
    return AreasRecipe.model_validate(recipe | more)


def load(folder, *tables, zones=ZONES, carry=None, **more):
    """The indicators of a recipe of tables; see `home`."""
    return load_indicators(home(folder, *tables, **more), folder, zones, carry=carry)


def column(indicators, name):
    """The values of an indicator, rounded to 6 decimals, and what is said of it."""
    said = next(one for one in indicators.indicators if one.name == name)
    return indicators.frame[name].round(6).tolist(), said


REGISTER = ["URN", "LA (code)", "EstablishmentName", "EstablishmentStatus (name)", "PhaseOfEducation (name)"]
REGISTER += ["SchoolCapacity", "NumberOfPupils", "Easting", "Northing", "LSOA (code)"]


def register(*rows, encoding="cp1252"):
    """A register: URN, name, status, phase, capacity, pupils, easting, northing, LSOA."""
    lines = [REGISTER] + [[urn, "333", *rest] for urn, *rest in rows]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\r\n" for line in lines).encode(encoding)


def school(
    urn,
    name="A school",
    status="Open",
    phase="Primary",
    places=210,
    pupils=200,
    east=400_500,
    north=290_500,
    zone=OLD[0],
):
    """One row of the register; it stands in the first square."""
    return (urn, name, status, phase, places, pupils, east, north, zone)
