"""Classes of columns: minutes by cutoffs, deciles each, other numbers in fifths."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from ptreach.api.classes import NOT_KNOWN, classify
from ptreach.errors import InputError
from ptreach.outputs.ramp import GROUND, RAMP, band_colours

CUTOFFS = (15, 30)


def frame(values, name="value"):
    return gpd.GeoDataFrame({name: values}, geometry=[Point(0, 0)] * len(values), crs=27700)


def test_minutes_are_in_bands_whose_cutoffs_are_strict():
    found = classify(frame([14.99, 15.0, 30.0, np.nan], "minutes_p50"), "minutes_p50", CUTOFFS)
    assert found.labels == ("under 15 min", "15 to 30 min", "30 min or more")
    assert found.of_row.tolist() == [0, 1, 2, NOT_KNOWN]
    assert found.row_colours == [*band_colours(2), GROUND, GROUND]
    assert found.not_known == "not reached"


def test_isochrones_need_no_column():
    found = classify(frame([60, 15, 30], "cutoff_min"), None, CUTOFFS)
    assert found.labels == ("under 15 min", "under 30 min", "under 60 min")
    assert found.of_row.tolist() == [2, 0, 1]


def test_the_lowest_decile_is_the_darkest():
    found = classify(frame([10.0, 1.0, np.nan], "imd_decile"), "imd_decile", CUTOFFS)
    assert found.title.startswith("IMD decile")
    assert found.labels == ("1 (most deprived)", "10")
    assert found.of_row.tolist() == [1, 0, NOT_KNOWN]


def test_many_numbers_are_in_fifths_the_highest_the_darkest():
    values = np.arange(1.0, 101)
    found = classify(frame(values), "value", CUTOFFS)
    assert found.labels[0] == "1 to 20"
    assert found.labels[-1] == "81 to 100"
    assert np.bincount(found.of_row).tolist() == [20] * 5
    assert found.colours == RAMP[::-1]


def test_words_have_a_class_each_where_they_are_few():
    found = classify(frame(["train", "bus", None]), "value", CUTOFFS)
    assert (found.labels, found.of_row.tolist()) == (("bus", "train"), [1, 0, NOT_KNOWN])
    with pytest.raises(InputError, match=r"^column: 'value' has 11 values that are no numbers"):
        classify(frame([str(number) for number in range(11)]), "value", CUTOFFS)


def test_yes_comes_after_no_and_categories_in_their_own_order():
    assert classify(frame([True, False]), "value", CUTOFFS).labels == ("no", "yes")
    sizes = pd.Categorical(["small", "large"], categories=["small", "middle", "large"])
    assert classify(frame(sizes), "value", CUTOFFS).labels == ("small", "large")


@pytest.mark.parametrize("name", ["value", "imd_decile", "minutes_p50"])
def test_rows_may_all_be_unknown(name):
    found = classify(frame([np.nan, np.nan], name), name, CUTOFFS)
    assert len(found.labels) == len(found.colours)
    assert found.of_row.tolist() == [NOT_KNOWN, NOT_KNOWN]


def test_what_can_t_be_put_in_order_or_named_is_refused():
    with pytest.raises(InputError, match=r"^column: 'value' has values that can't be put in order"):
        classify(frame(["one", 2]), "value", CUTOFFS)
    with pytest.raises(InputError, match=r"^column: 'value' has values that can't be put in order"):
        classify(frame([["a"], ["b"]]), "value", CUTOFFS)
    with pytest.raises(InputError, match=r"^column: 'minutes_p50' is no numbers"):
        classify(frame(["ten"], "minutes_p50"), "minutes_p50", CUTOFFS)
    twice = frame([1]).assign(other=2).rename(columns={"other": "value"})
    with pytest.raises(InputError, match=r"^column: 2 columns 'value'"):
        classify(twice, "value", CUTOFFS)


def test_without_a_column_all_are_alike():
    assert classify(frame([1, 2]), None, CUTOFFS).row_colours == list(band_colours(1)) * 2


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(InputError, match=r"^column: no column 'minutes'. Take one of value, geometry"):
        classify(frame([1]), "minutes", CUTOFFS)
