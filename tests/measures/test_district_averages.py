import math

from ptreach.measures.district_averages import average_by_district

NAN = math.nan


def test_averages_are_weighted_and_ranked_from_the_highest():
    table = average_by_district(
        ["b", "a", "a", "c", None], [10.0, 40.0, 10.0, 20.0, 99.0], [5, 100, 300, 7, 1000]
    )
    assert table["district_code"].tolist() == ["a", "b", "c"]
    assert table["average_score"].tolist() == [(40 * 100 + 10 * 300) / 400, 10, 20]
    assert table["weight"].tolist() == [400, 5, 7]
    assert table["rank"].tolist() == [2, 3, 1]


def test_a_district_that_is_not_known_as_a_whole_has_no_average():
    table = average_by_district(["a", "a", "b", "c", "d"], [1.0, NAN, 2.0, 3.0, 3.0], [5, 5, NAN, 0, 4])
    assert table["average_score"].isna().tolist() == [True, True, True, False]
    assert table["rank"].tolist()[-1] == 1


def test_equal_averages_share_the_better_rank():
    assert average_by_district(["a", "b", "c"], [5.0, 5.0, 1.0], [1, 2, 3])["rank"].tolist() == [1, 1, 3]


def test_no_zones_have_no_districts():
    assert average_by_district([], [], []).empty
