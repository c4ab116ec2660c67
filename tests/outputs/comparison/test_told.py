"""A comparison as text and as JSON: the same figures, aligned for readers and named for scripts."""

import dataclasses
import json
import math
import re
from pathlib import Path

import pytest

from ptreach.outputs.compared import clock, floored_sentence, kappa_text, share_text, signed_clock
from ptreach.outputs.comparison.as_json import comparison_json
from ptreach.outputs.comparison.text import comparison_text


def test_times_and_shares_are_written_without_doubt():
    assert [clock(seconds) for seconds in (0, 59, 725, 7199, None)] == [
        "0:00",
        "0:59",
        "12:05",
        "119:59",
        "not reached",
    ]
    assert [signed_clock(seconds) for seconds in (91, -91, 0, None)] == ["+1:31", "−1:31", "0:00", ""]
    assert [share_text(share) for share in (1, 0.999999, 0.123456, 0.000001, 0)] == [
        "100.00%", "99.99%", "12.35%", "0.01%", "0.00%",
    ]  # fmt: skip
    assert [kappa_text(kappa) for kappa in (1, 0.99999, 0.7594, -0.2, math.nan)] == [
        "1.000", "0.999", "0.759", "−0.200", "none",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("floored", "told"),
    [
        ("a", "A holds whole minutes only: times of B are cut down"),
        ("b", "B holds whole minutes only: times of A are cut down"),
        ("both", "Both hold whole minutes"),
        ("neither", "to the second"),
    ],
)
def test_what_was_done_about_whole_minutes_is_said(report, floored, told):
    comparison = dataclasses.replace(report.comparison, floored=floored)
    assert told in floored_sentence(comparison)
    assert told in comparison_text(dataclasses.replace(report, comparison=comparison))


def test_text_is_aligned_and_of_short_lines(report):
    text = comparison_text(report)
    assert max(map(len, text.splitlines())) <= 110
    blocks = text.split("\n\n")
    (bands,) = [block for block in blocks if block.startswith("Residents")]
    rows = bands.splitlines()[1:]
    assert len({len(row) for row in rows}) == 1
    (worst,) = [block for block in blocks if block.startswith("The 2 zones")]
    assert worst.splitlines()[2].split() == ["E01000004", "Ryde", "4", "33:20", "13:20", "−20:00"]


def test_names_that_break_lines_are_kept_in_one(report):
    (worst, *others) = report.comparison.worst
    odd = dataclasses.replace(worst, name="a\nb\x1b[31m" + "c" * 90)
    comparison = dataclasses.replace(report.comparison, worst=(odd, *others))
    text = comparison_text(dataclasses.replace(report, comparison=comparison))
    assert "\x1b" not in text
    assert "a b [31mc" in text
    assert "…" in text


def test_json_has_the_figures_by_name(report):
    content = json.loads(comparison_json(report))
    row = next(row for row in content["percentiles"] if row["percentile"] == content["shown"] == 50)
    assert (row["both"], row["only_a"], row["only_b"], row["neither"]) == (3, 1, 1, 0)
    assert row["difference_s"]["max"] == 120
    assert sum(row["differences"].values()) == 3
    assert content["people"][2][0] == 100
    assert content["worst"][0]["difference_s"] == -1200
    assert content["only_b"][0] | {"a_s": None, "b_s": 3660, "a_note": "off network"} == content["only_b"][0]
    assert len(content["bands"]) == len(row["pairs_by_band"]) == 4


def test_json_of_matrices_has_nothing_of_packs_and_no_nan(report):
    shown = dataclasses.replace(report.comparison.shown_at, kappa_linear=math.nan, quantiles_s=None)
    comparison = dataclasses.replace(report.comparison, at=(shown,))
    content = json.loads(comparison_json(dataclasses.replace(report, comparison=comparison, pack=None)))
    assert content["percentiles"][0]["kappa_linear"] is None
    assert content["percentiles"][0]["difference_s"]["p50"] is None
    assert not {"people", "unlike", "zones"} & set(content)


def test_the_readme_has_every_key(report):
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"(?ms)^\| key of a comparison \| meaning \|\n\|---\|---\|\n(.*?)\n\n", readme)
    told = set(re.findall(r"`(\w+)`", table))
    content = json.loads(comparison_json(report))
    row, pair, unlike = content["percentiles"][0], content["worst"][0], {"what", "a", "b"}
    assert set(content) | set(row) | set(pair) | set(content["a"]) | unlike <= told
    rows = [line.split(" | ")[0] for line in table.splitlines()]
    assert [key for names in rows for key in re.findall(r"`(\w+)`", names)] == list(content)
