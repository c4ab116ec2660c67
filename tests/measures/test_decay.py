import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ptreach.measures.decay import (
    LEAST_WEIGHT,
    binary_decay,
    decay_weights,
    exponential_decay,
    gaussian_decay,
    logistic_decay,
    power_decay,
)

TIMES = np.array([0.0, 5.0, 10.0, 20.0, 40.0])
ALL = [
    binary_decay(30),
    exponential_decay(20),
    gaussian_decay(20),
    power_decay(1.5),
    logistic_decay(30, 5),
]


def test_weights_by_hand():
    assert binary_decay(20)(TIMES).tolist() == [1, 1, 1, 0, 0]
    assert exponential_decay(10)(TIMES) == pytest.approx([1, 0.5**0.5, 0.5, 0.25, 0.0625])
    assert gaussian_decay(10)(TIMES) == pytest.approx([1, 0.5**0.25, 0.5, 0.0625, 0.5**16])
    assert power_decay(2)(np.array([0.0, 0.5, 1, 2, 10])) == pytest.approx([1, 1, 1, 0.25, 0.01])
    assert power_decay(1, flat_min=5)(TIMES) == pytest.approx([1, 1, 0.5, 0.25, 0.125])


def test_forms_are_the_textbooks():
    minutes = np.linspace(0, 120, 50)
    assert exponential_decay(20)(minutes) == pytest.approx(np.exp(-math.log(2) / 20 * minutes))
    sigma = 20 / math.sqrt(2 * math.log(2))
    assert gaussian_decay(20)(minutes) == pytest.approx(stats.norm.pdf(minutes / sigma) / stats.norm.pdf(0))
    scale = 5 * math.sqrt(3) / math.pi
    assert stats.logistic.std(scale=scale) == pytest.approx(5)
    assert logistic_decay(30, 5)(minutes) == pytest.approx(stats.logistic.sf(minutes, 30, scale))


@pytest.mark.parametrize(
    ("decay", "half"),
    [
        (exponential_decay(17), 17.0),
        (gaussian_decay(17), 17.0),
        (logistic_decay(17, 6), 17.0),
        (power_decay(2, 3), 3 * math.sqrt(2)),
    ],
)
def test_half_is_where_it_is_said(decay, half):
    assert decay(np.array([half])) == pytest.approx([0.5])


@pytest.mark.parametrize("decay", ALL)
@given(times=st.lists(st.floats(0, 1e6), min_size=1, max_size=6))
def test_a_decay_never_rises_and_stays_between_0_and_1(decay, times):
    weights = decay_weights(np.sort(times), decay)
    assert np.all((weights >= 0) & (weights <= 1))
    assert np.all(np.diff(weights) <= 1e-15)


@pytest.mark.parametrize("decay", ALL)
def test_unreached_counts_nothing_and_shape_stays(decay):
    weights = decay_weights([[0.0, math.nan], [math.nan, math.nan]], decay)
    assert weights.shape == (2, 2)
    assert weights[0, 0] > 0.9
    assert weights.ravel()[1:].tolist() == [0, 0, 0]
    assert decay_weights(np.empty((0, 3)), decay).shape == (0, 3)


def test_weights_of_no_account_are_none():
    # 2 ** -39 is 1.8e-12, 2 ** -40 is 0.9e-12
    assert decay_weights([39.0, 40.0], exponential_decay(1)).tolist() == [2.0**-39, 0]
    assert 2.0**-40 < LEAST_WEIGHT < 2.0**-39


@pytest.mark.parametrize(
    "make",
    [
        binary_decay,
        exponential_decay,
        gaussian_decay,
        power_decay,
        lambda value: power_decay(1, value),
        lambda value: logistic_decay(value, 1),
        lambda value: logistic_decay(1, value),
    ],
)
@pytest.mark.parametrize("value", [0, -5, math.nan, math.inf])
def test_a_parameter_must_be_a_number_above_0(make, value):
    with pytest.raises(ValueError, match="expected a number above 0"):
        make(value)


@pytest.mark.parametrize(
    "decay",
    [
        lambda minutes: -minutes,
        lambda minutes: minutes * math.nan,
        lambda minutes: np.full(minutes.shape, math.inf),
        lambda minutes: minutes[:1],
    ],
)
def test_a_decay_of_ones_own_that_gives_no_weights_is_refused(decay):
    with pytest.raises(ValueError, match="the decay gives"):
        decay_weights([1.0, 2.0], decay)
