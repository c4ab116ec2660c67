import dataclasses

import pytest

from ptreach.errors import InputError
from ptreach.outputs.places import left_out_words, write_places
from ptreach.outputs.scenes import place_scene

FILES = [f"places-journey-time{ending}" for ending in ("-a4.png", "-a4.svg", ".png", ".svg", ".txt")]


@pytest.fixture
def scenes(town, zones, isochrones, facts):
    made = [
        place_scene(
            town=town.model_copy(update={"name": name, "slug": name.lower()}),
            zones=zones,
            isochrones=isochrones,
            land=zones.union_all(),
            origin_xy_m=(459_154.0, 92_600.0),
            facts=facts,
        )
        for name in ("Ryde", "Cowes", "Arreton")
    ]
    return [*made[:2], dataclasses.replace(made[2], engine="r5")]


def test_places_are_written_beside_the_packs_the_same_byte_for_byte(tmp_path, scenes):
    for folder, order in (("one", scenes), ("two", scenes[::-1])):
        written = write_places(tmp_path / folder, order)
        assert written == (tmp_path / folder / "places-journey-time.png", ("Arreton",))
        assert sorted(path.name for path in (tmp_path / folder).iterdir()) == FILES
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_one_place_or_places_of_different_rules_have_no_picture(tmp_path, scenes):
    assert write_places(tmp_path, scenes[:1]) == (None, ())
    assert write_places(tmp_path, scenes[1:]) == (None, ("Arreton", "Cowes"))
    assert list(tmp_path.iterdir()) == []
    assert left_out_words(("Arreton", "Cowes"), drawn=False) == (
        "no picture of places on one scale: Arreton, Cowes (one preset and engine, 20 places at most)"
    )


def test_a_failure_leaves_the_older_picture_as_it_is(tmp_path, scenes, monkeypatch):
    write_places(tmp_path, scenes)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fail(path, shown):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ptreach.outputs.maps.places_picture.draw_places", fail)
    with pytest.raises(InputError, match="No space left on device"):
        write_places(tmp_path, scenes)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
