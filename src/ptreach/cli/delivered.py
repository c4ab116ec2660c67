"""The commands about packs that are written: verify and publish."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ptreach.cli.console import say
from ptreach.cli.options import option_error
from ptreach.errors import InputError

_PACK = typer.Argument(metavar="PACK", help="Folder of a pack, such as packs/ryde.")


def verify(
    pack: Annotated[Path, _PACK],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Say whether a pack is as it was written.

    Every file is compared with the digest that manifest.json has of it. Files that are missing, changed or
    not of the pack are listed, and end in exit code 2.
    """
    from ptreach.outputs.paperwork.verify import verify_pack

    found = verify_pack(pack)
    kinds = {"missing": found.missing, "changed": found.changed, "extra": found.extra}
    if as_json:
        say(
            json.dumps({"pack": str(pack), "files": found.listed, "whole": found.is_whole, **kinds}, indent=1)
        )
    elif found.is_whole:
        say(f"{pack}: whole, {found.listed} files")
    else:
        for kind, names in kinds.items():
            for name in names:
                say(f"{kind}\t{name}")
    if not found.is_whole:
        counts = ", ".join(f"{len(names)} {kind}" for kind, names in kinds.items() if names)
        remedy = "make the pack again, or copy it anew; QGIS and Excel change files that they open"
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
