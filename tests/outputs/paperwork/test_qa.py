"""The page of the check: whole without a network, in order for screen readers, safe from hostile names."""

import base64
import dataclasses
import datetime as dt
import hashlib
import itertools
import re
from html.parser import HTMLParser

import pytest

from ptreach.model import Comparison, FeedSpan
from ptreach.outputs.paperwork.heatmap import class_of, weeks_shown
from ptreach.outputs.paperwork.qa import qa_page, write_page

MONDAY = dt.date(2026, 9, 7)
VOID = {"meta", "circle", "rect"}


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
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.texts.append((self.open[-1], data.strip()))

    def all(self, *tags):
        return [attrs for tag, attrs in self.elements if tag in tags]

    def said(self, *tags):
        return [text for tag, text in self.texts if tag in tags]


def test_it_refers_to_nothing_outside_itself(verdict):
    text = qa_page(verdict, "Ryde")
    page = Page(text)
    assert not page.all("script", "link", "img", "iframe", "object", "embed", "base", "form")
    here = {f"#{attrs['id']}" for attrs in page.all("section")}
    assert [attrs["href"] for attrs in page.all("a")] == sorted(here, key=lambda name: int(name[2:]))
    for tag, attrs in page.elements:
        for name in ("src", "xlink:href", "srcset", "action", "data"):
            assert name not in attrs, tag
        assert tag == "a" or "href" not in attrs
        assert not [name for name in attrs if name.startswith("on")], tag
    addresses = set(re.findall(r"\w+://[^\"' <]+", text))
    assert addresses == {"http://www.w3.org/2000/svg"}  # the name of SVG, which nobody opens
    (style,) = page.said("style")
    assert "url(" not in style
    assert "@import" not in style
    assert "@font-face" not in style
    policy = [attrs["content"] for attrs in page.all("meta") if "http-equiv" in attrs]
    assert [rule.strip().split()[0] for rule in policy[0].split(";")] == [
        "default-src", "style-src", "img-src", "base-uri", "form-action",
    ]  # fmt: skip
    style = re.search(r"(?s)<style>(.*?)</style>", text).group(1)
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in policy[0]
    assert "unsafe" not in policy[0]


def test_it_is_in_order_for_those_who_listen(verdict):
    page = Page(qa_page(verdict, "Ryde"))
    assert page.all("html") == [{"lang": "en-GB"}]
    assert page.said("title")[0] == page.said("h1")[0] == "Timetable check: Ryde"
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.all("main") == [{}]
    for attrs in page.all("th"):
        assert attrs["scope"] in {"row", "col"}
    assert len(page.all("table")) == len(page.all("caption")) == 5
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    drawings = [attrs for attrs in page.all("svg") if attrs.get("role") == "img"]
    assert len(drawings) == 2
    for attrs in drawings:
        assert set(attrs["aria-labelledby"].split()) <= set(ids)
    assert all(attrs.get("aria-hidden") == "true" for attrs in page.all("svg") if attrs not in drawings)
    described = page.said("desc")[0]
    assert "The busiest day, Monday 7 September 2026, has 50 trips; 16 of 56 days have none." in described
    assert "Tuesday 6 October 2026 has 50." in described


def test_what_feeds_say_is_text_and_never_markup(verdict):
    text = qa_page(verdict, "<script>alert(1)</script>")
    page = Page(text)
    assert not page.all("script", "b9", "buses")
    assert "operator: Bill & Ben's <Buses>" in page.said("th")
    assert "For example bus, stops.txt, <b>9</b>" in page.said("p")


def test_every_day_has_its_cell_with_its_number_and_marks(verdict):
    page = Page(qa_page(verdict, "Ryde"))
    cells = [text for text in page.said("title") if " trips" in text and "2026: " in text]
    assert len(cells) == 2 * 56
    assert "Monday 14 September 2026: 50 trips; Bank & Day" in cells
    assert "Tuesday 27 October 2026: 50 trips; half-term" in cells
    assert "Sunday 1 November 2026: 4 trips" in cells
    rings = [attrs for attrs in page.all("rect") if attrs.get("stroke") == "#FFD400"]
    assert len(rings) == 2 + 1  # each mode's, and the legend's


def test_the_table_of_weeks_says_what_the_colours_say(verdict):
    text = qa_page(verdict, "Ryde")
    rows = re.findall(r'<tr><th scope="row">(2026-\d\d-\d\d)</th>(.*?)</tr>', text)
    cells = {monday: re.findall(r"<td[^>]*>(.*?)</td>", rest) for monday, rest in rows}
    assert len(cells) == 8
    assert cells["2026-09-07"] == ["250", "4", ""]
    assert cells["2026-09-14"] == ["250", "4", "Bank &amp; Day"]
    assert cells["2026-10-05"] == ["250", "4", "the date"]
    assert cells["2026-10-26"] == ["250", "4", "half-term"]


def test_the_verdict_and_its_date_come_first(verdict):
    said = " ".join(text for _, text in Page(qa_page(verdict, "Ryde")).texts)
    for words in (
        "Go, with warnings",
        "Trips on Tuesday 6 October 2026: 50 (bus 50, tram 0).",
        "Found: 1 warning, 1 note.",
        "Tuesday 2026-10-13: it is better",
        "1 stop lies far.",
        "Correct it.",
        "50%",
        "bus trips.txt 123 3 120",
        "trips that go back in time bus 3 left out bus.zip, stop_times.txt: trip t trips-back-in-time",
        "2026-09-07 to 2026-11-01",
        "Usual is the median.",
    ):
        assert words in said, words


def test_a_made_up_town_says_so(verdict):
    assert "MADE-UP DATA" in qa_page(verdict, "Demo", made_up=True)
    assert "MADE-UP DATA" not in qa_page(verdict, "Demo")


def test_without_days_off_there_is_nothing_to_mark(verdict):
    page = Page(qa_page(dataclasses.replace(verdict, days_off=None), "Mannheim"))
    assert not page.all("circle")
    assert "bank holiday" not in page.said("li")
    assert "Bank and school holidays are known for England only, and not marked here." in page.said("li")


def test_many_operators_are_folded_away(verdict):
    many = tuple(Comparison("operator", f"Operator {number}", 1, 1.0, 1.0) for number in range(11))
    text = qa_page(dataclasses.replace(verdict, comparisons=(*verdict.comparisons[:3], *many)), "Ryde")
    assert "11 operators, as a table" in text
    assert text.index("<summary>11 operators") < text.index("operator: Operator 0")


@pytest.mark.parametrize(("trips", "number"), [(0, -1), (1, 0), (20, 0), (21, 1), (80, 3), (81, 4), (100, 4)])
def test_classes_are_shares_of_the_busiest_day(trips, number):
    assert class_of(trips, 100) == number


@pytest.mark.parametrize(
    ("first", "last", "date", "shown"),
    [
        # a short timetable is shown whole, from the Monday of its first week
        (dt.date(2026, 9, 9), dt.date(2026, 9, 20), dt.date(2026, 9, 15), (dt.date(2026, 9, 7), 2)),
        # the date of another time comes into view
        (dt.date(2026, 9, 9), dt.date(2026, 9, 20), dt.date(2026, 10, 1), (dt.date(2026, 9, 7), 4)),
        # of years, a year about the date
        (dt.date(2020, 1, 1), dt.date(2030, 1, 1), dt.date(2026, 9, 7), (dt.date(2026, 3, 9), 53)),
    ],
)
def test_at_most_a_year_is_shown_about_the_date(verdict, first, last, date, shown):
    feeds = (FeedSpan("bus", 1, first, last, first, last),)
    weeks = weeks_shown(dataclasses.replace(verdict, feeds=feeds, date=date))
    assert (weeks.monday, weeks.number) == shown
    assert weeks.first <= date <= weeks.last


def test_a_date_long_after_the_end_stays_in_view(verdict):
    feeds = (FeedSpan("bus", 1, MONDAY, MONDAY, MONDAY, MONDAY),)
    weeks = weeks_shown(dataclasses.replace(verdict, feeds=feeds, date=dt.date(2036, 9, 2)))
    assert weeks.number <= 54
    assert weeks.first <= dt.date(2036, 9, 2) <= weeks.last
    assert "Trips on Tuesday 2 September 2036" in qa_page(
        dataclasses.replace(verdict, feeds=feeds, date=dt.date(2036, 9, 2)), "Ryde"
    )


def test_the_same_verdict_gives_the_same_bytes(verdict, tmp_path):
    for name in ("one", "two"):
        write_page(tmp_path / f"{name}.html", verdict)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()
    assert b"\r" not in (tmp_path / "one.html").read_bytes()
