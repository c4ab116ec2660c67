import matplotlib as mpl
import pytest
from matplotlib.image import imread

from legible import assert_legible, words_of
from ptreach.outputs.maps.sheet import (
    LEFT,
    NOTICE,
    RIGHT,
    SMALLEST_PT,
    draw_heading,
    draw_sources,
    sheet,
    shorten,
    write_description,
)


def draw(path, title="A title", subtitle="What is shown", sources="Sources: somebody", *, made_up=False):
    with sheet(path) as figure:
        draw_heading(figure, title, subtitle, made_up=made_up)
        draw_sources(figure, sources)


def test_a_sheet_is_a_slide_and_repeats_whatever_the_user_has_set(tmp_path):
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    draw(one)
    with mpl.rc_context({"font.size": 30, "font.family": "serif", "savefig.dpi": 50}):
        draw(two)
    assert imread(one).shape[:2] == (1440, 2560)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("made_up", [False, True])
def test_long_lines_shrink_into_the_sheet_and_off_the_notice(tmp_path, made_up):
    words = words_of(
        draw,
        tmp_path / "long.png",
        title="wide words of a title, ten of them, mmmmmmmmmm mmmmmmmmmm mmmmmmmmmm",
        subtitle="a subtitle of more words than a line holds at its full size, " * 3,
        made_up=made_up,
    )
    assert_legible(words, SMALLEST_PT - 2)
    title, subtitle = words[-3 if made_up else 0], words[-2 if made_up else 1]
    assert (NOTICE in [word.text for word in words]) == made_up
    assert max(title.box.x1, subtitle.box.x1) <= RIGHT * 2560
    assert min(title.box.x0, subtitle.box.x0) >= LEFT * 2560 - 3


def test_sources_that_are_too_long_send_the_reader_to_the_readme(tmp_path):
    words = words_of(draw, tmp_path / "sources.png", sources="a long attribution of a publisher; " * 60)
    assert_legible(words, SMALLEST_PT)
    assert words[-1].text.endswith("… All sources: README.txt")
    short = words_of(draw, tmp_path / "short.png", sources="Sources: somebody")
    assert short[-1].text == "Sources: somebody"


def test_texts_are_cut_to_their_room_and_say_so(tmp_path):
    def draw_both(path):
        with sheet(path) as figure:
            for y, room_in in ((0.3, 1.0), (0.6, 9.0)):
                shorten(figure.text(0.1, y, "Bournemouth, Christchurch and Poole"), room_in)

    cut, whole = words_of(draw_both, tmp_path / "cut.png")
    assert whole.text == "Bournemouth, Christchurch and Poole"
    assert cut.text.endswith("…")
    assert whole.text.startswith(cut.text.removesuffix("…"))
    assert 0.7 * 200 < cut.box.width <= 200


def test_a_description_stands_beside_its_picture(tmp_path):
    write_description(tmp_path / "map.png", ["Llŷn", "two"])
    assert (tmp_path / "map.txt").read_bytes() == "Llŷn\ntwo\n".encode()


@pytest.mark.parametrize(
    ("x", "y", "words", "size_pt", "colour"),
    [
        (0.5, 0.505, "over another", 12, "black"),
        (0.95, 0.2, "over the rim", 12, "black"),
        (0.5, 0.2, "too small", 7, "black"),
        (0.5, 0.2, "too faint", 12, "#999999"),
    ],
)
def test_words_that_cannot_be_read_are_found(tmp_path, x, y, words, size_pt, colour):
    def draw_bad(path, *, bad):
        with sheet(path) as figure:
            figure.text(0.5, 0.5, "a text that is well placed")
            if bad:
                figure.text(x, y, words, fontsize=size_pt, color=colour)

    assert_legible(words_of(draw_bad, tmp_path / "good.png", bad=False), SMALLEST_PT)
    found = words_of(draw_bad, tmp_path / "bad.png", bad=True)
    with pytest.raises(AssertionError):
        assert_legible(found, SMALLEST_PT)
