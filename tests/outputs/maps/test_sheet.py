import struct
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest
from matplotlib.image import imread

from legible import assert_legible, words_of
from ptreach.outputs.maps.pages import LANDSCAPE, PORTRAIT, SLIDE, SMALLEST_PT, Box
from ptreach.outputs.maps.sheet import (
    NOTICE,
    bound,
    draw_heading,
    draw_sources,
    fit_lines,
    inch_axes,
    sheet,
    shorten,
    write_description,
)

PAGES = (SLIDE, PORTRAIT, LANDSCAPE)


def draw(
    path, title="A title", subtitle="What is shown", sources="Sources: somebody", *, made_up=False, page=SLIDE
):
    with sheet(path, page, title) as figure:
        draw_heading(figure, page, title, subtitle, made_up=made_up)
        draw_sources(figure, page, sources)


@pytest.mark.parametrize(
    ("page", "name", "size_px"),
    [(SLIDE, "one", (2560, 1440)), (PORTRAIT, "one-a4", (1654, 2338)), (LANDSCAPE, "one-a4", (2338, 1654))],
)
def test_a_sheet_is_a_slide_or_a4_and_repeats_whatever_the_user_has_set(tmp_path, page, name, size_px):
    draw(tmp_path / "one.png", page=page)
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.png", f"{name}.svg"}
    files = [tmp_path / f"{name}.{ending}" for ending in ("png", "svg")]
    plain = [path.read_bytes() for path in files]
    with mpl.rc_context({"font.size": 30, "font.family": "serif", "savefig.dpi": 50, "svg.fonttype": "none"}):
        draw(tmp_path / "one.png", page=page)
    assert [path.read_bytes() for path in files] == plain
    assert imread(files[0]).shape[1::-1] == size_px
    data = files[0].read_bytes()
    at = data.index(b"pHYs") + 4  # pixels a metre, in both directions
    assert [metre / 39.3701 for metre in struct.unpack(">II", data[at : at + 8])] == pytest.approx(
        [200, 200], abs=0.1
    )


def test_an_svg_has_its_size_in_points_its_title_and_no_text_that_depends_on_fonts(tmp_path):
    draw(tmp_path / "one.png", title="Fish & <chips>")
    root = ET.parse(tmp_path / "one.svg").getroot()
    tag = "{http://www.w3.org/2000/svg}"
    assert [root.get(name) for name in ("width", "height", "viewBox")] == [
        "921.6pt",
        "518.4pt",
        "0 0 921.6 518.4",
    ]
    assert root.find(f"{tag}title").text == "Fish & <chips>"
    assert not list(root.iter(f"{tag}text"))
    assert list(root.iter(f"{tag}use"))  # letters, by their outlines
    text = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert "matplotlib.org" not in text  # neither maker nor version, nor the date
    assert "dc:date" not in text


@pytest.mark.parametrize("made_up", [False, True])
@pytest.mark.parametrize("page", PAGES)
def test_long_lines_shrink_into_the_sheet_and_off_the_notice(tmp_path, made_up, page):
    words = words_of(
        draw,
        tmp_path / "long.png",
        title="wide words of a title, ten of them, mmmmmmmmmm mmmmmmmmmm mmmmmmmmmm",
        subtitle="a subtitle of more words than a line holds at its full size, " * 3,
        made_up=made_up,
        page=page,
    )
    assert_legible(words, SMALLEST_PT)
    *notice, subtitle, title, _ = words
    assert [word.text for word in notice] == ([NOTICE] if made_up else [])
    width_px = page.width_in * 200
    for word in (title, subtitle):
        assert word.box.x1 <= width_px - page.margin_in * 200
        assert word.box.x0 >= page.margin_in * 200 - 3


@pytest.mark.parametrize("page", PAGES)
def test_titles_that_no_size_can_hold_are_cut_and_say_so(tmp_path, page):
    words = words_of(draw, tmp_path / "long.png", title="m" * 400, subtitle="a subtitle " * 60, page=page)
    assert_legible(words, SMALLEST_PT)
    assert [word.text[-1] for word in words[:2]] == ["…", "…"]


@pytest.mark.parametrize("page", PAGES)
def test_sources_that_are_too_long_send_the_reader_to_the_readme(tmp_path, page):
    long = "a long attribution of a publisher; " * 60
    words = words_of(draw, tmp_path / "sources.png", sources=long, page=page)
    assert_legible(words, SMALLEST_PT)
    assert words[-1].text.endswith("… All sources: README.txt")
    short = words_of(draw, tmp_path / "short.png", sources="Sources: somebody", page=page)
    assert short[-1].text == "Sources: somebody"


def test_sizes_are_tried_from_the_largest_and_brackets_stay_in_one_line(tmp_path):
    def draw_text(path, *, sizes_pt):
        with sheet(path) as figure:
            text = figure.text(0.1, 0.5, "")
            fit_lines(text, bound("some words (3 of 89 zones)"), 1.4, sizes_pt, [2] * len(sizes_pt))

    (large,) = words_of(draw_text, tmp_path / "l.png", sizes_pt=[30, 12, 10])
    assert large.size_pt == 12
    assert large.text == "some words\n(3\u00a0of\u00a089\u00a0zones)"


def test_axes_in_inches_count_from_the_top_left(tmp_path):
    with sheet(tmp_path / "a.png", PORTRAIT) as figure:
        axes = inch_axes(figure, PORTRAIT, Box(1.0, 2.0, 3.0, 4.0))
        x, y = axes.transData.transform((0.5, 0.25))
    assert (x, y) == pytest.approx((1.5 * 200, (11.69 - 2.25) * 200))


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
