import os

import numpy as np
import pandas as pd
import pytest

from ptreach.sources.once import read_once

LONG_AGO_S = 1_592_265_600


def written(path, text, time_s=LONG_AGO_S):
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time_s, time_s))
    return path


@pytest.fixture
def reader():
    """A reader of numbers, and the names of the files that it was asked for."""
    asked = []

    @read_once
    def read(path, factor=1, *, column="value"):
        asked.append(path.name)
        return pd.DataFrame(
            {column: factor * np.array(path.read_text(encoding="utf-8").split(), dtype=float)}
        )

    return read, asked


def test_a_file_is_read_once_and_again_where_it_or_what_is_asked_differs(tmp_path, reader):
    read, asked = reader
    path = written(tmp_path / "a", "1 2")
    assert read(path)["value"].tolist() == read(path)["value"].tolist() == [1, 2]
    assert asked == ["a"]
    assert read(path, 2)["value"].tolist() == [2, 4]
    assert list(read(path, column="other")) == ["other"]
    assert asked == ["a"] * 3
    written(path, "3 4", LONG_AGO_S + 1)  # as long, but of another time
    assert read(path)["value"].tolist() == [3, 4]
    written(path, "3 40", LONG_AGO_S + 1)
    assert read(path)["value"].tolist() == [3, 40]


def test_two_of_a_kind_are_kept_and_the_one_used_last_longest(tmp_path, reader):
    read, asked = reader
    a, b, c = (written(tmp_path / name, "1") for name in "abc")
    for path in (a, b, a, c, a, b):
        read(path)
    assert asked == ["a", "b", "c", "b"]


def test_who_changes_a_frame_changes_their_own(tmp_path, reader):
    read, asked = reader
    path = written(tmp_path / "a", "1 2")
    first = read(path)
    first.loc[0, "value"] = 9
    first["more"] = 1
    assert read(path).equals(pd.DataFrame({"value": [1.0, 2.0]}))
    assert asked == ["a"]


def test_a_file_written_just_now_is_read_again(tmp_path, reader):
    read, asked = reader
    path = tmp_path / "a"
    for text in ("1", "2"):
        path.write_text(text, encoding="utf-8")
        assert read(path)["value"].tolist() == [float(text)]
    assert asked == ["a", "a"]


def test_a_fault_is_a_fault_each_time(tmp_path, reader):
    read, asked = reader
    path = written(tmp_path / "a", "one")
    for _ in range(2):
        with pytest.raises(ValueError, match="one"):
            read(path)
    assert asked == ["a", "a"]
