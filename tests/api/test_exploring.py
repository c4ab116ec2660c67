"""The map to look around in, in a real browser without a network; and in the frame of a notebook."""

import re
import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from shapely.geometry import LineString, Point, box

import ptreach as pt
from ptreach.errors import InputError
from ptreach.outputs.ramp import band_colours

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def frame():
    shapes = [box(x, 90_000, x + 5_000, 95_000) for x in (450_000, 455_000, 460_000)]
    table = {
        "name": ["A & B", HOSTILE, "C"],
        "minutes_p50": [10.0, 50.123456, np.nan],
        "people": [1, 20_000, 3],
    }
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=27700)
    frame.attrs |= {"source_line": "Sources: <b>me</b>.", "made_up": True}
    return frame


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM)
        yield launched
        launched.close()


@pytest.fixture
def show(browser, tmp_path):
    """Open a page as text; fails where it asked for anything, warned or threw."""
    contexts, heard = [], []

    def opened(html, size=(1000, 600)):
        path = tmp_path / "page.html"
        path.write_text(html, encoding="utf-8")
        width, height = size
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("request", lambda request: heard.append(f"asked for {request.url}"))
        page.on("console", lambda message: heard.append(f"wrote {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"threw {error}"))
        page.on("dialog", lambda dialog: (heard.append(f"said {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri())
        assert heard.pop(0) == f"asked for {path.as_uri()}"
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [one for one in heard if one != "asked for about:srcdoc"] == []


def values(page):
    return dict(zip(page.locator("dt").all_inner_texts(), page.locator("dd").all_inner_texts(), strict=True))


def box_of(page):
    return [float(part) for part in page.get_attribute("#map", "viewBox").split()]


@needs_browser
def test_rows_have_the_colours_of_their_classes_and_say_their_values(show, frame):
    page = show(pt.explore(frame, "minutes_p50", title="Minutes").html)
    fills = [row.get_attribute("fill") for row in page.locator("#rows path").all()]
    near, *_, far = band_colours(4)
    assert fills == [near, far, "url(#hatch)"]
    page.hover("[data-row='1']")
    assert values(page) == {"name": HOSTILE, "minutes_p50": "50.1235", "people": "20,000"}
    page.hover("[data-row='2']")
    assert values(page)["minutes_p50"] == "–"
    legend = page.locator("aside li").all_inner_texts()
    assert [line.strip() for line in legend][-2:] == ["60 min or more", "not reached"]
    assert page.locator("footer").inner_text().endswith("Sources: <b>me</b>.")
    assert page.locator(".made-up").inner_text() == "MADE-UP DATA"


@needs_browser
def test_a_row_that_is_pressed_is_kept(show, frame):
    page = show(pt.explore(frame, tooltip=["name"]).html)
    page.click("[data-row='0']")
    page.hover("[data-row='2']")
    assert values(page) == {"name": "A & B"}
    page.click("[data-row='0']")
    page.hover("[data-row='2']")
    assert values(page) == {"name": "C"}


@needs_browser
def test_the_view_follows_keys_buttons_wheel_and_mouse(show, frame):
    page = show(pt.explore(frame).html)
    first = box_of(page)
    page.click("#nearer")
    assert box_of(page)[2] == pytest.approx(first[2] / 1.5)
    page.click("#whole")
    assert box_of(page) == first
    page.focus("#map")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    moved = box_of(page)
    assert moved[2] == pytest.approx(first[2] / 1.5)
    assert moved[0] > first[0] + (first[2] - moved[2]) / 2
    page.keyboard.press("0")
    assert box_of(page) == first
    middle = page.locator("#map").bounding_box()
    x, y = middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"document.getElementById('map').viewBox.baseVal.width < {first[2] - 1}")
    page.mouse.down()
    page.mouse.move(x - 80, y)
    page.mouse.up()
    dragged = box_of(page)
    assert dragged[2] < first[2]
    assert dragged[0] + dragged[2] / 2 > first[0] + first[2] / 2
    page.hover("[data-row='2']")
    assert values(page)["name"] == "C"  # what was dragged was not kept


def spot_of(page, selector):
    """Where on the screen a path starts: a dot has no size that could be pointed at the middle of."""
    return page.evaluate(
        """selector => {
          const path = document.querySelector(selector);
          const { x, y } = path.getPointAtLength(0).matrixTransform(path.getScreenCTM());
          return [x, y];
        }""",
        selector,
    )


@needs_browser
def test_lines_and_points_can_be_pointed_at(show):
    shapes = [LineString([(450_000, 90_000), (455_000, 95_000)]), Point(454_000, 91_000)]
    page = show(
        pt.explore(gpd.GeoDataFrame({"kind": ["bus", "rail"]}, geometry=shapes, crs=27700), "kind").html
    )
    page.mouse.move(*spot_of(page, "path.dot"))
    assert values(page) == {"kind": "rail"}
    page.hover("path.line")
    assert values(page) == {"kind": "bus"}


@needs_browser
def test_a_notebook_shows_it_in_a_frame_of_its_own(show, frame):
    page = show(f"<!DOCTYPE html><html lang='en'><title>Notebook</title>{pt.explore(frame)._repr_html_()}")
    inside = page.frame_locator("iframe")
    inside.locator("[data-row='0']").hover()
    assert inside.locator("dd").first.inner_text() == "A & B"
    line, map_frame = page.locator("p").bounding_box(), page.locator("iframe").bounding_box()
    assert map_frame["y"] == line["y"]  # the frame covers the line for notebooks that have none
    assert page.locator("body > div").bounding_box()["height"] == map_frame["height"]


@needs_browser
def test_a_notebook_that_is_not_trusted_says_so(show, frame):
    shown = re.sub(r"<iframe.*</iframe>", "", pt.explore(frame, title="A & B")._repr_html_(), flags=re.DOTALL)
    page = show(f"<!DOCTYPE html><html lang='en'><title>Notebook</title>{shown}")
    said = page.locator("body").inner_text()
    assert said.startswith("The map “A & B” shows where this notebook is trusted (File, Trust Notebook)")
    assert "\n" not in pt.explore(frame)._repr_html_()  # nbconvert puts it into Markdown
    assert repr(pt.explore(frame, title="A & B")) == "<ptreach.MapPage A & B>"


@needs_browser
def test_the_wheel_scrolls_the_notebook_until_the_map_is_pressed(show, frame):
    tall = "<div style='height:3000px'></div>"
    page = show(
        f"<!DOCTYPE html><html lang='en'><title>Notebook</title>{pt.explore(frame)._repr_html_()}{tall}"
    )
    inside = page.frames[1]
    first = inside.get_attribute("#map", "viewBox")
    middle = page.frame_locator("iframe").locator("#map").bounding_box()
    page.mouse.move(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    page.mouse.wheel(0, 100)
    page.wait_for_function("window.scrollY > 0")
    assert inside.get_attribute("#map", "viewBox") == first
    page.mouse.wheel(0, -1000)
    page.wait_for_function("window.scrollY === 0")
    page.mouse.click(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    page.mouse.wheel(0, -100)
    inside.wait_for_function(f"document.getElementById('map').getAttribute('viewBox') !== '{first}'")
    assert page.evaluate("window.scrollY") == 0
    assert "once the map is pressed" in inside.inner_text("#keys")


@needs_browser
@pytest.mark.parametrize("size", [(1000, 600), (400, 640)])
def test_buttons_cover_no_row(show, frame, size):
    page = show(pt.explore(frame).html, size)
    of_map, of_buttons = (page.locator(part).bounding_box() for part in ("#map", ".buttons"))
    assert of_map["x"] + of_map["width"] <= of_buttons["x"]
    assert of_buttons["x"] + of_buttons["width"] <= size[0]


@needs_browser
def test_rows_that_are_nowhere_are_counted_and_the_others_keep_their_values(show):
    shapes = [None, Point(450_000, 90_000), Point(), Point(455_000, 92_000)]
    page = show(pt.explore(gpd.GeoDataFrame({"name": list("abcd")}, geometry=shapes, crs=27700), "name").html)
    assert page.locator("#rows [data-row]").count() == 2
    page.mouse.move(*spot_of(page, "[data-row='3']"))
    assert values(page) == {"name": "d"}
    assert "2 rows have no place and can't be shown." in page.inner_text("footer")


@needs_browser
def test_columns_may_be_numbers_or_come_twice_and_hold_anything(show):
    table = {
        "a": [True],
        "b": [1e-9],
        "c": [pd.Timestamp("2026-10-13")],
        "d": [pd.NaT],
        "e": [[1, 2]],
        "f": [-0.5],
    }
    frame = gpd.GeoDataFrame(table, geometry=[Point(450_000, 90_000)], crs=27700)
    frame.columns = [0, "same", "same", 3, 4, 5, "geometry"]
    page = show(pt.explore(frame).html)
    page.mouse.move(*spot_of(page, "path.dot"))
    assert page.locator("dt").all_inner_texts() == ["0", "same", "same", "3", "4", "5"]
    assert page.locator("dd").all_inner_texts() == ["yes", "1e-09", "2026-10-13", "–", "[1, 2]", "-0.5"]


@needs_browser
def test_a_column_of_nothing_is_not_known_everywhere(show, frame):
    page = show(pt.explore(frame.assign(nothing=np.nan), "nothing").html)
    assert [line.strip() for line in page.locator("aside li").all_inner_texts()] == ["not known"]


@needs_browser
@pytest.mark.parametrize("size", [(1000, 600), (400, 640)])
def test_it_can_be_used_by_everybody(show, frame, size):
    page = show(pt.explore(frame, "minutes_p50", title="Minutes").html, size)
    page.hover("[data-row='0']")
    found = Axe().run(page, options={"rules": {"region": {"enabled": False}}})
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_same_frame_gives_the_same_page_which_can_be_saved(frame, tmp_path):
    page = pt.explore(frame, "minutes_p50")
    assert page.html == pt.explore(frame, "minutes_p50").html
    assert page.save(tmp_path / "map.html").read_text("utf-8") == page.html
    with pytest.raises(InputError, match=r"can't be written"):
        page.save(tmp_path / "no" / "map.html")


def test_what_is_no_column_and_what_is_too_much_is_refused(frame):
    with pytest.raises(InputError, match=r"^tooltip: no column 'nmae'. Take some of name, minutes_p50"):
        pt.explore(frame, tooltip=["nmae"])
    many = gpd.GeoDataFrame(geometry=[Point(0, 0)] * 20_001, crs=27700)
    with pytest.raises(InputError, match=r"^frame: 20,001 rows. Show 20,000 at most"):
        pt.explore(many)
