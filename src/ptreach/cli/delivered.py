"""The commands about packs that are written: verify and publish."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ptreach.cli.console import say
from ptreach.cli.options import Settings, home_folder, option_error
from ptreach.errors import InputError

_PACK = typer.Argument(metavar="PACK", help="Folder of a pack, such as packs/ryde.")


def verify(
    ctx: typer.Context,
    pack: Annotated[Path, _PACK],
    *,
    inputs: Annotated[
        bool,
        typer.Option(
            "--inputs", help="Whether the files of networks/ are still those it was made from, too."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Say whether a pack is as it was written.

    Every file is compared with the digest that manifest.json has of it. Files that are missing, changed or
    not of the pack are listed, and end in exit code 2.
    """
    from ptreach.outputs.paperwork.verify import verify_inputs, verify_pack

    settings: Settings = ctx.obj
    found = verify_pack(pack)
    kinds = {"missing": found.missing, "changed": found.changed, "extra": found.extra}
    told: dict[str, object] = {"pack": str(pack), "files": found.listed, "whole": found.is_whole, **kinds}
    line = f"{pack}: whole, {found.listed} files"
    if inputs:
        made_from = verify_inputs(pack, home_folder(settings, Path.cwd()))
        kinds |= {"input missing": made_from.missing, "input changed": made_from.changed}
        told["inputs"] = made_from._asdict()
        line += f"; its {made_from.listed} inputs are as they were"
    at_fault = [(kind, name) for kind, names in kinds.items() for name in names]
    if as_json:
        say(json.dumps(told, indent=1))
    elif not at_fault:
        say(line)
    else:
        for kind, name in at_fault:
            say(f"{kind}\t{name}")
    if at_fault:
        counts = ", ".join(f"{len(names)} {kind}" for kind, names in kinds.items() if names)
        remedy = "make the pack again, or copy it anew; QGIS and Excel change files that they open"
        if found.is_whole:
            remedy = "bring the files it was made from again: manifest.json has the sha256 of each"
        raise InputError(f"not as it was written: {counts}", where=str(pack), remedy=remedy)


def publish(
    pack: Annotated[Path, _PACK],
    postgis: Annotated[
        str,
        typer.Option(
            metavar="DSN",
            help="Database: postgresql://user@host/database; the password best in PGPASSWORD.",
        ),
    ],
    schema: Annotated[
        str, typer.Option(metavar="NAME", help="Schema of the tables; made if missing.")
    ] = "public",
) -> None:
    """Write the layers of a pack to a PostGIS database.

    Tables are called <town>_<layer>; those of an earlier publish of the town are replaced, all or none. Print
    each table and its rows.
    """
    from ptreach.outputs.postgis import publish_pack

    if not (schema.isascii() and schema.isidentifier()):
        raise option_error("--schema", f"'{schema}' is no name", "take letters, digits and underscores")
    for table in publish_pack(pack, postgis, schema):
        say(f"{table.name}\t{table.rows}")
