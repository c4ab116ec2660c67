"""docs/streets.md and the code say the same of each tag."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ptreach.sources import foot
from ptreach.sources.foot import WAY_KEYS, WalkAccess, is_impassable, walk_access

PAGE = (Path(__file__).parents[2] / "docs" / "streets.md").read_text(encoding="utf-8")
MEANINGS = {
    "open": WalkAccess(forward=True, backward=True, linkable=True),
    "closed": None,
    "along": WalkAccess(forward=True, backward=False, linkable=True),
    "against": WalkAccess(forward=False, backward=True, linkable=True),
    "through": WalkAccess(forward=True, backward=True, linkable=False),
}


def rows(*chapters: str) -> list[tuple[str, str, str]]:
    """Tags, and what they mean by our rules and by R5's, one of each a row."""
    found = []
    for chapter in chapters:
        text = re.search(rf"(?ms)^## {chapter}\n(.*?)(?=^## |\Z)", PAGE).group(1)
        for tags, ours, theirs, _ in re.findall(r"(?m)^\| (`.+?) \| (\w+) \| (\w+) \| (.*)\|$", text):
            found += [(tag, ours, theirs) for tag in re.findall(r"`([^`]+)`", tags)]
        lines = [line for line in text.splitlines() if line.startswith("| `")]
        assert len(lines) == len(re.findall(r"(?m)^\| `.+? \| \w+ \| \w+ \| .*\|$", text))
    return found


def as_tags(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split())


@pytest.mark.parametrize(("tags", "ours", "theirs"), rows("Ways", "Access"))
def test_ways_are_walked_as_the_page_says(tags, ours, theirs):
    values = tuple(as_tags(tags).get(key, "") for key in WAY_KEYS)
    assert walk_access(values, local_streets=True) == MEANINGS[ours]
    assert walk_access(values, local_streets=False) == MEANINGS[theirs]


@pytest.mark.parametrize(("tags", "ours", "theirs"), rows("Gates and other nodes"))
def test_nodes_are_passed_as_the_page_says(tags, ours, theirs):
    assert ours == theirs
    assert is_impassable(as_tags(tags)) == (ours == "closed")


def test_the_page_has_each_value_that_the_code_knows():
    told = {(key, value) for tags, _, _ in rows("Ways", "Access") for key, value in as_tags(tags).items()}
    for table in (foot._LOCAL_OPEN, foot._LOCAL_CLOSED):
        for key, values in (
            ("highway", table.not_streets | table.closed_roads | foot._FOOT_ROADS),
            ("cycleway", table.unbuilt_cycleways),
            ("access", table.opened | table.closed),
        ):
            assert {(key, value) for value in values} <= told
    assert set(WAY_KEYS) <= {key for key, _ in told}


def test_the_page_tells_no_tag_twice():
    tags = [tags for tags, _, _ in rows("Ways", "Access", "Gates and other nodes")]
    assert len(set(tags)) == len(tags)
