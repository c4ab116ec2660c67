"""Decays: what an opportunity is worth at a travel time, from 1 at the door to 0 far away.

Each function returns a decay, a function of minutes; its parameters are minutes wherever they can be. Where a
decay has one, ``half_min`` is the travel time at which an opportunity counts half: unlike rates, it can be
read and compared from one decay to the other.

Source of the forms: Kwan 1998, "Space-time and integral measures of individual accessibility", Geographical
Analysis 30:191-216.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.model import FloatArray

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Decay = Callable[[FloatArray], FloatArray]
"""A function of travel times in minutes, shape (n,), to weights, shape (n,), finite and not negative."""
LEAST_WEIGHT: Final = 1e-12
"""What counts less than this does not count: no use in a sum, and a catchment cannot be divided by it."""


def binary_decay(cutoff_min: float) -> Decay:
    """Return the decay ``f(t) = 1 where t < cutoff, else 0``, strict as every cutoff."""
    _check_positive(cutoff_min=cutoff_min)
    return lambda minutes: (minutes < cutoff_min).astype(np.float64)


def exponential_decay(half_min: float) -> Decay:
    """Return the decay ``f(t) = 2 ** (-t / half)``; the rate b of ``exp(-b t)`` is ``ln 2 / half``."""
    _check_positive(half_min=half_min)
    return lambda minutes: np.exp2(-minutes / half_min)


def gaussian_decay(half_min: float) -> Decay:
    """Return the decay ``f(t) = 2 ** (-(t / half)**2)``.

    It is ``exp(-t**2 / (2 sigma**2))`` with ``sigma = half / sqrt(2 ln 2)``, 0.849 of `half_min`: flat near
    the door, where the exponential is steepest. It is not cut off, nor shifted to be 0 at a limit.
    """
    _check_positive(half_min=half_min)
    return lambda minutes: np.exp2(-np.square(minutes / half_min))


def power_decay(exponent: float, flat_min: float = 1.0) -> Decay:
    """Return the decay ``f(t) = (max(t, flat) / flat) ** -exponent``, the negative power.

    A power of t alone has no bound at the door: within `flat_min` minutes all count 1. The half is at
    ``flat * 2 ** (1 / exponent)`` minutes.
    """
    _check_positive(exponent=exponent, flat_min=flat_min)
    return lambda minutes: np.power(np.maximum(minutes, flat_min) / flat_min, -exponent)


def logistic_decay(half_min: float, spread_min: float) -> Decay:
    """Return the decay ``f(t) = 1 / (1 + exp((t - half) / s))``, ``s = spread * sqrt(3) / pi``.

    The share of people who are willing to travel for longer than t, where willingness is logistic with mean
    `half_min` and standard deviation `spread_min`. Close to `binary_decay` for a small spread. It starts a
    little below 1: at 0.95 where half is 1.6 times the spread.
    """
    _check_positive(half_min=half_min, spread_min=spread_min)
    scale_min = spread_min * math.sqrt(3) / math.pi
    return lambda minutes: np.exp(-np.logaddexp(0.0, (minutes - half_min) / scale_min))


def decay_weights(minutes: ArrayLike, decay: Decay) -> FloatArray:
    """Return what opportunities count at `minutes`, in the same shape; 0 where not reached (NaN).

    Weights below `LEAST_WEIGHT` are 0.

    Raises
    ------
    ValueError
        Where the decay gives a weight that is negative or not finite, or not one a travel time.
    """
    times = np.asarray(minutes, dtype=np.float64)
    reached = ~np.isnan(times)
    given = np.asarray(decay(times[reached]), dtype=np.float64)
    if given.shape != (int(reached.sum()),) or not np.all(np.isfinite(given) & (given >= 0)):
        raise ValueError("the decay gives weights that are negative or not finite, or too few of them")
    weights = np.zeros(times.shape)
    weights[reached] = np.where(given < LEAST_WEIGHT, 0.0, given)
    return weights


def _check_positive(**parameters: float) -> None:
    """Raise ValueError for a parameter that is not a finite number above 0."""
    for name, value in parameters.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} is {value}, expected a number above 0")
