"""Every recipe and every town that is shipped: sound, and of the places that they say."""

from __future__ import annotations

import csv
import json
import math
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest

import schemas
from ptreach.config import load_town
from ptreach.outputs.wording import licence_address
from ptreach.sources.recipe import NetworkRecipe, load_areas_recipe, load_network_recipe, load_recipe
from ptreach.sources.records import groups_of

ROOT = Path(__file__).parents[1]
SHARED = ROOT / "../shared"
TOWNS = sorted(path for path in (ROOT / "config").glob("*.toml") if path.name != "presets.toml")
RECIPES = sorted((ROOT / "networks").glob("*/*.toml"))
NETWORKS = [path.parent.name for path in RECIPES if path.name == "network.toml"]
REAL = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")

# Counties of Geofabrik that an hour from the centre of each place reaches.
COUNTIES = {
    "hull": {"east-yorkshire-with-hull", "lincolnshire"},
    "west-bromwich": {"west-midlands", "staffordshire", "worcestershire"},
    "wednesbury": {"west-midlands", "staffordshire", "worcestershire"},
    "walsall": {"west-midlands", "staffordshire", "worcestershire"},
    "mansfield": {"nottinghamshire", "derbyshire"},
    "worksop": {"nottinghamshire", "south-yorkshire", "derbyshire"},
    "middlesbrough": {"north-yorkshire", "durham"},
    "redcar": {"north-yorkshire", "durham"},
    "blackburn": {"lancashire", "greater-manchester"},
    "hastings": {"east-sussex", "kent"},
    "bexhill-on-sea": {"east-sussex", "kent"},
    "torquay": {"devon"},
    "bideford": {"devon", "cornwall"},
    "clacton-on-sea": {"essex", "suffolk"},
    "stoke-on-trent": {"staffordshire", "cheshire"},
    "boston": {"lincolnshire", "cambridgeshire", "norfolk"},
    "wakefield": {"west-yorkshire", "south-yorkshire"},
    "oldham": {"greater-manchester", "lancashire", "west-yorkshire"},
    "rochdale": {"greater-manchester", "lancashire", "west-yorkshire"},
    "doncaster": {"south-yorkshire", "nottinghamshire", "west-yorkshire"},
    "south-shields": {"tyne-and-wear", "durham", "northumberland"},
}
# Regions of the Bus Open Data Service.
REGIONS = {
    "west-midlands": "west_midlands",
    "staffordshire": "west_midlands",
    "yorkshire": "yorkshire",
    "east-midlands": "east_midlands",
    "north-east": "north_east",
    "north-west": "north_west",
    "south-east": "south_east",
    "south-west": "south_west",
    "east-anglia": "east_anglia",
}
ENGLAND = {
    "North East": "north_east",
    "North West": "north_west",
    "Yorkshire and The Humber": "yorkshire",
    "East Midlands": "east_midlands",
    "West Midlands": "west_midlands",
    "East of England": "east_anglia",
    "South East": "south_east",
    "South West": "south_west",
}
DOUBTFUL = {"redcar", "torquay", "west-bromwich", "worksop", "bideford"}


def slug(path):
    return path.stem


@pytest.mark.parametrize("path", TOWNS, ids=slug)
def test_a_town_can_be_read_and_names_recipes_that_exist(path):
    town = load_town(path)
    load_network_recipe(town.network, ROOT)
    load_areas_recipe(town.areas, ROOT)
    assert town.date.weekday() == 1  # a Tuesday
    assert town.origin.source


@pytest.mark.parametrize("path", TOWNS, ids=slug)
def test_a_town_and_its_schema_agree(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#:schema schema.json\n")
    jsonschema.validate(json.loads(json.dumps(tomllib.loads(text), default=str)), schemas.town_schema())


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.parent.name)
def test_a_recipe_and_its_schema_agree(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#:schema ../schema.json\n")
    load_recipe(path.parent.name, ROOT)
    jsonschema.validate(json.loads(json.dumps(tomllib.loads(text), default=str)), schemas.recipe_schema())


@pytest.mark.parametrize(
    "wrong",
    [
        {"netwrok": "isle"},
        {"date": 5},
        {"origin": {"lon": 1}},
        {"window": [1, 2]},
        {"network": "Isle of Wight"},
        {"percentiles": [0]},
    ],
)
def test_the_schema_of_a_town_refuses_what_the_model_refuses(wrong):
    good = {
        "name": "A",
        "network": "isle",
        "areas": "zones",
        "date": "2026-10-13",
        "origin": {"lon": 1, "lat": 2},
        "window": "07:15-09:15",
    }
    jsonschema.validate(good, schemas.town_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(good | wrong, schemas.town_schema())


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "netex"}, {"url": "ftp://x/a"}, {"sha256": "ab"}, {"fallback_urls": "http://x"}, {"x": 1}],
)
def test_the_schema_of_recipes_refuses_what_the_model_refuses(wrong):
    known = dict.fromkeys(("title", "publisher", "licence", "attribution", "date"), "x")
    good = {"kind": "osm", "file": "a.osm.pbf", **known}
    jsonschema.validate({"title": "T", "sources": [good]}, schemas.recipe_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"title": "T", "sources": [good | wrong]}, schemas.recipe_schema())


@pytest.mark.parametrize("file", schemas.FILES)
def test_a_schema_is_that_of_the_models(file):
    kept = (ROOT / file).read_text(encoding="utf-8")
    assert kept == schemas.as_text(schemas.FILES[file]()), "run make schemas"


def feeds(network):
    """The groups of feeds of a network."""
    return [group for group in groups_of(load_network_recipe(network, ROOT)) if group.main.kind == "gtfs"]


@pytest.mark.parametrize("network", REGIONS)
def test_a_network_has_one_feed_of_buses_of_its_region_or_of_all_england_and_optional_trains(network):
    buses, trains = feeds(network)
    addresses = [url for source in buses.choices for url in source.urls]
    page = "https://data.bus-data.dft.gov.uk/timetable/download/gtfs-file/"
    assert f"{page}{REGIONS[network]}/" in addresses
    assert f"{page}england/" in addresses
    assert not buses.main.optional
    assert (trains.main.file, trains.main.optional, trains.main.url) == ("gb-rail-gtfs.zip", True, "")
    assert "ptreach cif" in trains.main.how_to_get


def test_every_network_but_the_old_one_and_the_nation_is_of_a_region():
    assert set(NETWORKS) - {"isle-of-wight", "england"} == set(REGIONS)
    assert load_network_recipe("england", ROOT).clip == "reach"


def test_the_west_midlands_want_a_key_and_say_where_to_get_it():
    buses, _ = feeds("west-midlands")
    assert "${TFWM_APP_KEY}" in buses.main.url
    assert buses.main.public_url == "http://api.tfwm.org.uk/gtfs/tfwm_gtfs.zip"
    assert "https://api-portal.tfwm.org.uk/" in buses.main.how_to_get


@pytest.mark.parametrize("network", REGIONS)
def test_streets_are_those_of_counties_at_both_addresses_of_geofabrik(network):
    for source in load_network_recipe(network, ROOT).sources:
        if source.kind != "osm":
            continue
        at = "https://download.geofabrik.de/europe/{}/england/" + source.file
        assert source.urls == (at.format("united-kingdom"), at.format("great-britain"))


@pytest.mark.parametrize("town", COUNTIES)
def test_a_network_reaches_over_the_edge_of_its_towns_counties(town):
    recipe = load_network_recipe(load_town(ROOT / "config" / f"{town}.toml").network, ROOT)
    have = {source.file.removesuffix("-latest.osm.pbf") for source in recipe.sources if source.kind == "osm"}
    assert COUNTIES[town] <= have


@pytest.mark.parametrize("town", COUNTIES)
def test_a_town_says_that_its_origin_comes_from_a_gazetteer(town):
    path = ROOT / "config" / f"{town}.toml"
    assert load_town(path).origin.source.startswith("gazetteer point: ")
    assert ("to be looked at on a map" in path.read_text(encoding="utf-8").lower()) == (town in DOUBTFUL)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_networks_readme_names_its_towns_and_how_to_bring_its_files(network):
    text = (ROOT / "networks" / network / "README.md").read_text(encoding="utf-8")
    towns = {path.stem for path in TOWNS if load_town(path).network == network}
    assert set(re.findall(r"`config/([\w-]+)\.toml`", text)) == towns
    assert f"ptreach fetch {network}" in text
    assert f"ptreach new TOWN --network {network}" in text
    recipe = load_network_recipe(network, ROOT)
    for file in re.findall(r"--alternative (\S+)", text):
        assert file in {source.file for source in recipe.sources if source.instead_of}
    if network in REGIONS:
        there = re.search(r"hour around it: (.*?) are\.", text, re.DOTALL).group(1)
        counties = {s.file.removesuffix("-latest.osm.pbf") for s in recipe.sources if s.kind == "osm"}
        assert set(re.findall(r"`([\w-]+)`", there)) == counties


# What each publisher asks for; of OS, the year of the data, in what is drawn or placed by its maps
OGL = "licensed under the Open Government Licence v3.0"
WORDS = {
    "OpenStreetMap contributors": "© OpenStreetMap contributors",
    "Office for National Statistics": f"Source: Office for National Statistics(, Census 2021,)? {OGL}"
    r"(\. Contains OS data © Crown copyright and database right 20\d\d)?",
    "Ministry of Housing": "Source: Ministry of Housing, Communities and Local Government, English Indices "
    f"of Deprivation (2019|2025), {OGL}",
    "Department for Education": f"Source: Department for Education, Get Information about Schools, {OGL}",
    "Department for Transport": f"Contains Bus Open Data Service data of the Department for Transport, {OGL}",
    "Rail Delivery Group": r"Contains rail timetable data of the Rail Delivery Group, CC BY 2\.0 UK",
    "Traveline National Dataset": f"Contains public sector information {OGL}",
    "Transport for West Midlands": "Contains Transport for West Midlands data and public sector information "
    + OGL,
}
OF_OS = {"boundaries", "centroids", "districts", "regions"}


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.parent.name)
def test_attributions_are_in_the_words_that_publishers_ask_for(path):
    for source in load_recipe(path.parent.name, ROOT).sources:
        words = source.attribution
        assert re.fullmatch(WORDS[source.publisher.split(",")[0]], words), source.file
        assert ("Contains OS data" in words) == (source.kind in OF_OS), source.file
        assert licence_address(source.licence) or "open data" in source.licence, source.file
        for year in re.findall(r"database right (20\d\d)", words):
            assert source.date == "latest" or source.date[:4] <= year, source.file
        for edition in re.findall(r"Indices of Deprivation (20\d\d)", words):
            assert edition in source.title, source.file


def test_what_is_not_pinned_is_downloaded_or_made():
    for name in {path.parent.name for path in RECIPES}:
        for source in load_recipe(name, ROOT).sources:
            assert source.sha256 or source.url or source.how_to_get, f"{name}: {source.file}"
            assert (source.date == "latest") == (not source.sha256), f"{name}: {source.file}"


def test_a_network_that_is_no_network_is_no_recipe_of_one():
    assert all(isinstance(load_recipe(name, ROOT), NetworkRecipe) for name in NETWORKS)


def partnerships():
    with (SHARED / "data/england/levelling_up_partnerships_2023.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def districts():
    gpd = pytest.importorskip("geopandas")
    return gpd.read_parquet(SHARED / "data/england/lad2024_england_27700.parquet").set_index("lad24nm")


@pytest.mark.real
@REAL
@pytest.mark.parametrize("town", COUNTIES)
def test_a_towns_origin_lies_in_the_district_whose_zones_it_counts(town, districts):
    import geopandas as gpd
    from shapely.geometry import Point

    known = load_town(ROOT / "config" / f"{town}.toml")
    (district,) = known.districts
    place = gpd.GeoSeries([Point(known.origin.lon, known.origin.lat)], crs=4326).to_crs(27700)[0]
    assert districts.geometry[district].contains(place)
    region = districts["rgn24nm"][district]
    assert REGIONS[known.network] == ENGLAND[region]


@pytest.mark.real
@REAL
def test_every_place_of_the_levelling_up_partnerships_has_a_town(districts):
    codes = {districts["lad24cd"][load_town(ROOT / f"config/{town}.toml").districts[0]] for town in COUNTIES}
    assert codes == {row["lad24cd"] for row in partnerships()}
    assert len(codes) == 20


@pytest.mark.real
@REAL
def test_a_towns_point_is_where_the_gazetteer_has_it():
    text = (SHARED / "formats/publishers.md").read_text(encoding="utf-8")
    chapter = text.partition("## 11.")[2]
    points = {tuple(map(float, found)) for found in re.findall(r"(-?\d\.\d{4,}), (\d\d\.\d{3,})", chapter)}
    for town in COUNTIES:
        origin = load_town(ROOT / f"config/{town}.toml").origin
        assert (origin.lon, origin.lat) in points, town


@pytest.mark.real
@REAL
@pytest.mark.parametrize(
    ("town", "served"),
    [("west-bromwich", True), ("wednesbury", True), ("walsall", True), ("stoke-on-trent", False)],
)
def test_the_feed_of_transport_for_west_midlands_serves_those_towns_that_are_given_it(town, served):
    origin = load_town(ROOT / f"config/{town}.toml").origin
    with (SHARED / "data/west-midlands-stops/stops.txt").open(encoding="utf-8-sig") as stream:
        stops = [(float(row["stop_lon"]), float(row["stop_lat"])) for row in csv.DictReader(stream)]
    narrow = math.cos(math.radians(origin.lat))
    near = [
        1 for lon, lat in stops if math.hypot((lon - origin.lon) * narrow, lat - origin.lat) * 111_320 < 400
    ]
    assert (len(near) >= 5) == served
