"""The command that gives a verdict on a timetable before anything is routed on it."""

import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ptreach.cli.console import say, say_table, stage_progress
from ptreach.cli.options import Settings, home_folder, option_error, out_folder, service_date
from ptreach.config import load_town, read_toml
from ptreach.errors import InputError

if TYPE_CHECKING:
    import datetime as dt

    from ptreach.model import Verdict
    from ptreach.pipeline import AskedDate, FeedFiles
    from ptreach.routers import NetworkInputs


def check(
    ctx: typer.Context,
    network: Annotated[
        str | None, typer.Argument(metavar="NETWORK", help="A network: a folder of networks/.")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD",
            help="Day of service; default: the dates of the towns in config/ that name the network, "
            "else one is proposed.",
        ),
    ] = None,
    gtfs: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Instead of NETWORK: a GTFS zip; may be repeated.",
        ),
    ] = None,
    osm: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="With --gtfs: streets (.osm.pbf); may be repeated.",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the page of the check too, as packs have it.")
    ] = None,
    *,
    second_reader: Annotated[
        bool,
        typer.Option(
            "--second-reader", help="Have gtfs-kit read the feeds too, and say whether it reads the same."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Say whether a timetable can be routed on.

    Print a verdict for each date: go, go with warnings, or no go, which ends in exit code 2.
    """
    from ptreach import pipeline
    from ptreach.check.report import deciding, verdicts_json
    from ptreach.routers import NamedNetwork

    settings: Settings = ctx.obj
    asked = [pipeline.AskedDate(service_date(date), "--date")] if date else []
    inputs = _inputs(settings, network, tuple(osm or ()), tuple(gtfs or ()))
    if not asked and isinstance(inputs, NamedNetwork):
        asked = _dates_of_towns(inputs.name, inputs.home)
    if html is not None:
        out_folder(html.parent, "--html")
        if len(asked) > 1:
            days = ", ".join(str(one.date) for one in asked)
            raise option_error("--html", f"the towns have several dates: {days}", "name one with --date")
    with stage_progress(quiet=settings.quiet) as progress:
        verdicts = pipeline.check(inputs, asked, html=html, progress=progress, second_reader=second_reader)
    if as_json:
        say(verdicts_json(verdicts))
    else:
        for verdict in verdicts:
            _show(verdict)
    for verdict in verdicts:
        finding = deciding(verdict)
        if finding:
            remedy = f"take {verdict.proposal.why}" if verdict.proposal else finding.remedy
            raise InputError(f"no go: {finding.what}", where=verdict.network, remedy=remedy)


def _inputs(
    settings: Settings, network: str | None, osm: tuple[Path, ...], gtfs: tuple[Path, ...]
) -> "NetworkInputs | FeedFiles":
    """Return what is to be checked; refuse both ways at once, streets alone, or nothing."""
    from ptreach.pipeline import FeedFiles
    from ptreach.routers import NamedNetwork, NetworkFiles

    files = [option for option, given in (("--osm", osm), ("--gtfs", gtfs)) if given]
    if network is not None and files:
        raise option_error("NETWORK", f"given together with {' and '.join(files)}", "give one or the other")
    if network is not None:
        return NamedNetwork(name=network, home=home_folder(settings, Path.cwd()))
    if not gtfs:
        where = "--gtfs" if files else "NETWORK"
        raise option_error(where, "missing", "name a network, or give at least one --gtfs FILE")
    return FeedFiles(gtfs) if not osm else NetworkFiles(osm=osm, gtfs=gtfs)


def _dates_of_towns(network: str, home: Path) -> "list[AskedDate]":
    """Return the dates of the towns in ``config/`` that name a network, each with the files it is from."""
    from ptreach import pipeline

    files: dict[dt.date, list[str]] = defaultdict(list)
    for path in sorted((home / "config").glob("*.toml")):
        if read_toml(path).get("network") == network:
            files[load_town(path).date].append(f"config/{path.name}")
    return [pipeline.AskedDate(day, ", ".join(names)) for day, names in sorted(files.items())]


def _show(verdict: "Verdict") -> None:
    """Print a verdict: as tables on a terminal, as plain lines where stdout is piped."""
    from ptreach.check.report import comparison_cells, example_words, head_line, verdict_lines

    if not sys.stdout.isatty():
        for line in verdict_lines(verdict):
            say(line)
        return
    say(head_line(verdict))
    if verdict.findings:
        rows = [
            (one.severity, f"{one.count:,}", one.what, example_words(one), one.remedy)
            for one in verdict.findings
        ]
        say_table(("severity", "count", "what", "example", "remedy"), rows, right=(1,))
    if verdict.proposal:
        say(f"Proposed date: {verdict.proposal.why}")
    cells = [comparison_cells(row) for row in verdict.comparisons]
    say_table(("", "", f"trips {verdict.date}", "weeks around", "whole timetable"), cells, right=(2, 3, 4))
    spans = [
        (one.feed, f"{one.trips:,}", f"{one.full_first} to {one.full_last}", f"{one.first} to {one.last}")
        for one in verdict.feeds
    ]
    say_table(("feed", "trips", "full service", "any service"), spans, right=(1,))
