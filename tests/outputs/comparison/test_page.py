"""The page of a comparison: whole without a network, in order for screen readers, safe from hostile names."""

import base64
import dataclasses
import hashlib
import itertools
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest
import shapely
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from ptreach.errors import InputError
from ptreach.outputs.comparison.page import comparison_page, write_page
from ptreach.outputs.differences.places import Places

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VOID = {"meta", "rect", "path", "circle", "br"}


class Page(HTMLParser):
    """Elements as (tag, attributes) in order, texts by their innermost tag; fails where tags do not nest."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID or not self.get_starttag_text().endswith("/>"):
            self.open.append(tag)
            if tag in {"meta", "br"}:
                self.open.pop()

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.texts.append((self.open[-1], data.strip()))

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    def said(self, tag):
        return [text for name, text in self.texts if name == tag]


@pytest.fixture
def of_points(report):
    """The same figures of matrices, with points on the map."""
    places = Places(
        names=("x & y", "z"),
        shapes=shapely.points([[0.0, 0.0], [2000.0, 500.0]]),
        difference_s=np.array([700.0, np.nan]),
        reached=np.array([[True, True], [False, False]]),
        origin_m=None,
        about="To each place.",
    )
    return dataclasses.replace(report, pack=None, places=places)


def test_it_refers_to_nothing_outside_itself(report, of_points):
    for text in (comparison_page(report), comparison_page(of_points)):
        page = Page(text)
        for tag in ("script", "link", "img", "iframe", "object", "embed", "a", "base", "form"):
            assert page.all(tag) == []
        for tag, attrs in page.elements:
            for name in ("src", "href", "xlink:href", "srcset", "action", "data"):
                assert name not in attrs, tag
            assert not [name for name in attrs if name.startswith("on")], tag
        assert re.findall(r"\w+://", text) == []
        assert set(re.findall(r"url\(([^)]*)\)", text)) <= {"#later", "#later-dark", "#only-a", "#only-b"}
        policy = [attrs["content"] for attrs in page.all("meta") if "http-equiv" in attrs]
        assert [rule.strip().split()[0] for rule in policy[0].split(";")] == [
            "default-src", "style-src", "img-src", "base-uri", "form-action",
        ]  # fmt: skip
        style = re.search(r"(?s)<style>(.*?)</style>", text).group(1)
        assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in policy[0]
        assert "unsafe" not in policy[0]


def test_it_is_in_order_for_those_who_listen(report):
    page = Page(comparison_page(report))
    assert page.said("h1") == ["Travel times compared: before and after"]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(attrs["scope"] in {"row", "col"} for attrs in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    (drawing,) = [attrs for attrs in page.all("svg") if attrs.get("role") == "img"]
    assert set(drawing["aria-labelledby"].split()) <= set(ids)
    assert all(attrs.get("aria-hidden") == "true" for attrs in page.all("svg") if attrs is not drawing)
    (said,) = page.said("desc")
    assert (
        "Of 5 places: 1 more than a minute sooner in B, 1 within a minute, 1 more than a minute later" in said
    )
    assert "1 reached by A only, 1 reached by B only." in said
    assert said in page.said("p")


def test_names_are_text_and_never_markup(report):
    page = Page(comparison_page(report))
    assert page.all("script") == []
    assert "<script>alert(1)</script>: 0:00" in page.said("title")


def test_each_zone_says_its_difference_and_hatches_say_which_way(report):
    text = comparison_page(report)
    titles = Page(text).said("title")
    assert {
        "Ryde 1: +2:00",
        "Llŷn 3: reached by A only",
        "Ryde 4: −20:00",
        "Ryde 5: reached by B only",
    } <= set(titles)
    drawn = re.findall(r'<path d="m[^"]*" fill="([^"]*)"', text)
    assert [fill for fill in drawn if fill.startswith("url")] == [
        "url(#later)",
        "url(#only-a)",
        "url(#only-b)",
    ]


def test_tables_and_notes_are_those_of_the_report(report):
    page = Page(comparison_page(report))
    cells = page.said("td")
    for told in ("+2:00", "−20:00", "no service", "off network"):
        assert told in cells
    assert "Their manifests tell of no difference between the runs." in page.said("p")
    (short,) = [text for text in page.said("p") if text.startswith("At p50, of 5 zones")]
    assert "60.00% are reached by both" in short
    assert short.endswith(
        "Of 500 residents 200 are in a later band in B (or no longer reached), 200 in a sooner one."
    )


def test_without_places_it_says_how_to_get_a_map(of_points):
    page = Page(comparison_page(dataclasses.replace(of_points, places=None)))
    assert any("--points" in text for text in page.said("p"))
    assert not [attrs for attrs in page.all("svg") if attrs.get("role") == "img"]
    with_points = Page(comparison_page(of_points))
    assert [attrs["r"] for attrs in with_points.all("circle")] == ["5", "5", "5"]  # and a hatch on one
    assert "x & y: +11:40" in with_points.said("title")


def test_made_up_data_are_called_so(report):
    assert 'class="made-up"' not in comparison_page(report)
    assert 'class="made-up"' in comparison_page(dataclasses.replace(report, made_up=True))


def test_the_same_report_gives_the_same_bytes_and_a_closed_file_is_named(report, tmp_path):
    assert comparison_page(report) == comparison_page(report)
    with pytest.raises(InputError, match="the page can't be written"):
        write_page(tmp_path / "nosuch" / "page.html", report)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("width", [1280, 400])
def test_a_browser_shows_all_of_it_to_everybody(report, tmp_path, width):
    """No request beside the page's own, no sideways scrolling of the page, no fault found by axe."""
    write_page(tmp_path / "page.html", report)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(viewport={"width": width, "height": 800})
        heard = []
        page.on("request", lambda request: heard.append(request.url))
        page.on("console", lambda message: heard.append(message.text))
        page.goto((tmp_path / "page.html").as_uri())
        assert heard == [(tmp_path / "page.html").as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") == width
        box = page.locator("svg.map").bounding_box()
        assert 0.5 * width < box["width"] <= width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        browser.close()
