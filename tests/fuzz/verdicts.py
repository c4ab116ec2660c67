"""Verdicts on feeds damaged as those of `fuzz.gtfs` are: what is counted, proposed and written of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import town
from fuzz.case import Parser
from fuzz.gtfs import write_feed
from ptreach.check.feeds import feeds_of_timetables
from ptreach.check.proposal import propose
from ptreach.check.report import verdict_lines, verdicts_json
from ptreach.check.survey import survey_feeds
from ptreach.check.verdict import judge
from ptreach.outputs.paperwork.qa import write_page
from ptreach.sources.gtfs import read_timetables

if TYPE_CHECKING:
    from pathlib import Path


def read_case(folder: Path) -> int:
    """Judge a day, and the best one there is; say it in lines, as JSON and as a page."""
    survey = survey_feeds(
        "bus.zip", feeds_of_timetables(read_timetables([folder / "bus.zip"])), None, [town.TUESDAY]
    )
    proposal = propose(survey, None)
    for date in {town.TUESDAY, proposal.date if proposal else town.TUESDAY}:
        verdict = judge(survey, date, date_from="--date")
        assert all(line == " ".join(line.splitlines()) for line in verdict_lines(verdict))
        assert json.loads(verdicts_json([verdict]))
        write_page(folder / "page.html", verdict)
        assert (folder / "page.html").stat().st_size
    return len(survey.feeds.repairs)


PARSER = Parser(write_feed, read_case)
