import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from ptreach.errors import InputError
from ptreach.measures.districts import (
    neighbouring_districts,
    put_together,
    score_classes,
    scores_on_polygons,
)

KM = 1000


def districts(**boxes):
    return gpd.GeoDataFrame(
        {"district_code": list(boxes)},
        geometry=[box(*(KM * v for v in b)) for b in boxes.values()],
        crs=27700,
    )


@pytest.mark.parametrize(
    ("zones", "area"),
    [
        ([(0, 0, 1, 1), (1, 0, 2, 1)], 2),
        ([(0, 0, 9, 9), (2, 2, 4, 4)], 81),  # one within the other: shells within shells
        ([(0, 0, 9, 9), (8, 2, 12, 4)], 87),  # one over the edge of the other
    ],
)
def test_zones_put_together_are_a_valid_area_also_where_they_overlap(zones, area):
    whole = put_together(np.array([box(*(KM * value for value in zone)) for zone in zones]))
    assert whole.is_valid
    assert whole.area == area * KM**2
    assert whole.intersection(box(0, 0, 3 * KM, 3 * KM)).area > 0


def test_neighbours_are_those_that_touch_even_over_a_river():
    frame = districts(
        place=(0, 0, 10, 10),
        side=(10, 0, 20, 10),
        corner=(10, 10, 20, 20),
        river=(0, -10, 10, -0.4),
        far=(0, 12, 10, 20),
    )
    assert neighbouring_districts(frame, ["place"]) == (["corner", "river", "side"], True)
    assert neighbouring_districts(frame, ["place", "corner"]) == (["far", "river", "side"], True)


def test_an_island_has_the_three_nearest():
    frame = districts(
        isle=(0, 0, 1, 1), d=(2, 0, 3, 1), c=(0, 4, 1, 5), b=(0, -3, 1, -2), a=(20, 0, 21, 1)
    )  # 1, 3, 2 and 19 km away
    assert neighbouring_districts(frame, ["isle"]) == (["b", "c", "d"], False)


def test_fifths_are_counted_and_equal_scores_stay_together():
    classes, bounds = score_classes([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, math.nan])
    assert classes.tolist() == [4, 4, 3, 3, 2, 2, 1, 1, 0, 0, -1]
    assert bounds.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]
    # the second fifth of ten would end amid the threes
    classes, bounds = score_classes([1, 2, 3, 3, 3, 6, 7, 8, 9, 10])
    assert classes.tolist() == [0, 0, 1, 1, 1, 2, 3, 3, 4, 4]
    assert bounds.tolist() == [[1, 2], [3, 3], [6, 6], [7, 8], [9, 10]]


@pytest.mark.parametrize("scores", [[], [1, 2, 3, 4], [1, 1, 1, 1, 1, 1, 2, 3, 4, 5], [math.nan] * 9])
def test_there_are_no_fifths_of_too_few_different_scores(scores):
    classes, bounds = score_classes(scores)
    assert classes.tolist() == [-1] * len(scores)
    assert bounds.shape == (0, 2)


@given(st.lists(st.integers(0, 50), min_size=5, max_size=60, unique=True))
def test_fifths_of_different_scores_differ_by_one_in_size(scores):
    classes, bounds = score_classes(scores)
    sizes = np.bincount(classes, minlength=5)
    assert sizes.max() - sizes.min() <= 1
    assert (np.diff(bounds.ravel()) >= 0).all()


def scores(*rows):
    return pd.DataFrame(rows, columns=["district_code", "score", "rank", "weight"])


def test_scores_stay_as_they_are_without_successors():
    table = scores_on_polygons(scores(("A", 0.3, 1, 10), ("B", 0.1, 2, 10)), "score", None)
    assert table.to_dict("list") == {"district_code": ["A", "B"], "score": [0.3, 0.1], "rank": [1.0, 2.0]}


def test_a_merged_district_has_the_mean_by_weight_and_no_rank():
    old = scores(("A", 0.3, 1, 100), ("B", 0.1, 4, 300), ("C", 0.2, 2, 50), ("D", 0.15, 3, 50))
    table = scores_on_polygons(old, "score", {"A": "N", "B": "N", "C": "K"}).set_index("district_code")
    # 30 and 30 of 400 children
    assert table.loc["N", "score"] == pytest.approx(0.15)
    assert math.isnan(table.loc["N", "rank"])
    assert table.loc["K"].tolist() == [0.2, 2]  # only its code is new
    assert table.loc["D"].tolist() == [0.15, 3]
    assert len(table) == 3


def test_a_merged_district_of_which_a_part_is_not_known_is_not_known():
    old = scores(("A", 0.3, 1, 100), ("B", math.nan, 2, 300))
    table = scores_on_polygons(old, "score", {"A": "N", "B": "N"})
    assert table["score"].isna().tolist() == [True]


@pytest.mark.parametrize("weight", [math.nan, 0.0])
def test_merged_districts_without_weight_are_refused_by_name(weight):
    old = scores(("A", 0.3, 1, 100), ("B", 0.1, 2, weight))
    with pytest.raises(InputError, match="district B was merged into N and has no weight"):
        scores_on_polygons(old, "score", {"A": "N", "B": "N"})
    with pytest.raises(InputError, match="district A was merged into N and has no weight"):
        scores_on_polygons(old.drop(columns="weight"), "score", {"A": "N", "B": "N"})
