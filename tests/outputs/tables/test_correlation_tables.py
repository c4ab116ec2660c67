import math

import pandas as pd
import pytest

from ptreach.errors import InputError
from ptreach.model import Indicator
from ptreach.outputs.tables.correlation_tables import are_firm, order_pairs, pair_table, square_matrix

A, B, C = (
    Indicator(name=name, title=f"Title {name}", theme=theme, unit="%", edition="Census 2021")
    for name, theme in (("a", "work"), ("b", "work"), ("c", "school"))
)


def pairs(*rows):
    columns = ["first", "second", "zones", "pearson", "spearman", "p_spatial", "q_spatial", "same_whole"]
    return pd.DataFrame(rows, columns=columns).assign(
        p_naive=0.0012345678, effective_zones=31.25, first_moran_i=0.5, second_moran_i=0.25
    )


PAIRS = pairs(
    ("c", "a", 90, 0.51234, -0.61234, 0.01, 0.02, False),
    ("b", "a", 100, 0.2, 0.29, 0.001, 0.002, True),
    ("x", "a", 100, 0.9, 0.9, 0.001, 0.002, False),
)


def test_firm_is_neither_weak_nor_likely_chance():
    table = pairs(
        ("a", "b", 9, 0, 0.3, 0.049, 1, False),
        ("a", "b", 9, 0, -0.3, 0.049, 1, False),
        ("a", "b", 9, 0, 0.299, 0.001, 1, False),
        ("a", "b", 9, 0, 0.9, 0.05, 1, False),
        ("a", "b", 9, 0, 0.9, math.nan, 1, False),
        ("a", "b", 9, 0, math.nan, 0.01, 1, False),
    )
    assert are_firm(table).tolist() == [True, True, False, False, False, False]


def test_pairs_come_in_the_order_of_the_indicators_without_strangers():
    table = order_pairs(PAIRS, (A, B, C))
    assert table[["first", "second"]].to_numpy().tolist() == [["a", "b"], ["a", "c"]]
    assert table["spearman"].tolist() == [0.29, -0.61234]
    assert table["firm"].tolist() == [False, True]
    assert order_pairs(PAIRS, (C, A))["first"].tolist() == ["c"]


@pytest.mark.parametrize(
    "twice", [("a", "c", 90, 0.5, 0.6, 0.1, 0.2, False), ("a", "a", 90, 1.0, 1.0, 0.0, 0.0, False)]
)
def test_a_pair_that_is_there_twice_or_of_one_indicator_is_refused(twice):
    with pytest.raises(InputError, match="is there twice or of one indicator"):
        order_pairs(pd.concat([PAIRS, pairs(twice)]), (A, B, C))


def test_the_table_of_pairs_has_titles_and_all_that_was_measured():
    table = pair_table(PAIRS, (A, B, C), "LSOA 2021")
    assert table.iloc[1].to_dict() == {
        "edition": "LSOA 2021",
        "first": "a",
        "first_title": "Title a",
        "first_theme": "work",
        "second": "c",
        "second_title": "Title c",
        "second_theme": "school",
        "zones": 90,
        "pearson": 0.5123,
        "spearman": -0.6123,
        "p_naive": 0.001235,
        "p_spatial": 0.01,
        "q_spatial": 0.02,
        "effective_zones": 31.2,
        "first_moran_i": 0.5,
        "second_moran_i": 0.25,
        "same_whole": False,
        "firm": True,
    }


def test_the_square_is_symmetric_with_gaps_for_what_is_not_known():
    square = square_matrix(PAIRS, (A, B, C))
    assert list(square.columns) == ["indicator", "title", "a", "b", "c"]
    assert square["indicator"].tolist() == ["a", "b", "c"]
    values = square[["a", "b", "c"]].to_numpy()
    assert values[0].tolist() == [1.0, 0.29, -0.6123]
    assert values[:, 0].tolist() == [1.0, 0.29, -0.6123]
    assert values[2, 2] == 1.0
    assert math.isnan(values[1, 2])
    assert math.isnan(values[2, 1])
    assert square_matrix(PAIRS, (A, C), "pearson")["c"].tolist() == [0.5123, 1.0]
