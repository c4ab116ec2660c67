"""The command that says why a zone takes as long as it does."""

from pathlib import Path
from typing import Annotated

import typer

from ptreach.cli.console import say, stage_progress
from ptreach.cli.options import Settings, Workers, home_folder


def explain(
    ctx: typer.Context,
    of: Annotated[
        Path,
        typer.Argument(metavar="CONFIG|PACK", exists=True, help="File of a town, or folder of its pack."),
    ],
    zone: Annotated[str, typer.Argument(metavar="ZONE", help="Code or name of a zone of its pack.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    workers: Workers,
) -> None:
    """Say why a zone takes as long as it does.

    Its minutes, what most time goes to, the journeys behind them leg by leg, and the routes that are quickest
    over the window. Legs add up to the minutes of the pack.
    """
    from ptreach import pipeline
    from ptreach.outputs.explanation import explanation_json, explanation_text

    settings: Settings = ctx.obj
    with stage_progress(quiet=settings.quiet) as progress:
        near = Path.cwd() if of.is_dir() else of.parent
        told = pipeline.explain(
            of, zone, home=home_folder(settings, near), workers=workers, progress=progress
        )
    say(explanation_json(told) if as_json else explanation_text(told))
