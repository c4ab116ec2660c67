"""The page in a real browser, opened from disk and without a network: what it asks for, shows and answers."""

import io
import shutil

import geopandas as gpd
import matplotlib.image
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from shapely.geometry import Point, box

from ptreach.outputs.ramp import GROUND, INK, MISSING, band_colours
from ptreach.outputs.web import web_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

HOSTILE = "<script>alert(1)</script>"
NEAR, FAR = band_colours(2)
NAMES = ["Ryde 1", "Ryde 2", "Llŷn 3", "Ryde 4", "Ryde 5"]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def stops():
    places = [Point(459_700, 91_500), Point(460_500, 91_500)]
    return gpd.GeoDataFrame({"stop_name": ["Pier Head", HOSTILE]}, geometry=places, crs=27700)


@pytest.fixture
def show(browser, tmp_path, web_inputs):
    """Open the page with other inputs or another window; fails where a quiet one asked, warned or threw."""
    contexts, all_heard = [], []

    def opened(window=None, *, quiet=True, **others):
        heard = []
        path = tmp_path / "page.html"
        path.write_text(web_page(**web_inputs | others), encoding="utf-8", newline="\n")
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "offline": True} | (window or {})
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("request", lambda request: heard.append(f"asked for {request.url}"))
        page.on("console", lambda message: heard.append(f"wrote {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"threw {error}"))
        page.on("dialog", lambda dialog: (heard.append(f"said {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri())
        page.wait_for_selector("#table tbody tr")
        assert heard.pop(0) == f"asked for {path.as_uri()}"
        if quiet:
            all_heard.append(heard)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [words for heard in all_heard for words in heard] == []


def settled(page):
    """Wait until what was asked for is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


POINT = """(places) => places.map(([x, y]) => {
  const box = document.getElementById('zones').getBoundingClientRect();
  const where = { clientX: box.left + x, clientY: box.top + y, pointerType: 'mouse', bubbles: true };
  document.getElementById('zones').dispatchEvent(new PointerEvent('pointermove', where));
  const tip = document.getElementById('tip');
  return tip.hidden ? [] : [...tip.querySelectorAll('b')].map((name) => name.textContent);
})"""


def told(page, places):
    """The names that the tip gives where the mouse points at pixels of the map, one after another."""
    names = page.evaluate(POINT, [list(place) for place in places])
    page.evaluate("document.getElementById('zones').dispatchEvent(new PointerEvent('pointerleave'))")
    return names


def middle_row(page, step=2):
    """A row of pixels below the middle, between streets and below the town's name."""
    box = page.locator("#map").bounding_box()
    return [(x, box["height"] / 2 + 45) for x in range(2, int(box["width"]) - 2, step)]


def pixels_of(page):
    """The pixels of each zone in that row, found by pointing."""
    row, seen = middle_row(page), {}
    for place, names in zip(row, told(page, row), strict=True):
        for name in names:
            seen.setdefault(name, []).append(place)
    return seen


def places_of(page):
    """The middle pixel of each zone in that row."""
    return {
        name: (places[0][0] / 2 + places[-1][0] / 2, places[0][1]) for name, places in pixels_of(page).items()
    }


def pixels(page):
    """The map as it is on the screen, shape (height, width, 3), 0 to 255."""
    settled(page)
    image = matplotlib.image.imread(io.BytesIO(page.locator("#map").screenshot()))
    return np.rint(image[:, :, :3] * 255).astype(int)


def colour(image, place):
    """The colour at a place as ``#RRGGBB``."""
    x, y = (round(value) for value in place)
    return "#" + "".join(f"{channel:02X}" for channel in image[y, x])


def colours_of(page, places):
    image = pixels(page)
    return {name: colour(image, place) for name, place in places.items()}


def test_it_opens_from_disk_and_asks_for_nothing(show):
    page = show()
    assert page.title() == "Journey time from Ryde high street by public transport"
    assert page.locator("#table tbody tr").count() == 5


def test_the_policy_stops_scripts_and_requests_that_come_in_by_data(show):
    page = show(quiet=False)
    ran = page.evaluate(
        """async () => {
          const stopped = [];
          document.addEventListener('securitypolicyviolation', (one) => stopped.push(one.effectiveDirective));
          const script = document.createElement('script');
          script.textContent = 'window.ran = true';
          const image = document.createElement('img');
          image.src = 'picture.png';
          document.body.append(script, image);
          await fetch('other.json').catch(() => null);
          await new Promise((done) => setTimeout(done, 100));
          return [window.ran === true, stopped.sort()];
        }"""
    )
    assert ran == [False, ["connect-src", "img-src", "script-src-elem"]]


def test_names_are_text_in_tip_details_table_and_to_those_who_listen(show, zones, stops):
    hostile = zones.assign(
        zone_name=["<img src=x onerror=alert(2)>", HOSTILE, "</script>", "a&lt;b", "\u2028"]
    )
    page = show(zones=hostile, stops=stops)
    page.get_by_label("Stops", exact=True).check()
    assert {HOSTILE, "</script>", "a&lt;b"} <= set(pixels_of(page))
    page.locator("#zones").focus()
    for key in ("ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.locator("#said").inner_text().startswith("</script>. ")
    page.keyboard.press("ArrowLeft")
    assert page.locator("#zone-title").inner_text() == HOSTILE
    assert HOSTILE in page.locator("#table").inner_text()
    assert page.get_by_role("option", name="<img src=x onerror=alert(2)>, 14.9 min").count() == 1
    # The stops' row is 1,050 m below the middle
    y = page.locator("#map").bounding_box()["height"] / 2 + 1050 / metres_per_pixel(page)
    below = [(x, y) for x, _ in middle_row(page)]
    assert {"Stop Pier Head", f"Stop {HOSTILE}"} <= {name for names in told(page, below) for name in names}


def metres_per_pixel(page):
    """From a zone of 1,000 m."""
    return 1000 / (2 * len(list(pixels_of(page).values())[2]))


def test_zones_have_the_colours_of_their_bands(show):
    page = show()
    places = places_of(page)
    assert list(places) == NAMES
    found = colours_of(page, places)
    assert [found[name] for name in NAMES[:4]] == [NEAR, FAR, FAR, GROUND]
    x, y = (round(value) for value in places["Ryde 5"])
    hatched = pixels(page)[y - 10 : y + 10, x - 10 : x + 10].reshape(-1, 3)
    plain, stripe = (list(bytes.fromhex(one[1:])) for one in (GROUND, MISSING))
    assert (hatched == plain).all(axis=1).any()
    assert np.abs(hatched - stripe).max(axis=1).min() < 8  # stripes are thin, so never quite their colour


def test_another_percentile_colours_the_zones_anew(show):
    page = show()
    places = places_of(page)
    assert page.get_by_role("radio").all_inner_texts() == ["", ""]
    page.get_by_label("5th", exact=True).check()
    found = colours_of(page, places)
    assert [found[name] for name in NAMES[:4]] == [NEAR, NEAR, FAR, GROUND]
    legend = page.locator("#legend tbody tr").all_inner_texts()
    assert [row.split("\t")[-3:] for row in legend] == [
        ["under 15 min", "40%", "200"],
        ["15 to 30 min", "20%", "100"],
        ["30 min or more", "20%", "100"],
        ["not reached", "20%", "100"],
    ]
    assert page.get_by_role("option", name="Ryde 2, 13.0 min").count() == 1
    page.get_by_role("radio", name="Median").check()
    assert colours_of(page, places)["Ryde 2"] == FAR


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_legend_draws_lines_as_the_map_does(show, theme):
    page = show({"color_scheme": theme})
    page.get_by_label("Isochrones (median)").check()
    entry = page.locator("#legend li", has_text="isochrones").locator("svg")
    assert entry.locator("rect").get_attribute("fill") == GROUND
    assert entry.locator("line").get_attribute("stroke") == INK
    assert entry.locator("line").evaluate("line => getComputedStyle(line).stroke") == "rgb(8, 12, 84)"


def test_the_slider_leaves_colour_to_what_is_within_its_minutes(show):
    page = show()
    places = places_of(page)
    limit = page.locator("#limit")
    assert page.get_by_label("Within 120 minutes:").get_attribute("id") == "limit"
    assert page.locator("#count").inner_text() == "400 residents (80%), 4 zones"
    limit.focus()
    limit.fill("15")
    assert (
        page.locator("#count").inner_text() == "100 residents (20%), 1 zone"
    )  # 899 s; 900 s is not under 15
    found = colours_of(page, places)
    assert [found[name] for name in NAMES[:4]] == [NEAR, GROUND, GROUND, GROUND]
    page.keyboard.press("ArrowRight")
    assert page.locator("#count").inner_text() == "200 residents (40%), 2 zones"
    found = colours_of(page, places)
    assert [found[name] for name in NAMES[:4]] == [NEAR, FAR, GROUND, GROUND]
    assert limit.get_attribute("aria-valuetext") == "16 minutes"
    page.get_by_label("5th", exact=True).check()
    assert page.locator("#count").inner_text() == "200 residents (40%), 2 zones"


def test_a_click_tells_what_is_known_of_a_zone(show):
    page = show()
    box = page.locator("#map").bounding_box()
    x, y = places_of(page)["Llŷn 3"]
    page.mouse.click(box["x"] + x, box["y"] + y)
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    assert page.locator("#zone-title").inner_text() == "Llŷn 3"
    assert page.locator("#details tbody").all_inner_texts() == ["27.9\t29.9", "100%\t0%\t67%"]
    terms = page.locator("#details dt").all_inner_texts()
    known = dict(zip(terms, page.locator("#details dd").all_inner_texts(), strict=True))
    assert known == {
        "Band (median)": "15 to 30 min",
        "Best": "leaving 07:17, 25.5 min",
        "Worst": "leaving 07:15, 59.0 min",
        "IMD decile": "5 of 10",
        "IDACI decile": "5 of 10",
        "Residents": "100",
    }
    said = page.locator("#said").inner_text()
    assert said.startswith("Llŷn 3. 5th percentile 27.9 min, Median 29.9 min. Band (median) 15 to 30 min, ")
    assert said.endswith("Share of departures that reach it: at all 100%, under 15 min 0%, under 30 min 67%.")
    assert page.locator("#table tr.chosen th").inner_text() == "Llŷn 3"
    page.mouse.click(box["x"] + places_of(page)["Ryde 5"][0], box["y"] + y)
    assert "Not reached off network" in page.locator("#said").inner_text()


def test_arrow_keys_go_from_zone_to_zone(show):
    page = show()
    page.locator("#zones").focus()
    title = page.locator("#zone-title")
    for key, name in (
        ("ArrowLeft", "Ryde 2"),  # the town's own, 459,154 E, first
        ("ArrowRight", "Llŷn 3"),
        ("ArrowRight", "Ryde 4"),
        ("ArrowRight", "Ryde 5"),
        ("ArrowRight", "Ryde 5"),
        ("ArrowUp", "Ryde 5"),
        ("ArrowLeft", "Ryde 4"),
        ("Home", "Ryde 2"),
        ("ArrowLeft", "Ryde 1"),
    ):
        page.keyboard.press(key)
        assert title.inner_text() == name
        assert page.locator("#said").inner_text().startswith(f"{name}. ")
    listbox = page.get_by_role("listbox", name="Zones on the map")
    assert listbox.get_attribute("aria-activedescendant") == "zone-0"
    assert page.get_by_role("option", selected=True).get_attribute("aria-label") == "Ryde 1, 14.9 min"
    page.keyboard.press("Escape")
    assert title.inner_text() == "Zone"
    assert page.get_by_role("option", selected=True).count() == 0


def test_arrow_keys_prefer_neighbours_and_never_go_astray(show, zones):
    """P and Q side by side, R in a hole of Q, S below P, T by itself to the north, east of P."""
    hole = box(461_200, 92_400, 461_400, 92_600)
    shapes = {
        "Ryde 1": box(460_000, 92_000, 461_000, 93_000),  # P
        "Ryde 2": box(461_000, 92_000, 465_000, 93_000).difference(hole),  # Q
        "Llŷn 3": hole,  # R
        "Ryde 4": box(460_000, 91_000, 461_000, 92_000),  # S
        "Ryde 5": box(461_000, 94_000, 461_500, 95_000),  # T
    }
    page = show(zones=zones.set_geometry(list(shapes.values()), crs=27700))
    page.get_by_label("Name or code").fill("Ryde 1")
    page.keyboard.press("Enter")
    page.locator("#zones").focus()
    for key, name in (
        ("ArrowRight", "Ryde 2"),  # R lies nearer, and does not touch
        ("ArrowLeft", "Llŷn 3"),  # R and P both touch; R is nearer
        ("ArrowLeft", "Ryde 1"),  # Q, all around, has its middle to the east
        ("ArrowDown", "Ryde 4"),
        ("ArrowDown", "Ryde 4"),
        ("ArrowUp", "Ryde 1"),
        ("ArrowUp", "Ryde 5"),  # nothing touches there; T lies more to the north than to the east
        ("ArrowRight", "Ryde 5"),  # Q lies more to the south than to the east
    ):
        page.keyboard.press(key)
        assert page.locator("#zone-title").inner_text() == name


def test_the_map_is_one_stop_of_the_tab_key_and_its_buttons_come_after(show):
    page = show()
    page.locator("#limit").focus()
    stops = []
    for _ in range(5):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id"))
    assert stops[:4] == ["zones", "nearer", "farther", "whole"]


def width_of_zone(page):
    settled(page)
    return 2 * len(pixels_of(page)["Llŷn 3"])


def test_wheel_keys_and_buttons_zoom(show):
    page = show()
    box = page.locator("#map").bounding_box()
    before = width_of_zone(page)
    x, y = places_of(page)["Llŷn 3"]
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.wheel(0, -200)
    settled(page)
    assert told(page, [(x, y)]) == [["Llŷn 3"]]  # what is pointed at stays there
    assert places_of(page)["Llŷn 3"][0] == pytest.approx(x, abs=3)
    assert width_of_zone(page) == pytest.approx(before * np.exp(0.5), abs=6)
    page.locator("#zones").focus()
    page.keyboard.press("0")
    assert width_of_zone(page) == before
    page.keyboard.press("+")
    larger = width_of_zone(page)
    assert larger > 1.3 * before
    page.get_by_label("Zoom out").click()
    page.get_by_label("Zoom out").click()
    assert width_of_zone(page) < before
    page.get_by_label("Zoom in").click()
    page.get_by_label("Back to the first view").click()
    assert width_of_zone(page) == before


INK_ON_RESIZE = """() => new Promise((done) => {
  const host = document.getElementById('map');
  const base = document.getElementById('base');
  let first = true;
  new ResizeObserver(() => {  // after that of the page, before the browser shows the frame
    if (first) {
      first = false;
      host.style.height = `${host.clientHeight - 40}px`;
      return;
    }
    done(base.getContext('2d').getImageData(base.width / 2, base.height / 2, 1, 1).data[3]);
  }).observe(host);
})"""


def test_the_map_is_never_shown_empty_while_the_window_changes(show):
    assert show().evaluate(INK_ON_RESIZE) == 255


def test_a_drag_and_shift_with_an_arrow_move_the_map(show):
    page = show()
    box = page.locator("#map").bounding_box()
    x, y = places_of(page)["Llŷn 3"]
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    page.mouse.move(box["x"] + x - 60, box["y"] + y, steps=4)
    page.mouse.move(box["x"] + x - 120, box["y"] + y, steps=4)
    page.mouse.up()
    assert page.locator("#said").inner_text() == ""  # a drag chooses nothing
    assert places_of(page)["Llŷn 3"][0] == pytest.approx(x - 120, abs=2)
    page.locator("#zones").focus()
    page.keyboard.press("Shift+ArrowRight")
    assert places_of(page)["Llŷn 3"][0] == pytest.approx(x - 200, abs=2)


def test_fingers_tap_drag_and_pinch(show):
    page = show({"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True})
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#map").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 60)
    page.touchscreen.tap(*middle)
    first = page.locator("#zone-title").inner_text()
    assert first in NAMES
    fingers = page.context.new_cdp_session(page)

    def touch(kind, *places):
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    before = pixels(page)
    x, y = middle
    touch("touchStart", (x - 30, y), (x + 30, y))
    for apart in range(40, 130, 10):
        touch("touchMove", (x - apart, y), (x + apart, y))
    touch("touchEnd")
    assert (pixels(page) != before).any()
    page.touchscreen.tap(*middle)
    assert page.locator("#zone-title").inner_text() == first  # between the fingers all stays in place
    page.touchscreen.tap(x + 90, y)
    nearer = page.locator("#zone-title").inner_text()
    page.get_by_label("Back to the first view").tap()
    page.touchscreen.tap(x + 90, y)
    assert page.locator("#zone-title").inner_text() != nearer


def test_dark_follows_the_system_until_the_button_is_pressed(show):
    page = show({"color_scheme": "dark"})
    button = page.get_by_role("button", name="Dark colours")

    def background():
        settled(page)
        return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    assert button.get_attribute("aria-pressed") == "true"
    assert background() == "rgb(18, 23, 28)"
    places = places_of(page)
    dark = colours_of(page, places)
    sea = colour(pixels(page), (3, 3))
    page.emulate_media(color_scheme="light")
    assert background() == "rgb(255, 255, 255)"
    light = colours_of(page, places)
    assert (
        [dark[name] for name in NAMES[:4]] == [light[name] for name in NAMES[:4]] == [NEAR, FAR, FAR, GROUND]
    )
    assert colour(pixels(page), (3, 3)) != sea
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    assert background() == "rgb(18, 23, 28)"


def test_isochrones_are_filled_where_zones_are_not(show):
    page = show()
    places = places_of(page)
    page.get_by_label("Zones", exact=True).uncheck()
    page.get_by_label("Isochrones (median)").check()
    found = colours_of(page, places)
    # Circles of 700 m and 2 km about the point; the row lies 400 m south of it, and the middles of zones
    # 650 m to the west, 350 m, 1,350 m and 2,350 m to the east
    assert [found[name] for name in NAMES[:4]] == [FAR, NEAR, FAR, GROUND]
    page.locator("#limit").fill("20")
    found = colours_of(page, places)
    assert [found[name] for name in NAMES[:4]] == [GROUND, NEAR, GROUND, GROUND]


def test_streets_can_be_taken_away(show):
    page = show()
    with_streets = pixels(page)
    page.get_by_label("Streets and water").uncheck()
    without = pixels(page)
    assert (with_streets != without).any(axis=2).mean() > 0.002


def first_cells(page):
    return page.locator("#table tbody tr:visible th").all_inner_texts()


def test_the_table_sorts_and_finds(show):
    page = show()
    headers = page.locator("#table thead button").all_inner_texts()
    assert headers == [
        "Zone",
        "Code",
        "5th percentile, min",
        "Median, min",
        "Band or reason (median)",
        "Reached, of departures",
        "Best leaving",
        "Worst leaving",
        "IMD decile",
        "IDACI decile",
        "Residents",
    ]
    assert page.locator("#table tbody tr").first.inner_text().split("\t") == [
        "Ryde 1", "E01000001", "12.9", "14.9", "under 15 min", "100%", "07:15, 10.0 min", "09:14, 20.0 min",
        "1", "1", "100",
    ]  # fmt: skip
    median = page.get_by_role("button", name="Median, min")
    median.click()
    assert first_cells(page) == NAMES
    median.click()
    assert first_cells(page) == ["Ryde 4", "Llŷn 3", "Ryde 2", "Ryde 1", "Ryde 5"]  # not reached is last
    assert page.get_by_role("columnheader", name="Median, min").get_attribute("aria-sort") == "descending"
    page.get_by_role("button", name="Zone", exact=True).click()
    assert first_cells(page) == ["Llŷn 3", "Ryde 1", "Ryde 2", "Ryde 4", "Ryde 5"]
    page.get_by_label("Name or code").fill("e01000004")
    assert first_cells(page) == ["Ryde 4"]
    assert page.locator("#found").inner_text() == "1 of 5 zones"
    page.keyboard.press("Enter")
    assert page.locator("#zone-title").inner_text() == "Ryde 4"


def test_the_table_stays_with_the_median(show):
    page = show()
    page.get_by_label("5th", exact=True).check()
    page.get_by_role("button", name="Band or reason (median)").click()
    assert first_cells(page) == NAMES


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_passes_axe(show, stops, facts, theme, width):
    page = show({"color_scheme": theme, "viewport": {"width": width, "height": 800}}, stops=stops)
    page.locator("#zones").focus()
    page.keyboard.press("ArrowRight")
    found = Axe().run(page).response
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    assert "color-contrast" in {one["id"] for one in found["passes"]}


def test_nothing_runs_off_a_narrow_window(show):
    page = show({"viewport": {"width": 320, "height": 640}})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    # The table is wider and scrolls; what is said above it can be read without
    assert page.evaluate("document.querySelector('#table table').scrollWidth") > 320
    assert page.evaluate("document.querySelector('#table caption span').getBoundingClientRect().right") <= 320


def test_on_paper_there_is_the_map_and_every_row_but_no_controls(show):
    page = show()
    page.emulate_media(media="print")
    image = pixels(page)
    found = {f"#{r:02X}{g:02X}{b:02X}" for r, g, b in np.unique(image.reshape(-1, 3), axis=0)}
    assert {NEAR, FAR, GROUND} <= found
    assert not page.get_by_label("Zoom in").is_visible()
    assert not page.get_by_role("button", name="Dark colours").is_visible()
    assert page.locator("#table").evaluate("(box) => box.scrollHeight <= box.clientHeight")
