"""The command that looks at the machine."""

import json
from typing import Annotated

import typer

from ptreach.cli.console import say
from ptreach.cli.options import R5Jar
from ptreach.cores import cores


def doctor(
    r5_jar: R5Jar = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Print what this machine has, and what is missing.

    Releases, cores, memory, caches; what publish and --engine r5 need, all else needs no more. Lines of what
    is missing begin with an exclamation mark, and say how to get it.
    """
    from ptreach.doctor import examine

    items = examine(cores(), r5_jar)
    if as_json:
        say(json.dumps([item._asdict() for item in items], indent=1))
        return
    width = max(len(item.name) for item in items)
    for item in items:
        say(f"{' ' if item.ok else '!'} {item.name:<{width}}  {item.found}")
        if item.remedy:
            say(f"  {'':<{width}}  {item.remedy}")
