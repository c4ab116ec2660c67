from __future__ import annotations

import pandas as pd
import pytest

from ptreach.errors import InputError
from ptreach.sources.columns import find_column, label_of, need_column


def test_columns_are_found_whole_and_named_when_missing(tmp_path):
    frame = pd.DataFrame({f"c{i}": [1] for i in range(14)})
    assert find_column(frame, "c1|c2") == "c1"
    assert find_column(frame, "c") is None
    with pytest.raises(InputError, match=r"t\.csv: no column 'C'; found: c0, .*, c11 and 2 more"):
        need_column(frame, "c", "C", tmp_path / "t.csv")


def test_headers_of_nomis_are_read_as_labels():
    assert label_of("age: total; measures: value") == "age: total"
    assert label_of("a:b : c") == "a: b: c"
