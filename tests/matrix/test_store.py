"""The long table, against a plain loop over the block."""

import csv
import math

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from ptreach.errors import InputError
from ptreach.matrix.store import MatrixWriter, long_table
from ptreach.model import UNREACHED, TravelTimeMatrix

PERCENTILES = (5, 50, 95)


def block_of(origins, destinations, seconds, percentiles=PERCENTILES):
    return TravelTimeMatrix(
        tuple(origins), tuple(destinations), percentiles, np.array(seconds, dtype=np.uint16)
    )


def random_blocks(seed=7):
    """Three blocks of 4, 1 and 3 origins; percentiles ascend, so the late ones are unreached first."""
    rng = np.random.default_rng(seed)
    destinations = [f"d{i}" for i in range(11)]
    blocks = []
    for name, rows in (("a", 4), ("b", 1), ("c", 3)):
        seconds = np.sort(rng.integers(0, 9000, size=(rows, 11, 3)), axis=2)
        seconds[seconds >= 6000] = UNREACHED
        blocks.append(block_of([f"{name}{i}" for i in range(rows)], destinations, seconds))
    return blocks


def plain_rows(blocks, direction="from"):
    """What the table must say, by three nested loops and no numpy."""
    rows = []
    for block in blocks:
        values = block.seconds.tolist()
        for i, origin in enumerate(block.origin_ids):
            for j, destination in enumerate(block.destination_ids):
                minutes = [None if s == 65535 else s / 60 for s in values[i][j]]
                if all(m is None for m in minutes):
                    continue
                ends = (origin, destination) if direction == "from" else (destination, origin)
                rows.append((*ends, *minutes))
    return rows


def write(path, blocks, direction="from", percentiles=PERCENTILES):
    with MatrixWriter(path, percentiles, direction) as writer:
        counts = [writer.write(block) for block in blocks]
    assert writer.rows == sum(counts)
    return counts


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    return header, [(a, b, *(float(m) if m else None for m in rest)) for a, b, *rest in rows]


@pytest.mark.parametrize("direction", ["from", "to"])
def test_parquet_and_csv_equal_the_plain_loop(tmp_path, direction):
    blocks = random_blocks()
    want = plain_rows(blocks, direction)
    assert any(None in row for row in want)  # rows kept with a percentile missing
    assert len(want) < 8 * 11  # pairs left out
    columns = ["from_id", "to_id", "travel_time_p5", "travel_time_p50", "travel_time_p95"]
    for name in ("m.parquet", "m.csv"):
        counts = write(tmp_path / name, blocks, direction)
        assert counts == [len(plain_rows([block])) for block in blocks]
    table = pq.read_table(tmp_path / "m.parquet")
    assert table.column_names == columns
    assert [tuple(row.values()) for row in table.to_pylist()] == want
    assert read_csv(tmp_path / "m.csv") == (columns, want)


def test_minutes_keep_their_decimals_and_missing_reads_as_nan(tmp_path):
    block = block_of(["o"], ["d", "e"], [[[0, 61, UNREACHED], [UNREACHED] * 3]])
    write(tmp_path / "m.parquet", [block])
    frame = pd.read_parquet(tmp_path / "m.parquet")
    assert len(frame) == 1
    assert frame.loc[0, "travel_time_p5"] == 0
    assert frame.loc[0, "travel_time_p50"] == 61 / 60
    assert math.isnan(frame.loc[0, "travel_time_p95"])


def test_one_percentile_still_names_its_column():
    table = long_table(block_of(["o"], ["d"], [[[90]]], percentiles=(50,)))
    assert table.to_pylist() == [{"from_id": "o", "to_id": "d", "travel_time_p50": 1.5}]


def test_one_row_group_a_block_and_none_for_an_empty_one(tmp_path):
    blocks = random_blocks()
    empty = block_of(["z"], ["d0"], [[[UNREACHED] * 3]])
    write(tmp_path / "m.parquet", [blocks[0], empty, *blocks[1:]])
    meta = pq.ParquetFile(tmp_path / "m.parquet").metadata
    assert [meta.row_group(g).num_rows for g in range(meta.num_row_groups)] == [
        len(plain_rows([b])) for b in blocks
    ]
    assert meta.row_group(0).column(2).compression == "ZSTD"


@pytest.mark.parametrize("name", ["m.parquet", "m.csv"])
def test_nothing_reached_is_a_table_without_rows(tmp_path, name):
    write(tmp_path / name, [block_of(["z"], ["d0"], [[[UNREACHED] * 3]])])
    frame = pd.read_csv(tmp_path / name) if name.endswith("csv") else pd.read_parquet(tmp_path / name)
    assert list(frame) == ["from_id", "to_id", "travel_time_p5", "travel_time_p50", "travel_time_p95"]
    assert not len(frame)


def test_awkward_ids_come_back_from_csv(tmp_path):
    ids = ['say "hi"', "a,b", "two\nlines", "Ŵyr", "007"]
    write(tmp_path / "m.csv", [block_of(["o"], ids, [[[60] * 3] * 5])])
    assert [row[1] for row in read_csv(tmp_path / "m.csv")[1]] == ids
    write(tmp_path / "plain.csv", [block_of(["o"], ["007"], [[[60, 90, 120]]])])
    text = (tmp_path / "plain.csv").read_bytes()
    assert text == b"from_id,to_id,travel_time_p5,travel_time_p50,travel_time_p95\no,007,1,1.5,2\n"


@pytest.mark.parametrize("name", ["m.parquet", "m.csv"])
def test_same_blocks_same_bytes(tmp_path, name):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / name, random_blocks())
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("name", ["m.parquet", "m.csv"])
def test_an_error_leaves_what_was_there(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"before")

    def fail_midway():
        with MatrixWriter(path, PERCENTILES) as writer:
            writer.write(random_blocks()[0])
            assert (tmp_path / f"{name}.part").exists()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_midway()
    assert path.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_block_of_other_percentiles_is_refused(tmp_path):
    with MatrixWriter(tmp_path / "m.csv", (50,)) as writer, pytest.raises(ValueError, match="percentiles"):
        writer.write(random_blocks()[0])


def test_other_suffixes_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"m\.xlsx: '\.xlsx' is no kind of matrix file\. End the name in"):
        MatrixWriter(tmp_path / "m.xlsx", (50,))


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere.m\.csv: can't be written: No such file"):
        MatrixWriter(tmp_path / "nowhere" / "m.csv", (50,)).__enter__()


def test_a_folder_in_the_way_is_named_and_nothing_left(tmp_path):
    (tmp_path / "m.csv").mkdir()
    (tmp_path / "m.csv" / "x").touch()
    with pytest.raises(InputError, match="can't be written"), MatrixWriter(tmp_path / "m.csv", (50,)):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["m.csv"]
