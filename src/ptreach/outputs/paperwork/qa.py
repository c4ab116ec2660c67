"""qa.html: the verdict on a timetable as one page that opens from disk, without scripts or a network."""

from __future__ import annotations

import dataclasses
from html import escape
from typing import TYPE_CHECKING, Final

from ptreach.errors import InputError
from ptreach.model import MAP_NODES, Decision, Severity
from ptreach.outputs.paperwork.heatmap import heat_map, legend, trips_on, weeks_shown
from ptreach.outputs.paperwork.markup import html_page, html_table, paragraph
from ptreach.outputs.wording import long_date

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.model import Comparison, DaySeries, Finding, Verdict
    from ptreach.outputs.paperwork.heatmap import Weeks

_WORDS: Final = {
    Decision.GO: "Go",
    Decision.WARNINGS: "Go, with warnings",
    Decision.NO_GO: "No go",
}
_MEANING: Final = {
    Decision.GO: "Nothing speaks against this date and timetable.",
    Decision.WARNINGS: "The numbers can be computed; read the warnings before they are quoted.",
    Decision.NO_GO: "Nothing should be computed on this date: the numbers would mislead.",
}
_MOST_OPERATORS: Final = 10
_CLASSES: Final = {
    Decision.GO: "go",
    Decision.WARNINGS: "warning",
    Decision.NO_GO: "no-go",
    Severity.NO_GO: "no-go",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}


def write_page(path: Path, verdict: Verdict) -> None:
    """Write the page of a verdict that belongs to no pack.

    Raises
    ------
    InputError
        Where the file can't be written.
    """
    try:
        path.write_text(qa_page(verdict, verdict.network), encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(
            f"the page can't be written: {error.strerror}", where=str(path), remedy="name another file"
        ) from error


def qa_page(
    verdict: Verdict,
    name: str,
    *,
    made_up: bool = False,
    of_run: Sequence[tuple[str, str]] = (),
    sunset: str = "",
) -> str:
    """Return the page: verdict, findings, the date beside others, a calendar of each mode, feeds, cleaning.

    `name` is what the timetable serves: a town, else the network. `of_run` are sections on what was computed,
    which come before those on how the timetable was judged; `sunset` says how long it may be quoted.
    """
    weeks = weeks_shown(verdict)
    sections = [
        ("What was found", _findings(verdict)),
        ("The date beside others of its weekday", _comparisons(verdict)),
        ("Trips day by day", _calendar(verdict, weeks)),
        ("The feeds", _feeds(verdict)),
        ("What was read, mended and left out", _cleaning(verdict)),
        *of_run,
        ("How this was judged", _criteria(verdict)),
    ]
    return html_page(
        f"{'Quality check' if of_run else 'Timetable check'}: {name}",
        f"Network {verdict.network}, {long_date(verdict.date)} (date from {verdict.date_from})",
        sections,
        above=(paragraph(sunset) if sunset else "") + _banner(verdict),
        made_up=made_up,
        footer="Written by ptreach. The same files and date give the same page.",
        listed=True,
    )


def _banner(verdict: Verdict) -> str:
    """Return the decision, what decides it, and the date to take instead."""
    counts = [
        (severity, sum(finding.severity is severity for finding in verdict.findings)) for severity in Severity
    ]
    names = {Severity.NO_GO: "no go", Severity.WARNING: "warning", Severity.NOTE: "note"}
    told = ", ".join(
        f"{number} {names[severity]}{'s' if number != 1 and severity is not Severity.NO_GO else ''}"
        for severity, number in counts
        if number
    )
    lines = [f"<strong>{_WORDS[verdict.decision]}</strong>", f"<p>{_MEANING[verdict.decision]}</p>"]
    lines.append(f"<p>{escape(_trips_words(verdict))}</p>")
    if told:
        lines.append(f"<p>Found: {told}.</p>")
    if verdict.proposal:
        lines.append(f"<p>Proposed instead: <b>{escape(verdict.proposal.why)}</b>.</p>")
    return f'<div class="verdict {_CLASSES[verdict.decision]}">{"".join(lines)}</div>'


def _trips_words(verdict: Verdict) -> str:
    """Return the trips of the date, in all and by mode."""
    trips = [(row.name, row.trips) for row in verdict.comparisons if row.kind == "mode"]
    modes = ", ".join(f"{name} {number:,}" for name, number in trips)
    total = sum(number for _, number in trips)
    return f"Trips on {long_date(verdict.date)}: {total:,} ({modes})."


def _findings(verdict: Verdict) -> str:
    """Return the findings as a list, the gravest first."""
    if not verdict.findings:
        return "<p>Nothing.</p>"
    return f'<ul class="findings">\n{chr(10).join(map(_finding, verdict.findings))}\n</ul>'


def _finding(finding: Finding) -> str:
    """Return one finding: what, remedy, and where it can be seen."""
    label = finding.severity.capitalize()
    seen = ""
    if finding.example:
        where = ", ".join(part for part in dataclasses.astuple(finding.example) if part)
        seen = f'<p class="seen">For example {escape(where)}</p>'
    return (
        f'<li><span class="badge {_CLASSES[finding.severity]}">{label}</span> '
        f"{escape(_sentence(finding.what))}"
        f"<p>{escape(_sentence(finding.remedy))}</p>{seen}</li>"
    )


def _sentence(words: str) -> str:
    """Return words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}."


def _comparisons(verdict: Verdict) -> str:
    """Return the trips of the date beside the usual ones; many operators are folded away."""
    several = len(verdict.feeds) > 1
    rows = [row for row in verdict.comparisons if row.kind != "operator" and (several or row.kind != "feed")]
    operators = [row for row in verdict.comparisons if row.kind == "operator"]
    folded = len(operators) > _MOST_OPERATORS
    table = _comparison_table(verdict, rows if folded else [*rows, *operators])
    if not folded:
        return table
    more = _comparison_table(verdict, operators)
    return f"{table}\n<details><summary>{len(operators)} operators, as a table</summary>{more}</details>"


def _comparison_table(verdict: Verdict, rows: Sequence[Comparison]) -> str:
    """Return a table of trips on the date and at other times."""
    days = f"{long_date(verdict.date).split(' ', maxsplit=1)[0]}s"
    return html_table(
        f"Medians of other {days}: of the weeks around, and of all of full service; no bank holidays.",
        ("service", "trips on the date", "weeks around", "date / weeks around", "whole timetable"),
        [
            (row.name if row.kind == "all" else f"{row.kind}: {row.name}", f"{row.trips:,}", *_usual(row))
            for row in rows
        ],
        numbers=(1, 2, 3, 4),
    )


def _usual(row: Comparison) -> tuple[str, str, str]:
    """Return the usual numbers of a row, and the share of the first that the date has."""
    near = f"{row.near:,.0f}" if row.near is not None else "none"
    share = f"{row.trips / row.near:.0%}" if row.near else ""
    return near, share, f"{row.span:,.0f}" if row.span is not None else "none"


def _calendar(verdict: Verdict, weeks: Weeks) -> str:
    """Return a calendar of each mode, what its colours mean, and the same by weeks as a table."""
    modes = [series for series in verdict.series if series.kind == "mode"]
    span = f"From {long_date(weeks.first)} to {long_date(weeks.last)}."
    parts = [
        f"<p>{span} Colours are shares of the busiest day of the mode.</p>",
        legend(days_off=verdict.days_off is not None),
    ]
    for number, series in enumerate(modes):
        drawing = heat_map(series, verdict, weeks, number)
        label = escape(f"Calendar of {series.name}", quote=True)
        parts.append(f"<h3>{escape(series.name.capitalize())}</h3>")
        parts.append(f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">{drawing}</div>')
    table = _week_table(verdict, weeks, modes)
    return "\n".join([*parts, f"<details><summary>The same by weeks, as a table</summary>{table}</details>"])


def _week_table(verdict: Verdict, weeks: Weeks, modes: Sequence[DaySeries]) -> str:
    """Return the trips of each week and mode, with the days off in it."""
    rows = []
    for week in range(weeks.number):
        days = [weeks.day(week, weekday) for weekday in range(7)]
        totals = [f"{sum(trips_on(one, verdict.first_day, day) for day in days):,}" for one in modes]
        off = [row.name for row in verdict.days_off or () if row.first <= days[6] and row.last >= days[0]]
        notes = [*(["the date"] if verdict.date in days else []), *dict.fromkeys(off)]
        rows.append((days[0].isoformat(), *totals, "; ".join(notes)))
    header = ("week from Monday", *(f"{one.name} trips" for one in modes), "days off")
    return html_table("Trips of each week.", header, rows, numbers=range(1, len(modes) + 1))


def _feeds(verdict: Verdict) -> str:
    """Return the days of each feed."""
    rows = [
        (feed.feed, f"{feed.trips:,}", _days(feed.full_first, feed.full_last), _days(feed.first, feed.last))
        for feed in verdict.feeds
    ]
    caption = "Days with any trip, and those of the weeks of full service."
    return html_table(caption, ("feed", "trips", "full service", "any service"), rows, numbers=(1,))


def _days(first: dt.date, last: dt.date) -> str:
    """Return two dates as a span."""
    return f"{first.isoformat()} to {last.isoformat()}"


def _cleaning(verdict: Verdict) -> str:
    """Return the rows before and after cleaning, and every repair."""
    rows = [
        (one.feed, one.table, f"{one.read:,}", f"{one.read - one.kept:,}", f"{one.kept:,}")
        for one in verdict.cleaned
    ]
    cut = any(one.table == MAP_NODES for one in verdict.cleaned)
    tables = html_table(
        "Rows of the feeds before and after cleaning"
        + ", and nodes of maps cut to what was needed" * cut
        + ".",
        ("feed", "table", "in the files", "left out", "kept"),
        rows,
        numbers=(2, 3, 4),
    )
    if not verdict.repairs:
        return f"{tables}\n<p>Nothing had to be mended or left out.</p>"
    repairs = [
        (one.what, one.feed, f"{one.count:,}", one.done, one.example, one.rule) for one in verdict.repairs
    ]
    header = ("what was found", "feed", "how often", "what was done", "such as", "rule")
    return tables + "\n" + html_table("Mended or left out.", header, repairs, numbers=(2,))


def _criteria(verdict: Verdict) -> str:
    """Return what makes a warning and what a no go, and what the days off are worth."""
    off = (
        "Bank holidays are those of England and Wales. School terms differ from place to place: the days "
        "marked are those on which most English schools are shut."
        if verdict.days_off is not None
        else "Bank and school holidays are known for England only, and not marked here."
    )
    items = "".join(f"<li>{escape(words)}</li>" for words in (*verdict.criteria, off))
    return f"<ul>{items}</ul>"
