import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from ptreach.measures.composition import centred_log_ratio
from ptreach.model import Indicator, Indicators


def indicators_of(columns, wholes):
    described = tuple(
        Indicator(name, name, "theme", "%", "2021", part_of=wholes.get(name, "")) for name in columns
    )
    return Indicators(described, pd.DataFrame(columns, dtype=float), ())


def test_log_ratios_to_the_geometric_mean_by_hand():
    before = indicators_of(
        {"a": [25.0, 10.0], "score": [3.0, 4.0], "b": [25.0, 40.0], "c": [50.0, 20.0]},
        dict.fromkeys("abc", "whole"),
    )
    after = centred_log_ratio(before)
    # 25 25 50: geometric mean 25 * 2**(1/3); 10 40 20: 20
    third = math.log(2) / 3
    np.testing.assert_allclose(after.frame["a"], [-third, -math.log(2)])
    np.testing.assert_allclose(after.frame["b"], [-third, math.log(2)])
    np.testing.assert_allclose(after.frame["c"], [2 * third, 0], atol=1e-15)
    assert after.frame["score"].tolist() == [3, 4]
    assert [each.unit for each in after.indicators] == ["log ratio", "%", "log ratio", "log ratio"]
    assert before.frame["a"].tolist() == [25, 10]
    assert [each.part_of for each in after.indicators] == [each.part_of for each in before.indicators]


def test_a_share_of_nothing_counts_as_half_the_smallest_and_a_missing_one_spoils_its_zone():
    after = centred_log_ratio(
        indicators_of({"a": [0.0, 4.0, 8.0], "b": [8.0, 4.0, math.nan]}, dict.fromkeys("ab", "whole"))
    )
    half = math.log(8 / 2) / 2  # 0 stands as 2; the mean of log 2 and log 8 is that of 4
    np.testing.assert_allclose(after.frame["a"], [-half, 0, math.nan])
    np.testing.assert_allclose(after.frame["b"], [half, 0, math.nan])


def test_a_share_that_is_nowhere_has_no_ratio_and_the_others_do_without_it():
    columns = {"a": [1.0, 4.0], "b": [4.0, 1.0]}
    with_none = indicators_of({**columns, "none": [0.0, 0.0]}, dict.fromkeys(("a", "b", "none"), "whole"))
    after = centred_log_ratio(with_none).frame
    pd.testing.assert_frame_equal(
        after[["a", "b"]], centred_log_ratio(indicators_of(columns, dict.fromkeys("ab", "whole"))).frame
    )
    assert after["none"].isna().all()


@pytest.mark.parametrize("wholes", [{}, {"a": "one", "b": "other"}])
def test_what_is_no_part_or_the_only_one_stays(wholes):
    before = indicators_of({"a": [1.0, 2.0], "b": [0.0, 5.0]}, wholes)
    after = centred_log_ratio(before)
    assert after.indicators == before.indicators
    pd.testing.assert_frame_equal(after.frame, before.frame)
    fields = {field.name for field in dataclasses.fields(before)} - {"frame"}
    assert [name for name in fields if getattr(after, name) != getattr(before, name)] == []


def test_parts_no_longer_pull_each_other_down_as_they_did():
    shares = np.random.default_rng(1).dirichlet([80, 4, 4, 4, 4, 4], size=3000) * 100
    names = list("abcdef")
    before = indicators_of(dict(zip(names, shares.T, strict=True)), dict.fromkeys(names, "whole"))
    raw = before.frame.corr().to_numpy()[0, 1:]
    ratios = centred_log_ratio(before).frame.corr().to_numpy()[0, 1:]
    # the large part of Dirichlet shares a1 of 100 holds one of ai down by -sqrt(a1 ai / ((100-a1) (100-ai)))
    assert raw.mean() == pytest.approx(-math.sqrt(80 * 4 / (20 * 96)), abs=0.02)
    assert abs(ratios.mean()) < 0.3
