"""A second reader beside ours: where it agrees, where it does not and why, and what it is not asked."""

import datetime as dt
import sys
import types
import zipfile
from pathlib import Path

import pytest

from ptreach.check.second_reader import RULE, second_findings
from ptreach.errors import InputError
from ptreach.model import Decision, Severity
from ptreach.sources.demo.gtfs import write_feed as write_demo_feed
from ptreach.sources.demo.plan import make_plan
from ptreach.sources.demo.transit import make_rail
from town import read_feed, write_feed
from weeks import day, every_minutes, finding, rules

TUESDAY, SATURDAY = day(4, 1), day(4, 5)
DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
REAL = {
    DATA / "isle-of-wight" / "iow-bus-gtfs.zip": dt.date(2020, 6, 16),
    DATA / "isle-of-wight" / "iow-rail-gtfs.zip": dt.date(2020, 6, 16),
    DATA / "rhein-neckar" / "rnv_gtfs.zip": dt.date(2016, 11, 1),
    DATA / "chester" / "chester-20230816-small_gtfs.zip": dt.date(2023, 10, 10),
}


@pytest.fixture
def asked(survey):
    """The one finding of the second reader on each date."""

    def of(*paths, dates=(TUESDAY,)):
        found = second_findings(survey(*paths, dates=dates), paths, dates)
        assert list(found) == list(dates)
        return [one for findings in found.values() for one in findings]

    return of


def test_where_both_read_the_same_one_line_says_so(asked, write):
    trips = [*every_minutes(30), *every_minutes(4, "weekend", name="s")]
    tuesday, saturday = asked(
        write(trips), write(every_minutes(5, start_s=36_000), "more"), dates=(TUESDAY, SATURDAY)
    )
    assert (tuesday.severity, tuesday.rule, tuesday.count) == (Severity.NOTE, RULE, 35)
    assert tuesday.what == (
        "the second reader, gtfs-kit, reads the same: 35 trips on Tuesday 2026-10-06, "
        "their stops, services and modes"
    )
    assert saturday.count == 4
    assert saturday.example is None


def test_what_cleaning_takes_is_counted_by_its_rules(asked, write):
    trips = [*every_minutes(10), ("lost", "weekdays", [("A", "8:00:00"), ("nowhere", "8:05:00")])]
    (found,) = asked(write(trips))
    assert found.severity is Severity.NOTE
    assert found.what.startswith(
        "the second reader, gtfs-kit, reads the same: 11 trips on Tuesday 2026-10-06"
    )
    assert "; 10 after cleaning, by " in found.what
    assert "calls-at-unknown-stops 1" in found.what


def test_departures_of_frequencies_are_more_than_the_trips_read(asked, write):
    text = "trip_id,start_time,end_time,headway_secs\nt0,8:00:00,9:00:00,600\n"
    (found,) = asked(write(every_minutes(2), frequencies=text))
    assert "reads the same: 2 trips" in found.what
    assert found.what.endswith("; 7 with the departures of frequencies.txt")


def test_a_trip_that_the_other_loses_is_a_warning_with_its_id(verdict, survey, write):
    path = write([*every_minutes(3), ("NA", "weekdays", [("A", "8:00:00"), ("B", "8:05:00")])])
    (found,) = second_findings(survey(path), [path], [TUESDAY])[TUESDAY]
    assert (found.severity, found.count) == (Severity.WARNING, 1)
    assert "3 trips, ours 4" in found.what
    assert "no rule of cleaning found anything" in found.what
    assert (found.example.feed, found.example.file, found.example.id) == ("bus", "trips.txt", "trip_id NA")


def test_a_stop_that_the_other_loses_is_counted_apart(asked, write):
    trips = [("t", "weekdays", [("A", "8:00:00"), ("null", "8:05:00")])]
    (found,) = asked(write(trips, stops={"A": (0.0, 0.0), "null": (1000.0, 0.0)}))
    assert "1 stops, ours 2" in found.what
    assert "trips" not in found.what
    assert found.example.id == "stop_id null"


def test_a_row_too_long_for_the_other_is_named(asked, write, tmp_path):
    texts = read_feed(write(every_minutes(3)))
    texts["trips"] = texts["trips"].replace("t1,r,weekdays", "t1,r,weekdays,,,surplus")
    head, _, rest = texts["trips"].partition("\n")
    texts["trips"] = f"{head},block_id\n{rest}"
    path = write_feed(tmp_path / "uneven.zip", **texts)
    with pytest.raises(InputError, match=r"gtfs-kit can't read it \(ParserError\)") as caught:
        asked(path)
    assert caught.value.where == str(path)
    assert "--second-reader" in caught.value.remedy


@pytest.mark.parametrize("form", ["semicolons", "zip in a zip"])
def test_what_the_other_can_not_read_is_named(asked, write, tmp_path, form):
    path = write(every_minutes(3))
    if form == "semicolons":
        texts = {name: text.replace(",", ";") for name, text in read_feed(path).items()}
        path = write_feed(tmp_path / "other.zip", **texts)
    else:
        inner, path = path, tmp_path / "outer.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(inner, "inner.zip")
    with pytest.raises(InputError, match="gtfs-kit can't read it") as caught:
        asked(path)
    assert caught.value.where == str(path)


def test_a_feed_too_large_for_the_memory_is_refused_before_it_is_read(asked, write, monkeypatch):
    path = write(every_minutes(30))
    with zipfile.ZipFile(path) as archive:
        text_n = sum(item.file_size for item in archive.infolist())
    # four times the text is just three quarters of it
    free = types.SimpleNamespace(total=1 << 62, available=-(-16 * text_n // 3))
    monkeypatch.setattr("psutil.virtual_memory", lambda: free)
    asked(path)
    free.available -= 3
    with pytest.raises(InputError, match=r"may need 0\.0 GB of memory for its tables"):
        asked(path)


def test_without_the_library_the_remedy_is_to_install_it(asked, write, monkeypatch):
    monkeypatch.setitem(sys.modules, "gtfs_kit", None)
    with pytest.raises(InputError, match="gtfs-kit is not installed") as caught:
        asked(write(every_minutes(3)))
    assert caught.value.remedy == 'install it: pip install ".[check]"'


def test_the_made_up_trains_are_read_alike(asked, tmp_path):
    path = tmp_path / "rail.zip"
    write_demo_feed(path, make_rail(make_plan()), "rail")
    with zipfile.ZipFile(path) as archive:
        services = archive.read("trips.txt").decode()
    (found,) = asked(path, dates=(dt.date(2026, 10, 13),))
    assert found.severity is Severity.NOTE
    assert 0 < found.count <= services.count("\n") - 1


def test_the_verdict_has_it_among_its_findings(survey, write):
    from ptreach.check.verdict import judge

    path = write([*every_minutes(30), ("NA", "weekdays", [("A", "20:00:00"), ("B", "20:05:00")])])
    known = survey(path, dates=[TUESDAY])
    plain = judge(known, TUESDAY, date_from="--date")
    second = second_findings(known, [path], [TUESDAY])[TUESDAY]
    found = judge(known, TUESDAY, date_from="--date", second=second)
    assert sorted([*rules(plain), RULE]) == sorted(rules(found))
    assert found.decision is Decision.WARNINGS
    assert finding(found, RULE) == second[0]
    assert found.proposal is None  # another date would not help


@pytest.mark.real
@pytest.mark.skipif(not all(path.is_file() for path in REAL), reason=f"no feeds in {DATA}")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_feeds_are_read_alike(asked, path):
    (found,) = asked(path, dates=(REAL[path],))
    assert found.severity is Severity.NOTE, found.what
    assert found.count > 0
