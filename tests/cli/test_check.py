"""check: what it hands on, what it prints, and how it ends."""

import dataclasses
import datetime as dt
import json

import pytest

from ptreach.model import Verdict
from ptreach.pipeline import AskedDate, FeedFiles
from ptreach.routers import NamedNetwork, NetworkFiles
from town import stops_text, straight_street, trips_texts, write_feed
from weeks import USUAL, day, every_minutes

TUESDAY = day(4, 1)
RAIL = "route_id,route_short_name,route_type,agency_id\nr,1,2,a\n"
TOWN = """name = "{name}"
network = "{network}"
areas = "zones"
date = {date}
[origin]
lon = -2.0
lat = 51.0
"""


@pytest.fixture
def feed(home):
    """A feed of trains each weekday for thirteen weeks."""
    return write_feed(
        home / "rail.zip",
        stops=stops_text(A=(0.0, 0.0), B=(900.0, 0.0)),
        routes=RAIL,
        calendar=USUAL,
        **trips_texts(every_minutes(30)),
    )


@pytest.fixture
def network(home, feed):
    """A recipe of that feed and a street."""
    sources = home / "networks" / "line" / "sources"
    sources.mkdir(parents=True)
    straight_street(sources / "street.osm", 1_000)
    feed.rename(sources / "rail.zip")
    text = 'title = "Line"\n' + "".join(
        f'[[sources]]\nkind = "{kind}"\nfile = "{file}"\ntitle = "T"\npublisher = "P"\nlicence = "L"\n'
        'attribution = "A"\ndate = "2026"\n'
        for kind, file in (("osm", "street.osm"), ("gtfs", "rail.zip"))
    )
    (sources.parent / "network.toml").write_text(text, encoding="utf-8")
    return "line"


def town(home, name, date, network="line"):
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / f"{name}.toml").write_text(
        TOWN.format(name=name, network=network, date=date), encoding="utf-8"
    )


def test_a_go_is_printed_in_plain_lines_where_it_is_piped(ptreach, feed):
    ended = ptreach("check", "--gtfs", feed, "--date", TUESDAY)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "GO: rail.zip on Tuesday 2026-10-06 (--date)",
        "feed rail: 30 trips, full service 2026-09-07 to 2026-12-04, any 2026-09-07 to 2026-12-04",
        "all services: 30 trips; usual: 30 in the weeks around, 30 in the whole timetable",
        "mode rail: 30 trips; usual: 30 in the weeks around, 30 in the whole timetable",
        "feed rail: 30 trips; usual: 30 in the weeks around, 30 in the whole timetable",
        "operator Buses: 30 trips; usual: 30 in the weeks around, 30 in the whole timetable",
    ]


def test_a_no_go_prints_the_verdict_and_ends_in_two_with_the_line_that_decides(ptreach, feed):
    ended = ptreach("check", "--gtfs", feed, "--date", "2026-12-15")
    assert ended.code == 2
    assert ended.out.startswith("NO GO: rail.zip on Tuesday 2026-12-15 (--date)\nno go: nothing runs on ")
    assert ended.err.count("\n") == 1
    assert ended.err.startswith(
        "ptreach: error: rail.zip: no go: nothing runs on Tuesday 2026-12-15; the timetable has service from "
        "2026-09-07 to 2026-12-04. Take Tuesday 2026-12-01: nearest to the date asked for, inside the feed, "
    )


def test_a_warning_is_no_failure(ptreach, feed):
    ended = ptreach("check", "--gtfs", feed, "--date", "2026-10-27")
    assert ended.code == 0
    assert ended.out.startswith("GO WITH WARNINGS: ")
    assert "most English schools are on holiday (autumn half-term). Take a day in term. (school-holiday)" in (
        ended.out
    )


def test_json_has_the_documented_keys_and_the_same_bytes_each_time(ptreach, feed):
    arguments = ("check", "--gtfs", feed, "--date", "2026-12-15", "--json")
    ended, again = ptreach(*arguments), ptreach(*arguments)
    assert ended.out == again.out
    assert ended.code == 2
    (verdict,) = json.loads(ended.out)
    assert list(verdict) == [field.name for field in dataclasses.fields(Verdict)]
    assert (verdict["decision"], verdict["date"], verdict["date_from"]) == ("no go", "2026-12-15", "--date")
    assert verdict["findings"][0] == {
        "severity": "no go",
        "rule": "no-service",
        "what": "nothing runs on Tuesday 2026-12-15; the timetable has service from 2026-09-07 to 2026-12-04",
        "count": 0,
        "remedy": "take another date",
        "example": None,
    }
    assert verdict["proposal"]["date"] == "2026-12-01"
    series = {(one["kind"], one["name"]): one for one in verdict["series"]}
    assert series["mode", "rail"]["trips"][:8] == [30, 30, 30, 30, 30, 0, 0, 30]
    assert series["mode", "rail"]["stops"][:2] == [2, 2]
    assert verdict["first_day"] == "2026-09-07"


def test_without_a_date_one_is_proposed(ptreach, feed):
    ended = ptreach("check", "--gtfs", feed)
    assert ended.out.startswith("GO: rail.zip on Tuesday 2026-10-20 (proposed: no date was given)\n")


def test_the_dates_of_the_towns_that_name_the_network_are_taken(ptreach, network, home):
    town(home, "b", "2026-10-06")
    town(home, "a", "2026-10-06")
    town(home, "c", "2026-10-27")
    town(home, "elsewhere", "2026-11-03", network="other")
    ended = ptreach("check", network)
    heads = [line for line in ended.out.splitlines() if " on Tuesday" in line and line.startswith("GO")]
    assert heads == [
        "GO: line on Tuesday 2026-10-06 (config/a.toml, config/b.toml)",
        "GO WITH WARNINGS: line on Tuesday 2026-10-27 (config/c.toml)",
    ]
    line = ptreach("check", network, "--html", home / "page.html").line
    assert line == ("--html: the towns have several dates: 2026-10-06, 2026-10-27. Name one with --date.")


def test_a_built_network_has_its_stops_set_beside_its_streets(ptreach, network, home):
    far = {"A": (0.0, 0.0), "B": (900.0, 0.0), "F": (900.0, 5_000.0)}
    write_feed(
        home / "networks" / network / "sources" / "rail.zip",
        stops=stops_text(**far),
        routes=RAIL,
        calendar=USUAL,
        **trips_texts([*every_minutes(30), *every_minutes(1, name="f", stops=("A", "F"))]),
    )
    arguments = ("check", network, "--date", TUESDAY)
    assert "stops-off-streets" not in ptreach(*arguments).out
    assert ptreach("build", network).code == 0
    ended = ptreach(*arguments)
    found = (
        "warning: 1 stop has no street within 1,600 m, so nobody can board there, of 3; 66.7% have one "
        "within 300 m [rail, stops.txt, F]. Take a larger extract of streets if journeys go there. "
        "(stops-off-streets)"
    )
    assert found in ended.out.splitlines()


def test_the_page_is_written_where_it_is_asked_for(ptreach, feed, home):
    path = home / "pages" / "check.html"
    assert ptreach("check", "--gtfs", feed, "--date", TUESDAY, "--html", path).code == 0
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>\n")
    assert "<h1>Timetable check: rail.zip</h1>" in text
    (home / "folder").mkdir()
    line = ptreach("check", "--gtfs", feed, "--date", TUESDAY, "--html", home / "folder").line
    assert line.startswith(f"{home / 'folder'}: the page can't be written: ")


def test_what_is_checked_goes_to_the_stage_as_it_was_given(ptreach, stage, home, feed):
    called = stage("check", ())
    osm = straight_street(home / "street.osm", 1_000)
    assert ptreach("check", "line").code == 0
    assert ptreach("check", "--gtfs", feed, "--osm", osm, "--date", "2026-10-06").code == 0
    assert ptreach("check", "--gtfs", feed, "--second-reader").code == 0
    plain = {"html": None, "second_reader": False}
    assert called == [
        ((NamedNetwork("line", home), []), plain),
        ((NetworkFiles((osm,), (feed,)), [AskedDate(dt.date(2026, 10, 6), "--date")]), plain),
        ((FeedFiles((feed,)), []), plain | {"second_reader": True}),
    ]


@pytest.mark.parametrize("how", ["feeds alone", "with streets", "network"])
def test_the_second_reader_speaks_in_text_in_json_and_on_the_page(ptreach, home, feed, network, how):
    feed = home / "networks" / "line" / "sources" / "rail.zip"
    osm = straight_street(home / "street.osm", 1_000)
    given = {
        "feeds alone": ("--gtfs", feed),
        "with streets": ("--gtfs", feed, "--osm", osm),
        "network": ("line",),
    }[how]
    said = "the second reader, gtfs-kit, reads the same: 30 trips on Tuesday 2026-10-06"
    page = home / "check.html"
    arguments = ("check", *given, "--date", TUESDAY, "--second-reader")
    text = ptreach(*arguments, "--html", page)
    line = f"note: {said}, their stops, services and modes. Nothing needs to be done. (second-reader)"
    assert line in text.out.splitlines()
    assert said.removeprefix("the ") in page.read_text(encoding="utf-8")
    (verdict,) = json.loads(ptreach(*arguments, "--json").out)
    (found,) = [one for one in verdict["findings"] if one["rule"] == "second-reader"]
    assert (found["severity"], found["count"]) == ("note", 30)
    assert found["what"].startswith(said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "NETWORK: missing. Name a network, or give at least one --gtfs FILE."),
        (["line", "--gtfs", "rail.zip"], "NETWORK: given together with --gtfs. Give one or the other."),
        (["--osm", "street.osm"], "--gtfs: missing. Name a network, or give at least one --gtfs FILE."),
        (["--gtfs", "rail.zip", "--date", "0001-01-01"], "--date: 0001-01-01 is no day of a timetable. "),
        (["--gtfs", "rail.zip", "--date", "9999-12-31"], "--date: 9999-12-31 is no day of a timetable. "),
        (["--gtfs", "rail.zip", "--date", "soon"], "--date: 'soon' is no date. Write YYYY-MM-DD, such as "),
    ],
)
def test_what_cannot_be_meant_is_refused(ptreach, home, feed, arguments, said):
    straight_street(home / "street.osm", 1_000)
    assert ptreach("check", *arguments).line.startswith(said)


def test_feeds_without_a_day_in_common_get_no_date(ptreach, feed, home):
    late = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    other = write_feed(
        home / "late.zip",
        stops=stops_text(A=(0.0, 0.0), B=(900.0, 0.0)),
        calendar=f"{late}weekdays,1,1,1,1,1,0,0,20280901,20281031\n",
        **trips_texts(every_minutes(3)),
    )
    assert ptreach("check", "--gtfs", feed, "--gtfs", other).line == (
        "rail.zip, late.zip: no date can be proposed: the feeds have no day of full service in common. "
        "Name a date with --date to see why, or take other feeds."
    )


def test_on_a_terminal_it_is_tables(ptreach, feed, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "dumb")  # no bold letters
    ended = ptreach("check", "--gtfs", feed, "--date", "2026-10-27")
    lines = ended.out.splitlines()
    assert lines[0] == "GO WITH WARNINGS: rail.zip on Tuesday 2026-10-27 (--date)"
    head = next(line for line in lines if "severity" in line)
    assert head.split() == ["severity", "count", "what", "example", "remedy"]
    assert any(line.startswith("Proposed date: Tuesday 2026-10-20: ") for line in lines)
    assert any(line.split() == ["mode", "rail", "30", "30", "30"] for line in lines)
