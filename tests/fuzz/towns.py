"""What people write in TOML: a town's file with presets of its own, recipes of networks and areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.case import Parser
from fuzz.damage import odd_bytes
from ptreach.config import load_town
from ptreach.sources.recipe import load_areas_recipe, load_network_recipe

if TYPE_CHECKING:
    import random
    from pathlib import Path

_KNOWN = 'title = "T"\npublisher = "P"\nlicence = "L"\nattribution = "A"\ndate = "2020-06"\n'
FILES = {
    "town.toml": """name = "Ryde high street"
network = "island"
areas = "zones"
preset = "my-own"
date = 2020-06-16
window = "07:15-09:15"
direction = "to"
cutoffs_min = [15, 30, 45, 60]
percentiles = [5, 25, 50, 75, 95]
walk_speed_kph = 4.8
max_walk_min = 20
max_time_min = 120
max_rides = 8
districts = ["Isle of Wight"]

[origin]
lon = -1.163224
lat = 50.730015
source = "OS Open Names"

[[opportunities]]
name = "hospitals"
file = "hospitals.csv"
offers = "beds"
demand = "population"
""",
    "presets.toml": """[my-own]
title = "Mine"
window = "23:00-25:00"
percentiles = [50]
cutoffs_min = [30]
walk_speed_kph = 4
""",
    "networks/island/network.toml": f"""title = "Island"
crs = "EPSG:27700"
timezone = "Europe/London"
by_the_sea = true
bounds = [-1.6, 50.5, -1.0, 50.8]

[cleaning]
off = ["trips-listed-twice"]

[[sources]]
kind = "osm"
file = "map.osm.pbf"
{_KNOWN}sha256 = "{"0" * 64}"
url = "https://example.org/${{KEY}}/map.osm.pbf"
fallback_urls = ["https://example.org/older.osm.pbf"]

[[sources]]
kind = "gtfs"
file = "bus.zip"
{_KNOWN}optional = true
""",
    "networks/zones/areas.toml": f"""title = "Zones"
edition = "LSOA 2011"
id_column = "lsoa11cd"
deprivation_title = "IoD 2019"
population_title = "mid-2015"

[[sources]]
kind = "boundaries"
file = "b.geojson"
{_KNOWN}
[[sources]]
kind = "centroids"
file = "c.csv"
{_KNOWN}
[[sources]]
kind = "deprivation"
file = "d.csv"
{_KNOWN}headers = {{ imd_rank = "Rank" }}

[[sources]]
kind = "indicators"
file = "i.xlsx"
{_KNOWN}sheet = "Data"
columns = [{{ column = "Heat", name = "heat", factor = 100 }}]
""",
}
VALUES = (
    *('""', '"x"', "0", "-1", "nan", "inf", "-inf", "1e400", "true", "[]", "[[]]", "{}", "2020-06-16"),
    *("25:00:00", '"25:00-24:00"', '"99:99-99:99"', '"07:15"', "9223372036854775808", '"../../x"'),
    *('"a\\u0000b"', '"\\n"', "50", "[50]", "[60, 30]", "[1.5]", "2020-13-45", "9999-12-31"),
    *("0001-01-01", "2020-06-16T07:00:00Z", "[-1, 0]", '"latest"', '"http://"', '"${}"', '"EPSG:0"'),
    *('"Europe/../x"', '"/etc/passwd"', '"reach"', '"osm"', "'''x", '"é"', '"💥"', '"a" # b', "[" * 3000),
    *("{a={a={a=1}}}", '"con.txt"', '"x.zip "', "1_000", "0x10", "+5", "-0.0"),
)  # fmt: skip


def odd_toml(text: str, dice: random.Random) -> str:
    """A file of TOML with some of its lines changed, left out, doubled or moved."""
    lines = text.splitlines()
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        at = dice.randrange(len(lines))
        key, mark, value = lines[at].partition(" = ")
        match dice.choice(
            ("value", "value", "value", "value of another", "key", "gone", "twice", "elsewhere")
        ):
            case "value" if mark:
                lines[at] = f"{key} = {dice.choice(VALUES)}"
            case "value of another" if mark:
                lines[at] = f"{key} = {dice.choice(lines).rpartition(' = ')[2] or value}"
            case "key":
                lines[at] = dice.choice(
                    (f"{key}s = {value}", f"{key}.x = {value}", f'"" = {value}', f"[{key}]")
                )
            case "gone" if len(lines) > 1:
                del lines[at]
            case "twice":
                lines.insert(at, lines[at])
            case "elsewhere":
                lines.insert(dice.randrange(len(lines)), lines.pop(at))
    return "\n".join(lines)


def write_case(dice: random.Random, folder: Path) -> None:
    """Write a home with a town, presets, a network and areas; one or two of the files are damaged."""
    damaged = set(dice.choices(list(FILES), k=dice.choice((1, 1, 2))))
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = (odd_toml(text, dice) if name in damaged else text).encode("utf-8", "replace")
        if name in damaged and dice.random() < 0.15:
            content = odd_bytes(content, dice)
        path.write_bytes(content)


def read_case(folder: Path) -> int:
    """Load the town and the recipes that it names."""
    town = load_town(folder / "town.toml")
    assert 0 <= town.query.window_start_s < town.query.window_end_s
    assert town.window_text
    load_network_recipe("island", folder)
    load_areas_recipe("zones", folder)
    return 0


PARSER = Parser(write_case, read_case)
