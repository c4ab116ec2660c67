"""The made-up town from nothing to a pack, as a user runs it: a process of its own, no network."""

import csv
import datetime as dt
import fnmatch
import hashlib
import itertools
import json
import os
import platform
import re
import socket
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pyogrio
import pytest

from manifest_keys import KEYS, key_of, paths_of
from ptreach.caches import cache_folder

ANOTHER = "another-analyst"
PICTURES = ("correlations", "deprived-and-far", "journey-time", "within-by-decile")
TABLES = (
    "assumptions-log", "by-imd-decile", "correlation-matrix", "correlations", "data-log", "deprived-and-far",
    "figures", "people-within", "time-and-deprivation", "zones",
)  # fmt: skip
PACK = {
    "README.txt",
    "layers/demo-town.gpkg",
    *(
        f"layers/demo-town-{name}.{kind}"
        for name in ("isochrones", "zones")
        for kind in ("geojson", "parquet")
    ),
    "manifest.json",
    *(
        f"maps/demo-town-{name}{ending}"
        for name in PICTURES
        for ending in (".png", ".svg", "-a4.png", "-a4.svg", ".txt")
    ),
    "methods.md",
    "qa.html",
    "slides/demo-town.pptx",
    *(f"tables/demo-town-{name}.csv{ending}" for name in TABLES for ending in ("", "-metadata.json")),
    "tables/demo-town.ods",
    "tables/demo-town.xlsx",
    "web/index.html",
}
DEMO = "from ptreach.cli.main import main; sys.exit(main())"
# Whatever looks for the outside world is sent to a port where nothing listens …
DEAD = dict.fromkeys(
    ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"
)
# … and what goes past the proxies is stopped at the socket.
OFFLINE = """import socket
import sys

def refuse(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        raise OSError(f"{event} {args[1:]}: there is no network")

sys.addaudithook(refuse)
"""


def start_offline(
    folder: Path, script: str, *arguments: str, umask: int = -1, **env: str
) -> subprocess.Popen[str]:
    """Start Python code in a folder, without a network."""
    return subprocess.Popen(
        [sys.executable, "-c", OFFLINE + script, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=folder,
        umask=umask,
        env={**os.environ, **DEAD, "PYTHONWARNINGS": "default", "PTREACH_HOME": "", **env},
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Two runs of the demo, on two machines as far as one can play them: its folders, and how each ended.

    Another user, place, time zone, language, hash seed, number of workers and processor must not show.
    """
    one, another = (tmp_path_factory.mktemp(name) for name in ("one", ANOTHER))
    home = another / "home"
    home.mkdir()
    runs = [
        start_offline(
            one, DEMO, "demo", "--workers", "1", TZ="UTC", PYTHONHASHSEED="1", NUMBA_NUM_THREADS="1"
        ),
        start_offline(
            another,
            DEMO,
            *("demo", "--workers", "2", "--out", str(Path("far", "down", "demo"))),
            umask=-1 if sys.platform == "win32" else 0o077,
            TZ="Pacific/Auckland",
            PYTHONHASHSEED="2",
            LANG="C",
            LC_ALL="C",
            HOME=str(home),
            USER=ANOTHER,
            LOGNAME=ANOTHER,
            PTREACH_CACHE=str(cache_folder()),
            MPLCONFIGDIR=mpl.get_cachedir(),
            **plainer_processor(),
        ),
    ]
    folders = [one / "demo", another / "far" / "down" / "demo"]
    return folders, [(*run.communicate(), run.returncode) for run in runs]


def plainer_processor() -> dict[str, str]:
    """Settings by which the libraries take this processor for one of 2008, without its wide registers."""
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    plainer = {"NPY_DISABLE_CPU_FEATURES": " ".join(found)} if found else {}
    if platform.machine().lower() in {"x86_64", "amd64"}:
        plainer["OPENBLAS_CORETYPE"] = "Nehalem"
    return plainer


@pytest.fixture(scope="module")
def pack(demo):
    return demo[0][0] / "demo-town"


def digests(folder: Path) -> dict[str, str]:
    """Digest of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_offline_is_offline(tmp_path):
    for reach in ("socket.create_connection(('127.0.0.1', 9))", "socket.getaddrinfo('example.org', 80)"):
        assert "there is no network" in start_offline(tmp_path, reach).communicate()[1]


def test_the_demo_prints_where_its_pack_is_and_nothing_else(demo):
    places = [Path("demo", "demo-town"), Path("far", "down", "demo", "demo-town")]
    assert demo[1] == [(f"{place}\n", "", 0) for place in places]


def test_two_demos_are_the_same_file_by_file(demo):
    one, another = map(digests, demo[0])
    assert {name.removeprefix("demo-town/") for name in one if name.startswith("demo-town/")} == PACK
    assert one == another


DOCUMENTED = (Path(__file__).parents[2] / "docs" / "pack.md").read_text(encoding="utf-8")


def columns_of(chapter: str) -> set[str]:
    """Names of the columns that docs/pack.md has in the chapter of this heading, and those that all share."""
    chapters = dict(re.findall(r"(?ms)^## (.+?)\n(.*?)(?=^## |\Z)", DOCUMENTED))
    found = [chapters["Columns that tables share"], chapters.get(chapter, "")]
    return {name for text in found for name in re.findall(r"(?m)^\| `(\S+)` \|", text)}


def is_one_of(name: str, known: set[str]) -> bool:
    """Whether a column is one of those documented, ``{n}`` standing for a number and ``{name}`` for any."""
    return any(
        re.fullmatch(re.escape(one).replace(r"\{n\}", r"\d+").replace(r"\{name\}", ".+"), name)
        for one in known
    )


def test_every_file_and_column_is_in_the_documentation(pack):
    (listed,) = re.findall(r"(?ms)^## Files\n(.*?)^## ", DOCUMENTED)
    patterns = [name.replace("*", "demo-town*", 1) for name in re.findall(r"(?m)^\| `(\S+)` \|", listed)]
    files = {path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()}
    assert {file for file in files if not any(map(partial(fnmatch.fnmatch, file), patterns))} == set()
    zone_code = {"lsoa11cd"}  # zone_id, by the name that the areas give it
    for path in (pack / "tables").glob("*.csv"):
        known = columns_of(f"`tables/*-{path.stem.removeprefix('demo-town-')}.csv`") | zone_code
        with path.open(encoding="utf-8-sig", newline="") as stream:
            missing = {name for name in next(csv.reader(stream)) if not is_one_of(name, known)}
        assert missing == set(), path.name
    geopackage = pack / "layers" / "demo-town.gpkg"
    for layer in {name for name, _ in pyogrio.list_layers(geopackage)} - {"layer_styles"}:
        known = columns_of(f"Layer `{layer}`") | zone_code
        fields = pyogrio.read_info(geopackage, layer=layer)["fields"]
        assert {name for name in fields if not is_one_of(name, known)} == set(), layer


def test_every_key_of_the_manifest_is_in_the_documentation(pack):
    paths = set(paths_of(json.loads((pack / "manifest.json").read_text(encoding="utf-8"))))
    assert {path for path in paths if key_of(path) is None} == set()
    unused = set(KEYS) - set(map(key_of, paths))
    unused -= {"area", "ptreach.profile_format", "sunset"}  # of profiles, and of feeds without an end
    elsewhere = ("engine_software.", "second_opinion.")
    sometimes = ("network.oddities[].", "network.repairs[].", "map_and_table.rest[].")
    assert {key for key in unused if not key.startswith(elsewhere + sometimes)} == set()


def test_no_file_knows_the_machine_the_user_or_the_day(demo):
    """Neither the files nor what is packed in them; dates in zips are the fixed one."""
    one, another = demo[0]
    marks = {str(one), str(another), ANOTHER, socket.gethostname() * (len(socket.gethostname()) > 7)} - {""}
    today = {day.isoformat() for day in (dt.date.today(), dt.date.today() - dt.timedelta(1))}  # noqa: DTZ011
    for path in (another / "demo-town").rglob("*.*"):
        parts = {path.name: path.read_bytes()}
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}, path
                parts |= {name: packed.read(name) for name in packed.namelist()}
        for name, data in parts.items():
            for mark in marks | today:
                assert mark.encode() not in data, f"{path.name}, {name}: {mark}"
    assert ANOTHER in str(another)


def test_the_isochrones_lie_within_each_other(pack):
    layer = gpd.read_file(pack / "layers" / "demo-town.gpkg", layer="isochrones").sort_values("cutoff_min")
    assert layer["cutoff_min"].tolist() == [15, 30, 45, 60]
    assert layer.crs.to_epsg() == 27700
    assert layer.is_valid.all()
    shapes = layer.geometry.tolist()
    for inner, outer in itertools.pairwise(shapes):
        assert inner.area < outer.area
        assert inner.difference(outer).area < 1  # m2, of rounding


def test_every_layer_has_rows_on_the_national_grid(pack):
    path = pack / "layers" / "demo-town.gpkg"
    layers = [name for name, kind in pyogrio.list_layers(path) if kind]
    assert {"isochrones", "stops", "routes", "streets", "origin"} < set(layers)
    assert len(layers) == 8
    for name in layers:
        layer = gpd.read_file(path, layer=name)
        assert len(layer) > 0, name
        assert layer.crs.to_epsg() == 27700, name
        assert not layer.geometry.is_empty.any(), name


def test_map_and_table_agree_on_the_zones(pack):
    found = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))["map_and_table"]
    assert found["zones"] > 50
    assert found["share"] >= 0.99
    table = pd.read_csv(pack / "tables" / "demo-town-zones.csv", encoding="utf-8-sig")
    shapes = gpd.read_file(pack / "layers" / "demo-town.gpkg", layer="isochrones").set_index("cutoff_min")
    points = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(27700)
    drawn = table["link_distance_m"] <= 300
    apart = sum(
        (points.within(shapes.geometry[cutoff]) != (table["minutes_p50"] < cutoff)) & drawn
        for cutoff in shapes.index
    )
    assert (apart > 0).sum() == found["zones"] - found["agree"]


def test_every_zone_has_minutes_and_their_band_or_a_reason(pack):
    with (pack / "tables" / "demo-town-zones.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 50
    assert {row["reason"] for row in rows} > {"reached"}  # there is something to explain
    for row in rows:
        spread = [float(row[f"minutes_p{p}"] or "inf") for p in (5, 25, 50, 75, 95)]
        assert spread == sorted(spread), row
        assert (spread[2] < float("inf")) is (row["reason"] == "reached"), row
        if row["band"].endswith(" min") and " to " in row["band"]:
            least, most = (float(minutes) for minutes in row["band"].removesuffix(" min").split(" to "))
            assert least <= spread[2] < most, row
    assert len({row["band"] for row in rows}) >= 4


def test_everything_a_reader_opens_says_that_it_is_made_up(pack):
    for name in ("README.txt", "methods.md", "maps/demo-town-journey-time.txt"):
        assert "made-up" in (pack / name).read_text(encoding="utf-8").lower().replace("made up", "made-up"), (
            name
        )
    for path in (pack / "tables").glob("*.csv"):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        assert all("made-up" in line for line in lines[1:]), path.name
    geopackage = pack / "layers" / "demo-town.gpkg"
    for name, _ in pyogrio.list_layers(geopackage):
        layer = pyogrio.read_dataframe(geopackage, layer=name)
        if name != "layer_styles":
            assert set(layer["made_up"]) == {"made-up"}, name
