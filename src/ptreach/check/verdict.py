"""The verdict on a timetable for a date: go, go with warnings, or no go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.check.criteria import criteria
from ptreach.check.of_date import compare_with_usual, date_findings
from ptreach.check.of_feeds import feeds_findings
from ptreach.check.proposal import propose
from ptreach.check.second_reader import RULE as SECOND_READER
from ptreach.check.usual import FEED
from ptreach.model import Decision, FeedSpan, Severity, Verdict
from ptreach.sources.repairs import RULES as CLEANING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from ptreach.check.survey import Survey
    from ptreach.model import Finding

RULES: Final = (
    "no-service",
    "feeds-apart",
    "outside-feed",
    "mode-absent",
    "feed-absent",
    "operator-absent",
    "evening-before",
    "fewer-trips",
    "operator-fewer",
    "more-trips",
    "operator-more",
    "weekend",
    "bank-holiday",
    "school-holiday",
    "timetable-change",
    "feed-ends-soon",
    "mode-missing",
    "stops-far",
    "stops-off-streets",
    "doubles-in-feed",
    "bank-holiday-near",
    "school-terms-unknown",
    "services-never-run",
    SECOND_READER,
    *CLEANING,
)
"""Names of the rules, in the order of findings of one severity."""
ABOUT_DATE: Final = frozenset(RULES[: RULES.index("feed-ends-soon")])
"""Rules that another date may satisfy."""
_SEVERITIES: Final = tuple(Severity)


def judge(
    survey: Survey,
    date: dt.date,
    *,
    date_from: str,
    window_s: tuple[int, int] | None = None,
    second: Sequence[Finding] = (),
) -> Verdict:
    """Return the verdict on the date.

    Parameters
    ----------
    date_from
        Where the date comes from, as a reader is told: ``--date``, ``config/ryde.toml``.
    window_s
        Seconds of the day that will be asked about, where they are known.
    second
        What `second_findings` has found on the date, if it was asked.
    """
    comparisons = compare_with_usual(survey, date)
    findings = sorted_findings(
        [*date_findings(survey, date, comparisons, window_s), *feeds_findings(survey, date), *second]
    )
    bad = any(finding.rule in ABOUT_DATE and finding.severity is not Severity.NOTE for finding in findings)
    return Verdict(
        network=survey.name,
        date=date,
        date_from=date_from,
        decision=decision_of(findings),
        findings=findings,
        proposal=propose(survey, date) if bad else None,
        comparisons=comparisons,
        feeds=_feed_spans(survey),
        first_day=survey.date_of(0),
        series=tuple(series.plain() for series in survey.series),
        days_off=survey.days_off,
        cleaned=survey.feeds.rows,
        repairs=survey.feeds.repairs,
        criteria=criteria(),
    )


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings, the gravest first, then in the order of the rules, then of their words."""
    return tuple(
        sorted(
            findings,
            key=lambda one: (_SEVERITIES.index(one.severity), RULES.index(one.rule), one.what),
        )
    )


def decision_of(findings: Iterable[Finding]) -> Decision:
    """Return what findings come to: the gravest decides, notes do not."""
    severities = {finding.severity for finding in findings}
    if Severity.NO_GO in severities:
        return Decision.NO_GO
    return Decision.WARNINGS if Severity.WARNING in severities else Decision.GO


def _feed_spans(survey: Survey) -> tuple[FeedSpan, ...]:
    """Return the days and trips of each feed that has any."""
    trips = np.bincount(survey.feeds.feed_of_trip, minlength=len(survey.feeds.feed_ids))
    number = {feed: idx for idx, feed in enumerate(survey.feeds.feed_ids)}
    return tuple(
        FeedSpan(
            series.name,
            int(trips[number[series.name]]),
            survey.date_of(full.first),
            survey.date_of(full.last),
            survey.date_of(full.full_first),
            survey.date_of(full.full_last),
        )
        for series in survey.series
        if series.kind == FEED and (full := survey.full[series.name]) is not None
    )
