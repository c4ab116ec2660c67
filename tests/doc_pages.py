"""Pages of docs/ that are made from the program itself; run this to write them.

``docs/commands.md`` has what each command answers to ``--help``, ``docs/pack.md`` every file, table, layer
and column that commands write, and the keys of the manifest.
"""

from __future__ import annotations

from pathlib import Path

import typer

from manifest_keys import KEYS
from ptreach.cli.main import app
from ptreach.outputs.paperwork.readme import CONTENTS, EACH_PICTURE, SIDECARS
from ptreach.outputs.tables.columns import MARKS, Column
from ptreach.outputs.tables.layer_columns import LAYER_COLUMNS
from ptreach.outputs.tables.log_columns import LOG_COLUMNS
from ptreach.outputs.tables.own_columns import OWN_COLUMNS
from ptreach.outputs.tables.place_columns import PLACE_COLUMNS
from ptreach.outputs.tables.shared_columns import SHARED_COLUMNS

ROOT = Path(__file__).parents[1]
WIDTH = 100
HEAD = """# Commands

What `ptreach COMMAND --help` says, of each command; README.md tells when to use which. Made by `make docs`.
"""


def commands_page() -> str:
    """The page of all commands, in the order in which ``ptreach --help`` lists them."""
    group = typer.main.get_command(app)
    whole = group.make_context(
        "ptreach", [], resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH
    )
    pages = [HEAD, _block("ptreach", whole)]
    for name in group.list_commands(whole):
        context = group.commands[name].make_context(name, [], parent=whole, resilient_parsing=True)
        pages.append(_block(f"ptreach {name}", context))
    return "\n".join(pages)


def _block(name: str, context: typer.Context) -> str:
    """What a command says of itself, below its name."""
    lines = (line.rstrip() for line in context.get_help().splitlines())
    return f"## {name}\n\n```text\n" + "\n".join(lines) + "\n```\n"


PACK_HEAD = """# What a pack holds

Every file of a pack, every column of its tables and layers, and those of the tables beside several packs;
last, the keys of its manifest.
`*` stands for the town's name, `{n}` for a number, `{name}` for any name. Which files and columns a pack has
depends on its areas (children only where ages are known, say) and on what was asked. Each CSV has its columns
described beside it as well, with codes and units as this pack has them. Made by `make docs`.
"""
SHARED_HEAD = """## Columns that tables share

The table of zones (`tables/*-zones.csv`, and the layer of zones) has these alone; others have some of them
beside their own. `zone_id` is called what the publisher calls it, by the `id_column` of the areas: `lsoa21cd`
or `lsoa11cd` for those of England.
"""
ABSENT_HEAD = """## Where there is no value

CSV and layers leave the cell empty; workbook and OpenDocument say why:
"""
MANIFEST_HEAD = """## `manifest.json`

Keys of keys are joined by a dot; `[]` stands for each item of a list, a name in braces for any key. What was
not asked for is not there.
"""
README_TXT = "headline figures, until when they hold, what is where, how to open it, licences"
# What stands in the dictionary for what each pack fills in.
WORDS = {
    "{point}": "population-weighted centroid",
    "{nth}": "{n}th",
    "{zones}": "zones",
    "{edition}": "of one edition",
    "{deprivation}": "Indices of Deprivation",
}


def pack_page() -> str:
    """The page of all files and columns."""
    files = {"README.txt": README_TXT, **CONTENTS, **dict([SIDECARS]), **EACH_PICTURE}
    rows = [(f"`{name}`", words) for name, words in files.items()]
    tables = {**OWN_COLUMNS, **LOG_COLUMNS}
    parts = [
        PACK_HEAD,
        "## Files\n\n" + _table(("file", "what it is"), rows),
        f"{SHARED_HEAD}\n{_columns(SHARED_COLUMNS)}",
        *(_chapter(f"`tables/*-{name}.csv`", own) for name, own in tables.items()),
        *(_chapter(f"Layer `{name}`", own) for name, own in LAYER_COLUMNS.items()),
        *(_chapter(f"`{_beside(name)}.csv`, beside packs", own) for name, own in PLACE_COLUMNS.items()),
        ABSENT_HEAD,
        "".join(f"- `{mark}`: {words}\n" for mark, words in MARKS.items()),
    ]
    page = "\n".join(parts)
    for sign, words in WORDS.items():
        page = page.replace(sign, words)
    keys = [(f"`{key}`", words) for key, words in KEYS.items()]
    return f"{page}\n{MANIFEST_HEAD}\n" + _table(("key", "meaning"), keys)


def _beside(name: str) -> str:
    """The file of a table beside several packs."""
    return name if name == "places" else f"places-{name}"


def _chapter(heading: str, columns: tuple[Column, ...]) -> str:
    """The columns of a table or layer, below its name."""
    return f"## {heading}\n\n{_columns(columns)}"


def _columns(columns: tuple[Column, ...]) -> str:
    """A table of columns: name, unit and meaning."""
    rows = []
    for column in columns:
        codes = f" One of: {column.code_list}." if column.codes else ""
        kind = f"{column.kind}, {column.unit}" if column.unit not in {"", "clock"} else str(column.kind)
        rows.append((f"`{column.name}`", kind, f"{column.about}{codes}"))
    return _table(("column", "kind, unit", "meaning"), rows)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in lines)


FILES = {"docs/commands.md": commands_page, "docs/pack.md": pack_page}

if __name__ == "__main__":
    for file, page in FILES.items():
        (ROOT / file).write_text(page(), encoding="utf-8", newline="\n")
