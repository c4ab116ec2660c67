"""The verdict on a timetable, asked for or before a run."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ptreach.caches import cache_folder
from ptreach.check.opening import open_feeds, open_files, open_recipe
from ptreach.check.proposal import propose
from ptreach.check.report import deciding, finding_words
from ptreach.check.second_reader import second_findings
from ptreach.check.survey import require_year, survey_feeds
from ptreach.check.verdict import judge
from ptreach.errors import InputError
from ptreach.model import Severity
from ptreach.network.build import CLEANING, build_network
from ptreach.network.rules import OURS
from ptreach.networks import part_for_all
from ptreach.outputs.paperwork.qa import write_page
from ptreach.routers import NetworkFiles, first_run_told
from ptreach.sources.recipe import (
    load_network_recipe,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.config import Town
    from ptreach.model import Progress, Verdict
    from ptreach.region import Region
    from ptreach.routers import NetworkInputs

_log = logging.getLogger(__name__)


class FeedFiles(NamedTuple):
    """Timetables by their files, without streets."""

    gtfs: tuple[Path, ...]


class AskedDate(NamedTuple):
    """A date to give a verdict on, and where it comes from: ``--date``, ``config/ryde.toml``."""

    date: dt.date
    source: str


def check(
    inputs: NetworkInputs | FeedFiles,
    dates: Sequence[AskedDate],
    *,
    html: Path | None,
    progress: Progress,
    second_reader: bool = False,
) -> tuple[Verdict, ...]:
    """Return the verdict on the timetable for each date; for the best one there is where none is given.

    `html` names the page to be written of the first of them, if any. With `second_reader`, gtfs-kit reads the
    feeds too, and a finding says whether it reads the same.

    A network that is built, or that is given by its files, has its stops set beside its streets.

    Raises
    ------
    InputError
        For a fault of a recipe or of any file, as `build` does; where no date can be proposed.
    """
    for asked in dates:
        require_year(asked.date, asked.source)
    stage = "check"
    progress(stage, 0, 1)
    if isinstance(inputs, FeedFiles):
        opened = open_feeds(inputs.gtfs, progress=progress)
    elif isinstance(inputs, NetworkFiles):
        built = build_network(inputs.osm, inputs.gtfs, cache_folder() / "built", progress, OURS)
        with first_run_told(progress):
            opened = open_files(inputs.gtfs, built)
    else:
        with first_run_told(progress):
            recipe = load_network_recipe(inputs.name, inputs.home)
            part = CLEANING if recipe.clip else part_for_all(recipe, inputs.home)
            opened = open_recipe(recipe, inputs.home, part, progress)
    survey = survey_feeds(opened.name, opened.feeds, opened.stations, [asked.date for asked in dates])
    if not dates:
        proposal = propose(survey, None)
        if proposal is None:
            what = "no date can be proposed: the feeds have no day of full service in common"
            raise InputError(
                what, where=opened.name, remedy="name a date with --date to see why, or take other feeds"
            )
        dates = [AskedDate(proposal.date, "proposed: no date was given")]
    second = second_findings(survey, opened.gtfs, [asked.date for asked in dates]) if second_reader else {}
    verdicts = tuple(
        judge(survey, asked.date, date_from=asked.source, second=second.get(asked.date, ()))
        for asked in dates
    )
    if html is not None:
        write_page(html, verdicts[0])
    progress(stage, 1, 1)
    return verdicts


def go(region: Region, town: Town) -> Verdict:
    """Return the verdict on a town's timetable and date, its warnings logged.

    Raises
    ------
    InputError
        Where it is a no go: says why, and names the date to take instead.
    """
    require_year(town.date, f"{town.path}, date")
    survey = region.survey(town.date)
    verdict = judge(survey, town.date, date_from=town.path.name, window_s=town.preset.window)
    decides = deciding(verdict)
    if decides:
        remedy = f"take {verdict.proposal.why}" if verdict.proposal else decides.remedy
        raise InputError(decides.what, where=f"{town.path}, date", remedy=remedy)
    for finding in verdict.findings:
        if finding.severity is Severity.WARNING:
            _log.warning("%s: %s", town.path, finding_words(finding))
    return verdict
