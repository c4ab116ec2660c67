"""A pack whose pictures a process beside draws is the pack that one process makes."""

from ptreach import pipeline
from ptreach.model import no_progress
from ptreach.outputs import pictures


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_pack_is_the_same_by_one_process_and_by_two(quarter, tmp_path, monkeypatch):
    """And pictures of authorities owe nothing to timetables, those of correlations do."""
    told, draw_place = [], pictures.draw_place

    def telling(folder, words, authorities, marked, correlations):
        told.append((correlations is not None, words.source_line))
        draw_place(folder, words, authorities, marked, correlations)

    monkeypatch.setattr(pictures, "draw_place", telling)
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
    (_, line), (of_correlations, journeys) = told  # those of the process beside are not heard of
    assert of_correlations
    assert line.startswith("Drawn by ptreach ")
    assert "imetable" not in line
    assert journeys.startswith("Timetable of ")
