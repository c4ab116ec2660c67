"""A pack whose pictures a process beside draws is the pack that one process makes."""

from ptreach import pipeline
from ptreach.model import no_progress
from ptreach.outputs.ahead import Ahead


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_pack_is_the_same_by_one_process_and_by_two(quarter, tmp_path, monkeypatch):
    """And pictures of authorities owe nothing to timetables, those of correlations do."""
    feet, write = {}, Ahead.write

    def telling(ahead, room, work):
        if words := work.keywords.get("words"):
            feet[work.func.__name__] = words.source_line
        write(ahead, room, work)

    monkeypatch.setattr(Ahead, "write", telling)
    packs = [
        pipeline.run(
            quarter(0), home=tmp_path, out=tmp_path / name, engine="raptor", workers=1, progress=no_progress,
            beside=beside,
        )
        for name, beside in (("one", False), ("two", True))
    ]  # fmt: skip
    one, two = map(contents, packs)
    assert len([path for path in one if path.parts[0] == "maps"]) > 5
    assert one == two
    assert [path.name for path in (tmp_path / "two").iterdir()] == [packs[1].name]
    assert feet["draw_authorities"].startswith("Drawn by ptreach ")
    assert "imetable" not in feet["draw_authorities"]
    assert feet["draw_correlations"].startswith("Timetable of ")
