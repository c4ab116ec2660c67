"""A verdict as JSON and as lines of text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from ptreach.errors import in_one_line
from ptreach.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ptreach.model import Comparison, Finding, Verdict


def verdicts_json(verdicts: Iterable[Verdict]) -> str:
    """Return verdicts as a JSON list; keys are those of `Verdict`, dates ``YYYY-MM-DD``."""
    return json.dumps([_plain(verdict) for verdict in verdicts], ensure_ascii=False, indent=1)


def _plain(value: Any) -> Any:  # noqa: ANN401  any part of a verdict
    """Return a part of a verdict as what JSON knows."""
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def head_line(verdict: Verdict) -> str:
    """Return the decision in one line."""
    return (
        f"{verdict.decision.upper()}: {verdict.network} on {verdict.date:%A} {verdict.date.isoformat()} "
        f"({verdict.date_from})"
    )


def example_words(finding: Finding) -> str:
    """Return where a finding can be seen: feed, file, id."""
    if finding.example is None:
        return ""
    return ", ".join(part for part in dataclasses.astuple(finding.example) if part)


def finding_words(finding: Finding) -> str:
    """Return what was found, where it can be seen, and the remedy, in one line."""
    example = example_words(finding)
    shown = f" [{example}]" if example else ""
    return f"{finding.what}{shown}. {finding.remedy[:1].upper()}{finding.remedy[1:]}."


def deciding(verdict: Verdict) -> Finding | None:
    """Return the finding that makes a verdict a no go, None where it is none."""
    first = verdict.findings[0] if verdict.findings else None
    return first if first is not None and first.severity is Severity.NO_GO else None


def comparison_cells(row: Comparison) -> tuple[str, str, str, str, str]:
    """Return kind, name, trips of the date, of the weeks around and of the whole timetable."""
    near, span = (f"{value:,.0f}" if value is not None else "" for value in (row.near, row.span))
    return row.kind, row.name, f"{row.trips:,}", near, span


def verdict_lines(verdict: Verdict) -> list[str]:
    """Return a verdict as plain lines: decision, findings, proposal, feeds, trips beside the usual."""
    lines = [
        head_line(verdict),
        *(f"{one.severity}: {finding_words(one)} ({one.rule})" for one in verdict.findings),
    ]
    if verdict.proposal:
        lines.append(f"proposed date: {verdict.proposal.date.isoformat()} - {verdict.proposal.why}")
    lines += [
        f"feed {feed.feed}: {feed.trips:,} trips, full service {feed.full_first} to {feed.full_last}, "
        f"any {feed.first} to {feed.last}"
        for feed in verdict.feeds
    ]
    for row in verdict.comparisons:
        kind, name, trips, near, span = comparison_cells(row)
        who = name if kind == "all" else f"{kind} {name}"
        usual = (
            f"usual: {near or 'not known'} in the weeks around, {span or 'not known'} in the whole timetable"
        )
        lines.append(f"{who}: {trips} trips; {usual}")
    return [in_one_line(line) for line in lines]
