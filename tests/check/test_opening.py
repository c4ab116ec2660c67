"""A built network and its feeds alone are judged alike."""

import dataclasses

import numpy as np
import pytest

from ptreach.check.counts import count_days
from ptreach.check.opening import open_feeds, open_files
from ptreach.check.survey import survey_feeds
from ptreach.check.verdict import RULES, judge, sorted_findings
from ptreach.model import Decision, Finding, Severity
from ptreach.sources.modes import MODES
from town import build, straight_street
from weeks import day, every_minutes

RAIL = "route_id,route_short_name,route_type,agency_id\nr,1,2,a\n"
PLACES = {"A": (0.0, 40.0), "B": (900.0, 0.0), "F": (900.0, 700.0), "G": (900.0, 5_000.0)}


@pytest.fixture
def files(tmp_path, write):
    """A street of a kilometre, buses and trains along it and off it."""
    bus = write([*every_minutes(20), *every_minutes(3, name="f", stops=("F", "G"))], stops=PLACES)
    rail = write(every_minutes(5, start_s=6 * 3600), name="rail", routes=RAIL, stops=PLACES)
    return [straight_street(tmp_path / "street.osm", 1_000)], (bus, rail)


def test_a_built_network_holds_all_that_its_feeds_say(files, tmp_path):
    street, feeds = files
    alone = open_feeds(feeds)
    built = open_files(feeds, build(tmp_path, street[0], *feeds))
    assert built.name == alone.name == "bus.zip, rail.zip"
    assert (alone.stations, built.stations) == (None, {})
    for one, other in zip(count_days(alone.feeds, MODES), count_days(built.feeds, MODES), strict=True):
        assert np.array_equal(one, other)
    one, other = (
        judge(survey_feeds(*opened[:3], [day(4, 1)]), day(4, 1), date_from="--date")
        for opened in (alone, built)
    )
    assert one.findings == ()
    assert [finding.rule for finding in other.findings] == ["stops-off-streets"]
    strip = {"findings": (), "decision": Decision.GO, "repairs": ()}
    assert dataclasses.replace(one, **strip) == dataclasses.replace(other, **strip)


def test_stops_have_their_distance_to_the_street(files, tmp_path):
    street, feeds = files
    opened = open_files(feeds, build(tmp_path, street[0], *feeds)).feeds
    metres = dict(zip(opened.stop_ids, opened.stop_street_m.tolist(), strict=True))
    assert metres["bus:A"] == pytest.approx(40, abs=0.1)
    assert metres["rail:B"] == pytest.approx(0, abs=0.1)
    assert metres["bus:F"] == pytest.approx(700, abs=0.5)
    assert np.isnan(metres["bus:G"])


def test_findings_are_sorted_by_severity_then_rule_then_words():
    found = [
        Finding(severity, rule, what, 1, "")
        for what in "ba"
        for rule in (RULES[-1], RULES[0])
        for severity in (Severity.NOTE, Severity.NO_GO, Severity.WARNING)
    ]
    assert [(one.severity.value, one.rule, one.what) for one in sorted_findings(found)] == [
        (severity, rule, what)
        for severity in ("no go", "warning", "note")
        for rule in (RULES[0], RULES[-1])
        for what in "ab"
    ]
