import itertools

import pytest

from ptreach.outputs.ramp import GROUND, INK, RAMP, WATER, band_colours


def luminance(colour):
    """Relative luminance of WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("bands_n", range(1, 11))
def test_colours_are_as_many_as_bands_and_lighter_with_time(bands_n):
    colours = band_colours(bands_n)
    assert len(colours) == bands_n
    lights = [luminance(colour) for colour in colours]
    assert all(near < far for near, far in itertools.pairwise(lights))


@pytest.mark.parametrize("bands_n", range(2, 11))
def test_the_furthest_band_is_the_lightest_step_and_lighter_is_the_ground(bands_n):
    furthest = band_colours(bands_n)[-1]
    assert furthest == RAMP[-1]
    assert luminance(furthest) < luminance(GROUND)


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
        assert contrast(INK, background) >= 7
    assert contrast(INK, "#FFFFFF") >= 7  # the rim of labels, which carries them on dark bands


def test_outlines_part_every_band_from_ground_and_from_white_streets():
    for colour in band_colours(4)[1:]:
        assert contrast(INK, colour) >= 3
    assert contrast(band_colours(4)[0], GROUND) >= 3
