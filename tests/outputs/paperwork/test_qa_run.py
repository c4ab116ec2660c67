"""What a pack's page says of the numbers: snapping, a second engine, worst cases."""

import dataclasses
import html
import re

import numpy as np
import pytest

from ptreach.outputs.paperwork.qa import qa_page
from ptreach.outputs.paperwork.qa_run import NO_R5, run_sections


def text_of(content):
    """Return what is read of HTML, elements parted by bars."""
    words = re.sub(r"(<[^>]+>\s*)+", " | ", content.replace("\N{NO-BREAK SPACE}", " "))
    return html.unescape(re.sub(r"\s+", " ", words))


@pytest.fixture
def said(town, zones, facts):
    """Return a function that gives the text of each section, cells parted by bars."""

    def sections(town=town, zones=zones, facts=facts):
        return {heading: text_of(content) for heading, content in run_sections(town, zones, facts, None)}

    return sections


def test_points_are_counted_by_their_distance_the_outer_edge_included(said):
    text = said()["How far points are from their street"]
    assert "The town's point is 2 m from the street" in text
    # 2.04, 10, 40 and 1,200.06 m, one without
    assert "5 zones: 3 within 300 m of a street, 1 from there to 1,600 m, 1 off the network." in text
    assert "Median 25 m, 95th percentile 1,200 m, farthest 1,200 m." in text
    assert "3 stops: 1 within 300 m of a street, 1 from there to 1,600 m, 1 off the network." in text
    for row in (
        "| 0 to 25 m | 2 | 40% | 0 | 0% |",
        "| 25 to 50 m | 1 | 20% | 0 | 0% |",
        "| 100 to 300 m | 0 | 0% | 1 | 33% |",
        "| 300 to 1,600 m | 1 | 20% | 1 | 33% |",
        "| none within 1,600 m | 1 | 20% | 1 | 33% |",
    ):
        assert row in text


def test_the_farthest_are_named_those_without_a_street_first(said):
    text = said()["How far points are from their street"]
    assert "| E01000005 | Ryde 5 | none | E01000003 | Llŷn 3 | 1,200 | E01000004 | Ryde 4 | 40 |" in text
    assert "| bus:c | Far | none | bus:b | St <John> | 300 | bus:a |" in text


def test_zones_all_off_the_network_are_said_to_be(said, zones, facts):
    nowhere = zones.assign(link_distance_m=np.nan)
    text = said(zones=nowhere, facts=dataclasses.replace(facts, snapping=None))
    words = text["How far points are from their street"]
    assert "5 zones: none within 1,600 m of a street." in words
    assert "stops" not in words


def test_the_widest_spread_comes_first_and_what_has_none_is_named(said, town, zones):
    town = town.model_copy(update={"preset": town.preset.model_copy(update={"percentiles": (5, 50, 95)})})
    spread = zones.assign(
        minutes_p5=[10, 10, 10, 10, np.nan],
        minutes_p50=[12, 13, 14, 15, np.nan],
        minutes_p95=[20, 40, 30, np.nan, np.nan],
        population=[1, 2, 3, 4, 5_000],
    )
    text = said(town, spread)["Worst cases"]
    assert "| E01000002 | Ryde 2 | 10.0 | 13.0 | 40.0 | 30.0 | E01000003 |" in text
    assert "1 zone with a median, but no p95, for more than 5% of the minutes" in text
    assert "have no journey: Ryde 4." in text
    assert "| off network | 1 | 5,000 | Ryde 5 |" in text
    assert "reached |" not in text


def test_one_departure_has_no_spread(said, town, zones):
    once = town.model_copy(update={"preset": town.preset.model_copy(update={"window": (26_100, 26_160)})})
    reached = zones.assign(reason="reached")
    text = said(once, reached)["Worst cases"]
    assert "There is no spread: one journey a zone." in text
    assert "Every zone has a median." in text


def test_of_many_zones_ten_are_named(said, zones):
    many = zones.loc[[4] * 13].reset_index(drop=True).assign(zone_name=[f"Z{n}" for n in range(13)])
    assert "Z8, Z9 and 3 more |" in said(zones=many)["Worst cases"]


def test_without_r5_the_page_says_so_and_how_to_have_it(said):
    assert said()["Agreement with R5"].strip(" |") == NO_R5


def test_the_page_of_a_pack_lists_its_sections_and_says_its_sunset(town, zones, facts, verdict):
    page = qa_page(
        verdict, "Ryde", of_run=run_sections(town, zones, facts, None), sunset="Quote <nothing> after."
    )
    assert "<h1>Quality check: Ryde</h1>" in page
    assert "<p>Quote &lt;nothing&gt; after.</p>" in page
    links = re.findall(r'<li><a href="#(s\d+)">([^<]+)</a>', page)
    assert links == re.findall(r'<section id="(s\d+)">\n<h2>([^<]+)</h2>', page)
    assert "Agreement with R5" in {name for _, name in links}
