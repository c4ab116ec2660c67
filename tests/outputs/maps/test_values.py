import numpy as np
import pytest
from scipy.ndimage import center_of_mass

from legible import write_values
from ptreach.outputs.maps.pages import SLIDE, Box
from ptreach.outputs.maps.sheet import inch_axes, sheet
from ptreach.outputs.maps.values import Value, draw_values

WORDS = ("−0.62", ".75", "−1.0", "0", "–", "−.08", "1")
SIDE_IN = 0.8


def inks(tmp_path, write, size_pt):
    """What a way of writing puts on each place of the words: pixels, white 0."""
    from matplotlib.image import imread

    values = [
        Value(words, (0.5 + number) * SIDE_IN, SIDE_IN / 2, "#000000") for number, words in enumerate(WORDS)
    ]
    with sheet(tmp_path / "v.png", SLIDE) as figure:
        axes = inch_axes(figure, SLIDE, Box(1, 1, len(WORDS) * SIDE_IN, SIDE_IN))
        write(figure, axes, values, size_pt=size_pt, order=4)
    image = 1.0 - imread(tmp_path / "v.png")[..., 0]
    side_px = round(SIDE_IN * 200)
    return [image[200 : 200 + side_px, at : at + side_px] for at in 200 + side_px * np.arange(len(WORDS))]


@pytest.mark.parametrize("size_pt", [8, 9, 11])
def test_values_are_what_texts_are_and_stand_where_they_stand(tmp_path, size_pt):
    drawn, plain = inks(tmp_path, draw_values, size_pt), inks(tmp_path, write_values, size_pt)
    for words, one, other in zip(WORDS, drawn, plain, strict=True):
        assert one.sum() == pytest.approx(other.sum(), rel=0.03), words
        spread = [np.ptp(np.argwhere(ink > 0.5), axis=0) for ink in (one, other)]
        assert np.abs(spread[0] - spread[1]).max() <= 1, words
        apart = np.subtract(center_of_mass(one), center_of_mass(other))
        assert np.abs(apart[1]) < 2, words
        if words != "–":  # as a text it would stand in the middle of its own height
            assert np.abs(apart[0]) < 2, words


def test_figures_stand_level_and_each_colour_is_its_own(tmp_path):
    from matplotlib.image import imread

    with sheet(tmp_path / "v.png", SLIDE) as figure:
        axes = inch_axes(figure, SLIDE, Box(1, 1, 4, 1))
        values = [Value("0", 1, 0.5, "#FF0000"), Value("−0", 2, 0.5, "#0000FF"), Value("", 3, 0.5, "#00FF00")]
        draw_values(figure, axes, values, size_pt=12, order=1)
    image = imread(tmp_path / "v.png")
    red, blue, green = (
        image[..., channel] - image[..., other] > 0.5 for channel, other in ((0, 2), (2, 0), (1, 0))
    )
    assert not green.any()
    assert np.flatnonzero(red.any(axis=1)).tolist() == np.flatnonzero(blue[:, 612:].any(axis=1)).tolist()
    assert np.argwhere(red).mean(axis=0) == pytest.approx([300, 400], abs=1.5)
    columns = np.flatnonzero(blue.any(axis=0))
    assert (columns[0] + columns[-1]) / 2 == pytest.approx(600, abs=3)
