import itertools

import pytest

from colours import channels, contrast_of, luminance
from ptreach.outputs.ramp import GROUND, INK, MISSING, RAMP, WATER, band_colours, letters_on
from ptreach.outputs.ramp import luminance as our_luminance


@pytest.mark.parametrize("bands_n", range(1, 11))
def test_colours_are_as_many_as_bands_and_lighter_with_time(bands_n):
    colours = band_colours(bands_n)
    assert len(colours) == bands_n
    lights = [luminance(channels(colour)) for colour in colours]
    assert all(near < far for near, far in itertools.pairwise(lights))


@pytest.mark.parametrize("bands_n", range(2, 11))
def test_the_furthest_band_is_the_lightest_step_and_lighter_is_the_ground(bands_n):
    furthest = band_colours(bands_n)[-1]
    assert furthest == RAMP[-1]
    assert luminance(channels(furthest)) < luminance(channels(GROUND))


def test_five_bands_are_the_ramp_and_four_leave_out_its_darkest():
    assert band_colours(5) == RAMP
    assert band_colours(4) == RAMP[1:]


def test_mixed_colours_lie_between_their_neighbours():
    # nine bands: every second colour is a step of the ramp, the others are means of two steps
    colours = band_colours(9)
    assert colours[::2] == RAMP
    assert colours[1] == "#103772"  # (08+18)/2 (0C+62)/2 (54+90)/2


def test_words_in_ink_are_readable_on_everything_but_dark_bands():
    for background in (GROUND, WATER, "#FFFFFF", RAMP[-1], RAMP[-2]):
        assert contrast_of(INK, background) >= 7
    assert contrast_of(INK, "#FFFFFF") >= 7  # the rim of labels, which carries them on dark bands


def test_outlines_part_every_band_from_ground_and_from_white_streets():
    for colour in band_colours(4)[1:]:
        assert contrast_of(INK, colour) >= 3
    assert contrast_of(band_colours(4)[0], GROUND) >= 3


@pytest.mark.parametrize(
    "colour", [*RAMP, *band_colours(6), *band_colours(10), GROUND, MISSING, "#FFFFFF", "#000000", "#757575"]
)
def test_letters_on_a_colour_are_readable(colour):
    assert contrast_of(letters_on(colour), colour) >= 4.5
    assert our_luminance(colour) == pytest.approx(luminance(channels(colour)), abs=1e-3)
