"""A second engine in a pack: its page, its words, its table and its manifest say the same, by hand."""

import csv
import html
import json
import re

import pytest

from manifest_keys import KEYS, key_of, paths_of
from ptreach.outputs.opinion import opinion_section, opinion_words
from ptreach.outputs.wording import engine_title

TITLE = "R5 7.5.1 (r5py 1.1.7, Java 21.0.4)"
# Ours in whole minutes are 14, 15, 29, 33 and none, theirs 14, 14, none, 40 and 50.


def text_of(content):
    """What is read of HTML, elements parted by bars."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"(<[^>]+>\s*)+", " | ", content)))


@pytest.fixture
def said(zones, facts, opinion):
    return text_of(opinion_section(zones, facts, opinion, (459_154.0, 92_600.0)))


def test_the_page_names_both_with_their_releases_and_counts_like_for_like(said):
    assert f"{TITLE} was asked the same question of the same prepared files as ptreach 0.1.0 (engine" in said
    # reached by both: 14 and 14, 15 and 14, 33 and 40 minutes
    assert "At p50, of 5 zones that either reaches, 60.00% are reached by both; of these 33.33%" in said
    assert "66.67% are within 1 minute and 66.67% within 5. 40.00% lie in the same band by both" in said
    assert "R5 holds whole minutes only: times of ptreach are cut down to whole minutes too." in said
    assert "| p50 | 3 | 1 | 1 | 60.00% | 33.33% |" in said
    assert "| p50 | \N{MINUS SIGN}1:00 | \N{MINUS SIGN}1:00 |" in said
    assert "| +7:00 |" in said
    assert "R5 rounds <down>." in said


def test_the_page_lists_zones_with_names_and_why_one_is_not_reached(said):
    assert (
        "| zone | name | ptreach | R5 | R5 less ptreach | "
        "E01000004 | Ryde 4 | 33:00 | 40:00 | +7:00 | E01000002 | Ryde 2 | 15:00 | 14:00 |"
    ) in said
    assert "Reached by ptreach only, soonest first: 1 of 1." in said
    assert "| E01000003 | Llŷn 3 | 29:00 | not reached |" in said
    assert "Reached by R5 only, soonest first: 1 of 1." in said
    assert "| E01000005 | Ryde 5 | not reached | 50:00 | off network |" in said


def test_the_map_says_what_it_shows(said):
    assert "Map of differences, R5 less ptreach" in said
    assert "Of 5 places: 0 more than a minute sooner in R5, 2 within a minute, 1 more than a minute" in said
    assert "1 reached by ptreach only, 1 reached by R5 only." in said


def test_its_words_are_the_agreement_and_the_limits_of_the_other(facts, opinion):
    words = opinion_words(facts, opinion)
    assert words[0].startswith(f"{TITLE} was asked")
    assert "3 zones" not in words[0]
    assert any("of 5 zones that either reaches" in sentence for sentence in words)
    assert words[-1] == "R5 rounds <down>."


def test_every_part_of_a_pack_that_tells_of_it(tmp_path, write, drawn, opinion):
    pack = write(tmp_path / "ryde", opinion=opinion)
    path = pack / "tables" / "ryde-second-opinion.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["second_minutes_p50"] for row in rows] == ["14.0", "14.0", "", "40.0", "50.0"]
    assert [row["second_less_first_p50"] for row in rows] == ["0.0", "-1.0", "", "7.0", ""]
    assert [row["second_band"] for row in rows] == [
        "under 15 min", "under 15 min", "not reached", "30 min or more", "30 min or more",
    ]  # fmt: skip
    assert {row["second_engine"] for row in rows} == {TITLE}
    assert "Second opinion: another engine" in (pack / "qa.html").read_text(encoding="utf-8")
    methods = (pack / "methods.md").read_text(encoding="utf-8")
    assert f"## Second opinion\n\n- {TITLE} was asked" in methods
    assert "A second engine reads the same files" in methods
    assert "ryde-second-opinion.csv" in (pack / "README.txt").read_text(encoding="utf-8")
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    told = manifest["second_opinion"]
    paths = [path for path in paths_of(manifest) if path.startswith("second_opinion.")]
    assert set(map(key_of, paths)) == {key for key in KEYS if key.startswith("second_opinion.")}
    assert told["software"]["r5_jar_sha256"] == 64 * "e"
    assert told["rules"] == {"snap_mm": 5000}
    assert told["floored"] == "b"
    (at,) = (row for row in told["percentiles"] if row["percentile"] == 50)
    assert (at["both"], at["only_a"], at["only_b"], at["neither"]) == (3, 1, 1, 0)
    assert at["difference_s"]["max"] == 420


def test_a_pack_without_one_has_no_trace_of_it(tmp_path, write, drawn):
    pack = write(tmp_path / "ryde")
    assert not list((pack / "tables").glob("*second*"))
    assert "## Second opinion" not in (pack / "methods.md").read_text(encoding="utf-8")
    assert "second_opinion" not in json.loads((pack / "manifest.json").read_text(encoding="utf-8"))


def test_our_engine_is_named_with_our_release():
    assert engine_title("raptor", "0.1.0", {}) == "ptreach 0.1.0 (engine raptor)"
