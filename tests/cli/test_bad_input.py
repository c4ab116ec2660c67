"""Bad input: exit code 2 and one line that names file, field and remedy; packs stay as they were."""

import hashlib
import re
import shutil

import pytest

from ptreach.model import no_progress
from ptreach.pipeline import demo

LON, LAT = "1.023855", "53.638817"
CENTRE = f"centre,{LON},{LAT}"


def contents(folder):
    """Digest of every file below a folder, by its name; folders too."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).digest()
        if path.is_file()
        else b""
        for path in folder.rglob("*")
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The made-up town with its network built and its pack written."""
    folder = tmp_path_factory.mktemp("made")
    demo(folder, workers=1, progress=no_progress)
    return folder


@pytest.fixture(autouse=True)
def _nothing_changes(made, tmp_path, monkeypatch):
    """Hold that no bad input changes what was there, nor leaves a part of a pack, network or table."""
    monkeypatch.setenv("PTREACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PTREACH_HOME", raising=False)
    before = contents(made)
    yield
    assert contents(made) == before
    assert not list(tmp_path.rglob("*.part"))
    assert not list(tmp_path.rglob("*.parquet"))
    assert not list(tmp_path.rglob("manifest.json"))
    assert not list(tmp_path.glob("cache/built/*"))


@pytest.fixture
def town(made, tmp_path):
    """Write the town's file with keys changed, and lines put before them."""

    def write(first="", **changes):
        text = (made / "config" / "demo-town.toml").read_text(encoding="utf-8")
        for key, line in changes.items():
            text, count = re.subn(rf"(?m)^{key} = .*$", line, text)
            assert count == 1, key
        path = tmp_path / "demo-town.toml"
        path.write_text(f"{first}\n{text}", encoding="utf-8")
        return path

    return write


@pytest.fixture
def refused(ptreach, made):
    """Run a town's file where its pack stands; returns the one line it is refused with."""

    def run(path, *options):
        return ptreach("--home", made, "run", path, "--out", made, *options).line

    return run


@pytest.fixture
def asked(ptreach, made, tmp_path):
    """Ask for a matrix of the town with options changed; returns how it ended."""
    points = tmp_path / "centre.csv"
    points.write_text(f"id,lon,lat\n{CENTRE}\n", encoding="utf-8")

    def ask(network=("--network", "demo-town"), **changes):
        options = {
            "--origins": points,
            "--destinations": points,
            "--date": "2026-10-13",
            "--window": "08:00-08:10",
            "--out": tmp_path / "t.parquet",
            **{f"--{name}": value for name, value in changes.items()},
        }
        return ptreach(
            "--home", made, "matrix", *network, *(part for pair in options.items() for part in pair)
        )

    return ask


@pytest.mark.parametrize(
    ("first", "changes", "where", "what", "remedy"),
    [
        ("zones = 1", {}, "", "unknown key 'zones'", "Known keys: areas, "),
        ("", {"areas": 'area = "demo-lsoa"'}, "", "unknown key 'area'", "Did you mean 'areas'?"),
        ("", {"lat": ""}, "", "key 'origin.lat' is missing", "Add lat = … below [origin]"),
        (
            "",
            {"lon": "lon = -1.163224", "lat": "lat = 50.730015"},
            ", [origin]",
            "no street of network 'demo-town' within 1,600 m of lon -1.163224, lat 50.730015",
            "Correct lon and lat, or name the network that the town lies in.",
        ),
        (
            "",
            {"lon": f"lon = {LAT}", "lat": f"lat = {LON}"},
            ", [origin]",
            "lon and lat are swapped",
            f"Write lon = {LON} and lat = {LAT}.",
        ),
        (
            "",
            {"lon": "lon = 600000.0", "lat": "lat = 420000.0"},
            ", origin.lon",
            "600000 is no degree; give longitude and latitude (EPSG:4326), not metres",
            "Correct the value.",
        ),
        (
            "",
            {"date": "date = 2026-12-25"},
            ", date",
            "nothing runs on Friday 2026-12-25",
            "Take Tuesday 2026-12-15: nearest to the date asked for, inside all feeds, no bank holiday in ",
        ),
        (
            "",
            {"network": 'network = "demo-twon"'},
            ", network",
            "no recipe of network 'demo-twon'",
            "Did you mean 'demo-town'?",
        ),
        (
            "",
            {"areas": 'areas = "demo-lsao"'},
            ", areas",
            "no recipe of areas 'demo-lsao'",
            "Did you mean 'demo-lsoa'?",
        ),
        ("", {"preset": 'preset = "rush"'}, ", preset", "unknown preset 'rush'", "Take one of am-peak, "),
        (
            'districts = ["Averbrigde"]',
            {},
            ", districts",
            "no zone on network 'demo-town' lies in a district 'Averbrigde'",
            "Take some of Averbridge (made-up), ",
        ),
    ],
)
def test_a_town_with_a_fault_keeps_its_pack(town, refused, first, changes, where, what, remedy):
    path = town(first, **changes)
    line = refused(path)
    assert line.startswith(f"{path}{where}: {what}")
    assert remedy in line


def test_a_town_without_a_file_is_named(refused, tmp_path):
    line = refused(tmp_path / "demo-town.toml")
    assert "'CONFIG'" in line
    assert str(tmp_path / "demo-town.toml") in line
    assert "does not exist" in line


def test_an_engine_of_no_name_is_answered_with_those_there_are(town, refused):
    assert refused(town(), "--engine", "r6").startswith(
        "Invalid value for '--engine': 'r6' is not one of 'raptor', 'r5'. See "
    )


@pytest.mark.parametrize("name", ["packs", "packs/south"])
def test_a_place_that_cannot_be_written_to_is_named(town, ptreach, made, tmp_path, name):
    (tmp_path / "packs").write_text("a file", encoding="utf-8")
    out = tmp_path / name
    line = ptreach("--home", made, "run", town(), "--out", out).line
    assert line == f"--out: '{out}' is or lies in a file. Name a folder."
    assert (tmp_path / "packs").read_text(encoding="utf-8") == "a file"


def test_a_folder_that_is_no_pack_is_left_alone(town, ptreach, made, tmp_path):
    notes = tmp_path / "out" / "demo-town" / "notes.txt"
    notes.parent.mkdir(parents=True)
    notes.write_text("mine", encoding="utf-8")
    line = ptreach("--home", made, "run", town(), "--out", tmp_path / "out").line
    assert line.startswith(f"{notes.parent}: a folder of that name is there and is no pack")
    assert contents(tmp_path / "out") == {
        "demo-town": b"",
        "demo-town/notes.txt": hashlib.sha256(b"mine").digest(),
    }


@pytest.mark.parametrize("option", ["origins", "destinations"])
@pytest.mark.parametrize(
    ("text", "where", "what", "remedy"),
    [
        (f"lon,lat\n{LON},{LAT}\n", "", "no column 'id'", "Call the column of ids id."),
        (
            f"id,lon,lat\n{CENTRE}\n{CENTRE}\n",
            ", id",
            "id 'centre' is in rows 2, 3",
            "Give every point an id of its own.",
        ),
        ("", "", "the file is empty", "Take a file with a header and rows."),
        ("id,lon,lat\n", "", "the table has no rows", "Take a file with rows."),
        (
            f"id,lon,lat\na,{LAT},{LON}\n",
            ", row 2, lon and lat",
            "lon 53.6388, lat 1.02385 look swapped",
            "Swap",
        ),
        (
            "id,lon,lat\na,600000,420000\n",
            ", row 2, lon and lat",
            "lon 600000, lat 420000 are no degrees; they look like British National Grid metres",
            "Give degrees (EPSG:4326)",
        ),
        ("id,lon,lat\na,1.02,\n", ", row 2, lat", "no number", "Fill it in, or drop the row."),
    ],
)
def test_points_with_a_fault_make_no_matrix(asked, tmp_path, option, text, where, what, remedy):
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    line = asked(**{option: path}).line
    assert line.startswith(f"{path}{where}: {what}")
    assert remedy in line


def test_points_far_away_make_no_matrix(asked, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("id,lon,lat\nryde,-1.163224,50.730015\n", encoding="utf-8")
    line = asked(destinations=path).line
    assert line.startswith("--destinations: none of the 1 destinations has a street within 1,600 m")
    assert line.endswith("Check that the points lie in the network's area, longitude in lon.")


def test_a_matrix_of_a_day_without_service_is_refused(asked):
    line = asked(date="2026-12-25").line
    assert line.startswith("--date: nothing runs on Friday 2026-12-25")
    assert line.endswith("Take a date such as Friday 2026-12-18.")


def test_a_failed_matrix_leaves_the_one_that_was_there(asked, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("of yesterday", encoding="utf-8")
    assert asked(out=table, date="2026-12-25").code == 2
    assert table.read_text(encoding="utf-8") == "of yesterday"


@pytest.mark.parametrize(
    ("options", "start", "remedy"),
    [
        (
            {"network": ("--network", "demo-twon")},
            "no recipe of network 'demo-twon'",
            "Did you mean 'demo-town'?",
        ),
        (
            {"out": "t.xlsx"},
            "--out: 't.xlsx' is no kind of matrix file",
            "End the name in .parquet or .csv, or in .parts",
        ),
        ({"out": "centre.csv/t.csv"}, "--out: 'centre.csv' is or lies in a file", "Name a folder."),
        ({"engine": "r6"}, "Invalid value for '--engine': 'r6' is not one of 'raptor'", "--help"),
        (
            {"origins": "nosuch.csv"},
            "Invalid value for '--origins': file 'nosuch.csv' does not exist",
            "--help",
        ),
    ],
)
def test_options_with_a_fault_make_no_matrix(asked, tmp_path, monkeypatch, options, start, remedy):
    monkeypatch.chdir(tmp_path)
    line = asked(**options).line
    assert start in line
    assert remedy in line


def damaged(path, source, fault):
    """Write a damaged copy of a file: cut, its middle overwritten, or of another kind altogether."""
    content = source.read_bytes()
    middle = len(content) // 2
    path.write_bytes(
        {
            "cut": content[:middle],
            "overwritten": content[:middle] + bytes(400) + content[middle + 400 :],
            "of another kind": b"id,lon,lat\n",
            "empty": b"",
        }[fault]
    )
    return path


@pytest.mark.parametrize("fault", ["cut", "overwritten", "of another kind", "empty"])
@pytest.mark.parametrize("name", ["demo-town.osm.pbf", "demo-bus.zip"])
def test_a_damaged_file_is_named_and_nothing_is_built(asked, made, tmp_path, name, fault):
    sources = made / "networks" / "demo-town" / "sources"
    files = {path.name: path for path in sources.iterdir()}
    files[name] = damaged(tmp_path / name, files[name], fault)
    line = asked(("--osm", files["demo-town.osm.pbf"], "--gtfs", files["demo-bus.zip"])).line
    assert line.startswith(str(tmp_path / name))
    assert re.search(
        r"([Ff]etch the file again|Mend or replace the feed|Take a whole GTFS feed|Take an extract .*)\.$",
        line,
    )


@pytest.mark.parametrize("name", ["demo-town.osm.pbf", "demo-bus.zip"])
def test_a_file_that_is_not_the_recipes_is_refused_by_its_digest(ptreach, made, tmp_path, name):
    shutil.copytree(made / "networks", tmp_path / "networks", ignore=shutil.ignore_patterns("built"))
    path = tmp_path / "networks" / "demo-town" / "sources" / name
    damaged(path, path, "overwritten")
    line = ptreach("--home", tmp_path, "build", "demo-town").line
    assert line.startswith(f"{path}: not the file that the recipe pins")
    assert "Run ptreach fetch demo-town again, or correct sha256 in the recipe." in line
    assert not (tmp_path / "networks" / "demo-town" / "built").exists()


def test_a_file_that_was_not_fetched_is_named(ptreach, made, tmp_path):
    shutil.copytree(made / "networks", tmp_path / "networks", ignore=shutil.ignore_patterns("*.zip", "built"))
    line = ptreach("--home", tmp_path, "build", "demo-town").line
    assert "the gtfs file 'demo-bus.zip' is missing. Run ptreach fetch demo-town [--mirror DIR]." in line
