"""origin, streets and new: what they print and write."""

import json
import tomllib

import pytest

from loopback import serving
from ptreach.config import load_town
from ptreach.sources.overpass import Extract
from ptreach.sources.places import Place

PLACES = (
    Place("High Street, West Bromwich", "highway pedestrian", -1.9945, 52.518681),
    Place("High Street, Wednesbury", "highway residential", -2.02, 52.55),
)
SOURCE = """[[sources]]
kind = "{kind}"
file = "{file}"
title = "T"
publisher = "P"
licence = "L"
attribution = "A"
date = "2020"
"""
NETWORK = 'title = "T"\n' + SOURCE.format(kind="osm", file="a.osm.pbf")
AREAS = (
    'title = "T"\nedition = "E"\nid_column = "lsoa11cd"\ndeprivation_title = "D"\npopulation_title = "P"\n'
    + "".join(SOURCE.format(kind=kind, file=kind) for kind in ("centroids", "boundaries", "deprivation"))
)


@pytest.fixture
def found(monkeypatch):
    """A stand-in for the gazetteer; returns its calls."""
    calls = []

    def find_places(text, **how):
        calls.append((text, how))
        return PLACES

    monkeypatch.delenv("PTREACH_NOMINATIM_URL", raising=False)
    monkeypatch.setattr("ptreach.sources.places.find_places", find_places)
    return calls


@pytest.fixture
def written(monkeypatch):
    """A stand-in for Overpass; returns its calls."""
    calls = []

    def write_streets(lon, lat, radius_km, path, *, progress, **how):
        calls.append(((lon, lat, radius_km, path), how))
        progress("streets", 1, 1)
        return Extract(1234, 5678, "2026-10-06T20:00:00Z")

    monkeypatch.delenv("PTREACH_OVERPASS_URL", raising=False)
    monkeypatch.setattr("ptreach.sources.overpass.write_streets", write_streets)
    return calls


def test_origin_prints_the_places_and_a_table(ptreach, found):
    code, out, err = ptreach("origin", "High Street")
    assert code == 0
    assert out.startswith(
        "1  High Street, West Bromwich\n   highway pedestrian; lon -1.9945, lat 52.518681\n2  "
    )
    assert tomllib.loads(out[out.index("[origin]") :])["origin"]["lon"] == -1.9945
    assert err == "© OpenStreetMap contributors, Open Database Licence 1.0\n"
    assert found == [("High Street", {"country": "gb", "server": "https://nominatim.openstreetmap.org/"})]


def test_origin_can_print_another_place_and_json(ptreach, found):
    assert 'lat = 52.55\nsource = "OpenStreetMap by Nominatim: High Street, Wednesbury"' in (
        ptreach("origin", "High Street", "--pick", 2).out
    )
    shown = json.loads(ptreach("-q", "origin", "High Street", "--json").out)
    assert shown == [place._asdict() for place in PLACES]
    assert ptreach("origin", "High Street", "--pick", 3).line.startswith("--pick: 3 of 2 places")


def test_servers_may_be_given_by_the_environment(ptreach, found, written, monkeypatch, tmp_path):
    monkeypatch.setenv("PTREACH_NOMINATIM_URL", "http://gazetteer/")
    monkeypatch.setenv("PTREACH_OVERPASS_URL", "http://overpass/api")
    ptreach("origin", "Ryde", "--country", "")
    assert found == [("Ryde", {"country": "", "server": "http://gazetteer/"})]
    ptreach("streets", "--around", "1,2", "--radius-km", 3, "--out", tmp_path / "a.osm")
    assert written[0][1]["server"] == "http://overpass/api"


def test_streets_prints_the_file_and_tells_whose_the_data_are(ptreach, written, tmp_path):
    path = tmp_path / "new" / "a.osm"
    given = ("--around", "-1.99,52.52", "--radius-km", "2.5", "--out", path, "--refresh")
    code, out, err = ptreach("streets", *given)
    assert (code, out) == (0, f"{path}\n")
    assert err.startswith("1,234 ways, OpenStreetMap of 2026-10-06T20:00:00Z. © OpenStreetMap contributors")
    assert written == [
        ((-1.99, 52.52, 2.5, path), {"server": "https://overpass-api.de/api", "refresh": True})
    ]
    assert path.parent.is_dir()


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--around", "52.52", "--around: '52.52' is no point. Write LON,LAT"),
        ("--around", "1,2,3", "--around: '1,2,3' is no point"),
        ("--around", "west,north", "--around: 'west,north' is no point"),
        ("--out", "a.pbf", "--out: 'a.pbf' is no kind of file for streets. End the name in .osm"),
    ],
)
def test_streets_refuses_what_makes_no_sense(ptreach, written, option, value, says):
    given = {"--around": "1,2", "--radius-km": "1", "--out": "a.osm"} | {option: value}
    assert ptreach("streets", *(part for pair in given.items() for part in pair)).line.startswith(says)
    assert written == []


def test_origin_from_the_command_line_to_the_gazetteer(ptreach, monkeypatch, tmp_path):
    import osmnx

    monkeypatch.setattr(osmnx._nominatim.time, "sleep", lambda _: None)
    monkeypatch.setenv("PTREACH_CACHE", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    body = b'[{"lat": "50.73", "lon": "-1.16", "class": "place", "type": "town", "display_name": "Ryde"}]'
    with serving() as server:
        server.answers = {0: lambda handler: handler.answer(200, {"Content-Type": "application/json"}, body)}
        ended = ptreach("origin", "Ryde", "--server", server.url("/"))
    assert ended.out.startswith("1  Ryde\n   place town; lon -1.16, lat 50.73\n")


# new


@pytest.fixture
def recipes(home):
    for name, file, text in (("isle", "network.toml", NETWORK), ("zones", "areas.toml", AREAS)):
        (home / "networks" / name).mkdir()
        (home / "networks" / name / file).write_text(text, encoding="utf-8")
    return home


def test_new_writes_a_file_that_can_be_run_where_all_is_given(ptreach, recipes):
    path = recipes / "config" / "st-marys-llyn.toml"
    given = ("--at", "-1.1632,50.73", "--date", "2020-06-16")
    assert ptreach("new", "St Mary's  Llŷn", *given) == (0, f"{path}\n", "")
    town = load_town(path)
    assert (town.name, town.network, town.areas) == ("St Mary's Llŷn", "isle", "zones")
    assert (town.origin.lon, town.origin.lat, str(town.date)) == (-1.1632, 50.73, "2020-06-16")
    assert town.preset_name == "am-peak"


def test_new_takes_the_newest_areas_unless_others_are_named(ptreach, recipes):
    (recipes / "networks" / "zones-2").mkdir()
    (recipes / "networks/zones-2/areas.toml").write_text(AREAS, encoding="utf-8")
    given = ("--at", "-1.1632,50.73", "--date", "2020-06-16")
    ptreach("new", "Ryde", *given)
    ptreach("new", "Cowes", *given, "--areas", "zones")
    towns = [load_town(recipes / f"config/{name}.toml") for name in ("ryde", "cowes")]
    assert [town.areas for town in towns] == ["zones-2", "zones"]


def test_every_key_that_new_offers_is_one(ptreach, recipes):
    ptreach("new", "Ryde", "--at", "-1.1632,50.73", "--date", "2020-06-16")
    path = recipes / "config/ryde.toml"
    text = path.read_text(encoding="utf-8")
    offered = text.replace("# source", "source")
    for key in ("window", "direction", "cutoffs_min", "walk_speed_kph", "max_walk_min", "districts"):
        assert f"\n# {key} = " in text
        offered = offered.replace(f"# {key} = ", f"{key} = ")
    path.write_text(offered, encoding="utf-8")
    assert load_town(path).districts == ("Sandwell",)


def test_new_leaves_what_is_not_known_to_be_filled_in(ptreach, recipes):
    (recipes / "networks" / "west").mkdir()
    (recipes / "networks/west/network.toml").write_text(NETWORK, encoding="utf-8")
    (recipes / "config").mkdir()
    (recipes / "config/schema.json").write_text("{}", encoding="utf-8")
    assert ptreach("new", "Ryde").code == 0
    text = (recipes / "config/ryde.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema schema.json\n")
    assert '# network = "..."    # one of isle, west\n' in text
    assert '#   ptreach origin "Ryde"\n' in text
    line = ptreach("run", recipes / "config/ryde.toml").line
    assert "keys 'network', 'date', 'origin.lon', 'origin.lat' are missing" in line
    assert "config/ryde.toml" in line


def test_new_never_overwrites(ptreach, recipes):
    (recipes / "config").mkdir()
    (recipes / "config/ryde.toml").write_text("mine", encoding="utf-8")
    assert ptreach("new", "Ryde").line.endswith(
        "the file is there already. Edit it, or give the town another name."
    )
    assert (recipes / "config/ryde.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("Ryde", "--network", "nosuch"), "no recipe of network 'nosuch'"),
        (("Ryde", "--areas", "nosuch"), "no recipe of areas 'nosuch'"),
        (("Ryde", "--at", "459154,92600"), "--at, lon: 459154 is no degree"),
        (("Ryde", "--at", "here"), "--at: 'here' is no point"),
        (("Ryde", "--at", "50.73,-1.16"), "lies in Great Britain. Write the longitude first: -1.16,50.73."),
        (("Ryde", "--date", "16.6.2020"), "--date: '16.6.2020' is no date"),
        (("",), "TOWN: '' has no letter a-z or digit"),
        (("東京",), "has no letter a-z or digit"),
        (("x" * 81,), "a name has 1 to 80 letters"),
    ],
)
def test_new_refuses_what_makes_no_sense(ptreach, recipes, given, says):
    assert says in ptreach("new", *given).line
    assert not list(recipes.glob("config/*"))
