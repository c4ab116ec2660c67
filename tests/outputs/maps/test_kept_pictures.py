import os
import zipfile
from pathlib import Path

import pytest

from ptreach.outputs.maps import kept_pictures
from ptreach.outputs.maps.kept_pictures import MOST_KEPT, draw_or_bring

SHOWN = [b"districts", b"scores"]
FILES = {"idaci.png": b"\x89PNG", "idaci.svg": b"<svg/>", "idaci.txt": b"said", "idaci-a4.png": b"\x89PNG 2"}


@pytest.fixture
def drawer():
    """A function that draws for a town's name, and the folders it was given."""
    given = []

    def drawing(slug):
        def draw(folder):
            given.append(folder)
            for name, content in FILES.items():
                (folder / f"{slug}-{name}").write_bytes(content)

        return draw

    return drawing, given


def names(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def bring(tmp_path, drawing, slug, shown=SHOWN):
    """What lies in a folder of its own once pictures of a town are there."""
    folder = tmp_path / f"{slug}-{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    draw_or_bring(drawing(slug), folder, slug, shown, tmp_path / "kept")
    return names(folder)


def test_the_next_town_that_shows_the_same_has_the_same_files_under_its_own_name(tmp_path, drawer):
    drawing, given = drawer
    assert bring(tmp_path, drawing, "a") == {f"a-{name}": content for name, content in FILES.items()}
    assert bring(tmp_path, drawing, "b") == {f"b-{name}": content for name, content in FILES.items()}
    assert len(given) == 1
    assert not list(tmp_path.glob("*/.*"))  # neither half a file nor the folder it was drawn in


def test_what_differs_in_anything_shown_or_in_the_code_is_drawn(tmp_path, drawer, monkeypatch):
    drawing, given = drawer
    for shown in (SHOWN, [b"districtsscores"], [b"districts", b"scores", b""], SHOWN[::-1]):
        bring(tmp_path, drawing, "a", shown)
    assert len(given) == 4
    monkeypatch.setattr(kept_pictures, "_code_digest", lambda: "another release")
    bring(tmp_path, drawing, "a")
    assert len(given) == 5


@pytest.mark.parametrize("damage", ["cut", "flipped", "no zip", "other names"])
def test_what_is_damaged_or_somebody_else_put_there_is_drawn_again_and_said(tmp_path, drawer, damage, caplog):
    drawing, given = drawer
    whole = bring(tmp_path, drawing, "a")
    (kept,) = (tmp_path / "kept").iterdir()
    data = kept.read_bytes()
    if damage == "other names":
        with zipfile.ZipFile(kept, "w") as archive:
            archive.writestr("../../outside.png", b"x")
    else:
        at = data.index(b"\x89PNG")
        spoilt = {"cut": data[:-9], "flipped": data[:at] + b"\0" + data[at + 1 :], "no zip": b"<html>"}
        kept.write_bytes(spoilt[damage])
    assert bring(tmp_path, drawing, "a") == whole
    assert len(given) == 2
    assert "drawn again" in caplog.text
    assert bring(tmp_path, drawing, "a") == whole
    assert len(given) == 2  # what was damaged is whole again
    assert not list(tmp_path.rglob("outside.png"))


def test_pictures_are_drawn_where_none_can_be_kept(tmp_path, drawer):
    drawing, given = drawer
    (tmp_path / "kept").write_text("a file where the folder would be")
    assert bring(tmp_path, drawing, "a") == bring(tmp_path, drawing, "a")
    folder = tmp_path / "plain"
    folder.mkdir()
    draw_or_bring(drawing("a"), folder, "a", SHOWN, None)
    assert len(given) == 3
    assert given[-1] == folder


def test_the_oldest_are_removed_and_nothing_else(tmp_path, drawer):
    drawing, _ = drawer
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "authorities-0.parquet").write_bytes(b"")
    for number in range(MOST_KEPT + 3):
        old = kept / f"pictures-{number:016}.zip"
        old.write_bytes(b"")
        os.utime(old, (1_000_000 + number, 1_000_000 + number))
    bring(tmp_path, drawing, "a")
    left = sorted(path.name for path in kept.glob("pictures-*"))
    assert len(left) == MOST_KEPT
    assert f"pictures-{3:016}.zip" not in left
    assert f"pictures-{4:016}.zip" in left
    assert (kept / "authorities-0.parquet").exists()


def test_a_picture_that_fails_leaves_nothing(tmp_path):
    def draw(folder):
        (folder / "a-half.png").write_bytes(b"")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        draw_or_bring(draw, tmp_path, "a", SHOWN, tmp_path / "kept")
    assert not list(tmp_path.iterdir())
