from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ptreach.errors import InputError
from ptreach.sources.cells import numbers, read_cells, texts
from ptreach.sources.tables import read_table


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_texts_are_stripped_and_blank_is_missing():
    cells = texts(pd.Series([" a ", "", "  ", None, "NA"]))
    assert cells.fillna("-").tolist() == ["a", "-", "-", "-", "NA"]


def test_numbers_read_over_thousands_and_blanks(tmp_path):
    path = write(tmp_path / "t.csv", 'v\n"1,234,567"\n" 2.5 "\n-3e2\n"12,34"\n')
    table = read_table(path)
    assert numbers(table.iloc[:3], "v", path).tolist() == [1_234_567, 2.5, -300]
    with pytest.raises(InputError, match=r"row 5, v: '12,34' is no number"):
        numbers(table, "v", path)
    with pytest.raises(InputError, match=r"row 2, v: '1,234,567' is no number\. Write it plain"):
        numbers(table, "v", path, grouped=False, remedy="write it plain")
    blank = pd.DataFrame({"v": ["1", "", None]})
    np.testing.assert_array_equal(numbers(blank, "v", path), [1, np.nan, np.nan])


@pytest.mark.parametrize("cell", ["x", "..", "inf", "nan", "1 2", "0x10"])
def test_what_is_no_number_is_named(tmp_path, cell):
    path = write(tmp_path / "t.csv", f"v\n1\n{cell}\n")
    with pytest.raises(InputError, match=r"row 3, v: .* is no number"):
        numbers(read_table(path), "v", path)


@pytest.mark.parametrize("code", ["c", "[c]", "..", "[:]", "SUPP", "n/a", "[low]"])
def test_a_code_for_no_figure_is_one_to_every_reader(tmp_path, code, caplog):
    table = read_table(write(tmp_path / "t.csv", f"v\n1\n{code}\n"))
    values = numbers(table, "v", "t.csv", suppressed=True)
    assert "t.csv, v: 1 figures are withheld by their publisher" in caplog.text
    cells = read_cells(table, "v", "t.csv")
    np.testing.assert_array_equal(values, [1, np.nan])
    np.testing.assert_array_equal(cells.numbers, values)
    assert cells.codes == {code: 1}
