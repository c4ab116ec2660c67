"""The page: one file that refers to nothing else, small, safe from hostile names, the same each time."""

import base64
import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

from ptreach.errors import InputError
from ptreach.outputs.ramp import band_colours
from ptreach.outputs.web import ground as ground_module
from ptreach.outputs.web import web_page
from ptreach.outputs.web.ground import Detail
from ptreach.outputs.web.page import as_json
from ptreach.sources.ground import joined_ground, read_ground

SHARED = Path(__file__).parents[3] / "../shared"
HOSTILE = "<script>alert(1)</script>"
VOID = {"meta", "link", "input"}


class Page(HTMLParser):
    """Elements as (tag, attributes) in order, text by its innermost tag; fails where tags do not nest."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.texts.append((self.open[-1], data))

    def all(self, *tags):
        return [attrs for tag, attrs in self.elements if tag in tags]

    def said(self, *tags):
        return [text for tag, text in self.texts if tag in tags]

    @property
    def data(self):
        return json.loads(self.said("script")[0])


@pytest.fixture(scope="module")
def stops():
    return gpd.GeoDataFrame(
        {"stop_name": ["Pier <Head>", HOSTILE]},
        geometry=[Point(459_200, 92_600), Point(460_500, 92_100)],
        crs=27700,
    )


@pytest.fixture(scope="module")
def page(web_inputs):
    return Page(web_page(**web_inputs))


def test_it_refers_to_nothing_outside_itself_and_may_ask_for_nothing(web_inputs, page):
    text = web_page(**web_inputs)
    assert not page.all("img", "iframe", "object", "embed", "a", "base")
    assert page.all("link") == [{"rel": "icon", "href": "data:,"}]
    for tag, attrs in page.elements:
        assert not {"src", "srcset", "action", "xlink:href", "style"} & set(attrs), tag
        assert not [name for name in attrs if name.startswith("on")], tag
    assert set(re.findall(r"\w+://[^\"' <;]+", text)) == {"http://www.w3.org/2000/svg"}  # a name, not opened
    (style,) = page.said("style")
    assert not re.search(r"url\(|@import|@font-face", style)
    script = page.said("script")[1]
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|eval|Function|import|sendBeacon)\b", script)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", script)


def test_its_policy_names_its_own_style_and_script_alone(page):
    def digest(words):
        return f"'sha256-{base64.b64encode(hashlib.sha256(words.encode()).digest()).decode()}'"

    (policy,) = [attrs["content"] for attrs in page.all("meta") if "http-equiv" in attrs]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == digest(page.said("style")[0])
    assert rules["script-src"] == digest(page.said("script")[1])
    assert rules["img-src"] == "data:"
    tags = [tag for tag, _ in page.elements]
    assert tags.index("meta") < tags.index("style") < tags.index("script")


def test_what_the_data_say_is_text_and_never_markup(web_inputs, stops, zones, facts, town):
    hostile = {
        **web_inputs,
        "zones": zones.assign(zone_name=[HOSTILE, "</script>", "<!--", "a\u2028b\u2029", "]]>&"]),
        "stops": stops,
        "town": town.model_copy(update={"name": HOSTILE}),
        "facts": dataclasses.replace(
            facts, sources=tuple(dataclasses.replace(one, title=HOSTILE) for one in facts.sources)
        ),
    }
    text = web_page(**hostile)
    page = Page(text)
    assert len(page.all("script")) == 2
    assert page.data["zones"]["name"] == [HOSTILE, "</script>", "<!--", "a\u2028b\u2029", "]]>&"]
    assert [name for *_, name in page.data["stops"]] == ["Pier <Head>", HOSTILE]
    assert page.data["town"] == HOSTILE
    assert HOSTILE not in text
    assert "\u2028" not in text
    assert f"Journey time from {HOSTILE} by public transport" in page.said("h1")


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "\u2028\u2029", "&lt;", "\ud800", '"\\'])
def test_json_can_neither_end_its_element_nor_begin_another(text):
    written = as_json({"name": text})
    assert not set("<>&\u2028\u2029") & set(written)
    assert written.isascii()
    assert json.loads(written) == {"name": text}


def test_json_has_no_nan():
    with pytest.raises(ValueError, match="JSON"):
        as_json({"minutes": float("nan")})


def test_it_is_in_order_for_those_who_listen(page):
    assert page.all("html") == [{"lang": "en-GB"}]
    assert page.said("title") == page.said("h1") == ["Journey time from Ryde high street by public transport"]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels == [1, 2, 3, 2, 2]
    landmarks = [tag for tag, _ in page.elements if tag in {"header", "main", "footer", "aside"}]
    assert landmarks == ["header", "main", "aside", "footer"]
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.elements:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert set(attrs.get(name, "").split()) <= set(ids)
    assert [attrs["id"] for _, attrs in page.elements if "tabindex" in attrs] == ["zones", "table"]
    assert all("aria-label" in attrs or attrs["id"] == "theme" for attrs in page.all("button"))
    assert all(attrs["aria-hidden"] == "true" for attrs in page.all("canvas"))
    assert [attrs["aria-live"] for _, attrs in page.elements if "aria-live" in attrs] == ["polite"]


def test_the_foot_says_what_was_asked_of_what_and_whose_it_is(web_inputs, page):
    foot = " ".join(text for _, text in page.texts)
    for words in (
        "Tuesday 16 June 2020, leaving 07:15 to 09:15; median of 120 departures, one a minute",
        "preset am-peak (weekday morning peak)",
        "ptreach 0.1.0, engine raptor, on network isle (digest cdcdcdcdcdcd)",
        "Indices of Deprivation 2019",
        "mid-2020 population estimates",
        "Title of bus.zip, Publisher, 2020-06. Open Government Licence v3.0. Contains timetable data",
        "© OpenStreetMap contributors",
    ):
        assert words in foot, words
    held = [text for text in page.said("p") if "holds to Sunday 19 July 2020 (bus is the first of 2" in text]
    assert len(held) == 1
    assert page.said("b")[0] == "20%"  # one of five zones of 100 people is under 15 minutes


def test_the_foot_names_the_points_of_this_run_and_says_no_sunset_that_is_not_known(web_inputs, facts, town):
    assert "Minutes are to the population-weighted centroid of each zone" in web_page(**web_inputs)
    areas = dataclasses.replace(facts.areas, point="representative point of the polygon")
    arrivals = town.model_copy(update={"preset": town.preset.model_copy(update={"direction": "to"})})
    facts = dataclasses.replace(facts, areas=areas, sunset=None)
    text = web_page(**{**web_inputs, "facts": facts, "town": arrivals})
    assert "Minutes are from the representative point of the polygon of each zone" in text
    assert "holds to" not in text


def test_a_made_up_town_says_so_above_and_on_the_map(web_inputs, facts):
    page = Page(web_page(**{**web_inputs, "facts": dataclasses.replace(facts, made_up=True)}))
    assert "MADE-UP DATA: this pack describes no real place. Do not use its numbers." in page.said("p")
    assert "MADE-UP DATA" in page.said("p")
    assert "MADE-UP DATA" not in web_page(**web_inputs)


def test_the_same_inputs_give_the_same_page(web_inputs, stops):
    assert web_page(**web_inputs, stops=stops) == web_page(**web_inputs, stops=stops)


def test_a_zone_without_a_polygon_is_named(web_inputs, zones):
    empty = zones.assign(geometry=[Polygon(), *zones.geometry[1:]])
    with pytest.raises(InputError, match="zone 1 of 5 has no polygon"):
        web_page(**{**web_inputs, "zones": empty})


def test_a_pack_without_ground_isochrones_or_land_has_a_page(web_inputs, ground):
    bare = {
        **web_inputs,
        "ground": ground.iloc[:0],
        "land": MultiPolygon(),
        "isochrones": {15: MultiPolygon(), 30: MultiPolygon()},
    }
    data = Page(web_page(**bare)).data
    assert data["ground"] == {}
    assert [path for _, path in data["isochrones"]] == ["", ""]
    left, top, right, bottom = data["view"]  # the zones, 5 km by 4 km, with a twentieth of 5 km around
    assert [(right - left) * data["unitM"], (bottom - top) * data["unitM"]] == [5500, 4500]


def wiggly_zones(columns, rows, side_m, rng):
    """Polygons that fit, row by row, each side in 13 pieces; 52 corners a zone, as real ones have."""
    corners = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1), indexing="ij"), -1) * side_m
    corners = corners + rng.uniform(-side_m / 4, side_m / 4, corners.shape) + [380_000, 270_000]

    def side(start, end):
        share = np.linspace(0, 1, 14)[1:-1, None]
        return np.vstack([start, start + (end - start) * share + rng.uniform(-15, 15, (12, 2))])

    flat = {(i, j): side(corners[i, j], corners[i + 1, j]) for i in range(columns) for j in range(rows + 1)}
    steep = {(i, j): side(corners[i, j], corners[i, j + 1]) for i in range(columns + 1) for j in range(rows)}
    polygons = []
    for i in range(columns):
        for j in range(rows):
            back = np.vstack([corners[i + 1, j + 1], flat[i, j + 1][:0:-1]])
            down = np.vstack([corners[i, j + 1], steep[i, j][:0:-1]])
            polygons.append(Polygon(np.vstack([flat[i, j], steep[i + 1, j], back, down])))
    return polygons


def test_a_conurbation_of_1680_zones_and_35000_streets_is_under_3_mb(web_inputs, zones):
    rng = np.random.default_rng(20260914)
    polygons = wiggly_zones(42, 40, 1100.0, rng)
    many = zones.iloc[np.arange(1680) % 5].reset_index(drop=True)
    names = [f"Sandwell {number // 5:03d}{'ABCDE'[number % 5]}" for number in range(1680)]
    many = gpd.GeoDataFrame(
        many.drop(columns="geometry").assign(
            zone_id=[f"E01{number:06d}" for number in range(1680)],
            zone_name=names,
            minutes_p5=rng.integers(0, 7200, 1680) / 60,
            minutes_p50=rng.integers(0, 7200, 1680) / 60,
        ),
        geometry=polygons,
        crs=27700,
    )
    begins = rng.uniform([380_000, 270_000], [380_000 + 42 * 1100, 270_000 + 40 * 1100], (35_000, 1, 2))
    bends = np.concatenate([begins, begins + rng.normal(0, 55, (35_000, 4, 2)).cumsum(axis=1)], axis=1)
    kinds = rng.choice(["minor", "path", "major"], 35_000, p=[0.6, 0.3, 0.1])
    streets = gpd.GeoDataFrame({"kind": kinds}, geometry=shapely.linestrings(bends), crs=27700)
    text = web_page(**{**web_inputs, "zones": many, "ground": streets, "land": shapely.union_all(polygons)})
    data = Page(text).data
    assert len(text.encode()) < 3_000_000
    assert data["unitM"] == 4
    assert data["leftOut"] == []
    assert len(data["zones"]["path"]) == 1680
    drawn = sum(path.count("m") for kind in data["ground"].values() for *_, path in kind)
    assert drawn == pytest.approx(35_000, rel=0.01)


def test_what_there_was_no_room_for_is_told(web_inputs, monkeypatch):
    monkeypatch.setattr(ground_module, "DETAILS", (Detail(8, ("path", "minor"), 0),))
    page = Page(web_page(**web_inputs))
    assert "Left out of the map for its size: minor streets." in page.said("p")
    assert set(page.data["ground"]) == {"major", "rail"}


@pytest.mark.real
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")
def test_an_island_of_89_zones_with_all_its_streets_is_under_1_mb(web_inputs, zones):
    outlines = gpd.read_parquet(SHARED / "data/england/lsoa2011_boundaries_simpl40m_england_27700.parquet")
    wight = outlines[outlines["lad_active"] == "E06000046"]  # Isle of Wight
    assert len(wight) == 89
    many = zones.iloc[np.arange(89) % 5].reset_index(drop=True).drop(columns="geometry")
    many = gpd.GeoDataFrame(
        many.assign(zone_id=wight["lsoa11cd"].tolist()),
        geometry=wight.geometry.tolist(),
        crs=27700,
    )
    streets = joined_ground(read_ground([SHARED / "data/isle-of-wight/iow-filtered.osm.pbf"]))
    text = web_page(**web_inputs | {"zones": many, "ground": streets, "land": many.union_all()})
    data = Page(text).data
    assert len(text.encode()) < 1_000_000
    assert data["unitM"] == 2
    assert set(data["ground"]) == {"major", "minor", "path"}


def test_colours_are_those_of_the_pack(page):
    assert [row["label"] for row in page.data["classes"]] == [
        "under 15 min",
        "15 to 30 min",
        "30 min or more",
        "not reached",
    ]
    assert [row["fill"] for row in page.data["classes"][:2]] == list(band_colours(2))
    assert page.data["ink"] == "#080C54"
