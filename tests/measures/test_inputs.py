import math

import numpy as np
import pytest

from ptreach.measures.inputs import as_labels, as_minutes, as_weights


def test_minutes_keep_their_shape_and_infinite_ones_are_not_reached():
    given = [[0.0, 12.5], [math.inf, math.nan]]
    assert np.array_equal(as_minutes(given), [[0.0, 12.5], [math.nan, math.nan]], equal_nan=True)
    assert given[1][0] == math.inf
    assert as_minutes([]).shape == (0,)


@pytest.mark.parametrize("minutes", [[-0.1, math.nan], [-math.inf]])
def test_negative_minutes_are_refused(minutes):
    with pytest.raises(ValueError, match="negative"):
        as_minutes(minutes)


def test_unknown_weights_are_none():
    assert as_weights([3, math.nan, 0], 3).tolist() == [3.0, 0.0, 0.0]
    assert as_weights([], 0).shape == (0,)


@pytest.mark.parametrize("weights", [[1.0, -1.0], [1.0, math.inf], [1.0, -math.inf]])
def test_weights_that_count_nobody_are_refused(weights):
    with pytest.raises(ValueError, match="negative or infinite"):
        as_weights(weights, 2)


@pytest.mark.parametrize("check", [as_weights, as_labels])
@pytest.mark.parametrize("given", [5.0, [5.0], [[1.0, 2.0]], [1.0, 2.0, 3.0]])
def test_nothing_is_spread_over_zones_that_it_was_not_given_for(check, given):
    with pytest.raises(ValueError, match="shape"):
        check(given, 2)
