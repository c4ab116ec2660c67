"""What is drawn by renderers that keep their letters is what matplotlib's own draw."""

import base64
import io
import re
import shutil
import xml.etree.ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from playwright.sync_api import sync_playwright
from scipy.ndimage import gaussian_filter

from ptreach.outputs.maps import canvas
from ptreach.outputs.maps.canvas import PixelCanvas, svg_of
from ptreach.outputs.maps.pages import SLIDE
from ptreach.outputs.maps.sheet import sheet

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WORDS = ("Journey time to Ryde", "−0.62", "Ceredigion, Llŷn & Île", "100%", "two\nlines, the second longer")


def page(canvas_class):
    """A page of words in sizes, weights, colours and turns, one with a rim."""
    figure = Figure(figsize=(4, 3), dpi=200)
    drawn_on = canvas_class(figure)
    for number, words in enumerate(WORDS):
        figure.text(0.05, 0.05 + number * 0.17, words, fontsize=8 + number, color=(0.1, number / 5, 0.4))
        figure.text(0.6, 0.05 + number * 0.17, words[:9], fontweight="bold", rotation=10 * number, alpha=0.7)
    rimmed = figure.text(0.45, 0.9, "Rimmed", ha="center", va="center")
    rimmed.set_path_effects([patheffects.withStroke(linewidth=3, foreground="gold")])
    return figure, drawn_on


@pytest.fixture(autouse=True)
def style(tmp_path):
    """The settings under which sheets are drawn, for the whole of a test."""
    with sheet(tmp_path / "any.png", SLIDE), mpl.rc_context({"text.hinting": "none"}):  # as wide as outlines
        yield


def test_an_svg_is_that_of_matplotlib_letter_by_letter():
    plain = io.StringIO()
    page(FigureCanvasAgg)[0].savefig(
        plain, format="svg", metadata={"Date": None, "Creator": None, "Title": "t"}
    )
    for _ in range(2):  # and then from what is kept
        drawn = svg_of(page(PixelCanvas)[0], 144, "t")
        assert words_outside_paths(drawn) == words_outside_paths(plain.getvalue())
        ours, theirs = numbers_of_paths(drawn), numbers_of_paths(plain.getvalue())
        assert len(ours) > 1000
        assert np.abs(ours - theirs).max() <= 0.0051  # paths have two decimals of a point


def words_outside_paths(svg):
    """An SVG without the numbers in its paths."""
    return re.sub(r'(?<=\bd=")[^"]*', lambda path: re.sub(r"-?[\d.]+", "", path.group()), svg)


def numbers_of_paths(svg):
    """The numbers in the paths of an SVG."""
    return np.array(
        [float(x) for path in re.findall(r'\bd="([^"]*)', svg) for x in re.findall(r"-?[\d.]+", path)]
    )


def test_pixels_are_those_of_matplotlib_but_for_the_edges_of_letters():
    drawn = page(PixelCanvas)[1].drawn()
    plain = page(FigureCanvasAgg)[1]
    plain.draw()
    other = np.asarray(plain.buffer_rgba())[..., :3]
    assert drawn.shape == other.shape == (600, 800, 3)
    ink = [255.0 - image.astype(float).mean(axis=2) for image in (drawn, other)]
    assert ink[0].sum() == pytest.approx(ink[1].sum(), rel=0.02)
    aside = np.roll(ink[0], 10, axis=1)
    blurred = [gaussian_filter(image, 6) for image in (*ink, aside)]
    # matplotlib 3.10 puts each letter on whole pixels, so that some stand a pixel or two aside
    assert np.abs(blurred[0] - blurred[1]).max() < 0.15 * blurred[1].max()
    assert np.abs(blurred[2] - blurred[1]).max() > 0.5 * blurred[1].max()  # else this test could not fail


def test_words_are_as_wide_in_pixels_as_in_the_svg():
    figure, drawn_on = page(PixelCanvas)
    drawn_on.draw()
    in_pixels = [text.get_window_extent().width / figure.dpi for text in figure.texts]
    svg_of(figure, 144, "")
    figure.dpi = 72
    assert in_pixels == pytest.approx([text.get_window_extent().width / 72 for text in figure.texts])


def test_a_page_keeps_its_resolution_though_its_svg_fails(monkeypatch):
    figure, _ = page(PixelCanvas)
    monkeypatch.setattr(figure, "draw", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        svg_of(figure, 144, "")
    assert figure.dpi == 200


def test_words_are_laid_out_once_whatever_their_size():
    for kept in (canvas._extent, canvas._outline, canvas._glyphs):
        kept.cache_clear()
    for size_pt in (8, 9, 10):
        figure = Figure(figsize=(4, 3), dpi=200)
        drawn_on = PixelCanvas(figure)
        figure.text(0.1, 0.5, "the same words", fontsize=size_pt)
        drawn_on.drawn()
        svg_of(figure, 144, "")
    assert (canvas._outline.cache_info().misses, canvas._glyphs.cache_info().misses) == (1, 1)


def streets(canvas_class):
    """A line of pixels that no turn or mirror leaves as it is, below words."""
    figure = Figure(figsize=(2, 2), dpi=192)
    drawn_on = canvas_class(figure)
    axes = figure.add_axes((0.2, 0.2, 0.7, 0.7))
    axes.plot([0, 1, 2], [1, 0, 3], color="teal", linewidth=6, rasterized=True)
    axes.text(1.2, 0.5, "below", fontsize=14)
    return figure, drawn_on


def test_pixels_in_an_svg_are_those_that_matplotlib_puts_there():
    plain = io.StringIO()
    streets(FigureCanvasAgg)[0].savefig(plain, format="svg", dpi=144, metadata={"Date": None})
    pictures = [picture_of(svg) for svg in (svg_of(streets(PixelCanvas)[0], 144, ""), plain.getvalue())]
    assert pictures[0][0] == pytest.approx(pictures[1][0], abs=0.01)
    assert np.array_equal(pictures[0][1], pictures[1][1])


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_shows_the_svg_as_the_pixels_are(tmp_path):
    figure, drawn_on = streets(PixelCanvas)
    drawn = drawn_on.drawn()
    path = tmp_path / "drawn.svg"
    path.write_text(svg_of(figure, 144, "t"), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(viewport={"width": 192, "height": 192}, device_scale_factor=2)
        page.goto(path.as_uri())
        shown = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        browser.close()
    assert shown.shape == drawn.shape == (384, 384, 3)
    blurred = [gaussian_filter(image.astype(float), (3, 3, 0)) for image in (shown, drawn)]
    assert np.abs(blurred[0] - blurred[1]).max() < 40
    upside_down = gaussian_filter(drawn[::-1].astype(float), (3, 3, 0))
    assert np.abs(blurred[0] - upside_down).max() > 120  # else this test could not fail


def picture_of(svg):
    """Left, top, width and height in points of the one picture in an SVG, and its pixels."""
    (image,) = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}image")
    data = image.get("{http://www.w3.org/1999/xlink}href").split(",", 1)[1]
    x, y, width, height = (float(image.get(name)) for name in ("x", "y", "width", "height"))
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    if image.get("transform"):  # its rows are from the foot up
        scaled, moved = re.fullmatch(r"scale\((.+)\) translate\((.+)\)", image.get("transform")).groups()
        assert (scaled, float(moved.split()[1])) == ("1 -1", pytest.approx(-height))
        return (x, -y, width, height), pixels[::-1]
    return (x, y, width, height), pixels
