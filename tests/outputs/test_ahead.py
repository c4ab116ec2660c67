"""Files of a pack written by a process beside: which, by whom, and what is left when it fails."""

import os
from functools import partial

import pytest

import jobs
from ptreach.errors import InputError
from ptreach.outputs.ahead import Ahead


@pytest.fixture
def maps(tmp_path):
    folder = tmp_path / "out" / ".ryde.part" / "maps"
    folder.mkdir(parents=True)
    return folder


def beside_maps(maps):
    """What is in the folder of packs but the one that is being written."""
    return [path.name for path in maps.parent.parent.iterdir() if path != maps.parent]


@pytest.mark.parametrize("beside", [False, True])
def test_files_are_written_beside_or_here_and_handed_over(maps, tmp_path, beside):
    with Ahead(tmp_path / "out" / "ryde", beside=beside) as ahead:
        for name in ("a.png", "b.png"):
            ahead.write("maps", partial(jobs.draws, name))
        assert list(maps.iterdir()) == []
        ahead.hand_over(maps.parent)
        drawn = {path.name: path.read_text("utf-8") for path in maps.iterdir()}
    assert sorted(drawn) == ["a.png", "b.png"]
    assert len(set(drawn.values())) == 1
    assert (drawn["a.png"] != str(os.getpid())) == beside
    assert beside_maps(maps) == []


def test_what_is_shared_goes_to_who_is_free(maps, tmp_path):
    with Ahead(tmp_path / "out" / "ryde", beside=True) as ahead:
        ahead.write("maps", jobs.draws_slowly)
        ahead.share("maps", partial(jobs.draws, "here.png"))
        ahead.hand_over(maps.parent)
        ahead.share("maps", partial(jobs.draws, "there.png"))
        ahead.hand_over(maps.parent)
    drawn = {path.name: int(path.read_text("utf-8")) for path in maps.iterdir()}
    assert drawn["here.png"] == os.getpid()
    assert drawn["there.png"] == drawn["slow.png"] != os.getpid()


def test_what_nobody_asks_for_is_removed(maps, tmp_path):
    with Ahead(tmp_path / "out" / "ryde", beside=True) as ahead:
        ahead.write("maps", partial(jobs.draws, "a.png"))
        ahead.write("maps", jobs.draws_wrong)
    assert beside_maps(maps) == []


@pytest.mark.parametrize(
    ("draw", "error", "words"),
    [
        (jobs.meets_full_disk, OSError, "No space left"),
        (jobs.draws_wrong, RuntimeError, "ZeroDivisionError"),
        (jobs.dies_drawing, InputError, "ended from outside"),
    ],
)
def test_its_failure_is_that_of_the_pack(maps, tmp_path, draw, error, words):
    with Ahead(tmp_path / "out" / "ryde", beside=True) as ahead:
        ahead.write("maps", draw)
        with pytest.raises(error, match=words):
            ahead.hand_over(maps.parent)
    assert beside_maps(maps) == []
    assert list(maps.iterdir()) == []
