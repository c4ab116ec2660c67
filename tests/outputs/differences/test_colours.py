"""Colours of differences: told apart by everybody, on paper without colour too, and never by colour alone."""

import itertools

import pytest

from colours import BLINDNESS, apart, channels, contrast_of, lab, linear, luminance
from ptreach.measures.time_differences import classes_n
from ptreach.outputs.differences.colours import DIVERGING, NEITHER, ONLY_A, ONLY_B, OUTLINE, SAME, colour_of

SOONER, LATER = DIVERGING[:3], DIVERGING[:3:-1]


def grey(colour):
    """Lightness of a colour, 0 to 100: what is left of it on paper without colour."""
    return float(lab(linear(channels(colour)))[0])


def test_the_middle_three_classes_are_one_step_and_the_others_one_each():
    colours = [colour_of(kind) for kind in range(classes_n())]
    assert colours == [*SOONER, SAME, SAME, SAME, *reversed(LATER)]


@pytest.mark.parametrize("kind", BLINDNESS)
def test_steps_are_told_apart_by_every_eye(kind):
    for one, other in itertools.combinations([*DIVERGING, NEITHER], 2):
        assert apart(one, other, kind) > 12, (one, other)


@pytest.mark.parametrize("side", [SOONER, LATER])
def test_more_is_darker_on_either_side_by_steps_that_show_in_grey(side):
    lights = [grey(colour) for colour in (*side, SAME)]
    assert all(after - before > 8 for before, after in itertools.pairwise(lights))


def test_outlines_part_places_from_every_paler_step_and_from_paper():
    for colour in (SAME, *DIVERGING[1:6], NEITHER, "#FFFFFF"):
        assert contrast_of(OUTLINE, colour) >= 3 or luminance(channels(colour)) < 0.3, colour
    for colour in (*DIVERGING[:2], *DIVERGING[5:]):
        assert contrast_of(colour, SAME) >= 2.3


def test_lines_across_what_one_side_alone_reaches_show_on_paper():
    assert contrast_of(ONLY_A, "#FFFFFF") >= 4.5
    assert contrast_of(ONLY_B, "#FFFFFF") >= 4.5
    assert apart(ONLY_A, ONLY_B, "deutan") > 40
