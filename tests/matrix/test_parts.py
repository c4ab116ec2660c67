"""Matrices in parts: what is written, gone on with, refused and read back, on a disk and in a store."""

from __future__ import annotations

import dataclasses
import logging

import duckdb
import numpy as np
import pandas as pd
import pyarrow.dataset as pads
import pyarrow.parquet as pq
import pytest

from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.errors import InputError
from ptreach.matrix.build import write_matrix, write_parts
from ptreach.matrix.folders import open_folder
from ptreach.matrix.long_tables import read_matrix
from ptreach.matrix.parts import begin_parts, in_parts, join_parts, read_parts
from ptreach.model import UNREACHED, TravelTimeMatrix, no_progress


@pytest.fixture(scope="module")
def engine(street):
    return RaptorEngine(street.folder, workers=2)


@pytest.fixture(scope="module")
def whole(street, engine, tmp_path_factory):
    """The same question's table as one file, and its folder of parts."""
    folder = tmp_path_factory.mktemp("whole")
    question = street.question()
    write_matrix(
        engine,
        question.origins,
        question.destinations,
        question.query,
        folder / "m.parquet",
        no_progress,
    )
    write_parts(engine, begin_parts(folder / "m.parts", question), no_progress)
    return pq.read_table(folder / "m.parquet"), folder / "m.parts"


def bytes_in(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class Told:
    """An engine that gives numbers of its own in blocks of any size, and counts what it is asked for."""

    def __init__(self, block_n):
        self.block_n = block_n
        self.asked = []

    def travel_times(self, origins, destinations, query):
        self.asked.append(origins.ids)
        for first in range(0, len(origins), self.block_n):
            ids = origins.ids[first : first + self.block_n]
            seconds = np.array([[[60 * int(name[1:]) % 7_200] * 2] * len(destinations) for name in ids])
            seconds[:, 1] = UNREACHED
            yield TravelTimeMatrix(ids, destinations.ids, query.percentiles, seconds.astype(np.uint16))


def test_names_that_are_folders_of_parts():
    assert [in_parts(name) for name in ("m.parts", "a/M.PARTS/", "s3://b/m", "m.parquet", "m", "parts")] == [
        *(True, True, True, False, False, False)
    ]


def test_parts_are_the_rows_of_the_one_file(whole):
    table, out = whole
    assert table.num_rows > 300
    assert {path.name for path in out.iterdir()} == {
        *("_matrix.json", "_origins.csv", "_destinations.csv"),
        *("part-00000.parquet", "part-00001.parquet", "part-00002.parquet"),
    }
    assert pq.read_table(out).equals(table)
    read = read_parts(out)
    assert read.column_names == table.column_names
    assert read.to_pylist() == table.to_pylist()


def test_other_readers_read_the_folder(whole):
    table, out = whole
    want = table.to_pandas()
    pd.testing.assert_frame_equal(pd.read_parquet(out), want)
    assert pads.dataset(out).to_table().equals(table)
    found = duckdb.sql(f"select * from read_parquet('{out}/*.parquet') order by from_id, to_id").df()
    pd.testing.assert_frame_equal(
        found, want.sort_values(["from_id", "to_id"], ignore_index=True), check_dtype=False
    )


def test_compare_reads_the_folder_as_it_does_the_file(whole):
    table, out = whole
    pq.write_table(table, out.parent / "again.parquet")
    parts, file = read_matrix(out), read_matrix(out.parent / "again.parquet")
    for percentile in (25, 50):
        np.testing.assert_array_equal(parts.seconds[percentile], file.seconds[percentile])
    assert [parts.ids[k] for k in parts.from_idx] == table["from_id"].to_pylist()
    assert [parts.ids[k] for k in parts.to_idx] == table["to_id"].to_pylist()


def test_rows_of_some_origins_open_their_parts_only(whole, tmp_path):
    table, out = whole
    frame = table.to_pandas()
    for name, data in bytes_in(out).items():
        if name != "part-00001.parquet":
            (tmp_path / name).write_bytes(data)
    for ids in (["h299"], ["h007", "h260", "h001"], []):
        want = frame[frame["from_id"].isin(ids)].reset_index(drop=True)
        found = read_parts(tmp_path, ids).to_pandas().astype({"from_id": "str", "to_id": "str"})
        pd.testing.assert_frame_equal(found, want)
    with pytest.raises(InputError, match=r"1 of 1 parts are missing, such as part-00001\.parquet\. Fin"):
        read_parts(tmp_path, ["h130"])
    with pytest.raises(InputError, match=r"1 of 3 parts are missing"):
        read_parts(tmp_path)
    with pytest.raises(InputError, match=r"no origin 'x' \(2 such ids\)\. Take ids of its _origins\.csv"):
        read_parts(out, ["h001", "x", "y"])


def test_origins_where_one_arrives_are_found_by_the_other_column(street, engine, tmp_path):
    question = street.question(direction="to")
    write_parts(engine, begin_parts(tmp_path / "m.parts", question), no_progress)
    found = read_parts(tmp_path / "m.parts", ["h150"]).to_pandas()
    assert set(found["to_id"]) == {"h150"}
    assert set(found["from_id"]) == {"east", "west", "h007"}


@pytest.mark.parametrize("block_n", [1, 7, 128, 200, 1_000])
def test_blocks_of_any_size_give_the_same_parts(street, tmp_path, block_n):
    question = street.question()
    for name, size in (("one", 128), ("other", block_n)):
        calls = []
        rows = write_parts(
            Told(size), begin_parts(tmp_path / name, question), lambda *c, to=calls: to.append(c)
        )
        assert rows == 600  # the second of three shops is never reached
        assert calls == [("travel times", done, 300) for done in (0, 128, 256, 300)]
    assert bytes_in(tmp_path / "one") == bytes_in(tmp_path / "other")


def test_only_missing_and_damaged_parts_are_computed(street, tmp_path, caplog):
    question, out = street.question(), tmp_path / "m.parts"
    write_parts(Told(50), begin_parts(out, question), no_progress)
    before = bytes_in(out)
    (out / "part-00000.parquet").unlink()
    (out / "part-00002.parquet").write_bytes(before["part-00002.parquet"][:200])
    (out / ".part-00000.parquet.1-1.aside").write_bytes(b"half of one")
    matrix, engine, calls = begin_parts(out, question), Told(50), []
    assert matrix.missing == [0, 2]
    assert f"{out}/part-00002.parquet is damaged and made again" in caplog.text
    assert "1 of 3 parts are there and are kept" in caplog.text
    assert write_parts(engine, matrix, lambda *call: calls.append(call)) == 600
    assert engine.asked == [question.origins.ids[:128] + question.origins.ids[256:]]
    assert calls == [("travel times", done, 300) for done in (128, 256, 300)]
    assert bytes_in(out) == before
    engine = Told(50)
    assert write_parts(engine, begin_parts(out, question), no_progress) == 600
    assert engine.asked == []


def test_another_question_is_refused_once_a_part_is_there(street, tmp_path):
    question, out = street.question(), tmp_path / "m.parts"
    other = question._replace(query=dataclasses.replace(question.query, max_rides=2))
    begin_parts(out, other)  # stopped before its first part: a slip may be mended
    matrix = begin_parts(out, question)
    write_parts(Told(500), matrix, no_progress)
    before = bytes_in(out)
    with pytest.raises(InputError, match=r"m\.parts: holds another matrix: max_rides 8, not 2\. Write to an"):
        begin_parts(out, other)
    assert bytes_in(out) == before
    assert join_parts(str(out)).question.query == question.query


@pytest.mark.parametrize("name", ["notes.txt", "times.parquet"])
def test_a_folder_of_something_else_is_left_alone(street, tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match=rf"holds something else than a matrix, such as '{name}'"):
        begin_parts(tmp_path, street.question())
    assert bytes_in(tmp_path) == {name: b"mine"}


def test_a_question_that_is_damaged_is_named(street, tmp_path):
    question, out = street.question(), tmp_path / "m.parts"
    write_parts(Told(500), begin_parts(out, question), no_progress)
    for text in ("", "{", "[]", '{"format": 99}'):
        (out / "_matrix.json").write_text(text)
        for use in (lambda: begin_parts(out, question), lambda: read_parts(out)):
            with pytest.raises(InputError, match=r"_matrix\.json or the points beside it are damaged"):
                use()
    (out / "_matrix.json").unlink()
    with pytest.raises(InputError, match=r"damaged: _matrix\.json is missing"):
        begin_parts(out, question)
    with pytest.raises(InputError, match=r"no matrix in parts \(_matrix\.json is missing\)\. Check the path"):
        read_parts(out)
    with pytest.raises(InputError, match=r"no matrix in parts"):
        read_parts(tmp_path / "nowhere.parts")


def test_a_part_that_is_damaged_is_named_to_a_reader(whole, tmp_path):
    for name, data in bytes_in(whole[1]).items():
        (tmp_path / name).write_bytes(data[: len(data) // 2] if name.startswith("part-00001") else data)
    with pytest.raises(InputError, match=r"part-00001\.parquet: not readable.*damaged parts are made anew"):
        read_parts(tmp_path)


def test_a_block_of_other_origins_is_refused(street, tmp_path):
    matrix = begin_parts(tmp_path / "m.parts", street.question())
    (block, *_) = Told(100).travel_times(
        matrix.question.origins, matrix.question.destinations, matrix.question.query
    )
    with pytest.raises(ValueError, match=r"block of other origins than part-00000\.parquet"):
        matrix.write(0, block)


def test_an_engine_that_fails_leaves_its_finished_parts(street, tmp_path, caplog):
    class Failing(Told):
        def travel_times(self, origins, destinations, query):
            yield next(super().travel_times(origins, destinations, query))
            raise InputError("the disk is gone")

    question, out = street.question(), tmp_path / "m.parts"
    with caplog.at_level(logging.WARNING), pytest.raises(InputError, match="the disk is gone"):
        write_parts(Failing(130), begin_parts(out, question), no_progress)
    assert "stopped; finished parts are kept: give the same command to go on" in caplog.text
    assert begin_parts(out, question).missing == [1, 2]


def test_a_store_holds_the_same_bytes(street, engine, whole):
    address = "memory://matrices/m.parts"
    matrix = begin_parts(address, street.question())
    assert matrix.missing == [0, 1, 2]
    rows = write_parts(engine, matrix, no_progress)
    folder = open_folder(address)
    found = {}
    for name in folder.names():
        with folder.open(name) as stream:
            found[name] = stream.read()
    assert found == bytes_in(whole[1])
    assert begin_parts(address, street.question()).missing == []
    assert read_parts(address).num_rows == rows
    assert set(read_parts(address, ["h100"]).to_pandas()["from_id"]) == {"h100"}


def test_two_runs_in_one_folder_do_no_harm(street, tmp_path, monkeypatch):
    """A second run takes a file of the first, half-written, for a left-over: the first writes it again."""
    from ptreach.matrix import folders

    out, question, true = tmp_path / "m.parts", street.question(), folders._write_through
    matrix = begin_parts(out, question)

    def disturbed(path, data):
        true(path, data)
        monkeypatch.setattr(folders, "_write_through", true)
        begin_parts(out, question)

    monkeypatch.setattr(folders, "_write_through", disturbed)
    assert write_parts(Told(100), matrix, no_progress) == 600
    assert begin_parts(out, question).missing == []
