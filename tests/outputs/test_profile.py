import dataclasses
import json

import pytest

from manifest_keys import key_of, paths_of
from ptreach.outputs import profile
from ptreach.outputs.maps.place import PlaceWords
from ptreach.outputs.profile import ProfileContent, write_profile
from ptreach.outputs.wording import place_line

TABLES = ("authorities", "correlation-matrix", "correlations")


@pytest.fixture
def content(areas, facts, authorities, correlations):
    """Of two authorities: too few to be drawn on a map."""
    words = PlaceWords(
        slug="wight",
        area="Isle of Wight",
        edition=areas.edition,
        deprivation_title=areas.deprivation_title,
        source_line="Sources: none.",
        made_up=False,
    )
    return ProfileContent(
        words=words,
        areas=areas,
        zones_n=5,
        authorities=authorities,
        marked=["E06000046"],
        correlations=correlations,
        sources=facts.sources,
        version="0.1.0",
    )


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_profile_has_tables_with_their_sidecars_and_repeats_byte_for_byte(tmp_path, content):
    one, two = (write_profile(tmp_path / name / "wight", content) for name in ("one", "two"))
    assert names(one) == [
        "README.txt",
        "manifest.json",
        "maps/wight-correlations-a4.png",
        "maps/wight-correlations-a4.svg",
        "maps/wight-correlations.png",
        "maps/wight-correlations.svg",
        "maps/wight-correlations.txt",
        *(f"tables/wight-{name}.csv{ending}" for name in TABLES for ending in ("", "-metadata.json")),
    ]
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names(one))


def test_its_readme_names_each_file_and_sidecars_once_for_all(tmp_path, content):
    folder = write_profile(tmp_path / "wight", content)
    lines = (folder / "README.txt").read_text(encoding="utf-8").splitlines()
    assert {f"wight-{name}.csv" for name in TABLES} < set(lines)
    assert [line for line in lines if "-metadata" in line] == [
        "tables/*.csv-metadata.json  what each column is, for programs (CSV on the Web)"
    ]


def test_every_key_of_its_manifest_is_in_the_documentation(tmp_path, content):
    folder = write_profile(tmp_path / "wight", content)
    paths = set(paths_of(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))))
    assert {path for path in paths if key_of(path) is None} == set()
    assert {"area", "ptreach.profile_format"} <= paths


def test_pictures_of_authorities_owe_to_their_own_sources_those_of_correlations_to_all(
    tmp_path, content, monkeypatch
):
    told = {}
    for name in ("draw_authorities", "draw_correlations"):
        monkeypatch.setattr(profile, name, lambda _, words, *__, name=name: told.update({name: words}))
    write_profile(tmp_path / "wight", content)
    assert told["draw_authorities"].source_line == "Sources: none."
    assert told["draw_correlations"].source_line == place_line("0.1.0", content.sources)


def test_made_up_profiles_say_so_in_every_sidecar(tmp_path, content):
    made_up = dataclasses.replace(content, words=dataclasses.replace(content.words, made_up=True))
    folder = write_profile(tmp_path / "wight", made_up)
    for path in (folder / "tables").glob("*-metadata.json"):
        described = json.loads(path.read_text(encoding="utf-8"))
        assert described["dc:description"].startswith("MADE-UP DATA"), path.name
        assert described["dc:creator"] == "ptreach 0.1.0"
