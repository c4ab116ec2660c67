"""Archives and folders of strangers: links, pipes and odd names read no other file and write none."""

import os
import stat
import warnings
import zipfile

import pytest

import town
from cif_cards import MSN_HEADING, STATIONS, ZZ, hd, plain_train
from loopback import pbf, zipped
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.sources.cif.convert import convert
from ptreach.sources.contents import fault_of
from ptreach.sources.fetch import fetch_sources
from ptreach.sources.gtfs import read_timetables
from ptreach.sources.recipe import NetworkRecipe

WAYS = ["../", "../../../", "/", "//host/share/", "C:\\", "..\\..\\", "a/../../", "\\\\?\\C:\\", "~/"]
FEED = {
    "agency.txt": town.AGENCY,
    "stops.txt": town.stops_text(A=(0, 0), B=(900, 0)),
    "routes.txt": "route_id,route_short_name,route_type\nr,1,3\n",
    "calendar.txt": town.CALENDAR,
    **{
        f"{name}.txt": text
        for name, text in town.trips_texts([("t", "weekdays", [("A", "8:00:00"), ("B", "8:10:00")])]).items()
    },
}
RAIL = {
    "example.mca": "\n".join([hd(), *plain_train(), ZZ, ""]),
    "example.msn": "\n".join([MSN_HEADING, *STATIONS, ""]),
}
RECIPE = {
    "name": "town",
    "title": "Town",
    "sources": [
        {
            "kind": kind,
            "file": file,
            "title": "T",
            "publisher": "P",
            "licence": "L",
            "attribution": "A",
            "date": "2020",
        }
        for kind, file in (("osm", "a.pbf"), ("gtfs", "b.zip"))
    ],
}
POSIX = pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")


def link(name, to):
    """A member of a zip that is a symbolic link where zips are unpacked by a program that makes some."""
    item = zipfile.ZipInfo(name)
    item.create_system = 3
    item.external_attr = (stat.S_IFLNK | 0o777) << 16
    return item, str(to)


def pack(path, texts, *more):
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, text in [*texts.items(), *more]:
            archive.writestr(name, text)
    return path


def all_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("way", WAYS)
def test_members_are_read_by_their_last_name_and_written_nowhere(tmp_path, way):
    folder = tmp_path / "deep" / "deeper"
    folder.mkdir(parents=True)
    feed = pack(folder / "bus.zip", {f"{way}{name}": text for name, text in FEED.items()})
    rail = pack(folder / "rail.zip", {f"{way}{name}": text for name, text in RAIL.items()})
    assert read_timetables([feed]).trip_ids == ("bus:t",)
    assert convert(rail, folder / "out.zip", no_progress).trips == 1
    assert set(all_below(tmp_path)) - {"deep/deeper/out.zip"} == {
        *("deep", "deep/deeper", "deep/deeper/bus.zip", "deep/deeper/rail.zip")
    }


def test_a_drive_without_a_folder_is_part_of_the_name(tmp_path):
    feed = pack(tmp_path / "bus.zip", {f"C:{name}": text for name, text in FEED.items()})
    with pytest.raises(InputError, match=r"bus\.zip"):
        read_timetables([feed])
    assert all_below(tmp_path) == ["bus.zip"]


def test_a_name_ends_where_a_nul_stands(tmp_path):
    """As it does for the system: none is looked for under the whole of it."""
    feed = pack(tmp_path / "bus.zip", {f"{name}\0/../../x": text for name, text in FEED.items()})
    assert read_timetables([feed]).trip_ids == ("bus:t",)
    assert all_below(tmp_path) == ["bus.zip"]


def test_a_link_in_a_feed_is_its_own_text_and_not_what_it_leads_to(tmp_path):
    secret = tmp_path / "stops.txt"
    secret.write_text(FEED["stops.txt"], encoding="utf-8")
    others = {name: text for name, text in FEED.items() if name != "stops.txt"}
    feed = pack(tmp_path / "bus.zip", others, link("stops.txt", secret))
    with pytest.raises(InputError, match=r"bus\.zip.*stops\.txt"):
        read_timetables([feed])


def test_a_link_in_a_rail_timetable_is_its_own_text_and_not_what_it_leads_to(tmp_path):
    secret = tmp_path / "secret.mca"
    secret.write_text(RAIL["example.mca"], encoding="utf-8")
    rail = pack(tmp_path / "rail.zip", {"example.msn": RAIL["example.msn"]}, link("example.mca", secret))
    with pytest.raises(InputError, match=r"rail\.zip.*mca"):
        convert(rail, tmp_path / "out.zip", no_progress)
    assert all_below(tmp_path) == ["rail.zip", "secret.mca"]


def mirrored(tmp_path, mirror):
    """What a mirror gives."""
    recipe = NetworkRecipe.model_validate(RECIPE)
    records = fetch_sources(recipe, tmp_path / "town", mirror=mirror, progress=no_progress)
    return [record.path for record in records]


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "a.pbf").write_bytes(pbf(b"streets"))
    (folder / "b.zip").write_bytes(zipped(**FEED))
    return folder


@POSIX
@pytest.mark.parametrize("below", ["", "deep"])
@pytest.mark.parametrize("kind", ["pipe", "device", "lost"])
def test_what_is_no_file_in_a_mirror_is_not_there(tmp_path, mirror, below, kind):
    """A pipe would be waited for, and a device has no end."""
    path = mirror / below / "a.pbf"
    (mirror / "a.pbf").unlink()
    path.parent.mkdir(exist_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero" if kind == "device" else tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"neither here nor below is a\.pbf"):
        mirrored(tmp_path, mirror)


@POSIX
def test_links_in_a_mirror_give_files_and_never_links(tmp_path, mirror):
    """Who gives a mirror is trusted to say which files; a copy of them is made, checked like any other."""
    large = tmp_path / "large.pbf"
    (mirror / "a.pbf").rename(large)
    (mirror / "a.pbf").symlink_to(large)
    (mirror / "round").symlink_to(mirror)  # a walk without end, were it followed
    first, _ = mirrored(tmp_path, mirror)
    assert not first.is_symlink()
    assert first.read_bytes() == large.read_bytes()
    (tmp_path / "secret").write_text("root:x:0:0", encoding="utf-8")
    large.unlink()
    large.symlink_to(tmp_path / "secret")
    first.unlink()
    with pytest.raises(InputError, match="not an OpenStreetMap pbf file"):
        mirrored(tmp_path, mirror)
    assert not first.exists()


@POSIX
def test_what_is_brought_replaces_a_link_and_not_what_it_leads_to(tmp_path, mirror):
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    (tmp_path / "town" / "sources").mkdir(parents=True)
    place = tmp_path / "town" / "sources" / "a.pbf"
    place.symlink_to(outside)
    mirrored(tmp_path, mirror)
    assert not place.is_symlink()
    assert fault_of(place, "a.pbf") == ""
    assert outside.read_bytes() == b"mine"
