import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from colours import BLINDNESS, apart, channels, contrast_of, luminance
from legible import assert_legible, words_of
from ptreach.errors import InputError
from ptreach.model import Indicator
from ptreach.outputs.maps.correlation_picture import (
    HATCH_COLOUR,
    NEGATIVE,
    POSITIVE,
    draw_correlation_picture,
    signed,
    step_of,
)
from ptreach.outputs.maps.pages import LANDSCAPE, SLIDE, SMALLEST_PT
from ptreach.outputs.maps.sheet import (
    GREY,
)
from ptreach.outputs.ramp import letters_on


def made_indicators(count, theme_size=4, title="Share of residents with a long title"):
    return [
        Indicator(
            name=f"i{n}",
            title=f"{title} {n}",
            theme=f"Theme number {n // theme_size}",
            unit="%",
            edition="2021",
        )
        for n in range(count)
    ]


def made_pairs(indicators, value=None):
    """Every pair, its correlation from -1 to 1 in even steps, or all the same."""
    names = list(itertools.combinations([indicator.name for indicator in indicators], 2))
    values = np.linspace(-1, 1, len(names)) if value is None else np.full(len(names), value)
    frame = pd.DataFrame(names, columns=["first", "second"])
    return frame.assign(
        zones=1680, pearson=values, spearman=values, p_spatial=0.001, q_spatial=0.001, same_whole=False
    )


def draw(path, pairs, indicators, **changes):
    arguments = {
        "area": "West Midlands",
        "edition": "LSOA 2021",
        "source_line": "Sources: somebody",
        "pages": (SLIDE,),
    }
    draw_correlation_picture(path, pairs=pairs, indicators=indicators, **(arguments | changes))
    return path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("count", [2, 7, 13, 25, 30])
def test_everything_can_be_read_on_slide_and_a4(tmp_path, count):
    indicators = made_indicators(count)
    words = words_of(
        draw,
        tmp_path / "c.png",
        pairs=made_pairs(indicators),
        indicators=indicators,
        made_up=True,
        pages=(SLIDE, LANDSCAPE),
    )
    assert_legible(words, SMALLEST_PT)
    values = [word for word in words if word.text[-1].isdigit() and len(word.text) <= 5]
    assert len(values) >= 2 * count * (count - 1) // 2


def test_values_have_two_decimals_with_twenty_five_indicators(tmp_path):
    indicators = made_indicators(25, title="Title")
    words = words_of(draw, tmp_path / "c.png", pairs=made_pairs(indicators, 0.456), indicators=indicators)
    texts = [word.text for word in words]
    assert texts.count("0.46") + texts.count(".46") >= 300


def test_the_picture_repeats_byte_for_byte(tmp_path):
    indicators = made_indicators(6)
    for name in ("one", "two"):
        draw(tmp_path / f"{name}.png", made_pairs(indicators), indicators)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert (tmp_path / "one.txt").read_bytes() == (tmp_path / "two.txt").read_bytes()
    assert imread(tmp_path / "one.png").shape[:2] == (1440, 2560)


def count(path, colour):
    image = np.rint(imread(path)[:, :, :3] * 255).astype(int)
    return int((np.abs(image - channels(colour)).max(axis=2) <= 1).sum())


def test_only_firm_pairs_that_are_not_of_one_whole_are_coloured(tmp_path):
    indicators = made_indicators(2, theme_size=1)
    firm = made_pairs(indicators, -0.8)
    seen = {}
    for name, changes in {
        "firm": {},
        "weak": {"spearman": -0.29},
        "chance": {"p_spatial": 0.05},
        "whole": {"same_whole": True},
    }.items():
        draw(tmp_path / f"{name}.png", firm.assign(**changes), indicators)
        seen[name] = (
            count(tmp_path / f"{name}.png", NEGATIVE[2]),
            count(tmp_path / f"{name}.png", HATCH_COLOUR),
        )
    legend = seen["weak"][0]
    assert seen["firm"][0] > legend + 5000
    assert seen["chance"][0] == seen["whole"][0] == legend
    assert seen["whole"][1] > seen["weak"][1] + 1000


def test_the_title_says_the_strongest_firm_pair_of_two_themes(tmp_path):
    one, two, three = (
        Indicator(name=name, title=title, theme=theme, unit="%", edition="2021")
        for name, title, theme in (
            ("a", "Claimants", "work"),
            ("b", "Jobs", "work"),
            ("c", "Degrees", "school"),
        )
    )
    pairs = made_pairs([one, two, three]).assign(spearman=[0.99, -0.6, 0.7], zones=[5, 6, 7])
    text = draw(tmp_path / "a.png", pairs, [one, two, three])
    assert text.startswith("Correlation matrix: Strongest link across themes: Jobs and Degrees.\n")
    assert "n = 5 to 7 zones a pair (LSOA 2021)" in text
    pairs["p_spatial"] = [0.001, 0.001, 0.9]
    text = draw(tmp_path / "b.png", pairs, [one, two, three])
    # Jobs and Degrees, which may be chance, shows a higher figure
    assert "Firm link across themes: Claimants and Degrees.\n" in text
    assert "Strongest firm pair of two themes: Claimants and Degrees, −0.60." in text
    pairs["same_whole"] = [False, True, False]
    assert "No firm link between indicators of different themes" in draw(
        tmp_path / "c.png", pairs, [one, two, three]
    )


def of_themes(*themes):
    """Indicators of two words each, ``Figure a`` and so on."""
    return [
        Indicator(name=letter, title=f"Figure {letter}", theme=theme, unit="%", edition="2021")
        for letter, theme in zip("abcdef", themes, strict=False)
    ]


def test_no_title_calls_strongest_what_the_picture_shows_a_stronger_one_than(tmp_path):
    indicators = of_themes("age", "deprivation", "housing", "housing")
    # By pairs ab, ac, ad, bc, bd, cd: indices of deprivation are only taken where nothing else is firm
    values = [-0.9, 0.5, 0.4, 0.1, 0.2, 0.99]
    pairs = made_pairs(indicators).assign(spearman=values)
    words = words_of(draw, tmp_path / "a.png", pairs=pairs, indicators=indicators)
    texts = [" ".join(word.text.split()) for word in words]
    assert "Firm link across themes: Figure a and Figure c" in texts
    assert not any("trongest link" in text for text in texts)
    assert (
        "The strongest pair of two themes (age, deprivation, housing) that is firm and not linked by "
        "construction. Pairs within a theme are left aside."
    ) in texts
    pairs["spearman"] = [-0.504, 0.5, 0.4, 0.1, 0.2, 0.99]
    words = words_of(draw, tmp_path / "b.png", pairs=pairs, indicators=indicators)
    texts = [" ".join(word.text.split()) for word in words]
    assert "Strongest link across themes: Figure a and Figure c" in texts  # both show 0.50
    assert any(text.startswith("The strongest pair of two themes (age,") for text in texts)
    assert any(text.startswith("Spearman correlation of 4 indicators of 3 themes, ") for text in texts)


def test_few_rows_fill_the_picture_and_names_are_whole(tmp_path):
    indicators = made_indicators(11, title="Barriers to housing and services")
    for page in (SLIDE, LANDSCAPE):
        words = words_of(
            draw, tmp_path / "c.png", pairs=made_pairs(indicators), indicators=indicators, pages=(page,)
        )
        foot_px = min(word.box.y0 for word in words if word.text.startswith("Barriers"))
        assert foot_px < (page.height_in - page.body[1] + 0.35) * 200
        names = [word.text for word in words]
        assert all(indicator.title in names for indicator in indicators)


def test_a_cell_has_the_colour_of_the_figure_in_it(tmp_path):
    indicators = made_indicators(2, theme_size=1)
    for value, step in ((0.6951, 2), (0.6949, 1)):
        draw(tmp_path / "c.png", made_pairs(indicators, value), indicators)
        seen = [count(tmp_path / "c.png", colour) for colour in POSITIVE]
        assert np.argmax(seen) == step  # more than the swatches, all of one size
        assert sum(value > 1.2 * min(seen) for value in seen) == 1


def test_titles_have_ten_words_at_most(tmp_path):
    for title in ("x", "some four word title", "a title of very many words that go on and on"):
        indicators = made_indicators(2, theme_size=1, title=title)
        text = draw(tmp_path / "t.png", made_pairs(indicators, 0.5), indicators)
        assert len(text.split("\n")[0].removeprefix("Correlation matrix: ").split()) <= 10


def test_pairs_that_are_not_known_are_dashes_and_counted(tmp_path):
    indicators = made_indicators(3)
    pairs = made_pairs(indicators, 0.5).iloc[:2]
    words = words_of(draw, tmp_path / "c.png", pairs=pairs, indicators=indicators)
    assert [word.text for word in words].count("–") == 1
    assert "Pairs of which nothing is known: 1." in (tmp_path / "c.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", [0, 1, 31])
def test_too_few_or_too_many_indicators_are_refused(tmp_path, number):
    indicators = made_indicators(number)
    with pytest.raises(InputError, match="Choose 2 to 30 of them"):
        draw(tmp_path / "c.png", made_pairs(made_indicators(2)), indicators)


def test_letters_are_readable_on_every_colour():
    for colour in (*POSITIVE, *NEGATIVE):
        assert contrast_of(letters_on(colour), colour) >= 4.5
    assert contrast_of(GREY, "#FFFFFF") >= 4.5
    assert contrast_of(GREY, HATCH_COLOUR) >= 4.5


@pytest.mark.parametrize("kind", BLINDNESS)
def test_blue_and_orange_are_apart_to_every_eye_and_darken_alike(kind):
    for blue, orange in zip(POSITIVE, NEGATIVE, strict=True):
        assert apart(blue, orange, kind) > 20
        assert luminance(channels(blue)) == pytest.approx(luminance(channels(orange)), abs=0.03)
    for ramp in (POSITIVE, NEGATIVE):
        lights = [luminance(channels(colour)) for colour in ("#FFFFFF", *ramp)]
        assert all(light > dark + 0.2 for light, dark in itertools.pairwise(lights))


def test_steps_begin_at_their_bounds_and_signs_are_those_of_print():
    assert [step_of(v) for v in (0.29, 0.3, -0.3, 0.49, 0.5, -0.69, 0.7, -1.0)] == [-1, 0, 0, 0, 1, 1, 2, 2]
    assert [signed(v) for v in (-0.624, 0.5, -0.001, 1.0)] == ["−0.62", "0.50", "0.00", "1.00"]
    assert [signed(v, zero=False) for v in (-0.624, 1.0, -0.1)] == ["−.62", "1.0", "−.10"]
    assert signed(-0.66, 1) == "−0.7"
    assert [signed(v, 1, zero=False) for v in (-0.66, -0.97, 0.02)] == ["−.7", "−1", ".0"]
