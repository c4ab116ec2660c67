"""Which files of a recipe are used, and what is known of them."""

from __future__ import annotations

import hashlib

import pytest

from ptreach.errors import InputError
from ptreach.sources.fetched import Fetched, read_fetched, write_fetched
from ptreach.sources.recipe import NetworkRecipe
from ptreach.sources.records import left_out, source_records

KNOWN = {"title": "T", "publisher": "P", "licence": "L", "attribution": "A", "date": "latest"}
RECIPE = NetworkRecipe.model_validate(
    {
        "name": "town",
        "title": "Town",
        "sources": [
            {**KNOWN, "kind": "osm", "file": "a.osm.pbf"},
            {**KNOWN, "kind": "osm", "file": "b.osm.pbf"},
            {**KNOWN, "kind": "gtfs", "file": "keyed.zip", "url": "http://x/k.zip?key=${KEY}"},
            {
                **KNOWN,
                "kind": "gtfs",
                "file": "rail.zip",
                "title": "Trains",
                "optional": True,
                "how_to_get": "run ptreach cif",
            },
            {**KNOWN, "kind": "gtfs", "file": "free.zip", "instead_of": "keyed.zip"},
        ],
    }
)


@pytest.fixture
def put(tmp_path):
    """Put files into the folder of sources; returns its parent."""
    (tmp_path / "sources").mkdir()

    def files(*names):
        for name in names:
            (tmp_path / "sources" / name).write_text(name, encoding="utf-8")
        return tmp_path

    return files


def used(folder):
    return [record.path.name for record in source_records(RECIPE, folder)]


def test_an_alternative_takes_the_place_of_its_file(put, caplog):
    caplog.set_level("INFO")
    streets = ["a.osm.pbf", "b.osm.pbf"]
    assert used(put(*streets, "free.zip", "rail.zip")) == [*streets, "free.zip", "rail.zip"]
    assert caplog.messages == ["free.zip is used in place of keyed.zip"]


def test_exactly_one_of_a_group_is_used_and_the_spare_one_is_named(put, caplog):
    folder = put("a.osm.pbf", "b.osm.pbf", "rail.zip", "keyed.zip", "free.zip")
    assert used(folder) == ["a.osm.pbf", "b.osm.pbf", "keyed.zip", "rail.zip"]
    assert caplog.messages == ["free.zip is not used, for keyed.zip is there, to which it is the alternative"]


def test_an_optional_file_that_is_absent_is_counted_and_named_every_time(put, caplog):
    folder = put("a.osm.pbf", "b.osm.pbf", "keyed.zip")
    assert used(folder) == ["a.osm.pbf", "b.osm.pbf", "keyed.zip"]
    assert caplog.messages == [
        "town is used without 1 optional file: rail.zip (Trains); to add it, run ptreach cif"
    ]
    assert [source.title for source in left_out(RECIPE, folder)] == ["Trains"]
    assert left_out(RECIPE, put("rail.zip")) == ()


def test_a_missing_file_names_its_alternatives_and_is_told_alone(put, caplog):
    with pytest.raises(InputError) as caught:
        used(put("a.osm.pbf", "b.osm.pbf"))
    assert caplog.messages == []  # that rail.zip may be added is no help here
    assert caught.value.what == "the gtfs file 'keyed.zip' is missing"
    assert caught.value.remedy == (
        "run ptreach fetch town [--mirror DIR], with --alternative free.zip (T) for another in its place"
    )
    with pytest.raises(InputError, match=r"Run ptreach fetch town \[--mirror DIR\]\.$"):
        used(put("keyed.zip") / "elsewhere")


def test_the_date_of_a_latest_file_is_the_day_it_was_published(put):
    folder = put("a.osm.pbf", "b.osm.pbf", "keyed.zip", "rail.zip")
    digest = hashlib.sha256(b"a.osm.pbf").hexdigest()
    of_this = Fetched(digest, '"e"', "2026-10-06", "http://y/a.osm.pbf")
    of_another = Fetched("0" * 64, '"e"', "2026-10-06", "http://y/b.osm.pbf")
    write_fetched(folder / "sources", {"a.osm.pbf": of_this, "b.osm.pbf": of_another})
    first, second, third, _ = source_records(RECIPE, folder)
    assert (first.date, first.url) == ("2026-10-06", "http://y/a.osm.pbf")
    assert (second.date, second.url) == ("latest", "")
    assert third.url == "http://x/k.zip"


def test_what_is_known_comes_back(tmp_path):
    known = {"b.zip": Fetched("1", "t", "", "http://x/b.zip"), "a.zip": Fetched("2", "", "2026-01-01", "")}
    write_fetched(tmp_path, known)
    assert read_fetched(tmp_path) == known
    assert [path.name for path in tmp_path.iterdir()] == [".fetched.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"a": {}}', '{"a": 1}', "{", "\udcff"])
def test_what_is_not_readable_is_as_good_as_nothing(tmp_path, text, caplog):
    (tmp_path / ".fetched.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    assert read_fetched(tmp_path) == {}
    assert "is not readable and is not used" in caplog.text


def test_nothing_is_known_of_a_new_folder(tmp_path, caplog):
    assert read_fetched(tmp_path) == {}
    assert caplog.messages == []


def test_only_files_of_the_kinds_asked_for_are_looked_at(put, caplog):
    folder = put("a.osm.pbf", "b.osm.pbf")
    assert [record.path.name for record in source_records(RECIPE, folder, {"osm"})] == [
        "a.osm.pbf",
        "b.osm.pbf",
    ]
    assert caplog.messages == []  # that rail.zip is absent is not said
    with pytest.raises(InputError, match=r"the gtfs file 'keyed\.zip' is missing"):
        source_records(RECIPE, folder, {"gtfs"})
