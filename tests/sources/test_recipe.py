from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ptreach.errors import InputError
from ptreach.sources.recipe import (
    AreasRecipe,
    NetworkRecipe,
    Source,
    find_home,
    load_areas_recipe,
    load_network_recipe,
    load_recipe,
    recipe_folder,
)
from ptreach.sources.records import digest_file, source_records


def source(kind: str, file: str, **more: str) -> str:
    known = {
        "kind": kind,
        "file": file,
        "title": "T",
        "publisher": "P",
        "licence": "L",
        "attribution": "A",
        "date": "2020-06",
        **more,
    }
    return "[[sources]]\n" + "".join(f'{key} = "{value}"\n' for key, value in known.items())


NETWORK = 'title = "Town"\n' + source("osm", "a.osm.pbf") + source("gtfs", "b.zip")
AREAS = (
    'title = "Zones"\nedition = "LSOA 2011"\nid_column = "lsoa11cd"\n'
    'deprivation_title = "IoD"\npopulation_title = "mid-2020"\n'
    + source("centroids", "c.csv")
    + source("boundaries", "b.gpkg")
    + source("deprivation", "d.csv")
)


def write(home: Path, name: str, file: str, text: str) -> Path:
    folder = home / "networks" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def home(tmp_path):
    write(tmp_path, "town", "network.toml", NETWORK)
    write(tmp_path, "zones", "areas.toml", AREAS)
    return tmp_path


def refused(home: Path, text: str, *, file: str = "network.toml") -> InputError:
    write(home, "bad", file, text)
    with pytest.raises(InputError) as caught:
        load_recipe("bad", home)
    assert caught.value.where.startswith(str(home / "networks/bad" / file))
    return caught.value


def test_a_network_takes_its_folders_name_and_british_ways_unless_told(home):
    recipe = load_recipe("town", home)
    assert isinstance(recipe, NetworkRecipe)
    assert (recipe.name, recipe.crs, recipe.timezone) == ("town", "EPSG:27700", "Europe/London")
    assert [(s.kind, s.file, s.url, s.sha256) for s in recipe.sources] == [
        ("osm", "a.osm.pbf", "", ""),
        ("gtfs", "b.zip", "", ""),
    ]
    assert not recipe.made_up


def test_areas_find_their_files_by_kind(home):
    recipe = load_recipe("zones", home)
    assert isinstance(recipe, AreasRecipe)
    assert recipe.source("boundaries").file == "b.gpkg"
    assert recipe.source("population") is None


def test_a_date_may_be_written_as_a_date(home):
    text = 'title = "T"\n' + source("osm", "a.pbf").replace('"2020-06"', "2020-06-16")
    write(home, "dated", "network.toml", text)
    assert load_recipe("dated", home).sources[0].date == "2020-06-16"


def test_keys_in_an_address_are_not_shown():
    recipe = Source(
        kind="gtfs",
        file="a.zip",
        title="T",
        publisher="P",
        licence="L",
        attribution="A",
        date="2020",
        url="http://me:word@api.example.org:8080/gtfs/a.zip?app_key=secret#top",
    )
    assert recipe.public_url == "http://api.example.org:8080/gtfs/a.zip"


@pytest.mark.parametrize(
    ("wrong", "what", "remedy"),
    [
        ("", "no list of sources", "give each file a [[sources]] table"),
        ('title = "T"\nsources = "a.pbf"\n', "no list of sources", "[[sources]] table"),
        ("madeup = true\n" + NETWORK, "unknown key 'madeup'", "did you mean 'made_up'"),
        (NETWORK + 'sha = ""\n', "unknown key 'sha'", "did you mean 'sha256'"),
        (NETWORK.replace('licence = "L"\n', "", 1), "key 'licence' is missing", "add licence"),
        (NETWORK.replace('"gtfs"', '"netex"'), "'gtfs'", "correct the value"),
        (NETWORK.replace("b.zip", "../b.zip"), "", "correct the value"),
        (NETWORK.replace("b.zip", ".b.zip"), "may not start with a dot", "correct the value"),
        (NETWORK.replace("b.zip", "b.part"), "end in .part", "correct the value"),
        (NETWORK.replace("b.zip", "A.OSM.pbf"), "names the file 'a.osm.pbf' 2 times", "correct the value"),
        ('title = "T"\n' + source("gtfs", "b.zip"), "no file of kind 'osm'", "correct the value"),
        (NETWORK + source("boundaries", "c.gpkg"), "'boundaries' belong in areas.toml", "correct"),
        (NETWORK + source("gtfs", "c.zip", url="ftp://x/c.zip"), "", "correct the value"),
        (NETWORK + source("gtfs", "c.zip", sha256="ABC"), "", "correct the value"),
        ('timezone = "Europe/Londn"\n' + NETWORK, "'Europe/Londn' is no time zone", "correct the value"),
        ('crs = "27700"\n' + NETWORK, "", "correct the value"),
        ('name = "city"\n' + NETWORK, "name is 'city', the folder's is 'bad'", "leave name out"),
        ("title = Town\n", "not readable as TOML", "mend the line"),
    ],
)
def test_faults_of_a_network_are_named(home, wrong, what, remedy):
    error = refused(home, wrong)
    assert what in error.what
    assert remedy in error.remedy


def test_areas_may_have_many_tables_of_indicators_and_do_without_them(home):
    tables = source("indicators", "q.zip") + source("indicators", "i.csv") + "optional = true\n"
    columns = '[[sources.columns]]\ncolumn = "Gigabit %"\ntitle = "Homes with gigabit"\nfactor = 100\n'
    write(home, "more", "areas.toml", AREAS + tables + columns + source("schools", "s.csv"))
    recipe = load_areas_recipe("more", home)
    assert [s.file for s in recipe.sources if s.kind == "indicators"] == ["q.zip", "i.csv"]
    assert recipe.source("schools").columns == ()
    column = recipe.sources[4].columns[0]
    assert (column.column, column.title, column.theme, column.factor) == (
        "Gigabit %",
        "Homes with gigabit",
        "other",
        100,
    )


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (AREAS.replace('"boundaries"', '"population"'), "no file of kind 'boundaries'"),
        (AREAS + source("schools", "s.csv") + source("schools", "t.csv"), "2 files of kind 'schools'"),
        (AREAS + "optional = true\n", "'d.csv' is optional; areas need their deprivation"),
        (AREAS + '[[sources.columns]]\ncolumn = "a"\n', "columns are for files of kind 'indicators', not 'd"),
        (
            AREAS + source("indicators", "i.csv") + '[[sources.columns]]\ncolumn = "a"\nfactor = 0\n',
            "greater than 0",
        ),
        (
            AREAS + source("indicators", "i.csv") + '[[sources.columns]]\ncolumn = "a"\ntitel = "b"\n',
            "unknown key 'columns.0.titel'",
        ),
        (
            AREAS + source("population", "p.csv") + source("population", "q.csv"),
            "2 files of kind 'population'",
        ),
        (AREAS + source("gtfs", "g.zip"), "'gtfs' belong in network.toml"),
        (AREAS.replace('"lsoa11cd"', '"LSOA code"'), ""),
    ],
)
def test_faults_of_areas_are_named(home, wrong, what):
    assert what in refused(home, wrong, file="areas.toml").what


def test_a_misspelt_key_of_a_column_is_answered_with_those_of_a_column(home):
    column = '[[sources.columns]]\ncolumn = "a"\nshare_off = "b"\n'
    error = refused(home, AREAS + source("indicators", "i.csv") + column, file="areas.toml")
    assert error.what == "unknown key 'columns.0.share_off'"
    assert error.remedy == "did you mean 'share_of'?"


def test_a_fault_of_one_source_names_it(home):
    error = refused(
        home, NETWORK.replace("b.zip", "b.zip\nnote = 1").replace('zip\nnote = 1"', 'zip"\nnote = 1')
    )
    assert error.where.endswith("[[sources]] 2 (b.zip), note")


def test_an_unknown_name_is_answered_with_those_there_are(home):
    with pytest.raises(
        InputError, match=r"no recipe of network or areas 'twon'\. Did you mean 'town'\? There are: "
    ):
        load_recipe("twon", home)
    with pytest.raises(InputError, match=r"no recipe of network 'zones'\. Take one of town\."):
        load_network_recipe("zones", home)
    with pytest.raises(InputError, match=r"no recipe of areas 'town'\. Take one of zones\."):
        load_areas_recipe("town", home)
    (home / "networks/zones/areas.toml").unlink()
    with pytest.raises(InputError, match=r"no recipe of areas 'zones'\. Write zones/areas\.toml there\."):
        load_areas_recipe("zones", home)


@pytest.mark.parametrize("name", ["../town", "Town", "a b", "", "town\n"])
def test_a_name_that_is_no_folder_name_is_refused(home, name):
    with pytest.raises(InputError, match="is no name of a recipe"):
        recipe_folder(name, home)


def test_a_town_s_file_is_no_recipe_but_names_some(home):
    with pytest.raises(InputError, match="a town's file has it as network or areas"):
        recipe_folder("config/ryde.toml", home)


def test_home_is_the_nearest_folder_with_networks(home, monkeypatch):
    monkeypatch.delenv("PTREACH_HOME", raising=False)
    deep = home / "work/deep"
    deep.mkdir(parents=True)
    assert find_home(deep) == home
    (deep / "networks").mkdir()
    assert find_home(deep) == deep
    monkeypatch.setenv("PTREACH_HOME", str(home))
    assert find_home(deep) == home


def test_a_home_that_is_none_is_named(home, monkeypatch):
    monkeypatch.setenv("PTREACH_HOME", str(home / "networks"))
    with pytest.raises(InputError, match="PTREACH_HOME names a folder without networks/"):
        find_home(home)
    monkeypatch.delenv("PTREACH_HOME")
    with pytest.raises(InputError, match="or set PTREACH_HOME"):
        find_home(Path("/"))


def test_records_tell_what_a_file_is(home):
    folder = home / "networks/town"
    (folder / "sources").mkdir()
    (folder / "sources/a.osm.pbf").write_bytes(b"streets")
    (folder / "sources/b.zip").write_bytes(b"timetable")
    streets, timetable = source_records(load_network_recipe("town", home), folder)
    assert streets.sha256 == hashlib.sha256(b"streets").hexdigest()
    assert (streets.kind, streets.size_bytes, streets.title, streets.date) == ("osm", 7, "T", "2020-06")
    assert timetable.path == folder / "sources/b.zip"


def test_a_missing_file_and_another_than_the_pinned_one_are_named(home):
    folder = home / "networks/town"
    with pytest.raises(InputError, match=r"the osm file 'a\.osm\.pbf' is missing\. Run ptreach fetch town"):
        source_records(load_network_recipe("town", home), folder)
    (folder / "sources").mkdir()
    (folder / "sources/a.osm.pbf").write_bytes(b"streets")
    write(home, "town", "network.toml", 'title = "T"\n' + source("osm", "a.osm.pbf", sha256="0" * 64))
    with pytest.raises(
        InputError, match=r"a\.osm\.pbf: not the file that the recipe pins: .*, not 000000000000"
    ):
        source_records(load_network_recipe("town", home), folder)


def test_digests_are_those_of_sha256(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    # The example of FIPS 180-4.
    assert digest_file(tmp_path / "abc").startswith("ba7816bf8f01cfea414140de5dae2223")


STREETS = source("osm", "a.osm.pbf")
KEYED = source("gtfs", "b.zip", url="http://x/b.zip?key=${KEY}")


def more(text: str, line: str) -> str:
    return f'title = "T"\n{text}{line}\n'


def test_a_network_may_have_several_extracts_further_addresses_and_alternatives(home):
    text = more(STREETS + source("osm", "b.osm.pbf", url="https://x/b"), 'fallback_urls = ["https://y/b"]')
    text += (
        KEYED + source("gtfs", "c.zip", instead_of="b.zip") + source("gtfs", "d.zip") + "optional = true\n"
    )
    write(home, "many", "network.toml", text)
    recipe = load_recipe("many", home)
    assert [s.file for s in recipe.sources if s.kind == "osm"] == ["a.osm.pbf", "b.osm.pbf"]
    assert [s.urls for s in recipe.sources[:2]] == [(), ("https://x/b", "https://y/b")]
    assert [s.optional for s in recipe.sources] == [False, False, False, False, True]
    assert recipe.sources[2].public_url == "http://x/b.zip"


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (more(STREETS, 'fallback_urls = ["https://y/a"]'), "url, which is missing"),
        (more(STREETS, 'url = "http://x/a?key=${key}"'), "write a variable as ${NAME}"),
        (more(STREETS, 'url = "http://[::1"'), "Invalid IPv6 URL"),
        (more(STREETS, "optional = true"), "no file of kind 'osm' that is not optional"),
        (more(STREETS + KEYED + source("gtfs", "c.zip"), 'instead_of = "x.zip"'), "which is no file of kind"),
        (
            more(STREETS + KEYED + source("gtfs", "c.zip"), 'instead_of = "a.osm.pbf"'),
            "no file of kind 'gtfs'",
        ),
        (more(STREETS + source("gtfs", "c.zip"), 'instead_of = "c.zip"'), "or an alternative itself"),
        (
            more(STREETS + KEYED + source("gtfs", "c.zip"), 'instead_of = "b.zip"\noptional = true'),
            "optional is said of 'b.zip', for both",
        ),
    ],
)
def test_faults_of_alternatives_and_addresses_are_named(home, wrong, what):
    assert what in refused(home, wrong).what


def test_areas_need_their_boundaries_and_deprivation(home):
    error = refused(home, f"{AREAS}optional = true\n", file="areas.toml")
    assert error.what == "'d.csv' is optional; areas need their deprivation"
    error = refused(home, f'{AREAS}instead_of = "d.csv"\n', file="areas.toml")
    assert "no file of kind 'deprivation'" in error.what


def test_areas_may_have_optional_files_and_alternatives(home):
    text = AREAS + source("deprivation", "e.csv", instead_of="d.csv") + source("lookup", "l.csv")
    write(home, "more", "areas.toml", text + "optional = true\n")
    recipe = load_areas_recipe("more", home)
    assert recipe.source("deprivation").file == "d.csv"
    assert [s.file for s in recipe.sources if s.optional] == ["l.csv"]
    folder = home / "networks/more"
    (folder / "sources").mkdir()
    for name in ("b.gpkg", "c.csv", "e.csv"):
        (folder / "sources" / name).write_text("x")
    assert [record.path.name for record in source_records(recipe, folder)] == ["c.csv", "b.gpkg", "e.csv"]


def test_headers_of_columns_are_given_by_the_kind_of_file(home):
    text = f'{AREAS}headers = {{imd_rank = "Rang", zone_id = "Ort"}}\nsheet = "Blatt 1"\n'
    write(home, "own", "areas.toml", text)
    given = load_areas_recipe("own", home).source("deprivation")
    assert (given.headers, given.sheet) == ({"imd_rank": "Rang", "zone_id": "Ort"}, "Blatt 1")
    wrong = refused(home, f'{AREAS}headers = {{imd_rang = "Rang"}}\n', file="areas.toml")
    assert "no column 'imd_rang' is looked for in a file of kind 'deprivation'; did you mean 'imd_rank'?" in (
        wrong.what
    )
    wrong = refused(home, f'{NETWORK}headers = {{stop = "halt"}}\n')
    assert "in a file of kind 'gtfs'; they are none" in wrong.what


def with_keys(home, lines):
    """A recipe with more keys before its sources."""
    write(home, "part", "network.toml", NETWORK.replace("[[sources]]", f"{lines}[[sources]]", 1))
    return load_network_recipe("part", home)


def test_a_part_of_large_files_may_be_named(home):
    recipe = with_keys(home, "bounds = [-2.5, 52.0, -1.5, 53.0]\n")
    assert (recipe.bounds, recipe.clip) == ((-2.5, 52.0, -1.5, 53.0), "")
    assert with_keys(home, 'clip = "reach"\n').clip == "reach"
    for lines, what in (
        ("bounds = [-1.5, 52.0, -2.5, 53.0]\n", "west, south, east and north"),
        ("bounds = [-2.5, 52.0, -1.5, 153.0]\n", "west, south, east and north"),
        ('bounds = [-2.5, 52.0, -1.5, 53.0]\nclip = "reach"\n', "give one of them"),
        ('clip = "all"\n', "clip"),
    ):
        with pytest.raises(InputError, match=what):
            with_keys(home, lines)


def test_rules_of_cleaning_may_be_switched_off_by_name(home):
    assert with_keys(home, '[cleaning]\noff = ["times-blank"]\n').cleaning.off == ("times-blank",)
    with pytest.raises(InputError, match=r"no cleaning rule 'times-blanc'; did you mean 'times-blank'"):
        with_keys(home, '[cleaning]\noff = ["times-blanc"]\n')
